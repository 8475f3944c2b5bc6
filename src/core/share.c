/* SPDX-License-Identifier: GPL-3.0-or-later */
/* share.c - values that many buddies have in common, each kept once. */
#include <string.h>
#include "core_int.h"
#include "share.h"


enum {
	STATES = PRESENCE_ONLINE + 1,
	ACTIVITIES = PRESENCE_ON_THE_PHONE + 1,
	LISTS = 64, /* of groups; the last one of each place stays */
};

struct core_share {
	struct presence *plain[STATES][ACTIVITIES]; /* with nothing more */
	struct presence *unknown; /* the last one with a reason */
	char *text;
	const char **groups[LISTS];
};


static void destructor(void *data)
{
	struct core_share *s = data;
	size_t i, j;

	for (i = 0; i < STATES; i++) {
		for (j = 0; j < ACTIVITIES; j++)
			mem_deref(s->plain[i][j]);
	}
	mem_deref(s->unknown);
	mem_deref(s->text);
	for (i = 0; i < LISTS; i++)
		mem_deref((void *)s->groups[i]);
}


struct core_share *core_share_alloc(void)
{
	return mem_zalloc(sizeof(struct core_share), destructor);
}


static struct presence **place_of(
	struct core_share *s, const struct presence *p)
{
	if (p->note || p->idle_since)
		return NULL;
	return p->reason ? &s->unknown : &s->plain[p->state][p->activity];
}


struct presence *core_share_presence(struct core_share *s, struct presence *p)
{
	struct presence **place = p ? place_of(s, p) : NULL;

	if (!place)
		return p;
	if (!presence_eq(*place, p)) {
		mem_deref(*place);
		*place = p;
	} else {
		mem_deref(p);
	}
	return mem_ref(*place);
}


char *core_share_text(struct core_share *s, const char *text)
{
	return mem_strshare(&s->text, text);
}


static size_t groups_hash(const char *const *groups)
{
	size_t hash = 5381;
	const char *p;

	for (; *groups; groups++) {
		for (p = *groups; *p; p++)
			hash = hash * 33 + (unsigned char)*p;
		hash = hash * 33 + '\n';
	}
	return hash;
}


static bool groups_eq(const char *const *a, const char *const *b)
{
	while (*a && *b && !strcmp(*a, *b)) {
		++a;
		++b;
	}
	return !*a && !*b;
}


const char **core_share_groups(struct core_share *s, const char *const *groups)
{
	const char ***place = &s->groups[groups_hash(groups) % LISTS];

	if (!*place || !groups_eq((const char *const *)*place, groups)) {
		mem_deref((void *)*place);
		*place = (const char **)core_groups_copy(groups);
	}
	return mem_ref((void *)*place);
}
