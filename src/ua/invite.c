/* SPDX-License-Identifier: GPL-3.0-or-later */
/* invite.c - our INVITE: offer, answer, ACK (RFC 3261 13.2). */
#include <errno.h>
#include <string.h>
#include "session.h"


static void invite_h(const struct sip_result *r, void *arg);


static int invite_send(struct ua_session *s)
{
	struct mbuf *mb = mbuf_alloc(UA_TEXT_MAX);
	struct sip_request_params params = {
		.dialog = s->dialog,
		.method = "INVITE",
		.contact = true,
		.content_type = "application/sdp",
		.body = pl_str(s->sdp),
	};
	struct pl headers;
	int err;

	(void)mbuf_printf(
		mb, "Allow: %s\r\n%s", ua_allow, s->headers ? s->headers : "");
	headers = mbuf_all(mb);
	params.headers = &headers;
	err = mbuf_err(mb);
	if (!err)
		err = sip_request_send(&s->req, &params, invite_h, s);
	mem_deref(mb);
	return err;
}


/* The first 2xx; those of other branches are ended by the machine. */
static void taken(
	struct ua_session *s, struct sip_request *req, const struct msg *resp)
{
	bool any;
	int err;

	err = sip_dialog_response(s->dialog, resp);
	if (!err)
		err = sip_request_ack(req, s->dialog, resp);
	if (err) {
		session_over(s, false, NULL, strerror(err));
		return;
	}
	s->answer = mem_ref((void *)(uintptr_t)resp);
	s->state = SESSION_ACCEPTED;
	if (s->bye.active) {
		session_send_bye(s);
	} else if (ua_sdp_takes(resp, &any)) {
		session_opened(s);
	} else {
		session_send_bye(s);
		session_over(s, false, NULL, "the peer takes no messages");
	}
}


static bool redirected(struct ua_session *s, const struct sip_result *r)
{
	const char *next;
	struct pl pl;

	if (!r->msg || s->bye.active)
		return false;
	if (r->status / 100 == 3)
		ua_redirect_add(&s->rd, r->msg, s->to);
	while ((next = ua_redirect_next(&s->rd, r->status)) != NULL) {
		pl = pl_str(next);
		if (!sip_dialog_set_target(s->dialog, &pl) && !invite_send(s))
			return true;
	}
	return false;
}


static void provisional(struct ua_session *s, uint16_t status)
{
	if (s->rang || status < 180 || status > 189)
		return;
	s->rang = true;
	if (session_hears(s) && s->h.ringing)
		s->h.ringing(s->h.arg);
}


static void invite_h(const struct sip_result *r, void *arg)
{
	struct ua_session *s = mem_ref(arg);
	struct sip_request *req;
	struct ua_result result;

	if (!r->final) {
		provisional(s, r->status);
	} else if (s->state == SESSION_CALLING) {
		req = s->req;
		s->req = NULL;
		ua_result_set(&result, r);
		if (r->msg && r->status / 100 == 2)
			taken(s, req, r->msg);
		else if (!redirected(s, r))
			session_over(s, false, &result, result.why);
		mem_deref(req);
	}
	mem_deref(s);
}


int ua_session_invite(struct ua_session **sp, struct ua *ua, const char *to,
	const char *headers, const struct ua_session_handlers *h)
{
	struct pl target = pl_str(to);
	struct ua_session *s;
	struct uri uri;
	struct sa local;
	int err;

	if (uri_decode(&uri, &target))
		return EINVAL;
	s = session_new(ua, SESSION_CALLING);
	s->h = *h;
	s->to = mem_strdup(to);
	s->headers = mem_strdup(headers);
	s->peer = uri_aor(&uri);
	ua_local(ua, NULL, &local);
	s->sdp = ua_sdp_text(ua, &local);
	err = sip_dialog_alloc(&s->dialog, ua->agent, &target, NULL);
	if (!err && !s->sdp)
		err = EINVAL;
	if (!err)
		err = invite_send(s);
	if (err)
		mem_deref(s);
	else
		*sp = s;
	return err;
}
