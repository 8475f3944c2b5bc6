/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms_watch.c - who is watched, and what is known of them ([MS-PRES] 3.4). */
#include <string.h>
#include "mem.h"
#include "ms_int.h"
#include "uri.h"


enum {
	LIST_WAIT = 5000, /* ms for the contact list, which goes first */
};


static void peer_destructor(void *data)
{
	struct ms_peer *p = data;

	tmr_cancel(&p->tmr);
	list_unlink(&p->le);
	mem_deref(p->peer);
	mem_deref(p->document);
	mem_deref(p->activity);
	mem_deref(p->note);
	mem_deref(p->name);
	mem_deref(p->why);
	mem_deref(p->told);
}


struct ms_peer *ms_peer_find(const struct ms *ms, const char *peer)
{
	struct ms_peer *p;

	HASH_FIND_STR(ms->peers, peer, p);
	return p;
}


/* ---- telling ---- */

static struct presence *current(const struct ms_peer *p)
{
	const struct endpoint *e = p->ms->e;

	if (!e->online)
		return endpoint_unknown(endpoint_reason(e));
	if (p->heard && p->document)
		return mem_ref(p->document);
	if (p->heard)
		return msdoc_presence_since(
			p->availability, p->activity, p->note, p->active);
	return endpoint_unknown(p->why ? p->why : "waiting for an answer");
}


static void tell_handler(void *arg)
{
	struct ms_peer *p = mem_ref(arg);
	struct endpoint *e = endpoint_hold(p->ms->e);
	struct presence *now = current(p);
	uint16_t code = e->online && !p->heard ? p->code : 0;

	if (!presence_eq(p->told, now) && endpoint_hears(e)) {
		mem_deref(p->told);
		p->told = mem_ref(now);
		e->h.presence(p->peer, now, code, false, e->h.arg);
	}
	if (p->name && !p->named && e->h.card && endpoint_hears(e)) {
		p->named = true;
		e->h.card(p->peer, p->name, e->h.arg);
	}
	mem_deref(now);
	mem_deref(p);
	endpoint_release(e);
}


void ms_peer_tell_soon(struct ms_peer *p)
{
	tmr_start(p->ms->e->stack->tmrs, &p->tmr, 0, tell_handler, p);
}


static void forget(struct ms_peer *p)
{
	p->heard = false;
	p->document = mem_deref(p->document);
	p->activity = mem_deref(p->activity);
	p->note = mem_deref(p->note);
	p->availability = 0;
	p->active = 0;
}


void ms_peer_refused(struct ms_peer *p, const char *why, uint16_t code)
{
	forget(p);
	mem_deref(p->why);
	p->why = mem_strdup(endpoint_refusal(why, code));
	p->code = code;
	ms_peer_tell_soon(p);
}


/* ---- whom to ask ---- */

static bool is_colleague(const struct ms *ms, const char *peer)
{
	struct pl pl = pl_str(peer);
	struct uri uri;

	return !uri_decode(&uri, &pl) &&
		pl_caseeq(&uri.host, &ua_uri(ms->e->ua)->host);
}


/* Colleagues in one SUBSCRIBE to ourselves. Somebody of another domain who was
 * just added is asked alone, as Communicator does it: that is what makes a
 * public network tell. */
static void ask(struct ms_peer *p)
{
	struct ms *ms = p->ms;
	bool batched =
		ms->adhoclist && (!p->added || is_colleague(ms, p->peer));

	ms_batch_join(ms, batched ? ms->e->aor : p->peer, p);
}


void ms_watch(struct endpoint *e, const char *peer)
{
	struct ms *ms = e->ms;
	struct ms_peer *p = ms_peer_find(ms, peer);

	if (p)
		return;
	p = mem_zalloc(sizeof(*p), peer_destructor);
	p->ms = ms;
	p->peer = mem_strdup(peer);
	HASH_ADD_KEYPTR(hh, ms->peers, p->peer, strlen(p->peer), p);
	p->added = p->introduced =
		ms->watching && !ms_contact_is_kept(ms, peer);
	if (ms->watching)
		ask(p);
	ms_peer_tell_soon(p);
}


void ms_watch_added(struct ms *ms, const char *peer)
{
	struct ms_peer *p = ms_peer_find(ms, peer);

	if (!p || p->introduced)
		return;
	p->added = p->introduced = true;
	if (!ms->watching || !p->batch)
		return;
	if (ms_batch_is_own(p->batch) && !is_colleague(ms, peer))
		ask(p);
	else
		ms_batch_renew(p);
}


void ms_unwatch(struct endpoint *e, const char *peer)
{
	struct ms_peer *p = ms_peer_find(e->ms, peer);

	if (!p)
		return;
	HASH_DEL(e->ms->peers, p);
	ms_batch_leave(p);
	tmr_cancel(&p->tmr);
	mem_deref(p);
}


void ms_watch_begin(struct ms *ms)
{
	struct ms_peer *p, *next;

	if (ms->watching || !ms->e->online)
		return;
	tmr_cancel(&ms->watch_tmr);
	ms->watching = true;
	HASH_ITER (hh, ms->peers, p, next) {
		if (!p->batch)
			ask(p);
		else if (!p->batch->sub)
			ms_batch_renew(p);
	}
}


static void begin_handler(void *arg)
{
	ms_watch_begin(arg);
}


void ms_watch_online(struct ms *ms)
{
	struct ms_peer *p, *next;

	HASH_ITER (hh, ms->peers, p, next) {
		p->why = mem_deref(p->why);
		p->moves = 0;
		ms_peer_tell_soon(p);
	}
	tmr_start(ms->e->stack->tmrs, &ms->watch_tmr, LIST_WAIT, begin_handler,
		ms);
}


void ms_watch_lost(struct ms *ms)
{
	struct ms_peer *p, *next;

	tmr_cancel(&ms->watch_tmr);
	ms->watching = false;
	ms_batches_lost(ms);
	/* What comes in the next sign-in is the whole. */
	HASH_ITER (hh, ms->peers, p, next) {
		forget(p);
		ms_peer_tell_soon(p);
	}
}


void ms_watch_each(struct endpoint *e,
	void (*h)(struct endpoint *e, const char *peer, void *arg), void *arg)
{
	struct ms_peer *p, *next;

	HASH_ITER (hh, e->ms->peers, p, next) {
		h(e, p->peer, arg);
	}
}


void ms_watch_close(struct ms *ms)
{
	struct ms_peer *p, *next;

	tmr_cancel(&ms->watch_tmr);
	ms_batches_close(ms);
	HASH_ITER (hh, ms->peers, p, next) {
		HASH_DEL(ms->peers, p);
		tmr_cancel(&p->tmr);
		mem_deref(p);
	}
}
