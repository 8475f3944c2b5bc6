/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search_view.c - one pane that finds buddies, people and messages while the
 * query is typed. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "date.h"
#include "list_view.h"
#include "screen_front.h"


enum {
	REST_MS = 120, /* after the last key, then it is asked */
	EARLY_MS = 50, /* then what is found is shown, though not all is */
	MESSAGES = 50,
	PEOPLE_MAX = 200,
	EXCERPT = 30, /* characters before a hit */
};

static const char *const groups[] = {"Buddies", "People", "Messages"};
enum { GROUPS = 3 };

struct found {
	char *account;
	char *peer;
	char *text; /* clean */
	char *note; /* clean */
	uint64_t id; /* of a message */
	int group;
};

struct search_view {
	struct ui_view view;
	struct list_view list;
	char *query;
	struct tmr tmr;
	struct tmr early;
	struct list asked; /* struct asked: answers still due */
	struct found **found;
	size_t n;
};

/* One query; its answers are ignored once another was asked. */
struct asked {
	struct le le;
	struct search_view *view;
	unsigned due;
	bool old;
};


static void found_destructor(void *data)
{
	struct found *f = data;

	mem_deref(f->account);
	mem_deref(f->peer);
	mem_deref(f->text);
	mem_deref(f->note);
}


static void asked_destructor(void *data)
{
	struct asked *a = data;

	list_unlink(&a->le);
}


static void forget(struct search_view *v)
{
	while (v->n)
		mem_deref(v->found[--v->n]);
	v->found = mem_deref(v->found);
}


static void destructor(void *data)
{
	struct search_view *v = data;

	tmr_cancel(&v->tmr);
	tmr_cancel(&v->early);
	list_flush(&v->asked);
	list_view_clear(&v->list);
	forget(v);
	mem_deref(v->query);
}


/* ---- rows ---- */

static void fill(struct search_view *v)
{
	struct list_item *items =
		mem_zalloc((v->n + GROUPS + 1) * sizeof(*items), NULL);
	size_t i, n = 0;
	int group;

	tmr_cancel(&v->early);
	for (group = 0; group < GROUPS; group++) {
		bool head = false;

		for (i = 0; i < v->n; i++) {
			if (v->found[i]->group != group)
				continue;
			if (!head)
				items[n++] = (struct list_item){
					.group = groups[group], .head = true};
			head = true;
			items[n++] =
				(struct list_item){.data = mem_ref(v->found[i]),
					.group = groups[group]};
		}
	}
	list_view_set(&v->list, items, n);
	/* On the first one that can be chosen. */
	if (n > 1 && !v->list.cursor)
		v->list.cursor = 1;
	ui_dirty(v->view.front);
}


static void early_h(void *arg)
{
	fill(arg);
}


static struct found *add(struct search_view *v, int group, const char *account,
	const char *peer, const char *text, const char *note)
{
	struct found *f = mem_zalloc(sizeof(*f), found_destructor);

	f->group = group;
	f->account = mem_strdup(account);
	f->peer = mem_strdup(peer);
	f->text = utf8_show_dup(text, UTF8_NAME);
	f->note = note ? utf8_show_dup(note, UTF8_NAME) : NULL;
	v->found = mem_reallocarray(v->found, v->n + 1, sizeof(struct found *));
	v->found[v->n++] = f;
	return f;
}


static void answered(struct asked *a)
{
	struct search_view *v = a->view;

	if (--a->due)
		return;
	if (!a->old)
		fill(v);
	mem_deref(a);
}


static void hit_h(const struct core_hit *hit, void *arg)
{
	struct asked *a = arg;
	bool buddy = !strcmp(hit->kind, "buddy");

	if (a->old || a->view->n >= PEOPLE_MAX)
		return;
	(void)add(a->view, buddy ? 0 : 1, hit->account, hit->peer,
		hit->name ? hit->name : hit->peer,
		hit->note	    ? hit->note
			: hit->name ? hit->peer
				    : NULL);
	/* Somebody's presence may be asked for, which can take long. */
	if (!tmr_isrunning(&a->view->early))
		tmr_start(ui_tmrs(a->view->view.front), &a->view->early,
			EARLY_MS, early_h, a->view);
}


static void people_h(const struct core_outcome *outcome, void *arg)
{
	(void)outcome;
	answered(arg);
}


/* The text from a little before its first hit. */
static const char *excerpt(const struct store_hit *hit)
{
	const char *text = hit->message.text;
	size_t at = hit->n ? hit->marks[0].start : 0;

	at = at > EXCERPT ? at - EXCERPT : 0;
	while (at && (text[at] & 0xc0) == 0x80)
		at--;
	return text + at;
}


static void messages_h(
	int err, const struct store_hit *hits, size_t n, void *arg)
{
	struct asked *a = arg;
	size_t i;

	for (i = 0; !err && !a->old && i < n; i++) {
		const struct store_message *m = &hits[i].message;
		struct core *core = ui_core(a->view->view.front);
		struct core_account *account =
			core_account_find(core, m->account);
		char when[DATE_SIZE], *who;

		date_stamp(when, m->at);
		who = mem_printf("%s %s%s", when, m->out ? "to " : "",
			account ? core_peer_name(account, m->peer) : m->peer);
		add(a->view, 2, m->account, m->peer, who, excerpt(&hits[i]))
			->id = m->id;
		mem_deref(who);
	}
	answered(a);
}


/* The word that is still being typed finds what begins with it, if it is one
 * of a script with blanks between words (mem_deref). */
static char *open_ended(const char *query)
{
	enum {
		BEGUN = 2, /* bytes; less finds too much */
		NO_BLANKS = 0x2e80,
	};
	const char *blank = strrchr(query, ' ');
	struct pl word = pl_str(blank ? blank + 1 : query), left;
	uint32_t cp = 0;

	for (left = word; left.l && cp < NO_BLANKS;) {
		size_t n = utf8_decode(&cp, left.p, left.l);

		if (cp < 0x80 && !isalnum((unsigned char)cp))
			break;
		pl_skip(&left, n);
	}
	if (left.l || cp >= NO_BLANKS || word.l < BEGUN ||
		pl_streq(&word, "AND") || pl_streq(&word, "OR") ||
		pl_streq(&word, "NOT"))
		return mem_strdup(query);
	return mem_printf("%s*", query);
}


static void ask_h(void *arg)
{
	struct search_view *v = arg;
	struct core *core = ui_core(v->view.front);
	char *words;
	struct asked *a;
	struct le *le;

	for (le = v->asked.head; le; le = le->next)
		((struct asked *)le->data)->old = true;
	tmr_cancel(&v->early);
	forget(v);
	if (!v->query || !*v->query) {
		fill(v);
		return;
	}
	a = mem_zalloc(sizeof(*a), asked_destructor);
	a->view = v;
	a->due = 2;
	list_append(&v->asked, &a->le, a);
	core_search(core, NULL, CORE_SEARCH_BUDDIES | CORE_SEARCH_PEOPLE,
		v->query, hit_h, people_h, a);
	words = open_ended(v->query);
	core_search_messages(core, NULL, words, 0, MESSAGES, messages_h, a);
	mem_deref(words);
}


void search_view_query(struct ui_view *base, const char *text)
{
	struct search_view *v = (struct search_view *)base;

	mem_deref(v->query);
	v->query = mem_strdup(text);
	tmr_start(ui_tmrs(v->view.front), &v->tmr, REST_MS, ask_h, v);
}


static void copy(char *to, const char *text)
{
	struct pl pl = pl_str(text);

	if (pl.l >= LIST_TEXT)
		pl.l = LIST_TEXT - 1;
	while (pl.l && (text[pl.l] & 0xc0) == 0x80)
		pl.l--;
	(void)snprintf(to, LIST_TEXT, "%.*s", PL_ARG(&pl));
}


static void format(const struct list_item *item, struct list_cell *c, void *arg)
{
	const struct found *f = item->data;

	(void)arg;
	c->style = item->head ? UI_GROUP : f->group == 2 ? UI_TIME : UI_NORMAL;
	copy(c->text, item->head ? item->group : f->text);
	if (f && f->note)
		copy(c->note, f->note);
}


static void title(struct ui_view *base, char *text, size_t size)
{
	const struct search_view *v = (const struct search_view *)base;
	char *clean = utf8_show_dup(v->query ? v->query : "", UTF8_NAME);

	(void)snprintf(text, size, "search \"%.200s\"", clean);
	mem_deref(clean);
}


static bool is_looking(const struct search_view *v)
{
	const struct asked *last = v->asked.tail ? v->asked.tail->data : NULL;

	return tmr_isrunning(&v->tmr) || (last && !last->old);
}


static const char *hint(const struct search_view *v)
{
	if (!v->query || !*v->query)
		return "Type a name, an address or words of a message.";
	return is_looking(v) ? "Looking for it." : "Nothing is found.";
}


static void draw(struct ui_view *base, struct screen *s,
	const struct ui_area *a, bool focus)
{
	struct search_view *v = (struct search_view *)base;

	if (!v->list.n)
		(void)screen_cut(s, a, 0, 1, a->cols, UI_NOTE, hint(v));
	list_view_draw(&v->list, s, a, focus);
}


/* Headings cannot be chosen. */
static bool step(struct search_view *v, enum ui_move move)
{
	struct list_view *l = &v->list;
	bool done = list_view_move(l, move);

	if (!l->n || !l->items[l->cursor].head)
		return done;
	if (l->cursor && (move == UI_MOVE_UP || move == UI_MOVE_PAGE_UP))
		l->cursor--;
	else
		l->cursor++;
	return done;
}


static bool move(struct ui_view *base, enum ui_move move)
{
	struct search_view *v = (struct search_view *)base;
	const struct list_item *item = list_view_at(&v->list);
	const struct found *f = item ? item->data : NULL;
	struct front_chat chat;

	if (move != UI_MOVE_SELECT)
		return step(v, move);
	if (!f || !f->account)
		return false;
	chat = (struct front_chat){
		.account = f->account, .peer = f->peer, .id = f->id};
	ui_show(v->view.front, &chat);
	return true;
}


static void click(struct ui_view *base, int row, int col, bool twice)
{
	struct search_view *v = (struct search_view *)base;

	(void)col;
	if (list_view_click(&v->list, row) && twice)
		(void)move(base, UI_MOVE_SELECT);
}


static const struct ui_view_ops ops = {
	.place = "search",
	.title = title,
	.draw = draw,
	.move = move,
	.click = click,
};


bool search_view_any(const struct ui_view *base)
{
	return ((const struct search_view *)base)->list.n > 0;
}


bool search_view_selected(struct ui_view *base, struct front_chat *chat)
{
	const struct search_view *v = (const struct search_view *)base;
	const struct list_item *item = list_view_at(&v->list);
	const struct found *f = item ? item->data : NULL;

	if (!f || !f->account)
		return false;
	*chat = (struct front_chat){.account = f->account, .peer = f->peer};
	return true;
}


void search_view_alloc(struct ui_view **vp, struct ui_front *front)
{
	struct search_view *v = mem_zalloc(sizeof(*v), destructor);

	v->view.ops = &ops;
	v->view.front = front;
	v->list.format = format;
	*vp = &v->view;
}
