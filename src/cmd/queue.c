/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue.c - commands in order. One starts when the one before has started;
 * `wait` and `sleep` hold what follows.
 */
#include "cmd_int.h"
#include "group.h"
#include "json.h"


/* A command that waits for its turn. */
struct item {
	struct le le;
	struct group *group;
	struct words *words; /* NULL: a mistake in a file */
	char *mistake;
	unsigned line;
};


struct cmd_queue {
	struct cmd *cmd;
	struct list items;
	struct list groups;
	struct cmd_call *holder; /* a `wait` or `sleep` */
	struct inbox *inbox; /* its own; NULL: that of all */
	bool pumping;
};


static void item_destructor(void *data)
{
	struct item *item = data;

	list_unlink(&item->le);
	mem_deref(item->group);
	mem_deref(item->words);
	mem_deref(item->mistake);
}


static void queue_destructor(void *data)
{
	struct cmd_queue *q = data;
	struct le *le, *next;

	LIST_FOREACH (&q->groups, le, next) {
		struct group *g = le->data;

		g->q = NULL;
	}
	list_flush(&q->items);
	q->holder = mem_deref(q->holder);
	while ((le = q->groups.head)) {
		struct group *g = le->data;

		list_unlink(le);
		mem_deref(g);
	}
	mem_deref(q->inbox);
	mem_deref(q->cmd);
}


int cmd_queue_alloc(struct cmd_queue **qp, struct cmd *cmd)
{
	struct cmd_queue *q = mem_zalloc(sizeof(*q), queue_destructor);

	q->cmd = mem_ref(cmd);
	*qp = q;
	return 0;
}


void cmd_queue_apart(struct cmd_queue *q)
{
	if (!q->inbox)
		q->inbox = inbox_alloc(&q->cmd->inboxes);
}


struct inbox *queue_inbox(const struct cmd_call *call)
{
	const struct cmd_queue *q = call->group->q;

	if (!q)
		return NULL;
	return q->inbox ? q->inbox : q->cmd->inbox;
}


struct cmd *queue_cmd(const struct cmd_queue *q)
{
	return q->cmd;
}


size_t cmd_queue_pending(const struct cmd_queue *q)
{
	return q->groups.count;
}


/* ---- calls ---------------------------------------------------------- */


/* Whoever had to answer CALL is gone: its line must not wait for ever. */
static void call_abandon(struct cmd_call *call)
{
	char *text = mem_printf(T_NO_OUTCOME, call->entry->name);

	call->done = true;
	group_result(call->group, call->index, call->origin.line, EX_SOFTWARE,
		text, call->result);
	mem_deref(text);
}


static void call_destructor(void *data)
{
	struct cmd_call *call = data;

	if (!call->done)
		call_abandon(call);
	list_unlink(&call->le);
	tmr_cancel(&call->tmr);
	mem_deref(call->group);
	mem_deref(call->args);
	json_drop(call->result);
	mem_deref(call->data);
	mem_deref(call->note);
}


static void limit_passed(void *arg)
{
	struct cmd_call *call = mem_ref(arg);
	const char *seconds = call->args->seconds;
	char *own = NULL;

	if (!seconds)
		seconds = own = mem_printf("%llu",
			(unsigned long long)(call->group->limit + 999) / 1000);
	if (call->id && call->cmd->front->once && !core_keeps(call->cmd->core))
		reply_done(call, EX_TEMPFAIL, T_NOT_KEPT);
	else if (call->id && core_in_flight(call->cmd->core, call->id))
		reply_done(call, EX_TEMPFAIL, T_MAYBE,
			(unsigned long long)call->id);
	else if (call->id)
		reply_done(call, EX_TEMPFAIL, T_QUEUED,
			(unsigned long long)call->id);
	else
		reply_done(call, EX_TEMPFAIL, T_NO_ANSWER, seconds);
	mem_deref(own);
	mem_deref(call);
}


static void start_limit(struct cmd_call *call)
{
	uint64_t limit = call->group->limit, ms = limit;

	if (call->entry->needs & CMD_HOLDS)
		return;
	if (call->args->seconds)
		args_seconds(call->args->seconds, &ms);
	else if (!limit)
		return;
	if (limit && limit < ms)
		ms = limit;
	tmr_start(call->cmd->tmrs, &call->tmr, ms, limit_passed, call);
}


/* Commands for a front end that cannot do them: false. */
static bool front_can(struct cmd_call *call)
{
	const struct front *front = call->cmd->front;
	unsigned needs = call->entry->needs;

	if (!(needs & CMD_PANES) || front->pane)
		return true;
	/* A file is written for all front ends. */
	if (call->origin.from == FRONT_FILE)
		reply_done(call, 0, NULL);
	else
		reply_done(call, EX_USAGE, T_NEEDS_SCREEN, call->entry->name);
	return false;
}


static void call_start(
	struct item *item, const struct cmd_entry *entry, struct args *args)
{
	struct group *g = item->group;
	struct cmd_queue *q = g->q;
	struct cmd_call *call = mem_zalloc(sizeof(*call), call_destructor);

	call->cmd = q->cmd;
	call->group = mem_ref(g);
	call->entry = entry;
	call->args = args;
	call->origin = g->origin;
	if (g->is_file)
		call->origin.line = item->line;
	call->index = g->started++;
	list_append(&q->cmd->calls, &call->le, call);
	if (entry->needs & CMD_HOLDS)
		q->holder = mem_ref(call);
	start_limit(call);
	call->mark = core_saved_mark(call->cmd->core);
	if (front_can(call))
		entry->exec(call);
	mem_deref(call);
}


void queue_told(struct cmd_call *call, const struct front_row *row)
{
	if (!call->done)
		group_row(call->group, &call->origin, row);
}


static void pump(struct cmd_queue *q);


void queue_done(struct cmd_call *call, int status, const char *text)
{
	struct cmd_queue *q = mem_ref(call->group->q);
	char *none = NULL;

	if (call->done) {
		mem_deref(q);
		return;
	}
	call->done = true;
	mem_ref(call);
	tmr_cancel(&call->tmr);
	if (q && q->holder == call)
		q->holder = mem_deref(call);
	if (status && !text)
		text = none = mem_printf(T_NO_OUTCOME, call->entry->name);
	group_result(call->group, call->index, call->origin.line, status, text,
		call->result);
	mem_deref(none);
	mem_deref(call);
	if (q && mem_nrefs(q) > 1)
		pump(q);
	mem_deref(q);
}


struct cmd_queue *queue_of(const struct cmd_call *call)
{
	return call->group->q;
}


unsigned queue_depth(const struct cmd_call *call)
{
	return call->group->depth;
}


/* ---- the queue ------------------------------------------------------ */


static struct item *item_alloc(struct group *g, struct words *w, unsigned line)
{
	struct item *item = mem_zalloc(sizeof(*item), item_destructor);

	item->group = mem_ref(g);
	item->words = mem_ref(w);
	item->line = line;
	g->open++;
	return item;
}


/* The commands of an alias take the place of ITEM. */
static void put_back(struct item *item, struct list *before, struct words *last)
{
	struct cmd_queue *q = item->group->q;
	struct item *at;
	struct le *le;

	at = item_alloc(item->group, last, item->line);
	list_prepend(&q->items, &at->le, at);
	for (le = before->tail; le; le = le->prev) {
		struct alias_command *c = le->data;

		at = item_alloc(item->group, c->words, item->line);
		list_prepend(&q->items, &at->le, at);
	}
	item->group->open--;
}


static void refuse(struct item *item, int status, const char *why)
{
	struct group *g = item->group;

	group_result(g, g->started++, item->line, status, why, NULL);
}


static void item_start(struct item *item)
{
	struct cmd *cmd = item->group->q->cmd;
	struct list before = {0};
	struct words *w = NULL;
	const struct cmd_entry *entry = NULL;
	struct args *args = NULL;
	char *why = NULL;
	size_t at;
	int status;

	if (!item->words) {
		refuse(item, EX_USAGE, item->mistake);
		return;
	}
	status = alias_expand(cmd, item->words, &before, &w, &why);
	if (!status && !list_isempty(&before)) {
		put_back(item, &before, w);
		goto out;
	}
	if (!status) {
		entry = lookup_entry(w, &at, &why);
		status = entry ? args_parse(&args, entry, w, at, &why)
			       : EX_USAGE;
	}
	/* What a file says stands for every start, whatever its -a. */
	if (!status && !args->account && item->group->origin.from != FRONT_FILE)
		args->account = mem_strdup(item->group->origin.account
				? item->group->origin.account
				: cmd->account);
	if (status)
		refuse(item, status, why);
	else
		call_start(item, entry, args);
out:
	list_flush(&before);
	mem_deref(w);
	mem_deref(why);
}


/* Starts what may start. An owner that frees the queue from a handler
 * leaves only our reference. */
static void pump(struct cmd_queue *q)
{
	if (q->pumping)
		return;
	mem_ref(q);
	q->pumping = true;
	while (!q->holder && q->items.head && mem_nrefs(q) > 1) {
		struct item *item = q->items.head->data;

		list_unlink(&item->le);
		item_start(item);
		mem_deref(item);
	}
	q->pumping = false;
	mem_deref(q);
}


static void group_go(struct group *g)
{
	struct cmd_queue *q = mem_ref(g->q);

	g->complete = true;
	group_check(g);
	mem_deref(g);
	if (mem_nrefs(q) > 1)
		pump(q);
	mem_deref(q);
}


void queue_commands(struct cmd_queue *q, struct list *list, uint64_t limit,
	const struct front_origin *origin, const struct cmd_sink *sink)
{
	struct group *g = group_alloc(q, &q->groups, origin, sink);
	struct le *le, *next;

	g->limit = limit;
	LIST_FOREACH (list, le, next) {
		struct alias_command *c = le->data;
		struct item *item = item_alloc(g, c->words, c->words->line);

		list_append(&q->items, &item->le, item);
	}
	group_go(g);
}


void queue_refuse(struct cmd_queue *q, int status, const char *text,
	const struct front_origin *origin, const struct cmd_sink *sink)
{
	struct group *g = group_alloc(q, &q->groups, origin, sink);

	g->status = status;
	g->text = mem_strdup(text);
	g->any = true;
	group_go(g);
}


/* ---- files ---------------------------------------------------------- */


struct group *queue_file(struct cmd_queue *q, const char *path,
	const struct cmd_sink *sink, struct cmd_call *parent)
{
	struct front_origin origin = {.from = FRONT_FILE, .file = path};
	struct group *g = group_alloc(q, &q->groups, &origin, sink);

	g->is_file = true;
	g->parent = mem_ref(parent);
	g->depth = parent ? parent->group->depth + 1 : 0;
	return g;
}


void queue_file_command(struct group *g, struct words *w)
{
	struct item *item = item_alloc(g, w, w->line);

	list_append(&g->list, &item->le, item);
}


void queue_file_mistake(struct group *g, unsigned line, const char *text)
{
	struct item *item = item_alloc(g, NULL, line);

	item->mistake = mem_strdup(text);
	list_append(&g->list, &item->le, item);
}


void queue_file_end(struct group *g)
{
	struct list *items = &g->q->items;
	struct le *le;

	/* The file's commands stand where `source` stood. */
	while ((le = g->parent ? g->list.tail : g->list.head)) {
		list_unlink(le);
		if (g->parent)
			list_prepend(items, le, le->data);
		else
			list_append(items, le, le->data);
	}
	group_go(g);
}
