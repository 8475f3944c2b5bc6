/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_view.c - panes: commands that only the full screen can do. */
#include "cmd_int.h"


static void pane(struct cmd_call *call, enum front_pane what)
{
	const struct cmd *cmd = call->cmd;
	char *why = NULL;
	int status = cmd->front->pane(what, &why, cmd->front_arg);

	reply_why(call, status, why);
}


static void split_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_SPLIT);
}


static void focus_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_FOCUS);
}


static void zoom_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_ZOOM);
}


const struct cmd_entry cmd_chat_split = {
	.name = "chat split",
	.needs = CMD_PANES,
	.help = "shows two chats side by side",
	.exec = split_exec,
};


const struct cmd_entry cmd_chat_focus = {
	.name = "chat focus",
	.needs = CMD_PANES,
	.help = "goes to the other pane",
	.exec = focus_exec,
};


const struct cmd_entry cmd_chat_zoom = {
	.name = "chat zoom",
	.needs = CMD_PANES,
	.help = "gives the pane the whole screen, or takes it back",
	.exec = zoom_exec,
};
