/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Presence between two accounts without a server; hostile watchers. */
#include <errno.h>
#include "world.h"

int test_notify(void);


struct pair {
	struct world w;
	struct node a, b; /* alice watches bob */
	struct ua_notifier *n;
	struct ua_sub *sub;
};


static void set(struct pair *p, const char *open, const char *closed)
{
	struct pl pl_open = body(open), pl_closed = body(closed);

	ua_notifier_set(p->n, &pl_open, &pl_closed);
}


static void watch(struct pair *p, uint32_t expires)
{
	struct ua_sub_handlers h = node_sub_h;
	const struct ua_sub_config c = {
		.target = "sip:bob@192.0.2.2",
		.event = "presence",
		.accept = "application/pidf+xml",
		.expires = expires,
	};

	h.arg = &p->a;
	assert_int_equal(ua_subscribe(&p->sub, p->a.ua, &c, &h), 0);
}


static struct pair *pair_open(enum ua_verdict verdict)
{
	struct pair *p = mem_zalloc(sizeof(*p), NULL);
	struct ua_notifier_handlers h = node_notifier_h;

	world_open(&p->w, 5);
	node_open(&p->a, &p->w, "alice", "192.0.2.1", NULL);
	node_open(&p->b, &p->w, "bob", "192.0.2.2", NULL);
	p->b.verdict = verdict;
	node_start(&p->a);
	node_start(&p->b);
	world_run(&p->w, 10);
	h.arg = &p->b;
	assert_int_equal(ua_notifier_alloc(&p->n, p->b.ua, "presence",
				 "application/pidf+xml", &h),
		0);
	set(p, "free", "shut");
	p->a.log[0] = p->b.log[0] = '\0';
	return p;
}


static void pair_close(struct pair *p)
{
	mem_deref(p->sub);
	mem_deref(p->n);
	node_close(&p->a);
	node_close(&p->b);
	world_close(&p->w);
	mem_deref(p);
}


/* SU10, PR5: at once; then news, at most one NOTIFY in 5 s, the newest
 * wins. */
static void test_active(void **state)
{
	struct pair *p = pair_open(UA_ACTIVE);

	(void)state;
	watch(p, 3600);
	world_run(&p->w, 1000);
	assert_log(&p->b, "watcher:sip:alice@192.0.2.1 ");
	assert_log(&p->a, "active firstNOTIFY:free ");
	set(p, "busy", "shut");
	world_run(&p->w, 1000);
	assert_log(&p->a, "NOTIFY:busy ");
	set(p, "lunch", "shut");
	world_run(&p->w, 1000);
	set(p, "away", "shut");
	world_run(&p->w, 2900);
	assert_log(&p->a, "");
	world_run(&p->w, 200);
	assert_log(&p->a, "NOTIFY:away ");
	set(p, "back", "shut");
	world_run(&p->w, 4700);
	assert_log(&p->a, "");
	world_run(&p->w, 300);
	assert_log(&p->a, "NOTIFY:back ");
	set(p, "away", "shut");
	world_run(&p->w, 6000);
	assert_log(&p->a, "NOTIFY:away ");
	set(p, "away", "other");
	world_run(&p->w, 60 * 1000);
	assert_log(&p->a, "");
	pair_close(p);
}


static void test_polite_block(void **state)
{
	struct pair *p = pair_open(UA_POLITE_BLOCK);

	(void)state;
	watch(p, 3600);
	world_run(&p->w, 1000);
	assert_log(&p->a, "active firstNOTIFY:shut ");
	set(p, "busy", "shut");
	world_run(&p->w, 60 * 1000);
	assert_log(&p->a, "");
	ua_notifier_decide(p->n, "sip:alice@192.0.2.1", UA_ACTIVE);
	world_run(&p->w, 100);
	assert_log(&p->a, "NOTIFY:busy ");
	pair_close(p);
}


static void test_pending(void **state)
{
	struct pair *p = pair_open(UA_PENDING);

	(void)state;
	watch(p, 3600);
	world_run(&p->w, 1000);
	assert_log(&p->a, "pending ");
	set(p, "busy", "shut");
	world_run(&p->w, 60 * 1000);
	assert_log(&p->a, "");
	ua_notifier_decide(p->n, "sip:other@192.0.2.1", UA_ACTIVE);
	ua_notifier_decide(p->n, "sip:alice@192.0.2.1", UA_ACTIVE);
	world_run(&p->w, 100);
	assert_log(&p->a, "active firstNOTIFY:busy ");
	ua_notifier_decide(p->n, "sip:alice@192.0.2.1", UA_REJECTED);
	world_run(&p->w, 100);
	assert_log(&p->a, "ended:403 ");
	assert_string_equal(p->a.why, "the subscription was refused");
	pair_close(p);
}


static void test_rejected(void **state)
{
	struct pair *p = pair_open(UA_REJECTED);

	(void)state;
	watch(p, 3600);
	world_run(&p->w, 1000);
	assert_log(&p->a, "ended:403 ");
	pair_close(p);
}


static void count_h(const char *watcher, enum ua_verdict v, void *arg)
{
	assert_string_equal(watcher, "sip:alice@192.0.2.1");
	assert_int_equal(v, UA_ACTIVE);
	++*(size_t *)arg;
}


static size_t watchers(const struct pair *p)
{
	size_t n = 0;

	ua_notifier_each(p->n, count_h, &n);
	return n;
}


/* Refreshed in time, for a day; un-subscribed; fetched. */
static void test_life(void **state)
{
	struct pair *p = pair_open(UA_ACTIVE);

	(void)state;
	watch(p, 600);
	world_run(&p->w, 1000);
	assert_int_equal(watchers(p), 1);
	p->a.log[0] = '\0';
	world_run(&p->w, 24 * 3600 * 1000);
	assert_int_equal(watchers(p), 1);
	assert_null(strstr(p->a.log, "ended"));
	p->a.log[0] = '\0';
	ua_sub_end(p->sub, 2000, node_done_h, &p->a);
	world_run(&p->w, 1000);
	assert_log(&p->a, "done ");
	assert_int_equal(watchers(p), 0);
	p->sub = mem_deref(p->sub);
	watch(p, 0);
	world_run(&p->w, 1000);
	assert_log(&p->a, "firstNOTIFY:free ended ");
	assert_int_equal(watchers(p), 0);
	pair_close(p);
}


/* SU11: a watcher that vanished is removed when a NOTIFY fails, one that
 * says 481 at once, one that does not refresh at the end. */
static void test_vanished(void **state)
{
	struct pair *p = pair_open(UA_ACTIVE);

	(void)state;
	watch(p, 3600);
	world_run(&p->w, 6000);
	p->sub = mem_deref(p->sub);
	assert_int_equal(watchers(p), 1);
	set(p, "busy", "shut");
	world_run(&p->w, 1000);
	assert_int_equal(watchers(p), 0);
	watch(p, 3600);
	world_run(&p->w, 6000);
	memnet_cut(p->a.host, p->b.host, true);
	set(p, "away", "shut");
	world_run(&p->w, 40 * 1000);
	assert_int_equal(watchers(p), 0);
	memnet_cut(p->a.host, p->b.host, false);
	p->sub = mem_deref(p->sub);
	watch(p, 600);
	world_run(&p->w, 1000);
	assert_int_equal(watchers(p), 1);
	memnet_cut(p->a.host, p->b.host, true);
	world_run(&p->w, 700 * 1000);
	assert_int_equal(watchers(p), 0);
	pair_close(p);
}


/* The goodbye shows the closed document; the watcher does not go on seeing
 * the last state. */
static void test_end(void **state)
{
	struct pair *p = pair_open(UA_ACTIVE);

	(void)state;
	watch(p, 3600);
	world_run(&p->w, 6000);
	p->a.log[0] = p->b.log[0] = '\0';
	ua_notifier_end(p->n, 2000, node_done_h, &p->b);
	ua_stop(p->b.ua, 2000, node_done_h, &p->b);
	world_run(&p->w, 3000);
	assert_ptr_equal(strstr(p->a.log, "NOTIFY:shut "), p->a.log);
	assert_log(&p->b, "done offline done ");
	world_run(&p->w, 1000);
	assert_non_null(strstr(p->a.log, "ended"));
	pair_close(p);
}


/* With a fifth of all datagrams lost the last state arrives all the same. */
static void test_loss(void **state)
{
	const struct memnet_faults faults = {
		.loss = 200, .twice = 100, .delay_min = 5, .delay_max = 300};
	struct pair *p = pair_open(UA_ACTIVE);
	char text[16];
	int i;

	(void)state;
	memnet_set_faults(p->w.mn, &faults);
	watch(p, 600);
	for (i = 0; i < 50; i++) {
		(void)snprintf(text, sizeof(text), "<%d>", i);
		set(p, text, "shut");
		world_run(&p->w, 3000);
	}
	world_run(&p->w, 60 * 1000);
	assert_non_null(strstr(p->a.log, "NOTIFY:<49> "));
	p->a.log[0] = '\0';
	pair_close(p);
}


/* ---- hostile watchers ---- */

static void silent_h(struct server *s, const struct msg *req, void *arg)
{
	(void)arg;
	if (req->method == MSG_NOTIFY)
		server_reply(s, req, 200, NULL, NULL, NULL);
}


static uint16_t subscribe(
	struct pair *p, struct server *s, unsigned n, const char *headers)
{
	const struct msg *msg;

	server_printf(s, "192.0.2.2", 5060,
		"SUBSCRIBE sip:bob@192.0.2.2 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKs%u\r\n"
		"From: <sip:kim@192.0.2.9>;tag=k%u\r\n"
		"To: <sip:bob@192.0.2.2>\r\nCall-ID: c%u\r\n"
		"CSeq: 1 SUBSCRIBE\r\nMax-Forwards: 70\r\n"
		"%sContent-Length: 0\r\n\r\n",
		n, n, n, headers);
	world_run(&p->w, 20);
	msg = server_last(s, "SUBSCRIBE");
	return msg ? msg->status : 0;
}


#define CONTACT "Contact: <sip:kim@192.0.2.9>\r\n"


static void test_bad_subscribe(void **state)
{
	static const struct {
		const char *headers;
		uint16_t status;
	} cases[] = {
		{"Event: presence\r\n" CONTACT, 200},
		{"Event: presence\r\n", 400},
		{CONTACT, 489},
		{"Event: dialog\r\n" CONTACT, 489},
		{"Event: presence\r\nExpires: 30\r\n" CONTACT, 423},
		{"Event: presence\r\nExpires: 60\r\n" CONTACT, 200},
		{"Event: presence\r\nExpires: 99999999999\r\n" CONTACT, 200},
		{"Event: presence\r\nAccept: text/plain\r\n" CONTACT, 406},
		{"Event: presence\r\nAccept: application/*\r\n" CONTACT, 200},
		{"Event: presence\r\nRequire: bogus\r\n" CONTACT, 420},
	};
	struct pair *p = pair_open(UA_ACTIVE);
	struct server s;
	unsigned i;

	(void)state;
	server_open(&s, &p->w, "192.0.2.9", silent_h, NULL);
	for (i = 0; i < UNIT_N(cases); i++) {
		server_forget(&s);
		assert_int_equal(
			subscribe(p, &s, i, cases[i].headers), cases[i].status);
		if (cases[i].status == 423)
			assert_header(server_last(&s, "SUBSCRIBE"),
				"Min-Expires", "60");
		if (cases[i].status == 489)
			assert_header(server_last(&s, "SUBSCRIBE"),
				"Allow-Events", "presence");
		if (cases[i].status == 200)
			assert_int_equal(server_count(&s, "NOTIFY"), 1);
	}
	p->b.log[0] = '\0';
	server_close(&s);
	pair_close(p);
}


/* At most 1,000 watchers. */
static void test_flood(void **state)
{
	struct pair *p = pair_open(UA_ACTIVE);
	struct server s;
	unsigned i;

	(void)state;
	server_open(&s, &p->w, "192.0.2.9", silent_h, NULL);
	for (i = 0; i < 1000; i++)
		assert_int_equal(
			subscribe(p, &s, i, "Event: presence\r\n" CONTACT),
			200);
	assert_int_equal(
		subscribe(p, &s, i, "Event: presence\r\n" CONTACT), 503);
	server_close(&s);
	pair_close(p);
}


static void tally_h(const char *watcher, enum ua_verdict v, void *arg)
{
	unsigned *n = arg;

	(void)watcher;
	n[v]++;
}


/* Those who wait take no place from those who are let in. */
static void test_flood_pending(void **state)
{
	struct pair *p = pair_open(UA_PENDING);
	unsigned i, n[UA_BUSY + 1] = {0};
	struct server s;

	(void)state;
	server_open(&s, &p->w, "192.0.2.9", silent_h, NULL);
	for (i = 0; i < 1000; i++)
		assert_int_equal(
			subscribe(p, &s, i, "Event: presence\r\n" CONTACT),
			200);
	assert_int_equal(
		subscribe(p, &s, i++, "Event: presence\r\n" CONTACT), 503);
	p->b.verdict = UA_ACTIVE;
	assert_int_equal(
		subscribe(p, &s, i++, "Event: presence\r\n" CONTACT), 200);
	ua_notifier_each(p->n, tally_h, n);
	assert_int_equal(n[UA_PENDING], 999);
	assert_int_equal(n[UA_ACTIVE], 1);
	p->b.log[0] = '\0';
	server_close(&s);
	pair_close(p);
}


int test_notify(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_active),
		cmocka_unit_test(test_polite_block),
		cmocka_unit_test(test_pending),
		cmocka_unit_test(test_rejected),
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_vanished),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_loss),
		cmocka_unit_test(test_bad_subscribe),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_flood_pending),
	};

	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
