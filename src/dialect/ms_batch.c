/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ms_batch.c - one SUBSCRIBE for the presence of several people ([MS-PRES]
 * 2.2.2.4.1): to ourselves for those whom our server knows, to a pool or to
 * the person where it says so.
 */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "ms_int.h"


enum {
	BATCH_MAX = 8 << 20, /* bytes of a body */
	PEERS_MAX = 100, /* in one SUBSCRIBE: its answer is bounded too */
	ID_SPAN = 900000,
	ID_LEAST = 100000,
	SLOT = 40, /* ms: 25 SUBSCRIBEs a second */
};

/* Somebody who is in a batch no more, which its server does not know yet. */

struct drop {
	struct le le;
	char *peer;
};

static const char accept_types[] =
	"application/msrtc-event-categories+xml, application/xpidf+xml, "
	"text/xml+msrtc.pidf, application/pidf+xml, application/rlmi+xml, "
	"multipart/related";

static const char direct_headers[] = "Supported: com.microsoft.autoextend\r\n"
				     "Supported: ms-piggyback-first-notify\r\n";


static void drop_destructor(void *data)
{
	struct drop *d = data;

	list_unlink(&d->le);
	mem_deref(d->peer);
}


static void batch_destructor(void *data)
{
	struct ms_batch *b = data;

	tmr_cancel(&b->tmr);
	list_flush(&b->drops);
	mem_deref(b->sub);
	mem_deref(b->target);
	mem_deref(b->key);
}


bool ms_batch_is_own(const struct ms_batch *b)
{
	return !strcmp(b->target, b->ms->e->aor);
}


static void send_soon(struct ms_batch *b);


/* ---- its body ---- */

/* A body (mem_deref); ID is one that no other has. */
static struct mbuf *body_of(struct ms *ms, struct msdoc_wish *wishes, size_t n)
{
	struct mbuf *mb = mbuf_alloc(BATCH_MAX);
	uint32_t id = ID_LEAST + rand_below(ms->e->stack->rand, ID_SPAN);

	(void)msdoc_batch_encode(mb, ms->e->aor, wishes, n, id);
	return mb;
}


static struct mbuf *body_make(struct ms_batch *b)
{
	size_t n = b->peers.count + b->drops.count, i = 0;
	bool own = ms_batch_is_own(b);
	struct msdoc_wish *wishes = mem_zalloc((n + 1) * sizeof(*wishes), NULL);
	const struct le *le;
	struct mbuf *mb;

	for (le = b->peers.head; le; le = le->next) {
		const struct ms_peer *p = le->data;

		wishes[i].peer = p->peer;
		wishes[i++].context = p->added ||
			(!own && ms_contact_is_kept(b->ms, p->peer));
	}
	for (le = b->drops.head; le; le = le->next) {
		wishes[i].peer = ((const struct drop *)le->data)->peer;
		wishes[i++].drop = true;
	}
	mb = body_of(b->ms, wishes, n);
	mem_deref(wishes);
	return mb;
}


/* The next SUBSCRIBE asks for who is in it by then. */
static void body_keep(struct ms_batch *b)
{
	struct mbuf *mb;
	struct pl body;

	if (!b->sub)
		return;
	mb = body_make(b);
	body = mbuf_all(mb);
	ua_sub_keep_body(b->sub, &body);
	mem_deref(mb);
}


/* ---- from the subscription ---- */

static uint16_t notify_handler(const struct msg *notify, bool first, void *arg)
{
	struct ms_batch *b = mem_ref(arg);
	struct endpoint *e = endpoint_hold(b->ms->e);
	struct le *le, *next;
	uint16_t status;

	/* The first one of a dialog tells everything. */
	LIST_FOREACH (&b->peers, le, next) {
		struct ms_peer *p = le->data;

		if (first)
			p->note = mem_deref(p->note);
	}
	status = ms_presence_take(b, notify);
	mem_deref(b);
	endpoint_release(e);
	return status;
}


/* They are news to the server no more. */
static void news_forget(struct ms_batch *b)
{
	const struct le *le;

	list_flush(&b->drops);
	for (le = b->peers.head; le; le = le->next)
		((struct ms_peer *)le->data)->added = false;
}


static void taken_handler(void *arg)
{
	struct ms_batch *b = arg;

	/* One to a person alone has to tell its context each time: the server
	 * of the other side forgets. */
	if (!ms_batch_is_own(b) || tmr_isrunning(&b->tmr))
		return;
	news_forget(b);
	body_keep(b);
	if (list_isempty(&b->peers))
		send_soon(b);
}


static void batch_free(struct ms_batch *b)
{
	HASH_DEL(b->ms->batches, b);
	if (b->ms->recent == b)
		b->ms->recent = NULL;
	tmr_cancel(&b->tmr);
	b->sub = mem_deref(b->sub);
	mem_deref(b);
}


/* Without batches each person is asked for alone. */
static void scatter(struct ms_batch *b)
{
	struct le *le, *next;

	LIST_FOREACH (&b->peers, le, next) {
		struct ms_peer *p = le->data;

		list_unlink(&p->le);
		p->batch = NULL;
		ms_batch_join(b->ms, p->peer, p);
	}
	batch_free(b);
}


static bool lacks_batches(uint16_t status)
{
	switch (status) {
	case 400: /* or somebody in it has an address that it does not like */
	case 405:
	case 415:
	case 420:
	case 488:
	case 489:
	case 501:
		return true;
	default:
		return false;
	}
}


static void ended(struct ms_batch *b, const char *why, uint16_t status)
{
	struct le *le, *next;

	if (ms_batch_is_own(b) && lacks_batches(status)) {
		b->ms->adhoclist = b->ms->adhoclist && status == 400;
		scatter(b);
		return;
	}
	LIST_FOREACH (&b->peers, le, next)
		ms_peer_refused(le->data, why, status);
}


static void state_handler(enum ua_sub_state state, const char *why,
	uint16_t status, bool again, void *arg)
{
	struct ms_batch *b = mem_ref(arg);
	struct endpoint *e = endpoint_hold(b->ms->e);

	(void)again;
	if (state == UA_SUB_ENDED)
		ended(b, why, status);
	mem_deref(b);
	endpoint_release(e);
}


/* ---- sending ---- */

static void subscribe(struct ms_batch *b, const struct pl *body)
{
	const struct ua_sub_handlers h = {
		.state = state_handler,
		.notify = notify_handler,
		.taken = taken_handler,
		.arg = b,
	};
	bool own = ms_batch_is_own(b);
	char *headers =
		mem_printf("%s%s", own ? ms_subscribe_headers : direct_headers,
			own ? "Require: adhoclist, categoryList\r\n"
			      "Supported: eventlist\r\n"
			    : "");
	const struct ua_sub_config config = {
		.target = b->target,
		.event = "presence",
		.accept = accept_types,
		.headers = headers,
		.content_type = MSDOC_BATCH_TYPE,
		.body = *body,
		.expires = b->ms->e->expires,
	};
	int err = ua_subscribe(&b->sub, b->ms->e->ua, &config, &h);

	mem_deref(headers);
	if (err)
		ended(b,
			err == EINVAL ? "this is no SIP address"
				      : strerror(err),
			0);
}


static void send_handler(void *arg)
{
	struct ms_batch *b = mem_ref(arg);
	struct endpoint *e = endpoint_hold(b->ms->e);
	struct mbuf *mb = body_make(b);
	struct pl body = mbuf_all(mb);

	if (list_isempty(&b->peers) && (list_isempty(&b->drops) || !b->sub)) {
		if (b->sub)
			ua_sub_end(b->sub, DIALECT_GOODBYE, NULL, NULL);
		batch_free(b);
	} else if (!e->online) {
		body_keep(b);
	} else if (!b->sub) {
		subscribe(b, &body);
	} else {
		ua_sub_set_body(b->sub, &body);
	}
	mem_deref(mb);
	mem_deref(b);
	endpoint_release(e);
}


/* Many do not leave together. */
static void send_soon(struct ms_batch *b)
{
	struct tmrs *tmrs = b->ms->e->stack->tmrs;
	uint64_t now = tmrs_now(tmrs);

	if (tmr_isrunning(&b->tmr))
		return;
	if (b->ms->slot < now)
		b->ms->slot = now;
	tmr_start(tmrs, &b->tmr, b->ms->slot - now, send_handler, b);
	b->ms->slot += SLOT;
}


/* ---- who is in it ---- */

static struct ms_batch *batch_new(struct ms *ms, const char *target, char *key)
{
	struct ms_batch *b = mem_zalloc(sizeof(*b), batch_destructor);

	b->ms = ms;
	b->key = key;
	b->target = mem_strdup(target);
	HASH_ADD_KEYPTR(hh, ms->batches, b->key, strlen(b->key), b);
	return b;
}


/* The first one to TARGET that has room. */
static struct ms_batch *batch_get(struct ms *ms, const char *target)
{
	struct ms_batch *b = ms->recent;
	unsigned i;
	char *key;

	if (b && !strcmp(b->target, target) && b->peers.count < PEERS_MAX)
		return b;
	for (i = 1;; i++) {
		key = mem_printf("%s %u", target, i);
		HASH_FIND_STR(ms->batches, key, b);
		if (!b)
			return batch_new(ms, target, key);
		mem_deref(key);
		if (b->peers.count < PEERS_MAX)
			return b;
	}
}


void ms_batch_join(struct ms *ms, const char *target, struct ms_peer *p)
{
	struct ms_batch *b;

	ms_batch_leave(p);
	b = ms->recent = batch_get(ms, target);
	p->batch = b;
	list_append(&b->peers, &p->le, p);
	send_soon(b);
}


void ms_batch_renew(struct ms_peer *p)
{
	send_soon(p->batch);
}


/* P is out of its batch; the one it was in. */
static struct ms_batch *leave(struct ms_peer *p)
{
	struct ms_batch *b = p->batch;

	list_unlink(&p->le);
	p->batch = NULL;
	return b;
}


void ms_batch_leave(struct ms_peer *p)
{
	struct ms_batch *b;
	struct drop *d;

	if (!p->batch)
		return;
	b = leave(p);
	if (b->sub && b->ms->e->online) {
		d = mem_zalloc(sizeof(*d), drop_destructor);
		d->peer = mem_strdup(p->peer);
		list_append(&b->drops, &d->le, d);
	}
	send_soon(b);
}


void ms_batch_move(struct ms_peer *p, const char *target)
{
	struct ms_batch *b = leave(p);

	body_keep(b);
	/* To tell it what it has just told us is of no use. */
	if (list_isempty(&b->peers))
		send_soon(b);
	ms_batch_join(b->ms, target, p);
}


void ms_batches_lost(struct ms *ms)
{
	struct ms_batch *b, *next;

	HASH_ITER (hh, ms->batches, b, next) {
		list_flush(&b->drops);
		body_keep(b);
	}
}


void ms_batches_close(struct ms *ms)
{
	struct ms_batch *b, *next;

	HASH_ITER (hh, ms->batches, b, next) {
		while (b->peers.head)
			(void)leave(b->peers.head->data);
		batch_free(b);
	}
}


int ms_ask(struct ua_sub **subp, struct endpoint *e, const char *peer,
	const struct ua_sub_handlers *h)
{
	struct msdoc_wish wish = {.peer = peer};
	struct mbuf *mb = body_of(e->ms, &wish, 1);
	const struct ua_sub_config config = {
		.target = peer,
		.event = "presence",
		.accept = accept_types,
		.headers = direct_headers,
		.content_type = MSDOC_BATCH_TYPE,
		.body = mbuf_all(mb),
	};
	int err = ua_subscribe(subp, e->ua, &config, h);

	mem_deref(mb);
	return err;
}
