/* SPDX-License-Identifier: GPL-3.0-or-later */
/* textbuf_row.c - entries as rows, the one at the top, and moving it. */
#include <string.h>
#include "textbuf_int.h"


enum {
	TIME_COLS = 5,
	WITH_MARGIN = 40, /* columns from which on there is ... */
	WITH_TIME = 30,
	WITH_NAMES = 24,
};


void textbuf_make_layout(struct textbuf *tb)
{
	struct textbuf_layout *l = &tb->layout;
	int cols = tb->cols > 0 ? tb->cols : 1;
	int col = cols >= WITH_MARGIN, end = cols;
	int who = (int)tb->who_cols;

	*l = (struct textbuf_layout){-1, -1, 0, 0, 1, -1};
	if (cols >= WITH_TIME) {
		l->time = col;
		col += TIME_COLS + 2;
	}
	if (cols >= WITH_NAMES) {
		l->who = col;
		l->who_cols = who < cols / 4 ? who : cols / 4;
		l->mark = cols - 1 - (cols >= WITH_MARGIN);
		col += l->who_cols + (cols >= WITH_MARGIN ? 2 : 1);
		end = l->mark - 1;
	}
	l->text = col;
	l->text_cols = end - col > 0 ? end - col : 1;
}


void textbuf_size(struct textbuf *tb, int cols, int rows)
{
	if (cols == tb->cols && rows == tb->rows)
		return;
	tb->cols = cols;
	tb->rows = rows;
	tb->dirty = true;
	textbuf_make_layout(tb);
}


const struct textbuf_layout *textbuf_layout(const struct textbuf *tb)
{
	return &tb->layout;
}


/* ---- rows of an entry ---- */

bool textbuf_begins_day(const struct textbuf *tb, size_t index)
{
	return !index ||
		textbuf_at(tb, index)->day != textbuf_at(tb, index - 1)->day;
}


static struct pl part_text(
	const struct textbuf_entry *e, enum textbuf_part part)
{
	if (part == TEXTBUF_TEXT)
		return pl_make(e->text, e->len);
	return pl_str(part == TEXTBUF_NOTE ? e->note : e->who);
}


static bool has_part(const struct textbuf *tb, const struct textbuf_pos *pos)
{
	const struct textbuf_entry *e = textbuf_at(tb, pos->index);

	switch (pos->part) {
	case TEXTBUF_DAY:
		return !pos->off && textbuf_begins_day(tb, pos->index);
	case TEXTBUF_UNREAD:
		return !pos->off && e->id && e->id == tb->unread;
	case TEXTBUF_WHO:
		return !pos->off && tb->layout.who < 0 && e->who;
	case TEXTBUF_TEXT:
		return pos->off < e->len || !pos->off;
	case TEXTBUF_NOTE:
		return e->note && pos->off < strlen(e->note);
	case TEXTBUF_PARTS:
		break;
	}
	return false;
}


/* POS where it is or behind, at a part that there is. */
static bool settle(const struct textbuf *tb, struct textbuf_pos *pos)
{
	while (pos->index < tb->n && !has_part(tb, pos)) {
		pos->off = 0;
		if (pos->part < TEXTBUF_NOTE) {
			++pos->part;
			continue;
		}
		pos->part = TEXTBUF_DAY;
		++pos->index;
	}
	return pos->index < tb->n;
}


bool textbuf_row(const struct textbuf *tb, struct textbuf_pos *pos,
	struct textbuf_row *row)
{
	struct pl rest;
	size_t shown;

	if (!settle(tb, pos))
		return false;
	row->pos = *pos;
	row->entry = textbuf_at(tb, pos->index);
	rest = part_text(row->entry, pos->part);
	if (pos->part < TEXTBUF_TEXT || !rest.l) {
		row->text = pos->part == TEXTBUF_WHO ? rest : pl_make("", 0);
		row->next = rest.l;
		row->last = true;
	} else {
		size_t len = rest.l;

		pl_skip(&rest, pos->off);
		row->next = pos->off +
			textbuf_wrap(
				&rest, (size_t)tb->layout.text_cols, &shown);
		row->text = pl_make(rest.p, shown);
		row->last = row->next >= len;
	}
	pos->off = row->next;
	if (row->last) {
		pos->off = 0;
		++pos->part;
	}
	return true;
}


static bool same_entry_before(
	const struct textbuf_pos *a, const struct textbuf_pos *b)
{
	return a->part < b->part || (a->part == b->part && a->off < b->off);
}


/* Rows of its entry above POS. */
static size_t rows_above(
	const struct textbuf *tb, const struct textbuf_pos *pos)
{
	struct textbuf_pos p = {.index = pos->index};
	struct textbuf_row row;
	size_t n = 0;

	if (pos->index >= tb->n)
		return 0;
	while (textbuf_row(tb, &p, &row) && row.pos.index == pos->index &&
		same_entry_before(&row.pos, pos))
		n++;
	return n;
}


static struct textbuf_pos at_row(
	const struct textbuf *tb, size_t index, size_t k)
{
	struct textbuf_pos p = {.index = index};
	struct textbuf_row row;

	while (k-- && textbuf_row(tb, &p, &row))
		;
	(void)settle(tb, &p);
	return p;
}


static size_t rows_of(const struct textbuf *tb, size_t index)
{
	struct textbuf_pos end = {index, TEXTBUF_PARTS, 0};

	return rows_above(tb, &end);
}


/* POS N rows up, or as far as it goes: how far is returned. */
static size_t up(const struct textbuf *tb, struct textbuf_pos *pos, size_t n)
{
	size_t above = rows_above(tb, pos), gone = 0;

	while (gone + above < n && pos->index) {
		gone += above;
		--pos->index;
		above = rows_of(tb, pos->index);
	}
	if (gone + above <= n) {
		*pos = at_row(tb, pos->index, 0);
		return gone + above;
	}
	*pos = at_row(tb, pos->index, above - (n - gone));
	return n;
}


/* Rows from POS on, MAX at most. */
static size_t rows_below(
	const struct textbuf *tb, struct textbuf_pos pos, size_t max)
{
	struct textbuf_row row;
	size_t n = 0;

	while (n < max && textbuf_row(tb, &pos, &row))
		n++;
	return n;
}


/* ---- the anchor ---- */

/* TOP at the start of the row that it is in: widths have changed. */
static void realign(struct textbuf *tb)
{
	struct textbuf_pos p;
	struct textbuf_row row;

	if (!settle(tb, &tb->top) || !tb->top.off)
		return;
	p = (struct textbuf_pos){tb->top.index, tb->top.part, 0};
	while (textbuf_row(tb, &p, &row) && row.pos.index == tb->top.index &&
		row.pos.part == tb->top.part && row.next <= tb->top.off)
		;
	tb->top.off = row.pos.off;
}


void textbuf_lay(struct textbuf *tb)
{
	size_t rows = textbuf_rows(tb);

	if (!tb->dirty)
		return;
	tb->dirty = false;
	if (!tb->tail) {
		realign(tb);
		if (rows_below(tb, tb->top, rows) >= rows)
			return;
		/* There is room below: what is above comes down. */
	}
	tb->top = (struct textbuf_pos){.index = tb->n};
	(void)up(tb, &tb->top, rows);
}


struct textbuf_pos textbuf_top(struct textbuf *tb)
{
	textbuf_lay(tb);
	return tb->top;
}


bool textbuf_at_end(struct textbuf *tb)
{
	size_t rows = textbuf_rows(tb);

	if (tb->tail)
		return true;
	/* Each entry takes a row at least: so many need not be laid out. */
	if (tb->top.index + rows + 1 < tb->n)
		return false;
	textbuf_lay(tb);
	return rows_below(tb, tb->top, rows + 1) <= rows;
}


bool textbuf_move(struct textbuf *tb, long n)
{
	size_t rows = textbuf_rows(tb), below;
	struct textbuf_row row;
	size_t k;

	textbuf_lay(tb);
	if (n < 0) {
		/* What is all in sight has nowhere to go. */
		if (!up(tb, &tb->top, (size_t)-n))
			return false;
		tb->tail = false;
		tb->dirty = true;
		return true;
	}
	below = rows_below(tb, tb->top, rows + (size_t)n);
	if (below <= rows) {
		tb->tail = true;
		return false;
	}
	below -= rows;
	for (k = 0; k < (size_t)n && k < below; k++)
		(void)textbuf_row(tb, &tb->top, &row);
	tb->tail = rows_below(tb, tb->top, rows + 1) <= rows;
	tb->dirty = true;
	return true;
}


void textbuf_day_gone(struct textbuf *tb, size_t index)
{
	if (tb->tail || tb->top.index != index || tb->top.part != TEXTBUF_DAY ||
		textbuf_begins_day(tb, index))
		return;
	(void)settle(tb, &tb->top);
	(void)up(tb, &tb->top, 1);
}


void textbuf_first(struct textbuf *tb)
{
	tb->top = (struct textbuf_pos){0};
	tb->tail = false;
	tb->dirty = true;
}


void textbuf_last(struct textbuf *tb)
{
	tb->tail = true;
	tb->dirty = true;
}


void textbuf_goto(struct textbuf *tb, size_t index)
{
	textbuf_lay(tb);
	tb->top = (struct textbuf_pos){.index = index};
	(void)settle(tb, &tb->top);
	(void)up(tb, &tb->top, tb->rows > 3 ? (size_t)tb->rows / 3 : 0);
	tb->tail = false;
	tb->dirty = true;
}
