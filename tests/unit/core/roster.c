/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_roster(void);


static void add(void **state)
{
	const char *const groups[] = {"Friends", "", "Friends", " Work ", NULL};
	struct core_account *a;
	struct core_buddy *b;
	struct endpoint *e;
	struct world w;
	char *why = NULL;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	assert_int_equal(core_buddy_add(a, "bob@EXAMPLE.org", "Bob\nX", groups,
				 NULL, &b, NULL),
		0);
	world_run(&w, 0);
	assert_log(&w,
		"buddy " BOB " added Bob X in Friends\n"
		"presence " BOB " unknown: waiting for an answer\n");
	assert_calls(&w, "watch " BOB "\n");
	assert_string_equal(core_buddy_groups(b)[1], "Work");
	assert_null(core_buddy_groups(b)[2]);
	/* The same again, merged: what is not given stays. */
	assert_int_equal(
		core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL), 0);
	assert_int_equal(
		core_buddy_add(a, BOB, "Bob X", NULL, NULL, NULL, NULL), 0);
	world_run(&w, 0);
	assert_log(&w, "");
	assert_int_equal(
		core_buddy_add(a, BOB, "Bobby", NULL, NULL, NULL, NULL), 0);
	world_run(&w, 0);
	assert_log(&w, "buddy " BOB " changed Bobby in Friends\n");
	assert_calls(&w, "");
	assert_int_equal(
		core_buddy_add(a, "b b", NULL, NULL, NULL, NULL, &why), 65);
	assert_string_equal(why, "\"b b\" is not an address");
	assert_ptr_equal(core_buddy_find(a, "sips:bob@example.org"), b);
	assert_ptr_equal(core_buddy_first(a), b);
	assert_null(core_buddy_next(b));
	mem_deref(why);
	world_close(&w);
}


static void removed(void **state)
{
	const struct core_origin origin = {"sotto.conf", 12};
	struct core_account *a;
	struct core_buddy *b;
	struct endpoint *e;
	struct world w;
	char *note = NULL;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_buddy_add(a, BOB, "Bob", NULL, &origin, &b, NULL);
	world_run(&w, 0);
	world_quiet(&w);
	assert_int_equal(core_buddy_remove(b, &note), 0);
	assert_string_equal(note,
		BOB " is declared in sotto.conf, line 12: it comes back at "
		    "the next start");
	note = mem_deref(note);
	world_run(&w, 0);
	assert_log(&w, "buddy " BOB " removed Bob\n");
	assert_calls(&w, "unwatch " BOB "\n");
	assert_null(core_buddy_find(a, BOB));
	core_buddy_add(a, BOB, NULL, NULL, NULL, &b, NULL);
	mem_ref(b);
	assert_int_equal(core_buddy_remove(b, &note), 0);
	assert_null(note);
	assert_int_equal(core_buddy_remove(b, NULL), 0);
	assert_int_equal(core_buddy_rename(b, "x"), 65);
	assert_null(core_buddy_account(b));
	mem_deref(b);
	world_close(&w);
}


/* Found, not added: in the list, unknown, nobody asked; then added. */
static void found(void **state)
{
	const char *const groups[] = {"Demo", NULL};
	struct core_account *a;
	struct core_buddy *b;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "demo", ALICE);
	assert_int_equal(core_buddy_found(a, KIM, "Kim", groups, &b, NULL), 0);
	assert_int_equal(core_buddy_found(a, KIM, NULL, NULL, NULL, NULL), 0);
	e = world_login(&w, a);
	assert_log(&w,
		"account demo offline\n"
		"buddy " KIM " changed Kim in Demo\n"
		"presence " KIM " unknown: not added yet\n"
		"account demo connecting\n"
		"account demo online 192.0.2.1:5060\n");
	assert_calls(&w,
		"stack - 100000\npublish online - - 0\n"
		"sign in " ALICE "\n");
	assert_false(core_buddy_added(b));
	fake_presence(e, KIM, PRESENCE_ONLINE, "x", 0, false);
	world_run(&w, 0);
	assert_log(&w, "");
	assert_int_equal(
		core_buddy_add(a, KIM, NULL, NULL, NULL, NULL, NULL), 0);
	world_run(&w, 0);
	assert_log(&w,
		"buddy " KIM " added Kim in Demo\n"
		"presence " KIM " unknown: waiting for an answer\n");
	assert_calls(&w, "watch " KIM "\n");
	assert_true(core_buddy_added(b));
	world_close(&w);
}


/* Every word of a stranger's that becomes a label is bounded. */
static void bounds(void **state)
{
	const char *groups[101];
	struct core_account *a;
	struct core_buddy *b;
	struct world w;
	char *longest = mem_alloc(5000, NULL);
	char names[100][4];
	size_t i;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	memset(longest, 'x', 4999);
	longest[4999] = '\0';
	for (i = 0; i < 100; i++) {
		snprintf(names[i], sizeof(names[i]), "g%zu", i % 100);
		groups[i] = names[i];
	}
	groups[100] = NULL;
	assert_int_equal(
		core_buddy_add(a, BOB, longest, groups, NULL, &b, NULL), 0);
	assert_int_equal(strlen(core_buddy_name(b)), 1024);
	for (i = 0; core_buddy_groups(b)[i]; i++)
		;
	assert_int_equal(i, 64);
	mem_deref(longest);
	world_close(&w);
}


static void names(void **state)
{
	struct core_account *a;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	core_buddy_add(a, BOB, "Bob", NULL, NULL, NULL, NULL);
	core_buddy_add(a, KIM, NULL, NULL, NULL, NULL, NULL);
	assert_string_equal(core_peer_name(a, BOB), "Bob");
	assert_string_equal(core_peer_name(a, KIM), "kim");
	assert_string_equal(core_peer_name(a, "sip:j%20x@lab.test"), "j x");
	assert_string_equal(core_peer_name(a, "sip:lab.test"), "lab.test");
	world_run(&w, 0);
	core_buddy_rename(core_buddy_find(a, BOB), "");
	assert_string_equal(core_peer_name(a, BOB), "bob");
	world_close(&w);
}


int test_roster(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add),
		cmocka_unit_test(removed),
		cmocka_unit_test(found),
		cmocka_unit_test(bounds),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("roster", tests, NULL, NULL);
}
