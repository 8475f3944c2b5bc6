/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * notify.c - of what the user is notified, and by which means: the rules of
 * his options; a burst becomes one notification.
 */
#include <string.h>
#include "core_int.h"
#include "date.h"
#include "mbuf.h"
#include "notify.h"


enum {
	LOOK_MS = 60000, /* a key tells that somebody looks, for so long */
	GATHERED_MAX = 32, /* people of a burst who are told apart */
	NAMES_MAX = 3, /* and who are named */
	KINDS = 4,
};

/* One person in a burst. */
struct gathered {
	struct le le;
	enum core_news news;
	char *account;
	char *peer;
	char *name;
	char *text; /* the newest */
	uint64_t id;
	size_t count;
	bool stranger;
};

static const char *const events[] = {
	[CORE_NEWS_MESSAGE] = "message",
	[CORE_NEWS_WATCHER] = "watcher",
	[CORE_NEWS_CHAT] = "chat",
	[CORE_NEWS_ONLINE] = "online",
};


static void gathered_destructor(void *data)
{
	struct gathered *g = data;

	list_unlink(&g->le);
	mem_deref(g->account);
	mem_deref(g->peer);
	mem_deref(g->name);
	mem_deref(g->text);
}


/* ---- the rules ---- */

/* "HH:MM" at P as minutes of the day; false: it is not. */
static bool clock_decode(const char *p, unsigned *minute)
{
	size_t i;

	for (i = 0; i < 5; i++) {
		if (i == 2 ? p[i] != ':' : p[i] < '0' || p[i] > '9')
			return false;
	}
	*minute = (unsigned)((p[0] - '0') * 600 + (p[1] - '0') * 60 +
		(p[3] - '0') * 10 + (p[4] - '0'));
	return p[0] - '0' <= 2 && p[3] < '6' && *minute < 24 * 60;
}


bool core_hours_decode(const char *text, unsigned *from, unsigned *to)
{
	return strlen(text) == 11 && text[5] == '-' &&
		clock_decode(text, from) && clock_decode(text + 6, to) &&
		*from != *to;
}


/* From FROM until before TO, over midnight where that is the earlier. */
static bool quiet(const struct core *core, unsigned minute)
{
	const char *hours = core_option_get(core, "notify-quiet");
	unsigned from, to;

	if (!hours || !core_hours_decode(hours, &from, &to))
		return false;
	return from < to ? minute >= from && minute < to
			 : minute >= from || minute < to;
}


unsigned core_notify_means(
	const struct core *core, const struct core_notify_facts *facts)
{
	const char *from = core_option_get(core, "notify-from");
	const char *when = core_option_get(core, "notify-when");
	unsigned means = 0;

	if (facts->news == CORE_NEWS_ONLINE &&
		!core_option_bool(core, "notify-online"))
		return 0;
	if (!strcmp(from, "buddies") && !facts->buddy)
		return 0;
	if (quiet(core, facts->minute))
		return 0;
	if (facts->looked && facts->in_sight)
		return 0;
	if (core_option_bool(core, "bell"))
		means |= CORE_NOTIFY_BELL;
	if (facts->looked && strcmp(when, "always") != 0)
		return means;
	if (core_option_bool(core, "notify-terminal"))
		means |= CORE_NOTIFY_TERMINAL;
	return means | CORE_NOTIFY_COMMAND;
}


/* ---- what is known ---- */

static bool looked(const struct core *core)
{
	if (core->eyes.elsewhere && core->eyes.elsewhere(core->eyes.arg))
		return false;
	if (core->focus_known)
		return core->focus;
	return core->keyed &&
		tmrs_now(core->config.tmrs) - core->key_at < LOOK_MS;
}


static unsigned minute_of(int64_t wall)
{
	char text[DATE_SIZE];
	unsigned minute = 0;

	date_clock(text, wall);
	(void)clock_decode(text, &minute);
	return minute;
}


static unsigned means_now(struct core *core, enum core_news news,
	const char *account, const char *peer)
{
	struct core_account *a = core_account_find(core, account);
	const struct core_notify_facts facts = {
		.news = news,
		.buddy = a && core_buddy_added_find(a, peer),
		.looked = looked(core),
		.in_sight = news == CORE_NEWS_MESSAGE && core->eyes.in_sight &&
			core->eyes.in_sight(account, peer, core->eyes.arg),
		.minute = minute_of(tmrs_wall(core->config.tmrs)),
	};

	return core_notify_means(core, &facts);
}


/* ---- what is said ---- */

enum show {
	SHOW_TEXT,
	SHOW_NAME,
	SHOW_NOTHING,
};


static enum show show_of(const struct core *core)
{
	const char *word = core_option_get(core, "notify-show");

	if (!strcmp(word, "nothing"))
		return SHOW_NOTHING;
	return strcmp(word, "name") ? SHOW_TEXT : SHOW_NAME;
}


/* "5 new messages", "added you", where the name stands elsewhere or is not to
 * be told. */
static void say_what(
	struct mbuf *mb, enum core_news news, size_t count, bool named)
{
	switch (news) {
	case CORE_NEWS_MESSAGE:
		if (count == 1)
			(void)mbuf_write_str(mb, "a new message");
		else
			(void)mbuf_printf(mb, "%zu new messages", count);
		break;
	case CORE_NEWS_WATCHER:
		if (named)
			(void)mbuf_write_str(mb, "added you");
		else if (count == 1)
			(void)mbuf_write_str(mb, "somebody added you");
		else
			(void)mbuf_printf(mb, "%zu people added you", count);
		break;
	case CORE_NEWS_CHAT:
		if (named)
			(void)mbuf_write_str(mb, "asks for a chat");
		else if (count == 1)
			(void)mbuf_write_str(mb, "somebody asks for a chat");
		else
			(void)mbuf_printf(
				mb, "%zu people ask for a chat", count);
		break;
	case CORE_NEWS_ONLINE:
		if (named)
			(void)mbuf_write_str(mb, "is online");
		else if (count == 1)
			(void)mbuf_write_str(mb, "a buddy is online");
		else
			(void)mbuf_printf(mb, "%zu buddies are online", count);
		break;
	}
}


static void say_names(
	struct mbuf *mb, const struct list *list, enum core_news news)
{
	size_t n = 0;
	struct le *le;

	for (le = list->head; le; le = le->next) {
		const struct gathered *g = le->data;

		if (g->news == news && n++ < NAMES_MAX)
			(void)mbuf_printf(
				mb, "%s%s", n > 1 ? ", " : "", g->name);
	}
	if (n > NAMES_MAX)
		(void)mbuf_printf(mb, " and %zu more", n - NAMES_MAX);
}


/* All of one kind in one part of a sentence. */
static void say_kind(struct mbuf *mb, const struct list *list,
	enum core_news news, enum show show)
{
	static const char *const what[] = {
		[CORE_NEWS_WATCHER] = "added you: ",
		[CORE_NEWS_CHAT] = "asking for a chat: ",
		[CORE_NEWS_ONLINE] = "online: ",
	};
	size_t count = 0;
	struct le *le;

	for (le = list->head; le; le = le->next) {
		const struct gathered *g = le->data;

		if (g->news == news)
			count += g->count;
	}
	if (!count)
		return;
	if (mb->end)
		(void)mbuf_write_str(mb, "; ");
	if (show == SHOW_NOTHING || news == CORE_NEWS_MESSAGE)
		say_what(mb, news, count, false);
	if (show == SHOW_NOTHING)
		return;
	(void)mbuf_write_str(
		mb, news == CORE_NEWS_MESSAGE ? " from " : what[news]);
	say_names(mb, list, news);
}


static void say_all(struct mbuf *mb, const struct list *list, enum show show)
{
	const struct gathered *g = list->head->data;
	size_t i;

	if (list->count > 1) {
		for (i = 0; i < KINDS; i++)
			say_kind(mb, list, (enum core_news)i, show);
		return;
	}
	if (show == SHOW_TEXT && g->text && g->count == 1) {
		(void)mbuf_write_str(mb, g->text);
		return;
	}
	say_what(mb, g->news, g->count, show != SHOW_NOTHING);
	if (show == SHOW_TEXT && g->text)
		(void)mbuf_printf(mb, ": %s", g->text);
}


static size_t count_all(const struct list *list)
{
	size_t count = 0;
	struct le *le;

	for (le = list->head; le; le = le->next)
		count += ((const struct gathered *)le->data)->count;
	return count;
}


/* Tells of all in LIST at once, and forgets them. */
static void deliver(struct core *core, struct list *list, unsigned means)
{
	const struct gathered *last = list->tail->data;
	enum show show = show_of(core);
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	bool one = list->count == 1, named = show != SHOW_NOTHING;
	struct core_note note = {
		.event = events[last->news],
		.title = one && named ? last->name : "sotto",
		.account = last->account,
		.peer = named ? last->peer : "",
		.id = last->id,
		.count = count_all(list),
		.stranger = last->stranger,
	};
	char *text;

	say_all(mb, list, show);
	text = mbuf_strdup(mb);
	note.text = text;
	if ((means & CORE_NOTIFY_BELL) && core->eyes.ring)
		core->eyes.ring(core->eyes.arg);
	if ((means & CORE_NOTIFY_TERMINAL) && core->eyes.show)
		core->eyes.show(note.title, note.text, core->eyes.arg);
	if (means & CORE_NOTIFY_COMMAND)
		core_notify_command(core, &note);
	mem_deref(text);
	mem_deref(mb);
	list_flush(list);
}


/* ---- bursts ---- */

static struct gathered *gathered_get(struct core *core, enum core_news news,
	const char *account, const char *peer)
{
	struct gathered *g;
	struct le *le;

	for (le = core->gathered.head; le; le = le->next) {
		g = le->data;
		if (g->news == news && !strcmp(g->account, account) &&
			!strcmp(g->peer, peer))
			return g;
	}
	if (core->gathered.count >= GATHERED_MAX)
		return NULL;
	g = mem_zalloc(sizeof(*g), gathered_destructor);
	g->news = news;
	g->account = mem_strdup(account);
	g->peer = mem_strdup(peer);
	list_append(&core->gathered, &g->le, g);
	return g;
}


static void gather(
	struct core *core, enum core_news news, const struct core_event *event)
{
	struct gathered *g =
		gathered_get(core, news, event->account, event->peer);
	struct pl text = pl_str(event->text);

	if (!g)
		return;
	/* No more than is told of it; the rest is cut there. */
	if (text.l > CORE_NOTIFY_TEXT_MAX)
		text.l = CORE_NOTIFY_TEXT_MAX + 1;
	mem_deref(g->name);
	mem_deref(g->text);
	g->name = mem_strdup(event->name);
	g->text = event->text ? pl_strdup(&text) : NULL;
	g->id = event->id;
	g->stranger = event->stranger;
	g->count++;
	/* The newest stands last. */
	list_unlink(&g->le);
	list_append(&core->gathered, &g->le, g);
}


/* What the user has seen meanwhile is no news any more; what stands on a
 * screen that nobody looks at is. */
static bool is_news(struct core *core, const struct gathered *g)
{
	struct core_account *a = core_account_find(core, g->account);
	const struct core_chat *c;

	if (!a)
		return false;
	if (g->news == CORE_NEWS_WATCHER)
		return core_watcher_asks(a, g->peer);
	if (g->news == CORE_NEWS_ONLINE)
		return true;
	c = core_chat_find(a, g->peer);
	if (g->news == CORE_NEWS_CHAT)
		return c && c->state == ENDPOINT_CHAT_OPENING;
	return c && (core_chat_unread(c) || !looked(core));
}


/* What all that is gathered may be told by; what may not goes. */
static unsigned sift(struct core *core)
{
	unsigned means = 0, each;
	struct le *le, *next;

	LIST_FOREACH (&core->gathered, le, next) {
		struct gathered *g = le->data;

		each = is_news(core, g)
			? means_now(core, g->news, g->account, g->peer)
			: 0;
		if (!each)
			mem_deref(g);
		means |= each;
	}
	return means;
}


static void begin_interval(struct core *core);


static void interval_h(void *arg)
{
	struct core *core = arg;
	unsigned means = sift(core);

	if (!means)
		return;
	deliver(core, &core->gathered, means);
	begin_interval(core);
}


static void begin_interval(struct core *core)
{
	int64_t seconds = core_option_number(core, "notify-interval");

	if (seconds)
		tmr_start(core->config.tmrs, &core->notify_tmr,
			(uint64_t)seconds * 1000, interval_h, core);
}


void core_notify(
	struct core *core, enum core_news news, const struct core_event *event)
{
	unsigned means = means_now(core, news, event->account, event->peer);

	if (!means)
		return;
	gather(core, news, event);
	if (tmr_isrunning(&core->notify_tmr))
		return;
	deliver(core, &core->gathered, means);
	begin_interval(core);
}


void core_notify_flush(struct core *core)
{
	tmr_cancel(&core->notify_tmr);
	list_flush(&core->gathered);
	core_notify_command_flush(core);
}
