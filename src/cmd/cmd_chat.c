/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_chat.c - conversations: which one is shown, open and close them. */
#include <errno.h>
#include <string.h>
#include "cmd_int.h"
#include "json.h"
#include "mbuf.h"


static void show_chat(struct cmd_call *call, struct core_chat *c)
{
	struct front_chat chat = {
		.account = core_account_name(core_chat_account(c)),
		.peer = core_chat_peer(c),
	};

	cmd_show(call->cmd, &chat);
}


static bool is_shown(const struct cmd *cmd, const struct core_chat *c)
{
	return cmd->shown.peer && !strcmp(cmd->shown.peer, core_chat_peer(c)) &&
		!strcmp(cmd->shown.account,
			core_account_name(core_chat_account(c)));
}


/* The chat whose messages are awaited. */
struct looking {
	char *account;
	char *peer;
	char *name;
	uint64_t id; /* in the middle of them; 0: the newest */
};


static void looking_destructor(void *data)
{
	struct looking *l = data;

	mem_deref(l->account);
	mem_deref(l->peer);
	mem_deref(l->name);
}


/* All of them in one row, the one that is looked for marked. */
static void tell_messages(
	struct cmd_call *call, const struct store_message *messages, size_t n)
{
	const struct looking *l = call->data;
	struct json *row = json_new_object(), *rows = json_new_array();
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	char *line, *text;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct store_message *m = &messages[i];

		json_append(rows, record_json(m, true));
		line = record_text(
			m, l->name, tmrs_wall(call->cmd->tmrs), false);
		(void)mbuf_printf(mb, "%s%s%s", i ? "\n" : "",
			!l->id			 ? ""
				: m->id == l->id ? "> "
						 : "  ",
			line);
		mem_deref(line);
	}
	json_put_str(row, "account", l->account);
	json_put_str(row, "peer", l->peer);
	json_put_str(row, "name", l->name);
	json_put(row, "messages", rows);
	text = mbuf_strdup(mb);
	/* Panes show the chat themselves. */
	if (n && !call->cmd->front->pane)
		reply_lines(call, row, "%s", text);
	else
		reply_row(call, row, NULL);
	mem_deref(text);
	mem_deref(mb);
}


/* One that is not there leaves the shown chat as it is. */
static void show_message(struct cmd_call *call)
{
	const struct looking *l = call->data;
	struct front_chat chat = {
		.account = l->account,
		.peer = l->peer,
		.id = l->id,
	};

	cmd_show(call->cmd, &chat);
}


static void messages_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct cmd_call *call = arg;
	const struct looking *l = call->data;

	if (call->cmd && !call->done) {
		if (err == ENOENT && l->id)
			reply_done(call, EX_DATAERR, T_NO_MESSAGE,
				args_get(call->args, "ID"));
		else if (err && l->id)
			record_failed(call, err);
		else
			tell_messages(call, messages, err ? 0 : n);
		if (!err && l->id)
			show_message(call);
		reply_done(call, 0, NULL);
	}
	reply_paid(call);
}


/* The messages are asked for where somebody will read them: those around ID,
 * or the newest where a person has no panes to see them in. */
static void show_exec(struct cmd_call *call)
{
	const struct front *front = call->cmd->front;
	uint64_t id = record_id(call, "ID");
	struct core_account *a;
	struct core_chat *c;
	struct looking *l;

	if (!target_chat(call, &c))
		return;
	if (!id)
		show_chat(call, c);
	a = core_chat_account(c);
	if (!id && (!front->interactive || front->pane)) {
		reply_row(call, row_peer(a, core_chat_peer(c)), NULL);
		reply_done(call, 0, NULL);
		return;
	}
	call->data = l = mem_zalloc(sizeof(*l), looking_destructor);
	l->account = mem_strdup(core_account_name(a));
	l->peer = mem_strdup(core_chat_peer(c));
	l->name = mem_strdup(core_peer_name(a, l->peer));
	l->id = id;
	if (id)
		core_history_around(call->cmd->core, a, l->peer, id,
			RECORD_AROUND, messages_h, reply_owe(call));
	else
		core_history_page(call->cmd->core, a, l->peer, 0, RECORD_AROUND,
			messages_h, reply_owe(call));
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
	show_chat(call, c);
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


static void list_chats(struct cmd_call *call)
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


static void counted_h(const struct core_outcome *outcome, void *arg)
{
	struct cmd_call *call = arg;

	(void)outcome;
	if (call->cmd && !call->done)
		list_chats(call);
	reply_paid(call);
}


/* Just after the start it is not known yet what is unread. */
static void list_exec(struct cmd_call *call)
{
	core_unread_await(call->cmd->core, counted_h, reply_owe(call));
}


const struct cmd_entry cmd_chat_list = {
	.name = "chat list",
	.needs = CMD_LIST,
	.help = "lists the chats and how much is unread in each",
	.exec = list_exec,
};
