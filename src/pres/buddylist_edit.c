/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buddylist_edit.c - a buddy list changed in the text of a document that other
 * programs write too (RFC 4826 3). */
#include <errno.h>
#include <string.h>
#include "buddylist_int.h"
#include "mem.h"


/* ---- what is to be --------------------------------------------------- */

static bool same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}


static void add(struct buddylist *l, struct buddylist_one *one, size_t list,
	size_t entry)
{
	if (l->n_adds == l->adds_room) {
		l->adds_room = l->adds_room ? 2 * l->adds_room : 16;
		l->adds = mem_reallocarray(
			l->adds, l->adds_room, sizeof(*l->adds));
	}
	l->adds[l->n_adds++] = (struct buddylist_add){list, one, entry};
	l->lists[list].comes++;
}


/* A fresh list in the root; LABEL NULL: of people without a group. */
static size_t list_make(struct buddylist *l, const char *label)
{
	size_t x = buddylist_list_add(l, SIZE_MAX);

	l->lists[x].label = mem_strdup(label);
	l->lists[x].kind = label ? BUDDYLIST_GROUP : BUDDYLIST_PLAIN;
	return x;
}


static size_t list_of_group(struct buddylist *l, const char *label)
{
	const struct buddylist_index *x =
		buddylist_index_find(&l->labels, label);
	size_t list;

	if (x)
		return x->list;
	list = list_make(l, label);
	buddylist_index_set(&l->labels, label, list);
	return list;
}


static size_t list_of_nobody(struct buddylist *l)
{
	if (l->plain == SIZE_MAX)
		l->plain = list_make(l, NULL);
	return l->plain;
}


static void cut(struct buddylist *l, size_t entry)
{
	l->entries[entry].cut = true;
	l->lists[l->entries[entry].list].cuts++;
}


/* Where all that comes into a fresh list comes from, as long as it is one. */
static void note_move(struct buddylist_list *to, size_t from)
{
	if (to->moved && to->from != from)
		from = SIZE_MAX;
	to->from = from;
	to->moved++;
}


/* ONE comes into LIST: by an entry of it that goes elsewhere, if there is any,
 * with all that others wrote in it. */
static void put(struct buddylist *l, struct buddylist_one *one, size_t list)
{
	size_t e = one->first;

	while (e != SIZE_MAX && !(l->entries[e].cut && !l->entries[e].moved))
		e = l->entries[e].next;
	if (e != SIZE_MAX) {
		l->entries[e].moved = true;
		note_move(&l->lists[list], l->entries[e].list);
	}
	add(l, one, list, e);
}


static size_t find_label(const char *const *groups, size_t n, const char *label)
{
	size_t i;

	for (i = 0; i < n && strcmp(groups[i], label); i++)
		;
	return i;
}


/* Cuts the entries of ONE that are not wanted, marks the GROUPS that it is in;
 * true if it is in a list of people without group. */
static bool sort_out(struct buddylist *l, const struct buddylist_one *one,
	const char *const *groups, bool *have, size_t n)
{
	bool plain = false;
	size_t e, i;

	for (e = one->first; e != SIZE_MAX; e = l->entries[e].next) {
		const struct buddylist_list *list =
			&l->lists[l->entries[e].list];

		if (list->kind == BUDDYLIST_GROUP) {
			i = find_label(groups, n, list->label);
			if (i < n)
				have[i] = true;
			else
				cut(l, e);
		} else if (list->kind == BUDDYLIST_PLAIN && n) {
			cut(l, e);
		} else {
			plain = true;
		}
	}
	return plain;
}


static void regroup(struct buddylist *l, struct buddylist_one *one,
	const char *const *groups, size_t n)
{
	bool have[BUDDYLIST_GROUPS_MAX] = {false}, plain;
	size_t i;

	plain = sort_out(l, one, groups, have, n);
	for (i = 0; i < n; i++) {
		if (!have[i])
			put(l, one, list_of_group(l, groups[i]));
	}
	if (!n && !plain)
		put(l, one, list_of_nobody(l));
}


/* GROUPS as labels, each once (mem_deref). */
static size_t labels_of(char **labels, const char *const *groups)
{
	size_t n = 0, i;

	for (i = 0; groups && groups[i] && n < BUDDYLIST_GROUPS_MAX; i++) {
		char *label = buddylist_label(groups[i]);

		if (label &&
			find_label((const char *const *)labels, n, label) == n)
			labels[n++] = label;
		else
			mem_deref(label);
	}
	return n;
}


int buddylist_set(struct buddylist *l, const struct buddylist_person *person)
{
	char *labels[BUDDYLIST_GROUPS_MAX];
	char *peer = buddylist_address(person->peer);
	struct buddylist_one *one;
	size_t n;

	if (!peer)
		return EINVAL;
	if (!buddylist_find(l, peer) &&
		buddylist_count(l) >= BUDDYLIST_PEOPLE_MAX) {
		mem_deref(peer);
		return E2BIG;
	}
	one = buddylist_get(l, peer);
	one->fresh = buddylist_label(person->name);
	one->rename = !same(one->fresh, one->name);
	n = labels_of(labels, person->groups);
	regroup(l, one, (const char *const *)labels, n);
	while (n)
		mem_deref(labels[--n]);
	return 0;
}


int buddylist_drop(struct buddylist *l, const char *peer)
{
	char *address = buddylist_address(peer);
	const struct buddylist_one *one;
	size_t e;

	if (!address)
		return EINVAL;
	one = buddylist_find(l, address);
	mem_deref(address);
	for (e = one ? one->first : SIZE_MAX; e != SIZE_MAX;
		e = l->entries[e].next)
		cut(l, e);
	return 0;
}
