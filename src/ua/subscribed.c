/* SPDX-License-Identifier: GPL-3.0-or-later */
/* subscribed.c - subscriber: what an answer to SUBSCRIBE does (RFC 6665
 * 4.1.2). */
#include "sub_int.h"


enum {
	RAISES_MAX = 3,
};


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


/* RFC 5839 5.8: somebody between cannot live with what was asked for beside the
 * subscription; from now on it goes without. */
static bool leave_conditions(struct ua_sub *sub, uint16_t status)
{
	bool paced = sub->paced && sub->max_rate;

	if (!sub->conditional && !paced)
		return false;
	switch (status) {
	case 400:
	case 406:
	case 412:
	case 489:
	case 500:
	case 501:
		sub->plain = true;
		sub->max_rate = mem_deref(sub->max_rate);
		return true;
	default:
		return false;
	}
}


static void redirect_destructor(void *data)
{
	ua_redirect_reset(data);
}


static bool redirect(struct ua_sub *sub, const struct sip_result *r)
{
	const char *next;
	struct pl pl;

	if (sip_dialog_established(sub->dialog))
		return false;
	if (r->status / 100 == 3) {
		if (!sub->rd)
			sub->rd = mem_zalloc(
				sizeof(*sub->rd), redirect_destructor);
		ua_redirect_add(sub->rd, r->msg, sub->target);
	}
	next = sub->rd ? ua_redirect_next(sub->rd, r->status) : NULL;
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
		wait = ua_backoff(sub->ua, sub->failures++, SUB_BACKOFF_MAX);
		if (wait < result->retry_after)
			wait = result->retry_after;
		ua_sub_start_in(sub, (uint64_t)wait * 1000);
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
	sub->whole = sub->whole && sub->conditional;
	sub->rd = mem_deref(sub->rd);
	if (ua_sub_ends(sub)) {
		if (sub->list || r->status == 204)
			ua_sub_bye_finish(sub);
		return;
	}
	if (sub->expires)
		ua_sub_set_expiry(sub, seconds, false);
	if (!sub->notified && !tmr_isrunning(&sub->tmr_n))
		ua_sub_await(sub);
	piggyback_take(sub, r->msg);
	/* A list that stays as it was is not told again. */
	if (!sub->stale && sub->h.taken && ua_sub_hears(sub) &&
		!(sub->list && r->status == 204))
		sub->h.taken(sub->h.arg);
}


void ua_sub_answered(const struct sip_result *r, void *arg)
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
	else if (ua_sub_ends(sub))
		ua_sub_bye_finish(sub);
	else if (r->msg &&
		((r->status == 423 && raise_expires(sub, r->msg)) ||
			(r->status == 420 && leave_extensions(sub, r->msg)) ||
			leave_conditions(sub, r->status) || redirect(sub, r)))
		err = ua_sub_send(sub, sub->expires);
	else
		refused(sub, &result);
	if (err)
		ua_sub_failed(sub, err);
	else if (sub->stale && sub->dialog && !sub->req)
		ua_sub_start_in(sub, 0);
	ua_sub_turn_over(sub);
	mem_deref(req);
	mem_deref(sub);
}
