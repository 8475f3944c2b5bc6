/* SPDX-License-Identifier: GPL-3.0-or-later */
/* links.h - what of a frame the terminal may open: OSC 8. */
#ifndef SOTTO_UI_LINKS_H
#define SOTTO_UI_LINKS_H

#include <stdbool.h>
#include "mbuf.h"
#include "pl.h"

enum {
	LINKS_MAX = 256, /* of a frame; more are only text */
};

/* Links of a frame. */
struct links;

struct links *links_alloc(void);

/* A new frame: no links so far. */
void links_rest(struct links *l);

/* The frame is on the terminal: what differs will differ from it. */
void links_shown(struct links *l);

/* Cells COL to COL + COLS - 1 of ROW, which show TEXT. */
void links_add(struct links *l, int row, int col, int cols,
	const struct pl *text, const char *uri, unsigned id);

/* Something else was drawn over COL to COL + COLS - 1. */
void links_cover(struct links *l, int row, int col, int cols);

/* True if ROW has any; if it has others than it had. */
bool links_any(const struct links *l, int row);
bool links_differ(const struct links *l, int row);

/* Nothing is shown: the screen was cleared. */
void links_forget(struct links *l);

/* Writes those of ROW over its cells, looking as SGR says; the cursor is back
 * afterwards. */
void links_write(
	const struct links *l, int row, const char *sgr, struct mbuf *mb);

#endif
