/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_program.c - trace, log, help, version, quit. */
#include <string.h>
#include "cmd_int.h"
#include "date.h"
#include "json.h"


/* ---- trace, log ----------------------------------------------------- */


static void give_trace(struct cmd_call *call, const struct cmd_sip *sip)
{
	struct json *row = json_new_object();
	char at[DATE_SIZE];

	date_rfc3339(at, sip->at);
	json_put_str(row, "at", at);
	json_put_str(row, "direction", sip->sent ? "out" : "in");
	json_put_str(row, "path", sip->path);
	json_put_str(row, "text", sip->text_buf);
	reply_lines(call, row, "%s %s\n%s", at, sip->path, sip->text_buf);
}


/* The newest, oldest first. */
static void show_trace(struct cmd_call *call)
{
	struct le *le = call->cmd->traces.tail;
	size_t n;

	for (n = 1; le && le->prev && n < TRACE_SHOWN; n++)
		le = le->prev;
	for (; le; le = le->next)
		give_trace(call, &((const struct sip_record *)le->data)->sip);
}


static void trace_exec(struct cmd_call *call)
{
	const char *what = args_get(call->args, "on|off|show");

	if (!strcmp(what, "show")) {
		if (view_pane(call, "trace"))
			return;
		show_trace(call);
		reply_done(call, 0, NULL);
	} else if (!strcmp(what, "on")) {
		cmd_trace_on(call->cmd, true);
		reply_done(call, 0, T_TRACE_ON, reply_slash(call));
	} else {
		cmd_trace_on(call->cmd, false);
		reply_done(call, 0, T_TRACE_OFF);
	}
}


const struct cmd_entry cmd_trace_entry = {
	.name = "trace",
	.items = {{.name = "on|off|show", .kind = CMD_CHOICE}},
	.needs = CMD_LIST,
	.help = "keeps the SIP messages of this run, or shows the kept ones",
	.exec = trace_exec,
};


static void log_exec(struct cmd_call *call)
{
	struct le *le, *next;

	if (view_pane(call, "log"))
		return;
	LIST_FOREACH (&call->cmd->logs, le, next) {
		const struct log_record *r = le->data;
		struct json *row = json_new_object();
		char at[DATE_SIZE], clock[DATE_SIZE];

		date_rfc3339(at, r->at);
		date_clock(clock, r->at);
		json_put_str(row, "at", at);
		json_put_str(row, "level", log_level_name(r->level));
		json_put_str(row, "topic", r->topic);
		json_put_str(row, "text", r->text);
		reply_row(call, row, "%s %s %s: %s", clock,
			log_level_name(r->level), r->topic, r->text);
	}
	reply_done(call, 0, NULL);
}


const struct cmd_entry cmd_log_entry = {
	.name = "log",
	.needs = CMD_LIST,
	.help = "shows what the program has said of itself",
	.exec = log_exec,
};


/* ---- help, version -------------------------------------------------- */


static void give_help(
	struct cmd_call *call, const struct cmd_entry *entry, bool brief)
{
	struct json *row = json_new_object();
	char *usage = cmd_usage(entry);

	json_put_str(row, "command", entry->name);
	json_put_str(row, "usage", usage);
	json_put_str(row, "help", entry->help);
	if (brief)
		reply_lines(call, row, "%s", usage);
	else
		reply_lines(call, row, "%s\n  %s", usage, entry->help);
	mem_deref(usage);
}


/* True if NAME is WORD, or WORD and a second word. */
static bool has_first_word(const char *name, const char *word)
{
	size_t len = strlen(word);

	return !strncmp(name, word, len) &&
		(name[len] == ' ' || name[len] == '\0');
}


/* All commands at a glance; of those that a first word or a unique prefix
 * means, what they do too. */
static void help_exec(struct cmd_call *call)
{
	const char *name = args_get(call->args, "COMMAND");
	const struct cmd_entry *entry;
	bool any = false;
	char *why = NULL;
	size_t i;

	for (i = 0; cmd_table[i]; i++) {
		if (name && !has_first_word(cmd_table[i]->name, name))
			continue;
		give_help(call, cmd_table[i], !name);
		any = true;
	}
	if (any) {
		reply_done(call, 0, name ? NULL : T_HELP_COMMON);
		return;
	}
	entry = cmd_find(name, &why);
	if (entry)
		give_help(call, entry, false);
	reply_why(call, entry ? 0 : EX_USAGE, why);
}


const struct cmd_entry cmd_help = {
	.name = "help",
	.items = {{.name = "COMMAND", .kind = CMD_COMMAND, .optional = true}},
	.needs = CMD_LIST | CMD_FREE,
	.help = "tells what the commands do",
	.exec = help_exec,
};


static void version_exec(struct cmd_call *call)
{
	struct json *row = json_new_object();

	json_put_str(row, "version", call->cmd->version);
	reply_row(call, row, "sotto %s", call->cmd->version);
	reply_done(call, 0, NULL);
}


const struct cmd_entry cmd_version = {
	.name = "version",
	.needs = CMD_FREE,
	.help = "tells which sotto this is",
	.exec = version_exec,
};


/* ---- quit ----------------------------------------------------------- */


static void quit_exec(struct cmd_call *call)
{
	struct cmd *cmd = mem_ref(call->cmd);

	reply_done(call, 0, NULL);
	cmd->front->quit(0, cmd->front_arg);
	mem_deref(cmd);
}


const struct cmd_entry cmd_quit = {
	.name = "quit",
	.help = "signs out and leaves",
	.exec = quit_exec,
};
