/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_message.c - msg, say, typing. */
#include <stdio.h>
#include <string.h>
#include "cmd_int.h"
#include "json.h"


/* A message that a command has sent, until its final state. */
struct sending {
	char *account;
	char *peer;
	char *text;
};


static void sending_destructor(void *data)
{
	struct sending *s = data;

	mem_deref(s->account);
	mem_deref(s->peer);
	mem_deref(s->text);
}


void send_heard(struct cmd *cmd, const struct core_event *ev)
{
	struct le *le, *next;

	LIST_FOREACH (&cmd->calls, le, next) {
		struct cmd_call *call = le->data;
		const struct sending *s = call->data;

		if ((call->entry != &cmd_msg && call->entry != &cmd_say) ||
			!s || call->id || strcmp(s->account, ev->account) ||
			strcmp(s->peer, ev->peer) || strcmp(s->text, ev->text))
			continue;
		call->id = ev->id;
		return;
	}
}


/* The id and the state belong to the result, well or ill. */
static void sent(const struct core_outcome *outcome, void *arg)
{
	struct cmd_call *call = arg;
	struct sending *s = call->data;
	struct json *row = json_new_object();
	uint64_t id = outcome->id ? outcome->id : call->id;
	char digits[STORE_ID_SIZE];

	if (s) {
		json_put_str(row, "account", s->account);
		json_put_str(row, "peer", s->peer);
	}
	if (id) {
		(void)snprintf(
			digits, sizeof(digits), "%llu", (unsigned long long)id);
		json_put_str(row, "id", digits);
	}
	json_put_str(row, "state", outcome->state);
	reply_row(call, row, NULL);
	if (outcome->text || !outcome->state)
		reply_core(outcome, call);
	else {
		reply_done(call, outcome->status, "%s", outcome->state);
		reply_paid(call);
	}
}


static void send_text(struct cmd_call *call, struct core_chat *c)
{
	const char *text = args_get(call->args, "TEXT");
	struct sending *s = mem_zalloc(sizeof(*s), sending_destructor);
	char *why = NULL;
	int status;

	s->account = mem_strdup(core_account_name(core_chat_account(c)));
	s->peer = mem_strdup(core_chat_peer(c));
	s->text = mem_strdup(text);
	call->data = s;
	status = core_send(c, text, sent, reply_owe(call), &why);
	if (status) {
		reply_why(call, status, why);
		reply_paid(call);
	}
}


static void msg_exec(struct cmd_call *call)
{
	const char *again = args_get(call->args, "--resend");
	struct pl pl = pl_str(again);
	struct core_chat *c;
	uint64_t id = 0;

	if (again && !pl_u64(&pl, &id))
		core_resend(call->cmd->core, id, sent, reply_owe(call));
	else if (target_chat(call, &c))
		send_text(call, c);
}


const struct cmd_entry cmd_msg = {
	.name = "msg",
	.items = {{.name = "B", .kind = CMD_BUDDY},
		{.name = "TEXT", .kind = CMD_TEXT},
		{.flag = "--resend",
			.name = "ID",
			.kind = CMD_NUMBER,
			.alone = true}},
	.needs = CMD_NETWORK,
	.help = "sends a message, or a failed one again",
	.exec = msg_exec,
};


static void say_exec(struct cmd_call *call)
{
	struct core_chat *c;

	if (target_chat(call, &c))
		send_text(call, c);
}


const struct cmd_entry cmd_say = {
	.name = "say",
	.items = {{.name = "TEXT", .kind = CMD_TEXT}},
	.needs = CMD_NETWORK,
	.help = "sends a message to the shown chat",
	.exec = say_exec,
};


static void typing_exec(struct cmd_call *call)
{
	struct core_chat *c;

	if (!target_chat(call, &c))
		return;
	core_typing(c, !strcmp(args_get(call->args, "on|off"), "on"));
	reply_done(call, 0, NULL);
}


const struct cmd_entry cmd_typing = {
	.name = "typing",
	.items = {{.name = "B", .kind = CMD_CHAT},
		{.name = "on|off", .kind = CMD_CHOICE}},
	.needs = CMD_NETWORK,
	.help = "tells somebody that you type, or no longer do",
	.exec = typing_exec,
};
