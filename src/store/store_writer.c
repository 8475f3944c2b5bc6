/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_writer.c - carries out batches of requests in one transaction each, and
 * what has to be done between them. */
#include <errno.h>
#include "mem.h"
#include "store_writer.h"


static void notice_destructor(void *data)
{
	struct notice *n = data;

	list_unlink(&n->le);
	mem_deref(n->text);
}


static void writer_destructor(void *data)
{
	struct writer *w = data;

	list_flush(&w->batch);
	list_flush(&w->notices);
	mem_deref(w->db);
	mem_deref(w->path);
}


static void reader_destructor(void *data)
{
	struct reader *r = data;

	mem_deref(r->request);
	mem_deref(r->db);
	mem_deref(r->path);
}


struct writer *store_writer_alloc(const char *dir)
{
	struct writer *w = mem_zalloc(sizeof(*w), writer_destructor);

	w->path = mem_printf("%s/sotto.db", dir);
	return w;
}


/* Takes over TEXT. */
static void notify(struct writer *w, enum log_level level, char *text)
{
	struct notice *n = mem_zalloc(sizeof(*n), notice_destructor);

	n->level = level;
	n->text = text;
	list_append(&w->notices, &n->le, n);
}


static int set_aside(struct writer *w)
{
	char *name = NULL;
	int err;

	w->db = mem_deref(w->db);
	err = damage_set_aside(w->path, w->now, &name);
	if (err)
		return err;
	++w->generation;
	notify(w, LOG_ERROR,
		mem_printf("the store was damaged: it is set aside as %s and "
			   "a new one begun",
			name));
	mem_deref(name);
	return 0;
}


int store_writer_open(struct writer *w, char **why)
{
	int tries, err = 0;

	for (tries = 0; tries < 2; tries++) {
		err = db_open(&w->db, w->path, false);
		if (!err)
			err = schema_prepare(w->db, why);
		if (!err)
			return 0;
		if (!w->db || !w->db->damaged)
			break;
		err = set_aside(w);
		if (err)
			break;
	}
	w->db = mem_deref(w->db);
	return err;
}


/* Who moves the file away gets all that was in it; what is stored from now on
 * must not be where nobody finds it. Its log, which is named after the place
 * and not after the file, would be taken for one of the new file. */
static void look_for_file(struct writer *w)
{
	if (!w->db || !db_moved(w->db))
		return;
	(void)sqlite3_wal_checkpoint_v2(
		w->db->sql, NULL, SQLITE_CHECKPOINT_FULL, NULL, NULL);
	w->db = mem_deref(w->db);
	damage_forget(w->path);
	++w->generation;
	notify(w, LOG_ERROR,
		mem_printf("%s was moved or removed: a new store is begun",
			w->path));
}


static int run_all(struct writer *w)
{
	struct db *db = w->db;
	struct le *le;
	bool write = false;

	for (le = w->batch.head; le && !write; le = le->next)
		write = ((struct request *)le->data)->write;
	db->now = w->now;
	if (db_begin(db, write))
		return db_end(db);
	for (le = w->batch.head; le && !db->err; le = le->next) {
		struct request *r = le->data;

		r->rows = mem_deref(r->rows);
		r->err = r->run(db, r);
	}
	return db_end(db);
}


/* What was asked for in a transaction that failed: nothing of it is there,
 * and what only reads is tried by itself. */
static void fail(struct writer *w, int err)
{
	struct le *le;

	if (w->db)
		(void)db_meta_load(w->db);
	for (le = w->batch.head; le; le = le->next) {
		struct request *r = le->data;

		r->rows = mem_deref(r->rows);
		r->err = err;
		if (r->write || !w->db || db_begin(w->db, false))
			continue;
		r->err = r->run(w->db, r);
		(void)db_end(w->db);
	}
}


/* Told once, and once that it is over. */
static void judge(struct writer *w, int err)
{
	if (err && !w->trouble)
		notify(w, LOG_ERROR, mem_strdup(damage_sentence(err)));
	if (!err && w->trouble)
		notify(w, LOG_INFO,
			mem_strdup("the store works again: messages are "
				   "stored"));
	w->trouble = err;
	/* A connection that was opened while the disk was read-only stays so.
	 * One whose commit met an error of the disk knows that the end of its
	 * log does not count and writes over it; a new one would find all of
	 * it there and take it for committed, though it was refused. */
	if (err && err != ENOSPC && w->db && !w->db->disk)
		w->db = mem_deref(w->db);
}


/* True if any of the batch would have changed something: a page that was
 * read proves nothing about the disk. */
static bool writes(const struct writer *w)
{
	struct le *le;

	for (le = w->batch.head; le; le = le->next) {
		if (((struct request *)le->data)->write)
			return true;
	}
	return false;
}


/* Mends what is damaged: an index is made anew, a file set aside. False where
 * nothing is, or where it cannot be mended. */
static bool mend(struct writer *w)
{
	if (!w->db)
		return false;
	if (w->db->damaged)
		return !set_aside(w);
	if (w->db->parts_damaged)
		return !part_index_renew(w->db);
	return w->db->index_damaged && !index_renew(w->db);
}


void store_writer_batch(struct writer *w)
{
	char *why = NULL;
	int tries, err = 0;

	look_for_file(w);
	for (tries = 0; tries < 3; tries++) {
		err = w->db ? 0 : store_writer_open(w, &why);
		if (!err)
			err = run_all(w);
		if (!err || !mend(w))
			break;
	}
	mem_deref(why);
	if (err)
		fail(w, err);
	if (err || writes(w))
		judge(w, err);
}


/* What the reading connection came upon is as if it had been this one. */
static bool learn(struct writer *w)
{
	w->db->damaged |= w->damaged;
	w->db->index_damaged |= w->index_damaged;
	w->db->parts_damaged |= w->parts_damaged;
	w->damaged = w->index_damaged = w->parts_damaged = false;
	return w->db->damaged || w->db->index_damaged || w->db->parts_damaged;
}


/* Nothing of what was removed stays in the log either; where somebody reads
 * he is not waited for, and it is tried again later. */
static void empty_log(struct writer *w)
{
	int rc;

	(void)sqlite3_busy_timeout(w->db->sql, 0);
	rc = sqlite3_wal_checkpoint_v2(
		w->db->sql, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	(void)sqlite3_busy_timeout(w->db->sql, DB_BUSY_MS);
	w->db->checkpoint = w->later = rc != SQLITE_OK;
}


void store_writer_maintain(struct writer *w)
{
	int err;

	w->more = w->later = false;
	if (!w->db)
		return;
	w->db->now = w->now;
	if (learn(w)) {
		w->more = mend(w);
		return;
	}
	err = clear_sweep(w->db, &w->more);
	if (!err && !w->more)
		err = index_step(w->db, &w->more);
	if (!err && !w->more)
		err = part_index_step(w->db, &w->more);
	if (!err && !w->more)
		err = shrink_step(w->db, &w->more);
	if (err) {
		/* Once: what it meets then is not for it to mend. */
		w->more = !w->mended && mend(w);
		w->mended = true;
		return;
	}
	w->mended = false;
	if (!w->more && w->db->checkpoint)
		empty_log(w);
}


struct reader *store_reader_alloc(const char *path)
{
	struct reader *r = mem_zalloc(sizeof(*r), reader_destructor);

	r->path = mem_strdup(path);
	return r;
}


void store_reader_run(struct reader *reader)
{
	struct request *r = reader->request;
	int err = 0;

	reader->damaged = reader->index_damaged = reader->parts_damaged = false;
	if (reader->generation != reader->wanted)
		reader->db = mem_deref(reader->db);
	reader->generation = reader->wanted;
	if (!reader->db)
		err = db_open(&reader->db, reader->path, true);
	if (!err)
		err = db_begin(reader->db, false);
	if (!err) {
		r->err = r->run(reader->db, r);
		err = db_end(reader->db);
	}
	if (err)
		r->err = err;
	if (reader->db) {
		reader->damaged = reader->db->damaged;
		reader->index_damaged = reader->db->index_damaged;
		reader->parts_damaged = reader->db->parts_damaged;
	}
	/* The next one begins afresh. */
	if (err)
		reader->db = mem_deref(reader->db);
}
