/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_account.c - account add, set, remove, list, show; login, logout. */
#include <string.h>
#include "cmd_int.h"
#include "group.h"
#include "json.h"
#include "mbuf.h"
#include "setup.h"


static void put_account(struct json *row, const struct core_account *a)
{
	enum endpoint_state state = core_account_state(a);

	json_put_str(row, "account", core_account_name(a));
	json_put_str(row, "uri", core_account_aor(a));
	json_put_str(row, "state", core_account_state_name(state));
	json_put_str(row, "address", core_account_address(a));
	json_put_str(row, "transport", core_account_transport(a));
	json_put_str(row, "reason", core_account_reason(a));
}


/* ---- account -------------------------------------------------------- */


/* SETTING=VALUE words; the first mistake counts, the others are set. */
static int assign(struct core_account *a, const struct words *w, char **why)
{
	int status = 0;
	size_t i;

	for (i = 0; w && i < w->n; i++) {
		const char *eq = strchr(w->v[i], '=');
		char *name = mem_strndup(w->v[i], (size_t)(eq - w->v[i]));
		char *other = NULL;
		int err = core_account_set(a, name, eq + 1, &other);

		if (err && !status) {
			status = err;
			*why = mem_ref(other);
		}
		mem_deref(other);
		mem_deref(name);
	}
	return status;
}


static void add_exec(struct cmd_call *call)
{
	const struct core_origin origin = group_declared(call);
	struct core_account *a;
	char *why = NULL;
	int status;

	if (!args_get(call->args, "URI")) {
		setup_begin(call, args_get(call->args, "NAME"));
		return;
	}
	status = core_account_add(call->cmd->core, args_get(call->args, "NAME"),
		args_get(call->args, "URI"), &origin, &a, &why);
	if (!status)
		status =
			assign(a, args_list(call->args, "SETTING=VALUE"), &why);
	reply_why(call, status, why);
}


const struct cmd_entry cmd_account_add = {
	.name = "account add",
	.items = {{.name = "NAME", .kind = CMD_WORD, .optional = true},
		{.name = "URI", .kind = CMD_WORD, .optional = true},
		{.name = "SETTING=VALUE",
			.kind = CMD_ASSIGN,
			.optional = true,
			.repeat = true}},
	.help = "makes an account known by a name of your own; asks for what "
		"is not given, and puts that into the configuration file",
	.exec = add_exec,
};


static void set_exec(struct cmd_call *call)
{
	struct core_account *a;
	char *why = NULL;
	int status;

	if (!target_account(call, args_get(call->args, "NAME"), &a))
		return;
	status = core_account_set(a, args_get(call->args, "SETTING"),
		args_get(call->args, "VALUE"), &why);
	reply_why(call, status, why);
}


const struct cmd_entry cmd_account_set = {
	.name = "account set",
	.items = {{.name = "NAME", .kind = CMD_ACCOUNT},
		{.name = "SETTING", .kind = CMD_SETTING},
		{.name = "VALUE", .kind = CMD_VALUE}},
	.help = "changes a setting of an account",
	.exec = set_exec,
};


static void remove_exec(struct cmd_call *call)
{
	struct core_account *a;
	char *why = NULL;
	int status;

	if (!target_account(call, args_get(call->args, "NAME"), &a))
		return;
	status = core_account_remove(a, &why);
	reply_why(call, status, why);
}


const struct cmd_entry cmd_account_remove = {
	.name = "account remove",
	.items = {{.name = "NAME", .kind = CMD_ACCOUNT}},
	.help = "signs an account out and forgets it",
	.exec = remove_exec,
};


static void list_exec(struct cmd_call *call)
{
	struct core_account *a;

	for (a = core_account_first(call->cmd->core); a;
		a = core_account_next(a)) {
		struct json *row = json_new_object();
		const char *reason = core_account_reason(a);

		put_account(row, a);
		reply_row(call, row, "%s %s %s%s%s", core_account_name(a),
			core_account_aor(a),
			core_account_state_name(core_account_state(a)),
			reason ? ": " : "", reason ? reason : "");
	}
	reply_done(call, 0, NULL);
}


const struct cmd_entry cmd_account_list = {
	.name = "account list",
	.needs = CMD_LIST,
	.help = "lists the accounts and whether they are online",
	.exec = list_exec,
};


static void show_exec(struct cmd_call *call)
{
	struct json *row, *settings;
	struct core_account *a;
	struct mbuf *mb;
	char *text;
	size_t i;

	if (!target_account(call, args_get(call->args, "NAME"), &a))
		return;
	row = json_new_object();
	settings = json_new_object();
	put_account(row, a);
	mb = mbuf_alloc(SIZE_MAX);
	mbuf_printf(mb, "%s %s %s", core_account_name(a), core_account_aor(a),
		core_account_state_name(core_account_state(a)));
	for (i = 0; core_settings[i].name; i++) {
		const char *name = core_settings[i].name;
		const char *value = core_account_get(a, name);

		json_put_str(settings, name, value);
		if (value)
			mbuf_printf(mb, "\n  %s %s", name, value);
	}
	json_put(row, "settings", settings);
	text = mbuf_strdup(mb);
	reply_lines(call, row, "%s", text);
	reply_done(call, 0, NULL);
	mem_deref(text);
	mem_deref(mb);
}


const struct cmd_entry cmd_account_show = {
	.name = "account show",
	.items = {{.name = "NAME", .kind = CMD_ACCOUNT}},
	.help = "shows an account with all its settings",
	.exec = show_exec,
};


/* ---- login, logout -------------------------------------------------- */


typedef void(sign_h)(struct core_account *a, core_done_h *done, void *arg);


/* Accounts that sign in or out side by side for one command. */
struct several {
	size_t open;
	int status;
	char *text;
};


static void several_destructor(void *data)
{
	struct several *s = data;

	mem_deref(s->text);
}


static void one_less(struct cmd_call *call)
{
	struct several *s = call->data;

	if (--s->open == 0)
		reply_done(call, s->status, s->text ? "%s" : NULL, s->text);
}


static void one_done(const struct core_outcome *outcome, void *arg)
{
	struct cmd_call *call = arg;
	struct several *s = call->data;

	if (!s->status && (outcome->status || !s->text)) {
		s->status = outcome->status;
		mem_deref(s->text);
		s->text = mem_strdup(outcome->text);
	}
	one_less(call);
	reply_paid(call);
}


static void sign_one(
	struct cmd_call *call, struct core_account *a, sign_h *sign)
{
	struct several *s = call->data;

	s->open++;
	sign(a, one_done, reply_owe(call));
}


/* All names are looked at before the first account moves. */
static bool names_exist(struct cmd_call *call, const struct words *names)
{
	struct core_account *a;
	size_t i;

	for (i = 0; names && i < names->n; i++) {
		if (!target_account(call, names->v[i], &a))
			return false;
	}
	return true;
}


static void sign_exec(struct cmd_call *call, sign_h *sign)
{
	const struct words *names = args_list(call->args, "NAME");
	struct core *core = call->cmd->core;
	struct core_account *a;
	const char *slash;
	struct several *s;
	size_t i;

	if (!names_exist(call, names) || !target_account(call, NULL, &a))
		return;
	if (!core_account_first(core)) {
		/* There it asks for the rest. */
		slash = reply_slash(call);
		reply_done(call, EX_CONFIG, T_NO_ACCOUNTS, slash,
			*slash ? "" : " NAME URI");
		return;
	}
	s = mem_zalloc(sizeof(*s), several_destructor);
	s->open = 1;
	call->data = s;
	if (names) {
		for (i = 0; i < names->n; i++)
			sign_one(call, core_account_find(core, names->v[i]),
				sign);
	} else if (a) {
		sign_one(call, a, sign);
	} else {
		for (a = core_account_first(core); a; a = core_account_next(a))
			sign_one(call, a, sign);
	}
	one_less(call);
}


static void login_exec(struct cmd_call *call)
{
	/* One command signs in what it needs, not what the file names. */
	if (call->origin.from == FRONT_FILE && call->cmd->front->once) {
		reply_done(call, 0, NULL);
		return;
	}
	sign_exec(call, core_login);
}


const struct cmd_entry cmd_login = {
	.name = "login",
	.items = {{.name = "NAME",
		.kind = CMD_ACCOUNT,
		.optional = true,
		.repeat = true}},
	.help = "signs in the named accounts, or all",
	.exec = login_exec,
};


static void logout_exec(struct cmd_call *call)
{
	sign_exec(call, core_logout);
}


const struct cmd_entry cmd_logout = {
	.name = "logout",
	.items = {{.name = "NAME",
		.kind = CMD_ACCOUNT,
		.optional = true,
		.repeat = true}},
	.help = "signs out the named accounts, or all",
	.exec = logout_exec,
};
