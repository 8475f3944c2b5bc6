/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_core.c - see fake_core.h. */
#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include "fake_core.h"
#include "fake_pending.h"
#include "list.h"
#include "mbuf.h"
#include "mem.h"


enum {
	N_SETTINGS = 4,
};


struct core_listener {
	struct le le;
	core_event_h *h;
	void *arg;
};

struct core {
	struct list accounts;
	struct list chats;
	struct list listeners;
	struct list pendings;
	bool unkept;
	struct mbuf *log;
	char *said; /* the log as a string */
	char *option;
	core_hit_h *hit;
	dialect_trace_h *trace;
	void *trace_arg;
	core_ask_h *ask;
	size_t unsent;
	int store_err;
	bool failed;
};

struct core_account {
	struct le le;
	struct core *core;
	char *name;
	char *aor;
	char *settings[N_SETTINGS];
	enum endpoint_state state;
	struct list buddies;
	struct presence *unknown;
};

struct core_buddy {
	struct le le;
	struct core_account *account;
	char *aor;
	char *name;
	char **groups;
	size_t n;
	struct presence *presence;
};

struct core_chat {
	struct le le;
	struct core_account *account;
	char *peer;
	const char *state;
	unsigned unread;
	bool typing;
};


static void listener_destructor(void *data)
{
	struct core_listener *l = data;

	list_unlink(&l->le);
}


static void buddy_destructor(void *data)
{
	struct core_buddy *b = data;
	size_t i;

	list_unlink(&b->le);
	for (i = 0; i < b->n; i++)
		mem_deref(b->groups[i]);
	mem_deref(b->groups);
	mem_deref(b->aor);
	mem_deref(b->name);
	mem_deref(b->presence);
}


static void account_destructor(void *data)
{
	struct core_account *a = data;
	size_t i;

	list_unlink(&a->le);
	list_flush(&a->buddies);
	for (i = 0; i < N_SETTINGS; i++)
		mem_deref(a->settings[i]);
	mem_deref(a->name);
	mem_deref(a->aor);
	mem_deref(a->unknown);
}


static void chat_destructor(void *data)
{
	struct core_chat *c = data;

	list_unlink(&c->le);
	mem_deref(c->account);
	mem_deref(c->peer);
}


static void core_destructor(void *data)
{
	struct core *core = data;

	list_flush(&core->chats);
	list_flush(&core->accounts);
	list_flush(&core->pendings);
	mem_deref(core->log);
	mem_deref(core->said);
	mem_deref(core->option);
}


struct core *fake_core(void)
{
	struct core *core = mem_zalloc(sizeof(*core), core_destructor);

	core->log = mbuf_alloc(1 << 20);
	core->said = mem_strdup("");
	return core;
}


void fake_note(struct core *core, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	mbuf_vprintf(core->log, fmt, ap);
	va_end(ap);
	mbuf_write_u8(core->log, '\n');
	mem_deref(core->said);
	core->said = mbuf_strdup(core->log);
}


const char *fake_log(const struct core *core)
{
	return core->said;
}


void fake_forget(struct core *core)
{
	mbuf_reset(core->log);
	mem_deref(core->said);
	core->said = mem_strdup("");
}


void fake_later(
	struct core *core, const char *verb, core_done_h *done, void *arg)
{
	fake_pending_add(&core->pendings, verb, done, arg);
}


bool fake_answer(struct core *core, const char *verb, int status,
	const char *text, uint64_t id, const char *state)
{
	struct core_outcome outcome = {status, text, id, state};

	return fake_pending_end(&core->pendings, verb, &outcome);
}


void core_listen(struct core_listener **lp, struct core *core, core_event_h *h,
	void *arg)
{
	struct core_listener *l = mem_zalloc(sizeof(*l), listener_destructor);

	l->h = h;
	l->arg = arg;
	list_append(&core->listeners, &l->le, l);
	*lp = l;
}


void fake_event(struct core *core, const struct core_event *ev)
{
	struct le *le, *next;

	LIST_FOREACH (&core->listeners, le, next) {
		struct core_listener *l = le->data;

		l->h(ev, l->arg);
	}
}


void core_trace(struct core *core, dialect_trace_h *h, void *arg)
{
	static const struct pl text = PL("OPTIONS sip:x SIP/2.0");

	core->trace = h;
	core->trace_arg = arg;
	if (h)
		h(true, "UDP", "a", "b", &text, arg);
}


void core_set_ask(struct core *core, core_ask_h *ask, void *arg)
{
	(void)arg;
	core->ask = ask;
}


/* ---- options and accounts ------------------------------------------- */


int core_option_set(
	struct core *core, const char *name, const char *value, char **why)
{
	if (strcmp(name, "theme") && strcmp(name, "notify-command")) {
		*why = mem_printf("no such option: %s", name);
		return EX_USAGE;
	}
	mem_deref(core->option);
	core->option = mem_strdup(value);
	fake_note(core, "set %s %s", name, value);
	return 0;
}


const char *core_option_get(const struct core *core, const char *name)
{
	return strcmp(name, "theme") ? NULL : core->option;
}


int core_account_add(struct core *core, const char *name, const char *uri,
	const struct core_origin *origin, struct core_account **ap, char **why)
{
	struct core_account *a;

	if (!strchr(uri, '@')) {
		*why = mem_printf("%s is no URI", uri);
		return EX_DATAERR;
	}
	a = mem_zalloc(sizeof(*a), account_destructor);
	a->core = core;
	a->name = mem_strdup(name);
	a->aor = mem_strdup(uri);
	a->unknown = presence_alloc(
		PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, "not asked");
	list_append(&core->accounts, &a->le, a);
	fake_note(core, "account %s %s %s:%u", name, uri,
		origin->file ? origin->file : "-", origin->line);
	*ap = a;
	return 0;
}


int core_account_set(struct core_account *a, const char *setting,
	const char *value, char **why)
{
	size_t i;

	for (i = 0; core_settings[i].name; i++) {
		if (strcmp(core_settings[i].name, setting))
			continue;
		mem_deref(a->settings[i]);
		a->settings[i] = mem_strdup(value);
		fake_note(a->core, "setting %s %s %s", a->name, setting, value);
		return 0;
	}
	*why = mem_printf("no such setting: %s", setting);
	return EX_USAGE;
}


int core_account_remove(struct core_account *a, char **why)
{
	(void)why;
	fake_note(a->core, "remove %s", a->name);
	mem_deref(a);
	return 0;
}


struct core_account *core_account_find(struct core *core, const char *name)
{
	struct core_account *a;

	for (a = core_account_first(core); a; a = core_account_next(a)) {
		if (!strcmp(a->name, name))
			return a;
	}
	return NULL;
}


struct core_account *core_account_first(struct core *core)
{
	return list_data(core->accounts.head);
}


struct core_account *core_account_next(struct core_account *a)
{
	return list_data(a->le.next);
}


const char *core_account_name(const struct core_account *a)
{
	return a->name;
}


const char *core_account_aor(const struct core_account *a)
{
	return a->aor;
}


const char *core_account_get(const struct core_account *a, const char *setting)
{
	size_t i;

	for (i = 0; core_settings[i].name; i++) {
		if (!strcmp(core_settings[i].name, setting))
			return i || !a->settings[i] ? a->settings[i] : "***";
	}
	return NULL;
}


enum endpoint_state core_account_state(const struct core_account *a)
{
	return a->state;
}


const char *core_account_state_name(enum endpoint_state state)
{
	static const char *const names[] = {
		"offline", "connecting", "online", "failed"};

	return names[state];
}


const char *core_account_reason(const struct core_account *a)
{
	return a->state == ENDPOINT_FAILED ? "wrong password" : NULL;
}


const char *core_account_address(const struct core_account *a)
{
	(void)a;
	return NULL;
}


const char *core_account_transport(const struct core_account *a)
{
	(void)a;
	return NULL;
}


void core_login(struct core_account *a, core_done_h *done, void *arg)
{
	fake_note(a->core, "login %s", a->name);
	fake_later(a->core, "login", done, arg);
}


void core_logout(struct core_account *a, core_done_h *done, void *arg)
{
	fake_note(a->core, "logout %s", a->name);
	fake_later(a->core, "logout", done, arg);
}


void fake_state(
	struct core *core, const char *account, enum endpoint_state state)
{
	struct core_event ev = {.kind = CORE_EVENT_ACCOUNT, .account = account};

	core_account_find(core, account)->state = state;
	fake_event(core, &ev);
}


/* ---- buddies -------------------------------------------------------- */


static void set_groups(struct core_buddy *b, const char *const *groups)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		mem_deref(b->groups[i]);
	for (b->n = 0; groups && groups[b->n];)
		b->n++;
	mem_deref(b->groups);
	b->groups = mem_zalloc((b->n + 1) * sizeof(*b->groups), NULL);
	for (i = 0; i < b->n; i++)
		b->groups[i] = mem_strdup(groups[i]);
}


int core_buddy_add(struct core_account *a, const char *uri, const char *name,
	const char *const *groups, const struct core_origin *origin,
	struct core_buddy **bp, char **why)
{
	struct core_buddy *b = mem_zalloc(sizeof(*b), buddy_destructor);
	const char *semicolon = strchrnul(uri, ';');

	(void)why;
	b->account = a;
	b->aor = mem_strndup(uri, (size_t)(semicolon - uri));
	b->name = mem_strdup(name);
	b->presence = presence_alloc(
		PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, "not answered");
	set_groups(b, groups);
	list_append(&a->buddies, &b->le, b);
	fake_note(a->core, "buddy %s %s %s %s:%u", a->name, uri,
		name ? name : "-", origin->file ? origin->file : "-",
		origin->line);
	*bp = b;
	return 0;
}


int core_buddy_remove(struct core_buddy *b, char **remark)
{
	*remark = mem_strdup("declared at f:1");
	mem_deref(b);
	return 0;
}


int core_buddy_rename(struct core_buddy *b, const char *name)
{
	mem_deref(b->name);
	b->name = mem_strdup(name);
	return 0;
}


int core_buddy_regroup(struct core_buddy *b, const char *const *groups)
{
	set_groups(b, groups);
	return 0;
}


struct core_buddy *core_buddy_find(struct core_account *a, const char *peer)
{
	struct core_buddy *b;

	for (b = core_buddy_first(a); b; b = core_buddy_next(b)) {
		if (!strcmp(b->aor, peer))
			return b;
	}
	return NULL;
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
	return b->name;
}


const char *const *core_buddy_groups(const struct core_buddy *b)
{
	return (const char *const *)b->groups;
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
	(void)b;
	return true;
}


void core_group_each(struct core *core,
	void (*h)(const char *group, size_t buddies, void *arg), void *arg)
{
	(void)core;
	h("Friends", 2, arg);
}


int core_group_rename(
	struct core *core, const char *old, const char *name, char **why)
{
	(void)why;
	fake_note(core, "group %s %s", old, name);
	return 0;
}


int core_group_remove(struct core *core, const char *group, char **why)
{
	(void)core;
	*why = mem_printf("no such group: %s", group);
	return EX_DATAERR;
}


const char *core_peer_name(struct core_account *a, const char *peer)
{
	struct core_buddy *b = core_buddy_find(a, peer);

	return b && b->name ? b->name : peer;
}


void fake_presence(struct core *core, const char *peer,
	enum presence_state state, enum presence_activity activity)
{
	struct core_event ev = {.kind = CORE_EVENT_PRESENCE, .peer = peer};
	struct core_account *a = core_account_first(core);
	struct core_buddy *b = core_buddy_find(a, peer);

	mem_deref(b->presence);
	b->presence = presence_alloc(state, activity, NULL, NULL);
	fake_event(core, &ev);
}


int core_presence_set(struct core *core, struct core_account *a,
	const char *word, const char *remark, char **why)
{
	(void)why;
	fake_note(core, "presence %s %s %s", a ? a->name : "-", word,
		remark ? remark : "-");
	return 0;
}


const char *core_presence_word(const struct core_account *a)
{
	(void)a;
	return "online";
}


const char *core_presence_note(const struct core_account *a)
{
	(void)a;
	return NULL;
}


void core_presence_fetch(
	struct core_account *a, const char *peer, core_done_h *done, void *arg)
{
	fake_note(a->core, "fetch %s", peer);
	fake_later(a->core, "fetch", done, arg);
}


const struct presence *core_presence_of(
	struct core_account *a, const char *peer)
{
	struct core_buddy *b = core_buddy_find(a, peer);

	return b ? b->presence : a->unknown;
}


int core_watcher_decide(struct core_account *a, const char *peer,
	enum core_decision decision, char **remark)
{
	(void)remark;
	fake_note(a->core, "decide %s %s %d", a->name, peer, decision);
	return 0;
}


/* ---- chats ---------------------------------------------------------- */


struct core_chat *core_chat_find(struct core_account *a, const char *peer)
{
	struct core_chat *c;

	for (c = core_chat_first(a->core); c; c = core_chat_next(c)) {
		if (c->account == a && !strcmp(c->peer, peer))
			return c;
	}
	return NULL;
}


struct core_chat *core_chat_get(struct core_account *a, const char *peer)
{
	struct core_chat *c = core_chat_find(a, peer);

	if (c)
		return c;
	c = mem_zalloc(sizeof(*c), chat_destructor);
	c->account = mem_ref(a);
	c->peer = mem_strdup(peer);
	c->state = "closed";
	list_append(&a->core->chats, &c->le, c);
	return c;
}


struct core_chat *core_chat_first(struct core *core)
{
	return list_data(core->chats.head);
}


struct core_chat *core_chat_next(struct core_chat *c)
{
	return list_data(c->le.next);
}


struct core_account *core_chat_account(const struct core_chat *c)
{
	return c->account;
}


const char *core_chat_peer(const struct core_chat *c)
{
	return c->peer;
}


const char *core_chat_state(const struct core_chat *c)
{
	return c->state;
}


const char *core_chat_via(const struct core_chat *c)
{
	(void)c;
	return NULL;
}


unsigned core_chat_unread(const struct core_chat *c)
{
	return c->unread;
}


bool core_chat_typing(const struct core_chat *c)
{
	return c->typing;
}


void core_chat_read(struct core_chat *c)
{
	c->unread = 0;
}


void core_chat_told(struct core_chat *c)
{
	fake_note(c->account->core, "told %s", c->peer);
}


void core_unread_await(struct core *core, core_done_h *done, void *arg)
{
	(void)core;
	done(&(struct core_outcome){0}, arg);
}


void core_chat_open(struct core_chat *c, core_done_h *done, void *arg)
{
	fake_note(c->account->core, "open %s", c->peer);
	fake_later(c->account->core, "open", done, arg);
}


void core_chat_close(struct core_chat *c, core_done_h *done, void *arg)
{
	fake_note(c->account->core, "close %s", c->peer);
	fake_later(c->account->core, "close", done, arg);
}


static struct core_chat *chat_of(struct core *core, const char *peer)
{
	return core_chat_get(core_account_first(core), peer);
}


void fake_chat_state(struct core *core, const char *peer, const char *state)
{
	struct core_event ev = {.kind = CORE_EVENT_CHAT, .peer = peer};

	chat_of(core, peer)->state = state;
	fake_event(core, &ev);
}


void fake_unread(struct core *core, const char *peer, unsigned n)
{
	chat_of(core, peer)->unread = n;
}


void fake_typing(struct core *core, const char *peer, bool active)
{
	struct core_event ev = {.kind = CORE_EVENT_TYPING, .peer = peer};

	chat_of(core, peer)->typing = active;
	fake_event(core, &ev);
}


int core_send(struct core_chat *c, const char *text, core_done_h *done,
	void *arg, char **why)
{
	if (!*text) {
		*why = mem_strdup("there is no text");
		return EX_USAGE;
	}
	fake_note(c->account->core, "send %s %s %s", c->account->name, c->peer,
		text);
	fake_later(c->account->core, "send", done, arg);
	return 0;
}


void core_resend(struct core *core, uint64_t id, core_done_h *done, void *arg)
{
	fake_note(core, "resend %llu", (unsigned long long)id);
	fake_later(core, "resend", done, arg);
}


void core_typing(struct core_chat *c, bool active)
{
	fake_note(c->account->core, "typing %s %d", c->peer, active);
}


bool core_option_bool(const struct core *core, const char *name)
{
	const char *value = core_option_get(core, name);

	return value && !strcmp(value, "yes");
}


bool core_in_flight(const struct core *core, uint64_t id)
{
	(void)core;
	(void)id;
	return false;
}


uint64_t core_saved_mark(const struct core *core)
{
	(void)core;
	return 0;
}


bool core_saved_await(
	struct core *core, uint64_t mark, core_done_h *done, void *arg)
{
	(void)mark;
	if (core->unkept)
		fake_later(core, "kept", done, arg);
	return core->unkept;
}


void fake_unkept(struct core *core)
{
	core->unkept = true;
}


bool core_keeps(const struct core *core)
{
	(void)core;
	return true;
}


size_t core_unsent(const struct core *core)
{
	return core->unsent;
}


bool core_sent_failed(struct core *core)
{
	bool failed = core->failed;

	core->failed = false;
	return failed;
}


void fake_unsent(struct core *core, size_t n, bool failed)
{
	struct core_event ev = {.kind = CORE_EVENT_MESSAGE_STATE};

	core->unsent = n;
	core->failed = failed;
	fake_event(core, &ev);
}


/* ---- search and names ----------------------------------------------- */


void core_search(struct core *core, struct core_account *a, int what,
	const char *query, core_hit_h *hit, core_done_h *done, void *arg)
{
	struct core_hit found = {.kind = "buddy",
		.account = "work",
		.peer = "sip:bob@example.org",
		.name = "Bob",
		.state = "online"};

	fake_note(core, "search %s %d %s", a ? a->name : "-", what, query);
	hit(&found, arg);
	fake_later(core, "search", done, arg);
}


void fake_store(struct core *core, int err)
{
	core->store_err = err;
}


int fake_store_err(const struct core *core)
{
	return core->store_err;
}


struct core *fake_core_of(const struct core_account *a)
{
	return a->core;
}


int core_pick_account(struct core *core, const char *name, const char *peer,
	struct core_account **ap, char **why)
{
	(void)peer;
	*ap = name ? core_account_find(core, name) : core_account_first(core);
	if (*ap)
		return 0;
	*why = mem_printf("no account %s", name ? name : "");
	return EX_CONFIG;
}


int core_resolve(struct core *core, const char *account, const char *typed,
	struct core_account **ap, char **peer, char **why)
{
	struct core_account *a, *found = NULL;
	const char *aor = NULL;
	struct core_buddy *b;
	unsigned n = 0;

	for (a = core_account_first(core); a; a = core_account_next(a)) {
		if (account && strcmp(a->name, account))
			continue;
		for (b = core_buddy_first(a); b; b = core_buddy_next(b)) {
			if (strcasecmp(b->name ? b->name : "", typed) &&
				strcmp(b->aor, typed) &&
				strcmp(b->aor + 4, typed))
				continue;
			n++;
			found = a;
			aor = b->aor;
		}
	}
	if (n > 1) {
		*why = mem_printf("%s may be several", typed);
		return EX_USAGE;
	}
	if (!n && strchr(typed, '@')) {
		int status =
			core_pick_account(core, account, NULL, &found, why);
		const char *end = strchrnul(typed, ';');

		if (status)
			return status;
		*peer = mem_printf("%s%.*s",
			strncmp(typed, "sip:", 4) ? "sip:" : "",
			(int)(end - typed), typed);
		*ap = found;
		return 0;
	}
	if (!n) {
		*why = mem_printf("nobody is %s", typed);
		return EX_DATAERR;
	}
	*ap = found;
	*peer = mem_strdup(aor);
	return 0;
}


static void offer(const char *prefix, const char *text, const char *help,
	core_complete_h *emit, void *arg)
{
	if (!strncasecmp(prefix, text, strlen(prefix)))
		emit(text, help, arg);
}


void core_complete(struct core *core, enum core_kind kind, const char *context,
	const char *prefix, core_complete_h *emit, void *arg)
{
	struct core_account *a;
	struct core_buddy *b;
	size_t i;

	for (a = core_account_first(core); a; a = core_account_next(a)) {
		if (kind == CORE_KIND_ACCOUNT)
			offer(prefix, a->name, NULL, emit, arg);
		for (b = core_buddy_first(a); b; b = core_buddy_next(b)) {
			if (kind == CORE_KIND_BUDDY)
				offer(prefix, b->name ? b->name : b->aor,
					b->aor, emit, arg);
		}
	}
	for (i = 0; kind == CORE_KIND_SETTING && core_settings[i].name; i++)
		offer(prefix, core_settings[i].name, core_settings[i].help,
			emit, arg);
	for (i = 0; kind == CORE_KIND_OPTION && core_options[i].name; i++)
		offer(prefix, core_options[i].name, core_options[i].help, emit,
			arg);
	if (kind == CORE_KIND_VALUE && !strcmp(context, "proxy"))
		offer(prefix, "sip:proxy.example.org", NULL, emit, arg);
}
