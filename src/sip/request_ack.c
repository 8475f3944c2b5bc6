/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request_ack.c - ACK to the 2xx of an INVITE, its forks, a 2xx that nobody
 * wants any more (RFC 3261 13.2.2.4, RFC 6026). */
#include <errno.h>
#include "mem.h"
#include "request.h"


enum {
	FORKS_MAX = 16,
};


static struct sip_request *ack_find(
	const struct sip_request *r, const struct pl *tag)
{
	struct le *le, *next;

	LIST_FOREACH (&r->acks, le, next) {
		struct sip_request *ack = le->data;

		if (pl_streq(tag, ack->to_tag ? ack->to_tag : ""))
			return ack;
	}
	return NULL;
}


static void ack_repeat(const struct sip_request *ack)
{
	if (ack->state == REQUEST_DONE && ack->mb && ack->flow &&
		sip_flow_isup(ack->flow))
		(void)sip_flow_send(ack->flow, ack->mb->buf, ack->mb->end);
}


int sip_request_ack(
	struct sip_request *r, struct sip_dialog *d, const struct msg *resp)
{
	struct sip_request *ack;
	int err;

	if (r->method != MSG_INVITE || r->state != REQUEST_ANSWERED)
		return EINVAL;
	if (!sip_dialog_agent(d))
		return ECANCELED;
	ack = ack_find(r, sip_dialog_remote_tag(d));
	if (ack) {
		ack_repeat(ack);
		return 0;
	}
	if (r->acks.count == FORKS_MAX)
		return ENOBUFS;
	ack = request_new(d, "ACK");
	err = sip_dialog_path(d, true, &ack->path);
	if (!err)
		err = uri_decode(&ack->hop, &ack->path.hop);
	if (err) {
		mem_deref(ack);
		return err;
	}
	ack->cseq = resp->cseq;
	ack->credentials = mem_ref(r->credentials);
	ack->owned = true;
	ack->state = REQUEST_ACTIVE;
	list_append(&r->acks, &ack->ack_le, ack);
	request_route(ack);
	return 0;
}


/* Nobody waits for this 2xx: takes the session and ends it. */
static void hang_up(struct sip_request *r, const struct msg *resp)
{
	struct sip_request_params bye = {.method = "BYE"};
	struct sip_dialog *d;

	if (sip_dialog_fork(&d, r->dialog, resp))
		return;
	if (!sip_request_ack(r, d, resp)) {
		bye.dialog = d;
		(void)sip_request_send(NULL, &bye, NULL, NULL);
	}
	mem_deref(d);
}


static void answered_end_h(void *arg)
{
	request_end(arg);
}


bool request_ok(struct sip_request *r, const struct msg *resp)
{
	struct sip_auth_request req;
	struct sip_request *ack;

	if (r->state != REQUEST_ANSWERED) {
		r->state = REQUEST_ANSWERED;
		request_auth_fill(r, &req);
		(void)sip_auth_info(&r->tries, &req, resp);
		/* Timer M: then no copy of a 2xx is on its way any more. */
		tmr_start(sip_tmrs(r->sip), &r->tmr, 64 * SIP_T1,
			answered_end_h, r);
	}
	ack = ack_find(r, &resp->to.tag);
	if (ack) {
		ack_repeat(ack);
		return true;
	}
	if (r->owned)
		return false;
	hang_up(r, resp);
	return true;
}
