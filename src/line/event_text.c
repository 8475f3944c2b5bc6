/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event_text.c - events of the core as sentences. */
#include <string.h>
#include "date.h"
#include "line_int.h"
#include "mbuf.h"
#include "mem.h"
#include "utf8.h"


enum {
	TEXT_MAX = 2 * 1024 * 1024,
};


/* "WORD: REASON", or WORD alone. */
static char *with_reason(const char *word, const char *reason)
{
	return reason ? mem_printf("%s: %s", word, reason) : mem_strdup(word);
}


static char *account_text(const struct core_event *e)
{
	char *state, *text;

	if (!strcmp(e->state, "online") && e->address)
		return mem_printf("%s is online at %s", e->account, e->address);
	state = with_reason(e->state, e->reason);
	text = mem_printf("%s is %s", e->account, state);
	mem_deref(state);
	return text;
}


static char *presence_text(const char *name, const struct core_event *e)
{
	char since[DATE_SIZE], *text, *more;
	bool idle = e->idle_since;

	if (!strcmp(e->state, "unknown"))
		return mem_printf("%s is unknown: %s", name,
			e->reason ? e->reason : "no answer");
	date_stamp_short(since, e->idle_since, e->time);
	text = mem_printf("%s is %s%s%s%s%s%s", name, e->state,
		e->activity ? " (" : "", e->activity ? e->activity : "",
		idle ? ", idle since " : "", idle ? since : "",
		e->activity ? ")" : "");
	if (!e->note)
		return text;
	more = mem_printf("%s \"%s\"", text, e->note);
	mem_deref(text);
	return more;
}


/* Further lines of the text are indented, so that none can be taken for a
 * message of another; cleaning tells what is a line. */
static char *message_text(const char *name, const struct core_event *e)
{
	struct mbuf *mb = mbuf_alloc(TEXT_MAX);
	struct pl rest = pl_str(e->text), line;
	char *clean = utf8_clean_dup(&rest, UTF8_BODY);
	char clock[DATE_SIZE];
	bool more;
	char *text;

	rest = pl_str(clean);
	date_clock(clock, e->time);
	more = pl_split(&rest, '\n', &line);
	(void)mbuf_printf(mb, "%s %s ", clock,
		!strcmp(e->direction, "out") ? "me" : name);
	(void)mbuf_write_pl(mb, &line);
	while (more) {
		more = pl_split(&rest, '\n', &line);
		(void)mbuf_write_str(mb, "\n      ");
		(void)mbuf_write_pl(mb, &line);
	}
	text = mbuf_strdup(mb);
	mem_deref(clean);
	mem_deref(mb);
	return text;
}


static char *state_text(const char *name, const struct core_event *e)
{
	if (!strcmp(e->state, "delivered"))
		return mem_printf("delivered to %s", name);
	if (!strcmp(e->state, "accepted"))
		return mem_printf("kept for %s by the server", name);
	if (!strcmp(e->state, "failed"))
		return mem_printf("not delivered to %s: %s", name,
			e->reason ? e->reason : "refused");
	if (!strcmp(e->state, "queued") && e->reason)
		return mem_printf("waiting to go to %s: %s", name, e->reason);
	return NULL; /* sent: the next state follows at once */
}


static char *chat_text(const char *name, const struct core_event *e)
{
	bool them = e->by && !strcmp(e->by, "them");

	if (!strcmp(e->state, "opening"))
		return them ? mem_printf("%s wants to chat: /chat open %s",
				      name, e->peer)
			    : NULL;
	if (!strcmp(e->state, "open"))
		return mem_printf("chat with %s is open (%s)", name,
			e->via ? e->via : "page");
	if (them)
		return mem_printf("%s closed the chat", name);
	return e->reason
		? mem_printf("chat with %s closed: %s", name, e->reason)
		: mem_printf("chat with %s closed", name);
}


static char *buddy_text(const struct core_event *e)
{
	const char *name = e->name ? e->name : e->peer;

	return mem_printf("%s was %s", name, e->change);
}


static char *one_line(const char *text)
{
	struct pl pl = pl_str(text);

	return text ? utf8_clean_dup(&pl, UTF8_NAME) : NULL;
}


static char *event_text(const char *name, const struct core_event *e)
{
	switch (e->kind) {
	case CORE_EVENT_ACCOUNT:
		return account_text(e);
	case CORE_EVENT_PRESENCE:
		return presence_text(name, e);
	case CORE_EVENT_BUDDY:
		return buddy_text(e);
	case CORE_EVENT_WATCHER:
		return mem_printf("%s (%s) added you: /buddy accept, decline "
				  "or block %s",
			name, e->peer, e->peer);
	case CORE_EVENT_MESSAGE:
		return message_text(name, e);
	case CORE_EVENT_MESSAGE_STATE:
		return state_text(name, e);
	case CORE_EVENT_TYPING:
		return mem_printf(
			e->active ? "%s is typing" : "%s stopped typing", name);
	case CORE_EVENT_CHAT:
		return chat_text(name, e);
	case CORE_EVENT_WATCHER_SETTLED:
	case CORE_EVENT_HISTORY:
		return NULL; /* who asked for it is told */
	case CORE_EVENT_LOG:
		return one_line(e->text);
	}
	return NULL;
}


/* All that others wrote is one line but the text of a message. */
char *line_event_text(struct core *core, const struct core_event *event)
{
	struct core_event e = *event;
	struct core_account *a =
		e.account ? core_account_find(core, e.account) : NULL;
	char *name, *own, *peer, *reason, *note, *text;

	name = one_line(e.name	      ? e.name
			: a && e.peer ? core_peer_name(a, e.peer)
				      : e.peer);
	e.name = own = one_line(e.name);
	e.peer = peer = one_line(e.peer);
	e.reason = reason = one_line(e.reason);
	e.note = note = one_line(e.note);
	text = event_text(name, &e);
	mem_deref(name);
	mem_deref(own);
	mem_deref(peer);
	mem_deref(reason);
	mem_deref(note);
	return text;
}
