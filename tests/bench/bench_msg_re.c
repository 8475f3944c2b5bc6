/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_msg_re.c - libre on the same messages. */
/* What libre's own build tells its headers. */
#define HAVE_INTTYPES_H 1
#define HAVE_STDBOOL_H	1
#include <sys/types.h>
#include <sys/socket.h>
#include <re.h>
#include "bench.h"


static struct mbuf *wrap(const struct bench_message *m)
{
	struct mbuf *mb = mbuf_alloc(m->len);

	if (!mb)
		return NULL;
	(void)mbuf_write_mem(mb, (const uint8_t *)m->text, m->len);
	mb->pos = 0;
	return mb;
}


static bool routable(const struct bench_message *m, void *arg)
{
	struct mbuf *mb = wrap(m);
	struct sip_msg *msg = NULL;
	bool ok = !sip_msg_decode(&msg, mb);

	(void)arg;
	mem_deref(msg);
	mem_deref(mb);
	return ok;
}


static void read_value(const struct sip_hdr *h)
{
	struct httpauth_digest_chall challenge;
	struct httpauth_digest_resp resp;
	struct sipevent_event event;
	struct sipevent_substate ss;
	struct sip_addr addr;
	struct sip_via via;
	struct msg_ctype ctype;

	switch (h->id) {
	case SIP_HDR_VIA:
		(void)sip_via_decode(&via, &h->val);
		break;
	case SIP_HDR_CONTACT:
	case SIP_HDR_ROUTE:
	case SIP_HDR_RECORD_ROUTE:
		(void)sip_addr_decode(&addr, &h->val);
		break;
	case SIP_HDR_EVENT:
		(void)sipevent_event_decode(&event, &h->val);
		break;
	case SIP_HDR_SUBSCRIPTION_STATE:
		(void)sipevent_substate_decode(&ss, &h->val);
		break;
	case SIP_HDR_AUTHORIZATION:
		(void)httpauth_digest_response_decode(&resp, &h->val);
		break;
	case SIP_HDR_PROXY_AUTHENTICATE:
		(void)httpauth_digest_challenge_decode(&challenge, &h->val);
		break;
	case SIP_HDR_CONTENT_TYPE:
		(void)msg_ctype_decode(&ctype, &h->val);
		break;
	case SIP_HDR_EXPIRES:
	case SIP_HDR_MAX_FORWARDS:
		(void)pl_u32(&h->val);
		break;
	default:
		break;
	}
}


/* What sip_msg_decode() did not decode yet: From, To, CSeq and the top Via
 * are in the message. */
static bool all_headers(const struct bench_message *m, void *arg)
{
	struct mbuf *mb = wrap(m);
	struct sip_msg *msg = NULL;
	struct le *le;
	bool ok = !sip_msg_decode(&msg, mb);

	(void)arg;
	for (le = ok ? list_head(&msg->hdrl) : NULL; le; le = le->next) {
		const struct sip_hdr *h = le->data;

		if (h->id != SIP_HDR_VIA || h != sip_msg_hdr(msg, h->id))
			read_value(h);
	}
	mem_deref(msg);
	mem_deref(mb);
	return ok;
}


static bool build(const struct bench_message *m, void *arg)
{
	struct mbuf *mb = mbuf_alloc(1024);
	int err;

	(void)m;
	(void)arg;
	err = mbuf_printf(mb,
		"%s %s SIP/2.0\r\n"
		"Via: SIP/2.0/%s %s:%u;rport;branch=%s\r\n"
		"Max-Forwards: 70\r\n"
		"From: \"%s\" <%s>;tag=%s\r\n"
		"To: <%s>\r\nCall-ID: %s\r\nCSeq: %u %s\r\n"
		"User-Agent: %s\r\nContent-Type: %s\r\n"
		"Content-Length: %zu\r\n\r\n%s",
		"MESSAGE", "sip:bob@example.org", "TLS", "192.0.2.10", 5061U,
		"z9hG4bKnashds8k2", "Alice", "sip:alice@example.org", "49583",
		"sip:bob@example.org", "asd88asd77a@192.0.2.10", 1U, "MESSAGE",
		"sotto/0.1.0", "text/plain", (size_t)18, "Watson, come here.");
	mem_deref(mb);
	return !err;
}


int main(void)
{
	struct bench_message msgs[BENCH_MESSAGES];
	size_t i;

	(void)libre_init();
	bench_messages(msgs);
	for (i = 0; i < BENCH_MESSAGES; i++) {
		bench_run("libre", "routable", &msgs[i], 2000, routable, NULL);
		bench_run("libre", "all", &msgs[i], 2000, all_headers, NULL);
	}
	bench_run("libre", "build", &msgs[3], 2000, build, NULL);
	libre_close();
	return 0;
}
