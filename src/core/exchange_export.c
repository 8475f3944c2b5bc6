/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange_export.c - the buddy list to a file, written in a thread. */
#include <string.h>
#include "core_int.h"
#include "exchange.h"
#include "file.h"

struct export;

/* What the thread has; it may outlive the core. */
struct job {
	struct export *owner; /* NULL: nobody waits any more */
	char *path;
	enum exchange_format format;
	struct exchange *x;
	int err;
};

struct export
{
	struct le le; /* in core.exports */
	struct job *job;
	bool writing; /* the job belongs to the thread */
	core_listed_h *h;
	void *arg;
};


static void job_destructor(void *data)
{
	struct job *job = data;

	mem_deref(job->path);
	mem_deref(job->x);
}


static void destructor(void *data)
{
	struct export *e = data;

	list_unlink(&e->le);
	if (e->writing)
		e->job->owner = NULL;
	else
		mem_deref(e->job);
}


static void write_run(void *arg)
{
	struct job *job = arg;
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	char *path = core_exchange_path(job->path, &job->err);

	if (!job->err)
		job->err = job->format == EXCHANGE_CSV
			? exchange_csv_write(mb, job->x)
			: exchange_reslist_write(mb, job->x);
	if (!job->err)
		job->err = file_replace(path, mb->buf, mb->end, 0600);
	mem_deref(path);
	mem_deref(mb);
}


static void end(void *arg)
{
	struct export *e = arg;
	const struct job *job = e->job;
	char *why = NULL;

	list_unlink(&e->le);
	if (job->err)
		why = mem_printf("%s: %s", job->path, strerror(job->err));
	e->h(why ? EX_OSERR : 0, why, job->x->people.count, e->arg);
	mem_deref(why);
	mem_deref(e);
}


static void written_h(void *arg)
{
	struct job *job = arg;

	if (!job->owner) {
		mem_deref(job);
		return;
	}
	job->owner->writing = false;
	end(job->owner);
}


/* Those that were only found are not in the list by the user's will. Who is in
 * the lists of several accounts is in the file once. */
static void add_buddies(struct exchange *x, struct core_account *a)
{
	struct core_buddy *b;

	for (b = core_buddy_first(a); b; b = core_buddy_next(b)) {
		struct exchange_groups groups = {.n = 0};
		const char *const *g;

		if (!b->added)
			continue;
		for (g = core_buddy_groups(b); *g; g++)
			exchange_groups_add(&groups, *g);
		(void)exchange_add(x, 0, b->aor, b->name, &groups);
		exchange_groups_clear(&groups);
	}
}


int core_exchange_export(struct core *core, struct core_account *only,
	const char *path, core_listed_h *h, void *arg, char **why)
{
	const struct work *work = core->config.work;
	enum exchange_format format = core_exchange_format(path);
	struct core_account *a;
	struct export *e;
	int err;

	if (format != EXCHANGE_RESLIST && format != EXCHANGE_CSV)
		return core_fail(EX_USAGE, why,
			"%s: the name has to end in .xml or .csv", path);
	e = mem_zalloc(sizeof(*e), destructor);
	e->h = h;
	e->arg = arg;
	list_append(&core->exports, &e->le, e);
	e->job = mem_zalloc(sizeof(*e->job), job_destructor);
	e->job->owner = e;
	e->job->path = mem_strdup(path);
	e->job->format = format;
	e->job->x = exchange_alloc();
	for (a = core_account_first(core); a; a = core_account_next(a)) {
		if (!only || a == only)
			add_buddies(e->job->x, a);
	}
	/* From here on the job is the thread's, its ERR too. */
	err = work->submit(work->ctx, write_run, written_h, e->job);
	e->writing = !err;
	if (err) {
		e->job->err = err;
		core_call_post(core, end, e);
	}
	return 0;
}
