/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include "disk.h"
#include "file.h"

int test_schema(void);


/* The file made anew by SQL. */
static void make(const struct disk *d, const char *sql)
{
	sqlite3 *db;

	(void)unlink(d->path);
	assert_int_equal(sqlite3_open(d->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}


static void modes(void **state)
{
	struct disk d;
	struct stat st;
	char path[100];

	(void)state;
	disk_init(&d);
	disk_add(&d, BOB, "x");
	assert_int_equal(stat(d.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	snprintf(path, sizeof(path), "%s-wal", d.path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	disk_close(&d);
	/* One that somebody has opened to others. */
	assert_int_equal(chmod(d.path, 0644), 0);
	disk_open(&d);
	assert_int_equal(stat(d.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(disk_number(&d,
				 "SELECT application_id FROM "
				 "pragma_application_id"),
		0x736f7474);
	disk_free(&d);
}


/* A store as an older version left it, opened by this one. */
static void open_old(struct disk *d, const char *fixture)
{
	struct mbuf *mb;
	char *sql;

	disk_init(d);
	disk_close(d);
	assert_int_equal(file_read(&mb, fixture, 1 << 20), 0);
	sql = mbuf_strdup(mb);
	make(d, sql);
	mem_deref(sql);
	mem_deref(mb);
	disk_open(d);
}


static void close_new(struct disk *d)
{
	disk_close(d);
	assert_int_equal(disk_number(d, "PRAGMA user_version"), 3);
	assert_int_equal(disk_number(d,
				 "SELECT count(*) FROM pragma_integrity_check "
				 "WHERE integrity_check='ok'"),
		1);
	disk_open(d);
	disk_free(d);
}


/* All that the first version kept is there and can go on. */
static void first_version(void **state)
{
	struct disk d;

	(void)state;
	open_old(&d, TEST_SRCDIR "/tests/unit/store/version1.sql");
	assert_string_equal(
		disk_page(&d, BOB, 0, 9), "first words:5 still queued:0 ");
	assert_string_equal(disk_page(&d, KIM, 0, 9), "an invoice:4 ");
	assert_string_equal(disk_unsent(&d, 0, 9), "still queued:0 ");
	assert_string_equal(disk_facts(&d, "buddy"),
		"work\tsip:bob@example.org=Bob\nFriends ");
	assert_int_equal(disk_add(&d, KIM, "more"), 0);
	assert_string_equal(disk_page(&d, KIM, 0, 9), "an invoice:4 more:5 ");
	close_new(&d);
}


/* With what was seen, how far it was indexed, and its index. */
static void second_version(void **state)
{
	const struct store_message m = {.account = ALICE,
		.peer = BOB,
		.text = "again",
		.state = STORE_RECEIVED};
	struct disk d;

	(void)state;
	open_old(&d, TEST_SRCDIR "/tests/unit/store/version2.sql");
	assert_string_equal(disk_page(&d, BOB, 0, 9), "first words:5 ");
	assert_string_equal(disk_page(&d, KIM, 0, 9), "an invoice:4 ");
	assert_int_equal(disk_add_row(&d, &m, 77), EEXIST);
	assert_int_equal(disk_add_row(&d, &m, 78), 0);
	disk_pause(&d, 100);
	assert_int_equal(disk_number(&d,
				 "SELECT count(*) FROM word "
				 "WHERE word MATCH 'first OR invoice'"),
		2);
	close_new(&d);
}


static void refused(const char *sql, const char *word)
{
	struct disk d;
	struct mbuf *before, *after;
	char *why = NULL;

	disk_init(&d);
	disk_close(&d);
	make(&d, sql);
	assert_int_equal(file_read(&before, d.path, 1 << 20), 0);
	assert_int_equal(disk_try(&d, &why), EPROTO);
	assert_null(d.store);
	assert_non_null(strstr(why, word));
	assert_non_null(strstr(why, d.path));
	assert_int_equal(file_read(&after, d.path, 1 << 20), 0);
	assert_int_equal(before->end, after->end);
	assert_memory_equal(before->buf, after->buf, after->end);
	mem_deref(before);
	mem_deref(after);
	mem_deref(why);
	disk_free(&d);
}


static void newer(void **state)
{
	(void)state;
	refused("PRAGMA application_id=1936684148;PRAGMA user_version=4;"
		"CREATE TABLE future(x);",
		"newer sotto");
	refused("PRAGMA journal_mode=WAL;PRAGMA application_id=1936684148;"
		"PRAGMA user_version=1000;CREATE TABLE future(x);",
		"newer sotto");
}


static void not_ours(void **state)
{
	(void)state;
	refused("PRAGMA application_id=7;", "not a store");
	refused("CREATE TABLE people(name);", "not a store");
	refused("PRAGMA user_version=1;CREATE TABLE people(name);",
		"not a store");
}


int test_schema(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes),
		cmocka_unit_test(first_version),
		cmocka_unit_test(second_version),
		cmocka_unit_test(newer),
		cmocka_unit_test(not_ours),
	};

	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
