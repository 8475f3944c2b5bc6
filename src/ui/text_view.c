/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_view.c - lines of text to read: what a command printed, the log, the
 * trace, help. */
#include <stdio.h>
#include <string.h>
#include "text_view.h"
#include "utf8.h"


enum {
	LINES_MAX = 100000, /* the oldest go */
};

struct line {
	char *text; /* clean, one line */
	enum ui_style style;
};

struct text_view {
	struct ui_view view;
	char *title;
	void *owned; /* what fills it */
	const char *empty; /* said where there is no line; NULL: nothing */
	struct line *lines; /* a ring */
	size_t first, n, size;
	size_t max; /* of N */
	size_t dropped; /* lines that went */
	size_t below; /* lines that came while the end was out of sight */
	size_t top; /* line at the top */
	size_t skip; /* and how many of its rows are above */
	bool live; /* lines come while it is read */
	bool tail; /* stays at the end */
	int rows, cols; /* drawn last */
};


static void destructor(void *data)
{
	struct text_view *t = data;
	size_t i;

	mem_deref(t->owned);
	for (i = 0; i < t->n; i++)
		mem_deref(t->lines[(t->first + i) % t->size].text);
	mem_deref(t->lines);
	mem_deref(t->title);
}


static struct line *line_at(const struct text_view *t, size_t i)
{
	return &t->lines[(t->first + i) % t->size];
}


static void grow(struct text_view *t)
{
	size_t i, size = t->size ? t->size * 2 : 64;
	struct line *lines = mem_reallocarray(NULL, size, sizeof(*lines));

	for (i = 0; i < t->n; i++)
		lines[i] = *line_at(t, i);
	mem_deref(t->lines);
	t->lines = lines;
	t->size = size;
	t->first = 0;
}


static void drop_oldest(struct text_view *t)
{
	mem_deref(line_at(t, 0)->text);
	t->first = (t->first + 1) % t->size;
	--t->n;
	++t->dropped;
	if (t->top)
		--t->top;
	else
		t->skip = 0;
}


static void add_line(
	struct text_view *t, enum ui_style style, const struct pl *text)
{
	struct line *line;

	if (t->n == t->max)
		drop_oldest(t);
	if (t->n == t->size)
		grow(t);
	line = &t->lines[(t->first + t->n++) % t->size];
	line->text = pl_strdup(text);
	line->style = style;
	if (t->live && !t->tail)
		++t->below;
}


void text_view_add(struct ui_view *v, enum ui_style style, const char *text)
{
	struct text_view *t = (struct text_view *)v;
	char *clean = utf8_show_dup(text, UTF8_BODY);
	struct pl rest = pl_str(clean), line;
	bool more;

	do {
		more = pl_split(&rest, '\n', &line);
		add_line(t, style, &line);
	} while (more);
	mem_deref(clean);
	ui_dirty(t->view.front);
}


/* Bytes of LINE's next row; at least one character, so that it ends. */
static size_t row_len(const struct pl *line, int cols)
{
	size_t n = utf8_fit(line, cols > 0 ? (size_t)cols : 1), i;
	uint32_t cp;

	if (n == line->l)
		return n;
	for (i = n; i > n / 2; i--) {
		if (line->p[i - 1] == ' ')
			return i;
	}
	return n ? n : utf8_decode(&cp, line->p, line->l);
}


static size_t count_rows(const struct text_view *t, size_t i)
{
	struct pl rest = pl_str(line_at(t, i)->text);
	size_t n = 1;

	for (pl_skip(&rest, row_len(&rest, t->cols)); rest.l; n++)
		pl_skip(&rest, row_len(&rest, t->cols));
	return n;
}


/* Moves the top up by N rows. */
static void up(struct text_view *t, size_t n)
{
	while (n) {
		size_t step = t->skip < n ? t->skip : n;

		t->skip -= step;
		n -= step;
		if (!n || !t->top)
			break;
		t->skip = count_rows(t, --t->top);
	}
}


static void down(struct text_view *t, size_t n)
{
	for (; n && t->top < t->n; n--) {
		if (++t->skip < count_rows(t, t->top))
			continue;
		t->skip = 0;
		++t->top;
	}
}


/* The end on the last row. */
static void to_end(struct text_view *t)
{
	t->top = t->n;
	t->skip = 0;
	up(t, t->rows > 0 ? (size_t)t->rows : 1);
}


/* True if the end is in sight. */
static bool at_end(const struct text_view *t)
{
	size_t i, rows = 0;

	for (i = t->top; i < t->n && rows <= (size_t)t->rows + t->skip; i++)
		rows += count_rows(t, i);
	return i == t->n && rows <= (size_t)t->rows + t->skip;
}


/* The last row, where the end is out of sight. */
static void draw_below(
	const struct text_view *t, struct screen *s, const struct ui_area *a)
{
	enum ui_style style = t->below ? UI_UNREAD : UI_NOTE;
	char mark[40];
	int n = t->below ? snprintf(mark, sizeof(mark), " %zu new", t->below)
			 : snprintf(mark, sizeof(mark), " more");
	int col = a->cols - n - 2;

	if (col < 0)
		return;
	(void)screen_glyph(s, a, a->rows - 1, col, style, UI_GLYPH_BELOW);
	(void)screen_str(s, a, a->rows - 1, col + 1, style, mark);
}


static void draw(struct ui_view *v, struct screen *s, const struct ui_area *a,
	bool focus)
{
	struct text_view *t = (struct text_view *)v;
	size_t i, skip;
	int row = 0, rows = a->rows;

	(void)focus;
	t->rows = a->rows;
	if (t->cols != a->cols)
		t->skip = 0;
	t->cols = a->cols;
	if (t->tail || at_end(t)) {
		if (t->tail)
			to_end(t);
		t->below = 0;
	} else if (rows > 1) {
		draw_below(t, s, a);
		rows--;
	}
	if (!t->n && t->empty)
		(void)screen_cut(s, a, 0, 0, a->cols, UI_NOTE, t->empty);
	skip = t->skip;
	for (i = t->top; i < t->n && row < rows; i++) {
		const struct line *line = line_at(t, i);
		struct pl rest = pl_str(line->text), part;

		do {
			part = pl_make(rest.p, row_len(&rest, a->cols));
			pl_skip(&rest, part.l);
			if (skip)
				skip--;
			else
				(void)screen_text(
					s, a, row++, 0, line->style, &part);
		} while (rest.l && row < rows);
	}
}


static bool move(struct ui_view *v, enum ui_move move)
{
	struct text_view *t = (struct text_view *)v;
	size_t page = t->rows > 2 ? (size_t)t->rows - 2 : 1;

	t->tail = false;
	switch (move) {
	case UI_MOVE_UP:
		up(t, 1);
		break;
	case UI_MOVE_PAGE_UP:
		up(t, page);
		break;
	case UI_MOVE_DOWN:
	case UI_MOVE_PAGE_DOWN:
		down(t, move == UI_MOVE_DOWN ? 1 : page);
		if (at_end(t))
			t->tail = true;
		break;
	case UI_MOVE_FIRST:
		t->top = t->skip = 0;
		break;
	case UI_MOVE_LAST:
		t->tail = true;
		break;
	default:
		return false;
	}
	return true;
}


static void title(struct ui_view *v, char *text, size_t size)
{
	const struct text_view *t = (const struct text_view *)v;

	if (t->dropped)
		(void)snprintf(text, size, "%s (%zu older lines are gone)",
			t->title, t->dropped);
	else
		(void)snprintf(text, size, "%s", t->title);
}


static const struct ui_view_ops ops = {
	.place = "text",
	.title = title,
	.draw = draw,
	.move = move,
};


void text_view_limit(struct ui_view *v, size_t n)
{
	((struct text_view *)v)->max = n;
}


void text_view_empty(struct ui_view *v, const char *text)
{
	((struct text_view *)v)->empty = text;
}


void text_view_own(struct ui_view *v, void *owned)
{
	((struct text_view *)v)->owned = owned;
}


void text_view_alloc(struct ui_view **vp, struct ui_front *front,
	const char *name, bool tail)
{
	struct text_view *t = mem_zalloc(sizeof(*t), destructor);

	t->view.ops = &ops;
	t->view.front = front;
	t->title = utf8_show_dup(name, UTF8_NAME);
	t->live = t->tail = tail;
	t->max = LINES_MAX;
	*vp = &t->view;
}
