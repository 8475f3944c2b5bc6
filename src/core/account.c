/* SPDX-License-Identifier: GPL-3.0-or-later */
/* account.c - one address of ours: its settings, its state, its place in
 * the list. */
#include <string.h>
#include "contacts.h"
#include "message_int.h"
#include "share.h"
#include "uri.h"


enum {
	ACCOUNT_NAME_MAX = 64,
	ACCOUNT_LEAVE_MS = 2000, /* BYE and the like, when removed */
};


static void destructor(void *data)
{
	struct core_account *a = data;
	size_t i;

	list_unlink(&a->le);
	core_account_forget_secret(a);
	mem_deref(a->name);
	mem_deref(a->aor);
	mem_deref(a->instance);
	mem_deref(a->file);
	for (i = 0; i < CORE_SETTINGS_MAX; i++)
		mem_deref(a->settings[i]);
	mem_deref(a->reason);
	mem_deref(a->address);
	mem_deref(a->no_secret);
	mem_deref(a->share);
	core_own_release(&a->own);
}


static bool is_name(const char *name)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	size_t len = strlen(name);

	return len && len <= ACCOUNT_NAME_MAX && strspn(name, good) == len;
}


int core_account_name_check(struct core *core, const char *name, char **why)
{
	const struct core_account *a = core_account_find(core, name);

	if (!is_name(name))
		return core_fail(EX_USAGE, why,
			"\"%s\" is no name for an account: letters, digits, - "
			"and _",
			name);
	if (a)
		return core_fail(EX_USAGE, why, "account %s exists and is %s",
			name, a->aor);
	return 0;
}


/* An account has a user part at a SIP or SIPS domain. */
int core_account_parse(const char *typed, char **aor, char **why)
{
	struct uri uri;
	struct pl pl;
	int status = core_peer_parse(typed, aor, why);

	if (status)
		return status;
	pl = pl_str(*aor);
	if (!uri_decode(&uri, &pl) && pl_isset(&uri.user) &&
		(uri.scheme == URI_SIP || uri.scheme == URI_SIPS))
		return 0;
	*aor = mem_deref(*aor);
	return core_fail(EX_DATAERR, why,
		"\"%s\" is not a SIP address such as sip:alice@example.org",
		typed);
}


static void declared(struct core_account *a, const struct core_origin *origin)
{
	if (origin && origin->file) {
		mem_deref(a->file);
		a->file = mem_strdup(origin->file);
		a->line = origin->line;
		return;
	}
	a->typed = true;
	core_saved_account(a, false);
}


struct core_account *core_account_new(
	struct core *core, const char *name, char *aor)
{
	struct core_account *a = mem_zalloc(sizeof(*a), destructor);

	a->core = core;
	a->name = mem_strdup(name);
	a->share = core_share_alloc();
	a->aor = aor;
	core_own_copy(&a->own, &core->own);
	list_append(&core->accounts, &a->le, a);
	return a;
}


int core_account_add(struct core *core, const char *name, const char *uri,
	const struct core_origin *origin, struct core_account **ap, char **why)
{
	struct core_account *a;
	char *aor = NULL;
	int status;

	if (!is_name(name))
		return core_account_name_check(core, name, why);
	status = core_account_parse(uri, &aor, why);
	if (status)
		return status;
	a = core_account_find(core, name);
	if (a && strcmp(uri_aor_key(a->aor), uri_aor_key(aor))) {
		mem_deref(aor);
		return core_account_name_check(core, name, why);
	}
	if (a) {
		mem_deref(aor);
		declared(a, origin);
	} else {
		a = core_account_new(core, name, aor);
		declared(a, origin);
		core_account_post(a);
		core_outbox_await(core);
	}
	if (ap)
		*ap = a;
	return 0;
}


/* The row of SETTING and its index, if VALUE may be its. */
static int find_setting(const char *setting, const char *value,
	const struct core_option **row, size_t *i, char **why)
{
	*row = core_option_find(core_settings, setting, i);
	if (!*row)
		return core_fail(
			EX_USAGE, why, "accounts have no \"%s\"", setting);
	return core_option_check(*row, value, why);
}


int core_account_check(const char *setting, const char *value, char **why)
{
	const struct core_option *row;
	size_t i;

	return find_setting(setting, value, &row, &i, why);
}


int core_account_set(struct core_account *a, const char *setting,
	const char *value, char **why)
{
	const struct core_option *row;
	size_t i;
	int status = find_setting(setting, value, &row, &i, why);

	if (status || !a->core)
		return status;
	if (!strcmp(a->settings[i] ? a->settings[i] : "", value))
		return 0;
	mem_deref(a->settings[i]);
	a->settings[i] =
		*value ? mem_secret_strndup(value, strlen(value)) : NULL;
	core_saved_setting(a, row->name, a->settings[i]);
	if (!strcmp(setting, "accept")) {
		core_watcher_policy(a);
	} else if (!strncmp(setting, "password", 8) ||
		!strcmp(setting, "auth-user")) {
		core_account_forget_secret(a);
	} else if (a->endpoint) {
		a->dirty = true;
		if (core_account_online(a))
			(void)core_fail(0, why,
				"%s is signed in: %s holds from the next login",
				a->name, row->name);
	}
	return 0;
}


static void forget_rows(struct core_account *a)
{
	struct le *le;
	size_t i;

	for (le = a->buddies.head; le; le = le->next)
		core_saved_buddy(le->data, true);
	for (i = 0; core_settings[i].name; i++) {
		/* Where a file declares it too, that of the store was not
		 * taken. */
		if (a->settings[i] || a->file)
			core_saved_setting(a, core_settings[i].name, NULL);
	}
	core_way_forget(a, NULL);
	core_contacts_forget(a);
	core_watcher_forget(a);
	core_draft_forget(a);
	core_lines_forget(a, NULL);
	core_read_forget(a);
	core_saved_account(a, true);
}


int core_account_remove(struct core_account *a, char **why)
{
	struct core *core = a->core;

	if (!core || a->removed)
		return 0;
	if (a->file)
		(void)core_fail(0, why,
			"account %s is declared in %s, line %u: it comes back "
			"at the next start",
			a->name, a->file, a->line);
	forget_rows(a);
	a->removed = true;
	core_chat_flush(a);
	core_roster_flush(a);
	core_watcher_flush(a);
	list_unlink(&a->le);
	list_append(&core->leavers, &a->le, a);
	if (!a->endpoint) {
		core_account_detach(a);
		return 0;
	}
	core_account_stop(a, ACCOUNT_LEAVE_MS);
	return 0;
}


void core_account_detach(struct core_account *a)
{
	struct core *core = a->core;

	core_account_drop(a, "the account was removed");
	core_waiters_post(
		core, &a->logins, EX_TEMPFAIL, "the account was removed");
	core_waiters_post(core, &a->logouts, 0, NULL);
	core_chat_flush(a);
	core_presence_flush(a);
	core_roster_flush(a);
	core_way_flush(a);
	core_contacts_flush(a);
	core_watcher_flush(a);
	list_unlink(&a->le);
	a->removed = true;
	a->core = NULL;
	mem_deref(a);
}


void core_account_post(struct core_account *a)
{
	if (!a->core)
		return;
	core_event_post(a->core,
		&(struct core_event){
			.kind = CORE_EVENT_ACCOUNT,
			.account = a->name,
			.state = core_account_state_name(a->state),
			.address = a->address,
			.reason = a->reason,
			.code = a->code,
			.retry_at = a->retry_at,
			.again = a->again,
		});
}


struct core_account *core_account_find(struct core *core, const char *name)
{
	struct le *le;

	for (le = core->accounts.head; le; le = le->next) {
		struct core_account *a = le->data;

		if (!strcmp(a->name, name))
			return a;
	}
	return NULL;
}


struct core_account *core_account_by_aor(struct core *core, const char *aor)
{
	struct core_account *a = core_account_first(core);

	while (a && strcmp(a->aor, aor) != 0)
		a = core_account_next(a);
	return a;
}


struct core_account *core_account_first(struct core *core)
{
	return list_data(core->accounts.head);
}


struct core_account *core_account_next(struct core_account *a)
{
	return a->removed ? NULL : list_data(a->le.next);
}


const char *core_account_name(const struct core_account *a)
{
	return a->name;
}


const char *core_account_aor(const struct core_account *a)
{
	return a->aor;
}


const char *core_account_setting(const struct core_account *a, const char *name)
{
	const struct core_option *row;
	size_t i;

	row = core_option_find(core_settings, name, &i);
	if (!row)
		return NULL;
	return a->settings[i] ? a->settings[i] : row->initial;
}


const char *core_account_get(const struct core_account *a, const char *setting)
{
	const struct core_option *row;
	const char *value = core_account_setting(a, setting);

	row = core_option_find(core_settings, setting, NULL);
	return value && row->type == CORE_SECRET ? "***" : value;
}


bool core_account_online(const struct core_account *a)
{
	return a->endpoint && a->state == ENDPOINT_ONLINE && !a->leaving &&
		!a->removed;
}


enum endpoint_state core_account_state(const struct core_account *a)
{
	return a->state;
}


const char *core_account_state_name(enum endpoint_state state)
{
	switch (state) {
	case ENDPOINT_OFFLINE:
		return "offline";
	case ENDPOINT_CONNECTING:
		return "connecting";
	case ENDPOINT_ONLINE:
		return "online";
	case ENDPOINT_FAILED:
		return "failed";
	}
	return "unknown";
}


const char *core_account_reason(const struct core_account *a)
{
	return a->reason;
}


const char *core_account_address(const struct core_account *a)
{
	return a->address;
}


const char *core_account_transport(const struct core_account *a)
{
	return a->endpoint ? endpoint_transport(a->endpoint) : NULL;
}
