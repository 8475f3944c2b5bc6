/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * links.c - what of a frame the terminal may open: OSC 8.
 *
 * curses knows nothing of links, so their cells are written a second time
 * behind the frame, wherever it wrote them or they are others than before.
 */
#include <string.h>
#include "links.h"
#include "list.h"
#include "mem.h"


struct link {
	struct le le;
	int row, col, cols;
	unsigned id;
	char *text;
	char *uri;
};

struct links {
	struct list now;
	struct list before;
	size_t n; /* of now */
};


static void link_destructor(void *data)
{
	struct link *k = data;

	list_unlink(&k->le);
	mem_deref(k->text);
	mem_deref(k->uri);
}


static void links_destructor(void *data)
{
	struct links *l = data;

	list_flush(&l->now);
	list_flush(&l->before);
}


struct links *links_alloc(void)
{
	return mem_zalloc(sizeof(struct links), links_destructor);
}


void links_rest(struct links *l)
{
	list_flush(&l->now);
	l->n = 0;
}


void links_shown(struct links *l)
{
	struct le *le, *next;

	list_flush(&l->before);
	LIST_FOREACH (&l->now, le, next) {
		list_unlink(le);
		list_append(&l->before, le, le->data);
	}
	l->n = 0;
}


void links_forget(struct links *l)
{
	list_flush(&l->now);
	list_flush(&l->before);
	l->n = 0;
}


void links_add(struct links *l, int row, int col, int cols,
	const struct pl *text, const char *uri, unsigned id)
{
	struct link *k;

	if (l->n >= LINKS_MAX || cols <= 0)
		return;
	k = mem_zalloc(sizeof(*k), link_destructor);
	k->row = row;
	k->col = col;
	k->cols = cols;
	k->id = id;
	k->text = pl_strdup(text);
	k->uri = mem_strdup(uri);
	list_append(&l->now, &k->le, k);
	++l->n;
}


void links_cover(struct links *l, int row, int col, int cols)
{
	struct le *le, *next;

	LIST_FOREACH (&l->now, le, next) {
		struct link *k = le->data;

		if (k->row == row && col < k->col + k->cols &&
			k->col < col + cols) {
			mem_deref(k);
			--l->n;
		}
	}
}


static const struct link *first_of(const struct list *list, int row)
{
	struct le *le, *next;

	LIST_FOREACH (list, le, next) {
		const struct link *k = le->data;

		if (k->row == row)
			return k;
	}
	return NULL;
}


static const struct link *next_of(const struct link *k)
{
	struct le *le;

	for (le = k->le.next; le; le = le->next) {
		const struct link *next = le->data;

		if (next->row == k->row)
			return next;
	}
	return NULL;
}


bool links_any(const struct links *l, int row)
{
	return first_of(&l->now, row) != NULL;
}


bool links_differ(const struct links *l, int row)
{
	const struct link *a = first_of(&l->now, row);
	const struct link *b = first_of(&l->before, row);

	while (a && b) {
		if (a->col != b->col || a->cols != b->cols || a->id != b->id ||
			strcmp(a->text, b->text) != 0 ||
			strcmp(a->uri, b->uri) != 0)
			return true;
		a = next_of(a);
		b = next_of(b);
	}
	return a != b;
}


void links_write(
	const struct links *l, int row, const char *sgr, struct mbuf *mb)
{
	const struct link *k = first_of(&l->now, row);

	if (!k)
		return;
	(void)mbuf_write_str(mb, "\0337");
	for (; k; k = next_of(k))
		(void)mbuf_printf(mb,
			"\033[%d;%dH\033]8;id=%u;%s\033\\\033[0%sm%s"
			"\033]8;;\033\\",
			k->row + 1, k->col + 1, k->id, k->uri, sgr, k->text);
	(void)mbuf_write_str(mb, "\0338");
}
