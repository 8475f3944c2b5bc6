/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_watcher(void);


static enum endpoint_verdict authorize(
	struct endpoint *e, const char *peer, const char *name)
{
	struct pl pl = pl_str(name);

	return e->h.authorize(peer, &pl, "192.0.2.9", e->h.arg);
}


/* One event however often they ask; then what was decided. */
static void asked(void **state)
{
	static const struct {
		enum core_decision decision;
		const char *calls;
		enum endpoint_verdict verdict;
		bool note;
	} cases[] = {
		{CORE_ACCEPT, "decide " BOB " allow\n", ENDPOINT_ALLOW, true},
		{CORE_DECLINE, "decide " BOB " refuse\n", ENDPOINT_REFUSE,
			true},
		{CORE_BLOCK, "decide " BOB " polite-block\n",
			ENDPOINT_POLITE_BLOCK, true},
		{CORE_UNBLOCK, "decide " BOB " pending\n", ENDPOINT_PENDING,
			false},
	};
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *note = NULL;

		world_open(&w);
		a = world_online(&w, &e);
		assert_false(core_watcher_asks(a, BOB));
		assert_int_equal(
			authorize(e, BOB, "Bob\tMiller"), ENDPOINT_PENDING);
		assert_true(core_watcher_asks(a, BOB));
		assert_int_equal(authorize(e, BOB, "Bob"), ENDPOINT_PENDING);
		world_run(&w, 0);
		assert_log(&w, "watcher " BOB " Bob Miller\n");
		assert_int_equal(
			core_watcher_decide(a, BOB, cases[i].decision, &note),
			0);
		assert_false(core_watcher_asks(a, BOB));
		assert_calls(&w, cases[i].calls);
		assert_int_equal(authorize(e, BOB, "Bob"), cases[i].verdict);
		assert_int_equal(note != NULL, cases[i].note);
		assert_int_equal(core_watcher_blocked(a, BOB),
			cases[i].decision == CORE_BLOCK);
		mem_deref(note);
		world_close(&w);
	}
}


static void policies(void **state)
{
	static const struct {
		const char *accept;
		bool buddy;
		enum endpoint_verdict verdict;
	} cases[] = {
		{"ask", false, ENDPOINT_PENDING},
		{"ask", true, ENDPOINT_ALLOW},
		{"buddies", false, ENDPOINT_REFUSE},
		{"buddies", true, ENDPOINT_ALLOW},
		{"all", false, ENDPOINT_ALLOW},
	};
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		world_open(&w);
		a = world_online(&w, &e);
		core_account_set(a, "accept", cases[i].accept, NULL);
		if (cases[i].buddy)
			core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL);
		assert_int_equal(authorize(e, BOB, NULL), cases[i].verdict);
		world_close(&w);
	}
}


/* Adding somebody who waits, and a new policy, are answers too. */
static void answered_otherwise(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	authorize(e, BOB, NULL);
	authorize(e, KIM, NULL);
	core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL);
	assert_calls(&w, "watch " BOB "\ndecide " BOB " allow\n");
	core_account_set(a, "accept", "all", NULL);
	assert_calls(&w, "decide " KIM " allow\n");
	core_account_set(a, "accept", "buddies", NULL);
	assert_calls(&w, "");
	world_close(&w);
}


/* Found in the list but not added is no buddy; a block goes before all. */
static void blocked(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_buddy_found(a, KIM, "Kim", NULL, NULL, NULL);
	assert_int_equal(authorize(e, KIM, NULL), ENDPOINT_PENDING);
	core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL);
	core_watcher_decide(a, BOB, CORE_BLOCK, NULL);
	assert_int_equal(authorize(e, BOB, NULL), ENDPOINT_POLITE_BLOCK);
	world_quiet(&w);
	core_watcher_decide(a, BOB, CORE_UNBLOCK, NULL);
	assert_calls(&w, "decide " BOB " allow\n");
	world_close(&w);
}


static void limits(void **state)
{
	struct endpoint *e;
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	(void)world_online(&w, &e);
	for (i = 0; i < 10; i++)
		assert_int_equal(authorize(e, BOB, NULL), ENDPOINT_PENDING);
	assert_int_equal(authorize(e, BOB, NULL), ENDPOINT_BUSY);
	world_run(&w, 60000);
	assert_int_equal(authorize(e, BOB, NULL), ENDPOINT_PENDING);
	assert_log(&w, "watcher " BOB "\n");
	world_close(&w);
}


static void pending_bound(void **state)
{
	struct endpoint *e;
	struct world w;
	char peer[64];
	size_t i;

	(void)state;
	world_open(&w);
	(void)world_online(&w, &e);
	for (i = 0; i < 1000; i++) {
		snprintf(peer, sizeof(peer), "sip:u%zu@lab.test", i);
		assert_int_equal(authorize(e, peer, NULL), ENDPOINT_PENDING);
		world_run(&w, 10000);
	}
	/* One more takes the place of the oldest, who is new again. */
	mbuf_reset(w.log);
	assert_int_equal(authorize(e, BOB, NULL), ENDPOINT_PENDING);
	assert_int_equal(authorize(e, peer, NULL), ENDPOINT_PENDING);
	world_run(&w, 10000);
	assert_int_equal(
		authorize(e, "sip:u0@lab.test", NULL), ENDPOINT_PENDING);
	world_run(&w, 0);
	assert_log(&w,
		"settled sip:u0@lab.test\nwatcher " BOB "\n"
		"settled sip:u1@lab.test\nwatcher sip:u0@lab.test\n");
	world_close(&w);
}


/* What the server itself tells is bounded by nobody's rate, and a server that
 * acts by our decisions needs no excuse. */
static void server_tells(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	char peer[64], *note = NULL;
	size_t i;

	(void)state;
	world_open(&w);
	w.rules = ENDPOINT_RULES_KEPT;
	a = world_online(&w, &e);
	for (i = 0; i < 2 * 60; i++) {
		snprintf(peer, sizeof(peer), "sip:u%zu@lab.test", i);
		assert_int_equal(e->h.authorize(peer, NULL, NULL, e->h.arg),
			ENDPOINT_PENDING);
	}
	assert_int_equal(core_watcher_decide(a, peer, CORE_BLOCK, &note), 0);
	assert_null(note);
	world_close(&w);
}


/* The server and our own notifier tell of the same one: one event. Another
 * device answers: nobody is asked any more, and nothing is decided here. */
static void settled(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	e->h.settled(BOB, e->h.arg);
	assert_int_equal(
		e->h.authorize(BOB, NULL, NULL, e->h.arg), ENDPOINT_PENDING);
	assert_int_equal(authorize(e, BOB, "Bob"), ENDPOINT_PENDING);
	world_run(&w, 0);
	assert_log(&w, "watcher " BOB "\n");
	assert_true(core_watcher_asks(a, BOB));
	e->h.settled(KIM, e->h.arg);
	assert_true(core_watcher_asks(a, BOB));
	e->h.settled(BOB, e->h.arg);
	assert_false(core_watcher_asks(a, BOB));
	world_run(&w, 0);
	assert_log(&w,
		"settled " BOB "\n"
		"log info: " BOB " needs no answer any more: they got one "
		"from another device, or from the server\n");
	assert_calls(&w, "");
	/* Somebody decided about stays so. */
	core_watcher_decide(a, BOB, CORE_BLOCK, NULL);
	e->h.settled(BOB, e->h.arg);
	assert_true(core_watcher_blocked(a, BOB));
	assert_int_equal(e->h.authorize(BOB, NULL, NULL, e->h.arg),
		ENDPOINT_POLITE_BLOCK);
	world_run(&w, 0);
	assert_log(&w, "");
	world_close(&w);
}


int test_watcher(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asked),
		cmocka_unit_test(policies),
		cmocka_unit_test(answered_otherwise),
		cmocka_unit_test(blocked),
		cmocka_unit_test(limits),
		cmocka_unit_test(pending_bound),
		cmocka_unit_test(server_tells),
		cmocka_unit_test(settled),
	};

	return cmocka_run_group_tests_name("watcher", tests, NULL, NULL);
}
