/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event.c - typed events and outcomes on their way to front ends: queued
 * where something happens, told in the next turn, in order. */
#include <stdarg.h>
#include <string.h>
#include "core_int.h"
#include "mbuf.h"


enum {
	NEWS_A_TURN = 500, /* told, so that no turn of the loop is long */
};


struct core_listener {
	struct le le;
	core_event_h *h;
	void *arg;
};

enum news_kind {
	NEWS_EVENT,
	NEWS_OUTCOME,
	NEWS_CALL,
};

/* One item of the queue. */
struct news {
	struct le le;
	enum news_kind kind;
};

struct news_event {
	struct news news;
	char packed[];
};

struct news_outcome {
	struct news news;
	struct core_outcome outcome; /* its text is ours */
	core_done_h *done;
	void *arg;
};

struct news_call {
	struct news news;
	void (*call)(void *arg);
	void *arg;
};


static void listener_destructor(void *data)
{
	struct core_listener *l = data;

	list_unlink(&l->le);
}


static void news_destructor(void *data)
{
	struct news *n = data;

	list_unlink(&n->le);
	if (n->kind == NEWS_OUTCOME)
		mem_deref((char *)((struct news_outcome *)data)->outcome.text);
}


static void waiter_destructor(void *data)
{
	struct core_waiter *w = data;

	list_unlink(&w->le);
}


const char *core_event_name(enum core_event_kind kind)
{
	switch (kind) {
	case CORE_EVENT_ACCOUNT:
		return "account";
	case CORE_EVENT_PRESENCE:
		return "presence";
	case CORE_EVENT_BUDDY:
		return "buddy";
	case CORE_EVENT_WATCHER:
		return "watcher";
	case CORE_EVENT_WATCHER_SETTLED:
		return "watcher-settled";
	case CORE_EVENT_MESSAGE:
		return "message";
	case CORE_EVENT_MESSAGE_STATE:
		return "message-state";
	case CORE_EVENT_TYPING:
		return "typing";
	case CORE_EVENT_CHAT:
		return "chat";
	case CORE_EVENT_HISTORY:
		return "history";
	case CORE_EVENT_LOG:
		return "log";
	}
	return "unknown";
}


static void tell_event(struct core *core, const struct core_event *event)
{
	size_t i, n;
	void **listeners = core_list_hold(&core->listeners, &n);

	for (i = 0; i < n; i++) {
		struct core_listener *l = listeners[i];

		/* One that another's handler released has only our reference
		 * left and hears nothing more. */
		if (mem_nrefs(l) > 1)
			l->h(event, l->arg);
	}
	core_list_release(listeners, n);
}


static void tell(struct core *core, const struct news *n)
{
	const void *data = n;
	const struct news_event *event = data;
	const struct news_outcome *outcome = data;
	const struct news_call *call = data;
	struct core_unpacked unpacked;

	switch (n->kind) {
	case NEWS_EVENT:
		core_event_unpack(&unpacked, event->packed);
		tell_event(core, &unpacked.event);
		break;
	case NEWS_OUTCOME:
		outcome->done(&outcome->outcome, outcome->arg);
		break;
	case NEWS_CALL:
		call->call(call->arg);
		break;
	}
}


/* Tells what is queued now; what its hearers cause is for the next turn, so
 * that the rest of the program has its own. */
static void news_h(void *arg)
{
	struct core *core = mem_ref(arg);
	size_t count =
		core->news.count < NEWS_A_TURN ? core->news.count : NEWS_A_TURN;

	while (count-- && core->news.head && mem_nrefs(core) > 1) {
		struct news *n = core->news.head->data;

		list_unlink(&n->le);
		tell(core, n);
		mem_deref(n);
	}
	if (!list_isempty(&core->news) && mem_nrefs(core) > 1)
		tmr_start(core->config.tmrs, &core->news_tmr, 0, news_h, core);
	mem_deref(core);
}


/* A new item of SIZE bytes, which begin with a struct news. */
static void *news_add(struct core *core, enum news_kind kind, size_t size)
{
	struct news *n = mem_alloc_clear(size, sizeof(*n), news_destructor);

	n->kind = kind;
	list_append(&core->news, &n->le, n);
	if (!tmr_isrunning(&core->news_tmr))
		tmr_start(core->config.tmrs, &core->news_tmr, 0, news_h, core);
	return n;
}


void core_event_post(struct core *core, const struct core_event *event)
{
	struct core_event now = *event;
	struct news_event *n = news_add(
		core, NEWS_EVENT, sizeof(*n) + core_event_packed_size(event));

	now.time = tmrs_wall(core->config.tmrs);
	core_event_pack(n->packed, &now);
}


void core_outcome_sent(struct core *core, core_done_h *done, void *arg,
	int status, const char *text, uint64_t id, const char *state)
{
	struct news_outcome *n;

	if (!done)
		return;
	n = news_add(core, NEWS_OUTCOME, sizeof(*n));
	n->outcome = (struct core_outcome){
		.status = status,
		.text = mem_strdup(text),
		.id = id,
		.state = state,
	};
	n->done = done;
	n->arg = arg;
}


void core_outcome_post(struct core *core, core_done_h *done, void *arg,
	int status, const char *text)
{
	core_outcome_sent(core, done, arg, status, text, 0, NULL);
}


void core_call_post(struct core *core, void (*call)(void *arg), void *arg)
{
	struct news_call *n = news_add(core, NEWS_CALL, sizeof(*n));

	n->call = call;
	n->arg = arg;
}


void core_events_flush(struct core *core)
{
	tmr_cancel(&core->news_tmr);
	list_flush(&core->news);
	list_clear(&core->listeners);
}


void core_waiter_add(struct list *list, core_done_h *done, void *arg)
{
	struct core_waiter *w;

	if (!done)
		return;
	w = mem_zalloc(sizeof(*w), waiter_destructor);
	w->done = done;
	w->arg = arg;
	list_append(list, &w->le, w);
}


void core_waiters_post(
	struct core *core, struct list *list, int status, const char *text)
{
	struct le *le;

	for (le = list->head; le; le = le->next) {
		const struct core_waiter *w = le->data;

		core_outcome_post(core, w->done, w->arg, status, text);
	}
	list_flush(list);
}


void core_listen(struct core_listener **lp, struct core *core, core_event_h *h,
	void *arg)
{
	struct core_listener *l;

	l = mem_zalloc(sizeof(*l), listener_destructor);
	l->h = h;
	l->arg = arg;
	list_append(&core->listeners, &l->le, l);
	*lp = l;
}


void core_say(struct core *core, enum log_level level, const char *fmt, ...)
{
	struct mbuf *mb = mbuf_alloc(CORE_TEXT_MAX);
	char *text;
	va_list ap;

	va_start(ap, fmt);
	(void)mbuf_vprintf(mb, fmt, ap);
	va_end(ap);
	text = mbuf_strdup(mb);
	core_event_post(core,
		&(struct core_event){
			.kind = CORE_EVENT_LOG, .level = level, .text = text});
	mem_deref(text);
	mem_deref(mb);
}
