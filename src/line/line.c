/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.c - the line front end: a prompt, and one line per event. */
#include <string.h>
#include <sysexits.h>
#include <unistd.h>
#include "edit.h"
#include "line.h"
#include "line_int.h"
#include "list.h"
#include "mem.h"
#include "utf8.h"


enum {
	UNREAD_MAX = 99, /* told as a number */
	UNREAD_CHATS = 10, /* told of at the start */
};


struct line_front {
	struct line_front_config config;
	struct cmd *cmd;
	struct cmd_queue *queue;
	struct core_listener *listener;
	struct edit *edit;
	struct line_filter *filter;
	struct tmr settling;
	struct list waiting; /* lines whose outcome is not known */
	bool forget; /* what was said is still to go out of the history */
	bool ended; /* no more input: leave when nothing waits */
	bool leaving;
};

/* A line that was typed. */
struct typed {
	struct le le;
	struct line_front *f;
	char *said; /* in a chat; NULL: a command */
	bool rows; /* it has shown some */
};


static void front_destructor(void *data)
{
	struct line_front *f = data;

	tmr_cancel(&f->settling);
	mem_deref(f->listener);
	mem_deref(f->filter);
	mem_deref(f->queue);
	mem_deref(f->edit);
	mem_deref(f->cmd);
	list_flush(&f->waiting);
}


static void typed_destructor(void *data)
{
	struct typed *t = data;

	list_unlink(&t->le);
	mem_deref(t->said);
}


/* Everything that this front end shows goes through here. */
static void show(struct line_front *f, const char *text)
{
	char *clean = utf8_show_dup(text, UTF8_BODY);

	edit_print(f->edit, clean);
	mem_deref(clean);
}


static void leave(struct line_front *f, int status)
{
	if (f->leaving)
		return;
	line_front_stop(f);
	f->config.quit(status, f->config.arg);
}


static void check_end(struct line_front *f)
{
	if (f->ended && list_isempty(&f->waiting))
		leave(f, EX_OK);
}


/* ---- events ---- */

/* What was printed is told, whether its chat is the shown one or not. */
static void told(const struct line_front *f, const struct core_event *e)
{
	struct core_account *a;
	struct core_chat *c;

	if (e->kind != CORE_EVENT_MESSAGE)
		return;
	a = core_account_find(f->config.core, e->account);
	c = a ? core_chat_find(a, e->peer) : NULL;
	if (c)
		core_chat_told(c);
}


static bool is_command(const char *text)
{
	return text[0] == '/' && text[1] != '/';
}


/* There is one history of lines for all chats: what was said is forgotten
 * with any of theirs. */
static bool was_said(const char *text, void *arg)
{
	const struct line_front *f = arg;

	return !is_command(text) || cmd_line_says(f->cmd, text);
}


static void forget_said(struct line_front *f)
{
	f->forget = !edit_history_drop(f->edit, was_said, f);
}


static void event_handler(const struct core_event *event, void *arg)
{
	struct line_front *f = arg;
	char *text;

	if (event->kind == CORE_EVENT_HISTORY)
		forget_said(f);
	if (!line_filter_shows(f->filter, event))
		return;
	text = line_event_text(f->config.core, event);
	if (text)
		show(f, text);
	mem_deref(text);
	told(f, event);
}


static void show_unread(struct line_front *f, const struct core_chat *c)
{
	unsigned n = core_chat_unread(c);
	const char *peer = core_chat_peer(c);
	struct pl name = pl_str(core_peer_name(core_chat_account(c), peer));
	char *clean = utf8_clean_dup(&name, UTF8_NAME), *text;

	text = mem_printf("%u%s unread message%s from %s: /chat show %s",
		n < UNREAD_MAX ? n : UNREAD_MAX, n > UNREAD_MAX ? "+" : "",
		n == 1 ? "" : "s", clean, peer);
	show(f, text);
	mem_deref(text);
	mem_deref(clean);
}


/* What earlier runs of the program left. */
static void unread_handler(const struct core_outcome *outcome, void *arg)
{
	struct line_front *f = arg;
	struct core_chat *c;
	unsigned n = 0;
	char *text;

	(void)outcome;
	if (f->leaving)
		return;
	for (c = core_chat_first(f->config.core); c; c = core_chat_next(c)) {
		if (core_chat_unread(c) && n++ < UNREAD_CHATS)
			show_unread(f, c);
	}
	if (n <= UNREAD_CHATS)
		return;
	text = mem_printf("and from %u more: /chat list", n - UNREAD_CHATS);
	show(f, text);
	mem_deref(text);
}


/* ---- the table of a front end ---- */

static void row_handler(const struct front_origin *origin,
	const struct front_row *row, void *arg)
{
	(void)origin;
	if (row->text)
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
	char *clean, *prompt;

	if (!chat) {
		edit_set_prompt(f->edit, "> ");
		return;
	}
	a = core_account_find(f->config.core, chat->account);
	clean = utf8_show_dup(
		a ? core_peer_name(a, chat->peer) : chat->peer, UTF8_NAME);
	prompt = mem_printf("%s> ", clean);
	edit_set_prompt(f->edit, prompt);
	mem_deref(prompt);
	mem_deref(clean);
}


static void ask_handler(const struct front_question *question,
	front_answer_h *answer, void *ctx, void *arg)
{
	struct line_front *f = arg;
	struct front_question q = *question;

	q.text = utf8_show_dup(q.text, UTF8_NAME);
	q.about = q.about ? utf8_show_dup(q.about, UTF8_BODY) : NULL;
	edit_ask(f->edit, &q, answer, ctx);
	mem_deref((char *)q.text);
	mem_deref((char *)q.about);
}


static void ask_secret_handler(
	const char *prompt, core_secret_h *answer, void *ctx, void *arg)
{
	const struct front_question q = {.text = prompt, .secret = true};

	ask_handler(&q, answer, ctx, arg);
}


static void unask_handler(const void *ctx, void *arg)
{
	struct line_front *f = arg;

	edit_unask(f->edit, ctx);
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
	.ask_secret = ask_secret_handler,
	.ask = ask_handler,
	.unask = unask_handler,
	.quit = quit_handler,
};


/* ---- typed lines ---- */

static void typed_row(const struct front_row *row, void *arg)
{
	struct typed *t = arg;

	t->rows = true;
	if (row->text)
		show(t->f, row->text);
}


/* What was said and is not even kept as a failed message stays to be typed
 * on. */
static void give_back(const struct typed *t, const struct front_outcome *o)
{
	if (t->said && o->status && !json_get(o->result, "id"))
		edit_draft(t->f->edit, t->said);
}


/* The state of a message was told as an event. */
static bool was_told(const struct front_outcome *o)
{
	static const char *const states[] = {"delivered", "accepted", "failed"};
	const char *state = json_text(json_get(o->result, "state"));
	size_t i;

	if (!state || !json_get(o->result, "id"))
		return false;
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (!strcmp(state, states[i]))
			return true;
	}
	return false;
}


static void typed_done(const struct front_outcome *outcome, void *arg)
{
	struct typed *t = arg;
	struct line_front *f = t->f;

	if (was_told(outcome))
		t->rows = true;
	else if (outcome->text)
		show(f, outcome->text);
	else if (!outcome->status && !t->rows && json_is_array(outcome->result))
		show(f, "none");
	give_back(t, outcome);
	mem_deref(t);
	check_end(f);
}


static void remember(struct line_front *f, const char *text)
{
	struct core *core = f->config.core;
	struct front_chat shown;
	bool chat = cmd_shown(f->cmd, &shown);

	if (cmd_line_secret(f->cmd, text))
		return;
	edit_remember(f->edit, text);
	if (cmd_line_kept(f->cmd, text))
		core_line_keep(core,
			chat ? core_account_find(core, shown.account) : NULL,
			chat ? shown.peer : NULL, text);
}


static void line_handler(const char *text, void *arg)
{
	struct line_front *f = arg;
	struct cmd_sink sink = {.row = typed_row, .done = typed_done};
	struct front_chat shown;
	struct typed *t;

	core_key(f->config.core);
	if (f->forget)
		forget_said(f);
	if (!*text)
		return;
	remember(f, text);
	t = mem_zalloc(sizeof(*t), typed_destructor);
	t->f = f;
	list_append(&f->waiting, &t->le, t);
	if (!is_command(text)) {
		t->said = mem_strdup(text);
		/* The message event will stand for it. */
		if (cmd_shown(f->cmd, &shown))
			edit_erase(f->edit);
	}
	sink.arg = t;
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

	core_key(f->config.core);
	if (!cmd_shown(f->cmd, &shown) || is_command(text))
		return;
	a = core_account_find(f->config.core, shown.account);
	if (a)
		core_typing(core_chat_get(a, shown.peer), !empty);
}


static void broken_handler(int err, void *arg)
{
	struct line_front *f = arg;

	line_front_stop(f);
	f->config.broken(err, f->config.arg);
}


/* ---- life ---- */

int line_front_alloc(
	struct line_front **fp, const struct line_front_config *config)
{
	struct line_front *f = mem_zalloc(sizeof(*f), front_destructor);
	static const struct core_eyes eyes = {.arg = NULL};
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
		.broken = broken_handler,
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
	line_filter_alloc(&f->filter);
	core_listen(&f->listener, config->core, event_handler, f);
	/* What happens is printed anyhow. */
	if (isatty(STDIN_FILENO))
		core_set_eyes(config->core, &eyes);
	*fp = f;
	return 0;
}


struct cmd *line_front_cmd(struct line_front *f)
{
	return f->cmd;
}


/* What somebody who has just started would like to be told. */
static const char *greeting(const struct line_front *f)
{
	struct core_account *a = core_account_first(f->config.core);

	if (f->config.greeting)
		return f->config.greeting;
	if (!a)
		return "No account yet.\n"
		       "/account add    adds your account: it asks for what it "
		       "needs\n"
		       "sotto --demo    shows it all without an "
		       "account\n"
		       "/quit           leaves; /help lists the commands";
	for (; a; a = core_account_next(a)) {
		if (core_account_state(a) != ENDPOINT_OFFLINE)
			return NULL;
	}
	return "Not signed in. /login signs in, /help lists the commands.";
}


/* A command of an earlier run. */
static void earlier(const char *text, int64_t at, void *arg)
{
	struct line_front *f = arg;

	(void)at;
	edit_remember(f->edit, text);
}


static void settled(void *arg)
{
	const struct line_front *f = arg;

	line_filter_settle(f->filter);
}


void line_front_ready(struct line_front *f)
{
	const char *text = greeting(f);

	if (text)
		show(f, text);
	/* Behind what the configuration has caused in this turn. */
	tmr_start(loop_tmrs(f->config.loop), &f->settling, 0, settled, f);
	core_line_all(f->config.core, earlier, f);
	edit_start(f->edit);
	core_unread_await(f->config.core, unread_handler, f);
}


bool line_front_interrupt(struct line_front *f)
{
	return edit_interrupt(f->edit);
}


void line_front_stop(struct line_front *f)
{
	f->leaving = true;
	line_filter_leave(f->filter);
	edit_stop(f->edit);
}


int line_front_flush(struct line_front *f, uint64_t limit)
{
	return edit_flush(f->edit, limit);
}
