/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange_import.c - buddies out of a file: read in a thread, taken some at
 * a time so that no turn of the loop is long. */
#include <errno.h>
#include <string.h>
#include "core_int.h"
#include "exchange.h"
#include "file.h"

enum {
	SLICE = 50, /* people a turn */
	LOADING_MS = 10, /* between looks whether the store was read */
};

struct import;

/* What the thread has; it may outlive the core. */
struct job {
	struct import *owner; /* NULL: nobody waits any more */
	char *path;
	struct exchange *x;
	int err;
};

struct import {
	struct le le; /* in core.exports */
	struct core *core;
	struct core_account *account; /* a reference; NULL: any */
	struct job *job;
	bool reading; /* the job belongs to the thread */
	const struct le *next; /* whom to take next */
	struct tmr tmr;
	uint64_t mark;
	struct core_imported n;
	core_bad_row_h *bad;
	core_imported_h *h;
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
	struct import *im = data;

	list_unlink(&im->le);
	tmr_cancel(&im->tmr);
	mem_deref(im->account);
	if (im->reading)
		im->job->owner = NULL;
	else
		mem_deref(im->job);
}


/* ---- in the thread -------------------------------------------------- */


static void bad_h(unsigned line, const char *why, void *arg)
{
	struct job *job = arg;

	exchange_bad(job->x, line, why);
}


static int parse(const char *text, char **aor, char **why)
{
	if (!core_is_address(text))
		return core_fail(
			EX_DATAERR, why, "\"%s\" is not an address", text);
	return core_peer_parse(text, aor, why);
}


static void take_row(struct job *job, const struct exchange_row *row)
{
	struct exchange_groups groups = {.n = 0};
	char *aor = NULL, *why = NULL, *name;
	size_t i;

	if (parse(row->uri, &aor, &why)) {
		exchange_bad(job->x, row->line, why);
		mem_deref(why);
		return;
	}
	name = core_label(row->name);
	for (i = 0; i < row->groups->n; i++) {
		char *group = core_label(row->groups->v[i]);

		exchange_groups_add(&groups, group);
		mem_deref(group);
	}
	groups.many |= row->groups->many;
	if (!exchange_add(job->x, row->line, aor, name, &groups))
		exchange_bad(job->x, row->line, EXCHANGE_MANY_GROUPS);
	exchange_groups_clear(&groups);
	mem_deref(name);
	mem_deref(aor);
}


static bool row_h(const struct exchange_row *row, void *arg)
{
	struct job *job = arg;

	if (job->x->people.count == EXCHANGE_PEOPLE_MAX) {
		exchange_bad(job->x, row->line,
			"more than 100,000 people: the rest was not read");
		return false;
	}
	take_row(job, row);
	return true;
}


static enum exchange_format look(const struct pl *text)
{
	const struct pl begin = PL("BEGIN:VCARD");
	struct pl rest = *text, head;

	if (pl_startswith(&rest, "\xef\xbb\xbf"))
		pl_skip(&rest, 3);
	rest = pl_trim(&rest);
	if (pl_startswith(&rest, "<"))
		return EXCHANGE_RESLIST;
	head = pl_make(rest.p, rest.l < begin.l ? rest.l : begin.l);
	return pl_caseeq(&head, &begin) ? EXCHANGE_VCARD : EXCHANGE_CSV;
}


static int decode(struct job *job, const struct pl *text)
{
	const struct exchange_sink sink = {row_h, bad_h, job};
	enum exchange_format format = core_exchange_format(job->path);

	if (format == EXCHANGE_UNKNOWN)
		format = look(text);
	switch (format) {
	case EXCHANGE_RESLIST:
		return exchange_reslist_read(text, &sink);
	case EXCHANGE_VCARD:
		exchange_vcard_read(text, &sink);
		return 0;
	default:
		exchange_csv_read(text, &sink);
		return 0;
	}
}


static void read_run(void *arg)
{
	struct job *job = arg;
	struct mbuf *mb = NULL;
	struct pl text;
	char *path = core_exchange_path(job->path, &job->err);

	if (!job->err)
		job->err = file_read(&mb, path, EXCHANGE_FILE_MAX);
	if (!job->err) {
		text = mbuf_all(mb);
		job->err = decode(job, &text);
	}
	mem_deref(mb);
	mem_deref(path);
}


/* ---- in the loop ---------------------------------------------------- */


static void end(struct import *im, int status, const char *why)
{
	list_unlink(&im->le);
	tmr_cancel(&im->tmr);
	im->h(status, why, &im->n, im->arg);
	mem_deref(im);
}


static void end_unread(struct import *im)
{
	const struct job *job = im->job;
	int status = EX_DATAERR;
	const char *text;
	char *why;

	switch (job->err) {
	case EFBIG:
		text = "more than 16 MiB";
		break;
	case EMSGSIZE:
		text = "the XML is too deep or too large";
		break;
	case EBADMSG:
		text = "no resource lists, or the XML is not well-formed";
		break;
	default:
		text = strerror(job->err);
		status = EX_OSERR;
	}
	why = mem_printf("%s: %s", job->path, text);
	end(im, status, why);
	mem_deref(why);
}


static void kept_h(const struct core_outcome *outcome, void *arg)
{
	struct import *im = arg;

	if (outcome->status)
		end(im, outcome->status, outcome->text);
	else
		end(im, im->n.bad ? EX_DATAERR : 0, NULL);
}


static void tell_bad(struct import *im, unsigned line, const char *why)
{
	if (++im->n.bad <= EXCHANGE_TOLD_MAX)
		im->bad(line, why, im->arg);
}


static struct core_account *account_of(
	struct import *im, const char *uri, char **why)
{
	struct core_account *a = im->account;

	if (a)
		return a;
	for (a = core_account_first(im->core); a; a = core_account_next(a)) {
		if (core_buddy_added_find(a, uri))
			return a;
	}
	(void)core_pick_account(im->core, NULL, uri, &a, why);
	return a;
}


/* The groups of B with those of P; the strings are borrowed. */
static void unite(struct exchange_groups *groups, const struct core_buddy *b,
	const struct exchange_person *p)
{
	const char *const *g;
	size_t i;

	for (g = b ? core_buddy_groups(b) : NULL; g && *g; g++)
		exchange_groups_add(groups, *g);
	for (i = 0; i < p->n_groups; i++)
		exchange_groups_add(groups, p->groups[i]);
}


static size_t count(const char *const *groups)
{
	size_t n = 0;

	while (groups[n])
		n++;
	return n;
}


/* True if P says nothing that is not known of B, which is in the list. */
static bool is_same(const struct core_buddy *b, const struct exchange_person *p,
	const struct exchange_groups *groups)
{
	return (!p->name || (b->name && !strcmp(p->name, b->name))) &&
		groups->n == count(core_buddy_groups(b));
}


static int take_as(struct import *im, struct core_account *a,
	const struct exchange_person *p, const struct exchange_groups *groups,
	char **why)
{
	const struct core_buddy *b = core_buddy_added_find(a, p->uri);
	bool same = b && is_same(b, p, groups), known = b;
	int status = 0;

	if (groups->many)
		return core_fail(EX_DATAERR, why, EXCHANGE_MANY_GROUPS);
	if (!same)
		status = core_buddy_add(a, p->uri, p->name,
			groups->n ? (const char *const *)groups->v : NULL, NULL,
			NULL, why);
	if (!status && same)
		im->n.same++;
	else if (!status && known)
		im->n.changed++;
	else if (!status)
		im->n.added++;
	return status;
}


static void take(struct import *im, const struct exchange_person *p)
{
	struct exchange_groups groups = {.n = 0};
	char *why = NULL;
	struct core_account *a = account_of(im, p->uri, &why);

	if (a)
		unite(&groups, core_buddy_added_find(a, p->uri), p);
	if (!a || take_as(im, a, p, &groups, &why))
		tell_bad(im, p->line, why);
	exchange_groups_clear(&groups);
	mem_deref(why);
}


static void slice_h(void *arg)
{
	struct import *im = arg;
	size_t i;

	if (im->account && !im->account->core) {
		end(im, EX_CONFIG, "the account was removed");
		return;
	}
	/* A command of the configuration file comes that early: what is kept
	 * must not take the place of what is taken here. */
	if (im->core->loading) {
		tmr_start(im->core->config.tmrs, &im->tmr, LOADING_MS, slice_h,
			im);
		return;
	}
	for (i = 0; i < SLICE && im->next; i++) {
		take(im, im->next->data);
		im->next = im->next->next;
	}
	if (im->next)
		tmr_start(im->core->config.tmrs, &im->tmr, 0, slice_h, im);
	else if (!core_saved_await(im->core, im->mark, kept_h, im))
		end(im, im->n.bad ? EX_DATAERR : 0, NULL);
}


static void read_h(void *arg)
{
	struct job *job = arg;
	struct import *im = job->owner;
	const struct le *le;

	if (!im) {
		mem_deref(job);
		return;
	}
	im->reading = false;
	if (job->err) {
		end_unread(im);
		return;
	}
	for (le = job->x->bad.head; le; le = le->next) {
		const struct exchange_bad *bad = le->data;

		tell_bad(im, bad->line, bad->why);
	}
	im->n.bad = job->x->n_bad;
	im->next = job->x->people.head;
	im->mark = core_saved_mark(im->core);
	slice_h(im);
}


static void not_read_h(void *arg)
{
	end_unread(arg);
}


int core_exchange_import(struct core *core, struct core_account *a,
	const char *path, core_bad_row_h *bad, core_imported_h *h, void *arg,
	char **why)
{
	const struct work *work = core->config.work;
	struct core_account *any;
	struct import *im;
	int status = core_pick_account(core, NULL, NULL, &any, why);
	int err;

	if (status)
		return status;
	im = mem_zalloc(sizeof(*im), destructor);
	im->core = core;
	im->account = mem_ref(a);
	im->bad = bad;
	im->h = h;
	im->arg = arg;
	list_append(&core->exports, &im->le, im);
	im->job = mem_zalloc(sizeof(*im->job), job_destructor);
	im->job->owner = im;
	im->job->path = mem_strdup(path);
	im->job->x = exchange_alloc();
	/* From here on the job is the thread's, its ERR too. */
	err = work->submit(work->ctx, read_run, read_h, im->job);
	im->reading = !err;
	if (err) {
		im->job->err = err;
		core_call_post(core, not_read_h, im);
	}
	return 0;
}
