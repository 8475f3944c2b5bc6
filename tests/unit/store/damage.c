/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "db.h"
#include "disk.h"

int test_damage(void);


/* Overwrites LEN bytes at OFFSET. */
static void spoil(const struct disk *d, off_t offset, size_t len)
{
	int fd = open(d->path, O_RDWR);
	char *junk = malloc(len);

	assert_true(fd >= 0);
	memset(junk, 0xa5, len);
	assert_int_equal(pwrite(fd, junk, len, offset), len);
	free(junk);
	close(fd);
}


static void aside_exists(const struct disk *d)
{
	char name[200];
	const char *at = strstr(d->notice, d->path), *end;

	assert_non_null(at);
	end = strchr(at, ' ');
	assert_non_null(end);
	snprintf(name, sizeof(name), "%.*s", (int)(end - at), at);
	assert_string_not_equal(name, d->path);
	assert_int_equal(access(name, F_OK), 0);
}


/* No database at all any more: seen at the start. */
static void no_header(void **state)
{
	struct disk d;

	(void)state;
	disk_init(&d);
	disk_add(&d, BOB, "old");
	disk_close(&d);
	spoil(&d, 0, 4096);
	disk_open(&d);
	assert_int_equal(disk_add(&d, BOB, "new"), 0);
	assert_int_equal(d.notices, 1);
	aside_exists(&d);
	assert_string_equal(disk_page(&d, BOB, 0, 9), "new:5 ");
	disk_free(&d);
}


/* The tables are: seen while it runs, and the message is in the new one. */
static void in_the_middle(void **state)
{
	struct disk d;
	struct stat st;
	int i;

	(void)state;
	disk_init(&d);
	for (i = 0; i < 50; i++)
		disk_add(&d, BOB, "old");
	disk_close(&d);
	assert_int_equal(stat(d.path, &st), 0);
	spoil(&d, 4096, (size_t)st.st_size - 4096);
	disk_open(&d);
	assert_int_equal(disk_add(&d, BOB, "new"), 0);
	assert_string_equal(disk_page(&d, BOB, 0, 9), "new:5 ");
	assert_int_equal(d.notices, 1);
	aside_exists(&d);
	assert_string_equal(disk_scan(&d, NULL, 0, 9), "new:5 ");
	disk_free(&d);
}


/* Names do not collide. */
static void twice(void **state)
{
	struct disk d;
	char *one, *two;

	(void)state;
	disk_init(&d);
	disk_close(&d);
	assert_int_equal(damage_set_aside(d.path, 1700000000000, &one), 0);
	disk_open(&d);
	disk_close(&d);
	assert_int_equal(damage_set_aside(d.path, 1700000000000, &two), 0);
	assert_string_not_equal(one, two);
	assert_int_equal(access(one, F_OK), 0);
	assert_int_equal(access(two, F_OK), 0);
	mem_deref(two);
	assert_int_equal(damage_set_aside(d.path, 1700000000000, &two), ENOENT);
	assert_null(two);
	mem_deref(one);
	disk_free(&d);
}


/* Removed or moved while it runs: what is stored then is in a new one, and
 * who moved it has all that was stored before. */
static void moved(void **state)
{
	struct disk d, old;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		disk_init(&d);
		assert_int_equal(disk_add(&d, BOB, "old"), 0);
		assert_string_equal(disk_scan(&d, NULL, 0, 9), "old:5 ");
		old = d;
		snprintf(old.path, sizeof(old.path), "%s/kept", d.dir);
		assert_int_equal(
			i ? unlink(d.path) : rename(d.path, old.path), 0);
		assert_int_equal(disk_add(&d, BOB, "new"), 0);
		assert_int_equal(d.notices, 1);
		assert_non_null(strstr(d.notice, "moved or removed"));
		assert_string_equal(disk_page(&d, BOB, 0, 9), "new:5 ");
		assert_string_equal(disk_scan(&d, NULL, 0, 9), "new:5 ");
		disk_close(&d);
		disk_open(&d);
		assert_string_equal(disk_page(&d, BOB, 0, 9), "new:5 ");
		if (!i)
			assert_int_equal(disk_number(&old,
						 "SELECT count(*) FROM message "
						 "WHERE text='old'"),
				1);
		disk_free(&d);
	}
}


int test_damage(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_header),
		cmocka_unit_test(in_the_middle),
		cmocka_unit_test(twice),
		cmocka_unit_test(moved),
	};

	return cmocka_run_group_tests_name("damage", tests, NULL, NULL);
}
