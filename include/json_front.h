/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_front.h - the JSON front end: commands on standard input, events on
 * standard output, one JSON object a line, ASCII with escapes.
 *
 * A line of input is a command as text, or
 * {"id":7,"command":["msg","bob","two\nlines"]}; each gets one `reply` when
 * its outcome is known. The control socket speaks the same.
 */
#ifndef SOTTO_JSON_FRONT_H
#define SOTTO_JSON_FRONT_H

#include <stdint.h>
#include "cmd.h"
#include "core.h"
#include "loop.h"

struct json_front;

struct json_front_config {
	struct loop *loop;
	struct core *core;
	const char *version;
	int in; /* descriptors; stay the caller's */
	int out;

	/* The program shall leave: `quit`, or the input ended and all its
	 * outcomes are known. */
	void (*quit)(int status, void *arg);

	/* OUT cannot be written, errno ERR; ENOBUFS: 64 MiB wait unread. */
	void (*broken)(int err, void *arg);
	void *arg;
};

int json_front_alloc(
	struct json_front **fp, const struct json_front_config *config);

/* Its interpreter, for the configuration file (borrowed). */
struct cmd *json_front_cmd(struct json_front *f);

/* Tells `ready`, then what was to be told before it, and begins to read. */
void json_front_ready(struct json_front *f);

/* Writes what is still to be written, waiting for the reader for at most
 * LIMIT ms. Errno of writer_flush(). */
int json_front_flush(struct json_front *f, uint64_t limit);

/* ---- the control socket --------------------------------------------- */

/* Beside any front end that runs for long. Each client has a queue of its
 * own; all else (aliases, the shown chat, `quit`) is the program's. */
struct json_control;

struct json_control_config {
	struct loop *loop;
	struct core *core;
	struct cmd *cmd; /* the front end's interpreter */
	const char *version; /* borrowed */
	const char *path; /* what stands there is nobody's: it is replaced */
};

/* Listens. Errno. mem_deref() ends all sessions and removes the socket. */
int json_control_alloc(
	struct json_control **cp, const struct json_control_config *config);

/* Writes what clients are still owed; for the end of the program. */
void json_control_flush(struct json_control *control);

#endif
