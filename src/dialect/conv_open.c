/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conv_open.c - opening a conversation: asking by OPTIONS whether the peer
 * takes a session, our INVITE, page mode where it does not.
 */
#include <errno.h>
#include <string.h>
#include "conv.h"
#include "mem.h"
#include "rand.h"
#include "simple_int.h"


enum {
	ASK_WAIT = 2000, /* for the answer to OPTIONS */
	REMEMBER = 24 * 60 * 60 * 1000, /* what a peer takes */
	SILENT = 10 * 60 * 1000, /* that it did not say */
	GLARE_LEAST = 2100, /* till the INVITE after a 491 (RFC 3261 14.1) */
	GLARE_SPAN = 1900,
	TRIES_MAX = 5, /* INVITEs for one wish of the user */
};


/* ---- what is known ---- */

enum conv_takes conv_takes(const struct conv *c)
{
	if (tmrs_now(c->e->stack->tmrs) >= c->takes_until)
		return CONV_TAKES_UNKNOWN;
	return c->takes;
}


void conv_remember(struct conv *c, enum conv_takes takes)
{
	c->takes = takes;
	c->silent = false;
	c->takes_until = tmrs_now(c->e->stack->tmrs) + REMEMBER;
}


/* Nothing answered: page mode for now. */
static void remember_silence(struct conv *c)
{
	c->takes = CONV_TAKES_PAGE;
	c->silent = true;
	c->takes_until = tmrs_now(c->e->stack->tmrs) + SILENT;
}


void conv_alive(struct endpoint *e, const char *peer)
{
	struct conv *c = conv_find(e, peer);

	if (c && c->silent && !c->options)
		c->takes_until = 0;
}


bool conv_opening(const struct conv *c)
{
	return c->state == CONV_ASKING || c->state == CONV_INVITING;
}


/* ---- page mode ---- */

/* Page mode from now on; only who asked to open it is told. */
void conv_opened_page(struct conv *c)
{
	bool tell = c->shown || c->told == ENDPOINT_CHAT_OPENING;
	bool open = tell || c->told == ENDPOINT_CHAT_OPEN;

	c->state = open ? CONV_PAGE : CONV_IDLE;
	c->wanted = c->shown = false;
	conv_kick(c);
	if (tell)
		conv_tell(
			c, ENDPOINT_CHAT_OPEN, "page", ENDPOINT_BY_US, NULL, 0);
}


/* ---- our INVITE ---- */

/* The peer has no use for a session of ours, but may take single texts. */
static bool page_instead(const struct conv *c, const struct ua_result *r)
{
	if (c->e->session != SESSION_AUTO || c->by_them)
		return false;
	/* It took the session and no messages in it. */
	if (!r)
		return true;
	if (!r->msg)
		return false;
	switch (r->status) {
	case 404:
	case 405:
	case 406:
	case 415:
	case 480:
	case 488:
	case 501:
	case 606:
		return true;
	default:
		return false;
	}
}


static void retry_handler(void *arg)
{
	conv_kick(arg);
}


static void try_again(struct conv *c)
{
	const struct dialect_stack *stack = c->e->stack;

	tmr_start(stack->tmrs, &c->retry,
		GLARE_LEAST + rand_below(stack->rand, GLARE_SPAN + 1),
		retry_handler, c);
}


void conv_not_opened(struct conv *c, const struct ua_result *r, const char *why)
{
	uint16_t code = r ? r->status : 0;
	enum endpoint_sent sent = r ? conv_sent_of(r) : ENDPOINT_LATER;

	c->state = CONV_IDLE;
	/* Theirs crossed ours, and comes if it is to be the one. */
	if (r && r->msg && code == 491 && c->tries < TRIES_MAX) {
		try_again(c);
		return;
	}
	if (page_instead(c, r)) {
		if (code != 480 && code != 404)
			conv_remember(c, CONV_TAKES_PAGE);
		conv_paged_waiting(c);
		conv_opened_page(c);
		return;
	}
	why = conv_refusal(r, why);
	if (code == 403)
		simple_watch_refused(c->e, c->peer);
	c->wanted = c->shown = false;
	conv_tell(c, ENDPOINT_CHAT_CLOSED, "session", ENDPOINT_BY_ERROR, why,
		code);
	/* The texts themselves never left. */
	conv_fail_waiting(c, sent == ENDPOINT_REFUSED ? sent : ENDPOINT_LATER,
		why, code, r ? r->retry_after : 0);
}


static void say_opening(struct conv *c, const char *via)
{
	if (c->told != ENDPOINT_CHAT_OPENING)
		conv_tell(
			c, ENDPOINT_CHAT_OPENING, via, ENDPOINT_BY_US, NULL, 0);
}


static void invite(struct conv *c)
{
	const struct ua_session_handlers h = conv_session_handlers(c);
	struct ua_result r = {.status = 503};
	char *headers = NULL;

	say_opening(c, "session");
	c->by_them = false;
	c->state = CONV_INVITING;
	if (++c->tries > TRIES_MAX) {
		conv_not_opened(c, &r, "the peer ends every session at once");
		return;
	}
	if (c->e->ops->invite_headers)
		headers = c->e->ops->invite_headers(c);
	r.err = ua_session_invite(&c->session, c->e->ua,
		endpoint_way(c->e, c->peer), headers, &h);
	mem_deref(headers);
	if (r.err)
		conv_not_opened(c, &r, strerror(r.err));
}


/* ---- asking ---- */

static void options_handler(const struct ua_result *r, void *arg)
{
	struct conv *c = conv_enter(arg);
	bool said = r->msg && r->status / 100 == 2;

	c->options = mem_deref(c->options);
	tmr_cancel(&c->ask_tmr);
	if (ua_options_takes_session(r))
		conv_remember(c, CONV_TAKES_SESSION);
	else if (said)
		conv_remember(c, CONV_TAKES_PAGE);
	else
		remember_silence(c);
	/* Else it was late; the next time knows it. */
	if (c->state == CONV_ASKING) {
		c->state = CONV_IDLE;
		conv_open_start(c);
	}
	conv_leave(c);
}


static void ask_timeout(void *arg)
{
	struct conv *c = conv_enter(arg);

	remember_silence(c);
	conv_opened_page(c);
	conv_leave(c);
}


static void ask(struct conv *c)
{
	c->state = CONV_ASKING;
	tmr_start(c->e->stack->tmrs, &c->ask_tmr, ASK_WAIT, ask_timeout, c);
	if (!c->options &&
		ua_options(&c->options, c->e->ua, endpoint_way(c->e, c->peer),
			options_handler, c)) {
		tmr_cancel(&c->ask_tmr);
		remember_silence(c);
		conv_opened_page(c);
	}
}


void conv_open_start(struct conv *c)
{
	enum conv_takes takes = conv_takes(c);

	c->wanted = true;
	if (c->ringing) {
		conv_session_take(c);
	} else if (c->e->session == SESSION_PAGE) {
		conv_opened_page(c);
	} else if (c->e->session == SESSION_ALWAYS ||
		takes == CONV_TAKES_SESSION) {
		invite(c);
	} else if (takes == CONV_TAKES_PAGE) {
		conv_opened_page(c);
	} else {
		if (c->shown)
			say_opening(c, "page");
		ask(c);
	}
}


void conv_open_stop(struct conv *c)
{
	tmr_cancel(&c->ask_tmr);
	tmr_cancel(&c->retry);
	c->wanted = c->shown = false;
	if (c->state == CONV_ASKING)
		c->state = CONV_IDLE;
}


/* ---- what the user asks for ---- */

void simple_chat_open(struct endpoint *e, const char *peer)
{
	struct conv *c = conv_get(e, peer);

	c->wanted = c->shown = true;
	c->tries = 0;
	/* Said again, asked again if need be. */
	if (c->state == CONV_PAGE)
		c->state = CONV_IDLE;
	conv_kick(c);
}
