/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_buddylist.c - a buddy list in resource lists: what was changed reads,
 * says what was wanted of the one and the same of all others, and needs no
 * other change. */
#include <string.h>
#include "buddylist.h"
#include "fuzz.h"
#include "mem.h"

#define BOB "sip:bob@example.org"
#define KIM "sip:kim@example.org"

struct seen {
	const char *name; /* of Bob, as it is to be */
	const char *group;
	bool bob, kim;
	size_t others;
	uint64_t sum; /* of what is told of them */
};


static void add(struct seen *s, const char *text)
{
	for (; *text; text++)
		s->sum = s->sum * 31 + (unsigned char)*text;
	s->sum = s->sum * 31 + '\n';
}


static void person_h(const struct buddylist_person *p, void *arg)
{
	struct seen *s = arg;
	size_t i;

	MUST(*p->peer);
	if (!strcmp(p->peer, BOB) || !strcmp(p->peer, "sips:bob@example.org")) {
		s->bob = true;
		if (!s->group)
			return;
		MUST(p->groups[0] && !p->groups[1]);
		MUST(!strcmp(p->groups[0], s->group));
		MUST(p->name && !strcmp(p->name, s->name));
		return;
	}
	if (!strcmp(p->peer, KIM) || !strcmp(p->peer, "sips:kim@example.org")) {
		s->kim = true;
		return;
	}
	s->others++;
	add(s, p->peer);
	add(s, p->name ? p->name : "");
	for (i = 0; p->groups[i]; i++) {
		MUST(*p->groups[i]);
		MUST(strlen(p->groups[i]) <= BUDDYLIST_NAME_MAX);
	}
}


static struct mbuf *change(const struct pl *text, struct seen *before)
{
	const char *const groups[] = {"Friends", NULL};
	const struct buddylist_person bob = {BOB, "Bob", groups};
	struct buddylist *l = NULL;
	struct mbuf *fresh = NULL;

	if (buddylist_alloc(&l, text))
		return NULL;
	buddylist_each(l, person_h, before);
	if (buddylist_set(l, &bob) || buddylist_drop(l, KIM) ||
		buddylist_write(&fresh, l))
		fresh = NULL;
	mem_deref(l);
	return fresh;
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl text = pl_make((const char *)data, size), all;
	struct seen before = {0}, after = {.name = "Bob", .group = "Friends"};
	struct mbuf *fresh = change(&text, &before), *again;

	/* It may have grown over a bound that it was just below. */
	if (!fresh || size > 1024 * 1024) {
		mem_deref(fresh);
		return 0;
	}
	all = mbuf_all(fresh);
	again = change(&all, &after);
	MUST(!again);
	MUST(after.bob);
	MUST(!after.kim);
	MUST(after.others == before.others);
	MUST(after.sum == before.sum);
	mem_deref(fresh);
	return 0;
}
