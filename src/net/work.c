/* SPDX-License-Identifier: GPL-3.0-or-later */
/* work.c - blocking calls on libuv's thread pool. */
#include <uv.h>
#include "list.h"
#include "mem.h"
#include "net_int.h"
#include "work.h"


struct pool {
	struct work work; /* first: it is what users hold */
	struct loop *loop;
	struct list jobs;
};

struct job {
	struct le le;
	struct loop *loop;
	uv_work_t req;
	struct loop_hook *hook; /* of one without a thread */
	work_run_h *run;
	work_done_h *done; /* NULL once the pool has gone */
	void *arg;
};


static void job_destructor(void *data)
{
	struct job *job = data;

	list_unlink(&job->le);
	mem_deref(job->hook);
}


static void pool_destructor(void *data)
{
	struct pool *pool = data;
	struct le *le, *next;

	LIST_FOREACH (&pool->jobs, le, next) {
		struct job *job = list_data(le);

		if (job->hook) {
			mem_deref(job);
			continue;
		}
		/* Its thread still has the job; on_done() frees it. */
		list_unlink(le);
		job->done = NULL;
		(void)uv_cancel((uv_req_t *)&job->req);
	}
}


static struct job *job_alloc(
	struct pool *pool, work_run_h *run, work_done_h *done, void *arg)
{
	struct job *job = mem_zalloc(sizeof(*job), job_destructor);

	job->loop = pool->loop;
	job->run = run;
	job->done = done;
	job->arg = arg;
	job->req.data = job;
	list_append(&pool->jobs, &job->le, job);
	return job;
}


static void on_run(uv_work_t *req)
{
	struct job *job = req->data;

	job->run(job->arg);
}


static void on_done(uv_work_t *req, int status)
{
	struct job *job = req->data;
	work_done_h *done = job->done;
	void *arg = job->arg;

	(void)status;
	if (done)
		loop_awake(job->loop);
	mem_deref(job);
	if (done)
		done(arg);
}


static void later_handler(void *data)
{
	struct job *job = data;
	work_done_h *done = job->done;
	void *arg = job->arg;

	mem_deref(job);
	done(arg);
}


static int pool_submit(void *ctx, work_run_h *run, work_done_h *done, void *arg)
{
	struct pool *pool = ctx;
	struct job *job = job_alloc(pool, run, done, arg);
	int err =
		uv_queue_work(loop_uv(pool->loop), &job->req, on_run, on_done);

	if (err)
		mem_deref(job);
	return -err;
}


static int pool_later(void *ctx, work_done_h *done, void *arg)
{
	struct pool *pool = ctx;
	struct job *job = job_alloc(pool, NULL, done, arg);
	int err = loop_defer(&job->hook, pool->loop, later_handler, job);

	if (err)
		mem_deref(job);
	return err;
}


static int pool_lane(void *ctx, struct work_lane **lp)
{
	struct pool *pool = ctx;

	return work_lane_alloc(lp, pool->loop);
}


struct work *work_alloc(struct loop *loop)
{
	struct pool *pool = mem_zalloc(sizeof(*pool), pool_destructor);

	pool->loop = loop;
	pool->work.submit = pool_submit;
	pool->work.later = pool_later;
	pool->work.ctx = pool;
	pool->work.lane = pool_lane;
	return &pool->work;
}
