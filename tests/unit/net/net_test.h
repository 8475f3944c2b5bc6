/* SPDX-License-Identifier: GPL-3.0-or-later */
/* net_test.h - a loop that never runs longer than a bound. */
#ifndef SOTTO_NET_TEST_H
#define SOTTO_NET_TEST_H

#include "loop.h"
#include "unit.h"

enum {
	NET_TEST_LIMIT = 10000, /* ms, for what should take far less */
	NET_TEST_LATE = 99, /* the status of a loop that ran so long */
};

struct net_test {
	struct loop *loop;
	struct tmr limit;
};

static inline void net_test_late(void *arg)
{
	struct net_test *t = arg;

	loop_stop(t->loop, NET_TEST_LATE);
}

static inline void net_test_init(struct net_test *t)
{
	memset(t, 0, sizeof(*t));
	assert_int_equal(loop_alloc(&t->loop), 0);
}

/* Runs until somebody stops the loop with status 0, or fails. */
static inline void net_test_run(struct net_test *t)
{
	tmrs_update(loop_tmrs(t->loop));
	tmr_start(loop_tmrs(t->loop), &t->limit, NET_TEST_LIMIT, net_test_late,
		t);
	assert_int_equal(loop_run(t->loop), 0);
	tmr_cancel(&t->limit);
}

static inline void net_test_stop(void *arg)
{
	struct net_test *t = arg;

	loop_stop(t->loop, 0);
}

/* Runs for MS. */
static inline void net_test_pause(struct net_test *t, uint64_t ms)
{
	struct tmr tmr = {0};

	tmrs_update(loop_tmrs(t->loop));
	tmr_start(loop_tmrs(t->loop), &tmr, ms, net_test_stop, t);
	net_test_run(t);
}

static inline void net_test_close(struct net_test *t)
{
	t->loop = mem_deref(t->loop);
}

#endif
