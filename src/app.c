/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * app.c - one run of the program: state directory, loop, core, front end,
 * configuration, signals, and the way out.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>
#include "app.h"
#include "config.h"
#include "file.h"
#include "json_front.h"
#include "mem.h"
#include "utf8.h"


/* They make the program leave. */
static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};

enum {
	GOODBYE = 2000, /* for BYE, un-PUBLISH, un-REGISTER on the way out */
	N_SIGNALS = sizeof(signals) / sizeof(signals[0]),
};


struct app {
	const struct app_options *options;
	struct loop *loop;
	struct loop_signal *signals[N_SIGNALS];
	struct work *work;
	struct rand *rand;
	struct log *log;
	struct store *store;
	struct core *core;
	struct app_state *state;
	struct app_trace *trace;
	struct app_demo *demo;
	struct app_fronts *front;
	struct json_control *control;
	struct cmd *cmd; /* of the front end; borrowed */
	struct cmd_queue *file_queue;
	bool leaving;
	bool signalled;
	bool broken; /* standard output, and that was told */
	int status;
};


static void last_turn_h(void *arg)
{
	loop_stop(arg, 0);
}


/* What was put off to the next turn has its own. */
static void last_turn(struct loop *loop)
{
	if (loop && !loop_defer(NULL, loop, last_turn_h, loop))
		(void)loop_run(loop);
}


static void app_release(struct app *app)
{
	size_t i;

	for (i = 0; i < N_SIGNALS; i++)
		mem_deref(app->signals[i]);
	app->cmd = NULL; /* nothing is logged from here on */
	mem_deref(app->file_queue);
	/* The commands hold it longer: what they still wait for ends with
	 * it. */
	mem_deref(app->core);
	mem_deref(app->control);
	mem_deref(app->front);
	mem_deref(app->store);
	mem_deref(app->trace);
	mem_deref(app->demo);
	mem_deref(app->state);
	mem_deref(app->log);
	mem_deref(app->rand);
	last_turn(app->loop);
	mem_deref(app->work);
	mem_deref(app->loop);
}


/* On standard error, safe to look at. */
static void complain(const char *text)
{
	char *clean = utf8_show_dup(text, UTF8_BODY);

	(void)fprintf(stderr, "sotto: %s\n", clean);
	mem_deref(clean);
}


/* ---- the way out ---- */

static void gone(void *arg)
{
	struct app *app = arg;

	loop_stop(app->loop, app->status);
}


static void leave(int status, void *arg)
{
	struct app *app = arg;

	if (app->leaving)
		return;
	app->leaving = true;
	app->status = status;
	core_shutdown(app->core, GOODBYE, gone, app);
}


/* Nobody takes what we say any more: the status to exit with. */
static int output_status(int err)
{
	char *text;

	/* A reader that has gone is the usual end of a pipe. */
	if (!err || err == EPIPE)
		return EX_OK;
	text = mem_printf("standard output: %s",
		err == ETIMEDOUT ? "its reader is too slow" : strerror(err));
	complain(text);
	mem_deref(text);
	return EX_OSERR;
}


static void broken(int err, void *arg)
{
	struct app *app = arg;
	int status = output_status(err);

	app->broken = true;
	if (app->leaving && !app->status)
		app->status = status;
	leave(status, app);
}


static void signal_handler(int signo, void *arg)
{
	struct app *app = arg;

	if (signo == SIGINT && app->front && app_fronts_interrupt(app->front))
		return;
	/* A second one ends at once. */
	if (app->signalled)
		loop_stop(app->loop, app->status);
	app->signalled = true;
	if (app->front)
		app_fronts_stop(app->front);
	leave(EX_OK, app);
}


static int watch_signals(struct app *app)
{
	size_t i;
	int err = 0;

	for (i = 0; i < N_SIGNALS && !err; i++)
		err = loop_signal_alloc(&app->signals[i], app->loop, signals[i],
			signal_handler, app);
	return err;
}


/* ---- the state directory ---- */

/* `help` and `version` work wherever the program can be started. */
static bool needs_nothing(const struct app *app)
{
	const struct app_options *o = app->options;

	return o->front == APP_SHELL && cmd_needs_nothing(o->argc, o->argv);
}


static int open_state(struct app *app)
{
	const char *dir = app->options->state;
	char *why = NULL;
	int status;

	if (needs_nothing(app) || app->state)
		return EX_OK;
	if (app->demo)
		dir = app_demo_state(app->demo);
	status = app_state_open(&app->state, dir, &why);
	if (status)
		complain(why);
	mem_deref(why);
	return status;
}


static void notice_handler(enum log_level level, const char *text, void *arg)
{
	struct app *app = arg;

	if (app->core)
		core_say(app->core, level, "%s", text);
	else
		complain(text);
}


/* The demo's peers keep nothing: they end with the demo. */
static int open_store(struct app *app)
{
	struct tmrs *tmrs = loop_tmrs(app->loop);
	char *why = NULL;
	int status;

	if (!app->state || app->options->front == APP_BOT) {
		if (!store_memory_alloc(&app->store, tmrs, app->work))
			return EX_OK;
		complain("no store");
		return EX_OSERR;
	}
	status = app_state_store(&app->store, app->state, tmrs, app->work,
		notice_handler, app, &why);
	if (status)
		complain(why);
	mem_deref(why);
	return status;
}


/* ---- the front end ---- */

static int make_front(struct app *app)
{
	const struct app_fronts_config c = {
		.options = app->options,
		.loop = app->loop,
		.core = app->core,
		.quit = leave,
		.broken = broken,
		.arg = app,
	};
	int err = app_fronts_alloc(&app->front, &c);

	app->cmd = err ? NULL : app_fronts_cmd(app->front);
	return err;
}


/* ---- the core and what it stands on ---- */

static void log_sink(
	enum log_level level, const char *topic, const char *text, void *arg)
{
	struct app *app = arg;

	if (app->cmd)
		cmd_log(level, topic, text, app->cmd);
}


static int make_loop(struct app *app)
{
	int err = loop_alloc(&app->loop);

	if (err) {
		complain(strerror(err));
		return EX_OSERR;
	}
	app->work = work_alloc(app->loop);
	app->rand = rand_system();
	app->log = log_alloc(LOG_INFO, log_sink, app);
	return open_store(app);
}


static int make_core(struct app *app)
{
	const struct core_config c = {
		.tmrs = loop_tmrs(app->loop),
		.rand = app->rand,
		.log = app->log,
		.loop = app->loop,
		.work = app->work,
		.store = app->store,
	};
	int err = core_alloc(&app->core, &c);

	return err ? err : watch_signals(app);
}


static int open_trace(struct app *app)
{
	const char *file = app->options->trace;
	char *text;
	int err;

	if (!file)
		return EX_OK;
	err = app_trace_open(&app->trace, file, loop_tmrs(app->loop));
	if (!err) {
		cmd_trace(app->cmd, app_trace_write, app->trace);
		return EX_OK;
	}
	text = mem_printf("%s: %s", file, strerror(err));
	complain(text);
	mem_deref(text);
	return EX_OSERR;
}


/* ---- the configuration ---- */

/* The default file may be absent; one that was named may not. */
static int read_config(struct app *app)
{
	const char *path = app->options->config;
	char *found = NULL, *why = NULL;
	int status = EX_OK;

	if (app->demo)
		path = app_demo_config(app->demo);
	if (needs_nothing(app))
		path = NULL;
	else if (!path) {
		path = found = file_config_path();
		if (!path || access(path, F_OK) != 0)
			path = NULL;
	}
	cmd_set_config(app->cmd, path ? path : found);
	if (path && cmd_queue_alloc(&app->file_queue, app->cmd) == 0)
		status = cmd_file(app->file_queue, path, NULL, &why);
	if (status)
		complain(why ? why : "the configuration cannot be read");
	mem_deref(why);
	mem_deref(found);
	return status;
}


/* Other programs are let in; without them everything else still works. */
static void open_control(struct app *app)
{
	char *path = mem_printf("%s/control", app_state_dir(app->state));
	struct json_control_config c = {
		.loop = app->loop,
		.core = app->core,
		.cmd = app->cmd,
		.version = PACKAGE_VERSION,
		.path = path,
	};
	int err = json_control_alloc(&app->control, &c);

	if (err)
		core_say(app->core, LOG_ERROR, "%s: %s", path, strerror(err));
	mem_deref(path);
}


/* What is kept is known: a command finds the buddies of earlier runs. */
static void ready(void *arg)
{
	struct app *app = arg;

	if (app->leaving)
		return;
	app_fronts_ready(app->front);
	if (app->options->front != APP_SHELL && app->options->front != APP_BOT)
		open_control(app);
}


/* Everything up to the first turn of the loop. */
static void begin(struct app *app)
{
	int status = read_config(app);

	if (status) {
		leave(status, app);
		return;
	}
	core_options_read(app->core);
	if (app->demo)
		app_demo_people(app->demo, app->core);
	core_when_read(app->core, ready, app);
}


static void demo_ready(int err, void *arg)
{
	struct app *app = arg;

	if (err) {
		complain("the demo's peers did not start");
		leave(EX_OSERR, app);
		return;
	}
	if (app->options->front == APP_LINE)
		app_demo_visit(app->demo);
	begin(app);
}


static int start(struct app *app)
{
	int status, err;

	status = open_state(app);
	if (!status)
		status = make_loop(app);
	if (status)
		return status;
	err = make_core(app);
	if (!err)
		err = make_front(app);
	if (err) {
		complain(strerror(err));
		return EX_OSERR;
	}
	cmd_set_account(app->cmd, app->options->account);
	status = open_trace(app);
	if (status)
		return status;
	if (!app->demo) {
		begin(app);
		return EX_OK;
	}
	err = app_demo_start(app->demo, app->loop, demo_ready, app);
	if (err)
		complain(strerror(err));
	return err ? EX_OSERR : EX_OK;
}


/* Nothing is left but freeing: a signal now must not change the status. */
static void block_signals(void)
{
	sigset_t set;
	size_t i;

	(void)sigemptyset(&set);
	for (i = 0; i < N_SIGNALS; i++)
		(void)sigaddset(&set, signals[i]);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
}


/* What is still to be written; the status may come of it. */
static int flush(struct app *app, int status)
{
	int err = 0;

	if (app->front)
		err = app_fronts_flush(app->front, GOODBYE);
	if (app->control)
		json_control_flush(app->control);
	/* What broke earlier was told then. */
	if (err && !status && !app->broken)
		status = output_status(err);
	return status;
}


int app_run(const struct app_options *o)
{
	struct app app = {.options = o};
	char *why = NULL;
	int status = EX_OK;

	if (o->demo && app_demo_alloc(&app.demo, &why)) {
		complain(why ? why : "the demo cannot start");
		mem_deref(why);
		return EX_OSERR;
	}
	if (o->complete)
		return app_candidates(o);
	if (o->front == APP_SHELL && app_remote(o, &app.state, &status))
		return status;
	status = start(&app);
	if (!status)
		status = loop_run(app.loop);
	block_signals();
	status = flush(&app, status);
	app_release(&app);
	return status;
}
