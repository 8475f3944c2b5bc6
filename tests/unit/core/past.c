/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>
#include "world.h"

int test_past(void);


/* What was told. */
struct told {
	unsigned calls;
	int err;
	size_t n;
	uint64_t last;
};


static void page_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct told *t = arg;

	t->calls++;
	t->err = err;
	t->n = n;
	t->last = n ? messages[n - 1].id : 0;
}


static void hits_h(int err, const struct store_hit *hits, size_t n, void *arg)
{
	struct told *t = arg;

	(void)hits;
	t->calls++;
	t->err = err;
	t->n = n;
}


static void pages(void **state)
{
	struct core_past *p;
	struct core_account *a;
	struct told t = {0};
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_past_alloc(&p, a, BOB);
	core_past_before(p, 0, 10, page_h, &t);
	assert_int_equal(t.calls, 0);
	world_run(&w, 0);
	assert_int_equal(t.calls, 1);
	assert_int_equal(t.n, 0);
	assert_null(core_chat_find(a, BOB));
	core_send(core_chat_get(a, BOB), "one", NULL, NULL, NULL);
	core_send(core_chat_get(a, BOB), "two", NULL, NULL, NULL);
	world_run(&w, 0);
	core_past_before(p, 0, 1, page_h, &t);
	world_run(&w, 0);
	assert_int_equal(t.n, 1);
	assert_int_equal(t.last, w.ids[1]);
	core_past_before(p, w.ids[1], 1, page_h, &t);
	world_run(&w, 0);
	assert_int_equal(t.last, w.ids[0]);
	/* The store in memory has no index, and says so. */
	core_past_after(p, w.ids[0], 1, page_h, &t);
	world_run(&w, 0);
	assert_int_equal(t.err, ENOTSUP);
	core_past_search(p, "one", 0, 1, hits_h, &t);
	world_run(&w, 0);
	assert_int_equal(t.calls, 5);
	assert_int_equal(t.err, ENOTSUP);
	mem_deref(p);
	world_close(&w);
}


static void nobody_is_told(void **state)
{
	struct core_past *p, *left;
	struct core_account *a;
	struct told t = {0};
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = mem_ref(world_online(&w, &e));
	core_past_alloc(&p, a, BOB);
	core_past_alloc(&left, a, BOB);
	core_past_before(p, 0, 10, page_h, &t);
	mem_deref(p);
	world_run(&w, 0);
	assert_int_equal(t.calls, 0);
	core_past_before(left, 0, 10, page_h, &t);
	world_run(&w, 0);
	assert_int_equal(t.calls, 1);
	core_account_remove(a, NULL);
	world_run(&w, 0);
	core_past_before(left, 0, 10, page_h, &t);
	core_past_after(left, 0, 10, page_h, &t);
	core_past_search(left, "x", 0, 10, hits_h, &t);
	world_run(&w, 0);
	assert_int_equal(t.calls, 1);
	mem_deref(left);
	mem_deref(a);
	world_close(&w);
}


static void core_goes_first(void **state)
{
	struct core_past *p;
	struct core_account *a;
	struct told t = {0};
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = mem_ref(world_online(&w, &e));
	core_past_alloc(&p, a, BOB);
	core_past_before(p, 0, 10, page_h, &t);
	w.core = mem_deref(w.core);
	world_run(&w, 0);
	assert_int_equal(t.calls, 0);
	mem_deref(p);
	mem_deref(a);
	world_close(&w);
}


int test_past(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages),
		cmocka_unit_test(nobody_is_told),
		cmocka_unit_test(core_goes_first),
	};

	return cmocka_run_group_tests_name("past", tests, NULL, NULL);
}
