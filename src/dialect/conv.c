/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conv.c - a conversation with one peer: what there is of it, and its next
 * step. */
#include <string.h>
#include "conv.h"
#include "mem.h"


enum {
	CONVS_MAX = 10000, /* peers begin them too */
};


static void conv_destructor(void *data)
{
	struct conv *c = data;

	tmr_cancel(&c->take);
	tmr_cancel(&c->ask_tmr);
	tmr_cancel(&c->kick);
	tmr_cancel(&c->retry);
	tmr_cancel(&c->closing);
	tmr_cancel(&c->doubt);
	tmr_cancel(&c->theirs_tmr);
	tmr_cancel(&c->ours_tmr);
	mem_deref(c->options);
	mem_deref(c->flight);
	mem_deref(c->notice);
	mem_deref(c->session);
	mem_deref(c->ringing);
	mem_deref(c->flying);
	list_flush(&c->queue);
	mem_deref(c->peer);
}


/* ---- finding ---- */

struct conv *conv_find(struct endpoint *e, const char *peer)
{
	struct conv *c;

	HASH_FIND_STR(e->convs, peer, c);
	return c;
}


/* True where nothing of C would be missed but what it knows of the peer. */
static bool is_idle(const struct conv *c)
{
	return c->state == CONV_IDLE && !c->wanted && !c->session &&
		!c->ringing && !c->options && !c->flight && !c->notice &&
		list_isempty(&c->queue) && !tmr_isrunning(&c->kick) &&
		!tmr_isrunning(&c->retry) && !tmr_isrunning(&c->closing) &&
		!tmr_isrunning(&c->theirs_tmr) &&
		!tmr_isrunning(&c->ours_tmr) && mem_nrefs(c) == 1;
}


/* Lets the oldest idle one go if there are too many; false if none is. */
static bool make_room(struct endpoint *e)
{
	struct conv *c, *next;

	if (HASH_COUNT(e->convs) < CONVS_MAX)
		return true;
	HASH_ITER (hh, e->convs, c, next) {
		if (!is_idle(c))
			continue;
		HASH_DEL(e->convs, c);
		mem_deref(c);
		return true;
	}
	return false;
}


static struct conv *conv_add(struct endpoint *e, const char *peer)
{
	struct conv *c = mem_zalloc(sizeof(*c), conv_destructor);

	c->e = e;
	c->peer = mem_strdup(peer);
	c->told = ENDPOINT_CHAT_CLOSED;
	conv_typing_init(c);
	HASH_ADD_KEYPTR(hh, e->convs, c->peer, strlen(c->peer), c);
	return c;
}


struct conv *conv_get(struct endpoint *e, const char *peer)
{
	struct conv *c = conv_find(e, peer);

	if (c)
		return c;
	(void)make_room(e);
	return conv_add(e, peer);
}


struct conv *conv_admit(struct endpoint *e, const char *peer)
{
	struct conv *c = conv_find(e, peer);

	return c || !make_room(e) ? c : conv_add(e, peer);
}


struct conv *conv_enter(void *arg)
{
	struct conv *c = mem_ref(arg);

	(void)endpoint_hold(c->e);
	return c;
}


void conv_leave(struct conv *c)
{
	struct endpoint *e = c->e;

	mem_deref(c);
	endpoint_release(e);
}


void conv_tell(struct conv *c, enum endpoint_chat state, const char *via,
	enum endpoint_by by, const char *why, uint16_t code)
{
	struct endpoint *e = c->e;

	c->told = state;
	if (endpoint_hears(e))
		e->h.chat(c->peer, state, via, by, why, code, e->h.arg);
}


/* ---- the next step ---- */

static void step_offline(struct conv *c)
{
	const char *why = endpoint_reason(c->e);
	bool tell = c->shown && c->state == CONV_IDLE;

	/* What is being opened ends by itself. */
	if (c->state == CONV_IDLE)
		c->wanted = c->shown = false;
	if (tell)
		conv_tell(c, ENDPOINT_CHAT_CLOSED, "page", ENDPOINT_BY_ERROR,
			why, 0);
	conv_fail_waiting(c, ENDPOINT_LATER, why, 0, 0);
}


/* Sends the oldest thing that waits, by the way that is open. True if there
 * may be more to do. */
static bool step_send(struct conv *c)
{
	struct conv_item *t = list_data(c->queue.head);
	bool session = conv_session_isopen(c);

	/* One MESSAGE to a URI at a time (RFC 3428 8). */
	if (!session && (c->flying || c->notice))
		return false;
	if (!t->text) {
		/* A text does not wait behind two notices. */
		if (c->notice && !t->le.next)
			return false;
		conv_typing_send(c, t);
		return true;
	}
	if (c->flying)
		return false;
	if (!session && conv_wants_opening(c, t))
		conv_open_start(c);
	else
		conv_fly(c, t);
	return false;
}


static void step(struct conv *c)
{
	/* That it is closed is told before it opens anew. */
	if (tmr_isrunning(&c->closing))
		return;
	if (!c->e->online) {
		step_offline(c);
		return;
	}
	if (tmr_isrunning(&c->retry))
		return;
	if (c->wanted && (c->ringing || c->state == CONV_IDLE)) {
		conv_open_start(c);
		return;
	}
	if (c->wanted && c->state == CONV_SESSION)
		conv_opened_session(c); /* wanted again */
	while (!conv_opening(c) && !list_isempty(&c->queue) && step_send(c))
		;
}


static void kick_handler(void *arg)
{
	struct conv *c = conv_enter(arg);

	step(c);
	conv_leave(c);
}


void conv_kick(struct conv *c)
{
	if (!tmr_isrunning(&c->kick))
		tmr_start(c->e->stack->tmrs, &c->kick, 0, kick_handler, c);
}


/* ---- the account's life ---- */

void simple_im_online(struct endpoint *e, bool moved)
{
	struct conv *c, *next;

	HASH_ITER (hh, e->convs, c, next) {
		/* Who is in a session would go on sending to where we were. */
		if (moved && (c->session || c->ringing))
			conv_close(c, DIALECT_GOODBYE, ENDPOINT_BY_ERROR,
				"the connection was lost");
		conv_kick(c);
	}
}


void simple_im_lost(struct endpoint *e)
{
	struct conv *c, *next;

	/* Sessions live over a lost flow; what waits is told to come again. */
	HASH_ITER (hh, e->convs, c, next) {
		conv_kick(c);
	}
}


void simple_im_goodbye(struct endpoint *e, uint64_t limit)
{
	struct conv *c, *next;

	HASH_ITER (hh, e->convs, c, next) {
		if (c->told != ENDPOINT_CHAT_CLOSED || c->session)
			conv_close(c, limit, ENDPOINT_BY_US, NULL);
		conv_kick(c);
	}
}


void simple_im_close(struct endpoint *e)
{
	struct conv *c, *next;

	HASH_ITER (hh, e->convs, c, next) {
		HASH_DEL(e->convs, c);
		mem_deref(c);
	}
}


const char *endpoint_chat_transport(struct endpoint *e, const char *peer)
{
	const struct conv *c = conv_find(e, peer);

	return c && c->session ? ua_session_transport(c->session) : NULL;
}
