/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * work.h - blocking calls beside the loop, through a table so that a test
 * can complete them at a virtual time.
 */
#ifndef SOTTO_WORK_H
#define SOTTO_WORK_H

struct loop;

typedef void(work_run_h)(void *arg); /* in another thread */
typedef void(work_done_h)(void *arg); /* in the loop */

/*
 * A thread of its own that runs jobs one after the other. mem_deref() waits
 * for the job under way; those behind it are not run and no DONE is called
 * any more.
 */
struct work_lane {
	/* As submit() below. */
	void (*submit)(struct work_lane *lane, work_run_h *run,
		work_done_h *done, void *arg);
};

struct work {
	/* Queues RUN; DONE follows in the loop always. ARG belongs to the
	 * job from here until DONE. Errno. */
	int (*submit)(void *ctx, work_run_h *run, work_done_h *done, void *arg);

	/* Runs DONE in the next turn of the loop without a thread. */
	int (*later)(void *ctx, work_done_h *done, void *arg);
	void *ctx;

	/* A new lane, whose thread begins with its first job; NULL: there are
	 * none here. Errno. */
	int (*lane)(void *ctx, struct work_lane **lp);
};

/* libuv's thread pool (mem_deref of the returned block; jobs under way
 * complete into nothing after that only if the loop lives on). */
struct work *work_alloc(struct loop *loop);

#endif
