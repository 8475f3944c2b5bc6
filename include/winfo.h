/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * winfo.h - watcher information: who watches a resource, or asks to
 * (RFC 3857, 3858). Pure: no socket, no clock.
 */
#ifndef SOTTO_WINFO_H
#define SOTTO_WINFO_H

#include <stdbool.h>
#include <stdint.h>
#include "pl.h"

#define WINFO_TYPE "application/watcherinfo+xml"

enum winfo_status {
	WINFO_PENDING, /* waits for a decision */
	WINFO_WAITING, /* the same, and the watcher has gone meanwhile */
	WINFO_ACTIVE,
	WINFO_TERMINATED,
};

/* What led there, as far as it makes a difference. */
enum winfo_cause {
	WINFO_OTHER,
	WINFO_APPROVED,
	WINFO_REJECTED,
};

/* Borrowed. */
struct winfo_watcher {
	const char *resource; /* as the document has it */
	const char *package; /* "presence" */
	const char *peer; /* an AOR in canonical form */
	const char *name; /* as they call themselves; NULL: they do not */
	enum winfo_status status;
	enum winfo_cause cause;
};

struct winfo_handlers {
	/* First, once. FULL: who is not in it does not watch. VERSION counts
	 * the documents of one subscription from 0. False: the rest shall
	 * not be told. */
	bool (*head)(bool full, uint32_t version, void *arg);
	void (*watcher)(const struct winfo_watcher *watcher, void *arg);
	void *arg;
};

/* Reads <watcherinfo>; watchers come in the order of the document. Elements
 * are told by namespace and name, what is not known is left out, and so is a
 * watcher whose status is no word of RFC 3858 or who has no SIP address. No
 * handler is called before the whole document was read.
 *
 * 0; EBADMSG: no such document; EMSGSIZE: over a bound (8 MiB, depth 16,
 * 400,000 nodes). */
int winfo_decode(const struct pl *body, const struct winfo_handlers *h);

#endif
