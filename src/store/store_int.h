/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store_int.h - what the files of the store in memory share: the records
 * that it keeps, and the requests that wait for their turn.
 */
#ifndef SOTTO_STORE_INT_H
#define SOTTO_STORE_INT_H

#include "store.h"

struct memory_seen;
struct memory_table;

enum {
	MEMORY_MESSAGES_MAX = 100000,
	/* A request is repeated for up to 32 s, and under load its server
	 * transaction does not last: these are as many as come in that time
	 * at 25,000 a second. */
	MEMORY_SEEN_MAX = 800000,
	MEMORY_PAGE_MAX = 10000, /* messages of one page */
};

/* Bytes of text kept before the oldest messages are forgotten. */
#define MEMORY_BYTES_MAX ((size_t)256 << 20)

/* The newest MEMORY_SEEN_MAX keys; add: false where KEY is among them. */
struct memory_seen *memory_seen_alloc(void);
bool memory_seen_add(struct memory_seen *seen, uint64_t key);

/* All that is kept; nothing here knows of turns and completions. */
struct memory_table *memory_table_alloc(void);

/* Keeps a copy of M under *ID (M's own, or a new one by the clock NOW).
 * EEXIST: SEEN was there. */
int memory_table_add(struct memory_table *t, const struct store_message *m,
	uint64_t seen, int64_t now, uint64_t *id);

/* ENOENT: no such message. */
int memory_table_set_state(struct memory_table *t, uint64_t id,
	enum store_state state, const char *reason, uint16_t code);

/* Borrowed; NULL: none. */
const struct store_message *memory_table_get(
	struct memory_table *t, uint64_t id);

/* Writes up to N pointers' worth of messages before BEFORE, oldest first, as
 * a new array *PAGE (mem_deref); returns how many. */
size_t memory_table_page(struct memory_table *t, const char *account,
	const char *peer, uint64_t before, size_t n,
	struct store_message **page);

void memory_table_put(struct memory_table *t, const char *table,
	const char *key, const char *value);
void memory_table_each(struct memory_table *t, const char *table,
	void (*row)(const char *key, const char *value, void *arg), void *arg);

#endif
