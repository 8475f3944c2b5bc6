/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history.c - what was written, out of the store: pages, the surroundings of
 * a message, hits of a search, forgetting. */
#include <errno.h>
#include <string.h>
#include "core_int.h"


enum {
	WAITING_MAX = 1000, /* as many as are counted */
};

/* Who asked, and what for. */
struct ask {
	store_page_h *page;
	store_hits_h *hits;
	core_cleared_h *cleared;
	void *arg;
	struct core_account *account; /* a reference */
	char *peer;
	/* The surroundings of a message. */
	uint64_t id;
	size_t n;
	struct store_message *rows; /* up to the message; owned strings */
	size_t nrows;
	uint64_t forgotten;
};


static void drop_rows(struct store_message *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		mem_deref((char *)rows[i].account);
		mem_deref((char *)rows[i].peer);
		mem_deref((char *)rows[i].text);
		mem_deref((char *)rows[i].via);
		mem_deref((char *)rows[i].reason);
	}
	mem_deref(rows);
}


static void ask_destructor(void *data)
{
	struct ask *ask = data;

	drop_rows(ask->rows, ask->nrows);
	mem_deref(ask->account);
	mem_deref(ask->peer);
}


const char *core_history_account(
	struct core *core, const char *aor, struct core_account **ap)
{
	struct core_account *a = core_account_first(core);

	while (a && strcmp(a->aor, aor) != 0)
		a = core_account_next(a);
	if (ap)
		*ap = a;
	return a ? a->name : aor;
}


char *core_history_name(struct core_account *a, const char *peer)
{
	return a ? mem_strdup(core_peer_name(a, peer)) : core_peer_user(peer);
}


/* ---- on the way back from the store --------------------------------- */


/* What the store's completion found out of JOB: the core, if it is still
 * there, and who asked. Both to be released by job_end(). */
static struct ask *job_begin(struct core_job *job, struct core **corep)
{
	*corep = mem_ref(job->core);
	list_unlink(&job->le);
	return *corep ? mem_ref(job->data) : NULL;
}


static void job_end(struct core_job *job, struct core *core, struct ask *ask)
{
	if (core)
		core_shutdown_check(core);
	mem_deref(ask);
	mem_deref(job);
	mem_deref(core);
}


static void tell_page(struct core *core, const struct ask *ask, int err,
	const struct store_message *messages, size_t n)
{
	struct store_message *rows;
	size_t i;

	if (err || !n) {
		ask->page(err, NULL, 0, ask->arg);
		return;
	}
	rows = mem_reallocarray(NULL, n, sizeof(*rows));
	for (i = 0; i < n; i++) {
		rows[i] = messages[i];
		rows[i].account =
			core_history_account(core, messages[i].account, NULL);
	}
	ask->page(0, rows, n, ask->arg);
	mem_deref(rows);
}


static void page_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct core_job *job = arg;
	struct core *core;
	struct ask *ask = job_begin(job, &core);

	if (ask)
		tell_page(core, ask, err, messages, n);
	job_end(job, core, ask);
}


static void hits_h(int err, const struct store_hit *found, size_t n, void *arg)
{
	struct core_job *job = arg;
	struct store_hit *hits;
	struct core *core;
	struct ask *ask = job_begin(job, &core);
	size_t i;

	if (ask) {
		hits = mem_reallocarray(NULL, n + 1, sizeof(*hits));
		for (i = 0; !err && i < n; i++) {
			hits[i] = found[i];
			hits[i].message.account = core_history_account(
				core, found[i].message.account, NULL);
		}
		ask->hits(err, hits, err ? 0 : n, ask->arg);
		mem_deref(hits);
	}
	job_end(job, core, ask);
}


/* What is left is what is on its way. */
static void left_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct core_job *job = arg;
	struct core *core;
	struct ask *ask = job_begin(job, &core);
	size_t i, waiting = 0;

	for (i = 0; !err && i < n; i++)
		waiting += messages[i].state <= STORE_SENT;
	if (ask)
		ask->cleared(0, ask->forgotten, waiting, ask->arg);
	job_end(job, core, ask);
}


/* What came in since is not told of yet: completions are in order. */
static void forget_unread(const struct ask *ask)
{
	struct core_chat *c = core_chat_find(ask->account, ask->peer);

	if (c)
		core_chat_read(c);
}


static void cleared_h(int err, uint64_t n, void *arg)
{
	struct core_job *job = arg;
	struct core *core;
	struct ask *ask = job_begin(job, &core);

	if (ask && err) {
		ask->cleared(err, 0, 0, ask->arg);
	} else if (ask) {
		ask->forgotten = n;
		forget_unread(ask);
		if (ask->account->core)
			core_lines_forget(ask->account, ask->peer);
		core_event_post(core,
			&(struct core_event){
				.kind = CORE_EVENT_HISTORY,
				.account = ask->account->name,
				.peer = ask->peer,
				.change = "cleared",
			});
		core->store->ops->page(core->store, ask->account->aor,
			ask->peer, 0, WAITING_MAX, left_h,
			core_job_alloc(core, NULL, ask));
	}
	job_end(job, core, ask);
}


/* ---- requests ------------------------------------------------------- */


static struct ask *ask_alloc(void *arg)
{
	struct ask *ask = mem_zalloc(sizeof(*ask), ask_destructor);

	ask->arg = arg;
	return ask;
}


/* The job of ASK, which it takes over. */
static struct core_job *job_of(struct core *core, struct ask *ask)
{
	struct core_job *job = core_job_alloc(core, NULL, ask);

	mem_deref(ask);
	return job;
}


void core_history_page(struct core *core, struct core_account *a,
	const char *peer, uint64_t before, size_t n, store_page_h *h, void *arg)
{
	struct ask *ask = ask_alloc(arg);

	ask->page = h;
	core->store->ops->page(core->store, a ? a->aor : NULL, peer, before, n,
		page_h, job_of(core, ask));
}


void core_history_clear(
	struct core_account *a, const char *peer, core_cleared_h *h, void *arg)
{
	struct core *core = a->core;
	struct ask *ask;

	if (!core)
		return;
	ask = ask_alloc(arg);
	ask->cleared = h;
	ask->account = mem_ref(a);
	ask->peer = mem_strdup(peer);
	core->store->ops->clear(
		core->store, a->aor, peer, cleared_h, job_of(core, ask));
}


void core_search_messages(struct core *core, struct core_account *a,
	const char *query, uint64_t before, size_t n, store_hits_h *h,
	void *arg)
{
	struct store_query q = {
		.text = query,
		.account = a ? a->aor : NULL,
		.before = before,
		.n = n,
	};
	struct ask *ask = ask_alloc(arg);

	ask->hits = h;
	core->store->ops->search(core->store, &q, hits_h, job_of(core, ask));
}


/* ---- the surroundings of a message ---------------------------------- */


static void keep_rows(
	struct ask *ask, const struct store_message *messages, size_t n)
{
	size_t i;

	ask->rows = mem_reallocarray(
		ask->rows, ask->nrows + n + 1, sizeof(*ask->rows));
	for (i = 0; i < n; i++) {
		struct store_message *m = &ask->rows[ask->nrows++];

		*m = messages[i];
		m->account = mem_strdup(m->account);
		m->peer = mem_strdup(m->peer);
		m->text = mem_strdup(m->text);
		m->via = mem_strdup(m->via);
		m->reason = mem_strdup(m->reason);
	}
}


static void after_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct core_job *job = arg;
	struct core *core;
	struct ask *ask = job_begin(job, &core);

	if (ask) {
		if (!err)
			keep_rows(ask, messages, n);
		tell_page(core, ask, err, ask->rows, ask->nrows);
	}
	job_end(job, core, ask);
}


static void before_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct core_job *job = arg;
	struct core *core;
	struct ask *ask = job_begin(job, &core);

	if (ask && !err && (!n || messages[n - 1].id != ask->id))
		err = ENOENT;
	if (ask && err) {
		ask->page(err, NULL, 0, ask->arg);
	} else if (ask) {
		keep_rows(ask, messages, n);
		core->store->ops->scan(core->store,
			ask->account ? ask->account->aor : NULL, ask->peer,
			ask->id, ask->n, after_h,
			core_job_alloc(core, NULL, ask));
	}
	job_end(job, core, ask);
}


void core_history_around(struct core *core, struct core_account *a,
	const char *peer, uint64_t id, size_t n, store_page_h *h, void *arg)
{
	struct ask *ask = ask_alloc(arg);

	ask->page = h;
	ask->account = mem_ref(a);
	ask->peer = mem_strdup(peer);
	ask->id = id;
	ask->n = n;
	core->store->ops->page(core->store, a ? a->aor : NULL, peer, id + 1,
		n + 1, before_h, job_of(core, ask));
}
