/* SPDX-License-Identifier: GPL-3.0-or-later */
/* word_index.c - FTS5: messages go into the index in a second step, in
 * slices; deleted ones are merged out of it in slices too. */
#include <string.h>
#include "db.h"
#include "mem.h"
#include "utf8.h"


enum {
	MERGE_PAGES = 300, /* written in a slice */
	TEXT_MAX = 16 << 20,
};


bool index_spaceless(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x0e00, 0x0eff}, /* Thai, Lao */
		{0x1000, 0x109f}, /* Myanmar */
		{0x1100, 0x11ff}, /* Hangul */
		{0x1780, 0x17ff}, /* Khmer */
		{0x2e80, 0x2fdf}, /* radicals */
		{0x3005, 0x3007},
		{0x3021, 0x3029},
		{0x3031, 0x31ff}, /* kana, bopomofo, Hangul */
		{0x3400, 0x4dbf},
		{0x4e00, 0x9fff},
		{0xa960, 0xa97f},
		{0xac00, 0xd7ff},
		{0xf900, 0xfaff},
		{0xff66, 0xffdc}, /* half width */
		{0x1b000, 0x1b16f},
		{0x20000, 0x3ffff},
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (cp < ranges[i].first)
			return false;
		if (cp <= ranges[i].last)
			return true;
	}
	return false;
}


void index_write(struct mbuf *mb, const struct pl *text)
{
	struct pl rest = *text;
	bool apart = false;

	while (rest.l) {
		uint32_t cp = (unsigned char)*rest.p;
		size_t n = 1;
		bool alone;

		if (cp >= 0x80)
			n = utf8_decode(&cp, rest.p, rest.l);
		alone = cp >= 0x0e00 && index_spaceless(cp);
		if (alone || apart)
			(void)mbuf_write_u8(mb, 1);
		if (cp < 0x20)
			(void)mbuf_write_u8(mb, ' ');
		else
			(void)mbuf_write_mem(mb, rest.p, n);
		apart = alone;
		pl_skip(&rest, n);
	}
}


static struct mbuf *indexed_text(const char *text)
{
	struct pl pl = pl_str(text);
	struct mbuf *mb = mbuf_alloc_size(pl.l + 1, TEXT_MAX);

	index_write(mb, &pl);
	return mb;
}


/* Runs STMT, whose first three values are id, text, chat with direction. */
static int run(struct db *db, sqlite3_stmt *stmt, uint64_t id, int64_t chat,
	int flags, const struct mbuf *text)
{
	char who[32];
	int err;

	if (!stmt)
		return db->err;
	(void)sqlite3_snprintf(sizeof(who), who, "c%lld%c", (long long)chat,
		flags & DB_OUT ? 'o' : 'i');
	(void)sqlite3_bind_int64(stmt, 1, (int64_t)id);
	(void)sqlite3_bind_text(stmt, 2, (const char *)text->buf,
		(int)text->end, SQLITE_STATIC);
	(void)sqlite3_bind_text(stmt, 3, who, -1, SQLITE_STATIC);
	err = db_run(db, stmt);
	(void)sqlite3_clear_bindings(stmt);
	return err;
}


int index_write_row(struct db *db, sqlite3_stmt *stmt, uint64_t id,
	int64_t chat, int flags, const char *text)
{
	struct mbuf *mb = indexed_text(text);
	int err = run(db, stmt, id, chat, flags, mb);

	mem_deref(mb);
	return err;
}


int index_add(
	struct db *db, uint64_t id, int64_t chat, int flags, const char *text)
{
	if (part_index_add(db, id, text))
		return db->err;
	return index_write_row(db,
		db_stmt(db, DB_WORD_ADD,
			"INSERT INTO word(rowid,text,who) VALUES(?,?,?)"),
		id, chat, flags, text);
}


/* FTS5 keeps no text, so it must be told what to take out. */
int index_remove(
	struct db *db, uint64_t id, int64_t chat, int flags, const char *text)
{
	if (part_index_remove(db, id, text))
		return db->err;
	if (id > (uint64_t)db->meta[DB_INDEXED])
		return 0;
	return index_write_row(db,
		db_stmt(db, DB_WORD_DELETE,
			"INSERT INTO word(word,rowid,text,who) "
			"VALUES('delete',?,?,?)"),
		id, chat, flags, text);
}


/* Indexes the next messages; returns how many. */
static int index_some(struct db *db)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_INDEX_NEXT,
		"SELECT id,chat,flags,text FROM message WHERE id>? "
		"ORDER BY id LIMIT ?");
	int64_t last = 0;
	int n = 0;

	if (!stmt)
		return 0;
	(void)sqlite3_bind_int64(stmt, 1, db->meta[DB_INDEXED]);
	(void)sqlite3_bind_int(stmt, 2, DB_INDEX);
	while (!db->err && db_next(db, stmt)) {
		last = sqlite3_column_int64(stmt, 0);
		(void)index_add(db, (uint64_t)last,
			sqlite3_column_int64(stmt, 1),
			sqlite3_column_int(stmt, 2),
			(const char *)sqlite3_column_text(stmt, 3));
		n++;
	}
	(void)sqlite3_reset(stmt);
	if (n && !db->err)
		(void)db_meta_set(db, DB_INDEXED, last);
	return n;
}


/* Deleted entries leave the file when their segments are merged; a negative
 * number begins that for all of them, a positive one goes on. Ends when a
 * step finds next to nothing to do. */
static void merge_some(struct db *db)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_WORD_MERGE,
		"INSERT INTO word(word,rank) VALUES('merge',?)");
	int64_t before = sqlite3_total_changes(db->sql);
	int pages = db->meta[DB_MERGE] == 1 ? -MERGE_PAGES : MERGE_PAGES;

	if (!stmt)
		return;
	(void)sqlite3_bind_int(stmt, 1, pages);
	if (db_run(db, stmt))
		return;
	if (sqlite3_total_changes(db->sql) - before < 2)
		(void)db_meta_set(db, DB_MERGE, 0);
	else if (db->meta[DB_MERGE] == 1)
		(void)db_meta_set(db, DB_MERGE, 2);
}


int index_step(struct db *db, bool *more)
{
	int n, err = db_begin(db, true);

	*more = false;
	if (err)
		return db_end(db);
	n = index_some(db);
	if (!n && db->meta[DB_MERGE] && !db->err)
		merge_some(db);
	err = db_end(db);
	if (err)
		(void)db_meta_load(db);
	*more = !err && (n == DB_INDEX || db->meta[DB_MERGE]);
	return err;
}


/* FTS5 opens a table before it drops it, and opens none whose first rows it
 * does not understand: it gets those of an empty one. */
int index_drop(struct db *db, const char *name)
{
	char *sql = mem_printf("DELETE FROM %s_data WHERE id>10;"
			       "REPLACE INTO %s_data VALUES(1,x''),"
			       "(10,x'00000000000000');",
		name, name);
	char *drop = mem_printf("DROP TABLE %s", name);

	if (!db_exec_inside(db, sql))
		(void)db_exec(db, drop);
	mem_deref(sql);
	mem_deref(drop);
	return db->err;
}


int index_renew(struct db *db)
{
	static const enum db_stmt ours[] = {
		DB_WORD_ADD, DB_WORD_DELETE, DB_WORD_MERGE};
	size_t i;

	for (i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
		(void)sqlite3_finalize(db->stmts[ours[i]]);
		db->stmts[ours[i]] = NULL;
	}
	if (!db_begin(db, true) && !index_drop(db, "word") &&
		!db_exec(db,
			"CREATE VIRTUAL TABLE word USING fts5(text,who,"
			"content='',columnsize=0,"
			"tokenize='unicode61 remove_diacritics 2',"
			"prefix='2 3')"))
		(void)db_meta_set(db, DB_INDEXED, 0);
	db->index_damaged = false;
	return db_end(db);
}
