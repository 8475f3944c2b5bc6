/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple_watch.h - somebody watched, for the files that find out about them:
 * simple_watch.c keeps and tells what is known, simple_alone.c subscribes to
 * them alone, simple_rls.c to all together.
 */
#ifndef SOTTO_DIALECT_SIMPLE_WATCH_H
#define SOTTO_DIALECT_SIMPLE_WATCH_H

#include "simple_int.h"

struct simple_alone;
struct simple_timed;

struct simple_watch {
	UT_hash_handle hh;
	struct endpoint *e;
	const char *peer; /* behind it, in the same block */
	struct simple_alone *alone; /* NULL: there is none */
	enum ua_sub_state state;
	bool heard; /* a notification told of them in this sign-in */
	uint32_t member; /* of the list, by simple_rls's count; 0: not */
	uint64_t listed; /* monotonic: when it is last told by the list or
			    alone how things are; 0: not */
	struct presence *known; /* what the last one said; NULL: none */
	struct pres_stamps *stamps; /* ... in its document; NULL: none */
	struct simple_timed *timed; /* and its text, where that says something
				       else some day */
	char *why; /* the last refusal of this sign-in */
	uint16_t code;
	struct presence *told; /* last told above */
	bool soon; /* what is known is to be told in the next turn */
};

/* ---- what is known (simple_watch.c) --------------------------------- */

/* That nothing is published, or shown to us. */
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

/* ---- what changes by itself (simple_timed.c) ------------------------ */

/* BODY is read again at UNTIL; 0: never. */
void simple_timed_keep(struct simple_watch *w, int64_t until,
	const struct pl *type, const struct pl *body);

/* ---- the subscription to them alone (simple_alone.c) ---------------- */

/* What is known stays until there is news. */
void simple_alone_start(struct simple_watch *w);

/* It says goodbye alone: its object outlives ours. */
void simple_alone_end(struct simple_watch *w, uint64_t limit);

/* Signed in again: what was refused is tried anew. */
void simple_alone_online(struct simple_watch *w);

/* They show that they are there; see simple_watch_hint(). */
void simple_alone_hint(struct simple_watch *w, bool anew);

/* ---- one subscription for all (simple_rls.c) ------------------------ */

/* W is new: true if it is to be asked for alone, where signed in. */
bool simple_rls_watch(struct simple_watch *w);

/* PEER is watched no more. */
void simple_rls_unwatch(struct endpoint *e, const char *peer);

/* What W was asked for alone is answered: that may end here. */
void simple_rls_answered(struct simple_watch *w);

/* True if nobody is asked for alone but those whom that part says. */
bool simple_rls_waits(const struct endpoint *e);

#endif
