/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list_view.h - a list with groups that fold, of which only the rows in sight
 * are put into words: the buddy list, the results of a search.
 */
#ifndef SOTTO_LIST_VIEW_H
#define SOTTO_LIST_VIEW_H

#include "ui_int.h"
#include "utf8.h"

enum {
	LIST_TEXT = 512, /* bytes of each text of a row */
};

/* One row; a group's rows follow it. */
struct list_item {
	void *data; /* a reference; of what it stands for */
	const char *group; /* its group, or the one it begins; NULL: none */
	bool head; /* begins a group */
};

/* A row in words, all clean. */
struct list_cell {
	char mark[8]; /* glyph; empty: none */
	enum ui_style mark_style;
	char text[LIST_TEXT];
	enum ui_style style;
	char note[LIST_TEXT];
	char right[32];
	enum ui_style right_style;
};

struct list_view {
	struct list_item *items;
	size_t n;
	size_t cursor;
	size_t top; /* first row in sight */
	int rows; /* drawn last */
	void (*format)(const struct list_item *item, struct list_cell *cell,
		void *arg);
	void *arg;
};

/* Takes over ITEMS (an array of N, mem_deref); the cursor stays on what it
 * was on, else where it was. */
void list_view_set(struct list_view *l, struct list_item *items, size_t n);
void list_view_clear(struct list_view *l);

/* NULL where there is no row. */
const struct list_item *list_view_at(const struct list_view *l);

void list_view_draw(struct list_view *l, struct screen *s,
	const struct ui_area *a, bool focus);

/* False for moves that it does not know (select, fold). */
bool list_view_move(struct list_view *l, enum ui_move move);

/* Puts the cursor on row ROW of what was drawn; false: there is none. */
bool list_view_click(struct list_view *l, int row);

#endif
