/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_group.c - the groups of the buddy list. */
#include "cmd_int.h"
#include "json.h"


static void rename_exec(struct cmd_call *call)
{
	char *why = NULL;
	int status = core_group_rename(call->cmd->core,
		args_get(call->args, "OLD"), args_get(call->args, "NEW"), &why);

	reply_why(call, status, why);
}


const struct cmd_entry cmd_group_rename = {
	.name = "group rename",
	.items = {{.name = "OLD", .kind = CMD_GROUP},
		{.name = "NEW", .kind = CMD_WORD}},
	.help = "gives a group another name",
	.exec = rename_exec,
};


static void remove_exec(struct cmd_call *call)
{
	char *why = NULL;
	int status = core_group_remove(
		call->cmd->core, args_get(call->args, "G"), &why);

	reply_why(call, status, why);
}


const struct cmd_entry cmd_group_remove = {
	.name = "group remove",
	.items = {{.name = "G", .kind = CMD_GROUP}},
	.help = "dissolves a group; its buddies stay in the list",
	.exec = remove_exec,
};


static void give_group(const char *group, size_t buddies, void *arg)
{
	struct json *row = json_new_object();

	json_put_str(row, "group", group);
	json_put_int(row, "buddies", (int64_t)buddies);
	reply_row(arg, row, "%s %zu", group, buddies);
}


static void list_exec(struct cmd_call *call)
{
	core_group_each(call->cmd->core, give_group, call);
	reply_done(call, 0, NULL);
}


const struct cmd_entry cmd_group_list = {
	.name = "group list",
	.needs = CMD_LIST,
	.help = "lists the groups and how many buddies each has",
	.exec = list_exec,
};
