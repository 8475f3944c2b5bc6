/* SPDX-License-Identifier: GPL-3.0-or-later */
/* presentity.c - own presence and theirs (RFC 3856): what is published, what
 * is known of buddies, what was asked once of others. */
#include <string.h>
#include "core_int.h"
#include "notify.h"
#include "share.h"
#include "utf8.h"


/* A question under way. */
struct core_fetch {
	struct le le;
	char *peer;
	struct list waiters;
};

/* The answer of somebody who is not in the list. */
struct core_known {
	UT_hash_handle hh;
	char *peer;
	struct presence *presence;
};

static const struct {
	const char *word;
	enum presence_state state;
	enum presence_activity activity;
	enum endpoint_visibility visibility;
} own_words[] = {
	{"online", PRESENCE_ONLINE, PRESENCE_NONE, ENDPOINT_VISIBLE},
	{"away", PRESENCE_ONLINE, PRESENCE_AWAY, ENDPOINT_VISIBLE},
	{"busy", PRESENCE_ONLINE, PRESENCE_BUSY, ENDPOINT_VISIBLE},
	{"invisible", PRESENCE_OFFLINE, PRESENCE_NONE, ENDPOINT_INVISIBLE},
	{"offline", PRESENCE_OFFLINE, PRESENCE_NONE, ENDPOINT_HIDDEN},
};

enum {
	OWN_WORDS = sizeof(own_words) / sizeof(own_words[0]),
};


static void fetch_destructor(void *data)
{
	struct core_fetch *f = data;

	list_unlink(&f->le);
	list_flush(&f->waiters);
	mem_deref(f->peer);
}


static void known_free(struct core_account *a, struct core_known *k)
{
	HASH_DEL(a->known, k);
	mem_deref(k->peer);
	mem_deref(k->presence);
	mem_deref(k);
}


static size_t own_find(const char *word)
{
	size_t i;

	for (i = 0; i < OWN_WORDS; i++) {
		if (!strcmp(own_words[i].word, word))
			break;
	}
	return i;
}


void core_presence_publish(struct core_account *a)
{
	size_t i = own_find(a->own.word);
	struct pl note = pl_str(a->own.note);
	uint32_t threshold =
		60 * (uint32_t)core_option_number(a->core, "auto-away");
	struct presence *plain, *p;

	if (!a->endpoint)
		return;
	plain = presence_alloc(
		own_words[i].state, own_words[i].activity, &note, NULL);
	p = presence_idle(plain, a->own.since);
	endpoint_publish(a->endpoint, p, own_words[i].visibility,
		a->own.idle ? threshold : 0);
	mem_deref(plain);
	mem_deref(p);
}


void core_own_copy(struct core_own *to, const struct core_own *from)
{
	to->word = mem_strdup(from->word);
	to->note = mem_strdup(from->note);
	to->note_before = mem_strdup(from->note_before);
	to->idle = from->idle;
	to->since = from->since;
}


void core_own_release(struct core_own *own)
{
	mem_deref(own->word);
	mem_deref(own->note);
	mem_deref(own->note_before);
	*own = (struct core_own){.word = NULL};
}


static void own_set(struct core_own *own, const char *word, const char *note)
{
	struct pl pl = pl_str(note);

	core_own_release(own);
	own->word = mem_strdup(word);
	own->note = pl_isset(&pl) ? utf8_repair_dup(&pl) : NULL;
}


/* True if it is another now. */
static bool own_idle(struct core_own *own, const char *note, int64_t since)
{
	struct core_own idle = {.idle = true, .since = since};

	if (own->idle ||
		own_words[own_find(own->word)].state != PRESENCE_ONLINE)
		return false;
	if (strcmp(own->word, "online") != 0) {
		own->since = since;
		return since;
	}
	idle.word = mem_strdup("away");
	idle.note = mem_strdup(note ? note : own->note);
	idle.note_before = mem_strdup(own->note);
	core_own_release(own);
	*own = idle;
	return true;
}


static bool own_back(struct core_own *own)
{
	char *note = own->note_before;

	if (!own->idle) {
		bool news = own->since;

		own->since = 0;
		return news;
	}
	own->note_before = NULL;
	core_own_release(own);
	own->word = mem_strdup("online");
	own->note = note;
	return true;
}


void core_presence_idle(struct core *core, const char *note, int64_t since)
{
	struct core_account *a;

	if (!core_option_bool(core, "idle-time"))
		since = 0;
	(void)own_idle(&core->own, note, since);
	for (a = core_account_first(core); a; a = core_account_next(a)) {
		if (own_idle(&a->own, note, since))
			core_presence_publish(a);
	}
}


void core_presence_back(struct core *core)
{
	struct core_account *a;

	(void)own_back(&core->own);
	for (a = core_account_first(core); a; a = core_account_next(a)) {
		if (own_back(&a->own))
			core_presence_publish(a);
	}
}


int core_presence_set(struct core *core, struct core_account *a,
	const char *word, const char *note, char **why)
{
	struct core_account *each;

	if (own_find(word) == OWN_WORDS)
		return core_fail(EX_USAGE, why,
			"\"%s\" is not one of online, away, busy, invisible, "
			"offline",
			word);
	if (note && strlen(note) > PRESENCE_NOTE_MAX)
		return core_fail(EX_USAGE, why, "a note has at most %d bytes",
			PRESENCE_NOTE_MAX);
	if (!a)
		own_set(&core->own, word, note);
	for (each = core_account_first(core); each;
		each = core_account_next(each)) {
		if (a && a != each)
			continue;
		own_set(&each->own, word, note);
		core_presence_publish(each);
	}
	return 0;
}


const char *core_presence_word(const struct core_account *a)
{
	return a->own.word;
}


const char *core_presence_note(const struct core_account *a)
{
	return a->own.note;
}


static void post(struct core_account *a, const char *peer,
	const struct presence *p, uint16_t code)
{
	core_event_post(a->core,
		&(struct core_event){
			.kind = CORE_EVENT_PRESENCE,
			.account = a->name,
			.peer = peer,
			.state = presence_state_name(p->state),
			.activity = presence_activity_name(p->activity),
			.note = p->note,
			.reason = p->reason,
			.idle_since = p->idle_since,
			.code = code,
		});
}


const char *core_presence_reason(const struct core_buddy *b)
{
	if (!b->added)
		return "not added yet";
	return core_account_online(b->account) ? "waiting for an answer"
					       : "not signed in";
}


static void notify(const struct core_buddy *b)
{
	core_notify(b->account->core, CORE_NEWS_ONLINE,
		&(struct core_event){
			.account = b->account->name,
			.peer = b->aor,
			.name = core_peer_name(b->account, b->aor),
		});
}


void core_presence_set_buddy(
	struct core_buddy *b, struct presence *p, uint16_t code)
{
	struct presence *before = b->presence;

	p = core_share_presence(b->account->share, p);
	b->presence = p;
	if (!before || !presence_eq(before, p))
		post(b->account, b->aor, p, code);
	/* To learn of it at the start is no news. */
	if (before && before->state == PRESENCE_OFFLINE &&
		p->state == PRESENCE_ONLINE)
		notify(b);
	mem_deref(before);
}


void core_presence_all(struct core_account *a, const char *reason)
{
	struct presence *p =
		presence_alloc(PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, reason);
	struct core_known *k, *next;
	struct le *le;

	for (le = a->buddies.head; le; le = le->next) {
		struct core_buddy *b = le->data;

		if (b->added)
			core_presence_set_buddy(b, mem_ref(p), 0);
	}
	HASH_ITER (hh, a->known, k, next) {
		known_free(a, k);
	}
	mem_deref(p);
}


/* Keeps the answer of somebody who is not in the list; the oldest of too many
 * goes. */
static void keep(
	struct core_account *a, const char *peer, const struct presence *p)
{
	const char *key = uri_aor_key(peer);
	struct core_known *k;

	HASH_FIND_STR(a->known, key, k);
	if (k)
		known_free(a, k);
	if (HASH_COUNT(a->known) >= CORE_FETCHED_MAX)
		known_free(a, a->known);
	k = mem_zalloc(sizeof(*k), NULL);
	k->peer = mem_strdup(key);
	k->presence = mem_ref((void *)p);
	HASH_ADD_KEYPTR(hh, a->known, k->peer, strlen(k->peer), k);
}


static struct core_fetch *fetch_find(struct core_account *a, const char *peer)
{
	struct le *le;

	for (le = a->fetches.head; le; le = le->next) {
		struct core_fetch *f = le->data;

		if (!strcmp(uri_aor_key(f->peer), uri_aor_key(peer)))
			return f;
	}
	return NULL;
}


static void fetched(struct core_account *a, const char *peer,
	const struct presence *p, uint16_t code)
{
	struct core_fetch *f = fetch_find(a, peer);
	struct core_buddy *b = core_buddy_added_find(a, peer);
	int status = 0;

	/* A refused question says nothing against what a watch has told. */
	if (b && p->state != PRESENCE_UNKNOWN) {
		mem_deref(b->presence);
		b->presence = mem_ref((void *)p);
	} else if (!b) {
		keep(a, peer, p);
	}
	post(a, b ? b->aor : peer, p, code);
	if (!f)
		return;
	if (p->state == PRESENCE_UNKNOWN)
		status = code >= 400 && code != 408 && code != 503
			? EX_UNAVAILABLE
			: EX_TEMPFAIL;
	core_waiters_post(a->core, &f->waiters, status, p->reason);
	mem_deref(f);
}


void core_presence_heard(const char *peer, const struct presence *p,
	uint16_t code, bool was_fetched, void *arg)
{
	struct core_account *a = arg;
	struct core_buddy *b;

	if (a->removed || !a->core)
		return;
	if (was_fetched) {
		fetched(a, peer, p, code);
		return;
	}
	b = core_buddy_added_find(a, peer);
	if (b)
		core_presence_set_buddy(b, mem_ref((void *)p), code);
}


void core_presence_fetch(
	struct core_account *a, const char *peer, core_done_h *done, void *arg)
{
	struct core_fetch *f;
	struct presence *p;

	if (!a->core)
		return;
	if (!core_account_online(a)) {
		p = presence_alloc(
			PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, "not signed in");
		post(a, peer, p, 0);
		core_outcome_post(
			a->core, done, arg, EX_TEMPFAIL, "not signed in");
		mem_deref(p);
		return;
	}
	f = fetch_find(a, peer);
	if (!f) {
		f = mem_zalloc(sizeof(*f), fetch_destructor);
		f->peer = mem_strdup(peer);
		list_append(&a->fetches, &f->le, f);
		endpoint_fetch(a->endpoint, peer);
	}
	core_waiter_add(&f->waiters, done, arg);
}


const struct presence *core_presence_of(
	struct core_account *a, const char *peer)
{
	const struct core_buddy *b = core_buddy_find(a, peer);
	struct core_known *k;

	if (b)
		return b->presence;
	HASH_FIND_STR(a->known, uri_aor_key(peer), k);
	if (k)
		return k->presence;
	return a->core ? a->core->unwatched : NULL;
}


void core_presence_drop(struct core_account *a, const char *why)
{
	while (a->fetches.head) {
		struct core_fetch *f = a->fetches.head->data;
		struct presence *p = presence_alloc(
			PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, why);

		post(a, f->peer, p, 0);
		core_waiters_post(a->core, &f->waiters, EX_TEMPFAIL, why);
		mem_deref(f);
		mem_deref(p);
	}
}


void core_presence_flush(struct core_account *a)
{
	struct core_known *k, *next;

	list_flush(&a->fetches);
	HASH_ITER (hh, a->known, k, next) {
		known_free(a, k);
	}
}
