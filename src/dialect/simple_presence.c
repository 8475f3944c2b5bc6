/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple_presence.c - presence the SIMPLE way: watching and fetching by
 * SUBSCRIBE, own state by PUBLISH and by our own notifier (RFC 3856, 3903).
 */
#include <errno.h>
#include <string.h>
#include "dialect_int.h"
#include "mem.h"


enum {
	PIDF_MAX = 64 * 1024, /* bytes of our own document */
	GOODBYE = 2000,
};

static const char event_name[] = "presence";
static const char pidf_type[] = "application/pidf+xml";


/* Somebody watched, or fetched once. */
struct simple_watch {
	UT_hash_handle hh;
	struct le le; /* of a fetch */
	struct endpoint *e;
	char *peer;
	struct ua_sub *sub; /* NULL while not signed in */
	struct presence *told; /* last told above */
	struct pres_doc *doc; /* last taken, for its timestamps */
	struct presence *answer; /* of a fetch: what came so far */
	struct tmr tmr; /* what is to be told in the next turn */
	uint16_t code;
	bool fetch;
};


static void watch_destructor(void *data)
{
	struct simple_watch *w = data;

	tmr_cancel(&w->tmr);
	list_unlink(&w->le);
	mem_deref(w->sub);
	mem_deref(w->told);
	mem_deref(w->doc);
	mem_deref(w->answer);
	mem_deref(w->peer);
}


/* ---- telling ---- */

/* Takes P over. */
static void tell(struct simple_watch *w, struct presence *p, uint16_t code)
{
	struct endpoint *e = w->e;

	if (w->told && presence_eq(w->told, p)) {
		mem_deref(p);
		return;
	}
	mem_deref(w->told);
	w->told = p;
	mem_ref(e);
	mem_ref(p);
	e->h.presence(w->peer, p, code, false, e->h.arg);
	mem_deref(p);
	mem_deref(e);
}


static struct presence *unknown(const char *why)
{
	return presence_alloc(PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, why);
}


/* The end of a fetch: one answer, then it is gone. */
static void fetched(void *arg)
{
	struct simple_watch *w = arg;
	struct endpoint *e = mem_ref(w->e);

	list_unlink(&w->le);
	e->h.presence(w->peer, w->answer, w->code, true, e->h.arg);
	mem_deref(w);
	mem_deref(e);
}


/* ---- from the subscription ---- */

static uint16_t take_document(
	struct simple_watch *w, const struct msg *notify, struct presence **pp)
{
	struct pres_query query = {
		.entity = pl_str(w->peer),
		.now = tmrs_wall(w->e->stack->tmrs),
	};
	struct pres_doc *doc;
	int err;

	err = pres_decode(&doc, &notify->content_type, &notify->body, &query);
	if (err) {
		log_print(w->e->stack->log, LOG_WARN, "presence",
			"%s: a presence document cannot be read: %s", w->peer,
			strerror(err));
		return err == ENOTSUP ? 415 : 400;
	}
	if (w->doc && pres_is_stale(doc, w->doc)) {
		mem_deref(doc);
		*pp = NULL;
		return 0;
	}
	mem_deref(w->doc);
	w->doc = doc;
	*pp = mem_ref(doc->presence);
	return 0;
}


static uint16_t notify_handler(const struct msg *notify, bool first, void *arg)
{
	struct simple_watch *w = mem_ref(arg);
	struct presence *p = NULL;
	uint16_t status = 0;

	if (notify->body.l)
		status = take_document(w, notify, &p);
	else if (first) /* nothing published */
		p = presence_alloc(PRESENCE_OFFLINE, PRESENCE_NONE, NULL, NULL);
	if (p && w->fetch) {
		mem_deref(w->answer);
		w->answer = p;
	} else if (p) {
		tell(w, p, 0);
	}
	mem_deref(w);
	return status;
}


static void watch_state(struct simple_watch *w, enum ua_sub_state state,
	const char *why, uint16_t status)
{
	switch (state) {
	case UA_SUB_TRYING:
		if (!w->told || w->told->state == PRESENCE_UNKNOWN)
			tell(w, unknown("waiting for an answer"), 0);
		break;
	case UA_SUB_PENDING:
		tell(w, unknown("waiting for approval"), 0);
		break;
	case UA_SUB_ACTIVE:
		break;
	case UA_SUB_ENDED:
		w->doc = mem_deref(w->doc);
		tell(w, unknown(why ? why : "the subscription ended"), status);
		break;
	}
}


static void state_handler(enum ua_sub_state state, const char *why,
	uint16_t status, bool again, void *arg)
{
	struct simple_watch *w = mem_ref(arg);

	(void)again;
	if (!w->fetch) {
		watch_state(w, state, why, status);
	} else if (state == UA_SUB_PENDING && !w->answer) {
		w->answer = unknown("waiting for approval");
	} else if (state == UA_SUB_ENDED) {
		if (!w->answer) {
			w->answer = unknown(why ? why : "no answer");
			w->code = status;
		}
		/* Not from within: the subscription is the caller. */
		tmr_start(w->e->stack->tmrs, &w->tmr, 0, fetched, w);
	}
	mem_deref(w);
}


static void subscribe(struct simple_watch *w)
{
	struct ua_sub_config config = {
		.target = w->peer,
		.event = event_name,
		.accept = pres_accept(),
		.expires = w->fetch ? 0 : w->e->expires,
	};
	struct ua_sub_handlers h = {
		.state = state_handler,
		.notify = notify_handler,
		.arg = w,
	};
	int err = ua_subscribe(&w->sub, w->e->ua, &config, &h);

	if (err)
		log_print(w->e->stack->log, LOG_WARN, "presence",
			"%s: cannot subscribe: %s", w->peer, strerror(err));
}


/* ---- watching ---- */

static void tell_unknown(void *arg)
{
	struct simple_watch *w = mem_ref(arg);

	if (!w->told)
		tell(w,
			unknown(ua_state(w->e->ua) == UA_ONLINE
					? "waiting for an answer"
					: "not signed in"),
			0);
	mem_deref(w);
}


static struct simple_watch *watch_alloc(struct endpoint *e, const char *peer)
{
	struct simple_watch *w = mem_zalloc(sizeof(*w), watch_destructor);

	w->e = e;
	w->peer = mem_strdup(peer);
	return w;
}


void simple_watch(struct endpoint *e, const char *peer)
{
	struct simple_watch *w;

	HASH_FIND_STR(e->watches, peer, w);
	if (w)
		return;
	w = watch_alloc(e, peer);
	HASH_ADD_KEYPTR(hh, e->watches, w->peer, strlen(w->peer), w);
	tmr_start(e->stack->tmrs, &w->tmr, 0, tell_unknown, w);
	if (ua_state(e->ua) == UA_ONLINE)
		subscribe(w);
}


/* The subscription says goodbye alone: its object outlives ours. */
static void let_go(struct simple_watch *w, uint64_t limit)
{
	if (!w->sub)
		return;
	endpoint_goodbye_begin(w->e);
	ua_sub_end(w->sub, limit, endpoint_goodbye_done, w->e);
	w->sub = mem_deref(w->sub);
}


void simple_unwatch(struct endpoint *e, const char *peer)
{
	struct simple_watch *w;

	HASH_FIND_STR(e->watches, peer, w);
	if (!w)
		return;
	HASH_DEL(e->watches, w);
	let_go(w, GOODBYE);
	mem_deref(w);
}


static void cannot_fetch(void *arg)
{
	struct simple_watch *w = arg;

	w->answer = unknown("not signed in");
	fetched(w);
}


void simple_fetch(struct endpoint *e, const char *peer)
{
	struct simple_watch *w = watch_alloc(e, peer);

	w->fetch = true;
	list_append(&e->fetches, &w->le, w);
	if (ua_state(e->ua) == UA_ONLINE)
		subscribe(w);
	if (!w->sub)
		tmr_start(e->stack->tmrs, &w->tmr, 0, cannot_fetch, w);
}


/* ---- own presence ---- */

static int write_pidf(struct endpoint *e, struct mbuf *mb, bool open)
{
	struct presence *closed =
		presence_alloc(PRESENCE_OFFLINE, PRESENCE_NONE, NULL, NULL);
	struct pres_source source = {
		.entity = e->aor,
		.tuple_id = e->tuple_id,
		.contact = e->aor,
		.presence = open ? e->own : closed,
		.timestamp = tmrs_wall(e->stack->tmrs),
	};
	int err = pres_encode(mb, &source);

	mem_deref(closed);
	return err;
}


static void publish_document(struct endpoint *e, const struct pl *body)
{
	if (!e->publish || ua_state(e->ua) != UA_ONLINE)
		return;
	if (e->visibility == ENDPOINT_HIDDEN) {
		if (e->publisher) {
			endpoint_goodbye_begin(e);
			ua_publisher_end(e->publisher, GOODBYE,
				endpoint_goodbye_done, e);
			e->publisher = mem_deref(e->publisher);
		}
		return;
	}
	if (e->publisher)
		ua_publisher_set(e->publisher, body);
}


static void publish_result(const struct ua_result *result, void *arg)
{
	struct endpoint *e = arg;

	if (result->why && (result->status < 200 || result->status > 299))
		log_print(e->stack->log, LOG_WARN, "presence",
			"%s: own presence is not published: %s", e->aor,
			result->why);
}


static void open_publisher(struct endpoint *e)
{
	int err;

	if (e->publisher || !e->publish || e->visibility == ENDPOINT_HIDDEN)
		return;
	err = ua_publisher_alloc(&e->publisher, e->ua, event_name, pidf_type,
		e->expires, publish_result, e);
	if (err)
		log_print(e->stack->log, LOG_WARN, "presence",
			"%s: cannot publish: %s", e->aor, strerror(err));
}


void simple_publish(struct endpoint *e)
{
	struct mbuf *body = mbuf_alloc(PIDF_MAX);
	struct mbuf *closed = mbuf_alloc(PIDF_MAX);
	struct pl body_pl, closed_pl;
	int err;

	if (!e->own)
		e->own = presence_alloc(
			PRESENCE_ONLINE, PRESENCE_NONE, NULL, NULL);
	err = write_pidf(e, body, e->visibility == ENDPOINT_VISIBLE);
	if (!err)
		err = write_pidf(e, closed, false);
	if (err) {
		log_print(e->stack->log, LOG_ERROR, "presence",
			"%s: own presence cannot be written: %s", e->aor,
			strerror(err));
	} else {
		body_pl = mbuf_all(body);
		closed_pl = mbuf_all(closed);
		if (e->notifier)
			ua_notifier_set(e->notifier, &body_pl, &closed_pl);
		if (ua_state(e->ua) == UA_ONLINE)
			open_publisher(e);
		publish_document(e, &body_pl);
	}
	mem_deref(body);
	mem_deref(closed);
}


/* ---- our own notifier ---- */

static enum ua_verdict verdict_of(enum endpoint_verdict v)
{
	switch (v) {
	case ENDPOINT_ALLOW:
		return UA_ACTIVE;
	case ENDPOINT_POLITE_BLOCK:
		return UA_POLITE_BLOCK;
	case ENDPOINT_REFUSE:
	case ENDPOINT_BUSY:
		return UA_REJECTED;
	case ENDPOINT_PENDING:
		break;
	}
	return UA_PENDING;
}


static enum ua_verdict authorize_handler(const char *watcher,
	const struct pl *name, const char *source, void *arg)
{
	struct endpoint *e = arg;

	return verdict_of(e->h.authorize(watcher, name, source, e->h.arg));
}


int simple_notifier_open(struct endpoint *e)
{
	struct ua_notifier_handlers h = {
		.authorize = authorize_handler,
		.arg = e,
	};

	return ua_notifier_alloc(
		&e->notifier, e->ua, event_name, pidf_type, &h);
}


void simple_decide(
	struct endpoint *e, const char *peer, enum endpoint_verdict verdict)
{
	if (e->notifier)
		ua_notifier_decide(e->notifier, peer, verdict_of(verdict));
}


/* ---- the account's life ---- */

void simple_presence_online(struct endpoint *e)
{
	struct simple_watch *w, *next;

	if (!e->notifier)
		(void)simple_notifier_open(e);
	simple_publish(e);
	HASH_ITER (hh, e->watches, w, next) {
		if (!w->sub)
			subscribe(w);
	}
}


void simple_presence_lost(struct endpoint *e, const char *why)
{
	struct simple_watch *w, *next;

	HASH_ITER (hh, e->watches, w, next) {
		tell(w, unknown(why), 0);
	}
}


void simple_presence_goodbye(struct endpoint *e, uint64_t limit)
{
	struct simple_watch *w, *next;

	HASH_ITER (hh, e->watches, w, next) {
		let_go(w, limit);
	}
	if (e->publisher) {
		endpoint_goodbye_begin(e);
		ua_publisher_end(e->publisher, limit, endpoint_goodbye_done, e);
		e->publisher = mem_deref(e->publisher);
	}
	if (e->notifier) {
		endpoint_goodbye_begin(e);
		ua_notifier_end(e->notifier, limit, endpoint_goodbye_done, e);
		e->notifier = mem_deref(e->notifier);
	}
}


void simple_presence_close(struct endpoint *e)
{
	struct simple_watch *w, *next;

	HASH_ITER (hh, e->watches, w, next) {
		HASH_DEL(e->watches, w);
		mem_deref(w);
	}
	list_flush(&e->fetches);
	e->publisher = mem_deref(e->publisher);
	e->notifier = mem_deref(e->notifier);
}
