/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tmr.c - timers in a binary heap, so that a hundred thousand of them cost
 * no more than a few comparisons each to start and stop.
 */
#include <time.h>
#include "mem.h"
#include "tmr.h"


enum {
	FIRST_ROOM = 64,
};


struct tmrs {
	struct tmr_clock clock;
	uint64_t now;
	uint64_t order; /* of the next timer started */
	struct tmr **heap;
	size_t n, room;
	void (*changed)(void *arg);
	void *changed_arg;
};


static void tmrs_destructor(void *data)
{
	struct tmrs *tmrs = data;
	size_t i;

	for (i = 0; i < tmrs->n; i++)
		tmrs->heap[i]->tmrs = NULL;
	mem_deref(tmrs->heap);
}


static int64_t read_clock(clockid_t id)
{
	struct timespec ts;

	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


static uint64_t system_monotonic(void *arg)
{
	(void)arg;
	return (uint64_t)read_clock(CLOCK_MONOTONIC);
}


static int64_t system_wall(void *arg)
{
	(void)arg;
	return read_clock(CLOCK_REALTIME);
}


static void no_change(void *arg)
{
	(void)arg;
}


static bool is_before(const struct tmr *a, const struct tmr *b)
{
	return a->due != b->due ? a->due < b->due : a->order < b->order;
}


static void put(struct tmrs *tmrs, size_t i, struct tmr *tmr)
{
	tmrs->heap[i] = tmr;
	tmr->index = i;
}


/* Moves TMR from place I towards the root until its parent is earlier. */
static void sift_up(struct tmrs *tmrs, size_t i, struct tmr *tmr)
{
	while (i) {
		size_t parent = (i - 1) / 2;

		if (!is_before(tmr, tmrs->heap[parent]))
			break;
		put(tmrs, i, tmrs->heap[parent]);
		i = parent;
	}
	put(tmrs, i, tmr);
}


/* Moves TMR from place I away from the root until its children are later. */
static void sift_down(struct tmrs *tmrs, size_t i, struct tmr *tmr)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= tmrs->n)
			break;
		if (child + 1 < tmrs->n &&
			is_before(tmrs->heap[child + 1], tmrs->heap[child]))
			++child;
		if (!is_before(tmrs->heap[child], tmr))
			break;
		put(tmrs, i, tmrs->heap[child]);
		i = child;
	}
	put(tmrs, i, tmr);
}


static void heap_remove(struct tmrs *tmrs, size_t i)
{
	struct tmr *last = tmrs->heap[--tmrs->n];

	if (i == tmrs->n)
		return;
	if (i && is_before(last, tmrs->heap[(i - 1) / 2]))
		sift_up(tmrs, i, last);
	else
		sift_down(tmrs, i, last);
}


struct tmrs *tmrs_alloc(const struct tmr_clock *clock)
{
	static const struct tmr_clock system = {
		system_monotonic, system_wall, NULL};
	struct tmrs *tmrs = mem_zalloc(sizeof(*tmrs), tmrs_destructor);

	tmrs->clock = clock ? *clock : system;
	tmrs->changed = no_change;
	tmrs_update(tmrs);
	return tmrs;
}


void tmr_start(
	struct tmrs *tmrs, struct tmr *tmr, uint64_t ms, tmr_h *h, void *arg)
{
	tmr_cancel(tmr);
	if (tmrs->n == tmrs->room) {
		tmrs->room = tmrs->room ? tmrs->room * 2 : FIRST_ROOM;
		tmrs->heap = mem_reallocarray(
			tmrs->heap, tmrs->room, sizeof(*tmrs->heap));
	}
	if (__builtin_add_overflow(tmrs->now, ms, &tmr->due))
		tmr->due = UINT64_MAX;
	tmr->tmrs = tmrs;
	tmr->order = tmrs->order++;
	tmr->h = h;
	tmr->arg = arg;
	sift_up(tmrs, tmrs->n++, tmr);
	if (!tmr->index)
		tmrs->changed(tmrs->changed_arg);
}


void tmr_cancel(struct tmr *tmr)
{
	struct tmrs *tmrs = tmr->tmrs;
	size_t i = tmr->index;

	if (!tmrs)
		return;
	tmr->tmrs = NULL;
	heap_remove(tmrs, i);
	if (!i)
		tmrs->changed(tmrs->changed_arg);
}


bool tmr_isrunning(const struct tmr *tmr)
{
	return tmr->tmrs;
}


uint64_t tmr_remaining(const struct tmr *tmr)
{
	if (!tmr->tmrs || tmr->due <= tmr->tmrs->now)
		return 0;
	return tmr->due - tmr->tmrs->now;
}


uint64_t tmrs_now(const struct tmrs *tmrs)
{
	return tmrs->now;
}


int64_t tmrs_wall(const struct tmrs *tmrs)
{
	return tmrs->clock.wall(tmrs->clock.arg);
}


uint64_t tmrs_until(const struct tmrs *tmrs, uint64_t last, uint64_t gap)
{
	uint64_t passed = tmrs_now(tmrs) - last;

	return last && passed < gap ? gap - passed : 0;
}


void tmrs_update(struct tmrs *tmrs)
{
	tmrs->now = tmrs->clock.monotonic(tmrs->clock.arg);
}


void tmrs_run(struct tmrs *tmrs)
{
	/* What a handler starts waits for the next run, lest a timer of no
	 * time that starts itself again keep us here. */
	uint64_t started = tmrs->order;

	mem_ref(tmrs);
	while (tmrs->n) {
		struct tmr *tmr = tmrs->heap[0];

		if (tmr->due > tmrs->now || tmr->order >= started)
			break;
		tmr_cancel(tmr);
		tmr->h(tmr->arg);
	}
	mem_deref(tmrs);
}


uint64_t tmrs_next(const struct tmrs *tmrs)
{
	return tmrs->n ? tmr_remaining(tmrs->heap[0]) : UINT64_MAX;
}


void tmrs_on_change(struct tmrs *tmrs, void (*changed)(void *arg), void *arg)
{
	tmrs->changed = changed ? changed : no_change;
	tmrs->changed_arg = arg;
}
