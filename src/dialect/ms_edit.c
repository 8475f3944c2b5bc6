/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms_edit.c - edits of the contact list on the server, one after the other
 * ([MS-SIP] setContact and the like). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "ms_contacts.h"


enum {
	BODY_MAX = 64 * 1024,
	GROUPS_TEXT = 1024, /* bytes of ids */
};


static void edit_destructor(void *data)
{
	struct ms_edit *t = data;
	size_t i;

	list_unlink(&t->le);
	for (i = 0; t->groups && t->groups[i]; i++)
		mem_deref(t->groups[i]);
	mem_deref(t->groups);
	mem_deref(t->name);
	mem_deref(t->peer);
}


/* ---- edits ---------------------------------------------------------- */

static void failed(struct ms_contacts *l, const char *why)
{
	struct ms_edit *t = list_data(l->edits.head);

	log_print(l->ms->e->stack->log, LOG_WARN, "contacts",
		"%s: the server's contact list does not take %s: %s",
		l->ms->e->aor, t->peer, why ? why : "no reason is known");
	mem_deref(t);
	ms_contacts_tell(l);
}


/* Somebody else changed the list: after another look at it once more. */
static void refused(struct ms_contacts *l, const struct ua_result *r)
{
	struct ms_edit *t = list_data(l->edits.head);

	if (t->again || !r->msg) {
		failed(l, r->why);
		ms_edit_next(l);
		return;
	}
	t->again = true;
	ms_contacts_ask(l);
}


/* T's groups as ids; the default one where it is in none. */
static char *ids_of(const struct ms_contacts *l, const struct ms_edit *t)
{
	struct mbuf *mb = mbuf_alloc(GROUPS_TEXT);
	const struct ms_group *g;
	char *text;
	size_t i;

	for (i = 0; t->groups[i]; i++) {
		g = ms_group_by_name(l, t->groups[i]);
		if (g)
			(void)mbuf_printf(
				mb, "%s%u", mb->end ? " " : "", g->id);
	}
	g = ms_group_by_name(l, ms_default_group);
	if (!mb->end && g)
		(void)mbuf_printf(mb, "%u", g->id);
	text = mbuf_strdup(mb);
	mem_deref(mb);
	return text;
}


/* T as the server is to have it; what we have no use for stays. */
static struct msdoc_contact contact_of(
	const struct ms_contacts *l, const struct ms_edit *t, const char *ids)
{
	const struct ms_contact *c = ms_contact_find(l, t->peer);

	return (struct msdoc_contact){
		.peer = t->peer,
		.name = t->name ? t->name : "",
		.groups = ids ? ids : "",
		.external = c && c->external ? c->external : "",
		.subscribed = !c || c->subscribed,
	};
}


/* An edit was taken; the server may have told it, and its number, already. */
static void counted(struct ms_contacts *l)
{
	if (l->number == l->sent)
		l->number++;
}


/* The server took T: its list is so from now on, whether it has told us yet or
 * not. */
static void edit_done(struct ms_contacts *l, struct ms_edit *t)
{
	char *ids = t->drop ? NULL : ids_of(l, t);
	const struct msdoc_contact contact = contact_of(l, t, ids);
	bool new = !t->drop && !ms_contact_find(l, t->peer);

	counted(l);
	ms_contacts_take(t->drop ? MSDOC_DELETED : MSDOC_MODIFIED, &contact, l);
	if (new)
		ms_watch_added(l->ms, t->peer);
	mem_deref(ids);
	mem_deref(t);
}


static void edit_handler(const struct ua_result *r, void *arg)
{
	struct ms_contacts *l = arg;

	l->call = mem_deref(l->call);
	if (!l->edits.head)
		return;
	if (r->status / 100 != 2) {
		refused(l, r);
		return;
	}
	edit_done(l, l->edits.head->data);
	ms_contacts_tell(l);
	ms_edit_next(l);
}


static void group_added_handler(const struct ua_result *r, void *arg)
{
	struct ms_contacts *l = arg;
	struct ms_edit *t = list_data(l->edits.head);
	const struct ms_group *old;
	uint32_t id;
	size_t i;

	l->call = mem_deref(l->call);
	if (!t)
		return;
	if (r->status / 100 != 2 || !r->msg ||
		msdoc_group_added(&r->msg->body, &id)) {
		refused(l, r);
		return;
	}
	counted(l);
	for (i = 0; t->groups[i] && ms_group_by_name(l, t->groups[i]); i++)
		;
	old = ms_group_by_id(l, id);
	if (t->groups[i] && old) {
		/* It has the name of another: one of us is wrong. */
		refused(l, r);
		return;
	}
	if (t->groups[i]) {
		ms_group_set(l, id, t->groups[i]);
		if (l->nmade < MS_GROUPS_MAX)
			l->made[l->nmade++] = id;
	}
	ms_edit_next(l);
}


/* The first group of T that the server has not; NULL: it has all, or would
 * take no more. */
static const char *lacking(const struct ms_contacts *l, const struct ms_edit *t)
{
	size_t i;

	for (i = 0; t->groups[i]; i++) {
		if (!ms_group_by_name(l, t->groups[i]))
			return l->groups.count < MS_GROUPS_MAX ? t->groups[i]
							       : NULL;
	}
	return NULL;
}


static int edit_send(struct ms_contacts *l, struct ms_edit *t)
{
	struct mbuf *mb = mbuf_alloc(BODY_MAX);
	const char *group = t->drop ? NULL : lacking(l, t);
	ua_result_h *h = group ? group_added_handler : edit_handler;
	char *ids = NULL;
	int err;

	if (t->drop) {
		err = msdoc_contact_delete(mb, t->peer, l->number);
	} else if (group) {
		err = msdoc_group_add(mb, group, l->number);
	} else {
		struct msdoc_contact contact;

		ids = ids_of(l, t);
		contact = contact_of(l, t, ids);
		err = msdoc_contact_set(mb, &contact, l->number);
	}
	l->sent = l->number;
	if (!err)
		err = ms_service(l->ms, &l->call, MSDOC_SOAP_TYPE, mb, h, l);
	mem_deref(ids);
	mem_deref(mb);
	return err;
}


/* ---- groups that nobody is in any more ------------------------------ */

static bool has_word(const char *words, uint32_t id)
{
	struct pl rest = pl_str(words), word;
	bool more = rest.l > 0;
	uint32_t n;

	while (more) {
		more = pl_split(&rest, ' ', &word);
		if (!pl_u32(&word, &n) && n == id)
			return true;
	}
	return false;
}


static bool is_empty(const struct ms_contacts *l, uint32_t id)
{
	const struct ms_contact *c;

	for (c = l->by_peer; c; c = c->hh.next) {
		if (has_word(c->groups, id))
			return false;
	}
	return true;
}


/* Whatever was said of it, it is not tried again. */
static void group_gone_handler(const struct ua_result *r, void *arg)
{
	struct ms_contacts *l = arg;

	l->call = mem_deref(l->call);
	if (r->status / 100 == 2) {
		counted(l);
		mem_deref(ms_group_by_id(l, l->emptied));
	}
	ms_edit_next(l);
}


/* One after the other. Those of other programs stay: some keep
 * groups that are empty. */
static void tidy(struct ms_contacts *l)
{
	struct mbuf *mb;
	size_t i = 0;
	int err;

	while (i < l->nmade) {
		uint32_t id = l->made[i];
		bool there = ms_group_by_id(l, id) != NULL;

		if (there && !is_empty(l, id)) {
			i++;
			continue;
		}
		l->made[i] = l->made[--l->nmade];
		if (!there)
			continue;
		mb = mbuf_alloc(BODY_MAX);
		l->emptied = id;
		l->sent = l->number;
		err = msdoc_group_delete(mb, id, l->number);
		if (!err)
			err = ms_service(l->ms, &l->call, MSDOC_SOAP_TYPE, mb,
				group_gone_handler, l);
		mem_deref(mb);
		if (!err)
			return;
	}
}


void ms_edit_next(struct ms_contacts *l)
{
	int err;

	while (l->heard && !l->call && l->edits.head) {
		err = edit_send(l, l->edits.head->data);
		if (!err)
			return;
		failed(l, strerror(err));
	}
	if (l->heard && !l->call)
		tidy(l);
}


/* ---- for the dialect ------------------------------------------------ */

static struct ms_edit *edit_add(struct ms_contacts *l, const char *peer)
{
	struct le *le, *next;
	struct ms_edit *t;

	/* A newer wish for the same contact takes the place of one that has
	 * not left yet. */
	LIST_FOREACH (&l->edits, le, next) {
		t = le->data;
		if (!strcmp(t->peer, peer) && !(l->call && !le->prev))
			mem_deref(t);
	}
	t = mem_zalloc(sizeof(*t), edit_destructor);
	t->peer = mem_strdup(peer);
	list_append(&l->edits, &t->le, t);
	return t;
}


void ms_contact_set(struct endpoint *e, const struct endpoint_contact *contact)
{
	struct ms_contacts *l = e->ms->contacts;
	struct ms_edit *t;
	size_t n = 0, i;

	if (!l)
		return;
	while (contact->groups && contact->groups[n])
		n++;
	t = edit_add(l, contact->peer);
	t->name = mem_strdup(contact->name);
	t->groups = mem_zalloc((n + 1) * sizeof(*t->groups), NULL);
	for (i = 0; i < n; i++)
		t->groups[i] = mem_strdup(contact->groups[i]);
	ms_edit_next(l);
}


void ms_contact_drop(struct endpoint *e, const char *peer)
{
	struct ms_contacts *l = e->ms->contacts;

	if (!l)
		return;
	edit_add(l, peer)->drop = true;
	ms_edit_next(l);
}
