/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conversation.c - a thread with one person: its mode, whether it is open,
 * typing, what is unread. */
#include <string.h>
#include "message_int.h"
#include "notify.h"


static void destructor(void *data)
{
	struct core_chat *c = data;

	list_unlink(&c->le);
	tmr_cancel(&c->retry);
	list_flush(&c->opens);
	list_flush(&c->closes);
	mem_deref(c->peer);
	mem_deref(c->name);
	mem_deref(c->via);
	mem_deref(c->draft);
	mem_deref(c->waits);
}


static const char *state_name(enum endpoint_chat state)
{
	switch (state) {
	case ENDPOINT_CHAT_OPENING:
		return "opening";
	case ENDPOINT_CHAT_OPEN:
		return "open";
	case ENDPOINT_CHAT_CLOSED:
		break;
	}
	return "closed";
}


static const char *by_name(enum endpoint_by by)
{
	switch (by) {
	case ENDPOINT_BY_US:
		return "us";
	case ENDPOINT_BY_THEM:
		return "them";
	case ENDPOINT_BY_ERROR:
		break;
	}
	return "error";
}


struct core_chat *core_chat_find(struct core_account *a, const char *peer)
{
	struct core_chat *c;

	HASH_FIND_STR(a->chat_by_peer, uri_aor_key(peer), c);
	return c;
}


struct core_chat *core_chat_get(struct core_account *a, const char *peer)
{
	struct core_chat *c = core_chat_find(a, peer);
	const char *key;

	if (c || !a->core)
		return c;
	c = mem_zalloc(sizeof(*c), destructor);
	c->account = a;
	c->peer = mem_strdup(peer);
	c->name = core_peer_user(peer);
	c->state = ENDPOINT_CHAT_CLOSED;
	key = uri_aor_key(c->peer);
	HASH_ADD_KEYPTR(hh, a->chat_by_peer, key, strlen(key), c);
	list_append(&a->core->chats, &c->le, c);
	return c;
}


static void detach(struct core_chat *c)
{
	if (c->stranger)
		c->account->core->stranger_chats--;
	core_waiters_post(c->account->core, &c->opens, EX_TEMPFAIL,
		"the chat was removed");
	core_waiters_post(c->account->core, &c->closes, 0, NULL);
	HASH_DEL(c->account->chat_by_peer, c);
	list_unlink(&c->le);
	tmr_cancel(&c->retry);
	c->account = NULL;
	mem_deref(c);
}


/* Room for one more: the oldest one of a stranger that the user had no part
 * in goes; its messages stay in the store. */
static void make_room(struct core *core)
{
	struct le *le;

	if (core->stranger_chats < CORE_STRANGER_CHATS)
		return;
	for (le = core->chats.head; le; le = le->next) {
		struct core_chat *c = le->data;

		if (c->stranger && !c->engaged &&
			c->state == ENDPOINT_CHAT_CLOSED) {
			detach(c);
			return;
		}
	}
}


struct core_chat *core_chat_from(struct core_account *a, const char *peer)
{
	struct core_chat *c = core_chat_find(a, peer);

	if (c)
		return c;
	if (core_watcher_known(a, peer))
		return core_chat_get(a, peer);
	make_room(a->core);
	c = core_chat_get(a, peer);
	c->stranger = true;
	a->core->stranger_chats++;
	return c;
}


struct core_chat *core_chat_first(struct core *core)
{
	return list_data(core->chats.head);
}


struct core_chat *core_chat_next(struct core_chat *c)
{
	return list_data(c->le.next);
}


struct core_account *core_chat_account(const struct core_chat *c)
{
	return c->account;
}


const char *core_chat_peer(const struct core_chat *c)
{
	return c->peer;
}


const char *core_chat_state(const struct core_chat *c)
{
	return state_name(c->state);
}


const char *core_chat_via(const struct core_chat *c)
{
	return c->via;
}


const char *core_chat_transport(const struct core_chat *c)
{
	struct endpoint *e = c->account ? c->account->endpoint : NULL;
	const char *own = e ? endpoint_chat_transport(e, c->peer) : NULL;

	return own || !e ? own : endpoint_transport(e);
}


unsigned core_chat_unread(const struct core_chat *c)
{
	return c->unread;
}


const char *core_chat_waits(const struct core_chat *c)
{
	if (list_isempty(&c->outbox))
		return NULL;
	if (!c->account || !core_account_online(c->account))
		return "the account is not online";
	return c->waits ? c->waits : "no answer yet";
}


bool core_chat_typing(const struct core_chat *c)
{
	return c->typing;
}


void core_chat_read(struct core_chat *c)
{
	c->unread = 0;
	c->seen = true;
	core_read_told(c);
}


void core_chat_told(struct core_chat *c)
{
	core_read_told(c);
}


void core_chat_set_via(struct core_chat *c, const char *via)
{
	if (!via || (c->via && !strcmp(c->via, via)))
		return;
	mem_deref(c->via);
	c->via = mem_strdup(via);
}


void core_chat_set_typing(struct core_chat *c, bool active)
{
	if (c->typing == active)
		return;
	c->typing = active;
	core_event_post(c->account->core,
		&(struct core_event){
			.kind = CORE_EVENT_TYPING,
			.account = c->account->name,
			.peer = c->peer,
			.active = active,
		});
}


void core_chat_typing_heard(const char *peer, bool active, void *arg)
{
	struct core_account *a = arg;
	struct core_chat *c;

	if (a->removed || !a->core || core_watcher_blocked(a, peer))
		return;
	/* A stranger's keys do not begin a chat. */
	c = core_chat_find(a, peer);
	if (!c && active && !core_watcher_stranger(a, peer))
		c = core_chat_from(a, peer);
	if (c)
		core_chat_set_typing(c, active);
}


enum endpoint_verdict core_chat_notice(
	const char *peer, const char *source, void *arg)
{
	struct core_account *a = arg;
	enum endpoint_verdict verdict;
	uint32_t after;

	if (a->removed || !a->core)
		return ENDPOINT_REFUSE;
	verdict = core_watcher_verdict(a, peer, source, &after);
	/* A stranger is seen typing where there is a chat to see it in. */
	return verdict == ENDPOINT_PENDING && core_chat_find(a, peer)
		? ENDPOINT_ALLOW
		: verdict;
}


static void post(struct core_chat *c, enum endpoint_by by, const char *why,
	uint16_t code)
{
	core_event_post(c->account->core,
		&(struct core_event){
			.kind = CORE_EVENT_CHAT,
			.account = c->account->name,
			.peer = c->peer,
			.state = state_name(c->state),
			.via = c->via,
			.by = by_name(by),
			.reason = why,
			.code = code,
		});
}


static void settle(struct core_chat *c, enum endpoint_by by, const char *why,
	uint16_t code)
{
	struct core *core = c->account->core;
	int status = EX_UNAVAILABLE;

	switch (c->state) {
	case ENDPOINT_CHAT_OPENING:
		break;
	case ENDPOINT_CHAT_OPEN:
		core_waiters_post(core, &c->opens, 0, NULL);
		break;
	case ENDPOINT_CHAT_CLOSED:
		if (by == ENDPOINT_BY_ERROR && core_code_is_temporary(code))
			status = EX_TEMPFAIL;
		core_waiters_post(
			core, &c->opens, status, why ? why : "closed");
		core_waiters_post(core, &c->closes, 0, NULL);
		break;
	}
}


static void set_state(struct core_chat *c, enum endpoint_chat state,
	const char *via, enum endpoint_by by, const char *why, uint16_t code)
{
	bool news = state != c->state ||
		(state == ENDPOINT_CHAT_OPEN && via &&
			(!c->via || strcmp(c->via, via) != 0));

	core_chat_set_via(c, via);
	c->state = state;
	if (state == ENDPOINT_CHAT_CLOSED)
		core_chat_set_typing(c, false);
	if (news)
		post(c, by, why, code);
	if (state == ENDPOINT_CHAT_CLOSED)
		c->via = mem_deref(c->via);
	settle(c, by, why, code);
	if (state == ENDPOINT_CHAT_OPEN)
		core_outbox_opened(c);
}


void core_chat_heard(const char *peer, enum endpoint_chat state,
	const char *via, enum endpoint_by by, const char *why, uint16_t code,
	void *arg)
{
	struct core_account *a = arg;
	struct core_chat *c;

	if (a->removed || !a->core)
		return;
	c = core_chat_find(a, peer);
	if (!c && state != ENDPOINT_CHAT_CLOSED)
		c = core_chat_from(a, peer);
	if (c)
		set_state(c, state, via, by, why, code);
}


enum endpoint_verdict core_chat_invite(
	const char *peer, const struct pl *name, const char *source, void *arg)
{
	struct core_account *a = arg;
	enum endpoint_verdict verdict;
	uint32_t after;

	(void)name;
	if (a->removed || !a->core)
		return ENDPOINT_REFUSE;
	verdict = core_watcher_verdict(a, peer, source, &after);
	if (verdict != ENDPOINT_PENDING)
		return verdict;
	set_state(core_chat_from(a, peer), ENDPOINT_CHAT_OPENING, "session",
		ENDPOINT_BY_THEM, NULL, 0);
	core_notify(a->core, CORE_NEWS_CHAT,
		&(struct core_event){
			.account = a->name,
			.peer = peer,
			.name = core_peer_name(a, peer),
			.stranger = true,
		});
	return verdict;
}


void core_chat_open(struct core_chat *c, core_done_h *done, void *arg)
{
	struct core_account *a = c->account;

	if (!a || !a->core)
		return;
	c->engaged = true;
	if (!core_account_online(a)) {
		core_outcome_post(
			a->core, done, arg, EX_TEMPFAIL, "not signed in");
		return;
	}
	if (c->state == ENDPOINT_CHAT_OPEN) {
		core_outcome_post(a->core, done, arg, 0, NULL);
		return;
	}
	core_waiter_add(&c->opens, done, arg);
	endpoint_chat_open(a->endpoint, c->peer);
}


void core_chat_close(struct core_chat *c, core_done_h *done, void *arg)
{
	struct core_account *a = c->account;

	if (!a || !a->core)
		return;
	if (c->state == ENDPOINT_CHAT_CLOSED || !a->endpoint) {
		core_outcome_post(a->core, done, arg, 0, NULL);
		return;
	}
	core_waiter_add(&c->closes, done, arg);
	endpoint_chat_close(a->endpoint, c->peer);
}


void core_typing(struct core_chat *c, bool active)
{
	struct core_account *a = c->account;

	if (!a || !core_account_online(a))
		return;
	if (c->stranger && core_watcher_stranger(a, c->peer))
		return;
	c->engaged = true;
	endpoint_typing(a->endpoint, c->peer, active);
}


void core_chat_drop(struct core_account *a, const char *why)
{
	struct core_chat *c;

	for (c = a->chat_by_peer; c; c = c->hh.next) {
		core_chat_set_typing(c, false);
		if (c->state != ENDPOINT_CHAT_CLOSED)
			set_state(c, ENDPOINT_CHAT_CLOSED, NULL, ENDPOINT_BY_US,
				why, 0);
		/* Somebody may wait for one that never began to open. */
		settle(c, ENDPOINT_BY_ERROR, why, 0);
	}
}


void core_chat_flush(struct core_account *a)
{
	struct core_chat *c, *next;

	HASH_ITER (hh, a->chat_by_peer, c, next) {
		core_outbox_fail(
			a->core, c, true, "not sent: the account was removed");
		detach(c);
	}
}
