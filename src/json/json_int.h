/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_int.h - what the files of the JSON front end share. */
#ifndef SOTTO_JSON_INT_H
#define SOTTO_JSON_INT_H

#include "cmd.h"
#include "core.h"
#include "json.h"
#include "loop.h"

/* A new object that begins with "event" and "time" (wall ms). */
struct json *json_event_begin(const char *event, int64_t time);

/* EVENT of the core as its object. */
struct json *json_event_of(const struct core_event *event);

/* ---- session.c: one who speaks the protocol ---- */

struct json_session;

struct json_session_config {
	struct loop *loop;
	struct core *core;
	struct cmd *cmd; /* a reference is taken */
	const char *version; /* borrowed */
	int in; /* descriptors, two of them; stay the caller's */
	int out;
	bool apart; /* cmd_queue_apart() */
	size_t out_max; /* bytes that may wait unread */

	/* The input ended and all its outcomes are known. */
	void (*end)(void *arg);

	/* OUT cannot be written, errno ERR; 0: all was written after
	 * json_session_finish(). Never called from within a call of ours. */
	void (*broken)(int err, void *arg);
	void *arg;
};

/* A session; its events are kept until json_session_begin(). Errno.
 * mem_deref() ends it: what waits to be written is dropped, and of commands
 * under way nobody is told. */
int json_session_alloc(
	struct json_session **sp, const struct json_session_config *config);

/* Tells `ready`, then what was to be told before it, and begins to read. */
void json_session_begin(struct json_session *s);

/* Reads no more. */
void json_session_stop(struct json_session *s);

/* Calls broken() with 0 once all is written. */
void json_session_finish(struct json_session *s);

/* True once the input has ended. */
bool json_session_ended(const struct json_session *s);

/* Tells an object, which is taken over; a row that is an event of its own. */
void json_session_put(struct json_session *s, struct json *json);
void json_session_row(struct json_session *s, const struct front_row *row);

/* Errno of writer_flush(). */
int json_session_flush(struct json_session *s, uint64_t limit);

#endif
