/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * db.h - what the files of the SQLite store share. A struct db is one
 * connection and belongs to one thread at a time; nothing here knows of
 * queues and completions.
 */
#ifndef SOTTO_STORE_DB_H
#define SOTTO_STORE_DB_H

#include <sqlite3.h>
#include "mbuf.h"
#include "store.h"

/* Statements that stay prepared. */
enum db_stmt {
	DB_BEGIN,
	DB_BEGIN_WRITE,
	DB_COMMIT,
	DB_META_SET,
	DB_CHAT_FIND,
	DB_CHAT_ADD,
	DB_SEEN_ADD,
	DB_SEEN_PRUNE,
	DB_MESSAGE_ADD,
	DB_MESSAGE_KNOWN,
	DB_MESSAGE_STATE,
	DB_MESSAGE_HIDDEN,
	DB_MESSAGE_PAGE,
	DB_MESSAGE_PAGE_ALL,
	DB_MESSAGE_GET,
	DB_MESSAGE_UNSENT,
	DB_MESSAGE_SCAN,
	DB_MESSAGE_SCAN_CHAT,
	DB_PEERS,
	DB_CLEAR_COUNT,
	DB_CLEAR,
	DB_RETAIN_COUNT,
	DB_SWEEP_CHAT,
	DB_SWEEP_FIND,
	DB_SWEEP_FIND_OLD,
	DB_SWEEP_DELETE,
	DB_SWEEP_DONE,
	DB_FACT_PUT,
	DB_FACT_REMOVE,
	DB_FACT_EACH,
	DB_INDEX_NEXT,
	DB_WORD_ADD,
	DB_WORD_DELETE,
	DB_WORD_MERGE,
	DB_SEARCH_CHATS,
	DB_SEARCH_HIDDEN,
	DB_SEARCH_ROW,
	DB_SEARCH_TEXT,
	DB_MARK_CLEAR,
	DB_MARK_ADD,
	DB_MARK,
	DB_PART_NEXT,
	DB_PART_ADD,
	DB_PART_DELETE,
	DB_PART_MERGE,
	DB_STMTS
};

/* Numbers that are kept in the table "meta". */
enum db_meta {
	DB_INDEXED, /* messages up to this id are in the word index */
	DB_RETAIN, /* those below this id are forgotten */
	DB_MERGE, /* index with deleted entries: merge until this is 0 */
	DB_PARTS_WANTED, /* whether there shall be an index of parts */
	DB_PARTS, /* what there is of it: enum db_parts */
	DB_PARTED, /* messages up to this id are in it */
	DB_PARTS_MERGE,
	DB_METAS
};

enum {
	DB_VERSION = 3, /* of the schema */
	DB_SWEEP = 400, /* messages removed in a slice */
	DB_INDEX = 2000, /* messages indexed in a slice */
	DB_PAGE_MAX = 10000,
	DB_BUSY_MS = 5000, /* a backup or a curious sqlite3 holds it */
};

enum db_parts {
	DB_PARTS_OFF, /* no table */
	DB_PARTS_MAKING, /* kept up, but old messages are not in it yet */
	DB_PARTS_READY,
	DB_PARTS_DROPPING,
};

/* message.flags */
enum {
	DB_OUT = 1,
	DB_STRANGER = 2,
	DB_SESSION = 4,
	DB_PAGE = 8,
};

struct folded;

struct db {
	sqlite3 *sql;
	sqlite3_stmt *stmts[DB_STMTS];
	char *path;
	bool readonly;
	bool sweep; /* there may be messages to remove */
	bool incremental; /* the file can be made smaller */
	bool shrink; /* there may be pages to give back */
	bool checkpoint; /* what was removed is in the log still */
	int err; /* what broke this transaction; 0 */
	bool damaged; /* the file is no database any more */
	bool disk; /* the last error was one of reading or writing */
	bool index_damaged; /* only the index */
	bool parts_damaged; /* only that of parts */
	bool refused; /* SQLite did not take an expression of ours */
	struct folded *folded; /* room for a text; NULL: not yet */
	int64_t now; /* wall ms */
	int64_t pruned; /* when seen keys were pruned last */
	uint64_t last_id; /* newest id given out */
	uint64_t before_run; /* newest id of earlier runs */
	int64_t tail_upto; /* reading: first id that is not in temp.tail */
	bool tail_used;
	int64_t meta[DB_METAS];
};

/* Messages with their texts, for another thread. */
struct rows {
	struct store_message *m;
	size_t n;
	size_t size;
};

struct rows *rows_alloc(void);

/* Appends what STMT, whose columns are DB_ROW, stands on. */
#define DB_ROW                                                               \
	"m.id,c.account,c.peer,m.text,m.flags,m.state,m.code,m.reason,m.at," \
	"m.sent_at"
void rows_add(struct rows *rows, sqlite3_stmt *stmt);

/* What is not cleared or too old; unsent ones always are there. */
#define DB_VISIBLE                                 \
	"(m.state<2 OR (m.id>c.cleared AND m.id>=" \
	"(SELECT value FROM meta WHERE name='retain')))"

/* ---- db.c */

/* Opens PATH (made if it is not there and READONLY is not set). The schema is
 * not looked at. Errno. */
int db_open(struct db **dbp, const char *path, bool readonly);

/* True if the file is not where it was opened. */
bool db_moved(struct db *db);

/* Maps SQLite's RC to an errno and remembers what breaks a transaction or
 * damages the file. */
int db_errno(struct db *db, int rc);

/* The statement SQL, prepared at its first use; NULL with db->err set. Ends
 * with db_step_done() or sqlite3_reset(). */
sqlite3_stmt *db_stmt(struct db *db, enum db_stmt which, const char *sql);

/* Runs STMT to its end and resets it. Errno. */
int db_run(struct db *db, sqlite3_stmt *stmt);

/* Steps to the next row: true if there is one. At the end and on errors
 * (db->err) it resets STMT. */
bool db_next(struct db *db, sqlite3_stmt *stmt);

int db_exec(struct db *db, const char *sql);

/* The one number that SQL, which is no statement of the kept ones, gives. */
int64_t db_number(struct db *db, const char *sql);

/* As db_exec(); SQL may write to what the tables of FTS5 are made of. */
int db_exec_inside(struct db *db, const char *sql);

/* One transaction. Begin clears what broke the last one; end commits, or
 * rolls back where something broke, and tells what. */
int db_begin(struct db *db, bool write);
int db_end(struct db *db);

/* Reads or writes meta numbers; reading them happens after a rollback. */
int db_meta_load(struct db *db);
int db_meta_set(struct db *db, enum db_meta which, int64_t value);

/* Binds a text (NULL: NULL) that stays until the reset. */
void db_bind_text(sqlite3_stmt *stmt, int i, const char *text);

/* ---- schema.c */

/* Brings the schema up to DB_VERSION. EPROTO: a newer one or none of ours,
 * nothing touched, *WHY says so. */
int schema_prepare(struct db *db, char **why);

/* ---- message_table.c */

int message_add(struct db *db, const struct store_message *m, uint64_t seen,
	uint64_t *id);
int message_set_state(struct db *db, uint64_t id, enum store_state state,
	const char *reason, uint16_t code);
int message_page(struct db *db, const char *account, const char *peer,
	uint64_t before, size_t n, struct rows *rows);
int message_get(struct db *db, uint64_t id, struct rows *rows);
int message_unsent(struct db *db, uint64_t after, size_t n, struct rows *rows);
int message_scan(struct db *db, const char *account, const char *peer,
	uint64_t after, size_t n, struct rows *rows);

/* *PEERS is a new array of N; each account and peer a block. */
int message_peers(struct db *db, const char *account, const char *part,
	size_t max, struct store_peer **peers, size_t *n);

/* ---- clear.c */

int clear_chat(
	struct db *db, const char *account, const char *peer, uint64_t *n);
int clear_before(struct db *db, int64_t before, uint64_t *n);

/* Removes a slice of what was cleared. *MORE: there may be more. */
int clear_sweep(struct db *db, bool *more);

/* ---- shrink.c */

/* Gives some of the pages back that nothing is in. *MORE: there may be more. */
int shrink_step(struct db *db, bool *more);

/* ---- roster_table.c */

struct fact {
	char *key;
	char *value;
};

int fact_put(
	struct db *db, const char *table, const char *key, const char *value);

/* *FACTS is a new array of N, in order of the key. */
int fact_each(struct db *db, const char *table, struct fact **facts, size_t *n);

/* ---- word_index.c */

/* Puts message ID with TEXT into the indexes, or takes it out of those that
 * have it. WHO is chat and direction. */
int index_add(
	struct db *db, uint64_t id, int64_t chat, int flags, const char *text);
int index_remove(
	struct db *db, uint64_t id, int64_t chat, int flags, const char *text);

/* Runs STMT with id, indexed text, chat and direction. */
int index_write_row(struct db *db, sqlite3_stmt *stmt, uint64_t id,
	int64_t chat, int flags, const char *text);

/* Indexes or merges a slice. *MORE: there is more. */
int index_step(struct db *db, bool *more);

/* TEXT as it is indexed: no control characters, and a \1 on either side of
 * each character of a script that is written without spaces. */
void index_write(struct mbuf *mb, const struct pl *text);

/* True of scripts that put no space between words: each character is a word,
 * and what is looked for becomes a phrase. */
bool index_spaceless(uint32_t cp);

/* Drops the FTS5 table NAME, which may be damaged. */
int index_drop(struct db *db, const char *name);

/* Empties the index after damage: it is made anew in steps. */
int index_renew(struct db *db);

/* ---- part_index.c */

/* Whether there shall be an index of parts; made and dropped in steps. */
int part_index_want(struct db *db, bool on);

/* Puts message ID into it, or takes it out, where it has come to it. */
int part_index_add(struct db *db, uint64_t id, const char *text);
int part_index_remove(struct db *db, uint64_t id, const char *text);

/* Indexes, merges or drops a slice. *MORE: there is more. */
int part_index_step(struct db *db, bool *more);

/* After damage: drops it, and makes it anew, in steps. */
int part_index_renew(struct db *db);

/* ---- damage.c */

/* Moves the database at PATH out of the way; *NAME gets where (mem_deref).
 * Errno. */
int damage_set_aside(const char *path, int64_t now, char **name);

/* Removes what lies beside PATH and belongs to a file that is gone. */
void damage_forget(const char *path);

/* ERR in a sentence about the store in general. */
const char *damage_sentence(int err);

#endif
