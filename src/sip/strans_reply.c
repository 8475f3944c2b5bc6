/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strans_reply.c - writing and sending responses (RFC 3261 8.2.6, 18.2). */
#include <errno.h>
#include <string.h>
#include "stack.h"
#include "strans.h"


enum {
	RETRY_AFTER = 10, /* seconds, when we are full */
};


/* True if the top Via does not say where MSG came from (18.2.1). */
static bool needs_received(
	const struct msg_via *via, const struct sip_flow *flow)
{
	struct sa host;

	return via->has_rport || sa_set(&host, &via->host, 0) ||
		!sa_addr_eq(&host, &flow->peer);
}


int sip_strans_begin(struct sip *sip, const struct sip_flow *flow,
	const struct msg *msg, uint16_t status, const char *reason,
	const struct pl *to_tag, const char *to_params, bool record_route)
{
	char addr[SA_TEXT_SIZE];
	struct msg_response r = {
		.status = status,
		.reason = reason,
		.to_tag = to_tag,
		.to_params = to_params,
		.record_route = record_route,
	};
	struct pl value;

	if (needs_received(&msg->via, flow))
		r.received = sa_addr_text(&flow->peer, addr);
	if (msg->via.has_rport)
		r.rport = sa_port(&flow->peer);
	mbuf_reset(sip->out);
	(void)msg_put_response(sip->out, msg, &r);
	if (status == 100 && msg_value(msg, HDR_TIMESTAMP, &value))
		(void)msg_put(sip->out, HDR_TIMESTAMP, &value);
	return mbuf_err(sip->out);
}


static int out_end(
	struct sip *sip, const char *content_type, const struct pl *body)
{
	struct pl type = pl_str(content_type), none = PL_INIT;

	(void)msg_put_body(sip->out, &type, body ? body : &none);
	return mbuf_err(sip->out);
}


void sip_strans_refuse(struct sip *sip, struct sip_flow *flow,
	const struct msg *msg, const struct sa *src, uint16_t status,
	const char *reason)
{
	char text[SIP_TAG_SIZE];
	struct pl tag;

	(void)src;
	if (!msg->request || msg->method == MSG_ACK ||
		msg->method == MSG_BENOTIFY)
		return;
	sip_strans_stateless_tag(text, sip, msg);
	tag = pl_str(text);
	(void)sip_strans_begin(
		sip, flow, msg, status, reason, &tag, NULL, false);
	if (status == 503)
		(void)msg_put_num(sip->out, HDR_RETRY_AFTER, RETRY_AFTER);
	if (!out_end(sip, NULL, NULL))
		(void)sip_flow_reply(
			sip, flow, &msg->via, sip->out->buf, sip->out->end);
}


const char *sip_strans_to_tag(struct sip_strans *st)
{
	if (!st->to_tag[0])
		rand_token(st->sip->config.rand, st->to_tag, SIP_TAG_SIZE);
	return st->to_tag;
}


/* The To tag of a reply: the dialog's, which ST remembers, or its own. */
static struct pl reply_tag(struct sip_strans *st, const struct sip_reply *r)
{
	struct pl tag;

	if (!r->dialog)
		return pl_str(sip_strans_to_tag(st));
	tag = *sip_dialog_local_tag(r->dialog);
	if (tag.l < sizeof(st->to_tag)) {
		memcpy(st->to_tag, tag.p, tag.l);
		st->to_tag[tag.l] = '\0';
	}
	return tag;
}


/* Where the request asks for SIPS, so does our Contact (12.1.1). */
static bool wants_sips(const struct msg *msg)
{
	static const struct pl sips = PL("sips:");
	struct pl route, start = msg->uri_text;

	if (start.l > sips.l)
		start.l = sips.l;
	return pl_caseeq(&start, &sips) ||
		(msg_value(msg, HDR_RECORD_ROUTE, &route) &&
			pl_casefind(&route, &sips) == route.p + 1);
}


static void put_contact(
	struct mbuf *mb, const struct sip_strans *st, const struct sip_reply *r)
{
	(void)mbuf_write_str(mb, "Contact: <");
	(void)sip_agent_put_contact_uri(
		r->agent, st->flow, wants_sips(st->msg), mb);
	(void)mbuf_write_str(mb, ">");
	if (r->contact_params)
		(void)mbuf_write_str(mb, r->contact_params);
	(void)mbuf_write_str(mb, "\r\n");
}


/* What stands on From of our requests stands on To of our answers. */
static const char *to_params(const struct sip_reply *r)
{
	if (!r->agent || !r->dialog)
		return NULL;
	return sip_agent_config(r->agent)->from_params;
}


static int reply_write(struct sip_strans *st, const struct sip_reply *r)
{
	struct mbuf *mb = st->sip->out;
	struct pl tag = PL_INIT;
	bool in_dialog = r->dialog && r->status > 100 && r->status < 300;

	if (r->status > 100)
		tag = reply_tag(st, r);
	(void)sip_strans_begin(st->sip, st->flow, st->msg, r->status, r->reason,
		r->status > 100 ? &tag : NULL, to_params(r), in_dialog);
	if (r->contact && r->agent)
		put_contact(mb, st, r);
	if (r->headers)
		(void)mbuf_write_pl(mb, r->headers);
	return out_end(st->sip, r->content_type, &r->body);
}


/* What may not be sent to a request that is no INVITE (RFC 4320). */
static bool is_forbidden(const struct sip_strans *st, uint16_t status)
{
	uint64_t waited = tmrs_now(sip_tmrs(st->sip)) - st->began;

	if (status < 100 || status > 699)
		return true;
	if (status == 100 && st->method != MSG_INVITE &&
		!st->flow->transp->reliable && waited < STRANS_TRYING_OTHER)
		return true;
	return st->method != MSG_INVITE &&
		((status > 100 && status < 200) || status == 408);
}


int sip_strans_reply(struct sip_strans *st, const struct sip_reply *r)
{
	struct sip *sip = st->sip;
	struct strans_slot *slot = st->slot;
	int err;

	if (sip && is_forbidden(st, r->status))
		return EINVAL;
	if (sip && slot && st->state == STRANS_ACCEPTED && r->status >= 200 &&
		r->status < 300)
		return sip_flow_reply(
			sip, st->flow, &st->via, slot->resp, slot->resp_len);
	if (st->status)
		return EALREADY;
	if (!sip || !slot)
		return ETIMEDOUT;
	err = reply_write(st, r);
	if (err)
		return err;
	err = sip_flow_reply(
		sip, st->flow, &st->via, sip->out->buf, sip->out->end);
	/* Answered, even if the way back is gone: nothing else can be done. */
	mem_ref(st);
	sip_strans_sent(st, r->status);
	mem_deref(st);
	return err;
}


int sip_strans_answer(
	struct sip_strans *st, uint16_t status, const char *reason)
{
	const struct sip_reply reply = {.status = status, .reason = reason};

	return sip_strans_reply(st, &reply);
}
