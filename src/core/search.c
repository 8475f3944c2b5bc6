/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search.c - buddies and people: one list of results out of the roster, the
 * chats, an address, and the user's directory command. */
#include <errno.h>
#include <string.h>
#include "child.h"
#include "core_int.h"
#include "mbuf.h"


enum {
	QUERY_MS = 10000,
	QUERY_OUTPUT = 256 * 1024,
	QUERY_ROWS = 1000,
	QUERY_ARG_MAX = 16 * 1024,
	BUDDIES_A_TURN = 300, /* looked at, so that no turn is long */
	PEERS = 200, /* past correspondents told */
	PEERS_NAMED = 1000, /* the latest ones, whose names are looked at */
};

/* A person who was told already. */
struct told {
	UT_hash_handle hh;
	char *peer;
};

struct search {
	struct le le;
	struct core *core;
	struct core_account *account; /* a reference; NULL: any */
	int what;
	char *query;
	struct told *told;
	void **accounts; /* held; NULL: not begun */
	size_t n_accounts, account_next;
	void **buddies; /* held; of the account at hand */
	size_t n_buddies, buddy_next;
	struct tmr tmr;
	struct child *child;
	unsigned waits; /* answers still to come */
	bool named; /* past correspondents are asked for by name now */
	int err; /* of the store */
	core_hit_h *hit;
	core_done_h *done;
	void *arg;
};


static void destructor(void *data)
{
	struct search *s = data;
	struct told *t, *next;

	list_unlink(&s->le);
	tmr_cancel(&s->tmr);
	core_list_release(s->accounts, s->n_accounts);
	core_list_release(s->buddies, s->n_buddies);
	mem_deref(s->child);
	mem_deref(s->account);
	mem_deref(s->query);
	HASH_ITER (hh, s->told, t, next) {
		HASH_DEL(s->told, t);
		mem_deref(t->peer);
		mem_deref(t);
	}
}


static void answered(struct search *s)
{
	if (--s->waits)
		return;
	if (s->err) {
		char *why =
			mem_printf("the store failed: %s", strerror(s->err));

		core_outcome_post(s->core, s->done, s->arg, EX_IOERR, why);
		mem_deref(why);
	} else {
		core_outcome_post(s->core, s->done, s->arg, 0, NULL);
	}
	mem_deref(s);
}


static void fetched_h(const struct core_outcome *outcome, void *arg)
{
	(void)outcome;
	answered(arg);
}


static bool matches(const struct search *s, const struct core_buddy *b)
{
	return core_match(core_buddy_name(b), s->query) ||
		core_match(b->aor, s->query) ||
		core_match(b->presence->note, s->query);
}


/* Each person once, whichever source names them first; who is told as a buddy
 * is none of the others. */
static bool first_time(struct search *s, const char *peer)
{
	const char *key = uri_aor_key(peer);
	struct told *t;

	HASH_FIND_STR(s->told, key, t);
	if (t)
		return false;
	t = mem_zalloc(sizeof(*t), NULL);
	t->peer = mem_strdup(key);
	HASH_ADD_KEYPTR(hh, s->told, t->peer, strlen(t->peer), t);
	return true;
}


static void tell_buddy(struct search *s, const struct core_buddy *b)
{
	if (!b->account || !matches(s, b))
		return;
	(void)first_time(s, b->aor);
	s->hit(
		&(struct core_hit){
			.kind = "buddy",
			.account = b->account->name,
			.peer = b->aor,
			.name = core_buddy_name(b),
			.groups = core_buddy_groups(b),
			.state = presence_state_name(b->presence->state),
			.note = b->presence->note,
		},
		s->arg);
}


/* Takes up the next account's buddies; false: there is none. */
static bool next_account(struct search *s)
{
	struct core_account *a;

	core_list_release(s->buddies, s->n_buddies);
	s->buddies = NULL;
	s->n_buddies = s->buddy_next = 0;
	if (s->account_next == s->n_accounts)
		return false;
	a = s->accounts[s->account_next++];
	if (!s->account || s->account == a)
		s->buddies = core_list_hold(&a->buddies, &s->n_buddies);
	return true;
}


/* True where there are more of them than belong in one turn. */
static bool tell_buddies(struct search *s)
{
	size_t left = BUDDIES_A_TURN;

	if (!s->accounts)
		s->accounts =
			core_list_hold(&s->core->accounts, &s->n_accounts);
	for (;;) {
		while (left && s->buddy_next < s->n_buddies) {
			tell_buddy(s, s->buddies[s->buddy_next++]);
			left--;
		}
		if (s->buddy_next < s->n_buddies)
			return true;
		if (!next_account(s))
			return false;
	}
}


static void tell_person(struct search *s, struct core_account *a,
	const char *peer, const char *name, const char *source)
{
	if (!first_time(s, peer))
		return;
	s->hit(
		&(struct core_hit){
			.kind = "person",
			.account = a ? a->name : NULL,
			.peer = peer,
			.name = name,
			.source = source,
		},
		s->arg);
}


static void tell_chats(struct search *s)
{
	size_t i, n;
	void **chats = core_list_hold(&s->core->chats, &n);

	for (i = 0; i < n; i++) {
		struct core_chat *c = chats[i];
		const char *name;

		if (!c->account || (s->account && s->account != c->account))
			continue;
		name = core_peer_name(c->account, c->peer);
		if (core_match(c->peer, s->query) || core_match(name, s->query))
			tell_person(s, c->account, c->peer, name, "chat");
	}
	core_list_release(chats, n);
}


/* The query is an address: a row for it, and one question. False: it is
 * none. */
static bool tell_address(struct search *s)
{
	struct core_account *a = NULL;
	const struct core_buddy *b;
	char *peer = NULL;

	if (!core_is_address(s->query) ||
		core_peer_parse(s->query, &peer, NULL))
		return false;
	if (core_pick_account(s->core, s->account ? s->account->name : NULL,
		    peer, &a, NULL))
		a = NULL;
	b = a ? core_buddy_find(a, peer) : NULL;
	tell_person(s, a, peer, b ? b->name : NULL, "address");
	if (a) {
		s->waits++;
		core_presence_fetch(a, peer, fetched_h, s);
	}
	mem_deref(peer);
	return true;
}


static void tell_line(struct search *s, struct pl line)
{
	struct core_account *a = NULL;
	struct pl address, name = PL_INIT;
	char *typed, *peer = NULL, *text, *label;

	if (pl_split(&line, '\t', &address))
		(void)pl_split(&line, '\t', &name);
	typed = pl_strdup(&address);
	text = pl_strdup(&name);
	label = core_label(text);
	if (*typed && !core_peer_parse(typed, &peer, NULL)) {
		(void)core_pick_account(s->core,
			s->account ? s->account->name : NULL, peer, &a, NULL);
		tell_person(s, a, peer, label, "directory");
	}
	mem_deref(peer);
	mem_deref(label);
	mem_deref(text);
	mem_deref(typed);
}


static void query_h(int status, const struct pl *out, const struct pl *errtext,
	const char *why, void *arg)
{
	struct search *s = arg;
	struct pl rest = *out, line;
	struct child *child = s->child;
	bool more;
	size_t n;

	s->child = NULL;
	if (status)
		core_say(s->core, LOG_WARN, "query-command: status %d: %s%.*s",
			status, why ? why : "", PL_ARG(errtext));
	/* The first line is a message to people. */
	more = !status && pl_split(&rest, '\n', &line);
	for (n = 0; more && n < QUERY_ROWS; n++) {
		more = pl_split(&rest, '\n', &line);
		tell_line(s, pl_trim(&line));
	}
	answered(s);
	mem_deref(child);
}


/* WORD with the query in place of each %s; NULL: it has none. */
static char *fill(const char *word, const char *query)
{
	const char *at = strstr(word, "%s");
	struct mbuf *mb;
	char *filled;

	if (!at)
		return NULL;
	mb = mbuf_alloc(QUERY_ARG_MAX);
	for (; at; word = at + 2, at = strstr(word, "%s")) {
		struct pl before = pl_make(word, (size_t)(at - word));

		(void)mbuf_write_pl(mb, &before);
		(void)mbuf_write_str(mb, query);
	}
	(void)mbuf_write_str(mb, word);
	filled = mbuf_strdup(mb);
	mem_deref(mb);
	return filled;
}


static void run_query(struct search *s)
{
	const char *command = core_option_get(s->core, "query-command");
	size_t i, n = 0;
	char **words = command ? core_words(command, &n) : NULL;
	char **argv;
	bool filled = false;
	int err;

	if (!words || !s->core->config.loop) {
		mem_deref(words);
		return;
	}
	argv = mem_zalloc((n + 2) * sizeof(*argv), NULL);
	for (i = 0; i < n; i++) {
		argv[i] = i ? fill(words[i], s->query) : NULL;
		filled |= argv[i] != NULL;
		if (!argv[i])
			argv[i] = mem_strdup(words[i]);
	}
	if (!filled)
		argv[n] = mem_strdup(s->query);
	err = child_run(&s->child, s->core->config.loop,
		(const char *const *)argv, QUERY_MS, QUERY_OUTPUT, query_h, s);
	if (err)
		core_say(s->core, LOG_WARN, "query-command: %s: %s", argv[0],
			strerror(err));
	else
		s->waits++;
	for (i = 0; argv[i]; i++)
		mem_deref(argv[i]);
	mem_deref(argv);
	mem_deref(words);
}


static void ask_peers(struct search *s);


/* By their address, whatever their name; then by the name that they have
 * here. */
static void tell_peer(struct search *s, const struct store_peer *p)
{
	struct core_account *a;
	char *name;

	(void)core_history_account(s->core, p->account, &a);
	name = core_history_name(a, p->peer);
	if (!s->named || core_match(name, s->query))
		tell_person(s, a, p->peer, name, "chat");
	mem_deref(name);
}


static void peers_h(
	int err, const struct store_peer *peers, size_t n, void *arg)
{
	struct core_job *job = arg;
	struct core *core = mem_ref(job->core);
	struct search *s = core ? job->data : NULL;
	size_t i;

	list_unlink(&job->le);
	for (i = 0; s && !err && i < n; i++)
		tell_peer(s, &peers[i]);
	if (s && err != ENOTSUP)
		s->err = err;
	if (s && !err && !s->named) {
		s->named = true;
		ask_peers(s);
	} else if (s) {
		run_query(s);
		answered(s);
	}
	if (core)
		core_shutdown_check(core);
	mem_deref(job);
	mem_deref(core);
}


static void ask_peers(struct search *s)
{
	struct store *store = s->core->store;

	store->ops->peers(store, s->account ? s->account->aor : NULL,
		s->named ? NULL : s->query, s->named ? PEERS_NAMED : PEERS,
		peers_h, core_job_alloc(s->core, NULL, s));
}


static void search_h(void *arg)
{
	struct search *s = arg;
	struct core *core = mem_ref(s->core);

	if ((s->what & CORE_SEARCH_BUDDIES) && tell_buddies(s)) {
		tmr_start(core->config.tmrs, &s->tmr, 0, search_h, s);
		mem_deref(core);
		return;
	}
	if ((s->what & CORE_SEARCH_PEOPLE) && !tell_address(s)) {
		tell_chats(s);
		s->waits++;
		ask_peers(s);
	}
	answered(s);
	mem_deref(core);
}


void core_search(struct core *core, struct core_account *a, int what,
	const char *query, core_hit_h *hit, core_done_h *done, void *arg)
{
	struct search *s = mem_zalloc(sizeof(*s), destructor);

	s->core = core;
	s->account = mem_ref(a);
	s->what = what;
	s->query = mem_strdup(query);
	s->hit = hit;
	s->done = done;
	s->arg = arg;
	s->waits = 1;
	list_append(&core->searches, &s->le, s);
	tmr_start(core->config.tmrs, &s->tmr, 0, search_h, s);
}


void core_search_flush(struct core *core)
{
	list_flush(&core->searches);
}
