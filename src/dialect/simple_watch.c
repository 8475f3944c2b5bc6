/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_watch.c - watching somebody (RFC 3856): what is known, and why
 * nothing is. */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "simple_watch.h"
#include "xml.h"


enum {
	TELLS_A_TURN = 500, /* so that no turn of the loop is long */
};


static void watch_destructor(void *data)
{
	struct simple_watch *w = data;

	mem_deref(w->alone);
	mem_deref(w->known);
	mem_deref(w->stamps);
	mem_deref(w->timed);
	mem_deref(w->why);
	mem_deref(w->told);
}


/* ---- documents ---- */

static uint16_t document_read(struct pres_doc **dp, const struct endpoint *e,
	const char *peer, const struct pl *type, const struct pl *body)
{
	const struct pres_query query = {
		.entity = pl_str(peer),
		.lang = e->stack->lang,
		.now = tmrs_wall(e->stack->tmrs),
	};
	int err = pres_decode(dp, type, body, &query);

	if (!err)
		return 0;
	log_print(e->stack->log, LOG_WARN, "presence",
		"%s: a presence document is not taken: %s", peer, xml_why(err));
	return err == ENOTSUP ? 415 : 400;
}


uint16_t simple_read(struct presence **pp, const struct endpoint *e,
	const char *peer, const struct msg *notify)
{
	struct pres_doc *doc;
	uint16_t status = document_read(
		&doc, e, peer, &notify->content_type, &notify->body);

	if (status)
		return status;
	*pp = mem_ref(doc->presence);
	mem_deref(doc);
	return 0;
}


/* ---- telling ---- */

static struct presence *current(const struct simple_watch *w)
{
	if (!w->e->online)
		return endpoint_unknown(endpoint_reason(w->e));
	if (w->state == UA_SUB_ACTIVE && w->heard && w->known)
		return mem_ref(w->known);
	if (w->state == UA_SUB_PENDING)
		return endpoint_unknown("waiting for approval");
	return endpoint_unknown(w->why ? w->why : "waiting for an answer");
}


void simple_watch_tell(struct simple_watch *w)
{
	struct endpoint *e = w->e;
	struct presence *p = current(w);
	uint16_t code = e->online && w->why ? w->code : 0;

	w->soon = false;
	if ((w->told && presence_eq(w->told, p)) || !endpoint_hears(e)) {
		mem_deref(p);
		return;
	}
	mem_deref(w->told);
	w->told = mem_ref(p);
	e->h.presence(w->peer, p, code, false, e->h.arg);
	mem_deref(p);
}


/* Takes those that are to be told of, TELLS_A_TURN at most, with a reference
 * to each. */
static size_t take_soon(const struct endpoint *e, struct simple_watch **some)
{
	struct simple_watch *w, *next;
	size_t n = 0;

	HASH_ITER (hh, e->watches, w, next) {
		if (!w->soon)
			continue;
		w->soon = false;
		some[n++] = mem_ref(w);
		if (n == TELLS_A_TURN)
			break;
	}
	return n;
}


static void tell_handler(void *arg)
{
	struct endpoint *e = endpoint_hold(arg);
	struct simple_watch *some[TELLS_A_TURN];
	size_t n = take_soon(e, some), i;

	/* Others may be left. */
	if (n == TELLS_A_TURN)
		tmr_start(e->stack->tmrs, &e->tell_watches, 0, tell_handler, e);
	for (i = 0; i < n; i++) {
		/* One that was let go meanwhile has only our reference. */
		if (mem_nrefs(some[i]) > 1)
			simple_watch_tell(some[i]);
		mem_deref(some[i]);
	}
	endpoint_release(e);
}


void simple_watch_tell_soon(struct simple_watch *w)
{
	struct endpoint *e = w->e;

	w->soon = true;
	if (!tmr_isrunning(&e->tell_watches))
		tmr_start(e->stack->tmrs, &e->tell_watches, 0, tell_handler, e);
}


/* ---- what is known ---- */

/* P is taken over. */
static void know(struct simple_watch *w, struct presence *p)
{
	mem_deref(w->known);
	w->known = p;
}


void simple_watch_know_nothing(struct simple_watch *w)
{
	w->stamps = mem_deref(w->stamps);
	w->timed = mem_deref(w->timed);
	know(w, presence_alloc(PRESENCE_OFFLINE, PRESENCE_NONE, NULL, NULL));
}


uint16_t simple_watch_document(
	struct simple_watch *w, const struct pl *type, const struct pl *body)
{
	struct pres_doc *doc = NULL;
	uint16_t status = document_read(&doc, w->e, w->peer, type, body);

	if (status) {
		if (!w->known)
			know(w,
				endpoint_unknown("what they publish cannot be "
						 "read"));
	} else if (!pres_is_stale(doc, w->stamps)) {
		know(w, mem_ref(doc->presence));
		simple_timed_keep(w, doc->until, type, body);
		mem_deref(w->stamps);
		w->stamps = pres_doc_stamps(doc);
	}
	mem_deref(doc);
	return status;
}


void simple_watch_ended(struct simple_watch *w, const char *why, uint16_t code)
{
	w->stamps = mem_deref(w->stamps);
	w->timed = mem_deref(w->timed);
	w->known = mem_deref(w->known);
	mem_deref(w->why);
	w->why = mem_strdup(why);
	w->code = code;
}


/* ---- watching ---- */

static struct simple_watch *find(const struct endpoint *e, const char *peer)
{
	struct simple_watch *w;

	HASH_FIND_STR(e->watches, peer, w);
	return w;
}


void simple_watch(struct endpoint *e, const char *peer)
{
	size_t size = strlen(peer) + 1;
	struct simple_watch *w;

	if (find(e, peer))
		return;
	w = mem_alloc_clear(sizeof(*w) + size, sizeof(*w), watch_destructor);
	w->e = e;
	w->peer = memcpy(w + 1, peer, size);
	HASH_ADD_KEYPTR(hh, e->watches, w->peer, strlen(w->peer), w);
	if (simple_rls_watch(w) && e->online)
		simple_alone_start(w);
	simple_watch_tell_soon(w);
}


static void watch_free(struct simple_watch *w)
{
	HASH_DEL(w->e->watches, w);
	w->timed = mem_deref(w->timed);
	w->alone = mem_deref(w->alone);
	mem_deref(w);
}


void simple_unwatch(struct endpoint *e, const char *peer)
{
	struct simple_watch *w = find(e, peer);

	if (!w)
		return;
	simple_alone_end(w, DIALECT_GOODBYE);
	simple_rls_unwatch(e, peer);
	watch_free(w);
}


void simple_watch_hint(struct endpoint *e, const char *peer, bool anew)
{
	struct simple_watch *w = find(e, peer);

	if (!w)
		return;
	if (w->alone)
		simple_alone_hint(w, anew);
	else if (e->online && w->heard && w->state != UA_SUB_ACTIVE)
		simple_alone_start(w);
}


void simple_watch_refused(struct endpoint *e, const char *peer)
{
	struct simple_watch *w = find(e, peer);

	if (w && !w->alone && e->online && w->heard && w->known &&
		w->known->state == PRESENCE_ONLINE)
		simple_alone_start(w);
}


/* ---- the account's life ---- */

void simple_watch_online(struct endpoint *e)
{
	struct simple_watch *w, *next;

	HASH_ITER (hh, e->watches, w, next) {
		w->why = mem_deref(w->why);
		if (w->alone)
			simple_alone_online(w);
		else if (!simple_rls_waits(e))
			simple_alone_start(w);
		simple_watch_tell_soon(w);
	}
}


void simple_watch_lost(struct endpoint *e)
{
	struct simple_watch *w, *next;

	HASH_ITER (hh, e->watches, w, next) {
		w->heard = false;
		w->listed = 0;
		simple_watch_tell_soon(w);
	}
}


void simple_watch_goodbye(struct endpoint *e, uint64_t limit)
{
	struct simple_watch *w, *next;

	HASH_ITER (hh, e->watches, w, next) {
		simple_alone_end(w, limit);
		w->stamps = mem_deref(w->stamps);
		w->timed = mem_deref(w->timed);
		w->known = mem_deref(w->known);
		w->heard = false;
		w->member = 0;
		w->listed = 0;
	}
}


void simple_watch_each(struct endpoint *e,
	void (*h)(struct endpoint *e, const char *peer, void *arg), void *arg)
{
	struct simple_watch *w, *next;

	HASH_ITER (hh, e->watches, w, next) {
		h(e, w->peer, arg);
	}
}


void simple_watch_close(struct endpoint *e)
{
	struct simple_watch *w, *next;

	tmr_cancel(&e->tell_watches);
	HASH_ITER (hh, e->watches, w, next) {
		watch_free(w);
	}
}
