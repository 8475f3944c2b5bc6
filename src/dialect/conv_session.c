/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conv_session.c - the life of a session: it stands, it ends, theirs comes,
 * ours and theirs cross. */
#include <string.h>
#include "conv.h"
#include "mem.h"
#include "simple_int.h"


enum {
	CROSSING = 8000, /* ms that an INVITE may have been on its way: less
			    than who gets 491 goes on trying */
	SHARED = 10000, /* ms that another device of ours has to take it */
};


bool conv_session_isopen(const struct conv *c)
{
	return c->session && ua_session_isopen(c->session);
}


/* ---- from the session ---- */

void conv_opened_session(struct conv *c)
{
	c->state = CONV_SESSION;
	c->wanted = c->shown = false;
	conv_remember(c, CONV_TAKES_SESSION);
	conv_kick(c);
	conv_tell(c, ENDPOINT_CHAT_OPEN, "session",
		c->by_them ? ENDPOINT_BY_THEM : ENDPOINT_BY_US, NULL, 0);
}


static void open_handler(void *arg)
{
	struct conv *c = conv_enter(arg);
	const struct msg *answer = ua_session_answer(c->session);

	c->opened_at = tmrs_now(c->e->stack->tmrs);
	if (c->e->ops->took_text)
		conv_embedded_taken(c, answer && c->e->ops->took_text(answer));
	conv_opened_session(c);
	conv_leave(c);
}


static void request_handler(struct ua_request *r, void *arg)
{
	struct conv *c = conv_enter(arg);

	incoming_request(c->e, c, r);
	conv_leave(c);
}


static void ended(struct conv *c, bool by_peer, const struct ua_result *r,
	const char *why)
{
	c->state = CONV_IDLE;
	c->wanted = c->shown = false;
	conv_typing_stop(c, true);
	if (by_peer && c->e->ops->sessions)
		conv_flight_doubt(c, false);
	conv_kick(c);
	conv_tell(c, ENDPOINT_CHAT_CLOSED, "session",
		by_peer ? ENDPOINT_BY_THEM : ENDPOINT_BY_ERROR, why,
		r ? r->status : 0);
}


static void closed_handler(
	bool by_peer, const struct ua_result *r, const char *why, void *arg)
{
	struct conv *c = conv_enter(arg);

	c->session = mem_deref(c->session);
	if (c->state == CONV_SESSION || by_peer)
		ended(c, by_peer, r, why);
	else
		conv_not_opened(c, r, why);
	conv_leave(c);
}


struct ua_session_handlers conv_session_handlers(struct conv *c)
{
	const struct ua_session_handlers h = {
		.open = open_handler,
		.request = request_handler,
		.closed = closed_handler,
		.arg = c,
	};

	return h;
}


/* ---- the end ---- */

static void session_end(struct ua_session **sp, uint64_t limit)
{
	struct ua_session *s = *sp;

	*sp = NULL;
	if (s)
		ua_session_end(s, limit, NULL, NULL);
	mem_deref(s);
}


static void closing_handler(void *arg)
{
	struct conv *c = conv_enter(arg);

	conv_kick(c);
	conv_tell(c, ENDPOINT_CHAT_CLOSED, c->closing_via, c->closing_by,
		c->closing_why, 0);
	conv_leave(c);
}


/* Closes whatever it was; told in the next turn. */
void conv_close(
	struct conv *c, uint64_t limit, enum endpoint_by by, const char *why)
{
	bool session = c->session || c->ringing;

	conv_typing_stop(c, session);
	conv_open_stop(c);
	if (c->session && c->e->ops->sessions)
		conv_flight_doubt(c, false);
	session_end(&c->session, limit);
	tmr_cancel(&c->take);
	session_end(&c->ringing, limit);
	c->state = CONV_IDLE;
	/* What still waits shall not open again what was just closed. */
	conv_paged_waiting(c);
	c->closing_via = session ? "session" : "page";
	c->closing_by = by;
	c->closing_why = why;
	tmr_start(c->e->stack->tmrs, &c->closing, 0, closing_handler, c);
}


void simple_chat_close(struct endpoint *e, const char *peer)
{
	conv_close(conv_get(e, peer), DIALECT_GOODBYE, ENDPOINT_BY_US, NULL);
}


/* ---- sessions of theirs ---- */

/* Takes the one that rings. */
void conv_session_take(struct conv *c)
{
	const struct ua_session_handlers h = conv_session_handlers(c);

	/* A later one replaces what is there. */
	if (c->session)
		c->notice = mem_deref(c->notice);
	if (c->session && c->e->ops->sessions)
		conv_flight_doubt(c, true);
	session_end(&c->session, DIALECT_GOODBYE);
	tmr_cancel(&c->take);
	tmr_cancel(&c->ask_tmr);
	tmr_cancel(&c->retry);
	c->session = c->ringing;
	c->ringing = NULL;
	c->by_them = true;
	c->state = CONV_INVITING;
	ua_session_set_handlers(c->session, &h);
	ua_session_accept(c->session);
}


static void ringing_closed(
	bool by_peer, const struct ua_result *r, const char *why, void *arg)
{
	struct conv *c = conv_enter(arg);

	(void)r;
	tmr_cancel(&c->take);
	c->ringing = mem_deref(c->ringing);
	conv_tell(c, ENDPOINT_CHAT_CLOSED, "session",
		by_peer ? ENDPOINT_BY_THEM : ENDPOINT_BY_ERROR, why, 0);
	conv_leave(c);
}


static void ring(struct conv *c)
{
	const struct ua_session_handlers h = {
		.closed = ringing_closed,
		.arg = c,
	};

	ua_session_set_handlers(c->ringing, &h);
	ua_session_ring(c->ringing);
	conv_tell(
		c, ENDPOINT_CHAT_OPENING, "session", ENDPOINT_BY_THEM, NULL, 0);
}


/*
 * Both invited at the same time: the INVITE of the lesser address wins, so
 * that both sides keep the same one. Theirs may be late, and given up by them
 * already: a session that was just opened is not replaced by it. Where all
 * comes in order by one server, what comes after their 200 is newer than that.
 */
static bool ours_wins(const struct conv *c)
{
	uint64_t now = tmrs_now(c->e->stack->tmrs);

	if (!c->session || c->by_them || strcmp(c->e->aor, c->peer) >= 0)
		return false;
	return c->state == CONV_INVITING ||
		(c->state == CONV_SESSION && !c->e->ops->sessions &&
			now - c->opened_at < CROSSING);
}


/* True where the user wants or has what the peer asks for now. */
static bool is_wanted(const struct conv *c)
{
	return c->wanted || c->session || conv_opening(c) ||
		c->state == CONV_PAGE;
}


static void take_handler(void *arg)
{
	struct conv *c = conv_enter(arg);

	if (c->ringing)
		conv_session_take(c);
	conv_leave(c);
}


/* Whoever sits at another device shows it by taking the session there; a key
 * of ours takes it here ([MS-CONMGMT], ms-delayed-accept). */
static void ring_a_while(struct conv *c)
{
	ring(c);
	tmr_start(c->e->stack->tmrs, &c->take, SHARED, take_handler, c);
}


static void refuse(struct ua_session *s, uint16_t status)
{
	ua_session_reject(s, status);
	mem_deref(s);
}


static void invited(struct conv *c, struct ua_session *s, bool allowed)
{
	if (ours_wins(c)) {
		refuse(s, 491);
		return;
	}
	session_end(&c->ringing, DIALECT_GOODBYE);
	c->ringing = s;
	conv_remember(c, CONV_TAKES_SESSION);
	if (is_wanted(c))
		conv_session_take(c);
	else if (allowed && c->e->ops->shares && c->e->ops->shares(c->e))
		ring_a_while(c);
	else if (allowed)
		conv_session_take(c);
	else
		ring(c);
}


static uint16_t refusal_of(enum endpoint_verdict verdict)
{
	switch (verdict) {
	case ENDPOINT_BUSY:
		return 503;
	case ENDPOINT_POLITE_BLOCK:
	case ENDPOINT_REFUSE:
		return 403;
	default:
		return 0;
	}
}


void simple_invite(struct endpoint *e, struct ua_session *s)
{
	const char *peer = ua_session_peer(s);
	struct pl name;
	char *text = endpoint_name(&name, ua_session_peer_name(s));
	enum endpoint_verdict verdict =
		e->h.invite(peer, &name, ua_session_source(s), e->h.arg);
	uint16_t status = endpoint_hears(e) ? refusal_of(verdict) : 480;
	struct conv *c = status ? NULL : conv_admit(e, peer);

	mem_deref(text);
	if (endpoint_hears(e) && verdict != ENDPOINT_BUSY)
		simple_watch_hint(e, peer, false);
	if (!c) {
		refuse(s, status ? status : 486);
		return;
	}
	mem_ref(c);
	invited(c, s, verdict == ENDPOINT_ALLOW);
	mem_deref(c);
}
