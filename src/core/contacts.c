/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * contacts.c - the buddy list and the one that a server keeps, made one: what
 * both last agreed on is kept, so that what was changed here, there or on both
 * sides meanwhile is told apart, and no buddy is lost.
 */
#include <stdlib.h>
#include <string.h>
#include "core_int.h"
#include "mbuf.h"


/* Somebody in the server's list, as it last was. */
struct core_contact {
	UT_hash_handle hh;
	char *aor;
	char *value; /* name and groups, sorted, a line each */
	bool there; /* in the list that is being heard */
	bool dropping; /* the server was asked to drop it */
};


static void contact_destructor(void *data)
{
	struct core_contact *c = data;

	mem_deref(c->aor);
	mem_deref(c->value);
}


/* ---- values --------------------------------------------------------- */

static int label_order(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}


/* NAME and GROUPS, as they would stand in our list (mem_deref). */
static char *value_of(const char *name, const char *const *groups)
{
	struct mbuf *mb = mbuf_alloc(CORE_TEXT_MAX);
	char *labels[CORE_GROUPS_MAX], *label = core_label(name), *value;
	size_t n = 0, i;

	for (i = 0; groups && groups[i] && n < CORE_GROUPS_MAX; i++) {
		labels[n] = core_label(groups[i]);
		n += labels[n] != NULL;
	}
	qsort(labels, n, sizeof(*labels), label_order);
	(void)mbuf_write_str(mb, label ? label : "");
	for (i = 0; i < n; i++) {
		if (!i || strcmp(labels[i], labels[i - 1]) != 0)
			(void)mbuf_printf(mb, "\n%s", labels[i]);
	}
	value = mbuf_strdup(mb);
	while (n)
		mem_deref(labels[--n]);
	mem_deref(label);
	mem_deref(mb);
	return value;
}


static char *value_of_buddy(const struct core_buddy *b)
{
	return value_of(b->name, core_buddy_groups(b));
}


/* VALUE taken apart; the texts point into one block (mem_deref). */
struct parts {
	char *name; /* NULL: none */
	const char *groups[2 * CORE_GROUPS_MAX + 1];
	size_t n;
};


static void parts_destructor(void *data)
{
	struct parts *p = data;

	mem_deref(p->name);
	while (p->n)
		mem_deref((char *)(uintptr_t)p->groups[--p->n]);
}


static bool parts_have(const struct parts *p, const struct pl *group)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (pl_streq(group, p->groups[i]))
			return true;
	}
	return false;
}


/* The groups of VALUE are added; its name, where there is none yet. */
static void parts_add(struct parts *p, const char *value)
{
	struct pl rest = pl_str(value), line;
	bool more = pl_split(&rest, '\n', &line);

	if (line.l && !p->name)
		p->name = pl_strdup(&line);
	while (more && p->n < 2 * CORE_GROUPS_MAX) {
		more = pl_split(&rest, '\n', &line);
		if (line.l && !parts_have(p, &line))
			p->groups[p->n++] = pl_strdup(&line);
	}
}


static struct parts *parts_of(const char *value, const char *more)
{
	struct parts *p = mem_zalloc(sizeof(*p), parts_destructor);

	parts_add(p, value);
	if (more)
		parts_add(p, more);
	return p;
}


static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}


/* A group of FROM, which OTHER may be without, if that is new since BEFORE. */
static void parts_merge(struct parts *p, const struct parts *from,
	const struct parts *other, const struct parts *before)
{
	size_t i;

	for (i = 0; i < from->n; i++) {
		struct pl group = pl_str(from->groups[i]);

		if (parts_have(p, &group) || p->n == 2 * CORE_GROUPS_MAX)
			continue;
		if (parts_have(other, &group) || !parts_have(before, &group))
			p->groups[p->n++] = mem_strdup(from->groups[i]);
	}
}


/* What was changed on either side since BEFORE (NULL: all of it); of two names
 * ours. */
static struct parts *parts_merged(
	const char *before, const char *here, const char *there)
{
	struct parts *p, *b, *h, *t;

	if (!before)
		return parts_of(here, there);
	p = mem_zalloc(sizeof(*p), parts_destructor);
	b = parts_of(before, NULL);
	h = parts_of(here, NULL);
	t = parts_of(there, NULL);
	p->name = mem_strdup(same_text(h->name, b->name) ? t->name : h->name);
	parts_merge(p, h, t, b);
	parts_merge(p, t, h, b);
	mem_deref(b);
	mem_deref(h);
	mem_deref(t);
	return p;
}


/* ---- what both agreed on -------------------------------------------- */

static struct core_contact *contact_find(
	const struct core_account *a, const char *aor)
{
	struct core_contact *c;

	HASH_FIND_STR(a->contacts, core_peer_key(aor), c);
	return c;
}


static struct core_contact *contact_get(struct core_account *a, const char *aor)
{
	struct core_contact *c = contact_find(a, aor);
	const char *key;

	if (c)
		return c;
	c = mem_zalloc(sizeof(*c), contact_destructor);
	c->aor = mem_strdup(aor);
	key = core_peer_key(c->aor);
	HASH_ADD_KEYPTR(hh, a->contacts, key, strlen(key), c);
	return c;
}


static void contact_set(struct core_account *a, const char *aor, char *value)
{
	struct core_contact *c = contact_get(a, aor);
	bool same = c->value && !strcmp(c->value, value);

	c->there = true;
	mem_deref(c->value);
	c->value = value;
	if (!same)
		core_saved_contact(a, aor, value);
}


static void contact_free(struct core_account *a, struct core_contact *c)
{
	HASH_DEL(a->contacts, c);
	mem_deref(c);
}


/* ---- here ----------------------------------------------------------- */

/* B, or (NULL) somebody new, is to be in our list as VALUE has it. */
static void take(struct core_account *a, struct core_buddy *b, const char *aor,
	const struct parts *p)
{
	char *old, *new;

	if (!b || !b->added) {
		(void)core_buddy_add(
			a, aor, p->name, p->groups, NULL, NULL, NULL);
		return;
	}
	(void)core_buddy_rename(b, p->name ? p->name : "");
	old = value_of(NULL, core_buddy_groups(b));
	new = value_of(NULL, p->groups);
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
	struct core_contact *c = contact_find(a, b->aor);
	char *value = value_of_buddy(b);

	if (c)
		c->dropping = false;
	if (b->sent && !strcmp(b->sent, value)) {
		mem_deref(value);
		return;
	}
	mem_deref(b->sent);
	b->sent = value;
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
	char *here = value_of_buddy(b);
	bool moved = !before || strcmp(here, before) != 0;
	bool moved_there = !before || strcmp(there, before) != 0;
	struct parts *p = NULL;

	if (!strcmp(here, there))
		;
	else if (!moved || (b->sent && !strcmp(b->sent, here)))
		/* Theirs is newer, or they take ours in a way of their own. */
		p = parts_of(there, NULL);
	else if (moved_there)
		p = parts_merged(before, here, there);
	if (p)
		take(a, b, b->aor, p);
	mem_deref(p);
	mem_deref(here);
	here = value_of_buddy(b);
	if (strcmp(here, there) != 0)
		send(a, b);
	else
		b->sent = mem_deref(b->sent);
	mem_deref(here);
}


static void heard(
	struct core_account *a, const struct endpoint_contact *contact)
{
	struct core_contact *c = contact_find(a, contact->peer);
	struct core_buddy *b = core_buddy_added_find(a, contact->peer);
	char *there = value_of(contact->name, contact->groups);
	bool removed = c && !b && !strcmp(c->value, there);
	struct parts *p;

	if (removed) {
		drop(a, c);
	} else if (b) {
		merge(a, b, c ? c->value : NULL, there);
	} else {
		/* New there; or removed here, but changed there since. */
		p = parts_of(there, NULL);
		take(a, NULL, contact->peer, p);
		mem_deref(p);
		if (!core_buddy_added_find(a, contact->peer)) {
			/* Nobody that our list can have: theirs keeps it. */
			mem_deref(there);
			return;
		}
	}
	contact_set(a, contact->peer, there);
}


/* What both had and the server has no more: gone, unless it was changed here
 * meanwhile or a file declares it. */
static void vanished(struct core_account *a, struct core_contact *c)
{
	struct core_buddy *b = core_buddy_added_find(a, c->aor);
	char *here = b ? value_of_buddy(b) : NULL;

	if (b && !b->file && !strcmp(here, c->value))
		(void)core_buddy_remove(b, NULL);
	mem_deref(here);
	core_saved_contact(a, c->aor, NULL);
	contact_free(a, c);
}


/* Whom only our list has. */
static void send_rest(struct core_account *a)
{
	struct core_buddy *b;

	for (b = core_buddy_first(a); b; b = core_buddy_next(b)) {
		if (b->added && !contact_find(a, b->aor))
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
		contact_free(a, c);
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


void core_contacts_heard(
	const struct endpoint_contact *contacts, size_t n, void *arg)
{
	struct core_account *a = arg;
	struct core_contact *c, *next;
	size_t i;

	if (!a->core || !a->endpoint || a->leaving)
		return;
	/* Who could not be read from the store was not removed. */
	if (a->core->loading || a->core->unread)
		return;
	same_list(a);
	if (!contacts)
		begin_anew(a);
	a->merging = true;
	a->contacts_heard = true;
	HASH_ITER (hh, a->contacts, c, next) {
		c->there = false;
	}
	for (i = 0; i < n; i++)
		heard(a, &contacts[i]);
	HASH_ITER (hh, a->contacts, c, next) {
		if (!c->there)
			vanished(a, c);
	}
	send_rest(a);
	a->merging = false;
}


/* ---- from the list here --------------------------------------------- */

void core_contacts_changed(struct core_buddy *b)
{
	struct core_account *a = b->account;

	if (a && a->contacts_heard && !a->merging && b->added)
		send(a, b);
}


void core_contacts_removed(struct core_account *a, const char *aor)
{
	struct core_contact *c = contact_find(a, aor);
	const struct core_buddy *b = core_buddy_find(a, aor);

	if (!a->contacts_heard || a->merging)
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

	if (!a->contacts_heard)
		return;
	a->contacts_heard = false;
	for (b = core_buddy_first(a); b; b = core_buddy_next(b))
		b->sent = mem_deref(b->sent);
	HASH_ITER (hh, a->contacts, c, next) {
		c->dropping = false;
	}
}


/* ---- kept ----------------------------------------------------------- */

void core_contacts_load(struct core *core, const char *key, const char *value)
{
	const char *aor;
	struct core_account *a = core_saved_account_of(core, key, &aor);
	struct core_contact *c;

	if (!a)
		return;
	if (!*aor) {
		mem_deref(a->list);
		a->list = mem_strdup(value);
		return;
	}
	c = contact_get(a, aor);
	mem_deref(c->value);
	c->value = mem_strdup(value);
}


void core_contacts_flush(struct core_account *a)
{
	struct core_contact *c, *next;

	HASH_ITER (hh, a->contacts, c, next) {
		contact_free(a, c);
	}
	a->list = mem_deref(a->list);
}


void core_contacts_forget(struct core_account *a)
{
	struct core_contact *c, *next;

	HASH_ITER (hh, a->contacts, c, next) {
		core_saved_contact(a, c->aor, NULL);
	}
	if (a->list)
		core_saved_contact(a, "", NULL);
}
