/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ms_self.c - what the server knows of ourselves: publications and their
 * versions, who may see what ([MS-PRES] 3.2.5, 4.4.3).
 */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "ms_int.h"


enum {
	BODY_MAX = 64 * 1024,
	HELD_MAX = 2000, /* publications and members that are remembered */
};

static const char event_self[] = "vnd-microsoft-roaming-self";


static void held_destructor(void *data)
{
	struct ms_held *held = data;

	list_unlink(&held->le);
	mem_deref(held->category);
}


static void member_destructor(void *data)
{
	struct ms_member *m = data;

	list_unlink(&m->le);
	mem_deref(m->peer);
}


/* ---- publications --------------------------------------------------- */

static struct ms_held *held_find(const struct ms *ms, const char *category,
	uint32_t instance, uint32_t container)
{
	struct le *le;

	for (le = ms->held.head; le; le = le->next) {
		struct ms_held *held = le->data;

		if (held->instance == instance &&
			held->container == container &&
			!strcmp(held->category, category))
			return held;
	}
	return NULL;
}


uint32_t ms_held_version(const struct ms *ms, const char *category,
	uint32_t instance, uint32_t container)
{
	const struct ms_held *held =
		held_find(ms, category, instance, container);

	return held ? held->version : 0;
}


size_t ms_devices(const struct ms *ms)
{
	const struct le *le;
	size_t n = 0;

	for (le = ms->held.head; le; le = le->next) {
		const struct ms_held *held = le->data;

		n += !strcmp(held->category, "device") && held->container == 2;
	}
	return n;
}


void ms_held_set(struct ms *ms, const char *category, uint32_t instance,
	uint32_t container, uint32_t version)
{
	struct ms_held *held = held_find(ms, category, instance, container);

	if (!version) {
		mem_deref(held);
		return;
	}
	if (!held && ms->held.count < HELD_MAX) {
		held = mem_zalloc(sizeof(*held), held_destructor);
		held->category = mem_strdup(category);
		held->instance = instance;
		held->container = container;
		list_append(&ms->held, &held->le, held);
	}
	if (held)
		held->version = version;
}


static void cleared_handler(const char *category, uint32_t container, void *arg)
{
	struct ms *ms = arg;
	struct le *le, *next;

	LIST_FOREACH (&ms->held, le, next) {
		struct ms_held *held = le->data;

		if (!strcmp(held->category, category) &&
			(container == UINT32_MAX ||
				held->container == container))
			mem_deref(held);
	}
}


/* What stands at the server is what others see, whatever is shown here. */
static void tell_other(const struct ms *ms, const struct msdoc_held *held)
{
	struct presence *p = msdoc_presence(held->availability, NULL, NULL);
	const char *activity = presence_activity_name(p->activity);

	log_print(ms->e->stack->log, LOG_WARN, "presence",
		"%s: you are shown as %s, as was said before or elsewhere; "
		"\"presence set online\" takes that back",
		ms->e->aor,
		activity ? activity : presence_state_name(p->state));
	mem_deref(p);
}


static void held_handler(const struct msdoc_held *held, void *arg)
{
	const struct ms *ms = arg;

	if (!ms->self_heard && !ms->said && held->availability &&
		held->instance == MS_USER_STATE && held->container == 2)
		tell_other(ms, held);
	ms_held_set(arg, held->category, held->instance, held->container,
		held->version);
}


/* ---- containers ----------------------------------------------------- */

static void member_add(
	struct ms *ms, uint32_t container, uint32_t version, const char *peer)
{
	struct ms_member *m;

	if (ms->members.count >= HELD_MAX)
		return;
	m = mem_zalloc(sizeof(*m), member_destructor);
	m->container = container;
	m->version = version;
	m->peer = mem_strdup(peer);
	list_append(&ms->members, &m->le, m);
}


static void member_handler(const struct msdoc_member *member, void *arg)
{
	struct ms *ms = arg;
	struct le *le, *next;
	struct ms_member *m;

	if (!member->type) {
		LIST_FOREACH (&ms->members, le, next) {
			m = le->data;
			if (m->container == member->container)
				mem_deref(m);
		}
	} else if (strcmp(member->type, "user") != 0) {
		return;
	}
	member_add(ms, member->container, member->version,
		member->type ? member->value : NULL);
}


/* The row of CONTAINER itself; NULL: nothing is known of it. */
static struct ms_member *container_find(const struct ms *ms, uint32_t container)
{
	const struct le *le;

	for (le = ms->members.head; le; le = le->next) {
		struct ms_member *m = le->data;

		if (m->container == container && !m->peer)
			return m;
	}
	return NULL;
}


uint32_t ms_container_version(const struct ms *ms, uint32_t container)
{
	const struct ms_member *m = container_find(ms, container);

	return m ? m->version : 0;
}


static struct ms_member *member_find(const struct ms *ms, const char *peer)
{
	const struct le *le;

	for (le = ms->members.head; le; le = le->next) {
		struct ms_member *m = le->data;

		if (m->peer && !strcmp(m->peer, peer))
			return m;
	}
	return NULL;
}


uint32_t ms_member_where(const struct ms *ms, const char *peer)
{
	const struct ms_member *m = member_find(ms, peer);

	return m ? m->container : 0;
}


void ms_member_moved(
	struct ms *ms, const char *peer, const struct msdoc_move *move)
{
	struct ms_member *m = container_find(ms, move->container);

	/* The server may have told it already. */
	if (!m)
		member_add(ms, move->container, move->version + 1, NULL);
	else if (m->version == move->version)
		m->version = move->version + 1;
	m = member_find(ms, peer);
	if (!move->add && m && m->container == move->container)
		mem_deref(m);
	else if (move->add && (!m || m->container != move->container))
		member_add(ms, move->container, move->version + 1, peer);
}


/* ---- the document --------------------------------------------------- */

int ms_self_take(struct ms *ms, const struct pl *body)
{
	const struct msdoc_self_handlers h = {
		.cleared = cleared_handler,
		.held = held_handler,
		.member = member_handler,
		.subscriber = ms_watcher_take,
		.arg = ms,
	};

	int err = msdoc_self_decode(body, &h);

	ms_decide_next(ms);
	return err;
}


static uint16_t notify_handler(const struct msg *notify, bool first, void *arg)
{
	struct ms *ms = mem_ref(arg);
	struct endpoint *e = endpoint_hold(ms->e);
	bool news = !ms->self_heard;
	uint16_t status = 0;

	/* The first one of a subscription tells everything. */
	if (first) {
		list_flush(&ms->held);
		list_flush(&ms->members);
		ms_watchers_forget(ms);
	}
	if (notify->body.l && ms_self_take(ms, &notify->body))
		status = 400;
	if (notify->body.l && !status && endpoint_hears(e)) {
		ms->self_heard = true;
		ms->decide_later = false;
		if (news)
			ms_publish_now(ms);
	}
	ms_decide_next(ms);
	mem_deref(ms);
	endpoint_release(e);
	return status;
}


static void state_handler(enum ua_sub_state state, const char *why,
	uint16_t status, bool again, void *arg)
{
	struct ms *ms = arg;

	(void)status;
	(void)again;
	if (state != UA_SUB_ENDED)
		return;
	ms->self_heard = false;
	log_print(ms->e->stack->log, LOG_INFO, "presence",
		"%s: nothing is told of our own presence: %s", ms->e->aor,
		why ? why : "the subscription ended");
}


void ms_self_online(struct ms *ms)
{
	const struct ua_sub_handlers h = {
		.state = state_handler,
		.notify = notify_handler,
		.arg = ms,
	};
	struct mbuf *mb = mbuf_alloc(BODY_MAX);
	struct ua_sub_config config = {
		.target = ms->e->aor,
		.event = event_self,
		.accept = MSDOC_SELF_TYPE,
		.headers = ms_subscribe_headers,
		.content_type = "application/vnd-microsoft-roaming-self+xml",
		.expires = ms->e->expires,
	};

	ms->self_heard = false;
	(void)msdoc_self_encode(mb);
	config.body = mbuf_all(mb);
	if (!ms->self && ua_subscribe(&ms->self, ms->e->ua, &config, &h))
		log_print(ms->e->stack->log, LOG_WARN, "presence",
			"%s: cannot ask for our own presence", ms->e->aor);
	mem_deref(mb);
}


void ms_self_close(struct ms *ms)
{
	ms->self = mem_deref(ms->self);
	ms->publishing = mem_deref(ms->publishing);
	ms->draft = mem_deref(ms->draft);
	ms->publish_again = false;
	ms->self_heard = false;
	ms_decide_lost(ms);
}
