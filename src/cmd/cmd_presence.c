/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_presence.c - own presence and theirs. */
#include "cmd_int.h"
#include "json.h"


/* A note is one line: newlines and tabs become spaces. */
static char *one_line(const char *note)
{
	char *s = mem_strdup(note), *p;

	for (p = s; p && *p; p++) {
		if (*p == '\n' || *p == '\t' || *p == '\r')
			*p = ' ';
	}
	return s;
}


static void set_exec(struct cmd_call *call)
{
	struct core_account *a;
	char *why = NULL, *note;
	int status;

	if (!target_account(call, NULL, &a))
		return;
	note = one_line(args_get(call->args, "NOTE"));
	status = core_presence_set(call->cmd->core, a,
		args_get(call->args, "online|away|busy|invisible|offline"),
		note, &why);
	reply_why(call, status, why);
	mem_deref(note);
}


const struct cmd_entry cmd_presence_set = {
	.name = "presence set",
	.items = {{.name = "online|away|busy|invisible|offline",
			  .kind = CMD_CHOICE},
		{.name = "NOTE", .kind = CMD_TEXT, .optional = true}},
	.needs = CMD_NETWORK,
	.help = "tells your buddies how you are, with a note",
	.exec = set_exec,
};


static void show_own(struct cmd_call *call)
{
	struct core_account *a, *only;

	if (!target_account(call, NULL, &only))
		return;
	for (a = core_account_first(call->cmd->core); a;
		a = core_account_next(a)) {
		struct json *row = json_new_object();
		const char *note = core_presence_note(a);

		if (only && a != only) {
			json_drop(row);
			continue;
		}
		json_put_str(row, "account", core_account_name(a));
		json_put_str(row, "state", core_presence_word(a));
		json_put_str(row, "note", note);
		reply_row(call, row, "%s %s%s%s", core_account_name(a),
			core_presence_word(a), note ? ", " : "",
			note ? note : "");
	}
	reply_done(call, 0, NULL);
}


static void give_theirs(
	struct cmd_call *call, struct core_account *a, const char *peer)
{
	const struct presence *p = core_presence_of(a, peer);
	struct json *row = json_new_object();
	char *text = row_presence_text(p, tmrs_wall(call->cmd->tmrs));

	json_put_str(row, "account", core_account_name(a));
	json_put_str(row, "buddy", peer);
	row_presence(row, p);
	reply_row(call, row, "%s %s", core_peer_name(a, peer), text);
	mem_deref(text);
}


/* Whose presence a `presence show` has asked for. */
struct asked {
	struct core_account *account;
	char *peer;
};


static void asked_destructor(void *data)
{
	struct asked *asked = data;

	mem_deref(asked->account);
	mem_deref(asked->peer);
}


static void fetched(const struct core_outcome *outcome, void *arg)
{
	struct cmd_call *call = arg;
	struct asked *asked = call->data;

	/* The account may have been removed meanwhile. */
	if (core_presence_of(asked->account, asked->peer))
		give_theirs(call, asked->account, asked->peer);
	reply_core(outcome, call);
}


static void show_exec(struct cmd_call *call)
{
	const char *typed = args_get(call->args, "B");
	struct asked *asked;
	struct core_account *a;
	char *peer = NULL;

	if (!typed) {
		show_own(call);
		return;
	}
	if (!target_reached(call, typed, &a, &peer))
		return;
	if (core_presence_of(a, peer)->state != PRESENCE_UNKNOWN ||
		core_account_state(a) != ENDPOINT_ONLINE) {
		give_theirs(call, a, peer);
		reply_done(call, 0, NULL);
		mem_deref(peer);
		return;
	}
	asked = mem_zalloc(sizeof(*asked), asked_destructor);
	asked->account = mem_ref(a);
	asked->peer = peer;
	call->data = asked;
	core_presence_fetch(a, peer, fetched, reply_owe(call));
}


const struct cmd_entry cmd_presence_show = {
	.name = "presence show",
	.items = {{.name = "B", .kind = CMD_BUDDY, .optional = true}},
	.needs = CMD_NETWORK | CMD_LIST,
	.help = "shows your presence, or somebody's",
	.exec = show_exec,
};
