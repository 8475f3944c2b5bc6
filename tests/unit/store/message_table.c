/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "disk.h"

int test_message_table(void);


static void reopen(struct disk *d)
{
	disk_close(d);
	disk_open(d);
}


static void whole_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	assert_int_equal(err, 0);
	assert_int_equal(n, 1);
	assert_string_equal(messages->account, ALICE);
	assert_string_equal(messages->peer, KIM);
	assert_string_equal(messages->text, "caf\xc3\xa9\n\x01\ttext");
	assert_string_equal(messages->via, "session");
	assert_string_equal(messages->reason, "busy here");
	assert_int_equal(messages->state, STORE_FAILED);
	assert_int_equal(messages->code, 486);
	assert_int_equal(messages->at, 1234567890123);
	assert_int_equal(messages->sent_at, 1234567890000);
	assert_true(messages->out);
	assert_true(messages->stranger);
	disk_page_h(err, messages, n, arg);
}


/* Every field is there after the program has ended. */
static void every_field(void **state)
{
	const struct store_message m = {
		.account = ALICE,
		.peer = KIM,
		.text = "caf\xc3\xa9\n\x01\ttext",
		.via = "session",
		.out = true,
		.stranger = true,
		.state = STORE_FAILED,
		.reason = "busy here",
		.code = 486,
		.at = 1234567890123,
		.sent_at = 1234567890000,
	};
	struct disk d;
	uint64_t id;

	(void)state;
	disk_init(&d);
	assert_int_equal(disk_add_row(&d, &m, 0), 0);
	id = d.id;
	reopen(&d);
	++d.waiting;
	d.store->ops->get(d.store, id, whole_h, &d);
	disk_wait(&d);
	++d.waiting;
	d.store->ops->get(d.store, id + 1, disk_page_h, &d);
	disk_wait(&d);
	assert_int_equal(d.err, ENOENT);
	disk_free(&d);
}


static void states(void **state)
{
	struct disk d;
	uint64_t id;

	(void)state;
	disk_init(&d);
	assert_int_equal(disk_add(&d, BOB, "one"), 0);
	id = d.id;
	assert_int_equal(disk_state(&d, id, STORE_FAILED, "gone", 410), 0);
	assert_int_equal(
		disk_state(&d, id + 1, STORE_DELIVERED, NULL, 200), ENOENT);
	reopen(&d);
	assert_string_equal(disk_page(&d, BOB, 0, 5), "one:4 ");
	disk_free(&d);
}


static void pages(void **state)
{
	struct disk d;
	uint64_t third;

	(void)state;
	disk_init(&d);
	disk_add(&d, BOB, "1");
	disk_add(&d, KIM, "k");
	disk_add(&d, BOB, "2");
	disk_add(&d, BOB, "3");
	third = d.id;
	disk_add(&d, BOB, "4");
	assert_string_equal(disk_page(&d, BOB, 0, 2), "3:5 4:5 ");
	assert_string_equal(disk_page(&d, BOB, third, 9), "1:5 2:5 ");
	assert_string_equal(disk_page(&d, BOB, 0, 0), "");
	assert_string_equal(disk_page(&d, "sip:nobody@lab.test", 0, 5), "");
	assert_string_equal(disk_scan(&d, BOB, 0, 2), "1:5 2:5 ");
	assert_string_equal(disk_scan(&d, BOB, d.id, 9), "3:5 4:5 ");
	assert_string_equal(disk_scan(&d, NULL, 0, 9), "1:5 k:5 2:5 3:5 4:5 ");
	disk_free(&d);
}


/* Seen again: not stored, after a restart too. */
static void seen(void **state)
{
	const struct store_message m = {.account = ALICE,
		.peer = BOB,
		.text = "hi",
		.state = STORE_RECEIVED};
	struct disk d;

	(void)state;
	disk_init(&d);
	assert_int_equal(disk_add_row(&d, &m, UINT64_MAX), 0);
	assert_int_equal(disk_add_row(&d, &m, UINT64_MAX), EEXIST);
	reopen(&d);
	assert_int_equal(disk_add_row(&d, &m, UINT64_MAX), EEXIST);
	assert_int_equal(disk_add_row(&d, &m, 77), 0);
	assert_string_equal(disk_page(&d, BOB, 0, 9), "hi:5 hi:5 ");
	disk_free(&d);
}


/* Only what an earlier run left: not what this one has on its way. */
static void unsent(void **state)
{
	struct store_message m = {.account = ALICE, .peer = BOB, .out = true};
	struct disk d;

	(void)state;
	disk_init(&d);
	m.text = "q";
	m.state = STORE_QUEUED;
	disk_add_row(&d, &m, 0);
	m.text = "s";
	m.state = STORE_SENT;
	disk_add_row(&d, &m, 0);
	m.text = "d";
	m.state = STORE_DELIVERED;
	disk_add_row(&d, &m, 0);
	assert_string_equal(disk_unsent(&d, 0, 9), "");
	reopen(&d);
	m.text = "new";
	m.state = STORE_QUEUED;
	disk_add_row(&d, &m, 0);
	assert_string_equal(disk_unsent(&d, 0, 9), "q:0 s:1 ");
	assert_string_equal(disk_unsent(&d, 0, 1), "q:0 ");
	assert_string_equal(disk_unsent(&d, d.id, 9), "s:1 ");
	disk_free(&d);
}


static void ids(void **state)
{
	struct store_message m = {.account = ALICE,
		.peer = BOB,
		.text = "x",
		.state = STORE_RECEIVED};
	struct disk d;
	uint64_t last = 0;
	int i;

	(void)state;
	disk_init(&d);
	for (i = 0; i < 20; i++) {
		disk_add(&d, BOB, "x");
		assert_true(d.id > last);
		last = d.id;
		if (i == 10)
			reopen(&d);
	}
	m.id = last;
	assert_int_equal(disk_add_row(&d, &m, 0), EEXIST);
	m.id = 5;
	assert_int_equal(disk_add_row(&d, &m, 0), 0);
	assert_int_equal(d.id, 5);
	m.id = UINT64_MAX;
	assert_int_equal(disk_add_row(&d, &m, 0), EEXIST);
	disk_free(&d);
}


static void peers_h(
	int err, const struct store_peer *peers, size_t n, void *arg)
{
	struct disk *d = arg;
	size_t i;

	d->log[0] = '\0';
	for (i = 0; i < n; i++) {
		strcat(d->log, peers[i].peer);
		strcat(d->log, " ");
	}
	disk_done_h(err, 0, d);
}


static const char *peers(
	struct disk *d, const char *account, const char *part, size_t n)
{
	++d->waiting;
	d->store->ops->peers(d->store, account, part, n, peers_h, d);
	disk_wait(d);
	return d->log;
}


static void people(void **state)
{
	struct disk d;

	(void)state;
	disk_init(&d);
	disk_add(&d, BOB, "1");
	disk_add(&d, KIM, "2");
	assert_string_equal(peers(&d, NULL, NULL, 9), KIM " " BOB " ");
	assert_string_equal(peers(&d, ALICE, "EXAMPLE", 9), BOB " ");
	assert_string_equal(peers(&d, BOB, NULL, 9), "");
	assert_string_equal(peers(&d, NULL, NULL, 1), KIM " ");
	assert_string_equal(peers(&d, NULL, "%", 9), "");
	disk_clear(&d, KIM);
	assert_string_equal(peers(&d, NULL, NULL, 9), BOB " ");
	disk_free(&d);
}


/* Bursts larger than a transaction; the completions keep the order. */
enum {
	BURST = 2500,
};

struct burst {
	struct disk d;
	uint64_t last;
	unsigned told;
	bool ordered;
};


static void burst_h(int err, uint64_t id, void *arg)
{
	struct burst *b = arg;

	if (err || id <= b->last)
		b->ordered = false;
	b->last = id;
	++b->told;
	disk_done_h(err, id, &b->d);
}


static void bursts(void **state)
{
	struct store_message m = {.account = ALICE,
		.peer = BOB,
		.state = STORE_RECEIVED,
		.via = "page"};
	struct burst b = {.ordered = true};
	char text[30];
	unsigned i, k;

	(void)state;
	disk_init(&b.d);
	m.text = text;
	for (k = 0; k < 4; k++) {
		for (i = 0; i < BURST; i++) {
			snprintf(text, sizeof(text), "%u of %u", i, k);
			++b.d.waiting;
			b.d.store->ops->add(
				b.d.store, &m, k * BURST + i + 1, burst_h, &b);
		}
		disk_wait(&b.d);
	}
	assert_true(b.ordered);
	assert_int_equal(b.told, 4 * BURST);
	disk_close(&b.d);
	assert_int_equal(
		disk_number(&b.d, "SELECT count(*) FROM message"), 4 * BURST);
	disk_open(&b.d);
	disk_free(&b.d);
}


/* What is asked for last is written even if nobody waits for it. */
static void close_early(void **state)
{
	const struct store_message m = {.account = ALICE,
		.peer = BOB,
		.text = "last",
		.state = STORE_RECEIVED};
	struct disk d;
	int i;

	(void)state;
	disk_init(&d);
	for (i = 0; i < 50; i++)
		d.store->ops->add(d.store, &m, 0, NULL, NULL);
	reopen(&d);
	assert_int_equal(disk_number(&d, "SELECT count(*) FROM message"), 50);
	disk_free(&d);
}


static void free_h(int err, uint64_t id, void *arg)
{
	struct disk *d = arg;

	disk_close(d);
	disk_done_h(err, id, d);
}


static void free_inside(void **state)
{
	const struct store_message m = {.account = ALICE,
		.peer = BOB,
		.text = "x",
		.state = STORE_RECEIVED};
	struct disk d;

	(void)state;
	disk_init(&d);
	d.waiting = 1;
	d.store->ops->add(d.store, &m, 0, free_h, &d);
	d.store->ops->add(d.store, &m, 0, free_h, &d);
	disk_wait(&d);
	disk_pause(&d, 5);
	assert_int_equal(disk_number(&d, "SELECT count(*) FROM message"), 2);
	disk_free(&d);
}


int test_message_table(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field),
		cmocka_unit_test(states),
		cmocka_unit_test(pages),
		cmocka_unit_test(seen),
		cmocka_unit_test(unsent),
		cmocka_unit_test(ids),
		cmocka_unit_test(people),
		cmocka_unit_test(bursts),
		cmocka_unit_test(close_early),
		cmocka_unit_test(free_inside),
	};

	return cmocka_run_group_tests_name("message_table", tests, NULL, NULL);
}
