/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rlmi.h - lists of presence: one notification about many resources (RFC 4662),
 * read bit by bit, so that thousands of them never hold up the loop. Pure: no
 * socket, no clock.
 *
 *	rlmi_reader_alloc(&r, &msg->content_type, &msg->body, lang, msg);
 *	each turn of the loop: while it is EAGAIN
 *		rlmi_reader_next(r, 50, &handlers);
 *
 * Of the work of 10,000 resources each call does what is about 50 of them.
 */
#ifndef SOTTO_RLMI_H
#define SOTTO_RLMI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pl.h"

#define RLMI_TYPE "application/rlmi+xml"

/* For an Accept header: what the reader takes. */
#define RLMI_ACCEPT "multipart/related, " RLMI_TYPE

enum {
	RLMI_BODY_MAX = 16 * 1024 * 1024, /* bytes */
	RLMI_PARTS_MAX = 20000, /* of a multipart */
	RLMI_DEPTH_MAX = 4, /* of lists within lists; the outermost is 1 */
	RLMI_INSTANCES_MAX = 100, /* of a resource */
	RLMI_NAME_MAX = 1024, /* bytes of a name; the rest is not told */
};

/* Everything told is borrowed: it lives during the call, content_type and body
 * as long as the reader. */
struct rlmi_list {
	const char *uri; /* as written, without white space around it */
	uint32_t version;
	bool full; /* what is not in it is not in the list */
	size_t depth; /* 0: the list that was subscribed to */
};

enum rlmi_state {
	RLMI_ACTIVE,
	RLMI_PENDING,
	RLMI_TERMINATED,
};

struct rlmi_instance {
	const char *id;
	enum rlmi_state state;
	const char *reason; /* NULL: none */
	struct pl content_type;
	struct pl body; /* unset: none was sent, or none can be read */
	bool list; /* the content is a list itself: it is told next */
};

struct rlmi_resource {
	const struct rlmi_list *list; /* that it is in */
	const char *uri; /* as written, without white space around it */
	const char *name; /* NULL: none */
	const struct rlmi_instance *instances;
	size_t n; /* 0: its state is not known yet */
};

struct rlmi_handlers {
	/* First, and before the resources of a list within. Versions count
	 * the notifications of one subscription; a gap is the caller's to
	 * see. False: nothing more shall be told. */
	bool (*list)(const struct rlmi_list *list, void *arg);
	void (*resource)(const struct rlmi_resource *resource, void *arg);
	/* The list was told to its end. NULL: nobody asks. */
	void (*end)(const struct rlmi_list *list, void *arg);
	void *arg;
};

/* A notification on its way. */
struct rlmi_reader;

/*
 * CONTENT_TYPE is multipart/related, or application/rlmi+xml where no state
 * comes with the list. Both texts live in OWNER, a block that a reference is
 * taken to (as a struct msg); NULL: they are copied. LANG ("cs", "en-GB"; NULL:
 * any; copied) is that of the names wanted.
 *
 * 0 and *RP (mem_deref); ENOTSUP: another media type; EBADMSG: an empty body,
 * no boundary; EMSGSIZE: over RLMI_BODY_MAX.
 */
int rlmi_reader_alloc(struct rlmi_reader **rp, const struct pl *content_type,
	const struct pl *body, const char *lang, void *owner);

/*
 * Reads on, and tells MAX resources at most, in order of the document; or
 * fewer, or none, where other work took the time of MAX. Elements are told by
 * namespace and name; what is not known is left out, and so are a resource
 * without uri and an instance whose state is no word of RFC 4662. A handler may
 * give the last reference back: then nothing more is told.
 *
 * EAGAIN: there is more, call again; 0: all was told, or nobody listens any
 * more. EBADMSG: not by the grammar, no list in it, or a list that contains
 * itself; EMSGSIZE: over a bound: those above, 1,000,000 elements and
 * attributes, 64 KiB of one tag or text, lists within lists that come to more
 * than RLMI_DEPTH_MAX times the body, or one state meant for so many resources
 * that they come to more than twice the body. What was told before an error
 * stands. It says the same again once it has ended.
 *
 * A Content-ID and the cid that means it may differ in <> around them, "cid:"
 * in front, %HH and, where no other fits better, in case; of two parts with
 * one Content-ID the first counts.
 */
int rlmi_reader_next(
	struct rlmi_reader *r, size_t max, const struct rlmi_handlers *h);

#endif
