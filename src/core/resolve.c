/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolve.c - whom and which account a command means. */
#include <string.h>
#include <strings.h>
#include "core_int.h"
#include "uri.h"

enum {
	CANDIDATES_MAX = 10, /* named in a refusal */
};

/* Matches so far: the first, and all as text. */
struct found {
	struct core_account *account;
	const char *peer;
	const char *part; /* as typed */
	bool exact;
	size_t n;
	char *names;
};


static struct pl host_of(const char *aor)
{
	struct pl pl = pl_str(aor), none = PL_INIT;
	struct uri uri;

	return uri_decode(&uri, &pl) ? none : uri.host;
}


/* Listed by it, else of the same domain, else the first. */
static struct core_account *pick(struct core *core, const char *peer)
{
	struct core_account *a;
	struct pl theirs = host_of(peer ? peer : "");

	for (a = core_account_first(core); peer && a;
		a = core_account_next(a)) {
		if (core_buddy_find(a, peer))
			return a;
	}
	for (a = core_account_first(core); pl_isset(&theirs) && a;
		a = core_account_next(a)) {
		struct pl ours = host_of(a->aor);

		if (pl_caseeq(&ours, &theirs))
			return a;
	}
	return core_account_first(core);
}


int core_pick_account(struct core *core, const char *name, const char *peer,
	struct core_account **ap, char **why)
{
	struct core_account *a =
		name ? core_account_find(core, name) : pick(core, peer);

	if (!a && name)
		return core_fail(EX_CONFIG, why, "no account \"%s\"", name);
	if (!a)
		return core_fail(EX_CONFIG, why,
			"there is no account yet: account add makes one");
	*ap = a;
	return 0;
}


static bool fits(const struct found *f, const char *text)
{
	if (!text)
		return false;
	return f->exact ? !strcasecmp(text, f->part)
			: core_match(text, f->part);
}


/* The same person in several accounts is one candidate. */
static void consider(struct found *f, struct core_account *a, const char *peer,
	const char *name, const char *user)
{
	char *names;

	if (!fits(f, name) && !fits(f, user))
		return;
	if (f->n && !strcmp(uri_aor_key(f->peer), uri_aor_key(peer)))
		return;
	if (!f->n) {
		f->account = a;
		f->peer = peer;
	}
	if (f->n++ >= CANDIDATES_MAX)
		return;
	names = mem_printf("%s%s%s%s%s%s", f->names ? f->names : "",
		f->names ? ", " : "", name ? name : "", name ? " <" : "", peer,
		name ? ">" : "");
	mem_deref(f->names);
	f->names = names;
}


static void consider_account(struct found *f, struct core_account *a)
{
	struct core_buddy *b;
	struct core_chat *c;

	for (b = core_buddy_first(a); b; b = core_buddy_next(b)) {
		char *user = core_peer_user(b->aor);

		consider(f, a, b->aor, b->name, user);
		mem_deref(user);
	}
	for (c = a->chat_by_peer; c; c = c->hh.next) {
		if (!core_buddy_find(a, c->peer))
			consider(f, a, c->peer, NULL, c->name);
	}
}


static void look(struct core *core, struct core_account *only, bool exact,
	const char *typed, struct found *f)
{
	struct core_account *a;

	memset(f, 0, sizeof(*f));
	f->part = typed;
	f->exact = exact;
	for (a = core_account_first(core); a; a = core_account_next(a)) {
		if (!only || only == a)
			consider_account(f, a);
	}
}


static int as_address(struct core *core, const char *account, const char *typed,
	struct core_account **ap, char **peer, char **why)
{
	char *aor = NULL;
	int status = core_peer_parse(typed, &aor, why);

	if (!status)
		status = core_pick_account(core, account, aor, ap, why);
	if (status)
		mem_deref(aor);
	else
		*peer = aor;
	return status;
}


int core_resolve(struct core *core, const char *account, const char *typed,
	struct core_account **ap, char **peer, char **why)
{
	struct core_account *only = NULL;
	struct found f;
	int status;

	if (!*typed)
		return core_fail(EX_USAGE, why, "a name or address is missing");
	if (core_is_address(typed))
		return as_address(core, account, typed, ap, peer, why);
	if (account) {
		status = core_pick_account(core, account, NULL, &only, why);
		if (status)
			return status;
	}
	look(core, only, true, typed, &f);
	if (!f.n)
		look(core, only, false, typed, &f);
	if (f.n > 1) {
		status = core_fail(EX_USAGE, why, "\"%s\" may be %s%s", typed,
			f.names, f.n > CANDIDATES_MAX ? ", and others" : "");
	} else if (f.n) {
		status = 0;
		*ap = f.account;
		*peer = mem_strdup(f.peer);
	} else if (strpbrk(typed, ".:")) {
		/* A host alone is an address too. */
		status = as_address(core, account, typed, ap, peer, why);
	} else {
		status = core_fail(
			EX_DATAERR, why, "nobody in the list is \"%s\"", typed);
	}
	mem_deref(f.names);
	return status;
}
