/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_pending.h - what the fake core owes an answer. */
#ifndef SOTTO_FAKE_PENDING_H
#define SOTTO_FAKE_PENDING_H

#include "core.h"
#include "list.h"

void fake_pending_add(
	struct list *list, const char *verb, core_done_h *done, void *arg);

/* Answers the oldest of VERB; false: none. */
bool fake_pending_end(struct list *list, const char *verb,
	const struct core_outcome *outcome);

#endif
