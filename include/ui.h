/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ui.h - the full screen: buddy list, conversations, search, log, trace and
 * help in panes, one line of input, over ncursesw.
 *
 * Nothing that others wrote reaches the terminal without utf8_clean(). What
 * a slow terminal has not taken waits, and frames in between are left out.
 */
#ifndef SOTTO_UI_H
#define SOTTO_UI_H

#include <stdbool.h>
#include "cmd.h"
#include "core.h"
#include "loop.h"

struct ui_front;

struct ui_front_config {
	struct loop *loop;
	struct core *core;
	const char *version;

	/* Said first; NULL: what helps somebody who has no account. */
	const char *greeting;

	/* Lines (mem_deref) that stand where no chat is shown, asked for each
	 * time they are drawn; NULL: how to begin. */
	char *(*welcome)(struct core *core);

	/* The program shall leave; standard output cannot be written, errno
	 * ERR. */
	void (*quit)(int status, void *arg);
	void (*broken)(int err, void *arg);
	void *arg;
};

/* True if standard input and output are a terminal that can place the
 * cursor. */
bool ui_capable(void);

/* Takes the terminal; mem_deref() gives it back as it was. Errno. */
int ui_front_alloc(struct ui_front **fp, const struct ui_front_config *config);
struct cmd *ui_front_cmd(struct ui_front *f);

/* Draws and begins to read. */
void ui_front_ready(struct ui_front *f);

/* Ctrl-C: refuses a question, or empties what is typed, or tells how to leave;
 * false once it was stopped. */
bool ui_front_interrupt(struct ui_front *f);

/* Reads no more; what still happens is shown. */
void ui_front_stop(struct ui_front *f);

/* Writes what was drawn, giving the terminal LIMIT ms. Errno. */
int ui_front_flush(struct ui_front *f, uint64_t limit);

#endif
