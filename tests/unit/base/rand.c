/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include "rand.h"
#include "unit.h"

int test_rand(void);


static void seeds_repeat(void **state)
{
	struct rand *a = rand_seeded(1), *b = rand_seeded(1);
	struct rand *c = rand_seeded(2);
	uint8_t x[700], y[700], z[700];

	(void)state;
	rand_bytes(a, x, sizeof(x));
	rand_bytes(b, y, 1);
	rand_bytes(b, y + 1, sizeof(y) - 1);
	rand_bytes(c, z, sizeof(z));
	assert_memory_equal(x, y, sizeof(x));
	assert_memory_not_equal(x, z, sizeof(x));
	mem_deref(a);
	mem_deref(b);
	mem_deref(c);
}


static void system_differs(void **state)
{
	struct rand *a = rand_system(), *b = rand_system();
	uint8_t x[300], y[300];

	(void)state;
	rand_bytes(a, x, sizeof(x));
	rand_bytes(b, y, sizeof(y));
	assert_memory_not_equal(x, y, sizeof(x));
	rand_bytes(a, y, sizeof(y));
	assert_memory_not_equal(x, y, sizeof(x));
	mem_deref(a);
	mem_deref(b);
}


static void below(void **state)
{
	struct rand *rand = rand_seeded(3);
	unsigned count[6] = {0};
	size_t i;

	(void)state;
	for (i = 0; i < 6000; i++)
		++count[rand_below(rand, 6)];
	for (i = 0; i < 6; i++)
		assert_in_range(count[i], 850, 1150);
	assert_int_equal(rand_below(rand, 1), 0);
	mem_deref(rand);
}


static void token(void **state)
{
	struct rand *rand = rand_seeded(4);
	char buf[14], other[14], one[1] = {'x'};
	size_t i;

	(void)state;
	rand_token(rand, buf, sizeof(buf));
	rand_token(rand, other, sizeof(other));
	assert_int_equal(strlen(buf), 13);
	assert_string_not_equal(buf, other);
	for (i = 0; i < 13; i++)
		assert_true(islower((unsigned char)buf[i]) ||
			isdigit((unsigned char)buf[i]));
	rand_token(rand, one, 1);
	assert_int_equal(one[0], '\0');
	mem_deref(rand);
}


static void uuid(void **state)
{
	struct rand *rand = rand_system();
	char buf[37];
	size_t i;

	(void)state;
	rand_uuid(rand, buf);
	assert_int_equal(strlen(buf), 36);
	assert_int_equal(buf[14], '4');
	assert_non_null(strchr("89ab", buf[19]));
	for (i = 0; i < 36; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23)
			assert_int_equal(buf[i], '-');
		else
			assert_non_null(strchr("0123456789abcdef", buf[i]));
	}
	mem_deref(rand);
}


int test_rand(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seeds_repeat),
		cmocka_unit_test(system_differs),
		cmocka_unit_test(below),
		cmocka_unit_test(token),
		cmocka_unit_test(uuid),
	};

	return cmocka_run_group_tests_name("rand", tests, NULL, NULL);
}
