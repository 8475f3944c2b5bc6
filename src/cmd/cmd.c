/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd.c - the interpreter: its state, what it hears, how lines get in. */
#include <string.h>
#include "cmd_int.h"
#include "json.h"
#include "utf8.h"


/* Nothing of CMD is asked for any more by commands under way. */
static void leave_calls(struct cmd *cmd)
{
	struct le *le, *next;

	LIST_FOREACH (&cmd->calls, le, next) {
		struct cmd_call *call = le->data;

		tmr_cancel(&call->tmr);
		call->cmd = NULL;
	}
}


/* With the core gone, no outcome will give its references back. */
static void drop_calls(struct cmd *cmd, bool core_gone)
{
	struct le *le;

	while ((le = cmd->calls.head)) {
		struct cmd_call *call = mem_ref(le->data);

		list_unlink(le);
		while (core_gone && call->owed)
			reply_paid(call);
		mem_deref(call);
	}
}


static void cmd_destructor(void *data)
{
	struct cmd *cmd = data;
	bool last;

	mem_deref(cmd->listener);
	core_set_ask(cmd->core, NULL, NULL);
	core_trace(cmd->core, NULL, NULL);
	leave_calls(cmd);
	mem_deref(cmd->inbox);
	list_flush(&cmd->aliases);
	journal_clear(cmd);
	files_forget(cmd);
	mem_deref(cmd->keys);
	mem_deref(cmd->account);
	mem_deref(cmd->config);
	mem_deref((void *)cmd->shown.account);
	mem_deref((void *)cmd->shown.peer);
	mem_deref(cmd->version);
	last = mem_nrefs(cmd->core) == 1;
	mem_deref(cmd->core);
	drop_calls(cmd, last);
	mem_deref(cmd->tmrs);
}


/* ---- events --------------------------------------------------------- */


static void hear_event(const struct core_event *ev, void *arg)
{
	struct cmd *cmd = mem_ref(arg);

	switch (ev->kind) {
	case CORE_EVENT_MESSAGE:
		if (ev->direction && !strcmp(ev->direction, "in"))
			inbox_add(&cmd->inboxes, ev);
		else
			send_heard(cmd, ev);
		break;
	case CORE_EVENT_LOG:
		cmd_log(ev->level, "sotto", ev->text, cmd);
		break;
	default:
		break;
	}
	wait_check(cmd);
	mem_deref(cmd);
}


void cmd_set_account(struct cmd *cmd, const char *name)
{
	mem_deref(cmd->account);
	cmd->account = mem_strdup(name);
}


void cmd_set_config(struct cmd *cmd, const char *path)
{
	mem_deref(cmd->config);
	cmd->config = mem_strdup(path);
}


int cmd_alloc(struct cmd **cp, const struct cmd_config *config)
{
	struct cmd *cmd = mem_zalloc(sizeof(*cmd), cmd_destructor);

	cmd->core = mem_ref(config->core);
	cmd->tmrs = mem_ref(config->tmrs);
	cmd->front = config->front;
	cmd->front_arg = config->front_arg;
	cmd->version = mem_strdup(config->version ? config->version : "");
	cmd->keys = key_table_alloc();
	cmd->inbox = inbox_alloc(&cmd->inboxes);
	core_listen(&cmd->listener, cmd->core, hear_event, cmd);
	if (cmd->front->ask_secret)
		core_set_ask(cmd->core, cmd->front->ask_secret, cmd->front_arg);
	*cp = cmd;
	return 0;
}


/* ---- the shown chat ------------------------------------------------- */


bool cmd_shown(const struct cmd *cmd, struct front_chat *chat)
{
	*chat = cmd->shown;
	return cmd->shown.peer != NULL;
}


void cmd_show(struct cmd *cmd, const struct front_chat *chat)
{
	struct core_account *a = NULL;
	struct front_chat old = cmd->shown;

	memset(&cmd->shown, 0, sizeof(cmd->shown));
	if (chat)
		a = core_account_find(cmd->core, chat->account);
	if (a) {
		cmd->shown.account = mem_strdup(chat->account);
		cmd->shown.peer = mem_strdup(chat->peer);
		cmd->shown.id = chat->id;
		/* Panes tell themselves what is seen of it, and show first
		 * where unread begins. */
		if (!cmd->front->pane)
			core_chat_read(core_chat_get(a, chat->peer));
	}
	mem_deref((void *)old.account);
	mem_deref((void *)old.peer);
	if (cmd->front->show)
		cmd->front->show(a ? &cmd->shown : NULL, cmd->front_arg);
}


/* ---- lines ---------------------------------------------------------- */


static void run_text(struct cmd_queue *q, const char *text, bool typed,
	const struct front_origin *origin, const struct cmd_sink *sink)
{
	struct list list = {0};
	char *why = NULL;
	int err = line_commands(queue_cmd(q), text, typed, &list, &why);

	if (err)
		queue_refuse(q, err, why, origin, sink);
	else
		queue_commands(q, &list, 0, origin, sink);
	list_flush(&list);
	mem_deref(why);
}


void cmd_line(struct cmd_queue *q, const char *text,
	const struct front_origin *origin, const struct cmd_sink *sink)
{
	run_text(q, text, false, origin, sink);
}


void cmd_words(struct cmd_queue *q, size_t argc, const char *const argv[],
	uint64_t limit, const struct front_origin *origin,
	const struct cmd_sink *sink)
{
	struct list list = {0};
	struct words *w;
	size_t i;

	if (argc > CMD_WORDS_MAX) {
		queue_refuse(q, EX_USAGE, T_MANY_WORDS, origin, sink);
		return;
	}
	w = words_alloc();
	for (i = 0; i < argc; i++) {
		struct pl pl = pl_str(argv[i]);

		words_take(w, utf8_repair_dup(&pl));
	}
	if (w->n)
		alias_append(&list, w);
	queue_commands(q, &list, limit, origin, sink);
	list_flush(&list);
	mem_deref(w);
}


void cmd_typed(
	struct cmd_queue *q, const char *line, const struct cmd_sink *sink)
{
	const struct front_origin origin = {.from = FRONT_TYPED};
	const char *say[] = {"say", "--", line};

	if (line[0] == '/' && line[1] != '/')
		run_text(q, line + 1, true, &origin, sink);
	else if (!line[0])
		cmd_words(q, 0, NULL, 0, &origin, sink);
	else {
		if (line[0] == '/')
			say[2] = line + 1;
		cmd_words(q, 3, say, 0, &origin, sink);
	}
}


bool cmd_key(struct cmd_queue *q, const char *place, const char *key)
{
	const struct front_origin origin = {.from = FRONT_BINDING};
	char *text = mem_strdup(cmd_key_command(queue_cmd(q), place, key));

	if (!text)
		return false;
	/* The command may bind its own key anew. */
	cmd_line(q, text, &origin, NULL);
	mem_deref(text);
	return true;
}
