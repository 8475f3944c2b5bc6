/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clear.c - forget messages: hidden at once by a line drawn below them, then
 * removed in slices, so that nothing else has to wait. */
#include "db.h"
#include "mem.h"


static uint64_t count(struct db *db, sqlite3_stmt *stmt)
{
	uint64_t n = 0;

	if (stmt && db_next(db, stmt)) {
		n = (uint64_t)sqlite3_column_int64(stmt, 0);
		(void)sqlite3_reset(stmt);
	}
	return n;
}


int clear_chat(
	struct db *db, const char *account, const char *peer, uint64_t *n)
{
	/* All of them out of one index, without those on their way out of
	 * another: no row is read. */
	sqlite3_stmt *counted = db_stmt(db, DB_CLEAR_COUNT,
		"WITH x AS (SELECT id,max(cleared+1,"
		"(SELECT value FROM meta WHERE name='retain')) AS first "
		"FROM chat WHERE account=? AND peer=?) "
		"SELECT (SELECT count(*) FROM message INDEXED BY message_chat "
		"WHERE chat=x.id AND message.id>=x.first)-"
		"(SELECT count(*) FROM message INDEXED BY message_unsent "
		"WHERE state<2 AND chat=x.id AND message.id>=x.first) FROM x");
	sqlite3_stmt *stmt = db_stmt(db, DB_CLEAR,
		"UPDATE chat SET sweep=1,cleared=ifnull((SELECT max(id) "
		"FROM message WHERE chat=chat.id),cleared) "
		"WHERE account=? AND peer=?");

	if (!stmt || !counted)
		return db->err;
	db_bind_text(counted, 1, account);
	db_bind_text(counted, 2, peer);
	*n = count(db, counted);
	db_bind_text(stmt, 1, account);
	db_bind_text(stmt, 2, peer);
	db->sweep = true;
	return db->err ? db->err : db_run(db, stmt);
}


int clear_before(struct db *db, int64_t before, uint64_t *n)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_RETAIN_COUNT,
		"SELECT count(*) FROM message m JOIN chat c ON c.id=m.chat "
		"WHERE m.id<? AND m.state>=2 AND " DB_VISIBLE);
	int64_t id =
		before > 0 && before < INT64_MAX / 1000 ? before * 1000 : 0;

	if (!stmt)
		return db->err;
	/* What is forgotten stays so where the time is made longer. */
	if (id <= db->meta[DB_RETAIN])
		return 0;
	(void)sqlite3_bind_int64(stmt, 1, id);
	*n = count(db, stmt);
	db->sweep = true;
	return db->err ? db->err : db_meta_set(db, DB_RETAIN, id);
}


/* The next chat to sweep, 0 for the messages that are too old, -1: none. */
static int64_t next_chat(struct db *db, int64_t *upto)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_SWEEP_CHAT,
		"SELECT id,cleared FROM chat WHERE sweep LIMIT 1");
	int64_t chat = -1;

	if (stmt && db_next(db, stmt)) {
		chat = sqlite3_column_int64(stmt, 0);
		*upto = sqlite3_column_int64(stmt, 1);
		(void)sqlite3_reset(stmt);
	} else if (db->meta[DB_RETAIN]) {
		chat = 0;
		*upto = db->meta[DB_RETAIN] - 1;
	}
	return chat;
}


static sqlite3_stmt *find(struct db *db, int64_t chat, int64_t upto)
{
	sqlite3_stmt *stmt = chat
		? db_stmt(db, DB_SWEEP_FIND,
			  "SELECT id,chat,flags,text FROM message "
			  "WHERE id<=? AND state>=2 AND chat=?3 "
			  "ORDER BY id LIMIT ?2")
		: db_stmt(db, DB_SWEEP_FIND_OLD,
			  "SELECT id,chat,flags,text FROM message "
			  "WHERE id<=? AND state>=2 ORDER BY id LIMIT ?2");

	if (!stmt)
		return NULL;
	(void)sqlite3_bind_int64(stmt, 1, upto);
	(void)sqlite3_bind_int(stmt, 2, DB_SWEEP);
	if (chat)
		(void)sqlite3_bind_int64(stmt, 3, chat);
	return stmt;
}


static int remove_one(struct db *db, uint64_t id)
{
	sqlite3_stmt *stmt =
		db_stmt(db, DB_SWEEP_DELETE, "DELETE FROM message WHERE id=?");

	if (!stmt)
		return db->err;
	(void)sqlite3_bind_int64(stmt, 1, (int64_t)id);
	return db_run(db, stmt);
}


static size_t remove_slice(struct db *db, int64_t chat, int64_t upto)
{
	uint64_t ids[DB_SWEEP];
	sqlite3_stmt *stmt = find(db, chat, upto);
	size_t i, n = 0;

	while (db_next(db, stmt)) {
		ids[n] = (uint64_t)sqlite3_column_int64(stmt, 0);
		(void)index_remove(db, ids[n], sqlite3_column_int64(stmt, 1),
			sqlite3_column_int(stmt, 2),
			(const char *)sqlite3_column_text(stmt, 3));
		n++;
	}
	for (i = 0; i < n && !db->err; i++)
		(void)remove_one(db, ids[i]);
	return n;
}


static int swept(struct db *db, int64_t chat)
{
	sqlite3_stmt *stmt = db_stmt(
		db, DB_SWEEP_DONE, "UPDATE chat SET sweep=0 WHERE id=?");

	if (!stmt)
		return db->err;
	(void)sqlite3_bind_int64(stmt, 1, chat);
	return db_run(db, stmt);
}


int clear_sweep(struct db *db, bool *more)
{
	int64_t chat, upto = 0;
	size_t n;
	int err;

	*more = false;
	if (!db->sweep)
		return 0;
	err = db_begin(db, true);
	if (err)
		return db_end(db);
	chat = next_chat(db, &upto);
	n = chat < 0 ? 0 : remove_slice(db, chat, upto);
	if (n && !db->meta[DB_MERGE])
		(void)db_meta_set(db, DB_MERGE, 1);
	if (chat > 0 && n < DB_SWEEP)
		(void)swept(db, chat);
	err = db_end(db);
	if (err) {
		(void)db_meta_load(db);
		return err;
	}
	if (n) {
		db->checkpoint = true;
		db->shrink = db->incremental;
	}
	if (chat <= 0 && n < DB_SWEEP)
		db->sweep = false;
	*more = db->sweep;
	return 0;
}
