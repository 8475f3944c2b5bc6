/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame.c - the lines between panes, and how they join where they meet. */
#include "frame.h"


static void add(struct frame *fr, const struct frame_line *line)
{
	if (line->n > 0 && fr->n < FRAME_LINES)
		fr->lines[fr->n++] = *line;
}


void frame_across(struct frame *fr, struct screen *s, const struct ui_area *a,
	int row, int col, int end)
{
	const struct frame_line line = {row, col, end - col, false};

	screen_hline(s, a, row, col, end - col, UI_BORDER);
	add(fr, &line);
}


void frame_down(struct frame *fr, struct screen *s, const struct ui_area *a,
	int row, int col, int n)
{
	const struct frame_line line = {row, col, n, true};

	screen_vline(s, a, row, col, n, UI_BORDER);
	add(fr, &line);
}


/* A line of that direction has this cell. */
static bool covers(const struct frame *fr, int row, int col, bool down)
{
	size_t i;

	for (i = 0; i < fr->n; i++) {
		const struct frame_line *l = &fr->lines[i];

		if (l->down != down)
			continue;
		if (down ? col == l->col && row >= l->row && row < l->row + l->n
			 : row == l->row && col >= l->col &&
					col < l->col + l->n)
			return true;
	}
	return false;
}


static void join(const struct frame *fr, struct screen *s,
	const struct ui_area *a, int row, int col)
{
	/* By what goes left, right, up and down from there. */
	static const enum ui_glyph glyphs[16] = {
		[1 | 4 | 8] = UI_GLYPH_JOIN_LEFT,
		[2 | 4 | 8] = UI_GLYPH_JOIN_RIGHT,
		[1 | 2 | 4] = UI_GLYPH_JOIN_UP,
		[1 | 2 | 8] = UI_GLYPH_JOIN_DOWN,
		[1 | 2 | 4 | 8] = UI_GLYPH_JOIN_ALL,
	};
	unsigned ways;

	/* A title stands there. */
	if (!covers(fr, row, col, true) && !covers(fr, row, col, false))
		return;
	ways = (covers(fr, row, col - 1, false) ? 1u : 0u) |
		(covers(fr, row, col + 1, false) ? 2u : 0u) |
		(covers(fr, row - 1, col, true) ? 4u : 0u) |
		(covers(fr, row + 1, col, true) ? 8u : 0u);
	if (glyphs[ways])
		(void)screen_glyph(s, a, row, col, UI_BORDER, glyphs[ways]);
}


void frame_join(
	const struct frame *fr, struct screen *s, const struct ui_area *a)
{
	size_t i, k;

	for (i = 0; i < fr->n; i++) {
		for (k = 0; k < fr->n; k++) {
			if (fr->lines[i].down && !fr->lines[k].down)
				join(fr, s, a, fr->lines[k].row,
					fr->lines[i].col);
		}
	}
}
