/* SPDX-License-Identifier: GPL-3.0-or-later */
/* work_lane.c - a thread of its own for jobs that must not wait for others
 * and not overtake each other. */
#include <signal.h>
#include <stdbool.h>
#include <uv.h>
#include "list.h"
#include "mem.h"
#include "net_int.h"
#include "work.h"


struct lane {
	struct work_lane lane; /* first: it is what users hold */
	struct loop *loop;
	uv_async_t *async; /* rung by the thread for each job that ended */
	uv_thread_t thread;
	bool started;

	uv_mutex_t mutex; /* guards what follows */
	uv_cond_t cond;
	struct list todo;
	struct list ended;
	bool leaving;
};

struct job {
	struct le le;
	work_run_h *run;
	work_done_h *done;
	void *arg;
};


static void flush(struct list *list)
{
	while (list->head) {
		struct job *job = list->head->data;

		list_unlink(&job->le);
		mem_deref(job);
	}
}


static void lane_destructor(void *data)
{
	struct lane *lane = data;

	if (lane->started) {
		uv_mutex_lock(&lane->mutex);
		lane->leaving = true;
		uv_cond_signal(&lane->cond);
		uv_mutex_unlock(&lane->mutex);
		(void)uv_thread_join(&lane->thread);
	}
	flush(&lane->todo);
	flush(&lane->ended);
	net_handle_close(lane->async);
	uv_cond_destroy(&lane->cond);
	uv_mutex_destroy(&lane->mutex);
}


/* The next job; NULL: the lane is going. */
static struct job *next_job(struct lane *lane, struct job *ended)
{
	struct job *job = NULL;

	uv_mutex_lock(&lane->mutex);
	if (ended) {
		list_append(&lane->ended, &ended->le, ended);
		(void)uv_async_send(lane->async);
	}
	while (!lane->leaving && list_isempty(&lane->todo))
		uv_cond_wait(&lane->cond, &lane->mutex);
	if (!lane->leaving) {
		job = lane->todo.head->data;
		list_unlink(&job->le);
	}
	uv_mutex_unlock(&lane->mutex);
	return job;
}


static void thread_main(void *arg)
{
	struct lane *lane = arg;
	struct job *job = NULL;

	while ((job = next_job(lane, job)))
		job->run(job->arg);
}


/* Signals are for the thread of the loop. */
static void start(struct lane *lane)
{
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	if (uv_thread_create(&lane->thread, thread_main, lane))
		mem_oom();
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	lane->started = true;
}


static struct job *take_ended(struct lane *lane)
{
	struct job *job;

	uv_mutex_lock(&lane->mutex);
	job = list_data(lane->ended.head);
	if (job)
		list_unlink(&job->le);
	uv_mutex_unlock(&lane->mutex);
	return job;
}


static void on_async(uv_async_t *async)
{
	struct lane *lane = mem_ref(async->data);
	struct job *job;

	if (!lane)
		return;
	loop_awake(lane->loop);
	while (mem_nrefs(lane) > 1 && (job = take_ended(lane))) {
		work_done_h *done = job->done;
		void *arg = job->arg;

		mem_deref(job);
		done(arg);
	}
	mem_deref(lane);
}


static void lane_submit(
	struct work_lane *data, work_run_h *run, work_done_h *done, void *arg)
{
	struct lane *lane = (struct lane *)data;
	struct job *job = mem_zalloc(sizeof(*job), NULL);

	job->run = run;
	job->done = done;
	job->arg = arg;
	uv_mutex_lock(&lane->mutex);
	list_append(&lane->todo, &job->le, job);
	uv_cond_signal(&lane->cond);
	uv_mutex_unlock(&lane->mutex);
	if (!lane->started)
		start(lane);
}


int work_lane_alloc(struct work_lane **lp, struct loop *loop)
{
	struct lane *lane;
	uv_async_t *async = mem_zalloc(sizeof(*async), NULL);
	int err = uv_async_init(loop_uv(loop), async, on_async);

	if (err) {
		mem_deref(async);
		return -err;
	}
	lane = mem_zalloc(sizeof(*lane), lane_destructor);
	if (uv_mutex_init(&lane->mutex) || uv_cond_init(&lane->cond))
		mem_oom();
	lane->lane.submit = lane_submit;
	lane->loop = loop;
	lane->async = async;
	async->data = lane;
	*lp = &lane->lane;
	return 0;
}
