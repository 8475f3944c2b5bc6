/* SPDX-License-Identifier: GPL-3.0-or-later */
/* past.c - the messages with somebody, for a front end that pages through
 * them and may lose interest before the store has answered. */
#include <string.h>
#include "core_int.h"


struct core_past {
	struct core_account *account;
	char *peer;
	struct list asked; /* struct question */
};

/* Who awaits one answer; the data of a job. */
struct question {
	struct le le; /* unlinked: nobody does any more */
	store_page_h *page;
	store_hits_h *hits;
	void *arg;
};


static void past_destructor(void *data)
{
	struct core_past *p = data;

	list_clear(&p->asked);
	mem_deref(p->account);
	mem_deref(p->peer);
}


static void question_destructor(void *data)
{
	struct question *q = data;

	list_unlink(&q->le);
}


static void nothing_h(int err, uint64_t id, void *data)
{
	(void)err;
	(void)id;
	(void)data;
}


static bool wanted(struct question *q)
{
	bool linked = q && q->le.list;

	if (linked)
		list_unlink(&q->le);
	return linked;
}


static void page_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct core_job *job = arg;
	struct question *q = job->data;

	if (wanted(q))
		q->page(err, messages, n, q->arg);
	core_job_done(err, 0, job);
}


static void hits_h(int err, const struct store_hit *hits, size_t n, void *arg)
{
	struct core_job *job = arg;
	struct question *q = job->data;

	if (wanted(q))
		q->hits(err, hits, n, q->arg);
	core_job_done(err, 0, job);
}


/* NULL: the account is gone, nothing is asked. */
static struct core_job *ask(
	struct core_past *p, store_page_h *page, store_hits_h *hits, void *arg)
{
	struct core *core = p->account->core;
	struct core_job *job;
	struct question *q;

	if (!core || p->account->removed)
		return NULL;
	q = mem_zalloc(sizeof(*q), question_destructor);
	q->page = page;
	q->hits = hits;
	q->arg = arg;
	list_append(&p->asked, &q->le, q);
	job = core_job_alloc(core, nothing_h, q);
	mem_deref(q);
	return job;
}


void core_past_alloc(
	struct core_past **pp, struct core_account *a, const char *peer)
{
	struct core_past *p = mem_zalloc(sizeof(*p), past_destructor);

	p->account = mem_ref(a);
	p->peer = mem_strdup(peer);
	*pp = p;
}


void core_past_before(struct core_past *p, uint64_t before, size_t n,
	store_page_h *h, void *arg)
{
	struct core_job *job = ask(p, h, NULL, arg);
	struct store *s = job ? job->core->store : NULL;

	if (job)
		s->ops->page(
			s, p->account->aor, p->peer, before, n, page_h, job);
}


void core_past_after(struct core_past *p, uint64_t after, size_t n,
	store_page_h *h, void *arg)
{
	struct core_job *job = ask(p, h, NULL, arg);
	struct store *s = job ? job->core->store : NULL;

	if (job)
		s->ops->scan(
			s, p->account->aor, p->peer, after, n, page_h, job);
}


void core_past_search(struct core_past *p, const char *text, uint64_t before,
	size_t n, store_hits_h *h, void *arg)
{
	struct core_job *job = ask(p, NULL, h, arg);
	struct store *s = job ? job->core->store : NULL;
	char *query;

	if (!job)
		return;
	query = mem_printf("in:\"%s\" %s", uri_aor_key(p->peer), text);
	s->ops->search(s,
		&(struct store_query){
			.text = query,
			.account = p->account->aor,
			.before = before,
			.n = n,
		},
		hits_h, job);
	mem_deref(query);
}
