/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.c - a session: requests within its dialog, its end (RFC 3261 12.2,
 * 15). */
#include <errno.h>
#include <string.h>
#include "session.h"


enum {
	BYE_PATIENCE = 1000, /* ms for the answers to what is under way */
};


static void forget_all(struct ua_session *s)
{
	struct le *le, *next;

	LIST_FOREACH (&s->calls, le, next)
		ua_call_forget_session(le->data);
	list_clear(&s->requests);
	tmr_cancel(&s->tmr);
	tmr_cancel(&s->tmr_ok);
	tmr_cancel(&s->tmr_refresh);
	s->refresh = mem_deref(s->refresh);
	session_uncount(s);
}


static void session_destructor(void *data)
{
	struct ua_session *s = data;

	list_unlink(&s->le);
	if (s->ua && s->state == SESSION_RINGING)
		session_refuse(s, 500);
	forget_all(s);
	session_drop_st(s);
	ua_bye_cancel(&s->bye);
	mem_deref(s->req);
	mem_deref(s->dialog);
	ua_redirect_reset(&s->rd);
	mem_deref(s->sdp);
	mem_deref(s->answer);
	mem_deref(s->to);
	mem_deref(s->headers);
	mem_deref(s->peer);
	mem_deref(s->name_text);
}


struct ua_session *session_new(struct ua *ua, enum session_state state)
{
	struct ua_session *s = mem_zalloc(sizeof(*s), session_destructor);

	s->ua = ua;
	s->state = state;
	s->incoming = state == SESSION_RINGING;
	ua_bye_init(&s->bye, ua, s);
	list_append(&ua->sessions, &s->le, s);
	return s;
}


bool session_hears(const struct ua_session *s)
{
	return !s->mute && !s->bye.active && mem_nrefs(s) > 1;
}


void session_uncount(struct ua_session *s)
{
	if (s->counted && s->ua)
		--s->ua->stack->ringing;
	s->counted = false;
}


void session_drop_st(struct ua_session *s)
{
	tmr_cancel(&s->tmr_ok);
	if (s->st)
		sip_strans_on_cancel(s->st, NULL, NULL);
	s->st = mem_deref(s->st);
}


void session_opened(struct ua_session *s)
{
	if (s->state == SESSION_OPEN || s->state == SESSION_CLOSED)
		return;
	s->state = SESSION_OPEN;
	if (session_hears(s) && s->h.open)
		s->h.open(s->h.arg);
}


void session_over(struct ua_session *s, bool by_peer,
	const struct ua_result *result, const char *why)
{
	struct le *le, *next;

	if (s->state == SESSION_CLOSED)
		return;
	s->state = SESSION_CLOSED;
	/* DI7: what waits in the dialog that ends. */
	LIST_FOREACH (&s->requests, le, next)
		(void)ua_request_answer(le->data, 487, NULL);
	forget_all(s);
	session_drop_st(s);
	list_unlink(&s->le);
	/* In no list of the account, it would not learn of its end. */
	ua_bye_detach(&s->bye);
	if (session_hears(s) && s->h.closed)
		s->h.closed(by_peer, result, why, s->h.arg);
}


/* ---- BYE ---- */

static void bye_h(const struct sip_result *r, void *arg)
{
	struct ua_session *s = arg;
	struct sip_request *req = s->req;

	if (!r->final)
		return;
	mem_ref(s);
	s->req = NULL;
	session_over(s, false, NULL, NULL);
	mem_deref(req);
	mem_deref(s);
}


void session_send_bye(struct ua_session *s)
{
	const struct sip_request_params params = {
		.dialog = s->dialog,
		.method = "BYE",
	};

	s->req = mem_deref(s->req);
	if (sip_request_send(&s->req, &params, bye_h, s))
		session_over(s, false, NULL, NULL);
}


static void bye_due_h(void *arg)
{
	struct ua_session *s = mem_ref(arg);

	session_send_bye(s);
	mem_deref(s);
}


/* What the peer still has in hand it would answer 487 after a BYE. */
static void bye_after_answers(struct ua_session *s, uint64_t limit)
{
	if (list_isempty(&s->calls) || !s->ua)
		session_send_bye(s);
	else
		tmr_start(s->ua->stack->tmrs, &s->tmr,
			limit / 2 < BYE_PATIENCE ? limit / 2 : BYE_PATIENCE,
			bye_due_h, s);
}


static void recv_bye(
	struct ua_session *s, struct sip_strans *st, const struct msg *req)
{
	char *why = sip_cause(req);

	(void)ua_reply(s->ua, st, 200, NULL);
	if (s->state == SESSION_RINGING) {
		session_uncount(s);
		session_refuse(s, 487);
	}
	session_over(s, true, NULL, why);
	mem_deref(why);
}


/* ---- MESSAGE, INFO ---- */

static void request_up_h(struct ua_request *r, void *arg)
{
	struct ua_session *s = arg;

	if (session_hears(s) && s->h.request)
		s->h.request(r, s->h.arg);
	else
		(void)ua_request_answer(r, 480, NULL);
}


static void take_request(
	struct ua_session *s, struct sip_strans *st, const struct msg *req)
{
	if (req->method == MSG_MESSAGE &&
		ua_refuse_body(s->ua, st, req, s->ua->session_accept))
		return;
	/* Who sends in the dialog has got our 200. */
	if (s->state != SESSION_CALLING)
		session_opened(s);
	if (s->ua)
		ua_request_hold(s->ua, st, req, &s->requests, request_up_h, s);
}


static void recv_request(
	struct ua_session *s, struct sip_strans *st, const struct msg *req)
{
	if (s->state == SESSION_RINGING)
		(void)ua_reply(s->ua, st, 481, NULL);
	else
		take_request(s, st, req);
}


/* Our INVITE is not answered yet. */
static void recv_early(
	struct ua_session *s, struct sip_strans *st, const struct msg *req)
{
	if (req->method == MSG_MESSAGE && s->ua->profile.microsoft)
		/* Where the user has another device too, SIPE writes before
		 * it answers. */
		take_request(s, st, req);
	else
		/* Glare: we are asking ourselves (RFC 3261 14.2). */
		(void)ua_reply(
			s->ua, st, req->method == MSG_INVITE ? 491 : 481, NULL);
}


static void recv_any(
	struct ua_session *s, struct sip_strans *st, const struct msg *req)
{
	if (s->state == SESSION_CALLING) {
		recv_early(s, st, req);
		return;
	}
	if (sip_dialog_check_cseq(s->dialog, req)) {
		(void)ua_reply(s->ua, st, 500, NULL);
		return;
	}
	switch (req->method) {
	case MSG_BYE:
		recv_bye(s, st, req);
		break;
	case MSG_INVITE:
		session_recv_invite(s, st, req);
		break;
	case MSG_OPTIONS:
		ua_options_recv(s->ua, st, req);
		break;
	default:
		recv_request(s, st, req);
		break;
	}
}


/*
 * True if the peer gives up its own INVITE, of which it has no answer yet:
 * where a Microsoft client is called meanwhile, it says BYE without our tag
 * and takes the call (RFC 2543 4.2.4).
 */
static bool is_given_up(const struct ua_session *s, const struct msg *req)
{
	return s->ua->profile.microsoft && req->method == MSG_BYE &&
		s->incoming && s->state != SESSION_OPEN &&
		!pl_isset(&req->to.tag) &&
		pl_eq(sip_dialog_call_id(s->dialog), &req->call_id) &&
		pl_eq(sip_dialog_remote_tag(s->dialog), &req->from.tag);
}


bool ua_session_recv(
	struct ua_stack *stack, struct sip_strans *st, const struct msg *req)
{
	struct le *a, *next_a, *b, *next_b;
	struct ua_session *s;
	struct ua *ua;

	LIST_FOREACH (&stack->uas, a, next_a) {
		ua = a->data;
		LIST_FOREACH (&ua->sessions, b, next_b) {
			s = b->data;
			if (!sip_dialog_match(s->dialog, req,
				    st ? sip_strans_flow(st) : NULL) &&
				!is_given_up(s, req))
				continue;
			mem_ref(ua);
			mem_ref(s);
			mem_ref(st);
			if (req->method == MSG_ACK)
				session_recv_ack(s, req);
			else
				recv_any(s, st, req);
			mem_deref(st);
			mem_deref(s);
			mem_deref(ua);
			return true;
		}
	}
	return false;
}


/* ---- for the account ---- */

void ua_session_detach(struct ua_session *s)
{
	forget_all(s);
	session_drop_st(s);
	list_unlink(&s->le);
	s->req = mem_deref(s->req);
	s->state = SESSION_CLOSED;
	s->ua = NULL;
	ua_bye_detach(&s->bye);
}


void ua_session_drop(struct ua_session *s)
{
	mem_ref(s);
	if (s->state == SESSION_RINGING)
		session_refuse(s, 480);
	session_over(s, false, NULL, "signed out");
	mem_deref(s);
}


/* ---- public ---- */

void ua_session_set_handlers(
	struct ua_session *s, const struct ua_session_handlers *h)
{
	s->h = *h;
}


const char *ua_session_peer(const struct ua_session *s)
{
	return s->peer;
}


const struct pl *ua_session_peer_name(const struct ua_session *s)
{
	return &s->name;
}


const char *ua_session_source(const struct ua_session *s)
{
	return s->source;
}


const char *ua_session_transport(const struct ua_session *s)
{
	const struct sip_flow *flow =
		s->dialog ? sip_dialog_flow(s->dialog) : NULL;

	return flow ? sip_tp_name(sip_flow_tp(flow)) : NULL;
}


const struct msg *ua_session_answer(const struct ua_session *s)
{
	return s->answer;
}


bool ua_session_isopen(const struct ua_session *s)
{
	return s->state == SESSION_OPEN && !s->bye.active;
}


/* DI6: the peer knows nothing of the dialog, or is silent. A Microsoft server
 * says 480 for a device that has gone. */
static bool ends_session(const struct ua_session *s, uint16_t status)
{
	return status == 481 || status == 408 ||
		(status == 480 && s->ua && s->ua->profile.microsoft);
}


static void sent_h(const struct ua_result *result, void *arg)
{
	struct ua_session *s = mem_ref(arg);

	if (ends_session(s, result->status))
		session_over(s, false, result, result->why);
	else if (s->bye.active && s->calls.count == 1 && s->ua &&
		tmr_isrunning(&s->tmr))
		tmr_start(s->ua->stack->tmrs, &s->tmr, 0, bye_due_h, s);
	mem_deref(s);
}


int ua_session_send(struct ua_call **cp, struct ua_session *s,
	const char *method, const char *content_type, const struct pl *body,
	const char *headers, ua_result_h *h, void *arg)
{
	const struct ua_call_params params = {
		.method = method,
		.dialog = s->dialog,
		.session_list = &s->calls,
		.session_h = sent_h,
		.session_arg = s,
		.content_type = content_type,
		.body = body,
		.headers = headers,
	};

	if (!ua_session_isopen(s) || !s->ua)
		return ENOTCONN;
	return ua_call_start(cp, s->ua, &params, h, arg);
}


void ua_session_end(struct ua_session *s, uint64_t limit,
	void (*done)(void *arg), void *arg)
{
	if (s->bye.active)
		return;
	ua_bye_start(&s->bye, s->ua, limit, done, arg);
	tmr_cancel(&s->tmr_refresh);
	switch (s->state) {
	case SESSION_CALLING:
		/* Its answer, 487 or a late 2xx, is the end. */
		sip_request_cancel(s->req);
		break;
	case SESSION_RINGING:
		session_refuse(s, 480);
		session_over(s, false, NULL, NULL);
		break;
	case SESSION_ACCEPTED:
		/* BYE has to wait for the ACK (RFC 3261 15). */
		break;
	case SESSION_OPEN:
		bye_after_answers(s, limit);
		break;
	case SESSION_CLOSED:
		ua_bye_finish(&s->bye);
		break;
	}
}
