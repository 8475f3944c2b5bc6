/* SPDX-License-Identifier: GPL-3.0-or-later */
/* menu.c - the candidates for what is being typed, each with what it is. */
#include <stdio.h>
#include <string.h>
#include "screen_front.h"


enum {
	ROWS = 10, /* at most in sight */
	WHEEL = 3,
	HELP_COLS = 24, /* less room for them: none are shown */
};


void ui_menu_set(struct ui_front *f, size_t n, size_t at)
{
	if (!n || !f->menu.n)
		f->menu.first = 0;
	f->menu.n = n;
	f->menu.at = at;
	if (!n)
		f->menu.area = (struct ui_area){0};
	ui_dirty(f);
}


static void follow(struct ui_menu *m, size_t rows)
{
	if (m->at < m->n && m->at < m->first)
		m->first = m->at;
	if (m->at < m->n && m->at >= m->first + rows)
		m->first = m->at - rows + 1;
	if (m->first + rows > m->n)
		m->first = m->n - rows;
}


/* Candidate I as it is shown (mem_deref); its sentence as it is. */
static char *candidate(
	const struct ui_front *f, size_t i, struct edit_candidate *c)
{
	edit_candidate(f->edit, i, c);
	return utf8_show_dup(c->text, UTF8_NAME);
}


/* Columns of the widest candidate in sight. */
static int widest(const struct ui_front *f, int rows)
{
	struct edit_candidate c;
	int cols = 0, i;

	for (i = 0; i < rows; i++) {
		char *text = candidate(f, f->menu.first + (size_t)i, &c);
		struct pl pl = pl_str(text);
		int n = (int)utf8_cols(&pl);

		cols = n > cols ? n : cols;
		mem_deref(text);
	}
	return cols;
}


static void draw_row(struct ui_front *f, int row, int help, int end)
{
	const struct ui_area *a = &f->menu.area;
	size_t i = f->menu.first + (size_t)row;
	bool at = i == f->menu.at;
	struct edit_candidate c;
	char *text = candidate(f, i, &c), *clean;
	enum ui_style style = at ? UI_SELECTED : UI_QUESTION;

	screen_fill_row(f->screen, a, row, style);
	(void)screen_cut(f->screen, a, row, 1, help && c.help ? help - 2 : end,
		style, text);
	if (help && c.help) {
		clean = utf8_show_dup(c.help, UTF8_NAME);
		(void)screen_cut(f->screen, a, row, help, end, style, clean);
		mem_deref(clean);
	}
	mem_deref(text);
}


void ui_menu_draw(struct ui_front *f, const struct ui_area *a, int bottom)
{
	int rows = bottom - 1 < ROWS ? bottom - 1 : ROWS, help, end, row;
	char more[48] = "";

	f->menu.area = (struct ui_area){0};
	if (!f->menu.n || rows < 1)
		return;
	if ((size_t)rows > f->menu.n)
		rows = (int)f->menu.n;
	follow(&f->menu, (size_t)rows);
	f->menu.area =
		(struct ui_area){a->row + bottom - rows, a->col, rows, a->cols};
	help = widest(f, rows) + 3;
	if (help > a->cols / 2)
		help = a->cols / 2;
	if (a->cols - help < HELP_COLS)
		help = 0;
	if ((size_t)rows < f->menu.n)
		(void)snprintf(more, sizeof(more), "%zu-%zu/%zu",
			f->menu.first + 1, f->menu.first + (size_t)rows,
			f->menu.n);
	for (row = 0; row < rows; row++) {
		end = a->cols;
		if (row == rows - 1 && *more)
			end -= (int)strlen(more) + 2;
		draw_row(f, row, help, end > 1 ? end : a->cols);
		if (end > 1 && end < a->cols)
			(void)screen_str(f->screen, &f->menu.area, row, end + 1,
				UI_QUESTION, more);
	}
}


bool ui_menu_key(struct ui_front *f, const char *name)
{
	static const struct {
		const char *name;
		int step;
		bool round;
	} moves[] = {{"Up", -1, true}, {"Down", 1, true},
		{"PageUp", 1 - ROWS, false}, {"PageDown", ROWS - 1, false}};
	size_t i;

	if (!f->menu.n || !name)
		return false;
	for (i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		if (!strcmp(name, moves[i].name)) {
			edit_menu_move(f->edit, moves[i].step, moves[i].round);
			return true;
		}
	}
	if (!strcmp(name, "Escape")) {
		edit_menu_cancel(f->edit);
		return true;
	}
	/* With none chosen Enter means the line. */
	if (strcmp(name, "Enter") != 0 || f->menu.at >= f->menu.n)
		return false;
	edit_menu_take(f->edit, f->menu.at);
	return true;
}


bool ui_menu_mouse(struct ui_front *f, enum ui_mouse what, int row, int col)
{
	const struct ui_area *a = &f->menu.area;

	if (!f->menu.n || row < a->row || row >= a->row + a->rows ||
		col < a->col || col >= a->col + a->cols)
		return false;
	if (what == UI_MOUSE_UP || what == UI_MOUSE_DOWN)
		edit_menu_move(
			f->edit, what == UI_MOUSE_UP ? -WHEEL : WHEEL, false);
	else
		edit_menu_take(f->edit, f->menu.first + (size_t)(row - a->row));
	return true;
}
