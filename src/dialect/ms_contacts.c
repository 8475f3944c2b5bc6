/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ms_contacts.c - the contact list that the server keeps: heard whole, then
 * by its changes; edits one after the other ([MS-SIP] roaming contacts).
 */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "ms_int.h"


enum {
	BODY_MAX = 64 * 1024,
	CONTACTS_MAX = 10000,
	GROUPS_MAX = 64, /* of one list; the server allows no more */
	GROUPS_TEXT = 512, /* bytes of ids */
};

static const char event_contacts[] = "vnd-microsoft-roaming-contacts";
static const char default_group[] = "~";

struct group {
	struct le le;
	uint32_t id;
	char *name;
};

struct contact {
	UT_hash_handle hh;
	char *peer;
	char *name;
	char *groups; /* ids parted by blanks */
};

/* What is to be done to the list. */
struct edit {
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
	bool broken; /* a change does not fit: the whole is asked for */
	uint32_t number;
	struct list groups;
	struct contact *by_peer;
	struct list edits; /* the first one may be under way */
	struct ua_call *call;
	struct tmr tmr; /* to be told */
};


static void group_destructor(void *data)
{
	struct group *g = data;

	list_unlink(&g->le);
	mem_deref(g->name);
}


static void contact_destructor(void *data)
{
	struct contact *c = data;

	mem_deref(c->peer);
	mem_deref(c->name);
	mem_deref(c->groups);
}


static void edit_destructor(void *data)
{
	struct edit *t = data;
	size_t i;

	list_unlink(&t->le);
	for (i = 0; t->groups && t->groups[i]; i++)
		mem_deref(t->groups[i]);
	mem_deref(t->groups);
	mem_deref(t->name);
	mem_deref(t->peer);
}


static void forget(struct ms_contacts *l)
{
	struct contact *c, *next;

	HASH_ITER (hh, l->by_peer, c, next) {
		HASH_DEL(l->by_peer, c);
		mem_deref(c);
	}
	list_flush(&l->groups);
}


static void contacts_destructor(void *data)
{
	struct ms_contacts *l = data;

	tmr_cancel(&l->tmr);
	mem_deref(l->sub);
	mem_deref(l->call);
	list_flush(&l->edits);
	forget(l);
}


/* ---- groups --------------------------------------------------------- */

static struct group *group_by_id(const struct ms_contacts *l, uint32_t id)
{
	const struct le *le;

	for (le = l->groups.head; le; le = le->next) {
		if (((struct group *)le->data)->id == id)
			return le->data;
	}
	return NULL;
}


static struct group *group_by_name(
	const struct ms_contacts *l, const char *name)
{
	const struct le *le;

	for (le = l->groups.head; le; le = le->next) {
		if (!strcmp(((struct group *)le->data)->name, name))
			return le->data;
	}
	return NULL;
}


static void group_set(struct ms_contacts *l, uint32_t id, const char *name)
{
	struct group *g = group_by_id(l, id);

	if (!g) {
		if (l->groups.count >= GROUPS_MAX)
			return;
		g = mem_zalloc(sizeof(*g), group_destructor);
		g->id = id;
		list_append(&l->groups, &g->le, g);
	}
	mem_deref(g->name);
	g->name = mem_strdup(name);
}


/* ---- telling -------------------------------------------------------- */

/* The names of C's groups into NAMES, which has room for all. */
static void names_of(const struct ms_contacts *l, const struct contact *c,
	const char **names)
{
	struct pl rest = pl_str(c->groups), word;
	const struct group *g;
	uint32_t id;
	size_t n = 0;
	bool more = rest.l > 0;

	while (more && n < GROUPS_MAX) {
		more = pl_split(&rest, ' ', &word);
		if (pl_u32(&word, &id))
			continue;
		g = group_by_id(l, id);
		if (g && strcmp(g->name, default_group) != 0)
			names[n++] = g->name;
	}
	names[n] = NULL;
}


/* What the server had before our last edit must not undo it: nothing is told
 * until all are done. */
static void tell_handler(void *arg)
{
	struct ms_contacts *l = mem_ref(arg);
	struct endpoint *e = endpoint_hold(l->ms->e);
	size_t n = HASH_COUNT(l->by_peer), i = 0;
	struct endpoint_contact *all = mem_zalloc((n + 1) * sizeof(*all), NULL);
	const char **names =
		mem_zalloc((n + 1) * (GROUPS_MAX + 1) * sizeof(*names), NULL);
	struct contact *c, *next;

	HASH_ITER (hh, l->by_peer, c, next) {
		const char **own = &names[i * (GROUPS_MAX + 1)];

		names_of(l, c, own);
		all[i++] = (struct endpoint_contact){
			.peer = c->peer,
			.name = *c->name ? c->name : NULL,
			.groups = own,
		};
	}
	if (e->h.contacts && endpoint_hears(e) && e->online && !l->edits.head)
		e->h.contacts(all, n, e->h.arg);
	mem_deref(names);
	mem_deref(all);
	mem_deref(l);
	endpoint_release(e);
}


static void tell_soon(struct ms_contacts *l)
{
	tmr_start(l->ms->e->stack->tmrs, &l->tmr, 0, tell_handler, l);
}


/* ---- from the server ------------------------------------------------ */

static void head_handler(const struct msdoc_contacts *head, void *arg)
{
	struct ms_contacts *l = arg;

	/* Our own edits were counted when they were answered. */
	l->broken = head->delta &&
		(!l->heard ||
			(head->previous != l->number &&
				head->number != l->number));
	if (!head->delta) {
		forget(l);
		l->heard = true;
	}
	if (!l->broken)
		l->number = head->number;
	if (head->migrated)
		log_print(l->ms->e->stack->log, LOG_WARN, "contacts",
			"%s: the contact list has moved to a mail server; "
			"what is shown may be old",
			l->ms->e->aor);
}


static void group_handler(
	enum msdoc_change change, const struct msdoc_group *group, void *arg)
{
	struct ms_contacts *l = arg;

	if (l->broken)
		return;
	if (change == MSDOC_DELETED)
		mem_deref(group_by_id(l, group->id));
	else
		group_set(l, group->id, group->name);
}


static void contact_handler(enum msdoc_change change,
	const struct msdoc_contact *contact, void *arg)
{
	struct ms_contacts *l = arg;
	struct contact *c;

	if (l->broken)
		return;
	HASH_FIND_STR(l->by_peer, contact->peer, c);
	if (change == MSDOC_DELETED) {
		if (c)
			HASH_DEL(l->by_peer, c);
		mem_deref(c);
		return;
	}
	if (!c) {
		if (HASH_COUNT(l->by_peer) >= CONTACTS_MAX)
			return;
		c = mem_zalloc(sizeof(*c), contact_destructor);
		c->peer = mem_strdup(contact->peer);
		HASH_ADD_KEYPTR(hh, l->by_peer, c->peer, strlen(c->peer), c);
	}
	mem_deref(c->name);
	mem_deref(c->groups);
	c->name = mem_strdup(contact->name);
	c->groups = mem_strdup(contact->groups);
}


static void edit_next(struct ms_contacts *l);


static uint16_t notify_handler(const struct msg *notify, bool first, void *arg)
{
	struct ms_contacts *l = arg;
	const struct msdoc_contacts_handlers h = {
		.head = head_handler,
		.group = group_handler,
		.contact = contact_handler,
		.arg = l,
	};

	(void)first;
	if (!notify->body.l)
		return 0;
	if (msdoc_contacts_decode(&notify->body, &h)) {
		log_print(l->ms->e->stack->log, LOG_WARN, "contacts",
			"%s: the contact list cannot be read", l->ms->e->aor);
		return 400;
	}
	if (l->broken) {
		l->heard = false;
		ua_sub_refresh(l->sub);
	} else {
		tell_soon(l);
		edit_next(l);
	}
	return 0;
}


static void state_handler(enum ua_sub_state state, const char *why,
	uint16_t status, bool again, void *arg)
{
	struct ms_contacts *l = arg;

	(void)status;
	(void)again;
	if (state != UA_SUB_ENDED)
		return;
	l->heard = false;
	log_print(l->ms->e->stack->log, LOG_INFO, "contacts",
		"%s: the server tells no contact list: %s", l->ms->e->aor,
		why ? why : "the subscription ended");
}


/* ---- edits ---------------------------------------------------------- */

static void failed(struct ms_contacts *l, const char *why)
{
	struct edit *t = list_data(l->edits.head);

	log_print(l->ms->e->stack->log, LOG_WARN, "contacts",
		"%s: the server's contact list does not take %s: %s",
		l->ms->e->aor, t->peer, why ? why : "no reason is known");
	mem_deref(t);
	tell_soon(l);
}


/* Somebody else changed the list: after another look at it once more. */
static void refused(struct ms_contacts *l, const struct ua_result *r)
{
	struct edit *t = list_data(l->edits.head);

	if (t->again || !r->msg) {
		failed(l, r->why);
		edit_next(l);
		return;
	}
	t->again = true;
	l->heard = false;
	ua_sub_refresh(l->sub);
}


/* T's groups as ids; the default one where it is in none. */
static char *ids_of(const struct ms_contacts *l, const struct edit *t)
{
	struct mbuf *mb = mbuf_alloc(GROUPS_TEXT);
	const struct group *g;
	char *text;
	size_t i;

	for (i = 0; t->groups[i]; i++) {
		g = group_by_name(l, t->groups[i]);
		if (g)
			(void)mbuf_printf(
				mb, "%s%u", mb->end ? " " : "", g->id);
	}
	g = group_by_name(l, default_group);
	if (!mb->end && g)
		(void)mbuf_printf(mb, "%u", g->id);
	text = mbuf_strdup(mb);
	mem_deref(mb);
	return text;
}


/* The server took T: its list is so from now on, whether it has told us yet or
 * not. */
static void edit_done(struct ms_contacts *l, struct edit *t)
{
	char *ids = t->drop ? NULL : ids_of(l, t);
	const struct msdoc_contact contact = {
		.peer = t->peer,
		.name = t->name ? t->name : "",
		.groups = ids ? ids : "",
	};

	contact_handler(t->drop ? MSDOC_DELETED : MSDOC_MODIFIED, &contact, l);
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
	l->number++;
	edit_done(l, l->edits.head->data);
	tell_soon(l);
	edit_next(l);
}


static void group_added_handler(const struct ua_result *r, void *arg)
{
	struct ms_contacts *l = arg;
	struct edit *t = list_data(l->edits.head);
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
	l->number++;
	for (i = 0; t->groups[i] && group_by_name(l, t->groups[i]); i++)
		;
	if (t->groups[i])
		group_set(l, id, t->groups[i]);
	edit_next(l);
}


/* The first group of T that the server has not; NULL: it has all, or would
 * take no more. */
static const char *lacking(const struct ms_contacts *l, const struct edit *t)
{
	size_t i;

	for (i = 0; t->groups[i]; i++) {
		if (!group_by_name(l, t->groups[i]))
			return l->groups.count < GROUPS_MAX ? t->groups[i]
							    : NULL;
	}
	return NULL;
}


static int edit_send(struct ms_contacts *l, struct edit *t)
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
		const struct msdoc_contact contact = {
			.peer = t->peer,
			.name = t->name ? t->name : "",
			.groups = ids = ids_of(l, t),
			.subscribed = true,
		};

		err = msdoc_contact_set(mb, &contact, l->number);
	}
	if (!err)
		err = ms_service(l->ms, &l->call, MSDOC_SOAP_TYPE, mb, h, l);
	mem_deref(ids);
	mem_deref(mb);
	return err;
}


static void edit_next(struct ms_contacts *l)
{
	int err;

	while (l->heard && !l->call && l->edits.head) {
		err = edit_send(l, l->edits.head->data);
		if (!err)
			return;
		failed(l, strerror(err));
	}
}


/* ---- for the dialect ------------------------------------------------ */

static struct edit *edit_add(struct ms_contacts *l, const char *peer)
{
	struct le *le, *next;
	struct edit *t;

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
	struct edit *t;
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
	edit_next(l);
}


void ms_contact_drop(struct endpoint *e, const char *peer)
{
	struct ms_contacts *l = e->ms->contacts;

	if (!l)
		return;
	edit_add(l, peer)->drop = true;
	edit_next(l);
}


bool ms_contact_is_kept(const struct ms *ms, const char *peer)
{
	const struct contact *c = NULL;

	if (ms->contacts)
		HASH_FIND_STR(ms->contacts->by_peer, peer, c);
	return c;
}


void ms_contacts_online(struct ms *ms)
{
	struct ms_contacts *l = ms->contacts;
	struct ua_sub_handlers h = {
		.state = state_handler,
		.notify = notify_handler,
	};
	const struct ua_sub_config config = {
		.target = ms->e->aor,
		.event = event_contacts,
		.accept = "application/vnd-microsoft-roaming-contacts+xml",
		.headers = ms_subscribe_headers,
		.expires = ms->e->expires,
	};

	if (!l) {
		l = mem_zalloc(sizeof(*l), contacts_destructor);
		l->ms = ms;
		ms->contacts = l;
	}
	l->heard = false;
	h.arg = l;
	if (!l->sub && ua_subscribe(&l->sub, ms->e->ua, &config, &h))
		log_print(ms->e->stack->log, LOG_WARN, "contacts",
			"%s: cannot ask for the contact list", ms->e->aor);
}


/* What was not sent is found again by comparing, at the next sign-in. */
void ms_contacts_lost(struct ms *ms)
{
	struct ms_contacts *l = ms->contacts;

	if (!l)
		return;
	l->heard = false;
	l->call = mem_deref(l->call);
	list_flush(&l->edits);
}


void ms_contacts_close(struct ms *ms)
{
	if (ms->contacts)
		tmr_cancel(&ms->contacts->tmr);
	ms->contacts = mem_deref(ms->contacts);
}
