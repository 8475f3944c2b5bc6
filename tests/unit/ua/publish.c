/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Publication against a scripted event state compositor. */
#include <errno.h>
#include "world.h"

int test_publish(void);


struct fixture {
	struct world w;
	struct server s;
	struct node a;
	struct ua_publisher *p;
	unsigned etag;
	uint16_t status; /* of the next one alone; 0: 200 */
	const char *foreign; /* a tag that is answered 500 */
	const char *headers;
	bool silent;
};


static void esc_h(struct server *s, const struct msg *req, void *arg)
{
	struct fixture *f = arg;
	char headers[80];
	struct pl tag;

	if (req->method == MSG_REGISTER) {
		server_reply(s, req, 200, "t", NULL, NULL);
		return;
	}
	if (f->silent)
		return;
	if (f->foreign && msg_value(req, HDR_SIP_IF_MATCH, &tag) &&
		pl_streq(&tag, f->foreign)) {
		server_reply(s, req, 500, "t", NULL, NULL);
		return;
	}
	if (f->status) {
		server_reply(s, req, f->status, "t", f->headers, NULL);
		f->status = 0;
		return;
	}
	(void)snprintf(headers, sizeof(headers),
		"SIP-ETag: e%u\r\nExpires: 600\r\n", ++f->etag);
	server_reply(s, req, 200, "t", headers, NULL);
}


static void set(struct fixture *f, const char *text)
{
	struct pl pl = body(text);

	ua_publisher_set(f->p, &pl);
}


static struct fixture *fixture_open(void)
{
	struct fixture *f = mem_zalloc(sizeof(*f), NULL);

	world_open(&f->w, 13);
	server_open(&f->s, &f->w, "192.0.2.9", esc_h, f);
	node_open(&f->a, &f->w, "alice", "192.0.2.1", "sip:192.0.2.9");
	node_start(&f->a);
	assert_int_equal(
		ua_publisher_alloc(&f->p, f->a.ua, "presence",
			"application/pidf+xml", 3600, node_result_h, &f->a),
		0);
	return f;
}


static void fixture_close(struct fixture *f)
{
	mem_deref(f->p);
	node_close(&f->a);
	server_close(&f->s);
	world_close(&f->w);
	mem_deref(f);
}


static const struct msg *last(const struct fixture *f)
{
	return server_last(&f->s, "PUBLISH");
}


static size_t count(const struct fixture *f)
{
	return server_count(&f->s, "PUBLISH");
}


/* PU1, PU2: initial, modify, refresh, remove. */
static void test_life(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	set(f, "one");
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online result:200 ");
	assert_int_equal(count(f), 1);
	assert_pl(last(f)->uri_text, "sip:alice@example.org");
	assert_header(last(f), "Event", "presence");
	assert_header(last(f), "SIP-If-Match", "");
	assert_pl(last(f)->body, "one");
	set(f, "two");
	world_run(&f->w, 100);
	assert_log(&f->a, "result:200 ");
	assert_header(last(f), "SIP-If-Match", "e1");
	assert_pl(last(f)->body, "two");
	world_run(&f->w, 545 * 1000);
	assert_int_equal(count(f), 3);
	assert_header(last(f), "SIP-If-Match", "e2");
	assert_int_equal(last(f)->body.l, 0);
	assert_log(&f->a, "");
	ua_publisher_end(f->p, 2000, node_done_h, &f->a);
	world_run(&f->w, 100);
	assert_log(&f->a, "done ");
	assert_header(last(f), "SIP-If-Match", "e3");
	assert_header(last(f), "Expires", "0");
	assert_int_equal(last(f)->body.l, 0);
	world_run(&f->w, 4000 * 1000);
	assert_int_equal(count(f), 4);
	fixture_close(f);
}


/* PU3: 412 publishes anew, in full. */
static void test_412(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	set(f, "one");
	world_run(&f->w, 100);
	f->status = 412;
	world_run(&f->w, 541 * 1000);
	assert_int_equal(count(f), 3);
	assert_header(last(f), "SIP-If-Match", "");
	assert_pl(last(f)->body, "one");
	fixture_close(f);
}


static void test_423(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	f->status = 423;
	f->headers = "Min-Expires: 7200\r\n";
	set(f, "one");
	world_run(&f->w, 100);
	assert_int_equal(count(f), 2);
	assert_header(last(f), "Expires", "7200");
	assert_log(&f->a, "connecting online result:200 ");
	fixture_close(f);
}


/* PU3: 405 and 489 turn it off, told once, until the next sign-in. */
static void test_off(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	f->status = 489;
	set(f, "one");
	world_run(&f->w, 100);
	set(f, "two");
	world_run(&f->w, 4000 * 1000);
	assert_log(&f->a, "connecting online result:489 ");
	assert_int_equal(count(f), 1);
	ua_stop(f->a.ua, 1000, NULL, NULL);
	world_run(&f->w, 100);
	ua_start(f->a.ua);
	world_run(&f->w, 100);
	assert_log(&f->a, "offline connecting online result:200 ");
	assert_pl(last(f)->body, "two");
	fixture_close(f);
}


/* PU4: one at a time, the newest wins. */
static void test_one_at_a_time(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	world_run(&f->w, 100);
	f->silent = true;
	set(f, "one");
	world_run(&f->w, 100);
	set(f, "two");
	world_run(&f->w, 100);
	set(f, "three");
	world_run(&f->w, 100);
	assert_int_equal(count(f), 1);
	f->silent = false;
	world_run(&f->w, 1000);
	assert_pl(last(f)->body, "three");
	assert_header(last(f), "SIP-If-Match", "e1");
	assert_log(&f->a, "connecting online result:200 result:200 ");
	fixture_close(f);
}


/* Trouble heals by itself; a removal while a PUBLISH is under way waits. */
static void test_trouble(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	f->status = 500;
	f->headers = NULL;
	set(f, "one");
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online result:500 ");
	world_run(&f->w, 61 * 1000);
	assert_log(&f->a, "result:200 ");
	f->silent = true;
	set(f, "two");
	world_run(&f->w, 100);
	ua_publisher_end(f->p, 2000, node_done_h, &f->a);
	f->silent = false;
	world_run(&f->w, 1000);
	assert_log(&f->a, "done ");
	assert_header(last(f), "Expires", "0");
	assert_header(last(f), "SIP-If-Match", "e2");
	fixture_close(f);
}


/* A tag that 500 is said to twice is given up; to once, it is not. */
static void test_500(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	set(f, "one");
	world_run(&f->w, 100);
	f->status = 500;
	set(f, "two");
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online result:200 result:500 ");
	world_run(&f->w, 61 * 1000);
	assert_log(&f->a, "result:200 ");
	assert_header(last(f), "SIP-If-Match", "e1");
	f->foreign = "e2";
	set(f, "three");
	world_run(&f->w, 200 * 1000);
	assert_log(&f->a, "result:500 result:200 ");
	assert_header(last(f), "SIP-If-Match", "");
	assert_pl(last(f)->body, "three");
	fixture_close(f);
}


int test_publish(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_412),
		cmocka_unit_test(test_423),
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_trouble),
		cmocka_unit_test(test_500),
	};

	return cmocka_run_group_tests_name("publish", tests, NULL, NULL);
}
