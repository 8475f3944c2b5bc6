/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple_rls.h - one subscription for all who are watched: simple_rls.c
 * subscribes and says who is asked for alone, simple_rls_read.c reads what is
 * told of the list, simple_rls_service.c keeps the list on the server.
 */
#ifndef SOTTO_DIALECT_SIMPLE_RLS_H
#define SOTTO_DIALECT_SIMPLE_RLS_H

#include "simple_watch.h"

struct simple_rls_gone;

enum simple_rls_mode {
	RLS_ALONE, /* each is asked for alone */
	RLS_HOLD, /* nobody is: it turns out soon whether there is a list */
	RLS_LIST, /* who is not told of is asked for alone */
};

struct simple_rls {
	struct endpoint *e;
	char *service; /* the URI of the list */
	enum simple_rls_mode mode;
	bool kept; /* the server keeps such lists, as far as is known */
	bool asked; /* ... that is known */
	bool barred; /* not in this sign-in any more */
	bool failed; /* the last try did */
	struct ua_sub *sub;
	struct tmr hold; /* it takes too long */

	/* Who is asked for alone. */
	uint64_t since; /* who is not told of since then is */
	bool settled; /* ... once it is clear who that is */
	struct tmr settle;
	struct tmr tick; /* the next few of them */
	uint64_t told_at; /* monotonic: by the list; 0: never */
	struct tmr doubt; /* whether it tells of anybody */
	unsigned going; /* additions that the edit under way makes */
	unsigned additions; /* since the list was last written */

	/* What is told (simple_rls_read.c). */
	struct list docs; /* notifications, in order */
	struct tmr step;
	uint32_t member; /* marks those of the last whole document */
	bool versioned; /* a document came in this subscription */
	uint32_t version; /* ... with this number */
	struct simple_whole whole; /* what was missed */

	/* The document on the server (simple_rls_service.c). */
	struct xcap_edit *edit;
	struct tmr soon; /* the next one */
	bool again; /* when the one under way has ended */
	struct simple_rls_gone *gone; /* hash: who is to be taken out */
};

/* ---- simple_rls.c --------------------------------------------------- */

/* The list is on the server as it should be; or it cannot be written. */
void simple_rls_written(struct simple_rls *r);
void simple_rls_unwritten(struct simple_rls *r, const char *why);

/* There is no list in this sign-in. */
void simple_rls_bar(struct simple_rls *r, const char *why);

/* A notification of the list came; somebody was told of in one (NEWS), or is
 * not any more (LOSS). */
void simple_rls_stands(struct simple_rls *r);
void simple_rls_told(struct simple_rls *r, bool news, bool loss);

/* ---- simple_rls_read.c ---------------------------------------------- */

/* A notification, FIRST of a subscription: 0, or a status. */
uint16_t simple_rls_take(
	struct simple_rls *r, const struct msg *notify, bool first);

/* What waits is forgotten. */
void simple_rls_read_stop(struct simple_rls *r);

/* ---- simple_rls_service.c ------------------------------------------- */

/* Writes who is missing there, and takes out who is gone. */
void simple_rls_write_soon(struct simple_rls *r, uint64_t ms);
void simple_rls_write_now(struct simple_rls *r); /* what waits for that */
void simple_rls_gone_add(struct simple_rls *r, const char *peer);
void simple_rls_gone_drop(struct simple_rls *r, const char *peer);
void simple_rls_service_close(struct simple_rls *r);

#endif
