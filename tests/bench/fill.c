/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fill.c - makes a store with many messages of one chat, and a few of others,
 * all indexed.
 *
 *	fill DIR MESSAGES ACCOUNT PEER
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "loop.h"
#include "mem.h"
#include "store.h"


enum {
	WAITING = 2000, /* unanswered at a time */
	OTHERS = 50, /* chats ... */
	OTHER_ONE_IN = 1000, /* with one message in so many */
	APART_MS = 30000, /* of a message and the next */
	LOOK_MS = 50,
	PATIENCE = 10 * 60 * 1000 / LOOK_MS, /* looks */
};

struct filling {
	struct loop *loop;
	struct store *store;
	struct tmr tmr;
	sqlite3 *sql; /* a connection beside, which only reads */
	const char *account, *peer;
	unsigned total, asked, told, looks;
	int64_t start;
};


static void die(const char *what)
{
	(void)fprintf(stderr, "fill: %s\n", what);
	exit(1);
}


/* ---- until all is indexed ---- */

static bool is_indexed(struct filling *f)
{
	sqlite3_stmt *stmt = NULL;
	bool yes;

	if (sqlite3_prepare_v2(f->sql,
		    "SELECT (SELECT value FROM meta WHERE name='indexed')"
		    "=max(id) FROM message",
		    -1, &stmt, NULL) ||
		sqlite3_step(stmt) != SQLITE_ROW)
		die(sqlite3_errmsg(f->sql));
	yes = sqlite3_column_int(stmt, 0) == 1;
	(void)sqlite3_finalize(stmt);
	return yes;
}


static void look_h(void *arg)
{
	struct filling *f = arg;

	if (++f->looks > PATIENCE)
		die("indexing takes too long");
	if (is_indexed(f))
		loop_stop(f->loop, 0);
	else
		tmr_start(loop_tmrs(f->loop), &f->tmr, LOOK_MS, look_h, f);
}


/* ---- messages ---- */

static void more(struct filling *f);


static void added_h(int err, uint64_t id, void *arg)
{
	struct filling *f = arg;

	(void)id;
	if (err)
		die("a message was not stored");
	if (++f->told == f->total)
		look_h(f);
	else
		more(f);
}


static void more(struct filling *f)
{
	char text[200], other[80];

	while (f->asked < f->total && f->asked - f->told < WAITING) {
		unsigned n = f->asked++;
		bool is_other = n % OTHER_ONE_IN == 1;

		(void)snprintf(other, sizeof(other), "sip:other%u@127.0.0.1",
			n / OTHER_ONE_IN % OTHERS);
		(void)snprintf(text, sizeof(text),
			"message %u of word%u and word%u, %s", n, n % 1000,
			n / 7 % 5000,
			n % 5 ? "as short as most are"
			      : "which is one of those that are so long that "
				"they take more than one row of most screens");
		f->store->ops->add(f->store,
			&(struct store_message){
				.account = f->account,
				.peer = is_other ? other : f->peer,
				.text = text,
				.via = "page",
				.out = n % 2,
				.state = n % 2 ? STORE_DELIVERED
					       : STORE_RECEIVED,
				.at = f->start + (int64_t)n * APART_MS,
			},
			n, added_h, f);
	}
}


int main(int argc, char *argv[])
{
	struct filling f = {0};
	struct work *work;
	char path[300], *why;

	if (argc != 5 || loop_alloc(&f.loop)) {
		(void)fprintf(
			stderr, "usage: fill DIR MESSAGES ACCOUNT PEER\n");
		return 64;
	}
	f.total = (unsigned)strtoul(argv[2], NULL, 10);
	f.account = argv[3];
	f.peer = argv[4];
	f.start = tmrs_wall(loop_tmrs(f.loop)) - (int64_t)f.total * APART_MS;
	work = work_alloc(f.loop);
	if (store_sqlite_alloc(&f.store,
		    &(struct store_config){
			    .dir = argv[1],
			    .tmrs = loop_tmrs(f.loop),
			    .work = work,
		    },
		    &why))
		die(why);
	(void)snprintf(path, sizeof(path), "%s/sotto.db", argv[1]);
	if (sqlite3_open_v2(path, &f.sql, SQLITE_OPEN_READONLY, NULL))
		die(sqlite3_errmsg(f.sql));
	(void)sqlite3_busy_timeout(f.sql, 5000);
	more(&f);
	(void)loop_run(f.loop);
	(void)sqlite3_close(f.sql);
	mem_deref(f.store);
	mem_deref(work);
	mem_deref(f.loop);
	return 0;
}
