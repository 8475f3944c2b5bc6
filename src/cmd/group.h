/* SPDX-License-Identifier: GPL-3.0-or-later */
/* group.h - the commands of one line or file, with one outcome. */
#ifndef SOTTO_CMD_GROUP_H
#define SOTTO_CMD_GROUP_H

#include "cmd_int.h"

struct group {
	struct le le; /* in its queue, which owns a reference */
	struct cmd_queue *q; /* NULL once the queue is gone */
	struct front_origin origin;
	char *file; /* owns origin.file */
	char *account; /* owns origin.account */
	struct cmd_sink sink;
	bool has_sink;
	bool is_file;
	bool complete; /* no command will be added */
	unsigned depth; /* of files within files */
	uint64_t limit;
	struct cmd_call *parent; /* `source`, for a file within a line */
	struct list list; /* items of a file, until queue_file_end() */
	size_t started;
	size_t open; /* commands that wait or run */
	size_t index; /* whose outcome is kept */
	bool any;
	int status;
	char *text;
	struct json *result;
};

/* A group of Q, at the end of its GROUPS, which hold a reference of their
 * own. */
struct group *group_alloc(struct cmd_queue *q, struct list *groups,
	const struct front_origin *origin, const struct cmd_sink *sink);

/* A row of one of its commands, to whoever hears the group. */
void group_row(struct group *g, const struct front_origin *origin,
	const struct front_row *row);

/* The outcome of its command INDEX in LINE of the file: one less is open. May
 * end the group. */
void group_result(struct group *g, size_t index, unsigned line, int status,
	const char *text, struct json *result);

/* Where the configuration has CALL, which comes again at the next start; no
 * file where somebody asked for it, as by `source`. */
struct core_origin group_declared(const struct cmd_call *call);

/* Tells the end of a complete group of which no command is open. */
void group_check(struct group *g);

#endif
