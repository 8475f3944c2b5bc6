/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * core.h - the client: accounts, roster, watchers, conversations, outbox,
 * presence, search, options; and the typed events that tell front ends of
 * all that happens.
 *
 * 1 core: the root object, outcomes; 2 events: the only way up; 3 options: one
 * table; 4 accounts: settings, sign in and out; 5 roster; 6 presence, own and
 * theirs; 7 watchers and decisions; 8 chats: messages, typing; 9 history; 10
 * search; 11 names: what a user types; 12 attention: where he looks
 *
 * Strings that a getter returns are borrowed until the next turn of the
 * loop. Accounts, buddies and chats are refcounted blocks that belong to the
 * core: whoever keeps a pointer over a turn holds a reference, and finds
 * nothing to do with one that was removed meanwhile. Peers are AORs
 * ("sip:bob@example.org"). Events and outcomes are never told from within
 * the call that caused them. Texts are exact: front ends clean them.
 */
#ifndef SOTTO_CORE_H
#define SOTTO_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "dialect.h"
#include "log.h"
#include "pl.h"
#include "presence.h"
#include "rand.h"
#include "store.h"
#include "tmr.h"
#include "work.h"

struct core;
struct core_account;
struct core_buddy;
struct core_chat;
struct mbuf;

/* ---- 1 core --------------------------------------------------------- */

struct core_config {
	struct tmrs *tmrs;
	struct rand *rand;
	struct log *log;
	struct loop *loop; /* for commands of the user; NULL: none run */
	const struct work *work;
	struct store *store; /* a reference is taken */
	struct sip_net *net; /* with LOOP NULL: a network of a test, HTTP too */
	struct sip_resolver *resolver;
	const struct http_way *http;
};

int core_alloc(struct core **cp, const struct core_config *config);
const struct work *core_work(const struct core *core); /* that of CONFIG */

/* Calls H once what is kept, as buddies, was read or cannot be; one only. */
void core_when_read(struct core *core, void (*h)(void *arg), void *arg);

/* Signs every account out side by side; DONE after that or LIMIT ms. */
void core_shutdown(
	struct core *core, uint64_t limit, void (*done)(void *arg), void *arg);

/* The result of what a user asked for: STATUS as the program would exit with
 * it (sysexits and 0), TEXT a sentence for the user or NULL. Borrowed. */
struct core_outcome {
	int status;
	const char *text;
	uint64_t id; /* core_send(), core_resend(): of the message */
	const char *state; /* and its final state; NULL elsewhere */
};
typedef void(core_done_h)(const struct core_outcome *outcome, void *arg);

/* For the calls below that fail at once: they return an exit status (0, 64,
 * 65, 69, 75, 77, 78) and set *WHY (mem_deref) to a sentence. */

/* Where something was said, for messages about it; FILE NULL: typed. */
struct core_origin {
	const char *file;
	unsigned line;
};

/* Wire trace of all accounts; NULL: off. */
void core_trace(struct core *core, dialect_trace_h *h, void *arg);

/* ---- 2 events ------------------------------------------------------- */

enum core_event_kind {
	CORE_EVENT_ACCOUNT,
	CORE_EVENT_PRESENCE,
	CORE_EVENT_BUDDY,
	CORE_EVENT_WATCHER,
	CORE_EVENT_WATCHER_SETTLED, /* needs no answer any more */
	CORE_EVENT_MESSAGE,
	CORE_EVENT_MESSAGE_STATE,
	CORE_EVENT_TYPING,
	CORE_EVENT_CHAT,
	CORE_EVENT_HISTORY, /* what was written with PEER is forgotten */
	CORE_EVENT_LOG, /* LEVEL, TEXT: what a user should know */
};

const char *core_event_name(enum core_event_kind kind); /* "account", ... */

/* One event; fields that do not belong to its kind are NULL, 0, false. */
struct core_event {
	enum core_event_kind kind;
	int64_t time; /* wall ms */
	const char *account; /* NAME of the account */
	const char *peer; /* buddy, watcher or partner: an AOR */
	const char *name; /* buddy, watcher */
	const char *state; /* account, presence, message, chat: the word */
	const char *reason;
	const char *address; /* account */
	uint16_t code; /* SIP status behind reason; 0: none */
	int64_t retry_at; /* account; 0: none */
	const char *activity; /* presence */
	const char *note;
	int64_t idle_since; /* presence; 0: not known */
	const char *change; /* added, removed, changed; history: cleared */
	const char *const *groups; /* buddy; NULL-terminated */
	const char *direction; /* message: in, out */
	uint64_t id; /* message, message-state */
	const char *text; /* message, log */
	const char *via; /* message, chat: page, session */
	bool stranger;
	int64_t sent_at; /* message; 0: not said */
	bool active; /* typing */
	bool again; /* account: failed as it did before */
	const char *by; /* chat: us, them, error */
	enum log_level level;
};

typedef void(core_event_h)(const struct core_event *event, void *arg);

/* H hears every event from now on, until mem_deref() of *LP. */
struct core_listener;
void core_listen(struct core_listener **lp, struct core *core, core_event_h *h,
	void *arg);

/* Told by a front end or main: an event of kind log. */
void core_say(struct core *core, enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* ---- 3 options ------------------------------------------------------ */

enum core_type {
	CORE_STRING,
	CORE_BOOL, /* yes, no */
	CORE_NUMBER,
	CORE_CHOICE,
	CORE_WORDS, /* a command with its arguments, no shell */
	CORE_FILE,
	CORE_URI, /* of SIP */
	CORE_ADDRESS, /* address:port */
	CORE_SECRET,
	CORE_URL, /* http or https */
	CORE_HOURS, /* HH:MM-HH:MM, perhaps over midnight */
};

/* One row of the tables of options and settings, and of all about them. */
struct core_option {
	const char *name;
	enum core_type type;
	const char *initial; /* default as text; NULL: none */
	const char *const *choices; /* CORE_CHOICE; NULL-terminated */
	int64_t min, max; /* CORE_NUMBER */
	const char *help; /* one sentence */
};

extern const struct core_option core_options[]; /* ends in a NULL name */
int core_option_set(
	struct core *core, const char *name, const char *value, char **why);
const char *core_option_get(const struct core *core, const char *name);

/* The configuration is read: what it did not set is as it is by default. */
void core_options_read(struct core *core);
int64_t core_option_number(const struct core *core, const char *name);
bool core_option_bool(const struct core *core, const char *name);

/* H is called after option NAME changed; NAME NULL: any. mem_deref of *WP. */
struct core_watch;
void core_option_watch(struct core_watch **wp, struct core *core,
	const char *name, void (*h)(const char *name, void *arg), void *arg);

/* ---- 4 accounts ----------------------------------------------------- */

extern const struct core_option core_settings[]; /* of an account */

/* NAME: letters, digits, - and _. 65 for a bad URI, 64 for a name in use with
 * another URI; the same again is no error. */
int core_account_add(struct core *core, const char *name, const char *uri,
	const struct core_origin *origin, struct core_account **ap, char **why);

/* An account that nothing keeps until core_account_keep() or _write(): no
 * trace is left by core_account_remove(). 64: NAME is in use or none; 65. */
int core_account_try(struct core *core, const char *name, const char *uri,
	struct core_account **ap, char **why);
int core_account_name_check(struct core *core, const char *name, char **why);
int core_account_check(const char *setting, const char *value, char **why);

/* What was typed as AOR; a free name for it (mem_deref both). */
int core_account_parse(const char *typed, char **aor, char **why);
char *core_account_propose(struct core *core, const char *aor);

/* The password until it is refused or A signs out. */
void core_account_secret(struct core_account *a, const char *secret);
void core_account_keep(struct core_account *a); /* in the store, as typed */

/* Puts TEXT, whose line LINE declares A, into the file PATH beside the loop:
 * file_append() with its SECRET. DONE: 0, or 71. */
void core_account_write(struct core_account *a, const char *path,
	const char *text, unsigned line, bool secret, core_done_h *done,
	void *arg);

/* With status 0 too WHY may say something: that it is not in effect yet. */
int core_account_set(struct core_account *a, const char *setting,
	const char *value, char **why);
/* Signs out and forgets. *WHY may be set with 0 too: that a file declares the
 * account and where. */
int core_account_remove(struct core_account *a, char **why);

struct core_account *core_account_find(struct core *core, const char *name);
struct core_account *core_account_first(struct core *core);
struct core_account *core_account_next(struct core_account *a);
const char *core_account_name(const struct core_account *a);
const char *core_account_aor(const struct core_account *a);
/* A secret that is set reads "***"; an unset setting as its default. */
const char *core_account_get(const struct core_account *a, const char *setting);
enum endpoint_state core_account_state(const struct core_account *a);
const char *core_account_state_name(enum endpoint_state state);
const char *core_account_reason(const struct core_account *a);
const char *core_account_address(const struct core_account *a);
const char *core_account_transport(const struct core_account *a);

/* DONE: online (0) or failed (77, 69, 75, 78). Already online: 0. */
void core_login(struct core_account *a, core_done_h *done, void *arg);
void core_logout(struct core_account *a, core_done_h *done, void *arg);

/* How a missing password is asked for: the front end's; without one a login
 * fails with 77. ANSWER is called once, SECRET NULL for "no". */
typedef void(core_secret_h)(const char *secret, void *ctx);
typedef void(core_ask_h)(
	const char *prompt, core_secret_h *answer, void *ctx, void *arg);
void core_set_ask(struct core *core, core_ask_h *ask, void *arg);

/* ---- 5 roster ------------------------------------------------------- */

/* Adds or merges: the same URI again changes its name and groups where they
 * are given. NAME and GROUPS (NULL-terminated) may be NULL. */
int core_buddy_add(struct core_account *a, const char *uri, const char *name,
	const char *const *groups, const struct core_origin *origin,
	struct core_buddy **bp, char **why);
/* *NOTE (mem_deref, may stay NULL): that a file declares it and where. */
int core_buddy_remove(struct core_buddy *b, char **note);
int core_buddy_rename(struct core_buddy *b, const char *name);
int core_buddy_regroup(struct core_buddy *b, const char *const *groups);

/* Someone who stands in the list as found but not added. */
int core_buddy_found(struct core_account *a, const char *uri, const char *name,
	const char *const *groups, struct core_buddy **bp, char **why);

struct core_buddy *core_buddy_find(struct core_account *a, const char *peer);
struct core_buddy *core_buddy_first(struct core_account *a);
struct core_buddy *core_buddy_next(struct core_buddy *b);
const char *core_buddy_aor(const struct core_buddy *b);
const char *core_buddy_name(const struct core_buddy *b); /* NULL: none */
const char *const *core_buddy_groups(const struct core_buddy *b);
struct core_account *core_buddy_account(const struct core_buddy *b);
const struct presence *core_buddy_presence(const struct core_buddy *b);
bool core_buddy_added(const struct core_buddy *b); /* not just found */

/* Groups of all accounts, each name once. */
void core_group_each(struct core *core,
	void (*h)(const char *group, size_t buddies, void *arg), void *arg);
/* A group that is there already takes the buddies of the other. *WHY may be set
 * with 0 too: whose groups a file declares, which come back. */
int core_group_rename(
	struct core *core, const char *old, const char *name, char **why);
int core_group_remove(struct core *core, const char *group, char **why);

/* What became of a file of buddies, and a row of it that was not taken. */
struct core_imported {
	size_t added;
	size_t changed; /* another name, or more groups */
	size_t same;
	size_t bad; /* all rows that were not taken */
};
typedef void(core_imported_h)(
	int status, const char *why, const struct core_imported *n, void *arg);
typedef void(core_bad_row_h)(unsigned line, const char *why, void *arg);

/* Takes the buddies of the file PATH ("~/" allowed), which is read beside the
 * loop: resource lists (RFC 4826), vCards or CSV by its ending or else by what
 * is in it; 16 MiB and 100,000 people at most. A NULL: somebody goes to the
 * account whose list he is in, else to the one that fits his domain.
 *
 * Who is in the list gets the name that the file gives and the groups of the
 * file beside his own. BAD is told of the first 1,000 rows that are not taken,
 * then H once all is kept: 0; 65 where a row was not taken or the file is not
 * what it seems; 71: it cannot be read; 74, 78. *WHY: at once, 78. */
int core_exchange_import(struct core *core, struct core_account *a,
	const char *path, core_bad_row_h *bad, core_imported_h *h, void *arg,
	char **why);

/* STATUS 0: N buddies are in the file; else WHY says what is wrong. */
typedef void(core_listed_h)(int status, const char *why, size_t n, void *arg);

/* Writes the buddies of A (NULL: of every account) to the file PATH ("~/"
 * allowed), mode 0600, beside the loop: as resource lists or CSV by its
 * ending; *WHY: at once, 64 for another one. The file appears when it is
 * complete; until then, and where that fails (71), PATH is what it was. */
int core_exchange_export(struct core *core, struct core_account *a,
	const char *path, core_listed_h *h, void *arg, char **why);

/* The name to show for PEER: the buddy's, else the user part. */
const char *core_peer_name(struct core_account *a, const char *peer);

/* Where TYPED, the address of PEER as it was typed, says how to reach him
 * ("sip:bob@192.0.2.2;transport=tcp"), he is reached so from now on; kept until
 * he is taken off the list, unless a file says it. 65: not udp, tcp or tls. */
int core_way_learn(struct core_account *a, const char *peer, const char *typed,
	const struct core_origin *origin, char **why);

bool core_folded(const struct core *core, const char *group);
void core_fold(struct core *core, const char *group, bool on); /* kept */

/* ---- 6 presence ----------------------------------------------------- */

/* WORD: online, away, busy, invisible, offline. A NULL: all accounts. */
int core_presence_set(struct core *core, struct core_account *a,
	const char *word, const char *note, char **why);
const char *core_presence_word(const struct core_account *a);
const char *core_presence_note(const struct core_account *a);

/* Asks for PEER once; a presence event follows, DONE with it. */
void core_presence_fetch(
	struct core_account *a, const char *peer, core_done_h *done, void *arg);

/* What is known of PEER; unknown with a reason where nothing is. NULL once A
 * was removed. */
const struct presence *core_presence_of(
	struct core_account *a, const char *peer);

/* ---- 7 watchers ----------------------------------------------------- */

enum core_decision {
	CORE_ACCEPT,
	CORE_DECLINE,
	CORE_BLOCK,
	CORE_UNBLOCK,
};

/* Kept and obeyed by our notifier, MESSAGE and INVITE handling. *NOTE
 * (mem_deref, may stay NULL): what a server still does by its own rules. */
int core_watcher_decide(struct core_account *a, const char *peer,
	enum core_decision decision, char **note);
bool core_watcher_blocked(struct core_account *a, const char *peer);
bool core_watcher_asks(struct core_account *a, const char *peer); /* still */

/* ---- 8 chats -------------------------------------------------------- */

struct core_chat *core_chat_find(struct core_account *a, const char *peer);
struct core_chat *core_chat_get(
	struct core_account *a, const char *peer); /* made if needed */
struct core_chat *core_chat_first(struct core *core);
struct core_chat *core_chat_next(struct core_chat *c);
struct core_account *core_chat_account(const struct core_chat *c);
const char *core_chat_peer(const struct core_chat *c);
const char *core_chat_state(const struct core_chat *c); /* open, ... */
const char *core_chat_via(const struct core_chat *c); /* NULL: none */
const char *core_chat_transport(const struct core_chat *c); /* the same */
unsigned core_chat_unread(const struct core_chat *c);
bool core_chat_typing(const struct core_chat *c); /* they type */

/* Why its oldest message is not delivered yet; NULL: none waits. */
const char *core_chat_waits(const struct core_chat *c);
void core_chat_read(struct core_chat *c); /* all shown */

/* All messages of C so far were told to somebody, if not looked at: they stay
 * unread in this run, but are not unread at the next start. */
void core_chat_told(struct core_chat *c);

/* DONE when what earlier runs left unread is counted, or, with 74, cannot be
 * counted yet; in the next turn if that is known. */
void core_unread_await(struct core *core, core_done_h *done, void *arg);

/* What is typed in C and not sent yet, with the cursor at byte POINT; TEXT
 * NULL or empty: nothing. Kept over the end of the program. 65: longer than
 * 1 MiB; the draft is what it was. */
int core_draft_set(struct core_chat *c, const char *text, size_t point);

/* False: none. Borrowed until the next core_draft_set(). TEXT and POINT may
 * be NULL. */
bool core_draft_get(
	const struct core_chat *c, const char **text, size_t *point);

/* A command line that was typed in the chat with PEER of A (A NULL: in none),
 * kept over the end of the program as option input-history says, and until
 * that chat's history is cleared. It must hold no secret and nothing that is
 * said: that is kept with the messages. */
void core_line_keep(struct core *core, const struct core_account *a,
	const char *peer, const char *text);

/* Those of that chat, or all there are; oldest first, TEXT borrowed, typed at
 * AT (wall ms). */
typedef void(core_line_h)(const char *text, int64_t at, void *arg);
void core_line_each(struct core *core, const struct core_account *a,
	const char *peer, core_line_h *h, void *arg);
void core_line_all(struct core *core, core_line_h *h, void *arg);

/* DONE: open, or refused. */
void core_chat_open(struct core_chat *c, core_done_h *done, void *arg);
void core_chat_close(struct core_chat *c, core_done_h *done, void *arg);

/* Stores TEXT as queued, then sends: DONE with the final state. The message
 * event, which tells the id, and the states are told as events. 64: empty
 * text; 69: longer than can be sent to that peer now. */
int core_send(struct core_chat *c, const char *text, core_done_h *done,
	void *arg, char **why);

/* Sends the failed message ID again as a new one. 65: no such message, or it
 * did not fail. */
void core_resend(struct core *core, uint64_t id, core_done_h *done, void *arg);

/* As the user types or empties the line. */
void core_typing(struct core_chat *c, bool active);

/* True if a message that could not be sent yet is kept over the end of the
 * program. */
bool core_keeps(const struct core *core);

/* How many changes (accounts, settings, buddies, decisions) went to the store
 * so far. */
uint64_t core_saved_mark(const struct core *core);

/* DONE when all changes since MARK are kept: 0, or 74 if one of them cannot
 * be. False where nothing is waited for: DONE is not called then. */
bool core_saved_await(
	struct core *core, uint64_t mark, core_done_h *done, void *arg);

/* True while message ID is on the wire without an answer. */
bool core_in_flight(const struct core *core, uint64_t id);

/* Messages neither final nor failed; failed since the last call of
 * core_sent_failed(). */
size_t core_unsent(const struct core *core);
bool core_sent_failed(struct core *core);

/* The messages with PEER of A, page by page, for somebody who may lose
 * interest: nothing is told after mem_deref() of *PP, nor once A is removed.
 * To look makes no chat. Pages are told oldest first, borrowed. */
struct core_past;
void core_past_alloc(
	struct core_past **pp, struct core_account *a, const char *peer);

/* The N before id BEFORE (0: the newest), the N after id AFTER. */
void core_past_before(struct core_past *p, uint64_t before, size_t n,
	store_page_h *h, void *arg);
void core_past_after(struct core_past *p, uint64_t after, size_t n,
	store_page_h *h, void *arg);

/* The N newest before id BEFORE (0: any) that TEXT, in the language of
 * struct store_query, finds. Those of somebody whose address holds PEER's
 * are among them. */
void core_past_search(struct core_past *p, const char *text, uint64_t before,
	size_t n, store_hits_h *h, void *arg);

/* ---- 9 history ------------------------------------------------------ */

/*
 * What was written, out of the store. A NULL: of every account; PEER NULL:
 * with everybody. In the rows ACCOUNT is the name of the account, or its AOR
 * where no account has that any more. ERR is that of the store: ENOTSUP where
 * it keeps no history, else nothing could be read or done.
 */

/* The newest N messages before id BEFORE (0: of all), oldest first. */
void core_history_page(struct core *core, struct core_account *a,
	const char *peer, uint64_t before, size_t n, store_page_h *h,
	void *arg);

/* Message ID with up to N before and N after it. ENOENT: it is not one of
 * these. */
void core_history_around(struct core *core, struct core_account *a,
	const char *peer, uint64_t id, size_t n, store_page_h *h, void *arg);

/* N messages were forgotten; WAITING of that chat are still on their way and
 * go when they have ended. */
typedef void(core_cleared_h)(int err, uint64_t n, size_t waiting, void *arg);
void core_history_clear(
	struct core_account *a, const char *peer, core_cleared_h *h, void *arg);

/* Writes M to MB as the file has it; NAME is that of its peer. Called in
 * another thread. */
typedef void(core_format_h)(
	struct mbuf *mb, const struct store_message *m, const char *name);

/* STATUS 0: N messages are in the file; else WHY says what is wrong. */
typedef void(core_exported_h)(
	int status, const char *why, uint64_t n, void *arg);

/* Writes all there is now to the file PATH ("~/" allowed), mode 0600, beside
 * the loop. The file appears when it is complete; until then, and where that
 * fails, PATH is what it was. */
void core_history_export(struct core *core, const char *path,
	struct core_account *a, const char *peer, core_format_h *format,
	core_exported_h *h, void *arg);

/* ---- 10 search ------------------------------------------------------ */

enum {
	CORE_SEARCH_BUDDIES = 1,
	CORE_SEARCH_PEOPLE = 2,
};

struct core_hit {
	const char *kind; /* "buddy", "person" */
	const char *account;
	const char *peer;
	const char *name;
	const char *const *groups;
	const char *state;
	const char *note;
	const char *source; /* person: "address", "chat", "directory" */
};
typedef void(core_hit_h)(const struct core_hit *hit, void *arg);

/* Buddies by part of name, URI or note; people: the query itself where it is
 * an address (its presence is fetched: one event), else past correspondents
 * and the lines of query-command. DONE after the last hit and fetch. */
void core_search(struct core *core, struct core_account *a, int what,
	const char *query, core_hit_h *hit, core_done_h *done, void *arg);

/* The newest N messages before id BEFORE (0: of all) that QUERY finds (see
 * struct store_query), newest first; rows as in 9. */
void core_search_messages(struct core *core, struct core_account *a,
	const char *query, uint64_t before, size_t n, store_hits_h *h,
	void *arg);

/* ---- 11 names ------------------------------------------------------- */

/* Which account a command means: NAME if given, else that of the one whose
 * domain matches PEER, else the first. 78 where there is none. */
int core_pick_account(struct core *core, const char *name, const char *peer,
	struct core_account **ap, char **why);

/* What the user typed for a person: a URI, a bare address, a name (case
 * ignored, exact before part). A NULL: any account. *PEER (mem_deref). 64
 * with the candidates if several match, 65 if none. */
int core_resolve(struct core *core, const char *account, const char *typed,
	struct core_account **ap, char **peer, char **why);

enum core_kind {
	CORE_KIND_ACCOUNT,
	CORE_KIND_BUDDY,
	CORE_KIND_GROUP,
	CORE_KIND_OPTION,
	CORE_KIND_SETTING,
	CORE_KIND_VALUE, /* of option or setting named in CONTEXT */
	CORE_KIND_PRESENCE,
	CORE_KIND_WATCHER,
	CORE_KIND_CHAT,
};

/* A candidate, and what it is in words or NULL; both borrowed. */
typedef void(core_complete_h)(const char *text, const char *help, void *arg);

/* Calls EMIT for every candidate of KIND that begins with PREFIX. */
void core_complete(struct core *core, enum core_kind kind, const char *context,
	const char *prefix, core_complete_h *emit, void *arg);

/* ---- 12 attention --------------------------------------------------- */

/* A front end where a person sits; members may be NULL. They are called from
 * within the core and must not call it. Texts are exact. */
struct core_eyes {
	/* The chat with PEER is on the screen. */
	bool (*in_sight)(const char *account, const char *peer, void *arg);

	/* An editor has the terminal: the user is there, and sees nothing. */
	bool (*elsewhere)(void *arg);

	/* Beside the front end's own, by the rules of the options. */
	void (*show)(const char *title, const char *text, void *arg);
	void (*ring)(void *arg);
	void *arg;
};

/* From now on, and the user is there; NULL: nobody is. */
void core_set_eyes(struct core *core, const struct core_eyes *eyes);

/* The terminal reports that it has the focus, or lost it. Where none reports
 * anything it counts as looked at for a minute after each key. */
void core_focus(struct core *core, bool in);

/* A key: who was taken for away by `auto-away` is back. */
void core_key(struct core *core);

#endif
