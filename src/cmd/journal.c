/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.c - what `log` and `trace show` give back, and who looks on. */
#include "cmd_int.h"


struct cmd_tap {
	struct le le;
	cmd_log_line_h *log;
	void *arg;
};


static void record_destructor(void *data)
{
	struct record *r = data;

	list_unlink(&r->le);
	mem_deref(r->from);
	mem_deref(r->text);
}


static void tap_destructor(void *data)
{
	struct cmd_tap *tap = data;

	list_unlink(&tap->le);
}


/* A new record at the end of LIST, which keeps the newest MAX. */
static struct record *record_add(struct list *list, size_t max, int64_t at)
{
	struct record *r = mem_zalloc(sizeof(*r), record_destructor);

	r->at = at;
	list_append(list, &r->le, r);
	if (list->count > max)
		mem_deref(list->head->data);
	return r;
}


/* ---- log ------------------------------------------------------------ */


static void tell_line(const struct cmd_tap *tap, const struct record *r)
{
	const struct cmd_log_line line = {
		.at = r->at,
		.level = r->level,
		.topic = r->from,
		.text = r->text,
	};

	tap->log(&line, tap->arg);
}


void cmd_log(
	enum log_level level, const char *topic, const char *text, void *arg)
{
	struct cmd *cmd = arg;
	struct record *r =
		record_add(&cmd->logs, LOG_LINES_MAX, tmrs_wall(cmd->tmrs));
	struct le *le, *next;

	r->level = level;
	r->from = mem_strdup(topic);
	r->text = mem_strdup(text);
	LIST_FOREACH (&cmd->log_taps, le, next)
		tell_line(le->data, r);
}


void cmd_log_tap(
	struct cmd_tap **tp, struct cmd *cmd, cmd_log_line_h *h, void *arg)
{
	struct cmd_tap *tap = mem_zalloc(sizeof(*tap), tap_destructor);
	struct le *le, *next;

	tap->log = h;
	tap->arg = arg;
	*tp = tap;
	LIST_FOREACH (&cmd->logs, le, next)
		tell_line(tap, le->data);
	list_append(&cmd->log_taps, &tap->le, tap);
}


/* ---- trace ---------------------------------------------------------- */


static void hear_trace(bool sent, const char *transport, const char *local,
	const char *peer, const struct pl *text, void *arg)
{
	struct cmd *cmd = arg;
	struct record *r;

	if (cmd->tracing) {
		r = record_add(
			&cmd->traces, TRACE_LINES_MAX, tmrs_wall(cmd->tmrs));
		r->sent = sent;
		r->from = mem_printf("%s %s %s %s", transport, local,
			sent ? "->" : "<-", peer);
		r->text = pl_strdup(text);
	}
	if (cmd->trace_h)
		cmd->trace_h(
			sent, transport, local, peer, text, cmd->trace_arg);
}


static void update_trace(struct cmd *cmd)
{
	bool on = cmd->tracing || cmd->trace_h;

	core_trace(cmd->core, on ? hear_trace : NULL, on ? cmd : NULL);
}


void cmd_trace(struct cmd *cmd, dialect_trace_h *h, void *arg)
{
	cmd->trace_h = h;
	cmd->trace_arg = arg;
	update_trace(cmd);
}


void cmd_trace_on(struct cmd *cmd, bool on)
{
	cmd->tracing = on;
	update_trace(cmd);
}


void journal_clear(struct cmd *cmd)
{
	list_flush(&cmd->logs);
	list_flush(&cmd->traces);
	list_clear(&cmd->log_taps);
}
