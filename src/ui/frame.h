/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame.h - the lines between panes, and how they join where they meet. */
#ifndef SOTTO_UI_FRAME_H
#define SOTTO_UI_FRAME_H

#include "ui_int.h"

enum {
	FRAME_LINES = 32, /* of four panes, each in three pieces; more do not
			   * join */
};

struct frame_line {
	int row, col; /* of its beginning, in the area */
	int n; /* cells */
	bool down; /* else across */
};

/* Empty (N is 0) before each frame is drawn. */
struct frame {
	struct frame_line lines[FRAME_LINES];
	size_t n;
};

/* Draws a line in A, columns COL to END - 1 or N rows, and keeps it. What is
 * covered later, by a title, is not to be given. */
void frame_across(struct frame *fr, struct screen *s, const struct ui_area *a,
	int row, int col, int end);
void frame_down(struct frame *fr, struct screen *s, const struct ui_area *a,
	int row, int col, int n);

/* When all of them are drawn. */
void frame_join(
	const struct frame *fr, struct screen *s, const struct ui_area *a);

#endif
