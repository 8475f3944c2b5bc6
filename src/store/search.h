/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search.h - a search and what it found, between threads. */
#ifndef SOTTO_STORE_SEARCH_H
#define SOTTO_STORE_SEARCH_H

#include "db.h"
#include "query.h"

struct search_args {
	const char *text;
	const char *account;
	uint64_t before;
	size_t n;
};

struct hits {
	struct rows *rows; /* holds the texts */
	struct store_hit *hits;
	size_t n;
};

/* Carries out a search in the transaction of a reading connection. */
int search_run(
	struct db *db, const struct search_args *args, struct hits **hits);

/* ---- mark.c */

/* Tells where in each of HITS that is which NODE looks for. */
void mark_hits(struct db *db, struct hits *hits, const struct query_node *node);

#endif
