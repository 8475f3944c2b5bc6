/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_view.c - the trace as a pane: exchanges of SIP messages in order, one
 * line each, Enter unfolds what was said. It is made when it is opened and
 * gone when it is closed; what there is to show is kept by the commands. */
#include <stdio.h>
#include <string.h>
#include "date.h"
#include "screen_front.h"
#include "trace_int.h"


/* A row of an exchange. */
struct pos {
	struct trace_exchange *x; /* NULL: there is none at all */
	size_t row;
};

struct trace_view {
	struct ui_view view;
	struct cmd_tap *tap;
	struct trace_list list;
	struct pos top; /* first row in sight */
	struct pos at; /* the cursor */
	bool tail; /* stays at the end */
	size_t below; /* messages that came while it was out of sight */
	int rows, cols; /* drawn last */
	char *find; /* what is looked for; NULL: nothing */
	const char *say; /* of it */
};


static void destructor(void *data)
{
	struct trace_view *v = data;

	mem_deref(v->tap);
	trace_list_clear(&v->list);
	mem_deref(v->find);
}


/* ---- places ---- */

static size_t count(const struct trace_view *v, struct trace_exchange *x)
{
	size_t n;

	(void)trace_exchange_rows(x, v->cols, &n);
	return n;
}


static bool forward(const struct trace_view *v, struct pos *p)
{
	if (!p->x)
		return false;
	if (p->row + 1 < count(v, p->x)) {
		p->row++;
		return true;
	}
	if (!p->x->le.next)
		return false;
	*p = (struct pos){p->x->le.next->data, 0};
	return true;
}


static bool back(const struct trace_view *v, struct pos *p)
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
	p->row = count(v, p->x) - 1;
	return true;
}


static bool before(const struct pos *a, const struct pos *b)
{
	return a->x == b->x ? a->row < b->row : a->x->n < b->x->n;
}


static struct pos first(const struct trace_view *v)
{
	return (struct pos){list_data(v->list.exchanges.head), 0};
}


static struct pos last(const struct trace_view *v)
{
	struct pos p = {list_data(v->list.exchanges.tail), 0};

	if (p.x)
		p.row = count(v, p.x) - 1;
	return p;
}


/* P may be behind the rows that its exchange has in these columns. */
static void settle(const struct trace_view *v, struct pos *p)
{
	size_t n;

	if (!p->x)
		*p = first(v);
	n = p->x ? count(v, p->x) : 1;
	if (p->row >= n)
		p->row = n - 1;
}


/* The top where P is the last of N rows, or the first one there is. */
static struct pos top_for(const struct trace_view *v, struct pos p, int n)
{
	while (--n > 0 && back(v, &p))
		;
	return p;
}


/* Scrolls no more than it takes to have the cursor within N rows, and no row
 * empty that could be filled. */
static void follow(struct trace_view *v, int n)
{
	struct pos low;

	if (before(&v->at, &v->top))
		v->top = v->at;
	low = top_for(v, v->at, n);
	if (before(&v->top, &low))
		v->top = low;
	low = top_for(v, last(v), n);
	if (before(&low, &v->top))
		v->top = low;
}


/* True if the last row is within N rows from the top. */
static bool at_end(const struct trace_view *v, int n)
{
	const struct pos end = last(v), low = top_for(v, end, n);

	return !end.x || !before(&v->top, &low);
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
	const struct ui_area *a, int row, const struct pos *p, bool selected)
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
		v->at = last(v);
	settle(v, &v->at);
	settle(v, &v->top);
	if (!v->at.x)
		return rows;
	follow(v, rows);
	*more = !at_end(v, rows);
	if (*more && rows == a->rows && rows > 1) {
		follow(v, --rows);
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
	struct pos p = v->top;

	if (rows < a->rows)
		text_bar_draw(s, a, v->say, more, v->below);
	if (!p.x) {
		draw_empty(v, s, a);
		return;
	}
	do
		draw_row(v, s, a, row++, &p,
			focus && p.x == v->at.x && p.row == v->at.row);
	while (row < rows && forward(v, &p));
}


static void title(struct ui_view *base, char *text, size_t size)
{
	const struct trace_view *v = (const struct trace_view *)base;
	uint64_t oldest;
	bool on = cmd_trace_state(ui_cmd(v->view.front), &oldest);
	int n = snprintf(text, size, "trace %s: %zu messages, %zu exchanges",
		on ? "on" : "off", v->list.entries.count,
		v->list.exchanges.count);

	if (oldest > 1 && n > 0 && (size_t)n < size)
		(void)snprintf(text + n, size - (size_t)n,
			" (%llu older messages are gone)",
			(unsigned long long)oldest - 1);
}


/* ---- moving ---- */

static void step(struct trace_view *v, size_t n,
	bool (*way)(const struct trace_view *v, struct pos *p))
{
	while (n-- && way(v, &v->at))
		;
}


/* Folds or unfolds what the cursor is in, which goes to its first row; as
 * much of it as there is room for comes into sight. */
static void fold(struct trace_view *v)
{
	struct pos end = v->at, low;

	if (!v->at.x)
		return;
	trace_exchange_open(v->at.x, !v->at.x->open);
	if (v->top.x == v->at.x)
		v->top.row = 0;
	v->at.row = 0;
	end.row = count(v, end.x) - 1;
	low = top_for(v, end, v->rows);
	if (before(&v->top, &low))
		v->top = before(&low, &v->at) ? low : v->at;
}


static bool move(struct ui_view *base, enum ui_move move)
{
	struct trace_view *v = (struct trace_view *)base;
	size_t page = v->rows > 1 ? (size_t)v->rows - 1 : 1;
	struct pos end;

	v->tail = false;
	switch (move) {
	case UI_MOVE_UP:
	case UI_MOVE_PAGE_UP:
		step(v, move == UI_MOVE_UP ? 1 : page, back);
		break;
	case UI_MOVE_DOWN:
	case UI_MOVE_PAGE_DOWN:
		step(v, move == UI_MOVE_DOWN ? 1 : page, forward);
		end = last(v);
		v->tail = v->at.x == end.x && v->at.row == end.row;
		break;
	case UI_MOVE_FIRST:
		v->at = first(v);
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


static void click(struct ui_view *base, int row, int col, bool twice)
{
	struct trace_view *v = (struct trace_view *)base;
	struct pos p = v->top;

	(void)col;
	while (row-- > 0) {
		if (!forward(v, &p))
			return;
	}
	if (!p.x)
		return;
	v->tail = false;
	v->at = p;
	if (twice)
		fold(v);
}


/* ---- looking for words ---- */

/* What draw_row() puts there, as far as one would look for it. */
static bool holds(const struct trace_view *v, const struct pos *p)
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
static bool seek_rows(const struct trace_view *v, struct pos *p, bool up)
{
	size_t n = count(v, p->x);

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
	bool up, struct pos *p)
{
	*p = (struct pos){x, up ? count(v, x) - 1 : 0};
	if (seek_rows(v, p, up))
		return true;
	if (!trace_exchange_holds(x, v->find))
		return false;
	if (!x->open)
		trace_exchange_open(x, true);
	*p = (struct pos){x, up ? count(v, x) - 1 : 0};
	/* It may be on two rows, or a mark now. */
	if (!seek_rows(v, p, up))
		p->row = 0;
	return true;
}


/* To the next hit behind the cursor, over the end to the start. */
static void seek(struct trace_view *v, bool up)
{
	struct pos p = v->at;
	size_t left = v->list.exchanges.count;

	v->say = "it is nowhere";
	if (!p.x)
		return;
	if ((up ? p.row > 0 : p.row + 1 < count(v, p.x))) {
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


static void find(struct ui_view *base, const char *text)
{
	struct trace_view *v = (struct trace_view *)base;

	v->find = mem_deref(v->find);
	v->say = NULL;
	if (!text || !*text || !v->cols)
		return;
	v->find = utf8_show_dup(text, UTF8_NAME);
	settle(v, &v->at);
	if (v->at.x && holds(v, &v->at))
		v->say = "n goes to the next, N to the one before";
	else
		seek(v, false);
}


static void find_next(struct ui_view *base, int n)
{
	struct trace_view *v = (struct trace_view *)base;

	if (v->find)
		seek(v, n > 0);
}


/* ---- what comes ---- */

/* X goes: what stood on it stands on the next one. */
static void gone_h(const struct trace_exchange *x, void *arg)
{
	struct trace_view *v = arg;
	struct pos next = {list_data(x->le.next), 0};

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
	.title = title,
	.draw = draw,
	.move = move,
	.click = click,
	.find = find,
	.find_next = find_next,
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
