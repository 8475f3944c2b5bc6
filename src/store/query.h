/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * query.h - what a person asks for, taken apart: an expression for FTS5 in
 * which every word is quoted, and the filters beside it.
 */
#ifndef SOTTO_STORE_QUERY_H
#define SOTTO_STORE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pl.h"

enum {
	QUERY_FILTERS = 8, /* of a kind */
};

struct query {
	char *match; /* must match; NULL: anything does */
	char *except; /* must not; NULL: nothing */
	char *from[QUERY_FILTERS];
	char *in[QUERY_FILTERS];
	size_t nfrom, nin;
	int64_t after; /* wall ms; 0: any */
	int64_t before; /* wall ms; INT64_MAX: any */
};

/* Takes TEXT apart; PLAIN: as words and nothing else (mem_deref). */
struct query *query_alloc(const struct pl *text, bool plain);

#endif
