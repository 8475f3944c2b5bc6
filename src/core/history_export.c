/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_export.c - what was written, to a file: the store hands out page
 * after page, and a thread of the export's own formats and writes each, so
 * that nothing else waits for either. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core_int.h"
#include "file.h"
#include "mbuf.h"


enum {
	PAGE = 128, /* messages at a time */
	ROW_MAX = 16 * 1024 * 1024, /* bytes of one in the file */
};

/* A message with strings of its own, and the name to show. */
struct row {
	struct store_message m;
	char *name;
};

struct export
{
	struct le le; /* in core.exports */
	struct core *core;
	struct core_account *account; /* a reference; NULL: every one */
	char *peer; /* NULL: everybody */
	char *path; /* as it is told */
	core_format_h *format;
	core_exported_h *h;
	void *arg;
	struct work_lane *lane;
	uint64_t upto; /* what comes later is not wanted */
	uint64_t after;
	uint64_t n; /* written */
	bool last; /* ROWS are the last ones */

	/* Of the thread while it is busy. */
	struct row *rows;
	size_t nrows;
	char *real; /* what PATH stands for, links followed */
	char *temp; /* beside it; NULL: not made, or in its place */
	int fd; /* of TEMP; -1: not open */
	int err;
};


static void drop_rows(struct export *e)
{
	size_t i;

	for (i = 0; i < e->nrows; i++) {
		struct row *r = &e->rows[i];

		mem_deref((char *)r->m.account);
		mem_deref((char *)r->m.peer);
		mem_deref((char *)r->m.text);
		mem_deref((char *)r->m.via);
		mem_deref((char *)r->m.reason);
		mem_deref(r->name);
	}
	e->rows = mem_deref(e->rows);
	e->nrows = 0;
}


/* Nothing is left behind. */
static void drop_temp(struct export *e)
{
	if (e->fd >= 0)
		(void)close(e->fd);
	e->fd = -1;
	if (e->temp)
		(void)unlink(e->temp);
	e->temp = mem_deref(e->temp);
}


static void destructor(void *data)
{
	struct export *e = data;

	mem_deref(e->lane); /* waits for what is under way */
	list_unlink(&e->le);
	drop_temp(e);
	drop_rows(e);
	mem_deref(e->account);
	mem_deref(e->peer);
	mem_deref(e->path);
	mem_deref(e->real);
}


/* ---- in the thread -------------------------------------------------- */


/* A symbolic link stays one: what it points to is replaced. What is no plain
 * file (a terminal, a pipe) cannot be. */
static int open_temp(struct export *e)
{
	char *expanded = file_expand(e->path);
	char *real = realpath(expanded, NULL);
	struct stat st;

	e->real = mem_strdup(real ? real : expanded);
	free(real);
	mem_deref(expanded);
	if (!stat(e->real, &st)) {
		if (S_ISDIR(st.st_mode))
			return EISDIR;
		if (!S_ISREG(st.st_mode))
			return EINVAL;
	}
	e->temp = mem_printf("%s.XXXXXX", e->real);
	e->fd = mkostemp(e->temp, O_CLOEXEC); /* mode 0600 */
	if (e->fd >= 0)
		return 0;
	e->temp = mem_deref(e->temp);
	return errno;
}


static int write_all(int fd, const struct pl *pl)
{
	struct pl left = *pl;

	while (left.l) {
		ssize_t n = write(fd, left.p, left.l);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		pl_skip(&left, (size_t)n);
	}
	return 0;
}


static int write_rows(struct export *e)
{
	struct mbuf *mb = mbuf_alloc(PAGE * (size_t)ROW_MAX);
	struct pl pl;
	size_t i;
	int err;

	for (i = 0; i < e->nrows; i++)
		e->format(mb, &e->rows[i].m, e->rows[i].name);
	pl = mbuf_all(mb);
	err = mbuf_err(mb);
	if (!err)
		err = write_all(e->fd, &pl);
	mem_deref(mb);
	return err;
}


/* Without its directory's being synced a renamed file may be gone after a
 * power cut. */
static void sync_parent(const char *path)
{
	char *copy = mem_strdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
	mem_deref(copy);
}


static int finish_file(struct export *e)
{
	int err = fsync(e->fd) ? errno : 0;

	if (close(e->fd) && !err)
		err = errno;
	e->fd = -1;
	if (!err && rename(e->temp, e->real))
		err = errno;
	if (err)
		return err;
	e->temp = mem_deref(e->temp);
	sync_parent(e->real);
	return 0;
}


static void write_run(void *arg)
{
	struct export *e = arg;

	if (e->fd < 0)
		e->err = open_temp(e);
	if (!e->err)
		e->err = write_rows(e);
	if (!e->err && e->last)
		e->err = finish_file(e);
	if (e->err)
		drop_temp(e);
}


/* ---- in the loop ---------------------------------------------------- */


static void end(struct export *e, int status, char *why)
{
	list_unlink(&e->le);
	e->h(status, why, e->n, e->arg);
	mem_deref(why);
	mem_deref(e);
}


static void store_ended(struct export *e, int err)
{
	if (err == ENOTSUP)
		end(e, EX_UNAVAILABLE, mem_strdup("no history is kept here"));
	else
		end(e, EX_IOERR,
			mem_printf("the store failed: %s", strerror(err)));
}


static void ask(struct export *e);


static void written_h(void *arg)
{
	struct export *e = arg;

	if (e->err) {
		end(e, EX_OSERR,
			mem_printf("%s: %s", e->path, strerror(e->err)));
		return;
	}
	e->n += e->nrows;
	drop_rows(e);
	if (e->last)
		end(e, 0, NULL);
	else
		ask(e);
}


static void take_row(struct export *e, const struct store_message *m)
{
	struct row *r = &e->rows[e->nrows++];
	struct core_account *a;

	r->m = *m;
	r->m.account =
		mem_strdup(core_history_account(e->core, m->account, &a));
	r->m.peer = mem_strdup(m->peer);
	r->m.text = mem_strdup(m->text);
	r->m.via = mem_strdup(m->via);
	r->m.reason = mem_strdup(m->reason);
	r->name = core_history_name(a, m->peer);
}


static void take_rows(
	struct export *e, const struct store_message *messages, size_t n)
{
	size_t i;

	e->last = n < PAGE;
	e->rows = mem_zalloc((n + 1) * sizeof(*e->rows), NULL);
	for (i = 0; i < n; i++) {
		if (messages[i].id > e->upto) {
			e->last = true;
			break;
		}
		e->after = messages[i].id;
		take_row(e, &messages[i]);
	}
	e->lane->submit(e->lane, write_run, written_h, e);
}


/* The export that JOB asked for; NULL: it has gone. */
static struct export *job_begin(struct core_job *job, struct core **corep)
{
	*corep = mem_ref(job->core);
	list_unlink(&job->le);
	return *corep ? job->data : NULL;
}


static void job_end(struct core_job *job, struct core *core)
{
	if (core)
		core_shutdown_check(core);
	mem_deref(job);
	mem_deref(core);
}


static void scan_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct core_job *job = arg;
	struct core *core;
	struct export *e = job_begin(job, &core);

	if (e && err)
		store_ended(e, err);
	else if (e)
		take_rows(e, messages, n);
	job_end(job, core);
}


static void ask(struct export *e)
{
	e->core->store->ops->scan(e->core->store,
		e->account ? e->account->aor : NULL, e->peer, e->after, PAGE,
		scan_h, core_job_alloc(e->core, NULL, e));
}


static void newest_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct core_job *job = arg;
	struct core *core;
	struct export *e = job_begin(job, &core);

	if (e && err) {
		store_ended(e, err);
	} else if (e) {
		e->upto = n ? messages[n - 1].id : 0;
		ask(e);
	}
	job_end(job, core);
}


static void no_lane_h(void *arg)
{
	store_ended(arg, ENOTSUP);
}


void core_history_export(struct core *core, const char *path,
	struct core_account *a, const char *peer, core_format_h *format,
	core_exported_h *h, void *arg)
{
	const struct work *work = core->config.work;
	struct export *e = mem_zalloc(sizeof(*e), destructor);

	e->core = core;
	e->account = mem_ref(a);
	e->peer = mem_strdup(peer);
	e->path = mem_strdup(path);
	e->format = format;
	e->h = h;
	e->arg = arg;
	e->fd = -1;
	list_append(&core->exports, &e->le, e);
	if (!work->lane || work->lane(work->ctx, &e->lane)) {
		core_call_post(core, no_lane_h, e);
		return;
	}
	core->store->ops->page(core->store, a ? a->aor : NULL, peer, 0, 1,
		newest_h, core_job_alloc(core, NULL, e));
}


void core_export_flush(struct core *core)
{
	list_flush(&core->exports);
}
