/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search.c - find messages with the reading connection: the word index, what
 * it has not come to yet, and where in a text the words are. */
#include <string.h>
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
		"SELECT id,account,peer FROM chat WHERE ifnull(account=?,1) "
		"ORDER BY id");
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


static void write_who(struct mbuf *mb, const struct chats *chats)
{
	const char * or = "";
	size_t i;

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
}


/* All of it as one expression; NULL: nothing that the index could find. */
static char *expression(const struct query *q, const struct chats *chats)
{
	bool who = !chats->every && chats->named <= WHO_MAX;
	struct mbuf *mb;
	char *s = NULL;

	if (!q->match && !who)
		return NULL;
	mb = mbuf_alloc(1 << 20);
	(void)mbuf_write_str(mb, q->except ? "(" : "");
	if (q->match)
		(void)mbuf_printf(mb, "{text}:(%s)", q->match);
	if (q->match && who)
		(void)mbuf_write_str(mb, " AND ");
	if (who)
		write_who(mb, chats);
	if (q->except)
		(void)mbuf_printf(mb, ") NOT {text}:(%s)", q->except);
	if (!mbuf_err(mb))
		s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
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


struct range {
	int64_t from, to; /* ids, both included */
};


/* Newest first out of one index. False where it could not be asked. */
static bool collect(struct db *db, struct hits *hits, const struct chats *chats,
	sqlite3_stmt *stmt, const char *match, struct range range, size_t max)
{
	bool more = true;

	if (!stmt)
		return false;
	if (match)
		db_bind_text(stmt, 3, match);
	(void)sqlite3_bind_int64(stmt, 1, range.from);
	(void)sqlite3_bind_int64(stmt, 2, range.to);
	while (hits->rows->n < max && (more = db_next(db, stmt)))
		take(db, hits, chats, sqlite3_column_int64(stmt, 0));
	if (more)
		(void)sqlite3_reset(stmt);
	(void)sqlite3_clear_bindings(stmt);
	return !db->err;
}


static void find(struct db *db, struct hits *hits, const struct chats *chats,
	const char *match, struct range range, size_t max)
{
	struct range tail = range, main = range;

	if (!match) {
		(void)collect(db, hits, chats,
			db_stmt(db, DB_SEARCH_ALL,
				"SELECT id FROM message WHERE id>=? "
				"AND id<=? ORDER BY id DESC"),
			NULL, range, max);
		return;
	}
	if (tail.from <= db->meta[DB_INDEXED])
		tail.from = db->meta[DB_INDEXED] + 1;
	if (main.to > db->meta[DB_INDEXED])
		main.to = db->meta[DB_INDEXED];
	if (db->tail_used &&
		!collect(db, hits, chats,
			db_stmt(db, DB_SEARCH_TAIL,
				"SELECT rowid FROM temp.tail WHERE rowid>=? "
				"AND rowid<=? AND tail MATCH ? "
				"ORDER BY rowid DESC"),
			match, tail, max))
		return;
	if (hits->rows->n < max)
		(void)collect(db, hits, chats,
			db_stmt(db, DB_SEARCH_WORD,
				"SELECT rowid FROM word WHERE rowid>=? "
				"AND rowid<=? AND word MATCH ? "
				"ORDER BY rowid DESC"),
			match, main, max);
}


/* ---- where the words are ---- */

/* MARKED is the indexed form of TEXT with a \2 before and a \3 behind each
 * match; the \1 are in neither. */
static void read_marks(
	struct store_hit *hit, const char *text, const char *marked)
{
	struct store_mark *marks = NULL;
	size_t at = 0, n = 0, size = 0, start = 0;

	for (; *marked; marked++) {
		switch (*marked) {
		case 1:
			break;
		case 2:
			start = at;
			break;
		case 3:
			if (n == size) {
				size = size ? 2 * size : 4;
				marks = mem_reallocarray(
					marks, size, sizeof(*marks));
			}
			marks[n++] = (struct store_mark){start, at};
			break;
		default:
			at += text[at] != '\0';
			break;
		}
	}
	hit->marks = marks;
	hit->n = n;
}


static int mark_add(struct db *db, size_t i, const char *text)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_MARK_ADD,
		"INSERT INTO temp.mark(rowid,text) VALUES(?,?)");
	struct pl pl = pl_str(text);
	struct mbuf *mb;
	int err;

	if (!stmt)
		return db->err;
	mb = mbuf_alloc_size(pl.l + 1, 16 << 20);
	index_write(mb, &pl);
	(void)sqlite3_bind_int64(stmt, 1, (int64_t)i + 1);
	(void)sqlite3_bind_text(
		stmt, 2, (const char *)mb->buf, (int)mb->end, SQLITE_STATIC);
	err = db_run(db, stmt);
	(void)sqlite3_clear_bindings(stmt);
	mem_deref(mb);
	return err;
}


static void mark(struct db *db, struct hits *hits, const char *match)
{
	sqlite3_stmt *stmt;
	size_t i;

	(void)db_run(db, db_stmt(db, DB_MARK_CLEAR, "DELETE FROM temp.mark"));
	for (i = 0; i < hits->n && !db->err; i++)
		(void)mark_add(db, i, hits->hits[i].message.text);
	stmt = db_stmt(db, DB_MARK,
		"SELECT rowid,highlight(mark,0,char(2),char(3)) "
		"FROM temp.mark WHERE mark MATCH ?");
	if (!stmt || db->err)
		return;
	db_bind_text(stmt, 1, match);
	while (db_next(db, stmt)) {
		i = (size_t)sqlite3_column_int64(stmt, 0) - 1;
		read_marks(&hits->hits[i], hits->hits[i].message.text,
			(const char *)sqlite3_column_text(stmt, 1));
	}
}


static struct range range_of(const struct query *q, uint64_t before)
{
	struct range range = {1, INT64_MAX};

	/* Ids are the time of storing. */
	if (q->after > 0 && q->after < INT64_MAX / 1000)
		range.from = q->after * 1000;
	if (q->before < INT64_MAX / 1000)
		range.to = q->before * 1000 - 1;
	if (before && before <= (uint64_t)range.to)
		range.to = (int64_t)before - 1;
	return range;
}


static int run(struct db *db, const struct query *q,
	const struct search_args *args, struct hits *hits)
{
	size_t i, max = args->n < HITS_MAX ? args->n : HITS_MAX;
	struct chats *chats = find_chats(db, q, args->account);
	char *match = chats->every || chats->n ? expression(q, chats) : NULL;

	if (!db->err &&
		(match || q->nfrom || q->nin || args->account || q->after ||
			q->before != INT64_MAX))
		find(db, hits, chats, match, range_of(q, args->before), max);
	hits->n = hits->rows->n;
	hits->hits = mem_reallocarray(
		NULL, hits->n ? hits->n : 1, sizeof(*hits->hits));
	for (i = 0; i < hits->n; i++)
		hits->hits[i] = (struct store_hit){.message = hits->rows->m[i]};
	if (!db->err && hits->n && q->match)
		mark(db, hits, q->match);
	mem_deref(match);
	mem_deref(chats);
	return db->err;
}


/* FTS5 did not take an expression of ours: that is no error of the store,
 * and not for the user. */
static bool refused(struct db *db, int err)
{
	return err && (sqlite3_errcode(db->sql) & 0xff) == SQLITE_ERROR;
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
	struct query *q = query_alloc(&text, false);
	int err = db_meta_load(db);

	err = err ? err : prepare_temp(db);
	err = err ? err : extend_tail(db);
	err = err ? err : run(db, q, args, hits);
	if (refused(db, err)) {
		mem_deref(q);
		mem_deref(hits);
		db->err = 0;
		hits = hits_alloc();
		q = query_alloc(&text, true);
		err = run(db, q, args, hits);
	}
	mem_deref(q);
	if (err)
		mem_deref(hits);
	else
		*hitsp = hits;
	return err;
}
