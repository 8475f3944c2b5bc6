/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_row.c - lines to read as rows: what panes of text have in common. */
#include <stdio.h>
#include <string.h>
#include "text_view.h"
#include "utf8.h"


enum {
	TAB = 8, /* columns from one stop to the next */
};


/* Copies the cleaned TEXT with blanks up to the next stop for each tab. */
static char *expand(const struct pl *text)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	size_t i, col = 0;
	char *s;

	for (i = 0; i < text->l; i++) {
		char c = text->p[i];

		if (c == '\t') {
			do
				(void)mbuf_write_u8(mb, ' ');
			while (++col % TAB);
			continue;
		}
		(void)mbuf_write_u8(mb, (uint8_t)c);
		if (c == '\n')
			col = 0;
		else if ((c & 0xc0) != 0x80)
			col++;
	}
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


char *text_clean(const struct pl *text)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	struct pl clean;
	char *s;

	(void)utf8_clean(mb, text, UTF8_BODY, !utf8_terminal());
	clean = mbuf_all(mb);
	s = memchr(clean.p ? clean.p : "", '\t', clean.l) ? expand(&clean)
							  : mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


size_t text_row_len(const struct pl *line, int cols)
{
	size_t n = utf8_fit(line, cols > 0 ? (size_t)cols : 1), i;
	uint32_t cp;

	if (n == line->l)
		return n;
	for (i = n; i > n / 2; i--) {
		if (line->p[i - 1] == ' ' || line->p[i - 1] == ';')
			return i;
	}
	return n ? n : utf8_decode(&cp, line->p, line->l);
}


/* Bytes of blanks at the start of TEXT. */
static size_t blanks(const struct pl *text)
{
	size_t n = 0;

	while (n < text->l && text->p[n] == ' ')
		n++;
	return n;
}


int text_row_hang(const struct pl *line, int cols)
{
	static const struct pl gap = PL("  ");
	size_t indent = blanks(line), at = indent;
	struct pl rest = *line, head;
	const char *p;

	pl_skip(&rest, indent);
	p = pl_find(&rest, &gap);
	if (p) {
		rest.l -= (size_t)(p - rest.p);
		rest.p = p;
		head = pl_make(line->p, (size_t)(p - line->p) + blanks(&rest));
		at = utf8_cols(&head);
	}
	if (at > (size_t)cols / 2)
		at = indent;
	return at > (size_t)cols / 2 ? 0 : (int)at;
}


int text_row_draw(struct screen *s, const struct ui_area *a, int row, int col,
	enum ui_style style, const struct pl *text, const char *hit)
{
	struct pl needle = pl_str(hit), part;
	size_t at = 0, start, end;
	int from = col;

	while (hit && utf8_find(text, at, &needle, true, &start, &end) &&
		end > at) {
		part = pl_make(text->p + at, start - at);
		col += screen_text(s, a, row, col, style, &part);
		part = pl_make(text->p + start, end - start);
		col += screen_text(s, a, row, col, UI_HIT, &part);
		at = end;
	}
	part = pl_make(text->p + at, text->l - at);
	return col + screen_text(s, a, row, col, style, &part) - from;
}


void text_bar_draw(struct screen *s, const struct ui_area *a, const char *say,
	bool more, size_t below)
{
	enum ui_style style = below ? UI_UNREAD : UI_NOTE;
	char mark[40];
	int row = a->rows - 1, end = a->cols, n;

	if (more) {
		n = below ? snprintf(mark, sizeof(mark), " %zu new", below)
			  : snprintf(mark, sizeof(mark), " more");
		end -= n + 2;
		if (end < 0)
			return;
		(void)screen_glyph(s, a, row, end, style, UI_GLYPH_BELOW);
		(void)screen_str(s, a, row, end + 1, style, mark);
	}
	if (say)
		(void)screen_cut(s, a, row, 0, end - more, UI_NOTE, say);
}
