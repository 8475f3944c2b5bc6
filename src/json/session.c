/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.c - one who speaks the protocol: lines in, objects out. */
#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>
#include "json_int.h"
#include "list.h"
#include "mbuf.h"
#include "mem.h"
#include "writer.h"


enum {
	READ_SIZE = 64 * 1024,
	LIMIT_MAX = 1000000000, /* ms of a request's limit */
};


struct json_session {
	struct json_session_config config;
	struct tmrs *tmrs;
	struct cmd_queue *queue;
	struct core_listener *listener;
	struct loop_fd *in;
	struct writer *out;
	struct mbuf *line; /* what was read and is no whole line yet */
	struct mbuf *encoded; /* an object on its way out */
	struct list waiting; /* requests whose reply is owed */
	struct mbuf *early; /* lines from before `ready`; then NULL */
	bool skipping; /* the rest of a line over all bounds */
	bool eof;
	bool stopped;
};

/* A line under way, and whom to tell. */
struct request {
	struct le le;
	struct json_session *s;
	struct json *id;
	bool text; /* rows and outcome as text for people */
};


static void session_destructor(void *data)
{
	struct json_session *s = data;

	mem_deref(s->listener);
	mem_deref(s->in);
	mem_deref(s->out);
	mem_deref(s->queue);
	mem_deref(s->config.cmd);
	mem_deref(s->line);
	mem_deref(s->encoded);
	mem_deref(s->early);
	list_flush(&s->waiting);
}


static void request_destructor(void *data)
{
	struct request *r = data;

	list_unlink(&r->le);
	json_drop(r->id);
}


/* ---- output ---- */

/* A line goes whole or not at all. `ready` is the first. */
void json_session_put(struct json_session *s, struct json *json)
{
	struct pl line;

	mbuf_reset(s->encoded);
	(void)json_encode(s->encoded, json);
	(void)mbuf_write_u8(s->encoded, '\n');
	line = mbuf_all(s->encoded);
	if (mbuf_err(s->encoded))
		line.l = 0;
	if (s->early)
		(void)mbuf_write_pl(s->early, &line);
	else if (line.l)
		writer_put(s->out, line.p, line.l);
	json_drop(json);
}


static int64_t now(const struct json_session *s)
{
	return tmrs_wall(s->tmrs);
}


static void event_handler(const struct core_event *event, void *arg)
{
	json_session_put(arg, json_event_of(event));
}


static void copy_member(const char *key, const struct json *value, void *arg)
{
	json_put(arg, key, json_ref((struct json *)(uintptr_t)value));
}


void json_session_row(struct json_session *s, const struct front_row *row)
{
	struct json *json;

	if (!row->event)
		return;
	json = json_event_begin(row->event, now(s));
	json_each(row->object, copy_member, json);
	json_session_put(s, json);
}


/* ---- lines of input ---- */

static void check_end(struct json_session *s)
{
	if (s->eof && !s->stopped && list_isempty(&s->waiting))
		s->config.end(s->config.arg);
}


static struct json *row_text(const struct request *r, const char *text)
{
	struct json *json = json_event_begin("row", now(r->s));

	json_put(json, "id", r->id ? json_ref(r->id) : json_new_null());
	json_put_str(json, "text", text);
	return json;
}


static void request_row(const struct front_row *row, void *arg)
{
	const struct request *r = arg;

	if (!r->text)
		json_session_row(r->s, row);
	else if (row->text)
		json_session_put(r->s, row_text(r, row->text));
}


static void put_result(
	struct json *json, const struct front_outcome *o, bool text)
{
	json_put_bool(json, "ok", !o->status);
	if (o->result && !text)
		json_put(json, "result",
			json_ref((struct json *)(uintptr_t)o->result));
	if (o->status)
		json_put_str(json, "error",
			o->text ? o->text : "the command failed");
	else if (text)
		json_put_str(json, "text", o->text);
	else if (!o->result && o->text)
		json_put_str(json, "result", o->text);
	json_put_int(json, "status", o->status);
}


static void reply(struct json_session *s, struct json *id, bool text,
	const struct front_outcome *outcome)
{
	struct json *json = json_event_begin("reply", now(s));

	json_put(json, "id", id ? json_ref(id) : json_new_null());
	put_result(json, outcome, text);
	json_session_put(s, json);
}


static void request_done(const struct front_outcome *outcome, void *arg)
{
	struct request *r = arg;
	struct json_session *s = r->s;

	reply(s, r->id, r->text, outcome);
	mem_deref(r);
	check_end(s);
}


static void refuse(struct json_session *s, struct json *id, const char *why)
{
	struct front_outcome o = {.status = EX_USAGE, .text = why};

	reply(s, id, false, &o);
}


static struct cmd_sink sink_for(
	struct json_session *s, struct json *id, bool text)
{
	struct request *r = mem_zalloc(sizeof(*r), request_destructor);
	struct cmd_sink sink = {
		.row = request_row, .done = request_done, .arg = r};

	r->s = s;
	r->id = json_ref(id);
	r->text = text;
	list_append(&s->waiting, &r->le, r);
	return sink;
}


/* The fields beside the command; NULL or what is wrong with them. */
static const char *read_fields(
	const struct json *json, struct front_origin *origin, int64_t *limit)
{
	struct json *account = json_get(json, "account");
	struct json *ms = json_get(json, "limit");

	if (ms && (!json_int(ms, limit) || *limit < 0 || *limit > LIMIT_MAX))
		return "\"limit\" must be a number of milliseconds";
	origin->account = json_text(account);
	if (account && !origin->account)
		return "\"account\" must be a string";
	return NULL;
}


/* {"id":..., "command":[...], "account":..., "limit":..., "text":...} */
static void object_line(struct json_session *s, const struct json *json)
{
	struct front_origin origin = {.from = FRONT_JSON};
	struct json *id = json_get(json, "id");
	struct json *command = json_get(json, "command");
	size_t n = json_len(command), i;
	const char *argv[CMD_WORDS_MAX], *why;
	struct cmd_sink sink;
	int64_t limit = 0;

	if (!json_is_array(command) || !n || n > CMD_WORDS_MAX) {
		refuse(s, id, "\"command\" must be an array of strings");
		return;
	}
	for (i = 0; i < n; i++) {
		argv[i] = json_text(json_at(command, i));
		if (!argv[i]) {
			refuse(s, id, "\"command\" must hold strings only");
			return;
		}
	}
	why = read_fields(json, &origin, &limit);
	if (why) {
		refuse(s, id, why);
		return;
	}
	sink = sink_for(s, id, json_bool(json_get(json, "text")));
	cmd_words(s->queue, n, argv, (uint64_t)limit, &origin, &sink);
}


static void text_line(struct json_session *s, const struct pl *pl)
{
	static const struct front_origin origin = {.from = FRONT_JSON};
	char *text = mem_secret_strndup(pl->p, pl->l);
	struct cmd_sink sink = sink_for(s, NULL, false);

	cmd_line(s->queue, text, &origin, &sink);
	mem_deref(text);
}


static void input_line(struct json_session *s, const struct pl *raw)
{
	struct pl pl = pl_trim(raw);
	struct json *json;
	char *why = NULL;

	if (!pl.l)
		return;
	if (pl_chr(&pl, '\0')) {
		refuse(s, NULL, "a NUL byte in the line");
	} else if (pl.p[0] != '{') {
		text_line(s, &pl);
	} else if (json_decode(&json, &pl, &why)) {
		refuse(s, NULL, why ? why : "no JSON object");
		mem_deref(why);
	} else {
		object_line(s, json);
		json_drop(json);
	}
}


/* Runs the whole lines of what was read; handlers may end the session. */
static void run_lines(struct json_session *s)
{
	struct pl left;
	const char *nl;

	while (!s->stopped) {
		left = mbuf_left(s->line);
		nl = pl_chr(&left, '\n');
		if (!nl)
			break;
		left.l = (size_t)(nl - left.p);
		if (!s->skipping)
			input_line(s, &left);
		s->skipping = false;
		mem_wipe((void *)(uintptr_t)left.p, left.l);
		s->line->pos += left.l + 1;
	}
	mbuf_shift(s->line);
}


static void end_of_input(struct json_session *s)
{
	struct pl left = mbuf_left(s->line);

	s->in = mem_deref(s->in);
	s->eof = true;
	if (left.l && !s->skipping)
		input_line(s, &left);
	check_end(s);
}


static void in_handler(int events, void *arg)
{
	struct json_session *s = mem_ref(arg);
	ssize_t n;

	(void)events;
	if (mbuf_reserve(s->line, READ_SIZE)) {
		if (!s->skipping)
			refuse(s, NULL, "the line is too long");
		s->skipping = true;
		mbuf_reset(s->line);
		(void)mbuf_reserve(s->line, READ_SIZE);
	}
	n = read(s->config.in, s->line->buf + s->line->end, READ_SIZE);
	if (n > 0) {
		s->line->end += (size_t)n;
		run_lines(s);
	} else if (n == 0 ||
		(errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
		end_of_input(s);
	}
	mem_deref(s);
}


/* ---- life ---- */

int json_session_alloc(
	struct json_session **sp, const struct json_session_config *config)
{
	struct json_session *s = mem_zalloc(sizeof(*s), session_destructor);
	int err;

	s->config = *config;
	s->config.cmd = mem_ref(config->cmd);
	s->tmrs = loop_tmrs(config->loop);
	s->line = mbuf_alloc(CMD_LINE_MAX + READ_SIZE);
	s->encoded = mbuf_alloc(config->out_max);
	s->early = mbuf_alloc(config->out_max);
	err = writer_alloc(&s->out, config->loop, config->out, config->out_max,
		config->broken, config->arg);
	if (!err)
		err = cmd_queue_alloc(&s->queue, config->cmd);
	if (err) {
		mem_deref(s);
		return err;
	}
	if (config->apart)
		cmd_queue_apart(s->queue);
	core_listen(&s->listener, config->core, event_handler, s);
	*sp = s;
	return 0;
}


void json_session_begin(struct json_session *s)
{
	struct json *json = json_event_begin("ready", now(s));
	struct mbuf *early = s->early;
	struct pl lines = mbuf_all(early);

	s->early = NULL;
	json_put_str(json, "version", s->config.version);
	json_session_put(s, json);
	if (lines.l)
		writer_put(s->out, lines.p, lines.l);
	mem_deref(early);
	if (loop_fd_alloc(&s->in, s->config.loop, s->config.in, LOOP_READ,
		    in_handler, s))
		end_of_input(s);
}


void json_session_stop(struct json_session *s)
{
	s->stopped = true;
	s->in = mem_deref(s->in);
}


void json_session_finish(struct json_session *s)
{
	json_session_stop(s);
	writer_finish(s->out);
}


bool json_session_ended(const struct json_session *s)
{
	return s->eof;
}


int json_session_flush(struct json_session *s, uint64_t limit)
{
	return writer_flush(s->out, limit);
}
