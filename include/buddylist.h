/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buddylist.h - the people in a document of resource lists (RFC 4826 3) as a
 * buddy list: read, and changed in the text, so that every byte that a change
 * does not touch stays as it was, whatever it means. Pure: no socket, no
 * clock.
 *
 * A list is a group, called by its display-name, or else by its name; one
 * within another is a group of its own. Who is in several lists is in several
 * groups. No groups, but lists of people without one, are:
 *
 *   RootGroup           where new people without a group go (Jitsi has it so)
 *   rcs, oma_buddylist  of phones; who gets a group stays in them as well
 *   a list without a name
 *
 * Lists whose names begin with oma_, rcs_, dialog_ or sipsimple_ are a
 * program's own: nobody in them counts. An entry-ref and an external stand for
 * people in other documents: they are kept and not followed, so that a list may
 * contain itself. So is an entry whose uri is none of a person (sip, sips,
 * tel). Addresses that are the same but for sip and sips are one person.
 */
#ifndef SOTTO_BUDDYLIST_H
#define SOTTO_BUDDYLIST_H

#include <stdbool.h>
#include <stddef.h>
#include "mbuf.h"
#include "pl.h"

#define BUDDYLIST_TYPE "application/resource-lists+xml"

enum {
	BUDDYLIST_PEOPLE_MAX = 20000,
	BUDDYLIST_GROUPS_MAX = 64, /* of one person; more are kept, not told */
	BUDDYLIST_NAME_MAX = 1024, /* bytes of a name; the rest is not told */
};

struct buddylist;

/* Names and groups in one line, without white space around them. */
struct buddylist_person {
	const char *peer; /* AOR in canonical form */
	const char *name; /* NULL: none */
	const char *const *groups; /* NULL-terminated; NULL: none */
};

typedef void(buddylist_person_h)(
	const struct buddylist_person *person, void *arg);

/* Reads TEXT (borrowed until mem_deref(); unset: there is none yet). EBADMSG:
 * not XML, not UTF-8, no resource lists; EMSGSIZE: over a bound (8 MiB, depth
 * 64, 500,000 nodes); E2BIG: more people than BUDDYLIST_PEOPLE_MAX. */
int buddylist_alloc(struct buddylist **lp, const struct pl *text);

/* In order of the document, as it was read. */
void buddylist_each(
	const struct buddylist *l, buddylist_person_h *h, void *arg);
/* Of PEER alone, as it was read; false: nobody with that address was. */
bool buddylist_one(const struct buddylist *l, const char *peer,
	buddylist_person_h *h, void *arg);
size_t buddylist_count(const struct buddylist *l);
bool buddylist_has(const struct buddylist *l, const char *peer);

/* How many references to other documents there are among the people. */
size_t buddylist_references(const struct buddylist *l);

/* The list is to have PERSON so; or nobody with that address. Each person once
 * only. EINVAL: no address; E2BIG as above. */
int buddylist_set(struct buddylist *l, const struct buddylist_person *person);
int buddylist_drop(struct buddylist *l, const char *peer);

/* *FRESHP (mem_deref) is the text with all that was set and dropped; left
 * alone where it says that already. A group that everybody leaves for the same
 * new one is renamed; one that is empty after that goes, unless something else
 * is in it. EMSGSIZE: it would be over a bound. */
int buddylist_write(struct mbuf **freshp, struct buddylist *l);

#endif
