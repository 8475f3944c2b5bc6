/* SPDX-License-Identifier: GPL-3.0-or-later */
/* complete.c - candidates for what a user begins to type. */
#include <string.h>
#include <strings.h>
#include "core_int.h"
#include "utf8.h"


struct completion {
	const char *prefix;
	core_complete_h *emit;
	void *arg;
};


static bool fits(const struct completion *c, const char *text)
{
	return text && !strncasecmp(text, c->prefix, strlen(c->prefix));
}


static void offer(
	const struct completion *c, const char *text, const char *help)
{
	if (fits(c, text))
		c->emit(text, help, c->arg);
}


/* A name that cannot be typed as it is shown is none to offer. */
static bool typable(const char *name)
{
	struct pl pl = pl_str(name);
	char *clean = utf8_clean_dup(&pl, UTF8_NAME);
	bool yes = !strcmp(clean, name);

	mem_deref(clean);
	return yes;
}


static void group_h(const char *group, size_t buddies, void *arg)
{
	(void)buddies;
	offer(arg, group, NULL);
}


/* A person by name, or else by address once it is typed. */
static void offer_person(
	const struct completion *c, const char *name, const char *aor)
{
	if (name && !typable(name))
		name = NULL;
	offer(c, name ? name : aor, name ? uri_aor_key(aor) : NULL);
	if (name && !fits(c, name)) {
		offer(c, aor, name);
		offer(c, uri_aor_key(aor), name);
	}
}


static void offer_account(
	const struct completion *c, enum core_kind kind, struct core_account *a)
{
	const struct core_decision_entry *e;
	const struct core_chat *chat;
	struct core_buddy *b;

	switch (kind) {
	case CORE_KIND_ACCOUNT:
		offer(c, a->name, uri_aor_key(a->aor));
		break;
	case CORE_KIND_BUDDY:
		for (b = core_buddy_first(a); b; b = core_buddy_next(b))
			offer_person(c, b->name, b->aor);
		break;
	case CORE_KIND_WATCHER:
		for (e = a->decisions; e; e = e->hh.next) {
			if (e->pending)
				offer(c, e->peer, "has added you");
		}
		break;
	case CORE_KIND_CHAT:
		for (chat = a->chat_by_peer; chat; chat = chat->hh.next) {
			b = core_buddy_find(a, chat->peer);
			offer_person(c, b ? b->name : NULL, chat->peer);
		}
		break;
	default:
		break;
	}
}


static void offer_rows(
	const struct completion *c, const struct core_option *table)
{
	for (; table->name; table++)
		offer(c, table->name, table->help);
}


static void offer_values(const struct completion *c, const char *name)
{
	const struct core_option *row;
	const char *const *choice;

	row = core_option_find(core_options, name, NULL);
	if (!row)
		row = core_option_find(core_settings, name, NULL);
	if (!row)
		return;
	if (row->type == CORE_BOOL) {
		offer(c, "yes", NULL);
		offer(c, "no", NULL);
	}
	for (choice = row->choices; choice && *choice; choice++)
		offer(c, *choice, NULL);
	if (row->type == CORE_NUMBER)
		offer(c, row->initial, NULL);
}


void core_complete(struct core *core, enum core_kind kind, const char *context,
	const char *prefix, core_complete_h *emit, void *arg)
{
	static const char *const words[] = {
		"online", "away", "busy", "invisible", "offline"};
	struct completion c = {
		.prefix = prefix ? prefix : "", .emit = emit, .arg = arg};
	struct core_account *a;
	size_t i;

	switch (kind) {
	case CORE_KIND_OPTION:
		offer_rows(&c, core_options);
		break;
	case CORE_KIND_SETTING:
		offer_rows(&c, core_settings);
		break;
	case CORE_KIND_VALUE:
		offer_values(&c, context ? context : "");
		break;
	case CORE_KIND_GROUP:
		core_group_each(core, group_h, &c);
		break;
	case CORE_KIND_PRESENCE:
		for (i = 0; i < sizeof(words) / sizeof(*words); i++)
			offer(&c, words[i], NULL);
		break;
	default:
		for (a = core_account_first(core); a; a = core_account_next(a))
			offer_account(&c, kind, a);
		break;
	}
}
