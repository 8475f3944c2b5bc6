/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Page mode and OPTIONS between two accounts, and with a scripted peer. */
#include <errno.h>
#include "world.h"

int test_message(void);


struct pair {
	struct world w;
	struct node a, b;
};


static struct pair *pair_open(void)
{
	struct pair *p = mem_zalloc(sizeof(*p), NULL);

	world_open(&p->w, 5);
	node_open(&p->a, &p->w, "alice", "192.0.2.1", NULL);
	node_open(&p->b, &p->w, "bob", "192.0.2.2", NULL);
	node_start(&p->a);
	node_start(&p->b);
	world_run(&p->w, 10);
	p->a.log[0] = p->b.log[0] = '\0';
	return p;
}


static void pair_close(struct pair *p)
{
	node_close(&p->a);
	node_close(&p->b);
	world_close(&p->w);
	mem_deref(p);
}


static int say(
	struct node *n, struct ua_call **cp, const char *to, const char *text)
{
	struct pl pl = body(text);

	return ua_message(
		cp, n->ua, to, "text/plain", &pl, NULL, node_result_h, n);
}


static void test_both_ways(void **state)
{
	struct pair *p = pair_open();

	(void)state;
	assert_int_equal(say(&p->a, NULL, "sip:bob@192.0.2.2", "hi"), 0);
	assert_log(&p->a, "");
	world_run(&p->w, 100);
	assert_log(&p->b, "MESSAGE:hi ");
	assert_log(&p->a, "result:200 ");
	assert_int_equal(say(&p->b, NULL, "sip:alice@192.0.2.1", "yes"), 0);
	world_run(&p->w, 100);
	assert_log(&p->a, "MESSAGE:yes ");
	assert_log(&p->b, "result:200 ");
	pair_close(p);
}


/* With a fifth of all datagrams lost and some doubled, each text arrives
 * once, in order (MS3, TR7). */
static void test_loss(void **state)
{
	const struct memnet_faults faults = {
		.loss = 200, .twice = 200, .delay_min = 5, .delay_max = 200};
	struct pair *p = pair_open();
	char text[16], want[512] = "";
	int i;

	(void)state;
	memnet_set_faults(p->w.mn, &faults);
	for (i = 0; i < 20; i++) {
		(void)snprintf(text, sizeof(text), "%d", i);
		assert_int_equal(
			say(&p->a, NULL, "sip:bob@192.0.2.2", text), 0);
		(void)snprintf(want + strlen(want), sizeof(want) - strlen(want),
			"MESSAGE:%d ", i);
	}
	world_run(&p->w, 600 * 1000);
	assert_log(&p->b, want);
	for (want[0] = '\0', i = 0; i < 20; i++)
		strcat(want, "result:200 ");
	assert_log(&p->a, want);
	pair_close(p);
}


/* Nobody there: refused at once; a forgotten call tells nothing. */
static void test_refused(void **state)
{
	struct pair *p = pair_open();
	struct ua_call *call;

	(void)state;
	assert_int_equal(say(&p->a, NULL, "sip:kim@192.0.2.2:5999", "hi"), 0);
	world_run(&p->w, 1000);
	assert_log(&p->a, "result:503 ");
	assert_true(p->a.why[0]);
	assert_int_equal(say(&p->a, &call, "sip:bob@192.0.2.2", "x"), 0);
	mem_deref(call);
	world_run(&p->w, 1000);
	assert_log(&p->a, "");
	assert_log(&p->b, "MESSAGE:x ");
	assert_int_equal(say(&p->a, NULL, "bob", "x"), EINVAL);
	pair_close(p);
}


static void test_too_long(void **state)
{
	struct pair *p = pair_open();
	struct pl pl;
	char *text = mem_alloc(2000, NULL);

	(void)state;
	memset(text, 'a', 1999);
	text[1999] = '\0';
	pl = body(text);
	assert_true(ua_page_max(p->a.ua) < 1300);
	assert_int_equal(ua_message(NULL, p->a.ua, "sip:bob@192.0.2.2",
				 "text/plain", &pl, NULL, NULL, NULL),
		EMSGSIZE);
	mem_deref(text);
	pair_close(p);
}


/* What waits for an answer: released 500, forgotten for 10 s 500, answered
 * twice EALREADY. */
static void test_waiting(void **state)
{
	struct pair *p = pair_open();
	struct ua_request *r;

	(void)state;
	p->b.answer = 0;
	assert_int_equal(say(&p->a, NULL, "sip:bob@192.0.2.2", "1"), 0);
	world_run(&p->w, 5000);
	assert_log(&p->b, "MESSAGE:1 ");
	assert_log(&p->a, "");
	r = p->b.kept[0];
	assert_string_equal(ua_request_source(r), "192.0.2.1");
	assert_int_equal(ua_request_answer(r, 202, "X-Test: 1\r\n"), 0);
	assert_int_equal(ua_request_answer(r, 200, NULL), EALREADY);
	world_run(&p->w, 100);
	assert_log(&p->a, "result:202 ");
	assert_int_equal(say(&p->a, NULL, "sip:bob@192.0.2.2", "2"), 0);
	world_run(&p->w, 100);
	p->b.kept[1] = mem_deref(p->b.kept[1]);
	world_run(&p->w, 100);
	assert_log(&p->a, "result:500 ");
	assert_int_equal(say(&p->a, NULL, "sip:bob@192.0.2.2", "3"), 0);
	world_run(&p->w, 9900);
	assert_log(&p->a, "");
	world_run(&p->w, 200);
	assert_log(&p->a, "result:500 ");
	assert_int_equal(ua_request_answer(p->b.kept[2], 200, NULL), EALREADY);
	pair_close(p);
}


/* An account that goes takes its waiting requests and calls along. */
static void test_account_gone(void **state)
{
	struct pair *p = pair_open();

	(void)state;
	p->b.answer = 0;
	assert_int_equal(say(&p->a, NULL, "sip:bob@192.0.2.2", "1"), 0);
	world_run(&p->w, 100);
	p->b.ua = mem_deref(p->b.ua);
	p->a.ua = mem_deref(p->a.ua);
	assert_int_equal(ua_request_answer(p->b.kept[0], 200, NULL), EALREADY);
	world_run(&p->w, 100 * 1000);
	assert_log(&p->a, "");
	pair_close(p);
}


/* ---- OPTIONS ---- */

static void options_h(const struct ua_result *result, void *arg)
{
	node_log(arg, "%u:%s ", result->status,
		ua_options_takes_session(result) ? "session" : "page");
}


static void phone_h(struct server *s, const struct msg *req, void *arg)
{
	(void)arg;
	server_reply(s, req, 200, "t", "Allow: INVITE, MESSAGE\r\n",
		"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\n"
		"c=IN IP4 192.0.2.9\r\nt=0 0\r\n"
		"m=audio 4000 RTP/AVP 0\r\nm=message 5 TCP/MSRP *\r\n");
}


static void test_options(void **state)
{
	struct pair *p = pair_open();
	struct server s;
	const struct msg *req;

	(void)state;
	assert_int_equal(ua_options(NULL, p->a.ua, "sip:bob@192.0.2.2",
				 options_h, &p->a),
		0);
	world_run(&p->w, 100);
	assert_log(&p->a, "200:session ");
	server_open(&s, &p->w, "192.0.2.9", phone_h, NULL);
	assert_int_equal(ua_options(NULL, p->a.ua, "sip:kim@192.0.2.9",
				 options_h, &p->a),
		0);
	world_run(&p->w, 100);
	assert_log(&p->a, "200:page ");
	req = server_last(&s, "OPTIONS");
	assert_header(req, "Accept", "application/sdp");
	server_close(&s);
	pair_close(p);
}


/* ---- 3xx (UA7) ---- */

static void moved_h(struct server *s, const struct msg *req, void *arg)
{
	unsigned *n = arg;

	if (req->method != MSG_MESSAGE)
		return;
	if (++*n == 1)
		server_reply(s, req, 302, "t",
			"Contact: <sip:a@192.0.2.9>;q=0.5, "
			"<mailto:kim@example.org>, "
			"<sip:b@192.0.2.9?X-Evil=1>;q=0.9, "
			"<sip:bob@192.0.2.9>\r\n",
			NULL);
	else if (*n < 4)
		server_reply(s, req, 404, "t", NULL, NULL);
	else
		server_reply(s, req, 200, "t", NULL, NULL);
}


static void test_redirect(void **state)
{
	struct pair *p = pair_open();
	struct server s;
	unsigned n = 0;

	(void)state;
	server_open(&s, &p->w, "192.0.2.9", moved_h, &n);
	assert_int_equal(say(&p->a, NULL, "sip:kim@192.0.2.9", "hi"), 0);
	world_run(&p->w, 1000);
	assert_log(&p->a, "result:200 ");
	assert_int_equal(n, 4);
	assert_pl(s.msgs[1]->uri_text, "sip:bob@192.0.2.9");
	assert_pl(s.msgs[2]->uri_text, "sip:b@192.0.2.9");
	assert_pl(s.msgs[3]->uri_text, "sip:a@192.0.2.9");
	assert_pl(s.msgs[3]->to.uri_text, "sip:kim@192.0.2.9");
	assert_true(pl_eq(&s.msgs[0]->call_id, &s.msgs[3]->call_id));
	server_close(&s);
	pair_close(p);
}


/* MS1: neither Contact nor a second MESSAGE before the first is answered. */
static void silent_h(struct server *s, const struct msg *req, void *arg)
{
	(void)s;
	(void)req;
	(void)arg;
}


static void test_one_at_a_time(void **state)
{
	struct pair *p = pair_open();
	struct server s;

	(void)state;
	server_open(&s, &p->w, "192.0.2.9", silent_h, NULL);
	assert_int_equal(say(&p->a, NULL, "sip:kim@192.0.2.9", "1"), 0);
	assert_int_equal(say(&p->a, NULL, "sip:kim@192.0.2.9;x=2", "2"), 0);
	world_run(&p->w, 400);
	assert_int_equal(server_count(&s, "MESSAGE"), 1);
	assert_null(msg_hdr(s.msgs[0], HDR_CONTACT));
	server_reply(&s, s.msgs[0], 200, "t", NULL, NULL);
	world_run(&p->w, 50);
	assert_log(&p->a, "result:200 ");
	assert_int_equal(server_count(&s, "MESSAGE"), 2);
	assert_pl(s.msgs[1]->body, "2");
	world_run(&p->w, 40 * 1000);
	assert_log(&p->a, "result:408 ");
	server_close(&s);
	pair_close(p);
}


/* ---- the stack ---- */

static void trace_h(bool sent, const char *transport, const char *local,
	const char *peer, const struct pl *text, void *arg)
{
	struct node *n = arg;
	struct pl word = *text;

	if (word.l > 7)
		word.l = 7;
	node_log(n, "%c %s %s %s %.*s|", sent ? '>' : '<', transport, local,
		peer, PL_ARG(&word));
}


static void test_trace(void **state)
{
	struct pair *p = pair_open();

	(void)state;
	ua_stack_trace(p->b.stack, trace_h, &p->b);
	assert_int_equal(say(&p->a, NULL, "sip:bob@192.0.2.2", "hi"), 0);
	world_run(&p->w, 100);
	assert_log(&p->b,
		"< UDP 192.0.2.2:5060 192.0.2.1:5060 MESSAGE|MESSAGE:hi "
		"> UDP 192.0.2.2:5060 192.0.2.1:5060 SIP/2.0|");
	ua_stack_trace(p->b.stack, NULL, NULL);
	assert_int_equal(say(&p->a, NULL, "sip:bob@192.0.2.2", "hi"), 0);
	world_run(&p->w, 100);
	assert_log(&p->b, "MESSAGE:hi ");
	pair_close(p);
}


enum {
	HELD_MAX = 10000,
};


struct hoard {
	struct ua_request *held[HELD_MAX + 1];
	size_t n;
};


static void hoard_h(struct ua_request *r, void *arg)
{
	struct hoard *hoard = arg;

	hoard->held[hoard->n++] = mem_ref(r);
}


/* At most 10,000 wait; the next one hears 503 and may come again. */
static void test_held(void **state)
{
	struct pair *p = pair_open();
	struct hoard *hoard = mem_zalloc(sizeof(*hoard), NULL);
	const struct ua_handlers h = {.message = hoard_h, .arg = hoard};
	struct ua_config c = p->b.config;
	struct server s;
	struct ua *ua;
	char *why;
	size_t i;

	(void)state;
	server_open(&s, &p->w, "192.0.2.9", silent_h, NULL);
	c.aor = "sip:hoard@192.0.2.2";
	assert_int_equal(ua_alloc(&ua, p->b.stack, &c, &h, &why), 0);
	ua_start(ua);
	world_run(&p->w, 10);
	for (i = 0; i <= HELD_MAX; i++) {
		server_printf(&s, "192.0.2.2", 5060,
			"MESSAGE sip:hoard@192.0.2.2 SIP/2.0\r\n"
			"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKh%zu"
			"\r\nFrom: <sip:kim@192.0.2.9>;tag=k\r\n"
			"To: <sip:hoard@192.0.2.2>\r\nCall-ID: h%zu\r\n"
			"CSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\n"
			"Content-Length: 1\r\n\r\nx",
			i, i);
		world_run(&p->w, 0);
	}
	world_run(&p->w, 10);
	assert_int_equal(hoard->n, HELD_MAX);
	assert_int_equal(server_count(&s, "MESSAGE"), 1);
	assert_int_equal(server_last(&s, "MESSAGE")->status, 503);
	server_forget(&s);
	for (i = 0; i < hoard->n; i++)
		mem_deref(hoard->held[i]);
	s.n = 0;
	mem_deref(ua);
	mem_deref(hoard);
	server_close(&s);
	pair_close(p);
}


static void test_other_method(void **state)
{
	struct pair *p = pair_open();
	struct pl pl = body("<publish/>");
	struct server s;

	(void)state;
	server_open(&s, &p->w, "192.0.2.9", silent_h, NULL);
	assert_int_equal(ua_send(NULL, p->a.ua, "SERVICE",
				 "sip:alice@192.0.2.9", "application/xml", &pl,
				 "X-Test: 1\r\n", node_result_h, &p->a),
		0);
	world_run(&p->w, 10);
	assert_pl(server_last(&s, "SERVICE")->body, "<publish/>");
	server_reply(&s, server_last(&s, "SERVICE"), 200, "t", NULL, NULL);
	world_run(&p->w, 10);
	assert_log(&p->a, "result:200 ");
	server_close(&s);
	pair_close(p);
}


int test_message(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_loss),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_account_gone),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_redirect),
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_other_method),
	};

	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
