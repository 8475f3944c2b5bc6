/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world.c - see world.h. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "mbuf.h"
#include "unit.h"
#include "world.h"


static uint64_t monotonic(void *arg)
{
	return ((struct world *)arg)->now;
}


static int64_t wall(void *arg)
{
	return 1700000000000 + (int64_t)((struct world *)arg)->now;
}


static void write_row(struct world *w, const struct front_row *row)
{
	if (row->event)
		mbuf_printf(w->rows, "%s: ", row->event);
	mbuf_printf(w->rows, "%s\n", row->text ? row->text : "-");
}


static void front_row(const struct front_origin *origin,
	const struct front_row *row, void *arg)
{
	(void)origin;
	write_row(arg, row);
}


static void front_outcome(const struct front_outcome *o, void *arg)
{
	struct world *w = arg;

	mbuf_printf(w->outcomes, "%d %s\n", o->status, o->text ? o->text : "-");
}


static void front_show(const struct front_chat *chat, void *arg)
{
	struct world *w = arg;

	mem_deref(w->shown);
	w->shown = chat ? mem_printf("%s %s %llu", chat->account, chat->peer,
				  (unsigned long long)chat->id)
			: NULL;
}


static int front_pane(
	enum front_pane what, const char *word, char **why, void *arg)
{
	(void)word;
	(void)why;
	(void)arg;
	return what == FRONT_PANE_ZOOM ? 69 : 0;
}


static bool front_selected(struct front_chat *chat, void *arg)
{
	const struct world *w = arg;

	*chat = (struct front_chat){
		.account = "work", .peer = "sip:cursor@x.test"};
	return !w->nobody;
}


static void front_complete(enum front_kind kind, const char *prefix,
	core_complete_h *emit, void *emit_arg, void *arg)
{
	(void)arg;
	if (kind == FRONT_THEME && !strncmp("dark", prefix, strlen(prefix)))
		emit("dark", "for dark terminals", emit_arg);
}


static void front_quit(int status, void *arg)
{
	struct world *w = arg;

	(void)status;
	w->quit = true;
}


struct world *world_alloc(unsigned flags)
{
	struct world *w = mem_zalloc(sizeof(*w), NULL);
	struct tmr_clock clock = {monotonic, wall, w};
	struct cmd_config config = {.version = "9.9"};

	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	tzset();
	w->tmrs = tmrs_alloc(&clock);
	w->core = fake_core();
	w->front = (struct front){
		.name = "test",
		.interactive = true,
		.row = front_row,
		.outcome = front_outcome,
		.show = front_show,
		.pane = flags & WORLD_PANES ? front_pane : NULL,
		.selected = flags & WORLD_PANES ? front_selected : NULL,
		.complete = front_complete,
		.quit = front_quit,
	};
	w->rows = mbuf_alloc(1 << 20);
	w->outcomes = mbuf_alloc(1 << 20);
	config.core = w->core;
	config.tmrs = w->tmrs;
	config.front = &w->front;
	config.front_arg = w;
	assert_int_equal(cmd_alloc(&w->cmd, &config), 0);
	assert_int_equal(cmd_queue_alloc(&w->q, w->cmd), 0);
	return w;
}


struct world *world_free(struct world *w)
{
	mem_deref(w->core);
	mem_deref(w->q);
	mem_deref(w->cmd);
	mem_deref(w->tmrs);
	mem_deref(w->rows);
	mem_deref(w->outcomes);
	mem_deref(w->text);
	mem_deref(w->result);
	mem_deref(w->shown);
	mem_deref(w->scratch);
	return mem_deref(w);
}


void world_people(struct world *w)
{
	assert_int_equal(
		world_line(w,
			"account add work sip:alice@example.org; "
			"account add home sip:alice@lab.test; "
			"buddy add sip:bob@example.org -n Bob -g Friends;"
			"buddy add sip:kim@example.org -n 'Kim Lee'; "
			"buddy add sip:bob@lab.test -n Bob -a home"),
		0);
	fake_forget(w->core);
}


static void sink_row(const struct front_row *row, void *arg)
{
	write_row(arg, row);
}


static void sink_done(const struct front_outcome *o, void *arg)
{
	struct world *w = arg;
	struct mbuf *mb = mbuf_alloc(1 << 20);

	w->done++;
	w->status = o->status;
	mem_deref(w->text);
	w->text = mem_strdup(o->text);
	w->result = mem_deref(w->result);
	if (o->result && !json_encode(mb, o->result))
		w->result = mbuf_strdup(mb);
	mem_deref(mb);
}


static const struct cmd_sink *sink_of(struct world *w)
{
	static struct cmd_sink sink = {sink_row, sink_done, NULL};

	sink.arg = w;
	w->status = -1;
	return &sink;
}


int world_line(struct world *w, const char *text)
{
	const struct front_origin origin = {.from = FRONT_JSON};

	cmd_line(w->q, text, &origin, sink_of(w));
	return w->status;
}


int world_typed(struct world *w, const char *text)
{
	cmd_typed(w->q, text, sink_of(w));
	return w->status;
}


int world_words(struct world *w, uint64_t limit, const char *const argv[])
{
	const struct front_origin origin = {.from = FRONT_SHELL};
	size_t n = 0;

	while (argv[n])
		n++;
	cmd_words(w->q, n, argv, limit, &origin, sink_of(w));
	return w->status;
}


void world_pass(struct world *w, uint64_t ms)
{
	w->now += ms;
	tmrs_update(w->tmrs);
	tmrs_run(w->tmrs);
}


static const char *take(struct world *w, struct mbuf *mb)
{
	mem_deref(w->scratch);
	w->scratch = mbuf_strdup(mb);
	mbuf_reset(mb);
	return w->scratch;
}


const char *world_rows(struct world *w)
{
	return take(w, w->rows);
}


const char *world_outcomes(struct world *w)
{
	return take(w, w->outcomes);
}
