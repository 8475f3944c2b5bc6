/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conv_typing.c - typing notices both ways: isComposing (RFC 3994) in a
 * MESSAGE, KeyboardActivity in INFO to those who speak it.
 */
#include "conv.h"
#include "mem.h"


enum {
	NOTICE_MAX = 4096, /* bytes of a document */
};


/* ---- ours, on the wire ---- */

/* Who cannot take one gets no more (RFC 3994 4). */
static bool refuses_notices(const struct ua_result *r)
{
	switch (r->msg ? r->status : 0) {
	case 403:
	case 405:
	case 406:
	case 415:
	case 488:
	case 501:
		return true;
	default:
		return r->msg && r->status >= 600;
	}
}


static void notice_handler(const struct ua_result *r, void *arg)
{
	struct conv *c = conv_enter(arg);

	c->notice = mem_deref(c->notice);
	c->mute = c->mute || refuses_notices(r);
	conv_kick(c);
	conv_leave(c);
}


static int put_on_wire(struct conv *c, bool active)
{
	const struct im_iscomposing ic = {.active = active};
	bool session = conv_session_isopen(c);
	bool keyboard = session && c->keyboard;
	const char *type = keyboard ? IM_KEYBOARD_TYPE : IM_ISCOMPOSING_TYPE;
	struct mbuf *mb = mbuf_alloc(NOTICE_MAX);
	int err = keyboard ? im_keyboard_encode(mb, active)
			   : im_iscomposing_encode(mb, &ic);
	struct pl body = mbuf_all(mb);

	if (!err && session)
		err = ua_session_send(&c->notice, c->session,
			keyboard ? "INFO" : "MESSAGE", type, &body, NULL,
			notice_handler, c);
	else if (!err)
		err = ua_message(&c->notice, c->e->ua,
			endpoint_way(c->e, c->peer), type, &body, NULL,
			notice_handler, c);
	mem_deref(mb);
	return err;
}


/* T is released, and what it says is sent if that makes sense now. */
void conv_typing_send(struct conv *c, struct conv_item *t)
{
	bool active = t->active;

	mem_deref(t);
	if (c->mute || c->notice || (!active && !c->ours_told) ||
		(c->e->session == SESSION_ALWAYS && !conv_session_isopen(c)))
		return;
	if (put_on_wire(c, active))
		log_print(c->e->stack->log, LOG_DEBUG, "im",
			"%s: typing notice not sent", c->peer);
	else
		c->ours_told = active;
}


/* ---- ours, from the keys ---- */

static void due_handler(void *arg);


static void arm(struct conv *c, uint64_t next)
{
	struct tmrs *tmrs = c->e->stack->tmrs;
	uint64_t now = tmrs_now(tmrs);

	if (next == IM_NEVER)
		tmr_cancel(&c->ours_tmr);
	else
		tmr_start(tmrs, &c->ours_tmr, next > now ? next - now : 0,
			due_handler, c);
}


/* A notice that has not left is overtaken by a newer one. */
static void drop_waiting(struct conv *c)
{
	struct conv_item *last = list_data(c->queue.tail);

	if (last && !last->text)
		mem_deref(last);
}


static void act(struct conv *c, enum im_notice notice)
{
	bool active = notice == IM_NOTICE_ACTIVE;

	if (notice == IM_NOTICE_NONE || !c->e->typing || c->mute)
		return;
	drop_waiting(c);
	if (active || c->ours_told)
		conv_item_append(c, NULL)->active = active;
}


static void due_handler(void *arg)
{
	struct conv *c = arg;
	uint64_t next;
	enum im_notice notice =
		im_composer_due(&c->ours, tmrs_now(c->e->stack->tmrs), &next);

	arm(c, next);
	act(c, notice);
}


static void key(struct conv *c, bool active)
{
	uint64_t next;
	enum im_notice notice;

	if (active)
		notice = im_composer_key(
			&c->ours, tmrs_now(c->e->stack->tmrs), &next);
	else
		notice = im_composer_cleared(&c->ours, &next);
	arm(c, next);
	act(c, notice);
}


void simple_typing(struct endpoint *e, const char *peer, bool active)
{
	struct conv *c = active ? conv_get(e, peer) : conv_find(e, peer);

	if (!c || !e->online)
		return;
	/* The first key opens what a text would need. */
	if (active && c->state == CONV_IDLE && !c->wanted &&
		e->session != SESSION_PAGE &&
		(e->session == SESSION_ALWAYS ||
			conv_takes(c) != CONV_TAKES_PAGE)) {
		c->wanted = true;
		c->tries = 0;
		conv_kick(c);
	}
	key(c, active);
}


void conv_typing_texted(struct conv *c)
{
	uint64_t next;

	im_composer_sent(&c->ours, &next);
	arm(c, next);
	/* The text says it all, unless it has to wait for a way as well. */
	if (!c->wanted && !conv_opening(c))
		drop_waiting(c);
}


void conv_typing_keyboard(struct conv *c, bool on)
{
	c->keyboard = on;
	c->ours.refresh = on ? IM_KEYBOARD_REFRESH : IM_REFRESH;
	c->ours.idle = on ? IM_KEYBOARD_IDLE : IM_IDLE;
}


void conv_typing_init(struct conv *c)
{
	im_composer_init(&c->ours, IM_REFRESH, IM_IDLE);
	conv_typing_keyboard(c, c->e->ops->keyboard);
}


/* ---- theirs ---- */

static void theirs_due(void *arg);


static void theirs_arm(struct conv *c, uint64_t next)
{
	struct tmrs *tmrs = c->e->stack->tmrs;
	uint64_t now = tmrs_now(tmrs);

	if (next == IM_NEVER)
		tmr_cancel(&c->theirs_tmr);
	else
		tmr_start(tmrs, &c->theirs_tmr, next > now ? next - now : 0,
			theirs_due, c);
}


/* Within a hold, as a handler is called. */
static void theirs_tell(struct conv *c)
{
	struct endpoint *e = c->e;

	if (c->theirs.active == c->theirs_told || !endpoint_hears(e))
		return;
	c->theirs_told = c->theirs.active;
	e->h.typing(c->peer, c->theirs_told, e->h.arg);
}


static void theirs_due(void *arg)
{
	struct conv *c = conv_enter(arg);
	uint64_t next;

	(void)im_composing_due(&c->theirs, tmrs_now(c->e->stack->tmrs), &next);
	theirs_arm(c, next);
	theirs_tell(c);
	conv_leave(c);
}


void conv_typing_theirs(struct conv *c, bool active, uint64_t timeout)
{
	uint64_t next;

	(void)im_composing_notice(&c->theirs, active, timeout,
		tmrs_now(c->e->stack->tmrs), &next);
	theirs_arm(c, next);
	theirs_tell(c);
}


void conv_typing_arrived(struct conv *c)
{
	uint64_t next;

	(void)im_composing_message(&c->theirs, &next);
	theirs_arm(c, next);
	theirs_tell(c);
}


/* Both ways; theirs is told in the next turn. */
void conv_typing_stop(struct conv *c, bool session)
{
	struct le *le, *next_le;
	uint64_t next;

	im_composer_sent(&c->ours, &next);
	arm(c, next);
	LIST_FOREACH (&c->queue, le, next_le) {
		struct conv_item *t = le->data;

		if (!t->text)
			mem_deref(t);
	}
	c->ours_told = false;
	conv_typing_keyboard(c, c->e->ops->keyboard);
	/* The answer of a notice in a session that has gone is not awaited. */
	if (session)
		c->notice = mem_deref(c->notice);
	(void)im_composing_message(&c->theirs, &next);
	if (c->theirs_told)
		theirs_arm(c, 0);
}
