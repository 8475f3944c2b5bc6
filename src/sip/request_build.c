/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request_build.c - the text of a request (RFC 3261 8.1.1, 12.2.1.1). */
#include <errno.h>
#include "mem.h"
#include "request.h"


enum {
	HEADERS_MAX = 64 * 1024,
	MESSAGE_MAX = 17 * 1024 * 1024, /* a body's bound is its maker's */
	MAX_FORWARDS = 70,
};


static bool is_sips(const struct pl *text)
{
	struct uri uri;

	return !uri_decode(&uri, text) && uri.scheme == URI_SIPS;
}


static void put_contact(struct sip_request *r, struct mbuf *mb)
{
	struct mbuf *uri = mbuf_alloc(2 * URI_MAX);
	struct pl text, params = pl_str(r->contact_params);
	bool sips = is_sips(&r->path.uri) || is_sips(&r->path.hop);
	int err;

	/* What is bound to the AOR is the address; a GRUU comes of it. */
	if (r->method == MSG_REGISTER)
		err = sip_agent_put_contact(r->agent, r->flow, uri);
	else
		err = sip_agent_put_contact_uri(r->agent, r->flow, sips, uri);
	if (err)
		mb->err = EINVAL;
	text = mbuf_all(uri);
	msg_put_addr(mb, HDR_CONTACT, NULL, &text, NULL, &params);
	mem_deref(uri);
}


static void put_parties(struct sip_request *r, struct mbuf *mb)
{
	const struct sip_agent_config *c = sip_agent_config(r->agent);
	struct pl display = pl_str(c->display_name);
	struct pl from_params = pl_str(c->from_params);
	struct pl to_tag = pl_str(r->to_tag), to_params = PL_INIT;
	const struct pl *epid = sip_dialog_remote_epid(r->dialog);
	char *text = NULL;

	if (from_params.l && epid->l) {
		text = mem_printf(";epid=%.*s", PL_ARG(epid));
		to_params = pl_str(text);
	}
	msg_put_addr(mb, HDR_FROM, &display, sip_dialog_local_uri(r->dialog),
		sip_dialog_local_tag(r->dialog), &from_params);
	msg_put_addr(mb, HDR_TO, NULL, sip_dialog_remote_uri(r->dialog),
		&to_tag, &to_params);
	mem_deref(text);
	msg_put(mb, HDR_CALL_ID, sip_dialog_call_id(r->dialog));
}


/* Lines that others wrote: each ends in CRLF and has no bare CR or LF. */
static bool lines_ok(const struct pl *lines)
{
	struct pl rest = *lines, line;
	const char *nl;

	while (pl_isset(&rest)) {
		nl = pl_chr(&rest, '\n');
		if (!nl || nl == rest.p || nl[-1] != '\r')
			return false;
		line = pl_make(rest.p, (size_t)(nl - rest.p) - 1);
		if (!line.l || !msg_value_ok(&line) || !pl_chr(&line, ':'))
			return false;
		pl_skip(&rest, (size_t)(nl - rest.p) + 1);
	}
	return true;
}


void request_auth_fill(
	const struct sip_request *r, struct sip_auth_request *req)
{
	req->method = r->method;
	req->method_text = pl_str(r->method_text);
	req->uri = r->path.uri;
	req->body = r->body ? mbuf_all(r->body) : pl_make(NULL, 0);
	req->own = request_is_own(r);
	req->target_own = request_targets_own(r);
}


/* An ACK carries the credentials of its INVITE (RFC 3261 13.2.2.4). */
static int put_credentials(struct sip_request *r, struct mbuf *mb)
{
	struct sip_auth_request req;
	struct pl lines;
	int err;

	if (r->method != MSG_ACK) {
		mem_deref(r->credentials);
		r->credentials = mbuf_alloc(HEADERS_MAX);
		request_auth_fill(r, &req);
		err = sip_auth_put(sip_agent_auth(r->agent), &r->tries, &req,
			r->credentials);
		if (err)
			return err;
	}
	if (r->credentials) {
		lines = mbuf_all(r->credentials);
		(void)mbuf_write_pl(mb, &lines);
	}
	if (r->method == MSG_ACK)
		return mbuf_err(mb);
	return sip_auth_put_handshake(&r->tries, &req, mb);
}


int request_build(struct sip_request *r, const char *branch)
{
	const struct sip_agent_config *c = sip_agent_config(r->agent);
	struct mbuf *mb = mbuf_alloc_size(1024, MESSAGE_MAX);
	struct pl method = pl_str(r->method_text);
	struct pl type = pl_str(r->content_type);
	struct pl headers = pl_str(r->headers), body = PL_INIT;
	int err;

	msg_put_request_line(mb, &method, &r->path.uri);
	sip_flow_put_via(r->flow, mb, branch);
	msg_put_num(mb, HDR_MAX_FORWARDS, MAX_FORWARDS);
	if (pl_isset(&r->path.routes))
		msg_put(mb, HDR_ROUTE, &r->path.routes);
	put_parties(r, mb);
	msg_put_cseq(mb, r->cseq, &method);
	if (r->contact)
		put_contact(r, mb);
	if (r->expires)
		msg_put_str(mb, HDR_EXPIRES, r->expires);
	if (c->user_agent)
		msg_put_str(mb, HDR_USER_AGENT, c->user_agent);
	err = put_credentials(r, mb);
	if (!err && !lines_ok(&headers))
		err = EINVAL;
	mbuf_write_pl(mb, &headers);
	if (r->body)
		body = mbuf_all(r->body);
	msg_put_body(mb, &type, &body);
	if (!err)
		err = mbuf_err(mb);
	mem_deref(r->mb);
	r->mb = mb;
	return err;
}
