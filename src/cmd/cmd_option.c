/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_option.c - set, options, bind, unbind, keys, alias. */
#include "cmd_int.h"
#include "json.h"


/* ---- options -------------------------------------------------------- */


static void set_exec(struct cmd_call *call)
{
	char *why = NULL;
	int status =
		core_option_set(call->cmd->core, args_get(call->args, "OPTION"),
			args_get(call->args, "VALUE"), &why);

	reply_why(call, status, why);
}


const struct cmd_entry cmd_set = {
	.name = "set",
	.items = {{.name = "OPTION", .kind = CMD_OPTION},
		{.name = "VALUE", .kind = CMD_VALUE}},
	.help = "changes an option for this run",
	.exec = set_exec,
};


static void toggle_exec(struct cmd_call *call)
{
	struct core *core = call->cmd->core;
	const char *name = args_get(call->args, "OPTION");
	char *why = NULL;
	int status = core_option_set(core, name,
		core_option_bool(core, name) ? "no" : "yes", &why);

	reply_why(call, status, why);
}


const struct cmd_entry cmd_toggle = {
	.name = "toggle",
	.items = {{.name = "OPTION", .kind = CMD_OPTION}},
	.help = "changes an option from yes to no, or back",
	.exec = toggle_exec,
};


static void options_exec(struct cmd_call *call)
{
	size_t i;

	for (i = 0; core_options[i].name; i++) {
		const struct core_option *o = &core_options[i];
		const char *value = core_option_get(call->cmd->core, o->name);
		struct json *row = json_new_object();

		json_put_str(row, "option", o->name);
		json_put_str(row, "value", value);
		json_put_str(row, "default", o->initial);
		json_put_str(row, "help", o->help);
		reply_row(call, row, "%s %s  # %s", o->name,
			value ? value : "''", o->help ? o->help : "");
	}
	reply_done(call, 0, NULL);
}


const struct cmd_entry cmd_options = {
	.name = "options",
	.needs = CMD_LIST,
	.help = "lists the options with their values",
	.exec = options_exec,
};


/* ---- keys ----------------------------------------------------------- */


static void bind_exec(struct cmd_call *call)
{
	const char *place = args_get(call->args, "-p");
	const char *command = args_get(call->args, "COMMAND");
	char *why = NULL, *key;
	int status = line_check(call->cmd, command, &why);

	if (status) {
		reply_why(call, status, why);
		return;
	}
	key = cmd_key_name(args_get(call->args, "KEY"));
	key_table_bind(
		call->cmd->keys, place ? place : cmd_places[0], key, command);
	mem_deref(key);
	reply_done(call, 0, NULL);
}


const struct cmd_entry cmd_bind = {
	.name = "bind",
	.items = {{.flag = "-p", .name = "PLACE", .kind = CMD_PLACE},
		{.name = "KEY", .kind = CMD_KEY},
		{.name = "COMMAND", .kind = CMD_COMMAND}},
	.help = "makes a key run a command, anywhere or in one place",
	.exec = bind_exec,
};


static void unbind_exec(struct cmd_call *call)
{
	const char *typed = args_get(call->args, "KEY");
	char *key = cmd_key_name(typed);

	if (key_table_unbind(call->cmd->keys, args_get(call->args, "-p"), key))
		reply_done(call, 0, NULL);
	else
		reply_done(call, EX_DATAERR, T_NOT_BOUND, typed);
	mem_deref(key);
}


const struct cmd_entry cmd_unbind = {
	.name = "unbind",
	.items = {{.flag = "-p", .name = "PLACE", .kind = CMD_PLACE},
		{.name = "KEY", .kind = CMD_KEY}},
	.help = "makes a key do nothing, everywhere or in one place",
	.exec = unbind_exec,
};


static void give_key(
	const char *place, const char *key, const char *command, void *arg)
{
	struct cmd_call *call = arg;
	struct json *row = json_new_object();
	char *quoted = cmd_quote(command);

	json_put_str(row, "place", place);
	json_put_str(row, "key", key);
	json_put_str(row, "command", command);
	reply_row(call, row, "bind -p %s %s %s", place, key, quoted);
	mem_deref(quoted);
}


static void keys_exec(struct cmd_call *call)
{
	key_table_each(call->cmd->keys, give_key, call);
	reply_done(call, 0, NULL);
}


const struct cmd_entry cmd_keys = {
	.name = "keys",
	.needs = CMD_LIST,
	.help = "lists the keys and what they run",
	.exec = keys_exec,
};


/* ---- aliases -------------------------------------------------------- */


static void alias_exec(struct cmd_call *call)
{
	char *why = NULL;
	int status = alias_set(call->cmd, args_get(call->args, "NAME"),
		args_get(call->args, "COMMAND"), &why);

	reply_why(call, status, why);
}


const struct cmd_entry cmd_alias = {
	.name = "alias",
	.items = {{.name = "NAME", .kind = CMD_WORD},
		{.name = "COMMAND", .kind = CMD_COMMAND}},
	.help = "makes a word stand for a command",
	.exec = alias_exec,
};
