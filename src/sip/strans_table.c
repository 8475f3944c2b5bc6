/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * strans_table.c - the server transactions by what finds them.
 *
 * Two indexes over the same slots, of chained buckets. The keys are hashes
 * already, and a hundred thousand slots may live at once: a link of one
 * pointer takes a fifth of what a general table's would.
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


/* Makes room for twice as many, and takes the slots of OLD over. */
static void grow_index(
	struct sip_strans_table *t, enum strans_index index, size_t old_size)
{
	struct strans_slot **old = t->buckets[index], *slot, *next;
	size_t i;

	t->buckets[index] = mem_zalloc(t->size * sizeof(*old), NULL);
	for (i = 0; i < old_size; i++) {
		for (slot = old[i]; slot; slot = next) {
			next = slot->links[index].next;
			link_slot(t, slot, index);
		}
	}
	mem_deref(old);
}


static void grow(struct sip_strans_table *t)
{
	size_t old_size = t->size;
	int i;

	t->size = old_size ? old_size * 2 : FIRST_SIZE;
	for (i = 0; i < STRANS_INDEXES; i++)
		grow_index(t, (enum strans_index)i, old_size);
}


void strans_table_add(struct sip_strans_table *t, struct strans_slot *slot)
{
	if (t->n >= t->size)
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

	for (i = 0; i < t->size; i++) {
		while (t->buckets[STRANS_BY_KEY][i])
			mem_deref(t->buckets[STRANS_BY_KEY][i]);
	}
	for (i = 0; i < STRANS_INDEXES; i++)
		t->buckets[i] = mem_deref(t->buckets[i]);
	t->size = 0;
}
