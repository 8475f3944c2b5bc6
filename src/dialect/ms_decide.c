/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ms_decide.c - who added us, and who may see us: one SERVICE after the other,
 * as each counts the versions of the containers ([MS-PRES] 3.6).
 */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "ms_int.h"


enum {
	BODY_MAX = 64 * 1024,
	WATCHERS_MAX = 5000, /* who are remembered; decisions that wait */
	MOVES = 2,
};

/* Somebody who added us, and of whom the server says that we do not know. */
struct ms_watcher {
	UT_hash_handle hh;
	char *peer;
	bool told; /* the server was told that we do */
};

struct ms_decision {
	struct le le;
	char *peer;
	enum endpoint_verdict verdict;
	bool moved; /* the containers are as they shall be */
	bool again; /* refused once: the versions are asked for */
	struct msdoc_move moves[MOVES]; /* under way */
	size_t nmoves;
};


static void watcher_free(struct ms *ms, struct ms_watcher *w)
{
	HASH_DEL(ms->watchers, w);
	mem_deref(w->peer);
	mem_deref(w);
}


static void decision_destructor(void *data)
{
	struct ms_decision *d = data;

	list_unlink(&d->le);
	mem_deref(d->peer);
}


static struct ms_watcher *watcher_find(const struct ms *ms, const char *peer)
{
	struct ms_watcher *w;

	HASH_FIND_STR(ms->watchers, peer, w);
	return w;
}


/* ---- what a decision takes ------------------------------------------ */

/* A newer word about PEER. */
static bool waits(const struct ms *ms, const char *peer)
{
	const struct le *le = ms->decisions.head;

	while (le && strcmp(((struct ms_decision *)le->data)->peer, peer) != 0)
		le = le->next;
	return le != NULL;
}


static void decision_over(struct ms *ms, const char *why)
{
	struct ms_decision *d = list_data(ms->decisions.head);
	char *peer = d->peer;

	d->peer = NULL;
	mem_deref(d);
	if (!waits(ms, peer))
		endpoint_ruled(ms->e, peer, why);
	mem_deref(peer);
}


static const char *why_of(const struct ua_result *r)
{
	return r->why ? r->why : "no reason is known";
}


static void told_handler(const struct ua_result *r, void *arg)
{
	struct ms *ms = arg;

	ms->deciding = mem_deref(ms->deciding);
	/* 400: they are no subscriber any more. */
	decision_over(ms,
		r->status / 100 == 2 || r->status == 400 ? NULL : why_of(r));
	ms_decide_next(ms);
}


static void moved_handler(const struct ua_result *r, void *arg)
{
	struct ms *ms = arg;
	struct ms_decision *d = list_data(ms->decisions.head);
	size_t i;

	ms->deciding = mem_deref(ms->deciding);
	if (r->status / 100 == 2) {
		for (i = 0; i < d->nmoves; i++)
			ms_member_moved(ms, d->peer, &d->moves[i]);
		d->moved = true;
	} else if (r->msg && !d->again && ms->self) {
		/* Another device has changed a container: the numbers are
		 * asked for, and it is tried once more. */
		d->again = true;
		ms->decide_later = true;
		ua_sub_refresh(ms->self);
	} else {
		decision_over(ms, why_of(r));
	}
	ms_decide_next(ms);
}


/* To where the peer goes; WHERE: it stays. */
static uint32_t goal(const struct ms_decision *d, uint32_t where)
{
	switch (d->verdict) {
	case ENDPOINT_ALLOW:
		/* Whom the user once let see more keeps that. */
		return !where || where == MS_BLOCKED ? MS_COMPANY : where;
	case ENDPOINT_REFUSE:
	case ENDPOINT_POLITE_BLOCK:
		return MS_BLOCKED;
	case ENDPOINT_PENDING:
	case ENDPOINT_BUSY:
		break;
	}
	/* Nothing is decided any more: as anybody else. */
	return where == MS_BLOCKED ? 0 : where;
}


static void moves_make(const struct ms *ms, struct ms_decision *d)
{
	uint32_t where = ms_member_where(ms, d->peer), to = goal(d, where);

	d->nmoves = 0;
	if (where == to)
		return;
	if (where)
		d->moves[d->nmoves++] = (struct msdoc_move){
			where, ms_container_version(ms, where), false};
	if (to)
		d->moves[d->nmoves++] = (struct msdoc_move){
			to, ms_container_version(ms, to), true};
}


/* The next SERVICE for D; ENOENT: there is no more. */
static int decision_send(struct ms *ms, struct ms_decision *d)
{
	struct ms_watcher *w = watcher_find(ms, d->peer);
	struct mbuf *mb;
	int err = ENOENT;

	if (!d->moved)
		moves_make(ms, d);
	mb = mbuf_alloc(BODY_MAX);
	if (!d->moved && d->nmoves) {
		err = msdoc_members_encode(mb, d->peer, d->moves, d->nmoves);
		if (!err)
			err = ms_service(ms, &ms->deciding, MSDOC_MEMBERS_TYPE,
				mb, moved_handler, ms);
	} else if (w && !w->told && d->verdict != ENDPOINT_PENDING) {
		w->told = true;
		err = msdoc_subscriber_encode(mb, d->peer);
		if (!err)
			err = ms_service(ms, &ms->deciding,
				MSDOC_SUBSCRIBERS_TYPE, mb, told_handler, ms);
	}
	mem_deref(mb);
	return err;
}


void ms_decide_next(struct ms *ms)
{
	int err;

	while (endpoint_hears(ms->e) && ms->e->online && ms->self_heard &&
		!ms->decide_later && !ms->deciding && ms->decisions.head) {
		err = decision_send(ms, ms->decisions.head->data);
		if (err)
			decision_over(ms, err == ENOENT ? NULL : strerror(err));
	}
}


/* ---- who decides ---------------------------------------------------- */

/* A newer word about the same person takes the place of one that waits. */
static void decide(
	struct ms *ms, const char *peer, enum endpoint_verdict verdict)
{
	struct le *le, *next;
	struct ms_decision *d;

	LIST_FOREACH (&ms->decisions, le, next) {
		d = le->data;
		if (!strcmp(d->peer, peer) && (le->prev || !ms->deciding))
			mem_deref(d);
	}
	if (ms->decisions.count >= WATCHERS_MAX)
		return;
	d = mem_zalloc(sizeof(*d), decision_destructor);
	d->peer = mem_strdup(peer);
	d->verdict = verdict;
	list_append(&ms->decisions, &d->le, d);
}


void ms_decide(struct endpoint *e, const char *peer,
	enum endpoint_verdict verdict, enum endpoint_verdict rule)
{
	(void)verdict;
	if (rule == ENDPOINT_BUSY)
		return;
	decide(e->ms, peer, rule);
	ms_decide_next(e->ms);
}


/* True if W was not heard of before. */
static bool watcher_note(struct ms *ms, const char *peer)
{
	struct ms_watcher *w = watcher_find(ms, peer);

	if (w || HASH_COUNT(ms->watchers) >= WATCHERS_MAX)
		return false;
	w = mem_zalloc(sizeof(*w), NULL);
	w->peer = mem_strdup(peer);
	HASH_ADD_KEYPTR(hh, ms->watchers, w->peer, strlen(w->peer), w);
	return true;
}


void ms_watcher_take(const struct msdoc_subscriber *s, void *arg)
{
	struct ms *ms = arg;
	struct endpoint *e = ms->e;
	struct ms_watcher *w = watcher_find(ms, s->peer);
	struct pl name = pl_str(s->name);
	enum endpoint_verdict verdict;

	if (s->acknowledged && w) {
		if (!w->told && e->h.settled && endpoint_hears(e))
			e->h.settled(s->peer, e->h.arg);
		watcher_free(ms, w);
	}
	if (s->acknowledged || !endpoint_hears(e) || !watcher_note(ms, s->peer))
		return;
	verdict = e->h.authorize(s->peer, &name, NULL, e->h.arg);
	if (endpoint_hears(e) && verdict != ENDPOINT_PENDING &&
		verdict != ENDPOINT_BUSY)
		decide(ms, s->peer, verdict);
}


void ms_watchers_forget(struct ms *ms)
{
	struct ms_watcher *w, *next;

	HASH_ITER (hh, ms->watchers, w, next) {
		watcher_free(ms, w);
	}
}


void ms_decide_lost(struct ms *ms)
{
	struct ms_decision *d = list_data(ms->decisions.head);

	/* What was under way is tried anew; the rest waits. */
	ms->deciding = mem_deref(ms->deciding);
	ms->decide_later = false;
	if (d)
		d->moved = d->again = false;
}


void ms_decide_close(struct ms *ms)
{
	ms->deciding = mem_deref(ms->deciding);
	list_flush(&ms->decisions);
	ms_watchers_forget(ms);
}
