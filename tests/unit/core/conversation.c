/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_conversation(void);


static void opens(void **state)
{
	struct core_account *a;
	struct core_chat *c;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	c = core_chat_get(a, BOB);
	assert_ptr_equal(core_chat_get(a, BOB), c);
	assert_string_equal(core_chat_state(c), "closed");
	assert_null(core_chat_via(c));
	/* Looking at a chat sends nothing. */
	assert_calls(&w, "");
	core_chat_open(c, world_done, "open");
	assert_calls(&w, "open " BOB "\n");
	fake_chat(e, BOB, ENDPOINT_CHAT_OPENING, ENDPOINT_BY_US, NULL, 0);
	fake_chat(e, BOB, ENDPOINT_CHAT_OPENING, ENDPOINT_BY_US, NULL, 0);
	fake_chat(e, BOB, ENDPOINT_CHAT_OPEN, ENDPOINT_BY_US, NULL, 0);
	world_run(&w, 0);
	assert_log(&w,
		"chat " BOB " opening page us\n"
		"chat " BOB " open page us\nopen: 0\n");
	assert_string_equal(core_chat_via(c), "page");
	core_chat_open(c, world_done, "open");
	world_run(&w, 0);
	assert_log(&w, "open: 0\n");
	assert_calls(&w, "");
	core_chat_close(c, world_done, "close");
	assert_calls(&w, "close " BOB "\n");
	fake_chat(e, BOB, ENDPOINT_CHAT_CLOSED, ENDPOINT_BY_US, NULL, 0);
	world_run(&w, 0);
	assert_log(&w, "chat " BOB " closed page us\nclose: 0\n");
	assert_null(core_chat_via(c));
	core_chat_close(c, world_done, "close");
	world_run(&w, 0);
	assert_log(&w, "close: 0\n");
	world_close(&w);
}


static void refused(void **state)
{
	static const struct {
		enum endpoint_by by;
		const char *why;
		uint16_t code;
		const char *log;
	} cases[] = {
		{ENDPOINT_BY_THEM, "Busy Here", 486,
			"chat " BOB " closed page them: Busy Here\n"
			"open: 69 Busy Here\n"},
		{ENDPOINT_BY_ERROR, "timeout", 408,
			"chat " BOB " closed page error: timeout\n"
			"open: 75 timeout\n"},
		{ENDPOINT_BY_ERROR, "no flow", 0,
			"chat " BOB " closed page error: no flow\n"
			"open: 75 no flow\n"},
		{ENDPOINT_BY_ERROR, "Not Found", 404,
			"chat " BOB " closed page error: Not Found\n"
			"open: 69 Not Found\n"},
		{ENDPOINT_BY_US, NULL, 0,
			"chat " BOB " closed page us\nopen: 69 closed\n"},
	};
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		world_open(&w);
		a = world_online(&w, &e);
		core_chat_open(core_chat_get(a, BOB), world_done, "open");
		fake_chat(
			e, BOB, ENDPOINT_CHAT_OPENING, ENDPOINT_BY_US, NULL, 0);
		world_run(&w, 0);
		world_quiet(&w);
		fake_chat(e, BOB, ENDPOINT_CHAT_CLOSED, cases[i].by,
			cases[i].why, cases[i].code);
		world_run(&w, 0);
		assert_log(&w, cases[i].log);
		world_close(&w);
	}
}


static void not_signed_in(void **state)
{
	struct core_account *a;
	struct core_chat *c;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	c = core_chat_get(a, BOB);
	core_chat_open(c, world_done, "open");
	core_typing(c, true);
	core_chat_close(c, world_done, "close");
	world_run(&w, 0);
	assert_log(&w,
		"account work offline\nopen: 75 not signed in\n"
		"close: 0\n");
	assert_calls(&w, "");
	world_close(&w);
}


/* Signing out closes what is open and ends their typing. */
static void signed_out(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL);
	fake_chat(e, BOB, ENDPOINT_CHAT_OPEN, ENDPOINT_BY_THEM, NULL, 0);
	e->h.typing(BOB, true, e->h.arg);
	core_chat_open(core_chat_get(a, KIM), world_done, "open");
	core_logout(a, NULL, NULL);
	world_run(&w, 0);
	world_quiet(&w);
	fake_signed_out(e);
	world_run(&w, 0);
	assert_log(&w,
		"typing " BOB " off\n"
		"chat " BOB " closed page us: not signed in\n"
		"open: 75 not signed in\n"
		"account work offline\n"
		"presence " BOB " unknown: not signed in\n");
	world_close(&w);
}


static void invites(void **state)
{
	static const struct {
		const char *accept;
		bool buddy, blocked;
		enum endpoint_verdict verdict;
		const char *log;
	} cases[] = {
		{"ask", false, false, ENDPOINT_PENDING,
			"chat " BOB " opening session them\n"},
		{"ask", true, false, ENDPOINT_ALLOW, ""},
		{"ask", true, true, ENDPOINT_REFUSE, ""},
		{"buddies", false, false, ENDPOINT_REFUSE, ""},
		{"buddies", true, false, ENDPOINT_ALLOW, ""},
		{"all", false, false, ENDPOINT_ALLOW, ""},
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
		if (cases[i].blocked)
			core_watcher_decide(a, BOB, CORE_BLOCK, NULL);
		world_run(&w, 0);
		world_quiet(&w);
		assert_int_equal(e->h.invite(BOB, NULL, "192.0.2.9", e->h.arg),
			cases[i].verdict);
		world_run(&w, 0);
		assert_log(&w, cases[i].log);
		world_close(&w);
	}
}


/* A stranger's INVITE rings until the user opens the chat; he learns of no
 * key before he is accepted. */
static void stranger(void **state)
{
	struct core_account *a;
	struct core_chat *c;
	struct endpoint *e;
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	e->h.invite(BOB, NULL, "192.0.2.9", e->h.arg);
	c = core_chat_find(a, BOB);
	assert_non_null(c);
	core_typing(c, true);
	assert_calls(&w, "");
	core_chat_open(c, world_done, "open");
	assert_calls(&w, "open " BOB "\n");
	fake_chat(e, BOB, ENDPOINT_CHAT_OPEN, ENDPOINT_BY_THEM, NULL, 0);
	world_run(&w, 0);
	assert_log(&w,
		"chat " BOB " opening session them\n"
		"chat " BOB " open page them\nopen: 0\n");
	core_typing(c, true);
	assert_calls(&w, "");
	core_watcher_decide(a, BOB, CORE_ACCEPT, NULL);
	core_typing(c, true);
	core_typing(c, false);
	assert_calls(&w,
		"decide " BOB " allow\ntyping " BOB " on\n"
		"typing " BOB " off\n");
	/* In the chat that the user opened no limit holds. */
	core_watcher_decide(a, BOB, CORE_UNBLOCK, NULL);
	world_quiet(&w);
	for (i = 0; i < 20; i++)
		fake_message(e, BOB, "hi", i + 1);
	world_run(&w, 0);
	assert_false(world_has(w.calls, " 503 "));
	assert_true(world_has(w.calls, " 200 "));
	for (i = 0; i < 9; i++)
		e->h.invite(KIM, NULL, "192.0.2.9", e->h.arg);
	assert_int_equal(
		e->h.invite(KIM, NULL, "192.0.2.9", e->h.arg), ENDPOINT_BUSY);
	world_close(&w);
}


static void typing(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	/* Of a stranger without a chat: nothing, and no chat. */
	e->h.typing(KIM, true, e->h.arg);
	assert_null(core_chat_find(a, KIM));
	core_chat_get(a, KIM);
	e->h.typing(KIM, true, e->h.arg);
	e->h.typing(KIM, false, e->h.arg);
	e->h.typing(KIM, false, e->h.arg);
	core_watcher_decide(a, KIM, CORE_BLOCK, NULL);
	e->h.typing(KIM, true, e->h.arg);
	world_run(&w, 0);
	assert_log(&w, "typing " KIM " on\ntyping " KIM " off\n");
	world_close(&w);
}


/* Notices are requests too: who is refused is, who floods is held off. */
static void notices(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	unsigned i;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	assert_int_equal(
		e->h.notice(KIM, "192.0.2.2", e->h.arg), ENDPOINT_PENDING);
	core_chat_get(a, KIM);
	assert_int_equal(
		e->h.notice(KIM, "192.0.2.2", e->h.arg), ENDPOINT_ALLOW);
	for (i = 2; i < 10; i++)
		(void)e->h.notice(KIM, "192.0.2.2", e->h.arg);
	assert_int_equal(
		e->h.notice(KIM, "192.0.2.2", e->h.arg), ENDPOINT_BUSY);
	core_watcher_decide(a, KIM, CORE_BLOCK, NULL);
	assert_int_equal(
		e->h.notice(KIM, "192.0.2.2", e->h.arg), ENDPOINT_REFUSE);
	world_close(&w);
}


/* Chats are found by the front end in the order they began. */
static void list_of_chats(void **state)
{
	struct core_account *a;
	struct core_chat *bob, *kim;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	bob = core_chat_get(a, BOB);
	kim = core_chat_get(a, KIM);
	assert_ptr_equal(core_chat_first(w.core), bob);
	assert_ptr_equal(core_chat_next(bob), kim);
	assert_null(core_chat_next(kim));
	assert_ptr_equal(core_chat_account(kim), a);
	assert_string_equal(core_chat_peer(kim), KIM);
	mem_ref(kim);
	core_account_remove(a, NULL);
	assert_null(core_chat_account(kim));
	assert_null(core_chat_next(kim));
	core_chat_open(kim, world_done, "open");
	core_chat_close(kim, world_done, "close");
	core_typing(kim, true);
	assert_int_equal(core_send(kim, "hi", NULL, NULL, NULL), 78);
	mem_deref(kim);
	world_close(&w);
}


int test_conversation(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens),
		cmocka_unit_test(refused),
		cmocka_unit_test(not_signed_in),
		cmocka_unit_test(signed_out),
		cmocka_unit_test(invites),
		cmocka_unit_test(stranger),
		cmocka_unit_test(typing),
		cmocka_unit_test(notices),
		cmocka_unit_test(list_of_chats),
	};

	return cmocka_run_group_tests_name("conversation", tests, NULL, NULL);
}
