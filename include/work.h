/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * work.h - blocking calls beside the loop, through a table so that a test
 * can complete them at a virtual time.
 */
#ifndef SOTTO_WORK_H
#define SOTTO_WORK_H

struct loop;

typedef void(work_run_h)(void *arg);  /* in another thread */
typedef void(work_done_h)(void *arg); /* in the loop */

struct work {
	/* Queues RUN; DONE follows in the loop always. ARG belongs to the
	 * job from here until DONE. Errno. */
	int (*submit)(void *ctx, work_run_h *run, work_done_h *done, void *arg);

	/* Runs DONE in the next turn of the loop without a thread. */
	int (*later)(void *ctx, work_done_h *done, void *arg);
	void *ctx;
};

/* libuv's thread pool (mem_deref of the returned block; jobs under way
 * complete into nothing after that only if the loop lives on). */
struct work *work_alloc(struct loop *loop);

#endif
