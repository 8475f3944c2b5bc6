/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms_contacts.h - the contact list on the server: what is heard of it
 * (ms_contacts.c) and what is done to it (ms_edit.c). */
#ifndef SOTTO_DIALECT_MS_CONTACTS_H
#define SOTTO_DIALECT_MS_CONTACTS_H

#include "ms_int.h"

enum {
	MS_GROUPS_MAX = 64, /* of one list; the server allows no more */
};

struct ms_group {
	struct le le;
	uint32_t id;
	char *name;
};

struct ms_contact {
	UT_hash_handle hh;
	char *peer;
	char *name;
	char *groups; /* ids parted by blanks */
	char *external;
	bool subscribed;
};

/* What is to be done to the list. */
struct ms_edit {
	struct le le;
	char *peer;
	char *name;
	char **groups; /* names, NULL-terminated */
	bool drop; /* the contact goes */
	bool again; /* refused once already */
};

struct ms_contacts {
	struct ms *ms;
	struct ua_sub *sub;
	bool heard; /* the whole list of this sign-in */
	bool full; /* it is longer than is taken */
	bool broken; /* a change does not fit: the whole is asked for */
	uint32_t number;
	uint32_t sent; /* ... that the edit under way has */
	unsigned asked; /* times the whole was asked for, of late */
	struct tmr ask_tmr;
	struct list groups;
	uint32_t made[MS_GROUPS_MAX]; /* ids of groups that we made */
	size_t nmade;
	uint32_t emptied; /* the one that is being removed */
	struct ms_contact *by_peer;
	struct list edits; /* the first one may be under way */
	struct ua_call *call;
	struct tmr tmr; /* to be told */
};

/* The group of who is in no other. */
extern const char ms_default_group[];

struct ms_group *ms_group_by_id(const struct ms_contacts *l, uint32_t id);
struct ms_group *ms_group_by_name(
	const struct ms_contacts *l, const char *name);
void ms_group_set(struct ms_contacts *l, uint32_t id, const char *name);

/* One contact is as the server has it now (msdoc.h); ARG is the list. */
void ms_contacts_take(enum msdoc_change change,
	const struct msdoc_contact *contact, void *arg);

/* What is known of PEER; NULL: the list has them not. */
const struct ms_contact *ms_contact_find(
	const struct ms_contacts *l, const char *peer);

/* What we know of the list does not fit: the whole is asked for. */
void ms_contacts_ask(struct ms_contacts *l);

/* Tells the list in the next turn; not while it is being edited. */
void ms_contacts_tell(struct ms_contacts *l);

/* Sends what waits, if it is time. */
void ms_edit_next(struct ms_contacts *l);

#endif
