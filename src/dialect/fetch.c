/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fetch.c - asking once for somebody's presence: SUBSCRIBE with
 * Expires 0 (RFC 6665 4.4.3). */
#include <errno.h>
#include <string.h>
#include "dialect_int.h"
#include "mem.h"


struct fetch {
	struct le le; /* e->fetches */
	struct endpoint *e;
	char *peer;
	struct ua_sub *sub;
	struct presence *answer; /* what came so far */
	uint16_t code;
	struct tmr tmr; /* the answer is to be told */
};


static void fetch_destructor(void *data)
{
	struct fetch *f = data;

	tmr_cancel(&f->tmr);
	list_unlink(&f->le);
	mem_deref(f->sub);
	mem_deref(f->answer);
	mem_deref(f->peer);
}


struct presence *endpoint_unknown(const char *why)
{
	return presence_alloc(PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, why);
}


/* Who says no without an explanation has declined. */
const char *endpoint_refusal(const char *why, uint16_t status)
{
	bool bare = !why || !strcmp(why, "the subscription was refused") ||
		(why[0] >= '0' && why[0] <= '9');

	if (bare && (status == 403 || status == 603))
		return "declined";
	if (bare && status == 481)
		return "they know nothing of the subscription any more";
	return why ? why : "the subscription ended";
}


/* One answer, then it is gone. */
static void answer_handler(void *arg)
{
	struct fetch *f = arg;
	struct endpoint *e = endpoint_hold(f->e);

	list_unlink(&f->le);
	e->h.presence(f->peer, f->answer, f->code, true, e->h.arg);
	mem_deref(f);
	endpoint_release(e);
}


static void answer_soon(struct fetch *f, struct presence *p, uint16_t code)
{
	if (f->answer) {
		mem_deref(p);
	} else {
		f->answer = p;
		f->code = code;
	}
	tmr_start(f->e->stack->tmrs, &f->tmr, 0, answer_handler, f);
}


static bool is_active(const struct msg *notify)
{
	struct msg_subscription_state ss;
	struct pl value;

	return msg_value(notify, HDR_SUBSCRIPTION_STATE, &value) &&
		!msg_subscription_state_decode(&ss, &value) &&
		ss.state == MSG_SUB_ACTIVE;
}


/* A server that ends the fetch with its only notification leaves open whether
 * nothing is published or nobody was allowed to see it yet. */
static uint16_t notify_handler(const struct msg *notify, bool first, void *arg)
{
	struct fetch *f = arg;
	struct presence *p = NULL;
	uint16_t status = 0;

	if (notify->body.l) {
		status = f->e->ops->read(&p, f->e, f->peer, notify);
		if (status)
			p = endpoint_unknown(
				"what they publish cannot be read");
	} else if (first && !is_active(notify)) {
		p = endpoint_unknown("nothing of theirs is shown to you yet");
	} else if (first) {
		p = presence_alloc(PRESENCE_OFFLINE, PRESENCE_NONE, NULL, NULL);
	}
	if (p) {
		mem_deref(f->answer);
		f->answer = p;
	}
	return status;
}


static void state_handler(enum ua_sub_state state, const char *why,
	uint16_t status, bool again, void *arg)
{
	(void)again;
	if (state == UA_SUB_PENDING)
		answer_soon(arg, endpoint_unknown("waiting for approval"), 0);
	else if (state == UA_SUB_ENDED)
		answer_soon(arg,
			endpoint_unknown(endpoint_refusal(why, status)),
			status);
}


void endpoint_ask(struct endpoint *e, const char *peer)
{
	struct fetch *f = mem_zalloc(sizeof(*f), fetch_destructor);
	const struct ua_sub_handlers h = {
		.state = state_handler,
		.notify = notify_handler,
		.arg = f,
	};
	int err;

	f->e = e;
	f->peer = mem_strdup(peer);
	list_append(&e->fetches, &f->le, f);
	if (!e->online) {
		answer_soon(f, endpoint_unknown(endpoint_reason(e)), 0);
		return;
	}
	err = e->ops->ask(&f->sub, e, peer, &h);
	if (err)
		answer_soon(f,
			endpoint_unknown(err == EINVAL
					? "this is no SIP address"
					: strerror(err)),
			0);
}
