/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subscriber against a scripted notifier at 192.0.2.9. */
#include <errno.h>
#include "world.h"

int test_subscribe(void);


struct fixture {
	struct world w;
	struct server s;
	struct node a;
	struct ua_sub *sub;
	uint16_t status; /* of SUBSCRIBE; 0: silence */
	uint16_t once; /* of the next one alone; 0: none */
	const char *headers;
	const char *text; /* body of its answer */
	bool notify; /* with an active NOTIFY */
	unsigned cseq;
	const char *state; /* Subscription-State */
};


/* A NOTIFY in the dialog of SUBSCRIBE REQ, its From tag being TAG. */
static void notify(struct fixture *f, const struct msg *req, const char *tag,
	const char *state, const char *text)
{
	server_printf(&f->s, "192.0.2.1", 5060,
		"NOTIFY sip:alice@192.0.2.1:5060 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKn%u\r\n"
		"From: <sip:kim@192.0.2.9>;tag=%s\r\n"
		"To: <sip:alice@192.0.2.1>;tag=%.*s\r\n"
		"Call-ID: %.*s\r\nCSeq: %u NOTIFY\r\nMax-Forwards: 70\r\n"
		"Contact: <sip:kim@192.0.2.9:5060>\r\nEvent: presence\r\n"
		"%s%s%sContent-Type: application/pidf+xml\r\n"
		"Content-Length: %zu\r\n\r\n%s",
		f->cseq, tag, PL_ARG(&req->from.tag), PL_ARG(&req->call_id),
		f->cseq, state ? "Subscription-State: " : "",
		state ? state : "", state ? "\r\n" : "", strlen(text), text);
	++f->cseq;
}


static void notifier_h(struct server *s, const struct msg *req, void *arg)
{
	struct fixture *f = arg;
	uint32_t expires = 0;

	if (req->method == MSG_SUBSCRIBE && f->once) {
		server_reply(s, req, f->once, "t", NULL, NULL);
		f->once = 0;
		return;
	}
	if (req->method != MSG_SUBSCRIBE || !f->status)
		return;
	server_reply(s, req, f->status, "t", f->headers, f->text);
	if (!f->notify || f->status >= 300)
		return;
	(void)msg_seconds(req, HDR_EXPIRES, &expires);
	if (f->state)
		notify(f, req, "t", f->state, "S");
	else
		notify(f, req, "t",
			expires ? "active;expires=600"
				: "terminated;reason=timeout",
			expires ? "A" : "");
}


static struct fixture *fixture_open(uint32_t expires)
{
	struct fixture *f = mem_zalloc(sizeof(*f), NULL);
	struct ua_sub_handlers h = node_sub_h;
	const struct ua_sub_config c = {
		.target = "sip:kim@192.0.2.9",
		.event = "presence",
		.accept = "application/pidf+xml",
		.content_type = "application/x-test",
		.expires = expires,
	};

	f->status = 200;
	f->headers = "Expires: 600\r\nContact: <sip:kim@192.0.2.9:5060>\r\n";
	f->notify = true;
	f->cseq = 1;
	world_open(&f->w, 11);
	server_open(&f->s, &f->w, "192.0.2.9", notifier_h, f);
	node_open(&f->a, &f->w, "alice", "192.0.2.1", NULL);
	node_start(&f->a);
	h.arg = &f->a;
	assert_int_equal(ua_subscribe(&f->sub, f->a.ua, &c, &h), 0);
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


static void begin(struct fixture *f)
{
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online active firstNOTIFY:A ");
}


static uint16_t last_status(struct fixture *f)
{
	const struct msg *msg = server_last(&f->s, "NOTIFY");

	return msg && !msg->request ? msg->status : 0;
}


/* SU1, refresh in the dialog before the end. */
static void test_refresh(void **state)
{
	struct fixture *f = fixture_open(3600);
	const struct msg *first, *second;

	(void)state;
	begin(f);
	first = f->s.msgs[0];
	assert_header(first, "Event", "presence");
	assert_header(first, "Accept", "application/pidf+xml");
	assert_header(first, "Expires", "3600");
	assert_non_null(msg_hdr(first, HDR_CONTACT));
	assert_int_equal(last_status(f), 200);
	world_run(&f->w, 530 * 1000);
	assert_int_equal(server_count(&f->s, "SUBSCRIBE"), 1);
	world_run(&f->w, 15 * 1000);
	second = server_last(&f->s, "SUBSCRIBE");
	assert_pl(second->to.tag, "t");
	assert_true(pl_eq(&first->call_id, &second->call_id));
	assert_log(&f->a, "NOTIFY:A ");
	fixture_close(f);
}


/* SU2-SU5, SU12: NOTIFY before the 200; forks, strays, nonsense. */
static void test_notify_first(void **state)
{
	struct fixture *f = fixture_open(3600);
	const struct msg *req;

	(void)state;
	f->status = 0;
	world_run(&f->w, 100);
	req = server_last(&f->s, "SUBSCRIBE");
	f->cseq = 5;
	notify(f, req, "t", "pending;expires=600", "");
	world_run(&f->w, 10);
	assert_int_equal(last_status(f), 200);
	assert_log(&f->a, "connecting online pending ");
	server_reply(&f->s, req, 200, "other", "Expires: 600\r\n", NULL);
	notify(f, req, "t", "active;expires=600", "B");
	world_run(&f->w, 10);
	assert_log(&f->a, "active firstNOTIFY:B ");
	notify(f, req, "fork", "active;expires=600", "C");
	world_run(&f->w, 10);
	assert_int_equal(last_status(f), 481);
	notify(f, req, "t", NULL, "D");
	world_run(&f->w, 10);
	assert_int_equal(last_status(f), 400);
	f->cseq = 2;
	notify(f, req, "t", "active;expires=600", "E");
	world_run(&f->w, 10);
	assert_int_equal(last_status(f), 500);
	assert_log(&f->a, "");
	f->cseq = 20;
	notify(f, req, "t", "active;expires=600", "");
	world_run(&f->w, 10);
	assert_log(&f->a, "NOTIFY: ");
	fixture_close(f);
}


/* SU2: a 200 and no NOTIFY within Timer N. */
static void test_no_notify(void **state)
{
	struct fixture *f = fixture_open(3600);

	(void)state;
	f->notify = false;
	world_run(&f->w, 33 * 1000);
	assert_log(&f->a, "connecting online ended:408+ ");
	f->notify = true;
	world_run(&f->w, 60 * 1000);
	assert_log(&f->a, "trying active firstNOTIFY:A ");
	fixture_close(f);
}


struct reason_case {
	const char *state;
	const char *log;
	bool again; /* by itself, within the next 400 s */
};


/* SU6. */
static void test_reasons(void **state)
{
	static const struct reason_case cases[] = {
		{"terminated;reason=deactivated", "", true},
		{"terminated;reason=timeout", "", true},
		{"terminated;reason=probation;retry-after=300", "ended+ ",
			true},
		{"terminated;reason=giveup", "ended+ ", true},
		{"terminated;reason=rejected", "ended:403 ", false},
		{"terminated;reason=noresource", "ended ", false},
		{"terminated;reason=invariant", "ended ", false},
		{"terminated", "ended+ ", true},
		{"terminated;reason=new-word", "ended+ ", true},
	};
	struct fixture *f;
	const struct msg *req;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		f = fixture_open(3600);
		begin(f);
		world_run(&f->w, 20 * 1000);
		req = mem_ref((void *)(uintptr_t)f->s.msgs[0]);
		server_forget(&f->s);
		notify(f, req, "t", cases[i].state, "");
		world_run(&f->w, 10);
		assert_log(
			&f->a, *cases[i].log ? cases[i].log : "firstNOTIFY:A ");
		world_run(&f->w, 400 * 1000);
		assert_int_equal(
			server_count(&f->s, "SUBSCRIBE") > 0, cases[i].again);
		mem_deref((void *)(uintptr_t)req);
		fixture_close(f);
	}
}


/* SU6: at once even when the subscription is young; not in a loop. */
static void test_restart(void **state)
{
	struct fixture *f = fixture_open(3600);
	const struct msg *req;
	unsigned i;

	(void)state;
	begin(f);
	for (i = 0; i < 2; i++) {
		req = mem_ref(
			(void *)(uintptr_t)server_last(&f->s, "SUBSCRIBE"));
		server_forget(&f->s);
		notify(f, req, "t", "terminated;reason=deactivated", "");
		world_run(&f->w, 200);
		assert_int_equal(server_count(&f->s, "SUBSCRIBE"), i ? 0 : 1);
		mem_deref((void *)(uintptr_t)req);
	}
	world_run(&f->w, 40 * 1000);
	assert_int_equal(server_count(&f->s, "SUBSCRIBE"), 1);
	fixture_close(f);
}


struct refusal_case {
	uint16_t status;
	const char *headers;
	const char *log;
	bool again;
};


/* SU7, SU9 at the first SUBSCRIBE. */
static void test_refusals(void **state)
{
	static const struct refusal_case cases[] = {
		{403, NULL, "ended:403 ", false},
		{404, NULL, "ended:404 ", false},
		{480, NULL, "ended:480+ ", true},
		{489, "Allow-Events: dialog\r\n", "ended:489 ", false},
		{500, NULL, "ended:500+ ", true},
		{603, NULL, "ended:603 ", false},
		{603, "Retry-After: 60\r\n", "ended:603+ ", true},
	};
	struct fixture *f;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		f = fixture_open(3600);
		f->status = cases[i].status;
		f->headers = cases[i].headers;
		world_run(&f->w, 100);
		assert_ptr_equal(
			strstr(f->a.log, "connecting online "), f->a.log);
		assert_string_equal(f->a.log + 18, cases[i].log);
		world_run(&f->w, 200 * 1000);
		assert_int_equal(
			server_count(&f->s, "SUBSCRIBE") > 1, cases[i].again);
		fixture_close(f);
	}
}


static void test_423(void **state)
{
	struct fixture *f = fixture_open(60);
	const struct msg *req;

	(void)state;
	f->status = 423;
	f->headers = "Min-Expires: 900\r\n";
	f->notify = false;
	world_run(&f->w, 10);
	assert_log(&f->a, "connecting online ended:423 ");
	req = server_last(&f->s, "SUBSCRIBE");
	assert_header(req, "Expires", "900");
	assert_int_equal(server_count(&f->s, "SUBSCRIBE"), 2);
	assert_true(pl_eq(&req->call_id, &f->s.msgs[0]->call_id));
	fixture_close(f);
}


/* SU7 at a refresh: 481 begins anew, 500 leaves it to its end. */
static void test_refresh_refused(void **state)
{
	struct fixture *f = fixture_open(3600);
	const struct msg *req;

	(void)state;
	begin(f);
	f->status = 500;
	ua_sub_refresh(f->sub);
	world_run(&f->w, 100);
	assert_log(&f->a, "");
	world_run(&f->w, 500 * 1000);
	assert_log(&f->a, "");
	f->status = 200;
	world_run(&f->w, 200 * 1000);
	assert_non_null(strstr(f->a.log, "NOTIFY:A "));
	f->a.log[0] = '\0';
	f->once = 481;
	ua_sub_refresh(f->sub);
	world_run(&f->w, 100);
	req = server_last(&f->s, "SUBSCRIBE");
	assert_false(pl_isset(&req->to.tag));
	assert_log(&f->a, "firstNOTIFY:A ");
	fixture_close(f);
}


/* SU8. */
static void test_end(void **state)
{
	struct fixture *f = fixture_open(3600);

	(void)state;
	begin(f);
	ua_sub_end(f->sub, 2000, node_done_h, &f->a);
	assert_log(&f->a, "");
	world_run(&f->w, 100);
	assert_log(&f->a, "done ");
	assert_header(server_last(&f->s, "SUBSCRIBE"), "Expires", "0");
	assert_int_equal(last_status(f), 200);
	world_run(&f->w, 4000 * 1000);
	assert_int_equal(server_count(&f->s, "SUBSCRIBE"), 2);
	fixture_close(f);
}


static void test_end_limit(void **state)
{
	struct fixture *f = fixture_open(3600);

	(void)state;
	begin(f);
	f->status = 0;
	ua_sub_end(f->sub, 2000, node_done_h, &f->a);
	world_run(&f->w, 1900);
	assert_log(&f->a, "");
	world_run(&f->w, 200);
	assert_log(&f->a, "done ");
	fixture_close(f);
}


/* Expires: 0 asks once. */
static void test_fetch(void **state)
{
	struct fixture *f = fixture_open(0);

	(void)state;
	f->state = "terminated;reason=timeout";
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online firstNOTIFY:S ended ");
	world_run(&f->w, 4000 * 1000);
	assert_int_equal(server_count(&f->s, "SUBSCRIBE"), 1);
	fixture_close(f);
	f = fixture_open(0);
	f->status = 480;
	world_run(&f->w, 4000 * 1000);
	assert_log(&f->a, "connecting online ended:480 ");
	fixture_close(f);
}


/* The account leaves and comes back: so does the subscription. */
static void test_account_cycle(void **state)
{
	struct fixture *f = fixture_open(3600);

	(void)state;
	begin(f);
	ua_stop(f->a.ua, 2000, NULL, NULL);
	world_run(&f->w, 100);
	assert_log(&f->a, "offline ended+ ");
	world_run(&f->w, 1000 * 1000);
	ua_start(f->a.ua);
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online trying active firstNOTIFY:A ");
	fixture_close(f);
}


/* Handlers may release the subscription, at each place. */
static void test_released_in_handler(void **state)
{
	struct fixture *f = fixture_open(3600);

	(void)state;
	f->a.drop_sub = f->sub;
	f->sub = NULL;
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online active ");
	assert_null(f->a.drop_sub);
	fixture_close(f);
	f = fixture_open(3600);
	begin(f);
	f->a.drop_sub = f->sub;
	f->sub = NULL;
	notify(f, f->s.msgs[0], "t", "active", "X");
	world_run(&f->w, 100);
	assert_log(&f->a, "NOTIFY:X ");
	assert_int_equal(last_status(f), 200);
	fixture_close(f);
	f = fixture_open(3600);
	begin(f);
	f->a.ua = mem_deref(f->a.ua);
	world_run(&f->w, 10000 * 1000);
	ua_sub_refresh(f->sub);
	ua_sub_end(f->sub, 1000, node_done_h, &f->a);
	world_run(&f->w, 1000);
	assert_log(&f->a, "done ");
	fixture_close(f);
}


/* What no NOTIFY may do: unknown package 489, no dialog 481; BENOTIFY is
 * taken and never answered. */
static void test_strays(void **state)
{
	struct fixture *f = fixture_open(3600);
	const struct msg *req;

	(void)state;
	begin(f);
	req = f->s.msgs[0];
	server_printf(&f->s, "192.0.2.1", 5060,
		"NOTIFY sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKx1\r\n"
		"From: <sip:kim@192.0.2.9>;tag=a\r\n"
		"To: <sip:alice@192.0.2.1>;tag=b\r\nCall-ID: q\r\n"
		"CSeq: 1 NOTIFY\r\nEvent: presence\r\n"
		"Subscription-State: active\r\nContent-Length: 0\r\n\r\n");
	world_run(&f->w, 10);
	assert_int_equal(last_status(f), 481);
	server_printf(&f->s, "192.0.2.1", 5060,
		"NOTIFY sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKx2\r\n"
		"From: <sip:kim@192.0.2.9>;tag=a\r\n"
		"To: <sip:alice@192.0.2.1>;tag=b\r\nCall-ID: q\r\n"
		"CSeq: 1 NOTIFY\r\nEvent: reg\r\n"
		"Subscription-State: active\r\nContent-Length: 0\r\n\r\n");
	world_run(&f->w, 10);
	assert_int_equal(last_status(f), 489);
	server_forget(&f->s);
	(void)req;
	fixture_close(f);
}


static void test_benotify(void **state)
{
	struct fixture *f = fixture_open(3600);
	struct msg *req;

	(void)state;
	begin(f);
	req = mem_ref((void *)(uintptr_t)f->s.msgs[0]);
	server_forget(&f->s);
	server_printf(&f->s, "192.0.2.1", 5060,
		"BENOTIFY sip:alice@192.0.2.1:5060 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKb1\r\n"
		"From: <sip:kim@192.0.2.9>;tag=t\r\n"
		"To: <sip:alice@192.0.2.1>;tag=%.*s\r\n"
		"Call-ID: %.*s\r\nCSeq: 9 BENOTIFY\r\nEvent: presence\r\n"
		"Subscription-State: active\r\n"
		"Content-Type: application/pidf+xml\r\n"
		"Content-Length: 1\r\n\r\nZ",
		PL_ARG(&req->from.tag), PL_ARG(&req->call_id));
	world_run(&f->w, 60 * 1000);
	assert_log(&f->a, "NOTIFY:Z ");
	assert_int_equal(f->s.n, 0);
	mem_deref(req);
	fixture_close(f);
}


/* Microsoft: the 200 is the first notification where it says so, and the
 * next one counts it. */
static void test_piggyback(void **state)
{
	struct fixture *f = fixture_open(3600);
	const struct msg *req;

	(void)state;
	f->notify = false;
	f->headers = "Expires: 600\r\nContact: <sip:kim@192.0.2.9:5060>\r\n"
		     "Event: presence\r\nms-piggyback-cseq: 3\r\n"
		     "subscription-state: active;expires=600\r\n";
	f->text = "P";
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online active firstNOTIFY:P ");
	req = server_last(&f->s, "SUBSCRIBE");
	f->cseq = 2;
	notify(f, req, "t", "active", "old");
	world_run(&f->w, 10);
	assert_int_equal(last_status(f), 500);
	f->cseq = 4;
	notify(f, req, "t", "active", "new");
	world_run(&f->w, 10);
	assert_log(&f->a, "NOTIFY:new ");
	fixture_close(f);
}


/* ... and else its body is none. */
static void test_no_piggyback(void **state)
{
	struct fixture *f = fixture_open(3600);

	(void)state;
	f->notify = false;
	f->headers = "Expires: 600\r\nContact: <sip:kim@192.0.2.9:5060>\r\n";
	f->text = "P";
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online ");
	fixture_close(f);
}


/* A changed body goes out in the dialog, also behind a SUBSCRIBE that is not
 * answered yet. */
static void test_set_body(void **state)
{
	struct fixture *f = fixture_open(3600);
	struct pl one = PL("one"), two = PL("two"), none = PL_INIT;

	(void)state;
	begin(f);
	ua_sub_set_body(f->sub, &one);
	world_run(&f->w, 1);
	ua_sub_set_body(f->sub, &two);
	world_run(&f->w, 100);
	assert_int_equal(server_count(&f->s, "SUBSCRIBE"), 3);
	assert_pl(server_last(&f->s, "SUBSCRIBE")->body, "two");
	assert_pl(server_last(&f->s, "SUBSCRIBE")->to.tag, "t");
	ua_sub_set_body(f->sub, &none);
	world_run(&f->w, 100);
	assert_int_equal(server_last(&f->s, "SUBSCRIBE")->body.l, 0);
	fixture_close(f);
}


int test_subscribe(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refresh),
		cmocka_unit_test(test_notify_first),
		cmocka_unit_test(test_no_notify),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_423),
		cmocka_unit_test(test_refresh_refused),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_end_limit),
		cmocka_unit_test(test_fetch),
		cmocka_unit_test(test_account_cycle),
		cmocka_unit_test(test_released_in_handler),
		cmocka_unit_test(test_strays),
		cmocka_unit_test(test_benotify),
		cmocka_unit_test(test_piggyback),
		cmocka_unit_test(test_no_piggyback),
		cmocka_unit_test(test_set_body),
	};

	return cmocka_run_group_tests_name("subscribe", tests, NULL, NULL);
}
