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


enum {
	LANE_JOBS = 500,
};

/* One thread runs them in order, and they complete in it. */
struct lane_test {
	struct fixture f;
	struct work_lane *lane;
	unsigned order[LANE_JOBS];
	bool ordered;
};


static void lane_run(void *arg)
{
	struct lane_test *t = arg;

	t->f.other = pthread_self();
	t->order[t->f.ran] = t->f.ran;
	++t->f.ran;
}


static void lane_done(void *arg)
{
	struct lane_test *t = arg;

	if (t->order[t->f.done] != t->f.done)
		t->ordered = false;
	done_handler(&t->f);
}


static void lane(void **state)
{
	struct lane_test t = {.ordered = true};
	struct work *w;
	int i;

	(void)state;
	init(&t.f);
	w = t.f.work;
	t.f.wanted = LANE_JOBS;
	assert_int_equal(w->lane(w->ctx, &t.lane), 0);
	for (i = 0; i < LANE_JOBS; i++)
		t.lane->submit(t.lane, lane_run, lane_done, &t);
	net_test_run(&t.f.t);
	assert_int_equal(t.f.done, LANE_JOBS);
	assert_true(t.ordered);
	assert_false(pthread_equal(t.f.main, t.f.other));
	mem_deref(t.lane);
	mem_deref(w);
	net_test_close(&t.f.t);
}


static void lane_free_inside_handler(void *arg)
{
	struct lane_test *t = arg;

	t->lane = mem_deref(t->lane);
	++t->f.done;
	loop_stop(t->f.t.loop, 0);
}


/* From a handler, with jobs behind: no more of them complete. */
static void lane_free_inside(void **state)
{
	struct lane_test t = {.ordered = true};
	struct work *w;
	int i;

	(void)state;
	init(&t.f);
	w = t.f.work;
	assert_int_equal(w->lane(w->ctx, &t.lane), 0);
	for (i = 0; i < 9; i++)
		t.lane->submit(t.lane, lane_run, lane_free_inside_handler, &t);
	net_test_run(&t.f.t);
	net_test_pause(&t.f.t, 2);
	assert_int_equal(t.f.done, 1);
	mem_deref(w);
	net_test_close(&t.f.t);
}


/* One that was never used has no thread. */
static void lane_unused(void **state)
{
	struct fixture f;
	struct work_lane *l;

	(void)state;
	init(&f);
	assert_int_equal(f.work->lane(f.work->ctx, &l), 0);
	mem_deref(l);
	mem_deref(f.work);
	net_test_close(&f.t);
}


int test_work(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(submit),
		cmocka_unit_test(free_inside),
		cmocka_unit_test(free_early),
		cmocka_unit_test(lane),
		cmocka_unit_test(lane_free_inside),
		cmocka_unit_test(lane_unused),
	};

	return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}
