/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_view.c - the trace as a pane: exchanges of SIP messages in order, one
 * line each, Enter unfolds what was said. It is made when it is opened and
 * gone when it is closed; what there is to show is kept by the commands. */
#include <stdio.h>
#include <string.h>
#include "date.h"
#include "screen_front.h"
#include "trace_int.h"


static void destructor(void *data)
{
	struct trace_view *v = data;

	mem_deref(v->tap);
	trace_list_clear(&v->list);
	mem_deref(v->find);
}


/* ---- drawing ---- */

struct line {
	struct screen *s;
	const struct ui_area *a;
	int row, col;
	bool selected;
	const char *find;
};


/* What does not fit is cut off by the area. */
static void put(struct line *l, enum ui_style style, const char *text)
{
	struct pl pl = pl_str(text);

	if (l->col < l->a->cols)
		l->col += text_row_draw(l->s, l->a, l->row, l->col,
			l->selected ? UI_SELECTED : style, &pl, l->find);
}


static const char *arrow(void)
{
	return utf8_terminal() ? " → " : " -> ";
}


static void draw_summary(const struct trace_view *v, struct line *l,
	const struct trace_exchange *x)
{
	char clock[DATE_SIZE], outcome[TRACE_LINE];
	enum ui_style style;

	trace_exchange_outcome(
		x, tmrs_wall(ui_tmrs(v->view.front)), outcome, &style);
	date_clock_exact(clock, x->at);
	l->col += screen_glyph(l->s, l->a, l->row, l->col,
		l->selected ? UI_SELECTED : UI_GROUP,
		x->open ? UI_GLYPH_OPEN : UI_GLYPH_FOLDED);
	put(l, UI_TIME, " ");
	put(l, UI_TIME, clock);
	put(l, UI_NOTE, x->ours ? " out " : " in  ");
	put(l, x->ours ? UI_ME : UI_PEER, x->method);
	put(l, UI_NOTE, *outcome ? arrow() : "");
	put(l, style, outcome);
	put(l, UI_NOTE, "  ");
	put(l, UI_NOTE, x->peer);
	put(l, UI_NOTE, "  ");
	put(l, UI_NOTE, x->uri);
}


static void draw_path(struct line *l, const struct trace_entry *e)
{
	struct pl path = pl_str(e->sip->path);
	char *clean = text_clean(&path);
	char clock[DATE_SIZE], size[60];

	date_clock_exact(clock, e->sip->at);
	put(l, UI_TIME, clock);
	put(l, UI_NOTE, " ");
	put(l, UI_NOTE, clean);
	(void)snprintf(size, sizeof(size), ", %zu bytes", e->sip->text.l);
	put(l, UI_NOTE, size);
	put(l, UI_NOTE, e->again ? ", the same again" : "");
	mem_deref(clean);
}


static void draw_row(const struct trace_view *v, struct screen *s,
	const struct ui_area *a, int row, const struct trace_pos *p,
	bool selected)
{
	struct line l = {s, a, row, 0, selected, v->find};
	size_t n;
	const struct trace_row *r =
		&trace_exchange_rows(p->x, v->cols, &n)[p->row];

	if (selected)
		screen_fill_row(s, a, row, UI_SELECTED);
	if (!r->entry) {
		draw_summary(v, &l, p->x);
		return;
	}
	l.col = TRACE_INDENT;
	if (!r->text.p)
		draw_path(&l, r->entry);
	else if (l.col < a->cols)
		(void)text_row_draw(s, a, row, l.col,
			selected		      ? UI_SELECTED
				: !r->start	      ? UI_NORMAL
				: r->entry->sip->sent ? UI_ME
						      : UI_PEER,
			&r->text, v->find);
}


static void draw_empty(
	const struct trace_view *v, struct screen *s, const struct ui_area *a)
{
	static const char *const off[] = {"The trace is off.", "",
		"/trace on     keeps the SIP messages from then on, without",
		"              passwords and answers to challenges",
		"/trace show   shows them here"};
	uint64_t first_kept;
	int i;

	if (cmd_trace_state(ui_cmd(v->view.front), &first_kept)) {
		(void)screen_cut(s, a, 0, 0, a->cols, UI_NOTE,
			"No SIP message has come or gone yet.");
		return;
	}
	for (i = 0; i < (int)(sizeof(off) / sizeof(off[0])) && i < a->rows; i++)
		(void)screen_cut(s, a, i, 0, a->cols, UI_NOTE, off[i]);
}


/* Rows for exchanges, scrolled to where they shall be. */
static int arrange(struct trace_view *v, const struct ui_area *a, bool *more)
{
	int rows = a->rows - (v->find && a->rows > 1);

	v->cols = a->cols;
	v->rows = rows;
	*more = false;
	if (v->tail)
		v->at = trace_pos_last(v);
	trace_pos_settle(v, &v->at);
	trace_pos_settle(v, &v->top);
	if (!v->at.x)
		return rows;
	trace_pos_follow(v, rows);
	*more = !trace_pos_at_end(v, rows);
	if (*more && rows == a->rows && rows > 1) {
		trace_pos_follow(v, --rows);
		v->rows = rows;
	}
	if (!*more)
		v->below = 0;
	return rows;
}


static void draw(struct ui_view *base, struct screen *s,
	const struct ui_area *a, bool focus)
{
	struct trace_view *v = (struct trace_view *)base;
	bool more;
	int rows = arrange(v, a, &more), row = 0;
	struct trace_pos p = v->top;

	if (rows < a->rows)
		text_bar_draw(s, a, v->say, more, v->below);
	if (!p.x) {
		draw_empty(v, s, a);
		return;
	}
	do
		draw_row(v, s, a, row++, &p,
			focus && p.x == v->at.x && p.row == v->at.row);
	while (row < rows && trace_pos_forward(v, &p));
}


static void title(struct ui_view *base, char *text, size_t size)
{
	const struct trace_view *v = (const struct trace_view *)base;
	uint64_t oldest;
	bool on = cmd_trace_state(ui_cmd(v->view.front), &oldest);
	size_t n_messages = v->list.entries.count;
	size_t n_exchanges = v->list.exchanges.count;
	int n = snprintf(text, size, "trace %s: %zu message%s, %zu exchange%s",
		on ? "on" : "off", n_messages, n_messages == 1 ? "" : "s",
		n_exchanges, n_exchanges == 1 ? "" : "s");

	if (oldest > 1 && n > 0 && (size_t)n < size)
		(void)snprintf(text + n, size - (size_t)n, " (%llu older gone)",
			(unsigned long long)oldest - 1);
}


/* ---- what comes ---- */

/* X goes: what stood on it stands on the next one. */
static void gone_h(const struct trace_exchange *x, void *arg)
{
	struct trace_view *v = arg;
	struct trace_pos next = {list_data(x->le.next), 0};

	if (v->top.x == x)
		v->top = next;
	if (v->at.x == x)
		v->at = next;
}


static void sip_h(const struct cmd_sip *sip, void *arg)
{
	struct trace_view *v = arg;
	uint64_t oldest;

	(void)trace_list_add(&v->list, sip);
	(void)cmd_trace_state(ui_cmd(v->view.front), &oldest);
	trace_list_trim(&v->list, oldest, gone_h, v);
	if (!v->tail)
		v->below++;
	ui_dirty(v->view.front);
}


static const struct ui_view_ops ops = {
	.place = "text",
	.enter = "unfold",
	.title = title,
	.draw = draw,
	.move = trace_view_move,
	.click = trace_view_click,
	.find = trace_view_find,
	.find_next = trace_view_find_next,
};


void trace_view_alloc(struct ui_view **vp, struct ui_front *front)
{
	struct trace_view *v = mem_zalloc(sizeof(*v), destructor);

	v->view.ops = &ops;
	v->view.front = front;
	v->tail = true;
	cmd_trace_tap(&v->tap, ui_cmd(front), sip_h, v);
	*vp = &v->view;
}


void ui_trace_show(struct ui_front *f)
{
	struct ui_view *v;

	trace_view_alloc(&v, f);
	ui_overlay(f, v);
}
