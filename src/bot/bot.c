/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bot.c - the demo's peers: Echo answers, Kim decides, writes first and shows
 * around, Bob adds you. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>
#include "bot.h"
#include "list.h"
#include "mem.h"
#include "utf8.h"


enum {
	PAUSE = 1500, /* Echo types that long */
	KIM_STEP = 3000, /* between Kim's steps */
};


struct role;

struct bot_front {
	struct bot_front_config config;
	const struct role *role;
	struct tmrs *tmrs;
	struct cmd *cmd;
	struct loop_fd *in;
	struct core_listener *listener;
	struct list tasks;
	size_t next; /* of what it has to tell */
	bool told; /* that it is ready */
	bool greeted;
	bool leaving;
};

/* Something to do a little later. */
struct task {
	struct le le;
	struct tmr tmr;
	struct bot_front *f;
	void (*run)(struct task *task);
	char *account;
	char *peer;
	char *text;
};

/* What a bot does about an event. */
struct role {
	const char *name;
	void (*event)(struct bot_front *f, const struct core_event *event);
};


static void task_destructor(void *data)
{
	struct task *t = data;

	tmr_cancel(&t->tmr);
	list_unlink(&t->le);
	mem_deref(t->account);
	mem_deref(t->peer);
	mem_deref(t->text);
}


static void front_destructor(void *data)
{
	struct bot_front *f = data;

	list_flush(&f->tasks);
	mem_deref(f->listener);
	mem_deref(f->in);
	mem_deref(f->cmd);
}


static void leave(struct bot_front *f, int status)
{
	if (f->leaving)
		return;
	f->leaving = true;
	f->config.quit(status, f->config.arg);
}


/* ---- tasks ---- */

static void task_handler(void *arg)
{
	struct task *t = arg;

	list_unlink(&t->le);
	t->run(t);
	mem_deref(t);
}


static void later(struct bot_front *f, uint64_t ms,
	void (*run)(struct task *task), const char *account, const char *peer,
	const char *text)
{
	struct task *t = mem_zalloc(sizeof(*t), task_destructor);

	t->f = f;
	t->run = run;
	t->account = mem_strdup(account);
	t->peer = mem_strdup(peer);
	t->text = mem_strdup(text);
	list_append(&f->tasks, &t->le, t);
	tmr_start(f->tmrs, &t->tmr, ms, task_handler, t);
}


static struct core_account *account_of(const struct task *t)
{
	return core_account_find(t->f->config.core, t->account);
}


static void say(struct task *t)
{
	struct core_account *a = account_of(t);
	char *why = NULL;

	if (a)
		(void)core_send(
			core_chat_get(a, t->peer), t->text, NULL, NULL, &why);
	mem_deref(why);
}


static void type(struct bot_front *f, const char *account, const char *peer)
{
	struct core_account *a = core_account_find(f->config.core, account);

	if (a)
		core_typing(core_chat_get(a, peer), true);
}


/* ---- Echo ---- */

static void echo_event(struct bot_front *f, const struct core_event *e)
{
	if (e->kind != CORE_EVENT_MESSAGE || strcmp(e->direction, "in") != 0)
		return;
	type(f, e->account, e->peer);
	later(f, PAUSE, say, e->account, e->peer, e->text);
}


/* ---- Kim ---- */

static void kim_writes(struct task *t)
{
	type(t->f, t->account, t->peer);
	later(t->f, PAUSE, say, t->account, t->peer,
		"Hello! You found me. Type a line to answer.");
}


static void kim_online(struct task *t)
{
	char *why = NULL;

	(void)core_presence_set(
		t->f->config.core, account_of(t), "online", NULL, &why);
	mem_deref(why);
	later(t->f, PAUSE, kim_writes, t->account, t->peer, NULL);
}


/* Accepted while nothing of hers is open: she is seen Offline. */
static void kim_accepts(struct task *t)
{
	struct core_account *a = account_of(t);
	char *note = NULL;

	if (a)
		(void)core_watcher_decide(a, t->peer, CORE_ACCEPT, &note);
	mem_deref(note);
	later(t->f, KIM_STEP, kim_online, t->account, t->peer, NULL);
}


static const char *const tour[] = {
	"Then I show you around: write anything, and I tell you the next "
	"thing.",
	"\"/search hello\" finds people and what was said. In the full screen "
	"F7 does it while you type; Enter shows the message in its chat.",
	"In the full screen Alt-s puts two chats side by side, Alt-o goes to "
	"the other one, Alt-s ends it. Alt-1 to Alt-9 show the first tabs.",
	"Alt-Enter begins another line; Enter sends them all. What you have "
	"not sent yet stays in its chat, even until tomorrow.",
	"\"/presence set away at lunch\" tells everybody in whose list you "
	"are; \"/presence set online\" when you are back.",
	"The mark behind what you write says what became of it. When Echo and "
	"I are gone, it waits and goes out later.",
	"F1 shows the keys of the place you are in, \"/help chat show\" "
	"explains a command, Tab completes it.",
	"That was all. For your own address start sotto without --demo and "
	"type /account add. \"/quit\" leaves.",
};


static void tell(struct bot_front *f, const struct core_event *e,
	const char *const *texts, size_t n)
{
	if (e->kind != CORE_EVENT_MESSAGE || strcmp(e->direction, "in") != 0)
		return;
	type(f, e->account, e->peer);
	later(f, PAUSE, say, e->account, e->peer, texts[f->next]);
	if (f->next + 1 < n)
		++f->next;
}


static void kim_event(struct bot_front *f, const struct core_event *e)
{
	if (e->kind == CORE_EVENT_WATCHER)
		later(f, KIM_STEP, kim_accepts, e->account, e->peer, NULL);
	else
		tell(f, e, tour, sizeof(tour) / sizeof(tour[0]));
}


/* ---- Bob ---- */

static void bob_writes(struct task *t)
{
	type(t->f, t->account, t->peer);
	later(t->f, PAUSE, say, t->account, t->peer,
		"Hello, I am Bob. Thank you for letting me in! I see now that "
		"you are online. To see me too, type:\n"
		"/buddy add bob -n Bob -g Demo");
}


static void bob_event(struct bot_front *f, const struct core_event *e)
{
	static const char *const texts[] = {
		"Nice to meet you.",
		"Kim knows more than I do: ask her.",
	};

	if (e->kind != CORE_EVENT_PRESENCE) {
		tell(f, e, texts, sizeof(texts) / sizeof(texts[0]));
	} else if (!f->greeted && !strcmp(e->state, "online")) {
		f->greeted = true;
		later(f, PAUSE, bob_writes, e->account, e->peer, NULL);
	}
}


static const struct role roles[] = {
	{"echo", echo_event},
	{"kim", kim_event},
	{"bob", bob_event},
};


/* ---- the table of a front end ---- */

static void row_handler(const struct front_origin *origin,
	const struct front_row *row, void *arg)
{
	(void)origin;
	(void)row;
	(void)arg;
}


static void outcome_handler(const struct front_outcome *outcome, void *arg)
{
	char *clean;

	(void)arg;
	if (!outcome->status || !outcome->text)
		return;
	clean = utf8_show_dup(outcome->text, UTF8_BODY);
	(void)fprintf(stderr, "%s\n", clean);
	mem_deref(clean);
}


static void quit_handler(int status, void *arg)
{
	leave(arg, status);
}


static const struct front front = {
	.name = "bot",
	.row = row_handler,
	.outcome = outcome_handler,
	.quit = quit_handler,
};


/* ---- life ---- */

static void event_handler(const struct core_event *event, void *arg)
{
	struct bot_front *f = arg;

	if (event->kind == CORE_EVENT_ACCOUNT && !f->told &&
		!strcmp(event->state, "online")) {
		f->told = true;
		(void)puts("ready");
		(void)fflush(stdout);
	}
	if (event->kind == CORE_EVENT_ACCOUNT &&
		!strcmp(event->state, "failed"))
		leave(f, EX_UNAVAILABLE);
	f->role->event(f, event);
}


/* Nothing is said to a bot; its input ends with its parent. */
static void in_handler(int events, void *arg)
{
	struct bot_front *f = arg;
	char buf[256];
	ssize_t n;

	(void)events;
	n = read(STDIN_FILENO, buf, sizeof(buf));
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		f->in = mem_deref(f->in);
		leave(f, EX_OK);
	}
}


int bot_front_alloc(
	struct bot_front **fp, const struct bot_front_config *config)
{
	struct bot_front *f = mem_zalloc(sizeof(*f), front_destructor);
	struct cmd_config cc = {
		.core = config->core,
		.tmrs = loop_tmrs(config->loop),
		.front = &front,
		.front_arg = f,
	};
	size_t i;
	int err = EINVAL;

	f->config = *config;
	f->tmrs = loop_tmrs(config->loop);
	for (i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (!strcmp(config->role, roles[i].name))
			f->role = &roles[i];
	}
	if (f->role)
		err = cmd_alloc(&f->cmd, &cc);
	if (err) {
		mem_deref(f);
		return err;
	}
	core_listen(&f->listener, config->core, event_handler, f);
	*fp = f;
	return 0;
}


struct cmd *bot_front_cmd(struct bot_front *f)
{
	return f->cmd;
}


void bot_front_ready(struct bot_front *f)
{
	if (loop_fd_alloc(&f->in, f->config.loop, STDIN_FILENO, LOOP_READ,
		    in_handler, f))
		leave(f, EX_OSERR);
}
