/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tmr.h - time: timers held inside their owners, the monotonic and the wall
 * clock. All times are milliseconds.
 *
 * Every floor asks a `struct tmrs` and nothing else for the time, so a test
 * can hand in a clock that it advances itself.
 */
#ifndef SOTTO_TMR_H
#define SOTTO_TMR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tmrs; /* a set of timers and its clock */

typedef void(tmr_h)(void *arg);

/* All-zero is a stopped timer. The owner's destructor calls tmr_cancel(). */
struct tmr {
	struct tmrs *tmrs; /* NULL while stopped */
	size_t index;      /* place in the heap */
	uint64_t due;      /* monotonic */
	uint64_t order;    /* first started fires first among equals */
	tmr_h *h;
	void *arg;
};

/* Where a set of timers takes the time from. */
struct tmr_clock {
	uint64_t (*monotonic)(void *arg); /* milliseconds */
	int64_t (*wall)(void *arg);       /* milliseconds since 1970 */
	void *arg;
};

/* A set on the system's clocks (CLOCK NULL) or another (mem_deref, after
 * which its timers are stopped). */
struct tmrs *tmrs_alloc(const struct tmr_clock *clock);

/* Starts or restarts TMR: H runs once, MS from now. */
void tmr_start(struct tmrs *tmrs, struct tmr *tmr, uint64_t ms, tmr_h *h,
	void *arg);

/* Stops TMR; harmless if it is stopped. */
void tmr_cancel(struct tmr *tmr);
bool tmr_isrunning(const struct tmr *tmr);

/* Milliseconds until TMR fires; 0 if due or stopped. */
uint64_t tmr_remaining(const struct tmr *tmr);

/* The time now. tmrs_now() is read once a turn of the loop. */
uint64_t tmrs_now(const struct tmrs *tmrs);
int64_t tmrs_wall(const struct tmrs *tmrs);

/* How long until GAP has gone by since LAST (monotonic; 0: never). */
uint64_t tmrs_until(const struct tmrs *tmrs, uint64_t last, uint64_t gap);

/* For the loop: reads the clock anew; runs what is due, in order; tells how
 * long until the next one is (UINT64_MAX: none). */
void tmrs_update(struct tmrs *tmrs);
void tmrs_run(struct tmrs *tmrs);
uint64_t tmrs_next(const struct tmrs *tmrs);

/* Calls CHANGED whenever the earliest timer may have changed. */
void tmrs_on_change(struct tmrs *tmrs, void (*changed)(void *arg), void *arg);

#endif
