/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup.c - the setup dialogue: `account add` without an address asks one
 * thing after the other, signs in to see whether it is right, and puts it
 * into the configuration file.
 *
 * Until that is written nothing knows of the account but the core, which
 * forgets it when the person leaves.
 */
#include <string.h>
#include "cmd_int.h"
#include "setup.h"


struct setup *setup_of(const struct cmd_call *call)
{
	return call->data;
}


/* ---- the end -------------------------------------------------------- */


/* The account that is tried goes; what was answered stays. */
void setup_drop(struct cmd_call *call)
{
	struct setup *s = setup_of(call);
	char *why = NULL;

	s->signing = false;
	s->online = false;
	if (!s->account)
		return;
	if (call->cmd &&
		core_account_find(call->cmd->core, s->name) == s->account)
		(void)core_account_remove(s->account, &why);
	s->account = mem_deref(s->account);
	mem_deref(why);
}


void setup_finish(struct cmd_call *call)
{
	struct setup *s = setup_of(call);

	if (call->cmd && call->cmd->setup == call)
		call->cmd->setup = NULL;
	s->signing = false;
	s->account = mem_deref(s->account);
	s->password = mem_deref(s->password);
}


void setup_leave(struct cmd_call *call)
{
	setup_drop(call);
	setup_finish(call);
	reply_done(call, EX_UNAVAILABLE, T_SETUP_LEFT);
}


/* ---- signing in ----------------------------------------------------- */


static void failed(struct cmd_call *call, const char *why)
{
	struct setup *s = setup_of(call);
	char *text = mem_printf(T_SETUP_FAILED, s->name, why);

	setup_set(&s->why, text);
	mem_deref(text);
	setup_ask_now(call, s->why);
}


static void login_h(const struct core_outcome *outcome, void *arg)
{
	struct cmd_call *call = arg;
	struct setup *s = setup_of(call);
	const struct cmd *cmd = call->cmd;

	/* Those of tries that were stopped come before. */
	if (--s->logins == 0 && cmd && s->signing) {
		s->signing = false;
		/* Its answer is no longer awaited. */
		cmd->front->unask(call, cmd->front_arg);
		reply_paid(call);
		s->online = !outcome->status;
		if (call->done)
			setup_leave(call);
		else if (s->online)
			setup_write(call);
		else
			failed(call, outcome->text ? outcome->text : "?");
	}
	reply_paid(call);
}


static void got_stop(struct cmd_call *call, const char *answer)
{
	struct setup *s = setup_of(call);

	(void)answer;
	setup_drop(call);
	setup_set(&s->why, T_SETUP_STOPPED);
	setup_ask_now(call, s->why);
}


static void apply(const char *name, const char *value, void *arg)
{
	char *why = NULL;

	(void)core_account_set(arg, name, value, &why);
	mem_deref(why);
}


/* False where somebody else removed it, too. */
static bool has_account(const struct cmd_call *call)
{
	const struct setup *s = setup_of(call);

	return s->account &&
		core_account_find(call->cmd->core, s->name) == s->account;
}


/* The account with all that was answered; false: its name is asked again. */
static bool make_account(struct cmd_call *call)
{
	struct setup *s = setup_of(call);
	char *why = NULL;

	if (!has_account(call)) {
		s->account = mem_deref(s->account);
		if (core_account_try(call->cmd->core, s->name, s->aor,
			    &s->account, &why)) {
			s->named = false;
			setup_ask_name(call, why);
			mem_deref(why);
			return false;
		}
		(void)mem_ref(s->account);
	}
	apply("password", "", s->account);
	apply("password-command", "", s->account);
	setup_each(s, apply, s->account);
	if (!strcmp(s->how, "ask"))
		core_account_secret(s->account, s->password);
	return true;
}


void setup_try(struct cmd_call *call)
{
	struct setup *s = setup_of(call);
	struct front_question q = {0};
	char *text;

	if (!make_account(call))
		return;
	s->signing = true;
	text = mem_printf("Signing in as %s; Enter stops: ", s->aor);
	q.text = text;
	setup_ask(call, &q, got_stop);
	mem_deref(text);
	if (!s->signing)
		return;
	s->logins++;
	core_login(s->account, login_h, reply_owe(call));
}


/* ---- writing -------------------------------------------------------- */


static void got_unwritten(struct cmd_call *call, const char *answer)
{
	struct setup *s = setup_of(call);

	if (!strcmp(answer, "again")) {
		setup_write(call);
	} else if (!strcmp(answer, "store")) {
		core_account_keep(s->account);
		reply_done(call, 0, T_SETUP_STORE, s->name);
		setup_finish(call);
	} else {
		setup_leave(call);
	}
}


static void ask_unwritten(struct cmd_call *call, const char *why)
{
	static const char *const ways[] = {"again", "store", NULL};
	char *about = mem_printf(T_SETUP_UNWRITTEN, why);
	const struct front_question q = {
		.text = "Not written: ", .about = about, .choices = ways};

	setup_ask(call, &q, got_unwritten);
	mem_deref(about);
}


static void written_h(const struct core_outcome *outcome, void *arg)
{
	struct cmd_call *call = arg;
	const struct setup *s = setup_of(call);
	/* It may have got in by itself while the person was asked. */
	bool online =
		s->online || core_account_state(s->account) == ENDPOINT_ONLINE;

	if (!call->cmd) {
		setup_finish(call);
	} else if (outcome->status) {
		ask_unwritten(call, outcome->text);
	} else {
		if (online)
			reply_done(call, 0, T_SETUP_DONE, s->name,
				call->cmd->config);
		else
			reply_done(call, 0, T_SETUP_KEPT, s->name,
				call->cmd->config);
		setup_finish(call);
	}
	reply_paid(call);
}


void setup_write(struct cmd_call *call)
{
	struct setup *s = setup_of(call);
	const char *path = call->cmd->config;
	char *text;

	/* Where signing in was stopped it is gone. */
	if (!has_account(call) && !make_account(call))
		return;
	if (!path) {
		got_unwritten(call, "store");
		return;
	}
	text = setup_text(s);
	core_account_write(s->account, path, text, 2, !strcmp(s->how, "file"),
		written_h, reply_owe(call));
	mem_deref(text);
}


/* ---- the beginning -------------------------------------------------- */


void setup_begin(struct cmd_call *call, const char *name)
{
	struct cmd *cmd = call->cmd;
	bool person = call->origin.from == FRONT_TYPED ||
		call->origin.from == FRONT_BINDING;
	struct setup *s;
	char *why = NULL;
	int status;

	if (!person || !cmd->front->ask) {
		reply_done(
			call, EX_USAGE, T_SETUP_ELSEWHERE, call->entry->name);
		return;
	}
	if (cmd->setup) {
		reply_done(call, EX_USAGE, T_SETUP_BUSY);
		return;
	}
	status = name ? core_account_name_check(cmd->core, name, &why) : 0;
	if (status) {
		reply_why(call, status, why);
		return;
	}
	s = setup_alloc();
	call->data = s;
	cmd->setup = call;
	s->named = name != NULL;
	s->name = mem_strdup(name);
	setup_ask_address(call, NULL);
}
