/* SPDX-License-Identifier: GPL-3.0-or-later */
/* response.c - write the head of a response (RFC 3261 8.2.6 and 21). */
#include <errno.h>
#include <string.h>
#include "msg_int.h"


static const struct {
	uint16_t status;
	const char *phrase;
} phrases[] = {
	{100, "Trying"},
	{180, "Ringing"},
	{181, "Call Is Being Forwarded"},
	{182, "Queued"},
	{183, "Session Progress"},
	{199, "Early Dialog Terminated"},
	{200, "OK"},
	{202, "Accepted"},
	{204, "No Notification"},
	{300, "Multiple Choices"},
	{301, "Moved Permanently"},
	{302, "Moved Temporarily"},
	{305, "Use Proxy"},
	{380, "Alternative Service"},
	{400, "Bad Request"},
	{401, "Unauthorized"},
	{402, "Payment Required"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{406, "Not Acceptable"},
	{407, "Proxy Authentication Required"},
	{408, "Request Timeout"},
	{410, "Gone"},
	{412, "Conditional Request Failed"},
	{413, "Request Entity Too Large"},
	{414, "Request-URI Too Long"},
	{415, "Unsupported Media Type"},
	{416, "Unsupported URI Scheme"},
	{420, "Bad Extension"},
	{421, "Extension Required"},
	{422, "Session Interval Too Small"},
	{423, "Interval Too Brief"},
	{428, "Use Identity Header"},
	{430, "Flow Failed"},
	{437, "Unsupported Credential"},
	{439, "First Hop Lacks Outbound Support"},
	{440, "Max-Breadth Exceeded"},
	{469, "Bad Info Package"},
	{480, "Temporarily Unavailable"},
	{481, "Call/Transaction Does Not Exist"},
	{482, "Loop Detected"},
	{483, "Too Many Hops"},
	{484, "Address Incomplete"},
	{485, "Ambiguous"},
	{486, "Busy Here"},
	{487, "Request Terminated"},
	{488, "Not Acceptable Here"},
	{489, "Bad Event"},
	{491, "Request Pending"},
	{493, "Undecipherable"},
	{494, "Security Agreement Required"},
	{500, "Server Internal Error"},
	{501, "Not Implemented"},
	{502, "Bad Gateway"},
	{503, "Service Unavailable"},
	{504, "Server Time-out"},
	{505, "Version Not Supported"},
	{513, "Message Too Large"},
	{580, "Precondition Failure"},
	{600, "Busy Everywhere"},
	{603, "Decline"},
	{604, "Does Not Exist Anywhere"},
	{606, "Not Acceptable"},
};


const char *msg_reason_phrase(uint16_t status)
{
	static const char *const classes[] = {"Unknown", "Trying", "OK",
		"Redirection", "Request Failure", "Server Failure",
		"Global Failure"};
	size_t i;

	for (i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
		if (phrases[i].status == status)
			return phrases[i].phrase;
	}
	i = status / 100;
	return classes[i < sizeof(classes) / sizeof(classes[0]) ? i : 0];
}


static void put_received(struct mbuf *mb, const struct msg_response *r)
{
	if (r->received) {
		(void)mbuf_write_str(mb, ";received=");
		(void)mbuf_write_str(mb, r->received);
	}
	if (r->rport) {
		(void)mbuf_write_str(mb, ";rport=");
		(void)mbuf_write_u32_dec(mb, r->rport);
	}
}


/*
 * The top Via without the parameters that are ours to set, then ours. What
 * the peer claims in received or rport would send the answer astray.
 */
static void put_top_via(struct mbuf *mb, const struct msg_via *via,
	const struct msg_response *r)
{
	struct pl rest = via->params, name, value, head = via->all;
	const char *from;

	if (!hdr_echo_ok(&via->all)) {
		mb->err = EINVAL;
		return;
	}
	if (!r->received && !r->rport) {
		(void)mbuf_write_pl(mb, &via->all);
		return;
	}
	if (via->params.p)
		head.l = (size_t)(via->params.p - via->all.p);
	head = pl_trim(&head);
	(void)mbuf_write_pl(mb, &head);
	for (from = rest.p; msg_param_next(&rest, &name, &value);
		from = rest.p) {
		struct pl one = pl_make(from, (size_t)(rest.p - from));

		one = pl_trim(&one);
		if ((r->received && pl_strcaseeq(&name, "received")) ||
			(r->rport && pl_strcaseeq(&name, "rport")))
			continue;
		(void)mbuf_write_pl(mb, &one);
	}
	put_received(mb, r);
}


static void put_vias(
	struct mbuf *mb, const struct msg *req, const struct msg_response *r)
{
	const struct msg_hdr *h = msg_hdr(req, HDR_VIA);
	struct pl rest, top;

	if (!h)
		return;
	rest = h->value;
	(void)msg_split_list(&rest, &top);
	(void)mbuf_write_str(mb, "Via: ");
	put_top_via(mb, &req->via, r);
	(void)mbuf_write_str(mb, "\r\n");
	rest = pl_trim(&rest);
	if (rest.l && hdr_echo_ok(&rest))
		(void)msg_put(mb, HDR_VIA, &rest);
	while ((h = msg_hdr_next(req, h)))
		(void)msg_put(mb, HDR_VIA, &h->value);
}


/* Copies the first header of ID; a quoted NUL is the peer's own and stays. */
static void put_echo(struct mbuf *mb, const struct msg *req, enum hdr_id id,
	const struct pl *to_tag, const char *params)
{
	struct pl value;

	if (!msg_value(req, id, &value) || !hdr_echo_ok(&value))
		return;
	(void)mbuf_write_str(mb, hdr_name(id));
	(void)mbuf_write_str(mb, ": ");
	(void)mbuf_write_pl(mb, &value);
	if (to_tag && msg_token_ok(to_tag)) {
		(void)mbuf_write_str(mb, ";tag=");
		(void)mbuf_write_pl(mb, to_tag);
		(void)mbuf_write_str(mb, params ? params : "");
	}
	(void)mbuf_write_str(mb, "\r\n");
}


int msg_put_response(
	struct mbuf *mb, const struct msg *req, const struct msg_response *r)
{
	const char *reason =
		r->reason ? r->reason : msg_reason_phrase(r->status);
	struct pl phrase = pl_str(reason);
	const struct msg_hdr *h;

	(void)msg_put_status_line(mb, r->status, &phrase);
	put_vias(mb, req, r);
	for (h = r->record_route ? msg_hdr(req, HDR_RECORD_ROUTE) : NULL; h;
		h = msg_hdr_next(req, h))
		(void)msg_put(mb, HDR_RECORD_ROUTE, &h->value);
	put_echo(mb, req, HDR_FROM, NULL, NULL);
	put_echo(mb, req, HDR_TO, pl_isset(&req->to.tag) ? NULL : r->to_tag,
		r->to_params);
	put_echo(mb, req, HDR_CALL_ID, NULL, NULL);
	put_echo(mb, req, HDR_CSEQ, NULL, NULL);
	if (r->status == 100)
		put_echo(mb, req, HDR_TIMESTAMP, NULL, NULL);
	return mbuf_err(mb);
}
