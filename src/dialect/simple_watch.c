/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple_watch.c - watching somebody by SUBSCRIBE (RFC 3856): what is known,
 * and why nothing is.
 */
#include <errno.h>
#include <string.h>
#include "dialect_int.h"
#include "mem.h"


enum {
	HINT_GAP = 5000, /* ms between two tries that signs of life cause */
	CONFIRM_GAP = 10000, /* ms between two questions whether it is so */
};


/* Somebody watched. */
struct simple_watch {
	UT_hash_handle hh;
	struct endpoint *e;
	char *peer;
	struct ua_sub *sub; /* NULL while there is none */
	enum ua_sub_state state;
	bool anew; /* the peer subscribed to us since we asked it */
	uint64_t hinted; /* when a sign of life last caused a try; 0: never */
	struct tmr hint; /* the next such try */
	struct tmr confirm; /* it is asked whether really nothing is shown */
	uint64_t confirmed; /* when it last was; 0: never */
	bool confirming; /* the next notification tells */
	bool heard; /* a notification came in this sign-in */
	struct presence *known; /* what the last one said; NULL: none */
	struct pres_doc *doc; /* and its timestamps */
	char *why; /* the last refusal of this sign-in */
	uint16_t code;
	struct presence *told; /* last told above */
	struct tmr tmr; /* what is to be told in the next turn */
};


static void watch_destructor(void *data)
{
	struct simple_watch *w = data;

	tmr_cancel(&w->tmr);
	tmr_cancel(&w->hint);
	tmr_cancel(&w->confirm);
	mem_deref(w->sub);
	mem_deref(w->known);
	mem_deref(w->doc);
	mem_deref(w->why);
	mem_deref(w->told);
	mem_deref(w->peer);
}


/* ---- for a fetch too ---- */

struct presence *simple_unknown(const char *why)
{
	return presence_alloc(PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, why);
}


/* Who says no without an explanation has declined. */
const char *simple_refusal(const char *why, uint16_t status)
{
	bool bare = !why || !strcmp(why, "the subscription was refused") ||
		(why[0] >= '0' && why[0] <= '9');

	if (bare && (status == 403 || status == 603))
		return "declined";
	if (bare && status == 481)
		return "they know nothing of the subscription any more";
	return why ? why : "the subscription ended";
}


static int send_subscribe(struct ua_sub **subp, struct endpoint *e,
	const char *peer, uint32_t expires, const struct ua_sub_handlers *h)
{
	const struct ua_sub_config config = {
		.target = peer,
		.event = "presence",
		.accept = pres_accept(),
		.expires = expires,
	};

	return ua_subscribe(subp, e->ua, &config, h);
}


static uint16_t document_read(struct pres_doc **dp, const struct endpoint *e,
	const char *peer, const struct msg *notify)
{
	const struct pres_query query = {
		.entity = pl_str(peer),
		.now = tmrs_wall(e->stack->tmrs),
	};
	int err = pres_decode(dp, &notify->content_type, &notify->body, &query);

	if (!err)
		return 0;
	log_print(e->stack->log, LOG_WARN, "presence",
		"%s: a presence document cannot be read: %s", peer,
		strerror(err));
	return err == ENOTSUP ? 415 : 400;
}


int simple_ask(struct ua_sub **subp, struct endpoint *e, const char *peer,
	const struct ua_sub_handlers *h)
{
	return send_subscribe(subp, e, peer, 0, h);
}


uint16_t simple_read(struct presence **pp, const struct endpoint *e,
	const char *peer, const struct msg *notify)
{
	struct pres_doc *doc;
	uint16_t status = document_read(&doc, e, peer, notify);

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
		return simple_unknown(endpoint_reason(w->e));
	if (w->state == UA_SUB_ACTIVE && w->heard && w->known)
		return mem_ref(w->known);
	if (w->state == UA_SUB_PENDING)
		return simple_unknown("waiting for approval");
	return simple_unknown(w->why ? w->why : "waiting for an answer");
}


/* Within a hold, as a handler is called. */
static void tell(struct simple_watch *w)
{
	struct endpoint *e = w->e;
	struct presence *p = current(w);
	uint16_t code = e->online && w->why ? w->code : 0;

	tmr_cancel(&w->tmr);
	if ((w->told && presence_eq(w->told, p)) || !endpoint_hears(e)) {
		mem_deref(p);
		return;
	}
	mem_deref(w->told);
	w->told = mem_ref(p);
	e->h.presence(w->peer, p, code, false, e->h.arg);
	mem_deref(p);
}


static void tell_handler(void *arg)
{
	struct simple_watch *w = mem_ref(arg);
	struct endpoint *e = endpoint_hold(w->e);

	tell(w);
	mem_deref(w);
	endpoint_release(e);
}


static void tell_soon(struct simple_watch *w)
{
	tmr_start(w->e->stack->tmrs, &w->tmr, 0, tell_handler, w);
}


/* ---- signs of life ---- */

/* True where asking may change something. */
static bool is_doubtful(const struct simple_watch *w)
{
	switch (w->state) {
	case UA_SUB_TRYING:
		return false;
	case UA_SUB_ACTIVE:
		return w->anew;
	default:
		return true;
	}
}


static void hint_handler(void *arg)
{
	struct simple_watch *w = arg;

	if (!w->sub || !w->e->online || !is_doubtful(w))
		return;
	w->hinted = tmrs_now(w->e->stack->tmrs);
	w->anew = false;
	ua_sub_refresh(w->sub);
}


/*
 * A subscription that ended waits long for its next try; one that pends may
 * be unknown to a peer that was started anew, as may an active one where the
 * peer itself SUBSCRIBES.
 */
void simple_watch_hint(struct endpoint *e, const char *peer, bool anew)
{
	struct tmrs *tmrs = e->stack->tmrs;
	uint64_t now = tmrs_now(tmrs), wait = 0;
	struct simple_watch *w;

	HASH_FIND_STR(e->watches, peer, w);
	if (!w)
		return;
	w->anew = anew || w->anew;
	if (!is_doubtful(w) || tmr_isrunning(&w->hint))
		return;
	if (w->hinted && now - w->hinted < HINT_GAP)
		wait = HINT_GAP - (now - w->hinted);
	tmr_start(tmrs, &w->hint, wait, hint_handler, w);
}


/* ---- from the subscription ---- */

static void know(struct simple_watch *w, struct presence *p)
{
	mem_deref(w->known);
	w->known = p;
}


static void refused(struct simple_watch *w, const char *why, uint16_t code)
{
	mem_deref(w->why);
	w->why = mem_strdup(why);
	w->code = code;
}


static uint16_t take_document(struct simple_watch *w, const struct msg *notify)
{
	struct pres_doc *doc;
	uint16_t status = document_read(&doc, w->e, w->peer, notify);

	if (status) {
		if (!w->known)
			know(w,
				simple_unknown("what they publish cannot be "
					       "read"));
	} else if (w->doc && pres_is_stale(doc, w->doc)) {
		mem_deref(doc);
	} else {
		mem_deref(w->doc);
		w->doc = doc;
		know(w, mem_ref(doc->presence));
	}
	return status;
}


static void confirm_handler(void *arg)
{
	struct simple_watch *w = arg;

	if (!w->sub || !w->e->online || w->state != UA_SUB_ACTIVE)
		return;
	w->confirmed = tmrs_now(w->e->stack->tmrs);
	w->confirming = true;
	ua_sub_refresh(w->sub);
}


/*
 * A notification without a body, not the first one, changes nothing by itself;
 * but a server may mean that nothing is shown to us any more. What answers a
 * refresh tells all there is: without a body that is nothing.
 */
static void take_nothing(struct simple_watch *w)
{
	struct tmrs *tmrs = w->e->stack->tmrs;
	uint64_t now = tmrs_now(tmrs), wait = 0;

	if (w->state != UA_SUB_ACTIVE || !w->known ||
		w->known->state == PRESENCE_OFFLINE)
		return;
	if (w->confirming) {
		w->confirming = false;
		w->doc = mem_deref(w->doc);
		know(w,
			presence_alloc(
				PRESENCE_OFFLINE, PRESENCE_NONE, NULL, NULL));
		return;
	}
	if (w->confirmed && now - w->confirmed < CONFIRM_GAP)
		wait = CONFIRM_GAP - (now - w->confirmed);
	if (!tmr_isrunning(&w->confirm))
		tmr_start(tmrs, &w->confirm, wait, confirm_handler, w);
}


static uint16_t notify_handler(const struct msg *notify, bool first, void *arg)
{
	struct simple_watch *w = mem_ref(arg);
	struct endpoint *e = endpoint_hold(w->e);
	uint16_t status = 0;

	if (notify->body.l) {
		status = take_document(w, notify);
		w->confirming = false;
		tmr_cancel(&w->confirm);
	} else if (first) {
		know(w,
			presence_alloc(
				PRESENCE_OFFLINE, PRESENCE_NONE, NULL, NULL));
	} else {
		take_nothing(w);
	}
	w->heard = true;
	tell(w);
	mem_deref(w);
	endpoint_release(e);
	return status;
}


static void state_handler(enum ua_sub_state state, const char *why,
	uint16_t status, bool again, void *arg)
{
	struct simple_watch *w = mem_ref(arg);
	struct endpoint *e = endpoint_hold(w->e);
	bool stood = w->state == UA_SUB_ACTIVE || w->state == UA_SUB_PENDING;

	(void)again;
	w->state = state;
	switch (state) {
	case UA_SUB_TRYING:
		/* What stopped it last says more than that it is tried. */
		break;
	case UA_SUB_PENDING:
	case UA_SUB_ACTIVE:
		w->why = mem_deref(w->why);
		break;
	case UA_SUB_ENDED:
		w->confirming = false;
		w->doc = mem_deref(w->doc);
		w->known = mem_deref(w->known);
		refused(w, simple_refusal(why, status), status);
		/* It was started anew, and is there. */
		if (stood && status == 481)
			simple_watch_hint(e, w->peer, false);
		break;
	}
	/* The notification that makes it active follows at once. */
	if (state != UA_SUB_ACTIVE)
		tell(w);
	mem_deref(w);
	endpoint_release(e);
}


static void subscribe(struct simple_watch *w)
{
	const struct ua_sub_handlers h = {
		.state = state_handler,
		.notify = notify_handler,
		.arg = w,
	};
	int err = send_subscribe(&w->sub, w->e, w->peer, w->e->expires, &h);

	w->state = UA_SUB_TRYING;
	w->anew = false;
	if (err)
		refused(w,
			err == EINVAL ? "this is no SIP address"
				      : strerror(err),
			0);
}


/* ---- watching ---- */

void simple_watch(struct endpoint *e, const char *peer)
{
	struct simple_watch *w;

	HASH_FIND_STR(e->watches, peer, w);
	if (w)
		return;
	w = mem_zalloc(sizeof(*w), watch_destructor);
	w->e = e;
	w->peer = mem_strdup(peer);
	HASH_ADD_KEYPTR(hh, e->watches, w->peer, strlen(w->peer), w);
	if (e->online)
		subscribe(w);
	tell_soon(w);
}


/* The subscription says goodbye alone: its object outlives ours. */
static void let_go(struct simple_watch *w, uint64_t limit)
{
	if (w->sub)
		ua_sub_end(w->sub, limit, NULL, NULL);
	w->sub = mem_deref(w->sub);
}


static void watch_free(struct simple_watch *w)
{
	HASH_DEL(w->e->watches, w);
	tmr_cancel(&w->tmr);
	tmr_cancel(&w->hint);
	tmr_cancel(&w->confirm);
	mem_deref(w);
}


void simple_unwatch(struct endpoint *e, const char *peer)
{
	struct simple_watch *w;

	HASH_FIND_STR(e->watches, peer, w);
	if (!w)
		return;
	let_go(w, DIALECT_GOODBYE);
	watch_free(w);
}


/* ---- the account's life ---- */

void simple_watch_online(struct endpoint *e)
{
	struct simple_watch *w, *next;

	HASH_ITER (hh, e->watches, w, next) {
		w->why = mem_deref(w->why);
		if (!w->sub)
			subscribe(w);
		else if (w->state == UA_SUB_ENDED)
			w->state = UA_SUB_TRYING;
		tell_soon(w);
	}
}


void simple_watch_lost(struct endpoint *e)
{
	struct simple_watch *w, *next;

	HASH_ITER (hh, e->watches, w, next) {
		w->heard = false;
		tell_soon(w);
	}
}


void simple_watch_goodbye(struct endpoint *e, uint64_t limit)
{
	struct simple_watch *w, *next;

	HASH_ITER (hh, e->watches, w, next) {
		let_go(w, limit);
		w->doc = mem_deref(w->doc);
		w->known = mem_deref(w->known);
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

	HASH_ITER (hh, e->watches, w, next) {
		watch_free(w);
	}
}
