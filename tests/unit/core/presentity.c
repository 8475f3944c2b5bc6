/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_presentity(void);


static void own(void **state)
{
	static const struct {
		const char *word;
		const char *note;
		const char *calls;
	} cases[] = {
		{"away", "lunch", "publish online away lunch 0\n"},
		{"busy", NULL, "publish online busy - 0\n"},
		{"invisible", NULL, "publish offline - - 1\n"},
		{"offline", "bye", "publish offline - bye 2\n"},
		{"online", "", "publish online - - 0\n"},
	};
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	char *why = NULL;
	size_t i;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	for (i = 0; i < UNIT_N(cases); i++) {
		assert_int_equal(core_presence_set(w.core, a, cases[i].word,
					 cases[i].note, NULL),
			0);
		assert_calls(&w, cases[i].calls);
		assert_string_equal(core_presence_word(a), cases[i].word);
	}
	assert_null(core_presence_note(a));
	assert_int_equal(
		core_presence_set(w.core, NULL, "hungry", NULL, &why), 64);
	assert_string_equal(why,
		"\"hungry\" is not one of online, away, busy, "
		"invisible, offline");
	/* For all accounts, those to come and those not signed in too. */
	assert_int_equal(
		core_presence_set(w.core, NULL, "away", "out", NULL), 0);
	assert_calls(&w, "publish online away out 0\n");
	(void)world_login(&w, world_account(&w, "home", KIM));
	assert_calls(&w, "publish online away out 0\nsign in " KIM "\n");
	mem_deref(why);
	world_close(&w);
}


/* Whatever is not known has a reason. */
static void theirs(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL);
	world_run(&w, 0);
	assert_log(&w,
		"account work offline\nbuddy " BOB " added\n"
		"presence " BOB " unknown: not signed in\n");
	e = world_login(&w, a);
	assert_log(&w,
		"account work connecting\n"
		"account work online 192.0.2.1:5060\n"
		"presence " BOB " unknown: waiting for an answer\n");
	fake_presence(
		e, BOB, PRESENCE_UNKNOWN, "waiting for approval", 0, false);
	fake_presence(e, BOB, PRESENCE_ONLINE, "hello", 0, false);
	fake_presence(e, BOB, PRESENCE_ONLINE, "hello", 0, false);
	fake_presence(e, BOB, PRESENCE_OFFLINE, NULL, 0, false);
	fake_presence(e, KIM, PRESENCE_ONLINE, NULL, 0, false);
	world_run(&w, 0);
	assert_log(&w,
		"presence " BOB " unknown: waiting for approval\n"
		"presence " BOB " online hello\n"
		"presence " BOB " offline\n");
	fake_state(e, ENDPOINT_CONNECTING, NULL);
	world_run(&w, 0);
	assert_log(&w,
		"account work connecting\n"
		"presence " BOB " unknown: connecting\n");
	assert_int_equal(core_presence_of(a, BOB)->state, PRESENCE_UNKNOWN);
	assert_string_equal(
		core_presence_of(a, KIM)->reason, "not in the list");
	world_close(&w);
}


static void fetch(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_presence_fetch(a, KIM, world_done, "one");
	core_presence_fetch(a, KIM, world_done, "two");
	assert_calls(&w, "fetch " KIM "\n");
	fake_presence(e, KIM, PRESENCE_OFFLINE, NULL, 0, true);
	world_run(&w, 0);
	assert_log(&w, "presence " KIM " offline\none: 0\ntwo: 0\n");
	assert_int_equal(core_presence_of(a, KIM)->state, PRESENCE_OFFLINE);

	core_presence_fetch(a, KIM, world_done, "one");
	fake_presence(e, KIM, PRESENCE_UNKNOWN, "Not Found", 404, true);
	world_run(&w, 0);
	assert_log(&w,
		"presence " KIM " unknown: Not Found\n"
		"one: 69 Not Found\n");
	core_presence_fetch(a, KIM, world_done, "one");
	fake_presence(e, KIM, PRESENCE_UNKNOWN, "no answer", 0, true);
	core_presence_fetch(a, KIM, world_done, "two");
	core_logout(a, NULL, NULL);
	core_presence_fetch(a, KIM, world_done, "three");
	fake_signed_out(e);
	world_run(&w, 0);
	assert_log(&w,
		"presence " KIM " unknown: no answer\n"
		"one: 75 no answer\n"
		"presence " KIM " unknown: not signed in\n"
		"three: 75 not signed in\n"
		"presence " KIM " unknown: not signed in\n"
		"two: 75 not signed in\n"
		"account work offline\n");
	world_close(&w);
}


/* A refused question does not undo what a watch has told. */
static void fetch_buddy(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL);
	fake_presence(e, BOB, PRESENCE_ONLINE, NULL, 0, false);
	core_presence_fetch(a, BOB, world_done, "one");
	fake_presence(e, BOB, PRESENCE_UNKNOWN, "busy", 486, true);
	assert_int_equal(core_presence_of(a, BOB)->state, PRESENCE_ONLINE);
	fake_presence(e, BOB, PRESENCE_OFFLINE, NULL, 0, true);
	assert_int_equal(core_presence_of(a, BOB)->state, PRESENCE_OFFLINE);
	world_close(&w);
}


static void fetched_bound(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	char peer[64];
	size_t i;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	for (i = 0; i <= 1000; i++) {
		snprintf(peer, sizeof(peer), "sip:u%zu@lab.test", i);
		fake_presence(e, peer, PRESENCE_ONLINE, NULL, 0, true);
	}
	assert_int_equal(core_presence_of(a, "sip:u0@lab.test")->state,
		PRESENCE_UNKNOWN);
	assert_int_equal(
		core_presence_of(a, "sip:u1@lab.test")->state, PRESENCE_ONLINE);
	assert_int_equal(core_presence_of(a, peer)->state, PRESENCE_ONLINE);
	world_close(&w);
}


int test_presentity(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own),
		cmocka_unit_test(theirs),
		cmocka_unit_test(fetch),
		cmocka_unit_test(fetch_buddy),
		cmocka_unit_test(fetched_bound),
	};

	return cmocka_run_group_tests_name("presentity", tests, NULL, NULL);
}
