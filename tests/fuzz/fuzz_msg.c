/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_msg.c - decode a message as a datagram and as one of a stream; what
 * is sound can be written again, answered and masked. */
#include <string.h>
#include "fuzz.h"
#include "mem.h"
#include "msg.h"


static void check_addr(const struct msg_addr *a, const struct pl *all)
{
	must_be_inside(&a->display, all);
	must_be_inside(&a->uri_text, all);
	must_be_inside(&a->uri.user, all);
	must_be_inside(&a->uri.host, all);
	must_be_inside(&a->uri.params, all);
	must_be_inside(&a->params, all);
	must_be_inside(&a->tag, all);
}


static void check_via(const struct msg_via *v, const struct pl *all)
{
	must_be_inside(&v->transport, all);
	must_be_inside(&v->host, all);
	must_be_inside(&v->branch, all);
	must_be_inside(&v->received, all);
	must_be_inside(&v->params, all);
	must_be_inside(&v->all, all);
}


/* The chains of the index hold every header of a known name once. */
static void check_index(const struct msg *msg)
{
	size_t i, known = 0, chained = 0;
	unsigned int id;

	for (i = 0; i < msg->nhdrs; i++) {
		const struct msg_hdr *h = &msg->hdrs[i];

		must_be_inside(&h->name, &msg->all);
		must_be_inside(&h->value, &msg->all);
		MUST(h->id == hdr_find(&h->name));
		MUST(h->name.l > 0);
		MUST(!memchr(h->value.p, '\n', h->value.l));
		known += h->id != HDR_OTHER;
	}
	for (id = HDR_OTHER + 1; id < HDR_IDS; id++) {
		const struct msg_hdr *h = msg_hdr(msg, (enum hdr_id)id);

		for (; h; h = msg_hdr_next(msg, h)) {
			MUST(h->id == id);
			++chained;
		}
	}
	MUST(known == chained);
}


static void check_values(const struct msg *msg)
{
	unsigned int id;

	for (id = HDR_OTHER + 1; id < HDR_IDS; id++) {
		struct msg_list it = {0};
		struct msg_addr addr;
		struct msg_via via;
		struct pl value;

		if (!hdr_is_list((enum hdr_id)id))
			continue;
		while (msg_list_next(msg, (enum hdr_id)id, &it, &value)) {
			MUST(value.l > 0);
			must_be_inside(&value, &msg->all);
			if (!msg_addr_decode(&addr, &value))
				check_addr(&addr, &msg->all);
			if (!msg_via_decode(&via, &value))
				check_via(&via, &msg->all);
		}
	}
}


static void rebuild(struct mbuf *mb, const struct msg *msg)
{
	size_t i;

	if (msg->request)
		(void)msg_put_request_line(
			mb, &msg->method_text, &msg->uri_text);
	else
		(void)msg_put_status_line(mb, msg->status, &msg->reason);
	for (i = 0; i < msg->nhdrs; i++) {
		const struct msg_hdr *h = &msg->hdrs[i];

		if (h->id == HDR_CONTENT_LENGTH)
			continue;
		if (h->id == HDR_OTHER)
			(void)msg_put_named(mb, &h->name, &h->value);
		else
			(void)msg_put(mb, h->id, &h->value);
	}
	(void)msg_put_body(mb, NULL, &msg->body);
}


static void check_round_trip(const struct msg *msg)
{
	struct mbuf *mb = mbuf_alloc(2 * msg->all.l + 100000);
	struct msg *again = NULL;
	const char *why;

	rebuild(mb, msg);
	/* A quoted NUL is read, and never written by us. */
	if (mbuf_err(mb)) {
		MUST(memchr(msg->all.p, 0, msg->all.l));
		mem_deref(mb);
		return;
	}
	MUST(!msg_decode(&again, mb->buf, mb->end, true, NULL, &why));
	MUST(pl_eq(&again->method_text, &msg->method_text));
	MUST(pl_eq(&again->via.all, &msg->via.all));
	MUST(pl_eq(&again->from.tag, &msg->from.tag));
	MUST(pl_eq(&again->call_id, &msg->call_id));
	MUST(again->cseq == msg->cseq);
	MUST(pl_eq(&again->body, &msg->body));
	mem_deref(again);
	mem_deref(mb);
}


/* The answer to a sound request is a sound response. */
static void check_response(const struct msg *msg)
{
	static const struct pl tag = PL("t");
	static const struct msg_response r = {.status = 200,
		.to_tag = &tag,
		.received = "192.0.2.1",
		.rport = 5060};
	struct mbuf *mb = mbuf_alloc(2 * msg->all.l + 100000);
	struct msg *again = NULL;
	const char *why;

	(void)msg_put_response(mb, msg, &r);
	(void)msg_put_body(mb, NULL, NULL);
	if (!msg->bad && !mbuf_err(mb) && !memchr(mb->buf, 0, mb->end)) {
		MUST(!msg_decode(&again, mb->buf, mb->end, true, NULL, &why));
		MUST(pl_isset(&again->to.tag));
		MUST(pl_eq(&again->via.branch, &msg->via.branch));
		MUST(again->via.rport == 5060);
		MUST(pl_eq(&again->call_id, &msg->call_id));
	}
	mem_deref(again);
	mem_deref(mb);
}


static void check(const uint8_t *data, size_t size, bool stream)
{
	struct msg *msg = NULL;
	struct msg_part part;
	const char *why;
	int err = msg_decode(&msg, data, size, stream, NULL, &why);

	MUST(err ? why != NULL : msg && !why);
	if (!msg)
		return;
	MUST(!err == !msg->bad);
	MUST(msg->all.l <= size);
	must_be_inside(&msg->method_text, &msg->all);
	must_be_inside(&msg->uri_text, &msg->all);
	must_be_inside(&msg->reason, &msg->all);
	must_be_inside(&msg->call_id, &msg->all);
	must_be_inside(&msg->body, &msg->all);
	check_via(&msg->via, &msg->all);
	check_addr(&msg->from, &msg->all);
	check_addr(&msg->to, &msg->all);
	check_index(msg);
	check_values(msg);
	if (!msg_body_find(msg, "text/plain", NULL, &part))
		must_be_inside(&part.body, &msg->body);
	if (!err)
		check_round_trip(msg);
	if (msg->request)
		check_response(msg);
	mem_deref(msg);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mbuf *mb = mbuf_alloc(4 * size + 100);
	const struct pl text = {(const char *)data, size};
	struct pl masked;
	char *key, *same;

	check(data, size, false);
	check(data, size, true);
	MUST(!msg_mask(mb, data, size));
	/* What is masked is none of what tells a transaction. */
	masked = mbuf_all(mb);
	key = msg_trace_key(true, &text);
	same = msg_trace_key(true, &masked);
	MUST(!key == !same && (!key || !strcmp(key, same)));
	mem_deref(key);
	mem_deref(same);
	mem_deref(mb);
	return 0;
}
