/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * share.h - values that many buddies of a list have in common, each kept
 * once: of ten thousand most are plainly online or offline, and few groups
 * and files name them all.
 */
#ifndef SOTTO_CORE_SHARE_H
#define SOTTO_CORE_SHARE_H

#include "presence.h"

/* The values last seen (mem_deref); a bounded number of them. */
struct core_share;
struct core_share *core_share_alloc(void);

/* P, a reference that is taken over, or an equal one; NULL stays so. */
struct presence *core_share_presence(struct core_share *s, struct presence *p);

/* TEXT, a block; never written to (mem_deref). */
char *core_share_text(struct core_share *s, const char *text);

/* A copy of GROUPS as core_groups_copy() makes it; never written to
 * (mem_deref). */
const char **core_share_groups(struct core_share *s, const char *const *groups);

#endif
