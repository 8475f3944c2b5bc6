/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shell.c - one command given as arguments: its output, its status, the end. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include "line.h"
#include "mem.h"
#include "utf8.h"


enum {
	LIMIT = 30 * 1000, /* ms for all, unless `-t` says another */
	KEEP_MS = 1000, /* of them for what waits in the store to get there */
};


struct shell_front {
	struct shell_front_config config;
	struct tmrs *tmrs;
	struct cmd *cmd;
	struct cmd_queue *queue;
	struct tmr limit;
	uint64_t started;
	uint64_t ms; /* for all */
	uint64_t again; /* the message that is to be sent once more */
	int err; /* of standard output */
	bool kept; /* the command needs no server to begin with */
	bool running; /* the command is on its way */
	bool finished;
};


static void front_destructor(void *data)
{
	struct shell_front *f = data;

	tmr_cancel(&f->limit);
	mem_deref(f->queue);
	mem_deref(f->cmd);
}


/* Everything a stranger may have written is made safe here. */
static void print(struct shell_front *f, const char *text)
{
	char *clean = utf8_show_dup(text, UTF8_BODY);

	if (puts(clean) < 0 && !f->err)
		f->err = errno;
	mem_deref(clean);
}


static void complain(const char *text)
{
	char *clean = utf8_show_dup(text, UTF8_BODY);

	(void)fprintf(stderr, "sotto: %s\n", clean);
	mem_deref(clean);
}


/* What could not be written was not done. */
static void finish(struct shell_front *f, int status)
{
	if (f->finished)
		return;
	f->finished = true;
	tmr_cancel(&f->limit);
	if (fflush(stdout) && !f->err)
		f->err = errno;
	if (f->err && !status)
		f->config.broken(f->err, f->config.arg);
	else
		f->config.quit(status, f->config.arg);
}


/* ---- the table of a front end ---- */

static void front_row_handler(const struct front_origin *origin,
	const struct front_row *row, void *arg)
{
	(void)origin;
	if (row->text)
		print(arg, row->text);
}


static void front_outcome_handler(
	const struct front_outcome *outcome, void *arg)
{
	(void)arg;
	if (outcome->status && outcome->text)
		complain(outcome->text);
}


static void quit_handler(int status, void *arg)
{
	finish(arg, status);
}


static const struct front front = {
	.name = "shell",
	.once = true,
	.row = front_row_handler,
	.outcome = front_outcome_handler,
	.quit = quit_handler,
};


/* ---- the command ---- */

static void command_row(const struct front_row *row, void *arg)
{
	if (row->text)
		print(arg, row->text);
}


static void command_done(const struct front_outcome *outcome, void *arg)
{
	if (outcome->text && outcome->status)
		complain(outcome->text);
	else if (outcome->text)
		print(arg, outcome->text);
	finish(arg, outcome->status);
}


static void run(struct shell_front *f)
{
	static const struct front_origin origin = {.from = FRONT_SHELL};
	struct cmd_sink sink = {
		.row = command_row, .done = command_done, .arg = f};
	uint64_t used = tmrs_now(f->tmrs) - f->started;

	f->running = true;
	cmd_words(f->queue, f->config.argc, f->config.argv,
		used < f->ms ? f->ms - used : 1, &origin, &sink);
}


static void signed_in(const struct core_outcome *outcome, void *arg)
{
	struct shell_front *f = arg;

	if (f->finished || f->running)
		return;
	tmr_cancel(&f->limit);
	/* A text without a server is kept; what heals may do so in time. */
	if (!outcome->status || (f->kept && outcome->status == EX_TEMPFAIL)) {
		run(f);
		return;
	}
	if (outcome->text)
		complain(outcome->text);
	finish(f, outcome->status);
}


static void limit_handler(void *arg)
{
	struct shell_front *f = arg;
	char *text;

	if (f->kept) {
		run(f);
		return;
	}
	text = mem_printf(
		"not signed in after %g seconds", (double)f->ms / 1000);
	complain(text);
	mem_deref(text);
	finish(f, EX_TEMPFAIL);
}


/* ---- life ---- */

int shell_front_alloc(
	struct shell_front **fp, const struct shell_front_config *config)
{
	struct shell_front *f = mem_zalloc(sizeof(*f), front_destructor);
	struct cmd_config cc = {
		.core = config->core,
		.tmrs = loop_tmrs(config->loop),
		.front = &front,
		.front_arg = f,
		.version = config->version,
	};
	int err;

	f->config = *config;
	f->tmrs = loop_tmrs(config->loop);
	err = cmd_alloc(&f->cmd, &cc);
	if (!err)
		err = cmd_queue_alloc(&f->queue, f->cmd);
	if (err)
		mem_deref(f);
	else
		*fp = f;
	return err;
}


struct cmd *shell_front_cmd(struct shell_front *f)
{
	return f->cmd;
}


/* The account that message f->again was sent by, if it is there still. */
static void again_handler(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct shell_front *f = arg;
	struct core_account *a = NULL;
	size_t i;

	for (i = 0; !err && i < n; i++) {
		if (messages[i].id == f->again)
			a = core_account_find(
				f->config.core, messages[i].account);
	}
	if (f->finished || f->running)
		return;
	if (a)
		core_login(a, signed_in, f);
	else
		run(f); /* which says what is wrong */
}


void shell_front_ready(struct shell_front *f)
{
	struct core_account *account = NULL;
	uint64_t wait;

	f->started = tmrs_now(f->tmrs);
	f->ms = LIMIT;
	if (!cmd_needs_network(
		    f->cmd, f->config.argc, f->config.argv, &account, &f->ms)) {
		run(f);
		return;
	}
	f->kept = cmd_is_kept(f->cmd, f->config.argc, f->config.argv);
	if (f->kept)
		wait = f->ms > 2 * KEEP_MS ? f->ms - KEEP_MS : f->ms / 2;
	else
		wait = f->ms;
	tmr_start(f->tmrs, &f->limit, wait, limit_handler, f);
	if (cmd_resends(f->cmd, f->config.argc, f->config.argv, &f->again))
		core_history_around(f->config.core, NULL, NULL, f->again, 0,
			again_handler, f);
	else
		core_login(account, signed_in, f);
}
