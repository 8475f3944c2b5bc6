/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many subscriptions against a server at 192.0.2.9 that answers when it is
 * told to: some ask, the others wait for their turn. */
#include "world.h"

int test_sub_turn(void);


enum {
	MANY = 150,
	AT_ONCE = 64,
};

/* Whom a SUBSCRIBE without an answer came from. */
struct asked {
	struct msg *req;
	bool answered;
};

struct fixture {
	struct world w;
	struct server s;
	struct node a;
	struct ua_sub *subs[MANY];
	struct asked asked[2 * MANY];
	size_t n; /* SUBSCRIBEs, copies not counted */
	bool answers; /* at once */
	unsigned cseq;
};


static bool is_copy(const struct fixture *f, const struct msg *req)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		if (pl_eq(&f->asked[i].req->call_id, &req->call_id) &&
			f->asked[i].req->cseq == req->cseq)
			return true;
	}
	return false;
}


static void answer(struct fixture *f, struct asked *asked)
{
	const struct msg *req = asked->req;
	uint32_t expires = 0;

	asked->answered = true;
	(void)msg_seconds(req, HDR_EXPIRES, &expires);
	server_reply(&f->s, req, 200, "t",
		"Expires: 600\r\nContact: <sip:kim@192.0.2.9:5060>\r\n", NULL);
	server_printf(&f->s, "192.0.2.1", 5060,
		"NOTIFY sip:alice@192.0.2.1:5060 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKn%u\r\n"
		"From: <sip:kim@192.0.2.9>;tag=t\r\n"
		"To: <sip:alice@192.0.2.1>;tag=%.*s\r\n"
		"Call-ID: %.*s\r\nCSeq: %u NOTIFY\r\nMax-Forwards: 70\r\n"
		"Contact: <sip:kim@192.0.2.9:5060>\r\nEvent: presence\r\n"
		"Subscription-State: %s\r\nContent-Length: 0\r\n\r\n",
		f->cseq, PL_ARG(&req->from.tag), PL_ARG(&req->call_id), f->cseq,
		expires ? "active;expires=600" : "terminated;reason=timeout");
	++f->cseq;
}


static void server_h_(struct server *s, const struct msg *req, void *arg)
{
	struct fixture *f = arg;

	(void)s;
	if (req->method != MSG_SUBSCRIBE || is_copy(f, req))
		return;
	assert_true(f->n < 2 * MANY);
	f->asked[f->n].req = mem_ref((void *)(uintptr_t)req);
	f->asked[f->n].answered = false;
	f->n++;
	if (f->answers)
		answer(f, &f->asked[f->n - 1]);
}


/* N of those that were not answered are now. */
static void answer_some(struct fixture *f, size_t n)
{
	size_t i;

	for (i = 0; i < f->n && n; i++) {
		if (f->asked[i].answered)
			continue;
		answer(f, &f->asked[i]);
		n--;
	}
	world_run(&f->w, 50);
}


static struct fixture *fixture_open(bool answers)
{
	struct fixture *f = mem_zalloc(sizeof(*f), NULL);
	struct ua_sub_handlers h = node_sub_h;
	const struct ua_sub_config c = {
		.target = "sip:kim@192.0.2.9",
		.event = "presence",
		.expires = 3600,
	};
	size_t i;

	f->cseq = 1;
	f->answers = answers;
	world_open(&f->w, 11);
	server_open(&f->s, &f->w, "192.0.2.9", server_h_, f);
	node_open(&f->a, &f->w, "alice", "192.0.2.1", NULL);
	node_start(&f->a);
	h.arg = &f->a;
	for (i = 0; i < MANY; i++)
		assert_int_equal(ua_subscribe(&f->subs[i], f->a.ua, &c, &h), 0);
	world_run(&f->w, 100);
	return f;
}


static void fixture_close(struct fixture *f)
{
	size_t i;

	for (i = 0; i < MANY; i++)
		mem_deref(f->subs[i]);
	while (f->n)
		mem_deref(f->asked[--f->n].req);
	node_close(&f->a);
	server_close(&f->s);
	world_close(&f->w);
	mem_deref(f);
}


/* Each answer lets one more ask. */
static void some_ask(void **state)
{
	struct fixture *f = fixture_open(false);

	(void)state;
	assert_int_equal(f->n, AT_ONCE);
	answer_some(f, 10);
	assert_int_equal(f->n, AT_ONCE + 10);
	answer_some(f, AT_ONCE);
	assert_int_equal(f->n, 2 * AT_ONCE + 10);
	answer_some(f, MANY);
	assert_int_equal(f->n, MANY);
	fixture_close(f);
}


static void all_get_there(void **state)
{
	struct fixture *f = fixture_open(true);

	(void)state;
	assert_int_equal(f->n, MANY);
	fixture_close(f);
}


/* Those who say nothing do not hold up the others for long. */
static void silence(void **state)
{
	struct fixture *f = fixture_open(false);

	(void)state;
	world_run(&f->w, 700);
	assert_int_equal(f->n, AT_ONCE);
	world_run(&f->w, 300);
	assert_int_equal(f->n, 2 * AT_ONCE);
	world_run(&f->w, 1000);
	assert_int_equal(f->n, MANY);
	fixture_close(f);
}


/* One that is let go leaves its place to another. */
static void let_go(void **state)
{
	struct fixture *f = fixture_open(false);
	size_t i;

	(void)state;
	/* The last one waits, the first ones ask. */
	f->subs[MANY - 1] = mem_deref(f->subs[MANY - 1]);
	for (i = 0; i < 5; i++)
		f->subs[i] = mem_deref(f->subs[i]);
	world_run(&f->w, 50);
	assert_int_equal(f->n, AT_ONCE + 5);
	answer_some(f, MANY);
	answer_some(f, MANY);
	assert_int_equal(f->n, MANY - 1);
	fixture_close(f);
}


/* Goodbyes have turns too, and all are said. */
static void goodbyes(void **state)
{
	struct fixture *f = fixture_open(true);
	size_t i;

	(void)state;
	f->answers = false;
	for (i = 0; i < MANY; i++)
		ua_sub_end(f->subs[i], 2000, NULL, NULL);
	world_run(&f->w, 50);
	assert_int_equal(f->n, MANY + AT_ONCE);
	answer_some(f, 1);
	assert_int_equal(f->n, MANY + AT_ONCE + 1);
	f->answers = true;
	answer_some(f, MANY);
	assert_int_equal(f->n, 2 * MANY);
	fixture_close(f);
}


int test_sub_turn(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(some_ask),
		cmocka_unit_test(all_get_there),
		cmocka_unit_test(silence),
		cmocka_unit_test(let_go),
		cmocka_unit_test(goodbyes),
	};

	return cmocka_run_group_tests_name("sub_turn", tests, NULL, NULL);
}
