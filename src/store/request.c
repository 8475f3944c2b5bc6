/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.c - the requests to the store on disk: what each is given, what is
 * run for it beside the loop, and how its outcome is told. */
#include <errno.h>
#include "mem.h"
#include "store_writer.h"


static void request_destructor(void *data)
{
	struct request *r = data;
	size_t i;

	list_unlink(&r->le);
	mem_deref((char *)r->m.account);
	mem_deref((char *)r->m.peer);
	mem_deref((char *)r->m.text);
	mem_deref((char *)r->m.via);
	mem_deref((char *)r->m.reason);
	mem_deref(r->table);
	mem_deref(r->key);
	mem_deref(r->value);
	mem_deref(r->rows);
	mem_deref(r->hits);
	for (i = 0; r->facts && i < r->n; i++) {
		mem_deref(r->facts[i].key);
		mem_deref(r->facts[i].value);
	}
	mem_deref(r->facts);
	for (i = 0; r->peers && i < r->n; i++) {
		mem_deref((char *)r->peers[i].account);
		mem_deref((char *)r->peers[i].peer);
	}
	mem_deref(r->peers);
}


struct request *request_alloc(int (*run)(struct db *db, struct request *r),
	void (*tell)(struct request *r), void *arg)
{
	struct request *r = mem_zalloc(sizeof(*r), request_destructor);

	r->run = run;
	r->tell = tell;
	r->arg = arg;
	return r;
}


static void tell_done(struct request *r)
{
	if (r->done)
		r->done(r->err, r->id, r->arg);
}


static void tell_page(struct request *r)
{
	if (r->err || !r->rows)
		r->page(r->err, NULL, 0, r->arg);
	else
		r->page(0, r->rows->m, r->rows->n, r->arg);
}


static int run_add(struct db *db, struct request *r)
{
	r->id = 0;
	return message_add(db, &r->m, r->seen, &r->id);
}


static void ask_add(struct store *s, const struct store_message *m,
	uint64_t seen, store_done_h *h, void *arg)
{
	struct request *r = store_ask(s, run_add, tell_done, arg);

	r->write = r->adds = true;
	r->m = *m;
	r->m.account = mem_strdup(m->account);
	r->m.peer = mem_strdup(m->peer);
	r->m.text = mem_strdup(m->text);
	r->m.via = mem_strdup(m->via);
	r->m.reason = mem_strdup(m->reason);
	r->seen = seen;
	r->done = h;
}


static int run_set_state(struct db *db, struct request *r)
{
	r->id = r->m.id;
	return message_set_state(
		db, r->m.id, r->m.state, r->m.reason, r->m.code);
}


static void ask_set_state(struct store *s, uint64_t id, enum store_state state,
	const char *reason, uint16_t code, store_done_h *h, void *arg)
{
	struct request *r = store_ask(s, run_set_state, tell_done, arg);

	r->write = true;
	r->m.id = id;
	r->m.state = state;
	r->m.reason = mem_strdup(reason);
	r->m.code = code;
	r->done = h;
}


static int run_page(struct db *db, struct request *r)
{
	r->rows = rows_alloc();
	return message_page(
		db, r->m.account, r->m.peer, r->after, r->max, r->rows);
}


static void ask_page(struct store *s, const char *account, const char *peer,
	uint64_t before, size_t n, store_page_h *h, void *arg)
{
	bool all = !account || !peer;
	struct request *r = all ? store_ask_beside(s, run_page, tell_page, arg)
				: store_ask(s, run_page, tell_page, arg);

	r->m.account = mem_strdup(account);
	r->m.peer = mem_strdup(peer);
	r->after = before;
	r->max = n;
	r->page = h;
}


static int run_get(struct db *db, struct request *r)
{
	r->rows = rows_alloc();
	return message_get(db, r->m.id, r->rows);
}


static void ask_get(struct store *s, uint64_t id, store_page_h *h, void *arg)
{
	struct request *r = store_ask(s, run_get, tell_page, arg);

	r->m.id = id;
	r->page = h;
}


static int run_put(struct db *db, struct request *r)
{
	return fact_put(db, r->table, r->key, r->value);
}


static void ask_put(struct store *s, const char *table, const char *key,
	const char *value, store_done_h *h, void *arg)
{
	struct request *r = store_ask(s, run_put, tell_done, arg);

	r->write = true;
	r->table = mem_strdup(table);
	r->key = mem_strdup(key);
	r->value = mem_strdup(value);
	r->done = h;
}


static int run_each(struct db *db, struct request *r)
{
	return fact_each(db, r->table, &r->facts, &r->n);
}


static void tell_each(struct request *r)
{
	size_t i;

	for (i = 0; !r->err && i < r->n; i++)
		r->row(r->facts[i].key, r->facts[i].value, r->arg);
	tell_done(r);
}


static void ask_each(struct store *s, const char *table,
	void (*row)(const char *key, const char *value, void *arg),
	store_done_h *h, void *arg)
{
	struct request *r = store_ask(s, run_each, tell_each, arg);

	r->table = mem_strdup(table);
	r->row = row;
	r->done = h;
}


static int run_unsent(struct db *db, struct request *r)
{
	r->rows = rows_alloc();
	return message_unsent(db, r->after, r->max, r->rows);
}


static void ask_unsent(
	struct store *s, uint64_t after, size_t n, store_page_h *h, void *arg)
{
	struct request *r = store_ask(s, run_unsent, tell_page, arg);

	r->after = after;
	r->max = n;
	r->page = h;
}


static int run_peers(struct db *db, struct request *r)
{
	return message_peers(
		db, r->m.account, r->m.peer, r->max, &r->peers, &r->n);
}


static void tell_peers(struct request *r)
{
	if (r->err)
		r->peers_h(r->err, NULL, 0, r->arg);
	else
		r->peers_h(0, r->peers, r->n, r->arg);
}


static void ask_peers(struct store *s, const char *account, const char *part,
	size_t n, store_peers_h *h, void *arg)
{
	struct request *r = store_ask(s, run_peers, tell_peers, arg);

	r->m.account = mem_strdup(account);
	r->m.peer = mem_strdup(part);
	r->max = n;
	r->peers_h = h;
}


static int run_scan(struct db *db, struct request *r)
{
	r->rows = rows_alloc();
	return message_scan(
		db, r->m.account, r->m.peer, r->after, r->max, r->rows);
}


static void ask_scan(struct store *s, const char *account, const char *peer,
	uint64_t after, size_t n, store_page_h *h, void *arg)
{
	struct request *r = store_ask_beside(s, run_scan, tell_page, arg);

	r->m.account = mem_strdup(account);
	r->m.peer = mem_strdup(peer);
	r->after = after;
	r->max = n;
	r->page = h;
}


static int run_clear(struct db *db, struct request *r)
{
	r->id = 0;
	return clear_chat(db, r->m.account, r->m.peer, &r->id);
}


static void ask_clear(struct store *s, const char *account, const char *peer,
	store_done_h *h, void *arg)
{
	struct request *r = store_ask(s, run_clear, tell_done, arg);

	r->write = r->removes = true;
	r->m.account = mem_strdup(account);
	r->m.peer = mem_strdup(peer);
	r->done = h;
}


static int run_retain(struct db *db, struct request *r)
{
	r->id = 0;
	return clear_before(db, r->before, &r->id);
}


static void ask_retain(
	struct store *s, int64_t before, store_done_h *h, void *arg)
{
	struct request *r = store_ask(s, run_retain, tell_done, arg);

	r->write = r->removes = true;
	r->before = before;
	r->done = h;
}


static int run_parts(struct db *db, struct request *r)
{
	return part_index_want(db, r->on);
}


static void ask_parts(struct store *s, bool on, store_done_h *h, void *arg)
{
	struct request *r = store_ask(s, run_parts, tell_done, arg);

	r->write = r->removes = true;
	r->on = on;
	r->done = h;
}


static int run_search(struct db *db, struct request *r)
{
	return search_run(db,
		&(struct search_args){
			.text = r->m.text,
			.account = r->m.account,
			.before = r->after,
			.n = r->max,
		},
		&r->hits);
}


static void tell_hits(struct request *r)
{
	if (r->err || !r->hits)
		r->hits_h(r->err, NULL, 0, r->arg);
	else
		r->hits_h(0, r->hits->hits, r->hits->n, r->arg);
}


static void ask_search(struct store *s, const struct store_query *q,
	store_hits_h *h, void *arg)
{
	struct request *r = store_ask_beside(s, run_search, tell_hits, arg);

	r->m.text = mem_strdup(q->text);
	r->m.account = mem_strdup(q->account);
	r->after = q->before;
	r->max = q->n;
	r->hits_h = h;
}


const struct store_ops store_sqlite_ops = {
	.durable = true,
	.add = ask_add,
	.set_state = ask_set_state,
	.page = ask_page,
	.get = ask_get,
	.put = ask_put,
	.each = ask_each,
	.unsent = ask_unsent,
	.peers = ask_peers,
	.search = ask_search,
	.scan = ask_scan,
	.clear = ask_clear,
	.retain = ask_retain,
	.parts = ask_parts,
};
