/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ruled.c - which decisions about watchers a server has among its rules
 * (RFC 5025), over restarts too: what it has not is told it at each sign-in,
 * until it has it or has refused it for good.
 */
#include <string.h>
#include "message_int.h"

/* Rows of the table "ruled": the word of the decision that the server has, or
 * REFUSED and that word, or UNDECIDED where a decision was taken back and the
 * server is to be told. A decision without a row of its own word is due. */
static const char refused[] = "refused ";
static const char undecided[] = "undecided";


void core_ruled_due(struct core_account *a, struct core_decision_entry *e)
{
	bool had = e->rule == CORE_RULE_WRITTEN;

	/* Where there never were rules nothing needs to be taken back. */
	if (!e->decided && !had && !core_account_setting(a, "xcap-root")) {
		e->rule = CORE_RULE_NONE;
		core_saved_ruled(a, e->peer, NULL);
		return;
	}
	e->rule = CORE_RULE_DUE;
	core_saved_ruled(a, e->peer, e->decided ? NULL : undecided);
}


void core_ruled_online(struct core_account *a)
{
	struct core_decision_entry *e;

	for (e = a->decisions; e; e = e->hh.next) {
		if (e->rule == CORE_RULE_DUE)
			core_watcher_tell(a, e);
	}
}


void core_ruled_heard(const char *peer, const char *why, void *arg)
{
	struct core_account *a = arg;
	struct core_decision_entry *e;
	char *row;

	if (!a->core || a->removed)
		return;
	if (why)
		core_say(a->core, LOG_WARN,
			"%s: the server does not keep what was decided about "
			"%s, which is obeyed here: %s",
			a->name, peer, why);
	e = core_watcher_entry(a, peer);
	if (!e || e->rule != CORE_RULE_DUE)
		return;
	if (!e->decided) {
		core_saved_ruled(a, peer, NULL);
		e->rule = CORE_RULE_NONE;
		core_watcher_entry_over(a, e);
		return;
	}
	e->rule = why ? CORE_RULE_REFUSED : CORE_RULE_WRITTEN;
	row = mem_printf(
		"%s%s", why ? refused : "", core_decision_word(e->decision));
	core_saved_ruled(a, peer, row);
	mem_deref(row);
}


/* After the decisions. A row may be of an older one. */
void core_ruled_load(struct core *core, const char *key, const char *value)
{
	struct pl word = pl_str(value);
	struct core_decision_entry *e;
	const char *peer;
	struct core_account *a = core_saved_account_of(core, key, &peer);
	bool gave_up = pl_startswith(&word, refused);

	if (!a)
		return;
	if (!strcmp(value, undecided)) {
		core_watcher_load_undecided(a, peer);
		return;
	}
	e = core_watcher_entry(a, peer);
	if (gave_up)
		pl_skip(&word, sizeof(refused) - 1);
	if (!e || !e->decided || e->typed ||
		!pl_streq(&word, core_decision_word(e->decision)))
		return;
	e->rule = gave_up ? CORE_RULE_REFUSED : CORE_RULE_WRITTEN;
}
