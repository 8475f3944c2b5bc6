/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roster.c - buddies: added, found, renamed, removed. */
#include <string.h>
#include "contacts.h"
#include "share.h"


static void destructor(void *data)
{
	struct core_buddy *b = data;

	list_unlink(&b->le);
	mem_deref(b->name);
	mem_deref(b->card);
	mem_deref(b->groups);
	mem_deref(b->presence);
	mem_deref(b->file);
	mem_deref(b->sent);
}


void core_buddy_post(struct core_buddy *b, const char *change)
{
	core_event_post(b->account->core,
		&(struct core_event){
			.kind = CORE_EVENT_BUDDY,
			.account = b->account->name,
			.peer = b->aor,
			.name = core_buddy_name(b),
			.groups = core_buddy_groups(b),
			.change = change,
		});
}


static bool has_group(const struct core_buddy *b, const char *group)
{
	size_t i;

	for (i = 0; b->groups && b->groups[i]; i++) {
		if (!strcmp(b->groups[i], group))
			return true;
	}
	return false;
}


void core_buddy_set_groups(struct core_buddy *b, const char *const *groups)
{
	const char *labels[CORE_GROUPS_MAX + 1];
	struct core_buddy fresh = {.groups = labels};
	size_t i, n = 0;

	labels[0] = NULL;
	for (i = 0; groups && groups[i] && n < CORE_GROUPS_MAX; i++) {
		char *label = core_label(groups[i]);

		if (!label || has_group(&fresh, label)) {
			mem_deref(label);
			continue;
		}
		labels[n++] = label;
		labels[n] = NULL;
	}
	mem_deref(b->groups);
	b->groups = n ? core_share_groups(b->account->share, labels) : NULL;
	while (n)
		mem_deref((char *)labels[--n]);
}


static bool set_name(struct core_buddy *b, const char *name)
{
	char *label = core_label(name);
	bool same = !strcmp(label ? label : "", b->name ? b->name : "");

	mem_deref(b->name);
	b->name = label;
	return !same;
}


/* Takes AOR over. */
static struct core_buddy *buddy_new(struct core_account *a, char *aor)
{
	size_t size = strlen(aor) + 1;
	struct core_buddy *b =
		mem_alloc_clear(sizeof(*b) + size, sizeof(*b), destructor);
	const char *key;

	b->account = a;
	b->aor = memcpy(b + 1, aor, size);
	mem_deref(aor);
	key = uri_aor_key(b->aor);
	HASH_ADD_KEYPTR(hh, a->by_peer, key, strlen(key), b);
	list_append(&a->buddies, &b->le, b);
	return b;
}


static void unknown(struct core_buddy *b)
{
	core_presence_set_buddy(b,
		presence_alloc(PRESENCE_UNKNOWN, PRESENCE_NONE, NULL,
			core_presence_reason(b)),
		0);
}


/* Now in the list by the user's own will. */
static void add(struct core_buddy *b)
{
	struct core_account *a = b->account;

	b->added = true;
	core_buddy_post(b, "added");
	unknown(b);
	if (a->endpoint && !a->leaving)
		endpoint_watch(a->endpoint, b->aor);
	core_watcher_added(a, b->aor);
}


static void declared(
	struct core_buddy *b, const struct core_origin *origin, bool groups)
{
	if (!origin || !origin->file) {
		b->typed = true;
		return;
	}
	mem_deref(b->file);
	b->file = core_share_text(b->account->share, origin->file);
	b->line = origin->line;
	b->file_groups = groups;
}


int core_buddy_add(struct core_account *a, const char *uri, const char *name,
	const char *const *groups, const struct core_origin *origin,
	struct core_buddy **bp, char **why)
{
	struct core_buddy *b;
	char *aor = NULL;
	bool changed = false;
	int status;

	status = core_peer_parse(uri, &aor, why);
	if (status)
		return status;
	if (!a->core || a->removed) {
		mem_deref(aor);
		return core_fail(EX_CONFIG, why, "the account was removed");
	}
	status = core_way_learn(a, aor, uri, origin, why);
	if (status) {
		mem_deref(aor);
		return status;
	}
	b = core_buddy_find(a, aor);
	if (b)
		mem_deref(aor);
	else
		b = buddy_new(a, aor);
	declared(b, origin, groups != NULL);
	if (name)
		changed |= set_name(b, name);
	if (groups) {
		core_buddy_set_groups(b, groups);
		changed = true;
	}
	if (!b->added)
		add(b);
	else if (changed)
		core_buddy_post(b, "changed");
	core_saved_buddy(b, false);
	core_contacts_changed(b);
	if (bp)
		*bp = b;
	return 0;
}


int core_buddy_found(struct core_account *a, const char *uri, const char *name,
	const char *const *groups, struct core_buddy **bp, char **why)
{
	struct core_buddy *b;
	char *aor = NULL;
	int status;

	status = core_peer_parse(uri, &aor, why);
	if (status)
		return status;
	if (!a->core || a->removed) {
		mem_deref(aor);
		return core_fail(EX_CONFIG, why, "the account was removed");
	}
	b = core_buddy_find(a, aor);
	if (b) {
		mem_deref(aor);
	} else {
		b = buddy_new(a, aor);
		(void)set_name(b, name);
		core_buddy_set_groups(b, groups);
		core_buddy_post(b, "changed");
		unknown(b);
	}
	if (bp)
		*bp = b;
	return 0;
}


static void detach(struct core_buddy *b)
{
	HASH_DEL(b->account->by_peer, b);
	list_unlink(&b->le);
	b->account = NULL;
	mem_deref(b);
}


int core_buddy_remove(struct core_buddy *b, char **note)
{
	struct core_account *a = b->account;

	if (!a)
		return 0;
	if (b->file)
		(void)core_fail(0, note,
			"%s is declared in %s, line %u: it comes back at the "
			"next start",
			b->aor, b->file, b->line);
	if (a->endpoint && b->added)
		endpoint_unwatch(a->endpoint, b->aor);
	core_saved_buddy(b, true);
	core_way_forget(a, b->aor);
	core_contacts_removed(a, b->aor);
	core_buddy_post(b, "removed");
	detach(b);
	return 0;
}


void core_roster_flush(struct core_account *a)
{
	while (a->buddies.head) {
		struct core_buddy *b = a->buddies.head->data;

		if (a->core)
			core_buddy_post(b, "removed");
		detach(b);
	}
}


/* What is changed by hand is kept, for somebody that a file declares too. */
static void changed_by_hand(struct core_buddy *b)
{
	b->typed |= b->added;
	core_buddy_post(b, "changed");
	core_saved_buddy(b, false);
	core_contacts_changed(b);
}


int core_buddy_rename(struct core_buddy *b, const char *name)
{
	if (!b->account)
		return EX_DATAERR;
	if (set_name(b, name))
		changed_by_hand(b);
	return 0;
}


void core_card_heard(const char *peer, const char *name, void *arg)
{
	struct core_account *a = arg;
	struct core_buddy *b = a->core ? core_buddy_find(a, peer) : NULL;
	char *label = b ? core_label(name) : NULL;
	bool news = label && (!b->card || strcmp(b->card, label) != 0);

	if (!news) {
		mem_deref(label);
		return;
	}
	mem_deref(b->card);
	b->card = label;
	if (!b->name)
		core_buddy_post(b, "changed");
}


int core_buddy_regroup(struct core_buddy *b, const char *const *groups)
{
	if (!b->account)
		return EX_DATAERR;
	core_buddy_set_groups(b, groups);
	changed_by_hand(b);
	return 0;
}


struct core_buddy *core_buddy_find(struct core_account *a, const char *peer)
{
	struct core_buddy *b;

	HASH_FIND_STR(a->by_peer, uri_aor_key(peer), b);
	return b;
}


struct core_buddy *core_buddy_added_find(
	struct core_account *a, const char *peer)
{
	struct core_buddy *b = core_buddy_find(a, peer);

	return b && b->added ? b : NULL;
}


struct core_buddy *core_buddy_first(struct core_account *a)
{
	return list_data(a->buddies.head);
}


struct core_buddy *core_buddy_next(struct core_buddy *b)
{
	return list_data(b->le.next);
}


const char *core_buddy_aor(const struct core_buddy *b)
{
	return b->aor;
}


const char *core_buddy_name(const struct core_buddy *b)
{
	return b->name ? b->name : b->card;
}


const char *const *core_buddy_groups(const struct core_buddy *b)
{
	static const char *const none[] = {NULL};

	return b->groups ? (const char *const *)b->groups : none;
}


struct core_account *core_buddy_account(const struct core_buddy *b)
{
	return b->account;
}


const struct presence *core_buddy_presence(const struct core_buddy *b)
{
	return b->presence;
}


bool core_buddy_added(const struct core_buddy *b)
{
	return b->added;
}
