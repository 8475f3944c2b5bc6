/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"

int test_pl(void);


static void compare(void **state)
{
	struct pl a = PL("Alice"), b = PL("aLICE"), unset = PL_INIT;
	struct pl empty = PL("");

	(void)state;
	assert_false(pl_eq(&a, &b));
	assert_true(pl_caseeq(&a, &b));
	assert_true(pl_strcaseeq(&a, "alice"));
	assert_false(pl_streq(&a, "Alic"));
	assert_true(pl_eq(&unset, &empty));
	assert_true(pl_cmp(&a, &b) < 0);
	assert_int_equal(pl_casecmp(&a, &b), 0);
}


static void numbers(void **state)
{
	static const struct {
		const char *text;
		int err;
		uint32_t v;
	} cases[] = {
		{"0", 0, 0},
		{"4294967295", 0, 4294967295U},
		{"4294967296", ERANGE, 0},
		{"99999999999999999999999", ERANGE, 0},
		{"99999999999999999999999x", EINVAL, 0},
		{"", EINVAL, 0},
		{"-1", EINVAL, 0},
		{"1 ", EINVAL, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);
		uint32_t v = 0;

		assert_int_equal(pl_u32(&pl, &v), cases[i].err);
		assert_int_equal(v, cases[i].v);
	}
}


static void split(void **state)
{
	struct pl pl = PL("a,,b"), head;

	(void)state;
	assert_true(pl_split(&pl, ',', &head));
	assert_pl(head, "a");
	assert_true(pl_split(&pl, ',', &head));
	assert_pl(head, "");
	assert_false(pl_split(&pl, ',', &head));
	assert_pl(head, "b");
	assert_false(pl_isset(&pl));
	assert_false(pl_split(&pl, ',', &head));
	assert_false(pl_isset(&head));
}


static void find(void **state)
{
	struct pl pl = PL(" \tab Cd\r\n"), cd = PL("cd"), t = pl_trim(&pl);

	(void)state;
	assert_pl(t, "ab Cd");
	assert_null(pl_find(&t, &cd));
	assert_ptr_equal(pl_casefind(&t, &cd), t.p + 3);
	pl_skip(&t, 100);
	assert_int_equal(t.l, 0);
}


int test_pl(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare),
		cmocka_unit_test(numbers),
		cmocka_unit_test(split),
		cmocka_unit_test(find),
	};

	return cmocka_run_group_tests_name("pl", tests, NULL, NULL);
}
