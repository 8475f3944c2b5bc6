/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_watch.c - watching and asking once, without a server. */
#include "people.h"


int test_simple_watch(void);


/* What a watcher sees by what the watched one says of him. */
static void test_verdicts(void **state)
{
	static const struct {
		enum endpoint_verdict verdict;
		const char *seen;
		const char *fetched;
		uint16_t code;
	} rows[] = {
		{ENDPOINT_ALLOW, "bob=online ", "bob?=online ", 0},
		{ENDPOINT_POLITE_BLOCK, "bob=offline ", "bob?=offline ", 0},
		{ENDPOINT_PENDING, "bob=unknown(waiting for approval) ",
			"bob?=unknown(nobody decided about the "
			"subscription) ",
			0},
		{ENDPOINT_REFUSE, "bob=unknown(declined) ",
			"bob?=unknown(declined) ", 403},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct two *t = two_open();

		t->b.watchers = rows[i].verdict;
		endpoint_watch(t->a.e, t->b.aor);
		assert_log(&t->a, "");
		two_run(t, 100);
		assert_non_null(strstr(t->a.log, rows[i].seen));
		assert_int_equal(t->a.code, rows[i].code);
		assert_log(&t->b, "alice:watches ");
		t->a.log[0] = '\0';
		endpoint_fetch(t->a.e, t->b.aor);
		two_run(t, 6000);
		assert_log(&t->a, rows[i].fetched);
		two_close(t);
	}
}


static void test_decided_later(void **state)
{
	struct two *t = two_open();

	(void)state;
	t->b.watchers = ENDPOINT_PENDING;
	endpoint_watch(t->a.e, t->b.aor);
	two_run(t, 100);
	t->a.log[0] = '\0';
	endpoint_decide(t->b.e, t->a.aor, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	two_run(t, 100);
	assert_log(&t->a, "bob=online ");
	endpoint_decide(
		t->b.e, t->a.aor, ENDPOINT_POLITE_BLOCK, ENDPOINT_POLITE_BLOCK);
	two_run(t, 6000);
	assert_log(&t->a, "bob=offline ");
	endpoint_decide(t->b.e, t->a.aor, ENDPOINT_REFUSE, ENDPOINT_REFUSE);
	two_run(t, 6000);
	assert_log(&t->a, "bob=unknown(declined) ");
	assert_int_equal(t->a.code, 403);
	two_close(t);
}


/* Over the limit: 503, tried again by itself. */
static void test_busy(void **state)
{
	struct two *t = two_open();

	(void)state;
	t->b.watchers = ENDPOINT_BUSY;
	endpoint_watch(t->a.e, t->b.aor);
	two_run(t, 100);
	assert_int_equal(t->a.code, 503);
	t->b.watchers = ENDPOINT_ALLOW;
	t->a.log[0] = '\0';
	two_run(t, 70 * 1000);
	assert_non_null(strstr(t->a.log, "bob=online "));
	two_close(t);
}


static void test_unwatch(void **state)
{
	struct two *t = two_open();

	(void)state;
	endpoint_watch(t->a.e, t->b.aor);
	endpoint_watch(t->a.e, t->b.aor);
	two_run(t, 100);
	endpoint_unwatch(t->a.e, t->b.aor);
	endpoint_unwatch(t->a.e, t->b.aor);
	t->a.log[0] = '\0';
	person_publish(&t->b, ENDPOINT_HIDDEN);
	two_run(t, 20 * 1000);
	assert_log(&t->a, "");
	endpoint_watch(t->a.e, t->b.aor);
	two_run(t, 100);
	assert_non_null(strstr(t->a.log, "bob=offline "));
	/* No address at all. */
	t->a.log[0] = '\0';
	endpoint_watch(t->a.e, "tel:bob@192.0.2.2");
	two_run(t, 100);
	assert_log(&t->a, "bob=unknown(this is no SIP address) ");
	two_close(t);
}


/*
 * The first one's SUBSCRIBE is refused as nobody is there. By whatever the
 * other one, once it has come, shows itself: the watch is tried at once.
 */
static void test_one_after_the_other(void **state)
{
	static const char *const by[] = {"watch", "text", "invite"};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(by); i++) {
		struct two *t = two_make();

		person_start(&t->a);
		two_run(t, 10);
		endpoint_watch(t->a.e, t->b.aor);
		two_run(t, 10 * 1000);
		assert_non_null(strstr(t->a.log, "bob=unknown("));
		assert_null(strstr(t->a.log, "bob=online"));
		t->a.log[0] = '\0';
		person_start(&t->b);
		two_run(t, 10);
		if (i == 0)
			endpoint_watch(t->b.e, t->a.aor);
		else if (i == 1)
			endpoint_send(t->b.e, t->a.aor, "hi", 1);
		else
			endpoint_chat_open(t->b.e, t->a.aor);
		two_run(t, 100);
		assert_non_null(strstr(t->a.log, "bob=online "));
		two_close(t);
	}
}


/* ... but not more than once in 5 s a peer. */
static void test_signs_of_life_bounded(void **state)
{
	struct two *t = two_open();
	size_t i, asked = 0;
	const char *s;

	(void)state;
	t->b.watchers = ENDPOINT_REFUSE;
	endpoint_watch(t->a.e, t->b.aor);
	two_run(t, 100);
	t->b.log[0] = '\0';
	for (i = 0; i < 20; i++) {
		endpoint_send(t->b.e, t->a.aor, "hi", i);
		two_run(t, 500);
	}
	for (s = t->b.log; (s = strstr(s, "alice:watches ")); s++)
		asked++;
	assert_in_range(asked, 2, 3);
	two_close(t);
}


/* A sign of life too early is not lost: asked once the 5 s are over. */
static void test_sign_of_life_kept(void **state)
{
	struct two *t = two_open();

	(void)state;
	endpoint_watch(t->a.e, t->b.aor);
	endpoint_watch(t->b.e, t->a.aor);
	two_run(t, 1000);
	endpoint_sign_out(t->b.e, 2000, NULL, NULL);
	two_run(t, 1000);
	t->a.log[0] = '\0';
	endpoint_sign_in(t->b.e);
	two_run(t, 6000);
	assert_non_null(strstr(t->a.log, "bob=online "));
	two_close(t);
}


/* The watched one is gone without a word and started anew: its SUBSCRIBE
 * shows that ours is worth nothing there any more. */
static void started_anew(uint64_t ms)
{
	struct two *t = two_open();

	endpoint_watch(t->a.e, t->b.aor);
	two_run(t, ms);
	t->b.e = mem_deref(t->b.e);
	t->b.stack = mem_deref(t->b.stack);
	t->a.log[0] = '\0';
	person_start(&t->b);
	two_run(t, 10);
	person_publish(&t->b, ENDPOINT_INVISIBLE);
	endpoint_watch(t->b.e, t->a.aor);
	two_run(t, 11 * 1000);
	assert_non_null(strstr(t->a.log, "bob=offline "));
	two_close(t);
}


static void test_peer_started_anew(void **state)
{
	(void)state;
	started_anew(500);
	started_anew(20 * 1000);
}


/* A fetch of somebody who is not there ends with a reason, once. */
static void test_fetch_nobody(void **state)
{
	struct two *t = two_make();

	(void)state;
	person_start(&t->a);
	two_run(t, 10);
	t->a.log[0] = '\0';
	endpoint_fetch(t->a.e, t->b.aor);
	two_run(t, 40 * 1000);
	assert_int_equal(strncmp(t->a.log, "bob?=unknown(", 13), 0);
	assert_null(strstr(t->a.log + 1, "bob?="));
	/* Signed out while it waits. */
	t->a.log[0] = '\0';
	endpoint_fetch(t->a.e, "sip:kim@192.0.2.99");
	two_run(t, 10);
	endpoint_sign_out(t->a.e, 100, NULL, NULL);
	two_run(t, 1000);
	assert_non_null(strstr(t->a.log, "kim?=unknown("));
	two_close(t);
}


int test_simple_watch(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_decided_later),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_unwatch),
		cmocka_unit_test(test_one_after_the_other),
		cmocka_unit_test(test_signs_of_life_bounded),
		cmocka_unit_test(test_sign_of_life_kept),
		cmocka_unit_test(test_peer_started_anew),
		cmocka_unit_test(test_fetch_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
