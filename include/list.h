/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list.h - intrusive doubly linked list.
 *
 * A `struct le` lives inside the object that it links; the object's
 * destructor calls list_unlink(). All-zero is a valid empty list and a valid
 * unlinked element.
 */
#ifndef SOTTO_LIST_H
#define SOTTO_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list;

struct le {
	struct le *prev;
	struct le *next;
	struct list *list; /* NULL while unlinked */
	void *data;        /* the object that holds this element */
};

struct list {
	struct le *head;
	struct le *tail;
	size_t count;
};

/* Adds LE, which must be unlinked, at the end or the start; DATA is what
 * le->data will hold. */
void list_append(struct list *list, struct le *le, void *data);
void list_prepend(struct list *list, struct le *le, void *data);

/* Adds LE behind the linked element AT. */
void list_insert_after(struct le *at, struct le *le, void *data);

/* Takes LE out of its list; does nothing if it is in none. */
void list_unlink(struct le *le);

/* mem_deref()s every element's data; each destructor must unlink itself. */
void list_flush(struct list *list);

/* Unlinks all elements and leaves their objects alone. */
void list_clear(struct list *list);

static inline void *list_data(const struct le *le)
{
	return le ? le->data : NULL;
}

static inline bool list_isempty(const struct list *list)
{
	return !list->head;
}

/* Walks LIST with LE. The element at hand may be unlinked or freed in the
 * body, but not the one after it. NEXT is a second `struct le *`. */
#define LIST_FOREACH(list_, le_, next_)                                        \
	for ((le_) = (list_)->head; (le_) && ((next_) = (le_)->next, 1);       \
		(le_) = (next_))

#endif
