/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_alone.c - a SUBSCRIBE to one person (RFC 3856), and what makes it
 * ask again before its time. */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "simple_watch.h"


enum {
	HINT_GAP = 5000, /* ms between two tries that signs of life cause */
	CONFIRM_GAP = 10000, /* ms between two questions whether it is so */
};

struct simple_alone {
	struct simple_watch *w;
	struct ua_sub *sub; /* NULL: it could not be made */
	bool anew; /* the peer subscribed to us since we asked it */
	uint64_t hinted; /* when a sign of life last caused a try; 0: never */
	struct tmr hint; /* the next such try */
	struct tmr confirm; /* it is asked whether really nothing is shown */
	uint64_t confirmed; /* when it last was; 0: never */
	bool confirming; /* the next notification tells */
};


static void alone_destructor(void *data)
{
	struct simple_alone *a = data;

	tmr_cancel(&a->hint);
	tmr_cancel(&a->confirm);
	mem_deref(a->sub);
}


static int send_subscribe(struct ua_sub **subp, struct endpoint *e,
	const char *peer, uint32_t expires, const struct ua_sub_handlers *h)
{
	const struct ua_sub_config config = {
		.target = endpoint_way(e, peer),
		.event = "presence",
		.accept = pres_accept(),
		.max_rate = "0.2", /* RFC 3856 6.10 */
		.expires = expires,
	};

	return ua_subscribe(subp, e->ua, &config, h);
}


int simple_ask(struct ua_sub **subp, struct endpoint *e, const char *peer,
	const struct ua_sub_handlers *h)
{
	return send_subscribe(subp, e, peer, 0, h);
}


/* ---- signs of life ---- */

/* True where asking may change something. */
static bool is_doubtful(const struct simple_alone *a)
{
	switch (a->w->state) {
	case UA_SUB_TRYING:
		return false;
	case UA_SUB_ACTIVE:
		return a->anew;
	default:
		return true;
	}
}


static void hint_handler(void *arg)
{
	struct simple_alone *a = arg;
	const struct endpoint *e = a->w->e;

	if (!a->sub || !e->online || !is_doubtful(a))
		return;
	a->hinted = tmrs_now(e->stack->tmrs);
	a->anew = false;
	ua_sub_refresh(a->sub);
}


/*
 * A subscription that ended waits long for its next try; one that pends may
 * be unknown to a peer that was started anew, as may an active one where the
 * peer itself SUBSCRIBES.
 */
void simple_alone_hint(struct simple_watch *w, bool anew)
{
	struct tmrs *tmrs = w->e->stack->tmrs;
	struct simple_alone *a = w->alone;

	a->anew = anew || a->anew;
	if (!is_doubtful(a) || tmr_isrunning(&a->hint))
		return;
	tmr_start(tmrs, &a->hint, tmrs_until(tmrs, a->hinted, HINT_GAP),
		hint_handler, a);
}


/* ---- notifications ---- */

static void confirm_handler(void *arg)
{
	struct simple_alone *a = arg;
	const struct endpoint *e = a->w->e;

	if (!a->sub || !e->online || a->w->state != UA_SUB_ACTIVE)
		return;
	a->confirmed = tmrs_now(e->stack->tmrs);
	a->confirming = true;
	ua_sub_refresh(a->sub);
}


/*
 * A notification without a body, not the first one, changes nothing by itself;
 * but a server may mean that nothing is shown to us any more. What answers a
 * refresh tells all there is: without a body that is nothing.
 */
static void take_nothing(struct simple_alone *a)
{
	struct simple_watch *w = a->w;
	struct tmrs *tmrs = w->e->stack->tmrs;

	if (w->state != UA_SUB_ACTIVE || !w->known ||
		w->known->state == PRESENCE_OFFLINE)
		return;
	if (a->confirming) {
		a->confirming = false;
		simple_watch_know_nothing(w);
		return;
	}
	if (!tmr_isrunning(&a->confirm))
		tmr_start(tmrs, &a->confirm,
			tmrs_until(tmrs, a->confirmed, CONFIRM_GAP),
			confirm_handler, a);
}


static uint16_t notify_handler(const struct msg *notify, bool first, void *arg)
{
	struct simple_alone *a = mem_ref(arg);
	struct simple_watch *w = mem_ref(a->w);
	struct endpoint *e = endpoint_hold(w->e);
	uint16_t status = 0;

	if (notify->body.l) {
		status = simple_watch_document(
			w, &notify->content_type, &notify->body);
		a->confirming = false;
		tmr_cancel(&a->confirm);
	} else if (first) {
		simple_watch_know_nothing(w);
	} else {
		take_nothing(a);
	}
	w->heard = true;
	simple_watch_tell(w);
	if (w->alone == a && w->state == UA_SUB_ACTIVE)
		simple_rls_answered(w);
	mem_deref(w);
	mem_deref(a);
	endpoint_release(e);
	return status;
}


/* ---- the subscription ---- */

static void state_handler(enum ua_sub_state state, const char *why,
	uint16_t status, bool again, void *arg)
{
	struct simple_alone *a = mem_ref(arg);
	struct simple_watch *w = mem_ref(a->w);
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
		a->confirming = false;
		simple_watch_ended(w, endpoint_refusal(why, status), status);
		/* It was started anew, and is there. */
		if (stood && status == 481)
			simple_alone_hint(w, false);
		break;
	}
	/* The notification that makes it active follows at once. */
	if (state != UA_SUB_ACTIVE)
		simple_watch_tell(w);
	mem_deref(w);
	mem_deref(a);
	endpoint_release(e);
}


void simple_alone_start(struct simple_watch *w)
{
	struct simple_alone *a = mem_zalloc(sizeof(*a), alone_destructor);
	const struct ua_sub_handlers h = {
		.state = state_handler,
		.notify = notify_handler,
		.arg = a,
	};
	int err;

	a->w = w;
	w->alone = a;
	if (!w->heard)
		w->state = UA_SUB_TRYING;
	err = send_subscribe(&a->sub, w->e, w->peer, w->e->expires, &h);
	if (err)
		simple_watch_ended(w,
			err == EINVAL ? "this is no SIP address"
				      : strerror(err),
			0);
	if (err)
		simple_watch_tell_soon(w);
}


void simple_alone_end(struct simple_watch *w, uint64_t limit)
{
	if (w->alone && w->alone->sub)
		ua_sub_end(w->alone->sub, limit, NULL, NULL);
	w->alone = mem_deref(w->alone);
}


void simple_alone_online(struct simple_watch *w)
{
	if (w->state == UA_SUB_ENDED)
		w->state = UA_SUB_TRYING;
}
