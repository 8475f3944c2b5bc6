/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store_writer.h - the writing connection and the reading one: they carry out
 * requests in their lanes. The loop touches neither while a job is under way.
 */
#ifndef SOTTO_STORE_WRITER_H
#define SOTTO_STORE_WRITER_H

#include "list.h"
#include "search.h"

/* One request with copies of all that it was given, and what came of it. */
struct request {
	struct le le;
	int (*run)(struct db *db, struct request *r);
	void (*tell)(struct request *r); /* in the loop */
	bool write;
	bool adds; /* something to index */
	bool removes; /* something to sweep or to make */
	bool on;
	uint64_t turn;
	uint64_t behind; /* reading beside: after so many others */

	struct store_message m; /* its strings are ours */
	uint64_t seen;
	uint64_t after;
	int64_t before;
	size_t max;
	char *table, *key, *value;

	int err;
	uint64_t id;
	struct rows *rows;
	struct store_peer *peers;
	struct fact *facts;
	struct hits *hits;
	size_t n;

	store_done_h *done;
	store_page_h *page;
	store_peers_h *peers_h;
	store_hits_h *hits_h;
	void (*row)(const char *key, const char *value, void *arg);
	void *arg;
};

struct request *request_alloc(int (*run)(struct db *db, struct request *r),
	void (*tell)(struct request *r), void *arg);

/* Something to be told in the loop. */
struct notice {
	struct le le;
	enum log_level level;
	char *text;
};

struct writer {
	char *path;
	struct db *db; /* NULL: to be opened with the next batch */
	struct list batch; /* what is carried out, and was */
	struct list notices; /* what the user should read */
	int64_t now; /* wall ms */
	unsigned generation; /* of the file: grows when it is set aside */
	int trouble; /* errno that was told */
	bool more; /* maintenance has more to do */
	bool later; /* it should be tried again after a while */
	bool mended; /* by the last slice of it */

	/* What the reader found out. */
	bool damaged, index_damaged, parts_damaged;
};

struct writer *store_writer_alloc(const char *dir);

/* Opens the store, bringing its schema up to date and setting a damaged file
 * aside. Errno; *WHY a sentence where it is final. */
int store_writer_open(struct writer *w, char **why);

/* Carries out the batch as one transaction. */
void store_writer_batch(struct writer *w);

/* Removes, indexes or merges a slice. */
void store_writer_maintain(struct writer *w);

struct reader {
	char *path;
	struct db *db;
	unsigned generation; /* that DB was opened at */
	unsigned wanted;
	bool damaged, index_damaged, parts_damaged; /* by the last one */
	struct request *request;
};

struct reader *store_reader_alloc(const char *path);
void store_reader_run(struct reader *reader);

/* ---- store.c: queues a request for the writing lane or the one beside. */

struct request *store_ask(struct store *store,
	int (*run)(struct db *db, struct request *r),
	void (*tell)(struct request *r), void *arg);
struct request *store_ask_beside(struct store *store,
	int (*run)(struct db *db, struct request *r),
	void (*tell)(struct request *r), void *arg);

/* ---- request.c */

extern const struct store_ops store_sqlite_ops;

#endif
