/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * edit.c - the one readline, lent to front ends: prompt, history, completion,
 * questions without echo; plain lines where there is no capable terminal.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <readline/readline.h>
#include <readline/history.h>
#include "edit.h"
#include "list.h"
#include "mbuf.h"
#include "mem.h"


enum {
	READ_SIZE = 4096,
	HISTORY = 1000,
};


struct edit {
	struct edit_handlers h;
	struct loop *loop;
	struct loop_fd *in;
	struct cmd *cmd;
	struct mbuf *plain; /* what was read and is no whole line yet */
	struct list questions;
	char *prompt;
	char **found; /* completion at hand; malloc()ed for readline */
	size_t nfound;
	bool tty;
	bool reading;
	bool readline; /* readline reads, else plain lines */
	bool installed; /* its handler is */
	bool entered; /* the key at hand ended a line */
	bool asking; /* echo is off */
	bool echo_saved;
	struct termios saved;
};

struct question {
	struct le le;
	char *prompt;
	core_secret_h *answer;
	void *ctx;
};


/* Readline's callbacks have no argument: the one place that must know which
 * edit is the one. */
static struct edit *the_edit;


static void question_destructor(void *data)
{
	struct question *q = data;

	list_unlink(&q->le);
	mem_deref(q->prompt);
}


static void echo(struct edit *e, bool on)
{
	struct termios t;

	if (!e->tty)
		return;
	if (on && e->echo_saved) {
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &e->saved);
		e->echo_saved = false;
	} else if (!on && tcgetattr(STDIN_FILENO, &t) == 0) {
		e->saved = t;
		e->echo_saved = true;
		t.c_lflag &= ~(tcflag_t)ECHO;
		t.c_lflag |= ICANON | ECHONL;
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &t);
	}
}


static void uninstall(struct edit *e)
{
	if (e->installed)
		rl_callback_handler_remove();
	e->installed = false;
}


static void edit_destructor(void *data)
{
	struct edit *e = data;

	uninstall(e);
	echo(e, true);
	list_flush(&e->questions);
	mem_deref(e->in);
	mem_deref(e->plain);
	mem_deref(e->prompt);
	if (the_edit == e)
		the_edit = NULL;
}


/* ---- completion ---- */

static void collect(const char *text, const char *help, void *arg)
{
	struct edit *e = arg;
	char **grown;

	(void)help;
	grown = realloc(e->found, (e->nfound + 1) * sizeof(*grown));
	if (!grown)
		return;
	e->found = grown;
	e->found[e->nfound] = strdup(text);
	if (e->found[e->nfound])
		++e->nfound;
}


static char *next_found(const char *text, int state)
{
	const struct edit *e = the_edit;

	(void)text;
	if (!e || state < 0 || (size_t)state >= e->nfound)
		return NULL;
	return strdup(e->found[state]);
}


static void forget_found(struct edit *e)
{
	size_t i;

	for (i = 0; i < e->nfound; i++)
		free(e->found[i]);
	free(e->found);
	e->found = NULL;
	e->nfound = 0;
}


static char **complete(const char *text, int start, int end)
{
	struct edit *e = the_edit;
	char **matches = NULL;
	enum cmd_kind kind;
	size_t from = 0;

	(void)start;
	rl_attempted_completion_over = 1;
	if (!e || rl_line_buffer[0] != '/')
		return NULL;
	kind = cmd_complete(
		e->cmd, rl_line_buffer, (size_t)end, &from, collect, e);
	if (kind == CMD_FILE)
		rl_attempted_completion_over = 0; /* readline's own */
	else if (e->nfound)
		matches = rl_completion_matches(text, next_found);
	forget_found(e);
	return matches;
}


/* ---- the prompt and questions ---- */

static void show_plain_prompt(const struct edit *e)
{
	if (!e->tty)
		return;
	(void)fputs(e->prompt, stdout);
	(void)fflush(stdout);
}


static void show_question(struct edit *e)
{
	const struct question *q = list_data(e->questions.head);

	(void)fputs(q->prompt, stdout);
	(void)fflush(stdout);
}


static void end_of_input(struct edit *e);


static void readline_line(char *text)
{
	struct edit *e = mem_ref(the_edit);

	e->entered = true;
	if (!text) {
		(void)fputc('\n', stdout);
		end_of_input(e);
	} else {
		e->h.line(text, e->h.arg);
		mem_wipe(text, strlen(text));
		free(text);
	}
	mem_deref(e);
}


static void show_prompt(struct edit *e)
{
	if (!e->reading || e->asking || e->installed)
		return;
	if (!e->readline) {
		show_plain_prompt(e);
		return;
	}
	rl_callback_handler_install(e->prompt, readline_line);
	e->installed = true;
}


static void begin_question(struct edit *e)
{
	uninstall(e);
	e->asking = true;
	echo(e, false);
	show_question(e);
}


static void answered(struct edit *e, const char *text)
{
	struct question *q = list_data(e->questions.head);

	e->asking = false;
	echo(e, true);
	list_unlink(&q->le);
	q->answer(text, q->ctx);
	mem_deref(q);
	if (list_isempty(&e->questions))
		show_prompt(e);
	else if (!e->asking)
		begin_question(e);
}


void edit_ask(
	struct edit *e, const char *prompt, core_secret_h *answer, void *ctx)
{
	struct question *q = mem_zalloc(sizeof(*q), question_destructor);

	q->prompt = mem_strdup(prompt);
	q->answer = answer;
	q->ctx = ctx;
	list_append(&e->questions, &q->le, q);
	if (!e->asking)
		begin_question(e);
}


/* ---- reading ---- */

static void end_of_input(struct edit *e)
{
	e->reading = false;
	e->in = mem_deref(e->in);
	uninstall(e);
	while (!list_isempty(&e->questions))
		answered(e, NULL);
	e->h.end(e->h.arg);
}


static void plain_line(struct edit *e, const char *text)
{
	if (e->asking) {
		answered(e, text);
		return;
	}
	e->h.line(text, e->h.arg);
	show_prompt(e);
}


/* Whole lines out of what was read. */
static void plain_lines(struct edit *e)
{
	struct pl left;
	const char *nl;
	char *text;

	while (e->reading) {
		left = mbuf_left(e->plain);
		nl = pl_chr(&left, '\n');
		if (!nl)
			break;
		left.l = (size_t)(nl - left.p);
		text = mem_secret_strndup(left.p, left.l);
		mem_wipe((void *)(uintptr_t)left.p, left.l);
		e->plain->pos += left.l + 1;
		plain_line(e, text);
		mem_deref(text);
	}
	mbuf_shift(e->plain);
}


static void plain_input(struct edit *e)
{
	ssize_t n;

	if (mbuf_reserve(e->plain, READ_SIZE)) {
		mbuf_reset(e->plain); /* a line over all bounds */
		(void)mbuf_reserve(e->plain, READ_SIZE);
	}
	n = read(STDIN_FILENO, e->plain->buf + e->plain->end, READ_SIZE);
	if (n > 0) {
		e->plain->end += (size_t)n;
		plain_lines(e);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		if (e->plain->end > e->plain->pos) {
			(void)mbuf_write_u8(e->plain, '\n');
			plain_lines(e);
		}
		end_of_input(e);
	}
}


static void in_handler(int events, void *arg)
{
	struct edit *e = mem_ref(arg);

	(void)events;
	if (!e->installed) {
		plain_input(e);
	} else {
		e->entered = false;
		rl_callback_read_char();
		/* A line that was entered is no line that was emptied. */
		if (e->installed && !e->entered && e->h.key)
			e->h.key(!rl_end, rl_line_buffer, e->h.arg);
	}
	mem_deref(e);
}


/* Input from a regular file cannot be watched. */
static void read_file(void *arg)
{
	struct edit *e = mem_ref(arg);

	while (e->reading)
		plain_input(e);
	mem_deref(e);
}


/* ---- life ---- */

static bool capable(void)
{
	const char *term = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term &&
		strcmp(term, "dumb") != 0;
}


static void set_up_readline(void)
{
	rl_readline_name = "sotto";
	rl_catch_signals = 0;
	rl_catch_sigwinch = 1;
	rl_completion_query_items = 0;
	rl_attempted_completion_function = complete;
	rl_completer_quote_characters = "\"'";
	rl_instream = stdin;
	rl_outstream = stdout;
	using_history();
	stifle_history(HISTORY);
}


int edit_alloc(struct edit **ep, struct loop *loop, struct cmd *cmd,
	const struct edit_handlers *h)
{
	struct edit *e;

	if (the_edit)
		return EBUSY;
	e = mem_zalloc(sizeof(*e), edit_destructor);
	e->loop = loop;
	e->cmd = cmd;
	e->h = *h;
	e->tty = isatty(STDIN_FILENO);
	e->readline = capable();
	e->prompt = mem_strdup("> ");
	e->plain = mbuf_alloc(CMD_LINE_MAX + READ_SIZE);
	the_edit = e;
	if (e->readline)
		set_up_readline();
	*ep = e;
	return 0;
}


void edit_start(struct edit *e)
{
	e->reading = true;
	if (loop_fd_alloc(
		    &e->in, e->loop, STDIN_FILENO, LOOP_READ, in_handler, e))
		(void)loop_defer(NULL, e->loop, read_file, e);
	show_prompt(e);
}


/* ---- the line ---- */

void edit_set_prompt(struct edit *e, const char *prompt)
{
	if (!strcmp(e->prompt, prompt))
		return;
	mem_deref(e->prompt);
	e->prompt = mem_strdup(prompt);
	if (e->installed) {
		rl_set_prompt(e->prompt);
		rl_forced_update_display();
	}
}


void edit_print(struct edit *e, const char *text)
{
	if (e->installed)
		rl_clear_visible_line();
	else if (e->tty && e->reading)
		(void)fputc('\n', stdout); /* off the prompt's line */
	(void)fputs(text, stdout);
	(void)fputc('\n', stdout);
	if (e->installed)
		rl_forced_update_display();
	else if (e->asking)
		show_question(e);
	else if (e->reading)
		show_plain_prompt(e);
	(void)fflush(stdout);
}


void edit_remember(struct edit *e, const char *text)
{
	if (e->readline && *text)
		add_history(text);
}


bool edit_clear(struct edit *e)
{
	if (!e->installed || !rl_end)
		return false;
	rl_replace_line("", 1);
	rl_redisplay();
	return true;
}
