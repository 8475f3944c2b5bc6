/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_outbox_restore(void);


static const struct store_message left[] = {
	{.id = 10,
		.account = ALICE,
		.peer = BOB,
		.text = "flying",
		.via = "page",
		.out = true,
		.state = STORE_SENT,
		.at = 1800000000000},
	{.id = 11,
		.account = ALICE,
		.peer = BOB,
		.text = "1",
		.out = true,
		.state = STORE_QUEUED,
		.at = 1800000000000},
	{.id = 12,
		.account = "sip:gone@example.org",
		.peer = BOB,
		.text = "of nobody",
		.out = true,
		.state = STORE_QUEUED,
		.at = 1800000000000},
	{.id = 13,
		.account = ALICE,
		.peer = BOB,
		.text = "2",
		.out = true,
		.state = STORE_QUEUED,
		.at = 1800000000000},
};


static void open_left(
	struct world *w, const struct store_message *messages, size_t n)
{
	world_open(w);
	w->durable = true;
	w->left = messages;
	w->n_left = n;
	world_restart(w);
}


/* Queued goes out in order and ahead of what is typed now; what was on the
 * wire does not, and says why. */
static void restored(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	open_left(&w, left, UNIT_N(left));
	a = world_account(&w, "work", ALICE);
	assert_int_equal(core_send(core_chat_get(a, BOB), "new", world_done,
				 "new", NULL),
		0);
	world_run(&w, 0);
	assert_true(world_has(w.log, "message out " BOB " flying sent\n"));
	assert_true(world_has(w.log,
		"state " BOB " failed: the program ended before an answer "
		"came; it may have arrived\n"));
	assert_true(world_has(w.log, "message out " BOB " 1 queued\n"));
	assert_true(world_has(w.log, "message out " BOB " 2 queued\n"));
	assert_false(world_has(w.log, "of nobody"));
	assert_int_equal(core_unsent(w.core), 3);
	assert_true(core_sent_failed(w.core));
	world_quiet(&w);
	e = world_login(&w, a);
	assert_true(world_has(w.calls, "send " BOB " 1\n"));
	world_quiet(&w);
	fake_sent(e, 11, ENDPOINT_DELIVERED, NULL, 200, 0);
	world_run(&w, 0);
	assert_calls(&w, "send " BOB " 2\n");
	fake_sent(e, 13, ENDPOINT_DELIVERED, NULL, 200, 0);
	world_run(&w, 0);
	assert_calls(&w, "send " BOB " new\n");
	world_close(&w);
}


/* A login asked for at once waits until the outbox is read. */
static void login_waits(void **state)
{
	struct core_account *a;
	struct world w;

	(void)state;
	open_left(&w, left, UNIT_N(left));
	a = world_account(&w, "work", ALICE);
	core_login(a, NULL, NULL);
	assert_null(fake_endpoint());
	world_run(&w, 0);
	assert_non_null(fake_endpoint());
	fake_state(fake_endpoint(), ENDPOINT_ONLINE, NULL);
	world_run(&w, 0);
	assert_true(world_has(w.calls, "send " BOB " 1\n"));
	world_close(&w);
}


/* An account that comes later finds what it left. */
static void account_later(void **state)
{
	struct core_account *a;
	struct world w;

	(void)state;
	open_left(&w, left, UNIT_N(left));
	world_run(&w, 0);
	assert_int_equal(core_unsent(w.core), 0);
	a = world_account(&w, "work", ALICE);
	assert_int_equal(
		core_send(core_chat_get(a, BOB), "new", NULL, NULL, NULL), 0);
	core_login(a, NULL, NULL);
	world_run(&w, 0);
	assert_int_equal(core_unsent(w.core), 3);
	(void)world_account(&w, "kim", KIM);
	world_run(&w, 0);
	assert_int_equal(core_unsent(w.core), 3);
	fake_state(fake_endpoint(), ENDPOINT_ONLINE, NULL);
	world_run(&w, 0);
	assert_true(world_has(w.calls, "send " BOB " 1\n"));
	assert_false(world_has(w.calls, "send " BOB " new\n"));
	world_close(&w);
}


static void many(void **state)
{
	static struct store_message rows[1234];
	struct core_account *a;
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		rows[i] = left[1];
		rows[i].id = i + 1;
	}
	open_left(&w, rows, UNIT_N(rows));
	a = world_account(&w, "work", ALICE);
	world_run(&w, 0);
	assert_int_equal(core_unsent(w.core), UNIT_N(rows));
	(void)world_login(&w, a);
	world_close(&w);
}


/* The time that it waited in earlier runs counts; a clock that was set back
 * does not. */
static void expires(void **state)
{
	static struct store_message rows[2];
	struct world w;

	(void)state;
	rows[0] = left[1];
	rows[0].at = 1800000000000 - 59000;
	rows[1] = left[3];
	rows[1].at = 1800000000000 + 86400000;
	open_left(&w, rows, UNIT_N(rows));
	(void)world_account(&w, "work", ALICE);
	assert_int_equal(
		core_option_set(w.core, "outbox-expiry", "61", NULL), 0);
	world_run(&w, 0);
	assert_int_equal(core_unsent(w.core), 2);
	world_run(&w, 1000);
	assert_int_equal(core_unsent(w.core), 1);
	world_run(&w, 58000);
	assert_int_equal(core_unsent(w.core), 1);
	world_close(&w);
}


int test_outbox_restore(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(restored),
		cmocka_unit_test(login_waits),
		cmocka_unit_test(account_later),
		cmocka_unit_test(many),
		cmocka_unit_test(expires),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
