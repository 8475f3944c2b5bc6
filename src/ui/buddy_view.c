/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buddy_view.c - buddies by group, by presence and name, with what is unread;
 * and those who wrote without being in the list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "buddy_view.h"
#include "list_view.h"
#include "utf8.h"


enum {
	LARGE = 1000, /* rows: made anew at most every ... */
	REST_MS = 250,
};

/* Names of the groups that nobody gave. */
static const char nameless[] = "Buddies";
static const char others[] = "Others";

/* Somebody in the list; of these there is one per group that they are in. */
struct person {
	struct core_account *account; /* a reference */
	struct core_buddy *buddy; /* a reference; NULL: not in the list */
	char *peer;
	char *name; /* clean */
	const char *group; /* of the group table */
	unsigned unread;
	int rank;
	size_t place; /* in the order of the roster */
};

struct group {
	char *name;
	bool folded;
	bool last; /* behind all others */
	size_t n, online, unread;
};

struct buddy_view {
	struct ui_view view;
	struct list_view list;
	struct group *groups; /* of names that live as long as the view */
	size_t n_groups;
	bool changed;
	uint64_t made; /* monotonic */
	struct tmr tmr;
};


static void person_destructor(void *data)
{
	struct person *p = data;

	mem_deref(p->account);
	mem_deref(p->buddy);
	mem_deref(p->peer);
	mem_deref(p->name);
}


static void destructor(void *data)
{
	struct buddy_view *v = data;
	size_t i;

	tmr_cancel(&v->tmr);
	list_view_clear(&v->list);
	for (i = 0; i < v->n_groups; i++)
		mem_deref(v->groups[i].name);
	mem_deref(v->groups);
}


/* ---- making it anew ---- */

struct making {
	struct buddy_view *v;
	struct person **people;
	size_t n, size;
};


static size_t group_index(struct buddy_view *v, const char *name)
{
	size_t i;

	for (i = 0; i < v->n_groups; i++) {
		if (!strcmp(v->groups[i].name, name))
			return i;
	}
	v->groups = mem_reallocarray(
		v->groups, v->n_groups + 1, sizeof(*v->groups));
	memset(&v->groups[i], 0, sizeof(v->groups[i]));
	v->groups[i].name = mem_strdup(name);
	v->groups[i].last = name == nameless || name == others;
	v->n_groups++;
	return i;
}


static int rank(const struct presence *p)
{
	if (!p)
		return 3;
	switch (p->state) {
	case PRESENCE_ONLINE:
		return p->activity ? 1 : 0;
	case PRESENCE_OFFLINE:
		return 2;
	case PRESENCE_UNKNOWN:
		break;
	}
	return 3;
}


static void add_person(struct making *m, struct core_account *a,
	struct core_buddy *b, const char *peer, const char *group)
{
	const struct presence *presence = b ? core_buddy_presence(b) : NULL;
	struct core_chat *c = core_chat_find(a, peer);
	struct person *p = mem_zalloc(sizeof(*p), person_destructor);
	struct group *g;
	size_t at;

	p->account = mem_ref(a);
	p->buddy = mem_ref(b);
	p->peer = mem_strdup(peer);
	p->name = utf8_show_dup(core_peer_name(a, peer), UTF8_NAME);
	p->unread = c ? core_chat_unread(c) : 0;
	p->rank = rank(presence);
	p->place = m->n;
	/* Which may move them all. */
	at = group_index(m->v, group);
	g = &m->v->groups[at];
	p->group = g->name;
	g->n++;
	g->online += p->rank < 2;
	g->unread += p->unread;
	if (m->n == m->size) {
		m->size = m->size ? m->size * 2 : 64;
		m->people = mem_reallocarray(
			m->people, m->size, sizeof(struct person *));
	}
	m->people[m->n++] = p;
}


static void add_buddy(struct making *m, struct core_buddy *b)
{
	const char *const *groups = core_buddy_groups(b);
	struct core_account *a = core_buddy_account(b);
	size_t i;

	if (!groups[0])
		add_person(m, a, b, core_buddy_aor(b), nameless);
	for (i = 0; groups[i]; i++)
		add_person(m, a, b, core_buddy_aor(b), groups[i]);
}


static void collect(struct making *m, struct core *core)
{
	struct core_account *a;
	struct core_buddy *b;
	struct core_chat *c;

	for (a = core_account_first(core); a; a = core_account_next(a)) {
		for (b = core_buddy_first(a); b; b = core_buddy_next(b))
			add_buddy(m, b);
	}
	for (c = core_chat_first(core); c; c = core_chat_next(c)) {
		a = core_chat_account(c);
		if (a && !core_buddy_find(a, core_chat_peer(c)))
			add_person(m, a, NULL, core_chat_peer(c), others);
	}
}


static const struct group *group_of(
	const struct buddy_view *v, const struct person *p)
{
	size_t i;

	for (i = 0; i < v->n_groups; i++) {
		if (v->groups[i].name == p->group)
			break;
	}
	return &v->groups[i];
}


static int by_group(const struct group *a, const struct group *b)
{
	if (a->last != b->last)
		return a->last ? 1 : -1;
	if (a->last)
		return strcmp(a->name, b->name);
	return strcasecmp(a->name, b->name);
}


/* qsort_r() hands on what to sort by: 'p'resence, 'n'ame or 'f'ixed. */
struct order {
	const struct buddy_view *v;
	char by;
};


static int compare(const void *pa, const void *pb, void *arg)
{
	const struct person *a = *(struct person *const *)pa;
	const struct person *b = *(struct person *const *)pb;
	const struct order *o = arg;
	int d = 0;

	if (a->group != b->group)
		d = by_group(group_of(o->v, a), group_of(o->v, b));
	if (!d && a->group != b->group)
		d = strcmp(a->group, b->group);
	if (!d && o->by == 'p')
		d = a->rank - b->rank;
	if (!d && o->by != 'f')
		d = strcasecmp(a->name, b->name);
	return d ? d : (a->place > b->place) - (a->place < b->place);
}


/* One who is offline is left out by option, unless they wrote. */
static bool shown(const struct buddy_view *v, const struct person *p)
{
	if (group_of(v, p)->folded)
		return false;
	return p->rank != 2 || p->unread ||
		core_option_bool(ui_core(v->view.front), "buddies-offline");
}


static void fill(struct buddy_view *v, const struct making *m)
{
	struct list_item *items =
		mem_zalloc((m->n + v->n_groups + 1) * sizeof(*items), NULL);
	const char *group = NULL;
	size_t i, n = 0;

	for (i = 0; i < m->n; i++) {
		struct person *p = m->people[i];

		if (p->group != group)
			items[n++] = (struct list_item){
				.group = p->group, .head = true};
		group = p->group;
		if (shown(v, p))
			items[n++] = (struct list_item){
				.data = mem_ref(p), .group = p->group};
	}
	list_view_set(&v->list, items, n);
}


/* The cursor stays on a person although everything is new. */
static void keep_cursor(
	struct buddy_view *v, const char *peer, const char *group)
{
	size_t i;

	for (i = 0; peer && i < v->list.n; i++) {
		const struct person *p = v->list.items[i].data;

		if (!p || strcmp(p->peer, peer) != 0 || p->group != group)
			continue;
		v->list.cursor = i;
		return;
	}
}


static void make(struct buddy_view *v)
{
	struct core *core = ui_core(v->view.front);
	const struct list_item *at = list_view_at(&v->list);
	const struct person *on = at ? at->data : NULL;
	char *peer = on ? mem_strdup(on->peer) : NULL;
	const char *group = on ? on->group : NULL;
	struct order order = {v, *core_option_get(core, "buddies-order")};
	struct making m = {.v = v};
	size_t i;

	for (i = 0; i < v->n_groups; i++)
		v->groups[i].n = v->groups[i].online = v->groups[i].unread = 0;
	collect(&m, core);
	if (m.n)
		qsort_r(m.people, m.n, sizeof(struct person *), compare,
			&order);
	fill(v, &m);
	keep_cursor(v, peer, group);
	mem_deref(peer);
	while (m.n)
		mem_deref(m.people[--m.n]);
	mem_deref(m.people);
	v->changed = false;
	v->made = tmrs_now(ui_tmrs(v->view.front));
}


static void rested_h(void *arg)
{
	struct buddy_view *v = arg;

	ui_dirty(v->view.front);
}


/* Long lists are not sorted for every change. */
static void make_if_due(struct buddy_view *v)
{
	struct tmrs *tmrs = ui_tmrs(v->view.front);
	uint64_t past = tmrs_now(tmrs) - v->made;

	if (!v->changed)
		return;
	if (v->list.n < LARGE || past >= REST_MS)
		make(v);
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
	size_t i;

	for (i = 0; v->groups[i].name != item->group; i++)
		;
	(void)snprintf(c->mark, sizeof(c->mark), "%s",
		ui_glyph_text(
			v->groups[i].folded ? UI_GLYPH_FOLDED : UI_GLYPH_OPEN,
			utf8_terminal()));
	c->mark_style = c->style = UI_GROUP;
	copy_clean(c->text, item->group);
	if (v->groups[i].folded && v->groups[i].unread) {
		c->right_style = UI_UNREAD;
		(void)snprintf(
			c->right, sizeof(c->right), "%zu", v->groups[i].unread);
	} else if (strcmp(item->group, others) != 0) {
		(void)snprintf(c->right, sizeof(c->right), "%zu/%zu",
			v->groups[i].online, v->groups[i].n);
	}
}


static void format(const struct list_item *item, struct list_cell *c, void *arg)
{
	const struct buddy_view *v = arg;
	const struct person *p = item->data;
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
	if (presence)
		copy_clean(c->note, presence->note);
	if (p->unread) {
		c->right_style = UI_UNREAD;
		(void)snprintf(c->right, sizeof(c->right), "%u", p->unread);
	}
}


static void title(struct ui_view *base, char *text, size_t size)
{
	struct buddy_view *v = (struct buddy_view *)base;
	size_t i, n = 0, online = 0;

	make_if_due(v);
	for (i = 0; i < v->n_groups; i++) {
		if (!strcmp(v->groups[i].name, others))
			continue;
		n += v->groups[i].n;
		online += v->groups[i].online;
	}
	(void)snprintf(text, size, "Buddies %zu/%zu", online, n);
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
	size_t i;

	for (i = 0; i < v->n_groups && v->groups[i].name != group; i++)
		;
	if (i == v->n_groups)
		return;
	v->groups[i].folded = !v->groups[i].folded;
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

	if (v->changed)
		make(v);
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

	v->changed = true;
	ui_dirty(v->view.front);
}


bool buddy_view_selected(struct ui_view *base, struct front_chat *chat)
{
	struct buddy_view *v = (struct buddy_view *)base;
	const struct list_item *item = list_view_at(&v->list);
	const struct person *p = item ? item->data : NULL;

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
	v->changed = true;
	*vp = &v->view;
}
