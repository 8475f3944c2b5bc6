/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watcher.c - who may reach us: watchers (RFC 3857), what was decided about
 * them, and what that means for every request of theirs. */
#include <string.h>
#include "message_int.h"
#include "notify.h"


static void entry_free(struct core_account *a, struct core_decision_entry *e)
{
	if (e->pending)
		a->pending--;
	HASH_DEL(a->decisions, e);
	mem_deref(e->peer);
	mem_deref(e->name);
	mem_deref(e);
}


const char *core_decision_word(enum core_decision decision)
{
	switch (decision) {
	case CORE_ACCEPT:
		return "accept";
	case CORE_DECLINE:
		return "decline";
	case CORE_BLOCK:
		return "block";
	case CORE_UNBLOCK:
		break;
	}
	return "unblock";
}


struct core_decision_entry *core_watcher_entry(
	struct core_account *a, const char *peer)
{
	struct core_decision_entry *e;

	HASH_FIND_STR(a->decisions, uri_aor_key(peer), e);
	return e;
}


void core_watcher_entry_over(
	struct core_account *a, struct core_decision_entry *e)
{
	if (!e->decided && !e->pending && e->rule == CORE_RULE_NONE)
		entry_free(a, e);
}


struct core_decision_entry *core_watcher_entry_get(
	struct core_account *a, const char *peer)
{
	struct core_decision_entry *e = core_watcher_entry(a, peer);
	const char *key;

	if (e)
		return e;
	e = mem_zalloc(sizeof(*e), NULL);
	e->peer = mem_strdup(peer);
	key = uri_aor_key(e->peer);
	HASH_ADD_KEYPTR(hh, a->decisions, key, strlen(key), e);
	return e;
}


static void set_pending(
	struct core_account *a, struct core_decision_entry *e, bool pending)
{
	if (e->pending == pending)
		return;
	e->pending = pending;
	a->pending += pending ? 1 : (size_t)-1;
}


static bool decided(
	struct core_account *a, const char *peer, enum core_decision decision)
{
	const struct core_decision_entry *e = core_watcher_entry(a, peer);

	return e && e->decided && e->decision == decision;
}


bool core_watcher_blocked(struct core_account *a, const char *peer)
{
	return decided(a, peer, CORE_BLOCK);
}


bool core_watcher_asks(struct core_account *a, const char *peer)
{
	const struct core_decision_entry *e = core_watcher_entry(a, peer);

	return e && e->pending;
}


bool core_watcher_known(struct core_account *a, const char *peer)
{
	return core_buddy_added_find(a, peer) || decided(a, peer, CORE_ACCEPT);
}


bool core_watcher_stranger(struct core_account *a, const char *peer)
{
	return strcmp(core_account_setting(a, "accept"), "all") &&
		!core_watcher_known(a, peer);
}


/* Without counting: what is decided, else what `accept` says. */
static enum endpoint_verdict standing(struct core_account *a, const char *peer)
{
	if (core_watcher_blocked(a, peer))
		return ENDPOINT_REFUSE;
	if (!core_watcher_stranger(a, peer))
		return ENDPOINT_ALLOW;
	if (!strcmp(core_account_setting(a, "accept"), "buddies"))
		return ENDPOINT_REFUSE;
	return ENDPOINT_PENDING;
}


/* A stranger in a chat that the user opened is no longer a nuisance. */
static bool welcome(struct core_account *a, const char *peer)
{
	const struct core_chat *c = core_chat_find(a, peer);

	return c && c->engaged && c->state == ENDPOINT_CHAT_OPEN;
}


enum endpoint_verdict core_watcher_verdict(struct core_account *a,
	const char *peer, const char *source, uint32_t *after)
{
	enum endpoint_verdict verdict = standing(a, peer);

	if (verdict == ENDPOINT_ALLOW || core_watcher_blocked(a, peer) ||
		welcome(a, peer))
		return verdict;
	return core_limits_pass(a->core, source, after) ? verdict
							: ENDPOINT_BUSY;
}


/* As standing(), for presence, where a decline and a block have words of
 * their own. */
static enum endpoint_verdict watching(struct core_account *a, const char *peer)
{
	if (core_watcher_blocked(a, peer))
		return ENDPOINT_POLITE_BLOCK;
	if (decided(a, peer, CORE_DECLINE))
		return ENDPOINT_REFUSE;
	return standing(a, peer);
}


/* By a setting: whom it refuses gets no rule on a server, as it may change. */
static void decide(struct core_account *a, const char *peer)
{
	enum endpoint_verdict verdict = watching(a, peer), rule = verdict;

	if (verdict == ENDPOINT_REFUSE)
		rule = ENDPOINT_BUSY;
	if (a->endpoint)
		endpoint_decide(a->endpoint, peer, verdict, rule);
}


void core_watcher_tell(
	struct core_account *a, const struct core_decision_entry *e)
{
	enum endpoint_verdict verdict = watching(a, e->peer), rule = verdict;

	if (verdict == ENDPOINT_REFUSE && !e->decided)
		rule = ENDPOINT_PENDING;
	if (a->endpoint)
		endpoint_decide(a->endpoint, e->peer, verdict, rule);
}


static struct core_event event_of(const struct core_account *a,
	const struct core_decision_entry *e, enum core_event_kind kind)
{
	return (struct core_event){
		.kind = kind,
		.account = a->name,
		.peer = e->peer,
		.name = e->name,
	};
}


static void question(struct core_account *a, struct core_decision_entry *e)
{
	struct core_event event = event_of(a, e, CORE_EVENT_WATCHER);

	set_pending(a, e, true);
	core_event_post(a->core, &event);
	if (!event.name)
		event.name = core_peer_name(a, e->peer);
	core_notify(a->core, CORE_NEWS_WATCHER, &event);
}


/* The question is answered, here or elsewhere, or withdrawn. */
static void question_over(struct core_account *a, struct core_decision_entry *e)
{
	const struct core_event event =
		event_of(a, e, CORE_EVENT_WATCHER_SETTLED);

	if (!e->pending)
		return;
	set_pending(a, e, false);
	core_event_post(a->core, &event);
}


void core_watcher_adopted(struct core_account *a, struct core_decision_entry *e)
{
	enum endpoint_verdict verdict = watching(a, e->peer);

	/* Who only waits is asked about as long as nobody decided. */
	if (e->decided)
		question_over(a, e);
	if (a->endpoint)
		endpoint_decide(a->endpoint, e->peer, verdict, ENDPOINT_BUSY);
	core_watcher_entry_over(a, e);
}


/* Strangers shall not keep others out: the oldest one that waits goes, and
 * may ask again. */
static void make_room(struct core_account *a)
{
	struct core_decision_entry *e;

	if (a->pending < CORE_PENDING_MAX)
		return;
	for (e = a->decisions; e && !e->pending;)
		e = e->hh.next;
	if (!e)
		return;
	question_over(a, e);
	core_watcher_entry_over(a, e);
}


enum endpoint_verdict core_watcher_authorize(
	const char *peer, const struct pl *name, const char *source, void *arg)
{
	struct core_account *a = arg;
	struct core_decision_entry *e;
	enum endpoint_verdict verdict;
	uint32_t after;
	char *text;

	if (a->removed || !a->core)
		return ENDPOINT_REFUSE;
	verdict = watching(a, peer);
	if (verdict == ENDPOINT_ALLOW || verdict == ENDPOINT_POLITE_BLOCK)
		return verdict;
	if (source && !core_limits_pass(a->core, source, &after))
		return ENDPOINT_BUSY;
	if (verdict != ENDPOINT_PENDING)
		return verdict;
	e = core_watcher_entry(a, peer);
	if (e && e->pending)
		return verdict;
	make_room(a);
	e = core_watcher_entry_get(a, peer);
	if (name && pl_isset(name)) {
		text = pl_strdup(name);
		mem_deref(e->name);
		e->name = core_label(text);
		mem_deref(text);
	}
	question(a, e);
	return verdict;
}


/* What a server of presence, which answers in our place, does with what we
 * decide. */
static enum endpoint_rules rules(const struct core_account *a)
{
	if (!core_yes(core_account_setting(a, "register")))
		return ENDPOINT_RULES_KEPT;
	if (a->endpoint)
		return endpoint_rules(a->endpoint);
	if (core_account_setting(a, "xcap-root") ||
		!strcmp(core_account_setting(a, "dialect"), "microsoft"))
		return ENDPOINT_RULES_LATER;
	return ENDPOINT_RULES_NONE;
}


/* Whether a setting could lead to the server's rules. */
static bool no_way(const struct core_account *a)
{
	return !core_account_setting(a, "xcap-root") &&
		strcmp(core_account_setting(a, "dialect"), "microsoft") != 0;
}


/* What is to be said of E to who decided. */
static void note_rules(struct core_account *a,
	const struct core_decision_entry *e, char **note)
{
	switch (rules(a)) {
	case ENDPOINT_RULES_KEPT:
		break;
	case ENDPOINT_RULES_LATER:
		if (e->rule == CORE_RULE_DUE)
			(void)core_fail(0, note,
				"obeyed here; the server's rules follow %s",
				core_account_online(a)
					? "once it has told that it keeps any"
					: "at the next sign-in");
		break;
	case ENDPOINT_RULES_NONE:
		if (e->decided)
			(void)core_fail(0, note,
				"obeyed here; what the server shows %s by its "
				"own rules is unchanged%s",
				e->peer,
				no_way(a) ? ": xcap-root is not set" : "");
		break;
	}
}


int core_watcher_decide(struct core_account *a, const char *peer,
	enum core_decision decision, char **note)
{
	struct core_decision_entry *e;

	if (!a->core || a->removed)
		return EX_CONFIG;
	e = core_watcher_entry_get(a, peer);
	question_over(a, e);
	e->decided = decision != CORE_UNBLOCK;
	e->decision = decision;
	e->typed = true;
	core_saved_decision(
		a, e->peer, e->decided ? core_decision_word(decision) : NULL);
	core_ruled_due(a, e);
	core_watcher_tell(a, e);
	note_rules(a, e, note);
	core_watcher_entry_over(a, e);
	return 0;
}


/* False: PEER was not waiting for an answer. */
static bool answered(struct core_account *a, const char *peer)
{
	struct core_decision_entry *e = core_watcher_entry(a, peer);

	if (!e || !e->pending)
		return false;
	question_over(a, e);
	core_watcher_entry_over(a, e);
	return true;
}


void core_watcher_added(struct core_account *a, const char *peer)
{
	if (answered(a, peer))
		decide(a, peer);
}


void core_watcher_settled(const char *peer, void *arg)
{
	struct core_account *a = arg;

	if (a->core && answered(a, peer))
		core_say(a->core, LOG_INFO,
			"%s needs no answer any more: they got one from "
			"another device, or from the server",
			peer);
}


void core_watcher_policy(struct core_account *a)
{
	struct core_decision_entry *e, *next;

	HASH_ITER (hh, a->decisions, e, next) {
		if (!e->pending || watching(a, e->peer) == ENDPOINT_PENDING)
			continue;
		question_over(a, e);
		decide(a, e->peer);
		core_watcher_entry_over(a, e);
	}
}


void core_watcher_load(
	struct core_account *a, const char *peer, enum core_decision decision)
{
	struct core_decision_entry *e = core_watcher_entry_get(a, peer);

	if (e->typed)
		return;
	e->decided = true;
	e->decision = decision;
	e->rule = CORE_RULE_DUE;
}


void core_watcher_load_undecided(struct core_account *a, const char *peer)
{
	struct core_decision_entry *e = core_watcher_entry_get(a, peer);

	if (!e->typed && !e->decided)
		e->rule = CORE_RULE_DUE;
	core_watcher_entry_over(a, e);
}


void core_watcher_forget(struct core_account *a)
{
	struct core_decision_entry *e;

	for (e = a->decisions; e; e = e->hh.next) {
		if (e->decided)
			core_saved_decision(a, e->peer, NULL);
		if (e->decided || e->rule != CORE_RULE_NONE)
			core_saved_ruled(a, e->peer, NULL);
	}
}


void core_watcher_flush(struct core_account *a)
{
	struct core_decision_entry *e, *next;

	HASH_ITER (hh, a->decisions, e, next) {
		entry_free(a, e);
	}
}
