/* SPDX-License-Identifier: GPL-3.0-or-later */
/* presence.c - the neutral value of somebody's presence. */
#include <string.h>
#include "mem.h"
#include "presence.h"
#include "utf8.h"

static const char *const state_names[] = {
	[PRESENCE_UNKNOWN] = "unknown",
	[PRESENCE_OFFLINE] = "offline",
	[PRESENCE_ONLINE] = "online",
};

static const char *const activity_names[] = {
	[PRESENCE_NONE] = NULL,
	[PRESENCE_AWAY] = "away",
	[PRESENCE_BE_RIGHT_BACK] = "be-right-back",
	[PRESENCE_BUSY] = "busy",
	[PRESENCE_DO_NOT_DISTURB] = "do-not-disturb",
	[PRESENCE_ON_THE_PHONE] = "on-the-phone",
};

enum {
	STATES = sizeof(state_names) / sizeof(state_names[0]),
	ACTIVITIES = sizeof(activity_names) / sizeof(activity_names[0]),
};


/* A repaired copy of at most MAX bytes that ends behind a whole character;
 * NULL if there is no text. */
static char *text_dup(const struct pl *pl, size_t max)
{
	struct pl head;
	char *text;
	size_t n;

	if (!pl || !pl_isset(pl))
		return NULL;
	head = *pl;
	if (head.l > max)
		head.l = max + 1;
	text = utf8_repair_dup(&head);
	n = strlen(text);
	if (n > max) {
		n = max;
		while (n && (text[n] & 0xc0) == 0x80)
			n--;
		text[n] = '\0';
	}
	return text;
}


/* TEXT behind what stands at *END, which moves on; NULL stays so. */
static char *text_put(char **end, const char *text)
{
	char *at = *end;
	size_t size = text ? strlen(text) + 1 : 0;

	if (!text)
		return NULL;
	memcpy(at, text, size);
	*end += size;
	return at;
}


/* One block, texts and all: thousands are kept. */
struct presence *presence_alloc(enum presence_state state,
	enum presence_activity activity, const struct pl *note,
	const char *reason)
{
	struct pl pl = pl_str(state == PRESENCE_UNKNOWN ? reason : NULL);
	char *what = text_dup(note, PRESENCE_NOTE_MAX);
	char *why = text_dup(&pl, PRESENCE_REASON_MAX);
	size_t size = sizeof(struct presence) + (what ? strlen(what) + 1 : 0) +
		(why ? strlen(why) + 1 : 0);
	struct presence *p =
		mem_alloc_clear(size, sizeof(struct presence), NULL);
	char *end = (char *)(p + 1);

	p->state = state;
	p->activity = state == PRESENCE_UNKNOWN ? PRESENCE_NONE : activity;
	p->note = text_put(&end, what);
	p->reason = text_put(&end, why);
	mem_deref(what);
	mem_deref(why);
	return p;
}


struct presence *presence_idle(const struct presence *p, int64_t since)
{
	struct pl note = pl_str(p->note);
	struct presence *idle =
		presence_alloc(p->state, p->activity, &note, p->reason);

	if (p->state == PRESENCE_ONLINE && since > 0)
		idle->idle_since = since;
	return idle;
}


static bool text_eq(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}


bool presence_eq(const struct presence *a, const struct presence *b)
{
	if (!a || !b)
		return a == b;
	return a->state == b->state && a->activity == b->activity &&
		a->idle_since == b->idle_since && text_eq(a->note, b->note) &&
		text_eq(a->reason, b->reason);
}


const char *presence_state_name(enum presence_state state)
{
	return state_names[state];
}


bool presence_state_find(enum presence_state *state, const struct pl *pl)
{
	int i;

	for (i = 0; i < STATES; i++) {
		if (pl_streq(pl, state_names[i])) {
			*state = (enum presence_state)i;
			return true;
		}
	}
	return false;
}


const char *presence_activity_name(enum presence_activity activity)
{
	return activity_names[activity];
}


bool presence_activity_find(
	enum presence_activity *activity, const struct pl *pl)
{
	int i;

	for (i = PRESENCE_NONE + 1; i < ACTIVITIES; i++) {
		if (pl_streq(pl, activity_names[i])) {
			*activity = (enum presence_activity)i;
			return true;
		}
	}
	return false;
}
