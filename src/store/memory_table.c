/* SPDX-License-Identifier: GPL-3.0-or-later */
/* memory_table.c - the records that the store in memory keeps. */
#include <errno.h>
#include <string.h>
#include <uthash.h>
#include "list.h"
#include "mem.h"
#include "store_int.h"


struct conversation {
	UT_hash_handle hh;
	struct list messages; /* by id */
	char *key; /* account and peer, a NUL behind each */
	const char *peer; /* in key */
	char *via; /* of the last message, shared by all that have the same */
};

struct record {
	UT_hash_handle hh;
	struct le le; /* in memory_table.messages */
	struct le conv_le; /* in conversation.messages */
	struct conversation *conv;
	struct store_message m; /* account and peer are the conversation's, via
				   and reason blocks of ours, text is here */
	size_t bytes;
	char text[];
};

struct fact {
	UT_hash_handle hh;
	char *key;
	char *value;
};

struct facts {
	UT_hash_handle hh;
	struct fact *rows;
	char *name;
};

struct memory_table {
	struct record *by_id;
	struct list messages; /* by id */
	struct conversation *convs;
	struct memory_seen *seen;
	struct facts *facts;
	size_t bytes;
	uint64_t last_id;
};


static void record_free(struct memory_table *t, struct record *r)
{
	HASH_DEL(t->by_id, r);
	list_unlink(&r->le);
	list_unlink(&r->conv_le);
	if (list_isempty(&r->conv->messages)) {
		HASH_DEL(t->convs, r->conv);
		mem_deref(r->conv->via);
		mem_deref(r->conv->key);
		mem_deref(r->conv);
	}
	t->bytes -= r->bytes;
	mem_deref((char *)r->m.via);
	mem_deref((char *)r->m.reason);
	mem_deref(r);
}


static void fact_free(struct facts *facts, struct fact *f)
{
	HASH_DEL(facts->rows, f);
	mem_deref(f->key);
	mem_deref(f->value);
	mem_deref(f);
}


static void destructor(void *data)
{
	struct memory_table *t = data;
	struct facts *facts, *next_facts;
	struct fact *f, *next;

	while (t->messages.head)
		record_free(t, t->messages.head->data);
	mem_deref(t->seen);
	HASH_ITER (hh, t->facts, facts, next_facts) {
		HASH_ITER (hh, facts->rows, f, next) {
			fact_free(facts, f);
		}
		HASH_DEL(t->facts, facts);
		mem_deref(facts->name);
		mem_deref(facts);
	}
}


struct memory_table *memory_table_alloc(void)
{
	struct memory_table *t = mem_zalloc(sizeof(*t), destructor);

	t->seen = memory_seen_alloc();
	return t;
}


static struct conversation *conversation_find(struct memory_table *t,
	const char *account, const char *peer, bool make)
{
	size_t before = strlen(account) + 1, len = before + strlen(peer) + 1;
	struct conversation *c;
	char *key = mem_alloc(len, NULL);

	memcpy(key, account, before);
	memcpy(key + before, peer, len - before);
	HASH_FIND(hh, t->convs, key, len, c);
	if (c || !make) {
		mem_deref(key);
		return c;
	}
	c = mem_zalloc(sizeof(*c), NULL);
	c->key = key;
	c->peer = key + before;
	HASH_ADD_KEYPTR(hh, t->convs, c->key, len, c);
	return c;
}


/* A reference to a copy of VIA. */
static char *conversation_via(struct conversation *c, const char *via)
{
	if (!via)
		return NULL;
	if (!c->via || strcmp(c->via, via)) {
		mem_deref(c->via);
		c->via = mem_strdup(via);
	}
	return mem_ref(c->via);
}


/* Adds at the end, or further up where a message brought an older id. */
static void insert_by_id(struct list *list, struct le *le, struct record *r)
{
	struct le *at = list->tail;

	while (at && ((struct record *)at->data)->m.id > r->m.id)
		at = at->prev;
	if (at)
		list_insert_after(at, le, r);
	else
		list_prepend(list, le, r);
}


static uint64_t next_id(struct memory_table *t, int64_t now)
{
	/* Milliseconds with room for a thousand messages in each; a clock
	 * that was set back only makes them denser. */
	uint64_t id = now > 0 ? (uint64_t)now * 1000 : 1;

	return id > t->last_id ? id : t->last_id + 1;
}


static struct record *record_new(
	struct memory_table *t, const struct store_message *m, uint64_t id)
{
	size_t len = strlen(m->text) + 1;
	struct record *r = mem_zalloc(sizeof(*r) + len, NULL);

	memcpy(r->text, m->text, len);
	r->bytes = sizeof(*r) + len;
	r->conv = conversation_find(t, m->account, m->peer, true);
	r->m = *m;
	r->m.id = id;
	r->m.account = r->conv->key;
	r->m.peer = r->conv->peer;
	r->m.text = r->text;
	r->m.via = conversation_via(r->conv, m->via);
	r->m.reason = mem_strdup(m->reason);
	return r;
}


int memory_table_add(struct memory_table *t, const struct store_message *m,
	uint64_t seen, int64_t now, uint64_t *id)
{
	struct record *r;

	if (m->id) {
		HASH_FIND(hh, t->by_id, &m->id, sizeof(m->id), r);
		if (r)
			return EEXIST;
	}
	if (seen && !memory_seen_add(t->seen, seen))
		return EEXIST;
	r = record_new(t, m, m->id ? m->id : next_id(t, now));
	HASH_ADD(hh, t->by_id, m.id, sizeof(r->m.id), r);
	insert_by_id(&t->messages, &r->le, r);
	insert_by_id(&r->conv->messages, &r->conv_le, r);
	t->bytes += r->bytes;
	if (r->m.id > t->last_id)
		t->last_id = r->m.id;
	*id = r->m.id;
	while (t->messages.count > MEMORY_MESSAGES_MAX ||
		(t->bytes > MEMORY_BYTES_MAX && t->messages.count > 1))
		record_free(t, t->messages.head->data);
	return 0;
}


int memory_table_set_state(struct memory_table *t, uint64_t id,
	enum store_state state, const char *reason, uint16_t code)
{
	struct record *r;

	HASH_FIND(hh, t->by_id, &id, sizeof(id), r);
	if (!r)
		return ENOENT;
	r->m.state = state;
	r->m.code = code;
	mem_deref((char *)r->m.reason);
	r->m.reason = mem_strdup(reason);
	return 0;
}


const struct store_message *memory_table_get(
	struct memory_table *t, uint64_t id)
{
	struct record *r;

	HASH_FIND(hh, t->by_id, &id, sizeof(id), r);
	return r ? &r->m : NULL;
}


/* The same of every account or with everybody. */
static size_t page_of_all(struct memory_table *t, const char *account,
	const char *peer, uint64_t before, size_t n,
	struct store_message **page)
{
	struct le *le;
	size_t found = 0;

	*page = n ? mem_reallocarray(NULL, n, sizeof(**page)) : NULL;
	for (le = t->messages.tail; le && found < n; le = le->prev) {
		const struct record *r = le->data;

		if ((before && r->m.id >= before) ||
			(account && strcmp(r->m.account, account) != 0) ||
			(peer && strcmp(r->m.peer, peer) != 0))
			continue;
		(*page)[n - ++found] = r->m;
	}
	if (found)
		memmove(*page, *page + (n - found), found * sizeof(**page));
	return found;
}


size_t memory_table_page(struct memory_table *t, const char *account,
	const char *peer, uint64_t before, size_t n,
	struct store_message **page)
{
	struct conversation *c;
	struct le *le;
	size_t i, found = 0;

	*page = NULL;
	if (n > MEMORY_PAGE_MAX)
		n = MEMORY_PAGE_MAX;
	if (!account || !peer)
		return page_of_all(t, account, peer, before, n, page);
	c = conversation_find(t, account, peer, false);
	le = c ? c->messages.tail : NULL;
	while (le && before && ((struct record *)le->data)->m.id >= before)
		le = le->prev;
	if (!le || !n)
		return 0;
	for (found = 1; found < n && le->prev; found++)
		le = le->prev;
	*page = mem_reallocarray(NULL, found, sizeof(**page));
	for (i = 0; i < found; i++, le = le->next)
		(*page)[i] = ((struct record *)le->data)->m;
	return found;
}


static struct facts *facts_find(
	struct memory_table *t, const char *name, bool make)
{
	struct facts *facts;

	HASH_FIND_STR(t->facts, name, facts);
	if (facts || !make)
		return facts;
	facts = mem_zalloc(sizeof(*facts), NULL);
	facts->name = mem_strdup(name);
	HASH_ADD_KEYPTR(hh, t->facts, facts->name, strlen(name), facts);
	return facts;
}


void memory_table_put(struct memory_table *t, const char *table,
	const char *key, const char *value)
{
	struct facts *facts = facts_find(t, table, value != NULL);
	struct fact *f = NULL;

	if (!facts)
		return;
	HASH_FIND_STR(facts->rows, key, f);
	if (!value) {
		if (f)
			fact_free(facts, f);
		return;
	}
	if (!f) {
		f = mem_zalloc(sizeof(*f), NULL);
		f->key = mem_strdup(key);
		HASH_ADD_KEYPTR(hh, facts->rows, f->key, strlen(key), f);
	}
	mem_deref(f->value);
	f->value = mem_strdup(value);
}


static int fact_order(const struct fact *a, const struct fact *b)
{
	return strcmp(a->key, b->key);
}


void memory_table_each(struct memory_table *t, const char *table,
	void (*row)(const char *key, const char *value, void *arg), void *arg)
{
	struct facts *facts = facts_find(t, table, false);
	struct fact *f, *next;

	if (!facts)
		return;
	HASH_SORT(facts->rows, fact_order);
	HASH_ITER (hh, facts->rows, f, next) {
		row(f->key, f->value, arg);
	}
}
