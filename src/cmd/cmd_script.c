/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_script.c - files of commands; source, echo, sleep. */
#include <errno.h>
#include <string.h>
#include "cmd_int.h"
#include "file.h"
#include "json.h"
#include "mbuf.h"


/* ---- files ---------------------------------------------------------- */


/* True if a line of the file TEXT holds a password, or might. */
static bool file_secret(const struct cmd *cmd, const struct pl *text)
{
	struct pl left = *text, line;
	bool more = true, secret = false;

	while (more && !secret) {
		char *s;

		more = pl_split(&left, '\n', &line);
		s = mem_secret_strndup(line.p, line.l);
		secret = cmd_line_secret(cmd, s);
		mem_deref(s);
	}
	return secret;
}


/* Lines joined by a backslash are looked at as one. */
static bool words_of_file_secret(const struct cmd *cmd, const struct pl *text)
{
	struct words *w = NULL;
	bool secret = false;
	struct parse p;
	int err;

	parse_init(&p, text);
	p.one_line = true;
	while (!secret && (err = parse_command(&p, &w)) != ENOENT) {
		if (err) {
			parse_recover(&p);
			continue;
		}
		secret = cmd_words_secret(cmd, w->n, (const char *const *)w->v);
		mem_deref(w);
	}
	return secret;
}


/* Reads PATH whole, unless it shows a password to others. */
static int read_file(
	const struct cmd *cmd, const char *path, struct mbuf **mbp, char **why)
{
	struct mbuf *mb = NULL;
	struct pl text;
	int err = file_read(&mb, path, CMD_FILE_MAX);

	if (err) {
		*why = mem_printf(T_FILE_READ, path, strerror(err));
		return EX_CONFIG;
	}
	text = mbuf_all(mb);
	if (file_others_read(path) &&
		(file_secret(cmd, &text) || words_of_file_secret(cmd, &text))) {
		*why = mem_printf(T_FILE_OPEN, path, path);
		mem_wipe(mb->buf, mb->size);
		mem_deref(mb);
		return EX_CONFIG;
	}
	*mbp = mb;
	return 0;
}


static void give_line(struct group *g, struct list *commands)
{
	struct le *le, *next;

	LIST_FOREACH (commands, le, next) {
		struct alias_command *c = le->data;

		queue_file_command(g, c->words);
	}
	list_flush(commands);
}


static void give_mistake(struct group *g, const struct parse *p)
{
	char *text = mem_printf(T_AT_COLUMN, p->column, p->error);

	queue_file_mistake(g, p->line, text);
	mem_deref(text);
}


static void give_file(struct group *g, const struct pl *text)
{
	struct list line = {0};
	struct words *w = NULL;
	struct parse p;
	int err;

	parse_init(&p, text);
	p.one_line = true;
	while ((err = parse_command(&p, &w)) != ENOENT) {
		if (p.fresh)
			give_line(g, &line);
		if (!err) {
			alias_append(&line, w);
			mem_deref(w);
			continue;
		}
		/* A line that cannot be split runs nothing. */
		list_flush(&line);
		give_mistake(g, &p);
		parse_recover(&p);
	}
	give_line(g, &line);
}


static int run_file(struct cmd_queue *q, const char *typed,
	const struct cmd_sink *sink, struct cmd_call *parent, char **why)
{
	char *path = file_expand(typed);
	struct mbuf *mb = NULL;
	struct group *g;
	struct pl text;
	int status = read_file(queue_cmd(q), path, &mb, why);

	if (status)
		goto out;
	g = queue_file(q, path, sink, parent);
	text = mbuf_all(mb);
	give_file(g, &text);
	mem_wipe(mb->buf, mb->size);
	queue_file_end(g);
out:
	mem_deref(mb);
	mem_deref(path);
	return status;
}


int cmd_file(struct cmd_queue *q, const char *path, const struct cmd_sink *sink,
	char **why)
{
	*why = NULL;
	return run_file(q, path, sink, NULL, why);
}


static void source_exec(struct cmd_call *call)
{
	const char *path = args_get(call->args, "FILE");
	char *why = NULL;
	int status;

	if (queue_depth(call) >= CMD_DEPTH_MAX) {
		reply_done(call, EX_USAGE, T_FILE_DEPTH, path);
		return;
	}
	status = run_file(queue_of(call), path, NULL, call, &why);
	if (status)
		reply_why(call, status, why);
}


const struct cmd_entry cmd_source = {
	.name = "source",
	.items = {{.name = "FILE", .kind = CMD_FILE}},
	.help = "runs the commands of a file",
	.exec = source_exec,
};


/* ---- echo, sleep ---------------------------------------------------- */


static void echo_exec(struct cmd_call *call)
{
	const char *text = args_get(call->args, "TEXT");
	struct json *row = json_new_object();

	json_put_str(row, "text", text);
	reply_lines(call, row, "%s", text);
	reply_done(call, 0, NULL);
}


const struct cmd_entry cmd_echo = {
	.name = "echo",
	.items = {{.name = "TEXT", .kind = CMD_TEXT}},
	.help = "shows a text",
	.exec = echo_exec,
};


static void sleep_over(void *arg)
{
	reply_done(arg, 0, NULL);
}


static void sleep_exec(struct cmd_call *call)
{
	uint64_t ms = 0;

	(void)args_seconds(args_get(call->args, "SECONDS"), &ms);
	tmr_start(call->cmd->tmrs, &call->tmr, ms, sleep_over, call);
}


const struct cmd_entry cmd_sleep = {
	.name = "sleep",
	.items = {{.name = "SECONDS", .kind = CMD_SECONDS}},
	.needs = CMD_HOLDS,
	.help = "holds the commands behind it for a while",
	.exec = sleep_exec,
};
