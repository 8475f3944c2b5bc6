/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dispatch.c - which account and which of its objects a request is for, and
 * what is wrong with it (RFC 3261 8.2, 12.2.2). */
#include <string.h>
#include "ua_int.h"


enum {
	RECV_NOT_ALLOWED, /* 405 */
	RECV_IN_DIALOG, /* belongs to a dialog; 481 outside of one */
	RECV_ANYWHERE,
};


static int method_kind(enum msg_method method)
{
	switch (method) {
	case MSG_BYE:
	case MSG_INFO:
	case MSG_NOTIFY:
	case MSG_BENOTIFY:
		return RECV_IN_DIALOG;
	case MSG_INVITE:
	case MSG_MESSAGE:
	case MSG_OPTIONS:
	case MSG_SUBSCRIBE:
		return RECV_ANYWHERE;
	default:
		return RECV_NOT_ALLOWED;
	}
}


/* ---- account ---- */

static bool owns_flow(const struct ua *ua, const struct sip_flow *flow)
{
	const struct sip_flow *mine = sip_agent_flow(ua->agent);
	const struct sa *local = sip_flow_local(flow);
	enum sip_tp tp = sip_flow_tp(flow);

	if (mine == flow)
		return true;
	if (mine && tp == SIP_UDP && sip_flow_tp(mine) == SIP_UDP &&
		sa_port(sip_flow_local(mine)) == sa_port(local))
		return true;
	return ua->listen && ua_listen_has(ua->listen, tp, local);
}


static bool user_eq(const struct pl *a, const struct pl *b)
{
	size_t na, nb;
	char *ua, *ub;
	bool eq;

	ua = uri_unescape(a, &na);
	ub = uri_unescape(b, &nb);
	eq = na == nb && !memcmp(ua, ub, na);
	mem_deref(ua);
	mem_deref(ub);
	return eq;
}


/* How well URI names UA: 0 not at all, 1 by the user, 2 wholly. */
static int fits(const struct ua *ua, const struct uri *uri)
{
	if (uri_aor_eq(uri, &ua->uri, false))
		return 2;
	return user_eq(&uri->user, &ua->uri.user) ? 1 : 0;
}


struct choice {
	struct ua *best;
	int fit;
	struct ua *only;
	size_t n;
};


static void choice_add(struct choice *c, struct ua *ua, const struct uri *uri)
{
	int fit = fits(ua, uri);

	if (fit > c->fit) {
		c->best = ua;
		c->fit = fit;
	}
	c->only = ua;
	++c->n;
}


/* The account that URI names among those reached by FLOW; a flow that is
 * nobody's may be anybody's. NULL: there are several and none is named so. */
static struct ua *account_find(struct ua_stack *stack, const struct msg *req,
	const struct uri *uri, const struct sip_flow *flow)
{
	bool in_dialog = pl_isset(&req->to.tag);
	struct choice near = {0}, all = {0};
	struct le *le, *next;
	struct ua *ua;

	LIST_FOREACH (&stack->uas, le, next) {
		ua = le->data;
		if (ua->state == UA_OFFLINE || (ua->stopping && !in_dialog))
			continue;
		if (owns_flow(ua, flow))
			choice_add(&near, ua, uri);
		choice_add(&all, ua, uri);
	}
	if (!near.n)
		near = all;
	return near.best ? near.best : near.n == 1 ? near.only : NULL;
}


/* ---- checks ---- */

static bool is_understood(const struct msg *req, const struct pl *tag)
{
	struct pl ours = pl_str(ua_supported), word;

	/* RFC 4662 4.1: only who asked for a list gets one. */
	if ((req->method == MSG_NOTIFY || req->method == MSG_BENOTIFY) &&
		pl_strcaseeq(tag, "eventlist"))
		return true;
	while (msg_split_list(&ours, &word)) {
		if (pl_caseeq(&word, tag))
			return true;
	}
	return false;
}


/* 420 for what REQ requires and we lack (RFC 3261 8.2.2.3). */
static bool refuse_extensions(
	struct ua *ua, struct sip_strans *st, const struct msg *req)
{
	struct mbuf *mb = mbuf_alloc(UA_TEXT_MAX);
	struct msg_list it = {0};
	bool lacking;
	char *list;
	struct pl tag;

	while (msg_list_next(req, HDR_REQUIRE, &it, &tag)) {
		if (msg_token_ok(&tag) && !is_understood(req, &tag))
			(void)mbuf_printf(mb, "%s%.*s", mb->end ? ", " : "",
				PL_ARG(&tag));
	}
	lacking = mb->end > 0;
	if (lacking) {
		list = mbuf_strdup(mb);
		(void)ua_reply(ua, st, 420, "Unsupported: %s\r\n", list);
		mem_deref(list);
	}
	mem_deref(mb);
	return lacking;
}


/* ---- dialogs ---- */

static void recv_in_dialog(
	struct ua_stack *stack, struct sip_strans *st, const struct msg *req)
{
	bool taken;

	switch (req->method) {
	case MSG_NOTIFY:
	case MSG_BENOTIFY:
		taken = ua_sub_recv(stack, st, req);
		break;
	case MSG_SUBSCRIBE:
		taken = ua_notifier_recv_in_dialog(stack, st, req);
		break;
	default:
		taken = ua_session_recv(stack, st, req);
		break;
	}
	if (!taken && req->method != MSG_BENOTIFY)
		(void)sip_strans_answer(st, 481, NULL);
}


static void recv_outside(struct ua *ua, struct sip_strans *st,
	const struct msg *req, struct sip_flow *flow)
{
	switch (req->method) {
	case MSG_INVITE:
		ua_invite_recv(ua, st, req, flow);
		break;
	case MSG_MESSAGE:
		ua_message_recv(ua, st, req);
		break;
	case MSG_OPTIONS:
		ua_options_recv(ua, st, req);
		break;
	default:
		ua_notifier_recv(ua, st, req);
		break;
	}
}


/* NOTIFYs of packages that we never subscribe to (RFC 6665 4.1.3). */
static bool refuse_package(
	struct ua *ua, struct sip_strans *st, const struct msg *req)
{
	struct msg_event event;
	struct pl value;

	if (req->method != MSG_NOTIFY || !msg_value(req, HDR_EVENT, &value) ||
		msg_event_decode(&event, &value) ||
		ua_sub_knows(ua, &event.package))
		return false;
	ua_reply_bad_event(ua, st);
	return true;
}


static void recv_for(struct ua *ua, struct sip_strans *st,
	const struct msg *req, struct sip_flow *flow)
{
	if (req->method != MSG_BENOTIFY && refuse_extensions(ua, st, req))
		return;
	if (ua_dereg_recv(ua, st, req, flow))
		return;
	if (refuse_package(ua, st, req))
		return;
	if (pl_isset(&req->to.tag) ||
		method_kind(req->method) == RECV_IN_DIALOG)
		recv_in_dialog(ua->stack, st, req);
	else
		recv_outside(ua, st, req, flow);
}


static void recv_known(struct ua_stack *stack, struct sip_strans *st,
	const struct msg *req, const struct uri *uri, struct sip_flow *flow)
{
	struct ua *ua = account_find(stack, req, uri, flow);

	if (ua) {
		mem_ref(ua);
		recv_for(ua, st, req, flow);
		mem_deref(ua);
	} else if (pl_isset(&req->to.tag)) {
		recv_in_dialog(stack, st, req);
	} else {
		(void)sip_strans_answer(st, 404, NULL);
	}
}


bool ua_dispatch_h(struct sip_strans *st, const struct msg *req,
	struct sip_flow *flow, void *arg)
{
	struct ua_stack *stack = arg;
	struct uri uri;

	if (req->method == MSG_ACK)
		return ua_session_recv(stack, NULL, req);
	if (req->method == MSG_UNKNOWN)
		(void)ua_reply(NULL, st, 501, "Allow: %s\r\n", ua_allow);
	else if (method_kind(req->method) == RECV_NOT_ALLOWED)
		(void)ua_reply(NULL, st, 405, "Allow: %s\r\n", ua_allow);
	else if (uri_decode(&uri, &req->uri_text))
		(void)sip_strans_answer(st, 400, NULL);
	else if (uri.scheme != URI_SIP && uri.scheme != URI_SIPS)
		(void)sip_strans_answer(st, 416, NULL);
	else
		recv_known(stack, st, req, &uri, flow);
	return true;
}
