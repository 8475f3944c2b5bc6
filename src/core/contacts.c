/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * contacts.c - the buddy list and the one that a server keeps, made one: what
 * both last agreed on is kept, so that what was changed here, there or on both
 * sides meanwhile is told apart, and no buddy is lost.
 */
#include <stdlib.h>
#include <string.h>
#include "contacts.h"


enum {
	HEARD_A_TURN = 400, /* of a long list, so that no turn is long */
	HEARD_MAX = 64 << 20, /* bytes of texts in a list */
	RESENT_MAX = 3, /* in a sign-in, until the server has got them */
};

/* A long list that is being heard; everything in it is in one block. */
struct core_hearing {
	struct core_account *a;
	struct tmr tmr;
	struct endpoint_contact *contacts;
	size_t n;
	size_t next;
};


static void hearing_destructor(void *data)
{
	struct core_hearing *h = data;

	tmr_cancel(&h->tmr);
	mem_deref(h->contacts);
}


/* ---- here ----------------------------------------------------------- */

/* B, or (NULL) somebody new, is to be in our list as VALUE has it. */
static void take(struct core_account *a, struct core_buddy *b, const char *aor,
	const struct core_parts *p)
{
	char *old, *new;

	if (!b || !b->added) {
		(void)core_buddy_add(
			a, aor, p->name, p->groups, NULL, NULL, NULL);
		return;
	}
	(void)core_buddy_rename(b, p->name ? p->name : "");
	old = core_value_of(NULL, core_buddy_groups(b));
	new = core_value_of(NULL, p->groups);
	if (strcmp(old, new) != 0)
		(void)core_buddy_regroup(b, p->groups);
	mem_deref(new);
	mem_deref(old);
}


/* ---- there ---------------------------------------------------------- */

/* The server is to have B as it is here; once for each way that B is. */
static void send(struct core_account *a, struct core_buddy *b)
{
	struct endpoint_contact contact = {
		.peer = b->aor,
		.name = b->name,
		.groups = core_buddy_groups(b),
	};
	struct core_contact *c = core_contact_find(a, b->aor);
	bool known = c && !c->dropping && !c->tried;
	char *value = core_value_of_buddy(b);
	const char *last = b->sent || !known ? b->sent : c->value;

	if (c)
		c->dropping = false;
	/* Who is as before is not added again, if removed there meanwhile. */
	if (last && !strcmp(last, value)) {
		mem_deref(value);
		return;
	}
	mem_deref(b->sent);
	b->sent = value;
	core_contact_try(a, b->aor, value);
	endpoint_contact_set(a->endpoint, &contact);
}


static void drop(struct core_account *a, struct core_contact *c)
{
	if (!c->dropping)
		endpoint_contact_drop(a->endpoint, c->aor);
	c->dropping = true;
}


/* ---- both ----------------------------------------------------------- */

/* Somebody both have, BEFORE being what they agreed on (NULL: nothing). */
static void merge(struct core_account *a, struct core_buddy *b,
	const char *before, const char *there)
{
	char *here = core_value_of_buddy(b);
	bool moved = !before || strcmp(here, before) != 0;
	bool moved_there = !before || strcmp(there, before) != 0;
	struct core_parts *p = NULL;
	struct core_contact *c;

	if (!strcmp(here, there))
		;
	else if (!moved || (b->sent && !strcmp(b->sent, here)))
		/* Theirs is newer, or they take ours in a way of their own. */
		p = core_parts_of(there, NULL);
	else if (moved_there)
		p = core_parts_merged(before, here, there);
	if (p)
		take(a, b, b->aor, p);
	mem_deref(p);
	mem_deref(here);
	here = core_value_of_buddy(b);
	if (strcmp(here, there) != 0) {
		send(a, b);
	} else {
		b->sent = mem_deref(b->sent);
		b->resent = 0;
		c = core_contact_find(a, b->aor);
		if (c)
			core_contact_untry(a, c);
	}
	mem_deref(here);
}


static void heard(
	struct core_account *a, const struct endpoint_contact *contact)
{
	struct core_contact *c = core_contact_find(a, contact->peer);
	struct core_buddy *b = core_buddy_added_find(a, contact->peer);
	char *there = core_value_of(contact->name, contact->groups);
	bool removed = c && !b && core_contact_known(c, there);
	struct core_parts *p;
	char *before;

	if (removed) {
		drop(a, c);
		c->there = true;
		mem_deref(there);
		return;
	}
	if (b) {
		before = mem_strdup(core_contact_before(c, there));
		merge(a, b, before, there);
		mem_deref(before);
	} else {
		/* New there; or removed here, but changed there since. */
		p = core_parts_of(there, NULL);
		take(a, NULL, contact->peer, p);
		mem_deref(p);
		if (!core_buddy_added_find(a, contact->peer)) {
			/* Nobody that our list can have: theirs keeps it. */
			mem_deref(there);
			return;
		}
		if (c)
			core_contact_untry(a, c);
	}
	if (c)
		c->dropping = false;
	core_contact_set(a, contact->peer, there);
}


/* What both had and the server has no more: gone (true), unless it was changed
 * here meanwhile or a file declares it. */
static bool vanished(struct core_account *a, struct core_contact *c)
{
	struct core_buddy *b = core_buddy_added_find(a, c->aor);
	char *here = b ? core_value_of_buddy(b) : NULL;
	bool gone = b && !b->file && core_value_same(here, c->value);

	if (gone)
		(void)core_buddy_remove(b, NULL);
	mem_deref(here);
	core_saved_contact(a, c->aor, NULL);
	core_contact_free(a, c);
	return gone;
}


/* N of them, one of whom is AOR: whoever misses them is to find why. */
static void tell_vanished(struct core_account *a, const char *aor, size_t n)
{
	char *others = n == 2 ? mem_strdup(" and 1 other")
			      : mem_printf(" and %zu others", n - 1);

	core_say(a->core, LOG_INFO,
		"%s: %s%s: removed from the server's list, by another of your "
		"devices",
		a->aor, aor, n > 1 ? others : "");
	mem_deref(others);
}


/* Whom only our list has. */
static void send_rest(struct core_account *a)
{
	struct core_buddy *b;

	for (b = core_buddy_first(a); b; b = core_buddy_next(b)) {
		if (!b->added || core_contact_find(a, b->aor))
			continue;
		/* Another device was faster to remove them, or the server has
		 * refused them. */
		if (b->sent && b->resent < RESENT_MAX) {
			b->sent = mem_deref(b->sent);
			b->resent++;
		}
		send(a, b);
	}
}


/* Agreed on with another server, or with one that has lost its list: who is
 * missing there was not removed. */
static void begin_anew(struct core_account *a)
{
	struct core_contact *c, *next;

	HASH_ITER (hh, a->contacts, c, next) {
		core_saved_contact(a, c->aor, NULL);
		core_contact_free(a, c);
	}
}


/* Whose list it is; what was agreed on with another does not count. */
static void same_list(struct core_account *a)
{
	const char *root = core_account_setting(a, "xcap-root");

	if (!strcmp(root ? root : "", a->list ? a->list : ""))
		return;
	begin_anew(a);
	mem_deref(a->list);
	a->list = mem_strdup(root);
	core_saved_contact(a, "", root);
}


/* Who is left: on one side only. */
static void heard_all(struct core_account *a)
{
	struct core_contact *c, *next;
	char *gone = NULL;
	size_t n = 0;

	HASH_ITER (hh, a->contacts, c, next) {
		char *aor = c->there ? NULL : mem_strdup(c->aor);

		if (aor && vanished(a, c) && !n++)
			gone = mem_ref(aor);
		mem_deref(aor);
	}
	if (n)
		tell_vanished(a, gone, n);
	mem_deref(gone);
	send_rest(a);
}


static void hearing_handler(void *arg)
{
	struct core_hearing *h = arg;
	struct core_account *a = h->a;
	size_t i = 0;

	if (!a->core || !a->endpoint || a->leaving) {
		a->hearing = mem_deref(h);
		return;
	}
	a->merging = true;
	while (h->next < h->n && i++ < HEARD_A_TURN)
		heard(a, &h->contacts[h->next++]);
	if (h->next < h->n) {
		tmr_start(a->core->config.tmrs, &h->tmr, 0, hearing_handler, h);
	} else {
		a->hearing = mem_deref(h);
		heard_all(a);
	}
	a->merging = false;
}


/* The bytes of what C points to, its groups as pointers. */
static size_t size_of(const struct endpoint_contact *c, size_t *groups)
{
	size_t size = strlen(c->peer) + 1, i;

	if (c->name)
		size += strlen(c->name) + 1;
	for (i = 0; c->groups && c->groups[i]; i++)
		size += strlen(c->groups[i]) + 1;
	*groups += i + 1;
	return size;
}


static const char *copy_text(char **to, const char *text)
{
	char *copy = *to;

	if (!text)
		return NULL;
	*to = stpcpy(copy, text) + 1;
	return copy;
}


/* Names and groups that make a short document long. */
static bool is_too_long(const struct endpoint_contact *contacts, size_t n)
{
	size_t bytes = 0, groups = 0, i;

	for (i = 0; i < n && bytes <= HEARD_MAX; i++)
		bytes += size_of(&contacts[i], &groups);
	return bytes > HEARD_MAX;
}


static struct endpoint_contact *copy_of(
	const struct endpoint_contact *contacts, size_t n)
{
	struct endpoint_contact *copy;
	size_t bytes = 0, groups = 0, i, k;
	const char **group;
	char *text;

	for (i = 0; i < n; i++)
		bytes += size_of(&contacts[i], &groups);
	copy = mem_zalloc(
		n * sizeof(*copy) + groups * sizeof(*group) + bytes, NULL);
	group = (const char **)(copy + n);
	text = (char *)(group + groups);
	for (i = 0; i < n; i++) {
		const struct endpoint_contact *c = &contacts[i];

		copy[i].peer = copy_text(&text, c->peer);
		copy[i].name = copy_text(&text, c->name);
		copy[i].groups = group;
		for (k = 0; c->groups && c->groups[k]; k++)
			*group++ = copy_text(&text, c->groups[k]);
		*group++ = NULL;
	}
	return copy;
}


static void hear(struct core_account *a,
	const struct endpoint_contact *contacts, size_t n)
{
	size_t i;

	if (n > HEARD_A_TURN) {
		a->hearing =
			mem_zalloc(sizeof(*a->hearing), hearing_destructor);
		a->hearing->a = a;
		a->hearing->contacts = copy_of(contacts, n);
		a->hearing->n = n;
		tmr_start(a->core->config.tmrs, &a->hearing->tmr, 0,
			hearing_handler, a->hearing);
		return;
	}
	a->merging = true;
	for (i = 0; i < n; i++)
		heard(a, &contacts[i]);
	heard_all(a);
	a->merging = false;
}


void core_contacts_heard(
	const struct endpoint_contact *contacts, size_t n, void *arg)
{
	struct core_account *a = arg;
	struct core_contact *c, *next;

	if (!a->core || !a->endpoint || a->leaving)
		return;
	/* Who could not be read from the store was not removed. */
	if (a->core->loading || a->core->unread)
		return;
	if (is_too_long(contacts, n)) {
		core_say(a->core, LOG_WARN,
			"%s: the server's buddy list is left alone: its names "
			"and groups are too long",
			a->name);
		return;
	}
	same_list(a);
	if (!contacts)
		begin_anew(a);
	a->hearing = mem_deref(a->hearing);
	a->contacts_heard = true;
	HASH_ITER (hh, a->contacts, c, next) {
		c->there = false;
	}
	hear(a, contacts, n);
}


/* ---- from the list here --------------------------------------------- */

/* Of a list that is being heard this part is still to come. */
static bool to_come(const struct core_account *a, const struct core_contact *c)
{
	return a->hearing && !(c && c->there);
}


void core_contacts_changed(struct core_buddy *b)
{
	struct core_account *a = b->account;

	if (!a || !a->contacts_heard || a->merging || !b->added)
		return;
	if (!to_come(a, core_contact_find(a, b->aor)))
		send(a, b);
}


void core_contacts_removed(struct core_account *a, const char *aor)
{
	struct core_contact *c = core_contact_find(a, aor);
	const struct core_buddy *b = core_buddy_find(a, aor);

	if (c && !a->merging)
		core_contact_removed(a, c);
	if (!a->contacts_heard || a->merging || to_come(a, c))
		return;
	if (c)
		drop(a, c);
	else if (b && b->sent)
		/* The server takes it, or has, and did not tell it yet. */
		endpoint_contact_drop(a->endpoint, aor);
}


void core_contacts_offline(struct core_account *a)
{
	struct core_contact *c, *next;
	struct core_buddy *b;

	a->hearing = mem_deref(a->hearing);
	if (!a->contacts_heard)
		return;
	a->contacts_heard = false;
	for (b = core_buddy_first(a); b; b = core_buddy_next(b)) {
		b->sent = mem_deref(b->sent);
		b->resent = 0;
	}
	HASH_ITER (hh, a->contacts, c, next) {
		c->dropping = false;
	}
}
