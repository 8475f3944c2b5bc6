/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buddylist_int.h - what reading and changing a buddy list share. */
#ifndef SOTTO_BUDDYLIST_INT_H
#define SOTTO_BUDDYLIST_INT_H

#include <stdbool.h>
#include <uthash.h>
#include "buddylist.h"
#include "span.h"

#define BUDDYLIST_NS   "urn:ietf:params:xml:ns:resource-lists"
#define BUDDYLIST_ROOT "RootGroup"

extern const struct xml_limits buddylist_limits;

enum buddylist_kind {
	BUDDYLIST_GROUP,
	BUDDYLIST_PLAIN, /* of people without a group */
	BUDDYLIST_ALL, /* of people with and without */
	BUDDYLIST_FOREIGN, /* not ours to read */
};

/* A list of the document, or a fresh one. */
struct buddylist_list {
	size_t span; /* SIZE_MAX: fresh */
	enum buddylist_kind kind;
	char *label; /* of a group */
	bool lent; /* it is that of a list within too */
	size_t people; /* entries of people */
	size_t cuts; /* ... that go */
	size_t comes; /* what is added to it */
	size_t puts; /* ... and written, as entries */
	size_t from; /* fresh: all that came from a list came from this one;
			SIZE_MAX: there is none such */
	size_t moved; /* ... so many */
	size_t renamed; /* becomes that fresh one; SIZE_MAX: none */
	bool gone;
	struct mbuf *put; /* their text */
};

struct buddylist_one;

/* An entry of a person. */
struct buddylist_entry {
	size_t span;
	size_t list;
	size_t next; /* of the same person; SIZE_MAX: the last */
	struct buddylist_one *one;
	bool cut;
	bool moved; /* ... but comes elsewhere */
};

/* A person. */
struct buddylist_one {
	UT_hash_handle hh;
	char *peer;
	char *name; /* as it was read */
	char *fresh; /* as it is to be, if */
	bool rename;
	size_t first, last; /* entries; SIZE_MAX: none */
};

/* Something by its name. */
struct buddylist_index {
	UT_hash_handle hh;
	char *key;
	size_t list;
};

/* An entry that comes into a list. */
struct buddylist_add {
	size_t list;
	struct buddylist_one *one;
	size_t entry; /* that moves there; SIZE_MAX: a fresh one */
};

struct buddylist {
	struct spans *s;
	struct buddylist_list *lists;
	size_t n_lists, lists_room;
	struct buddylist_entry *entries;
	size_t n_entries, entries_room;
	struct buddylist_add *adds;
	size_t n_adds, adds_room;
	struct buddylist_one *people; /* hash by address without scheme */
	struct buddylist_index *labels; /* the list that a group is added to */
	struct buddylist_index *names; /* of the lists in the root */
	size_t references;
	size_t plain; /* where people without group go; SIZE_MAX: nowhere */
	unsigned plain_rank; /* how good a place that is */
};

/* TEXT as it is told (mem_deref); NULL: nothing is left. */
char *buddylist_label(const char *text);

/* The display-name in span I as it is told; NULL: none. */
char *buddylist_display_name(const struct spans *s, size_t i);

/* The address of URI; NULL: none of a person (mem_deref). */
char *buddylist_address(const char *uri);
struct buddylist_one *buddylist_find(
	const struct buddylist *l, const char *peer);
struct buddylist_one *buddylist_get(struct buddylist *l, char *peer);

/* Another list, all empty; its index. */
size_t buddylist_list_add(struct buddylist *l, size_t span);
struct buddylist_index *buddylist_index_find(
	struct buddylist_index *const *hash, const char *key);
void buddylist_index_set(
	struct buddylist_index **hash, const char *key, size_t list);

/* buddylist_entry.c: the text of an entry. */

/* Entry ENTRY with the name that its person is to have. AWAY: in list TARGET,
 * where other prefixes may be declared. */
void buddylist_entry_write(struct mbuf *mb, const struct buddylist *l,
	size_t entry, bool away, size_t target);

/* <display-name>NAME</display-name> */
void buddylist_name_write(
	struct mbuf *mb, const struct pl *prefix, const char *name);

/* True if the list in span I has other attributes than its name. */
bool buddylist_has_attrs(const struct spans *s, size_t i);

/* A new one; PREFIX is that of the list. */
void buddylist_entry_new(struct mbuf *mb, const struct pl *prefix,
	const struct buddylist_one *one);

#endif
