/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox.c - messages on their way: one at a time to each person, in order,
 * each with a state that only goes forward (RFC 3428 section 8). */
#include <errno.h>
#include <string.h>
#include "message_int.h"
#include "utf8.h"


enum {
	SENT_MS = 500, /* on the wire that long: told as sent */
	RETRY_MS = 4000, /* doubled each time ... */
	RETRY_MAX_MS = 60000, /* ... up to here */
	RETRY_AFTER_MAX = 86400, /* seconds we wait if they say so */
};


static void retry_h(void *arg);


bool core_code_is_temporary(uint16_t code)
{
	return !code || code == 408 || code == 503 || code == 504;
}


static void sent_h(void *arg)
{
	struct core_message *m = arg;

	/* While the session still opens nothing is on the wire. */
	if (m->chat->state != ENDPOINT_CHAT_OPENING)
		core_message_tell(m, STORE_SENT, NULL, 0);
}


void core_outbox_opened(struct core_chat *c)
{
	struct core_message *m = list_data(c->outbox.head);

	if (m && m->flying && !tmr_isrunning(&m->sent_tmr))
		tmr_start(
			m->core->config.tmrs, &m->sent_tmr, SENT_MS, sent_h, m);
}


static bool may_go(const struct core_chat *c)
{
	const struct core *core = c->account ? c->account->core : NULL;

	return core && !core->loading && !core->going_down &&
		core_account_online(c->account);
}


/* That it is sent is kept before it is: after a crash nothing goes out a
 * second time by itself. */
static void marked_h(int err, uint64_t id, void *data)
{
	struct core_message *m = data;
	struct core_chat *c = m->chat;

	(void)id;
	m->marked = false;
	if (m->over)
		return;
	/* Long queues outlive what the store in memory keeps. */
	if (err && err != ENOENT) {
		core_store_failed(m->core, "a message waits", err);
		tmr_start(
			m->core->config.tmrs, &c->retry, RETRY_MS, retry_h, c);
	} else if (!may_go(c)) {
		core_message_keep(m, STORE_QUEUED);
	} else {
		m->flying = true;
		tmr_start(
			m->core->config.tmrs, &m->sent_tmr, SENT_MS, sent_h, m);
		endpoint_send(c->account->endpoint, c->peer, m->text, m->id);
	}
}


void core_outbox_pump(struct core_chat *c)
{
	struct core_message *m = list_data(c->outbox.head);
	struct core *core;

	if (!m || !m->id || m->flying || m->marked || tmr_isrunning(&c->retry))
		return;
	if (!may_go(c)) {
		core_account_nudge(c->account);
		return;
	}
	core = m->core;
	m->marked = true;
	core->store->ops->set_state(core->store, m->id, STORE_SENT, NULL, 0,
		core_job_done, core_job_alloc(core, marked_h, m));
}


static void retry_h(void *arg)
{
	struct core_chat *c = arg;

	c->told_after = false;
	core_outbox_pump(c);
}


/* Not now: it stays first in its queue, and goes when its time has come or
 * the flow is back. */
static void later(struct core_message *m, const struct endpoint_outcome *o)
{
	struct core_chat *c = m->chat;
	uint64_t ms = (uint64_t)RETRY_MS << (c->tries < 8 ? c->tries : 8);

	m->flying = false;
	tmr_cancel(&m->sent_tmr);
	core_shutdown_landed(m->core);
	core_message_keep(m, STORE_QUEUED);
	if (m->core->going_down && !core_keeps(m->core)) {
		core_message_finish(
			m, STORE_FAILED, EX_TEMPFAIL, CORE_NOT_KEPT, o->code);
		return;
	}
	if (!c->tries++)
		core_say(m->core, LOG_INFO, "message to %s waits: %s",
			core_peer_name(c->account, c->peer),
			o->why ? o->why : "not now");
	mem_deref(c->waits);
	c->waits = mem_strdup(o->why ? o->why : "not now");
	c->told_after = o->after > 0;
	if (o->after)
		ms = 1000ull *
			(o->after < RETRY_AFTER_MAX ? o->after
						    : RETRY_AFTER_MAX);
	else if (ms > RETRY_MAX_MS)
		ms = RETRY_MAX_MS;
	tmr_start(m->core->config.tmrs, &c->retry, ms, retry_h, c);
	core_outbox_expiry(m->core);
}


static void unknown(struct core_message *m, const char *why, uint16_t code)
{
	char *text = why && strstr(why, "may have arrived")
		? mem_strdup(why)
		: mem_printf(
			  "%s; it may have arrived", why ? why : "no answer");

	core_message_tell(m, STORE_SENT, NULL, 0);
	core_message_finish(m, STORE_FAILED, EX_TEMPFAIL, text, code);
	mem_deref(text);
}


static void refused(struct core_message *m, const struct endpoint_outcome *o)
{
	int status = o->code && core_code_is_temporary(o->code)
		? EX_TEMPFAIL
		: EX_UNAVAILABLE;

	if (o->code)
		core_message_tell(m, STORE_SENT, NULL, 0);
	core_message_finish(
		m, STORE_FAILED, status, o->why ? o->why : "refused", o->code);
}


void core_outbox_sent(
	uint64_t token, const struct endpoint_outcome *outcome, void *arg)
{
	struct core_account *a = arg;
	struct core_message *m;

	if (!a->core)
		return;
	HASH_FIND(hh, a->core->by_id, &token, sizeof(token), m);
	if (!m || !m->flying || m->chat->account != a)
		return;
	core_chat_set_via(m->chat, outcome->via);
	switch (outcome->sent) {
	case ENDPOINT_DELIVERED:
		core_message_tell(m, STORE_SENT, NULL, 0);
		core_message_finish(m, STORE_DELIVERED, 0, NULL, outcome->code);
		break;
	case ENDPOINT_ACCEPTED:
		core_message_tell(m, STORE_SENT, NULL, 0);
		core_message_finish(m, STORE_ACCEPTED, 0, NULL, outcome->code);
		break;
	case ENDPOINT_REFUSED:
		refused(m, outcome);
		break;
	case ENDPOINT_LATER:
		later(m, outcome);
		break;
	case ENDPOINT_UNKNOWN:
		unknown(m, outcome->why, outcome->code);
		break;
	}
}


void core_outbox_online(struct core_account *a)
{
	size_t i, n;
	void **chats = core_list_hold(&a->core->chats, &n);

	for (i = 0; i < n; i++) {
		struct core_chat *c = chats[i];

		if (c->account != a)
			continue;
		if (!c->told_after)
			tmr_cancel(&c->retry);
		core_outbox_pump(c);
	}
	core_list_release(chats, n);
}


void core_outbox_drop(struct core_account *a)
{
	struct le *le, *next;

	LIST_FOREACH (&a->core->outbox, le, next) {
		struct core_message *m = le->data;

		if (m->flying && !m->over && m->chat->account == a)
			unknown(m, "signed out before an answer came", 0);
	}
}


static void doom(struct core_message *m, const char *why)
{
	/* Not stored yet: it gets its id and its end one after the other. */
	if (!m->id && !m->core->dying) {
		mem_deref(m->doom);
		m->doom = mem_strdup(why);
		return;
	}
	core_message_finish(m, STORE_FAILED, EX_TEMPFAIL, why, 0);
}


void core_outbox_fail(
	struct core *core, struct core_chat *c, bool all, const char *why)
{
	size_t i, n;
	void **messages = core_list_hold(c ? &c->outbox : &core->outbox, &n);

	for (i = 0; i < n; i++) {
		struct core_message *m = messages[i];

		if (!m->over && (all || !m->flying))
			doom(m, why);
	}
	core_list_release(messages, n);
}


static void stored_h(int err, uint64_t id, void *data)
{
	struct core_message *m = data;
	char *why;

	if (m->over)
		return;
	if (err) {
		why = mem_printf("the store failed: %s", strerror(err));
		core_message_finish(m, STORE_FAILED, EX_IOERR, why, 0);
		mem_deref(why);
		return;
	}
	core_message_stored(m, id);
	if (m->doom) {
		core_message_finish(m, STORE_FAILED, EX_TEMPFAIL, m->doom, 0);
		return;
	}
	core_outbox_pump(m->chat);
	if (!tmr_isrunning(&m->core->expiry_tmr))
		core_outbox_expiry(m->core);
}


static int check(const struct core_chat *c, const char *text, char **why)
{
	const struct core_account *a = c->account;
	size_t len = strlen(text), max = CORE_TEXT_MAX;

	if (!a || a->removed || !a->core)
		return core_fail(
			EX_CONFIG, why, "the account of this chat is gone");
	if (a->core->going_down)
		return core_fail(EX_TEMPFAIL, why, "the program is leaving");
	if (!len)
		return core_fail(EX_USAGE, why, "there is no text to send");
	if (core_account_online(a) &&
		endpoint_text_max(a->endpoint, c->peer) < max)
		max = endpoint_text_max(a->endpoint, c->peer);
	if (len > max)
		return core_fail(EX_UNAVAILABLE, why,
			"the text has %zu bytes and %zu can be sent: a longer "
			"one needs a session, TCP or TLS (see long-messages)",
			len, max);
	return 0;
}


int core_send(struct core_chat *c, const char *text, core_done_h *done,
	void *arg, char **why)
{
	struct pl pl = pl_str(text);
	struct core_message *m;
	struct core *core;
	int status;

	status = check(c, text, why);
	if (status)
		return status;
	core = c->account->core;
	m = core_message_alloc(
		c, utf8_repair_dup(&pl), tmrs_wall(core->config.tmrs));
	m->done = done;
	m->arg = arg;
	c->engaged = true;
	list_append(&core->outbox, &m->le, m);
	list_append(&c->outbox, &m->chat_le, m);
	core->store->ops->add(core->store,
		&(struct store_message){
			.account = c->account->aor,
			.peer = c->peer,
			.text = m->text,
			.via = c->via,
			.out = true,
			.state = STORE_QUEUED,
			.at = m->at,
		},
		0, core_job_done, core_job_alloc(core, stored_h, m));
	return 0;
}


bool core_outbox_flying(const struct core *core)
{
	struct le *le;

	for (le = core->outbox.head; le; le = le->next) {
		const struct core_message *m = le->data;

		if (m->flying && !m->over)
			return true;
	}
	return false;
}


bool core_in_flight(const struct core *core, uint64_t id)
{
	struct core_message *m;

	HASH_FIND(hh, core->by_id, &id, sizeof(id), m);
	return m && m->flying;
}


bool core_keeps(const struct core *core)
{
	return core->store->ops->durable;
}


size_t core_unsent(const struct core *core)
{
	return core->outbox.count;
}


bool core_sent_failed(struct core *core)
{
	bool failed = core->sent_failed;

	core->sent_failed = false;
	return failed;
}
