/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notified.c - subscriber: what a NOTIFY does (RFC 6665 4.1.3). */
#include "rate.h"
#include "sub_int.h"


static bool event_fits(const char *ours, const struct msg *req)
{
	struct pl pl = pl_str(ours), value;
	struct msg_event a, b;

	return msg_value(req, HDR_EVENT, &value) &&
		!msg_event_decode(&a, &pl) && !msg_event_decode(&b, &value) &&
		pl_eq(&a.package, &b.package) && pl_eq(&a.id, &b.id);
}


/* The body goes up; an empty one too, as it may mean "nothing there", unless it
 * is what we have already (RFC 5839 6.2). */
static uint16_t deliver(struct ua_sub *sub, const struct msg *msg)
{
	bool first = !sub->seen_active;
	uint16_t status = 0;
	struct pl tag;

	sub->seen_active = true;
	if (!msg_value(msg, HDR_SIP_ETAG, &tag) || !msg_token_ok(&tag) ||
		pl_streq(&tag, "*"))
		tag = (struct pl)PL_INIT;
	if (!first && !msg->body.l && tag.l && sub->etag &&
		pl_streq(&tag, sub->etag))
		return 0;
	if (sub->h.notify && ua_sub_hears(sub))
		status = sub->h.notify(msg, first, sub->h.arg);
	sub->etag = mem_deref(sub->etag);
	if (tag.l && !status && sub->dialog)
		sub->etag = pl_strdup(&tag);
	return status;
}


static const char *reason_text(enum msg_subreason reason)
{
	switch (reason) {
	case MSG_SUBR_DEACTIVATED:
		return "the server moved the subscription";
	case MSG_SUBR_TIMEOUT:
		return "the subscription ran out";
	case MSG_SUBR_PROBATION:
		return "the server asks to try later";
	case MSG_SUBR_REJECTED:
		return "the subscription was refused";
	case MSG_SUBR_GIVEUP:
		return "nobody decided about the subscription";
	case MSG_SUBR_NORESOURCE:
		return "there is no such address any more";
	case MSG_SUBR_INVARIANT:
		return "the state will not change any more";
	default:
		return "the server ended the subscription";
	}
}


static void terminated(struct ua_sub *sub, const char *why,
	const struct msg_subscription_state *ss)
{
	uint32_t after = ss->has_retry_after ? ss->retry_after : 0;

	switch (ss->reason) {
	case MSG_SUBR_DEACTIVATED:
	case MSG_SUBR_TIMEOUT:
		ua_sub_restart(sub, why, 0);
		break;
	case MSG_SUBR_REJECTED:
	case MSG_SUBR_NORESOURCE:
	case MSG_SUBR_INVARIANT:
		ua_sub_over(sub, why, ss->reason == MSG_SUBR_REJECTED ? 403 : 0,
			SUB_NEVER);
		break;
	default:
		ua_sub_over_later(sub, why, 0, after);
		break;
	}
}


static uint16_t take_active(struct ua_sub *sub, const struct msg *msg,
	const struct msg_subscription_state *ss)
{
	uint16_t status;

	if (sub->expires && ss && ss->has_expires)
		ua_sub_set_expiry(sub, ss->expires, true);
	ua_sub_tell(sub, UA_SUB_ACTIVE, NULL, 0, false);
	status = sub->ua ? deliver(sub, msg) : 0;
	if (sub->ua && !sub->expires)
		ua_sub_over(sub, "fetched", 0, SUB_NEVER);
	return status;
}


static uint16_t take_terminated(struct ua_sub *sub, const struct msg *msg,
	const struct msg_subscription_state *ss)
{
	bool fetched = !sub->expires && ss->reason == MSG_SUBR_TIMEOUT;
	char *cause = sip_cause(msg);
	const char *why = cause ? cause : reason_text(ss->reason);
	uint16_t status = 0;

	if (msg->body.l || fetched)
		status = deliver(sub, msg);
	if (sub->ua && !sub->expires)
		ua_sub_over(sub, fetched ? "fetched" : why, 0, SUB_NEVER);
	else if (sub->ua && ua_sub_ends(sub))
		ua_sub_over(sub, NULL, 0, SUB_NEVER);
	else if (sub->ua)
		terminated(sub, why, ss);
	mem_deref(cause);
	return status;
}


uint16_t ua_sub_take(struct ua_sub *sub, const struct msg *msg,
	const struct msg_subscription_state *ss)
{
	enum msg_substate state = ss ? ss->state : MSG_SUB_ACTIVE;

	if (!ua_sub_ends(sub))
		tmr_cancel(&sub->tmr_n);
	sub->notified = true;
	sub->failures = 0;
	if (ss && rate_told(&ss->params))
		sub->paced = true;
	if (state == MSG_SUB_ACTIVE)
		return take_active(sub, msg, ss);
	if (state == MSG_SUB_TERMINATED)
		return take_terminated(sub, msg, ss);
	if (sub->expires && ss->has_expires)
		ua_sub_set_expiry(sub, ss->expires, true);
	ua_sub_tell(sub, UA_SUB_PENDING, NULL, 0, false);
	return 0;
}


/* The status to answer NOTIFY with, 0 being 200. */
static uint16_t recv_for(struct ua_sub *sub, const struct msg *req)
{
	struct msg_subscription_state ss;
	struct pl value;

	if (sip_dialog_check_cseq(sub->dialog, req))
		return 500;
	if (!msg_value(req, HDR_SUBSCRIPTION_STATE, &value) ||
		msg_subscription_state_decode(&ss, &value))
		return 400;
	if (sip_dialog_request(sub->dialog, req))
		return 400;
	return ua_sub_take(sub, req, &ss);
}


static void answer(struct ua *ua, struct sip_strans *st, const struct msg *req,
	uint16_t status, const char *accept)
{
	if (req->method == MSG_BENOTIFY)
		return;
	if (status == 415 && accept)
		(void)ua_reply(ua, st, 415, "Accept: %s\r\n", accept);
	else
		(void)ua_reply(ua, st, status ? status : 200, NULL);
}


static void recv_and_answer(
	struct ua_sub *sub, struct sip_strans *st, const struct msg *req)
{
	struct ua *ua = mem_ref(sub->ua);
	uint16_t status;

	mem_ref(sub);
	mem_ref(st);
	status = recv_for(sub, req);
	answer(ua, st, req, status, sub->accept);
	mem_deref(st);
	mem_deref(sub);
	mem_deref(ua);
}


bool ua_sub_recv(
	struct ua_stack *stack, struct sip_strans *st, const struct msg *req)
{
	const struct le *le;
	struct ua_sub *sub;

	for (le = stack->uas.head; le; le = le->next) {
		const struct ua *ua = le->data;

		/* Each has a dialog, and so a Call-ID, of its own. */
		HASH_FIND(hh, ua->subs_by_call_id, req->call_id.p,
			req->call_id.l, sub);
		if (!sub ||
			!sip_dialog_match(
				sub->dialog, req, sip_strans_flow(st)) ||
			!event_fits(sub->event, req))
			continue;
		recv_and_answer(sub, st, req);
		return true;
	}
	return false;
}


bool ua_sub_knows(const struct ua *ua, const struct pl *package)
{
	struct msg_event event;
	const struct le *le;
	struct pl pl;

	for (le = ua->subs.head; le; le = le->next) {
		pl = pl_str(((struct ua_sub *)le->data)->event);
		if (!msg_event_decode(&event, &pl) &&
			pl_eq(&event.package, package))
			return true;
	}
	/* What was once asked for may still be answered: 481 then. */
	for (le = ua->notifiers.head; le; le = le->next) {
		if (pl_streq(package, ua_notifier_event(le->data)))
			return true;
	}
	return false;
}
