/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_view.h - a pane of lines to read. */
#ifndef SOTTO_TEXT_VIEW_H
#define SOTTO_TEXT_VIEW_H

#include "ui_int.h"

/* NAME is its title. TAIL: it shows its end until somebody scrolls. */
void text_view_alloc(struct ui_view **vp, struct ui_front *front,
	const char *name, bool tail);

/* Keeps the newest N lines, and tells how many went. */
void text_view_limit(struct ui_view *v, size_t n);

/* TEXT (a literal) stands there while there is no line. */
void text_view_empty(struct ui_view *v, const char *text);

/* Takes over the reference to OWNED, which fills the pane: it goes first. */
void text_view_own(struct ui_view *v, void *owned);

/* Adds TEXT, cleaned here, as lines. */
void text_view_add(struct ui_view *v, enum ui_style style, const char *text);

#endif
