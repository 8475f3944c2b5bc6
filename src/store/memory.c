/* SPDX-License-Identifier: GPL-3.0-or-later */
/* memory.c - a store that keeps everything for the life of the process:
 * requests wait for the next turn and are carried out there in order. */
#include <errno.h>
#include "list.h"
#include "mem.h"
#include "store_int.h"


struct memory;

/* What the work table holds while a turn is awaited; it outlives the store
 * if it must. */
struct turn {
	struct memory *s; /* NULL: the store is gone */
};

struct memory {
	struct store store; /* first: a struct store * points here */
	struct tmrs *tmrs;
	const struct work *work;
	struct memory_table *table;
	struct list requests;
	struct turn *turn; /* NULL: none awaited */
};

/* One request with copies of all that it was given. */
struct request {
	struct le le;
	void (*run)(struct memory *s, struct request *r);
	struct store_message m; /* add; ID, ACCOUNT, PEER of others */
	uint64_t seen;
	size_t n;
	char *account, *peer, *text, *via, *reason;
	char *table, *key, *value;
	store_done_h *done;
	store_page_h *page;
	store_peers_h *peers;
	store_hits_h *hits;
	void (*row)(const char *key, const char *value, void *arg);
	void *arg;
};


static void request_destructor(void *data)
{
	struct request *r = data;

	list_unlink(&r->le);
	mem_deref(r->account);
	mem_deref(r->peer);
	mem_deref(r->text);
	mem_deref(r->via);
	mem_deref(r->reason);
	mem_deref(r->table);
	mem_deref(r->key);
	mem_deref(r->value);
}


static void memory_destructor(void *data)
{
	struct memory *s = data;

	list_flush(&s->requests);
	if (s->turn)
		s->turn->s = NULL;
	mem_deref(s->table);
	mem_deref(s->tmrs);
}


static void turn_h(void *arg);


/* Asks for a turn; where that fails the next request asks again. */
static void await_turn(struct memory *s)
{
	struct turn *turn;

	if (s->turn || list_isempty(&s->requests))
		return;
	turn = mem_zalloc(sizeof(*turn), NULL);
	turn->s = s;
	if (s->work->later(s->work->ctx, turn_h, turn))
		mem_deref(turn);
	else
		s->turn = turn;
}


/* Carries out what was asked before this turn, no more: a handler that asks
 * again and again must not hold the loop. */
static void turn_h(void *arg)
{
	struct turn *turn = arg;
	struct memory *s = mem_ref(turn->s);
	size_t n;

	mem_deref(turn);
	if (!s)
		return;
	s->turn = NULL;
	for (n = s->requests.count; n && mem_nrefs(s) > 1; n--) {
		struct request *r = s->requests.head->data;

		list_unlink(&r->le);
		r->run(s, r);
		mem_deref(r);
	}
	await_turn(s);
	mem_deref(s);
}


static struct request *request_add(
	struct store *store, void (*run)(struct memory *s, struct request *r))
{
	struct memory *s = (struct memory *)store;
	struct request *r = mem_zalloc(sizeof(*r), request_destructor);

	r->run = run;
	list_append(&s->requests, &r->le, r);
	await_turn(s);
	return r;
}


static void done(const struct request *r, int err, uint64_t id)
{
	if (r->done)
		r->done(err, id, r->arg);
}


static void run_add(struct memory *s, struct request *r)
{
	uint64_t id = 0;
	int err;

	err = memory_table_add(
		s->table, &r->m, r->seen, tmrs_wall(s->tmrs), &id);
	done(r, err, id);
}


static void memory_add(struct store *s, const struct store_message *m,
	uint64_t seen, store_done_h *h, void *arg)
{
	struct request *r = request_add(s, run_add);

	r->m = *m;
	r->m.account = r->account = mem_strdup(m->account);
	r->m.peer = r->peer = mem_strdup(m->peer);
	r->m.text = r->text = mem_strdup(m->text);
	r->m.via = r->via = mem_strdup(m->via);
	r->m.reason = r->reason = mem_strdup(m->reason);
	r->seen = seen;
	r->done = h;
	r->arg = arg;
}


static void run_set_state(struct memory *s, struct request *r)
{
	int err = memory_table_set_state(
		s->table, r->m.id, r->m.state, r->reason, r->m.code);

	done(r, err, r->m.id);
}


static void memory_set_state(struct store *s, uint64_t id,
	enum store_state state, const char *reason, uint16_t code,
	store_done_h *h, void *arg)
{
	struct request *r = request_add(s, run_set_state);

	r->m.id = id;
	r->m.state = state;
	r->m.code = code;
	r->reason = mem_strdup(reason);
	r->done = h;
	r->arg = arg;
}


static void run_page(struct memory *s, struct request *r)
{
	struct store_message *page;
	size_t n = memory_table_page(
		s->table, r->account, r->peer, r->m.id, r->n, &page);

	r->page(0, page, n, r->arg);
	mem_deref(page);
}


static void memory_page(struct store *s, const char *account, const char *peer,
	uint64_t before, size_t n, store_page_h *h, void *arg)
{
	struct request *r = request_add(s, run_page);

	r->account = mem_strdup(account);
	r->peer = mem_strdup(peer);
	r->m.id = before;
	r->n = n;
	r->page = h;
	r->arg = arg;
}


static void run_get(struct memory *s, struct request *r)
{
	const struct store_message *m = memory_table_get(s->table, r->m.id);

	r->page(m ? 0 : ENOENT, m, m ? 1 : 0, r->arg);
}


static void memory_get(struct store *s, uint64_t id, store_page_h *h, void *arg)
{
	struct request *r = request_add(s, run_get);

	r->m.id = id;
	r->page = h;
	r->arg = arg;
}


static void run_put(struct memory *s, struct request *r)
{
	memory_table_put(s->table, r->table, r->key, r->value);
	done(r, 0, 0);
}


static void memory_put(struct store *s, const char *table, const char *key,
	const char *value, store_done_h *h, void *arg)
{
	struct request *r = request_add(s, run_put);

	r->table = mem_strdup(table);
	r->key = mem_strdup(key);
	r->value = mem_strdup(value);
	r->done = h;
	r->arg = arg;
}


static void run_each(struct memory *s, struct request *r)
{
	memory_table_each(s->table, r->table, r->row, r->arg);
	done(r, 0, 0);
}


static void memory_each(struct store *s, const char *table,
	void (*row)(const char *key, const char *value, void *arg),
	store_done_h *h, void *arg)
{
	struct request *r = request_add(s, run_each);

	r->table = mem_strdup(table);
	r->row = row;
	r->done = h;
	r->arg = arg;
}


/* Nothing is left over from an earlier run. */
static void run_unsent(struct memory *s, struct request *r)
{
	(void)s;
	r->page(0, NULL, 0, r->arg);
}


static void memory_unsent(
	struct store *s, uint64_t after, size_t n, store_page_h *h, void *arg)
{
	struct request *r = request_add(s, run_unsent);

	(void)after;
	(void)n;
	r->page = h;
	r->arg = arg;
}


/* What only a store with an index can do. */
static void run_refuse(struct memory *s, struct request *r)
{
	(void)s;
	if (r->page)
		r->page(ENOTSUP, NULL, 0, r->arg);
	if (r->peers)
		r->peers(ENOTSUP, NULL, 0, r->arg);
	if (r->hits)
		r->hits(ENOTSUP, NULL, 0, r->arg);
	done(r, ENOTSUP, 0);
}


static void memory_peers(struct store *s, const char *account, const char *part,
	size_t n, store_peers_h *h, void *arg)
{
	struct request *r = request_add(s, run_refuse);

	(void)account;
	(void)part;
	(void)n;
	r->peers = h;
	r->arg = arg;
}


static void memory_search(struct store *s, const struct store_query *q,
	store_hits_h *h, void *arg)
{
	struct request *r = request_add(s, run_refuse);

	(void)q;
	r->hits = h;
	r->arg = arg;
}


static void memory_scan(struct store *s, const char *account, const char *peer,
	uint64_t after, size_t n, store_page_h *h, void *arg)
{
	struct request *r = request_add(s, run_refuse);

	(void)account;
	(void)peer;
	(void)after;
	(void)n;
	r->page = h;
	r->arg = arg;
}


static void memory_clear(struct store *s, const char *account, const char *peer,
	store_done_h *h, void *arg)
{
	struct request *r = request_add(s, run_refuse);

	(void)account;
	(void)peer;
	r->done = h;
	r->arg = arg;
}


static void memory_retain(
	struct store *s, int64_t before, store_done_h *h, void *arg)
{
	struct request *r = request_add(s, run_refuse);

	(void)before;
	r->done = h;
	r->arg = arg;
}


static void memory_parts(struct store *s, bool on, store_done_h *h, void *arg)
{
	struct request *r = request_add(s, run_refuse);

	(void)on;
	r->done = h;
	r->arg = arg;
}


static const struct store_ops memory_ops = {
	.add = memory_add,
	.set_state = memory_set_state,
	.page = memory_page,
	.get = memory_get,
	.put = memory_put,
	.each = memory_each,
	.unsent = memory_unsent,
	.peers = memory_peers,
	.search = memory_search,
	.scan = memory_scan,
	.clear = memory_clear,
	.retain = memory_retain,
	.parts = memory_parts,
};


int store_memory_alloc(
	struct store **sp, struct tmrs *tmrs, const struct work *work)
{
	struct memory *s;

	if (!sp || !tmrs || !work)
		return EINVAL;
	s = mem_zalloc(sizeof(*s), memory_destructor);
	s->store.ops = &memory_ops;
	s->tmrs = mem_ref(tmrs);
	s->work = work;
	s->table = memory_table_alloc();
	*sp = &s->store;
	return 0;
}


const char *store_state_name(enum store_state state)
{
	switch (state) {
	case STORE_QUEUED:
		return "queued";
	case STORE_SENT:
		return "sent";
	case STORE_ACCEPTED:
		return "accepted";
	case STORE_DELIVERED:
		return "delivered";
	case STORE_FAILED:
		return "failed";
	case STORE_RECEIVED:
		return "received";
	}
	return "unknown";
}
