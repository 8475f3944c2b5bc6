/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.h - what must not be lost: messages and what became of them, what was
 * seen already, accounts, buddies, watcher decisions. Knows records, not SIP.
 *
 * A store is a table of operations. Requests go in, completions come in a
 * later turn of the loop, in the order of the requests; the caller never
 * waits. All text is UTF-8, NUL-terminated, copied. The store in memory keeps
 * everything for the life of the process.
 */
#ifndef SOTTO_STORE_H
#define SOTTO_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tmr.h"
#include "work.h"

struct store;

enum store_state {
	STORE_QUEUED,
	STORE_SENT,      /* on the wire, no answer yet */
	STORE_ACCEPTED,  /* 202: a server keeps it */
	STORE_DELIVERED, /* another 2xx */
	STORE_FAILED,
	STORE_RECEIVED,  /* incoming */
};

/* "queued", "sent", "accepted", "delivered", "failed", "received". */
const char *store_state_name(enum store_state state);

enum {
	STORE_ID_SIZE = 21, /* decimal digits of an id and a NUL */
};

struct store_message {
	uint64_t id; /* time-ordered, stable over restarts; given by the
	                store where 0 */
	const char *account; /* AOR */
	const char *peer;    /* AOR */
	const char *text;
	const char *via; /* "page", "session" */
	bool out;
	bool stranger;
	enum store_state state;
	const char *reason; /* of a failure; NULL */
	uint16_t code;
	int64_t at;      /* arrival or typing, wall ms */
	int64_t sent_at; /* as its sender says; 0: not said */
};

/* ERR: 0; EEXIST (add: its key was seen before, nothing stored); ENOENT:
 * no such message; ENOSPC, EIO: not stored. ID of the message. */
typedef void(store_done_h)(int err, uint64_t id, void *arg);

/* A page of messages, oldest first, borrowed. */
typedef void(store_page_h)(int err, const struct store_message *messages,
	size_t n, void *arg);

struct store_ops {
	/* What is in it outlives the process. */
	bool durable;

	/* Adds M; SEEN (0: none) is the key of a request that may come
	 * again. */
	void (*add)(struct store *s, const struct store_message *m,
		uint64_t seen, store_done_h *h, void *arg);

	/* New state of message ID; H may be NULL. */
	void (*set_state)(struct store *s, uint64_t id, enum store_state state,
		const char *reason, uint16_t code, store_done_h *h, void *arg);

	/* The N messages with PEER of ACCOUNT before id BEFORE (0: the
	 * newest). */
	void (*page)(struct store *s, const char *account, const char *peer,
		uint64_t before, size_t n, store_page_h *h, void *arg);
	void (*get)(struct store *s, uint64_t id, store_page_h *h, void *arg);

	/* Small facts by name (accounts, buddies, decisions). VALUE NULL
	 * removes. Iterated in order of KEY. */
	void (*put)(struct store *s, const char *table, const char *key,
		const char *value, store_done_h *h, void *arg);
	void (*each)(struct store *s, const char *table,
		void (*row)(const char *key, const char *value, void *arg),
		store_done_h *h, void *arg);
};

struct store {
	const struct store_ops *ops;
};

/* The store in memory; keeps the newest 1,000,000 seen keys and 100,000
 * messages, of these at most 256 MiB of text. Completions one turn of the loop
 * later, by WORK->later(). mem_deref(): completions outstanding are not
 * called. */
int store_memory_alloc(struct store **sp, struct tmrs *tmrs,
	const struct work *work);

#endif
