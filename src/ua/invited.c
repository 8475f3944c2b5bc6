/* SPDX-License-Identifier: GPL-3.0-or-later */
/* invited.c - their INVITE: ringing, the 200 until its ACK, re-INVITE
 * (RFC 3261 13.3, 14.2). */
#include <errno.h>
#include <string.h>
#include "session.h"


static const char body_types[] = "application/sdp, multipart/mixed, "
				 "multipart/alternative, multipart/related";


static int reply(struct ua_session *s, uint16_t status)
{
	const bool ok = status / 100 == 2;
	char *text = mem_printf(
		"Allow: %s\r\nSupported: %s\r\n", ua_allow, ua_supported);
	const struct pl headers = pl_str(text);
	struct sip_reply r = {
		.status = status,
		.dialog = s->dialog,
		.agent = s->ua ? s->ua->agent : NULL,
		.contact = s->ua && status < 300,
		.headers = ok ? &headers : NULL,
	};
	int err;

	if (ok) {
		r.content_type = "application/sdp";
		r.body = pl_str(s->sdp);
	}
	err = sip_strans_reply(s->st, &r);
	mem_deref(text);
	return err;
}


void session_refuse(struct ua_session *s, uint16_t status)
{
	session_uncount(s);
	tmr_cancel(&s->tmr);
	if (s->st)
		(void)reply(s, status);
	session_drop_st(s);
}


/* ---- the 200 until its ACK ---- */

static void ok_again_h(void *arg);


static void ok_start(struct ua_session *s)
{
	s->wait = SIP_T1;
	s->waited = 0;
	tmr_start(s->ua->stack->tmrs, &s->tmr_ok, s->wait, ok_again_h, s);
}


/* RFC 3261 13.3.1.4: over every transport, as hops behind may lose it. */
static void ok_again_h(void *arg)
{
	struct ua_session *s = mem_ref(arg);
	bool over;

	s->waited += s->wait;
	over = s->waited >= UA_T_64T1;
	if (over) {
		session_drop_st(s);
		session_send_bye(s);
		session_over(s, false, NULL, "no acknowledgement came");
	} else {
		(void)reply(s, 200);
		s->wait = s->wait * 2 < SIP_T2 ? s->wait * 2 : SIP_T2;
		tmr_start(
			s->ua->stack->tmrs, &s->tmr_ok, s->wait, ok_again_h, s);
	}
	mem_deref(s);
}


void session_recv_ack(struct ua_session *s, const struct msg *req)
{
	if (!s->st || req->cseq != s->cseq || s->state == SESSION_RINGING)
		return;
	session_drop_st(s);
	if (s->bye.active && s->state == SESSION_ACCEPTED)
		session_send_bye(s);
	else
		session_opened(s);
}


/* ---- INVITE ---- */

static void cancel_h(void *arg)
{
	struct ua_session *s = mem_ref(arg);

	session_refuse(s, 487);
	session_over(s, true, NULL, NULL);
	mem_deref(s);
}


static void deadline_h(void *arg)
{
	struct ua_session *s = mem_ref(arg);

	session_refuse(s, s->rang ? 480 : 500);
	session_over(s, false, NULL, "nobody answered");
	mem_deref(s);
}


static void refuse_media(struct ua *ua, struct sip_strans *st, uint16_t status)
{
	(void)ua_reply(ua, st, status,
		"Warning: 399 sotto \"only messages (m=message, sip) are "
		"taken\"\r\n");
}


/* True if REQ was answered as it offers nothing for us. */
static bool refuse_offer(
	struct ua *ua, struct sip_strans *st, const struct msg *req)
{
	bool any;

	if (!ua_accepts(req, "application/sdp"))
		refuse_media(ua, st, 406);
	else if (ua_refuse_body(ua, st, req, body_types))
		return true;
	else if (!ua_sdp_takes(req, &any))
		refuse_media(ua, st, 488);
	else
		return false;
	return true;
}


static void peer_take(struct ua_session *s, const struct msg *req,
	const struct sip_strans *st)
{
	(void)sa_addr_text(sip_strans_source(st), s->source);
	s->peer = uri_aor(&req->from.uri);
	s->name_text = pl_strdup(&req->from.display);
	s->name = pl_make(s->name_text, req->from.display.l);
}


/* S in the end belongs to the handler. */
static void hand_up(struct ua *ua, struct sip_dialog *d, struct sip_strans *st,
	const struct msg *req, struct sip_flow *flow)
{
	struct ua_session *s = session_new(ua, SESSION_RINGING);
	struct sa local;

	s->dialog = d;
	s->st = mem_ref(st);
	s->cseq = req->cseq;
	ua_local(ua, flow, &local);
	s->sdp = ua_sdp_text(ua, &local);
	peer_take(s, req, st);
	s->counted = true;
	++ua->stack->ringing;
	sip_strans_on_cancel(st, cancel_h, s);
	tmr_start(ua->stack->tmrs, &s->tmr, UA_T_ANSWER, deadline_h, s);
	mem_ref(s);
	ua->h.invite(s, req, ua->h.arg);
	mem_deref(s);
}


void ua_invite_recv(struct ua *ua, struct sip_strans *st, const struct msg *req,
	struct sip_flow *flow)
{
	struct sip_dialog *d;

	if (refuse_offer(ua, st, req))
		return;
	if (!ua->h.invite)
		(void)ua_reply(ua, st, 480, NULL);
	else if (ua->stack->ringing >= UA_RINGING_MAX)
		(void)ua_reply(ua, st, 486, NULL);
	else if (sip_dialog_accept(&d, ua->agent, req, flow))
		(void)ua_reply(ua, st, 400, NULL);
	else
		hand_up(ua, d, st, req, flow);
}


/* ---- INVITE within the dialog ---- */

static void again_later(struct ua_session *s, struct sip_strans *st)
{
	(void)ua_reply(s->ua, st, 500, "Retry-After: %u\r\n",
		(unsigned)rand_below(s->ua->stack->rand, 11));
}


void session_recv_invite(
	struct ua_session *s, struct sip_strans *st, const struct msg *req)
{
	if (s->state == SESSION_RINGING) {
		again_later(s, st);
		return;
	}
	/* Glare (RFC 3261 14.2). */
	if (s->refresh) {
		(void)ua_reply(s->ua, st, 491, NULL);
		return;
	}
	/* Without a body it asks for our offer. */
	if (req->body.l && refuse_offer(s->ua, st, req))
		return;
	if (sip_dialog_request(s->dialog, req)) {
		(void)ua_reply(s->ua, st, 400, NULL);
		return;
	}
	session_drop_st(s);
	s->st = mem_ref(st);
	s->cseq = req->cseq;
	if (reply(s, 200)) {
		session_drop_st(s);
		return;
	}
	ok_start(s);
	session_opened(s);
}


/* ---- public ---- */

void ua_session_ring(struct ua_session *s)
{
	if (s->state != SESSION_RINGING || s->rang || !s->st || !s->ua)
		return;
	s->rang = true;
	(void)reply(s, 180);
	tmr_start(s->ua->stack->tmrs, &s->tmr, UA_T_RING, deadline_h, s);
}


void ua_session_accept(struct ua_session *s)
{
	if (s->state != SESSION_RINGING || !s->st || !s->ua || !s->sdp)
		return;
	session_uncount(s);
	tmr_cancel(&s->tmr);
	sip_strans_on_cancel(s->st, NULL, NULL);
	s->state = SESSION_ACCEPTED;
	(void)reply(s, 200);
	ok_start(s);
}


void ua_session_reject(struct ua_session *s, uint16_t status)
{
	if (s->state != SESSION_RINGING)
		return;
	s->mute = true;
	session_refuse(s, status < 300 ? 480 : status);
	mem_ref(s);
	session_over(s, false, NULL, NULL);
	mem_deref(s);
}
