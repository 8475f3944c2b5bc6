/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message.c - page mode: MESSAGE outside a dialog (RFC 3428), OPTIONS
 * (RFC 3261 11). */
#include <errno.h>
#include "ua_int.h"


static void message_up_h(struct ua_request *r, void *arg)
{
	struct ua *ua = arg;

	if (ua->h.message)
		ua->h.message(r, ua->h.arg);
	else
		(void)ua_request_answer(r, 480, NULL);
}


void ua_message_recv(
	struct ua *ua, struct sip_strans *st, const struct msg *req)
{
	if (ua_refuse_body(ua, st, req, ua->accept))
		return;
	ua_request_hold(ua, st, req, NULL, message_up_h, ua);
}


void ua_options_recv(
	struct ua *ua, struct sip_strans *st, const struct msg *req)
{
	struct mbuf *mb = mbuf_alloc(UA_TEXT_MAX);
	struct sip_reply reply = {
		.status = 200,
		.agent = ua->agent,
		.contact = true,
	};
	struct pl headers;
	struct sa local;
	char *sdp;

	ua_local(ua, sip_strans_flow(st), &local);
	sdp = ua_sdp_text(ua, &local);
	(void)mbuf_printf(mb,
		"Allow: %s\r\nAccept: application/sdp, %s\r\n"
		"Accept-Encoding: identity\r\nAccept-Language: en\r\n"
		"Supported: %s\r\n",
		ua_allow, ua->accept, ua_supported);
	headers = mbuf_all(mb);
	reply.headers = &headers;
	if (sdp && ua_accepts(req, "application/sdp")) {
		reply.content_type = "application/sdp";
		reply.body = pl_str(sdp);
	}
	(void)sip_strans_reply(st, &reply);
	mem_deref(sdp);
	mem_deref(mb);
}


int ua_message(struct ua_call **cp, struct ua *ua, const char *to,
	const char *content_type, const struct pl *body, const char *headers,
	ua_result_h *h, void *arg)
{
	const struct ua_call_params params = {
		.method = "MESSAGE",
		.to = to,
		.content_type = content_type,
		.body = body,
		.headers = headers,
		.page = true,
	};

	if (body && body->l > ua_page_max(ua))
		return EMSGSIZE;
	return ua_call_start(cp, ua, &params, h, arg);
}


int ua_options(struct ua_call **cp, struct ua *ua, const char *to,
	ua_result_h *h, void *arg)
{
	const struct ua_call_params params = {
		.method = "OPTIONS",
		.to = to,
		.headers = "Accept: application/sdp\r\n",
		.contact = true,
	};

	return ua_call_start(cp, ua, &params, h, arg);
}


int ua_send(struct ua_call **cp, struct ua *ua, const char *method,
	const char *to, const char *content_type, const struct pl *body,
	const char *headers, ua_result_h *h, void *arg)
{
	const struct ua_call_params params = {
		.method = method,
		.to = to,
		.content_type = content_type,
		.body = body,
		.headers = headers,
		.contact = true,
	};

	return ua_call_start(cp, ua, &params, h, arg);
}


bool ua_options_takes_session(const struct ua_result *result)
{
	bool any;

	return result->msg && result->status / 100 == 2 &&
		ua_sdp_takes(result->msg, &any);
}
