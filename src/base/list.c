/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list.c - intrusive doubly linked list. */
#include <assert.h>
#include "list.h"
#include "mem.h"


static void link_between(struct list *list, struct le *prev, struct le *le,
	struct le *next, void *data)
{
	assert(!le->list);
	le->list = list;
	le->prev = prev;
	le->next = next;
	le->data = data;
	if (prev)
		prev->next = le;
	else
		list->head = le;
	if (next)
		next->prev = le;
	else
		list->tail = le;
	++list->count;
}


void list_append(struct list *list, struct le *le, void *data)
{
	link_between(list, list->tail, le, NULL, data);
}


void list_prepend(struct list *list, struct le *le, void *data)
{
	link_between(list, NULL, le, list->head, data);
}


void list_insert_after(struct le *at, struct le *le, void *data)
{
	link_between(at->list, at, le, at->next, data);
}


void list_unlink(struct le *le)
{
	struct list *list = le->list;

	if (!list)
		return;
	if (le->prev)
		le->prev->next = le->next;
	else
		list->head = le->next;
	if (le->next)
		le->next->prev = le->prev;
	else
		list->tail = le->prev;
	--list->count;
	le->prev = le->next = NULL;
	le->list = NULL;
}


void list_flush(struct list *list)
{
	struct le *le;

	/* From the head each time: a destructor may take others with it. */
	while ((le = list->head)) {
		void *data = le->data;

		list_unlink(le);
		mem_deref(data);
	}
}


void list_clear(struct list *list)
{
	while (list->head)
		list_unlink(list->head);
}
