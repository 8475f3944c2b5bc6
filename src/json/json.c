/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.c - the JSON front end: commands in, events out, an object a line. */
#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>
#include "json_front.h"
#include "json_int.h"
#include "list.h"
#include "mbuf.h"
#include "mem.h"
#include "writer.h"


enum {
	READ_SIZE = 64 * 1024,
	OUT_MAX = 64 * 1024 * 1024, /* unread */
};


struct json_front {
	struct json_front_config config;
	struct tmrs *tmrs;
	struct cmd *cmd;
	struct cmd_queue *queue;
	struct core_listener *listener;
	struct loop_fd *in;
	struct writer *out;
	struct mbuf *line; /* what was read and is no whole line yet */
	struct mbuf *encoded; /* an object on its way out */
	struct list waiting; /* requests whose reply is owed */
	struct json *early; /* what came before `ready`; then NULL */
	bool skipping; /* the rest of a line over all bounds */
	bool eof;
	bool quitting;
};

/* A line under way, and whom to tell. */
struct request {
	struct le le;
	struct json_front *f;
	struct json *id;
};


static void front_destructor(void *data)
{
	struct json_front *f = data;

	mem_deref(f->listener);
	mem_deref(f->in);
	mem_deref(f->out);
	mem_deref(f->queue);
	mem_deref(f->cmd);
	mem_deref(f->line);
	mem_deref(f->encoded);
	json_drop(f->early);
	list_flush(&f->waiting);
}


static void request_destructor(void *data)
{
	struct request *r = data;

	list_unlink(&r->le);
	json_drop(r->id);
}


/* ---- output ---- */

static void stop(struct json_front *f)
{
	f->quitting = true;
	f->in = mem_deref(f->in);
}


static void leave(struct json_front *f, int status)
{
	if (f->quitting)
		return;
	stop(f);
	f->config.quit(status, f->config.arg);
}


static void broken_handler(int err, void *arg)
{
	struct json_front *f = arg;

	stop(f);
	f->config.broken(err, f->config.arg);
}


/* Takes JSON over. A line goes whole or not at all. `ready` is the first. */
static void put_line(struct json_front *f, struct json *json)
{
	struct pl line;

	if (f->early) {
		json_append(f->early, json);
		return;
	}
	mbuf_reset(f->encoded);
	(void)json_encode(f->encoded, json);
	(void)mbuf_write_u8(f->encoded, '\n');
	line = mbuf_all(f->encoded);
	if (!mbuf_err(f->encoded))
		writer_put(f->out, line.p, line.l);
	json_drop(json);
}


static int64_t now(const struct json_front *f)
{
	return tmrs_wall(f->tmrs);
}


static void event_handler(const struct core_event *event, void *arg)
{
	put_line(arg, json_event_of(event));
}


static void copy_member(const char *key, const struct json *value, void *arg)
{
	json_put(arg, key, json_ref((struct json *)(uintptr_t)value));
}


static void row_event(struct json_front *f, const struct front_row *row)
{
	struct json *json;

	if (!row->event)
		return;
	json = json_event_begin(row->event, now(f));
	json_each(row->object, copy_member, json);
	put_line(f, json);
}


/* ---- the table of a front end ---- */

static void front_row_handler(const struct front_origin *origin,
	const struct front_row *row, void *arg)
{
	(void)origin;
	row_event(arg, row);
}


/* Mistakes in files, which no line of input asked for. */
static void front_outcome_handler(
	const struct front_outcome *outcome, void *arg)
{
	struct json_front *f = arg;
	struct json *json;

	if (!outcome->status || !outcome->text)
		return;
	json = json_event_begin("log", now(f));
	json_put_str(json, "level", "error");
	json_put_str(json, "text", outcome->text);
	put_line(f, json);
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


/* ---- lines of input ---- */

static void check_end(struct json_front *f)
{
	if (f->eof && list_isempty(&f->waiting))
		leave(f, EX_OK);
}


static void request_row(const struct front_row *row, void *arg)
{
	const struct request *r = arg;

	row_event(r->f, row);
}


static void put_result(struct json *json, const struct front_outcome *o)
{
	json_put_bool(json, "ok", !o->status);
	if (o->result)
		json_put(json, "result",
			json_ref((struct json *)(uintptr_t)o->result));
	if (o->status)
		json_put_str(json, "error",
			o->text ? o->text : "the command failed");
	else if (!o->result && o->text)
		json_put_str(json, "result", o->text);
	json_put_int(json, "status", o->status);
}


static void reply(struct json_front *f, struct json *id,
	const struct front_outcome *outcome)
{
	struct json *json = json_event_begin("reply", now(f));

	json_put(json, "id", id ? json_ref(id) : json_new_null());
	put_result(json, outcome);
	put_line(f, json);
}


static void request_done(const struct front_outcome *outcome, void *arg)
{
	struct request *r = arg;
	struct json_front *f = r->f;

	reply(f, r->id, outcome);
	mem_deref(r);
	check_end(f);
}


static void refuse(struct json_front *f, struct json *id, const char *why)
{
	struct front_outcome o = {.status = EX_USAGE, .text = why};

	reply(f, id, &o);
}


static struct cmd_sink sink_for(struct json_front *f, struct json *id)
{
	struct request *r = mem_zalloc(sizeof(*r), request_destructor);
	struct cmd_sink sink = {
		.row = request_row, .done = request_done, .arg = r};

	r->f = f;
	r->id = json_ref(id);
	list_append(&f->waiting, &r->le, r);
	return sink;
}


/* {"id":..., "command":[...]} */
static void object_line(struct json_front *f, const struct json *json)
{
	static const struct front_origin origin = {.from = FRONT_JSON};
	struct json *id = json_get(json, "id");
	struct json *command = json_get(json, "command");
	size_t n = json_len(command), i;
	const char *argv[CMD_WORDS_MAX];
	struct cmd_sink sink;

	if (!json_is_array(command) || !n || n > CMD_WORDS_MAX) {
		refuse(f, id, "\"command\" must be an array of strings");
		return;
	}
	for (i = 0; i < n; i++) {
		argv[i] = json_text(json_at(command, i));
		if (!argv[i]) {
			refuse(f, id, "\"command\" must hold strings only");
			return;
		}
	}
	sink = sink_for(f, id);
	cmd_words(f->queue, n, argv, 0, &origin, &sink);
}


static void text_line(struct json_front *f, const struct pl *pl)
{
	static const struct front_origin origin = {.from = FRONT_JSON};
	char *text = mem_secret_strndup(pl->p, pl->l);
	struct cmd_sink sink = sink_for(f, NULL);

	cmd_line(f->queue, text, &origin, &sink);
	mem_deref(text);
}


static void input_line(struct json_front *f, const struct pl *raw)
{
	struct pl pl = pl_trim(raw);
	struct json *json;
	char *why = NULL;

	if (!pl.l)
		return;
	if (pl_chr(&pl, '\0')) {
		refuse(f, NULL, "a NUL byte in the line");
	} else if (pl.p[0] != '{') {
		text_line(f, &pl);
	} else if (json_decode(&json, &pl, &why)) {
		refuse(f, NULL, why ? why : "no JSON object");
		mem_deref(why);
	} else {
		object_line(f, json);
		json_drop(json);
	}
}


/* Runs the whole lines of what was read; handlers may end the front. */
static void run_lines(struct json_front *f)
{
	struct pl left;
	const char *nl;

	while (!f->quitting) {
		left = mbuf_left(f->line);
		nl = pl_chr(&left, '\n');
		if (!nl)
			break;
		left.l = (size_t)(nl - left.p);
		if (!f->skipping)
			input_line(f, &left);
		f->skipping = false;
		mem_wipe((void *)(uintptr_t)left.p, left.l);
		f->line->pos += left.l + 1;
	}
	mbuf_shift(f->line);
}


static void end_of_input(struct json_front *f)
{
	struct pl left = mbuf_left(f->line);

	f->in = mem_deref(f->in);
	f->eof = true;
	if (left.l && !f->skipping)
		input_line(f, &left);
	check_end(f);
}


static void in_handler(int events, void *arg)
{
	struct json_front *f = mem_ref(arg);
	ssize_t n;

	(void)events;
	if (mbuf_reserve(f->line, READ_SIZE)) {
		if (!f->skipping)
			refuse(f, NULL, "the line is too long");
		f->skipping = true;
		mbuf_reset(f->line);
		(void)mbuf_reserve(f->line, READ_SIZE);
	}
	n = read(f->config.in, f->line->buf + f->line->end, READ_SIZE);
	if (n > 0) {
		f->line->end += (size_t)n;
		run_lines(f);
	} else if (n == 0 ||
		(errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
		end_of_input(f);
	}
	mem_deref(f);
}


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
	int err;

	f->config = *config;
	f->tmrs = loop_tmrs(config->loop);
	f->line = mbuf_alloc(CMD_LINE_MAX + READ_SIZE);
	f->encoded = mbuf_alloc(OUT_MAX);
	f->early = json_new_array();
	err = writer_alloc(
		&f->out, config->loop, config->out, OUT_MAX, broken_handler, f);
	if (!err)
		err = cmd_alloc(&f->cmd, &cc);
	if (!err)
		err = cmd_queue_alloc(&f->queue, f->cmd);
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
	struct json *json = json_event_begin("ready", now(f));
	struct json *early = f->early;
	size_t i;

	f->early = NULL;
	json_put_str(json, "version", f->config.version);
	put_line(f, json);
	for (i = 0; i < json_len(early); i++)
		put_line(f,
			json_ref((struct json *)(uintptr_t)json_at(early, i)));
	json_drop(early);
	if (loop_fd_alloc(&f->in, f->config.loop, f->config.in, LOOP_READ,
		    in_handler, f))
		end_of_input(f);
}


int json_front_flush(struct json_front *f, uint64_t limit)
{
	return writer_flush(f->out, limit);
}
