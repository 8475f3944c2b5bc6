/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "world.h"

static void read_h(void *arg)
{
	(void)arg;
	mbuf_write_str(world->log, "read\n");
}


/* Told behind all that was kept, and at once where that is known. */
static void when_read(void **state)
{
	struct core_account *a;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	assert_int_equal(
		core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL), 0);
	world_run(&w, 0);
	world_restart(&w);
	core_when_read(w.core, read_h, NULL);
	assert_log(&w, "");
	world_run(&w, 0);
	assert_true(world_has(w.log, "read\n"));
	assert_non_null(
		core_buddy_find(core_account_find(w.core, "work"), BOB));
	world_quiet(&w);
	core_when_read(w.core, read_h, NULL);
	world_run(&w, 0);
	assert_log(&w, "read\n");
	world_close(&w);
}


int test_saved(void);


static void row_h(const char *key, const char *value, void *arg)
{
	struct mbuf *mb = arg;
	const char *p;

	for (p = key; *p; p++)
		mbuf_write_u8(mb, *p == '\t' ? '/' : (uint8_t)*p);
	mbuf_write_u8(mb, '=');
	for (p = value; *p; p++)
		mbuf_write_u8(mb, *p == '\n' ? '|' : (uint8_t)*p);
	mbuf_write_u8(mb, '\n');
}


static void assert_rows(
	struct world *w, const char *table, const char *expected)
{
	w->memory->ops->each(w->memory, table, row_h, NULL, w->calls);
	world_run(w, 0);
	assert_calls(w, expected);
}


static void typed(struct world *w)
{
	static const char *const groups[] = {"Friends", "Work", NULL};
	struct core_account *a = world_account(w, "work", ALICE);

	core_account_set(a, "password", "secret", NULL);
	core_account_set(a, "proxy", "sip:p.lab.test", NULL);
	core_buddy_add(a, BOB, "Bob", groups, NULL, NULL, NULL);
	core_buddy_add(a, KIM, NULL, NULL, NULL, NULL, NULL);
	core_watcher_decide(a, KIM, CORE_BLOCK, NULL);
	core_watcher_decide(a, BOB, CORE_BLOCK, NULL);
	core_watcher_decide(a, BOB, CORE_UNBLOCK, NULL);
	world_run(w, 0);
	world_quiet(w);
}


static void rows(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	typed(&w);
	assert_rows(&w, "account", "work=" ALICE "\n");
	assert_rows(&w, "setting", "work/proxy=sip:p.lab.test\n");
	assert_rows(&w, "buddy",
		"work/" BOB "=Bob|Friends|Work\n"
		"work/" KIM "=\n");
	assert_rows(&w, "decision", "work/" KIM "=block\n");
	core_group_remove(w.core, "Work", NULL);
	core_buddy_remove(
		core_buddy_find(core_account_first(w.core), KIM), NULL);
	world_run(&w, 0);
	assert_rows(&w, "buddy", "work/" BOB "=Bob|Friends\n");
	core_account_remove(core_account_first(w.core), NULL);
	world_run(&w, 0);
	assert_rows(&w, "account", "");
	assert_rows(&w, "setting", "");
	assert_rows(&w, "buddy", "");
	assert_rows(&w, "decision", "");
	world_close(&w);
}


/* What a file declares is the file's. */
static void declared(void **state)
{
	const struct core_origin origin = {"sotto.conf", 3};
	struct core_account *a;
	struct world w;

	(void)state;
	world_open(&w);
	core_account_add(w.core, "work", ALICE, &origin, &a, NULL);
	core_account_set(a, "proxy", "sip:p.lab.test", NULL);
	core_buddy_add(a, BOB, "Bob", NULL, &origin, NULL, NULL);
	world_run(&w, 0);
	assert_int_equal(w.n_put, 0);
	/* Unless it is changed by hand. */
	core_buddy_rename(core_buddy_find(a, BOB), "Bobby");
	world_run(&w, 0);
	assert_rows(&w, "buddy", "work/" BOB "=Bobby\n");
	/* Typed too: kept too. */
	core_account_add(w.core, "work", ALICE, NULL, &a, NULL);
	core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL);
	world_run(&w, 0);
	assert_rows(&w, "account", "work=" ALICE "\n");
	assert_rows(&w, "buddy", "work/" BOB "=Bobby\n");
	world_close(&w);
}


/* The next start: all is there before a login begins, and nothing is put
 * again. */
static void next_start(void **state)
{
	const struct core_origin origin = {"sotto.conf", 3};
	struct core_account *a;
	struct core_buddy *b;
	struct world w;
	char *instance;

	(void)state;
	world_open(&w);
	typed(&w);
	instance = mem_strdup(
		world_login(&w, core_account_first(w.core))->instance);
	w.n_put = 0;
	w.hold = true;
	world_restart(&w);
	/* The file comes first and gives the proxy. */
	core_account_add(w.core, "work", ALICE, &origin, &a, NULL);
	core_account_set(a, "proxy", "sip:q.lab.test", NULL);
	core_login(a, world_done, "login");
	world_run(&w, 0);
	assert_null(fake_endpoint());
	w.hold = false;
	world_run(&w, 0);
	assert_non_null(fake_endpoint());
	assert_string_equal(fake_endpoint()->instance, instance);
	assert_string_equal(core_account_get(a, "proxy"), "sip:q.lab.test");
	assert_null(core_account_get(a, "password"));
	b = core_buddy_find(a, BOB);
	assert_string_equal(core_buddy_name(b), "Bob");
	assert_string_equal(core_buddy_groups(b)[1], "Work");
	assert_null(core_buddy_name(core_buddy_find(a, KIM)));
	assert_true(core_watcher_blocked(a, KIM));
	assert_false(core_watcher_blocked(a, BOB));
	assert_int_equal(w.n_put, 0);
	mem_deref(instance);

	/* Without the file the settings are the store's. */
	world_restart(&w);
	world_run(&w, 0);
	a = core_account_find(w.core, "work");
	assert_string_equal(core_account_get(a, "proxy"), "sip:p.lab.test");
	world_close(&w);
}


/* Kept, and declared in a file: one buddy, and what the file says holds,
 * whichever is read first. */
static void declared_too(void **state)
{
	static const char *const groups[] = {"Family", NULL};
	const struct core_origin origin = {"sotto.conf", 7};
	struct core_account *a;
	struct core_buddy *b;
	struct world w;
	char *note = NULL;
	int file_first;

	(void)state;
	for (file_first = 0; file_first < 2; file_first++) {
		world_open(&w);
		typed(&w);
		w.hold = file_first;
		world_restart(&w);
		world_run(&w, 0);
		core_account_add(w.core, "work", ALICE, &origin, &a, NULL);
		core_buddy_add(a, BOB, "Robert", NULL, &origin, NULL, NULL);
		core_buddy_add(a, KIM, NULL, groups, &origin, NULL, NULL);
		w.hold = false;
		world_run(&w, 0);
		b = core_buddy_find(a, BOB);
		assert_string_equal(core_buddy_name(b), "Robert");
		assert_string_equal(core_buddy_groups(b)[1], "Work");
		b = core_buddy_find(a, KIM);
		assert_string_equal(core_buddy_groups(b)[0], "Family");
		assert_null(
			core_buddy_next(core_buddy_next(core_buddy_first(a))));
		core_buddy_remove(b, &note);
		assert_string_equal(note,
			KIM " is declared in sotto.conf, line 7: it comes "
			    "back at the next start");
		note = mem_deref(note);
		world_run(&w, 0);
		mbuf_reset(w.calls);
		w.memory->ops->each(w.memory, "buddy", row_h, NULL, w.calls);
		world_run(&w, 0);
		assert_false(world_has(w.calls, KIM));
		world_close(&w);
	}
}


/* A long list is taken in slices, one a turn, and what comes behind it after
 * it. */
static void many(void **state)
{
	struct core_account *a;
	struct core_buddy *b;
	struct world w;
	char uri[64];
	int i, n = 0, turns = 0;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	for (i = 0; i < 1700; i++) {
		(void)snprintf(uri, sizeof(uri), "sip:b%d@example.org", i);
		core_buddy_add(a, uri, NULL, NULL, NULL, NULL, NULL);
	}
	core_watcher_decide(a, KIM, CORE_BLOCK, NULL);
	world_run(&w, 0);
	mbuf_reset(w.log);
	world_restart(&w);
	do {
		int before = n;

		a = core_account_find(w.core, "work");
		b = a ? core_buddy_first(a) : NULL;
		for (n = 0; b; n++)
			b = core_buddy_next(b);
		assert_in_range(n - before, 0, 500);
		world_turn(&w);
		assert_true(turns++ < 1000);
	} while (n < 1700);
	world_run(&w, 0);
	assert_true(core_watcher_blocked(a, KIM));
	world_close(&w);
}


static void store_fails(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	w.add_err = ENOSPC;
	world_account(&w, "work", ALICE);
	world_run(&w, 0);
	assert_log(&w,
		"account work offline\nlog error: the store failed: a "
		"change will be lost at the end: No space left on "
		"device\n");
	world_close(&w);
}


/* Who waits for what he changed is told when it is kept, and he alone is told
 * that it is not. */
static void awaited(void **state)
{
	struct core_account *a;
	struct world w;
	uint64_t mark;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	world_run(&w, 0);
	mark = core_saved_mark(w.core);
	assert_false(core_saved_await(w.core, mark, world_done, "none"));
	w.hold = true;
	w.add_err = ENOSPC;
	core_buddy_add(a, BOB, "Bob", NULL, NULL, NULL, NULL);
	assert_true(core_saved_await(w.core, mark, world_done, "bob"));
	w.add_err = 0;
	mark = core_saved_mark(w.core);
	core_buddy_add(a, KIM, "Kim", NULL, NULL, NULL, NULL);
	assert_true(core_saved_await(w.core, mark, world_done, "kim"));
	world_run(&w, 0);
	world_quiet(&w);
	w.hold = false;
	world_run(&w, 0);
	assert_log(&w,
		"log error: the store failed: a change will be lost at the "
		"end: No space left on device\n"
		"bob: 74 the store failed: this will be lost at the end: No "
		"space left on device\n"
		"kim: 0\n");
	assert_false(core_saved_await(w.core, mark, world_done, "late"));
	core_buddy_remove(core_buddy_find(a, KIM), NULL);
	assert_true(core_saved_await(w.core, mark, world_done, "gone"));
	world_close(&w);
}


/* What cannot be read at the start is told once, and read when it can be. */
static void unread(void **state)
{
	struct core_account *a;
	struct world w;

	(void)state;
	world_open(&w);
	typed(&w);
	w.each_err = ENOSPC;
	world_restart(&w);
	world_run(&w, 0);
	assert_null(core_account_find(w.core, "work"));
	assert_log(&w,
		"log error: the store failed: what was kept cannot be read "
		"yet: No space left on device\n");
	world_run(&w, 6000);
	world_run(&w, 6000);
	assert_log(&w, "");
	w.each_err = 0;
	world_run(&w, 6000);
	a = core_account_find(w.core, "work");
	assert_non_null(a);
	assert_string_equal(core_buddy_name(core_buddy_find(a, BOB)), "Bob");
	world_close(&w);
}


int test_saved(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test(declared),
		cmocka_unit_test(next_start),
		cmocka_unit_test(declared_too),
		cmocka_unit_test(many),
		cmocka_unit_test(store_fails),
		cmocka_unit_test(awaited),
		cmocka_unit_test(when_read),
		cmocka_unit_test(unread),
	};

	return cmocka_run_group_tests_name("saved", tests, NULL, NULL);
}
