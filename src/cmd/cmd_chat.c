/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_chat.c - conversations: which one is shown, open and close them. */
#include <string.h>
#include "cmd_int.h"
#include "json.h"


static void show_chat(struct cmd_call *call, struct core_chat *c, uint64_t id)
{
	struct front_chat chat = {
		.account = core_account_name(core_chat_account(c)),
		.peer = core_chat_peer(c),
		.id = id,
	};

	cmd_show(call->cmd, &chat);
}


static bool is_shown(const struct cmd *cmd, const struct core_chat *c)
{
	return cmd->shown.peer && !strcmp(cmd->shown.peer, core_chat_peer(c)) &&
		!strcmp(cmd->shown.account,
			core_account_name(core_chat_account(c)));
}


static void show_exec(struct cmd_call *call)
{
	const char *typed = args_get(call->args, "ID");
	struct pl pl = pl_str(typed);
	struct core_chat *c;
	uint64_t id = 0;

	if (!target_chat(call, &c))
		return;
	if (typed)
		(void)pl_u64(&pl, &id);
	show_chat(call, c, id);
	reply_row(
		call, row_peer(core_chat_account(c), core_chat_peer(c)), NULL);
	reply_done(call, 0, NULL);
}


const struct cmd_entry cmd_chat_show = {
	.name = "chat show",
	.items = {{.name = "B", .kind = CMD_CHAT},
		{.name = "ID", .kind = CMD_NUMBER, .optional = true}},
	.help = "shows the chat with somebody; nothing is sent",
	.exec = show_exec,
};


static void open_exec(struct cmd_call *call)
{
	struct core_chat *c;

	if (!target_chat(call, &c))
		return;
	reply_row(
		call, row_peer(core_chat_account(c), core_chat_peer(c)), NULL);
	core_chat_open(c, reply_core, reply_owe(call));
}


const struct cmd_entry cmd_chat_open = {
	.name = "chat open",
	.items = {{.name = "B", .kind = CMD_CHAT}},
	.needs = CMD_NETWORK,
	.help = "opens a session with somebody",
	.exec = open_exec,
};


static void close_exec(struct cmd_call *call)
{
	struct core_chat *c;

	if (!target_chat(call, &c))
		return;
	reply_row(
		call, row_peer(core_chat_account(c), core_chat_peer(c)), NULL);
	mem_ref(c);
	if (is_shown(call->cmd, c))
		cmd_show(call->cmd, NULL);
	core_chat_close(c, reply_core, reply_owe(call));
	mem_deref(c);
}


const struct cmd_entry cmd_chat_close = {
	.name = "chat close",
	.items = {{.name = "B", .kind = CMD_CHAT, .optional = true}},
	.help = "ends the session and leaves the chat",
	.exec = close_exec,
};


/* The chat behind or before the shown one, round in a circle. */
static struct core_chat *neighbour(const struct cmd *cmd, bool forward)
{
	struct core_chat *c, *before = NULL, *last = NULL, *shown = NULL;

	for (c = core_chat_first(cmd->core); c; c = core_chat_next(c)) {
		if (is_shown(cmd, c)) {
			shown = c;
			before = last;
		}
		last = c;
	}
	if (!forward)
		return before ? before : last;
	c = shown ? core_chat_next(shown) : NULL;
	return c ? c : core_chat_first(cmd->core);
}


static void go(struct cmd_call *call, struct core_chat *c)
{
	if (!c) {
		reply_done(call, EX_DATAERR, T_NO_CHATS);
		return;
	}
	show_chat(call, c, 0);
	reply_row(
		call, row_peer(core_chat_account(c), core_chat_peer(c)), NULL);
	reply_done(call, 0, NULL);
}


static void next_exec(struct cmd_call *call)
{
	go(call, neighbour(call->cmd, true));
}


const struct cmd_entry cmd_chat_next = {
	.name = "chat next",
	.help = "shows the next chat",
	.exec = next_exec,
};


static void previous_exec(struct cmd_call *call)
{
	go(call, neighbour(call->cmd, false));
}


const struct cmd_entry cmd_chat_previous = {
	.name = "chat previous",
	.help = "shows the chat before",
	.exec = previous_exec,
};


/* The first chat with something unread behind the shown one, else before. */
static struct core_chat *find_unread(const struct cmd *cmd)
{
	struct core_chat *c, *first = NULL;
	bool behind = false;

	for (c = core_chat_first(cmd->core); c; c = core_chat_next(c)) {
		if (is_shown(cmd, c))
			behind = true;
		else if (core_chat_unread(c) && behind)
			return c;
		else if (core_chat_unread(c) && !first)
			first = c;
	}
	return first;
}


static void unread_exec(struct cmd_call *call)
{
	struct core_chat *c = find_unread(call->cmd);

	if (c)
		go(call, c);
	else
		reply_done(call, 0, T_NOTHING_UNREAD);
}


const struct cmd_entry cmd_chat_unread = {
	.name = "chat unread",
	.help = "shows the next chat with something unread",
	.exec = unread_exec,
};


static void list_exec(struct cmd_call *call)
{
	struct core_chat *c;

	for (c = core_chat_first(call->cmd->core); c; c = core_chat_next(c)) {
		struct core_account *a = core_chat_account(c);
		struct json *row = row_peer(a, core_chat_peer(c));

		json_put_str(row, "state", core_chat_state(c));
		json_put_str(row, "via", core_chat_via(c));
		json_put_int(row, "unread", core_chat_unread(c));
		if (is_shown(call->cmd, c))
			json_put_bool(row, "shown", true);
		reply_row(call, row, "%s %s %s %u",
			core_peer_name(a, core_chat_peer(c)), core_chat_peer(c),
			core_chat_state(c), core_chat_unread(c));
	}
	reply_done(call, 0, NULL);
}


const struct cmd_entry cmd_chat_list = {
	.name = "chat list",
	.needs = CMD_LIST,
	.help = "lists the chats and how much is unread in each",
	.exec = list_exec,
};
