/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include "world.h"

int test_read(void);


#define PAST(id_, peer_, out_)                                               \
	{                                                                    \
		.id = (id_), .account = ALICE, .peer = (peer_), .text = "t", \
		.out = (out_)                                                \
	}


static void row_h(const char *key, const char *value, void *arg)
{
	const char *tab = strchr(key, '\t');

	mbuf_printf(arg, "%s=%llu\n", tab ? tab + 1 : key,
		strtoull(value, NULL, 10) % 1000000000);
}


static void assert_rows(struct world *w, const char *expected)
{
	mbuf_reset(w->calls);
	w->memory->ops->each(w->memory, "read", row_h, NULL, w->calls);
	world_run(w, 0);
	assert_calls(w, expected);
}


/* The program starts over PAST and the rows that are kept. */
static struct core_account *start(
	struct world *w, const struct store_message *past, size_t n)
{
	w->past = past;
	w->n_past = n;
	w->durable = true;
	world_restart(w);
	core_unread_await(w->core, world_done, "counted");
	world_run(w, 0);
	assert_true(world_has(w->log, "counted: 0"));
	world_quiet(w);
	return core_account_find(w->core, "work");
}


static void open_kept(struct world *w)
{
	world_open(w);
	world_account(w, "work", ALICE);
	world_run(w, 0);
}


static unsigned unread(struct core_account *a, const char *peer)
{
	struct core_chat *c = core_chat_find(a, peer);

	return c ? core_chat_unread(c) : 0;
}


static void keep(struct world *w, const char *key, const char *value)
{
	w->memory->ops->put(w->memory, "read", key, value, NULL, NULL);
}


/* Those of a version that noted nothing are not unread. */
static void first_start(void **state)
{
	static const struct store_message past[] = {
		PAST(7, BOB, false),
		PAST(9, BOB, false),
	};
	struct world w;

	(void)state;
	open_kept(&w);
	assert_int_equal(unread(start(&w, past, UNIT_N(past)), BOB), 0);
	assert_rows(&w, "*=9\n");
	world_close(&w);
	open_kept(&w);
	(void)start(&w, past, 0);
	assert_rows(&w, "*=0\n");
	world_close(&w);
}


static void left(void **state)
{
	static const struct store_message past[] = {
		PAST(5, KIM, false),
		PAST(6, KIM, false),
		PAST(7, BOB, false),
		PAST(9, BOB, false),
		PAST(10, KIM, true),
		PAST(11, BOB, true),
		PAST(12, BOB, false),
		PAST(13, KIM, false),
	};
	struct core_account *a;
	struct world w;

	(void)state;
	open_kept(&w);
	keep(&w, "*", "7");
	keep(&w, ALICE "\t" KIM, "5");
	keep(&w, "sip:nobody@example.org\t" KIM, "5");
	a = start(&w, past, UNIT_N(past));
	/* 9 and 12, after what everybody was told of; 6 and 13. */
	assert_int_equal(unread(a, BOB), 2);
	assert_int_equal(unread(a, KIM), 2);
	assert_rows(&w, "*=13\n" BOB "=8\n" KIM "=5\n" KIM "=5\n");
	core_chat_read(core_chat_find(a, BOB));
	core_chat_told(core_chat_find(a, KIM));
	assert_int_equal(unread(a, BOB), 0);
	assert_int_equal(unread(a, KIM), 2);
	world_run(&w, 1000);
	assert_rows(&w, "*=13\n" KIM "=5\n");
	assert_true(tmrs_next(w.tmrs) == UINT64_MAX);
	a = start(&w, past, UNIT_N(past));
	assert_int_equal(unread(a, BOB), 0);
	assert_int_equal(unread(a, KIM), 0);
	world_close(&w);
}


/* However many there are, a bounded number is read. */
static void many(void **state)
{
	static struct store_message past[1200];
	struct core_account *a;
	struct world w;
	size_t i;

	(void)state;
	open_kept(&w);
	keep(&w, "*", "1");
	keep(&w, ALICE "\t" KIM, "1");
	for (i = 0; i < UNIT_N(past); i++)
		past[i] = (struct store_message)PAST(
			i + 2, i % 2 ? KIM : BOB, false);
	a = start(&w, past, UNIT_N(past));
	assert_int_equal(unread(a, BOB), 600);
	assert_int_equal(unread(a, KIM), 100);
	world_close(&w);
}


/* Told of or not, noted within a second, at the end at once. */
static void arrives(void **state)
{
	struct store_message past = PAST(1, BOB, false);
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	open_kept(&w);
	a = start(&w, &past, 0);
	e = world_login(&w, a);
	world_quiet(&w);
	fake_message(e, BOB, "hi", 1);
	fake_message(e, KIM, "hi", 2);
	world_run(&w, 0);
	core_chat_told(core_chat_find(a, KIM));
	assert_rows(&w, "*=0\n");
	world_run(&w, 1000);
	assert_rows(&w, "*=1000001\n" BOB "=999999\n");
	assert_int_equal(unread(a, BOB), 1);
	core_chat_read(core_chat_find(a, BOB));
	fake_message(e, KIM, "more", 3);
	world_run(&w, 0);
	core_shutdown(w.core, 2000, NULL, NULL);
	world_run(&w, 0);
	assert_rows(&w, "*=2000000\n" KIM "=1999999\n");
	fake_signed_out(e);
	world_run(&w, 0);
	world_close(&w);
}


/* Removed: nothing of it is kept. */
static void account_removed(void **state)
{
	static const struct store_message past[] = {PAST(5, KIM, false)};
	struct core_account *a;
	struct world w;

	(void)state;
	open_kept(&w);
	keep(&w, "*", "1");
	a = start(&w, past, UNIT_N(past));
	assert_int_equal(unread(a, KIM), 1);
	assert_rows(&w, "*=5\n" KIM "=4\n");
	core_account_remove(a, NULL);
	world_run(&w, 2000);
	assert_rows(&w, "*=5\n");
	world_close(&w);
}


/* Read while it is being counted: read. */
static void read_meanwhile(void **state)
{
	static const struct store_message past[] = {
		PAST(5, KIM, false),
		PAST(6, BOB, false),
	};
	struct core_account *a;
	struct world w;

	(void)state;
	open_kept(&w);
	keep(&w, "*", "1");
	keep(&w, ALICE "\t" BOB, "1");
	w.past = past;
	w.n_past = UNIT_N(past);
	w.durable = true;
	world_restart(&w);
	a = world_account(&w, "work", ALICE);
	core_chat_read(core_chat_get(a, KIM));
	core_chat_read(core_chat_get(a, BOB));
	world_run(&w, 0);
	assert_int_equal(unread(a, KIM), 0);
	assert_int_equal(unread(a, BOB), 0);
	assert_rows(&w, "*=6\n");
	world_close(&w);
}


/* What forgets everything counts nothing. */
static void not_kept(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_unread_await(w.core, world_done, "counted");
	fake_message(e, BOB, "hi", 1);
	world_run(&w, 2000);
	assert_true(world_has(w.log, "counted: 0"));
	assert_int_equal(unread(a, BOB), 1);
	assert_rows(&w, "");
	world_close(&w);
}


/* Nobody waits for a disk that cannot be read; it is counted later. */
static void unreadable(void **state)
{
	static const struct store_message past[] = {PAST(5, KIM, false)};
	struct world w;

	(void)state;
	open_kept(&w);
	keep(&w, "*", "1");
	w.past = past;
	w.n_past = UNIT_N(past);
	w.durable = true;
	w.each_err = 5;
	world_restart(&w);
	core_unread_await(w.core, world_done, "first");
	world_run(&w, 0);
	core_unread_await(w.core, world_done, "second");
	world_run(&w, 0);
	assert_true(world_has(w.log, "first: 74 what is unread"));
	assert_true(world_has(w.log, "second: 74 what is unread"));
	w.each_err = 0;
	world_run(&w, 6000);
	core_unread_await(w.core, world_done, "third");
	world_run(&w, 0);
	assert_true(world_has(w.log, "third: 0"));
	assert_int_equal(unread(core_account_find(w.core, "work"), KIM), 1);
	world_close(&w);
}


int test_read(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_start),
		cmocka_unit_test(left),
		cmocka_unit_test(many),
		cmocka_unit_test(arrives),
		cmocka_unit_test(account_removed),
		cmocka_unit_test(read_meanwhile),
		cmocka_unit_test(not_kept),
		cmocka_unit_test(unreadable),
	};

	return cmocka_run_group_tests_name("read", tests, NULL, NULL);
}
