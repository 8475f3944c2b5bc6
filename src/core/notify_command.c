/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notify_command.c - the user's command for what he is notified of, beside
 * the loop: words, no shell. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "child.h"
#include "core_int.h"
#include "mbuf.h"
#include "notify.h"
#include "utf8.h"


enum {
	COMMAND_MS = 30000,
	COMMAND_OUTPUT = 1024,
	COMMAND_VARIABLES = 8,
};

struct command {
	struct le le;
	struct core *core;
	struct child *child;
};


static void destructor(void *data)
{
	struct command *n = data;

	list_unlink(&n->le);
	mem_deref(n->child);
}


static void ended_h(int status, const struct pl *out, const struct pl *errtext,
	const char *why, void *arg)
{
	struct command *n = arg;

	(void)out;
	if (status)
		core_say(n->core, LOG_WARN, "notify-command: status %d: %s%.*s",
			status, why ? why : "", PL_ARG(errtext));
	mem_deref(n);
}


/* VALUE as it may be shown on any terminal, of bounded length (mem_deref). */
static char *safe(const char *value, enum utf8_mode mode)
{
	struct pl pl = pl_str(value);

	if (pl.l > CORE_NOTIFY_TEXT_MAX) {
		for (pl.l = CORE_NOTIFY_TEXT_MAX;
			pl.l && ((unsigned char)pl.p[pl.l] & 0xc0) == 0x80;)
			pl.l--;
	}
	return utf8_clean_dup(&pl, mode);
}


static char *variable(const char *name, const char *value, enum utf8_mode mode)
{
	char *clean = safe(value, mode);
	char *text = mem_printf("%s=%s", name, clean);

	mem_deref(clean);
	return text;
}


/* Puts VALUE where WORD has a mark. A word that begins with it cannot begin
 * with a hyphen, a plus, an at sign or the like: what others write is no
 * option and no name of a file. */
static void put(struct mbuf *word, const char *value, enum utf8_mode mode)
{
	char *clean = safe(value, mode);
	char c = *clean;
	bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		(c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;

	if (!word->end && c && !plain)
		(void)mbuf_write_u8(word, ' ');
	(void)mbuf_write_str(word, clean);
	mem_deref(clean);
}


/* TEXT of the command with %n, %t, %a, %p and %% replaced (mem_deref). */
static char *fill(const char *text, const struct core_note *note)
{
	struct mbuf *word = mbuf_alloc(SIZE_MAX);
	char *whole;

	for (; *text; text++) {
		switch (*text == '%' ? text[1] : '\0') {
		case 'n':
			put(word, note->title, UTF8_NAME);
			break;
		case 't':
			put(word, note->text, UTF8_BODY);
			break;
		case 'a':
			put(word, note->account, UTF8_NAME);
			break;
		case 'p':
			put(word, note->peer, UTF8_NAME);
			break;
		case '%':
			(void)mbuf_write_u8(word, '%');
			break;
		default:
			(void)mbuf_write_u8(word, (uint8_t)*text);
			continue;
		}
		text++;
	}
	whole = mbuf_strdup(word);
	mem_deref(word);
	return whole;
}


static size_t environment(char **env, const struct core_note *note)
{
	char id[STORE_ID_SIZE] = "", count[24];
	size_t i = 0;

	if (note->id)
		(void)snprintf(id, sizeof(id), "%" PRIu64, note->id);
	(void)snprintf(count, sizeof(count), "%zu", note->count);
	env[i++] = variable("SOTTO_EVENT", note->event, UTF8_NAME);
	env[i++] = variable("SOTTO_COUNT", count, UTF8_NAME);
	env[i++] = variable("SOTTO_ACCOUNT", note->account, UTF8_NAME);
	env[i++] = variable("SOTTO_PEER", note->peer, UTF8_NAME);
	env[i++] = variable("SOTTO_NAME", note->title, UTF8_NAME);
	env[i++] = variable("SOTTO_TEXT", note->text, UTF8_BODY);
	env[i++] = variable("SOTTO_ID", id, UTF8_NAME);
	env[i++] = variable(
		"SOTTO_STRANGER", note->stranger ? "yes" : "no", UTF8_NAME);
	env[i] = NULL;
	return i;
}


static void run(
	struct core *core, char *const *words, const struct core_note *note)
{
	char *env[COMMAND_VARIABLES + 1];
	struct command *c = mem_zalloc(sizeof(*c), destructor);
	size_t i, n = 0;
	char **argv;
	int err;

	while (words[n])
		n++;
	argv = mem_zalloc((n + 1) * sizeof(*argv), NULL);
	/* Which program runs is nobody else's choice. */
	for (i = 0; i < n; i++)
		argv[i] = i ? fill(words[i], note) : mem_strdup(words[i]);
	i = environment(env, note);
	c->core = core;
	list_append(&core->commands, &c->le, c);
	err = child_run_env(&c->child, core->config.loop,
		(const char *const *)argv, (const char *const *)env, COMMAND_MS,
		COMMAND_OUTPUT, ended_h, c);
	if (err) {
		core_say(core, LOG_WARN, "notify-command: %s: %s", argv[0],
			strerror(err));
		mem_deref(c);
	}
	while (i)
		mem_deref(env[--i]);
	while (n)
		mem_deref(argv[--n]);
	mem_deref(argv);
}


void core_notify_command(struct core *core, const struct core_note *note)
{
	const char *command = core_option_get(core, "notify-command");
	char **words;
	size_t n;

	/* A flood of messages must not become a flood of processes. */
	if (!command || !core->config.loop ||
		core->commands.count >= CORE_NOTIFY_MAX)
		return;
	words = core_words(command, &n);
	if (words)
		run(core, words, note);
	mem_deref(words);
}


void core_notify_command_flush(struct core *core)
{
	list_flush(&core->commands);
}
