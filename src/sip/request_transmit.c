/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request_transmit.c - one request over one flow; length and transport (RFC
 * 3261 18.1.1, RFC 3428 8). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "request.h"


/* The page-mode rule (RFC 3428 8) with the account's long-messages. */
static bool page_too_long(const struct sip_request *r, bool udp)
{
	switch (sip_agent_config(r->agent)->long_messages) {
	case SIP_LONG_AUTO:
		return udp;
	case SIP_LONG_NO:
		return true;
	case SIP_LONG_YES:
		break;
	}
	return false;
}


static void start_transaction(struct sip_request *r, const char *branch)
{
	struct pl method = pl_str(r->method_text);
	char text[SA_TEXT_SIZE];
	int err;

	if (r->method == MSG_ACK) {
		err = sip_flow_send(r->flow, r->mb->buf, r->mb->end);
		if (!err) {
			request_end(r);
			return;
		}
	} else {
		err = sip_ctrans_start(&r->ct, r->sip, r->flow, r->method,
			&method, branch, r->mb, request_ctrans_h, r);
	}
	if (err) {
		request_next(r, err,
			mem_printf("cannot send to %s: %s",
				sa_text(sip_flow_peer(r->flow), text),
				strerror(err)));
	} else {
		r->sent = true;
		r->tries.sent_at = tmrs_now(sip_tmrs(r->sip));
	}
}


void request_transmit(struct sip_request *r)
{
	char branch[SIP_BRANCH_SIZE];
	bool udp = !sip_tp_reliable(sip_flow_tp(r->flow));
	int err;

	if (!udp)
		r->udp_flow = mem_deref(r->udp_flow);
	sip_new_branch(r->sip, branch);
	err = request_build(r, branch);
	if (err) {
		request_set_failure(r, err,
			mem_printf("the request cannot be written: %s",
				strerror(err)));
		request_fail(r);
	} else if (r->mb->end <= SIP_UDP_MAX) {
		start_transaction(r, branch);
	} else if (r->page && page_too_long(r, udp)) {
		request_set_failure(r, EMSGSIZE,
			mem_strdup("the text is too long for one message"));
		request_fail(r);
	} else if (udp && !r->udp_ok) {
		request_try_tcp(r);
	} else {
		start_transaction(r, branch);
	}
}
