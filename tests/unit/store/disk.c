/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "disk.h"
#include "file.h"

enum {
	PATIENCE = 60000, /* ms; a machine under load is slow */
};


static void notice_h(enum log_level level, const char *text, void *arg)
{
	struct disk *d = arg;

	(void)level;
	++d->notices;
	snprintf(d->notice, sizeof(d->notice), "%s", text);
}


int disk_try(struct disk *d, char **why)
{
	return store_sqlite_alloc(&d->store,
		&(struct store_config){
			.dir = d->dir,
			.tmrs = loop_tmrs(d->loop),
			.work = d->work,
			.notice = notice_h,
			.arg = d,
		},
		why);
}


void disk_open(struct disk *d)
{
	char *why = NULL;

	assert_int_equal(disk_try(d, &why), 0);
	assert_null(why);
}


void disk_close(struct disk *d)
{
	d->store = mem_deref(d->store);
}


void disk_init(struct disk *d)
{
	memset(d, 0, sizeof(*d));
	snprintf(d->dir, sizeof(d->dir), "/tmp/sotto-store-XXXXXX");
	assert_non_null(mkdtemp(d->dir));
	snprintf(d->path, sizeof(d->path), "%s/sotto.db", d->dir);
	assert_int_equal(loop_alloc(&d->loop), 0);
	d->work = work_alloc(d->loop);
	disk_open(d);
}


static void each_file(
	const struct disk *d, void (*h)(const char *path, void *arg), void *arg)
{
	DIR *dir = opendir(d->dir);
	struct dirent *e;

	assert_non_null(dir);
	while ((e = readdir(dir))) {
		char path[400];

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", d->dir, e->d_name);
		h(path, arg);
	}
	closedir(dir);
}


static void remove_h(const char *path, void *arg)
{
	(void)arg;
	assert_int_equal(unlink(path), 0);
}


void disk_free(struct disk *d)
{
	disk_close(d);
	/* What the store asked the work table for ends in a turn. */
	disk_pause(d, 1);
	mem_deref(d->work);
	mem_deref(d->loop);
	each_file(d, remove_h, NULL);
	assert_int_equal(rmdir(d->dir), 0);
}


static void patience_h(void *arg)
{
	struct disk *d = arg;

	loop_stop(d->loop, 1);
}


static void pause_h(void *arg)
{
	struct disk *d = arg;

	loop_stop(d->loop, 0);
}


void disk_wait(struct disk *d)
{
	struct tmr tmr = {0};

	if (!d->waiting)
		return;
	tmr_start(loop_tmrs(d->loop), &tmr, PATIENCE, patience_h, d);
	assert_int_equal(loop_run(d->loop), 0);
	tmr_cancel(&tmr);
}


void disk_pause(struct disk *d, unsigned ms)
{
	struct tmr tmr = {0};

	tmr_start(loop_tmrs(d->loop), &tmr, ms, pause_h, d);
	assert_int_equal(loop_run(d->loop), 0);
	tmr_cancel(&tmr);
}


static void completed(struct disk *d, int err)
{
	d->err = err;
	if (!--d->waiting)
		loop_stop(d->loop, 0);
}


static void note(struct disk *d, const char *text, int number)
{
	size_t len = strlen(d->log);

	snprintf(d->log + len, sizeof(d->log) - len, "%s:%d ", text, number);
}


void disk_done_h(int err, uint64_t id, void *arg)
{
	struct disk *d = arg;

	d->id = id;
	completed(d, err);
}


void disk_page_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct disk *d = arg;
	size_t i;

	for (i = 0; i < n; i++) {
		note(d, messages[i].text, messages[i].state);
		d->id = messages[i].id;
	}
	d->n = n;
	completed(d, err);
}


static void row_h(const char *key, const char *value, void *arg)
{
	struct disk *d = arg;
	size_t len = strlen(d->log);

	snprintf(d->log + len, sizeof(d->log) - len, "%s=%s ", key, value);
}


static void expect(struct disk *d)
{
	++d->waiting;
	d->log[0] = '\0';
}


int disk_add_row(struct disk *d, const struct store_message *m, uint64_t seen)
{
	expect(d);
	d->store->ops->add(d->store, m, seen, disk_done_h, d);
	disk_wait(d);
	return d->err;
}


int disk_add(struct disk *d, const char *peer, const char *text)
{
	return disk_add_row(d,
		&(struct store_message){
			.account = ALICE,
			.peer = peer,
			.text = text,
			.via = "page",
			.state = STORE_RECEIVED,
			.at = tmrs_wall(loop_tmrs(d->loop)),
		},
		0);
}


int disk_state(struct disk *d, uint64_t id, enum store_state state,
	const char *reason, uint16_t code)
{
	expect(d);
	d->store->ops->set_state(
		d->store, id, state, reason, code, disk_done_h, d);
	disk_wait(d);
	return d->err;
}


int disk_put(
	struct disk *d, const char *table, const char *key, const char *value)
{
	expect(d);
	d->store->ops->put(d->store, table, key, value, disk_done_h, d);
	disk_wait(d);
	return d->err;
}


const char *disk_page(
	struct disk *d, const char *peer, uint64_t before, size_t n)
{
	expect(d);
	d->store->ops->page(d->store, ALICE, peer, before, n, disk_page_h, d);
	disk_wait(d);
	return d->log;
}


const char *disk_unsent(struct disk *d, uint64_t after, size_t n)
{
	expect(d);
	d->store->ops->unsent(d->store, after, n, disk_page_h, d);
	disk_wait(d);
	return d->log;
}


const char *disk_scan(
	struct disk *d, const char *peer, uint64_t after, size_t n)
{
	expect(d);
	d->store->ops->scan(
		d->store, peer ? ALICE : NULL, peer, after, n, disk_page_h, d);
	disk_wait(d);
	return d->log;
}


const char *disk_facts(struct disk *d, const char *table)
{
	expect(d);
	d->store->ops->each(d->store, table, row_h, disk_done_h, d);
	disk_wait(d);
	return d->log;
}


int disk_clear(struct disk *d, const char *peer)
{
	expect(d);
	d->store->ops->clear(d->store, ALICE, peer, disk_done_h, d);
	disk_wait(d);
	return d->err;
}


int64_t disk_number(const struct disk *d, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int64_t n;

	assert_int_equal(
		sqlite3_open_v2(d->path, &db, SQLITE_OPEN_READWRITE, NULL),
		SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return n;
}


struct needle {
	struct pl text;
	bool found;
};


static void find_h(const char *path, void *arg)
{
	struct needle *needle = arg;
	struct mbuf *mb;
	struct pl all;

	if (file_read(&mb, path, 100 << 20))
		return;
	all = mbuf_all(mb);
	if (all.l && memmem(all.p, all.l, needle->text.p, needle->text.l))
		needle->found = true;
	mem_deref(mb);
}


bool disk_holds(const struct disk *d, const char *text)
{
	struct needle needle = {pl_str(text), false};

	each_file(d, find_h, &needle);
	return needle.found;
}


void disk_hits_h(int err, const struct store_hit *hits, size_t n, void *arg)
{
	struct disk *d = arg;
	size_t i, k, at, len = 0;

	d->log[0] = '\0';
	d->n = n;
	for (i = 0; i < n; i++) {
		const char *text = hits[i].message.text;

		for (k = at = 0; k < hits[i].n; k++) {
			const struct store_mark *m = &hits[i].marks[k];

			assert_true(m->start >= at && m->end > m->start);
			assert_true(m->end <= strlen(text));
			len += (size_t)snprintf(d->log + len,
				sizeof(d->log) - len, "%.*s[%.*s]",
				(int)(m->start - at), text + at,
				(int)(m->end - m->start), text + m->start);
			at = m->end;
		}
		len += (size_t)snprintf(
			d->log + len, sizeof(d->log) - len, "%s|", text + at);
		d->id = hits[i].message.id;
	}
	disk_done_h(err, d->id, d);
}


const char *disk_search(struct disk *d, const char *text)
{
	++d->waiting;
	d->store->ops->search(d->store,
		&(struct store_query){.text = text, .n = 20}, disk_hits_h, d);
	disk_wait(d);
	return d->log;
}


void disk_exec(const struct disk *d, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(d->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_busy_timeout(db, 5000), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}
