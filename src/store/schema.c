/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schema.c - the tables, and how older versions of them become this one. */
#include <errno.h>
#include "db.h"
#include "mem.h"


enum {
	APPLICATION_ID = 0x736f7474, /* "sott" */
	INCREMENTAL = 2, /* of auto_vacuum */
};


/* What makes version N + 1 of version N. Never changed, only added to. */
static const char *const steps[DB_VERSION] = {
	/* Messages by chat, and facts. */
	"PRAGMA application_id=1936684148;"
	"CREATE TABLE chat(id INTEGER PRIMARY KEY,account TEXT NOT NULL,"
	"peer TEXT NOT NULL,UNIQUE(account,peer));"
	"CREATE TABLE message(id INTEGER PRIMARY KEY,"
	"chat INTEGER NOT NULL REFERENCES chat,flags INTEGER NOT NULL,"
	"state INTEGER NOT NULL,code INTEGER NOT NULL,reason TEXT,"
	"at INTEGER NOT NULL,sent_at INTEGER NOT NULL,text TEXT NOT NULL);"
	"CREATE INDEX message_chat ON message(chat);"
	"CREATE INDEX message_unsent ON message(state) WHERE state<2;"
	"CREATE TABLE fact(kind TEXT NOT NULL,key TEXT NOT NULL,"
	"value TEXT NOT NULL,PRIMARY KEY(kind,key)) WITHOUT ROWID;",

	/* What was seen, what is cleared, and the word index. Ids in FTS5
	 * are those of messages; it keeps no text of its own. */
	"CREATE TABLE seen(key INTEGER PRIMARY KEY,at INTEGER NOT NULL);"
	"CREATE INDEX seen_at ON seen(at);"
	"CREATE TABLE meta(name TEXT PRIMARY KEY,value INTEGER NOT NULL)"
	" WITHOUT ROWID;"
	"INSERT INTO meta VALUES('indexed',0),('retain',0),('merge',0);"
	"ALTER TABLE chat ADD COLUMN cleared INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE chat ADD COLUMN sweep INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX chat_sweep ON chat(sweep) WHERE sweep;"
	"CREATE VIRTUAL TABLE word USING fts5(text,who,content='',"
	"columnsize=0,tokenize='unicode61 remove_diacritics 2',"
	"prefix='2 3');",

	/* An index of parts of words, made when somebody wants it. */
	("INSERT INTO meta VALUES('parts_wanted',0),('parts',0),('parted',0),"
	 "('parts_merge',0);"),
};


/* Something else's database, or that of a newer sotto. */
static int check(struct db *db, int64_t version, char **why)
{
	int64_t id = db_number(db, "PRAGMA application_id");

	if (!db->err && version <= DB_VERSION &&
		(id == APPLICATION_ID ||
			(!id && !version &&
				!db_number(db,
					"SELECT count(*) FROM sqlite_schema"))))
		return db->err;
	if (db->err)
		return db->err;
	/* Closing must not write into it either. */
	(void)sqlite3_db_config(
		db->sql, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
	*why = id == APPLICATION_ID
		? mem_printf("%s is of a newer sotto (version %lld, this one "
			     "knows %d): it is left untouched; use the newer "
			     "program, or another directory with -s",
			  db->path, (long long)version, DB_VERSION)
		: mem_printf("%s is not a store of sotto: it is left "
			     "untouched; use another directory with -s",
			  db->path);
	return EPROTO;
}


/* All steps in one transaction: each commit costs a turn of the disk. */
static int bring_up(struct db *db, int64_t version)
{
	char pragma[64];

	(void)db_begin(db, true);
	for (; !db->err && version < DB_VERSION; version++)
		(void)db_exec(db, steps[version]);
	(void)sqlite3_snprintf(
		sizeof(pragma), pragma, "PRAGMA user_version=%d", DB_VERSION);
	if (!db->err)
		(void)db_exec(db, pragma);
	return db_end(db);
}


int schema_prepare(struct db *db, char **why)
{
	int64_t version;
	int err;

	db->err = 0;
	version = db_number(db, "PRAGMA user_version");
	err = db->err ? db->err : check(db, version, why);
	if (!err)
		err = db_exec(db, "PRAGMA journal_mode=WAL");
	if (!err && version < DB_VERSION)
		err = bring_up(db, version);
	if (!err)
		err = db_meta_load(db);
	if (err)
		return err;
	db->before_run = (uint64_t)db_number(db, "SELECT max(id) FROM message");
	/* The newest may have been removed. */
	db->last_id = (uint64_t)db_number(db,
		"SELECT max(ifnull((SELECT max(id) FROM message),0),"
		"ifnull((SELECT max(cleared) FROM chat),0))");
	db->sweep = true;
	db->incremental = db_number(db, "PRAGMA auto_vacuum") == INCREMENTAL;
	db->shrink = db->incremental;
	return db->err;
}
