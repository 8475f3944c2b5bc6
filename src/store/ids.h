/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ids.h - what a query finds, as a stream of ids, newest first. */
#ifndef SOTTO_STORE_IDS_H
#define SOTTO_STORE_IDS_H

#include "db.h"
#include "query.h"

struct ids;

struct ids_range {
	int64_t from, to; /* ids, both included */
};

/* NODE NULL: every message. NODE must outlive it; DB has a transaction. */
struct ids *ids_alloc(struct db *db, const struct query_node *node,
	const struct ids_range *range);

/* The first one at UPTO or below; UPTO may not grow from call to call. 0:
 * none, or db->err. */
int64_t ids_next(struct ids *s, int64_t upto);

#endif
