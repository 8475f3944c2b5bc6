/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.c - keys, pastes and clicks: bound commands first, then the line of
 * input; and what the commands of panes do. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include "screen_front.h"


enum {
	WHEEL = 3, /* rows of one click of the wheel */
};


/* ---- who has the keys ---- */

static struct ui_view *focused(const struct ui_front *f)
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

	if (f->overlay && f->overlay->ops->find)
		return f->overlay;
	return tab ? ui_tab_view(tab) : NULL;
}


const char *ui_keys_place(const struct ui_front *f)
{
	const struct ui_view *v = focused(f);

	if (f->mode == UI_MODE_FIND)
		return "search";
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


/* To what stands beside the list. */
static void leave_buddies(struct ui_front *f)
{
	f->focus = f->overlay ? UI_FOCUS_OVERLAY : UI_FOCUS_CHAT;
}


/* A list or a text that is read has no line of its own: what is typed there
 * begins one in the chat. */
static void to_line(struct ui_front *f, const struct pl *bytes)
{
	if (f->focus == UI_FOCUS_BUDDIES)
		leave_buddies(f);
	if (f->overlay && f->overlay != f->search && f->mode != UI_MODE_FIND)
		ui_overlay_close(f);
	edit_feed(f->edit, bytes);
}


static void key_h(const char *name, const struct pl *bytes, void *arg)
{
	struct ui_front *f = arg;

	if (f->stopped)
		return;
	core_key(f->config.core);
	ui_dirty(f);
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
	edit_paste(f->edit, text);
	ui_dirty(f);
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
	ui_dirty(f);
	if (ui_menu_mouse(f, what, row, col))
		return;
	if (inside(&f->buddy_area, row, col)) {
		f->focus = UI_FOCUS_BUDDIES;
		on_view(f->buddies, &f->buddy_area, what, row, col);
		return;
	}
	if (f->overlay && inside(&f->body_area, row, col)) {
		f->focus = UI_FOCUS_OVERLAY;
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


/* ---- commands of panes ---- */

static int fail(int status, char **why, const char *text)
{
	*why = mem_strdup(text);
	return status;
}


static int split(struct ui_front *f, char **why)
{
	struct le *le;
	struct ui_tab *other = NULL;
	size_t i;

	if (f->n_panes > 1) {
		ui_prompt_save(f);
		/* Back to one: the pane with the keys stays. */
		f->panes[0] = f->panes[f->pane];
		f->pane = 0;
		f->n_panes = 1;
		ui_prompt_load(f);
		return 0;
	}
	for (le = f->tabs.head; le && !other; le = le->next) {
		other = le->data;
		for (i = 0; i < f->n_panes; i++) {
			if (f->panes[i] == other)
				other = NULL;
		}
	}
	if (!f->n_panes || !other)
		return fail(EX_DATAERR, why, "there is no other chat");
	f->panes[f->n_panes++] = other;
	return 0;
}


static int focus_next(struct ui_front *f, char **why)
{
	if (f->n_panes < 2)
		return fail(EX_DATAERR, why, "there is one pane");
	ui_prompt_save(f);
	f->pane = (f->pane + 1) % f->n_panes;
	f->focus = UI_FOCUS_CHAT;
	ui_prompt_load(f);
	if (ui_tab_shown(f))
		ui_tab_go(f, ui_tab_shown(f));
	return 0;
}


static int tab_number(struct ui_front *f, const char *word, char **why)
{
	long n = strtol(word, NULL, 10);
	struct le *le = f->tabs.head;

	while (le && --n > 0)
		le = le->next;
	if (!le || n)
		return fail(EX_DATAERR, why, "there is no such tab");
	ui_tab_go(f, le->data);
	return 0;
}


static int why_failed(struct ui_front *f, char **why)
{
	struct ui_tab *tab = ui_tab_shown(f);
	uint64_t id = 0;
	char *cause = tab ? conv_view_why(ui_tab_view(tab), &id) : NULL;
	char *text;

	if (!cause)
		return fail(EX_DATAERR, why, "no message in sight has failed");
	text = mem_printf("%s; /msg --resend %llu sends it again", cause,
		(unsigned long long)id);
	ui_notice(f, UI_ERROR, text);
	mem_deref(text);
	mem_deref(cause);
	return 0;
}


static int go_search(struct ui_front *f)
{
	if (!f->search)
		search_view_alloc(&f->search, f);
	ui_overlay(f, mem_ref(f->search));
	ui_prompt_mode(f, UI_MODE_SEARCH);
	return 0;
}


static int go_find(struct ui_front *f, char **why)
{
	struct ui_view *v = ui_find_view(f);

	if (!v)
		return fail(EX_DATAERR, why, "no chat is shown");
	if (v != f->overlay)
		ui_overlay_close(f);
	f->focus = v == f->overlay ? UI_FOCUS_OVERLAY : UI_FOCUS_CHAT;
	ui_prompt_mode(f, UI_MODE_FIND);
	return 0;
}


/* Ends what is looked for, else the pane. */
static void close_pane(struct ui_front *f)
{
	struct ui_view *v = ui_find_view(f);

	if (f->mode != UI_MODE_FIND) {
		ui_overlay_close(f);
		return;
	}
	if (v)
		v->ops->find(v, NULL);
	ui_prompt_mode(f, UI_MODE_CHAT);
}


static int go(struct ui_front *f, const char *word, char **why)
{
	static const struct {
		const char *pane;
		const char *line;
	} outputs[] = {
		{"trace", "/trace show"}, {"help", "/help"}, {"keys", "/keys"}};
	size_t i;

	if (!strcmp(word, "buddies")) {
		if (f->focus == UI_FOCUS_BUDDIES)
			leave_buddies(f);
		else
			f->focus = UI_FOCUS_BUDDIES;
		return 0;
	}
	if (!strcmp(word, "chat")) {
		leave_buddies(f);
		return 0;
	}
	if (!strcmp(word, "close")) {
		close_pane(f);
		return 0;
	}
	if (!strcmp(word, "log")) {
		ui_log_show(f);
		return 0;
	}
	if (!strcmp(word, "trace")) {
		ui_trace_show(f);
		return 0;
	}
	if (!strcmp(word, "search"))
		return go_search(f);
	if (!strcmp(word, "find"))
		return go_find(f, why);
	for (i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
		if (!strcmp(word, outputs[i].pane)) {
			ui_typed(f, outputs[i].line);
			return 0;
		}
	}
	*why = mem_printf("no such pane: %s; there are buddies, chat, search, "
			  "find, log, trace, help, keys and close",
		word);
	return EX_USAGE;
}


static int wider(struct ui_front *f, int columns, char **why)
{
	struct core *core = f->config.core;
	long long width = core_option_number(core, "buddies-width") + columns;
	char *text = mem_printf("%lld", width);
	int status = core_option_set(core, "buddies-width", text, why);

	mem_deref(text);
	return status;
}


/* While words are typed that are looked for: from hit to hit, and Enter in a
 * text ends the typing and stays there. */
static bool move_find(struct ui_front *f, enum ui_move move)
{
	struct ui_view *v = ui_find_view(f);

	if (f->mode != UI_MODE_FIND || !v ||
		(move > UI_MOVE_DOWN && move != UI_MOVE_SELECT))
		return false;
	if (move == UI_MOVE_SELECT && v == f->overlay)
		ui_prompt_mode(f, UI_MODE_CHAT);
	else
		v->ops->find_next(v, move == UI_MOVE_DOWN ? -1 : 1);
	return true;
}


static int move(struct ui_front *f, const char *word, char **why)
{
	static const struct {
		const char *word;
		enum ui_move move;
	} moves[] = {{"up", UI_MOVE_UP}, {"down", UI_MOVE_DOWN},
		{"page-up", UI_MOVE_PAGE_UP}, {"page-down", UI_MOVE_PAGE_DOWN},
		{"first", UI_MOVE_FIRST}, {"last", UI_MOVE_LAST},
		{"select", UI_MOVE_SELECT}, {"fold", UI_MOVE_FOLD}};
	struct ui_view *v = focused(f);
	size_t i;

	if (!strcmp(word, "wider") || !strcmp(word, "narrower"))
		return wider(f, *word == 'w' ? 2 : -2, why);
	for (i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		if (strcmp(word, moves[i].word) != 0)
			continue;
		if (!move_find(f, moves[i].move) && v)
			(void)v->ops->move(v, moves[i].move);
	}
	return 0;
}


/* The next hit is the older one in a chat, the one below in a text. */
static int find(struct ui_front *f, const char *text, int next, char **why)
{
	struct ui_view *v = ui_find_view(f);

	if (!v)
		return fail(EX_DATAERR, why, "no chat is shown");
	if (next)
		v->ops->find_next(v, v == f->overlay ? -next : next);
	else
		v->ops->find(v, text);
	return 0;
}


int ui_pane_command(
	enum front_pane what, const char *word, char **why, void *arg)
{
	struct ui_front *f = arg;

	ui_dirty(f);
	switch (what) {
	case FRONT_PANE_SPLIT:
		return split(f, why);
	case FRONT_PANE_FOCUS:
		return focus_next(f, why);
	case FRONT_PANE_ZOOM:
		f->zoom = !f->zoom;
		return 0;
	case FRONT_PANE_TAB:
		return tab_number(f, word, why);
	case FRONT_PANE_WHY:
		return why_failed(f, why);
	case FRONT_PANE_GO:
		return go(f, word, why);
	case FRONT_PANE_MOVE:
		return move(f, word, why);
	case FRONT_PANE_FIND:
		return find(f, word, 0, why);
	case FRONT_PANE_FIND_NEXT:
		return find(f, NULL, 1, why);
	case FRONT_PANE_FIND_PREVIOUS:
		return find(f, NULL, -1, why);
	case FRONT_PANE_ANSWER:
		return ui_question_answer(f, word, why);
	case FRONT_PANE_EDIT:
		return ui_edit_outside(f, why);
	case FRONT_PANE_SUSPEND:
		ui_suspend(f);
		return 0;
	case FRONT_PANE_REDRAW:
		screen_redraw(f->screen);
		return 0;
	}
	return 0;
}
