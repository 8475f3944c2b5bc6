/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd.h - the one command language: configuration file, keys, what is
 * typed, shell arguments and JSON lines go through the same table.
 *
 * 1 interpreter  commands over one core, for one front end
 * 2 running      lines, words, files, keys
 * 3 state        the shown chat, secrets, logs, traces
 * 4 table        entries, usage, completion
 *
 * A line holds commands parted by `;` or newlines, split into words as a
 * shell splits them: '...', "..." (in which \ goes before " \ $ ` only), \,
 * # to the end of the line. A command is one or two words, then flags and
 * arguments; any unique prefix of the words will do.
 *
 * Nothing here asks who is listening: a command gives rows and one outcome
 * to the sink that came with its line, or else to the front end's table.
 */
#ifndef SOTTO_CMD_H
#define SOTTO_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core.h"
#include "front.h"
#include "log.h"
#include "tmr.h"

struct cmd;
struct cmd_queue;

enum {
	CMD_LINE_MAX = 1 << 20, /* bytes of a line */
	CMD_WORDS_MAX = 1024, /* words of a command */
	CMD_FILE_MAX = 4 << 20, /* bytes of a file */
	CMD_DEPTH_MAX = 16, /* files within files, aliases in aliases */
};

/* ---- 1 interpreter -------------------------------------------------- */

struct cmd_config {
	struct core *core; /* a reference is taken */
	struct tmrs *tmrs; /* a reference is taken */
	const struct front *front; /* borrowed for the interpreter's life */
	void *front_arg; /* argument of its operations */
	const char *version; /* what `version` tells */
};

/* An interpreter (mem_deref). From here on it keeps incoming messages for
 * `wait message` and hands the front end's ask_secret to the core, so make
 * it before anything signs in. Give your reference to the core back first:
 * then commands that were under way are dropped with it. */
int cmd_alloc(struct cmd **cp, const struct cmd_config *config);

/* The account that commands without `-a` use (-a of the command line); NULL:
 * none. Copied. */
void cmd_set_account(struct cmd *cmd, const char *name);

/* The configuration file, where `account add` puts what it asked for; NULL:
 * there is none. Copied. */
void cmd_set_config(struct cmd *cmd, const char *path);

/* A queue runs its commands in order: one starts when the one before has
 * started, and only `wait` and `sleep` hold what follows. Each source that
 * must not be held by another has its own: the prompt or stdin, the
 * configuration, each connection of the control socket. mem_deref() drops
 * what has not started; commands under way go on, but nobody is told of
 * their rows and outcome. A queue keeps its interpreter alive. */
int cmd_queue_alloc(struct cmd_queue **qp, struct cmd *cmd);

/* From now on `wait message` in Q takes each incoming message once for Q
 * alone; without this once for all queues, from the interpreter's start. */
void cmd_queue_apart(struct cmd_queue *q);

/* Lines and files given to Q whose outcome is not known yet. */
size_t cmd_queue_pending(const struct cmd_queue *q);

/* ---- 2 running ------------------------------------------------------ */

typedef void(cmd_row_h)(const struct front_row *row, void *arg);
typedef void(cmd_done_h)(const struct front_outcome *outcome, void *arg);

/* Who hears of a line. ROW may be NULL (rows are only in the outcome's
 * result), DONE too. DONE is called exactly once, after the last row, unless
 * the queue is freed before; it may be called before the call that gave the
 * line returns, and it may free the queue. Where a whole sink is NULL the
 * front end's table is told. */
struct cmd_sink {
	cmd_row_h *row;
	cmd_done_h *done;
	void *arg;
};

/* Runs the commands of TEXT. One outcome for the line: of the first command
 * that failed, else of the last; each command runs whatever became of the
 * others. A line that cannot be split runs nothing: 64 with the position. An
 * empty line is 0. */
void cmd_line(struct cmd_queue *q, const char *text,
	const struct front_origin *origin, const struct cmd_sink *sink);

/* Runs one command that is split already; aliases count. After LIMIT ms (0:
 * none) its outcome is 75 whatever happens later (a message that is not sent
 * yet: "queued as ID"); `wait` and `sleep` have limits of their own. On
 * every command `-t SECONDS` sets a limit too: the earlier one counts. */
void cmd_words(struct cmd_queue *q, size_t argc, const char *const argv[],
	uint64_t limit, const struct front_origin *origin,
	const struct cmd_sink *sink);

/* A line from a prompt: `/COMMAND`, `//text` is said as "/text", anything
 * else is said in the shown chat. The last argument of a command is literal
 * to the end of the line if it is of kind CMD_TEXT. */
void cmd_typed(
	struct cmd_queue *q, const char *line, const struct cmd_sink *sink);

/*
 * Reads and runs the file PATH ("~/" allowed). Every mistake and every later
 * failure of one of its commands is told to the front end's outcome() as
 * "file:line: text"; the rest of the file still runs. All commands up to the
 * first `wait` or `sleep` have started when this returns.
 *
 * Returns 0, or 78 with *WHY (mem_deref) set if nothing was run: the file
 * cannot be read, or it holds a password and others can read it (*WHY then
 * says which chmod to type). SINK (may be NULL) hears the end of all its
 * commands: status 0, or that of the first that failed.
 */
int cmd_file(struct cmd_queue *q, const char *path, const struct cmd_sink *sink,
	char **why);

/* Runs what KEY ("M-n") is bound to in PLACE, else anywhere; false if it is
 * not bound. KEY as cmd_key_name() gives it. */
bool cmd_key(struct cmd_queue *q, const char *place, const char *key);

/* The command line that KEY is bound to there; NULL: none. */
const char *cmd_key_command(
	const struct cmd *cmd, const char *place, const char *key);

/* The first key that runs COMMAND in PLACE, or anywhere and in PLACE nothing
 * else; NULL: none. Borrowed until keys are bound. */
const char *cmd_key_of(
	const struct cmd *cmd, const char *place, const char *command);

/* Every key of PLACE in the order of the table; HELP is what COMMAND does in
 * words. */
typedef void(cmd_key_h)(
	const char *key, const char *command, const char *help, void *arg);
void cmd_keys_each(
	const struct cmd *cmd, const char *place, cmd_key_h *h, void *arg);

/* The one way to write KEY: modifiers C- M- S- in this order, then one
 * character or a name such as F1, Up, PageDown, Enter. NULL if KEY is no
 * key (mem_deref). */
char *cmd_key_name(const char *key);

/* Places that have keys of their own, NULL-terminated; the first one, "any",
 * is asked last. */
extern const char *const cmd_places[];

/*
 * For a one-shot command: true if it needs the account *AP signed in first.
 * False for commands that need no network, that sign in themselves, or that
 * will say what is wrong with them. *LIMIT becomes the ms of its `-t`, if it
 * has one.
 */
bool cmd_needs_network(struct cmd *cmd, size_t argc, const char *const argv[],
	struct core_account **ap, uint64_t *limit);

/* True if the command sends message *ID again: the account that is signed in
 * first is that of the message. */
bool cmd_resends(
	struct cmd *cmd, size_t argc, const char *const argv[], uint64_t *id);

/* True if what the command does waits in the store while there is no server:
 * `msg`. */
bool cmd_is_kept(struct cmd *cmd, size_t argc, const char *const argv[]);

/* True if the command needs neither configuration nor state: `help`,
 * `version`. */
bool cmd_needs_nothing(size_t argc, const char *const argv[]);

/* A one-shot command for another program to do: its words as a JSON array,
 * with the names of files made absolute. *LIMIT becomes the ms of its `-t`, if
 * it has one; *ENDLESS is true where the command may take as long as it
 * needs: `wait`, `sleep`, what only the other program knows. */
struct json *cmd_words_away(
	size_t argc, const char *const argv[], uint64_t *limit, bool *endless);

/* ---- 3 state -------------------------------------------------------- */

/* The chat that is shown (`chat show`, `say`). False: none; else CHAT borrows
 * until it changes. cmd_show() is `chat show` for a mouse or a list; CHAT
 * NULL: none. The front end's show() is told of every change. */
bool cmd_shown(const struct cmd *cmd, struct front_chat *chat);
void cmd_show(struct cmd *cmd, const struct front_chat *chat);

/* True if TEXT (as for cmd_line(), or typed with its slash) or the words
 * hold a secret, or might: leave it out of history, log and trace. */
bool cmd_line_secret(const struct cmd *cmd, const char *text);
bool cmd_words_secret(
	const struct cmd *cmd, size_t argc, const char *const argv[]);

/* True if TEXT, as typed, is a command that may be kept for later: it holds
 * no secret and nothing that is said to somebody, and means something. */
bool cmd_line_kept(const struct cmd *cmd, const char *text);

/* True if it is one that says something to somebody: `msg`, `say`. */
bool cmd_line_says(const struct cmd *cmd, const char *text);

/* A sink for struct log: the lines that `log` shows, newest 500. ARG is the
 * struct cmd. Events of kind CORE_EVENT_LOG get there by themselves. */
log_h cmd_log;

/* A line of it; borrowed. */
struct cmd_log_line {
	int64_t at;
	enum log_level level;
	const char *topic;
	const char *text;
};

/* H hears the lines that are kept, oldest first, before this returns, and
 * each new one until mem_deref(). */
struct cmd_tap;
typedef void(cmd_log_line_h)(const struct cmd_log_line *line, void *arg);
void cmd_log_tap(
	struct cmd_tap **tp, struct cmd *cmd, cmd_log_line_h *h, void *arg);

/* A SIP message that `trace on` kept, its secrets masked and nothing else
 * changed. Never changed: who wants to look at it longer takes a reference. */
struct cmd_sip {
	uint64_t n; /* from 1, one more each */
	int64_t at;
	bool sent;
	char *path; /* "UDP 192.0.2.1:5060 -> 192.0.2.2:5060" */
	char *peer; /* "UDP 192.0.2.2:5060" */
	char *key; /* dialect_trace_key() */
	struct pl text;
	char *text_buf;
};

/* H hears the messages that are kept, oldest first, before this returns, and
 * each new one until mem_deref(). The oldest are given up for new ones:
 * *FIRST of cmd_trace_state() is the number of the oldest that is kept, one
 * more than that of the last where none is. */
typedef void(cmd_sip_h)(const struct cmd_sip *sip, void *arg);
void cmd_trace_tap(
	struct cmd_tap **tp, struct cmd *cmd, cmd_sip_h *h, void *arg);

/* True if it is on. */
bool cmd_trace_state(const struct cmd *cmd, uint64_t *first);

/* The core's trace is the interpreter's (`trace on`); H hears it too, from
 * now on (--trace FILE). NULL: nobody. */
void cmd_trace(struct cmd *cmd, dialect_trace_h *h, void *arg);

/* ---- 4 table -------------------------------------------------------- */

/* What an argument is: checked, completed and shown by its kind. */
enum cmd_kind {
	CMD_NONE,
	CMD_WORD, /* anything */
	CMD_TEXT, /* the words to the end, joined by a space */
	CMD_COMMAND, /* a command line: one word, or words to the end */
	CMD_CHOICE, /* one of the words of its name, "on|off" */
	CMD_ACCOUNT, /* its name */
	CMD_BUDDY, /* a person: name or URI */
	CMD_WATCHER, /* the same, those who asked to see us first */
	CMD_CHAT, /* a person, those with a chat first */
	CMD_GROUP,
	CMD_OPTION,
	CMD_SETTING, /* of an account */
	CMD_ASSIGN, /* SETTING=VALUE */
	CMD_VALUE, /* of the option or setting before it; to the end */
	CMD_FILE, /* front ends complete it themselves */
	CMD_NUMBER, /* digits */
	CMD_SECONDS, /* digits with an optional fraction */
	CMD_KEY,
	CMD_PLACE,
	CMD_PANE, /* front.h */
	CMD_THEME, /* front.h */
	CMD_CONDITION, /* of `wait`; to the end */
};

/* One argument or flag. All-zero ends an entry's list. */
struct cmd_item {
	const char *flag; /* "-n", "--before"; NULL: an argument */
	const char *name; /* "URI"; NULL: a flag without value */
	enum cmd_kind kind;
	bool optional; /* flags always are */
	bool repeat; /* last argument: one or more; a flag: more than once */
	bool alone; /* a flag in whose company no argument is wanted */
};

enum {
	CMD_ITEMS_MAX = 8,
};

struct cmd_call;

/* What a command asks for. */
enum {
	CMD_HOLDS = 1 << 0, /* what follows waits for its outcome */
	CMD_NETWORK = 1 << 1, /* one-shot: signs in first */
	CMD_PANES = 1 << 2, /* needs a front end with panes */
	CMD_LIST = 1 << 3, /* its result is an array, else one object */
	CMD_FREE = 1 << 4, /* needs neither configuration nor state */
};

/* One command: its row of the table. */
struct cmd_entry {
	const char *name; /* "account add" */
	struct cmd_item items[CMD_ITEMS_MAX + 1];
	unsigned needs;
	const char *help; /* one sentence */
	void (*exec)(struct cmd_call *call);
};

/* All commands in the order of the manual; ends in NULL. */
extern const struct cmd_entry *const cmd_table[];

/* "buddy add URI [-n NAME] [-g GROUP]"; forms that exclude each other are
 * parted by a newline (mem_deref). Every command takes -a NAME and -t SECONDS
 * besides. */
char *cmd_usage(const struct cmd_entry *entry);

/* The conditions of `wait`, as "account NAME STATE"; NULL behind the last. */
const char *cmd_condition(size_t i);

/* The entry whose words are NAME exactly or by a unique prefix; NULL with
 * *WHY (mem_deref; WHY may be NULL) set. */
const struct cmd_entry *cmd_find(const char *name, char **why);

/* A candidate as it would stand in the line (quoted where needed), and a
 * sentence about it or NULL. */
typedef void(cmd_complete_h)(const char *text, const char *help, void *arg);

/*
 * Completes the word of LINE that ends at byte CURSOR: a leading `/` is
 * skipped, then it is a command line. EMIT gets every candidate in order;
 * *FROM is the offset where the text that they replace begins. Returns the
 * kind of what is completed: CMD_FILE is left to the caller, CMD_NONE means
 * command words or flags, CMD_TEXT that nothing can be said.
 */
enum cmd_kind cmd_complete(struct cmd *cmd, const char *line, size_t cursor,
	size_t *from, cmd_complete_h *emit, void *arg);

/* Gives H the names of files that begin with WORD ("~/" allowed; FOLD: case
 * ignored), in order; those of directories end in "/". They are read beside
 * the loop, which waits for them 0.1 s: false where they are not known then;
 * asked again for the same word, they may be. */
typedef void(cmd_file_h)(const char *name, void *arg);
bool cmd_files(
	struct cmd *cmd, const char *word, bool fold, cmd_file_h *h, void *arg);

/* WORD in quotes if a shell's split would change it (mem_deref). */
char *cmd_quote(const char *word);

#endif
