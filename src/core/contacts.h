/* SPDX-License-Identifier: GPL-3.0-or-later */
/* contacts.h - the buddy list and the one that a server keeps, and what both
 * say of somebody, as a text. */
#ifndef SOTTO_CORE_CONTACTS_H
#define SOTTO_CORE_CONTACTS_H

#include "core_int.h"

/* ---- contacts.c ----------------------------------------------------- */

/* The server's list, whole. */
void core_contacts_heard(
	const struct endpoint_contact *contacts, size_t n, void *arg);

/* Our list was changed by its user. */
void core_contacts_changed(struct core_buddy *b);
void core_contacts_removed(struct core_account *a, const char *aor);

/* The sign-in is over. */
void core_contacts_offline(struct core_account *a);

/* ---- contact_agreed.c ----------------------------------------------- */

/* Somebody in the server's list, as it last was. */
struct core_contact {
	UT_hash_handle hh;
	char *aor;
	char *value; /* name and groups, sorted, a line each; NULL: it was not
			in it; with an empty line at its end: removed here */
	char *tried; /* what it may be there, as it was asked for since
			something was heard of it; NULL: nothing */
	bool there; /* in the list that is being heard */
	bool dropping; /* the server was asked to drop it */
};

struct core_contact *core_contact_find(
	const struct core_account *a, const char *aor);

/* The server has AOR as VALUE, which is taken over. */
void core_contact_set(struct core_account *a, const char *aor, char *value);
void core_contact_free(struct core_account *a, struct core_contact *c);

/* The user has removed them: if they come back after that they are new,
 * whatever the server has heard of it. */
void core_contact_removed(struct core_account *a, struct core_contact *c);

/* The server is asked to have AOR as VALUE; all that came about, or did not. */
void core_contact_try(
	struct core_account *a, const char *aor, const char *value);
void core_contact_untry(struct core_account *a, struct core_contact *c);

/* True if the server is known to have had VALUE, or may have: nobody else has
 * changed it. */
bool core_contact_known(const struct core_contact *c, const char *value);

/* What both agreed on, of C (may be NULL), whom the server has as THERE; NULL:
 * nothing. Borrowed of either. */
const char *core_contact_before(
	const struct core_contact *c, const char *there);

/* False if either is NULL. */
bool core_value_same(const char *a, const char *b);

void core_contacts_load(struct core *core, const char *key, const char *value);
void core_contacts_load_tried(
	struct core *core, const char *key, const char *value);
void core_contacts_flush(struct core_account *a);

/* ... and what is kept of it. */
void core_contacts_forget(struct core_account *a);

/* ---- contact_value.c ------------------------------------------------ */

/* A value: name and groups, sorted, a line each. */
struct core_parts {
	char *name; /* NULL: none */
	const char *groups[2 * CORE_GROUPS_MAX + 1]; /* owned */
	size_t n;
};

/* NAME and GROUPS, as they would stand in our list (mem_deref). */
char *core_value_of(const char *name, const char *const *groups);
char *core_value_of_buddy(const struct core_buddy *b);

/* VALUE taken apart, with the groups of MORE too, and its name, where there is
 * none yet (NULL: no more; mem_deref). */
struct core_parts *core_parts_of(const char *value, const char *more);

/* What was changed on either side since BEFORE (NULL: all of it); of two names
 * ours (mem_deref). */
struct core_parts *core_parts_merged(
	const char *before, const char *here, const char *there);

#endif
