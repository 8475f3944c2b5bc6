/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mem.h"
#include "store_int.h"
#include "unit.h"

int test_memory_seen(void);


/* A key is known until as many newer ones as are kept have come. */
static void newest(void **state)
{
	struct memory_seen *seen = memory_seen_alloc();
	uint64_t i, step = 0x10001; /* no hash at all */

	(void)state;
	for (i = 1; i <= MEMORY_SEEN_MAX; i++) {
		assert_true(memory_seen_add(seen, i * step));
		assert_false(memory_seen_add(seen, (i / 2 + 1) * step));
	}
	for (; i <= MEMORY_SEEN_MAX + 1000; i++) {
		assert_false(
			memory_seen_add(seen, (i - MEMORY_SEEN_MAX) * step));
		assert_true(memory_seen_add(seen, i * step));
	}
	for (i = 1001; i <= MEMORY_SEEN_MAX + 1000; i++)
		assert_false(memory_seen_add(seen, i * step));
	assert_true(memory_seen_add(seen, step));
	mem_deref(seen);
}


/* Keys of one home: those that stood in each other's way stay found. */
static void crowded(void **state)
{
	struct memory_seen *seen = memory_seen_alloc();
	uint64_t i, n = 2000;

	(void)state;
	/* The product's middle bits, which choose a home, are the same. */
	for (i = 0; i < n; i++)
		assert_true(memory_seen_add(seen, 5 + (i << 60) + (i >> 4)));
	for (i = 0; i < n; i++)
		assert_false(memory_seen_add(seen, 5 + (i << 60) + (i >> 4)));
	mem_deref(seen);
}


int test_memory_seen(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newest),
		cmocka_unit_test(crowded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
