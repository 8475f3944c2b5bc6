/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lent.c - readline without a terminal: bytes come from a queue, and what it
 * would draw is only told.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <readline/readline.h>
#include <readline/history.h>
#include "lent.h"
#include "mem.h"
#include "utf8.h"


enum {
	QUEUE_MAX = 64 * 1024,
	ANSWER_MAX = 4096,
};


static void lent_destructor(void *data)
{
	struct lent *l = data;

	if (l->installed)
		rl_callback_handler_remove();
	lent_history_flush(l);
	rl_redisplay_function = rl_redisplay;
	rl_input_available_hook = NULL;
	rl_prep_term_function = rl_prep_terminal;
	rl_deprep_term_function = rl_deprep_terminal;
	rl_instream = NULL;
	rl_outstream = NULL;
	if (l->nowhere)
		(void)fclose(l->nowhere);
	if (l->queue)
		mem_wipe(l->queue->buf, l->queue->size);
	mem_deref(l->queue);
	mem_deref(l->answer);
	mem_deref(l->before);
	mem_deref(l->kept);
	mem_deref(l->aside);
	mem_deref(l->matches);
	mem_deref(l->match_typed);
}


/* ---- what readline asks for ----------------------------------------- */


static int lent_getc(FILE *in)
{
	struct lent *l = edit_the()->lent;

	(void)in;
	if (l->queue->pos == l->queue->end)
		return EOF;
	return l->queue->buf[l->queue->pos++];
}


static int lent_available(void)
{
	const struct lent *l = edit_the()->lent;

	return l->queue->pos < l->queue->end;
}


static void lent_redisplay(void)
{
}


/* Readline empties the line behind its handler: TEXT stands there then. */
static void keep(struct lent *l, const char *text, size_t point)
{
	char *copy = mem_secret_strndup(text, strlen(text));

	mem_deref(l->kept);
	l->kept = copy;
	l->kept_point = point;
}


static void lent_prepare(int meta)
{
	(void)meta;
}


static void lent_unprepare(void)
{
}


/* The answer to a question; TEXT NULL: the end of input was typed. */
static void answer_line(struct edit *e, const char *text)
{
	const char *answer = text ? edit_accept(e, text) : NULL;

	if (!text || answer) {
		edit_answered(e, answer);
		return;
	}
	keep(e->lent, text, strlen(text));
	if (e->lent->h.bell)
		e->lent->h.bell(e->lent->h.arg);
}


static void lent_line(char *text)
{
	struct edit *e = edit_the();
	struct lent *l = e->lent;

	e->entering = true;
	if (edit_asked(e))
		answer_line(e, text);
	else if (text)
		l->h.line(text, l->h.arg);
	else
		l->h.end(l->h.arg);
	e->entering = false;
	l->entered = true;
	if (!text)
		return;
	mem_wipe(text, strlen(text));
	free(text);
}


static int insert_newline(int count, int key)
{
	(void)count;
	(void)key;
	if (!edit_asked(edit_the()))
		(void)rl_insert_text("\n");
	return 0;
}


/* As bash does it with the same keys. */
static int edit_outside(int count, int key)
{
	struct lent *l = edit_the()->lent;

	(void)count;
	(void)key;
	if (l->h.outside && !edit_asked(edit_the()))
		l->h.outside(l->h.arg);
	return 0;
}


/* ---- the line ------------------------------------------------------- */


/* Readline keeps what was changed of an older line with that line: it is put
 * back, as Enter does it, before anything else stands here. */
static void let_go_of_history(void)
{
	HIST_ENTRY *entry = current_history();

	if (entry && rl_undo_list) {
		(void)rl_revert_line(1, 0);
		entry = replace_history_entry(
			where_history(), rl_line_buffer, NULL);
		if (entry)
			(void)free_history_entry(entry);
	}
	using_history();
}


/* A fresh line: no search, no count, no older line in hand. */
void lent_fresh(struct lent *l)
{
	if (RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH |
		    RL_STATE_NUMERICARG | RL_STATE_MULTIKEY)) {
		rl_free_line_state();
		rl_callback_sigcleanup();
	}
	let_go_of_history();
	rl_replace_line("", 1);
	if (l->installed)
		rl_callback_handler_remove();
	rl_callback_handler_install("", lent_line);
	l->installed = true;
}


static void put_line(const char *text, size_t point)
{
	(void)rl_insert_text(text);
	rl_free_undo_list();
	rl_point = point < (size_t)rl_end ? (int)point : rl_end;
}


static void remember_text(struct lent *l)
{
	mem_deref(l->before);
	l->before = mem_secret_strndup(rl_line_buffer, (size_t)rl_end);
}


static void set_line(struct edit *e, const char *text, size_t point)
{
	struct lent *l = e->lent;

	if (e->entering) {
		keep(l, text, point);
		return;
	}
	l->kept = mem_deref(l->kept);
	lent_menu_close(l);
	lent_fresh(l);
	put_line(text, point);
	remember_text(l);
}


static void set_aside(struct lent *l, const char *text, size_t point)
{
	char *copy = mem_secret_strndup(text, strlen(text));

	mem_deref(l->aside);
	l->aside = copy;
	l->aside_point = point;
}


void edit_set(struct edit *e, const char *text, size_t point)
{
	if (edit_asks_text(e))
		set_aside(e->lent, text, point);
	else
		set_line(e, text, point);
}


void lent_begin(struct edit *e, const char *initial)
{
	struct lent *l = e->lent;

	if (e->entering)
		set_aside(l, l->kept ? l->kept : "", l->kept_point);
	else
		set_aside(l, rl_line_buffer, (size_t)rl_point);
	lent_history_none(l, true);
	set_line(e, initial ? initial : "", initial ? strlen(initial) : 0);
}


void lent_end(struct edit *e)
{
	struct lent *l = e->lent;
	char *aside = l->aside;

	l->aside = NULL;
	if (!e->entering)
		lent_fresh(l);
	lent_history_none(l, false);
	set_line(e, aside ? aside : "", l->aside_point);
	mem_deref(aside);
}


const char *edit_text(const struct edit *e)
{
	struct lent *l = e->lent;

	if (edit_asks_secret(e))
		return lent_answer(l);
	/* What was entered is no longer being typed. */
	if (e->entering)
		return l->kept ? l->kept : "";
	return rl_line_buffer ? rl_line_buffer : "";
}


size_t edit_point(const struct edit *e)
{
	if (edit_asks_secret(e))
		return strlen(lent_answer(e->lent));
	if (e->entering)
		return e->lent->kept ? e->lent->kept_point : 0;
	return (size_t)rl_point;
}


const char *edit_shown_prompt(const struct edit *e)
{
	if (edit_question(e) || !rl_display_prompt || !*rl_display_prompt)
		return NULL;
	return rl_display_prompt;
}


/* Readline brackets what takes no room in \001 and \002. */
static void copy_visible(char *text, size_t size, const char *from)
{
	bool hidden = false;
	size_t n = 0;

	for (; *from && n + 1 < size; from++) {
		if (*from == '\001' || *from == '\002')
			hidden = *from == '\001';
		else if (!hidden)
			text[n++] = *from;
	}
	text[n] = '\0';
}


void edit_shown_mode(const struct edit *e, char *text, size_t size)
{
	const char *shown = rl_variable_value("show-mode-in-prompt"), *mode;

	*text = '\0';
	if (edit_asks_secret(e) || !shown || strcmp(shown, "on") != 0)
		return;
	if (rl_editing_mode)
		mode = rl_variable_value("emacs-mode-string");
	else if (rl_get_keymap() == vi_movement_keymap)
		mode = rl_variable_value("vi-cmd-mode-string");
	else
		mode = rl_variable_value("vi-ins-mode-string");
	if (mode)
		copy_visible(text, size, mode);
}


/* ---- keys ----------------------------------------------------------- */


static void tell_changed(struct lent *l, bool typed)
{
	if (l->h.changed)
		l->h.changed(typed, l->h.arg);
}


void lent_changed(struct lent *l)
{
	remember_text(l);
	tell_changed(l, true);
}


static void restore_kept(struct lent *l)
{
	char *kept = l->kept;

	l->kept = NULL;
	if (kept)
		put_line(kept, l->kept_point);
	mem_deref(kept);
}


static void read_queue(struct edit *e)
{
	struct lent *l = e->lent;
	const struct front_question *q = edit_asked(e);

	l->completing = false;
	l->entered = false;
	while (mem_nrefs(e) > 1 && edit_asked(e) == q &&
		l->queue->pos < l->queue->end) {
		bool searching = RL_ISSTATE(RL_STATE_NSEARCH);

		edit_before_key(l->queue->buf[l->queue->pos]);
		rl_callback_read_char();
		restore_kept(l);
		lent_history_searched(l, searching);
	}
	lent_history_settle(l);
	if (!l->completing)
		lent_menu_close(l);
	/* The rest was typed before the question was seen. */
	mem_wipe(l->queue->buf, l->queue->end);
	mbuf_reset(l->queue);
}


/* Escape leaves a question; in vi mode it is a key of its own, and in a search
 * it ends that. */
static bool leaves(const struct pl *bytes)
{
	return rl_editing_mode && pl_streq(bytes, "\033") &&
		!RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH);
}


/* Alt-Enter: in vi mode readline would take it for two keys. */
static bool is_newline(const struct pl *bytes)
{
	return !rl_editing_mode && !RL_ISSTATE(RL_STATE_ISEARCH) &&
		(pl_streq(bytes, "\033\r") || pl_streq(bytes, "\033\n"));
}


void edit_feed(struct edit *e, const struct pl *bytes)
{
	struct lent *l = e->lent;
	bool typed, asked;

	if (e->over || edit_unbound(bytes))
		return;
	(void)mem_ref(e);
	if (edit_asks_secret(e)) {
		lent_answer_key(e, bytes);
		typed = false;
	} else if (edit_asked(e) && leaves(bytes)) {
		edit_answered(e, NULL);
		typed = false;
	} else {
		asked = edit_asked(e) != NULL;
		remember_text(l);
		if (asked && is_newline(bytes))
			mbuf_reset(l->queue);
		else if (is_newline(bytes))
			(void)rl_insert_text("\n");
		else if (mbuf_write_mem(l->queue, bytes->p, bytes->l))
			mbuf_reset(l->queue);
		read_queue(e);
		typed = !asked && !l->entered && !edit_is_older() &&
			strcmp(l->before, rl_line_buffer) != 0;
		remember_text(l);
	}
	if (mem_nrefs(e) > 1)
		tell_changed(l, typed);
	mem_deref(e);
}


void edit_paste(struct edit *e, const struct pl *text)
{
	struct lent *l = e->lent;
	char *s;

	if (e->over || !text->l)
		return;
	if (edit_asks_secret(e)) {
		lent_answer_paste(l, text);
		tell_changed(l, false);
		return;
	}
	lent_menu_close(l);
	s = mem_secret_strndup(text->p, text->l);
	/* An answer is one line. */
	if (edit_asked(e))
		s[strcspn(s, "\r\n")] = '\0';
	(void)rl_insert_text(s);
	mem_deref(s);
	remember_text(l);
	tell_changed(l, !edit_asked(e));
}


bool lent_interrupt(struct edit *e)
{
	struct lent *l = e->lent;
	bool busy;

	if (edit_asked(e)) {
		lent_answer_end(e, NULL);
		tell_changed(l, false);
		return true;
	}
	busy = rl_end || lent_menu_shown(l) ||
		RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH |
			RL_STATE_NUMERICARG | RL_STATE_MULTIKEY);
	edit_set(e, "", 0);
	if (busy)
		tell_changed(l, true);
	return busy;
}


void lent_stop(struct edit *e)
{
	e->over = true;
	while (edit_asked(e))
		lent_answer_end(e, NULL);
	if (e->lent->installed)
		rl_callback_handler_remove();
	e->lent->installed = false;
}


/* ---- life ----------------------------------------------------------- */


/* Tab is ours unless inputrc gave it to something else. */
static void bind_keys(void)
{
	static const struct {
		const char *key;
		rl_command_func_t *f;
	} rows[] = {
		{"\t", lent_complete},
		{"\033[Z", lent_complete_back},
		{"\033\r", insert_newline},
		{"\033\n", insert_newline},
		{"\030\005", edit_outside},
	};
	Keymap maps[] = {emacs_standard_keymap, vi_insertion_keymap};
	size_t i, k;

	(void)rl_add_defun("insert-newline", insert_newline, -1);
	(void)rl_add_defun("edit-outside", edit_outside, -1);
	for (k = 0; k < 2; k++) {
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			rl_command_func_t *f = rl_function_of_keyseq(
				rows[i].key, maps[k], NULL);

			/* In vi mode ESC is a key by itself. */
			if (k == 1 && *rows[i].key == '\033')
				continue;
			if (!f || f == rl_complete || f == rl_menu_complete ||
				f == rl_vi_complete || f == rl_insert ||
				f == rl_newline || f == lent_complete ||
				f == rl_tab_insert || f == rl_vi_editing_mode)
				(void)rl_bind_keyseq_in_map(
					rows[i].key, rows[i].f, maps[k]);
		}
	}
}


static void set_up(struct lent *l)
{
	rl_readline_name = "sotto";
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_change_environment = 0;
	rl_instream = l->nowhere;
	rl_outstream = l->nowhere;
	rl_getc_function = lent_getc;
	rl_input_available_hook = lent_available;
	rl_prep_term_function = lent_prepare;
	rl_deprep_term_function = lent_unprepare;
	/* With this readline leaves the description of the terminal, which
	 * is curses' own, alone. */
	rl_redisplay_function = lent_redisplay;
	rl_completer_word_break_characters = "";
	rl_completion_query_items = 0;
	(void)rl_initialize();
	/* Its bell is a byte on standard error. */
	(void)rl_variable_bind("bell-style", "none");
	(void)rl_variable_bind("enable-bracketed-paste", "off");
	(void)rl_variable_bind("convert-meta", "off");
	(void)rl_variable_bind("input-meta", "on");
	bind_keys();
	edit_fill_keymaps();
	using_history();
}


int edit_lend(struct edit **ep, struct loop *loop, struct cmd *cmd,
	const struct edit_lend_handlers *h)
{
	struct edit *e;
	struct lent *l;
	int err = edit_base_alloc(&e, loop, cmd);

	if (err)
		return err;
	l = mem_zalloc(sizeof(*l), lent_destructor);
	e->lent = l;
	e->readline = true;
	l->h = *h;
	l->queue = mbuf_alloc(QUEUE_MAX);
	l->answer = mbuf_alloc_size(ANSWER_MAX, ANSWER_MAX);
	l->nowhere = fopen("/dev/null", "r+");
	if (!l->nowhere) {
		mem_deref(e);
		return errno;
	}
	set_up(l);
	lent_fresh(l);
	remember_text(l);
	*ep = e;
	return 0;
}
