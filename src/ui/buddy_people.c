/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buddy_people.c - who is in the buddy list: buddies by group, and those who
 * wrote without being in it; sorted once, then moved one by one. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "buddy_people.h"
#include "utf8.h"


/* Names of the groups that nobody gave. */
static const char nameless[] = "Buddies";
static const char others[] = "Others";


static void person_destructor(void *data)
{
	struct buddy_person *p = data;

	if (!p->buddy)
		mem_deref((char *)(uintptr_t)p->peer);
	mem_deref(p->buddy);
	mem_deref(p->account);
}


static void forget(struct buddy_people *bp)
{
	HASH_CLEAR(hh, bp->by_address);
	while (bp->n)
		mem_deref(bp->all[--bp->n]);
	bp->all = mem_deref(bp->all);
	bp->size = bp->buddies = bp->online = 0;
}


void buddy_people_clear(struct buddy_people *bp)
{
	forget(bp);
	while (bp->n_groups) {
		struct buddy_group *g = bp->groups[--bp->n_groups];

		mem_deref(g->name);
		mem_deref(g);
	}
	bp->groups = mem_deref(bp->groups);
}


/* ---- making it anew ---- */

static struct buddy_group *group_get(struct buddy_people *bp, const char *name)
{
	struct buddy_group *g;
	size_t i;

	for (i = 0; i < bp->n_groups; i++) {
		if (!strcmp(bp->groups[i]->name, name))
			return bp->groups[i];
	}
	bp->groups = mem_reallocarray(
		bp->groups, bp->n_groups + 1, sizeof(struct buddy_group *));
	g = mem_zalloc(sizeof(*g), NULL);
	g->name = mem_strdup(name);
	g->folded = core_folded(bp->core, name);
	g->others = name == others;
	g->last = g->others || name == nameless;
	bp->groups[bp->n_groups++] = g;
	return g;
}


/* sip: and sips: are one person. */
static const char *address_of(const char *peer)
{
	const char *address = strchr(peer, ':');

	return address ? address : peer;
}


static void enter(struct buddy_people *bp, struct buddy_person *p)
{
	const char *address = address_of(p->peer);
	struct buddy_person *first, *same;

	p->first = true;
	HASH_FIND_STR(bp->by_address, address, first);
	if (!first) {
		HASH_ADD_KEYPTR(
			hh, bp->by_address, address, strlen(address), p);
		return;
	}
	for (same = first; same; same = same->next) {
		if (same->account == p->account)
			p->first = false;
	}
	p->next = first->next;
	first->next = p;
}


static uint8_t rank(const struct presence *p)
{
	if (!p)
		return BUDDY_UNKNOWN;
	switch (p->state) {
	case PRESENCE_ONLINE:
		return p->activity ? BUDDY_BUSY : BUDDY_HERE;
	case PRESENCE_OFFLINE:
		return BUDDY_OFFLINE;
	case PRESENCE_UNKNOWN:
		break;
	}
	return BUDDY_UNKNOWN;
}


/* Takes what P is now into its group, or out of it; into all, who is in
 * several groups once. */
static void count(
	struct buddy_people *bp, const struct buddy_person *p, bool in)
{
	struct buddy_group *g = p->group;
	size_t one = in ? 1 : (size_t)-1;
	bool online = p->rank <= BUDDY_BUSY;

	if (p->first && !g->others) {
		bp->buddies += one;
		bp->online += online ? one : 0;
	}
	g->n += one;
	g->online += online ? one : 0;
	g->unread += in ? p->unread : (size_t)0 - p->unread;
}


static void look_at(struct buddy_person *p)
{
	const struct core_chat *c = core_chat_find(p->account, p->peer);

	p->rank = rank(p->buddy ? core_buddy_presence(p->buddy) : NULL);
	p->unread = c ? core_chat_unread(c) : 0;
	p->touched = false;
}


static void add_person(struct buddy_people *bp, struct core_account *a,
	struct core_buddy *b, const char *peer, const char *group)
{
	char *name = utf8_show_dup(core_peer_name(a, peer), UTF8_NAME);
	size_t size = strlen(name) + 1;
	struct buddy_person *p = mem_alloc_clear(
		sizeof(*p) + size, sizeof(*p), person_destructor);

	memcpy(p->name, name, size);
	mem_deref(name);
	p->account = mem_ref(a);
	p->buddy = mem_ref(b);
	p->peer = b ? core_buddy_aor(b) : mem_strdup(peer);
	p->group = group_get(bp, group);
	p->place = (uint32_t)bp->n;
	look_at(p);
	enter(bp, p);
	count(bp, p, true);
	if (bp->n == bp->size) {
		bp->size = bp->size ? bp->size * 2 : 64;
		bp->all = mem_reallocarray(
			bp->all, bp->size, sizeof(struct buddy_person *));
	}
	bp->all[bp->n++] = p;
}


static void add_buddy(struct buddy_people *bp, struct core_buddy *b)
{
	const char *const *groups = core_buddy_groups(b);
	struct core_account *a = core_buddy_account(b);
	size_t i;

	if (!groups[0])
		add_person(bp, a, b, core_buddy_aor(b), nameless);
	for (i = 0; groups[i]; i++)
		add_person(bp, a, b, core_buddy_aor(b), groups[i]);
}


static void collect(struct buddy_people *bp)
{
	struct core_account *a;
	struct core_buddy *b;
	struct core_chat *c;

	for (a = core_account_first(bp->core); a; a = core_account_next(a)) {
		for (b = core_buddy_first(a); b; b = core_buddy_next(b))
			add_buddy(bp, b);
	}
	for (c = core_chat_first(bp->core); c; c = core_chat_next(c)) {
		a = core_chat_account(c);
		if (a && !core_buddy_find(a, core_chat_peer(c)))
			add_person(bp, a, NULL, core_chat_peer(c), others);
	}
}


static int by_group(const struct buddy_group *a, const struct buddy_group *b)
{
	if (a->last != b->last)
		return a->last ? 1 : -1;
	if (a->last)
		return strcmp(a->name, b->name);
	return strcasecmp(a->name, b->name);
}


/* ARG tells what to sort by: 'p'resence, 'n'ame or 'f'ixed. */
static int compare(const void *pa, const void *pb, void *arg)
{
	const struct buddy_person *a = *(struct buddy_person *const *)pa;
	const struct buddy_person *b = *(struct buddy_person *const *)pb;
	const char *by = arg;
	int d = 0;

	if (a->group != b->group)
		d = by_group(a->group, b->group);
	if (!d && a->group != b->group)
		d = strcmp(a->group->name, b->group->name);
	if (!d && *by == 'p')
		d = a->rank - b->rank;
	if (!d && *by != 'f')
		d = strcasecmp(a->name, b->name);
	return d ? d : (a->place > b->place) - (a->place < b->place);
}


void buddy_people_make(struct buddy_people *bp)
{
	char by = *core_option_get(bp->core, "buddies-order");
	size_t i;

	forget(bp);
	for (i = 0; i < bp->n_groups; i++) {
		struct buddy_group *g = bp->groups[i];

		g->n = g->online = g->unread = 0;
		g->folded = core_folded(bp->core, g->name);
	}
	collect(bp);
	if (bp->n)
		qsort_r(bp->all, bp->n, sizeof(struct buddy_person *), compare,
			&by);
}


/* ---- where only some are others ---- */

bool buddy_people_touch(
	struct buddy_people *bp, const char *account, const char *peer)
{
	const char *address = address_of(peer);
	struct buddy_person *p, *found = NULL;

	HASH_FIND_STR(bp->by_address, address, p);
	for (; p; p = p->next) {
		if (strcmp(core_account_name(p->account), account) != 0)
			continue;
		p->touched = true;
		found = p;
	}
	return found && (found->buddy || core_chat_find(found->account, peer));
}


/* Where P belongs among the first N, which are in order. */
static size_t place_of(struct buddy_person *const *people, size_t n,
	struct buddy_person *p, char *by)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&people[middle], &p, by) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}


/* Takes the touched ones out of the order; they are in MOVED then, which is
 * returned (mem_deref), and the others in front. */
static struct buddy_person **take_touched(struct buddy_people *bp, size_t *n)
{
	struct buddy_person **moved =
		mem_reallocarray(NULL, bp->n, sizeof(struct buddy_person *));
	size_t i, kept = 0;

	for (i = 0, *n = 0; i < bp->n; i++) {
		if (bp->all[i]->touched)
			moved[(*n)++] = bp->all[i];
		else
			bp->all[kept++] = bp->all[i];
	}
	return moved;
}


/* From the last one down: each goes where it belongs, and those behind it one
 * further for each that is still to come. */
static void put_back(struct buddy_people *bp, struct buddy_person **moved,
	size_t n, char *by)
{
	size_t kept = bp->n - n;

	while (n) {
		struct buddy_person *p = moved[--n];
		size_t at = place_of(bp->all, kept, p, by);

		memmove(&bp->all[at + n + 1], &bp->all[at],
			(kept - at) * sizeof(struct buddy_person *));
		bp->all[at + n] = p;
		kept = at;
	}
}


void buddy_people_update(struct buddy_people *bp)
{
	char by = *core_option_get(bp->core, "buddies-order");
	struct buddy_person **moved;
	size_t i, n;

	if (!bp->n)
		return;
	moved = take_touched(bp, &n);
	for (i = 0; i < n; i++) {
		count(bp, moved[i], false);
		look_at(moved[i]);
		count(bp, moved[i], true);
	}
	if (n)
		qsort_r(moved, n, sizeof(struct buddy_person *), compare, &by);
	put_back(bp, moved, n, &by);
	mem_deref(moved);
}


struct buddy_group *buddy_people_group(
	const struct buddy_people *bp, const char *name)
{
	size_t i;

	for (i = 0; i < bp->n_groups; i++) {
		if (bp->groups[i]->name == name)
			return bp->groups[i];
	}
	return NULL;
}
