/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_int.h - what the files of the command language share. */
#ifndef SOTTO_CMD_INT_H
#define SOTTO_CMD_INT_H

#include <stdarg.h>
#include <sysexits.h>
#include "cmd.h"
#include "cmd_text.h"
#include "list.h"
#include "mem.h"
#include "parse.h"

enum {
	STATUS_WRONG_PASSWORD = EX_NOPERM, /* 77 */
	LIMIT_WAIT = 60 * 1000, /* ms of `wait` without -t */
	SECONDS_MAX = 100000000, /* of -t and sleep: three years */
};

/* ---- args.c: words by an entry's spec ------------------------------- */

/* Values of flags and arguments, by the item's place in the entry. */
struct args {
	const struct cmd_entry *entry;
	struct words *values[CMD_ITEMS_MAX]; /* NULL: not given */
	char *account; /* -a */
	char *seconds; /* -t */
};

/* W from word AT on (behind the command's words). 0, or 64 with *WHY. */
int args_parse(struct args **ap, const struct cmd_entry *entry,
	const struct words *w, size_t at, char **why);

/* The value of flag or argument NAME ("-n", "URI"); NULL: not given; "" for
 * a flag without value. args_list(): all of a repeated one. */
const char *args_get(const struct args *args, const char *name);
const struct words *args_list(const struct args *args, const char *name);

/* What may stand next behind the words AT... of W. */
struct args_next {
	const struct cmd_item *item; /* a flag whose value is due, else the
	                                next argument; NULL: none */
	size_t begin; /* where its words begin */
	bool flags; /* a flag may stand there too */
};
void args_next(struct args_next *next, const struct cmd_entry *entry,
	const struct words *w, size_t at);

/* True where WORD is written as a flag is: "-x", "--word". */
bool args_is_flag(const char *word);

/* -a and -t, which every command takes; ends in zero. */
extern const struct cmd_item args_common[];

/* 64 with *WHY if WORD is no value for ITEM (args_check.c). */
int args_check(const struct cmd_item *item, const char *word, char **why);

/* "1.5" to milliseconds; false for anything else. */
bool args_seconds(const char *text, uint64_t *ms);

/* Calls H for every word of a choice "on|off". */
void args_choices(
	const char *name, void (*h)(const struct pl *, void *), void *arg);

/* ---- lookup.c: the words of a command ------------------------------- */

/* The entry that the first words of W mean; *AT is how many they were. NULL
 * with *WHY (may be NULL) set. */
const struct cmd_entry *lookup_entry(
	const struct words *w, size_t *at, char **why);

/* ---- alias.c -------------------------------------------------------- */

const char *alias_find(const struct cmd *cmd, const char *name);
int alias_set(struct cmd *cmd, const char *name, const char *text, char **why);

/* W with its first word replaced while it is an alias. Commands of the alias
 * before its last go to BEFORE (a list of struct alias_command), the last one
 * gets the rest of W: *OUT. 0, or 64 with *WHY. */
struct alias_command {
	struct le le;
	struct words *words;
};
int alias_expand(const struct cmd *cmd, struct words *w, struct list *before,
	struct words **out, char **why);
void alias_append(struct list *list, struct words *w);
void alias_each(const struct cmd *cmd,
	void (*h)(const char *name, const char *text, void *arg), void *arg);

/* ---- line.c: texts to commands -------------------------------------- */

/* The entry that W means once aliases are gone, and in *OUT (NULL: the alias
 * is none) the words that mean it; NULL where it means none. */
const struct cmd_entry *line_entry(const struct cmd *cmd, struct words *w,
	struct words **out, size_t *at, char **why);

/* The commands of TEXT, appended to LIST as struct alias_command. TYPED: the
 * last TEXT is literal. 0, or 64 with *WHY. */
int line_commands(const struct cmd *cmd, const char *text, bool typed,
	struct list *list, char **why);

/* True if WORD is the name of a setting that holds a secret, alone or with
 * "=VALUE". */
bool line_names_secret(const char *word);

/* 64 with *WHY unless TEXT is a command line whose commands exist. */
int line_check(const struct cmd *cmd, const char *text, char **why);

/* ---- queue.c: running ----------------------------------------------- */

/* One line or file: its commands share one outcome. */
struct group;

/* A command under way. Whoever answers it later holds a reference. */
struct cmd_call {
	struct le le; /* in the interpreter's list */
	struct cmd *cmd; /* NULL once the interpreter is gone */
	struct group *group;
	const struct cmd_entry *entry;
	struct args *args;
	struct front_origin origin;
	size_t index; /* in its group */
	struct json *result; /* object or array; NULL: none yet */
	void *data; /* a block of the command's own */
	struct tmr tmr; /* limit, or what wait and sleep wait for */
	uint64_t id; /* of the message that it sends; 0: none */
	uint64_t mark; /* changes that were there before it */
	char *note; /* what it says once its own are kept */
	unsigned owed; /* references that the core holds */
	bool done;
	bool in_pane; /* a pane shows the result, there are no rows */
};

/* Commands LIST (struct alias_command) as one group. LIMIT as in cmd.h. */
void queue_commands(struct cmd_queue *q, struct list *list, uint64_t limit,
	const struct front_origin *origin, const struct cmd_sink *sink);

/* A group that ends at once with STATUS. */
void queue_refuse(struct cmd_queue *q, int status, const char *text,
	const struct front_origin *origin, const struct cmd_sink *sink);

/* A file as a group; PARENT is the `source` that it answers, or NULL. Its
 * mistakes are told one by one. queue_file_end() lets it go. */
struct group *queue_file(struct cmd_queue *q, const char *path,
	const struct cmd_sink *sink, struct cmd_call *parent);
void queue_file_command(struct group *g, struct words *w);
void queue_file_mistake(struct group *g, unsigned line, const char *text);
void queue_file_end(struct group *g);

struct cmd *queue_cmd(const struct cmd_queue *q);

/* The queue that CALL came by; NULL if it is gone. */
struct cmd_queue *queue_of(const struct cmd_call *call);

/* Where its `wait message` finds messages; NULL once its queue is gone. */
struct inbox *queue_inbox(const struct cmd_call *call);
unsigned queue_depth(const struct cmd_call *call);

/* ---- reply.c: what a command says ----------------------------------- */

/* TEXT without line ends (mem_deref): a name or a reason that holds one must
 * not look like another line of ours. NULL for NULL. */
char *reply_line(const char *text);

/* The TEXT of a message with further lines indented, for the same reason
 * (mem_deref). */
char *reply_text(const char *text);

/* A row: OBJECT's reference is taken; FMT NULL: nothing for a person. Its
 * text is made one line; that of reply_lines() stays as it is, so names and
 * reasons in it have to be lines already. */
void reply_row(struct cmd_call *call, struct json *object, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void reply_lines(struct cmd_call *call, struct json *object, const char *fmt,
	...) __attribute__((format(printf, 3, 4)));
void reply_event(struct cmd_call *call, const char *event, struct json *object,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The outcome; the first one counts. FMT NULL: nothing to say.
 * reply_why() takes WHY. */
void reply_done(struct cmd_call *call, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void reply_why(struct cmd_call *call, int status, char *why);

/* What stands before a command that a person shall type: "/" or "". */
const char *reply_slash(const struct cmd_call *call);

core_done_h reply_core; /* ARG: of reply_owe() */

/* A reference for the core to give back with an outcome: reply_paid(). */
struct cmd_call *reply_owe(struct cmd_call *call);
void reply_paid(struct cmd_call *call);

/* queue.c, for reply.c alone. */
void queue_told(struct cmd_call *call, const struct front_row *row);
void queue_done(struct cmd_call *call, int status, const char *text);

/* ---- target.c: who and what is meant -------------------------------- */

/* The account by -a, else the person's, the shown chat's, the domain's or the
 * first. On failure the call is answered and false returned. *PEER is
 * mem_deref()ed by the caller. */
bool target_peer(struct cmd_call *call, const char *typed,
	struct core_account **ap, char **peer);

/* The same for whom something is to go to: what TYPED says of the way there
 * holds from now on. */
bool target_reached(struct cmd_call *call, const char *typed,
	struct core_account **ap, char **peer);
bool target_buddy(struct cmd_call *call, struct core_buddy **bp);

/* The chat of argument B, or the shown one if B is not given. */
bool target_chat(struct cmd_call *call, struct core_chat **chatp);

/* NAME if given, else -a; NULL in *AP and true if neither. */
bool target_account(
	struct cmd_call *call, const char *name, struct core_account **ap);

/* ---- key.c ---------------------------------------------------------- */

struct key_default {
	const char *place; /* NULL behind the last */
	const char *key;
	const char *command;
	const char *help;
};
extern const struct key_default key_defaults[]; /* key_default.c */

struct key_table;
/* What is being read for a word is not wanted any more (files.c). */
void files_forget(struct cmd *cmd);

struct key_table *key_table_alloc(void); /* with the default keys */
const char *key_table_find(
	const struct key_table *t, const char *place, const char *key);
void key_table_bind(struct key_table *t, const char *place, const char *key,
	const char *command);
bool key_table_unbind(struct key_table *t, const char *place, const char *key);
void key_table_each(const struct key_table *t,
	void (*h)(const char *place, const char *key, const char *command,
		void *arg),
	void *arg);
bool key_place_exists(const char *place);
void key_names(void (*h)(const char *name, void *arg), void *arg);

/* ---- wait.c --------------------------------------------------------- */

struct inbox; /* incoming messages that no wait has taken yet */
struct inbox *inbox_alloc(struct list *list); /* one more of LIST */
void inbox_add(struct list *list, const struct core_event *ev); /* to all */
void wait_check(struct cmd *cmd); /* after every event */

/* Who stands in a condition: NULL, or an account or a person by *KIND. */
const char *wait_target(const struct words *words, enum cmd_kind *kind);

/* Candidates for the next word of a condition; the words of W from AT on
 * are there already. */
void wait_complete(const struct words *w, size_t at, struct cmd *cmd,
	const char *prefix, core_complete_h *emit, void *arg);

/* ---- cmd_message.c -------------------------------------------------- */

/* An outgoing message: it may be that of a `msg` under way. */
void send_heard(struct cmd *cmd, const struct core_event *ev);

/* ---- record.c: messages of the store as rows ------------------------- */

enum {
	RECORD_PAGE = 20, /* rows where no -n says how many */
	RECORD_PAGE_MAX = 500, /* a turn of the loop */
	RECORD_AROUND = 10, /* rows before and after the one that is shown */
};

/* M as the fields of a `message` event; its arrival in "at" where AT. */
struct json *record_json(const struct store_message *m, bool at);

/* M as a line for a person, further lines of its text indented: "HH:MM NAME
 * TEXT (state)", with the day where it is another one than that of NOW. WITH:
 * own ones say to whom. (mem_deref) */
char *record_text(const struct store_message *m, const char *name, int64_t now,
	bool with);

/* How rows stand in files (core_format_h, which see). */
void record_format_json(
	struct mbuf *mb, const struct store_message *m, const char *name);
void record_format_text(
	struct mbuf *mb, const struct store_message *m, const char *name);

/* The name to show for the peer of M (mem_deref). */
char *record_name(const struct cmd *cmd, const struct store_message *m);

/* "id": N as a string. */
void record_put_id(struct json *json, uint64_t id);

/* -n: how many rows; and a number that is a message's id, 0: not given. */
size_t record_count(const struct cmd_call *call);
uint64_t record_id(const struct cmd_call *call, const char *item);

/* The outcome where the store said ERR. */
void record_failed(struct cmd_call *call, int err);

/* ---- cmd.c: the interpreter ----------------------------------------- */

enum {
	LOG_LINES_MAX = 500,
	TRACE_MAX = 10000, /* messages */
	TRACE_COST = 512, /* bytes of each besides its text */
	TRACE_BYTES_MAX = 8 << 20, /* of them all, but for the newest */
	TRACE_SHOWN = 100, /* by `trace show` */
};

/* A line that `log` gives back. */
struct log_record {
	struct le le;
	int64_t at;
	enum log_level level;
	char *topic;
	char *text;
};

/* A message that `trace show` gives back. */
struct sip_record {
	struct cmd_sip sip; /* first: what others hold is this */
	struct le le;
};

struct cmd {
	struct core *core;
	struct tmrs *tmrs;
	const struct front *front;
	void *front_arg;
	char *version;
	char *account; /* of commands without -a; NULL: none */
	char *config; /* the configuration file; NULL: none */
	struct cmd_call *setup; /* the `account add` that asks; NULL: none */
	struct core_listener *listener;
	struct list aliases;
	struct key_table *keys;
	struct cmd_files *files; /* a directory that is read; NULL: none */
	struct list calls; /* not owned */
	struct inbox *inbox; /* of all queues that have none of their own */
	struct list inboxes; /* not owned */
	struct list logs;
	struct list log_taps; /* not owned */
	struct list traces;
	struct list trace_taps; /* not owned */
	size_t trace_bytes;
	uint64_t trace_n; /* of the newest */
	bool tracing;
	dialect_trace_h *trace_h;
	void *trace_arg;
	struct front_chat shown; /* owned strings */
};

/* ---- journal.c: log and trace --------------------------------------- */

void cmd_trace_on(struct cmd *cmd, bool on);
void journal_clear(struct cmd *cmd);

/* True if CALL asks for pane NAME of a screen and has been answered. */
bool view_pane(struct cmd_call *call, const char *name);

/* The tables of the command files. */
extern const struct cmd_entry cmd_account_add, cmd_account_set,
	cmd_account_remove, cmd_account_list, cmd_account_show, cmd_login,
	cmd_logout, cmd_buddy_add, cmd_buddy_remove, cmd_buddy_rename,
	cmd_buddy_group, cmd_buddy_list, cmd_buddy_show, cmd_buddy_accept,
	cmd_buddy_decline, cmd_buddy_block, cmd_buddy_unblock, cmd_buddy_import,
	cmd_buddy_export, cmd_group_rename, cmd_group_remove, cmd_group_list,
	cmd_presence_set, cmd_presence_show, cmd_chat_show, cmd_chat_open,
	cmd_chat_close, cmd_chat_next, cmd_chat_previous, cmd_chat_unread,
	cmd_chat_list, cmd_chat_split, cmd_chat_unsplit, cmd_chat_focus,
	cmd_chat_zoom, cmd_chat_tab, cmd_chat_why, cmd_screen_show,
	cmd_screen_move, cmd_screen_find, cmd_screen_answer, cmd_screen_type,
	cmd_screen_edit, cmd_screen_suspend, cmd_screen_redraw, cmd_toggle,
	cmd_msg, cmd_say, cmd_typing, cmd_search, cmd_history_show,
	cmd_history_export, cmd_history_clear, cmd_set, cmd_options, cmd_bind,
	cmd_unbind, cmd_keys, cmd_alias, cmd_source, cmd_echo, cmd_sleep,
	cmd_wait, cmd_trace_entry, cmd_log_entry, cmd_help, cmd_version,
	cmd_quit;

/* Rows that more than one file gives. */
struct json *row_peer(struct core_account *a, const char *peer);
void row_presence(struct json *row, const struct presence *p);
char *row_presence_text(const struct presence *p, int64_t now);

#endif
