/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_store_peer.c - the benchmark's texts in a plain SQLite database. */
#include <sqlite3.h>
#include <stdio.h>
#include "bench_store.h"
#include "mem.h"


enum {
	GROUP = 64, /* messages of a transaction */
	ROUNDS = 30,
};


static void run(sqlite3 *sql, const char *s)
{
	if (sqlite3_exec(sql, s, NULL, NULL, NULL))
		bench_die(sqlite3_errmsg(sql));
}


static void fill(sqlite3 *sql, unsigned n)
{
	struct rand *rand = rand_seeded(1);
	sqlite3_stmt *add = NULL, *word = NULL;
	double start = bench_now();
	char text[600];
	unsigned i;

	if (sqlite3_prepare_v2(
		    sql, "INSERT INTO message VALUES(?,?,?)", -1, &add, NULL) ||
		sqlite3_prepare_v2(sql,
			"INSERT INTO word(rowid,text) "
			"VALUES(?,?)",
			-1, &word, NULL))
		bench_die(sqlite3_errmsg(sql));
	for (i = 1; i <= n; i++) {
		int len = (int)bench_text(text, rand);

		if (i % GROUP == 1)
			run(sql, "BEGIN");
		(void)sqlite3_bind_int64(add, 1, i);
		(void)sqlite3_bind_int64(add, 2, 1700000000000 + i * 30);
		(void)sqlite3_bind_text(add, 3, text, len, SQLITE_STATIC);
		(void)sqlite3_bind_int64(word, 1, i);
		(void)sqlite3_bind_text(word, 2, text, len, SQLITE_STATIC);
		if (sqlite3_step(add) != SQLITE_DONE ||
			sqlite3_step(word) != SQLITE_DONE)
			bench_die(sqlite3_errmsg(sql));
		(void)sqlite3_reset(add);
		(void)sqlite3_reset(word);
		if (i % GROUP == 0 || i == n)
			run(sql, "COMMIT");
	}
	(void)sqlite3_finalize(add);
	(void)sqlite3_finalize(word);
	mem_deref(rand);
	(void)printf("{\"peer\":\"plain\",\"op\":\"add\",\"messages\":%u,"
		     "\"per_second\":%.0f}\n",
		n, n * 1000.0 / (bench_now() - start));
	(void)fflush(stdout);
}


static void search(sqlite3 *sql, const char *what, const char *match)
{
	sqlite3_stmt *stmt = NULL;
	double ms[ROUNDS];
	size_t found = 0;
	int i;

	if (sqlite3_prepare_v2(sql,
		    "SELECT m.id,m.text FROM word w JOIN message m "
		    "ON m.id=w.rowid WHERE word MATCH ? "
		    "ORDER BY m.at DESC LIMIT 50",
		    -1, &stmt, NULL))
		bench_die(sqlite3_errmsg(sql));
	(void)sqlite3_bind_text(stmt, 1, match, -1, SQLITE_STATIC);
	for (i = 0; i < ROUNDS; i++) {
		double start = bench_now();

		for (found = 0; sqlite3_step(stmt) == SQLITE_ROW; found++)
			;
		(void)sqlite3_reset(stmt);
		ms[i] = bench_now() - start;
	}
	(void)sqlite3_finalize(stmt);
	bench_report(what, ms, ROUNDS, found);
}


void bench_peer(const char *dir, unsigned n)
{
	sqlite3 *sql;
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/peer.db", dir);
	if (sqlite3_open(path, &sql))
		bench_die(sqlite3_errmsg(sql));
	run(sql,
		"PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
		"CREATE TABLE message(id INTEGER PRIMARY KEY,at INTEGER,"
		"text TEXT);CREATE INDEX message_at ON message(at);"
		"CREATE VIRTUAL TABLE word USING fts5(text,content='message',"
		"content_rowid='id')");
	fill(sql, n);
	search(sql, "plain: common word", "aaaa0");
	search(sql, "plain: two words", "aaaa0 babb1");
	search(sql, "plain: phrase", "\"aaaa0 babb1\"");
	search(sql, "plain: prefix of two", "aa*");
	(void)sqlite3_close(sql);
}
