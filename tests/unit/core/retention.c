/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_retention(void);


/* At once when it is set, then daily; never while it is not. */
static void daily(void **state)
{
	const uint64_t day = (uint64_t)24 * 3600 * 1000;
	struct world w;

	(void)state;
	world_open(&w);
	world_run(&w, 0);
	world_quiet(&w);
	assert_int_equal(core_option_set(w.core, "retention", "30", NULL), 0);
	world_run(&w, 0);
	assert_calls(&w, "retain 2592000\n");
	world_run(&w, day - 1);
	assert_calls(&w, "");
	world_run(&w, 1);
	assert_calls(&w, "retain 2592000\n");
	assert_int_equal(core_option_set(w.core, "retention", "0", NULL), 0);
	world_run(&w, 2 * day);
	assert_calls(&w, "");
	assert_int_equal(core_option_set(w.core, "retention", "-1", NULL), 64);
	world_close(&w);
}


int test_retention(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(daily),
	};

	return cmocka_run_group_tests_name("retention", tests, NULL, NULL);
}
