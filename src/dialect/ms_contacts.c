/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ms_contacts.c - the contact list that the server keeps: heard whole, then
 * by its changes ([MS-SIP] roaming contacts).
 */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "ms_contacts.h"


enum {
	CONTACTS_MAX = 20000, /* a longer list is not taken */
	ASKS_MAX = 3, /* for the whole list at once, then ... */
	ASK_WAIT = 10000, /* ... so many ms later */
};

static const char event_contacts[] = "vnd-microsoft-roaming-contacts";
const char ms_default_group[] = "~";

static void group_destructor(void *data)
{
	struct ms_group *g = data;

	list_unlink(&g->le);
	mem_deref(g->name);
}


static void contact_destructor(void *data)
{
	struct ms_contact *c = data;

	mem_deref(c->peer);
	mem_deref(c->name);
	mem_deref(c->groups);
	mem_deref(c->external);
}


static void forget(struct ms_contacts *l)
{
	struct ms_contact *c, *next;

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
	tmr_cancel(&l->ask_tmr);
	mem_deref(l->sub);
	mem_deref(l->call);
	list_flush(&l->edits);
	forget(l);
}


/* ---- groups --------------------------------------------------------- */

struct ms_group *ms_group_by_id(const struct ms_contacts *l, uint32_t id)
{
	const struct le *le;

	for (le = l->groups.head; le; le = le->next) {
		if (((struct ms_group *)le->data)->id == id)
			return le->data;
	}
	return NULL;
}


struct ms_group *ms_group_by_name(const struct ms_contacts *l, const char *name)
{
	const struct le *le;

	for (le = l->groups.head; le; le = le->next) {
		if (!strcmp(((struct ms_group *)le->data)->name, name))
			return le->data;
	}
	return NULL;
}


void ms_group_set(struct ms_contacts *l, uint32_t id, const char *name)
{
	struct ms_group *g = ms_group_by_id(l, id);

	if (!g) {
		if (l->groups.count >= MS_GROUPS_MAX)
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
static void names_of(const struct ms_contacts *l, const struct ms_contact *c,
	const char **names)
{
	struct pl rest = pl_str(c->groups), word;
	const struct ms_group *g;
	uint32_t id;
	size_t n = 0;
	bool more = rest.l > 0;

	while (more && n < MS_GROUPS_MAX) {
		more = pl_split(&rest, ' ', &word);
		if (pl_u32(&word, &id))
			continue;
		g = ms_group_by_id(l, id);
		if (g && strcmp(g->name, ms_default_group) != 0)
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
	const char **names = mem_zalloc(
		(n + 1) * (MS_GROUPS_MAX + 1) * sizeof(*names), NULL);
	struct ms_contact *c, *next;

	HASH_ITER (hh, l->by_peer, c, next) {
		const char **own = &names[i * (MS_GROUPS_MAX + 1)];

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


void ms_contacts_tell(struct ms_contacts *l)
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
		l->full = false;
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
		mem_deref(ms_group_by_id(l, group->id));
	else
		ms_group_set(l, group->id, group->name);
}


/* TEXT may be the one that is there. */
static void text_set(char **to, const char *text)
{
	char *old = *to;

	*to = mem_strdup(text);
	mem_deref(old);
}


void ms_contacts_take(enum msdoc_change change,
	const struct msdoc_contact *contact, void *arg)
{
	struct ms_contacts *l = arg;
	struct ms_contact *c;

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
		if (HASH_COUNT(l->by_peer) >= CONTACTS_MAX) {
			l->full = true;
			return;
		}
		c = mem_zalloc(sizeof(*c), contact_destructor);
		c->peer = mem_strdup(contact->peer);
		HASH_ADD_KEYPTR(hh, l->by_peer, c->peer, strlen(c->peer), c);
	}
	text_set(&c->name, contact->name);
	text_set(&c->groups, contact->groups);
	text_set(&c->external, contact->external);
	c->subscribed = contact->subscribed;
}


static uint16_t notify_handler(const struct msg *notify, bool first, void *arg)
{
	struct ms_contacts *l = arg;
	const struct msdoc_contacts_handlers h = {
		.head = head_handler,
		.group = group_handler,
		.contact = ms_contacts_take,
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
	if (l->full) {
		/* Whoever is missing would count as removed. */
		l->heard = false;
		log_print(l->ms->e->stack->log, LOG_WARN, "contacts",
			"%s: the server's contact list has more than %d "
			"people and is left alone",
			l->ms->e->aor, CONTACTS_MAX);
	} else if (l->broken) {
		ms_contacts_ask(l);
	} else {
		ms_contacts_tell(l);
		ms_edit_next(l);
	}
	ms_watch_begin(l->ms);
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
	ms_watch_begin(l->ms);
	log_print(l->ms->e->stack->log, LOG_INFO, "contacts",
		"%s: the server tells no contact list: %s", l->ms->e->aor,
		why ? why : "the subscription ended");
}


static void subscribe(struct ms_contacts *l)
{
	const struct ua_sub_handlers h = {
		.state = state_handler,
		.notify = notify_handler,
		.arg = l,
	};
	const struct endpoint *e = l->ms->e;
	const struct ua_sub_config config = {
		.target = e->aor,
		.event = event_contacts,
		.accept = "application/vnd-microsoft-roaming-contacts+xml",
		.headers = ms_subscribe_headers,
		.expires = e->expires,
	};

	if (ua_subscribe(&l->sub, e->ua, &config, &h))
		log_print(e->stack->log, LOG_WARN, "contacts",
			"%s: cannot ask for the contact list", e->aor);
}


/* A refresh that brought no list: another subscription does, or nothing. */
static void ask_handler(void *arg)
{
	struct ms_contacts *l = arg;

	l->asked = 0;
	if (l->heard || l->full)
		return;
	l->sub = mem_deref(l->sub);
	subscribe(l);
}


void ms_contacts_ask(struct ms_contacts *l)
{
	l->heard = false;
	if (++l->asked <= ASKS_MAX)
		ua_sub_refresh(l->sub);
	if (!tmr_isrunning(&l->ask_tmr))
		tmr_start(l->ms->e->stack->tmrs, &l->ask_tmr, ASK_WAIT,
			ask_handler, l);
}


/* ---- for the dialect ------------------------------------------------ */

const struct ms_contact *ms_contact_find(
	const struct ms_contacts *l, const char *peer)
{
	const struct ms_contact *c;

	HASH_FIND_STR(l->by_peer, peer, c);
	return c;
}


bool ms_contact_is_kept(const struct ms *ms, const char *peer)
{
	return ms->contacts && ms_contact_find(ms->contacts, peer);
}


void ms_contacts_online(struct ms *ms)
{
	struct ms_contacts *l = ms->contacts;

	if (!l) {
		l = mem_zalloc(sizeof(*l), contacts_destructor);
		l->ms = ms;
		ms->contacts = l;
	}
	l->heard = false;
	if (!l->sub)
		subscribe(l);
}


/* What was not sent is found again by comparing, at the next sign-in. */
void ms_contacts_lost(struct ms *ms)
{
	struct ms_contacts *l = ms->contacts;

	if (!l)
		return;
	l->heard = false;
	l->asked = 0;
	tmr_cancel(&l->ask_tmr);
	l->call = mem_deref(l->call);
	list_flush(&l->edits);
}


void ms_contacts_close(struct ms *ms)
{
	if (ms->contacts) {
		tmr_cancel(&ms->contacts->tmr);
		tmr_cancel(&ms->contacts->ask_tmr);
	}
	ms->contacts = mem_deref(ms->contacts);
}
