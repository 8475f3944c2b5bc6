/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roster_table.c - small facts by kind and key: accounts, buddies, watcher
 * decisions, drafts. */
#include "db.h"
#include "mem.h"


int fact_put(
	struct db *db, const char *table, const char *key, const char *value)
{
	sqlite3_stmt *stmt = value
		? db_stmt(db, DB_FACT_PUT,
			  "INSERT INTO fact(kind,key,value) VALUES(?,?,?) "
			  "ON CONFLICT DO UPDATE SET value=excluded.value")
		: db_stmt(db, DB_FACT_REMOVE,
			  "DELETE FROM fact WHERE kind=? AND key=?");

	if (!stmt)
		return db->err;
	db_bind_text(stmt, 1, table);
	db_bind_text(stmt, 2, key);
	if (value)
		db_bind_text(stmt, 3, value);
	return db_run(db, stmt);
}


int fact_each(struct db *db, const char *table, struct fact **facts, size_t *n)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_FACT_EACH,
		"SELECT key,value FROM fact WHERE kind=? ORDER BY key");
	size_t size = 0;

	*n = 0;
	*facts = NULL;
	if (!stmt)
		return db->err;
	db_bind_text(stmt, 1, table);
	while (db_next(db, stmt)) {
		struct fact *f;

		if (*n == size) {
			size = size ? 2 * size : 16;
			*facts =
				mem_reallocarray(*facts, size, sizeof(**facts));
		}
		f = &(*facts)[(*n)++];
		f->key = mem_strdup((char *)sqlite3_column_text(stmt, 0));
		f->value = mem_strdup((char *)sqlite3_column_text(stmt, 1));
	}
	return db->err;
}
