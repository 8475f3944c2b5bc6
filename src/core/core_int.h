/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * core_int.h - what the files of core share. Sections in the order of the
 * files; what a public function does stands in core.h.
 */
#ifndef SOTTO_CORE_INT_H
#define SOTTO_CORE_INT_H

#include <sysexits.h>
#include <uthash.h>
#include "core.h"
#include "list.h"
#include "mem.h"
#include "own.h"
#include "uri.h"

enum {
	CORE_NAME_MAX = 1024, /* bytes of a name or group */
	CORE_GROUPS_MAX = 64, /* groups of one buddy */
	CORE_TEXT_MAX = 1 << 20, /* bytes of a text */
	CORE_VALUE_MAX = 4096, /* bytes of an option or setting */
	CORE_SETTINGS_MAX = 32, /* rows of the table of settings */
	CORE_OPTIONS_MAX = 64, /* rows of the table of options */
	CORE_PENDING_MAX = 1000, /* watchers that wait for an answer */
	CORE_FETCHED_MAX = 1000, /* strangers whose presence is kept */
	CORE_STRANGER_CHATS = 1000, /* chats of people not in the list */
	CORE_LIMIT_SOURCE = 10, /* requests a minute of one stranger */
	CORE_LIMIT_ALL = 60, /* and of all of them */
	CORE_STORING_MAX = 10000, /* texts that wait for the store */
	CORE_SOURCE_SIZE = 64,
	CORE_NOTIFY_MAX = 16, /* notify commands at a time */
	CORE_NOTIFY_TEXT_MAX = 4096, /* bytes of a text that they get */
};

/* A sentence for *WHY (may be NULL), and the status that goes with it. */
int core_fail(int status, char **why, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The data of LIST with a reference to each, so that it can be walked while
 * handlers change it. */
void **core_list_hold(const struct list *list, size_t *n);
void core_list_release(void **held, size_t n);

/* ---- event.c: news on their way up ---------------------------------- */

/* Queues a copy of EVENT; its time is set here. */
void core_event_post(struct core *core, const struct core_event *event);

/* Queues the outcome of something; DONE may be NULL. */
void core_outcome_post(struct core *core, core_done_h *done, void *arg,
	int status, const char *text);
void core_outcome_sent(struct core *core, core_done_h *done, void *arg,
	int status, const char *text, uint64_t id, const char *state);

/* Queues a plain call behind all news so far. */
void core_call_post(struct core *core, void (*call)(void *arg), void *arg);
void core_events_flush(struct core *core);

/* Who awaits an outcome, where several may. */
struct core_waiter {
	struct le le;
	core_done_h *done;
	void *arg;
};
void core_waiter_add(struct list *list, core_done_h *done, void *arg);
void core_waiters_post(
	struct core *core, struct list *list, int status, const char *text);

/* event_pack.c: EVENT as bytes, of which there are so many, and back: what
 * points into them. */
struct core_unpacked {
	struct core_event event;
	const char *groups[CORE_GROUPS_MAX + 1];
};
size_t core_event_packed_size(const struct core_event *event);
void core_event_pack(void *data, const struct core_event *event);
void core_event_unpack(struct core_unpacked *to, const void *data);

/* ---- client.c ------------------------------------------------------- */

/* What was asked of the store and is not answered yet. */
typedef void(core_job_h)(int err, uint64_t id, void *data);
struct core_job {
	struct le le;
	struct core *core; /* NULL: gone; nobody is called */
	core_job_h *h;
	void *data; /* a reference */
};

/* For `h, arg` of a store operation: core_job_done with the job. H gets
 * DATA, to which a reference is held until then, or the core where DATA is
 * NULL. */
struct core_job *core_job_alloc(struct core *core, core_job_h *h, void *data);
store_done_h core_job_done;

struct core_limits_entry {
	uint64_t at;
	char source[CORE_SOURCE_SIZE];
};

/* The strangers let in during the last minute, a ring. */
struct core_limits {
	struct core_limits_entry ring[CORE_LIMIT_ALL];
	size_t next;
	size_t n;
};

struct core {
	struct core_config config;
	struct store *store;
	struct dialect_stack *stack; /* made at the first sign-in */
	dialect_trace_h *trace;
	void *trace_arg;
	struct list accounts;
	struct list leavers; /* removed accounts that still sign out */
	struct list folds; /* fold.c */
	struct list chats; /* of all accounts, oldest first */
	struct list outbox; /* struct core_message: not final, oldest first */
	struct core_message *by_id;
	struct list jobs; /* struct core_job */
	struct list listeners; /* struct core_listener */
	struct list news;
	struct list watches; /* struct core_watch */
	struct list scratch; /* strings lent until the next turn */
	struct list savers; /* who waits for what is typed to be kept */
	uint64_t asked, kept; /* changes given to the store, and completed */
	struct list searches;
	struct list exports; /* and imports, under way */
	struct list commands; /* notify commands that run */
	struct tmr news_tmr;
	struct tmr scratch_tmr;
	struct tmr expiry_tmr;
	struct tmr unread_tmr;
	struct tmr rows_tmr; /* only while rows wait to be taken */
	struct tmr draft_tmr; /* only while a draft is to be written */
	struct tmr read_tmr; /* only while what was shown is to be noted */
	struct core_reading *reading; /* what is unread is being counted */
	struct list lines; /* that were typed, oldest first */
	struct list rows; /* of tables, read and not taken yet */
	struct list read_waiters; /* struct core_waiter */
	uint64_t newest; /* id of the newest message heard of */
	uint64_t noted; /* up to which the store knows that */
	uint64_t first_heard; /* and of the first in this run; 0: none */
	bool read_known; /* what earlier runs left unread is counted */
	struct tmr retention_tmr; /* only while option retention is set */
	struct tmr limit_tmr; /* of a shutdown */
	struct tmr linger_tmr; /* of one that waits for answers */
	char *options[CORE_OPTIONS_MAX];
	struct core_limits limits;
	size_t storing; /* texts that the store has not answered for */
	struct presence *unwatched;
	struct core_own own;
	struct core_eyes eyes;
	struct list gathered; /* of what to notify, soon */
	struct tmr notify_tmr; /* only within an interval */
	struct tmr away_tmr; /* only while auto-away is set and not so */
	uint64_t key_at; /* monotonic; of the last key */
	bool keyed; /* there was one */
	bool focus_known; /* the terminal reports it */
	bool focus;
	bool idle; /* some are away for want of keys */
	core_ask_h *ask;
	void *ask_arg;
	void (*read)(void *arg); /* awaits that all is read */
	void *read_arg;
	void (*down)(void *arg); /* a shutdown is under way */
	void *down_arg;
	uint64_t down_by; /* monotonic */
	size_t stranger_chats;
	unsigned loading; /* tables of the store and outbox not read yet */
	bool unread; /* some of it could not be read */
	bool unread_told;
	bool restoring; /* what happens now comes from the store */
	bool dying; /* in its destructor: the store is asked nothing more */
	bool down_told;
	bool going_down;
	bool sent_failed;
};

/* The stack, made now if need be. Errno. */
int core_stack(struct core *core, struct dialect_stack **sp);

/* Something that a shutdown may wait for has ended; a message in flight has
 * had its answer. */
void core_shutdown_check(struct core *core);
void core_shutdown_landed(struct core *core);

/* WHAT was not done since the store said ERR (0: it was). A store on disk
 * tells once of itself. */
void core_store_failed(struct core *core, const char *what, int err);

/* Keeps S (a reference is taken over) until the next turn. */
const char *core_scratch(struct core *core, char *s);

/* ---- saved.c: what was typed is kept -------------------------------- */

void core_saved_load(struct core *core);
void core_saved_loaded(struct core *core); /* all is read */
void core_saved_unread(struct core *core, int err); /* some is not */
void core_saved_account(const struct core_account *a, bool removed);
void core_saved_setting(
	const struct core_account *a, const char *name, const char *value);
void core_saved_instance(const struct core_account *a);
void core_saved_buddy(const struct core_buddy *b, bool removed);

/* What a server's list was when it was last heard; VALUE NULL: not in it. */
void core_saved_contact(
	const struct core_account *a, const char *aor, const char *value);

/* As the server was asked to have it; VALUE NULL: that was heard of. */
void core_saved_tried(
	const struct core_account *a, const char *aor, const char *value);
void core_saved_ruled(
	const struct core_account *a, const char *aor, const char *value);
void core_saved_way(
	const struct core_account *a, const char *aor, const char *transport);
void core_saved_decision(
	const struct core_account *a, const char *aor, const char *word);

/* The account that KEY begins with; *REST is what stands behind the tab. */
struct core_account *core_saved_account_of(
	struct core *core, const char *key, const char **rest);

/* ---- way.c: by which transport somebody is reached ------------------ */

void core_way_load(struct core *core, const char *key, const char *value);
void core_way_tell(struct core_account *a); /* to a new endpoint */
void core_way_forget(struct core_account *a, const char *peer); /* NULL: all */
void core_way_flush(struct core_account *a);

/* ---- draft.c -------------------------------------------------------- */

void core_fold_load(struct core *core, const char *key, const char *value);
void core_draft_load(struct core *core, const char *key, const char *value);
void core_draft_forget(struct core_account *a); /* rows of the store */
void core_draft_flush(struct core *core); /* writes what is to be written */

/* ---- lines.c -------------------------------------------------------- */

void core_lines_load(struct core *core, const char *key, const char *value);
void core_lines_trim(struct core *core); /* as many as the options say */

/* Those typed in the chat with PEER (NULL: in any) of A. */
void core_lines_forget(struct core_account *a, const char *peer);

/* ---- read.c: what is unread over the end of the program ------------- */

void core_read_load(struct core *core, const char *key, const char *value);
void core_read_restore(struct core *core); /* the rows are loaded */
void core_read_failed(struct core *core); /* they cannot be, as yet */

/* Message ID of C is new to the user; C NULL: it is his own. */
void core_read_heard(struct core *core, struct core_chat *c, uint64_t id);
void core_read_told(struct core_chat *c);
void core_read_forget(struct core_account *a); /* rows of the store */
void core_read_flush(struct core *core); /* notes what is to be noted */
void core_read_drop(struct core *core); /* the core goes */

/* ---- option.c ------------------------------------------------------- */

/* The row named NAME, and its place; NULL: none. */
const struct core_option *core_option_find(
	const struct core_option *table, const char *name, size_t *index);

/* Checks VALUE against its row. 0, 64 or 65 with *WHY. */
int core_option_check(
	const struct core_option *row, const char *value, char **why);
bool core_yes(const char *value);

/* Carries out what option NAME asks for now. */
void core_option_apply(struct core *core, const char *name);

/* Splits as a shell does, without its expansions: '...', "...", \. A
 * NULL-terminated array in one block (mem_deref) with *N words; NULL: an
 * open quote, or no word. */
char **core_words(const char *text, size_t *n);

/* ---- account.c, account_login.c, credentials.c ---------------------- */

/* One question for credentials that has no answer yet. */
struct core_credentials;

struct core_account {
	struct le le;
	struct core *core; /* NULL: gone */
	char *name;
	char *aor;
	char *instance; /* urn:uuid:... */
	char *file; /* where it is declared; NULL: nowhere */
	unsigned line;
	bool typed; /* kept in the store */
	bool trial; /* kept nowhere yet */
	char *settings[CORE_SETTINGS_MAX];

	struct endpoint *endpoint; /* from login to logout */
	enum endpoint_state state;
	char *reason;
	char *address;
	uint16_t code;
	int64_t retry_at;
	bool dirty; /* settings changed since the endpoint was made */
	bool wanted; /* login as soon as the store is read */
	bool leaving;
	bool removed;
	struct list logins; /* struct core_waiter */
	struct list logouts; /* struct core_waiter */

	struct list questions; /* struct core_credentials */
	char *secret; /* asked for or from a command; wiped */
	char *no_secret; /* why there is none */
	struct child *child; /* the password command */
	bool asking;

	struct core_buddy *by_peer;
	struct list buddies;
	struct core_share *share; /* what they have in common */
	struct core_way *ways; /* by AOR */
	struct core_contact *contacts; /* the server's list: hash by peer */
	char *list; /* ... which one: its xcap-root; NULL: none */
	struct core_hearing *hearing; /* ... a long one, into ours */
	bool contacts_heard; /* in this sign-in */
	bool merging; /* ... its list into ours */
	struct core_decision_entry *decisions;
	size_t pending;
	bool again; /* it failed as it did before */
	bool told_waits; /* that the server lets somebody wait */
	struct core_chat *chat_by_peer;
	struct list fetches; /* struct core_fetch: under way */
	struct core_known *known; /* fetched, of people not in the list */
	struct core_own own;
};

/* Whose AOR is exactly this; NULL: none. */
struct core_account *core_account_by_aor(struct core *core, const char *aor);

/* Appends an account; takes AOR over. */
struct core_account *core_account_new(
	struct core *core, const char *name, char *aor);

/* The setting as written or its default; secrets too. */
const char *core_account_setting(
	const struct core_account *a, const char *name);
bool core_account_online(const struct core_account *a);
void core_account_post(struct core_account *a); /* its event */

/* A message waits for A: a failed one tries again soon. A may be NULL. */
void core_account_nudge(struct core_account *a);

/* STATUS: address, code and retry; NULL: none. False: nothing is new. */
bool core_account_set_state(struct core_account *a, enum endpoint_state state,
	const char *reason, const struct endpoint_status *status);

/* Out of the core, with all that hangs on it; its waiters are told. */
void core_account_detach(struct core_account *a);

/* Ends what depends on the endpoint, and the endpoint. */
void core_account_drop(struct core_account *a, const char *why);
void core_account_credentials(const char *realm,
	void (*answer)(const char *user, const char *password, void *ctx),
	void *ctx, void *arg);
void core_account_forget_secret(struct core_account *a);
void core_account_start(struct core_account *a);
void core_account_stop(struct core_account *a, uint64_t limit);
void core_account_questions_flush(struct core_account *a);

/* ---- roster.c, group.c ---------------------------------------------- */

struct core_buddy {
	UT_hash_handle hh; /* key: of the peer */
	struct le le;
	struct core_account *account; /* NULL: gone */
	const char *aor; /* behind it, in the same block */
	char *name; /* the user's; NULL: none */
	char *card; /* ... and what they call themselves; NULL: not known */
	const char **groups; /* NULL-terminated, one block; NULL: none */
	struct presence *presence;
	char *file; /* where it is declared; NULL: nowhere */
	unsigned line;
	bool added;
	bool file_groups; /* the file says which */
	bool typed; /* kept in the store */
	uint8_t resent; /* to the server's list, which has not got them */
	char *sent; /* how the server's list was asked to have it */
};

/* The user part of AOR as text, or its host (mem_deref). */
char *core_peer_user(const char *aor);

/* An AOR out of what was typed; 65 with *WHY. */
int core_peer_parse(const char *typed, char **aor, char **why);

/* LABEL as one line of text of bounded length (mem_deref); NULL: empty. */
char *core_label(const char *label);

struct core_buddy *core_buddy_added_find(
	struct core_account *a, const char *peer);
void core_buddy_post(struct core_buddy *b, const char *change);

/* PEER's own name; the user's goes before it. */
void core_card_heard(const char *peer, const char *name, void *arg);

/* A copy in one block (mem_deref); NULL: NULL. */
const char *const *core_groups_copy(const char *const *groups);

/* New groups: a copy without empty and doubled ones. */
void core_buddy_set_groups(struct core_buddy *b, const char *const *groups);
void core_roster_flush(struct core_account *a);

/* ---- presentity.c --------------------------------------------------- */

struct core_fetch;
struct core_known;

/* News of B (a reference to P is taken); an event where it is news. */
void core_presence_set_buddy(
	struct core_buddy *b, struct presence *p, uint16_t code);

/* What is said of B while nothing is known. */
const char *core_presence_reason(const struct core_buddy *b);
void core_presence_all(struct core_account *a, const char *reason);
void core_presence_heard(const char *peer, const struct presence *p,
	uint16_t code, bool fetched, void *arg);
void core_presence_drop(struct core_account *a, const char *why);
void core_presence_flush(struct core_account *a);

/* ---- watcher.c ------------------------------------------------------ */

/* What the rules of a server have of a decision. */
enum core_rule {
	CORE_RULE_NONE, /* nothing: none was made */
	CORE_RULE_DUE, /* they are to have it, or that it was taken back */
	CORE_RULE_WRITTEN,
	CORE_RULE_REFUSED,
};

struct core_decision_entry {
	UT_hash_handle hh; /* key: of the peer */
	char *peer;
	char *name;
	enum core_decision decision;
	bool decided;
	bool pending;
	bool typed; /* in this run */
	bool seen; /* in the rules at hand */
	enum core_rule rule;
};

struct core_decision_entry *core_watcher_entry(
	struct core_account *a, const char *peer); /* NULL: there is none */

struct core_decision_entry *core_watcher_entry_get(
	struct core_account *a, const char *peer); /* made if needed */

/* E was decided by another device; E may go. */
void core_watcher_adopted(
	struct core_account *a, struct core_decision_entry *e);

/* E goes where nothing is left in it. */
void core_watcher_entry_over(
	struct core_account *a, struct core_decision_entry *e);

/* Tells the endpoint what is decided. */
void core_watcher_tell(
	struct core_account *a, const struct core_decision_entry *e);

/* Somebody the user has chosen: in the list, or accepted. */
bool core_watcher_known(struct core_account *a, const char *peer);

/* Nobody that is known; with accept=all nobody at all. */
bool core_watcher_stranger(struct core_account *a, const char *peer);

/* What a request of PEER gets: allow, pending (a stranger who may ask),
 * refuse, busy. *AFTER: seconds, for busy. */
enum endpoint_verdict core_watcher_verdict(struct core_account *a,
	const char *peer, const char *source, uint32_t *after);
enum endpoint_verdict core_watcher_authorize(
	const char *peer, const struct pl *name, const char *source, void *arg);
void core_watcher_added(struct core_account *a, const char *peer);
void core_watcher_settled(const char *peer, void *arg); /* elsewhere */
void core_watcher_load(
	struct core_account *a, const char *peer, enum core_decision decision);
void core_watcher_load_undecided(struct core_account *a, const char *peer);
void core_watcher_forget(struct core_account *a); /* rows of the store */
void core_watcher_policy(struct core_account *a); /* `accept` changed */
void core_watcher_flush(struct core_account *a);
const char *core_decision_word(enum core_decision decision);

/* ---- ruled.c -------------------------------------------------------- */

void core_ruled_due(struct core_account *a, struct core_decision_entry *e);
void core_ruled_online(struct core_account *a);
void core_ruled_heard(const char *peer, const char *why, void *arg);
void core_ruled_waits(const char *peer, void *arg);
void core_ruled_rules(const struct endpoint_rule *rules, size_t n, void *arg);
void core_ruled_load(struct core *core, const char *key, const char *value);

/* ---- conversation.c ------------------------------------------------- */

struct core_chat {
	UT_hash_handle hh; /* key: of the peer */
	struct le le;
	struct core_account *account; /* NULL: gone */
	char *peer;
	char *name; /* user part */
	char *via;
	enum endpoint_chat state;
	unsigned unread;
	unsigned untold; /* of these, which nobody was told of */
	uint64_t read; /* id before the first of those */
	bool read_dirty; /* that is not noted in the store yet */
	bool read_kept; /* a row of the store says what is untold */
	bool seen; /* all that earlier runs left is read */
	char *draft; /* NULL: none */
	size_t draft_point;
	bool draft_dirty;
	bool typing;
	bool stranger; /* one who was not known began it */
	bool engaged; /* the user typed, sent or opened */
	struct list outbox; /* struct core_message, oldest first */
	struct tmr retry;
	unsigned tries;
	char *waits; /* why the last one failed; NULL: none did */
	bool told_after; /* the server said when to try again */
	struct list opens; /* struct core_waiter */
	struct list closes; /* struct core_waiter */
};


/* The chat with PEER, who began it where there is none yet: of those that are
 * not known a bounded number is kept. */
struct core_chat *core_chat_from(struct core_account *a, const char *peer);
void core_chat_set_typing(struct core_chat *c, bool active);
void core_chat_set_via(struct core_chat *c, const char *via);
void core_chat_heard(const char *peer, enum endpoint_chat state,
	const char *via, enum endpoint_by by, const char *why, uint16_t code,
	void *arg);
void core_chat_typing_heard(const char *peer, bool active, void *arg);
enum endpoint_verdict core_chat_notice(
	const char *peer, const char *source, void *arg);
enum endpoint_verdict core_chat_invite(
	const char *peer, const struct pl *name, const char *source, void *arg);
void core_chat_drop(struct core_account *a, const char *why);
void core_chat_flush(struct core_account *a);

/* ---- history.c, history_export.c, retention.c ----------------------- */

/* Name of the account whose AOR this is, or the AOR; *AP (may be NULL) the
 * account. */
const char *core_history_account(
	struct core *core, const char *aor, struct core_account **ap);

/* The name to show for PEER of A, which may be NULL (mem_deref). */
char *core_history_name(struct core_account *a, const char *peer);

void core_export_flush(struct core *core);

/* Forgets what is older than option retention says, now and daily. */
void core_retention(struct core *core);

/* What is older, in wall ms, is forgotten; 0: nothing is. */
int64_t core_retention_from(const struct core *core);

/* ---- search.c, resolve.c -------------------------------------------- */

void core_search_flush(struct core *core);

/* True where TEXT holds PART, case and diacritics ignored; NULL holds
 * nothing. */
bool core_match(const char *text, const char *part);

/* True for what can only be meant as an address. */
bool core_is_address(const char *typed);

#endif
