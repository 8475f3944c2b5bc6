/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world.h - an interpreter over the fake core, with a front end and a sink
 * that write down what they are told, and a clock that a test advances.
 */
#ifndef SOTTO_WORLD_H
#define SOTTO_WORLD_H

#include "cmd.h"
#include "fake_core.h"

enum {
	WORLD_PANES = 2,
};

struct world {
	uint64_t now;
	struct tmrs *tmrs;
	struct core *core;
	struct front front;
	struct cmd *cmd;
	struct cmd_queue *q;
	struct mbuf *rows; /* texts, one a line; "event: " before events */
	unsigned done; /* outcomes at the sink */
	int status; /* of the last one */
	char *text;
	char *result; /* as JSON */
	struct mbuf *outcomes; /* at the front: "status text" a line */
	char *shown; /* what show() was told */
	bool quit;
	bool nobody; /* is under the cursor */
	char *scratch;
};

struct world *world_alloc(unsigned flags); /* world_free() */
struct world *world_free(struct world *w);

/* Accounts work (alice@example.org) and home (alice@lab.test), buddies Bob
 * of both, Kim of work. */
void world_people(struct world *w);

/* Each returns the status of the last outcome so far. */
int world_line(struct world *w, const char *text);
int world_typed(struct world *w, const char *text);
int world_words(struct world *w, uint64_t limit, const char *const argv[]);

void world_pass(struct world *w, uint64_t ms);
const char *world_rows(struct world *w); /* and forgets them */
const char *world_outcomes(struct world *w); /* and forgets them */

#endif
