/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_group(void);


static void note_h(const char *group, size_t buddies, void *arg)
{
	struct world *w = arg;

	mbuf_printf(w->calls, "%s %zu\n", group, buddies);
}


static void groups(void **state)
{
	static const char *const both[] = {"Work", "Friends", NULL};
	static const char *const one[] = {"Work", NULL};
	struct core_account *a, *home;
	struct world w;
	char *why = NULL;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	home = world_account(&w, "home", "sip:alice@lab.test");
	core_buddy_add(a, BOB, NULL, both, NULL, NULL, NULL);
	core_buddy_add(home, KIM, NULL, one, NULL, NULL, NULL);
	core_group_each(w.core, note_h, &w);
	assert_calls(&w, "Friends 1\nWork 2\n");
	world_run(&w, 0);
	world_quiet(&w);
	assert_int_equal(core_group_rename(w.core, "Work", "Jobs", NULL), 0);
	core_group_each(w.core, note_h, &w);
	assert_calls(&w, "Friends 1\nJobs 2\n");
	world_run(&w, 0);
	assert_log(&w,
		"buddy " BOB " changed in Jobs\n"
		"buddy " KIM " changed in Jobs\n");
	/* Onto one that is there: they become one. */
	assert_int_equal(core_group_rename(w.core, "Jobs", "Friends", NULL), 0);
	core_group_each(w.core, note_h, &w);
	assert_calls(&w, "Friends 2\n");
	assert_int_equal(core_group_rename(w.core, "Jobs", "x", &why), 65);
	assert_string_equal(why, "no group \"Jobs\"");
	assert_int_equal(core_group_rename(w.core, "Friends", " ", &why), 64);
	assert_int_equal(core_group_remove(w.core, "Friends", NULL), 0);
	assert_int_equal(core_group_remove(w.core, "Friends", NULL), 65);
	core_group_each(w.core, note_h, &w);
	assert_calls(&w, "");
	mem_deref(why);
	world_close(&w);
}


/* What a file declares comes back, and that is said. */
static void declared(void **state)
{
	static const char *const both[] = {"Work", "Friends", NULL};
	const struct core_origin origin = {"sotto.conf", 7};
	struct core_account *a;
	struct core_buddy *b;
	struct world w;
	char *why = NULL;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	core_buddy_add(a, BOB, NULL, both, &origin, NULL, NULL);
	core_buddy_add(a, KIM, NULL, NULL, &origin, &b, NULL);
	core_buddy_regroup(b, both);
	assert_int_equal(core_group_remove(w.core, "Friends", &why), 0);
	assert_string_equal(why,
		"the groups of " BOB " are declared in sotto.conf, line 7: "
		"they come back at the next start");
	core_buddy_add(a, KIM, NULL, both, &origin, NULL, NULL);
	assert_int_equal(core_group_rename(w.core, "Work", "Jobs", &why), 0);
	assert_string_equal(why,
		"the groups of " BOB " and 1 other are declared in "
		"sotto.conf, line 7: they come back at the next start");
	mem_deref(why);
	world_close(&w);
}


int test_group(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups),
		cmocka_unit_test(declared),
	};

	return cmocka_run_group_tests_name("group", tests, NULL, NULL);
}
