/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target.c - which account, person and chat a command means. */
#include <string.h>
#include "cmd_int.h"
#include "date.h"
#include "group.h"
#include "json.h"


/* The account of the shown chat; NULL where none is shown. */
static struct core_account *shown_account(const struct cmd *cmd)
{
	return cmd->shown.account
		? core_account_find(cmd->core, cmd->shown.account)
		: NULL;
}


static int resolve(struct cmd_call *call, const char *typed,
	struct core_account **ap, char **peer, char **why)
{
	struct core *core = call->cmd->core;
	struct core_account *shown = shown_account(call->cmd);
	const char *name = call->args->account;
	int status = core_resolve(core, name, typed, ap, peer, why);

	if (name || !shown)
		return status;
	/* A name that several accounts know means that of the shown chat, and
	 * so does a stranger's address. */
	if (status == EX_USAGE) {
		char *other = NULL;

		if (!core_resolve(core, core_account_name(shown), typed, ap,
			    peer, &other)) {
			*why = mem_deref(*why);
			return 0;
		}
		mem_deref(other);
	}
	if (!status && !core_buddy_find(*ap, *peer))
		*ap = shown;
	return status;
}


/* `%`: who is under the cursor of a list, else whom the shown chat is with. */
static bool pointed(
	struct cmd_call *call, struct core_account **ap, char **peer)
{
	const struct cmd *cmd = call->cmd;
	const struct front *front = cmd->front;
	struct front_chat chat;

	if ((!front->selected || !front->selected(&chat, cmd->front_arg)) &&
		!cmd_shown(cmd, &chat))
		return false;
	*ap = core_account_find(cmd->core, chat.account);
	if (*ap)
		*peer = mem_strdup(chat.peer);
	return *ap != NULL;
}


bool target_peer(struct cmd_call *call, const char *typed,
	struct core_account **ap, char **peer)
{
	char *why = NULL;
	int status;

	if (!strcmp(typed, "%")) {
		if (pointed(call, ap, peer))
			return true;
		reply_done(call, EX_DATAERR, T_NOBODY_POINTED);
		return false;
	}
	status = resolve(call, typed, ap, peer, &why);
	if (status)
		reply_why(call, status, why);
	return !status;
}


bool target_buddy(struct cmd_call *call, struct core_buddy **bp)
{
	const char *typed = args_get(call->args, "B");
	struct core_account *a;
	char *peer = NULL;

	if (!target_peer(call, typed, &a, &peer))
		return false;
	*bp = core_buddy_find(a, peer);
	if (!*bp)
		reply_done(call, EX_DATAERR, T_NOT_BUDDY, typed,
			core_watcher_blocked(a, peer)	     ? T_IS_BLOCKED
				: core_watcher_asks(a, peer) ? T_ASKS
							     : "");
	mem_deref(peer);
	return *bp != NULL;
}


bool target_reached(struct cmd_call *call, const char *typed,
	struct core_account **ap, char **peer)
{
	const struct core_origin origin = group_declared(call);
	char *why = NULL;
	int status;

	if (!target_peer(call, typed, ap, peer))
		return false;
	status = core_way_learn(*ap, *peer, typed, &origin, &why);
	if (!status)
		return true;
	reply_why(call, status, why);
	*peer = mem_deref(*peer);
	return false;
}


bool target_chat(struct cmd_call *call, struct core_chat **chatp)
{
	const char *typed = args_get(call->args, "B");
	struct core_account *a = shown_account(call->cmd);
	char *peer = NULL;

	if (typed) {
		if (!target_reached(call, typed, &a, &peer))
			return false;
	} else if (a) {
		peer = mem_strdup(call->cmd->shown.peer);
	} else {
		reply_done(call, EX_DATAERR, T_NO_SHOWN, reply_slash(call),
			*reply_slash(call) ? T_SLASH : "");
		return false;
	}
	*chatp = core_chat_get(a, peer);
	mem_deref(peer);
	return true;
}


bool target_account(
	struct cmd_call *call, const char *name, struct core_account **ap)
{
	char *why = NULL;
	int status;

	if (!name)
		name = call->args->account;
	*ap = NULL;
	if (!name)
		return true;
	status = core_pick_account(call->cmd->core, name, NULL, ap, &why);
	if (status)
		reply_why(call, status, why);
	return !status;
}


struct json *row_peer(struct core_account *a, const char *peer)
{
	struct json *row = json_new_object();

	json_put_str(row, "account", core_account_name(a));
	json_put_str(row, "peer", peer);
	json_put_str(row, "name", core_peer_name(a, peer));
	return row;
}


void row_presence(struct json *row, const struct presence *p)
{
	char date[DATE_SIZE];

	json_put_str(row, "state", presence_state_name(p->state));
	json_put_str(row, "activity", presence_activity_name(p->activity));
	json_put_str(row, "note", p->note);
	json_put_str(row, "reason", p->reason);
	if (!p->idle_since)
		return;
	date_rfc3339(date, p->idle_since);
	json_put_str(row, "idle-since", date);
}


char *row_presence_text(const struct presence *p, int64_t now)
{
	const char *activity = presence_activity_name(p->activity);
	const char *more = p->note ? p->note : p->reason;
	char since[DATE_SIZE];

	date_stamp_short(since, p->idle_since, now);
	return mem_printf("%s%s%s%s%s",
		activity ? activity : presence_state_name(p->state),
		p->idle_since ? ", idle since " : "",
		p->idle_since ? since : "", more ? ", " : "", more ? more : "");
}
