/* SPDX-License-Identifier: GPL-3.0-or-later */
/* subscribe.c - subscriber: SUBSCRIBE, refresh, back-off (RFC 6665 4.1.2). */
#include <errno.h>
#include <string.h>
#include "sub_int.h"


enum {
	RESTART_GAP = 10, /* seconds between two that start at once */
	REFRESH_MIN = 5, /* seconds */
	SPREAD_MS = 40, /* a subscription when many start together, as
			   Microsoft's servers want it */
};


static void reset(struct ua_sub *sub)
{
	tmr_cancel(&sub->tmr);
	tmr_cancel(&sub->tmr_n);
	tmr_cancel(&sub->tmr_end);
	sub->req = mem_deref(sub->req);
	if (sub->dialog)
		HASH_DEL(sub->ua->subs_by_call_id, sub);
	sub->dialog = mem_deref(sub->dialog);
	sub->rd = mem_deref(sub->rd);
	sub->etag = mem_deref(sub->etag);
	sub->notified = sub->seen_active = sub->paced = false;
}


static void drop(struct ua_sub *sub)
{
	reset(sub);
	ua_sub_turn_leave(sub);
}


static void sub_destructor(void *data)
{
	struct ua_sub *sub = data;

	list_unlink(&sub->le);
	drop(sub);
	if (sub->bye)
		ua_bye_cancel(sub->bye);
	mem_deref(sub->bye);
	mem_deref(sub->target);
	mem_deref(sub->event);
	mem_deref(sub->accept);
	mem_deref(sub->headers);
	mem_deref(sub->max_rate);
	mem_deref(sub->content_type);
	mem_deref(sub->body);
}


/* Every way in holds a reference: a second one is the owner's. */
bool ua_sub_hears(const struct ua_sub *sub)
{
	return !ua_sub_ends(sub) && mem_nrefs(sub) > 1;
}


bool ua_sub_ends(const struct ua_sub *sub)
{
	return sub->bye && sub->bye->active;
}


void ua_sub_bye_finish(struct ua_sub *sub)
{
	if (sub->bye)
		ua_bye_finish(sub->bye);
}


void ua_sub_tell(struct ua_sub *sub, enum ua_sub_state state, const char *why,
	uint16_t status, bool again)
{
	bool news = sub->state != state || state == UA_SUB_ENDED;

	sub->state = state;
	if (news && ua_sub_hears(sub) && sub->h.state)
		sub->h.state(state, why, status, again, sub->h.arg);
}


static void sub_tmr_h(void *arg);


void ua_sub_start_in(struct ua_sub *sub, uint64_t ms)
{
	if (sub->ua && !ua_sub_ends(sub))
		tmr_start(sub->ua->stack->tmrs, &sub->tmr, ms, sub_tmr_h, sub);
}


void ua_sub_go_on_soon(struct ua_sub *sub)
{
	tmr_start(sub->ua->stack->tmrs, &sub->tmr, 0, sub_tmr_h, sub);
}


void ua_sub_over(
	struct ua_sub *sub, const char *why, uint16_t status, int64_t wait)
{
	drop(sub);
	sub->finished = wait == SUB_NEVER;
	if (wait != SUB_NEVER)
		ua_sub_start_in(sub, (uint64_t)wait * 1000);
	ua_sub_bye_finish(sub);
	ua_sub_tell(sub, UA_SUB_ENDED, why, status, wait != SUB_NEVER);
}


void ua_sub_over_later(
	struct ua_sub *sub, const char *why, uint16_t status, uint32_t after)
{
	uint32_t wait = ua_backoff(sub->ua, sub->failures++, SUB_BACKOFF_MAX);

	/* A fetch is tried once. */
	if (!sub->expires)
		ua_sub_over(sub, why, status, SUB_NEVER);
	else
		ua_sub_over(sub, why, status, wait > after ? wait : after);
}


void ua_sub_restart(struct ua_sub *sub, const char *why, uint16_t status)
{
	const struct tmrs *tmrs = sub->ua->stack->tmrs;

	if (ua_sub_ends(sub) ||
		tmrs_until(tmrs, sub->restarted, RESTART_GAP * 1000)) {
		ua_sub_over_later(sub, why, status, 0);
		return;
	}
	sub->restarted = tmrs_now(tmrs);
	drop(sub);
	ua_sub_start_in(sub, 0);
}


/* ---- time ---- */

static void sub_end_h(void *arg)
{
	struct ua_sub *sub = mem_ref(arg);

	ua_sub_restart(sub, "the subscription ran out", 0);
	mem_deref(sub);
}


static uint32_t refresh_after(uint32_t seconds)
{
	uint32_t wait = seconds > 600 ? seconds - 60 : seconds / 10 * 9;

	return wait < REFRESH_MIN ? REFRESH_MIN : wait;
}


void ua_sub_set_expiry(struct ua_sub *sub, uint32_t seconds, bool shorten)
{
	struct tmrs *tmrs = sub->ua->stack->tmrs;
	uint64_t ms = (uint64_t)seconds * 1000;

	if (shorten && tmr_isrunning(&sub->tmr_end) &&
		ms >= tmr_remaining(&sub->tmr_end))
		return;
	tmr_start(tmrs, &sub->tmr_end, ms, sub_end_h, sub);
	ua_sub_start_in(sub, (uint64_t)refresh_after(seconds) * 1000);
}


static void sub_n_h(void *arg)
{
	struct ua_sub *sub = mem_ref(arg);

	/* A SUBSCRIBE without answer ends by its own timer. */
	if (!sub->req)
		ua_sub_over_later(sub, "no notification came", 408, 0);
	mem_deref(sub);
}


void ua_sub_await(struct ua_sub *sub)
{
	tmr_start(sub->ua->stack->tmrs, &sub->tmr_n, UA_T_64T1, sub_n_h, sub);
}


/* ---- sending ---- */

/* RFC 6446 4.1, RFC 5839 5.6: a server may take a parameter of Event amiss, and
 * a condition needs what it compares with, so both are for those who have shown
 * that they know them. */
static void put_event(struct ua_sub *sub, struct mbuf *mb)
{
	sub->conditional = sub->etag && !sub->whole && !sub->plain && !sub->len;
	(void)mbuf_printf(mb, "Event: %s", sub->event);
	if (sub->paced && sub->max_rate)
		(void)mbuf_printf(mb, ";max-rate=%s", sub->max_rate);
	(void)mbuf_write_str(mb, "\r\n");
	if (sub->conditional)
		(void)mbuf_printf(mb, "Suppress-If-Match: %s\r\n", sub->etag);
}


int ua_sub_send(struct ua_sub *sub, uint32_t expires)
{
	struct mbuf *mb = mbuf_alloc(UA_TEXT_MAX);
	char *number = mem_printf("%u", expires);
	struct pl headers, pl_number = pl_str(number);
	struct sip_request_params params = {
		.dialog = sub->dialog,
		.method = "SUBSCRIBE",
		.contact = true,
		.expires = &pl_number,
		.content_type = sub->content_type,
		.body = pl_make(sub->body, sub->len),
	};
	int err;

	put_event(sub, mb);
	if (sub->accept)
		(void)mbuf_printf(mb, "Accept: %s\r\n", sub->accept);
	(void)mbuf_printf(mb, "Allow: %s\r\n%s", ua_allow,
		sub->headers ? sub->headers : "");
	headers = mbuf_all(mb);
	params.headers = &headers;
	sub->req = mem_deref(sub->req);
	sub->stale = false;
	err = mbuf_err(mb);
	if (!err)
		err = sip_request_send(
			&sub->req, &params, ua_sub_answered, sub);
	mem_deref(mb);
	mem_deref(number);
	return err;
}


void ua_sub_failed(struct ua_sub *sub, int err)
{
	ua_sub_over_later(sub, strerror(err), 0, 0);
}


static int make_dialog(struct ua_sub *sub)
{
	struct pl target = pl_str(sub->target);
	const struct pl *id;
	int err = sip_dialog_alloc(&sub->dialog, sub->ua->agent, &target, NULL);

	if (err)
		return err;
	sip_dialog_stay(sub->dialog, sub->list);
	id = sip_dialog_call_id(sub->dialog);
	HASH_ADD_KEYPTR(hh, sub->ua->subs_by_call_id, id->p, id->l, sub);
	return 0;
}


static void sub_begin(struct ua_sub *sub)
{
	int err;

	reset(sub);
	sub->raises = 0;
	err = make_dialog(sub);
	if (!err)
		err = ua_sub_send(sub, sub->expires);
	if (err) {
		ua_sub_failed(sub, err);
		return;
	}
	ua_sub_await(sub);
	if (sub->state == UA_SUB_ENDED)
		ua_sub_tell(sub, UA_SUB_TRYING, NULL, 0, false);
}


static void goodbye(struct ua_sub *sub)
{
	if (ua_sub_send(sub, 0)) {
		drop(sub);
		ua_sub_bye_finish(sub);
	}
}


static void sub_go_on(struct ua_sub *sub)
{
	int err;

	if (sub->req || sub->ua->stopping || !ua_sub_turn_take(sub))
		return;
	if (!sub->dialog) {
		sub_begin(sub);
		return;
	}
	err = ua_sub_send(sub, sub->expires);
	if (err)
		ua_sub_failed(sub, err);
}


/* The account's state wants something, or it is time. */
static void sub_tmr_h(void *arg)
{
	struct ua_sub *sub = mem_ref(arg);
	enum ua_state state = sub->ua->state;

	if (state == UA_FAILED || state == UA_OFFLINE) {
		drop(sub);
		if (sub->state != UA_SUB_ENDED)
			ua_sub_tell(
				sub, UA_SUB_ENDED, "not signed in", 0, true);
	} else if (state == UA_ONLINE && ua_sub_ends(sub)) {
		goodbye(sub);
	} else if (state == UA_ONLINE) {
		sub_go_on(sub);
	}
	ua_sub_turn_over(sub);
	mem_deref(sub);
}


/* ---- for the account ---- */

void ua_sub_account(struct ua_sub *sub)
{
	uint32_t spread = 0;

	if (ua_sub_ends(sub))
		return;
	if (sub->ua->state == UA_CONNECTING) {
		/* A Microsoft server's dialogs end with the connection. */
		if (sub->ua->profile.microsoft)
			drop(sub);
		return;
	}
	if (sub->ua->state != UA_ONLINE) {
		ua_sub_start_in(sub, 0);
		return;
	}
	/* A fetch that is done is not done again. */
	if (!sub->expires && sub->finished)
		return;
	sub->finished = false;
	sub->failures = 0;
	/* What was known went with the sign-in. */
	sub->whole = true;
	if (sub->ua->profile.microsoft)
		spread = (uint32_t)sub->ua->subs.count * SPREAD_MS;
	ua_sub_start_in(sub, rand_below(sub->ua->stack->rand, spread + 1));
}


/* It may be wanted when the account is gone, with its timers. */
static void need_bye(struct ua_sub *sub)
{
	if (sub->bye || !sub->ua)
		return;
	sub->bye = mem_zalloc(sizeof(*sub->bye), NULL);
	ua_bye_init(sub->bye, sub->ua, sub);
}


void ua_sub_detach(struct ua_sub *sub)
{
	list_unlink(&sub->le);
	drop(sub);
	need_bye(sub);
	sub->ua = NULL;
	ua_bye_detach(sub->bye);
}


/* ---- public ---- */

int ua_subscribe(struct ua_sub **subp, struct ua *ua,
	const struct ua_sub_config *config,
	const struct ua_sub_handlers *handlers)
{
	struct pl target = pl_str(config->target);
	struct ua_sub *sub;
	struct uri uri;

	if (uri_decode(&uri, &target) ||
		(uri.scheme != URI_SIP && uri.scheme != URI_SIPS))
		return EINVAL;
	sub = mem_zalloc(sizeof(*sub), sub_destructor);
	sub->ua = ua;
	sub->h = *handlers;
	sub->target = mem_strdup(config->target);
	sub->event = mem_strshare(&ua->sub_texts.event, config->event);
	sub->accept = mem_strshare(&ua->sub_texts.accept, config->accept);
	sub->max_rate = mem_strshare(&ua->sub_texts.max_rate, config->max_rate);
	sub->headers = mem_strshare(&ua->sub_texts.headers, config->headers);
	sub->content_type =
		mem_strshare(&ua->sub_texts.content_type, config->content_type);
	if (config->body.l) {
		sub->body = mem_strndup(config->body.p, config->body.l);
		sub->len = config->body.l;
	}
	sub->expires = config->expires;
	sub->list = config->list;
	sub->state = UA_SUB_TRYING;
	list_append(&ua->subs, &sub->le, sub);
	if (ua_isonline(ua))
		ua_sub_start_in(sub, 0);
	*subp = sub;
	return 0;
}


void ua_sub_end(
	struct ua_sub *sub, uint64_t limit, void (*done)(void *arg), void *arg)
{
	struct ua *ua = sub->ua;

	if (ua_sub_ends(sub))
		return;
	tmr_cancel(&sub->tmr);
	tmr_cancel(&sub->tmr_end);
	need_bye(sub);
	ua_bye_start(sub->bye, ua, limit, done, arg);
	if (!ua || ua->state != UA_ONLINE || !sub->expires || !sub->dialog ||
		!sip_dialog_established(sub->dialog)) {
		drop(sub);
		ua_sub_bye_finish(sub);
	} else if (ua_sub_turn_take(sub)) {
		goodbye(sub);
	}
}


void ua_sub_keep_body(struct ua_sub *sub, const struct pl *body)
{
	mem_deref(sub->body);
	sub->body = body->l ? mem_strndup(body->p, body->l) : NULL;
	sub->len = body->l;
}


void ua_sub_set_body(struct ua_sub *sub, const struct pl *body)
{
	ua_sub_keep_body(sub, body);
	sub->stale = sub->req;
	if (!sub->stale)
		ua_sub_refresh(sub);
}


void ua_sub_refresh(struct ua_sub *sub)
{
	if (!ua_isonline(sub->ua))
		return;
	if (sub->req) {
		/* What is under way may be answered by "nothing new". */
		sub->whole = sub->whole || sub->conditional;
		sub->stale = sub->stale || sub->conditional;
		return;
	}
	sub->finished = false;
	sub->failures = 0;
	sub->whole = true;
	ua_sub_start_in(sub, 0);
}
