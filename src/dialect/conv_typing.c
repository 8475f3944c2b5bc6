/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conv_typing.c - typing notices both ways: isComposing (RFC 3994) in a
 * MESSAGE, KeyboardActivity in INFO to those who speak it.
 */
#include "dialect_int.h"
#include "mem.h"


enum {
	NOTICE_MAX = 4096,
};


static void due_handler(void *arg);


bool conv_notice_flying(const struct conv *c)
{
	return c->notice != NULL;
}


static void arm(struct conv *c, uint64_t next)
{
	uint64_t now = tmrs_now(c->e->stack->tmrs);

	if (next == IM_NEVER)
		tmr_cancel(&c->ours_tmr);
	else
		tmr_start(c->e->stack->tmrs, &c->ours_tmr,
			next > now ? next - now : 0, due_handler, c);
}


static void notice_handler(const struct ua_result *r, void *arg)
{
	struct conv *c = mem_ref(arg);

	c->notice = mem_deref(c->notice);
	/* Who refuses one gets no more (RFC 3994 4). */
	if (r->msg && r->status >= 300 && r->status != 408 &&
		r->status != 481 && r->status != 503)
		c->mute = true;
	conv_kick(c);
	mem_deref(c);
}


static void send_notice(struct conv *c, bool active)
{
	struct im_iscomposing ic = {.active = active};
	bool session = c->session && ua_session_isopen(c->session);
	bool keyboard = session && c->keyboard;
	struct mbuf *mb;
	struct pl body;
	int err;

	/* One MESSAGE to a URI at a time (RFC 3428 8). */
	if (c->mute || c->notice || (!session && c->flying))
		return;
	mb = mbuf_alloc(NOTICE_MAX);
	err = keyboard ? im_keyboard_encode(mb, active)
		       : im_iscomposing_encode(mb, &ic);
	body = mbuf_all(mb);
	if (!err && session)
		err = ua_session_send(&c->notice, c->session,
			keyboard ? "INFO" : "MESSAGE",
			keyboard ? IM_KEYBOARD_TYPE : IM_ISCOMPOSING_TYPE,
			&body, NULL, notice_handler, c);
	else if (!err)
		err = ua_message(&c->notice, c->e->ua, c->peer,
			IM_ISCOMPOSING_TYPE, &body, NULL, notice_handler, c);
	if (err)
		log_print(c->e->stack->log, LOG_DEBUG, "im",
			"%s: typing notice not sent", c->peer);
	mem_deref(mb);
}


static void act(struct conv *c, enum im_notice notice)
{
	if (notice == IM_NOTICE_NONE)
		return;
	if (c->wanted || conv_opening(c)) {
		c->notice_due = notice == IM_NOTICE_ACTIVE;
		return;
	}
	send_notice(c, notice == IM_NOTICE_ACTIVE);
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


void conv_typing_key(struct conv *c, bool active)
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


/* The way is open: what was typed meanwhile is told unless its text goes. */
void conv_typing_opened(struct conv *c)
{
	if (c->notice_due && list_isempty(&c->queue))
		send_notice(c, true);
	c->notice_due = false;
}


void conv_typing_sent(struct conv *c)
{
	uint64_t next;

	im_composer_sent(&c->ours, &next);
	c->notice_due = false;
	arm(c, next);
}


void conv_typing_stop(struct conv *c)
{
	conv_typing_sent(c);
	c->notice = mem_deref(c->notice);
}


/* ---- theirs ---- */

static void theirs_due(void *arg);


static void theirs_changed(struct conv *c, bool changed, uint64_t next)
{
	struct endpoint *e = c->e;
	uint64_t now = tmrs_now(e->stack->tmrs);

	if (next == IM_NEVER)
		tmr_cancel(&c->theirs_tmr);
	else
		tmr_start(e->stack->tmrs, &c->theirs_tmr,
			next > now ? next - now : 0, theirs_due, c);
	if (changed)
		e->h.typing(c->peer, c->theirs.active, e->h.arg);
}


static void theirs_due(void *arg)
{
	struct conv *c = mem_ref(arg);
	uint64_t next;
	bool changed = im_composing_due(
		&c->theirs, tmrs_now(c->e->stack->tmrs), &next);

	theirs_changed(c, changed, next);
	mem_deref(c);
}


void conv_typing_theirs(struct conv *c, bool active, uint64_t timeout)
{
	uint64_t next;
	bool changed = im_composing_notice(&c->theirs, active, timeout,
		tmrs_now(c->e->stack->tmrs), &next);

	theirs_changed(c, changed, next);
}


void conv_typing_message(struct conv *c)
{
	uint64_t next;
	bool changed = im_composing_message(&c->theirs, &next);

	theirs_changed(c, changed, next);
}
