/* SPDX-License-Identifier: GPL-3.0-or-later */
/* own.h - own presence: what is told to others (presentity.c). */
#ifndef SOTTO_CORE_OWN_H
#define SOTTO_CORE_OWN_H

#include <stdbool.h>
#include <stdint.h>

struct core;
struct core_account;

/* What was set, or what stands in for it. */
struct core_own {
	char *word;
	char *note;
	char *note_before; /* while IDLE: what comes back with a key */
	bool idle; /* away because nothing is typed; it was online */
	int64_t since; /* no key, wall ms; 0: there are keys */
};

void core_own_copy(struct core_own *to, const struct core_own *from);
void core_own_release(struct core_own *own);

void core_presence_publish(struct core_account *a);

/* There is no key since SINCE (wall ms). Who is online is away, with NOTE where
 * that is not NULL; and back, unless the user has set something else
 * meanwhile. */
void core_presence_idle(struct core *core, const char *note, int64_t since);
void core_presence_back(struct core *core);

#endif
