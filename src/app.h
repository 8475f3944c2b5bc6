/* SPDX-License-Identifier: GPL-3.0-or-later */
/* app.h - what the files of the start share. */
#ifndef SOTTO_APP_H
#define SOTTO_APP_H

#include <stdbool.h>
#include <stddef.h>
#include "cmd.h"
#include "core.h"
#include "loop.h"

enum app_front {
	APP_LINE,
	APP_JSON,
	APP_SHELL,
	APP_BOT,
};

/* What the command line said. */
struct app_options {
	enum app_front front;
	const char *config; /* -f; NULL: the default, which may be absent */
	const char *state; /* -s; NULL: the default */
	const char *account; /* -a */
	const char *trace; /* --trace */
	const char *bot; /* --bot: the role of a peer of the demo */
	const char *complete; /* --complete: kind of names that are wanted */
	bool demo;
	bool line; /* --line was said */
	size_t argc; /* the command */
	const char *const *argv;
};

/* A row of the table of options, for people: its letter (0: none), its name
 * and argument (NULL: none). False behind the last. */
struct app_option {
	char letter;
	const char *name;
	const char *arg;
	const char *help;
};
bool app_option(size_t i, struct app_option *row);

/* Reads ARGV. Returns -1 to go on, or the status to exit with at once: help,
 * version or a mistake were printed. */
int app_options_read(struct app_options *o, int argc, char *argv[]);

/* Runs the program to its end; its exit status. */
int app_run(const struct app_options *o);

/* ---- fronts.c: the front end ---- */
struct app_fronts;

struct app_fronts_config {
	const struct app_options *options;
	struct loop *loop;
	struct core *core;
	void (*quit)(int status, void *arg);
	void (*broken)(int err, void *arg);
	void *arg;
};

/* The one that the options and the terminal ask for. Errno. */
int app_fronts_alloc(
	struct app_fronts **fp, const struct app_fronts_config *config);
struct cmd *app_fronts_cmd(struct app_fronts *f);

/* As of the front ends: begin, Ctrl-C, read no more, write what is left. */
void app_fronts_ready(struct app_fronts *f);
bool app_fronts_interrupt(struct app_fronts *f);
void app_fronts_stop(struct app_fronts *f);
int app_fronts_flush(struct app_fronts *f, uint64_t limit);

/* ---- state.c: the state directory ---- */
struct app_state;

/* Makes DIR (NULL: the default one) and holds it for this program; the hold
 * ends with mem_deref(). An exit status with *WHY (mem_deref) if not 0: 75
 * where another program has it. */
int app_state_open(struct app_state **sp, const char *dir, char **why);
const char *app_state_dir(const struct app_state *s);

/* Opens the store in it. 74 with *WHY if it cannot be used. */
int app_state_store(struct store **sp, const struct app_state *s,
	struct tmrs *tmrs, const struct work *work, store_notice_h *notice,
	void *arg, char **why);

/* ---- remote.c: one command, done by a program that runs ---- */

/* Waits for the state directory until the command's time is over: false with
 * *SP once this program has it. True with *STATUS to exit with if it is
 * another's, which did the command then, or if there is no hope; what is to
 * be printed was printed. False for commands that need no state. */
bool app_remote(
	const struct app_options *o, struct app_state **sp, int *status);

/* The reply of the program that runs to the command WORDS, after MS at most:
 * NULL where none runs or none answers (json_drop). */
struct json *app_remote_ask(
	const struct app_options *o, struct json *words, uint64_t ms);

/* ---- candidates.c: --complete KIND ---- */

/* Prints the names of KIND (account, buddy, chat, group) that the program
 * that runs knows, one a line, for completion by shells: soon, or none. Its
 * status. */
int app_candidates(const struct app_options *o);

/* ---- trace.c: --trace FILE ---- */
struct app_trace;

/* Opens FILE (mode 0600, appended). Errno. mem_deref() closes. */
int app_trace_open(struct app_trace **tp, const char *file, struct tmrs *tmrs);

/* A dialect_trace_h; ARG is the trace. */
void app_trace_write(bool sent, const char *transport, const char *local,
	const char *peer, const struct pl *text, void *arg);

/* ---- demo.c: --demo ---- */
struct app_demo;

/* Makes the demo's world: a private directory under TMPDIR, the peers' and
 * our own configuration. Errno with *WHY (mem_deref). mem_deref() ends the
 * peers and removes the directory. */
int app_demo_alloc(struct app_demo **dp, char **why);

/* The state directory and the configuration of our own side (borrowed). */
const char *app_demo_state(const struct app_demo *d);
const char *app_demo_config(const struct app_demo *d);

/* Starts the peers; READY is called once their addresses are known and the
 * configuration is written. */
int app_demo_start(struct app_demo *d, struct loop *loop,
	void (*ready)(int err, void *arg), void *arg);

/* A little later somebody comes who adds you. */
void app_demo_visit(struct app_demo *d);

/* What is printed first; what the full screen shows in place of a chat. */
extern const char app_demo_greeting[];
char *app_demo_welcome(struct core *core); /* mem_deref */

/* Kim stands in the list as found but not added. */
void app_demo_people(struct app_demo *d, struct core *core);

#endif
