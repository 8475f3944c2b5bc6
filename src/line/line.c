/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.c - the line front end: a prompt, and one line per event. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include "edit.h"
#include "line.h"
#include "line_int.h"
#include "mem.h"
#include "utf8.h"


struct line_front {
	struct line_front_config config;
	struct cmd *cmd;
	struct cmd_queue *queue;
	struct core_listener *listener;
	struct edit *edit;
	size_t waiting; /* lines whose outcome is not known */
	bool ended; /* no more input: leave when nothing waits */
	bool leaving;
};


static void front_destructor(void *data)
{
	struct line_front *f = data;

	mem_deref(f->listener);
	mem_deref(f->queue);
	mem_deref(f->edit);
	mem_deref(f->cmd);
}


/* Everything that this front end shows goes through here. */
static void show(struct line_front *f, const char *text)
{
	struct pl pl = pl_str(text);
	char *clean = utf8_clean_dup(&pl, UTF8_BODY);

	edit_print(f->edit, clean);
	mem_deref(clean);
}


static void leave(struct line_front *f, int status)
{
	if (f->leaving)
		return;
	f->leaving = true;
	f->config.quit(status, f->config.arg);
}


static void check_end(struct line_front *f)
{
	if (f->ended && !f->waiting)
		leave(f, EX_OK);
}


/* ---- events ---- */

static void event_handler(const struct core_event *event, void *arg)
{
	struct line_front *f = arg;
	char *text = line_event_text(f->config.core, event);

	if (text)
		show(f, text);
	mem_deref(text);
}


/* ---- the table of a front end ---- */

static void row_handler(const struct front_origin *origin,
	const struct front_row *row, void *arg)
{
	(void)origin;
	show(arg, row->text);
}


static void outcome_handler(const struct front_outcome *outcome, void *arg)
{
	if (outcome->text && outcome->status)
		show(arg, outcome->text);
}


static void show_handler(const struct front_chat *chat, void *arg)
{
	struct line_front *f = arg;
	struct core_account *a;
	const char *name;
	struct pl pl;
	char *clean, *prompt;

	if (!chat) {
		edit_set_prompt(f->edit, "> ");
		return;
	}
	a = core_account_find(f->config.core, chat->account);
	name = a ? core_peer_name(a, chat->peer) : chat->peer;
	pl = pl_str(name);
	clean = utf8_clean_dup(&pl, UTF8_NAME);
	prompt = mem_printf("%s> ", clean);
	edit_set_prompt(f->edit, prompt);
	mem_deref(prompt);
	mem_deref(clean);
}


static void ask_handler(
	const char *prompt, core_secret_h *answer, void *ctx, void *arg)
{
	struct line_front *f = arg;
	struct pl pl = pl_str(prompt);
	char *clean = utf8_clean_dup(&pl, UTF8_NAME);

	edit_ask(f->edit, clean, answer, ctx);
	mem_deref(clean);
}


static void quit_handler(int status, void *arg)
{
	leave(arg, status);
}


static const struct front front = {
	.name = "line",
	.interactive = true,
	.row = row_handler,
	.outcome = outcome_handler,
	.show = show_handler,
	.ask_secret = ask_handler,
	.quit = quit_handler,
};


/* ---- typed lines ---- */

static void typed_row(const struct front_row *row, void *arg)
{
	show(arg, row->text);
}


static void typed_done(const struct front_outcome *outcome, void *arg)
{
	struct line_front *f = arg;

	if (outcome->text)
		show(f, outcome->text);
	--f->waiting;
	check_end(f);
}


static void line_handler(const char *text, void *arg)
{
	struct line_front *f = arg;
	struct cmd_sink sink = {.row = typed_row, .done = typed_done, .arg = f};

	if (!*text)
		return;
	if (!cmd_line_secret(f->cmd, text))
		edit_remember(f->edit, text);
	++f->waiting;
	cmd_typed(f->queue, text, &sink);
}


static void end_handler(void *arg)
{
	struct line_front *f = arg;

	f->ended = true;
	check_end(f);
}


/* Typing is told for what is being said, not for commands. */
static void key_handler(bool empty, const char *text, void *arg)
{
	struct line_front *f = arg;
	struct front_chat shown;
	struct core_account *a;

	if (!cmd_shown(f->cmd, &shown) ||
		(!empty && text[0] == '/' && text[1] != '/'))
		return;
	a = core_account_find(f->config.core, shown.account);
	if (a)
		core_typing(core_chat_get(a, shown.peer), !empty);
}


/* ---- life ---- */

int line_front_alloc(
	struct line_front **fp, const struct line_front_config *config)
{
	struct line_front *f = mem_zalloc(sizeof(*f), front_destructor);
	struct cmd_config cc = {
		.core = config->core,
		.tmrs = loop_tmrs(config->loop),
		.front = &front,
		.front_arg = f,
		.version = config->version,
	};
	struct edit_handlers h = {
		.line = line_handler,
		.end = end_handler,
		.key = key_handler,
		.arg = f,
	};
	int err;

	f->config = *config;
	err = cmd_alloc(&f->cmd, &cc);
	if (!err)
		err = cmd_queue_alloc(&f->queue, f->cmd);
	if (!err)
		err = edit_alloc(&f->edit, config->loop, f->cmd, &h);
	if (err) {
		mem_deref(f);
		return err;
	}
	core_listen(&f->listener, config->core, event_handler, f);
	*fp = f;
	return 0;
}


struct cmd *line_front_cmd(struct line_front *f)
{
	return f->cmd;
}


void line_front_ready(struct line_front *f)
{
	if (f->config.greeting)
		show(f, f->config.greeting);
	edit_start(f->edit);
}


bool line_front_interrupt(struct line_front *f)
{
	return edit_clear(f->edit);
}
