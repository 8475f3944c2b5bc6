/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "world.h"

int test_incoming(void);


/* Promise 1: no 200 before the store's completion, no event before it. */
static void stored_first(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	assert_int_equal(
		core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL), 0);
	world_run(&w, 0);
	world_quiet(&w);
	w.hold = true;
	fake_message(e, BOB, "hi", 7);
	world_run(&w, 9000);
	assert_calls(&w, "");
	assert_log(&w, "");
	w.hold = false;
	world_run(&w, 0);
	assert_calls(&w, "answer " BOB " 200 0\n");
	assert_log(&w, "message in " BOB " hi\n");
	assert_int_equal(core_chat_unread(core_chat_find(a, BOB)), 1);
	/* Seen again: answered, not shown. */
	fake_message(e, BOB, "hi", 7);
	world_run(&w, 0);
	assert_calls(&w, "answer " BOB " 200 0\n");
	assert_log(&w, "");
	assert_int_equal(core_chat_unread(core_chat_find(a, BOB)), 1);
	core_chat_read(core_chat_find(a, BOB));
	assert_int_equal(core_chat_unread(core_chat_find(a, BOB)), 0);
	world_close(&w);
}


static void store_fails(void **state)
{
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	(void)world_online(&w, &e);
	w.add_err = EIO;
	fake_message(e, BOB, "hi", 7);
	world_run(&w, 0);
	assert_calls(&w, "answer " BOB " 500 10\n");
	assert_log(&w,
		"log error: the store failed: a message from " BOB
		" was not taken: Input/output error\n");
	w.add_err = 0;
	fake_message(e, BOB, "hi", 7);
	world_run(&w, 0);
	assert_calls(&w, "answer " BOB " 200 0\n");
	assert_log(&w, "message in " BOB " hi stranger\n");
	world_close(&w);
}


/* So many wait for a slow disk, answered by now or not, and no more. */
static void store_is_slow(void **state)
{
	enum { MANY = 10000 };
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	unsigned i;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	/* No stranger, who has limits of his own. */
	assert_int_equal(
		core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL), 0);
	world_run(&w, 0);
	world_quiet(&w);
	w.hold = true;
	for (i = 1; i <= MANY; i++)
		fake_message(e, BOB, "hi", i);
	assert_calls(&w, "");
	fake_message(e, BOB, "hi", i);
	assert_calls(&w, "answer " BOB " 503 10\n");
	w.hold = false;
	world_run(&w, 0);
	world_quiet(&w);
	fake_message(e, BOB, "hi", i);
	world_run(&w, 0);
	assert_calls(&w, "answer " BOB " 200 0\n");
	world_close(&w);
}


static void policies(void **state)
{
	static const struct {
		const char *accept;
		bool buddy, accepted, blocked;
		const char *calls;
		const char *log;
	} cases[] = {
		{"ask", false, false, false, "answer " BOB " 200 0\n",
			"message in " BOB " hi stranger\n"},
		{"ask", true, false, false, "answer " BOB " 200 0\n",
			"message in " BOB " hi\n"},
		{"ask", false, true, false, "answer " BOB " 200 0\n",
			"message in " BOB " hi\n"},
		{"ask", true, false, true, "answer " BOB " 403 0\n", ""},
		{"buddies", false, false, false, "answer " BOB " 403 0\n", ""},
		{"buddies", true, false, false, "answer " BOB " 200 0\n",
			"message in " BOB " hi\n"},
		{"all", false, false, false, "answer " BOB " 200 0\n",
			"message in " BOB " hi\n"},
		{"all", false, false, true, "answer " BOB " 403 0\n", ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct core_account *a;
		struct endpoint *e;
		struct world w;

		world_open(&w);
		a = world_online(&w, &e);
		assert_int_equal(
			core_account_set(a, "accept", cases[i].accept, NULL),
			0);
		if (cases[i].buddy)
			core_buddy_add(a, "sips:bob@example.org", NULL, NULL,
				NULL, NULL, NULL);
		if (cases[i].accepted)
			core_watcher_decide(a, BOB, CORE_ACCEPT, NULL);
		if (cases[i].blocked)
			core_watcher_decide(a, BOB, CORE_BLOCK, NULL);
		world_run(&w, 0);
		world_quiet(&w);
		fake_message(e, BOB, "hi", 1);
		world_run(&w, 0);
		assert_calls(&w, cases[i].calls);
		assert_log(&w, cases[i].log);
		world_close(&w);
	}
}


/* Ten a minute from one source, sixty from all, for strangers alone. */
static void limits(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	uint64_t i;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	for (i = 0; i < 10; i++) {
		fake_message(e, KIM, "hi", 100 + i);
		world_run(&w, 1000);
		assert_calls(&w, "answer " KIM " 200 0\n");
	}
	fake_message(e, KIM, "hi", 200);
	assert_calls(&w, "answer " KIM " 503 50\n");
	world_run(&w, 49000);
	fake_message(e, KIM, "hi", 201);
	assert_calls(&w, "answer " KIM " 503 1\n");
	world_run(&w, 1000);
	fake_message(e, KIM, "hi", 202);
	world_run(&w, 0);
	assert_calls(&w, "answer " KIM " 200 0\n");

	/* The minute is over; sixty sources get one each, the next none. */
	world_run(&w, 60000);
	for (i = 0; i < 60; i++) {
		char source[32];

		snprintf(source, sizeof(source), "192.0.2.%u", (unsigned)i);
		fake_message_from(e, KIM, "hi", 300 + i, source);
		world_run(&w, 0);
		assert_calls(&w, "answer " KIM " 200 0\n");
	}
	fake_message_from(e, KIM, "hi", 400, "198.51.100.1");
	assert_calls(&w, "answer " KIM " 503 60\n");

	/* People in the list are not counted, and nobody is with all. */
	core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL);
	world_run(&w, 0);
	world_quiet(&w);
	fake_message(e, BOB, "hi", 401);
	world_run(&w, 0);
	assert_calls(&w, "answer " BOB " 200 0\n");
	assert_int_equal(core_account_set(a, "accept", "all", NULL), 0);
	fake_message(e, KIM, "hi", 402);
	world_run(&w, 0);
	assert_calls(&w, "answer " KIM " 200 0\n");
	world_close(&w);
}


/* The account goes between the arrival and the store's completion: the text
 * is stored, so it is answered. */
static void account_removed(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	w.hold = true;
	fake_message(e, BOB, "hi", 1);
	assert_int_equal(core_account_remove(a, NULL), 0);
	fake_message(e, BOB, "late", 2);
	assert_calls(&w, "sign out " ALICE " 2000\nanswer " BOB " 503 10\n");
	fake_signed_out(e);
	w.hold = false;
	world_run(&w, 0);
	assert_calls(&w, "answer " BOB " 200 0\n");
	assert_log(&w, "account work offline\n");
	world_close(&w);
}


/* The core goes: unanswered, which is a 500. */
static void core_gone(void **state)
{
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	(void)world_online(&w, &e);
	w.hold = true;
	fake_message(e, BOB, "hi", 1);
	w.core = mem_deref(w.core);
	assert_calls(&w, "answer " BOB " 500 unanswered\n");
	world_close(&w);
}


static void typing_ends(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL);
	world_run(&w, 0);
	world_quiet(&w);
	e->h.typing(BOB, true, e->h.arg);
	e->h.typing(BOB, true, e->h.arg);
	world_run(&w, 0);
	assert_log(&w, "typing " BOB " on\n");
	fake_message(e, BOB, "hi", 1);
	world_run(&w, 0);
	assert_log(&w, "typing " BOB " off\nmessage in " BOB " hi\n");
	world_close(&w);
}


/* Any number of made-up senders leaves a bounded number of chats, whether
 * they are strangers or anybody may write. */
static void many_chats(const char *accept)
{
	struct core_account *a;
	struct endpoint *e;
	struct core_chat *c;
	struct world w;
	size_t i, n = 0;

	world_open(&w);
	a = world_online(&w, &e);
	assert_int_equal(core_account_set(a, "accept", accept, NULL), 0);
	fake_message(e, KIM, "hi", 1);
	world_run(&w, 0);
	core_typing(core_chat_find(a, KIM), true); /* nothing goes out */
	assert_int_equal(
		core_send(core_chat_find(a, KIM), "yes?", NULL, NULL, NULL), 0);
	for (i = 0; i < 1500; i++) {
		char peer[64];

		snprintf(peer, sizeof(peer), "sip:u%zu@example.com", i);
		fake_message_from(e, peer, "hi", i + 2, peer);
		world_run(&w, 1000);
	}
	for (c = core_chat_first(w.core); c; c = core_chat_next(c))
		n++;
	assert_true(n <= 1000);
	assert_non_null(core_chat_find(a, KIM));
	assert_null(core_chat_find(a, "sip:u1@example.com"));
	world_close(&w);
}


static void stranger_chats(void **state)
{
	(void)state;
	many_chats("ask");
	many_chats("all");
}


int test_incoming(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stored_first),
		cmocka_unit_test(store_fails),
		cmocka_unit_test(store_is_slow),
		cmocka_unit_test(policies),
		cmocka_unit_test(limits),
		cmocka_unit_test(account_removed),
		cmocka_unit_test(core_gone),
		cmocka_unit_test(typing_ends),
		cmocka_unit_test(stranger_chats),
	};

	return cmocka_run_group_tests_name("incoming", tests, NULL, NULL);
}
