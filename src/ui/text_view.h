/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text_view.h - panes of text to read.
 *
 * 1 view  lines that are added at the end
 * 2 rows  what all panes of text have in common
 */
#ifndef SOTTO_TEXT_VIEW_H
#define SOTTO_TEXT_VIEW_H

#include "ui_int.h"

/* ---- 1 text_view.c --------------------------------------------------- */

/* NAME is its title. LIVE: lines come while it is read, and it shows its end
 * until somebody scrolls. */
void text_view_alloc(struct ui_view **vp, struct ui_front *front,
	const char *name, bool live);

/* Keeps the newest N lines, and tells how many went. */
void text_view_limit(struct ui_view *v, size_t n);

/* TEXT (a literal) stands there while there is no line. */
void text_view_empty(struct ui_view *v, const char *text);

/* Takes over the reference to OWNED, which fills the pane: it goes first. */
void text_view_own(struct ui_view *v, void *owned);

/* Adds TEXT, cleaned here, as lines. */
void text_view_add(struct ui_view *v, enum ui_style style, const char *text);

/* ---- 2 text_row.c ---------------------------------------------------- */

/* TEXT cleaned for this terminal, lines parted by newlines, tabs as blanks
 * (mem_deref). */
char *text_clean(const struct pl *text);

/* Bytes of LINE's next row; at least one character, so that it ends. */
size_t text_row_len(const struct pl *line, int cols);

/* Columns that LINE's further rows begin at, so that they stand below what they
 * go on with: its indent, or its second column. */
int text_row_hang(const struct pl *line, int cols);

/* screen_text() with every HIT (NULL: none) in it marked. */
int text_row_draw(struct screen *s, const struct ui_area *a, int row, int col,
	enum ui_style style, const struct pl *text, const char *hit);

/* The last row of A: what a search has to SAY (NULL: nothing), and where
 * there is MORE below, how much of it nobody has seen. */
void text_bar_draw(struct screen *s, const struct ui_area *a, const char *say,
	bool more, size_t below);

#endif
