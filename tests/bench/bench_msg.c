/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_msg.c - our decoder and builder. */
#include "bench.h"
#include "mem.h"
#include "msg.h"


static bool routable(const struct bench_message *m, void *arg)
{
	struct msg *msg = NULL;
	const char *why;
	bool ok = !msg_decode(&msg, m->text, m->len, true, NULL, &why);

	(void)arg;
	mem_deref(msg);
	return ok;
}


/* Where it ends in a stream. */
static bool framed(const struct bench_message *m, void *arg)
{
	size_t scanned = 0, len;
	const char *why;

	(void)arg;
	return msg_frame(m->text, m->len, NULL, &scanned, &len, &why) ==
		MSG_FRAME_MESSAGE;
}


/* A value with the decoder of its kind. */
static bool read_value(
	const struct msg *msg, enum hdr_id id, const struct pl *value)
{
	union {
		struct msg_subscription_state ss;
		struct msg_challenge challenge;
		struct msg_event event;
		struct msg_addr addr;
		struct msg_type type;
		struct msg_via via;
	} u;
	struct pl v;
	uint32_t n;

	switch (id) {
	case HDR_VIA:
		return !msg_via_decode(&u.via, value);
	case HDR_CONTACT:
		return !msg_addr_decode(&u.addr, value) &&
			msg_contact_expires(&u.addr, &n) >= 0;
	case HDR_ROUTE:
	case HDR_RECORD_ROUTE:
		return !msg_addr_decode(&u.addr, value);
	case HDR_EVENT:
		return !msg_event_decode(&u.event, value);
	case HDR_SUBSCRIPTION_STATE:
		return !msg_subscription_state_decode(&u.ss, value);
	case HDR_AUTHORIZATION:
	case HDR_PROXY_AUTHENTICATE:
		return !msg_challenge_decode(&u.challenge, value) &&
			msg_challenge_param(&u.challenge, "realm", &v, NULL) &&
			msg_challenge_param(&u.challenge, "nonce", &v, NULL) &&
			msg_challenge_param(
				&u.challenge, "algorithm", &v, NULL);
	case HDR_CONTENT_TYPE:
		return !msg_type_decode(&u.type, value);
	case HDR_EXPIRES:
	case HDR_MAX_FORWARDS:
		return !msg_seconds(msg, id, &n);
	default:
		return true;
	}
}


/* What msg_decode() did not decode yet: From, To, CSeq and the top Via are
 * in the message. */
static bool all_headers(const struct bench_message *m, void *arg)
{
	struct msg *msg = NULL;
	const char *why;
	bool ok = true;
	size_t i;

	(void)arg;
	if (msg_decode(&msg, m->text, m->len, true, NULL, &why))
		return false;
	for (i = 0; i < msg->nhdrs; i++) {
		const struct msg_hdr *h = &msg->hdrs[i];
		struct pl rest = h->value, value;

		if (h == msg_hdr(msg, HDR_VIA))
			(void)msg_split_list(&rest, &value);
		if (!hdr_is_list(h->id)) {
			ok &= read_value(msg, h->id, &h->value);
			continue;
		}
		while (msg_split_list(&rest, &value))
			ok &= read_value(msg, h->id, &value);
	}
	mem_deref(msg);
	return ok;
}


static bool build(const struct bench_message *m, void *arg)
{
	static const struct pl method = PL("MESSAGE"),
			       uri = PL("sip:bob@example.org"),
			       host = PL("192.0.2.10"),
			       branch = PL("nashds8k2"), alice = PL("Alice"),
			       from = PL("sip:alice@example.org"),
			       tag = PL("49583"),
			       id = PL("asd88asd77a@192.0.2.10"),
			       agent = PL("sotto/0.1.0"),
			       type = PL("text/plain"),
			       body = PL("Watson, come here.");
	struct mbuf *mb = mbuf_alloc_size(1024, 65536);
	int err;

	(void)m;
	(void)arg;
	(void)msg_put_request_line(mb, &method, &uri);
	(void)msg_put_via(mb, "TLS", &host, 5061, &branch, true);
	(void)msg_put_num(mb, HDR_MAX_FORWARDS, 70);
	(void)msg_put_addr(mb, HDR_FROM, &alice, &from, &tag, NULL);
	(void)msg_put_addr(mb, HDR_TO, NULL, &uri, NULL, NULL);
	(void)msg_put(mb, HDR_CALL_ID, &id);
	(void)msg_put_cseq(mb, 1, &method);
	(void)msg_put(mb, HDR_USER_AGENT, &agent);
	(void)msg_put_body(mb, &type, &body);
	err = mbuf_err(mb);
	mem_deref(mb);
	return !err;
}


int main(void)
{
	struct bench_message msgs[BENCH_MESSAGES];
	size_t i;

	bench_messages(msgs);
	for (i = 0; i < BENCH_MESSAGES; i++) {
		bench_run("sotto", "framed", &msgs[i], 20000, framed, NULL);
		bench_run("sotto", "routable", &msgs[i], 20000, routable, NULL);
		bench_run("sotto", "all", &msgs[i], 20000, all_headers, NULL);
	}
	bench_run("sotto", "build", &msgs[3], 20000, build, NULL);
	return 0;
}
