/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_move.c - the rows of all exchanges as one text: places in it, and
 * what moves the cursor. */
#include "trace_int.h"


size_t trace_pos_count(const struct trace_view *v, struct trace_exchange *x)
{
	size_t n;

	(void)trace_exchange_rows(x, v->cols, &n);
	return n;
}


bool trace_pos_forward(const struct trace_view *v, struct trace_pos *p)
{
	if (!p->x)
		return false;
	if (p->row + 1 < trace_pos_count(v, p->x)) {
		p->row++;
		return true;
	}
	if (!p->x->le.next)
		return false;
	*p = (struct trace_pos){p->x->le.next->data, 0};
	return true;
}


bool trace_pos_back(const struct trace_view *v, struct trace_pos *p)
{
	if (!p->x)
		return false;
	if (p->row) {
		p->row--;
		return true;
	}
	if (!p->x->le.prev)
		return false;
	p->x = p->x->le.prev->data;
	p->row = trace_pos_count(v, p->x) - 1;
	return true;
}


bool trace_pos_before(const struct trace_pos *a, const struct trace_pos *b)
{
	/* Nothing was drawn yet, or all of that is gone: before all. */
	if (!a->x || !b->x)
		return !a->x && b->x;
	return a->x == b->x ? a->row < b->row : a->x->n < b->x->n;
}


struct trace_pos trace_pos_first(const struct trace_view *v)
{
	return (struct trace_pos){list_data(v->list.exchanges.head), 0};
}


struct trace_pos trace_pos_last(const struct trace_view *v)
{
	struct trace_pos p = {list_data(v->list.exchanges.tail), 0};

	if (p.x)
		p.row = trace_pos_count(v, p.x) - 1;
	return p;
}


void trace_pos_settle(const struct trace_view *v, struct trace_pos *p)
{
	size_t n;

	if (!p->x)
		*p = trace_pos_first(v);
	n = p->x ? trace_pos_count(v, p->x) : 1;
	if (p->row >= n)
		p->row = n - 1;
}


/* The top where P is the last of N rows, or the first one there is. */
static struct trace_pos top_for(
	const struct trace_view *v, struct trace_pos p, int n)
{
	while (--n > 0 && trace_pos_back(v, &p))
		;
	return p;
}


void trace_pos_follow(struct trace_view *v, int n)
{
	struct trace_pos low;

	if (trace_pos_before(&v->at, &v->top))
		v->top = v->at;
	low = top_for(v, v->at, n);
	if (trace_pos_before(&v->top, &low))
		v->top = low;
	low = top_for(v, trace_pos_last(v), n);
	if (trace_pos_before(&low, &v->top))
		v->top = low;
}


bool trace_pos_at_end(const struct trace_view *v, int n)
{
	const struct trace_pos end = trace_pos_last(v),
			       low = top_for(v, end, n);

	return !end.x || !trace_pos_before(&v->top, &low);
}


static void step(struct trace_view *v, size_t n,
	bool (*way)(const struct trace_view *v, struct trace_pos *p))
{
	while (n-- && way(v, &v->at))
		;
}


/* Folds or unfolds what the cursor is in, which goes to its first row; as
 * much of it as there is room for comes into sight. */
static void fold(struct trace_view *v)
{
	struct trace_pos end = v->at, low;

	if (!v->at.x)
		return;
	trace_exchange_open(v->at.x, !v->at.x->open);
	if (v->top.x == v->at.x)
		v->top.row = 0;
	v->at.row = 0;
	end.row = trace_pos_count(v, end.x) - 1;
	low = top_for(v, end, v->rows);
	if (trace_pos_before(&v->top, &low))
		v->top = trace_pos_before(&low, &v->at) ? low : v->at;
}


bool trace_view_move(struct ui_view *base, enum ui_move move)
{
	struct trace_view *v = (struct trace_view *)base;
	size_t page = v->rows > 1 ? (size_t)v->rows - 1 : 1;
	struct trace_pos end;

	v->tail = false;
	switch (move) {
	case UI_MOVE_UP:
	case UI_MOVE_PAGE_UP:
		step(v, move == UI_MOVE_UP ? 1 : page, trace_pos_back);
		break;
	case UI_MOVE_DOWN:
	case UI_MOVE_PAGE_DOWN:
		step(v, move == UI_MOVE_DOWN ? 1 : page, trace_pos_forward);
		end = trace_pos_last(v);
		v->tail = v->at.x == end.x && v->at.row == end.row;
		break;
	case UI_MOVE_FIRST:
		v->at = trace_pos_first(v);
		break;
	case UI_MOVE_LAST:
		v->tail = true;
		break;
	case UI_MOVE_SELECT:
	case UI_MOVE_FOLD:
		fold(v);
		break;
	default:
		return false;
	}
	return true;
}


void trace_view_click(struct ui_view *base, int row, int col, bool twice)
{
	struct trace_view *v = (struct trace_view *)base;
	struct trace_pos p = v->top;

	(void)col;
	while (row-- > 0) {
		if (!trace_pos_forward(v, &p))
			return;
	}
	if (!p.x)
		return;
	v->tail = false;
	v->at = p;
	if (twice)
		fold(v);
}
