/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple_rls.c - one subscription for all who are watched, to a list that the
 * server keeps for us (RFC 4662, RFC 4826 4). Whoever that tells nothing of is
 * asked for alone, and everybody is where there is no such list.
 */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "simple_rls.h"


enum {
	LEAST = 20, /* who are watched, by the setting "auto" */
	HOLD_MS = 2000, /* for one step towards the list */
	SETTLE_MAX = 6000, /* ms from a SUBSCRIBE to asking for who is not
			      told of: servers gather news for 5 s */
	SETTLE_QUIET = 1500, /* ... from the last news */
	SLIGHT = 1500, /* ms that a NOTIFY may be faster than the 2xx */
	TICK = 20, /* ms between two steps of asking for many alone */
	TICK_COUNT = 100, /* who are asked for in one */
	DOUBT = 10000, /* ms that a list may be silent of who is online */
	AT_ONCE = 5, /* new ones who are asked for before the list tells */
};

static const char event_name[] = "presence";
static const char accept_types[] =
	"application/pidf+xml, application/rlmi+xml, multipart/related";
static const char headers[] = "Supported: eventlist\r\n";


static void rls_destructor(void *data)
{
	struct simple_rls *r = data;

	simple_rls_read_stop(r);
	simple_rls_service_close(r);
	tmr_cancel(&r->hold);
	tmr_cancel(&r->settle);
	tmr_cancel(&r->tick);
	tmr_cancel(&r->doubt);
	mem_deref(r->sub);
	mem_deref(r->service);
}


static uint64_t now_of(const struct simple_rls *r)
{
	return tmrs_now(r->e->stack->tmrs);
}


static void start(struct simple_rls *r, struct tmr *tmr, uint64_t ms, tmr_h *h)
{
	tmr_start(r->e->stack->tmrs, tmr, ms, h, r);
}


/* ---- who is asked for alone ---- */

/* By each refresh a server tells of who is online; of who is not there may be
 * no word, as nothing has changed. */
static bool is_told(const struct simple_rls *r, const struct simple_watch *w)
{
	return w->listed &&
		(w->listed >= r->since ||
			(w->state == UA_SUB_ACTIVE && w->known &&
				w->known->state == PRESENCE_OFFLINE));
}


static bool wants_alone(
	const struct simple_rls *r, const struct simple_watch *w)
{
	if (w->alone)
		return false;
	if (r->mode == RLS_LIST)
		return r->settled && !is_told(r, w);
	return r->mode == RLS_ALONE;
}


/* Not all in one turn. */
static void tick_handler(void *arg)
{
	struct simple_rls *r = arg;
	struct simple_watch *w, *next;
	unsigned n = 0;

	if (!r->e->online)
		return;
	HASH_ITER (hh, r->e->watches, w, next) {
		if (!wants_alone(r, w))
			continue;
		if (n++ == TICK_COUNT) {
			start(r, &r->tick, TICK, tick_handler);
			return;
		}
		simple_alone_start(w);
	}
}


static void settle_handler(void *arg)
{
	struct simple_rls *r = arg;

	r->settled = true;
	tick_handler(r);
}


/* Everything is about to be told: SINCE when counts. */
static void settle_anew(struct simple_rls *r, uint64_t since)
{
	r->since = since;
	r->settled = false;
	tmr_cancel(&r->tick);
	start(r, &r->settle, SETTLE_MAX, settle_handler);
}


void simple_rls_told(struct simple_rls *r, bool news, bool loss)
{
	if (news)
		r->told_at = now_of(r);
	if (r->settled ? loss : news)
		start(r, &r->settle, SETTLE_QUIET, settle_handler);
}


static void all_alone(struct simple_rls *r)
{
	r->mode = RLS_ALONE;
	tmr_cancel(&r->hold);
	tmr_cancel(&r->settle);
	start(r, &r->tick, 0, tick_handler);
}


/* ---- towards the list ---- */

static void hold_handler(void *arg)
{
	all_alone(arg);
}


static void hold(struct simple_rls *r)
{
	if (r->mode == RLS_HOLD)
		start(r, &r->hold, HOLD_MS, hold_handler);
}


void simple_rls_bar(struct simple_rls *r, const char *why)
{
	log_print(r->e->stack->log, LOG_INFO, "presence",
		"%s: everybody is asked for alone: %s", r->e->aor, why);
	r->barred = r->failed = true;
	if (r->sub)
		ua_sub_end(r->sub, DIALECT_GOODBYE, NULL, NULL);
	r->sub = mem_deref(r->sub);
	simple_rls_read_stop(r);
	all_alone(r);
}


void simple_rls_stands(struct simple_rls *r)
{
	if (r->mode == RLS_LIST)
		return;
	log_print(r->e->stack->log, LOG_INFO, "presence",
		"%s: one subscription is for all: %s", r->e->aor, r->service);
	r->mode = RLS_LIST;
	r->failed = false;
	tmr_cancel(&r->hold);
	settle_anew(r, now_of(r));
}


/* ---- the subscription ---- */

static uint16_t notify_handler(const struct msg *notify, bool first, void *arg)
{
	struct simple_rls *r = mem_ref(arg);
	struct endpoint *e = endpoint_hold(r->e);
	uint16_t status = simple_rls_take(r, notify, first);

	mem_deref(r);
	endpoint_release(e);
	return status;
}


static void state_handler(enum ua_sub_state state, const char *why,
	uint16_t status, bool again, void *arg)
{
	struct simple_rls *r = arg;

	(void)status;
	switch (state) {
	case UA_SUB_TRYING:
	case UA_SUB_ACTIVE:
		break;
	case UA_SUB_PENDING:
		/* A server that does not know the list takes it for somebody
		 * who has to decide. */
		simple_rls_bar(r, "the server does not know the list");
		break;
	case UA_SUB_ENDED:
		simple_rls_read_stop(r);
		if (!r->e->online)
			break;
		if (again)
			all_alone(r);
		else
			simple_rls_bar(r, why ? why : "it ended");
		break;
	}
}


/* A SUBSCRIBE of ours was taken. */
static void taken_handler(void *arg)
{
	struct simple_rls *r = arg;
	uint64_t now = now_of(r);

	hold(r);
	settle_anew(r, now > SLIGHT ? now - SLIGHT : 1);
}


static void subscribe(struct simple_rls *r)
{
	const struct ua_sub_handlers h = {
		.state = state_handler,
		.notify = notify_handler,
		.taken = taken_handler,
		.arg = r,
	};
	const struct ua_sub_config config = {
		.target = r->service,
		.event = event_name,
		.accept = accept_types,
		.headers = headers,
		.expires = r->e->expires,
		.max_rate = "1", /* many changes in one go */
		.list = true,
	};
	int err = ua_subscribe(&r->sub, r->e->ua, &config, &h);

	if (err)
		simple_rls_bar(r, strerror(err));
}


/* Servers read the list with a SUBSCRIBE, and tell all of it then; to be told
 * a little too much until the next one costs less. */
void simple_rls_written(struct simple_rls *r)
{
	bool more = r->going;

	r->going = 0;
	if (r->barred || !r->e->online)
		return;
	hold(r);
	if (!r->sub)
		subscribe(r);
	else if (more)
		ua_sub_refresh(r->sub);
}


/* What stands goes on without the change. */
void simple_rls_unwritten(struct simple_rls *r, const char *why)
{
	r->additions += r->going;
	r->going = 0;
	if (!r->sub && r->e->online && !r->barred) {
		simple_rls_bar(r, why);
		return;
	}
	log_print(r->e->stack->log, LOG_WARN, "presence",
		"%s: the list of those watched is not changed: %s", r->e->aor,
		why);
}


/* ---- who is watched ---- */

/* What is told of many at once is more than a datagram holds. */
static size_t least(const struct simple_rls *r)
{
	const char *setting = r->e->config->presence_list;
	const char *transport = endpoint_transport(r->e);

	if (setting && !strcmp(setting, "yes"))
		return 1;
	if ((setting && !strcmp(setting, "no")) ||
		(transport && !strcmp(transport, "UDP")))
		return SIZE_MAX;
	return LEAST;
}


static bool is_worth_it(const struct simple_rls *r)
{
	return !r->barred && (r->kept || !r->asked) &&
		HASH_COUNT(r->e->watches) >= least(r);
}


static void begin(struct simple_rls *r)
{
	r->mode = r->failed ? RLS_ALONE : RLS_HOLD;
	hold(r);
	if (r->asked)
		simple_rls_write_soon(r, 0);
}


bool simple_rls_watch(struct simple_watch *w)
{
	struct simple_rls *r = w->e->rls;

	if (!r)
		return true;
	simple_rls_gone_drop(r, w->peer);
	if (!r->e->online || !is_worth_it(r))
		return true;
	if (r->mode == RLS_ALONE && !r->sub && !r->failed)
		begin(r);
	else if (r->asked)
		simple_rls_write_soon(r, 100);
	if (++r->additions > AT_ONCE && r->mode == RLS_LIST) {
		settle_anew(r, r->since);
		return false;
	}
	return r->mode != RLS_HOLD;
}


void simple_rls_unwatch(struct endpoint *e, const char *peer)
{
	struct simple_rls *r = e->rls;

	if (!r || least(r) == SIZE_MAX || (r->asked && !r->kept))
		return;
	simple_rls_gone_add(r, peer);
	if (e->online && r->mode == RLS_LIST)
		simple_rls_write_soon(r, 100);
}


static void doubt_handler(void *arg)
{
	struct simple_rls *r = arg;

	if (r->mode == RLS_LIST && r->told_at < r->since)
		simple_rls_bar(r, "the server does not tell who is online");
}


/*
 * What was asked for alone is answered. Of who is offline there may be no word
 * in a list that works, and so it goes on from here; who is online stays asked
 * for until it tells that too.
 */
void simple_rls_answered(struct simple_watch *w)
{
	struct simple_rls *r = w->e->rls;

	if (!r || r->mode != RLS_LIST || !w->member || w->member != r->member)
		return;
	if (w->known && w->known->state == PRESENCE_OFFLINE) {
		w->listed = now_of(r);
		simple_alone_end(w, DIALECT_GOODBYE);
	} else if (r->told_at < r->since && !tmr_isrunning(&r->doubt)) {
		start(r, &r->doubt, DOUBT, doubt_handler);
	}
}


/* ---- the account's life ---- */

static char *service_of(const char *aor)
{
	struct pl text = pl_str(aor), user;
	struct uri uri;

	if (uri_decode(&uri, &text) || !pl_isset(&uri.user))
		return NULL;
	user = uri.user;
	return mem_printf("sip:%.*s+sotto-buddies@%.*s", PL_ARG(&user),
		(int)(text.p + text.l - user.p - user.l - 1),
		user.p + user.l + 1);
}


void simple_rls_open(struct endpoint *e)
{
	char *service = service_of(e->aor);

	if (!service)
		return;
	e->rls = mem_zalloc(sizeof(*e->rls), rls_destructor);
	e->rls->e = e;
	e->rls->service = service;
}


void simple_rls_kept(struct endpoint *e, bool kept)
{
	struct simple_rls *r = e->rls;

	if (!r)
		return;
	r->asked = true;
	r->kept = kept;
	if (!e->online)
		return;
	if (!kept)
		all_alone(r);
	else if (is_worth_it(r))
		begin(r);
}


void simple_rls_unclear(struct endpoint *e)
{
	if (e->rls && e->rls->mode == RLS_HOLD)
		all_alone(e->rls);
}


void simple_rls_online(struct endpoint *e)
{
	struct simple_rls *r = e->rls;

	if (!r)
		return;
	if (r->sub) {
		/* It asks by itself. */
		settle_anew(r, now_of(r));
	} else if (is_worth_it(r)) {
		begin(r);
	} else {
		r->mode = RLS_ALONE;
	}
}


bool simple_rls_waits(const struct endpoint *e)
{
	return e->rls && e->rls->mode != RLS_ALONE;
}


void simple_rls_stop(struct endpoint *e)
{
	struct simple_rls *r = e->rls;

	if (!r)
		return;
	r->sub = mem_deref(r->sub);
	simple_rls_read_stop(r);
	tmr_cancel(&r->hold);
	tmr_cancel(&r->settle);
	tmr_cancel(&r->tick);
	tmr_cancel(&r->doubt);
	tmr_cancel(&r->soon);
	r->mode = RLS_ALONE;
	r->barred = false;
}


void simple_rls_goodbye(struct endpoint *e, uint64_t limit)
{
	if (e->rls && e->rls->sub) {
		simple_rls_write_now(e->rls);
		ua_sub_end(e->rls->sub, limit, NULL, NULL);
	}
	simple_rls_stop(e);
}


void simple_rls_close(struct endpoint *e)
{
	e->rls = mem_deref(e->rls);
}
