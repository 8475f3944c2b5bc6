/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_lists.h - what the files of the buddy list on an XCAP server share. */
#ifndef SOTTO_SIMPLE_LISTS_H
#define SOTTO_SIMPLE_LISTS_H

#include "simple_int.h"

/* Somebody as the server is to have them. */
struct list_edit {
	UT_hash_handle hh; /* while it waits */
	struct le le; /* while it is going */
	char *peer;
	char *name; /* NULL: none */
	char **groups; /* NULL-terminated */
	bool drop;
	bool lacking; /* only where they are not in the list at all */
};

struct buddylist;

struct simple_lists {
	struct endpoint *e;
	bool kept; /* the server keeps lists */
	bool heard; /* what it has was looked at in this sign-in */
	bool lacking; /* ... and told last to be nothing */
	bool refused; /* not asked for any more in this sign-in */
	struct mbuf *text; /* as it was last seen; NULL: not yet, or absent */
	struct mbuf *known; /* ... as it was last told; NULL: not yet */
	struct buddylist *read; /* ... read, and to be told; NULL: not so */
	char *etag; /* ... of it */
	unsigned failures; /* of the server, in a row */
	struct xcap_request *get;
	struct tmr poll;
	struct tmr tell; /* what was seen */
	struct ua_sub *sub; /* to its changes */
	bool told; /* ... which it has told */
	char *news; /* ... last: the entity-tag, "" where it is gone; NULL: that
		       was looked at */

	/* simple_lists_edit.c */
	struct list_edit *waiting; /* hash by peer */
	struct list going; /* in the edit that is under way */
	struct xcap_edit *edit;
	bool creates; /* ... a document that was not there */
	unsigned creations; /* ... in this sign-in */
	uint64_t created_at; /* monotonic; the last of them */
	struct list unsure; /* what was written in it: is it there? */
	bool later; /* not before the next look */
};

extern const struct xcap_where simple_lists_where;

/* The document is now BODY (unset: there is none), ETAG of it (NULL: not
 * known); told upwards unless there is more to change, as that would be
 * undone. */
void simple_lists_take(
	struct simple_lists *l, const struct pl *body, const char *etag);

/* The next look at it is due: soon after trouble, later and later. */
void simple_lists_schedule(struct simple_lists *l, bool trouble);

/* Changes that wait are made now, if they can be. */
void simple_lists_edit_next(struct simple_lists *l);

/* The document is perhaps not the one that we have just created: whoever was in
 * ours is to be in it too. False: it never is THERE. */
bool simple_lists_edit_again(struct simple_lists *l, bool there);

/* simple_lists_merge.c: PERSON as they are to be in THERE, which another device
 * has changed since it was BEFORE: what both have changed is kept. NULL: they
 * are not there, and so as T has them (mem_deref). */
struct list_person {
	char *name;
	const char **groups; /* NULL-terminated */
	size_t n;
};
struct list_person *simple_lists_merged(const struct list_edit *t,
	const struct buddylist *before, const struct buddylist *there);

/* Forgets all changes. */
void simple_lists_edit_flush(struct simple_lists *l);

/* simple_lists_diff.c: the server tells when it changes (RFC 5875). */
void simple_lists_diff_online(struct simple_lists *l);
void simple_lists_diff_goodbye(struct simple_lists *l, uint64_t limit);

/* The document is asked for, unless it is under way already. */
void simple_lists_look(struct simple_lists *l);

/* ... where what the server told of is not what is known; when nothing is under
 * way, which may be older than that. */
void simple_lists_news(struct simple_lists *l);

#endif
