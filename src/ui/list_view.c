/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list_view.c - a list with groups: cursor, scrolling, drawing. */
#include <string.h>
#include "list_view.h"


enum {
	WHEEL = 3, /* rows of one click of the wheel */
};


static bool same(const struct list_item *a, const struct list_item *b)
{
	return a->data == b->data && a->head == b->head &&
		!strcmp(a->group ? a->group : "", b->group ? b->group : "");
}


void list_view_clear(struct list_view *l)
{
	while (l->n)
		mem_deref(l->items[--l->n].data);
	l->items = mem_deref(l->items);
}


void list_view_set(struct list_view *l, struct list_item *items, size_t n)
{
	const struct list_item *at = list_view_at(l);
	size_t i, found = n;

	for (i = 0; at && i < n && found == n; i++) {
		if (same(&items[i], at))
			found = i;
	}
	if (found < n)
		l->cursor = found;
	else if (l->cursor >= n)
		l->cursor = n ? n - 1 : 0;
	list_view_clear(l);
	l->items = items;
	l->n = n;
}


const struct list_item *list_view_at(const struct list_view *l)
{
	return l->cursor < l->n ? &l->items[l->cursor] : NULL;
}


/* Scrolls as far as needed, and never leaves rows empty that could be
 * filled. */
static void follow(struct list_view *l)
{
	size_t rows = l->rows > 0 ? (size_t)l->rows : 1;

	if (l->cursor < l->top)
		l->top = l->cursor;
	if (l->cursor >= l->top + rows)
		l->top = l->cursor - rows + 1;
	if (l->top + rows > l->n)
		l->top = l->n > rows ? l->n - rows : 0;
}


static void draw_row(struct list_view *l, struct screen *s,
	const struct ui_area *a, int row, size_t i, bool focus)
{
	const struct list_item *item = &l->items[i];
	struct list_cell c = {
		.style = UI_NORMAL,
		.mark_style = UI_NORMAL,
		.right_style = UI_NOTE,
	};
	bool selected = focus && i == l->cursor;
	struct pl right;
	int col, end;

	l->format(item, &c, l->arg);
	if (selected)
		screen_fill_row(s, a, row, UI_SELECTED);
	right = pl_str(c.right);
	end = a->cols - (int)utf8_cols(&right);
	if (right.l && end > 0)
		(void)screen_text(s, a, row, end,
			selected ? UI_SELECTED : c.right_style, &right);
	if (right.l)
		end--;
	col = item->head || !item->group ? 0 : 1;
	if (*c.mark)
		col += screen_str(s, a, row, col,
			selected ? UI_SELECTED : c.mark_style, c.mark);
	if (*c.mark)
		col++;
	if (col < end)
		col += screen_cut(s, a, row, col, end,
			selected ? UI_SELECTED : c.style, c.text);
	if (*c.note && col + 2 < end)
		(void)screen_cut(s, a, row, col + 1, end,
			selected ? UI_SELECTED : UI_NOTE, c.note);
}


void list_view_draw(struct list_view *l, struct screen *s,
	const struct ui_area *a, bool focus)
{
	int row;

	l->rows = a->rows;
	follow(l);
	for (row = 0; row < a->rows && l->top + (size_t)row < l->n; row++)
		draw_row(l, s, a, row, l->top + (size_t)row, focus);
}


/* The cursor goes along where it would be out of sight. */
static void scroll(struct list_view *l, bool up)
{
	size_t rows = l->rows > 0 ? (size_t)l->rows : 1;
	size_t end = l->n > rows ? l->n - rows : 0;

	if (up)
		l->top -= l->top < WHEEL ? l->top : WHEEL;
	else
		l->top = l->top + WHEEL < end ? l->top + WHEEL : end;
	if (l->cursor < l->top)
		l->cursor = l->top;
	if (l->cursor >= l->top + rows)
		l->cursor = l->top + rows - 1;
}


bool list_view_move(struct list_view *l, enum ui_move move)
{
	size_t page = l->rows > 1 ? (size_t)l->rows - 1 : 1;
	size_t last = l->n ? l->n - 1 : 0;

	switch (move) {
	case UI_MOVE_UP:
		l->cursor -= l->cursor > 0;
		break;
	case UI_MOVE_DOWN:
		l->cursor += l->cursor < last;
		break;
	case UI_MOVE_PAGE_UP:
		l->cursor -= l->cursor < page ? l->cursor : page;
		break;
	case UI_MOVE_PAGE_DOWN:
		l->cursor += last - l->cursor < page ? last - l->cursor : page;
		break;
	case UI_MOVE_FIRST:
		l->cursor = 0;
		break;
	case UI_MOVE_LAST:
		l->cursor = last;
		break;
	case UI_MOVE_WHEEL_UP:
	case UI_MOVE_WHEEL_DOWN:
		scroll(l, move == UI_MOVE_WHEEL_UP);
		break;
	default:
		return false;
	}
	return true;
}


bool list_view_click(struct list_view *l, int row)
{
	if (row < 0 || l->top + (size_t)row >= l->n)
		return false;
	l->cursor = l->top + (size_t)row;
	return true;
}
