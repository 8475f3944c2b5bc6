/* SPDX-License-Identifier: GPL-3.0-or-later */
/* setup_ask.c - the questions of the setup dialogue and what is made of their
 * answers. */
#include <string.h>
#include "cmd_int.h"
#include "setup.h"
#include "utf8.h"


static void ask_how(struct cmd_call *call, const char *about);


/* ---- asking --------------------------------------------------------- */


/* What the file, and the language it is written in, can hold. */
static bool is_plain(const char *answer)
{
	struct pl pl = pl_str(answer);
	size_t i;

	for (i = 0; i < pl.l; i++) {
		if ((unsigned char)pl.p[i] < 0x20 || pl.p[i] == 0x7f)
			return false;
	}
	return utf8_valid(&pl);
}


static void answer_h(const char *answer, void *ctx)
{
	struct cmd_call *call = ctx;
	struct setup *s = setup_of(call);
	char *copy = answer ? mem_secret_strndup(answer, strlen(answer)) : NULL;

	if (!call->cmd)
		setup_finish(call);
	else if (!copy || call->done)
		setup_leave(call);
	else
		s->next(call, copy);
	mem_deref(copy);
	reply_paid(call);
}


void setup_ask(struct cmd_call *call, const struct front_question *q,
	void (*next)(struct cmd_call *call, const char *answer))
{
	const struct cmd *cmd = call->cmd;

	setup_of(call)->next = next;
	cmd->front->ask(q, answer_h, reply_owe(call), cmd->front_arg);
}


/* For an answer that is none: the question comes again with WHY, which is
 * taken over. */
static void again(struct cmd_call *call,
	void (*question)(struct cmd_call *call, const char *about), char *why)
{
	question(call, why ? why : T_SETUP_CONTROL);
	mem_deref(why);
}


/* ---- who ------------------------------------------------------------ */


static void got_address(struct cmd_call *call, const char *answer)
{
	struct setup *s = setup_of(call);
	char *why = NULL, *aor = NULL;

	if (!*answer) {
		setup_leave(call);
		return;
	}
	if (!is_plain(answer) || core_account_parse(answer, &aor, &why)) {
		setup_set(&s->aor, is_plain(answer) ? answer : "");
		again(call, setup_ask_address, why);
		return;
	}
	setup_set(&s->aor, aor);
	mem_deref(aor);
	if (s->named && !s->how)
		ask_how(call, NULL);
	else if (s->named)
		setup_try(call);
	else
		setup_ask_name(call, NULL);
}


void setup_ask_address(struct cmd_call *call, const char *about)
{
	const struct front_question q = {
		.text = "Address: ",
		.about = about ? about : T_SETUP_ADDRESS,
		.initial = setup_of(call)->aor,
	};

	setup_ask(call, &q, got_address);
}


static void got_name(struct cmd_call *call, const char *answer)
{
	struct setup *s = setup_of(call);
	char *why = NULL;

	if (!*answer) {
		setup_leave(call);
		return;
	}
	if (*answer == '-')
		why = mem_strdup(T_SETUP_DASH);
	if (why || core_account_name_check(call->cmd->core, answer, &why)) {
		again(call, setup_ask_name, why);
		return;
	}
	setup_set(&s->name, answer);
	if (s->how)
		setup_try(call);
	else
		ask_how(call, NULL);
}


void setup_ask_name(struct cmd_call *call, const char *about)
{
	struct setup *s = setup_of(call);
	char *name = s->name ? mem_strdup(s->name)
			     : core_account_propose(call->cmd->core, s->aor);
	const struct front_question q = {
		.text = "Name of the account: ",
		.about = about ? about : T_SETUP_NAME,
		.initial = name,
	};

	setup_ask(call, &q, got_name);
	mem_deref(name);
}


/* ---- the password --------------------------------------------------- */


static void ask_command(struct cmd_call *call, const char *about);
static void ask_password(struct cmd_call *call, const char *about);


static void got_command(struct cmd_call *call, const char *answer)
{
	char *why = NULL;

	if (!*answer) {
		setup_leave(call);
		return;
	}
	if (!is_plain(answer) ||
		core_account_check("password-command", answer, &why)) {
		again(call, ask_command, why);
		return;
	}
	setup_set(&setup_of(call)->command, answer);
	setup_try(call);
}


static void ask_command(struct cmd_call *call, const char *about)
{
	const struct front_question q = {
		.text = "Command: ",
		.about = about ? about : T_SETUP_COMMAND,
		.initial = setup_of(call)->command,
	};

	setup_ask(call, &q, got_command);
}


static void got_password(struct cmd_call *call, const char *answer)
{
	if (!*answer) {
		setup_leave(call);
		return;
	}
	if (!is_plain(answer)) {
		again(call, ask_password, NULL);
		return;
	}
	setup_set(&setup_of(call)->password, answer);
	setup_try(call);
}


static void ask_password(struct cmd_call *call, const char *about)
{
	char *text = mem_printf("Password for %s: ", setup_of(call)->aor);
	const struct front_question q = {
		.text = text, .about = about, .secret = true};

	setup_ask(call, &q, got_password);
	mem_deref(text);
}


static void got_how(struct cmd_call *call, const char *answer)
{
	if (!*answer) {
		setup_leave(call);
		return;
	}
	setup_set(&setup_of(call)->how, answer);
	if (!strcmp(answer, "command"))
		ask_command(call, NULL);
	else
		ask_password(call, NULL);
}


static void ask_how(struct cmd_call *call, const char *about)
{
	static const char *const ways[] = {"command", "ask", "file", NULL};
	static const char *const no_file[] = {"command", "ask", NULL};
	const char *file = call->cmd->config;
	char *text = mem_printf(T_SETUP_KEEP, file ? file : "-");
	const struct front_question q = {
		.text = "How: ", /* no place that looks like the password's */
		.about = about ? about : text,
		.choices = file ? ways : no_file,
	};

	setup_ask(call, &q, got_how);
	mem_deref(text);
}


/* ---- what to change ------------------------------------------------- */


/* With another setting it is another account: nothing of the one that failed
 * is left. */
static void change(struct cmd_call *call, const char *name, const char *value)
{
	setup_drop(call);
	setup_put(setup_of(call), name, value);
	setup_try(call);
}


static void got_server(struct cmd_call *call, const char *answer)
{
	struct setup *s = setup_of(call);
	char *uri = setup_server(answer), *why = NULL;

	if (!*answer)
		setup_ask_now(call, s->why);
	else if (!is_plain(uri) || core_account_check("proxy", uri, &why))
		again(call, setup_ask_now, why);
	else {
		change(call, "proxy", uri);
	}
	mem_deref(uri);
}


static void ask_server(struct cmd_call *call)
{
	const struct front_question q = {
		.text = "Server: ",
		.about = T_SETUP_SERVER,
		.initial = setup_get(setup_of(call), "proxy"),
	};

	setup_ask(call, &q, got_server);
}


static void got_setting(struct cmd_call *call, const char *answer)
{
	struct setup *s = setup_of(call);
	char *name = NULL, *value = NULL, *why = NULL;

	if (!*answer) {
		setup_ask_now(call, s->why);
		return;
	}
	if (!is_plain(answer))
		again(call, setup_ask_now, NULL);
	else if (!setup_split(answer, &name, &value))
		setup_ask_now(call, T_SETUP_NO_SETTING);
	else if (line_names_secret(name) || !strcmp(name, "password-command"))
		setup_ask_now(call, T_SETUP_SECRET);
	else if (core_account_check(name, value, &why))
		again(call, setup_ask_now, why);
	else {
		change(call, name, value);
	}
	mem_deref(name);
	mem_deref(value);
}


static void ask_setting(struct cmd_call *call)
{
	const struct front_question q = {
		.text = "Setting: ", .about = T_SETUP_SETTING};

	setup_ask(call, &q, got_setting);
}


/* Another address gets a name of its own, unless the user chose one. */
static void drop_proposed(struct cmd_call *call)
{
	struct setup *s = setup_of(call);
	char *name = core_account_propose(call->cmd->core, s->aor);

	if (s->name && name && !strcmp(name, s->name))
		s->name = mem_deref(s->name);
	mem_deref(name);
}


static void got_now(struct cmd_call *call, const char *answer)
{
	const char *how = setup_of(call)->how;

	if (!strcmp(answer, "password") && !strcmp(how, "command")) {
		ask_command(call, NULL);
	} else if (!strcmp(answer, "password")) {
		ask_password(call, NULL);
	} else if (!strcmp(answer, "way")) {
		ask_how(call, NULL);
	} else if (!strcmp(answer, "server")) {
		ask_server(call);
	} else if (!strcmp(answer, "setting")) {
		ask_setting(call);
	} else if (!strcmp(answer, "address")) {
		setup_drop(call);
		drop_proposed(call);
		setup_ask_address(call, NULL);
	} else if (!strcmp(answer, "again")) {
		setup_try(call);
	} else if (!strcmp(answer, "keep")) {
		setup_write(call);
	} else {
		setup_leave(call);
	}
}


/* It is not signed in: what now? */
void setup_ask_now(struct cmd_call *call, const char *about)
{
	static const char *const ways[] = {"password", "way", "server",
		"setting", "address", "again", "keep", NULL};
	char *text = mem_printf(T_SETUP_NOW, about);
	const struct front_question q = {
		.text = "Change: ", .about = text, .choices = ways};

	setup_ask(call, &q, got_now);
	mem_deref(text);
}
