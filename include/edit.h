/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * edit.h - the one line of input: GNU readline where the terminal can do it,
 * plain lines elsewhere.
 *
 * Readline is one global, so there is one struct edit at a time. It reads
 * standard input and writes standard output, which never blocks it: what a
 * slow terminal has not taken waits. What is printed in one turn of the loop
 * is drawn together, and the line that is being typed stays below it.
 */
#ifndef SOTTO_EDIT_H
#define SOTTO_EDIT_H

#include <stdbool.h>
#include <stdint.h>
#include "cmd.h"
#include "core.h"
#include "loop.h"

struct edit;

struct edit_handlers {
	/* A whole line, without its newline. */
	void (*line)(const char *text, void *arg);

	/* No more input. */
	void (*end)(void *arg);

	/* A key was typed; EMPTY if the line is. Readline only. */
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

/* For the line handler: takes the line that was entered off the screen, if
 * the terminal can, because something will stand for it. */
void edit_erase(struct edit *e);

/* Puts TEXT back to be typed on, unless something is being typed. */
void edit_draft(struct edit *e, const char *text);

/* Ctrl-C: refuses the question that is asked, or empties the line that is
 * being typed; false if there was neither. */
bool edit_interrupt(struct edit *e);

/* Asks for one line without echo; PROMPT must be clean. Questions wait for
 * each other. ANSWER is called once; with NULL if there is no answer, then
 * perhaps before this returns. */
void edit_ask(
	struct edit *e, const char *prompt, core_secret_h *answer, void *ctx);

#endif
