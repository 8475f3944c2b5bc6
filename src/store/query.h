/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * query.h - what a person asks for, taken apart: expressions for FTS5 in
 * which every word is quoted, parts of words, and the filters beside them.
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

enum query_kind {
	QUERY_WORDS, /* an expression of the word index */
	QUERY_PARTS, /* all of these are in it, inside of words too */
	QUERY_AND,
	QUERY_OR,
	QUERY_NOT, /* A and not B */
};

/* Letters, as part.h folds them. */
struct query_letters {
	uint32_t *letters;
	size_t n;
};

struct query_node {
	enum query_kind kind;
	char *words;
	struct query_letters *parts;
	size_t n;
	struct query_node *a, *b;
};

struct query {
	struct query_node *match; /* must match; NULL: anything does */
	struct query_node *except; /* must not; NULL: nothing */
	char *from[QUERY_FILTERS];
	char *in[QUERY_FILTERS];
	size_t nfrom, nin;
	int64_t after; /* wall ms; 0: any */
	int64_t before; /* wall ms; INT64_MAX: any */
};

/* Takes TEXT apart; PLAIN: as words and nothing else; PARTS: where parts of
 * words can be found a word is one (mem_deref). */
struct query *query_alloc(const struct pl *text, bool plain, bool parts);

/* A node of WORDS, which it takes over. */
struct query_node *query_words(char *words);

/* A node of a copy of one part. */
struct query_node *query_part(const uint32_t *letters, size_t n);

/* A and B joined, as one node where one can do it; both are taken over, and
 * may be NULL: nothing to join. */
struct query_node *query_join(
	struct query_node *a, enum query_kind kind, struct query_node *b);

#endif
