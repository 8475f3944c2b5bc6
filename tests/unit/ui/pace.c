/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace.c: a few frames at once, then one in so many milliseconds. */
#include "pace.h"
#include "unit.h"


int test_pace(void);


/* Frames drawn from BEGIN to END where something changes each millisecond. */
static unsigned frames(struct pace *p, uint64_t begin, uint64_t end)
{
	unsigned n = 0;

	for (; begin < end; begin++)
		n += !pace_wait(p, begin);
	return n;
}


static void some_go_at_once(void **state)
{
	struct pace p = {0};
	int i;

	(void)state;
	for (i = 0; i < PACE_AT_ONCE; i++)
		assert_int_equal(pace_wait(&p, 5000), 0);
	assert_int_equal(pace_wait(&p, 5000), PACE_MS);
	assert_int_equal(pace_wait(&p, 5000 + PACE_MS - 1), 1);
	assert_int_equal(pace_wait(&p, 5000 + PACE_MS), 0);
	assert_int_not_equal(pace_wait(&p, 5000 + PACE_MS), 0);
}


static void a_flood_is_bounded(void **state)
{
	struct pace p = {0};

	(void)state;
	assert_in_range(frames(&p, 10000, 20000), 10000 / PACE_MS,
		10000 / PACE_MS + PACE_AT_ONCE);
}


/* However many there are, what comes by itself does not wait for longer. */
static void keys_hold_up_nothing(void **state)
{
	struct pace p = {0};
	uint64_t now;

	(void)state;
	for (now = 10000; now < 11000; now++)
		pace_count(&p, now);
	assert_in_range(pace_wait(&p, now), 0, PACE_MS);
}


static void a_rest_is_not_saved_up(void **state)
{
	struct pace p = {0};

	(void)state;
	(void)frames(&p, 1000, 2000);
	assert_int_equal(frames(&p, 3600000, 3600000 + PACE_MS), PACE_AT_ONCE);
}


int test_pace(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(some_go_at_once),
		cmocka_unit_test(a_flood_is_bounded),
		cmocka_unit_test(keys_hold_up_nothing),
		cmocka_unit_test(a_rest_is_not_saved_up),
	};

	return cmocka_run_group_tests_name("ui/pace", tests, NULL, NULL);
}
