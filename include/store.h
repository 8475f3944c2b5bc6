/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.h - what must not be lost: messages and what became of them, what was
 * seen already, accounts, buddies, watcher decisions. Knows records, not SIP.
 *
 * A store is a table of operations. Requests go in, completions come in a
 * later turn of the loop, in the order of the requests; the caller never
 * waits. search and scan read beside the others: they keep an order of their
 * own, and see everything that was asked for before them. All text is UTF-8,
 * NUL-terminated, copied. What a store cannot do completes with ENOTSUP.
 *
 * Errors of any request: ENOSPC (full), EROFS (read-only), EIO: nothing of it
 * was kept. Later requests try anew, so the store recovers by itself.
 */
#ifndef SOTTO_STORE_H
#define SOTTO_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "log.h"
#include "tmr.h"
#include "work.h"

struct store;

enum store_state {
	STORE_QUEUED,
	STORE_SENT, /* on the wire, no answer yet */
	STORE_ACCEPTED, /* 202: a server keeps it */
	STORE_DELIVERED, /* another 2xx */
	STORE_FAILED,
	STORE_RECEIVED, /* incoming */
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
	const char *peer; /* AOR */
	const char *text;
	const char *via; /* "page", "session" */
	bool out;
	bool stranger;
	enum store_state state;
	const char *reason; /* of a failure; NULL */
	uint16_t code;
	int64_t at; /* arrival or typing, wall ms */
	int64_t sent_at; /* as its sender says; 0: not said */
};

/* ERR: 0; EEXIST (add: its key was seen before, nothing stored); ENOENT:
 * no such message; else not stored. ID of the message; of clear and retain
 * how many messages went. */
typedef void(store_done_h)(int err, uint64_t id, void *arg);

/* A page of messages, oldest first, borrowed. */
typedef void(store_page_h)(
	int err, const struct store_message *messages, size_t n, void *arg);

/* Somebody there are messages with; LAST: id of the newest. */
struct store_peer {
	const char *account;
	const char *peer;
	uint64_t last;
};

/* Borrowed. */
typedef void(store_peers_h)(
	int err, const struct store_peer *peers, size_t n, void *arg);

/*
 * A search. TEXT is words, all of which must occur; "a phrase"; pre*; a AND
 * b, a OR b, a NOT b, parentheses; and filters: from:X (X is part of the
 * sender's AOR, or "me"), in:X (X is part of the AOR that the chat is with),
 * before:D and after:D (D is 2026, 2026-11, 2026-11-24 in local time or an
 * RFC 3339 time; before D begins, at or after D begins). Case and diacritics
 * do not count; a row of Chinese, Japanese or Korean characters is found
 * anywhere. Where parts of words are indexed (store_ops.parts) a word of three
 * or more letters and digits is found inside of words too, unless it is in
 * quotes; a star before it says so explicitly. Where they are not, or it is
 * shorter, *part* is part*. What is no such query is searched as plain words.
 */
struct store_query {
	const char *text;
	const char *account; /* AOR; NULL: every one */
	uint64_t before; /* ids below this; 0: the newest */
	size_t n; /* at most so many; the next page is before the
	                        last one's id */
};

/* Bytes START to END of a text. */
struct store_mark {
	size_t start;
	size_t end;
};

struct store_hit {
	struct store_message message;
	const struct store_mark *marks; /* what matched, in order */
	size_t n;
};

/* Newest first, borrowed. */
typedef void(store_hits_h)(
	int err, const struct store_hit *hits, size_t n, void *arg);

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
	 * newest). Where PEER or ACCOUNT is NULL (with everybody, of every
	 * one) it is read beside the others, as search and scan are. */
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

	/* The first N messages with an id above AFTER that an earlier run of
	 * the program left queued or sent. */
	void (*unsent)(struct store *s, uint64_t after, size_t n,
		store_page_h *h, void *arg);

	/* The N people, latest first, whose AOR holds PART (case folded;
	 * NULL: any) and that ACCOUNT (NULL: any) has messages with. */
	void (*peers)(struct store *s, const char *account, const char *part,
		size_t n, store_peers_h *h, void *arg);

	void (*search)(struct store *s, const struct store_query *q,
		store_hits_h *h, void *arg);

	/* The first N messages of ACCOUNT with PEER (NULL: of every account,
	 * with everybody) with an id above AFTER: page by page a whole
	 * history. */
	void (*scan)(struct store *s, const char *account, const char *peer,
		uint64_t after, size_t n, store_page_h *h, void *arg);

	/* Forgets all messages of ACCOUNT with PEER: nobody finds them from
	 * the completion on, and they leave the file soon after. */
	void (*clear)(struct store *s, const char *account, const char *peer,
		store_done_h *h, void *arg);

	/* The same with all messages from before BEFORE (wall ms), but for
	 * those that are still queued or sent. */
	void (*retain)(
		struct store *s, int64_t before, store_done_h *h, void *arg);

	/* Whether searches find parts of words too; kept until it is asked
	 * for otherwise. The completion means that it is noted: the index of
	 * parts is made, or taken away and its room freed, behind everything
	 * else, and until it is complete searches find words. */
	void (*parts)(struct store *s, bool on, store_done_h *h, void *arg);
};

struct store {
	const struct store_ops *ops;
};

/* The store in memory; keeps the newest 800,000 seen keys and 100,000
 * messages, of these at most 256 MiB of text. Completions one turn of the loop
 * later, by WORK->later(). mem_deref(): completions outstanding are not
 * called. */
int store_memory_alloc(
	struct store **sp, struct tmrs *tmrs, const struct work *work);

/* Something that the user should read once: LEVEL and a sentence. */
typedef void(store_notice_h)(enum log_level level, const char *text, void *arg);

struct store_config {
	const char *dir; /* state directory; made with mode 0700 */
	struct tmrs *tmrs;
	const struct work *work; /* must have lanes */
	store_notice_h *notice; /* in the loop; may be NULL */
	void *arg;
};

/*
 * The store in DIR/sotto.db (SQLite; mode 0600), for one program at a time.
 * Opens or makes it before it returns. A schema of an older version is
 * brought up to date; one of a newer version is left untouched: EPROTO. What
 * is damaged is set aside and a new store begun, with a notice that names the
 * file, now or whenever it is found out. Where the disk is full or read-only
 * it begins all the same, and each request tries anew. Errno, and *WHY gets a
 * sentence (mem_deref). mem_deref() writes what was asked for, which may take
 * a moment, and calls nobody.
 */
int store_sqlite_alloc(
	struct store **sp, const struct store_config *config, char **why);

#endif
