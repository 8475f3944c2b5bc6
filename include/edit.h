/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * edit.h - the one line of input: GNU readline where the terminal can do it,
 * plain lines elsewhere.
 *
 * Readline is one global, so there is one struct edit at a time. It reads
 * standard input and writes standard output, which never blocks it: what a
 * slow terminal has not taken waits. What is printed in one turn of the loop
 * is drawn together, and the line that is being typed stays below it.
 *
 * 1 line    readline draws, for the line front end
 * 2 lent    the screen draws and hands in the bytes of keys
 */
#ifndef SOTTO_EDIT_H
#define SOTTO_EDIT_H

#include <stdbool.h>
#include <stdint.h>
#include "cmd.h"
#include "core.h"
#include "loop.h"
#include "pl.h"

struct edit;

/* ---- 1 line --------------------------------------------------------- */

struct edit_handlers {
	/* A whole line, without its newline. */
	void (*line)(const char *text, void *arg);

	/* No more input. */
	void (*end)(void *arg);

	/* A key was typed, not one that only looked an older line up; EMPTY
	 * if the line is. Readline only. */
	void (*key)(bool empty, const char *text, void *arg);

	/* Standard output takes no more, errno ERR. */
	void (*broken)(int err, void *arg);
	void *arg;
};

/* EBUSY if there is one already. CMD completes; borrowed. mem_deref() gives
 * the terminal back as it was, after what was printed. */
int edit_alloc(struct edit **ep, struct loop *loop, struct cmd *cmd,
	const struct edit_handlers *h);

/* Begins to read. */
void edit_start(struct edit *e);

/* Reads no more: no prompt, the terminal as it was, questions are answered
 * with NULL. Printing goes on. */
void edit_stop(struct edit *e);

/* Writes what was printed, giving the terminal LIMIT ms; for the end of the
 * program. Errno of writer_flush(). */
int edit_flush(struct edit *e, uint64_t limit);

/* Shown before what is typed; must be clean. Kept. Only shown where both
 * sides are a terminal. */
void edit_set_prompt(struct edit *e, const char *prompt);

/* Prints TEXT, which must be clean, as lines of their own above the prompt. */
void edit_print(struct edit *e, const char *text);

/* Remembers TEXT in the history of lines. */
void edit_remember(struct edit *e, const char *text);

/* The history, where it is lent that of every chat, without the lines for
 * which DROP is true. False: not now, for an older line is being edited; the
 * line handler can do it. */
typedef bool(edit_line_h)(const char *text, void *arg);
bool edit_history_drop(struct edit *e, edit_line_h *drop, void *arg);

/* For the line handler: takes the line that was entered off the screen, if
 * the terminal can, because something will stand for it. */
void edit_erase(struct edit *e);

/* Puts TEXT back to be typed on, unless something is being typed. */
void edit_draft(struct edit *e, const char *text);

/* Ctrl-C: refuses the question that is asked, or empties the line that is
 * being typed; false if there was neither. */
bool edit_interrupt(struct edit *e);

/* Asks Q, whose texts must be clean; copied. Questions wait for each other.
 * ANSWER is called once; with NULL if there is no answer, then perhaps before
 * this returns. What was being typed waits and comes back. */
void edit_ask(struct edit *e, const struct front_question *q,
	front_answer_h *answer, void *ctx);

/* Takes the questions of CTX back: their ANSWER is not called. */
void edit_unask(struct edit *e, const void *ctx);

/* ---- 2 lent --------------------------------------------------------- */

/* What may complete the word at the point; borrowed while its menu is shown;
 * HELP is not cleaned. */
struct edit_candidate {
	const char *text;
	const char *help; /* NULL: none */
};

struct edit_lend_handlers {
	/* Enter: the whole line, newlines included. It is empty afterwards,
	 * and the handler may put something else there (edit_set()). */
	void (*line)(const char *text, void *arg);

	/* Text, point or prompt are others: to be drawn. TYPED: by a key that
	 * changed the text, not one that only looked an older line up. */
	void (*changed)(bool typed, void *arg);

	/* The menu of N candidates (edit_candidate()); N 0: it is gone. AT is
	 * the one that stands in the line, N if none does. */
	void (*menu)(size_t n, size_t at, void *arg);
	void (*bell)(void *arg);
	void (*outside)(void *arg); /* Ctrl-X Ctrl-E: to an editor */
	void (*end)(void *arg); /* the end of input was typed */
	void *arg;
};

/* Readline without a terminal: it reads what edit_feed() hands in and draws
 * nothing. Keys, vi mode and the like are those of inputrc. EBUSY. */
int edit_lend(struct edit **ep, struct loop *loop, struct cmd *cmd,
	const struct edit_lend_handlers *h);
void edit_feed(struct edit *e, const struct pl *bytes);

/* True where Escape would only make the next key another one: not in vi mode,
 * nor while a question, a search or a sequence of keys takes it. */
bool edit_meta(const struct edit *e);

/* Puts TEXT in at the point as it is: nothing in it is a key. */
void edit_paste(struct edit *e, const struct pl *text);

/* The menu, while there is one: its candidate I; the one STEP away from that
 * which stands in the line, round the end if ROUND, else at most as far as
 * the ends; I for good; and back to what was typed. */
void edit_candidate(
	const struct edit *e, size_t i, struct edit_candidate *candidate);
void edit_menu_move(struct edit *e, int step, bool round);
void edit_menu_take(struct edit *e, size_t i);
void edit_menu_cancel(struct edit *e);

/* What is typed so far and the byte the cursor is at; borrowed. While a
 * question of edit_ask() is asked, edit_asked(), it is the answer, which is
 * not to be shown where it is a secret: edit_question() is its prompt. Both
 * are NULL else. */
const char *edit_text(const struct edit *e);
size_t edit_point(const struct edit *e);
const struct front_question *edit_asked(const struct edit *e);
const char *edit_question(const struct edit *e);

/* Answers the question that is asked as if TEXT had been typed; NULL: the
 * person leaves it. */
void edit_answer(struct edit *e, const char *text);

/* What readline shows instead of the prompt (incremental search, a count);
 * NULL: nothing. And what it shows before it, the mode of vi or emacs as
 * inputrc has it; not cleaned, empty: nothing. */
const char *edit_shown_prompt(const struct edit *e);
void edit_shown_mode(const struct edit *e, char *text, size_t size);

/* Another text, as of another draft; nothing of it is undone. While a
 * question is asked it is what comes back behind it. */
void edit_set(struct edit *e, const char *text, size_t point);

/* N LINES, oldest first, come before those that the list KEY has already, as
 * many as there is room for; for what LOAD could not know at once. */
void edit_history_older(
	struct edit *e, const char *key, const char *const lines[], size_t n);

/* The list KEY is empty again. */
void edit_history_forget(struct edit *e, const char *key);

/* The lines of chat KEY are those that Up and searches find from here on;
 * edit_remember() adds to them. LOAD is called for its first use and hands
 * its older lines to edit_remember(). */
void edit_history(struct edit *e, const char *key,
	void (*load)(struct edit *e, const char *key, void *arg), void *arg);

#endif
