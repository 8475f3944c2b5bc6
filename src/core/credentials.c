/* SPDX-License-Identifier: GPL-3.0-or-later */
/* credentials.c - the password of an account: as set, from its command, or
 * asked for; never kept longer than the account is signed in. */
#include <string.h>
#include "child.h"
#include "core_int.h"


enum {
	COMMAND_MS = 60000,
	COMMAND_OUTPUT = 4096,
};

struct core_credentials {
	struct le le;
	void (*answer)(const char *user, const char *password, void *ctx);
	void *ctx;
};


static void credentials_destructor(void *data)
{
	struct core_credentials *q = data;

	list_unlink(&q->le);
}


void core_account_forget_secret(struct core_account *a)
{
	a->secret = mem_deref(a->secret);
}


void core_account_questions_flush(struct core_account *a)
{
	a->child = mem_deref(a->child);
	list_flush(&a->questions);
}


/* Answers all who ask; PASSWORD NULL: there is none, and WHY. */
static void answer_all(
	struct core_account *a, const char *password, const char *why)
{
	const char *set = core_account_setting(a, "auth-user");
	char *user = set ? mem_strdup(set) : core_peer_user(a->aor);
	struct core_account *held = mem_ref(a);

	if (!password) {
		mem_deref(a->no_secret);
		a->no_secret = mem_printf("account %s: %s", a->name, why);
	}
	while (a->questions.head) {
		struct core_credentials *q = a->questions.head->data;

		list_unlink(&q->le);
		q->answer(user, password, q->ctx);
		mem_deref(q);
	}
	mem_deref(user);
	mem_deref(held);
}


static void command_h(int status, const struct pl *out,
	const struct pl *errtext, const char *why, void *arg)
{
	struct core_account *a = arg;
	struct child *child = a->child;
	struct pl rest = *out, line;
	char *text = NULL;

	a->child = NULL;
	(void)pl_split(&rest, '\n', &line);
	if (line.l && line.p[line.l - 1] == '\r')
		line.l--;
	if (status < 0)
		text = mem_printf("password-command: %s", why ? why : "failed");
	else if (status)
		text = mem_printf("password-command: exit status %d: %.*s",
			status, PL_ARG(errtext));
	else if (!line.l)
		text = mem_strdup("password-command printed no password");
	else
		a->secret = mem_secret_strndup(line.p, line.l);
	answer_all(a, a->secret, text);
	mem_deref(text);
	mem_deref(child);
}


static void run_command(struct core_account *a, const char *command)
{
	char *why;
	char **argv;
	size_t n;
	int err;

	if (!a->core->config.loop) {
		answer_all(a, NULL, "password-command: no commands run here");
		return;
	}
	argv = core_words(command, &n);
	err = child_run(&a->child, a->core->config.loop,
		(const char *const *)argv, COMMAND_MS, COMMAND_OUTPUT,
		command_h, a);
	if (err) {
		why = mem_printf(
			"password-command: %s: %s", argv[0], strerror(err));
		answer_all(a, NULL, why);
		mem_deref(why);
	}
	mem_deref(argv);
}


/* The answer may come when the account is gone; the reference taken for it
 * goes here. */
static void asked_h(const char *secret, void *ctx)
{
	struct core_account *a = ctx;

	a->asking = false;
	if (a->core && !a->removed && !list_isempty(&a->questions)) {
		if (secret && *secret) {
			core_account_forget_secret(a);
			a->secret = mem_secret_strndup(secret, strlen(secret));
		}
		answer_all(a, a->secret, "no password was given");
	}
	mem_deref(a);
}


static void ask_user(struct core_account *a)
{
	char *prompt;

	if (a->asking)
		return;
	a->asking = true;
	prompt = mem_printf("Password for %s (%s): ", a->name, a->aor);
	a->core->ask(prompt, asked_h, mem_ref(a), a->core->ask_arg);
	mem_deref(prompt);
}


void core_account_credentials(const char *realm,
	void (*answer)(const char *user, const char *password, void *ctx),
	void *ctx, void *arg)
{
	struct core_account *a = arg;
	const char *password = core_account_setting(a, "password");
	const char *command = core_account_setting(a, "password-command");
	struct core_credentials *q;

	(void)realm;
	q = mem_zalloc(sizeof(*q), credentials_destructor);
	q->answer = answer;
	q->ctx = ctx;
	list_append(&a->questions, &q->le, q);
	if (password || a->secret)
		answer_all(a, password ? password : a->secret, NULL);
	else if (a->leaving || a->removed || !a->core)
		answer_all(a, NULL, "signed out");
	else if (a->child)
		return;
	else if (command)
		run_command(a, command);
	else if (a->core->ask)
		ask_user(a);
	else
		answer_all(a, NULL,
			"no password: set password or password-command");
}


void core_set_ask(struct core *core, core_ask_h *ask, void *arg)
{
	core->ask = ask;
	core->ask_arg = arg;
}
