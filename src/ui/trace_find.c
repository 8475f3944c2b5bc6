/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_find.c - looking for words in the trace, folded or not. */
#include "mem.h"
#include "trace_int.h"
#include "utf8.h"


/* What draw_row() puts there, as far as one would look for it. */
static bool holds(const struct trace_view *v, const struct trace_pos *p)
{
	struct pl needle = pl_str(v->find), text;
	char outcome[TRACE_LINE], *all;
	enum ui_style style;
	size_t n, from, to;
	const struct trace_row *r =
		&trace_exchange_rows(p->x, v->cols, &n)[p->row];
	bool found;

	if (r->entry)
		return r->text.p &&
			utf8_find(&r->text, 0, &needle, true, &from, &to);
	trace_exchange_outcome(
		p->x, tmrs_wall(ui_tmrs(v->view.front)), outcome, &style);
	all = mem_printf(
		"%s %s %s %s", p->x->method, outcome, p->x->peer, p->x->uri);
	text = pl_str(all);
	found = utf8_find(&text, 0, &needle, true, &from, &to);
	mem_deref(all);
	return found;
}


/* A hit in the rows of P's exchange from P on. */
static bool seek_rows(const struct trace_view *v, struct trace_pos *p, bool up)
{
	size_t n = trace_pos_count(v, p->x);

	for (;;) {
		if (holds(v, p))
			return true;
		if (up ? !p->row : p->row + 1 >= n)
			return false;
		p->row += up ? (size_t)-1 : 1;
	}
}


/* A hit in X, which is unfolded if it is in a message. */
static bool seek_in(const struct trace_view *v, struct trace_exchange *x,
	bool up, struct trace_pos *p)
{
	*p = (struct trace_pos){x, up ? trace_pos_count(v, x) - 1 : 0};
	if (seek_rows(v, p, up))
		return true;
	if (!trace_exchange_holds(x, v->find))
		return false;
	if (!x->open)
		trace_exchange_open(x, true);
	*p = (struct trace_pos){x, up ? trace_pos_count(v, x) - 1 : 0};
	/* It may be on two rows, or a mark now. */
	if (!seek_rows(v, p, up))
		p->row = 0;
	return true;
}


/* To the next hit behind the cursor, over the end to the start. */
static void seek(struct trace_view *v, bool up)
{
	struct trace_pos p = v->at;
	size_t left = v->list.exchanges.count;

	v->say = "it is nowhere";
	if (!p.x)
		return;
	if ((up ? p.row > 0 : p.row + 1 < trace_pos_count(v, p.x))) {
		p.row += up ? (size_t)-1 : 1;
		if (seek_rows(v, &p, up))
			left = 0;
	}
	while (left) {
		const struct le *le = up ? p.x->le.prev : p.x->le.next;

		if (!le)
			le = up ? v->list.exchanges.tail
				: v->list.exchanges.head;
		if (seek_in(v, le->data, up, &p))
			break;
		p.x = le->data;
		if (!--left)
			return;
	}
	v->at = p;
	v->tail = false;
	v->say = "n goes to the next, N to the one before";
}


void trace_view_find(struct ui_view *base, const char *text)
{
	struct trace_view *v = (struct trace_view *)base;

	v->find = mem_deref(v->find);
	v->say = NULL;
	if (!text || !*text || !v->cols)
		return;
	v->find = utf8_show_dup(text, UTF8_NAME);
	trace_pos_settle(v, &v->at);
	if (v->at.x && holds(v, &v->at))
		v->say = "n goes to the next, N to the one before";
	else
		seek(v, false);
}


void trace_view_find_next(struct ui_view *base, int n)
{
	struct trace_view *v = (struct trace_view *)base;

	if (v->find)
		seek(v, n > 0);
}
