/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter.c - which events are worth a line to a person. */
#include <string.h>
#include "line_int.h"
#include "mem.h"

#define uthash_fatal(msg) mem_oom()
#include <uthash.h>


/* Somebody whose presence was told. */
struct told {
	UT_hash_handle hh;
	char *key; /* account and peer */
};

struct line_filter {
	struct told *told;
	bool settled;
	bool leaving;
};


static void told_destructor(void *data)
{
	struct told *t = data;

	mem_deref(t->key);
}


static void filter_destructor(void *data)
{
	struct line_filter *f = data;
	struct told *t, *next;

	HASH_ITER (hh, f->told, t, next) {
		HASH_DEL(f->told, t);
		mem_deref(t);
	}
}


/* True if it is the first line about this peer. */
static bool is_first(struct line_filter *f, const struct core_event *e)
{
	char *key = mem_printf("%s %s", e->account, e->peer);
	struct told *t;

	HASH_FIND_STR(f->told, key, t);
	if (t) {
		mem_deref(key);
		return false;
	}
	t = mem_zalloc(sizeof(*t), told_destructor);
	t->key = key;
	HASH_ADD_KEYPTR(hh, f->told, t->key, strlen(t->key), t);
	return true;
}


/* The line about the account says the same, or the answer is on its way. */
static bool is_passing(const char *reason)
{
	static const char *const words[] = {
		"connecting", "not signed in", "waiting for an answer"};
	size_t i;

	for (i = 0; reason && i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(reason, words[i]))
			return true;
	}
	return false;
}


static bool shows_presence(struct line_filter *f, const struct core_event *e)
{
	bool first = is_first(f, e);

	return first || strcmp(e->state, "unknown") != 0 ||
		!is_passing(e->reason);
}


static bool shows_account(struct line_filter *f, const struct core_event *e)
{
	/* It is tried often, and only the time of the next try is new. */
	if (e->again)
		return false;
	return f->settled || e->reason || strcmp(e->state, "offline") != 0;
}


bool line_filter_shows(struct line_filter *f, const struct core_event *e)
{
	switch (e->kind) {
	case CORE_EVENT_ACCOUNT:
		return !f->leaving && shows_account(f, e);
	case CORE_EVENT_PRESENCE:
		return !f->leaving && shows_presence(f, e);
	case CORE_EVENT_BUDDY:
		return !f->leaving && f->settled;
	case CORE_EVENT_TYPING:
	case CORE_EVENT_CHAT:
		return !f->leaving;
	case CORE_EVENT_WATCHER_SETTLED:
	case CORE_EVENT_HISTORY:
		return false;
	case CORE_EVENT_WATCHER:
	case CORE_EVENT_MESSAGE:
	case CORE_EVENT_MESSAGE_STATE:
	case CORE_EVENT_LOG:
		return true;
	}
	return true;
}


void line_filter_alloc(struct line_filter **fp)
{
	*fp = mem_zalloc(sizeof(**fp), filter_destructor);
}


void line_filter_settle(struct line_filter *f)
{
	f->settled = true;
}


void line_filter_leave(struct line_filter *f)
{
	f->leaving = true;
}
