/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.c - the JSON front end: commands in, events out, an object a line. */
#include <sysexits.h>
#include "json_front.h"
#include "json_int.h"
#include "mem.h"


enum {
	OUT_MAX = 64 * 1024 * 1024, /* unread */
};


struct json_front {
	struct json_front_config config;
	struct tmrs *tmrs;
	struct cmd *cmd;
	struct json_session *session;
	struct core_listener *listener;
	bool quitting;
};


static void front_destructor(void *data)
{
	struct json_front *f = data;

	mem_deref(f->listener);
	mem_deref(f->session);
	mem_deref(f->cmd);
}


static void stop(struct json_front *f)
{
	f->quitting = true;
	json_session_stop(f->session);
}


static void leave(struct json_front *f, int status)
{
	if (f->quitting)
		return;
	stop(f);
	f->config.quit(status, f->config.arg);
}


static void end_handler(void *arg)
{
	leave(arg, EX_OK);
}


static void broken_handler(int err, void *arg)
{
	struct json_front *f = arg;

	stop(f);
	f->config.broken(err, f->config.arg);
}


/* Who reads along has been told of a message by its event. */
static void event_handler(const struct core_event *e, void *arg)
{
	const struct json_front *f = arg;
	struct core_account *a;
	struct core_chat *c;

	if (e->kind != CORE_EVENT_MESSAGE)
		return;
	a = core_account_find(f->config.core, e->account);
	c = a ? core_chat_find(a, e->peer) : NULL;
	if (c)
		core_chat_told(c);
}


/* ---- the table of a front end ---- */

static void front_row_handler(const struct front_origin *origin,
	const struct front_row *row, void *arg)
{
	const struct json_front *f = arg;

	(void)origin;
	json_session_row(f->session, row);
}


/* Mistakes in files, which no line of input asked for. */
static void front_outcome_handler(
	const struct front_outcome *outcome, void *arg)
{
	const struct json_front *f = arg;
	struct json *json;

	if (!outcome->status || !outcome->text)
		return;
	json = json_event_begin("log", tmrs_wall(f->tmrs));
	json_put_str(json, "level", "error");
	json_put_str(json, "text", outcome->text);
	json_session_put(f->session, json);
}


static void quit_handler(int status, void *arg)
{
	leave(arg, status);
}


static const struct front front = {
	.name = "json",
	.row = front_row_handler,
	.outcome = front_outcome_handler,
	.quit = quit_handler,
};


/* ---- life ---- */

int json_front_alloc(
	struct json_front **fp, const struct json_front_config *config)
{
	struct json_front *f = mem_zalloc(sizeof(*f), front_destructor);
	struct cmd_config cc = {
		.core = config->core,
		.tmrs = loop_tmrs(config->loop),
		.front = &front,
		.front_arg = f,
		.version = config->version,
	};
	struct json_session_config sc = {
		.loop = config->loop,
		.core = config->core,
		.version = config->version,
		.in = config->in,
		.out = config->out,
		.out_max = OUT_MAX,
		.end = end_handler,
		.broken = broken_handler,
		.arg = f,
	};
	int err;

	f->config = *config;
	f->tmrs = loop_tmrs(config->loop);
	err = cmd_alloc(&f->cmd, &cc);
	sc.cmd = f->cmd;
	if (!err)
		err = json_session_alloc(&f->session, &sc);
	if (err) {
		mem_deref(f);
		return err;
	}
	core_listen(&f->listener, config->core, event_handler, f);
	*fp = f;
	return 0;
}


struct cmd *json_front_cmd(struct json_front *f)
{
	return f->cmd;
}


void json_front_ready(struct json_front *f)
{
	json_session_begin(f->session);
}


int json_front_flush(struct json_front *f, uint64_t limit)
{
	return json_session_flush(f->session, limit);
}
