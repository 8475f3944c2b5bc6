/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buddy_view.c - buddies by group, by presence and name, with what is unread;
 * and those who wrote without being in the list. */
#include <stdio.h>
#include <string.h>
#include "buddy_people.h"
#include "buddy_view.h"
#include "list_view.h"
#include "utf8.h"


enum {
	LARGE = 1000, /* rows: made anew at most every ... */
	REST_MS = 250,
};

struct buddy_view {
	struct ui_view view;
	struct list_view list;
	struct buddy_people people;
	bool remake; /* who is in it, or in what order, may have changed */
	bool touched; /* somebody was */
	bool moved; /* the cursor, by the user */
	uint64_t made; /* monotonic */
	struct tmr tmr;
};


static void destructor(void *data)
{
	struct buddy_view *v = data;

	tmr_cancel(&v->tmr);
	list_view_clear(&v->list);
	buddy_people_clear(&v->people);
}


/* One who is offline is left out by option, unless they wrote. */
static bool shown(const struct buddy_person *p, bool offline)
{
	if (p->group->folded)
		return false;
	return p->rank != BUDDY_OFFLINE || p->unread || offline;
}


static void fill(struct buddy_view *v)
{
	bool offline =
		core_option_bool(ui_core(v->view.front), "buddies-offline");
	struct list_item *items = mem_zalloc(
		(v->people.n + v->people.n_groups + 1) * sizeof(*items), NULL);
	const struct buddy_group *group = NULL;
	size_t i, n = 0;

	for (i = 0; i < v->people.n; i++) {
		struct buddy_person *p = v->people.all[i];

		if (p->group != group)
			items[n++] = (struct list_item){
				.group = p->group->name, .head = true};
		group = p->group;
		if (shown(p, offline))
			items[n++] = (struct list_item){
				.data = mem_ref(p), .group = p->group->name};
	}
	list_view_set(&v->list, items, n);
	/* On somebody, until it is moved. */
	if (!v->moved && n > 1 && items[0].head && !items[1].head)
		v->list.cursor = 1;
	v->made = tmrs_now(ui_tmrs(v->view.front));
}


/* The cursor stays on a person although everything is new, and goes along
 * where they are in another group now. */
static void keep_cursor(
	struct buddy_view *v, const char *peer, const char *group)
{
	size_t i, other = v->list.n;

	for (i = 0; peer && i < v->list.n; i++) {
		const struct buddy_person *p = v->list.items[i].data;

		if (!p || strcmp(p->peer, peer) != 0)
			continue;
		other = i;
		if (p->group->name == group)
			break;
	}
	if (other < v->list.n)
		v->list.cursor = other;
}


static void make(struct buddy_view *v)
{
	const struct list_item *at = list_view_at(&v->list);
	const struct buddy_person *on = at ? at->data : NULL;
	char *peer = on ? mem_strdup(on->peer) : NULL;
	const char *group = on ? on->group->name : NULL;

	buddy_people_make(&v->people);
	v->remake = v->touched = false;
	fill(v);
	keep_cursor(v, peer, group);
	mem_deref(peer);
}


static void make_now(struct buddy_view *v)
{
	if (v->remake) {
		make(v);
	} else if (v->touched) {
		v->touched = false;
		buddy_people_update(&v->people);
		fill(v);
	}
}


static void rested_h(void *arg)
{
	struct buddy_view *v = arg;

	ui_dirty(v->view.front);
}


/* Long lists are not gone through for every change. */
static void make_if_due(struct buddy_view *v)
{
	struct tmrs *tmrs = ui_tmrs(v->view.front);
	uint64_t past = tmrs_now(tmrs) - v->made;

	if (!v->remake && !v->touched)
		return;
	if (v->list.n < LARGE || past >= REST_MS)
		make_now(v);
	else if (!tmr_isrunning(&v->tmr))
		tmr_start(tmrs, &v->tmr, REST_MS - past, rested_h, v);
}


/* ---- what it shows ---- */

static void copy_clean(char *to, const char *text)
{
	char *clean = text ? utf8_show_dup(text, UTF8_NAME) : NULL;
	struct pl pl = pl_str(clean);

	if (pl.l >= LIST_TEXT)
		pl.l = LIST_TEXT - 1;
	while (pl.l && (pl.p[pl.l] & 0xc0) == 0x80)
		pl.l--;
	(void)snprintf(to, LIST_TEXT, "%.*s", PL_ARG(&pl));
	mem_deref(clean);
}


static void format_group(const struct buddy_view *v,
	const struct list_item *item, struct list_cell *c)
{
	const struct buddy_group *g =
		buddy_people_group(&v->people, item->group);

	(void)snprintf(c->mark, sizeof(c->mark), "%s",
		ui_glyph_text(g->folded ? UI_GLYPH_FOLDED : UI_GLYPH_OPEN,
			utf8_terminal()));
	c->mark_style = c->style = UI_GROUP;
	copy_clean(c->text, item->group);
	if (g->folded && g->unread) {
		c->right_style = UI_UNREAD;
		(void)snprintf(c->right, sizeof(c->right), "%zu", g->unread);
	} else if (!g->others) {
		(void)snprintf(
			c->right, sizeof(c->right), "%zu/%zu", g->online, g->n);
	}
}


/* What begins to be written is seen before there is a tab. */
static const char *typing_mark(const struct buddy_person *p)
{
	const struct core_chat *c = core_chat_find(p->account, p->peer);

	if (!c || !core_chat_typing(c))
		return "";
	return utf8_terminal() ? "\xe2\x80\xa6" : "...";
}


static void format(const struct list_item *item, struct list_cell *c, void *arg)
{
	const struct buddy_view *v = arg;
	const struct buddy_person *p = item->data;
	const struct presence *presence;

	if (item->head) {
		format_group(v, item, c);
		return;
	}
	presence = p->buddy ? core_buddy_presence(p->buddy) : NULL;
	(void)snprintf(c->mark, sizeof(c->mark), "%s",
		ui_glyph_text(buddy_view_glyph(presence, &c->mark_style),
			utf8_terminal()));
	(void)snprintf(c->text, LIST_TEXT, "%s", p->name);
	c->style = p->unread ? UI_UNREAD : UI_NORMAL;
	if (core_watcher_blocked(p->account, p->peer))
		(void)snprintf(c->note, sizeof(c->note), "blocked");
	else if (presence)
		copy_clean(c->note, presence->note);
	if (p->unread) {
		c->right_style = UI_UNREAD;
		(void)snprintf(c->right, sizeof(c->right), "%s%u",
			typing_mark(p), p->unread);
	} else {
		c->right_style = UI_EVENT;
		(void)snprintf(
			c->right, sizeof(c->right), "%s", typing_mark(p));
	}
}


static void title(struct ui_view *base, char *text, size_t size)
{
	struct buddy_view *v = (struct buddy_view *)base;

	make_if_due(v);
	(void)snprintf(text, size, "Buddies %zu/%zu", v->people.online,
		v->people.buddies);
}


static void draw(struct ui_view *base, struct screen *s,
	const struct ui_area *a, bool focus)
{
	struct buddy_view *v = (struct buddy_view *)base;

	list_view_draw(&v->list, s, a, focus);
}


static void fold(struct buddy_view *v)
{
	const struct list_item *item = list_view_at(&v->list);
	const char *group = item ? item->group : NULL;
	struct buddy_group *g = buddy_people_group(&v->people, group);
	size_t i;

	if (!g)
		return;
	core_fold(ui_core(v->view.front), group, !g->folded);
	make(v);
	for (i = 0; i < v->list.n; i++) {
		if (v->list.items[i].head && v->list.items[i].group == group)
			v->list.cursor = i;
	}
}


static bool select_row(struct buddy_view *v)
{
	struct front_chat chat;

	if (buddy_view_selected(&v->view, &chat))
		ui_show(v->view.front, &chat);
	else
		fold(v);
	return true;
}


static bool move(struct ui_view *base, enum ui_move move)
{
	struct buddy_view *v = (struct buddy_view *)base;

	v->moved = true;
	make_now(v);
	switch (move) {
	case UI_MOVE_SELECT:
		return select_row(v);
	case UI_MOVE_FOLD:
		fold(v);
		return true;
	default:
		return list_view_move(&v->list, move);
	}
}


static void click(struct ui_view *base, int row, int col, bool twice)
{
	struct buddy_view *v = (struct buddy_view *)base;
	const struct list_item *item;

	(void)col;
	if (!list_view_click(&v->list, row))
		return;
	v->moved = true;
	item = list_view_at(&v->list);
	if (twice || item->head)
		(void)select_row(v);
}


static const struct ui_view_ops ops = {
	.place = "buddies",
	.title = title,
	.draw = draw,
	.move = move,
	.click = click,
};


void buddy_view_changed(struct ui_view *base)
{
	struct buddy_view *v = (struct buddy_view *)base;

	v->remake = true;
	ui_dirty(v->view.front);
}


void buddy_view_touch(
	struct ui_view *base, const char *account, const char *peer)
{
	struct buddy_view *v = (struct buddy_view *)base;

	if (!buddy_people_touch(&v->people, account, peer))
		v->remake = true;
	v->touched = true;
	ui_dirty(v->view.front);
}


bool buddy_view_selected(struct ui_view *base, struct front_chat *chat)
{
	struct buddy_view *v = (struct buddy_view *)base;
	const struct list_item *item = list_view_at(&v->list);
	const struct buddy_person *p = item ? item->data : NULL;

	if (!p)
		return false;
	*chat = (struct front_chat){
		.account = core_account_name(p->account), .peer = p->peer};
	return true;
}


void buddy_view_alloc(struct ui_view **vp, struct ui_front *front)
{
	struct buddy_view *v = mem_zalloc(sizeof(*v), destructor);

	v->view.ops = &ops;
	v->view.front = front;
	v->list.format = format;
	v->list.arg = v;
	v->people.core = ui_core(front);
	v->remake = true;
	*vp = &v->view;
}
