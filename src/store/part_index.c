/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * part_index.c - the optional index of parts of words: made behind everything
 * else, kept up to date, taken away again; all of it in slices. FTS5 keeps
 * which messages have a group of three letters, and no more (detail=none):
 * who searches looks into the texts.
 */
#include "db.h"
#include "mem.h"
#include "part.h"


enum {
	PART_INDEX = 1000, /* messages in a slice */
	MERGE_PAGES = 300,
	DROP_ROWS = 300, /* of about a page each */
	TEXT_MAX = 64 << 20,
};


static bool exists(const struct db *db)
{
	return db->meta[DB_PARTS] == DB_PARTS_MAKING ||
		db->meta[DB_PARTS] == DB_PARTS_READY;
}


/* What breaks here is this index and not that of words. */
static int blame(struct db *db)
{
	if (db->err && db->index_damaged) {
		db->index_damaged = false;
		db->parts_damaged = true;
	}
	return db->err;
}


static int write_row(
	struct db *db, sqlite3_stmt *stmt, uint64_t id, const char *text)
{
	struct pl pl = pl_str(text);
	struct mbuf *mb;

	if (!stmt)
		return blame(db);
	mb = mbuf_alloc_size(4 * pl.l + 1, TEXT_MAX);
	if (!db->folded)
		db->folded = part_folded_alloc();
	part_fold(db->folded, &pl);
	part_write(mb, db->folded);
	(void)sqlite3_bind_int64(stmt, 1, (int64_t)id);
	(void)sqlite3_bind_text(
		stmt, 2, (const char *)mb->buf, (int)mb->end, SQLITE_STATIC);
	(void)db_run(db, stmt);
	(void)sqlite3_clear_bindings(stmt);
	mem_deref(mb);
	return blame(db);
}


static int add(struct db *db, uint64_t id, const char *text)
{
	return write_row(db,
		db_stmt(db, DB_PART_ADD,
			"INSERT INTO part(rowid,text) VALUES(?,?)"),
		id, text);
}


int part_index_add(struct db *db, uint64_t id, const char *text)
{
	if (!exists(db) || id > (uint64_t)db->meta[DB_PARTED])
		return 0;
	return add(db, id, text);
}


int part_index_remove(struct db *db, uint64_t id, const char *text)
{
	if (!exists(db) || id > (uint64_t)db->meta[DB_PARTED])
		return 0;
	if (!db->meta[DB_PARTS_MERGE])
		(void)db_meta_set(db, DB_PARTS_MERGE, 1);
	return write_row(db,
		db_stmt(db, DB_PART_DELETE,
			"INSERT INTO part(part,rowid,text) "
			"VALUES('delete',?,?)"),
		id, text);
}


int part_index_want(struct db *db, bool on)
{
	if (db->meta[DB_PARTS_WANTED] == on)
		return 0;
	return db_meta_set(db, DB_PARTS_WANTED, on);
}


static void forget_stmts(struct db *db)
{
	static const enum db_stmt ours[] = {
		DB_PART_ADD, DB_PART_DELETE, DB_PART_MERGE};
	size_t i;

	for (i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
		(void)sqlite3_finalize(db->stmts[ours[i]]);
		db->stmts[ours[i]] = NULL;
	}
}


static void make(struct db *db)
{
	(void)db_exec(db,
		"CREATE VIRTUAL TABLE part USING fts5(text,content='',"
		"columnsize=0,detail=none,tokenize='ascii')");
	(void)db_meta_set(db, DB_PARTED, 0);
	(void)db_meta_set(db, DB_PARTS_MERGE, 0);
	(void)db_meta_set(db, DB_PARTS, DB_PARTS_MAKING);
}


/* All at once would be as many pages in one transaction as it has. */
static void drop_some(struct db *db)
{
	int n;

	forget_stmts(db);
	(void)db_exec_inside(db,
		"DELETE FROM part_data WHERE id IN (SELECT id FROM part_data "
		"WHERE id>10 ORDER BY id DESC LIMIT 300)");
	n = sqlite3_changes(db->sql);
	if (db->err || n == DROP_ROWS)
		return;
	(void)index_drop(db, "part");
	(void)db_meta_set(db, DB_PARTS, DB_PARTS_OFF);
}


/* Returns how many were indexed. */
static int index_some(struct db *db)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_PART_NEXT,
		"SELECT id,text FROM message WHERE id>? AND id<=? "
		"ORDER BY id LIMIT ?");
	int64_t last = 0;
	int n = 0;

	if (!stmt)
		return 0;
	(void)sqlite3_bind_int64(stmt, 1, db->meta[DB_PARTED]);
	(void)sqlite3_bind_int64(stmt, 2, db->meta[DB_INDEXED]);
	(void)sqlite3_bind_int(stmt, 3, PART_INDEX);
	while (!db->err && db_next(db, stmt)) {
		last = sqlite3_column_int64(stmt, 0);
		(void)add(db, (uint64_t)last,
			(const char *)sqlite3_column_text(stmt, 1));
		n++;
	}
	(void)sqlite3_reset(stmt);
	if (n && !db->err)
		(void)db_meta_set(db, DB_PARTED, last);
	if (n < PART_INDEX && db->meta[DB_PARTS] == DB_PARTS_MAKING && !db->err)
		(void)db_meta_set(db, DB_PARTS, DB_PARTS_READY);
	return n;
}


static void merge_some(struct db *db)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_PART_MERGE,
		"INSERT INTO part(part,rank) VALUES('merge',?)");
	int64_t before = sqlite3_total_changes(db->sql);
	bool first = db->meta[DB_PARTS_MERGE] == 1;

	if (!stmt)
		return;
	(void)sqlite3_bind_int(stmt, 1, first ? -MERGE_PAGES : MERGE_PAGES);
	if (db_run(db, stmt))
		return;
	if (sqlite3_total_changes(db->sql) - before < 2)
		(void)db_meta_set(db, DB_PARTS_MERGE, 0);
	else if (first)
		(void)db_meta_set(db, DB_PARTS_MERGE, 2);
}


/* Does what comes next. True if there is something after it. */
static bool go_on(struct db *db)
{
	bool wanted = db->meta[DB_PARTS_WANTED];
	int n;

	switch (db->meta[DB_PARTS]) {
	case DB_PARTS_OFF:
		if (wanted)
			make(db);
		return wanted;
	case DB_PARTS_DROPPING:
		drop_some(db);
		return wanted || db->meta[DB_PARTS] == DB_PARTS_DROPPING;
	default:
		break;
	}
	if (!wanted) {
		(void)db_meta_set(db, DB_PARTS, DB_PARTS_DROPPING);
		return true;
	}
	n = index_some(db);
	if (!n && db->meta[DB_PARTS_MERGE] && !db->err)
		merge_some(db);
	return n == PART_INDEX || db->meta[DB_PARTS_MERGE];
}


int part_index_step(struct db *db, bool *more)
{
	int err;

	*more = false;
	if (!db->meta[DB_PARTS_WANTED] && db->meta[DB_PARTS] == DB_PARTS_OFF)
		return 0;
	err = db_begin(db, true);
	if (err)
		return db_end(db);
	*more = go_on(db);
	(void)blame(db);
	err = db_end(db);
	if (err) {
		*more = false;
		(void)db_meta_load(db);
	}
	return err;
}


int part_index_renew(struct db *db)
{
	forget_stmts(db);
	db->parts_damaged = false;
	(void)db_begin(db, true);
	if (exists(db) && !db->err)
		(void)db_meta_set(db, DB_PARTS, DB_PARTS_DROPPING);
	return db_end(db);
}
