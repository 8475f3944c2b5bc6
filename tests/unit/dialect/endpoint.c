/* SPDX-License-Identifier: GPL-3.0-or-later */
/* endpoint.c - signing in and out, and owners who leave in a handler. */
#include <errno.h>
#include "people.h"


int test_endpoint(void);


static void test_refused_settings(void **state)
{
	static const struct endpoint_handlers none;
	struct two *t = two_open();
	struct endpoint_config config = t->a.config;
	struct endpoint *e = NULL;
	char *why = NULL;

	(void)state;
	config.listen = "nonsense";
	assert_int_equal(
		endpoint_alloc(&e, t->a.stack, &config, &none, &why), EINVAL);
	assert_non_null(why);
	assert_null(e);
	mem_deref(why);
	two_close(t);
}


/* Everything is open: each ends, side by side, once, within the limit. */
static void test_sign_out(void **state)
{
	struct two *t = two_open();

	(void)state;
	endpoint_watch(t->a.e, t->b.aor);
	endpoint_watch(t->b.e, t->a.aor);
	endpoint_chat_open(t->a.e, t->b.aor);
	two_run(t, 6000);
	assert_non_null(strstr(t->a.log, "bob:open/session/us "));
	assert_non_null(strstr(t->b.log, "alice=online "));
	endpoint_typing(t->a.e, t->b.aor, true);
	two_run(t, 10);
	t->a.log[0] = t->b.log[0] = '\0';
	t->b.answer = 0;
	endpoint_send(t->a.e, t->b.aor, "bye", 7);
	two_run(t, 10);
	endpoint_sign_out(t->a.e, 2000, person_done_h, &t->a);
	/* Nothing is heard from within a call. */
	assert_log(&t->a, "");
	two_run(t, 2100);
	assert_log(&t->a,
		"bob:closed/session/us 7=unknown/session offline done "
		"bob=unknown(not signed in) ");
	assert_non_null(strstr(t->b.log, "alice:closed/session/them "));
	assert_non_null(strstr(t->b.log, "alice=offline "));
	two_close(t);
}


/* Presence both ways and a session are there again after a new sign-in. */
static void test_sign_in_again(void **state)
{
	struct two *t = two_open();

	(void)state;
	endpoint_watch(t->a.e, t->b.aor);
	endpoint_watch(t->b.e, t->a.aor);
	two_run(t, 6000);
	endpoint_sign_out(t->a.e, 2000, person_done_h, &t->a);
	two_run(t, 2100);
	assert_non_null(strstr(t->a.log, "done "));
	t->a.log[0] = t->b.log[0] = '\0';
	endpoint_sign_in(t->a.e);
	two_run(t, 10 * 1000);
	assert_non_null(strstr(t->a.log, "bob=online "));
	assert_non_null(strstr(t->b.log, "alice=online "));
	endpoint_chat_open(t->a.e, t->b.aor);
	two_run(t, 100);
	assert_non_null(strstr(t->a.log, "bob:open/session/us "));
	two_close(t);
}


/* A sign-in within a sign-out wins; the later sign-out takes it back. */
static void test_changes_of_mind(void **state)
{
	struct two *t = two_open();

	(void)state;
	endpoint_sign_out(t->a.e, 2000, person_done_h, &t->a);
	endpoint_sign_in(t->a.e);
	two_run(t, 3000);
	assert_log(&t->a, "offline done connecting online ");
	endpoint_sign_out(t->a.e, 2000, person_done_h, &t->a);
	endpoint_sign_in(t->a.e);
	endpoint_sign_out(t->a.e, 2000, person_done_h, &t->a);
	two_run(t, 3000);
	assert_log(&t->a, "offline done done ");
	/* Nothing to leave: told all the same. */
	endpoint_sign_out(t->a.e, 2000, person_done_h, &t->a);
	two_run(t, 3000);
	assert_non_null(strstr(t->a.log, "done "));
	two_close(t);
}


/* What cannot leave now comes back at once. */
static void test_offline(void **state)
{
	struct two *t = two_make();

	(void)state;
	person_start(&t->a);
	two_run(t, 10);
	endpoint_sign_out(t->a.e, 2000, NULL, NULL);
	two_run(t, 10);
	t->a.log[0] = '\0';
	endpoint_send(t->a.e, t->b.aor, "hi", 1);
	endpoint_chat_open(t->a.e, t->b.aor);
	endpoint_typing(t->a.e, t->b.aor, true);
	endpoint_watch(t->a.e, t->b.aor);
	endpoint_fetch(t->a.e, t->b.aor);
	endpoint_unwatch(t->a.e, "sip:nobody@192.0.2.7");
	endpoint_chat_close(t->a.e, "sip:nobody@192.0.2.7");
	two_run(t, 10);
	assert_non_null(strstr(t->a.log, "1=later "));
	assert_non_null(strstr(t->a.log, "bob:closed/page/error "));
	assert_non_null(strstr(t->a.log, "bob=unknown(not signed in) "));
	assert_non_null(strstr(t->a.log, "bob?=unknown(not signed in) "));
	assert_string_equal(t->a.why, "not signed in");
	two_close(t);
}


/* The owner frees the endpoint in whatever handler: nothing is heard after
 * that, and nothing breaks (the sanitizers watch). */
static void test_freed_in_handler(void **state)
{
	static const char *const bombs[] = {"connecting ", "online ",
		"bob=unknown", "bob=online", "bob?=", "bob:watches ",
		"bob:opening/", "bob:open/", "bob:typing ", "bob:idle ",
		"bob:hi", "bob::hi", "1=delivered/page ",
		"2=delivered/session ", "bob:closed/", "offline "};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(bombs); i++) {
		struct two *t = two_make();
		struct person *a = &t->a;
		unsigned step;
		size_t len;

		a->bomb = bombs[i];
		person_start(a);
		person_start(&t->b);
		for (step = 0; step < 9; step++) {
			two_run(t, 100);
			if (!a->e)
				break;
			switch (step) {
			case 0:
				endpoint_watch(a->e, t->b.aor);
				endpoint_fetch(a->e, t->b.aor);
				break;
			case 1:
				endpoint_watch(t->b.e, a->aor);
				endpoint_send(a->e, t->b.aor, "hello", 1);
				endpoint_send(t->b.e, a->aor, "hi", 1);
				break;
			case 2:
				endpoint_chat_open(a->e, t->b.aor);
				break;
			case 3:
				endpoint_send(a->e, t->b.aor, "hello", 2);
				endpoint_typing(t->b.e, a->aor, true);
				break;
			case 4:
				endpoint_send(t->b.e, a->aor, "hi", 2);
				break;
			case 5:
				endpoint_chat_close(t->b.e, a->aor);
				break;
			case 6:
				endpoint_chat_open(a->e, t->b.aor);
				break;
			case 7:
				endpoint_sign_out(a->e, 2000, NULL, NULL);
				break;
			}
		}
		if (a->e)
			fail_msg("never heard: %s (%s)", bombs[i], a->log);
		len = strlen(a->log);
		two_run(t, 60 * 1000);
		assert_int_equal(strlen(a->log), len);
		two_close(t);
	}
}


/* Several things are to be told in one turn: the first hearer leaves. */
static void test_silent_once_freed(void **state)
{
	struct two *t = two_open();

	(void)state;
	endpoint_sign_out(t->a.e, 2000, NULL, NULL);
	two_run(t, 100);
	t->a.log[0] = '\0';
	t->a.bomb = "1=later ";
	endpoint_send(t->a.e, t->b.aor, "one", 1);
	endpoint_send(t->a.e, t->b.aor, "two", 2);
	endpoint_send(t->a.e, t->b.aor, "three", 3);
	two_run(t, 1000);
	assert_null(t->a.e);
	assert_log(&t->a, "1=later ");
	two_close(t);
}


/* Freed while everything is under way. */
static void test_freed_at_any_time(void **state)
{
	uint64_t ms;

	(void)state;
	for (ms = 0; ms < 60; ms += 4) {
		struct two *t = two_open();
		const struct memnet_faults slow = {
			.delay_min = 5, .delay_max = 20};

		memnet_set_faults(t->w.mn, &slow);
		endpoint_watch(t->a.e, t->b.aor);
		endpoint_fetch(t->a.e, t->b.aor);
		endpoint_chat_open(t->a.e, t->b.aor);
		endpoint_typing(t->a.e, t->b.aor, true);
		endpoint_send(t->a.e, t->b.aor, "hi", 1);
		endpoint_send(t->b.e, t->a.aor, "hi", 1);
		if (ms % 8)
			endpoint_sign_out(t->a.e, 2000, person_done_h, &t->a);
		two_run(t, ms);
		t->a.e = mem_deref(t->a.e);
		t->a.log[0] = '\0';
		two_run(t, 60 * 1000);
		assert_log(&t->a, "");
		two_close(t);
	}
}


int test_endpoint(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused_settings),
		cmocka_unit_test(test_sign_out),
		cmocka_unit_test(test_sign_in_again),
		cmocka_unit_test(test_changes_of_mind),
		cmocka_unit_test(test_offline),
		cmocka_unit_test(test_freed_in_handler),
		cmocka_unit_test(test_silent_once_freed),
		cmocka_unit_test(test_freed_at_any_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
