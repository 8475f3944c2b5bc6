/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_buddy.c - the buddy list, and who may see us. */
#include <string.h>
#include "cmd_int.h"
#include "group.h"
#include "json.h"
#include "mbuf.h"
#include "uri.h"


enum {
	LISTED_A_TURN = 200, /* so that no turn of the loop is long */
};


/* ---- rows ----------------------------------------------------------- */


static char *groups_text(const char *const *groups)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	size_t i;
	char *s;

	for (i = 0; groups && groups[i]; i++)
		mbuf_printf(mb, "%s%s", i ? ", " : "", groups[i]);
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


static struct json *buddy_row(struct core_buddy *b)
{
	const char *const *groups = core_buddy_groups(b);
	struct json *row = json_new_object(), *list = json_new_array();
	size_t i;

	for (i = 0; groups && groups[i]; i++)
		json_append(list, json_new_str(groups[i]));
	json_put_str(row, "account", core_account_name(core_buddy_account(b)));
	json_put_str(row, "buddy", core_buddy_aor(b));
	json_put_str(row, "name", core_buddy_name(b));
	json_put(row, "groups", list);
	json_put_bool(row, "added", core_buddy_added(b));
	row_presence(row, core_buddy_presence(b));
	return row;
}


static void give_buddy(struct cmd_call *call, struct core_buddy *b)
{
	char *groups = groups_text(core_buddy_groups(b));
	char *presence = row_presence_text(
		core_buddy_presence(b), tmrs_wall(call->cmd->tmrs));
	const char *name = core_buddy_name(b);
	bool blocked =
		core_watcher_blocked(core_buddy_account(b), core_buddy_aor(b));

	reply_row(call, buddy_row(b), "%s%s%s %s%s%s%s%s", name ? name : "",
		name ? " " : "", core_buddy_aor(b), presence,
		blocked ? ", blocked" : "", *groups ? " [" : "", groups,
		*groups ? "]" : "");
	mem_deref(groups);
	mem_deref(presence);
}


/* ---- the list ------------------------------------------------------- */


/* What was typed if it is an address, which may have parameters that the AOR
 * has not; else the AOR of the name. */
static char *address_of(const char *typed, const char *peer)
{
	struct pl pl = pl_str(typed);
	char *text = NULL;
	struct uri uri;

	if (strpbrk(typed, "@:") && !uri_from_user(&uri, &text, &pl))
		return text;
	mem_deref(text);
	return mem_strdup(peer);
}


static void add_exec(struct cmd_call *call)
{
	const struct core_origin origin = group_declared(call);
	const struct words *groups = args_list(call->args, "-g");
	const char *typed = args_get(call->args, "URI");
	struct core_account *a;
	struct core_buddy *b;
	char *peer = NULL, *uri, *why = NULL;
	int status;

	if (!target_peer(call, typed, &a, &peer))
		return;
	uri = address_of(typed, peer);
	status = core_buddy_add(a, uri, args_get(call->args, "-n"),
		groups ? (const char *const *)groups->v : NULL, &origin, &b,
		&why);
	reply_why(call, status, why);
	mem_deref(uri);
	mem_deref(peer);
}


const struct cmd_entry cmd_buddy_add = {
	.name = "buddy add",
	.items = {{.name = "URI", .kind = CMD_BUDDY},
		{.flag = "-n", .name = "NAME", .kind = CMD_WORD},
		{.flag = "-g",
			.name = "GROUP",
			.kind = CMD_GROUP,
			.repeat = true}},
	.help = "adds somebody to the buddy list, or changes name and groups",
	.exec = add_exec,
};


static void remove_exec(struct cmd_call *call)
{
	struct core_buddy *b;
	char *note = NULL;
	int status;

	if (!target_buddy(call, &b))
		return;
	status = core_buddy_remove(b, &note);
	reply_why(call, status, note);
}


const struct cmd_entry cmd_buddy_remove = {
	.name = "buddy remove",
	.items = {{.name = "B", .kind = CMD_BUDDY}},
	.help = "takes somebody off the buddy list",
	.exec = remove_exec,
};


static void rename_exec(struct cmd_call *call)
{
	struct core_buddy *b;

	if (target_buddy(call, &b))
		reply_done(call,
			core_buddy_rename(b, args_get(call->args, "NAME")),
			NULL);
}


const struct cmd_entry cmd_buddy_rename = {
	.name = "buddy rename",
	.items = {{.name = "B", .kind = CMD_BUDDY},
		{.name = "NAME", .kind = CMD_TEXT}},
	.help = "gives a buddy another name",
	.exec = rename_exec,
};


/* Appends to ARG, each with its end. */
static void group_before_h(const char *group, size_t buddies, void *arg)
{
	(void)buddies;
	(void)mbuf_write_mem(arg, group, strlen(group) + 1);
}


static bool was_there(const struct mbuf *before, const char *group)
{
	const char *p = (char *)before->buf, *end = p + before->end;

	for (; p < end; p += strlen(p) + 1) {
		if (!strcmp(p, group))
			return true;
	}
	return false;
}


/* What two words without quotes made of one name is seen. */
static void give_groups(
	struct cmd_call *call, struct core_buddy *b, const struct mbuf *before)
{
	const char *const *groups = core_buddy_groups(b);
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	char *text;
	size_t i;

	for (i = 0; groups[i]; i++)
		mbuf_printf(mb, "%s\"%s\"%s", i ? ", " : "", groups[i],
			was_there(before, groups[i]) ? "" : T_GROUP_NEW);
	text = mbuf_strdup(mb);
	reply_row(call, buddy_row(b), T_IN_GROUPS,
		core_peer_name(core_buddy_account(b), core_buddy_aor(b)),
		*text ? text : T_NO_GROUP);
	mem_deref(text);
	mem_deref(mb);
}


static void group_exec(struct cmd_call *call)
{
	const struct words *groups = args_list(call->args, "GROUP");
	struct mbuf *before;
	struct core_buddy *b;
	int status;

	if (!target_buddy(call, &b))
		return;
	before = mbuf_alloc(SIZE_MAX);
	core_group_each(call->cmd->core, group_before_h, before);
	status = core_buddy_regroup(b, (const char *const *)groups->v);
	if (!status)
		give_groups(call, b, before);
	reply_done(call, status, NULL);
	mem_deref(before);
}


const struct cmd_entry cmd_buddy_group = {
	.name = "buddy group",
	.items = {{.name = "B", .kind = CMD_BUDDY},
		{.name = "GROUP", .kind = CMD_GROUP, .repeat = true}},
	.help = "puts a buddy into these groups and no other: "
		"Work \"My Friends\"",
	.exec = group_exec,
};


/* Those who were in the list when it was asked for. */
struct listing {
	struct core_buddy **buddies; /* references */
	size_t n, size, next;
};


static void listing_destructor(void *data)
{
	struct listing *l = data;

	while (l->n)
		mem_deref(l->buddies[--l->n]);
	mem_deref(l->buddies);
}


static void listing_add(struct listing *l, struct core_buddy *b)
{
	if (l->n == l->size) {
		l->size = l->size ? 2 * l->size : 64;
		l->buddies = mem_reallocarray(
			l->buddies, l->size, sizeof(*l->buddies));
	}
	l->buddies[l->n++] = mem_ref(b);
}


static void listing_h(void *arg);


static void listing_turn(struct cmd_call *call)
{
	struct listing *l = call->data;
	size_t end = l->next + LISTED_A_TURN;

	for (; l->next < l->n && l->next < end; l->next++) {
		struct core_buddy *b = l->buddies[l->next];

		/* Not one who was removed meanwhile. */
		if (core_buddy_account(b))
			give_buddy(call, b);
	}
	if (l->next < l->n) {
		tmr_start(call->cmd->tmrs, &call->tmr, 0, listing_h,
			reply_owe(call));
	} else {
		reply_done(call, 0, NULL);
	}
}


static void listing_h(void *arg)
{
	listing_turn(arg);
	reply_paid(arg);
}


static void list_exec(struct cmd_call *call)
{
	struct core_account *a, *only;
	struct core_buddy *b;
	struct listing *l;

	if (!target_account(call, NULL, &only))
		return;
	call->data = l = mem_zalloc(sizeof(*l), listing_destructor);
	for (a = core_account_first(call->cmd->core); a;
		a = core_account_next(a)) {
		if (only && a != only)
			continue;
		for (b = core_buddy_first(a); b; b = core_buddy_next(b))
			listing_add(l, b);
	}
	listing_turn(call);
}


const struct cmd_entry cmd_buddy_list = {
	.name = "buddy list",
	.needs = CMD_LIST,
	.help = "lists the buddies with their presence",
	.exec = list_exec,
};


static void show_exec(struct cmd_call *call)
{
	struct core_buddy *b;

	if (!target_buddy(call, &b))
		return;
	give_buddy(call, b);
	reply_done(call, 0, NULL);
}


const struct cmd_entry cmd_buddy_show = {
	.name = "buddy show",
	.items = {{.name = "B", .kind = CMD_BUDDY}},
	.help = "shows what is known of a buddy",
	.exec = show_exec,
};


/* ---- who may see us ------------------------------------------------- */


static void decide(struct cmd_call *call, enum core_decision decision)
{
	struct core_account *a;
	char *peer = NULL, *note = NULL;
	int status;

	if (!target_peer(call, args_get(call->args, "URI"), &a, &peer))
		return;
	status = core_watcher_decide(a, peer, decision, &note);
	reply_why(call, status, note);
	mem_deref(peer);
}


static void accept_exec(struct cmd_call *call)
{
	decide(call, CORE_ACCEPT);
}


static void decline_exec(struct cmd_call *call)
{
	decide(call, CORE_DECLINE);
}


static void block_exec(struct cmd_call *call)
{
	decide(call, CORE_BLOCK);
}


static void unblock_exec(struct cmd_call *call)
{
	decide(call, CORE_UNBLOCK);
}


const struct cmd_entry cmd_buddy_accept = {
	.name = "buddy accept",
	.items = {{.name = "URI", .kind = CMD_WATCHER}},
	.help = "lets somebody see your presence and write to you",
	.exec = accept_exec,
};


const struct cmd_entry cmd_buddy_decline = {
	.name = "buddy decline",
	.items = {{.name = "URI", .kind = CMD_WATCHER}},
	.help = "keeps your presence from somebody who asked for it",
	.exec = decline_exec,
};


const struct cmd_entry cmd_buddy_block = {
	.name = "buddy block",
	.items = {{.name = "URI", .kind = CMD_WATCHER}},
	.help = "refuses somebody's messages and looks offline to them",
	.exec = block_exec,
};


const struct cmd_entry cmd_buddy_unblock = {
	.name = "buddy unblock",
	.items = {{.name = "URI", .kind = CMD_WATCHER}},
	.help = "takes a block back",
	.exec = unblock_exec,
};


/* ---- files ---------------------------------------------------------- */


static void bad_row_h(unsigned line, const char *why, void *arg)
{
	struct cmd_call *call = arg;
	const char *file = args_get(call->args, "FILE");
	struct json *row = json_new_object();

	json_put_str(row, "file", file);
	json_put_int(row, "line", line);
	json_put_str(row, "reason", why);
	reply_row(call, row, T_FILE_LINE, file, line, why);
}


static void imported_h(
	int status, const char *why, const struct core_imported *n, void *arg)
{
	struct cmd_call *call = arg;
	struct json *row;

	if (why) {
		reply_done(call, status, "%s", why);
	} else if (!call->done) {
		row = json_new_object();
		json_put_str(row, "file", args_get(call->args, "FILE"));
		json_put_int(row, "added", (int64_t)n->added);
		json_put_int(row, "changed", (int64_t)n->changed);
		json_put_int(row, "same", (int64_t)n->same);
		json_put_int(row, "not-taken", (int64_t)n->bad);
		reply_row(call, row, NULL);
		reply_done(
			call, status, T_IMPORTED, n->added, n->changed, n->bad);
	}
	reply_paid(call);
}


static void import_exec(struct cmd_call *call)
{
	struct core_account *a;
	char *why = NULL;
	int status;

	if (!target_account(call, NULL, &a))
		return;
	status = core_exchange_import(call->cmd->core, a,
		args_get(call->args, "FILE"), bad_row_h, imported_h,
		reply_owe(call), &why);
	if (!status)
		return;
	reply_why(call, status, why);
	reply_paid(call);
}


const struct cmd_entry cmd_buddy_import = {
	.name = "buddy import",
	.items = {{.name = "FILE", .kind = CMD_FILE}},
	.needs = CMD_LIST,
	.help = "adds the buddies of a file",
	.exec = import_exec,
};


static void listed_h(int status, const char *why, size_t n, void *arg)
{
	struct cmd_call *call = arg;
	struct json *row;

	if (why) {
		reply_done(call, status, "%s", why);
	} else if (!call->done) {
		row = json_new_object();
		json_put_str(row, "file", args_get(call->args, "FILE"));
		json_put_int(row, "buddies", (int64_t)n);
		reply_row(call, row, NULL);
		reply_done(call, status, T_LISTED, n,
			args_get(call->args, "FILE"));
	}
	reply_paid(call);
}


static void export_exec(struct cmd_call *call)
{
	struct core_account *a;
	char *why = NULL;
	int status;

	if (!target_account(call, NULL, &a))
		return;
	status = core_exchange_export(call->cmd->core, a,
		args_get(call->args, "FILE"), listed_h, reply_owe(call), &why);
	if (!status)
		return;
	reply_why(call, status, why);
	reply_paid(call);
}


const struct cmd_entry cmd_buddy_export = {
	.name = "buddy export",
	.items = {{.name = "FILE", .kind = CMD_FILE}},
	.help = "writes the buddy list to a file",
	.exec = export_exec,
};
