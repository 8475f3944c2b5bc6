/* SPDX-License-Identifier: GPL-3.0-or-later */
/* query_node.c - the tree of what is looked for, as few nodes as will do. */
#include <string.h>
#include "mem.h"
#include "query.h"


static void destructor(void *data)
{
	struct query_node *node = data;
	size_t i;

	for (i = 0; i < node->n; i++)
		mem_deref(node->parts[i].letters);
	mem_deref(node->parts);
	mem_deref(node->words);
	mem_deref(node->a);
	mem_deref(node->b);
}


static struct query_node *node_alloc(enum query_kind kind)
{
	struct query_node *node = mem_zalloc(sizeof(*node), destructor);

	node->kind = kind;
	return node;
}


struct query_node *query_words(char *words)
{
	struct query_node *node = node_alloc(QUERY_WORDS);

	node->words = words;
	return node;
}


struct query_node *query_part(const uint32_t *letters, size_t n)
{
	struct query_node *node = node_alloc(QUERY_PARTS);

	node->n = 1;
	node->parts = mem_zalloc(sizeof(*node->parts), NULL);
	node->parts->n = n;
	node->parts->letters = mem_reallocarray(NULL, n, sizeof(*letters));
	memcpy(node->parts->letters, letters, n * sizeof(*letters));
	return node;
}


/* FTS5 joins its own expressions faster than we do. */
static struct query_node *join_words(
	struct query_node *a, enum query_kind kind, struct query_node *b)
{
	static const char *const names[] = {
		[QUERY_AND] = "AND",
		[QUERY_OR] = "OR",
		[QUERY_NOT] = "NOT",
	};
	char *words = mem_printf("(%s %s %s)", a->words, names[kind], b->words);

	mem_deref(a);
	mem_deref(b);
	return query_words(words);
}


/* What has all groups of both is looked into once. */
static struct query_node *join_parts(struct query_node *a, struct query_node *b)
{
	a->parts = mem_reallocarray(a->parts, a->n + b->n, sizeof(*a->parts));
	memcpy(a->parts + a->n, b->parts, b->n * sizeof(*b->parts));
	a->n += b->n;
	b->n = 0; /* its letters are A's now */
	mem_deref(b);
	return a;
}


/* A row of ANDs is at most one expression of words, which is asked first, and
 * one of parts. */
static bool join_and(struct query_node *a, struct query_node *b)
{
	if (a->kind != QUERY_AND || mem_nrefs(a) > 1)
		return false;
	if (b->kind == QUERY_WORDS && a->a->kind == QUERY_WORDS)
		a->a = join_words(a->a, QUERY_AND, b);
	else if (b->kind == QUERY_PARTS && a->b->kind == QUERY_PARTS)
		a->b = join_parts(a->b, b);
	else
		return false;
	return true;
}


struct query_node *query_join(
	struct query_node *a, enum query_kind kind, struct query_node *b)
{
	struct query_node *node;

	if (!a || !b)
		return a ? a : b;
	if (kind == QUERY_AND && a->kind != QUERY_WORDS &&
		b->kind == QUERY_WORDS && a->kind != QUERY_AND) {
		node = a;
		a = b;
		b = node;
	}
	if (kind == QUERY_AND && join_and(a, b))
		return a;
	if (a->kind == QUERY_WORDS && b->kind == QUERY_WORDS)
		return join_words(a, kind, b);
	if (kind == QUERY_AND && a->kind == QUERY_PARTS &&
		b->kind == QUERY_PARTS)
		return join_parts(a, b);
	node = node_alloc(kind);
	node->a = a;
	node->b = b;
	return node;
}
