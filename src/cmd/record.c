/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c - messages that the store has kept, as rows and in files. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cmd_int.h"
#include "date.h"
#include "json.h"
#include "mbuf.h"
#include "utf8.h"


static void put_date(struct json *json, const char *key, int64_t ms)
{
	char date[DATE_SIZE];

	if (!ms)
		return;
	date_rfc3339(date, ms);
	json_put_str(json, key, date);
}


void record_put_id(struct json *json, uint64_t id)
{
	char digits[STORE_ID_SIZE];

	(void)snprintf(digits, sizeof(digits), "%" PRIu64, id);
	json_put_str(json, "id", digits);
}


static void put_fields(struct json *row, const struct store_message *m)
{
	json_put_str(row, "account", m->account);
	json_put_str(row, "peer", m->peer);
	json_put_str(row, "direction", m->out ? "out" : "in");
	record_put_id(row, m->id);
	json_put_str(row, "text", m->text);
	json_put_str(row, "via", m->via);
	if (m->out)
		json_put_str(row, "state", store_state_name(m->state));
	json_put_str(row, "reason", m->reason);
	if (m->code)
		json_put_int(row, "code", m->code);
	if (m->stranger)
		json_put_bool(row, "stranger", true);
	put_date(row, "sent-at", m->sent_at);
}


struct json *record_json(const struct store_message *m, bool at)
{
	struct json *row = json_new_object();

	put_fields(row, m);
	if (at)
		put_date(row, "at", m->at);
	return row;
}


/* What became of an own one, in words (mem_deref). */
static char *state_mark(const struct store_message *m)
{
	char *reason, *mark;

	if (!m->out)
		return mem_strdup("");
	switch (m->state) {
	case STORE_QUEUED:
		return mem_strdup(" (queued)");
	case STORE_SENT:
		return mem_strdup(" (sent, no answer yet)");
	case STORE_ACCEPTED:
		return mem_strdup(" (kept by the server)");
	case STORE_FAILED:
		break;
	default:
		return mem_strdup(" (delivered)");
	}
	reason = reply_line(m->reason);
	mark = mem_printf(
		" (failed%s%s)", reason ? ": " : "", reason ? reason : "");
	mem_deref(reason);
	return mark;
}


/* STAMP, who to whom, what, and what became of it. */
static char *line_of(const struct store_message *m, const char *stamp,
	const char *name, const char *between, bool with)
{
	char *who = reply_line(name), *text = reply_text(m->text);
	char *mark = state_mark(m), *line;

	if (!m->out)
		line = mem_printf("%s %s%s %s", stamp, who, between, text);
	else if (with)
		line = mem_printf(
			"%s me to %s%s %s%s", stamp, who, between, text, mark);
	else
		line = mem_printf("%s me%s %s%s", stamp, between, text, mark);
	mem_deref(mark);
	mem_deref(text);
	mem_deref(who);
	return line;
}


char *record_text(
	const struct store_message *m, const char *name, int64_t now, bool with)
{
	char stamp[DATE_SIZE], today[DATE_SIZE];

	date_stamp(stamp, m->at);
	date_stamp(today, now);
	if (!strncmp(stamp, today, sizeof("2026-11-03") - 1))
		date_clock(stamp, m->at);
	return line_of(m, stamp, name, "", with);
}


void record_format_json(
	struct mbuf *mb, const struct store_message *m, const char *name)
{
	struct json *row = json_new_object();

	(void)name;
	json_put_str(row, "event", "message");
	put_date(row, "time", m->at);
	put_fields(row, m);
	(void)json_encode(mb, row);
	(void)mbuf_write_u8(mb, '\n');
	json_drop(row);
}


void record_format_text(
	struct mbuf *mb, const struct store_message *m, const char *name)
{
	char stamp[DATE_SIZE], *line;

	date_stamp(stamp, m->at);
	line = line_of(m, stamp, name, ":", true);
	(void)mbuf_write_str(mb, line);
	(void)mbuf_write_u8(mb, '\n');
	mem_deref(line);
}


char *record_name(const struct cmd *cmd, const struct store_message *m)
{
	struct core_account *a = core_account_find(cmd->core, m->account);
	struct pl user = pl_str(m->peer);

	if (a)
		return mem_strdup(core_peer_name(a, m->peer));
	/* Of an account that is gone nothing but the address is known. */
	return pl_strdup(&user);
}


size_t record_count(const struct cmd_call *call)
{
	const char *typed = args_get(call->args, "-n");
	struct pl pl = pl_str(typed);
	uint64_t n = RECORD_PAGE;

	if (typed)
		(void)pl_u64(&pl, &n);
	return n < RECORD_PAGE_MAX ? (size_t)n : RECORD_PAGE_MAX;
}


uint64_t record_id(const struct cmd_call *call, const char *item)
{
	const char *typed = args_get(call->args, item);
	struct pl pl = pl_str(typed);
	uint64_t id = 0;

	if (typed)
		(void)pl_u64(&pl, &id);
	return id;
}


void record_failed(struct cmd_call *call, int err)
{
	if (err == ENOTSUP)
		reply_done(call, EX_UNAVAILABLE, T_NO_HISTORY);
	else
		reply_done(call, EX_IOERR, T_STORE_FAILED, strerror(err));
}
