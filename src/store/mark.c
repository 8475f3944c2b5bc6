/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mark.c - where in the texts that were found the words are, and the parts. */
#include <stdlib.h>
#include "mem.h"
#include "part.h"
#include "search.h"


/* Marks of one text; they may touch each other and lie in each other. */
struct marks {
	struct store_mark *all;
	size_t n, size;
};


static void add(struct marks *marks, size_t start, size_t end)
{
	if (marks->n == marks->size) {
		marks->size = marks->size ? 2 * marks->size : 4;
		marks->all = mem_reallocarray(
			marks->all, marks->size, sizeof(*marks->all));
	}
	marks->all[marks->n++] = (struct store_mark){start, end};
}


static int order(const void *a, const void *b)
{
	const struct store_mark *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}


/* Those that lie in each other become one; HIT takes them over. */
static void settle(struct marks *marks, struct store_hit *hit)
{
	size_t i, n = 0;

	if (marks->n)
		qsort(marks->all, marks->n, sizeof(*marks->all), order);
	for (i = 0; i < marks->n; i++) {
		struct store_mark m = marks->all[i];

		if (n && m.start < marks->all[n - 1].end) {
			if (m.end > marks->all[n - 1].end)
				marks->all[n - 1].end = m.end;
		} else {
			marks->all[n++] = m;
		}
	}
	hit->marks = marks->all;
	hit->n = n;
}


/* MARKED is the indexed form of TEXT with a \2 before and a \3 behind each
 * match; the \1 are in neither. */
static void read_marks(
	struct marks *marks, const char *text, const char *marked)
{
	size_t at = 0, start = 0;

	for (; *marked; marked++) {
		switch (*marked) {
		case 1:
			break;
		case 2:
			start = at;
			break;
		case 3:
			add(marks, start, at);
			break;
		default:
			at += text[at] != '\0';
			break;
		}
	}
}


static int add_text(struct db *db, size_t i, const char *text)
{
	sqlite3_stmt *stmt = db_stmt(db, DB_MARK_ADD,
		"INSERT INTO temp.mark(rowid,text) VALUES(?,?)");
	struct pl pl = pl_str(text);
	struct mbuf *mb;
	int err;

	if (!stmt)
		return db->err;
	mb = mbuf_alloc_size(pl.l + 1, 16 << 20);
	index_write(mb, &pl);
	(void)sqlite3_bind_int64(stmt, 1, (int64_t)i + 1);
	(void)sqlite3_bind_text(
		stmt, 2, (const char *)mb->buf, (int)mb->end, SQLITE_STATIC);
	err = db_run(db, stmt);
	(void)sqlite3_clear_bindings(stmt);
	mem_deref(mb);
	return err;
}


/* Writes what NODE's words are as one expression. */
static void write_words(struct mbuf *mb, const struct query_node *node)
{
	if (node->kind == QUERY_WORDS)
		(void)mbuf_printf(
			mb, "%s%s", mb->end ? " OR " : "", node->words);
	if (node->a)
		write_words(mb, node->a);
	if (node->b && node->kind != QUERY_NOT)
		write_words(mb, node->b);
}


static void mark_words(struct db *db, const struct hits *hits,
	struct marks *marks, const char *match)
{
	sqlite3_stmt *stmt;
	size_t i;

	(void)db_run(db, db_stmt(db, DB_MARK_CLEAR, "DELETE FROM temp.mark"));
	for (i = 0; i < hits->n && !db->err; i++)
		(void)add_text(db, i, hits->hits[i].message.text);
	stmt = db_stmt(db, DB_MARK,
		"SELECT rowid,highlight(mark,0,char(2),char(3)) "
		"FROM temp.mark WHERE mark MATCH ?");
	if (!stmt || db->err)
		return;
	db_bind_text(stmt, 1, match);
	while (db_next(db, stmt)) {
		i = (size_t)sqlite3_column_int64(stmt, 0) - 1;
		read_marks(&marks[i], hits->hits[i].message.text,
			(const char *)sqlite3_column_text(stmt, 1));
	}
}


static void mark_parts(struct marks *marks, const struct folded *f,
	const struct query_node *node)
{
	size_t i, at;

	for (i = 0; i < node->n; i++) {
		const struct query_letters *part = &node->parts[i];

		for (at = 0; part_find(f, part->letters, part->n, &at);
			at += part->n)
			add(marks, f->start[at], f->end[at + part->n - 1]);
	}
	if (node->a)
		mark_parts(marks, f, node->a);
	if (node->b && node->kind != QUERY_NOT)
		mark_parts(marks, f, node->b);
}


void mark_hits(struct db *db, struct hits *hits, const struct query_node *node)
{
	struct marks *marks = mem_zalloc(hits->n * sizeof(*marks), NULL);
	struct folded *f = part_folded_alloc();
	struct mbuf *mb = mbuf_alloc(1 << 20);
	char *match;
	size_t i;

	write_words(mb, node);
	match = mbuf_strdup(mb);
	if (*match && !mbuf_err(mb))
		mark_words(db, hits, marks, match);
	for (i = 0; i < hits->n; i++) {
		if (node->kind != QUERY_WORDS) {
			struct pl text = pl_str(hits->hits[i].message.text);

			part_fold(f, &text);
			mark_parts(&marks[i], f, node);
		}
		settle(&marks[i], &hits->hits[i]);
	}
	mem_deref(match);
	mem_deref(mb);
	mem_deref(f);
	mem_deref(marks);
}
