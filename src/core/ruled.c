/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ruled.c - which decisions about watchers a server has among its rules
 * (RFC 5025), over restarts too: what it has not is told it at each sign-in,
 * until it has it or has refused it for good.
 */
#include <string.h>
#include "message_int.h"


enum {
	ADOPTED_SAID = 5, /* decisions of another device, each with a line */
};

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


/* The cure is the same for all who wait, so that it is told once. */
void core_ruled_waits(const char *peer, void *arg)
{
	struct core_account *a = arg;

	if (!a->core || a->removed || a->told_waits)
		return;
	a->told_waits = true;
	if (core_account_setting(a, "xcap-root"))
		core_say(a->core, LOG_WARN,
			"%s: the server keeps %s waiting, who may see you: it "
			"keeps no rules that sotto could change",
			a->name, peer);
	else
		core_say(a->core, LOG_WARN,
			"%s: the server keeps %s waiting, who may see you: it "
			"can be told only where xcap-root leads to it; whoever "
			"runs it knows that address, which account set %s "
			"xcap-root takes",
			a->name, peer, a->name);
}


/* ---- another device's ---- */

static enum core_decision decision_of(enum endpoint_verdict verdict)
{
	switch (verdict) {
	case ENDPOINT_ALLOW:
		return CORE_ACCEPT;
	case ENDPOINT_POLITE_BLOCK:
		return CORE_BLOCK;
	case ENDPOINT_REFUSE:
		return CORE_DECLINE;
	case ENDPOINT_PENDING:
	case ENDPOINT_BUSY:
		break;
	}
	return CORE_UNBLOCK;
}


static void save(struct core_account *a, const struct core_decision_entry *e)
{
	const char *word = e->decided ? core_decision_word(e->decision) : NULL;

	core_saved_decision(a, e->peer, word);
	core_saved_ruled(a, e->peer, word);
}


static void say_adopted(const struct core_account *a, const char *peer,
	enum core_decision decision)
{
	static const char *const words[] = {
		[CORE_ACCEPT] = "is accepted",
		[CORE_DECLINE] = "is declined",
		[CORE_BLOCK] = "is blocked",
		[CORE_UNBLOCK] = "is no longer decided about",
	};

	core_say(a->core, LOG_INFO, "%s: %s %s, as the server's rules are now",
		a->name, peer, words[decision]);
}


/* What E is from now on, by a rule of another device's. */
static void adopt(struct core_account *a, struct core_decision_entry *e,
	enum core_decision decision)
{
	e->decided = decision != CORE_UNBLOCK;
	e->decision = decision;
	e->rule = e->decided ? CORE_RULE_WRITTEN : CORE_RULE_NONE;
	save(a, e);
	core_watcher_adopted(a, e);
}


/* True where DECISION is news. */
static bool take_rule(
	struct core_account *a, const char *peer, enum core_decision decision)
{
	struct core_decision_entry *e = core_watcher_entry(a, peer);

	if (e)
		e->seen = true;
	/* Ours is on its way, or cannot be written. */
	if (e && (e->rule == CORE_RULE_DUE || e->rule == CORE_RULE_REFUSED))
		return false;
	/* Who is in the list is let in without a decision. */
	if (decision == CORE_ACCEPT && core_buddy_added_find(a, peer)) {
		if (!e || !e->decided || e->decision == CORE_ACCEPT)
			return false;
		decision = CORE_UNBLOCK;
	}
	if (e && e->decided && e->decision == decision)
		return false;
	if (!e)
		e = core_watcher_entry_get(a, peer);
	e->seen = true;
	adopt(a, e, decision);
	return true;
}


/* The server has none any more, and nobody took them back. */
static void write_anew(struct core_account *a)
{
	struct core_decision_entry *e;

	for (e = a->decisions; e; e = e->hh.next) {
		if (!e->decided || e->rule != CORE_RULE_WRITTEN)
			continue;
		e->rule = CORE_RULE_DUE;
		core_saved_ruled(a, e->peer, NULL);
		core_watcher_tell(a, e);
	}
}


void core_ruled_rules(const struct endpoint_rule *rules, size_t n, void *arg)
{
	struct core_account *a = arg;
	struct core_decision_entry *e, *next;
	size_t news = 0, i;

	if (!a->core || a->removed)
		return;
	if (!rules) {
		write_anew(a);
		return;
	}
	for (e = a->decisions; e; e = e->hh.next)
		e->seen = false;
	for (i = 0; i < n; i++) {
		enum core_decision decision = decision_of(rules[i].verdict);

		if (take_rule(a, rules[i].peer, decision) &&
			++news <= ADOPTED_SAID)
			say_adopted(a, rules[i].peer, decision);
	}
	/* What the server once had, and has no more, was taken back. */
	HASH_ITER (hh, a->decisions, e, next) {
		if (e->seen || !e->decided || e->rule != CORE_RULE_WRITTEN)
			continue;
		if (++news <= ADOPTED_SAID)
			say_adopted(a, e->peer, CORE_UNBLOCK);
		adopt(a, e, CORE_UNBLOCK);
	}
	if (news > ADOPTED_SAID)
		core_say(a->core, LOG_INFO,
			"%s: %zu more decisions are taken over from the "
			"server's rules",
			a->name, news - ADOPTED_SAID);
}


/* ---- from the store ---- */

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
