/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_view.h - a pane of lines to read. */
#ifndef SOTTO_TEXT_VIEW_H
#define SOTTO_TEXT_VIEW_H

#include "ui_int.h"

/* NAME is its title. TAIL: it shows its end until somebody scrolls. */
void text_view_alloc(struct ui_view **vp, struct ui_front *front,
	const char *name, bool tail);

/* Adds TEXT, cleaned here, as lines. */
void text_view_add(struct ui_view *v, enum ui_style style, const char *text);

#endif
