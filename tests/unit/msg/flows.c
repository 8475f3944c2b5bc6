/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flows.c - the call flows of the RFCs and what a messaging client sends:
 * decode, and write again what was read. */
#include <errno.h>
#include "unit.h"
#include "data.h"

int test_flows(void);

struct counts {
	size_t sound;
	size_t without_via;
};


/* Everything that was read, written by the builder. */
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
	assert_int_equal(mbuf_err(mb), 0);
}


static void assert_same(const struct msg *a, const struct msg *b)
{
	assert_true(pl_eq(&a->method_text, &b->method_text));
	assert_true(pl_eq(&a->uri_text, &b->uri_text));
	assert_int_equal(a->status, b->status);
	assert_true(pl_eq(&a->reason, &b->reason));
	assert_true(pl_eq(&a->via.all, &b->via.all));
	assert_true(pl_eq(&a->from.tag, &b->from.tag));
	assert_true(pl_eq(&a->to.uri_text, &b->to.uri_text));
	assert_true(pl_eq(&a->call_id, &b->call_id));
	assert_int_equal(a->cseq, b->cseq);
	assert_true(pl_eq(&a->content_type, &b->content_type));
	assert_true(pl_eq(&a->body, &b->body));
}


static void round_trip(const char *name, const struct pl *bytes, void *arg)
{
	struct counts *counts = arg;
	struct msg *msg = NULL, *again = NULL;
	struct mbuf *mb = mbuf_alloc(100000);
	const char *why;
	int err = msg_decode(&msg, bytes->p, bytes->l, false, NULL, &why);

	if (err) {
		if (err != EBADMSG || msg || strcmp(why, "no Via"))
			fail_msg("%s: %s", name, why);
		++counts->without_via;
		mem_deref(mb);
		return;
	}
	++counts->sound;
	read_everything(msg);
	rebuild(mb, msg);
	if (msg_decode(&again, mb->buf, mb->end, true, NULL, &why))
		fail_msg("%s again: %s", name, why);
	assert_same(msg, again);
	mem_deref(again);
	mem_deref(msg);
	mem_deref(mb);
}


static void flows(void **state)
{
	struct counts counts = {0, 0};

	(void)state;
	if (data_absent("flows"))
		skip();
	assert_int_equal(data_each("flows", ".sip", round_trip, &counts), 253);
	assert_int_equal(counts.sound, 242);
	assert_int_equal(counts.without_via, 11);
}


static void messaging(void **state)
{
	struct counts counts = {0, 0};

	(void)state;
	if (data_absent("sip"))
		skip();
	assert_int_equal(data_each("sip", ".sip", round_trip, &counts), 24);
	assert_int_equal(counts.sound, 24);
}


int test_flows(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flows),
		cmocka_unit_test(messaging),
	};

	return cmocka_run_group_tests_name("flows", tests, NULL, NULL);
}
