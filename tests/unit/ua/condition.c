/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditional notification (RFC 5839) and event rates (RFC 6446): alice watches
 * bob, and somebody at 192.0.2.9 by hand. */
#include <errno.h>
#include "world.h"

int test_condition(void);

struct pair {
	struct world w;
	struct node a, b;
	struct ua_notifier *n;
	struct ua_sub *sub;
	struct server s;
	unsigned cseq;
	char tag[80]; /* of bob in the dialog by hand */
};


static void silent_h(struct server *s, const struct msg *req, void *arg)
{
	(void)arg;
	if (req->request)
		server_reply(s, req, 200, NULL, NULL, NULL);
}


static void set(struct pair *p, const char *open, const char *closed)
{
	struct pl pl_open = body(open), pl_closed = body(closed);

	ua_notifier_set(p->n, &pl_open, &pl_closed);
}


static struct pair *pair_open(enum ua_verdict verdict)
{
	struct pair *p = mem_zalloc(sizeof(*p), NULL);
	struct ua_notifier_handlers h = node_notifier_h;

	world_open(&p->w, 5);
	server_open(&p->s, &p->w, "192.0.2.9", silent_h, NULL);
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
	server_close(&p->s);
	world_close(&p->w);
	mem_deref(p);
}


static void watch(struct pair *p, uint32_t expires, const char *max_rate)
{
	struct ua_sub_handlers h = node_sub_h;
	const struct ua_sub_config c = {
		.target = "sip:bob@192.0.2.2",
		.event = "presence",
		.accept = "application/pidf+xml",
		.max_rate = max_rate,
		.expires = expires,
	};

	h.arg = &p->a;
	assert_int_equal(ua_subscribe(&p->sub, p->a.ua, &c, &h), 0);
}


/* A SUBSCRIBE by hand for SECONDS; its status. */
static uint16_t hand(struct pair *p, unsigned seconds, const char *event,
	const char *headers)
{
	const struct msg *msg;

	server_forget(&p->s);
	p->cseq++;
	server_printf(&p->s, "192.0.2.2", 5060,
		"SUBSCRIBE sip:bob@192.0.2.2:5060 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKh%u\r\n"
		"From: <sip:kim@192.0.2.9>;tag=k\r\n"
		"To: <sip:bob@192.0.2.2>%s%s\r\n"
		"Call-ID: hand\r\nCSeq: %u SUBSCRIBE\r\nMax-Forwards: 70\r\n"
		"Contact: <sip:kim@192.0.2.9:5060>\r\nEvent: presence%s\r\n"
		"Expires: %u\r\n%sContent-Length: 0\r\n\r\n",
		p->cseq, *p->tag ? ";tag=" : "", p->tag, p->cseq, event,
		seconds, headers);
	world_run(&p->w, 50);
	msg = server_last(&p->s, "SUBSCRIBE");
	assert_non_null(msg);
	if (msg->to.tag.l)
		(void)snprintf(
			p->tag, sizeof(p->tag), "%.*s", PL_ARG(&msg->to.tag));
	return msg->status;
}


/* A SUBSCRIBE by hand that names the entity-tag of what was told last. */
static uint16_t hand_again(struct pair *p, unsigned seconds)
{
	char *tag = header(server_last(&p->s, "NOTIFY"), "SIP-ETag"), *text;
	uint16_t status;

	assert_true(*tag);
	text = mem_printf("Suppress-If-Match: %s\r\n", tag);
	status = hand(p, seconds, "", text);
	mem_deref(text);
	mem_deref(tag);
	return status;
}


static const struct msg *notified(struct pair *p)
{
	return server_last(&p->s, "NOTIFY");
}


/* RFC 5839 6.3: 204 and no NOTIFY, and none until there is news; the end as
 * quiet. */
static void test_suppressed(void **state)
{
	struct pair *p = pair_open(UA_ACTIVE);

	(void)state;
	assert_int_equal(hand(p, 600, "", ""), 200);
	assert_pl(notified(p)->body, "free");
	assert_int_equal(hand_again(p, 600), 204);
	assert_header(server_last(&p->s, "SUBSCRIBE"), "Expires", "600");
	assert_int_equal(server_count(&p->s, "NOTIFY"), 0);
	world_run(&p->w, 500 * 1000);
	assert_int_equal(server_count(&p->s, "NOTIFY"), 0);
	/* The time was prolonged, and news comes. */
	set(p, "busy", "shut");
	world_run(&p->w, 10);
	assert_pl(notified(p)->body, "busy");
	/* What it had once is news again. */
	world_run(&p->w, 6 * 1000);
	set(p, "free", "shut");
	world_run(&p->w, 10);
	assert_pl(notified(p)->body, "free");
	/* Another refresh that knows. */
	assert_int_equal(hand_again(p, 600), 204);
	/* One that does not. */
	assert_int_equal(hand(p, 600, "", "Suppress-If-Match: other\r\n"), 200);
	assert_pl(notified(p)->body, "free");
	/* One without. */
	assert_int_equal(hand(p, 600, "", ""), 200);
	assert_pl(notified(p)->body, "free");
	assert_int_equal(hand_again(p, 0), 204);
	set(p, "gone", "shut");
	world_run(&p->w, 20 * 1000);
	assert_int_equal(server_count(&p->s, "NOTIFY"), 0);
	p->b.log[0] = '\0';
	pair_close(p);
}


/* News that waits for the interval is news for a refresh too. */
static void test_suppressed_dirty(void **state)
{
	struct pair *p = pair_open(UA_ACTIVE);

	(void)state;
	assert_int_equal(hand(p, 600, "", ""), 200);
	set(p, "one", "shut");
	world_run(&p->w, 1000);
	set(p, "two", "shut");
	world_run(&p->w, 100);
	assert_pl(notified(p)->body, "one");
	assert_int_equal(hand_again(p, 600), 200);
	assert_pl(notified(p)->body, "two");
	/* There and back within the interval. */
	set(p, "three", "shut");
	set(p, "two", "shut");
	assert_int_equal(hand_again(p, 600), 204);
	world_run(&p->w, 20 * 1000);
	assert_int_equal(server_count(&p->s, "NOTIFY"), 0);
	p->b.log[0] = '\0';
	pair_close(p);
}


/* RFC 5839 6.2: a first NOTIFY comes in any case, without what they have; so
 * does a change of what they may. */
static void test_body_suppressed(void **state)
{
	struct pair *p = pair_open(UA_PENDING);
	char *tag;

	(void)state;
	assert_int_equal(hand(p, 600, "", "Suppress-If-Match: *\r\n"), 200);
	assert_int_equal(notified(p)->body.l, 0);
	server_forget(&p->s);
	ua_notifier_decide(p->n, "sip:kim@192.0.2.9", UA_ACTIVE);
	world_run(&p->w, 100);
	assert_int_equal(server_count(&p->s, "NOTIFY"), 1);
	assert_int_equal(notified(p)->body.l, 0);
	tag = header(notified(p), "SIP-ETag");
	/* Asleep: no news. */
	server_forget(&p->s);
	set(p, "busy", "shut");
	world_run(&p->w, 60 * 1000);
	set(p, "free", "shut");
	world_run(&p->w, 60 * 1000);
	assert_int_equal(server_count(&p->s, "NOTIFY"), 0);
	assert_int_equal(hand(p, 600, "", "Suppress-If-Match: *\r\n"), 204);
	/* Awake. */
	assert_int_equal(hand(p, 600, "", ""), 200);
	assert_pl(notified(p)->body, "free");
	assert_header(notified(p), "SIP-ETag", tag);
	mem_deref(tag);
	p->b.log[0] = '\0';
	pair_close(p);
}


/* Who is politely blocked sees the tag of a document that others may see. */
static void test_tags(void **state)
{
	struct pair *p = pair_open(UA_POLITE_BLOCK);
	char *tag, *other;

	(void)state;
	assert_int_equal(hand(p, 600, "", ""), 200);
	tag = header(notified(p), "SIP-ETag");
	assert_true(*tag);
	ua_notifier_decide(p->n, "sip:kim@192.0.2.9", UA_ACTIVE);
	world_run(&p->w, 6000);
	other = header(notified(p), "SIP-ETag");
	assert_string_not_equal(tag, other);
	mem_deref(other);
	set(p, "shut", "shut");
	world_run(&p->w, 6000);
	other = header(notified(p), "SIP-ETag");
	assert_string_equal(tag, other);
	mem_deref(other);
	mem_deref(tag);
	p->b.log[0] = '\0';
	pair_close(p);
}


/* Two of us: a refresh costs no document; what is asked by hand tells all. */
static void test_both(void **state)
{
	struct pair *p = pair_open(UA_ACTIVE);

	(void)state;
	watch(p, 600, NULL);
	world_run(&p->w, 1000);
	assert_log(&p->a, "active firstNOTIFY:free ");
	world_run(&p->w, 3000 * 1000);
	assert_log(&p->a, "");
	ua_sub_refresh(p->sub);
	world_run(&p->w, 1000);
	assert_log(&p->a, "NOTIFY:free ");
	set(p, "busy", "shut");
	world_run(&p->w, 3000 * 1000);
	assert_log(&p->a, "NOTIFY:busy ");
	ua_sub_end(p->sub, 2000, node_done_h, &p->a);
	world_run(&p->w, 100);
	assert_log(&p->a, "done ");
	p->b.log[0] = '\0';
	pair_close(p);
}


/* RFC 6446: they are told less often, or again, and how. */
static void test_rates(void **state)
{
	struct pair *p = pair_open(UA_ACTIVE);
	unsigned i;

	(void)state;
	assert_int_equal(hand(p, 600, ";max-rate=0.05", ""), 200);
	assert_header(notified(p), "Subscription-State",
		"active;expires=600;max-rate=0.05");
	server_forget(&p->s);
	for (i = 0; i < 100; i++) {
		char text[10];

		(void)snprintf(text, sizeof(text), "%u", i);
		set(p, text, "shut");
		world_run(&p->w, 1000);
	}
	assert_in_range(server_count(&p->s, "NOTIFY"), 5, 5);
	assert_int_equal(hand(p, 600, ";min-rate=0.01", ""), 200);
	assert_header(notified(p), "Subscription-State",
		"active;expires=600;max-rate=0.2;min-rate=0.01");
	world_run(&p->w, 450 * 1000);
	assert_in_range(server_count(&p->s, "NOTIFY"), 5, 5);
	assert_pl(notified(p)->body, "99");
	/* No more than it has, and it is not woken for nothing. */
	assert_int_equal(
		hand(p, 600, ";min-rate=0.01", "Suppress-If-Match: *\r\n"),
		204);
	world_run(&p->w, 450 * 1000);
	assert_int_equal(server_count(&p->s, "NOTIFY"), 0);
	assert_int_equal(hand(p, 600, ";adaptive-min-rate=0.01", ""), 200);
	world_run(&p->w, 450 * 1000);
	assert_in_range(server_count(&p->s, "NOTIFY"), 4, 6);
	assert_int_equal(hand(p, 600, "", ""), 200);
	assert_header(notified(p), "Subscription-State",
		"active;expires=600;max-rate=0.2");
	world_run(&p->w, 500 * 1000);
	assert_int_equal(server_count(&p->s, "NOTIFY"), 1);
	p->b.log[0] = '\0';
	pair_close(p);
}


static void rated_h(struct server *s, const struct msg *req, void *arg)
{
	if (req->request)
		server_reply(s, req, 200, NULL, arg, NULL);
}


/* 4.1: a 2xx to NOTIFY may change what was asked for, not begin it. */
static void test_rate_answered(void **state)
{
	static const struct {
		const char *asked, *answered, *state;
	} cases[] = {
		{"", ";max-rate=0.05", "active;expires=598;max-rate=0.2"},
		{";max-rate=0.1", ";max-rate=0.05",
			"active;expires=598;max-rate=0.05"},
		{";max-rate=0.1", "", "active;expires=598;max-rate=0.2"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pair *p = pair_open(UA_ACTIVE);
		char *text =
			mem_printf("Event: presence%s\r\n", cases[i].answered);

		p->s.h = rated_h;
		p->s.arg = text;
		assert_int_equal(hand(p, 600, cases[i].asked, ""), 200);
		world_run(&p->w, 2000);
		ua_notifier_decide(p->n, "sip:kim@192.0.2.9", UA_POLITE_BLOCK);
		world_run(&p->w, 100);
		assert_header(
			notified(p), "Subscription-State", cases[i].state);
		mem_deref(text);
		p->b.log[0] = '\0';
		pair_close(p);
	}
}


/* ---- the subscriber, against a server by hand ---- */

struct fixture {
	struct world w;
	struct server s;
	struct node a;
	struct ua_sub *sub;
	const char *tag; /* SIP-ETag */
	const char *rates; /* on Subscription-State */
	const char *text;
	uint16_t conditional; /* what a condition gets; 0: 204 or 200 */
	uint16_t paced; /* what a rate gets; 0: 200 */
	uint16_t whole; /* what asks for all gets; 0: 200 */
	bool silent;
	unsigned cseq;
};


static void notify(struct fixture *f, const struct msg *req)
{
	f->cseq++;
	server_printf(&f->s, "192.0.2.1", 5060,
		"NOTIFY sip:alice@192.0.2.1:5060 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKn%u\r\n"
		"From: <sip:kim@192.0.2.9>;tag=t\r\n"
		"To: <sip:alice@192.0.2.1>;tag=%.*s\r\n"
		"Call-ID: %.*s\r\nCSeq: %u NOTIFY\r\nMax-Forwards: 70\r\n"
		"Contact: <sip:kim@192.0.2.9:5060>\r\nEvent: presence\r\n"
		"Subscription-State: active;expires=600%s\r\n"
		"%s%s%sContent-Type: application/pidf+xml\r\n"
		"Content-Length: %zu\r\n\r\n%s",
		f->cseq, PL_ARG(&req->from.tag), PL_ARG(&req->call_id), f->cseq,
		f->rates, *f->tag ? "SIP-ETag: " : "", f->tag,
		*f->tag ? "\r\n" : "", strlen(f->text), f->text);
}


static void notifier_h(struct server *s, const struct msg *req, void *arg)
{
	struct fixture *f = arg;
	char *known, *event;
	bool same;

	if (req->method != MSG_SUBSCRIBE || f->silent)
		return;
	known = header(req, "Suppress-If-Match");
	event = header(req, "Event");
	same = *known && !strcmp(known, f->tag);
	if (*known && f->conditional) {
		server_reply(s, req, f->conditional, "t", NULL, NULL);
	} else if (!*known && f->whole) {
		server_reply(s, req, f->whole, "t", NULL, NULL);
	} else if (strstr(event, "rate") && f->paced) {
		server_reply(s, req, f->paced, "t", NULL, NULL);
	} else {
		server_reply(s, req, same ? 204 : 200, "t",
			"Expires: 600\r\n"
			"Contact: <sip:kim@192.0.2.9:5060>\r\n",
			NULL);
		if (!same)
			notify(f, req);
	}
	mem_deref(known);
	mem_deref(event);
}


static struct fixture *fixture_open(const char *tag, const char *rates)
{
	struct fixture *f = mem_zalloc(sizeof(*f), NULL);
	struct ua_sub_handlers h = node_sub_h;
	const struct ua_sub_config c = {
		.target = "sip:kim@192.0.2.9",
		.event = "presence",
		.accept = "application/pidf+xml",
		.max_rate = "0.1",
		.expires = 3600,
	};

	f->tag = tag;
	f->rates = rates;
	f->text = "A";
	world_open(&f->w, 11);
	server_open(&f->s, &f->w, "192.0.2.9", notifier_h, f);
	node_open(&f->a, &f->w, "alice", "192.0.2.1", NULL);
	node_start(&f->a);
	h.arg = &f->a;
	assert_int_equal(ua_subscribe(&f->sub, f->a.ua, &c, &h), 0);
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online active firstNOTIFY:A ");
	assert_header(server_last(&f->s, "SUBSCRIBE"), "Suppress-If-Match", "");
	assert_header(server_last(&f->s, "SUBSCRIBE"), "Event", "presence");
	return f;
}


static void fixture_close(struct fixture *f)
{
	mem_deref(f->sub);
	node_close(&f->a);
	server_close(&f->s);
	world_close(&f->w);
	mem_deref(f);
}


static const struct msg *refresh(struct fixture *f)
{
	server_forget(&f->s);
	world_run(&f->w, 545 * 1000);
	assert_int_equal(server_count(&f->s, "SUBSCRIBE"), 1);
	return server_last(&f->s, "SUBSCRIBE");
}


static void test_refresh(void **state)
{
	struct fixture *f = fixture_open("x1", "");
	const struct msg *req;

	(void)state;
	assert_header(refresh(f), "Suppress-If-Match", "x1");
	assert_log(&f->a, "");
	req = refresh(f);
	assert_header(req, "Suppress-If-Match", "x1");
	/* It changed unseen. */
	f->tag = "x2";
	f->text = "B";
	assert_header(refresh(f), "Suppress-If-Match", "x1");
	assert_log(&f->a, "NOTIFY:B ");
	/* A body left out says that nothing changed; without a tag, or with
	 * another one, it says that there is none. */
	f->text = "";
	notify(f, server_last(&f->s, "SUBSCRIBE"));
	world_run(&f->w, 10);
	assert_log(&f->a, "");
	f->tag = "x3";
	notify(f, server_last(&f->s, "SUBSCRIBE"));
	world_run(&f->w, 10);
	assert_log(&f->a, "NOTIFY: ");
	f->tag = "";
	f->text = "C";
	assert_header(refresh(f), "Suppress-If-Match", "x3");
	assert_log(&f->a, "NOTIFY:C ");
	assert_header(refresh(f), "Suppress-If-Match", "");
	assert_log(&f->a, "NOTIFY:C ");
	fixture_close(f);
}


/* All is asked for, whatever is under way and however it is answered. */
static void test_whole(void **state)
{
	struct fixture *f = fixture_open("x1", "");

	(void)state;
	f->whole = 500;
	server_forget(&f->s);
	ua_sub_refresh(f->sub);
	world_run(&f->w, 100);
	assert_log(&f->a, "");
	f->whole = 0;
	world_run(&f->w, 100 * 1000);
	assert_log(&f->a, "NOTIFY:A ");
	assert_header(
		server_last(&f->s, "SUBSCRIBE"), "Suppress-If-Match", "");
	/* A refresh by itself is under way. */
	server_forget(&f->s);
	f->silent = true;
	while (!server_count(&f->s, "SUBSCRIBE"))
		world_run(&f->w, 1000);
	assert_header(
		server_last(&f->s, "SUBSCRIBE"), "Suppress-If-Match", "x1");
	ua_sub_refresh(f->sub);
	f->silent = false;
	world_run(&f->w, 10 * 1000);
	assert_log(&f->a, "NOTIFY:A ");
	assert_header(
		server_last(&f->s, "SUBSCRIBE"), "Suppress-If-Match", "");
	assert_header(refresh(f), "Suppress-If-Match", "x1");
	fixture_close(f);
}


/* Lost state hides nothing: a new dialog asks for all. */
static void test_anew(void **state)
{
	struct fixture *f = fixture_open("x1", "");

	(void)state;
	f->conditional = 481;
	server_forget(&f->s);
	world_run(&f->w, 545 * 1000);
	assert_int_equal(server_count(&f->s, "SUBSCRIBE"), 2);
	assert_header(server_last(&f->s, "SUBSCRIBE"), "Suppress-If-Match", "");
	assert_int_equal(server_last(&f->s, "SUBSCRIBE")->to.tag.l, 0);
	assert_log(&f->a, "firstNOTIFY:A ");
	fixture_close(f);
}


/* 5.8: where somebody stumbles over it, it goes without. */
static void test_left_out(void **state)
{
	static const uint16_t codes[] = {400, 406, 412, 500, 501};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(codes); i++) {
		struct fixture *f = fixture_open("x1", "");

		f->conditional = codes[i];
		server_forget(&f->s);
		world_run(&f->w, 545 * 1000);
		assert_int_equal(server_count(&f->s, "SUBSCRIBE"), 2);
		assert_log(&f->a, "NOTIFY:A ");
		assert_header(refresh(f), "Suppress-If-Match", "");
		assert_log(&f->a, "NOTIFY:A ");
		fixture_close(f);
	}
}


/* A rate is asked for where they are known. */
static void test_paced(void **state)
{
	static const struct {
		const char *rates, *event;
	} cases[] = {
		{"", "presence"},
		{";max-rate=0.2", "presence;max-rate=0.1"},
		{";min-rate=0.01", "presence;max-rate=0.1"},
		{";max-rate=fast", "presence"},
	};
	struct fixture *f;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		f = fixture_open("", cases[i].rates);
		assert_header(refresh(f), "Event", cases[i].event);
		assert_log(&f->a, "NOTIFY:A ");
		fixture_close(f);
	}
	f = fixture_open("", ";max-rate=1");
	f->paced = 489;
	server_forget(&f->s);
	world_run(&f->w, 545 * 1000);
	assert_int_equal(server_count(&f->s, "SUBSCRIBE"), 2);
	assert_log(&f->a, "NOTIFY:A ");
	assert_header(refresh(f), "Event", "presence");
	f->a.log[0] = '\0';
	fixture_close(f);
}


int test_condition(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suppressed),
		cmocka_unit_test(test_suppressed_dirty),
		cmocka_unit_test(test_body_suppressed),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_rate_answered),
		cmocka_unit_test(test_refresh),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_anew),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_paced),
	};

	return cmocka_run_group_tests_name("condition", tests, NULL, NULL);
}
