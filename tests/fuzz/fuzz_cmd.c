/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_cmd.c - command lines: the first byte says how the rest is given, as
 * a line, typed, completed or as a file; nothing of it goes anywhere. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cmd_int.h"
#include "fake_core.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void row(
	const struct front_origin *origin, const struct front_row *r, void *arg)
{
	(void)origin;
	(void)r;
	(void)arg;
}


static void outcome(const struct front_outcome *o, void *arg)
{
	(void)o;
	(void)arg;
}


static void quit(int status, void *arg)
{
	(void)status;
	(void)arg;
}


static void done(const struct front_outcome *o, void *arg)
{
	if (o->status && !o->text)
		abort();
	++*(unsigned *)arg;
}


static void offer(const char *text, const char *help, void *arg)
{
	struct pl pl = pl_str(text);
	struct words *w = NULL;
	struct parse p;

	(void)help;
	(void)arg;
	/* A candidate stands for one word, or begins one. */
	parse_init(&p, &pl);
	if (parse_command(&p, &w) || w->n != 1)
		abort();
	mem_deref(w);
}


/* Words that were split are split alike once they are quoted. */
static void split(const struct pl *text, bool one_line)
{
	struct words *w = NULL;
	struct parse p;
	int err;

	parse_init(&p, text);
	p.one_line = one_line;
	while ((err = parse_command(&p, &w)) != ENOENT) {
		struct words *again = NULL;
		struct parse q;
		struct pl pl;
		char *quoted;

		if (err) {
			parse_recover(&p);
			continue;
		}
		quoted = words_quote(w, 0);
		pl = pl_str(quoted);
		parse_init(&q, &pl);
		if (parse_command(&q, &again) || again->n != w->n)
			abort();
		for (size_t i = 0; i < w->n; i++) {
			if (strcmp(w->v[i], again->v[i]))
				abort();
		}
		mem_deref(again);
		mem_deref(quoted);
		mem_deref(w);
	}
}


/* Commands that would read files of this machine. */
static bool reads_files(const char *text)
{
	return strstr(text, "so") != NULL || strstr(text, "alias") != NULL;
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct front front = {
		.name = "fuzz", .row = row, .outcome = outcome, .quit = quit};
	const struct front_origin origin = {.from = FRONT_JSON};
	struct cmd_config config = {.front = &front};
	struct cmd_queue *q;
	struct cmd *cmd;
	unsigned ends = 0;
	struct cmd_sink sink = {NULL, done, &ends};
	struct pl pl;
	size_t from;
	char *text;

	if (!size)
		return 0;
	pl = pl_make((const char *)data + 1, size - 1);
	split(&pl, data[0] & 1);
	text = pl_strdup(&pl);
	config.core = fake_core();
	config.tmrs = tmrs_alloc(NULL);
	if (cmd_alloc(&cmd, &config) || cmd_queue_alloc(&q, cmd))
		abort();
	(void)cmd_line_secret(cmd, text);
	(void)cmd_complete(cmd, text, data[0], &from, offer, NULL);
	if (from > strlen(text))
		abort();
	if (!reads_files(text)) {
		cmd_line(q,
			"account add a sip:alice@example.org; chat show "
			"sip:bob@example.org",
			&origin, &sink);
		if (data[0] & 2)
			cmd_line(q, text, &origin, &sink);
		else
			cmd_typed(q, text, &sink);
		if (ends + cmd_queue_pending(q) != 2)
			abort();
	}
	mem_deref(text);
	mem_deref(config.core);
	mem_deref(q);
	mem_deref(cmd);
	mem_deref(config.tmrs);
	return 0;
}
