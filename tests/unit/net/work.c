/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include "net_test.h"
#include "work.h"

int test_work(void);


struct fixture {
	struct net_test t;
	struct work *work;
	pthread_t main, other;
	unsigned ran, done, wanted;
};


static void run_handler(void *arg)
{
	struct fixture *f = arg;

	f->other = pthread_self();
	++f->ran;
}


static void done_handler(void *arg)
{
	struct fixture *f = arg;

	assert_true(pthread_equal(pthread_self(), f->main));
	if (++f->done == f->wanted)
		loop_stop(f->t.loop, 0);
}


static void init(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	net_test_init(&f->t);
	f->work = work_alloc(f->t.loop);
	f->main = pthread_self();
}


static void submit(void **state)
{
	struct fixture f;
	struct work *w;

	(void)state;
	init(&f);
	w = f.work;
	f.wanted = 2;
	assert_int_equal(w->submit(w->ctx, run_handler, done_handler, &f), 0);
	assert_int_equal(w->later(w->ctx, done_handler, &f), 0);
	assert_int_equal(f.done, 0);
	net_test_run(&f.t);
	assert_int_equal(f.ran, 1);
	assert_false(pthread_equal(f.main, f.other));
	mem_deref(w);
	net_test_close(&f.t);
}


static void free_handler(void *arg)
{
	struct fixture *f = arg;

	++f->done;
	f->work = mem_deref(f->work);
	loop_stop(f->t.loop, 0);
}


static void free_inside(void **state)
{
	struct fixture f;
	struct work *w;

	(void)state;
	init(&f);
	w = f.work;
	assert_int_equal(w->later(w->ctx, free_handler, &f), 0);
	assert_int_equal(w->later(w->ctx, done_handler, &f), 0);
	net_test_run(&f.t);
	assert_int_equal(f.done, 1);
	net_test_pause(&f.t, 2);
	assert_int_equal(f.done, 1);
	net_test_close(&f.t);
}


/* Jobs under way when the pool goes complete into nothing. */
static void free_early(void **state)
{
	struct fixture f;
	struct work *w;

	(void)state;
	init(&f);
	w = f.work;
	assert_int_equal(w->submit(w->ctx, run_handler, done_handler, &f), 0);
	assert_int_equal(w->later(w->ctx, done_handler, &f), 0);
	mem_deref(w);
	net_test_pause(&f.t, 5);
	net_test_close(&f.t);
	assert_int_equal(f.done, 0);
}


int test_work(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(submit),
		cmocka_unit_test(free_inside),
		cmocka_unit_test(free_early),
	};

	return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}
