/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mouse.c - clicks and the wheel: what was drawn where they are. */
#include <string.h>
#include "screen_front.h"


enum {
	WHEEL = 3, /* rows of one click of the wheel */
};


static bool inside(const struct ui_area *a, int row, int col)
{
	return row >= a->row && row < a->row + a->rows && col >= a->col &&
		col < a->col + a->cols;
}


static bool is_wheel(enum ui_mouse what)
{
	return what == UI_MOUSE_UP || what == UI_MOUSE_DOWN;
}


/* A list scrolls under its cursor, and all else by rows. */
static void wheel(struct ui_view *v, enum ui_mouse what)
{
	bool up = what == UI_MOUSE_UP;
	int i;

	if (!v->ops->move ||
		v->ops->move(v, up ? UI_MOVE_WHEEL_UP : UI_MOVE_WHEEL_DOWN))
		return;
	for (i = 0; i < WHEEL; i++)
		(void)v->ops->move(v, up ? UI_MOVE_UP : UI_MOVE_DOWN);
}


static void click(struct ui_view *v, const struct ui_area *a,
	enum ui_mouse what, int row, int col)
{
	if (v->ops->click)
		v->ops->click(
			v, row - a->row, col - a->col, what == UI_MOUSE_DOUBLE);
}


/* The wheel leaves the keys where they are. */
static void on_buddies(struct ui_front *f, enum ui_mouse what, int row, int col)
{
	if (is_wheel(what)) {
		wheel(f->buddies, what);
		return;
	}
	f->focus = UI_FOCUS_BUDDIES;
	click(f->buddies, &f->buddy_area, what, row, col);
}


static void on_overlay(struct ui_front *f, enum ui_mouse what, int row, int col)
{
	if (is_wheel(what)) {
		wheel(f->overlay, what);
		return;
	}
	f->focus = UI_FOCUS_OVERLAY;
	f->browse = f->overlay == f->search;
	click(f->overlay, &f->body_area, what, row, col);
}


static void on_pane(
	struct ui_front *f, size_t i, enum ui_mouse what, int row, int col)
{
	struct ui_tab *tab = f->panes[i];

	if (is_wheel(what)) {
		if (tab)
			wheel(ui_tab_view(tab), what);
		return;
	}
	/* What is said goes there from now on. */
	if (tab && i != f->pane)
		ui_tab_go(f, tab);
	f->focus = UI_FOCUS_CHAT;
	if (tab)
		click(ui_tab_view(tab), &f->pane_areas[i], what, row, col);
}


static void on_tabs(struct ui_front *f, enum ui_mouse what, int col)
{
	const struct ui_tab *tab;

	if (is_wheel(what)) {
		if (f->tabs.head)
			ui_command(f,
				what == UI_MOUSE_UP ? "chat previous"
						    : "chat next");
		return;
	}
	tab = ui_tab_at(f, col);
	if (tab)
		ui_tab_go(f, tab);
}


static void act(struct ui_front *f, enum ui_mouse what, int row, int col)
{
	size_t i;

	if (ui_menu_mouse(f, what, row, col) ||
		(!is_wheel(what) && ui_asked_click(f, row, col)) ||
		(!is_wheel(what) &&
			ui_question_click(
				f, row, col, what == UI_MOUSE_DOUBLE)))
		return;
	if (inside(&f->buddy_area, row, col)) {
		on_buddies(f, what, row, col);
		return;
	}
	if (f->overlay && inside(&f->body_area, row, col)) {
		on_overlay(f, what, row, col);
		return;
	}
	if (inside(&f->tab_area, row, col)) {
		on_tabs(f, what, col - f->tab_area.col);
		return;
	}
	for (i = 0; i < f->n_panes; i++) {
		if (inside(&f->pane_areas[i], row, col)) {
			on_pane(f, i, what, row, col);
			return;
		}
	}
}


void ui_mouse_h(enum ui_mouse what, int row, int col, void *arg)
{
	struct ui_front *f = arg;

	/* One that was on its way while the option was taken back. */
	if (f->stopped || !core_option_bool(f->config.core, "mouse"))
		return;
	f->keys++;
	core_key(f->config.core);
	ui_hurry(f);
	act(f, what, row, col);
}
