/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_history.c - what was written: shown, written to a file, forgotten. */
#include <string.h>
#include "cmd_int.h"
#include "json.h"


/* Whose messages a command means. */
struct range {
	struct core_account *account; /* NULL: of every one */
	char *peer; /* NULL: with everybody */
	size_t n;
};


static void range_destructor(void *data)
{
	struct range *r = data;

	mem_deref(r->account);
	mem_deref(r->peer);
}


/* By B and -a; false: the call is answered. The call keeps it. */
static bool take_range(struct cmd_call *call, struct range **rp)
{
	const char *typed = args_get(call->args, "B");
	struct range *r = mem_zalloc(sizeof(*r), range_destructor);
	struct core_account *a = NULL;
	bool found = typed ? target_peer(call, typed, &a, &r->peer)
			   : target_account(call, NULL, &a);

	r->account = mem_ref(a);
	mem_deref(call->data);
	call->data = *rp = r;
	return found;
}


/* ---- history show --------------------------------------------------- */


static void tell_row(struct cmd_call *call, const struct store_message *m)
{
	const struct range *r = call->data;
	char *name = record_name(call->cmd, m);
	char *text = record_text(m, name, tmrs_wall(call->cmd->tmrs), !r->peer);

	reply_lines(call, record_json(m, true), "%s", text);
	mem_deref(text);
	mem_deref(name);
}


/* One more than shown was asked for: there are older ones then. */
static void shown_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct cmd_call *call = arg;
	const struct range *r = call->data;
	size_t i, skip = n > r->n ? n - r->n : 0;
	const char *typed = args_get(call->args, "B");
	char *b;

	if (err || call->done || !call->cmd) {
		if (err && !call->done)
			record_failed(call, err);
		reply_paid(call);
		return;
	}
	for (i = skip; i < n; i++)
		tell_row(call, &messages[i]);
	if (skip && r->n) {
		b = typed ? cmd_quote(typed) : mem_strdup("");
		reply_done(call, 0, T_OLDER, reply_slash(call), *b ? " " : "",
			b, (unsigned long long)messages[skip].id);
		mem_deref(b);
	} else {
		reply_done(call, 0, NULL);
	}
	reply_paid(call);
}


static void show_exec(struct cmd_call *call)
{
	struct range *r;

	if (!take_range(call, &r))
		return;
	r->n = record_count(call);
	core_history_page(call->cmd->core, r->account, r->peer,
		record_id(call, "--before"), r->n + 1, shown_h,
		reply_owe(call));
}


const struct cmd_entry cmd_history_show = {
	.name = "history show",
	.items = {{.name = "B", .kind = CMD_CHAT, .optional = true},
		{.flag = "-n", .name = "N", .kind = CMD_NUMBER},
		{.flag = "--before", .name = "ID", .kind = CMD_NUMBER}},
	.needs = CMD_LIST,
	.help = "shows what was written",
	.exec = show_exec,
};


/* ---- history export ------------------------------------------------- */


static void exported_h(int status, const char *why, uint64_t n, void *arg)
{
	struct cmd_call *call = arg;
	struct json *row;

	if (status) {
		reply_done(call, status, "%s", why);
	} else if (!call->done) {
		row = json_new_object();
		json_put_str(row, "file", args_get(call->args, "FILE"));
		json_put_int(row, "messages", (int64_t)n);
		reply_row(call, row, NULL);
		reply_done(call, 0, T_EXPORTED, args_get(call->args, "FILE"),
			(unsigned long long)n);
	}
	reply_paid(call);
}


static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), l = strlen(end);

	return n >= l && !strcmp(text + n - l, end);
}


static void export_exec(struct cmd_call *call)
{
	const char *file = args_get(call->args, "FILE");
	struct range *r;

	if (!take_range(call, &r))
		return;
	core_history_export(call->cmd->core, file, r->account, r->peer,
		ends_in(file, ".jsonl") ? record_format_json
					: record_format_text,
		exported_h, reply_owe(call));
}


const struct cmd_entry cmd_history_export = {
	.name = "history export",
	.items = {{.name = "FILE", .kind = CMD_FILE},
		{.name = "B", .kind = CMD_CHAT, .optional = true}},
	.help = "writes what was written to a file",
	.exec = export_exec,
};


/* ---- history clear -------------------------------------------------- */


static void cleared_h(int err, uint64_t n, size_t waiting, void *arg)
{
	struct cmd_call *call = arg;
	struct json *row;

	if (err) {
		record_failed(call, err);
	} else if (!call->done) {
		row = json_new_object();
		json_put_int(row, "forgotten", (int64_t)n);
		json_put_int(row, "waiting", (int64_t)waiting);
		reply_row(call, row, NULL);
		if (waiting)
			reply_done(call, 0, T_CLEARED_LATER,
				(unsigned long long)n, waiting);
		else
			reply_done(call, 0, T_CLEARED, (unsigned long long)n);
	}
	reply_paid(call);
}


static void clear_exec(struct cmd_call *call)
{
	struct range *r;

	if (take_range(call, &r))
		core_history_clear(
			r->account, r->peer, cleared_h, reply_owe(call));
}


const struct cmd_entry cmd_history_clear = {
	.name = "history clear",
	.items = {{.name = "B", .kind = CMD_CHAT}},
	.help = "forgets what was written with somebody",
	.exec = clear_exec,
};
