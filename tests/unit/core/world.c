/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world.c - clock, work, store and log of a core under test. */
#include <errno.h>
#include <stdlib.h>
#include "world.h"


struct job {
	struct le le;
	work_run_h *run; /* NULL: nothing but DONE */
	work_done_h *done;
	void *arg;
};

/* A completion that the double of the store makes up itself. */
struct refusal {
	int err;
	store_done_h *h;
	void *arg;
};

struct world *world;


static int later(void *ctx, work_done_h *done, void *arg)
{
	struct world *w = ctx;
	struct job *job = mem_zalloc(sizeof(*job), NULL);

	job->done = done;
	job->arg = arg;
	list_append(&w->jobs, &job->le, job);
	return 0;
}


static int submit(void *ctx, work_run_h *run, work_done_h *done, void *arg)
{
	struct world *w = ctx;

	(void)later(ctx, done, arg);
	((struct job *)w->jobs.tail->data)->run = run;
	return 0;
}


static uint64_t monotonic(void *arg)
{
	const struct world *w = arg;

	return w->now;
}


static int64_t wall(void *arg)
{
	const struct world *w = arg;

	return 1800000000000 + (int64_t)w->now;
}


static void refused_h(void *arg)
{
	struct refusal *r = arg;

	r->h(r->err, 0, r->arg);
	mem_deref(r);
}


static void refuse(int err, store_done_h *h, void *arg)
{
	struct refusal *r = mem_zalloc(sizeof(*r), NULL);

	r->err = err;
	r->h = h;
	r->arg = arg;
	(void)later(world, refused_h, r);
}


static void store_add(struct store *s, const struct store_message *m,
	uint64_t seen, store_done_h *h, void *arg)
{
	(void)s;
	if (world->add_err)
		refuse(world->add_err, h, arg);
	else
		world->memory->ops->add(world->memory, m, seen, h, arg);
}


static void store_set_state(struct store *s, uint64_t id,
	enum store_state state, const char *reason, uint16_t code,
	store_done_h *h, void *arg)
{
	(void)s;
	if (world->state_err)
		refuse(world->state_err, h, arg);
	else
		world->memory->ops->set_state(
			world->memory, id, state, reason, code, h, arg);
}


struct scan {
	char *peer;
	uint64_t after;
	size_t n;
	store_page_h *h;
	void *arg;
};


static void scan_h(void *arg)
{
	struct scan *q = arg;
	struct store_message *found =
		mem_zalloc((world->n_past + 1) * sizeof(*found), NULL);
	size_t i, n = 0;

	for (i = 0; i < world->n_past && n < q->n; i++) {
		const struct store_message *m = &world->past[i];

		if (m->id > q->after && (!q->peer || !strcmp(q->peer, m->peer)))
			found[n++] = *m;
	}
	q->h(0, found, n, q->arg);
	mem_deref(found);
	mem_deref(q->peer);
	mem_deref(q);
}


/* Of PAST, where the test gives one; all of one account. */
static void scan_past(
	const char *peer, uint64_t after, size_t n, store_page_h *h, void *arg)
{
	struct scan *q = mem_zalloc(sizeof(*q), NULL);

	q->peer = peer ? mem_strdup(peer) : NULL;
	q->after = after;
	q->n = n;
	q->h = h;
	q->arg = arg;
	(void)later(world, scan_h, q);
}


static void store_page(struct store *s, const char *account, const char *peer,
	uint64_t before, size_t n, store_page_h *h, void *arg)
{
	(void)s;
	if (world->past && !peer) {
		scan_past(NULL,
			world->n_past ? world->past[world->n_past - 1].id - 1
				      : 0,
			n, h, arg);
		return;
	}
	world->memory->ops->page(
		world->memory, account, peer, before, n, h, arg);
}


static void store_get(struct store *s, uint64_t id, store_page_h *h, void *arg)
{
	(void)s;
	world->memory->ops->get(world->memory, id, h, arg);
}


static void store_put(struct store *s, const char *table, const char *key,
	const char *value, store_done_h *h, void *arg)
{
	(void)s;
	world->n_put++;
	if (world->add_err)
		refuse(world->add_err, h, arg);
	else
		world->memory->ops->put(
			world->memory, table, key, value, h, arg);
}


static void store_each(struct store *s, const char *table,
	void (*row)(const char *key, const char *value, void *arg),
	store_done_h *h, void *arg)
{
	(void)s;
	if (world->each_err)
		refuse(world->each_err, h, arg);
	else
		world->memory->ops->each(world->memory, table, row, h, arg);
}


struct unsent {
	uint64_t after;
	size_t n;
	store_page_h *h;
	void *arg;
};


static void unsent_h(void *arg)
{
	struct unsent *u = arg;
	size_t i = 0, n;

	while (i < world->n_left && world->left[i].id <= u->after)
		i++;
	n = world->n_left - i;
	u->h(0, world->left + i, n < u->n ? n : u->n, u->arg);
	mem_deref(u);
}


static void store_unsent(
	struct store *s, uint64_t after, size_t n, store_page_h *h, void *arg)
{
	struct unsent *u = mem_zalloc(sizeof(*u), NULL);

	(void)s;
	u->after = after;
	u->n = n;
	u->h = h;
	u->arg = arg;
	(void)world->work.later(world->work.ctx, unsent_h, u);
}


static void store_peers(struct store *s, const char *account, const char *part,
	size_t n, store_peers_h *h, void *arg)
{
	(void)s;
	world->memory->ops->peers(world->memory, account, part, n, h, arg);
}


static void store_search(struct store *s, const struct store_query *q,
	store_hits_h *h, void *arg)
{
	(void)s;
	world->memory->ops->search(world->memory, q, h, arg);
}


static void store_scan(struct store *s, const char *account, const char *peer,
	uint64_t after, size_t n, store_page_h *h, void *arg)
{
	(void)s;
	if (world->past) {
		scan_past(peer, after, n, h, arg);
		return;
	}
	world->memory->ops->scan(
		world->memory, account, peer, after, n, h, arg);
}


static void store_clear(struct store *s, const char *account, const char *peer,
	store_done_h *h, void *arg)
{
	(void)s;
	world->memory->ops->clear(world->memory, account, peer, h, arg);
}


static void store_retain(
	struct store *s, int64_t before, store_done_h *h, void *arg)
{
	(void)s;
	(void)mbuf_printf(world->calls, "retain %lld\n",
		(long long)((wall(world) - before) / 1000));
	world->memory->ops->retain(world->memory, before, h, arg);
}


static void store_parts(struct store *s, bool on, store_done_h *h, void *arg)
{
	(void)s;
	(void)mbuf_printf(world->calls, "parts %d\n", on);
	world->memory->ops->parts(world->memory, on, h, arg);
}


static const struct store_ops durable_ops = {
	.durable = true,
	.add = store_add,
	.set_state = store_set_state,
	.page = store_page,
	.get = store_get,
	.put = store_put,
	.each = store_each,
	.unsent = store_unsent,
	.peers = store_peers,
	.search = store_search,
	.scan = store_scan,
	.clear = store_clear,
	.retain = store_retain,
	.parts = store_parts,
};

static const struct store_ops ops = {
	.add = store_add,
	.set_state = store_set_state,
	.page = store_page,
	.get = store_get,
	.put = store_put,
	.each = store_each,
	.unsent = store_unsent,
	.peers = store_peers,
	.search = store_search,
	.scan = store_scan,
	.clear = store_clear,
	.retain = store_retain,
	.parts = store_parts,
};


static const char *or_none(const char *before, const char *text)
{
	static char buf[4][256];
	static unsigned turn;
	char *s = buf[turn++ % 4];

	if (!text)
		return "";
	(void)snprintf(s, sizeof(buf[0]), "%s%s", before, text);
	return s;
}


static void event_h(const struct core_event *e, void *arg)
{
	struct world *w = arg;
	struct mbuf *log = w->log;

	switch (e->kind) {
	case CORE_EVENT_ACCOUNT:
		mbuf_printf(log, "account %s %s%s%s%s", e->account, e->state,
			e->again ? " again" : "", or_none(" ", e->address),
			or_none(": ", e->reason));
		break;
	case CORE_EVENT_PRESENCE:
		mbuf_printf(log, "presence %s %s%s%s%s", e->peer, e->state,
			or_none(" ", e->activity), or_none(" ", e->note),
			or_none(": ", e->reason));
		break;
	case CORE_EVENT_BUDDY:
		mbuf_printf(log, "buddy %s %s%s%s", e->peer, e->change,
			or_none(" ", e->name), or_none(" in ", e->groups[0]));
		break;
	case CORE_EVENT_WATCHER_SETTLED:
		mbuf_printf(log, "settled %s", e->peer);
		break;
	case CORE_EVENT_WATCHER:
		mbuf_printf(
			log, "watcher %s%s", e->peer, or_none(" ", e->name));
		break;
	case CORE_EVENT_MESSAGE:
		if (e->state && w->n_ids < UNIT_N(w->ids))
			w->ids[w->n_ids++] = e->id;
		mbuf_printf(log, "message %s %s %s%s%s", e->direction, e->peer,
			e->text, or_none(" ", e->state),
			e->stranger ? " stranger" : "");
		break;
	case CORE_EVENT_MESSAGE_STATE:
		mbuf_printf(log, "state %s %s%s", e->peer, e->state,
			or_none(": ", e->reason));
		break;
	case CORE_EVENT_TYPING:
		mbuf_printf(
			log, "typing %s %s", e->peer, e->active ? "on" : "off");
		break;
	case CORE_EVENT_CHAT:
		mbuf_printf(log, "chat %s %s%s %s%s", e->peer, e->state,
			or_none(" ", e->via), e->by, or_none(": ", e->reason));
		break;
	case CORE_EVENT_HISTORY:
		mbuf_printf(log, "history %s %s", e->peer, e->change);
		break;
	case CORE_EVENT_LOG:
		mbuf_printf(
			log, "log %s: %s", log_level_name(e->level), e->text);
		break;
	}
	mbuf_write_u8(log, '\n');
}


void world_done(const struct core_outcome *outcome, void *arg)
{
	mbuf_printf(world->log, "%s: %d%s%s\n", (const char *)arg,
		outcome->status, or_none(" ", outcome->text),
		or_none(" ", outcome->state));
}


static bool run_jobs(struct world *w)
{
	size_t n = w->hold ? 0 : w->jobs.count;
	bool ran = n > 0;

	while (n--) {
		struct job *job = w->jobs.head->data;

		list_unlink(&job->le);
		if (job->run)
			job->run(job->arg);
		job->done(job->arg);
		mem_deref(job);
	}
	return ran;
}


void world_turn(struct world *w)
{
	tmrs_update(w->tmrs);
	tmrs_run(w->tmrs);
	(void)run_jobs(w);
}


void world_run(struct world *w, uint64_t ms)
{
	uint64_t end = w->now + ms;
	unsigned turns = 0;
	bool ran;

	for (;;) {
		uint64_t next;

		assert_true(turns++ < 1000000);
		tmrs_update(w->tmrs);
		tmrs_run(w->tmrs);
		ran = run_jobs(w);
		next = tmrs_next(w->tmrs);
		if (ran || next == 0)
			continue;
		if (next == UINT64_MAX || w->now + next > end)
			break;
		w->now += next;
	}
	w->now = end;
	tmrs_update(w->tmrs);
}


static void text_is(struct mbuf *mb, const char *expected, int line)
{
	char *text = mbuf_strdup(mb);

	if (strcmp(text, expected))
		print_error("at line %d:\n", line);
	assert_string_equal(text, expected);
	mem_deref(text);
	mbuf_reset(mb);
}


void world_log_is(struct world *w, const char *expected, int line)
{
	text_is(w->log, expected, line);
}


void world_calls_are(struct world *w, const char *expected, int line)
{
	text_is(w->calls, expected, line);
}


bool world_has(const struct mbuf *mb, const char *text)
{
	struct pl all = mbuf_all(mb), part = pl_str(text);

	return pl_find(&all, &part) != NULL;
}


void world_quiet(struct world *w)
{
	mbuf_reset(w->log);
	mbuf_reset(w->calls);
}


static void start(struct world *w, struct loop *loop)
{
	struct core_config config = {
		.tmrs = w->tmrs,
		.rand = w->rand,
		.loop = loop,
		.work = &w->work,
		.store = mem_alloc(sizeof(struct store), NULL),
	};

	*config.store = w->store;
	assert_int_equal(core_alloc(&w->core, &config), 0);
	mem_deref(config.store);
	core_listen(&w->listener, w->core, event_h, w);
}


static void open_with(struct world *w, struct loop *loop)
{
	struct tmr_clock clock = {monotonic, wall, w};

	memset(w, 0, sizeof(*w));
	world = w;
	w->now = 1000;
	w->tmrs = tmrs_alloc(&clock);
	w->work = (struct work){.submit = submit, .later = later, .ctx = w};
	w->rand = rand_seeded(1);
	w->store.ops = &ops;
	assert_int_equal(store_memory_alloc(&w->memory, w->tmrs, &w->work), 0);
	w->log = mbuf_alloc(1 << 20);
	w->calls = mbuf_alloc(1 << 20);
	w->text_max = SIZE_MAX;
	start(w, loop);
	world_run(w, 0);
}


void world_open(struct world *w)
{
	open_with(w, NULL);
}


void world_open_commands(struct world *w)
{
	static int loop;

	open_with(w, (struct loop *)&loop);
}


void world_restart(struct world *w)
{
	w->listener = mem_deref(w->listener);
	w->core = mem_deref(w->core);
	world_quiet(w);
	w->store.ops = w->durable ? &durable_ops : &ops;
	start(w, NULL);
}


void world_close(struct world *w)
{
	mem_deref(w->listener);
	mem_deref(w->core);
	w->hold = false;
	world_run(w, 0);
	assert_true(list_isempty(&w->endpoints));
	assert_true(list_isempty(&w->children));
	mem_deref(w->memory);
	mem_deref(w->rand);
	mem_deref(w->log);
	mem_deref(w->calls);
	mem_deref(w->tmrs);
	world = NULL;
}


struct core_account *world_account(
	struct world *w, const char *name, const char *aor)
{
	struct core_account *a = NULL;

	assert_int_equal(
		core_account_add(w->core, name, aor, NULL, &a, NULL), 0);
	assert_non_null(a);
	return a;
}


struct endpoint *world_login(struct world *w, struct core_account *a)
{
	struct endpoint *e;

	core_login(a, NULL, NULL);
	e = fake_endpoint();
	assert_non_null(e);
	fake_state(e, ENDPOINT_ONLINE, NULL);
	world_run(w, 0);
	return e;
}


struct core_account *world_online(struct world *w, struct endpoint **ep)
{
	struct core_account *a = world_account(w, "work", ALICE);
	struct endpoint *e = world_login(w, a);

	if (ep)
		*ep = e;
	world_quiet(w);
	return a;
}
