/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_search.c - buddies, people and messages by what is typed. */
#include <string.h>
#include "cmd_int.h"
#include "json.h"


static struct json *groups_row(const char *const *groups)
{
	struct json *list;
	size_t i;

	if (!groups)
		return NULL;
	list = json_new_array();
	for (i = 0; groups[i]; i++)
		json_append(list, json_new_str(groups[i]));
	return list;
}


/* One hit: an event of its own in JSON, and a line for a person. */
static void found(const struct core_hit *hit, void *arg)
{
	struct cmd_call *call = arg;
	struct json *row = json_new_object();
	bool buddy = !strcmp(hit->kind, "buddy");

	json_put_str(row, "query", args_get(call->args, "QUERY"));
	json_put_str(row, "kind", hit->kind);
	json_put_str(row, "account", hit->account);
	json_put_str(row, buddy ? "buddy" : "address", hit->peer);
	json_put_str(row, "name", hit->name);
	json_put(row, "groups", groups_row(hit->groups));
	json_put_str(row, "state", hit->state);
	json_put_str(row, "note", hit->note);
	json_put_str(row, "source", hit->source);
	reply_event(call, "search", row, "%s%s%s%s%s%s%s",
		hit->name ? hit->name : "", hit->name ? " " : "", hit->peer,
		hit->state ? " " : "", hit->state ? hit->state : "",
		hit->note ? ", " : "", hit->note ? hit->note : "");
}


static void search_exec(struct cmd_call *call)
{
	struct core_account *a;
	int what = 0;

	if (args_get(call->args, "-m")) {
		reply_done(call, EX_UNAVAILABLE, T_NO_MESSAGE_SEARCH);
		return;
	}
	if (!target_account(call, NULL, &a))
		return;
	if (args_get(call->args, "-b"))
		what |= CORE_SEARCH_BUDDIES;
	if (args_get(call->args, "-p"))
		what |= CORE_SEARCH_PEOPLE;
	if (!what)
		what = CORE_SEARCH_BUDDIES | CORE_SEARCH_PEOPLE;
	core_search(call->cmd->core, a, what, args_get(call->args, "QUERY"),
		found, reply_core, reply_owe(call));
}


const struct cmd_entry cmd_search = {
	.name = "search",
	.items = {{.flag = "-b"}, {.flag = "-p"}, {.flag = "-m"},
		{.name = "QUERY", .kind = CMD_TEXT}},
	.needs = CMD_NETWORK,
	.help = "searches buddies (-b), people (-p) and messages (-m)",
	.exec = search_exec,
};
