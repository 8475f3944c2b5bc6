/* SPDX-License-Identifier: GPL-3.0-or-later */
/* group.c - the commands of one line or file, with one outcome. */
#include "cmd_int.h"
#include "group.h"
#include "json.h"


static void group_destructor(void *data)
{
	struct group *g = data;

	list_unlink(&g->le);
	mem_deref(g->file);
	mem_deref(g->account);
	mem_deref(g->parent);
	mem_deref(g->text);
	json_drop(g->result);
}


struct group *group_alloc(struct cmd_queue *q, struct list *groups,
	const struct front_origin *origin, const struct cmd_sink *sink)
{
	struct group *g = mem_zalloc(sizeof(*g), group_destructor);

	g->q = q;
	g->file = mem_strdup(origin->file);
	g->origin = *origin;
	g->origin.file = g->file;
	g->account = mem_strdup(origin->account);
	g->origin.account = g->account;
	g->has_sink = sink != NULL;
	if (sink)
		g->sink = *sink;
	list_append(groups, &g->le, mem_ref(g));
	return g;
}


void group_row(struct group *g, const struct front_origin *origin,
	const struct front_row *row)
{
	const struct cmd *cmd;

	if (!g->q)
		return;
	cmd = queue_cmd(g->q);
	if (g->parent)
		group_row(g->parent->group, &g->parent->origin, row);
	else if (g->sink.row)
		g->sink.row(row, g->sink.arg);
	else if (!g->has_sink || g->is_file)
		cmd->front->row(origin, row, cmd->front_arg);
}


/* All its commands are through: tells whoever gave the line. The group is
 * out of the queue first, so that its sink may do what it likes. */
static void group_end(struct group *g)
{
	char *text = reply_line(g->text);
	struct front_outcome outcome = {
		.origin = g->origin,
		.status = g->status,
		.text = text,
		.result = g->result,
	};
	const struct cmd *cmd = queue_cmd(g->q);
	struct cmd_call *parent = g->parent;

	list_unlink(&g->le);
	g->q = NULL;
	g->parent = NULL;
	if (parent)
		queue_done(parent, g->status, g->text);
	else if (g->sink.done)
		g->sink.done(&outcome, g->sink.arg);
	else if (!g->has_sink && !g->is_file)
		cmd->front->outcome(&outcome, cmd->front_arg);
	mem_deref(text);
	mem_deref(parent);
	mem_deref(g); /* the queue's */
}


void group_check(struct group *g)
{
	if (g->q && g->complete && !g->open)
		group_end(g);
}


struct core_origin group_declared(const struct cmd_call *call)
{
	const struct group *g = call->group;

	while (g && g->parent)
		g = g->parent->group;
	if (!g || g->origin.from != FRONT_FILE)
		return (struct core_origin){NULL, 0};
	return (struct core_origin){call->origin.file, call->origin.line};
}


/* A mistake in a file is told at once, by its line. */
static char *tell_mistake(
	struct group *g, unsigned line, int status, const char *text)
{
	const struct cmd *cmd = queue_cmd(g->q);
	char *file = reply_line(g->file), *said = reply_line(text);
	char *s = mem_printf(T_FILE_LINE, file, line, said ? said : "");
	struct front_outcome outcome = {
		.origin = {.from = FRONT_FILE, .file = g->file, .line = line},
		.status = status,
		.text = s,
	};

	mem_deref(said);
	mem_deref(file);
	cmd->front->outcome(&outcome, cmd->front_arg);
	return s;
}


/* Keeps the outcome of the first command that failed, else of the last. */
static void group_keep(struct group *g, size_t index, int status, char *text,
	struct json *result)
{
	bool take = !g->any || (status && (!g->status || index < g->index)) ||
		(!status && !g->status && index > g->index);

	if (!take) {
		mem_deref(text);
		return;
	}
	g->any = true;
	g->index = index;
	g->status = status;
	mem_deref(g->text);
	g->text = text;
	json_drop(g->result);
	g->result = json_ref(result);
}


void group_result(struct group *g, size_t index, unsigned line, int status,
	const char *text, struct json *result)
{
	char *said;

	mem_ref(g);
	g->open--;
	if (g->q) {
		said = g->is_file && status
			? tell_mistake(g, line, status, text)
			: mem_strdup(text);
		group_keep(g, index, status, said, result);
		group_check(g);
	}
	mem_deref(g);
}
