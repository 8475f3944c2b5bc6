/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search.c - find messages with the reading connection: the indexes, what they
 * have not come to yet, and who may be found. */
#include <string.h>
#include "ids.h"
#include "mem.h"
#include "query.h"
#include "search.h"


enum {
	WHO_MAX = 400, /* chats and directions named in the expression */
	HITS_MAX = 1000,
	HIT_IN = 1,
	HIT_OUT = 2,
};

#define TOKENIZER "tokenize='unicode61 remove_diacritics 2'"

/* Chats that are being removed whole: to look at each message would take as
 * long as there are many. */
#define HIDDEN                                                         \
	"(sweep AND NOT EXISTS(SELECT 1 FROM message WHERE chat=c.id " \
	"AND id>c.cleared) AND NOT EXISTS(SELECT 1 FROM message "      \
	"INDEXED BY message_unsent WHERE state<2 AND chat=c.id))"

/* Which messages of which chats may be found. */
struct chats {
	struct chat {
		int64_t id;
		int mask;
	} * all; /* by id */
	size_t n, size;
	size_t named; /* chats and directions */
	bool every; /* no filter */
};


static void hits_destructor(void *data)
{
	struct hits *hits = data;
	size_t i;

	for (i = 0; i < hits->n; i++)
		mem_deref((struct store_mark *)hits->hits[i].marks);
	mem_deref(hits->hits);
	mem_deref(hits->rows);
}


static void chats_destructor(void *data)
{
	struct chats *chats = data;

	mem_deref(chats->all);
}


static bool part_of(const char *text, char *const *parts, size_t n)
{
	struct pl pl = pl_str(text);
	size_t i;

	for (i = 0; i < n; i++) {
		struct pl part = pl_str(parts[i]);

		if (pl_casefind(&pl, &part))
			return true;
	}
	return false;
}


static bool me(const struct query *q)
{
	size_t i;

	for (i = 0; i < q->nfrom; i++) {
		if (!strcmp(q->from[i], "me"))
			return true;
	}
	return false;
}


static int mask_of(const struct query *q, const char *account, const char *peer)
{
	int mask = 0;

	if (q->nin && !part_of(peer, q->in, q->nin))
		return 0;
	if (!q->nfrom)
		return HIT_IN | HIT_OUT;
	if (part_of(peer, q->from, q->nfrom))
		mask |= HIT_IN;
	if (me(q) || part_of(account, q->from, q->nfrom))
		mask |= HIT_OUT;
	return mask;
}


static void chats_add(struct chats *chats, int64_t id, int mask)
{
	if (chats->n == chats->size) {
		chats->size = chats->size ? 2 * chats->size : 16;
		chats->all = mem_reallocarray(
			chats->all, chats->size, sizeof(*chats->all));
	}
	chats->all[chats->n++] = (struct chat){id, mask};
	chats->named += (mask & HIT_IN) + ((mask & HIT_OUT) >> 1);
}


static struct chats *find_chats(
	struct db *db, const struct query *q, const char *account)
{
	struct chats *chats = mem_zalloc(sizeof(*chats), chats_destructor);
	sqlite3_stmt *stmt;

	chats->every = !q->nfrom && !q->nin && !account;
	if (chats->every)
		return chats;
	stmt = db_stmt(db, DB_SEARCH_CHATS,
		"SELECT id,account,peer FROM chat c WHERE ifnull(account=?,1) "
		"AND NOT " HIDDEN " ORDER BY id");
	if (!stmt)
		return chats;
	db_bind_text(stmt, 1, account);
	while (db_next(db, stmt)) {
		int mask = mask_of(q, (char *)sqlite3_column_text(stmt, 1),
			(char *)sqlite3_column_text(stmt, 2));

		if (mask)
			chats_add(chats, sqlite3_column_int64(stmt, 0), mask);
	}
	return chats;
}


static bool allowed(const struct chats *chats, int64_t id, int flags)
{
	size_t low = 0, high = chats->n;

	if (chats->every)
		return true;
	while (low < high) {
		size_t at = (low + high) / 2;

		if (chats->all[at].id == id)
			return chats->all[at].mask &
				(flags & DB_OUT ? HIT_OUT : HIT_IN);
		if (chats->all[at].id < id)
			low = at + 1;
		else
			high = at;
	}
	return false;
}


/* NULL: no filter, or one of so many that each hit is looked at instead. */
static struct query_node *who(const struct chats *chats)
{
	struct query_node *node = NULL;
	struct mbuf *mb;
	const char * or = "";
	size_t i;

	if (chats->every || !chats->n || chats->named > WHO_MAX)
		return NULL;
	mb = mbuf_alloc(1 << 20);

	(void)mbuf_write_str(mb, "{who}:(");
	for (i = 0; i < chats->n; i++) {
		const struct chat *c = &chats->all[i];

		if (c->mask & HIT_IN)
			(void)mbuf_printf(
				mb, "%s\"c%lldi\"", or, (long long)c->id);
		if (c->mask & HIT_IN)
			or = " OR ";
		if (c->mask & HIT_OUT)
			(void)mbuf_printf(
				mb, "%s\"c%lldo\"", or, (long long)c->id);
		or = " OR ";
	}
	(void)mbuf_write_str(mb, ")");
	if (!mbuf_err(mb))
		node = query_words(mbuf_strdup(mb));
	mem_deref(mb);
	return node;
}


/* The hidden ones, where they are not left out already. */
static struct query_node *hidden(struct db *db, const struct chats *chats)
{
	sqlite3_stmt *stmt;
	struct query_node *node = NULL;

	if (!chats->every)
		return NULL;
	stmt = db_stmt(db, DB_SEARCH_HIDDEN,
		"SELECT id FROM chat c WHERE " HIDDEN " LIMIT 100");
	while (stmt && db_next(db, stmt)) {
		long long id = sqlite3_column_int64(stmt, 0);

		node = query_join(node, QUERY_OR,
			query_words(mem_printf(
				"{who}:(\"c%lldi\" OR \"c%lldo\")", id, id)));
	}
	return node;
}


/* Words are looked for in texts only. */
static void in_text(struct query_node *node)
{
	char *words;

	if (!node)
		return;
	if (node->kind == QUERY_WORDS) {
		words = mem_printf("{text}:(%s)", node->words);
		mem_deref(node->words);
		node->words = words;
	}
	in_text(node->a);
	in_text(node->b);
}


/* ---- what the index has not come to yet ---- */

static int prepare_temp(struct db *db)
{
	if (db->tail_upto)
		return 0;
	db->tail_upto = 1;
	return db_exec(db,
		"CREATE VIRTUAL TABLE temp.tail USING fts5(text,who,"
		"content='',columnsize=0," TOKENIZER ");"
		"CREATE VIRTUAL TABLE temp.mark USING fts5(text," TOKENIZER
		");");
}


static int extend_tail(struct db *db)
{
	sqlite3_stmt *stmt, *add;

	if (db->meta[DB_INDEXED] >= db->tail_upto) {
		if (db->tail_used)
			(void)db_exec(db,
				"INSERT INTO temp.tail(tail) "
				"VALUES('delete-all')");
		db->tail_used = false;
		db->tail_upto = db->meta[DB_INDEXED] + 1;
	}
	stmt = db_stmt(db, DB_INDEX_NEXT,
		"SELECT id,chat,flags,text FROM message WHERE id>=? "
		"ORDER BY id");
	add = db_stmt(db, DB_WORD_ADD,
		"INSERT INTO temp.tail(rowid,text,who) VALUES(?,?,?)");
	if (!stmt || !add)
		return db->err;
	(void)sqlite3_bind_int64(stmt, 1, db->tail_upto);
	while (!db->err && db_next(db, stmt)) {
		int64_t id = sqlite3_column_int64(stmt, 0);

		(void)index_write_row(db, add, (uint64_t)id,
			sqlite3_column_int64(stmt, 1),
			sqlite3_column_int(stmt, 2),
			(const char *)sqlite3_column_text(stmt, 3));
		db->tail_upto = id + 1;
		db->tail_used = true;
	}
	(void)sqlite3_reset(stmt);
	return db->err;
}


/* ---- hits ---- */

static void take(
	struct db *db, struct hits *hits, const struct chats *chats, int64_t id)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_SEARCH_ROW,
		"SELECT " DB_ROW ",m.chat FROM message m "
		"JOIN chat c ON c.id=m.chat WHERE m.id=? AND " DB_VISIBLE);

	if (!stmt)
		return;
	(void)sqlite3_bind_int64(stmt, 1, id);
	if (!db_next(db, stmt))
		return;
	if (allowed(chats, sqlite3_column_int64(stmt, 10),
		    sqlite3_column_int(stmt, 4)))
		rows_add(hits->rows, stmt);
	(void)sqlite3_reset(stmt);
}


static struct ids_range range_of(const struct query *q, uint64_t before)
{
	struct ids_range range = {1, INT64_MAX};

	/* Ids are the time of storing. */
	if (q->after > 0 && q->after < INT64_MAX / 1000)
		range.from = q->after * 1000;
	if (q->before < INT64_MAX / 1000)
		range.to = q->before * 1000 - 1;
	if (before && before <= (uint64_t)range.to)
		range.to = (int64_t)before - 1;
	return range;
}


/* What must match in one tree, and what must not as another. */
static void find(struct db *db, struct hits *hits, const struct chats *chats,
	const struct query_node *must, const struct query_node *except,
	const struct ids_range *range, size_t max)
{
	struct ids *ids = ids_alloc(db, must, range);
	struct ids *never = except ? ids_alloc(db, except, range) : NULL;
	int64_t id = range->to;

	while (hits->rows->n < max && (id = ids_next(ids, id))) {
		if (!never || ids_next(never, id) != id)
			take(db, hits, chats, id);
		--id;
	}
	mem_deref(ids);
	mem_deref(never);
}


static void make_hits(struct hits *hits)
{
	size_t i;

	hits->n = hits->rows->n;
	hits->hits = mem_reallocarray(
		NULL, hits->n ? hits->n : 1, sizeof(*hits->hits));
	for (i = 0; i < hits->n; i++)
		hits->hits[i] = (struct store_hit){.message = hits->rows->m[i]};
}


static int run(struct db *db, struct query *q, const struct search_args *args,
	struct hits *hits)
{
	size_t max = args->n < HITS_MAX ? args->n : HITS_MAX;
	struct chats *chats = find_chats(db, q, args->account);
	struct ids_range range = range_of(q, args->before);
	struct query_node *must, *except;

	in_text(q->match);
	in_text(q->except);
	must = query_join(mem_ref(q->match), QUERY_AND, who(chats));
	except = query_join(mem_ref(q->except), QUERY_OR, hidden(db, chats));
	if (!db->err && (chats->every || chats->n) &&
		(must || q->nfrom || q->nin || args->account || q->after ||
			q->before != INT64_MAX))
		find(db, hits, chats, must, except, &range, max);
	make_hits(hits);
	if (!db->err && hits->n && q->match)
		mark_hits(db, hits, q->match);
	mem_deref(must);
	mem_deref(except);
	mem_deref(chats);
	return db->err;
}


static struct hits *hits_alloc(void)
{
	struct hits *hits = mem_zalloc(sizeof(*hits), hits_destructor);

	hits->rows = rows_alloc();
	return hits;
}


int search_run(
	struct db *db, const struct search_args *args, struct hits **hitsp)
{
	struct hits *hits = hits_alloc();
	struct pl text = pl_str(args->text);
	struct query *q = NULL;
	int err = db_meta_load(db);
	bool parts = db->meta[DB_PARTS] == DB_PARTS_READY;

	db->refused = false;
	err = err ? err : prepare_temp(db);
	err = err ? err : extend_tail(db);
	if (!err) {
		q = query_alloc(&text, false, parts);
		err = run(db, q, args, hits);
	}
	if (err && db->refused) {
		mem_deref(q);
		mem_deref(hits);
		db->err = 0;
		hits = hits_alloc();
		q = query_alloc(&text, true, parts);
		err = run(db, q, args, hits);
	}
	mem_deref(q);
	if (err)
		mem_deref(hits);
	else
		*hitsp = hits;
	return err;
}
