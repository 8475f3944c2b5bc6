/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_resolve(void);


static void roster(struct world *w)
{
	struct core_account *a = world_account(w, "work", ALICE);
	struct core_account *home =
		world_account(w, "home", "sip:alice@lab.test");

	core_buddy_add(a, BOB, "Bob Miller", NULL, NULL, NULL, NULL);
	core_buddy_add(
		a, "sip:bobby@example.org", "Bobby", NULL, NULL, NULL, NULL);
	core_buddy_add(a, KIM, NULL, NULL, NULL, NULL, NULL);
	core_buddy_add(home, KIM, "Kim", NULL, NULL, NULL, NULL);
	core_buddy_add(
		home, "sip:k%C3%A4the@lab.test", NULL, NULL, NULL, NULL, NULL);
	core_chat_get(home, "sip:carol@lab.test");
}


static void people(void **state)
{
	static const struct {
		const char *account;
		const char *typed;
		int status;
		const char *peer; /* or why not */
		const char *of;
	} cases[] = {
		{NULL, "bob miller", 0, BOB, "work"},
		{NULL, "BOB", 0, BOB, "work"}, /* the user part, exactly */
		{NULL, "bobb", 0, "sip:bobby@example.org", "work"},
		{NULL, "mill", 0, BOB, "work"},
		{NULL, "bo", 64,
			"\"bo\" may be Bob Miller <" BOB ">, Bobby "
			"<sip:bobby@example.org>",
			NULL},
		{NULL, "kim", 0, KIM, "work"},
		{"home", "kim", 0, KIM, "home"},
		{NULL, "k\xc3\xa4the", 0, "sip:k%C3%A4the@lab.test", "home"},
		{NULL, "carol", 0, "sip:carol@lab.test", "home"},
		{"work", "carol", 65, "nobody in the list is \"carol\"", NULL},
		{NULL, "nobody", 65, "nobody in the list is \"nobody\"", NULL},
		{NULL, "", 64, "a name or address is missing", NULL},
		{NULL, "dora@lab.test", 0, "sip:dora@lab.test", "home"},
		{NULL, "sip:dora@LAB.test;x=y", 0, "sip:dora@lab.test", "home"},
		{NULL, "dora@other.test", 0, "sip:dora@other.test", "work"},
		{"home", "dora@other.test", 0, "sip:dora@other.test", "home"},
		{NULL, "127.0.0.1:5070", 0, "sip:127.0.0.1:5070", "work"},
		{NULL, "sip:dora@@x", 65, "\"sip:dora@@x\" is not an address",
			NULL},
		{"none", "dora@lab.test", 78, "no account \"none\"", NULL},
		{"none", "bob", 78, "no account \"none\"", NULL},
	};
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	roster(&w);
	for (i = 0; i < UNIT_N(cases); i++) {
		struct core_account *a = NULL;
		char *peer = NULL, *why = NULL;

		assert_int_equal(core_resolve(w.core, cases[i].account,
					 cases[i].typed, &a, &peer, &why),
			cases[i].status);
		assert_string_equal(
			cases[i].status ? why : peer, cases[i].peer);
		if (cases[i].of)
			assert_string_equal(core_account_name(a), cases[i].of);
		mem_deref(peer);
		mem_deref(why);
	}
	world_close(&w);
}


static void no_account(void **state)
{
	struct core_account *a = NULL;
	struct world w;
	char *why = NULL, *peer = NULL;

	(void)state;
	world_open(&w);
	assert_int_equal(core_pick_account(w.core, NULL, NULL, &a, &why), 78);
	assert_string_equal(
		why, "there is no account yet: account add makes one");
	assert_int_equal(core_resolve(w.core, NULL, BOB, &a, &peer, &why), 78);
	assert_null(peer);
	mem_deref(why);
	world_close(&w);
}


static void many(void **state)
{
	struct core_account *a;
	struct world w;
	char *why = NULL, *peer = NULL;
	char uri[64];
	size_t i;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	for (i = 0; i < 100; i++) {
		snprintf(uri, sizeof(uri), "sip:user%zu@lab.test", i);
		core_buddy_add(a, uri, NULL, NULL, NULL, NULL, NULL);
	}
	assert_int_equal(
		core_resolve(w.core, NULL, "user", &a, &peer, &why), 64);
	assert_non_null(strstr(why, "sip:user9@lab.test, and others"));
	mem_deref(why);
	world_close(&w);
}


int test_resolve(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people),
		cmocka_unit_test(no_account),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}
