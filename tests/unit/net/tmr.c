/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include "tmr.h"
#include "unit.h"

int test_tmr(void);


/* A clock that the test moves, timers, and what they did. */
struct fixture {
	uint64_t time;
	struct tmrs *tmrs;
	struct tmr t[4];
	char trace[64];
	unsigned changes;
};


static uint64_t monotonic(void *arg)
{
	return *(uint64_t *)arg;
}


static int64_t wall(void *arg)
{
	return (int64_t) * (uint64_t *)arg + 1000000;
}


static void changed(void *arg)
{
	struct fixture *f = arg;

	++f->changes;
}


static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct tmr_clock clock = {monotonic, wall, &f->time};

	f->time = 1000;
	f->tmrs = tmrs_alloc(&clock);
	*state = f;
	return 0;
}


static int teardown(void **state)
{
	struct fixture *f = *state;

	mem_deref(f->tmrs);
	free(f);
	return 0;
}


static void advance(struct fixture *f, uint64_t ms)
{
	f->time += ms;
	tmrs_update(f->tmrs);
	tmrs_run(f->tmrs);
}


struct mark {
	struct fixture *f;
	char c;
};


static void mark_handler(void *arg)
{
	struct mark *m = arg;
	size_t n = strlen(m->f->trace);

	m->f->trace[n] = m->c;
}


static void order(void **state)
{
	struct fixture *f = *state;
	struct mark m[] = {{f, 'a'}, {f, 'b'}, {f, 'c'}, {f, 'd'}};

	assert_true(tmrs_next(f->tmrs) == UINT64_MAX);
	tmr_start(f->tmrs, &f->t[0], 30, mark_handler, &m[0]);
	tmr_start(f->tmrs, &f->t[1], 10, mark_handler, &m[1]);
	tmr_start(f->tmrs, &f->t[2], 30, mark_handler, &m[2]);
	tmr_start(f->tmrs, &f->t[3], 20, mark_handler, &m[3]);
	assert_int_equal(tmrs_next(f->tmrs), 10);
	assert_int_equal(tmr_remaining(&f->t[2]), 30);
	advance(f, 9);
	assert_string_equal(f->trace, "");
	advance(f, 1);
	assert_string_equal(f->trace, "b");
	assert_false(tmr_isrunning(&f->t[1]));
	assert_true(tmr_isrunning(&f->t[0]));
	advance(f, 100);
	assert_string_equal(f->trace, "bdac");
	assert_int_equal(tmrs_now(f->tmrs), 1110);
	assert_int_equal(tmrs_wall(f->tmrs), 1001110);
	assert_int_equal(tmr_remaining(&f->t[0]), 0);
}


static void restart(void **state)
{
	struct fixture *f = *state;
	struct mark m[] = {{f, 'a'}, {f, 'b'}};

	tmr_start(f->tmrs, &f->t[0], 10, mark_handler, &m[0]);
	tmr_start(f->tmrs, &f->t[0], 50, mark_handler, &m[1]);
	advance(f, 40);
	assert_string_equal(f->trace, "");
	advance(f, 10);
	assert_string_equal(f->trace, "b");
	tmr_cancel(&f->t[0]);
	tmr_start(f->tmrs, &f->t[0], UINT64_MAX, mark_handler, &m[0]);
	advance(f, 1000000);
	assert_string_equal(f->trace, "b");
	tmr_cancel(&f->t[0]);
	assert_true(tmrs_next(f->tmrs) == UINT64_MAX);
}


static void cancel_handler(void *arg)
{
	struct fixture *f = arg;

	strcat(f->trace, "x");
	tmr_cancel(&f->t[1]);
	tmr_cancel(&f->t[0]);
}


static void cancel_inside(void **state)
{
	struct fixture *f = *state;
	struct mark m[] = {{f, 'b'}, {f, 'c'}};

	tmr_start(f->tmrs, &f->t[0], 10, cancel_handler, f);
	tmr_start(f->tmrs, &f->t[1], 10, mark_handler, &m[0]);
	tmr_start(f->tmrs, &f->t[2], 10, mark_handler, &m[1]);
	advance(f, 10);
	assert_string_equal(f->trace, "xc");
}


static void again_handler(void *arg)
{
	struct fixture *f = arg;

	strcat(f->trace, "a");
	tmr_start(f->tmrs, &f->t[0], 0, again_handler, f);
}


/* A timer that starts itself without delay runs once a turn. */
static void start_inside(void **state)
{
	struct fixture *f = *state;

	tmr_start(f->tmrs, &f->t[0], 0, again_handler, f);
	advance(f, 0);
	assert_string_equal(f->trace, "a");
	assert_int_equal(tmrs_next(f->tmrs), 0);
	advance(f, 0);
	assert_string_equal(f->trace, "aa");
	tmr_cancel(&f->t[0]);
}


static void free_handler(void *arg)
{
	struct fixture *f = arg;

	strcat(f->trace, "f");
	f->tmrs = mem_deref(f->tmrs);
}


static void free_inside(void **state)
{
	struct fixture *f = *state;

	tmr_start(f->tmrs, &f->t[0], 0, free_handler, f);
	tmr_start(f->tmrs, &f->t[1], 5, free_handler, f);
	tmrs_run(f->tmrs);
	assert_string_equal(f->trace, "f");
	assert_null(f->tmrs);
	/* The set is gone, the timer is stopped. */
	assert_false(tmr_isrunning(&f->t[1]));
	tmr_cancel(&f->t[1]);
}


static void until(void **state)
{
	const struct fixture *f = *state;

	assert_int_equal(tmrs_until(f->tmrs, 0, 2000), 0);
	assert_int_equal(tmrs_until(f->tmrs, 1000, 2000), 2000);
	assert_int_equal(tmrs_until(f->tmrs, 400, 601), 1);
	assert_int_equal(tmrs_until(f->tmrs, 400, 600), 0);
	assert_int_equal(tmrs_until(f->tmrs, 1, 2), 0);
}


static void change(void **state)
{
	struct fixture *f = *state;

	tmrs_on_change(f->tmrs, changed, f);
	tmr_start(f->tmrs, &f->t[0], 10, again_handler, f);
	assert_int_equal(f->changes, 1);
	tmr_start(f->tmrs, &f->t[1], 20, again_handler, f);
	assert_int_equal(f->changes, 1);
	tmr_cancel(&f->t[1]);
	assert_int_equal(f->changes, 1);
	tmr_cancel(&f->t[0]);
	assert_int_equal(f->changes, 2);
}


struct many {
	uint64_t last;
	size_t fired;
	bool sorted;
};

struct many_tmr {
	struct tmr tmr;
	struct many *many;
	uint64_t due;
};


static void many_handler(void *arg)
{
	struct many_tmr *t = arg;

	t->many->sorted = t->many->sorted && t->due >= t->many->last;
	t->many->last = t->due;
	++t->many->fired;
}


static void hundred_thousand(void **state)
{
	struct fixture *f = *state;
	const size_t n = 100000;
	struct many_tmr *t = calloc(n, sizeof(*t));
	struct many many = {0, 0, true};
	size_t i;

	for (i = 0; i < n; i++) {
		t[i].many = &many;
		t[i].due = i * 7919 % 32003;
		tmr_start(f->tmrs, &t[i].tmr, t[i].due, many_handler, &t[i]);
	}
	for (i = 0; i < n; i += 3)
		tmr_cancel(&t[i].tmr);
	advance(f, 40000);
	assert_true(many.sorted);
	assert_int_equal(many.fired, n - (n + 2) / 3);
	assert_true(tmrs_next(f->tmrs) == UINT64_MAX);
	free(t);
}


static void system_clock(void **state)
{
	struct tmrs *tmrs = tmrs_alloc(NULL);
	uint64_t before = tmrs_now(tmrs);

	(void)state;
	tmrs_update(tmrs);
	assert_true(tmrs_now(tmrs) >= before);
	/* After 2020 and before 2100. */
	assert_true(tmrs_wall(tmrs) > 1577836800000);
	assert_true(tmrs_wall(tmrs) < 4102444800000);
	mem_deref(tmrs);
}


int test_tmr(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(order, setup, teardown),
		cmocka_unit_test_setup_teardown(restart, setup, teardown),
		cmocka_unit_test_setup_teardown(cancel_inside, setup, teardown),
		cmocka_unit_test_setup_teardown(start_inside, setup, teardown),
		cmocka_unit_test_setup_teardown(free_inside, setup, teardown),
		cmocka_unit_test_setup_teardown(until, setup, teardown),
		cmocka_unit_test_setup_teardown(change, setup, teardown),
		cmocka_unit_test_setup_teardown(
			hundred_thousand, setup, teardown),
		cmocka_unit_test(system_clock),
	};

	return cmocka_run_group_tests_name("tmr", tests, NULL, NULL);
}
