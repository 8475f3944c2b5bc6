/* SPDX-License-Identifier: GPL-3.0-or-later */
/* device.c - one of a user's devices: core, store, network. */
#include <errno.h>
#include "device.h"
#include "unit.h"


/* ---- work: completions in order, soon ---- */

struct job {
	struct le le;
	work_run_h *run;
	work_done_h *done;
	void *arg;
};


static void jobs_handler(void *arg)
{
	struct device *d = arg;
	size_t n = d->jobs.count;

	while (n--) {
		struct job *job = d->jobs.head->data;

		list_unlink(&job->le);
		if (job->run)
			job->run(job->arg);
		job->done(job->arg);
		mem_deref(job);
	}
	if (d->jobs.head)
		tmr_start(memnet_tmrs(d->mn), &d->jobs_tmr, 1, jobs_handler, d);
}


static int submit(void *ctx, work_run_h *run, work_done_h *done, void *arg)
{
	struct device *d = ctx;
	struct job *job = mem_zalloc(sizeof(*job), NULL);

	job->run = run;
	job->done = done;
	job->arg = arg;
	list_append(&d->jobs, &job->le, job);
	if (!tmr_isrunning(&d->jobs_tmr))
		tmr_start(memnet_tmrs(d->mn), &d->jobs_tmr, 1, jobs_handler, d);
	return 0;
}


static int later(void *ctx, work_done_h *done, void *arg)
{
	return submit(ctx, NULL, done, arg);
}


/* ---- store: what is asked for in one turn is written, or all lost ---- */

struct device_store {
	struct store store; /* first */
	struct device *d;
};

struct put {
	struct le le;
	char *table, *key, *value;
	store_done_h *h;
	void *arg;
};


static void put_destructor(void *data)
{
	struct put *p = data;

	list_unlink(&p->le);
	mem_deref(p->table);
	mem_deref(p->key);
	mem_deref(p->value);
}


static void puts_handler(void *arg)
{
	struct device *d = arg;

	while (d->puts.head) {
		struct put *p = d->puts.head->data;

		d->memory->ops->put(
			d->memory, p->table, p->key, p->value, p->h, p->arg);
		mem_deref(p);
	}
}


static void puts_lose(struct device *d)
{
	tmr_cancel(&d->puts_tmr);
	while (d->puts.head) {
		struct put *p = d->puts.head->data;

		p->h(EIO, 0, p->arg);
		mem_deref(p);
	}
}


static struct device *device_of(struct store *s)
{
	return ((struct device_store *)s)->d;
}


static void store_put(struct store *s, const char *table, const char *key,
	const char *value, store_done_h *h, void *arg)
{
	struct device *d = device_of(s);
	struct put *p = mem_zalloc(sizeof(*p), put_destructor);

	p->table = mem_strdup(table);
	p->key = mem_strdup(key);
	p->value = mem_strdup(value);
	p->h = h;
	p->arg = arg;
	list_append(&d->puts, &p->le, p);
	if (!tmr_isrunning(&d->puts_tmr))
		tmr_start(memnet_tmrs(d->mn), &d->puts_tmr,
			1 + rand_below(memnet_rand(d->mn), 4), puts_handler, d);
}


static void store_each(struct store *s, const char *table,
	void (*row)(const char *key, const char *value, void *arg),
	store_done_h *h, void *arg)
{
	struct store *memory = device_of(s)->memory;

	memory->ops->each(memory, table, row, h, arg);
}


static void store_page(struct store *s, const char *account, const char *peer,
	uint64_t before, size_t n, store_page_h *h, void *arg)
{
	struct store *memory = device_of(s)->memory;

	memory->ops->page(memory, account, peer, before, n, h, arg);
}


static void store_unsent(
	struct store *s, uint64_t after, size_t n, store_page_h *h, void *arg)
{
	struct store *memory = device_of(s)->memory;

	memory->ops->unsent(memory, after, n, h, arg);
}


static void store_scan(struct store *s, const char *account, const char *peer,
	uint64_t after, size_t n, store_page_h *h, void *arg)
{
	struct store *memory = device_of(s)->memory;

	memory->ops->scan(memory, account, peer, after, n, h, arg);
}


static void store_peers(struct store *s, const char *account, const char *part,
	size_t n, store_peers_h *h, void *arg)
{
	struct store *memory = device_of(s)->memory;

	memory->ops->peers(memory, account, part, n, h, arg);
}


static void store_parts(struct store *s, bool on, store_done_h *h, void *arg)
{
	struct store *memory = device_of(s)->memory;

	memory->ops->parts(memory, on, h, arg);
}


static const struct store_ops ops = {
	.durable = true,
	.put = store_put,
	.each = store_each,
	.page = store_page,
	.unsent = store_unsent,
	.scan = store_scan,
	.peers = store_peers,
	.parts = store_parts,
};


/* ---- the program ---- */

static void event_h(const struct core_event *e, void *arg)
{
	const struct device *d = arg;

	if (!d->trace || e->kind == CORE_EVENT_PRESENCE)
		return;
	(void)fprintf(stderr, "    %s: %s %s %s %s %s\n", d->name,
		core_event_name(e->kind), e->peer ? e->peer : "",
		e->state ? e->state : "", e->change ? e->change : "",
		e->text ? e->text : "");
}


static struct core_account *account(struct device *d)
{
	struct core_account *a = core_account_first(d->core);

	if (a)
		return a;
	assert_int_equal(core_account_add(d->core, "work",
				 "sip:alice@example.org", NULL, &a, NULL),
		0);
	(void)core_account_set(a, "proxy", "sip:192.0.2.9", NULL);
	(void)core_account_set(a, "xcap-root", "http://192.0.2.9/", NULL);
	(void)core_account_set(a, "dialect", "simple", NULL);
	(void)core_account_set(a, "publish", "no", NULL);
	memnet_run(d->mn, 20);
	return a;
}


void device_start(struct device *d)
{
	struct core_config config = {
		.tmrs = memnet_tmrs(d->mn),
		.rand = memnet_rand(d->mn),
		.work = &d->work,
		.net = (struct sip_net *)(uintptr_t)memnet_net(d->host),
		.resolver = d->resolver,
		.http = &d->way,
	};
	struct device_store *s;

	if (d->core)
		return;
	s = mem_zalloc(sizeof(*s), NULL);
	config.store = &s->store;
	s->store.ops = &ops;
	s->d = d;
	assert_int_equal(core_alloc(&d->core, &config), 0);
	mem_deref(s);
	core_listen(&d->listener, d->core, event_h, d);
	memnet_run(d->mn, 20);
	d->account = account(d);
}


void device_die(struct device *d)
{
	d->account = NULL;
	d->listener = mem_deref(d->listener);
	d->core = mem_deref(d->core);
	puts_lose(d);
}


void device_login(struct device *d)
{
	core_login(d->account, NULL, NULL);
}


void device_logout(struct device *d)
{
	core_logout(d->account, NULL, NULL);
}


void device_open(struct device *d, struct memnet *mn, const char *addr,
	struct documents *documents, struct sip_resolver *resolver)
{
	memset(d, 0, sizeof(*d));
	d->mn = mn;
	d->host = memnet_host(mn, addr);
	d->client = (struct documents_client){documents, addr};
	d->resolver = resolver;
	d->way = (struct http_way){documents_request, &d->client};
	d->name = addr;
	d->work = (struct work){.submit = submit, .later = later, .ctx = d};
	assert_int_equal(
		store_memory_alloc(&d->memory, memnet_tmrs(mn), &d->work), 0);
}


void device_close(struct device *d)
{
	device_die(d);
	memnet_run(d->mn, 50);
	assert_true(list_isempty(&d->jobs));
	mem_deref(d->memory);
}
