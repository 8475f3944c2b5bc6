/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * strans_table.c - the server transactions by what finds them.
 *
 * Two indexes over the same slots, of chained buckets. The keys are hashes
 * already, and a hundred thousand slots may live at once: a link of one
 * pointer takes a fifth of what a general table's would. They grow by one
 * bucket with each slot (linear hashing): to double them at once would hold
 * the loop for as long as there are many.
 */
#include <string.h>
#include "strans.h"


enum {
	FIRST_SIZE = 64,
};


static size_t bucket_of(
	const struct sip_strans_table *t, const struct strans_key *key)
{
	uint64_t hash;

	memcpy(&hash, key->id, sizeof(hash));
	if (((size_t)hash & (t->size - 1)) < t->split)
		return (size_t)hash & (2 * t->size - 1);
	return (size_t)hash & (t->size - 1);
}


static void link_slot(struct sip_strans_table *t, struct strans_slot *slot,
	enum strans_index index)
{
	struct strans_link *link = &slot->links[index];
	struct strans_slot **head =
		&t->buckets[index][bucket_of(t, &link->key)];

	link->next = *head;
	*head = slot;
}


/* Room for twice the SIZE buckets, of which one after the other is used. */
static void make_room(struct sip_strans_table *t)
{
	size_t old = t->size, size;
	int i;

	t->size = old ? old : FIRST_SIZE;
	t->split = 0;
	size = 2 * t->size;
	for (i = 0; i < STRANS_INDEXES; i++) {
		struct strans_slot ***buckets = &t->buckets[i];

		*buckets = mem_reallocarray(*buckets, size, sizeof(**buckets));
		memset(*buckets + old, 0, (size - old) * sizeof(**buckets));
	}
}


/* Parts the bucket whose turn it is in two. */
static void grow(struct sip_strans_table *t)
{
	size_t at = t->split++;
	int i;

	for (i = 0; i < STRANS_INDEXES; i++) {
		struct strans_slot *slot = t->buckets[i][at], *next;

		t->buckets[i][at] = NULL;
		for (; slot; slot = next) {
			next = slot->links[i].next;
			link_slot(t, slot, (enum strans_index)i);
		}
	}
	if (t->split < t->size)
		return;
	t->size *= 2;
	make_room(t);
}


void strans_table_add(struct sip_strans_table *t, struct strans_slot *slot)
{
	if (!t->size)
		make_room(t);
	if (t->n >= t->size + t->split)
		grow(t);
	++t->n;
	link_slot(t, slot, STRANS_BY_KEY);
	if (slot->mergeable)
		link_slot(t, slot, STRANS_BY_MERGE);
}


static void unlink_slot(struct sip_strans_table *t, struct strans_slot *slot,
	enum strans_index index)
{
	struct strans_link *link = &slot->links[index];
	struct strans_slot **at = &t->buckets[index][bucket_of(t, &link->key)];

	while (*at != slot)
		at = &(*at)->links[index].next;
	*at = link->next;
}


void strans_table_remove(struct sip_strans_table *t, struct strans_slot *slot)
{
	--t->n;
	unlink_slot(t, slot, STRANS_BY_KEY);
	if (slot->mergeable)
		unlink_slot(t, slot, STRANS_BY_MERGE);
}


struct strans_slot *strans_table_find(const struct sip_strans_table *t,
	enum strans_index index, const struct strans_key *key)
{
	struct strans_slot *slot =
		t->n ? t->buckets[index][bucket_of(t, key)] : NULL;

	while (slot && memcmp(&slot->links[index].key, key, sizeof(*key)) != 0)
		slot = slot->links[index].next;
	return slot;
}


void strans_table_flush(struct sip_strans_table *t)
{
	size_t i;

	for (i = 0; i < t->size + t->split; i++) {
		while (t->buckets[STRANS_BY_KEY][i])
			mem_deref(t->buckets[STRANS_BY_KEY][i]);
	}
	for (i = 0; i < STRANS_INDEXES; i++)
		t->buckets[i] = mem_deref(t->buckets[i]);
	t->size = t->split = 0;
}
