/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple_watch.h - somebody watched, for the files that find out about them:
 * simple_watch.c keeps and tells what is known, simple_alone.c subscribes to
 * them alone.
 */
#ifndef SOTTO_DIALECT_SIMPLE_WATCH_H
#define SOTTO_DIALECT_SIMPLE_WATCH_H

#include "dialect_int.h"

struct simple_alone;

struct simple_watch {
	UT_hash_handle hh;
	struct endpoint *e;
	char *peer;
	struct simple_alone *alone; /* NULL: there is none */
	enum ua_sub_state state;
	bool heard; /* a notification came in this sign-in */
	struct presence *known; /* what the last one said; NULL: none */
	struct pres_doc *doc; /* and its timestamps */
	char *why; /* the last refusal of this sign-in */
	uint16_t code;
	struct presence *told; /* last told above */
	struct tmr tmr; /* what is to be told in the next turn */
};

/* ---- what is known (simple_watch.c) --------------------------------- */

/* P is taken over. */
void simple_watch_know(struct simple_watch *w, struct presence *p);

/* ... that nothing is published, or shown to us. */
void simple_watch_know_nothing(struct simple_watch *w);

/* ... what BODY of TYPE says, unless it is older than what is known. 0, or a
 * status: it cannot be read. */
uint16_t simple_watch_document(
	struct simple_watch *w, const struct pl *type, const struct pl *body);

/* Nothing is known, as the subscription ended. */
void simple_watch_ended(struct simple_watch *w, const char *why, uint16_t code);

/* Tells above what is new: within a hold, as a handler is called, or in the
 * next turn. */
void simple_watch_tell(struct simple_watch *w);
void simple_watch_tell_soon(struct simple_watch *w);

/* ---- the subscription to them alone (simple_alone.c) ---------------- */

void simple_alone_start(struct simple_watch *w);

/* It says goodbye alone: its object outlives ours. */
void simple_alone_end(struct simple_watch *w, uint64_t limit);

/* Signed in again: what was refused is tried anew. */
void simple_alone_online(struct simple_watch *w);

/* They show that they are there; see simple_watch_hint(). */
void simple_alone_hint(struct simple_watch *w, bool anew);

#endif
