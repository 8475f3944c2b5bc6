/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_lists_edit.c - changes of the buddy list on an XCAP server: one edit
 * after the other, each of all that was changed meanwhile. */
#include <errno.h>
#include <string.h>
#include "buddylist.h"
#include "mem.h"
#include "simple_lists.h"
#include "uri.h"


enum {
	CREATIONS_MAX = 3, /* in a sign-in */
	UNSURE = 2000, /* ms for which a new document may be another's */
};

static void edit_destructor(void *data)
{
	struct list_edit *t = data;
	size_t i;

	list_unlink(&t->le);
	for (i = 0; t->groups && t->groups[i]; i++)
		mem_deref(t->groups[i]);
	mem_deref(t->groups);
	mem_deref(t->name);
	mem_deref(t->peer);
}


static struct list_edit *waiting_find(
	const struct simple_lists *l, const char *peer)
{
	struct list_edit *t;

	HASH_FIND_STR(l->waiting, uri_aor_key(peer), t);
	return t;
}


static void wait_for(struct simple_lists *l, struct list_edit *t)
{
	const char *key = uri_aor_key(t->peer);

	HASH_ADD_KEYPTR(hh, l->waiting, key, strlen(key), t);
}


static void forget(struct simple_lists *l)
{
	struct list_edit *t, *next;

	HASH_ITER (hh, l->waiting, t, next) {
		HASH_DEL(l->waiting, t);
		mem_deref(t);
	}
	list_flush(&l->going);
	list_flush(&l->unsure);
}


void simple_lists_edit_flush(struct simple_lists *l)
{
	simple_edit_end(&l->edit, l->e);
	forget(l);
}


/* ---- one edit -------------------------------------------------------- */

static void not_taken(
	const struct simple_lists *l, const char *whom, const char *why)
{
	endpoint_trouble(l->e, "contacts",
		mem_printf("the server's buddy list does not take %s: %s", whom,
			why));
}


/* BEFORE: as the one who wishes T knew it; NULL: it has not changed since. */
static void apply(const struct simple_lists *l, struct buddylist *list,
	const struct buddylist *before, const struct list_edit *t)
{
	struct list_person *merged = before && !t->drop
		? simple_lists_merged(t, before, list)
		: NULL;
	const struct buddylist_person person = {
		.peer = t->peer,
		.name = merged ? merged->name : t->name,
		.groups = merged ? merged->groups
				 : (const char *const *)t->groups,
	};
	int err = 0;

	if (t->drop)
		err = buddylist_drop(list, t->peer);
	else if (!t->lacking || !buddylist_has(list, t->peer))
		err = buddylist_set(list, &person);
	if (err)
		not_taken(l, t->peer,
			err == E2BIG ? "it has 20000 people"
				     : "it is no address");
	mem_deref(merged);
}


/* A newer wish for somebody is the one that counts. */
static void drop_older(struct simple_lists *l, struct list *list)
{
	struct le *le, *next;

	LIST_FOREACH (list, le, next) {
		struct list_edit *t = le->data;

		if (waiting_find(l, t->peer))
			mem_deref(t);
	}
}


static void all_going(struct simple_lists *l)
{
	struct list_edit *t, *next;

	drop_older(l, &l->going);
	drop_older(l, &l->unsure);
	while (l->unsure.head) {
		t = l->unsure.head->data;
		list_unlink(&t->le);
		list_append(&l->going, &t->le, t);
	}
	HASH_ITER (hh, l->waiting, t, next) {
		HASH_DEL(l->waiting, t);
		list_append(&l->going, &t->le, t);
	}
}


/* The document that we have told of is gone: all who were in it are to be in
 * the new one, or they would seem to be removed. False: nothing is to be
 * written, as the account is gone, or goes and comes back to it at the next
 * sign-in. */
static bool lost(struct simple_lists *l)
{
	struct endpoint *e = endpoint_hold(l->e);
	const struct xcap_edit *edit = l->edit;
	bool goes_on;

	l->lacking = true;
	l->read = mem_deref(l->read);
	l->text = mem_deref(l->text);
	if (!e->online)
		forget(l);
	else if (e->h.contacts)
		e->h.contacts(NULL, 0, e->h.arg);
	goes_on = e->online && endpoint_hears(e) && e->lists == l &&
		l->edit == edit;
	endpoint_release(e);
	return goes_on;
}


/* What was told last, where BODY is another that was not told of yet
 * (mem_deref); NULL: it is that one, or what we wrote was not told of yet. */
static struct buddylist *known_before(
	const struct simple_lists *l, const struct pl *body)
{
	struct buddylist *list = NULL;
	struct pl text;

	if (!l->known || l->known != l->text || !body->p)
		return NULL;
	text = pl_make(
		l->known->end ? (char *)l->known->buf : "", l->known->end);
	if (pl_eq(&text, body) || buddylist_alloc(&list, &text))
		return NULL;
	return list;
}


static int change(
	struct mbuf **fresh, const struct pl *body, struct simple_lists *l)
{
	struct buddylist *list = NULL, *before;
	struct le *le;
	int err = buddylist_alloc(&list, body);

	if (err)
		return err == E2BIG ? EMSGSIZE : err;
	if (!body->p && !l->lacking && !lost(l)) {
		mem_deref(list);
		return 0;
	}
	l->creates = !body->p;
	all_going(l);
	before = known_before(l, body);
	for (le = l->going.head; le; le = le->next)
		apply(l, list, before, le->data);
	err = buddylist_write(fresh, list);
	mem_deref(before);
	mem_deref(list);
	return err;
}


/* The user hears of who is not taken, and may go. */
static int change_handler(struct mbuf **fresh, const struct pl *body, void *arg)
{
	struct simple_lists *l = arg;
	struct endpoint *e = endpoint_hold(l->e);
	int err = change(fresh, body, l);

	endpoint_release(e);
	return err;
}


/* They are to go again, but for those that something newer is there for. */
static void back(struct simple_lists *l, struct list *list)
{
	drop_older(l, list);
	while (list->head) {
		struct list_edit *t = list->head->data;

		list_unlink(&t->le);
		wait_for(l, t);
	}
}


/* Nobody knows when it will go: comparing finds it at the next sign-in. */
static void refused(struct simple_lists *l, const char *why)
{
	const struct list_edit *first = list_data(l->going.head);
	size_t n = l->going.count;
	char *whom;

	if (!first) {
		all_going(l);
		first = list_data(l->going.head);
		n = l->going.count;
	}
	whom = n == 1 ? mem_strdup(first->peer)
		      : mem_printf("the changes of %zu people", n);
	not_taken(l, whom, why);
	mem_deref(whom);
	list_flush(&l->going);
}


/* Some servers let two devices create the document at once, each its own: it
 * is looked at soon whether what we wrote is there. */
static void created(struct simple_lists *l)
{
	while (l->going.head) {
		struct list_edit *t = l->going.head->data;

		t->lacking = true;
		list_unlink(&t->le);
		list_append(&l->unsure, &t->le, t);
	}
}


static bool is_new(const struct simple_lists *l)
{
	return l->creations &&
		tmrs_now(l->e->stack->tmrs) - l->created_at < UNSURE;
}


bool simple_lists_edit_again(struct simple_lists *l, bool there)
{
	if (!l->unsure.head)
		return true;
	if (!there && l->creations >= CREATIONS_MAX) {
		list_flush(&l->unsure);
		return false;
	}
	back(l, &l->unsure);
	return true;
}


static void done_handler(const struct xcap_answer *answer, void *arg)
{
	struct simple_lists *l = mem_ref(arg);
	struct endpoint *e = endpoint_hold(l->e);

	simple_edit_end(&l->edit, e);
	switch (answer->result) {
	case XCAP_OK:
		if (l->creates) {
			l->created_at = tmrs_now(l->e->stack->tmrs);
			l->creations++;
		}
		/* fall through */
	case XCAP_UNCHANGED:
		if (is_new(l))
			created(l);
		list_flush(&l->going);
		simple_lists_take(l, &answer->body, answer->etag);
		break;
	case XCAP_LATER:
	case XCAP_CHANGED: /* others were faster all the time */
		if (!l->failures)
			endpoint_trouble(l->e, "contacts",
				mem_printf("the server's buddy list cannot be "
					   "changed now; it is tried again: "
					   "%s",
					answer->why));
		back(l, &l->going);
		/* What is there then may be ours. */
		l->known = mem_deref(l->known);
		l->later = true;
		break;
	default:
		refused(l, answer->why);
		break;
	}
	simple_lists_schedule(l, l->later);
	simple_lists_edit_next(l);
	simple_lists_news(l);
	mem_deref(l);
	endpoint_release(e);
}


void simple_lists_edit_next(struct simple_lists *l)
{
	struct endpoint *e = l->e;
	int err;

	if (!l->waiting || l->edit || l->later || l->refused)
		return;
	if (!e->online && !e->leaving)
		return;
	err = simple_edit(&l->edit, e, &simple_lists_where, BUDDYLIST_TYPE,
		change_handler, done_handler, l);
	if (err)
		refused(l, strerror(err));
}


/* ---- for the dialect ------------------------------------------------- */

/* A newer wish takes the place of one that has not left yet. */
static struct list_edit *edit_add(struct simple_lists *l, const char *peer)
{
	struct list_edit *t = waiting_find(l, peer);

	if (t) {
		HASH_DEL(l->waiting, t);
		mem_deref(t);
	}
	t = mem_zalloc(sizeof(*t), edit_destructor);
	t->peer = mem_strdup(peer);
	wait_for(l, t);
	drop_older(l, &l->unsure);
	return t;
}


void simple_contact_set(
	struct endpoint *e, const struct endpoint_contact *contact)
{
	struct simple_lists *l = e->lists;
	struct list_edit *t;
	size_t n = 0, i;

	if (!l || !l->kept || l->refused)
		return;
	while (contact->groups && contact->groups[n])
		n++;
	t = edit_add(l, contact->peer);
	t->name = mem_strdup(contact->name);
	t->groups = mem_zalloc((n + 1) * sizeof(*t->groups), NULL);
	for (i = 0; i < n; i++)
		t->groups[i] = mem_strdup(contact->groups[i]);
	simple_lists_edit_next(l);
}


void simple_contact_drop(struct endpoint *e, const char *peer)
{
	struct simple_lists *l = e->lists;

	if (!l || !l->kept || l->refused)
		return;
	edit_add(l, peer)->drop = true;
	simple_lists_edit_next(l);
}
