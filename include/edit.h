/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * edit.h - the one line of input: GNU readline where the terminal can do it,
 * plain lines elsewhere.
 *
 * Readline is one global, so there is one struct edit at a time. It reads
 * standard input and writes standard output.
 */
#ifndef SOTTO_EDIT_H
#define SOTTO_EDIT_H

#include <stdbool.h>
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
	void *arg;
};

/* EBUSY if there is one already. CMD completes; borrowed. mem_deref() gives
 * the terminal back as it was. */
int edit_alloc(struct edit **ep, struct loop *loop, struct cmd *cmd,
	const struct edit_handlers *h);

/* Begins to read. */
void edit_start(struct edit *e);

/* Shown before what is typed; must be clean. Kept. Not shown where standard
 * input is no terminal. */
void edit_set_prompt(struct edit *e, const char *prompt);

/* Prints TEXT, which must be clean, as lines of their own above the prompt. */
void edit_print(struct edit *e, const char *text);

/* Remembers TEXT in the history of lines. */
void edit_remember(struct edit *e, const char *text);

/* Empties the line that is being typed; false if there was nothing. */
bool edit_clear(struct edit *e);

/* Asks for one line without echo; PROMPT must be clean. Questions wait for
 * each other. ANSWER is called once, with NULL at the end of input. */
void edit_ask(
	struct edit *e, const char *prompt, core_secret_h *answer, void *ctx);

#endif
