/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * presence.h - what is known about somebody's presence, as one neutral
 * value: no document, no dialect, no protocol. Floors far above the
 * documents (pres.h) pass it on and show it.
 *
 * Unknown: we have no answer, always with the reason in words. Offline: they
 * answered that nothing of theirs is open. Online: some way to reach them is
 * open; the activity refines it.
 */
#ifndef SOTTO_PRESENCE_H
#define SOTTO_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>
#include "pl.h"

enum presence_state {
	PRESENCE_UNKNOWN,
	PRESENCE_OFFLINE,
	PRESENCE_ONLINE,
};

enum presence_activity {
	PRESENCE_NONE, /* nothing said: plainly online, offline, unknown */
	PRESENCE_AWAY,
	PRESENCE_BE_RIGHT_BACK,
	PRESENCE_BUSY,
	PRESENCE_DO_NOT_DISTURB,
	PRESENCE_ON_THE_PHONE,
};

enum {
	PRESENCE_NOTE_MAX = 1024, /* bytes of a note; cut behind a whole
	                              character */
	PRESENCE_REASON_MAX = 512, /* bytes of a reason, cut likewise */
};

/* Refcounted and never changed once made: share it with mem_ref(). */
struct presence {
	enum presence_state state;
	enum presence_activity activity;
	char *note; /* exact UTF-8 as they wrote it, not cleaned for a
	                 screen; NULL: none */
	char *reason; /* why it is unknown; NULL in the other states */
	int64_t idle_since; /* no key since then, ms since 1970; 0: not known,
	                       or keys come */
};

/*
 * A new presence (mem_deref). NOTE (NULL or empty: none) is copied, bytes
 * that are no UTF-8 as U+FFFD. REASON (NULL or empty: none) is copied
 * likewise where STATE is PRESENCE_UNKNOWN and dropped elsewhere. The
 * activity is PRESENCE_NONE where STATE is PRESENCE_UNKNOWN.
 */
struct presence *presence_alloc(enum presence_state state,
	enum presence_activity activity, const struct pl *note,
	const char *reason);

/* As P, but without a key since SINCE (ms since 1970; 0: not known) where it
 * is online (mem_deref). */
struct presence *presence_idle(const struct presence *p, int64_t since);

/* True where all fields are equal; two NULLs are equal. */
bool presence_eq(const struct presence *a, const struct presence *b);

/* "unknown", "offline", "online" (static); and back, case-sensitive: false
 * and *STATE untouched for any other word. */
const char *presence_state_name(enum presence_state state);
bool presence_state_find(enum presence_state *state, const struct pl *pl);

/* "away", "be-right-back", "busy", "do-not-disturb", "on-the-phone"
 * (static), NULL for PRESENCE_NONE; and back as above. */
const char *presence_activity_name(enum presence_activity activity);
bool presence_activity_find(
	enum presence_activity *activity, const struct pl *pl);

#endif
