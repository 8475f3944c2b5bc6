/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buddy_people.h - who is in the buddy list, by group and in order. */
#ifndef SOTTO_BUDDY_PEOPLE_H
#define SOTTO_BUDDY_PEOPLE_H

#include "core.h"
#include "mem.h"

#define uthash_fatal(msg) mem_oom()
#include <uthash.h>

/* How much there is of somebody; by presence they stand in this order. */
enum {
	BUDDY_HERE,
	BUDDY_BUSY, /* online, but away or the like */
	BUDDY_OFFLINE,
	BUDDY_UNKNOWN,
};

struct buddy_group {
	char *name;
	bool folded;
	bool last; /* behind all others */
	bool others; /* of those who are in no list */
	size_t n, online, unread;
};

/* Somebody in the list; of these there is one per group that they are in. */
struct buddy_person {
	struct core_account *account; /* a reference */
	struct core_buddy *buddy; /* a reference; NULL: not in the list */
	const char *peer; /* the buddy's; ours where there is none */
	struct buddy_group *group;
	struct buddy_person *next; /* with the same address, in another group
				      or of another account */
	unsigned unread;
	uint32_t place; /* in the order of the roster */
	uint8_t rank;
	bool first; /* of those with this address and account */
	bool touched; /* RANK and UNREAD may be others now */
	UT_hash_handle hh; /* by address: of the first that has it */
	char name[]; /* clean */
};

struct buddy_people {
	struct core *core;
	struct buddy_group **groups; /* live as long as this */
	size_t n_groups;
	struct buddy_person **all; /* references, in order */
	size_t n, size;
	size_t buddies, online; /* in the list, each once */
	struct buddy_person *by_address;
};

void buddy_people_clear(struct buddy_people *bp);

/* Collects and sorts them all anew. */
void buddy_people_make(struct buddy_people *bp);

/* PEER of the account of that name has another presence or unread count:
 * buddy_people_update() finds their place anew. False: PEER is not in the list,
 * or does not belong there any more. */
bool buddy_people_touch(
	struct buddy_people *bp, const char *account, const char *peer);
void buddy_people_update(struct buddy_people *bp);

/* The group whose name is at NAME; NULL: no such one. */
struct buddy_group *buddy_people_group(
	const struct buddy_people *bp, const char *name);

#endif
