/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * line.h - two front ends for plain terminals and scripts.
 *
 * 1 line    a readline prompt, one line per event
 * 2 shell   one command from the arguments of the shell, its output, the end
 */
#ifndef SOTTO_LINE_H
#define SOTTO_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "cmd.h"
#include "core.h"
#include "loop.h"

/* ---- 1 line --------------------------------------------------------- */

struct line_front;

struct line_front_config {
	struct loop *loop;
	struct core *core;
	const char *version;

	/* Printed above the first prompt; NULL: what helps somebody who has
	 * no account or is not signed in. */
	const char *greeting;

	/* The program shall leave; standard output cannot be written, errno
	 * ERR. */
	void (*quit)(int status, void *arg);
	void (*broken)(int err, void *arg);
	void *arg;
};

/* mem_deref() gives the terminal back as it was. */
int line_front_alloc(
	struct line_front **fp, const struct line_front_config *config);
struct cmd *line_front_cmd(struct line_front *f);

/* Shows the prompt and begins to read. */
void line_front_ready(struct line_front *f);

/* Ctrl-C: true if it refused a question or emptied what was typed, false if
 * there was nothing. */
bool line_front_interrupt(struct line_front *f);

/* Reads no more; what still happens is shown. */
void line_front_stop(struct line_front *f);

/* Writes what was printed, giving the terminal LIMIT ms. Errno of
 * edit_flush(). */
int line_front_flush(struct line_front *f, uint64_t limit);

/* ---- 2 shell -------------------------------------------------------- */

struct shell_front;

struct shell_front_config {
	struct loop *loop;
	struct core *core;
	const char *version;
	size_t argc; /* the command's words */
	const char *const *argv;

	/* Done, with the status to exit with; or done, but standard output
	 * could not be written, errno ERR. */
	void (*quit)(int status, void *arg);
	void (*broken)(int err, void *arg);
	void *arg;
};

int shell_front_alloc(
	struct shell_front **fp, const struct shell_front_config *config);
struct cmd *shell_front_cmd(struct shell_front *f);

/* Signs in what the command needs and runs it; 30 s in all, or what `-t`
 * after the command's words says. */
void shell_front_ready(struct shell_front *f);

#endif
