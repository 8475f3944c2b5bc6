/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memory_seen.c - the newest keys of requests that may come again: a ring of
 * keys in the order they came, and a table of places in it. A slot of the
 * table also has some bits of the key, so that the ring, far away in memory,
 * is looked at for a key that is the same.
 */
#include <string.h>
#include "mem.h"
#include "store_int.h"


enum {
	FIRST_ROOM = 64,
	PLACE_BITS = 20, /* of a slot: the place in the ring, and one */
	PLACE_MASK = (1 << PLACE_BITS) - 1,
	TAG_SHIFT = 64 - (32 - PLACE_BITS),
};

_Static_assert(
	(int)MEMORY_SEEN_MAX <= (int)PLACE_MASK, "a slot holds any place");


struct memory_seen {
	uint64_t *ring;
	size_t room; /* of the ring; a power of two until it is full-grown */
	size_t n;
	size_t oldest; /* its place */
	uint32_t *slots; /* 0: free; probed in line */
	size_t mask; /* slots, a power of two, and one less */
};


static void destructor(void *data)
{
	struct memory_seen *seen = data;

	mem_deref(seen->ring);
	mem_deref(seen->slots);
}


struct memory_seen *memory_seen_alloc(void)
{
	return mem_zalloc(sizeof(struct memory_seen), destructor);
}


/* Keys are hashes, but nothing here relies on it. */
static uint64_t mix(uint64_t key)
{
	return key * 0x9e3779b97f4a7c15;
}


static size_t home_of(const struct memory_seen *seen, uint64_t key)
{
	return (size_t)(mix(key) >> 32) & seen->mask;
}


static uint64_t key_at(const struct memory_seen *seen, size_t slot)
{
	return seen->ring[(seen->slots[slot] & PLACE_MASK) - 1];
}


/* The slot of KEY, or the free one where it would be. */
static size_t slot_of(const struct memory_seen *seen, uint64_t key)
{
	uint32_t tag = (uint32_t)(mix(key) >> TAG_SHIFT);
	size_t i = home_of(seen, key);

	while (seen->slots[i] &&
		(seen->slots[i] >> PLACE_BITS != tag || key_at(seen, i) != key))
		i = (i + 1) & seen->mask;
	return i;
}


static void slot_set(struct memory_seen *seen, size_t place)
{
	uint64_t key = seen->ring[place];

	seen->slots[slot_of(seen, key)] = (uint32_t)(mix(key) >> TAG_SHIFT)
			<< PLACE_BITS |
		(uint32_t)(place + 1);
}


/* Frees slot I; those behind it that it kept from their home move up. */
static void slot_free(struct memory_seen *seen, size_t i)
{
	size_t j = i, home;

	for (;;) {
		j = (j + 1) & seen->mask;
		if (!seen->slots[j])
			break;
		home = home_of(seen, key_at(seen, j));
		if (((j - home) & seen->mask) < ((j - i) & seen->mask))
			continue;
		seen->slots[i] = seen->slots[j];
		i = j;
	}
	seen->slots[i] = 0;
}


/* More room; nothing was forgotten yet, so the oldest is at the front. */
static void grow(struct memory_seen *seen)
{
	size_t room = seen->room ? seen->room * 2 : FIRST_ROOM, slots = 1, i;

	if (room > MEMORY_SEEN_MAX)
		room = MEMORY_SEEN_MAX;
	while (slots < room + room / 4)
		slots *= 2;
	seen->ring = mem_reallocarray(seen->ring, room, sizeof(*seen->ring));
	seen->room = room;
	mem_deref(seen->slots);
	seen->slots = mem_zalloc(slots * sizeof(*seen->slots), NULL);
	seen->mask = slots - 1;
	for (i = 0; i < seen->n; i++)
		slot_set(seen, i);
}


bool memory_seen_add(struct memory_seen *seen, uint64_t key)
{
	size_t place;

	if (seen->n == seen->room && seen->room < MEMORY_SEEN_MAX)
		grow(seen);
	if (seen->slots[slot_of(seen, key)])
		return false;
	if (seen->n < seen->room) {
		place = seen->n++;
	} else {
		place = seen->oldest;
		seen->oldest = (place + 1) % seen->room;
		slot_free(seen, slot_of(seen, seen->ring[place]));
	}
	seen->ring[place] = key;
	slot_set(seen, place);
	return true;
}
