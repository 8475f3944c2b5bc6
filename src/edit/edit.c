/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * edit.c - the one readline, lent to front ends: prompt, history, completion,
 * questions without echo; plain lines where there is no capable terminal.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <readline/readline.h>
#include <readline/history.h>
#include "edit_int.h"
#include "lent.h"
#include "mem.h"
#include "utf8.h"


enum {
	HISTORY = 1000,
	OUT_MAX = 16 * 1024 * 1024, /* unread by the terminal */
	LAST_MS = 2000, /* for the terminal to take what was printed */
};


/* Readline's callbacks have no argument: the one place that must know which
 * edit is the one. */
static struct edit *the_edit;


static void edit_destructor(void *data)
{
	struct edit *e = data;
	size_t i;

	if (e->out) {
		edit_stop(e);
		(void)fclose(e->out);
		(void)writer_flush(e->writer, LAST_MS);
	}
	for (i = 0; i < 3; i++)
		mem_deref(e->signals[i]);
	mem_deref(e->in);
	mem_deref(e->hook);
	mem_deref(e->writer);
	mem_deref(e->plain);
	mem_deref(e->prompt);
	mem_deref(e->kept);
	mem_deref(e->aside);
	if (e->lent) {
		lent_stop(e);
		e->lent = mem_deref(e->lent);
	} else {
		mem_oom_handler(NULL);
	}
	if (the_edit == e)
		the_edit = NULL;
}


/* ---- what stands on the screen ---- */

/* Takes the prompt or the question off the way of what will be printed. */
void edit_undraw(struct edit *e)
{
	if (!e->drawn)
		return;
	e->drawn = false;
	if (e->installed)
		rl_clear_visible_line();
	else
		(void)fputc('\n', e->out);
}


static void readline_line(char *text);


/* What was typed before the prompt went. */
static void restore_kept(struct edit *e)
{
	if (!e->kept)
		return;
	(void)rl_insert_text(e->kept);
	if (e->kept_point < rl_end)
		rl_point = e->kept_point;
	rl_redisplay();
	e->kept = mem_deref(e->kept);
}


static void keep(struct edit *e, const char *text, int point)
{
	mem_deref(e->kept);
	e->kept = mem_secret_strndup(text, strlen(text));
	e->kept_point = point;
}


static void install(struct edit *e)
{
	rl_callback_handler_install(
		edit_asks_text(e) ? edit_question_shown(e) : e->prompt,
		readline_line);
	e->installed = true;
	restore_kept(e);
}


void edit_uninstall(struct edit *e)
{
	if (!e->installed)
		return;
	if (!e->entering && rl_end)
		keep(e, rl_line_buffer, rl_point);
	edit_undraw(e);
	rl_callback_handler_remove();
	e->installed = false;
}


/* The prompt, or the question that is asked. */
static void draw(struct edit *e)
{
	if (e->drawn || !e->reading || !e->tty)
		return;
	e->drawn = true;
	if (edit_asked(e) && (!e->readline || edit_asks_secret(e)))
		(void)fputs(edit_question_shown(e), e->out);
	else if (!e->readline)
		(void)fputs(e->prompt, e->out);
	else if (e->installed)
		(void)rl_forced_update_display();
	else
		install(e);
}


void edit_set_aside(struct edit *e, const char *initial)
{
	mem_deref(e->aside);
	e->aside = e->kept;
	e->aside_point = e->kept_point;
	e->kept = NULL;
	if (initial)
		keep(e, initial, (int)strlen(initial));
}


void edit_take_back(struct edit *e)
{
	if (e->installed && !e->entering) {
		draw(e);
		rl_free_line_state();
		rl_callback_sigcleanup();
		edit_undraw(e);
		rl_replace_line("", 1);
	}
	edit_uninstall(e);
	mem_deref(e->kept);
	e->kept = e->aside;
	e->kept_point = e->aside_point;
	e->aside = NULL;
}


static void sleep_handler(void *arg)
{
	struct edit *e = arg;

	draw(e);
	(void)fflush(e->out);
}


void edit_stop(struct edit *e)
{
	if (e->lent) {
		lent_stop(e);
		return;
	}
	e->over = true;
	e->reading = false;
	e->in = mem_deref(e->in);
	edit_uninstall(e);
	edit_undraw(e);
	while (!list_isempty(&e->questions))
		edit_answered(e, NULL);
	(void)fflush(e->out);
}


void edit_end(struct edit *e)
{
	edit_stop(e);
	e->h.end(e->h.arg);
}


/* ---- readline ---- */

/* With text in the line readline takes the end of the input for Enter: half
 * a message would be said when a terminal goes away. */
static int get_char(FILE *in)
{
	int c = rl_getc(in);

	if (c == EOF && the_edit)
		the_edit->hung_up = true;
	return c;
}


/* The answer to a question; TEXT NULL: the end of input was typed. */
static void readline_answer(struct edit *e, const char *text)
{
	const char *answer = text ? edit_accept(e, text) : NULL;

	if (text && !answer) {
		/* Asked again, with what was typed. */
		keep(e, text, (int)strlen(text));
		return;
	}
	if (!text)
		(void)fputc('\n', e->out);
	edit_answered(e, answer);
}


static void readline_line(char *text)
{
	struct edit *e = the_edit;

	e->entered = true;
	e->drawn = false;
	e->entering = true;
	if (edit_asks_text(e) && !e->hung_up) {
		readline_answer(e, text);
	} else if (!text || e->hung_up) {
		(void)fputc('\n', e->out);
		edit_end(e);
	} else {
		e->h.line(text, e->h.arg);
	}
	e->entering = false;
	if (text)
		mem_wipe(text, strlen(text));
	free(text);
}


bool edit_is_older(void)
{
	return RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH) ||
		(where_history() < history_length && !rl_undo_list);
}


static void readline_input(struct edit *e)
{
	int c;

	e->entered = false;
	if (RL_ISSTATE(RL_STATE_ISEARCH)) {
		c = get_char(rl_instream);
		edit_before_key(c);
		(void)rl_stuff_char(c);
	}
	rl_callback_read_char();
	if (!e->installed)
		return;
	e->drawn = true;
	restore_kept(e);
	/* A line that was entered is no line that was emptied. */
	if (!e->entered && e->h.key && !edit_asked(e) && !edit_is_older())
		e->h.key(!rl_end, rl_line_buffer, e->h.arg);
}


static void in_handler(int events, void *arg)
{
	struct edit *e = mem_ref(arg);

	(void)events;
	if (e->installed)
		readline_input(e);
	else
		plain_input(e);
	mem_deref(e);
}


static char **attempted_completion(const char *text, int start, int end)
{
	(void)text;
	(void)start;
	return edit_complete(the_edit, end);
}


static void show_matches(char **matches, int n, int max)
{
	(void)max;
	edit_show_matches(the_edit, matches, n);
}


/* ---- life ---- */

static void broken_handler(int err, void *arg)
{
	const struct edit *e = arg;

	e->h.broken(err, e->h.arg);
}


/* Nothing here may allocate. */
static void out_of_memory(void *arg)
{
	const struct edit *e = arg;

	if (e->tty)
		terminal_reset(e);
}


static void set_up_readline(struct edit *e)
{
	rl_readline_name = "sotto";
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_change_environment = 0;
	rl_getc_function = get_char;
	rl_instream = stdin;
	rl_outstream = e->out;
	/* The commands split the line themselves: for readline it is one
	 * word. */
	rl_completer_word_break_characters = "";
	rl_completion_query_items = 0;
	rl_attempted_completion_function = attempted_completion;
	rl_completion_display_matches_hook = show_matches;
	if (!utf8_terminal()) {
		/* What is typed is no less what it is; inputrc may differ. */
		(void)rl_variable_bind("convert-meta", "off");
		(void)rl_variable_bind("input-meta", "on");
	}
	(void)rl_initialize();
	edit_fill_keymaps();
	using_history();
	stifle_history(HISTORY);
}


struct edit *edit_the(void)
{
	return the_edit;
}


int edit_base_alloc(struct edit **ep, struct loop *loop, struct cmd *cmd)
{
	if (the_edit)
		return EBUSY;
	the_edit = mem_zalloc(sizeof(*the_edit), edit_destructor);
	the_edit->loop = loop;
	the_edit->cmd = cmd;
	*ep = the_edit;
	return 0;
}


int edit_alloc(struct edit **ep, struct loop *loop, struct cmd *cmd,
	const struct edit_handlers *h)
{
	struct edit *e;
	int err = edit_base_alloc(&e, loop, cmd);

	if (err)
		return err;
	e->h = *h;
	e->tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
		tcgetattr(STDIN_FILENO, &e->initial) == 0;
	e->readline = e->tty && terminal_capable();
	e->prompt = mem_strdup("> ");
	e->plain = mbuf_alloc(CMD_LINE_MAX + EDIT_READ_SIZE);
	/* This hook draws, the writer's then writes. */
	err = loop_before_sleep(&e->hook, loop, sleep_handler, e);
	if (!err)
		err = writer_alloc(&e->writer, loop, STDOUT_FILENO, OUT_MAX,
			broken_handler, e);
	if (!err)
		err = edit_watch_signals(e);
	if (!err && !(e->out = terminal_stream(e->writer)))
		err = ENOMEM;
	if (err) {
		mem_deref(e);
		return err;
	}
	e->last = (struct mem_last){out_of_memory, e};
	mem_oom_handler(&e->last);
	if (e->readline)
		set_up_readline(e);
	*ep = e;
	return 0;
}


void edit_start(struct edit *e)
{
	if (e->over)
		return;
	if (loop_fd_alloc(
		    &e->in, e->loop, STDIN_FILENO, LOOP_READ, in_handler, e))
		edit_end(e);
	else
		e->reading = true;
}


int edit_flush(struct edit *e, uint64_t limit)
{
	(void)fflush(e->out);
	return writer_flush(e->writer, limit);
}


/* ---- the line ---- */

void edit_set_prompt(struct edit *e, const char *prompt)
{
	if (!strcmp(e->prompt, prompt))
		return;
	if (e->installed)
		edit_undraw(e);
	mem_deref(e->prompt);
	e->prompt = mem_strdup(prompt);
	if (e->installed && !edit_asked(e))
		(void)rl_set_prompt(e->prompt);
}


void edit_print(struct edit *e, const char *text)
{
	edit_undraw(e);
	(void)fputs(text, e->out);
	(void)fputc('\n', e->out);
}


void edit_remember(struct edit *e, const char *text)
{
	const HIST_ENTRY *last = history_get(history_base + history_length - 1);

	bool newest = where_history() == history_length;

	if (!e->readline || !*text || (last && !strcmp(last->line, text)))
		return;
	add_history(text);
	/* Up begins behind it, unless an older line is in hand. */
	if (newest)
		using_history();
}


void edit_erase(struct edit *e)
{
	if (e->entering)
		terminal_erase(
			e->out, terminal_rows(e->prompt, rl_line_buffer));
}


void edit_draft(struct edit *e, const char *text)
{
	if (!e->readline || e->over)
		return;
	if (edit_asks_text(e)) {
		if (!e->aside) {
			e->aside = mem_secret_strndup(text, strlen(text));
			e->aside_point = (int)strlen(text);
		}
		return;
	}
	if (e->kept)
		return;
	if (e->entering || !e->installed) {
		keep(e, text, (int)strlen(text));
	} else if (!rl_end) {
		edit_undraw(e);
		(void)rl_insert_text(text);
	}
}


bool edit_interrupt(struct edit *e)
{
	bool busy;

	if (e->lent)
		return lent_interrupt(e);
	if (!list_isempty(&e->questions)) {
		edit_undraw(e);
		edit_answered(e, NULL);
		return true;
	}
	if (!e->installed)
		return false;
	busy = rl_end ||
		RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH |
			RL_STATE_NUMERICARG | RL_STATE_MULTIKEY);
	/* This draws, so it comes first and upon what stands there. */
	draw(e);
	rl_free_line_state();
	rl_callback_sigcleanup();
	edit_undraw(e);
	rl_replace_line("", 1);
	if (busy && e->h.key)
		e->h.key(true, "", e->h.arg);
	return busy;
}
