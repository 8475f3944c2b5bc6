/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tabs.c - the chats that are open, each with its draft, and their row. */
#include <stdio.h>
#include <string.h>
#include "screen_front.h"


static void destructor(void *data)
{
	struct ui_tab *tab = data;

	list_unlink(&tab->le);
	mem_deref(tab->view);
	mem_deref(tab->account);
	mem_deref(tab->peer);
	mem_deref(tab->name);
	mem_deref(tab->draft);
	mem_deref(tab->lines);
}


struct ui_tab *ui_tab_shown(const struct ui_front *f)
{
	return f->n_panes ? f->panes[f->pane] : NULL;
}


struct ui_tab *ui_tab_find(
	struct ui_front *f, const char *account, const char *peer)
{
	struct le *le;

	for (le = f->tabs.head; le; le = le->next) {
		struct ui_tab *tab = le->data;

		if (!strcmp(tab->peer, peer) &&
			!strcmp(core_account_name(tab->account), account))
			return tab;
	}
	return NULL;
}


static void load_draft(struct ui_tab *tab)
{
	const struct core_chat *c = core_chat_find(tab->account, tab->peer);
	const char *text;

	if (c && core_draft_get(c, &text, &tab->point))
		tab->draft = mem_strdup(text);
}


struct ui_tab *ui_tab_get(
	struct ui_front *f, const char *account, const char *peer)
{
	struct ui_tab *tab = ui_tab_find(f, account, peer);
	struct core_account *a = core_account_find(f->config.core, account);

	if (tab || !a)
		return tab;
	tab = mem_zalloc(sizeof(*tab), destructor);
	tab->front = f;
	tab->account = mem_ref(a);
	tab->peer = mem_strdup(peer);
	tab->name = utf8_show_dup(core_peer_name(a, peer), UTF8_NAME);
	list_append(&f->tabs, &tab->le, tab);
	load_draft(tab);
	return tab;
}


void ui_tab_restore(struct ui_front *f)
{
	struct core_chat *c;

	for (c = core_chat_first(f->config.core); c; c = core_chat_next(c)) {
		const struct core_account *a = core_chat_account(c);

		if (a && (core_chat_unread(c) || core_draft_get(c, NULL, NULL)))
			(void)ui_tab_get(
				f, core_account_name(a), core_chat_peer(c));
	}
	buddy_view_changed(f->buddies);
}


void ui_tab_rename(struct ui_front *f)
{
	struct le *le;

	for (le = f->tabs.head; le; le = le->next) {
		struct ui_tab *tab = le->data;

		mem_deref(tab->name);
		tab->name = utf8_show_dup(
			core_peer_name(tab->account, tab->peer), UTF8_NAME);
	}
}


void ui_tab_go(struct ui_front *f, const struct ui_tab *tab)
{
	const struct front_chat chat = {
		.account = core_account_name(tab->account),
		.peer = tab->peer,
	};

	ui_show(f, &chat);
}


struct ui_view *ui_tab_view(struct ui_tab *tab)
{
	if (!tab->view)
		(void)conv_view_alloc(
			&tab->view, tab->front, tab->account, tab->peer);
	return tab->view;
}


static struct core_chat *chat_of(const struct ui_tab *tab)
{
	return core_chat_find(tab->account, tab->peer);
}


unsigned ui_tab_unread(const struct ui_tab *tab)
{
	const struct core_chat *c = chat_of(tab);

	return c ? core_chat_unread(c) : 0;
}


bool ui_tab_typing(const struct ui_tab *tab)
{
	const struct core_chat *c = chat_of(tab);

	return c && core_chat_typing(c);
}


/* What was typed before a chat was chosen may have been meant for it. */
static void bring_along(struct ui_front *f, struct ui_tab *tab)
{
	char *text = f->modes[UI_MODE_CHAT];

	if (tab->draft || !text || !*text || ui_is_command(text))
		return;
	tab->draft = text;
	tab->point = strlen(text);
	f->modes[UI_MODE_CHAT] = NULL;
}


void ui_tab_show(struct ui_front *f, struct ui_tab *tab, uint64_t id)
{
	bool none;
	size_t i;

	ui_type_end(f);
	ui_prompt_end_find(f);
	if (f->mode != UI_MODE_CHAT)
		ui_prompt_mode(f, UI_MODE_CHAT);
	ui_prompt_save(f);
	none = !ui_tab_shown(f);
	if (none && tab)
		bring_along(f, tab);
	/* In one pane only: there it goes to the front. */
	for (i = 0; tab && i < f->n_panes; i++) {
		if (f->panes[i] == tab)
			f->pane = i;
	}
	f->panes[f->pane] = tab;
	if (!f->n_panes)
		f->n_panes = 1;
	if (tab && ui_tab_view(tab) && id)
		conv_view_goto(tab->view, id);
	ui_overlay_close(f);
	f->focus = UI_FOCUS_CHAT;
	ui_prompt_load(f);
	ui_dirty(f);
}


void ui_tab_close(struct ui_front *f, struct ui_tab *tab)
{
	struct ui_tab *next = tab->le.next ? tab->le.next->data
		: tab->le.prev		   ? tab->le.prev->data
					   : NULL;
	bool shown = tab == ui_tab_shown(f);
	size_t i;

	if (shown)
		ui_prompt_end_find(f);
	for (i = 0; i < f->n_panes; i++) {
		if (f->panes[i] != tab)
			continue;
		f->panes[i] = NULL;
		if (f->n_panes > 1)
			ui_pane_close(f, i--);
	}
	/* A text that is on its way may still hold it. */
	list_unlink(&tab->le);
	mem_deref(tab);
	if (shown)
		ui_prompt_load(f);
	if (next && !ui_tab_shown(f))
		ui_tab_go(f, next);
	ui_dirty(f);
}


/* A draft waits there, and is not in sight as the line of input. */
static bool has_draft(const struct ui_front *f, const struct ui_tab *tab)
{
	if (!tab->draft || !*tab->draft)
		return false;
	return tab != ui_tab_shown(f) || f->mode != UI_MODE_CHAT;
}


/* The text of the Nth tab and how it looks. */
static enum ui_style label(
	const struct ui_front *f, const struct ui_tab *tab, int n, char *text)
{
	unsigned unread = ui_tab_unread(tab);
	enum ui_style style = UI_TAB;
	char count[16] = "";

	if (unread) {
		style = UI_UNREAD;
		(void)snprintf(count, sizeof(count), "(%u)", unread);
	}
	if (tab == ui_tab_shown(f) && !f->overlay)
		style = UI_TAB_SHOWN;
	(void)snprintf(text, UI_LINE, "%d %.200s%s%s%s", n, tab->name,
		!ui_tab_typing(tab)		 ? ""
			: screen_utf8(f->screen) ? "\xe2\x80\xa6"
						 : "...",
		count, has_draft(f, tab) ? "*" : "");
	return style;
}


/* Walks over the row; ends at TAB or behind column COL, and returns the tab
 * there. */
static struct ui_tab *walk(struct ui_front *f, const struct ui_area *a,
	bool draw, int at, int *start)
{
	int col = *start, n = 0;
	struct le *le;

	for (le = f->tabs.head; le; le = le->next) {
		struct ui_tab *tab = le->data;
		char text[UI_LINE], *shown;
		enum ui_style style = label(f, tab, ++n, text);
		struct pl pl;

		shown = utf8_show_dup(text, UTF8_NAME);
		pl = pl_str(shown);
		if (draw && col >= 0 && col < a->cols)
			(void)screen_cut(
				f->screen, a, 0, col, a->cols, style, shown);
		col += (int)utf8_cols(&pl);
		mem_deref(shown);
		if (at >= 0 && col > at)
			return tab;
		col += 2;
	}
	*start = col;
	return NULL;
}


/* The shown one is in sight, however many there are. */
static int offset(struct ui_front *f, const struct ui_area *a)
{
	struct ui_tab *shown = ui_tab_shown(f);
	int start = 1, col = 1, n = 0;
	struct le *le;

	if (!shown)
		return start;
	for (le = f->tabs.head; le; le = le->next) {
		char text[UI_LINE];
		struct pl pl;

		(void)label(f, le->data, ++n, text);
		pl = pl_str(text);
		col += (int)utf8_cols(&pl);
		if (le->data == shown)
			break;
		col += 2;
	}
	return col < a->cols ? start : start - (col - a->cols);
}


void ui_tab_draw(struct ui_front *f, const struct ui_area *a)
{
	int col = offset(f, a);

	f->tab_area = *a;
	(void)walk(f, a, true, -1, &col);
	if (f->overlay && col < a->cols) {
		char text[UI_LINE], line[UI_LINE + 8];

		f->overlay->ops->title(f->overlay, text, sizeof(text));
		(void)snprintf(line, sizeof(line), "[%s]", text);
		(void)screen_cut(
			f->screen, a, 0, col, a->cols, UI_TAB_SHOWN, line);
	}
}


struct ui_tab *ui_tab_at(struct ui_front *f, int col)
{
	int start = offset(f, &f->tab_area);

	return walk(f, &f->tab_area, false, col, &start);
}
