/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reply.c - what a command says: rows and one outcome. */
#include <stdio.h>
#include "cmd_int.h"
#include "json.h"
#include "mbuf.h"
#include "utf8.h"


/* A printf()ed string, or NULL for no format. */
static char *print(const char *fmt, va_list ap)
	__attribute__((format(printf, 1, 0)));

static char *print(const char *fmt, va_list ap)
{
	struct mbuf *mb;
	char *s;

	if (!fmt)
		return NULL;
	mb = mbuf_alloc(SIZE_MAX);
	mbuf_vprintf(mb, fmt, ap);
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


char *reply_line(const char *text)
{
	struct pl pl = pl_str(text);

	return text ? utf8_clean_dup(&pl, UTF8_NAME) : NULL;
}


char *reply_text(const char *text)
{
	struct pl rest = pl_str(text), line;
	char *clean = utf8_clean_dup(&rest, UTF8_BODY), *indented;
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	bool more;

	rest = pl_str(clean);
	do {
		more = pl_split(&rest, '\n', &line);
		(void)mbuf_write_pl(mb, &line);
		if (more)
			(void)mbuf_write_str(mb, "\n      ");
	} while (more);
	indented = mbuf_strdup(mb);
	mem_deref(mb);
	mem_deref(clean);
	return indented;
}


/* Keeps OBJECT as (part of) the result. */
static void keep(struct cmd_call *call, struct json *object)
{
	if (!(call->entry->needs & CMD_LIST)) {
		json_drop(call->result);
		call->result = json_ref(object);
		return;
	}
	if (!call->result)
		call->result = json_new_array();
	json_append(call->result, json_ref(object));
}


/* Takes OBJECT and TEXT over. */
static void tell_row(struct cmd_call *call, struct json *object, char *text)
{
	struct front_row row = {.object = object, .text = text};

	if (!call->done) {
		keep(call, object);
		queue_told(call, &row);
	}
	json_drop(object);
	mem_deref(text);
}


void reply_row(struct cmd_call *call, struct json *object, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = print(fmt, ap);
	va_end(ap);
	tell_row(call, object, reply_line(text));
	mem_deref(text);
}


void reply_lines(
	struct cmd_call *call, struct json *object, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = print(fmt, ap);
	va_end(ap);
	tell_row(call, object, text);
}


void reply_event(struct cmd_call *call, const char *event, struct json *object,
	const char *fmt, ...)
{
	struct front_row row = {.event = event, .object = object};
	va_list ap;
	char *text, *line;

	va_start(ap, fmt);
	text = print(fmt, ap);
	va_end(ap);
	row.text = line = reply_line(text);
	if (!call->done)
		queue_told(call, &row);
	json_drop(object);
	mem_deref(line);
	mem_deref(text);
}


void reply_done(struct cmd_call *call, int status, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = print(fmt, ap);
	va_end(ap);
	reply_why(call, status, text);
}


const char *reply_slash(const struct cmd_call *call)
{
	return call->cmd->front->interactive && call->origin.from != FRONT_JSON
		? "/"
		: "";
}


struct cmd_call *reply_owe(struct cmd_call *call)
{
	call->owed++;
	return mem_ref(call);
}


void reply_paid(struct cmd_call *call)
{
	call->owed--;
	mem_deref(call);
}


static void kept_h(const struct core_outcome *outcome, void *arg)
{
	struct cmd_call *call = arg;

	queue_done(call, outcome->status,
		outcome->status ? outcome->text : call->note);
	reply_paid(call);
}


/* What it changed has to be kept before it is said to be done. True: that is
 * waited for. Takes over WHY then. */
static bool await_kept(struct cmd_call *call, char *why)
{
	struct core *core = call->cmd ? call->cmd->core : NULL;

	if (call->done || call->note || !core)
		return false;
	if (!core_saved_await(core, call->mark, kept_h, reply_owe(call))) {
		reply_paid(call);
		return false;
	}
	call->note = why;
	return true;
}


void reply_why(struct cmd_call *call, int status, char *why)
{
	if (!status && !call->result && !call->in_pane &&
		(call->entry->needs & CMD_LIST))
		call->result = json_new_array();
	if (!status && await_kept(call, why))
		return;
	queue_done(call, status, why);
	mem_deref(why);
}


void reply_core(const struct core_outcome *outcome, void *arg)
{
	struct cmd_call *call = arg;

	reply_why(call, outcome->status, mem_strdup(outcome->text));
	reply_paid(call);
}
