/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line_int.h - what the files of the line front end share. */
#ifndef SOTTO_LINE_INT_H
#define SOTTO_LINE_INT_H

#include "core.h"

/* EVENT as a sentence for a person, or NULL where it is not shown; not
 * cleaned (mem_deref). */
char *line_event_text(struct core *core, const struct core_event *event);

#endif
