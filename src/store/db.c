/* SPDX-License-Identifier: GPL-3.0-or-later */
/* db.c - one connection to SQLite: its statements, transactions, errors. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "db.h"
#include "mem.h"


static const char *const meta_names[DB_METAS] = {
	[DB_INDEXED] = "indexed",
	[DB_RETAIN] = "retain",
	[DB_MERGE] = "merge",
	[DB_PARTS_WANTED] = "parts_wanted",
	[DB_PARTS] = "parts",
	[DB_PARTED] = "parted",
	[DB_PARTS_MERGE] = "parts_merge",
};


static void db_destructor(void *data)
{
	struct db *db = data;
	size_t i;

	for (i = 0; i < DB_STMTS; i++)
		(void)sqlite3_finalize(db->stmts[i]);
	(void)sqlite3_close_v2(db->sql);
	mem_deref(db->folded);
	mem_deref(db->path);
}


static void rows_destructor(void *data)
{
	struct rows *rows = data;
	size_t i;

	for (i = 0; i < rows->n; i++) {
		mem_deref((char *)rows->m[i].account);
		mem_deref((char *)rows->m[i].peer);
		mem_deref((char *)rows->m[i].text);
		mem_deref((char *)rows->m[i].reason);
	}
	mem_deref(rows->m);
}


struct rows *rows_alloc(void)
{
	return mem_zalloc(sizeof(struct rows), rows_destructor);
}


static char *column(sqlite3_stmt *stmt, int i)
{
	return mem_strdup((const char *)sqlite3_column_text(stmt, i));
}


void rows_add(struct rows *rows, sqlite3_stmt *stmt)
{
	struct store_message *m;
	int flags = sqlite3_column_int(stmt, 4);

	if (rows->n == rows->size) {
		rows->size = rows->size ? 2 * rows->size : 16;
		rows->m =
			mem_reallocarray(rows->m, rows->size, sizeof(*rows->m));
	}
	m = &rows->m[rows->n++];
	*m = (struct store_message){
		.id = (uint64_t)sqlite3_column_int64(stmt, 0),
		.account = column(stmt, 1),
		.peer = column(stmt, 2),
		.text = column(stmt, 3),
		.out = flags & DB_OUT,
		.stranger = flags & DB_STRANGER,
		.via = flags & DB_SESSION ? "session"
			: flags & DB_PAGE ? "page"
					  : NULL,
		.state = (enum store_state)sqlite3_column_int(stmt, 5),
		.code = (uint16_t)sqlite3_column_int(stmt, 6),
		.reason = column(stmt, 7),
		.at = sqlite3_column_int64(stmt, 8),
		.sent_at = sqlite3_column_int64(stmt, 9),
	};
}


/* SQLite would make it readable for everybody whom the umask allows; the
 * files beside it get the mode of this one. A descriptor opened here on an
 * existing one would, when closed, drop the locks of other connections. */
static int make_private(const char *path)
{
	int fd = open(
		path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd >= 0)
		return close(fd) ? errno : 0;
	if (errno != EEXIST)
		return errno;
	/* Where that fails, opening tells why. */
	(void)chmod(path, 0600);
	return 0;
}


static int setup(struct db *db)
{
	int err;

	(void)sqlite3_extended_result_codes(db->sql, 1);
	(void)sqlite3_busy_timeout(db->sql, DB_BUSY_MS);
	(void)sqlite3_db_config(
		db->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
	/* First of all something that reads the file. */
	err = db_exec(db, "PRAGMA schema_version");
	if (!err)
		err = db_exec(db,
			db->readonly ? "PRAGMA trusted_schema=OFF;"
				       "PRAGMA temp_store=MEMORY;"
				       "PRAGMA cache_size=-16000"
				     : "PRAGMA auto_vacuum=INCREMENTAL;"
				       "PRAGMA trusted_schema=OFF;"
				       "PRAGMA temp_store=MEMORY;"
				       "PRAGMA synchronous=FULL;"
				       "PRAGMA secure_delete=ON;"
				       "PRAGMA cell_size_check=ON;"
				       "PRAGMA wal_autocheckpoint=4000;"
				       "PRAGMA journal_size_limit=16777216;"
				       "PRAGMA cache_size=-16000");
	return err;
}


int db_open(struct db **dbp, const char *path, bool readonly)
{
	struct db *db = mem_zalloc(sizeof(*db), db_destructor);
	int flags = SQLITE_OPEN_NOMUTEX |
		(readonly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
	int rc, err = readonly ? 0 : make_private(path);

	db->path = mem_strdup(path);
	db->readonly = readonly;
	if (!err) {
		rc = sqlite3_open_v2(path, &db->sql, flags, NULL);
		err = rc ? db_errno(db, rc) : setup(db);
	}
	/* One that is damaged is handed out for its caller to see it. */
	if (err && !db->damaged)
		mem_deref(db);
	else
		*dbp = db;
	return err;
}


bool db_moved(struct db *db)
{
	int moved = 0;

	(void)sqlite3_file_control(
		db->sql, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	return moved;
}


/* The reason that the system gave, where it is one that we know. */
static int system_errno(struct db *db)
{
	switch (db->sql ? sqlite3_system_errno(db->sql) : 0) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ENOSPC;
	case EROFS:
		return EROFS;
	case EACCES:
	case EPERM:
		return EACCES;
	default:
		return EIO;
	}
}


static int map(struct db *db, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_FULL:
		return ENOSPC;
	case SQLITE_READONLY:
		return EROFS;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return system_errno(db);
	case SQLITE_NOMEM:
		mem_oom();
	default:
		return EIO;
	}
}


int db_errno(struct db *db, int rc)
{
	int err;

	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		if (rc == SQLITE_CORRUPT_VTAB)
			db->index_damaged = true;
		else
			db->damaged = true;
		break;
	default:
		break;
	}
	err = map(db, rc);
	if (!db->err) {
		db->err = err;
		db->disk = (rc & 0xff) == SQLITE_IOERR;
	}
	return err;
}


sqlite3_stmt *db_stmt(struct db *db, enum db_stmt which, const char *sql)
{
	sqlite3_stmt **stmt = &db->stmts[which];

	if (!*stmt)
		(void)db_errno(db,
			sqlite3_prepare_v3(db->sql, sql, -1,
				SQLITE_PREPARE_PERSISTENT, stmt, NULL));
	return *stmt;
}


bool db_next(struct db *db, sqlite3_stmt *stmt)
{
	int rc;

	if (!stmt)
		return false;
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		return true;
	(void)db_errno(db, rc);
	(void)sqlite3_reset(stmt);
	return false;
}


int db_run(struct db *db, sqlite3_stmt *stmt)
{
	int rc;

	if (!stmt)
		return db->err;
	do
		rc = sqlite3_step(stmt);
	while (rc == SQLITE_ROW);
	(void)sqlite3_reset(stmt);
	return db_errno(db, rc);
}


int db_exec(struct db *db, const char *sql)
{
	return db_errno(db, sqlite3_exec(db->sql, sql, NULL, NULL, NULL));
}


int64_t db_number(struct db *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t n = 0;

	if (db_errno(db, sqlite3_prepare_v2(db->sql, sql, -1, &stmt, NULL)))
		return 0;
	if (db_next(db, stmt))
		n = sqlite3_column_int64(stmt, 0);
	(void)sqlite3_finalize(stmt);
	return n;
}


int db_exec_inside(struct db *db, const char *sql)
{
	int err;

	(void)sqlite3_db_config(
		db->sql, SQLITE_DBCONFIG_DEFENSIVE, 0, (int *)NULL);
	err = db_exec(db, sql);
	(void)sqlite3_db_config(
		db->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
	return err;
}


int db_begin(struct db *db, bool write)
{
	db->err = 0;
	return db_run(db,
		write ? db_stmt(db, DB_BEGIN_WRITE, "BEGIN IMMEDIATE")
		      : db_stmt(db, DB_BEGIN, "BEGIN"));
}


int db_end(struct db *db)
{
	if (!db->err)
		(void)db_run(db, db_stmt(db, DB_COMMIT, "COMMIT"));
	if (!db->err)
		return 0;
	/* Some errors have rolled back already. */
	if (!sqlite3_get_autocommit(db->sql))
		(void)sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
	return db->err;
}


int db_meta_load(struct db *db)
{
	sqlite3_stmt *stmt;
	size_t i;

	if (sqlite3_prepare_v2(db->sql, "SELECT value FROM meta WHERE name=?",
		    -1, &stmt, NULL))
		return db_errno(db, sqlite3_extended_errcode(db->sql));
	for (i = 0; i < DB_METAS; i++) {
		db_bind_text(stmt, 1, meta_names[i]);
		db->meta[i] =
			db_next(db, stmt) ? sqlite3_column_int64(stmt, 0) : 0;
		(void)sqlite3_reset(stmt);
	}
	(void)sqlite3_finalize(stmt);
	return db->err;
}


int db_meta_set(struct db *db, enum db_meta which, int64_t value)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_META_SET,
		"INSERT INTO meta(name,value) VALUES(?,?) "
		"ON CONFLICT DO UPDATE SET value=excluded.value");
	int err;

	if (!stmt)
		return db->err;
	db_bind_text(stmt, 1, meta_names[which]);
	(void)sqlite3_bind_int64(stmt, 2, value);
	err = db_run(db, stmt);
	if (!err)
		db->meta[which] = value;
	return err;
}


void db_bind_text(sqlite3_stmt *stmt, int i, const char *text)
{
	if (text)
		(void)sqlite3_bind_text(stmt, i, text, -1, SQLITE_STATIC);
	else
		(void)sqlite3_bind_null(stmt, i);
}
