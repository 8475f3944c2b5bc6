/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.c - keys, pastes and clicks: bound commands first, then the line of
 * input. */
#include <string.h>
#include <sysexits.h>
#include "screen_front.h"


enum {
	WHEEL = 3, /* rows of one click of the wheel */
};


/* ---- who has the keys ---- */

struct ui_view *ui_keys_view(const struct ui_front *f)
{
	struct ui_tab *tab = ui_tab_shown(f);

	switch (f->focus) {
	case UI_FOCUS_BUDDIES:
		return f->buddies;
	case UI_FOCUS_OVERLAY:
		return f->overlay;
	case UI_FOCUS_CHAT:
		break;
	}
	return tab ? ui_tab_view(tab) : NULL;
}


struct ui_view *ui_find_view(const struct ui_front *f)
{
	struct ui_tab *tab = ui_tab_shown(f);

	if (f->overlay && f->overlay->ops->find && !f->above)
		return f->overlay;
	return tab ? ui_tab_view(tab) : NULL;
}


const char *ui_keys_place(const struct ui_front *f)
{
	const struct ui_view *v = ui_keys_view(f);

	if (f->mode == UI_MODE_FIND && f->focus != UI_FOCUS_BUDDIES &&
		!f->above)
		return f->browse ? "hits" : "find";
	if (v && v == f->search && f->browse)
		return "results";
	return v ? v->ops->place : "any";
}


static bool bound(struct ui_front *f, const char *key)
{
	const char *place = ui_keys_place(f);

	if (!list_isempty(&f->questions) &&
		cmd_key_command(f->cmd, "question", key) &&
		cmd_key(f->queue, "question", key))
		return true;
	return cmd_key(f->queue, place, key);
}


void ui_keys_leave(struct ui_front *f)
{
	f->focus = f->overlay ? UI_FOCUS_OVERLAY : UI_FOCUS_CHAT;
}


/* A list or a text that is read has no line of its own: what is typed there
 * begins one in the chat. */
static void to_line(struct ui_front *f, const struct pl *bytes)
{
	if (f->overlay && f->overlay != f->search &&
		(f->above || f->mode != UI_MODE_FIND))
		ui_overlay_back(f);
	if (f->focus == UI_FOCUS_BUDDIES)
		ui_keys_leave(f);
	f->browse = false;
	edit_feed(f->edit, bytes);
}


static void key_h(const char *name, const struct pl *bytes, void *arg)
{
	struct ui_front *f = arg;

	if (f->stopped)
		return;
	core_key(f->config.core);
	ui_hurry(f);
	if (edit_question(f->edit)) {
		edit_feed(f->edit, bytes);
		return;
	}
	if (f->notice && name) {
		tmr_cancel(&f->notice_tmr);
		f->notice = mem_deref(f->notice);
	}
	if (ui_menu_key(f, name))
		return;
	if (name && bound(f, name))
		return;
	to_line(f, bytes);
}


static void paste_h(const struct pl *text, void *arg)
{
	struct ui_front *f = arg;

	if (f->stopped)
		return;
	core_key(f->config.core);
	f->browse = false;
	edit_paste(f->edit, text);
	ui_hurry(f);
}


/* ---- the mouse ---- */

static bool inside(const struct ui_area *a, int row, int col)
{
	return row >= a->row && row < a->row + a->rows && col >= a->col &&
		col < a->col + a->cols;
}


static void wheel(struct ui_view *v, enum ui_mouse what)
{
	int i;

	for (i = 0; v && v->ops->move && i < WHEEL; i++)
		(void)v->ops->move(
			v, what == UI_MOUSE_UP ? UI_MOVE_UP : UI_MOVE_DOWN);
}


static void on_view(struct ui_view *v, const struct ui_area *a,
	enum ui_mouse what, int row, int col)
{
	if (what == UI_MOUSE_UP || what == UI_MOUSE_DOWN)
		wheel(v, what);
	else if (v->ops->click)
		v->ops->click(
			v, row - a->row, col - a->col, what == UI_MOUSE_DOUBLE);
}


static void on_pane(
	struct ui_front *f, size_t i, enum ui_mouse what, int row, int col)
{
	struct ui_tab *tab = f->panes[i];

	if (i != f->pane) {
		ui_prompt_end_find(f);
		ui_prompt_save(f);
		f->pane = i;
		ui_prompt_load(f);
	}
	f->focus = UI_FOCUS_CHAT;
	if (tab)
		on_view(ui_tab_view(tab), &f->pane_areas[i], what, row, col);
}


static void on_tabs(struct ui_front *f, int col)
{
	const struct ui_tab *tab = ui_tab_at(f, col);

	if (tab)
		ui_tab_go(f, tab);
}


static void mouse_h(enum ui_mouse what, int row, int col, void *arg)
{
	struct ui_front *f = arg;
	size_t i;

	if (f->stopped)
		return;
	core_key(f->config.core);
	ui_hurry(f);
	if (ui_menu_mouse(f, what, row, col))
		return;
	if (inside(&f->buddy_area, row, col)) {
		f->focus = UI_FOCUS_BUDDIES;
		on_view(f->buddies, &f->buddy_area, what, row, col);
		return;
	}
	if (f->overlay && inside(&f->body_area, row, col)) {
		f->focus = UI_FOCUS_OVERLAY;
		f->browse = f->overlay == f->search;
		on_view(f->overlay, &f->body_area, what, row, col);
		return;
	}
	if (inside(&f->tab_area, row, col)) {
		on_tabs(f, col - f->tab_area.col);
		return;
	}
	for (i = 0; i < f->n_panes; i++) {
		if (inside(&f->pane_areas[i], row, col)) {
			on_pane(f, i, what, row, col);
			return;
		}
	}
}


static void focus_h(bool in, void *arg)
{
	struct ui_front *f = arg;

	f->unfocused = !in;
	core_focus(f->config.core, in);
	ui_dirty(f);
}


static void end_h(void *arg)
{
	struct ui_front *f = arg;

	if (!f->stopped)
		f->config.quit(EX_OK, f->config.arg);
}


int ui_keys_alloc(struct ui_front *f)
{
	const struct input_handlers h = {
		.key = key_h,
		.paste = paste_h,
		.mouse = mouse_h,
		.focus = focus_h,
		.end = end_h,
		.arg = f,
	};

	return input_alloc(&f->input, f->config.loop, &h);
}
