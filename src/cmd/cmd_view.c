/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_view.c - panes: commands that only the full screen can do. */
#include "cmd_int.h"


static void pane(struct cmd_call *call, enum front_pane what, const char *word)
{
	const struct cmd *cmd = call->cmd;
	char *why = NULL;
	int status = cmd->front->pane(what, word, &why, cmd->front_arg);

	reply_why(call, status, why);
}


bool view_pane(struct cmd_call *call, const char *name)
{
	enum front_from from = call->origin.from;

	if (!call->cmd->front->pane ||
		(from != FRONT_TYPED && from != FRONT_BINDING))
		return false;
	call->in_pane = true;
	pane(call, FRONT_PANE_GO, name);
	return true;
}


static void split_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_SPLIT, NULL);
}


static void unsplit_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_UNSPLIT, NULL);
}


static void focus_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_FOCUS, NULL);
}


static void zoom_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_ZOOM, NULL);
}


static void tab_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_TAB, args_get(call->args, "N"));
}


static void why_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_WHY, NULL);
}


static void pane_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_GO, args_get(call->args, "PANE"));
}


static void move_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_MOVE, args_get(call->args, T_MOVES));
}


static void find_exec(struct cmd_call *call)
{
	if (args_get(call->args, "-n"))
		pane(call, FRONT_PANE_FIND_NEXT, NULL);
	else if (args_get(call->args, "-p"))
		pane(call, FRONT_PANE_FIND_PREVIOUS, NULL);
	else
		pane(call, FRONT_PANE_FIND, args_get(call->args, "TEXT"));
}


static void answer_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_ANSWER, args_get(call->args, T_ANSWERS));
}


static void type_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_TYPE, args_get(call->args, "TEXT"));
}


static void edit_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_EDIT, NULL);
}


static void suspend_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_SUSPEND, NULL);
}


static void redraw_exec(struct cmd_call *call)
{
	pane(call, FRONT_PANE_REDRAW, NULL);
}


const struct cmd_entry cmd_chat_split = {
	.name = "chat split",
	.needs = CMD_PANES,
	.help = "shows one more chat, beside or below the others",
	.exec = split_exec,
};


const struct cmd_entry cmd_chat_unsplit = {
	.name = "chat unsplit",
	.needs = CMD_PANES,
	.help = "takes the pane away and leaves its chat open",
	.exec = unsplit_exec,
};


const struct cmd_entry cmd_chat_focus = {
	.name = "chat focus",
	.needs = CMD_PANES,
	.help = "goes to the next pane",
	.exec = focus_exec,
};


const struct cmd_entry cmd_chat_zoom = {
	.name = "chat zoom",
	.needs = CMD_PANES,
	.help = "gives the pane the whole screen, or takes it back",
	.exec = zoom_exec,
};


const struct cmd_entry cmd_chat_tab = {
	.name = "chat tab",
	.items = {{.name = "N", .kind = CMD_NUMBER}},
	.needs = CMD_PANES,
	.help = "shows the chat with this number in the row of tabs",
	.exec = tab_exec,
};


const struct cmd_entry cmd_chat_why = {
	.name = "chat why",
	.needs = CMD_PANES,
	.help = "tells why the newest failed message in sight failed, or why "
		"one waits",
	.exec = why_exec,
};


const struct cmd_entry cmd_screen_show = {
	.name = "screen show",
	.items = {{.name = "PANE", .kind = CMD_PANE}},
	.needs = CMD_PANES,
	.help = "goes to a pane, or back from it",
	.exec = pane_exec,
};


const struct cmd_entry cmd_screen_move = {
	.name = "screen move",
	.items = {{.name = T_MOVES, .kind = CMD_CHOICE}},
	.needs = CMD_PANES,
	.help = "moves in the pane that has the keys",
	.exec = move_exec,
};


const struct cmd_entry cmd_screen_find = {
	.name = "screen find",
	.items = {{.flag = "-n", .alone = true}, {.flag = "-p", .alone = true},
		{.name = "TEXT", .kind = CMD_TEXT, .optional = true}},
	.needs = CMD_PANES,
	.help = "searches the shown chat: -n older, -p newer; without a text "
		"it ends",
	.exec = find_exec,
};


const struct cmd_entry cmd_screen_answer = {
	.name = "screen answer",
	.items = {{.name = T_ANSWERS, .kind = CMD_CHOICE}},
	.needs = CMD_PANES,
	.help = "answers the question that is shown",
	.exec = answer_exec,
};


const struct cmd_entry cmd_screen_type = {
	.name = "screen type",
	.items = {{.name = "TEXT", .kind = CMD_TEXT}},
	.needs = CMD_PANES,
	.help = "begins a line that is to be finished and entered; what is "
		"typed so far waits",
	.exec = type_exec,
};


const struct cmd_entry cmd_screen_edit = {
	.name = "screen edit",
	.needs = CMD_PANES,
	.help = "edits what is typed in the program that VISUAL or EDITOR "
		"names",
	.exec = edit_exec,
};


const struct cmd_entry cmd_screen_suspend = {
	.name = "screen suspend",
	.needs = CMD_PANES,
	.help = "gives the terminal back to the shell until it is continued",
	.exec = suspend_exec,
};


const struct cmd_entry cmd_screen_redraw = {
	.name = "screen redraw",
	.needs = CMD_PANES,
	.help = "draws the screen anew",
	.exec = redraw_exec,
};
