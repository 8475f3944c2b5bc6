/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk.h"

int test_roster_table(void);


static void facts(void **state)
{
	struct disk d;

	(void)state;
	disk_init(&d);
	assert_int_equal(disk_put(&d, "buddy", "b", "Bob\nFriends"), 0);
	assert_int_equal(disk_put(&d, "buddy", "a", "1"), 0);
	assert_int_equal(disk_put(&d, "buddy", "a", "2"), 0);
	assert_int_equal(disk_put(&d, "account", "a", "3"), 0);
	assert_int_equal(disk_put(&d, "buddy", "c", "4"), 0);
	assert_int_equal(disk_put(&d, "buddy", "c", NULL), 0);
	assert_int_equal(disk_put(&d, "buddy", "never", NULL), 0);
	disk_close(&d);
	disk_open(&d);
	assert_string_equal(disk_facts(&d, "buddy"), "a=2 b=Bob\nFriends ");
	assert_string_equal(disk_facts(&d, "account"), "a=3 ");
	assert_string_equal(disk_facts(&d, "draft"), "");
	disk_free(&d);
}


int test_roster_table(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts),
	};

	return cmocka_run_group_tests_name("roster_table", tests, NULL, NULL);
}
