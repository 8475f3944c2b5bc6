/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include "disk.h"

int test_clear(void);

enum {
	MANY = 1500,
};


static void count_h(int err, const struct store_hit *hits, size_t n, void *arg)
{
	struct disk *d = arg;

	(void)hits;
	d->n = n;
	disk_done_h(err, 0, d);
}


static size_t found(struct disk *d, const char *text)
{
	++d->waiting;
	d->store->ops->search(d->store,
		&(struct store_query){.text = text, .n = 50}, count_h, d);
	disk_wait(d);
	assert_int_equal(d->err, 0);
	return d->n;
}


static void fill(struct disk *d, const char *peer, const char *word, int n)
{
	struct store_message m = {
		.account = ALICE, .peer = peer, .state = STORE_RECEIVED};
	char text[80];
	int i;

	m.text = text;
	for (i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "%s number%d", word, i);
		++d->waiting;
		d->store->ops->add(d->store, &m, 0, disk_done_h, d);
	}
	disk_wait(d);
}


/* Gone at once from every view, and soon from the file; others stay. */
static void chat(void **state)
{
	struct disk d;
	int i;

	(void)state;
	disk_init(&d);
	fill(&d, BOB, "quagmire", MANY);
	fill(&d, KIM, "keepsake", 30);
	disk_close(&d);
	disk_open(&d);
	disk_pause(&d, 200); /* indexed */
	assert_true(disk_holds(&d, "quagmire"));
	assert_int_equal(found(&d, "quagmire"), 50);
	assert_int_equal(disk_clear(&d, BOB), 0);
	assert_int_equal(d.id, MANY);
	assert_int_equal(found(&d, "quagmire"), 0);
	assert_string_equal(disk_page(&d, BOB, 0, 9), "");
	assert_string_equal(disk_scan(&d, BOB, 0, 9), "");
	for (i = 0; i < 100 && disk_holds(&d, "quagmire"); i++)
		disk_pause(&d, 50);
	assert_false(disk_holds(&d, "quagmire"));
	assert_true(disk_holds(&d, "keepsake"));
	assert_int_equal(found(&d, "keepsake"), 30);
	assert_int_equal(disk_clear(&d, BOB), 0);
	assert_int_equal(d.id, 0);
	fill(&d, BOB, "quagmire", 1);
	assert_int_equal(found(&d, "quagmire"), 1);
	disk_free(&d);
}


static int64_t size_of(const struct disk *d)
{
	struct stat st;

	assert_int_equal(stat(d->path, &st), 0);
	return st.st_size;
}


/* The file becomes smaller, and what is left in it is whole. */
static void smaller(void **state)
{
	struct store_message m = {
		.account = ALICE, .peer = BOB, .state = STORE_RECEIVED};
	char *text = mem_alloc(4000, NULL);
	struct disk d;
	int64_t big;
	int i;

	(void)state;
	memset(text, 'x', 3999);
	text[3999] = '\0';
	m.text = text;
	disk_init(&d);
	fill(&d, KIM, "keepsake", 30);
	for (i = 0; i < MANY; i++) {
		++d.waiting;
		d.store->ops->add(d.store, &m, 0, disk_done_h, &d);
	}
	disk_wait(&d);
	mem_deref(text);
	disk_close(&d);
	big = size_of(&d);
	assert_true(big > 4 << 20);
	disk_open(&d);
	assert_int_equal(disk_clear(&d, BOB), 0);
	for (i = 0; i < 100 && size_of(&d) > 2 << 20; i++)
		disk_pause(&d, 50);
	assert_in_range(size_of(&d), 1, 2 << 20);
	assert_int_equal(found(&d, "keepsake"), 30);
	disk_close(&d);
	assert_int_equal(disk_number(&d, "SELECT count(*) FROM message"), 30);
	assert_int_equal(disk_number(&d,
				 "SELECT integrity_check='ok' FROM "
				 "pragma_integrity_check"),
		1);
	disk_open(&d);
	disk_free(&d);
}


/* What is still on its way stays until its end is known. */
static void on_its_way(void **state)
{
	const struct store_message m = {.account = ALICE,
		.peer = BOB,
		.text = "waits",
		.out = true,
		.state = STORE_QUEUED};
	struct disk d;
	uint64_t id;

	(void)state;
	disk_init(&d);
	fill(&d, BOB, "old", 3);
	disk_add_row(&d, &m, 0);
	id = d.id;
	assert_int_equal(disk_clear(&d, BOB), 0);
	assert_int_equal(d.id, 3);
	assert_string_equal(disk_page(&d, BOB, 0, 9), "waits:0 ");
	disk_close(&d);
	disk_open(&d);
	assert_string_equal(disk_unsent(&d, 0, 9), "waits:0 ");
	assert_int_equal(disk_state(&d, id, STORE_DELIVERED, NULL, 200), 0);
	assert_string_equal(disk_page(&d, BOB, 0, 9), "");
	disk_pause(&d, 100);
	disk_close(&d);
	assert_int_equal(disk_number(&d, "SELECT count(*) FROM message"), 0);
	disk_open(&d);
	disk_free(&d);
}


static void retain(struct disk *d, int64_t before)
{
	++d->waiting;
	d->store->ops->retain(d->store, before, disk_done_h, d);
	disk_wait(d);
	assert_int_equal(d->err, 0);
}


static void retention(void **state)
{
	struct store_message m = {.account = ALICE,
		.peer = BOB,
		.text = "ancient",
		.state = STORE_RECEIVED,
		.id = 1600000000000000};
	struct disk d;

	(void)state;
	disk_init(&d);
	disk_add_row(&d, &m, 0);
	m.id += 1;
	m.state = STORE_SENT;
	disk_add_row(&d, &m, 0);
	disk_add(&d, BOB, "now");
	retain(&d, 1600000000000);
	assert_int_equal(d.id, 0);
	retain(&d, 1700000000000);
	assert_int_equal(d.id, 1);
	assert_string_equal(disk_page(&d, BOB, 0, 9), "ancient:1 now:5 ");
	assert_int_equal(found(&d, "ancient"), 1);
	retain(&d, 1650000000000);
	assert_int_equal(d.id, 0);
	disk_pause(&d, 100);
	disk_close(&d);
	assert_int_equal(disk_number(&d, "SELECT count(*) FROM message"), 2);
	disk_open(&d);
	assert_string_equal(disk_page(&d, BOB, 0, 9), "ancient:1 now:5 ");
	disk_free(&d);
}


/* What comes after is seen, though the clock was set back meanwhile. */
static void clock_set_back(void **state)
{
	static const char *const later[] = {
		"UPDATE chat SET cleared=9000000000000000",
		"UPDATE meta SET value=9100000000000000 WHERE name='retain'",
	};
	struct disk d;
	uint64_t last = 0;
	size_t i;

	(void)state;
	disk_init(&d);
	disk_add(&d, BOB, "past");
	for (i = 0; i < UNIT_N(later); i++) {
		disk_close(&d);
		disk_exec(&d, later[i]);
		disk_open(&d);
		assert_string_equal(disk_page(&d, BOB, 0, 9), "");
		assert_int_equal(disk_add(&d, BOB, "a"), 0);
		assert_true(d.id > last);
		last = d.id;
		assert_int_equal(disk_add(&d, BOB, "b"), 0);
		assert_true(d.id > last);
		last = d.id;
		assert_string_equal(disk_page(&d, BOB, 0, 9), "a:5 b:5 ");
	}
	disk_free(&d);
}


/* Who reads keeps the log, and with it what is removed, but nobody waits; it
 * goes when he has done. */
static void with_a_reader(void **state)
{
	struct disk d;
	sqlite3 *sql;
	int i;

	(void)state;
	disk_init(&d);
	fill(&d, BOB, "quagmire", 5);
	assert_int_equal(sqlite3_open(d.path, &sql), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sql, "BEGIN;SELECT count(*) FROM message",
				 NULL, NULL, NULL),
		SQLITE_OK);
	assert_int_equal(disk_clear(&d, BOB), 0);
	disk_pause(&d, 300);
	assert_true(disk_holds(&d, "quagmire"));
	assert_int_equal(disk_add(&d, KIM, "meanwhile"), 0);
	assert_int_equal(sqlite3_close(sql), SQLITE_OK);
	for (i = 0; i < 200 && disk_holds(&d, "quagmire"); i++)
		disk_pause(&d, 50);
	assert_false(disk_holds(&d, "quagmire"));
	disk_free(&d);
}


int test_clear(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chat),
		cmocka_unit_test(smaller),
		cmocka_unit_test(clock_set_back),
		cmocka_unit_test(with_a_reader),
		cmocka_unit_test(on_its_way),
		cmocka_unit_test(retention),
	};

	return cmocka_run_group_tests_name("clear", tests, NULL, NULL);
}
