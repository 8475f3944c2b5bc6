/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * disk.h - a store on disk in a directory of its own, with the real loop and
 * its threads, for tests.
 */
#ifndef SOTTO_TEST_DISK_H
#define SOTTO_TEST_DISK_H

#include "loop.h"
#include "store.h"
#include "unit.h"

#define ALICE "sip:alice@example.org"
#define BOB   "sip:bob@example.org"
#define KIM   "sip:kim@lab.test"

struct disk {
	char dir[64];
	char path[80]; /* of the database */
	struct loop *loop;
	struct work *work;
	struct store *store;
	unsigned waiting; /* completions that are still to come */
	int err; /* of the last one */
	uint64_t id;
	size_t n;
	char log[4000]; /* what the handlers below saw */
	char notice[1000];
	unsigned notices;
};

/* A fresh directory, loop and store; all of it gone. */
void disk_init(struct disk *d);
void disk_open(struct disk *d);
void disk_close(struct disk *d); /* the store alone */
void disk_free(struct disk *d);

/* Tries to open; errno, WHY as store_sqlite_alloc(). */
int disk_try(struct disk *d, char **why);

/* Runs the loop until nothing is waited for. */
void disk_wait(struct disk *d);
void disk_pause(struct disk *d, unsigned ms);

/* Handlers that write what they see into the log and count. */
void disk_done_h(int err, uint64_t id, void *arg);
void disk_page_h(
	int err, const struct store_message *messages, size_t n, void *arg);

/* Requests, waited for; errors are returned. */
int disk_add(struct disk *d, const char *peer, const char *text);
int disk_add_row(struct disk *d, const struct store_message *m, uint64_t seen);
int disk_state(struct disk *d, uint64_t id, enum store_state state,
	const char *reason, uint16_t code);
int disk_put(
	struct disk *d, const char *table, const char *key, const char *value);

/* "text:state " of each message of a page, in order. */
const char *disk_page(
	struct disk *d, const char *peer, uint64_t before, size_t n);
const char *disk_unsent(struct disk *d, uint64_t after, size_t n);
const char *disk_scan(
	struct disk *d, const char *peer, uint64_t after, size_t n);
const char *disk_facts(struct disk *d, const char *table);
int disk_clear(struct disk *d, const char *peer);

/* Each text that is found with its marks in brackets, newest first; d->err. */
void disk_hits_h(int err, const struct store_hit *hits, size_t n, void *arg);
const char *disk_search(struct disk *d, const char *text);

/* One number out of the file, read with a connection of the test's own. */
int64_t disk_number(const struct disk *d, const char *sql);

/* Runs SQL over a connection of the test's own, which may write anywhere. */
void disk_exec(const struct disk *d, const char *sql);

/* True if the bytes of TEXT are in any file of the directory. */
bool disk_holds(const struct disk *d, const char *text);

#endif
