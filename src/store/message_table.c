/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message_table.c - messages: add, states, pages, people written with. */
#include <errno.h>
#include <string.h>
#include "db.h"
#include "mem.h"


enum {
	SEEN_KEPT_MS = 2 * 3600 * 1000, /* promised is one hour */
	SEEN_PRUNE_MS = 10 * 60 * 1000,
	SEEN_PRUNE_N = 5000, /* in a transaction */
	ID_PER_MS = 1000,
};


/* Id of the chat; 0: none yet and not to be made, or an error. */
static int64_t chat_id(
	struct db *db, const char *account, const char *peer, bool make)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_CHAT_FIND,
		"SELECT id FROM chat WHERE account=? AND peer=?");
	int64_t id = 0;

	if (!stmt)
		return 0;
	db_bind_text(stmt, 1, account);
	db_bind_text(stmt, 2, peer);
	if (db_next(db, stmt)) {
		id = sqlite3_column_int64(stmt, 0);
		(void)sqlite3_reset(stmt);
	}
	if (id || !make || db->err)
		return id;
	stmt = db_stmt(
		db, DB_CHAT_ADD, "INSERT INTO chat(account,peer) VALUES(?,?)");
	if (!stmt)
		return 0;
	db_bind_text(stmt, 1, account);
	db_bind_text(stmt, 2, peer);
	return db_run(db, stmt) ? 0 : sqlite3_last_insert_rowid(db->sql);
}


/* Forgets keys that nothing can come again with. */
static void prune(struct db *db)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_SEEN_PRUNE,
		"DELETE FROM seen WHERE key IN (SELECT key FROM seen "
		"WHERE at<? ORDER BY at LIMIT ?)");

	if (!stmt)
		return;
	(void)sqlite3_bind_int64(stmt, 1, db->now - SEEN_KEPT_MS);
	(void)sqlite3_bind_int64(stmt, 2, SEEN_PRUNE_N);
	if (!db_run(db, stmt) && sqlite3_changes(db->sql) < SEEN_PRUNE_N)
		db->pruned = db->now;
}


/* EEXIST: KEY was there. */
static int remember(struct db *db, uint64_t key)
{
	sqlite3_stmt *stmt;
	int err;

	if (!key)
		return 0;
	/* A clock that was set back begins to count anew. */
	if (db->now - db->pruned > SEEN_PRUNE_MS || db->now < db->pruned)
		prune(db);
	stmt = db_stmt(db, DB_SEEN_ADD,
		"INSERT INTO seen(key,at) VALUES(?,?) ON CONFLICT DO NOTHING");
	if (!stmt)
		return db->err;
	(void)sqlite3_bind_int64(stmt, 1, (int64_t)key);
	(void)sqlite3_bind_int64(stmt, 2, db->now);
	err = db_run(db, stmt);
	return err ? err : sqlite3_changes(db->sql) ? 0 : EEXIST;
}


static bool known(struct db *db, uint64_t id)
{
	sqlite3_stmt *stmt = db_stmt(
		db, DB_MESSAGE_KNOWN, "SELECT 1 FROM message WHERE id=?");
	bool found;

	if (!stmt)
		return false;
	(void)sqlite3_bind_int64(stmt, 1, (int64_t)id);
	found = db_next(db, stmt);
	(void)sqlite3_reset(stmt);
	return found;
}


/* Time-ordered: milliseconds with room for a thousand messages in each. Where
 * the clock was set back they go on from the last one, and from what is
 * forgotten: below that nobody would see it. */
static uint64_t next_id(const struct db *db)
{
	uint64_t id = db->now > 0 ? (uint64_t)db->now * ID_PER_MS : 1;
	uint64_t retain = (uint64_t)db->meta[DB_RETAIN];

	if (id < retain)
		id = retain;
	return id > db->last_id ? id : db->last_id + 1;
}


static int flags_of(const struct store_message *m)
{
	int flags = (m->out ? DB_OUT : 0) | (m->stranger ? DB_STRANGER : 0);

	if (m->via)
		flags |= strcmp(m->via, "session") ? DB_PAGE : DB_SESSION;
	return flags;
}


static int insert(
	struct db *db, const struct store_message *m, uint64_t id, int64_t chat)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_MESSAGE_ADD,
		"INSERT INTO message(id,chat,flags,state,code,reason,at,"
		"sent_at,text) VALUES(?,?,?,?,?,?,?,?,?)");

	if (!stmt)
		return db->err;
	(void)sqlite3_bind_int64(stmt, 1, (int64_t)id);
	(void)sqlite3_bind_int64(stmt, 2, chat);
	(void)sqlite3_bind_int(stmt, 3, flags_of(m));
	(void)sqlite3_bind_int(stmt, 4, (int)m->state);
	(void)sqlite3_bind_int(stmt, 5, m->code);
	db_bind_text(stmt, 6, m->reason);
	(void)sqlite3_bind_int64(stmt, 7, m->at);
	(void)sqlite3_bind_int64(stmt, 8, m->sent_at);
	db_bind_text(stmt, 9, m->text);
	return db_run(db, stmt);
}


int message_add(struct db *db, const struct store_message *m, uint64_t seen,
	uint64_t *id)
{
	int64_t chat;
	int err;

	if (m->id > INT64_MAX || (m->id && known(db, m->id)))
		return EEXIST;
	err = remember(db, seen);
	if (err)
		return err;
	*id = m->id ? m->id : next_id(db);
	chat = chat_id(db, m->account, m->peer, true);
	err = db->err ? db->err : insert(db, m, *id, chat);
	/* The index has gone past it: it would never come to this one. */
	if (!err && *id <= (uint64_t)db->meta[DB_INDEXED])
		err = index_add(db, *id, chat, flags_of(m), m->text);
	if (!err && *id > db->last_id)
		db->last_id = *id;
	return err;
}


/* One of a cleared chat that was still on its way goes with its end. */
static void sweep_if_hidden(struct db *db, uint64_t id)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_MESSAGE_HIDDEN,
		"UPDATE chat SET sweep=1 WHERE id=(SELECT chat FROM message "
		"WHERE id=?1) AND (cleared>=?1)");

	if (!stmt)
		return;
	(void)sqlite3_bind_int64(stmt, 1, (int64_t)id);
	if (!db_run(db, stmt) &&
		(sqlite3_changes(db->sql) ||
			id < (uint64_t)db->meta[DB_RETAIN]))
		db->sweep = true;
}


int message_set_state(struct db *db, uint64_t id, enum store_state state,
	const char *reason, uint16_t code)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_MESSAGE_STATE,
		"UPDATE message SET state=?,reason=?,code=? WHERE id=?");
	int err;

	if (!stmt)
		return db->err;
	(void)sqlite3_bind_int(stmt, 1, (int)state);
	db_bind_text(stmt, 2, reason);
	(void)sqlite3_bind_int(stmt, 3, code);
	(void)sqlite3_bind_int64(stmt, 4, (int64_t)id);
	err = db_run(db, stmt);
	if (err)
		return err;
	if (!sqlite3_changes(db->sql))
		return ENOENT;
	if (state > STORE_SENT)
		sweep_if_hidden(db, id);
	return db->err;
}


static int collect(struct db *db, sqlite3_stmt *stmt, struct rows *rows)
{
	while (db_next(db, stmt))
		rows_add(rows, stmt);
	return db->err;
}


static int64_t limit(size_t n)
{
	return n < DB_PAGE_MAX ? (int64_t)n : DB_PAGE_MAX;
}


static void turn_round(struct rows *rows)
{
	size_t i;

	for (i = 0; i < rows->n / 2; i++) {
		struct store_message m = rows->m[i];

		rows->m[i] = rows->m[rows->n - 1 - i];
		rows->m[rows->n - 1 - i] = m;
	}
}


int message_page(struct db *db, const char *account, const char *peer,
	uint64_t before, size_t n, struct rows *rows)
{
	sqlite3_stmt *stmt = account && peer
		? db_stmt(db, DB_MESSAGE_PAGE,
			  "SELECT " DB_ROW " FROM chat c JOIN message m "
			  "ON m.chat=c.id WHERE c.account=? AND c.peer=? "
			  "AND m.id<? AND " DB_VISIBLE
			  " ORDER BY m.id DESC LIMIT ?")
		: db_stmt(db, DB_MESSAGE_PAGE_ALL,
			  "SELECT " DB_ROW " FROM message m "
			  "CROSS JOIN chat c ON c.id=m.chat "
			  "WHERE ifnull(c.account=?,1) AND ifnull(c.peer=?,1) "
			  "AND m.id<? AND " DB_VISIBLE
			  " ORDER BY m.id DESC LIMIT ?");
	int err;

	if (!stmt)
		return db->err;
	db_bind_text(stmt, 1, account);
	db_bind_text(stmt, 2, peer);
	(void)sqlite3_bind_int64(stmt, 3,
		before && before < INT64_MAX ? (int64_t)before : INT64_MAX);
	(void)sqlite3_bind_int64(stmt, 4, limit(n));
	err = collect(db, stmt, rows);
	turn_round(rows);
	return err;
}


int message_get(struct db *db, uint64_t id, struct rows *rows)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_MESSAGE_GET,
		"SELECT " DB_ROW " FROM message m JOIN chat c ON c.id=m.chat "
		"WHERE m.id=? AND " DB_VISIBLE);
	int err;

	if (!stmt)
		return db->err;
	(void)sqlite3_bind_int64(stmt, 1, (int64_t)id);
	err = collect(db, stmt, rows);
	return err ? err : rows->n ? 0 : ENOENT;
}


/* Without a word about the index SQLite reads every message by its id. */
int message_unsent(struct db *db, uint64_t after, size_t n, struct rows *rows)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_MESSAGE_UNSENT,
		"SELECT " DB_ROW " FROM message m INDEXED BY message_unsent "
		"JOIN chat c ON c.id=m.chat "
		"WHERE m.state<2 AND m.id>? AND m.id<=? "
		"ORDER BY m.id LIMIT ?");

	if (!stmt)
		return db->err;
	(void)sqlite3_bind_int64(stmt, 1, (int64_t)after);
	(void)sqlite3_bind_int64(stmt, 2, (int64_t)db->before_run);
	(void)sqlite3_bind_int64(stmt, 3, limit(n));
	return collect(db, stmt, rows);
}


int message_scan(struct db *db, const char *account, const char *peer,
	uint64_t after, size_t n, struct rows *rows)
{
	sqlite3_stmt *stmt = account && peer
		? db_stmt(db, DB_MESSAGE_SCAN_CHAT,
			  "SELECT " DB_ROW " FROM chat c JOIN message m "
			  "ON m.chat=c.id WHERE m.id>? AND " DB_VISIBLE
			  " AND c.account=?3 AND c.peer=?4 "
			  "ORDER BY m.id LIMIT ?2")
		: db_stmt(db, DB_MESSAGE_SCAN,
			  "SELECT " DB_ROW " FROM message m "
			  "JOIN chat c ON c.id=m.chat WHERE m.id>? "
			  "AND " DB_VISIBLE " AND ifnull(c.account=?3,1)"
			  " AND ifnull(c.peer=?4,1) ORDER BY m.id LIMIT ?2");

	if (!stmt)
		return db->err;
	(void)sqlite3_bind_int64(stmt, 1, (int64_t)after);
	(void)sqlite3_bind_int64(stmt, 2, limit(n));
	db_bind_text(stmt, 3, account);
	db_bind_text(stmt, 4, peer);
	return collect(db, stmt, rows);
}


int message_peers(struct db *db, const char *account, const char *part,
	size_t max, struct store_peer **peers, size_t *n)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_PEERS,
		"SELECT account,peer,(SELECT max(id) FROM message "
		"WHERE chat=c.id) AS last FROM chat c "
		"WHERE ifnull(account=?1,1) "
		"AND ifnull(instr(lower(peer),lower(?2)),1) AND last>cleared "
		"ORDER BY last DESC LIMIT ?3");

	*n = 0;
	*peers = NULL;
	if (!stmt)
		return db->err;
	db_bind_text(stmt, 1, account);
	db_bind_text(stmt, 2, part);
	(void)sqlite3_bind_int64(stmt, 3, limit(max));
	while (db_next(db, stmt)) {
		struct store_peer *p;

		*peers = mem_reallocarray(*peers, *n + 1, sizeof(**peers));
		p = &(*peers)[(*n)++];
		p->account = mem_strdup((char *)sqlite3_column_text(stmt, 0));
		p->peer = mem_strdup((char *)sqlite3_column_text(stmt, 1));
		p->last = (uint64_t)sqlite3_column_int64(stmt, 2);
	}
	return db->err;
}
