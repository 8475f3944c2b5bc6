/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line_int.h - what the files of the line front end share. */
#ifndef SOTTO_LINE_INT_H
#define SOTTO_LINE_INT_H

#include <stdbool.h>
#include "core.h"

/* ---- event_text.c ---- */

/* EVENT as a sentence for a person, or NULL where it is not shown; not
 * cleaned (mem_deref). */
char *line_event_text(struct core *core, const struct core_event *event);

/* ---- filter.c: which events are shown ---- */

struct line_filter;

/* It takes what comes for the configuration's, until line_filter_settle().
 * (mem_deref) */
void line_filter_alloc(struct line_filter **fp);
void line_filter_settle(struct line_filter *f);

/* From now on only what must not be missed. */
void line_filter_leave(struct line_filter *f);

/* True if EVENT is worth a line; it counts as shown then. */
bool line_filter_shows(struct line_filter *f, const struct core_event *event);

#endif
