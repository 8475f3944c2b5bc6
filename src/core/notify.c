/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notify.c - the user's command for incoming messages, beside the loop. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "child.h"
#include "core_int.h"
#include "utf8.h"


enum {
	NOTIFY_MS = 30000,
	NOTIFY_OUTPUT = 1024,
	NOTIFY_TEXT_MAX = 4096, /* bytes of the text that it gets */
	NOTIFY_VARIABLES = 6,
};

struct notify {
	struct le le;
	struct core *core;
	struct child *child;
};


static void destructor(void *data)
{
	struct notify *n = data;

	list_unlink(&n->le);
	mem_deref(n->child);
}


static void ended_h(int status, const struct pl *out, const struct pl *errtext,
	const char *why, void *arg)
{
	struct notify *n = arg;

	(void)out;
	if (status)
		core_say(n->core, LOG_WARN, "notify-command: status %d: %s%.*s",
			status, why ? why : "", PL_ARG(errtext));
	mem_deref(n);
}


/* NAME=VALUE, VALUE as it may be shown on any terminal. */
static char *variable(const char *name, const char *value, enum utf8_mode mode)
{
	struct pl pl = pl_str(value);
	char *clean, *text;

	if (pl.l > NOTIFY_TEXT_MAX) {
		for (pl.l = NOTIFY_TEXT_MAX;
			pl.l && ((unsigned char)pl.p[pl.l] & 0xc0) == 0x80;)
			pl.l--;
	}
	clean = utf8_clean_dup(&pl, mode);
	text = mem_printf("%s=%s", name, clean);
	mem_deref(clean);
	return text;
}


static void run(
	struct core *core, char *const *argv, const struct core_event *event)
{
	char id[STORE_ID_SIZE], *env[NOTIFY_VARIABLES + 1];
	struct notify *n = mem_zalloc(sizeof(*n), destructor);
	size_t i = 0;
	int err;

	(void)snprintf(id, sizeof(id), "%" PRIu64, event->id);
	env[i++] = variable("SOTTO_ACCOUNT", event->account, UTF8_NAME);
	env[i++] = variable("SOTTO_PEER", event->peer, UTF8_NAME);
	env[i++] = variable("SOTTO_NAME", event->name, UTF8_NAME);
	env[i++] = variable("SOTTO_TEXT", event->text, UTF8_BODY);
	env[i++] = variable("SOTTO_ID", id, UTF8_NAME);
	env[i++] = variable(
		"SOTTO_STRANGER", event->stranger ? "yes" : "no", UTF8_NAME);
	env[i] = NULL;
	n->core = core;
	list_append(&core->commands, &n->le, n);
	err = child_run_env(&n->child, core->config.loop,
		(const char *const *)argv, (const char *const *)env, NOTIFY_MS,
		NOTIFY_OUTPUT, ended_h, n);
	if (err) {
		core_say(core, LOG_WARN, "notify-command: %s: %s", argv[0],
			strerror(err));
		mem_deref(n);
	}
	while (i)
		mem_deref(env[--i]);
}


void core_notify_message(struct core *core, const struct core_event *event)
{
	const char *command = core_option_get(core, "notify-command");
	char **argv;
	size_t n;

	/* A flood of messages must not become a flood of processes. */
	if (!command || !core->config.loop ||
		core->commands.count >= CORE_NOTIFY_MAX)
		return;
	argv = core_words(command, &n);
	if (argv)
		run(core, argv, event);
	mem_deref(argv);
}


void core_notify_flush(struct core *core)
{
	list_flush(&core->commands);
}
