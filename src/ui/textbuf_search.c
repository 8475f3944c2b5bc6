/* SPDX-License-Identifier: GPL-3.0-or-later */
/* textbuf_search.c - words looked for, and a row in pieces: hits and links. */
#include <string.h>
#include "textbuf_int.h"


void textbuf_search(
	struct textbuf *tb, const struct pl *words, size_t n, bool inside)
{
	size_t i;

	for (i = 0; i < tb->n_words; i++)
		mem_deref(tb->words[i]);
	tb->n_words = n < TEXTBUF_WORDS ? n : TEXTBUF_WORDS;
	for (i = 0; i < tb->n_words; i++)
		tb->words[i] = pl_strdup(&words[i]);
	tb->inside = inside;
	++tb->search;
}


/* The hit that begins first at or behind FROM; the longest of such. */
static bool next_hit(const struct textbuf *tb, const struct pl *text,
	size_t from, struct textbuf_span *hit)
{
	struct textbuf_span s;
	bool found = false;
	size_t i;

	for (i = 0; i < tb->n_words; i++) {
		struct pl word = pl_str(tb->words[i]);

		if (!utf8_find(text, from, &word, tb->inside, &s.start, &s.end))
			continue;
		if (found &&
			(s.start > hit->start ||
				(s.start == hit->start && s.end <= hit->end)))
			continue;
		*hit = s;
		found = true;
	}
	return found;
}


static void find_hits(struct textbuf *tb, struct textbuf_entry *e)
{
	struct textbuf_span found[TEXTBUF_SPANS];
	struct pl text = {e->text, e->len};
	size_t n = 0, from = 0;

	if (e->hits_of == tb->search)
		return;
	e->hits_of = tb->search;
	while (n < TEXTBUF_SPANS && next_hit(tb, &text, from, &found[n])) {
		from = found[n].end;
		n++;
	}
	e->hits = mem_deref(e->hits);
	e->n_hits = n;
	if (!n)
		return;
	e->hits = mem_reallocarray(NULL, n, sizeof(*found));
	memcpy(e->hits, found, n * sizeof(*found));
}


/* The span that holds byte AT, or -1; *END: where that changes next. */
static int span_at(
	const struct textbuf_span *spans, size_t n, size_t at, size_t *end)
{
	size_t i;

	for (i = 0; i < n && spans[i].end <= at; i++)
		;
	if (i == n)
		return -1;
	if (spans[i].start <= at) {
		if (spans[i].end < *end)
			*end = spans[i].end;
		return (int)i;
	}
	if (spans[i].start < *end)
		*end = spans[i].start;
	return -1;
}


bool textbuf_piece(struct textbuf *tb, const struct textbuf_row *row, size_t *i,
	struct pl *text, bool *hit, int *link)
{
	size_t at = row->pos.off + *i, end = row->pos.off + row->text.l;
	struct textbuf_entry *e;

	*hit = false;
	*link = -1;
	if (*i >= row->text.l)
		return false;
	if (row->pos.part == TEXTBUF_TEXT) {
		e = textbuf_at(tb, row->pos.index);
		find_hits(tb, e);
		*link = span_at(e->links, e->n_links, at, &end);
		*hit = span_at(e->hits, e->n_hits, at, &end) >= 0;
	}
	*text = pl_make(row->text.p + *i, end - at);
	*i = end - row->pos.off;
	return true;
}
