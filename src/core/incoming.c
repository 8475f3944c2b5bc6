/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incoming.c - a text that arrived: policy, limits for strangers, and the
 * answer that waits for the store (RFC 3428 section 7). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "message_int.h"
#include "notify.h"


enum {
	LIMIT_WINDOW_MS = 60000,
	STORE_RETRY_S = 10, /* Retry-After where the store failed */
};

/* A text between its arrival and the store's completion. */
struct incoming {
	struct core_account *account; /* a reference */
	struct endpoint_message *m; /* a reference */
	char *peer;
	int64_t at;
	bool stranger;
};


static void incoming_destructor(void *data)
{
	struct incoming *in = data;

	if (in->account->core)
		--in->account->core->storing;
	mem_deref(in->account);
	mem_deref(in->m);
	mem_deref(in->peer);
}


static size_t limits_live(const struct core_limits *limits, uint64_t now)
{
	size_t n = 0;

	while (n < limits->n) {
		size_t i = (limits->next + CORE_LIMIT_ALL - 1 - n) %
			CORE_LIMIT_ALL;

		if (now - limits->ring[i].at >= LIMIT_WINDOW_MS)
			break;
		n++;
	}
	return n;
}


/* Seconds until the entry AT leaves the window, at least one. */
static uint32_t limits_wait(uint64_t at, uint64_t now)
{
	return (uint32_t)((at + LIMIT_WINDOW_MS - now + 999) / 1000);
}


bool core_limits_pass(struct core *core, const char *source, uint32_t *after)
{
	struct core_limits *limits = &core->limits;
	uint64_t now = tmrs_now(core->config.tmrs);
	char key[CORE_SOURCE_SIZE];
	size_t i, n, mine = 0;

	(void)snprintf(key, sizeof(key), "%s", source ? source : "");
	limits->n = limits_live(limits, now);
	for (n = 0; n < limits->n; n++) {
		const struct core_limits_entry *e;

		i = (limits->next + CORE_LIMIT_ALL - 1 - n) % CORE_LIMIT_ALL;
		e = &limits->ring[i];
		if (!strcmp(e->source, key))
			mine++;
		if (mine == CORE_LIMIT_SOURCE || n == CORE_LIMIT_ALL - 1) {
			*after = limits_wait(e->at, now);
			return false;
		}
	}
	limits->ring[limits->next].at = now;
	memcpy(limits->ring[limits->next].source, key, sizeof(key));
	limits->next = (limits->next + 1) % CORE_LIMIT_ALL;
	limits->n++;
	return true;
}


static void post(const struct incoming *in, uint64_t id, const char *name)
{
	const struct core_event event = {
		.kind = CORE_EVENT_MESSAGE,
		.account = in->account->name,
		.peer = in->peer,
		.name = name,
		.direction = "in",
		.id = id,
		.text = endpoint_message_text(in->m),
		.via = endpoint_message_via(in->m),
		.stranger = in->stranger,
		.sent_at = endpoint_message_sent_at(in->m),
	};

	core_event_post(in->account->core, &event);
	core_notify(in->account->core, CORE_NEWS_MESSAGE, &event);
}


static void show(const struct incoming *in, uint64_t id)
{
	struct core_account *a = in->account;
	struct core_chat *c;

	c = core_chat_from(a, in->peer);
	core_read_heard(a->core, c, id);
	core_chat_set_typing(c, false);
	core_chat_set_via(c, endpoint_message_via(in->m));
	post(in, id, core_peer_name(a, in->peer));
}


static void refused(struct core *core, const char *peer, int err)
{
	char *what = mem_printf("a message from %s was not taken", peer);

	core_store_failed(core, what, err);
	mem_deref(what);
}


static void stored_h(int err, uint64_t id, void *data)
{
	struct incoming *in = data;
	struct core *core = in->account->core;

	switch (err) {
	case 0:
		endpoint_message_answer(in->m, 200, 0);
		/* Without its account it waits in the store. */
		if (core && !in->account->removed)
			show(in, id);
		break;
	case EEXIST:
		endpoint_message_answer(in->m, 200, 0);
		break;
	default:
		endpoint_message_answer(in->m, 500, STORE_RETRY_S);
		if (core)
			refused(core, in->peer, err);
		break;
	}
}


static void take(
	struct core_account *a, struct endpoint_message *m, bool stranger)
{
	struct core *core = a->core;
	struct incoming *in = mem_zalloc(sizeof(*in), incoming_destructor);
	const struct store_message row = {
		.account = a->aor,
		.peer = endpoint_message_peer(m),
		.text = endpoint_message_text(m),
		.via = endpoint_message_via(m),
		.stranger = stranger,
		.state = STORE_RECEIVED,
		.at = tmrs_wall(core->config.tmrs),
		.sent_at = endpoint_message_sent_at(m),
	};

	++core->storing;
	in->account = mem_ref(a);
	in->m = mem_ref(m);
	in->peer = mem_strdup(row.peer);
	in->stranger = stranger;
	core->store->ops->add(core->store, &row, endpoint_message_seen(m),
		core_job_done, core_job_alloc(core, stored_h, in));
	mem_deref(in);
}


void core_incoming_message(struct endpoint_message *m, void *arg)
{
	struct core_account *a = arg;
	uint32_t after = 0;

	/* A request is answered after a while whether the store is done with
	 * it or not: only this bounds what waits for a disk that is slow. */
	if (a->removed || !a->core || a->core->storing >= CORE_STORING_MAX) {
		endpoint_message_answer(m, 503, STORE_RETRY_S);
		return;
	}
	switch (core_watcher_verdict(a, endpoint_message_peer(m),
		endpoint_message_source(m), &after)) {
	case ENDPOINT_ALLOW:
		take(a, m, false);
		break;
	case ENDPOINT_PENDING:
		take(a, m, true);
		break;
	case ENDPOINT_BUSY:
		endpoint_message_answer(m, 503, after);
		break;
	case ENDPOINT_REFUSE:
	case ENDPOINT_POLITE_BLOCK:
		endpoint_message_answer(m, 403, 0);
		break;
	}
}
