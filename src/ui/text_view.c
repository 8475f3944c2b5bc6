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
	char *find; /* what is looked for; NULL: nothing */
	size_t hit; /* the line that has it */
	const char *say; /* of it */
	size_t top; /* line at the top */
	size_t skip; /* and how many of its rows are above */
	bool live; /* lines come while it is read */
	bool tail; /* stays at the end */
	int rows, cols; /* for lines, drawn last */
	int height; /* of all */
};


static void destructor(void *data)
{
	struct text_view *t = data;
	size_t i;

	mem_deref(t->owned);
	mem_deref(t->find);
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
	t->hit -= t->hit > 0;
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
	struct pl rest = pl_str(text), line;
	char *clean = text_clean(&rest);
	bool more;

	rest = pl_str(clean);
	do {
		more = pl_split(&rest, '\n', &line);
		add_line(t, style, &line);
	} while (more);
	mem_deref(clean);
	ui_dirty(t->view.front);
}


static size_t count_rows(const struct text_view *t, size_t i)
{
	struct pl rest = pl_str(line_at(t, i)->text);
	int hang = text_row_hang(&rest, t->cols);
	size_t n = 1;

	for (pl_skip(&rest, text_row_len(&rest, t->cols)); rest.l; n++)
		pl_skip(&rest, text_row_len(&rest, t->cols - hang));
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
	while (n && t->top < t->n) {
		size_t left = count_rows(t, t->top);

		left -= t->skip < left ? t->skip : left;
		if (n < left) {
			t->skip += n;
			return;
		}
		n -= left;
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


/* Rows for lines, with T scrolled to where it shall be; *MORE where the end
 * is out of sight. */
static int arrange(struct text_view *t, const struct ui_area *a, bool *more)
{
	t->height = a->rows;
	t->rows = a->rows - (t->find && a->rows > 1);
	if (t->cols != a->cols)
		t->skip = 0;
	t->cols = a->cols;
	if (t->tail)
		to_end(t);
	*more = !at_end(t);
	if (!*more)
		t->below = 0;
	else if (t->rows == a->rows && t->rows > 1)
		t->rows--;
	return t->rows;
}


static void draw(struct ui_view *v, struct screen *s, const struct ui_area *a,
	bool focus)
{
	struct text_view *t = (struct text_view *)v;
	bool more;
	int row = 0, rows = arrange(t, a, &more);
	size_t i, skip = t->skip;

	(void)focus;
	if (rows < a->rows)
		text_bar_draw(s, a, t->say, more, t->below);
	if (!t->n && t->empty)
		(void)screen_cut(s, a, 0, 0, a->cols, UI_NOTE, t->empty);
	for (i = t->top; i < t->n && row < rows; i++) {
		const struct line *line = line_at(t, i);
		struct pl rest = pl_str(line->text), part;
		int hang = text_row_hang(&rest, a->cols), col = 0;

		do {
			part = pl_make(
				rest.p, text_row_len(&rest, a->cols - col));
			pl_skip(&rest, part.l);
			if (skip)
				skip--;
			else
				(void)text_row_draw(s, a, row++, col,
					line->style, &part, t->find);
			col = hang;
		} while (rest.l && row < rows);
	}
}


static bool move(struct ui_view *v, enum ui_move move)
{
	struct text_view *t = (struct text_view *)v;
	size_t page = t->rows > 1 ? (size_t)t->rows - 1 : 1;

	t->tail = false;
	switch (move) {
	case UI_MOVE_UP:
		up(t, 1);
		break;
	case UI_MOVE_PAGE_UP:
		up(t, page);
		break;
	case UI_MOVE_DOWN:
	case UI_MOVE_SELECT:
	case UI_MOVE_PAGE_DOWN:
		down(t, move == UI_MOVE_PAGE_DOWN ? page : 1);
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


static bool holds(const struct text_view *t, size_t i)
{
	struct pl text = pl_str(line_at(t, i)->text), needle = pl_str(t->find);
	size_t start, end;

	return utf8_find(&text, 0, &needle, true, &start, &end);
}


/* True if all of line I is, beside what the search says. */
static bool in_sight(const struct text_view *t, size_t i)
{
	size_t at, rows = 0, max = t->height > 2 ? (size_t)t->height - 1 : 1;

	for (at = t->top; at <= i && rows <= max + t->skip; at++)
		rows += count_rows(t, at);
	return i >= t->top && at > i && rows <= max + t->skip;
}


/* To the next hit from line I on, STEP by step, over the end to the start. */
static void seek(struct text_view *t, size_t i, int step)
{
	size_t tries;

	t->say = "it is nowhere";
	for (tries = 0; tries < t->n; tries++) {
		i = (i + t->n) % t->n;
		if (holds(t, i))
			break;
		i += (size_t)step;
	}
	if (tries == t->n)
		return;
	t->say = "n goes to the next, N to the one before";
	t->tail = false;
	t->hit = i;
	if (!in_sight(t, i)) {
		t->top = i;
		t->skip = 0;
		up(t, t->height > 4 ? (size_t)t->height / 3 : 0);
	}
}


static void find(struct ui_view *v, const char *text)
{
	struct text_view *t = (struct text_view *)v;

	if (!t->find)
		t->hit = t->top;
	t->find = mem_deref(t->find);
	t->say = NULL;
	if (!text || !*text)
		return;
	t->find = utf8_show_dup(text, UTF8_NAME);
	seek(t, t->hit, 1);
}


static void find_next(struct ui_view *v, int n)
{
	struct text_view *t = (struct text_view *)v;

	if (t->find && t->n)
		seek(t, t->hit + (n > 0 ? t->n - 1 : 1), n > 0 ? -1 : 1);
}


static void title(struct ui_view *v, char *text, size_t size)
{
	const struct text_view *t = (const struct text_view *)v;

	if (t->dropped)
		(void)snprintf(text, size, "%s (%zu older gone)", t->title,
			t->dropped);
	else
		(void)snprintf(text, size, "%s", t->title);
}


static const struct ui_view_ops ops = {
	.place = "text",
	.title = title,
	.draw = draw,
	.move = move,
	.find = find,
	.find_next = find_next,
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
	const char *name, bool live)
{
	struct text_view *t = mem_zalloc(sizeof(*t), destructor);

	t->view.ops = &ops;
	t->view.front = front;
	t->title = utf8_show_dup(name, UTF8_NAME);
	t->live = t->tail = live;
	t->max = LINES_MAX;
	*vp = &t->view;
}
