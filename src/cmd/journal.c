/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.c - what `log` and `trace show` give back, and who looks on. */
#include "cmd_int.h"


struct cmd_tap {
	struct le le;
	cmd_log_line_h *log;
	cmd_sip_h *sip;
	void *arg;
};


static void log_destructor(void *data)
{
	struct log_record *r = data;

	list_unlink(&r->le);
	mem_deref(r->topic);
	mem_deref(r->text);
}


static void sip_destructor(void *data)
{
	struct sip_record *r = data;

	list_unlink(&r->le);
	mem_deref(r->sip.path);
	mem_deref(r->sip.peer);
	mem_deref(r->sip.key);
	mem_deref(r->sip.text_buf);
}


static void tap_destructor(void *data)
{
	struct cmd_tap *tap = data;

	list_unlink(&tap->le);
}


/* ---- log ------------------------------------------------------------ */


static void tell_line(const struct cmd_tap *tap, const struct log_record *r)
{
	const struct cmd_log_line line = {
		.at = r->at,
		.level = r->level,
		.topic = r->topic,
		.text = r->text,
	};

	tap->log(&line, tap->arg);
}


void cmd_log(
	enum log_level level, const char *topic, const char *text, void *arg)
{
	struct cmd *cmd = arg;
	struct log_record *r = mem_zalloc(sizeof(*r), log_destructor);
	struct le *le, *next;

	r->at = tmrs_wall(cmd->tmrs);
	r->level = level;
	r->topic = mem_strdup(topic);
	r->text = mem_strdup(text);
	list_append(&cmd->logs, &r->le, r);
	if (cmd->logs.count > LOG_LINES_MAX)
		mem_deref(cmd->logs.head->data);
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


/* Somebody may still look at what is given up: it leaves the list at once. */
static void drop_oldest(struct cmd *cmd)
{
	struct sip_record *r = cmd->traces.head->data;

	cmd->trace_bytes -= r->sip.text.l + TRACE_COST;
	list_unlink(&r->le);
	mem_deref(r);
}


static void keep_message(struct cmd *cmd, bool sent, const char *transport,
	const char *local, const char *peer, const struct pl *text)
{
	struct sip_record *r = mem_zalloc(sizeof(*r), sip_destructor);
	struct cmd_sip *sip = &r->sip;
	struct le *le, *next;

	sip->n = ++cmd->trace_n;
	sip->at = tmrs_wall(cmd->tmrs);
	sip->sent = sent;
	sip->path = mem_printf(
		"%s %s %s %s", transport, local, sent ? "->" : "<-", peer);
	sip->peer = mem_printf("%s %s", transport, peer);
	sip->key = dialect_trace_key(sent, text);
	sip->text_buf = mem_strndup(text->p, text->l);
	sip->text = pl_make(sip->text_buf, text->l);
	list_append(&cmd->traces, &r->le, r);
	cmd->trace_bytes += text->l + TRACE_COST;
	while (cmd->traces.count > 1 &&
		(cmd->traces.count > TRACE_MAX ||
			cmd->trace_bytes > TRACE_BYTES_MAX))
		drop_oldest(cmd);
	LIST_FOREACH (&cmd->trace_taps, le, next) {
		const struct cmd_tap *tap = le->data;

		tap->sip(sip, tap->arg);
	}
}


static void hear_trace(bool sent, const char *transport, const char *local,
	const char *peer, const struct pl *text, void *arg)
{
	struct cmd *cmd = arg;

	if (cmd->tracing)
		keep_message(cmd, sent, transport, local, peer, text);
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


bool cmd_trace_state(const struct cmd *cmd, uint64_t *first)
{
	*first = cmd->trace_n - cmd->traces.count + 1;
	return cmd->tracing;
}


void cmd_trace_tap(
	struct cmd_tap **tp, struct cmd *cmd, cmd_sip_h *h, void *arg)
{
	struct cmd_tap *tap = mem_zalloc(sizeof(*tap), tap_destructor);
	struct le *le, *next;

	tap->sip = h;
	tap->arg = arg;
	*tp = tap;
	LIST_FOREACH (&cmd->traces, le, next) {
		const struct sip_record *r = le->data;

		h(&r->sip, arg);
	}
	list_append(&cmd->trace_taps, &tap->le, tap);
}


void journal_clear(struct cmd *cmd)
{
	list_flush(&cmd->logs);
	while (cmd->traces.head)
		drop_oldest(cmd);
	list_clear(&cmd->log_taps);
	list_clear(&cmd->trace_taps);
}
