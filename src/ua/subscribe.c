/* SPDX-License-Identifier: GPL-3.0-or-later */
/* subscribe.c - subscriber: SUBSCRIBE, refresh, back-off (RFC 6665 4.1.2). */
#include <errno.h>
#include <string.h>
#include "sub_int.h"


enum {
	BACKOFF_MAX = 600, /* seconds */
	RESTART_GAP = 10, /* seconds between two that start at once */
	REFRESH_MIN = 5, /* seconds */
	RAISES_MAX = 3,
	SPREAD = 10, /* ms a subscription when many start together */
	SPREAD_MS = 40, /* ... as Microsoft's servers want it */
};


static void drop(struct ua_sub *sub)
{
	tmr_cancel(&sub->tmr);
	tmr_cancel(&sub->tmr_n);
	tmr_cancel(&sub->tmr_end);
	sub->req = mem_deref(sub->req);
	if (sub->dialog)
		HASH_DEL(sub->ua->subs_by_call_id, sub);
	sub->dialog = mem_deref(sub->dialog);
	ua_redirect_reset(&sub->rd);
	sub->notified = sub->seen_active = false;
}


static void sub_destructor(void *data)
{
	struct ua_sub *sub = data;

	list_unlink(&sub->le);
	drop(sub);
	ua_bye_cancel(&sub->bye);
	mem_deref(sub->target);
	mem_deref(sub->event);
	mem_deref(sub->accept);
	mem_deref(sub->headers);
	mem_deref(sub->content_type);
	mem_deref(sub->body);
}


/* Every way in holds a reference: a second one is the owner's. */
bool ua_sub_hears(const struct ua_sub *sub)
{
	return !sub->bye.active && mem_nrefs(sub) > 1;
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


static void start_in(struct ua_sub *sub, uint64_t ms)
{
	if (sub->ua && !sub->bye.active)
		tmr_start(sub->ua->stack->tmrs, &sub->tmr, ms, sub_tmr_h, sub);
}


void ua_sub_over(
	struct ua_sub *sub, const char *why, uint16_t status, int64_t wait)
{
	drop(sub);
	sub->finished = wait == SUB_NEVER;
	if (wait != SUB_NEVER)
		start_in(sub, (uint64_t)wait * 1000);
	ua_bye_finish(&sub->bye);
	ua_sub_tell(sub, UA_SUB_ENDED, why, status, wait != SUB_NEVER);
}


void ua_sub_over_later(
	struct ua_sub *sub, const char *why, uint16_t status, uint32_t after)
{
	uint32_t wait = ua_backoff(sub->ua, sub->failures++, BACKOFF_MAX);

	/* A fetch is tried once. */
	if (!sub->expires)
		ua_sub_over(sub, why, status, SUB_NEVER);
	else
		ua_sub_over(sub, why, status, wait > after ? wait : after);
}


void ua_sub_restart(struct ua_sub *sub, const char *why, uint16_t status)
{
	uint64_t now = tmrs_now(sub->ua->stack->tmrs);

	if (sub->bye.active ||
		(sub->restarted && now - sub->restarted < RESTART_GAP * 1000)) {
		ua_sub_over_later(sub, why, status, 0);
		return;
	}
	sub->restarted = now ? now : 1;
	drop(sub);
	start_in(sub, 0);
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
	start_in(sub, (uint64_t)refresh_after(seconds) * 1000);
}


static void sub_n_h(void *arg)
{
	struct ua_sub *sub = mem_ref(arg);

	/* A SUBSCRIBE without answer ends by its own timer. */
	if (!sub->req)
		ua_sub_over_later(sub, "no notification came", 408, 0);
	mem_deref(sub);
}


/* ---- sending ---- */

static void subscribe_h(const struct sip_result *r, void *arg);


static int sub_send(struct ua_sub *sub, uint32_t expires)
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

	(void)mbuf_printf(mb, "Event: %s\r\n", sub->event);
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
		err = sip_request_send(&sub->req, &params, subscribe_h, sub);
	mem_deref(mb);
	mem_deref(number);
	return err;
}


static void send_failed(struct ua_sub *sub, int err)
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
	id = sip_dialog_call_id(sub->dialog);
	HASH_ADD_KEYPTR(hh, sub->ua->subs_by_call_id, id->p, id->l, sub);
	return 0;
}


static void sub_begin(struct ua_sub *sub)
{
	struct tmrs *tmrs = sub->ua->stack->tmrs;
	int err;

	drop(sub);
	sub->raises = 0;
	err = make_dialog(sub);
	if (!err)
		err = sub_send(sub, sub->expires);
	if (err) {
		send_failed(sub, err);
		return;
	}
	tmr_start(tmrs, &sub->tmr_n, UA_T_64T1, sub_n_h, sub);
	if (sub->state == UA_SUB_ENDED)
		ua_sub_tell(sub, UA_SUB_TRYING, NULL, 0, false);
}


static void sub_go_on(struct ua_sub *sub)
{
	int err;

	if (!sub->dialog) {
		sub_begin(sub);
		return;
	}
	err = sub_send(sub, sub->expires);
	if (err)
		send_failed(sub, err);
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
	} else if (state == UA_ONLINE && !sub->ua->stopping && !sub->req) {
		sub_go_on(sub);
	}
	mem_deref(sub);
}


/* ---- answers ---- */

static bool has_unsupported(const struct msg *resp, const struct pl *token)
{
	char *text = pl_strdup(token);
	bool has = msg_has_token(resp, HDR_UNSUPPORTED, text);

	mem_deref(text);
	return has;
}


static bool raise_expires(struct ua_sub *sub, const struct msg *resp)
{
	uint32_t min;

	if (++sub->raises > RAISES_MAX ||
		msg_seconds(resp, HDR_MIN_EXPIRES, &min) ||
		min <= sub->expires || min > UA_EXPIRES_MAX || !sub->expires)
		return false;
	sub->expires = min;
	return true;
}


/* Of our own lines those stay whose value is none that RESP has not. */
static bool leave_extensions(struct ua_sub *sub, const struct msg *resp)
{
	struct pl rest = pl_str(sub->headers), line, name, value;
	struct mbuf *mb = mbuf_alloc(UA_TEXT_MAX);
	bool more = rest.l > 0, some = false;

	while (more) {
		more = pl_split(&rest, '\n', &line);
		value = line;
		(void)pl_split(&value, ':', &name);
		value = pl_trim(&value);
		if (value.l && has_unsupported(resp, &value))
			some = true;
		else if (line.l)
			(void)mbuf_printf(mb, "%.*s\n", PL_ARG(&line));
	}
	if (some) {
		mem_deref(sub->headers);
		sub->headers = mbuf_strdup(mb);
	}
	mem_deref(mb);
	return some;
}


static bool redirect(struct ua_sub *sub, const struct sip_result *r)
{
	const char *next;
	struct pl pl;

	if (sip_dialog_established(sub->dialog))
		return false;
	if (r->status / 100 == 3)
		ua_redirect_add(&sub->rd, r->msg, sub->target);
	next = ua_redirect_next(&sub->rd, r->status);
	if (!next)
		return false;
	pl = pl_str(next);
	return !sip_dialog_set_target(sub->dialog, &pl);
}


/* SU7: what ends the subscription that is to be refreshed. */
static bool ends_usage(uint16_t status)
{
	switch (status) {
	case 404:
	case 405:
	case 410:
	case 416:
	case 489:
	case 501:
	case 604:
		return true;
	default:
		return status >= 480 && status <= 485;
	}
}


/* True where the same SUBSCRIBE may succeed later by itself. */
static bool heals(const struct ua_result *r)
{
	if (r->wrong_password || r->err == EACCES || r->err == EMSGSIZE)
		return false;
	if (r->err || r->retry_after)
		return true;
	switch (r->status) {
	case 408:
	case 430:
	case 480:
	case 481:
	case 486:
	case 491:
		return true;
	case 501:
	case 505:
	case 513:
		return false;
	default:
		return r->status >= 500 && r->status < 600;
	}
}


static void refused(struct ua_sub *sub, const struct ua_result *result)
{
	uint32_t wait;

	if (sub->notified && result->msg && result->status == 481) {
		ua_sub_restart(sub, result->why, 481);
	} else if (sub->notified && !ends_usage(result->status)) {
		/* Still there until it runs out. */
		wait = ua_backoff(sub->ua, sub->failures++, BACKOFF_MAX);
		if (wait < result->retry_after)
			wait = result->retry_after;
		start_in(sub, (uint64_t)wait * 1000);
	} else if (heals(result)) {
		ua_sub_over_later(
			sub, result->why, result->status, result->retry_after);
	} else {
		ua_sub_over(sub, result->why, result->status, SUB_NEVER);
	}
}


/* Microsoft servers may put the first notification into the 200; the next
 * one counts it ([MS-SIP] 4.3). */
static void piggyback_take(struct ua_sub *sub, const struct msg *resp)
{
	struct msg_subscription_state ss;
	struct pl value;
	uint32_t cseq;
	bool told;

	if (!msg_value(resp, HDR_MS_PIGGYBACK_CSEQ, &value) ||
		pl_u32(&value, &cseq))
		return;
	told = msg_value(resp, HDR_SUBSCRIPTION_STATE, &value) &&
		!msg_subscription_state_decode(&ss, &value);
	sip_dialog_set_remote_cseq(sub->dialog, cseq);
	(void)ua_sub_take(sub, resp, told ? &ss : NULL);
}


static void accepted(struct ua_sub *sub, const struct sip_result *r)
{
	uint32_t seconds = sub->expires, said;

	/* Another branch of the fork answered than the one that notified. */
	if (sip_dialog_response(sub->dialog, r->msg) == ENOENT)
		return;
	if (!msg_seconds(r->msg, HDR_EXPIRES, &said) && said < seconds)
		seconds = said;
	sub->raises = 0;
	ua_redirect_reset(&sub->rd);
	if (sub->bye.active)
		return;
	if (sub->expires)
		ua_sub_set_expiry(sub, seconds, false);
	if (!sub->notified && !tmr_isrunning(&sub->tmr_n))
		tmr_start(sub->ua->stack->tmrs, &sub->tmr_n, UA_T_64T1, sub_n_h,
			sub);
	piggyback_take(sub, r->msg);
	if (!sub->stale && sub->h.taken && ua_sub_hears(sub))
		sub->h.taken(sub->h.arg);
}


static void subscribe_h(const struct sip_result *r, void *arg)
{
	struct ua_sub *sub = arg;
	struct sip_request *req = sub->req;
	struct ua_result result;
	int err = 0;

	if (!r->final)
		return;
	mem_ref(sub);
	sub->req = NULL;
	ua_result_set(&result, r);
	if (r->msg && r->status / 100 == 2)
		accepted(sub, r);
	else if (sub->bye.active)
		ua_bye_finish(&sub->bye);
	else if (r->msg &&
		((r->status == 423 && raise_expires(sub, r->msg)) ||
			(r->status == 420 && leave_extensions(sub, r->msg)) ||
			redirect(sub, r)))
		err = sub_send(sub, sub->expires);
	else
		refused(sub, &result);
	if (err)
		send_failed(sub, err);
	else if (sub->stale && sub->dialog && !sub->req)
		start_in(sub, 0);
	mem_deref(req);
	mem_deref(sub);
}


/* ---- for the account ---- */

void ua_sub_account(struct ua_sub *sub)
{
	uint32_t spread;

	if (sub->bye.active)
		return;
	if (sub->ua->state == UA_CONNECTING) {
		/* A Microsoft server's dialogs end with the connection. */
		if (sub->ua->profile.microsoft)
			drop(sub);
		return;
	}
	if (sub->ua->state != UA_ONLINE) {
		start_in(sub, 0);
		return;
	}
	/* A fetch that is done is not done again. */
	if (!sub->expires && sub->finished)
		return;
	sub->finished = false;
	sub->failures = 0;
	spread = (uint32_t)sub->ua->subs.count *
		(sub->ua->profile.microsoft ? SPREAD_MS : SPREAD);
	start_in(sub, rand_below(sub->ua->stack->rand, spread + 1));
}


void ua_sub_detach(struct ua_sub *sub)
{
	list_unlink(&sub->le);
	drop(sub);
	sub->ua = NULL;
	ua_bye_detach(&sub->bye);
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
	sub->event = mem_strdup(config->event);
	sub->accept = mem_strdup(config->accept);
	sub->headers = mem_strdup(config->headers);
	sub->content_type = mem_strdup(config->content_type);
	if (config->body.l) {
		sub->body = mem_strndup(config->body.p, config->body.l);
		sub->len = config->body.l;
	}
	sub->expires = config->expires;
	sub->state = UA_SUB_TRYING;
	ua_bye_init(&sub->bye, ua, sub);
	list_append(&ua->subs, &sub->le, sub);
	if (ua_isonline(ua))
		start_in(sub, 0);
	*subp = sub;
	return 0;
}


void ua_sub_end(
	struct ua_sub *sub, uint64_t limit, void (*done)(void *arg), void *arg)
{
	struct ua *ua = sub->ua;

	if (sub->bye.active)
		return;
	tmr_cancel(&sub->tmr);
	tmr_cancel(&sub->tmr_end);
	ua_bye_start(&sub->bye, ua, limit, done, arg);
	if (!ua || ua->state != UA_ONLINE || !sub->expires || !sub->dialog ||
		!sip_dialog_established(sub->dialog) || sub_send(sub, 0)) {
		drop(sub);
		ua_bye_finish(&sub->bye);
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
	if (!ua_isonline(sub->ua) || sub->req)
		return;
	sub->finished = false;
	sub->failures = 0;
	start_in(sub, 0);
}
