/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tables.c - the tables of commands and options as plain lines, for tests
 * that compare them with the manual.
 *
 *	tables                  every row; fields are parted by tabs
 *	tables complete LINE    the candidates behind LINE, one a line
 *	tables run LINE         what the commands of LINE say; their status
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include "cmd.h"
#include "loop.h"
#include "mem.h"


/* An interpreter over a core that signs nothing in. */
struct world {
	struct loop *loop;
	struct work *work;
	struct rand *rand;
	struct store *store;
	struct core *core;
	struct cmd *cmd;
	struct cmd_queue *queue;
	bool done;
	int status;
};


static void world_release(struct world *w)
{
	mem_deref(w->queue);
	mem_deref(w->cmd);
	mem_deref(w->core);
	mem_deref(w->store);
	mem_deref(w->rand);
	mem_deref(w->work);
	mem_deref(w->loop);
}


/* ---- tables --------------------------------------------------------- */


static void print_command(const struct cmd_entry *entry)
{
	char *usage = cmd_usage(entry), *line, *rest = usage;

	printf("command\t%s\t%s\n", entry->name, entry->help);
	while ((line = strsep(&rest, "\n")))
		printf("usage\t%s\n", line);
	mem_deref(usage);
}


/* What a value looks like. */
static void print_values(const struct core_option *row)
{
	static const char *const words[] = {
		[CORE_STRING] = "TEXT",
		[CORE_BOOL] = "yes|no",
		[CORE_NUMBER] = "NUMBER",
		[CORE_WORDS] = "COMMAND",
		[CORE_FILE] = "FILE",
		[CORE_URI] = "URI",
		[CORE_URL] = "URL",
		[CORE_ADDRESS] = "ADDRESS:PORT",
		[CORE_SECRET] = "SECRET",
		[CORE_HOURS] = "HH:MM-HH:MM",
	};
	size_t i;

	if (row->type != CORE_CHOICE) {
		printf("%s", words[row->type]);
		return;
	}
	for (i = 0; row->choices[i]; i++)
		printf("%s%s", i ? "|" : "", row->choices[i]);
}


static void print_option(const char *what, const struct core_option *row)
{
	printf("%s\t%s\t", what, row->name);
	print_values(row);
	printf("\t%s", row->initial ? row->initial : "none");
	if (row->type == CORE_NUMBER)
		printf(" (%" PRId64 " to %" PRId64 ")", row->min, row->max);
	printf("\t%s\n", row->help);
}


static int print_tables(void)
{
	const char *condition;
	size_t i;

	for (i = 0; cmd_table[i]; i++)
		print_command(cmd_table[i]);
	for (i = 0; core_options[i].name; i++)
		print_option("option", &core_options[i]);
	for (i = 0; core_settings[i].name; i++)
		print_option("setting", &core_settings[i]);
	for (i = 0; (condition = cmd_condition(i)); i++)
		printf("condition\t%s\n", condition);
	for (i = 0; cmd_places[i]; i++)
		printf("place\t%s\n", cmd_places[i]);
	return EX_OK;
}


/* ---- completion, running -------------------------------------------- */


static void print_candidate(const char *text, const char *help, void *arg)
{
	(void)help;
	(void)arg;
	printf("%s\n", text);
}


static void print_row(const struct front_row *row, void *arg)
{
	(void)arg;
	if (row->text)
		printf("%s\n", row->text);
}


static void done(const struct front_outcome *outcome, void *arg)
{
	struct world *w = arg;

	w->done = true;
	w->status = outcome->status;
	if (outcome->text)
		printf("%s\n", outcome->text);
}


static void front_row(const struct front_origin *origin,
	const struct front_row *row, void *arg)
{
	(void)origin;
	print_row(row, arg);
}


static void front_outcome(const struct front_outcome *outcome, void *arg)
{
	(void)outcome;
	(void)arg;
}


static void front_quit(int status, void *arg)
{
	(void)status;
	(void)arg;
}


static const struct front front = {
	.name = "tables",
	.row = front_row,
	.outcome = front_outcome,
	.quit = front_quit,
};


static int world_make(struct world *w)
{
	struct core_config core = {0};
	struct cmd_config cmd = {
		.front = &front, .front_arg = w, .version = "0"};
	int err = loop_alloc(&w->loop);

	if (err)
		return err;
	w->work = work_alloc(w->loop);
	w->rand = rand_system();
	core.tmrs = cmd.tmrs = loop_tmrs(w->loop);
	core.loop = w->loop;
	core.work = w->work;
	core.rand = w->rand;
	err = store_memory_alloc(&w->store, core.tmrs, w->work);
	core.store = w->store;
	if (!err)
		err = core_alloc(&w->core, &core);
	cmd.core = w->core;
	if (!err)
		err = cmd_alloc(&w->cmd, &cmd);
	if (!err)
		err = cmd_queue_alloc(&w->queue, w->cmd);
	return err;
}


static void gone(void *arg)
{
	struct world *w = arg;

	loop_stop(w->loop, EX_OK);
}


/* What the core has asked of the store comes back first. */
static void world_end(struct world *w)
{
	core_shutdown(w->core, 0, gone, w);
	(void)loop_run(w->loop);
}


static int complete(struct world *w, const char *line)
{
	size_t from;

	(void)cmd_complete(
		w->cmd, line, strlen(line), &from, print_candidate, NULL);
	return EX_OK;
}


static int run(struct world *w, const char *line)
{
	static const struct front_origin origin = {.from = FRONT_JSON};
	const struct cmd_sink sink = {print_row, done, w};

	cmd_line(w->queue, line, &origin, &sink);
	if (w->done)
		return w->status;
	(void)fprintf(stderr, "tables: the outcome comes later: %s\n", line);
	return EX_USAGE;
}


int main(int argc, char *argv[])
{
	struct world w = {0};
	int status = EX_USAGE;

	if (argc == 1)
		return print_tables();
	if (world_make(&w)) {
		world_release(&w);
		return EX_OSERR;
	}
	if (argc == 3 && !strcmp(argv[1], "complete"))
		status = complete(&w, argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "run"))
		status = run(&w, argv[2]);
	world_end(&w);
	world_release(&w);
	return status;
}
