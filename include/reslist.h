/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reslist.h - resource lists (RFC 4826 section 3): lists of people, read and
 * written, order and nesting kept. Pure: no socket, no clock.
 */
#ifndef SOTTO_RESLIST_H
#define SOTTO_RESLIST_H

#include "list.h"
#include "mbuf.h"
#include "pl.h"

enum reslist_kind {
	RESLIST_LIST,
	RESLIST_ENTRY,     /* a person */
	RESLIST_ENTRY_REF, /* to an entry in another document */
	RESLIST_EXTERNAL,  /* to a list in another document */
};

/* The document and what is in it; the root is a list without a name. */
struct reslist_node {
	struct le le; /* in the nodes of the list around it */
	enum reslist_kind kind;
	unsigned line;      /* of the document that it was read from, or 0 */
	char *name;         /* of a list; uri, ref or anchor of the others;
	                       NULL: none */
	char *display_name; /* NULL: none */
	struct list nodes;  /* of a list: struct reslist_node in order */
};

/* Elements are told by namespace and name; what is not known is left out
 * with all that is in it. White space around names is no part of them.
 *
 * 0 and *ROOTP (mem_deref); EBADMSG: not XML, or no resource lists;
 * EMSGSIZE: over a bound (16 MiB, depth 64, 1,500,000 nodes). */
int reslist_decode(struct reslist_node **rootp, const struct pl *text);

/* A new root (mem_deref: with all that is in it). */
struct reslist_node *reslist_alloc(void);

/* A node at the end of LIST, which owns it; NAME and DISPLAY_NAME are copied
 * and may be NULL. */
struct reslist_node *reslist_add(struct reslist_node *list,
	enum reslist_kind kind, const char *name, const char *display_name);

/* Writes the document. Characters that XML cannot hold become U+FFFD. Returns
 * mbuf errors. */
int reslist_encode(struct mbuf *mb, const struct reslist_node *root);

#endif
