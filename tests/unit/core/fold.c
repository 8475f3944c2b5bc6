/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_fold(void);


static void row_h(const char *key, const char *value, void *arg)
{
	assert_string_equal(value, "1");
	mbuf_printf(arg, "%s\n", key);
}


static void assert_rows(struct world *w, const char *expected)
{
	mbuf_reset(w->calls);
	w->memory->ops->each(w->memory, "fold", row_h, NULL, w->calls);
	world_run(w, 0);
	assert_calls(w, expected);
}


static void kept(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	assert_false(core_folded(w.core, "Friends"));
	core_fold(w.core, "Friends", true);
	core_fold(w.core, "A\tB \xff", true);
	core_fold(w.core, "Work", true);
	core_fold(w.core, "Work", true);
	core_fold(w.core, "Work", false);
	core_fold(w.core, "Work", false);
	assert_true(core_folded(w.core, "Friends"));
	assert_false(core_folded(w.core, "friends"));
	assert_false(core_folded(w.core, "Work"));
	world_run(&w, 0);
	assert_rows(&w, "A\tB \xff\nFriends\n");
	world_restart(&w);
	world_run(&w, 0);
	assert_true(core_folded(w.core, "Friends"));
	assert_true(core_folded(w.core, "A\tB \xff"));
	assert_false(core_folded(w.core, "Work"));
	core_fold(w.core, "Friends", false);
	world_run(&w, 0);
	assert_rows(&w, "A\tB \xff\n");
	world_close(&w);
}


/* However many groups there were. */
static void bounded(void **state)
{
	struct world w;
	char name[16];
	int i;

	(void)state;
	world_open(&w);
	for (i = 0; i < 1002; i++) {
		(void)snprintf(name, sizeof(name), "g%d", i);
		core_fold(w.core, name, true);
	}
	assert_false(core_folded(w.core, "g0"));
	assert_false(core_folded(w.core, "g1"));
	assert_true(core_folded(w.core, "g2"));
	assert_true(core_folded(w.core, "g1001"));
	world_close(&w);
}


int test_fold(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept),
		cmocka_unit_test(bounded),
	};

	return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
