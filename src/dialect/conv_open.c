/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conv_open.c - opening a conversation: asking by OPTIONS whether the peer
 * takes a session, INVITE, page mode where it does not; sessions of theirs;
 * the end.
 */
#include <errno.h>
#include <string.h>
#include "dialect_int.h"
#include "mem.h"


enum {
	ASK_WAIT = 2000, /* for the answer to OPTIONS */
	REMEMBER = 24 * 60 * 60 * 1000, /* what a peer takes */
	SILENT = 10 * 60 * 1000, /* that it did not say */
	GLARE_WAIT = 1000, /* for their INVITE after a 491 */
	GOODBYE = 2000,
};


static void remember(struct conv *c, enum conv_takes takes, uint64_t time)
{
	c->takes = takes;
	c->takes_until = tmrs_now(c->e->stack->tmrs) + time;
}


bool conv_opening(const struct conv *c)
{
	return c->state == CONV_ASKING || c->state == CONV_INVITING;
}


static void say_opening(struct conv *c, const char *via)
{
	if (!c->opening)
		conv_tell(
			c, ENDPOINT_CHAT_OPENING, via, ENDPOINT_BY_US, NULL, 0);
}


/* Page mode from now on; only who asked to open it is told. */
static void open_page(struct conv *c)
{
	bool tell = c->shown || c->opening;

	c->state = tell ? CONV_PAGE : CONV_IDLE;
	c->wanted = c->shown = false;
	if (tell)
		conv_tell(
			c, ENDPOINT_CHAT_OPEN, "page", ENDPOINT_BY_US, NULL, 0);
	conv_typing_opened(c);
	conv_kick(c);
}


static void opened(struct conv *c, enum endpoint_by by)
{
	c->state = CONV_SESSION;
	c->wanted = c->shown = false;
	remember(c, CONV_TAKES_SESSION, REMEMBER);
	conv_tell(c, ENDPOINT_CHAT_OPEN, "session", by, NULL, 0);
	if (!c->e)
		return;
	conv_typing_opened(c);
	conv_kick(c);
}


/* ---- a session's life ---- */

static void session_open(void *arg)
{
	struct conv *c = mem_ref(arg);

	opened(c, c->by_them ? ENDPOINT_BY_THEM : ENDPOINT_BY_US);
	mem_deref(c);
}


static void session_request(struct ua_request *r, void *arg)
{
	struct conv *c = arg;

	if (c->e)
		incoming_request(c->e, r, true);
}


/* The peer has no use for a session of ours, but may take single texts. */
static bool page_instead(const struct conv *c, const struct ua_result *r)
{
	if (c->e->session != SESSION_AUTO || !r || !r->msg)
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


static void mark_paged(struct conv *c)
{
	struct le *le;

	for (le = c->queue.head; le; le = le->next)
		((struct conv_text *)list_data(le))->paged = true;
}


static void retry_handler(void *arg)
{
	conv_kick(arg);
}


/* Our INVITE was refused. */
static void not_opened(
	struct conv *c, const struct ua_result *r, const char *why)
{
	uint16_t code = r ? r->status : 0;
	enum endpoint_sent sent;

	c->state = CONV_IDLE;
	if (r && r->msg && r->status == 491) {
		tmr_start(c->e->stack->tmrs, &c->retry, GLARE_WAIT,
			retry_handler, c);
		return;
	}
	if (page_instead(c, r)) {
		if (r->status != 480 && r->status != 404)
			remember(c, CONV_TAKES_PAGE, REMEMBER);
		mark_paged(c);
		open_page(c);
		return;
	}
	c->wanted = c->shown = false;
	sent = r ? conv_sent_of(r) : ENDPOINT_LATER;
	/* The texts themselves never left. */
	if (sent == ENDPOINT_UNKNOWN)
		sent = ENDPOINT_LATER;
	conv_tell(c, ENDPOINT_CHAT_CLOSED, "session", ENDPOINT_BY_ERROR, why,
		code);
	if (c->e)
		conv_fail_waiting(c, sent, why, code, r ? r->retry_after : 0);
}


static void session_closed(
	bool by_peer, const struct ua_result *r, const char *why, void *arg)
{
	struct conv *c = mem_ref(arg);
	bool was_open = c->state == CONV_SESSION;

	c->session = mem_deref(c->session);
	if (!c->e) {
		;
	} else if (!was_open && !by_peer) {
		not_opened(c, r, why);
	} else {
		c->state = CONV_IDLE;
		c->wanted = c->shown = false;
		c->keyboard = false;
		conv_typing_stop(c);
		conv_typing_theirs(c, false, 0);
		conv_tell(c, ENDPOINT_CHAT_CLOSED, "session",
			by_peer ? ENDPOINT_BY_THEM : ENDPOINT_BY_ERROR, why,
			r ? r->status : 0);
		conv_kick(c);
	}
	mem_deref(c);
}


static struct ua_session_handlers handlers_of(struct conv *c)
{
	struct ua_session_handlers h = {
		.open = session_open,
		.request = session_request,
		.closed = session_closed,
		.arg = c,
	};

	return h;
}


static void invite(struct conv *c)
{
	struct ua_session_handlers h = handlers_of(c);
	struct ua_result r = {0};
	int err;

	say_opening(c, "session");
	if (!c->e)
		return;
	c->state = CONV_INVITING;
	c->by_them = false;
	err = ua_session_invite(&c->session, c->e->ua, c->peer, NULL, &h);
	if (err) {
		r.err = err;
		not_opened(c, &r, strerror(err));
	}
}


/* ---- asking ---- */

static void asked(struct conv *c, bool takes)
{
	c->options = mem_deref(c->options);
	tmr_cancel(&c->options_tmr);
	c->state = CONV_IDLE;
	if (takes)
		invite(c);
	else
		open_page(c);
}


static void options_handler(const struct ua_result *r, void *arg)
{
	struct conv *c = mem_ref(arg);
	bool takes = ua_options_takes_session(r);

	if (takes)
		remember(c, CONV_TAKES_SESSION, REMEMBER);
	else
		remember(c, CONV_TAKES_PAGE,
			r->msg && r->status >= 200 && r->status < 300 ? REMEMBER
								      : SILENT);
	asked(c, takes);
	mem_deref(c);
}


static void ask_timeout(void *arg)
{
	struct conv *c = mem_ref(arg);

	remember(c, CONV_TAKES_PAGE, SILENT);
	asked(c, false);
	mem_deref(c);
}


static void ask(struct conv *c)
{
	c->state = CONV_ASKING;
	if (ua_options(&c->options, c->e->ua, c->peer, options_handler, c)) {
		c->state = CONV_IDLE;
		open_page(c);
		return;
	}
	tmr_start(c->e->stack->tmrs, &c->options_tmr, ASK_WAIT, ask_timeout, c);
}


/* Known and still to be believed? */
static enum conv_takes known(const struct conv *c)
{
	if (tmrs_now(c->e->stack->tmrs) >= c->takes_until)
		return CONV_TAKES_UNKNOWN;
	return c->takes;
}


void conv_open_start(struct conv *c)
{
	mem_ref(c);
	if (c->ringing) {
		struct ua_session *s = c->ringing;

		c->ringing = NULL;
		conv_session_take(c, s);
	} else if (c->e->session == SESSION_PAGE) {
		open_page(c);
	} else if (c->e->session == SESSION_ALWAYS ||
		known(c) == CONV_TAKES_SESSION) {
		invite(c);
	} else if (known(c) == CONV_TAKES_PAGE) {
		open_page(c);
	} else {
		if (c->shown)
			say_opening(c, "page");
		if (c->e)
			ask(c);
	}
	mem_deref(c);
}


/* ---- the end ---- */

void conv_session_end(struct conv *c, uint64_t limit)
{
	struct ua_session *s = c->session ? c->session : c->ringing;

	if (!s)
		return;
	c->session = c->ringing = NULL;
	endpoint_goodbye_begin(c->e);
	ua_session_end(s, limit, endpoint_goodbye_done, c->e);
	mem_deref(s);
}


void conv_open_stop(struct conv *c)
{
	c->options = mem_deref(c->options);
	tmr_cancel(&c->options_tmr);
	tmr_cancel(&c->retry);
	c->wanted = c->shown = false;
	if (c->state == CONV_ASKING)
		c->state = CONV_IDLE;
}


static void closing_handler(void *arg)
{
	struct conv *c = mem_ref(arg);

	conv_tell(c, ENDPOINT_CHAT_CLOSED, c->closing_via, ENDPOINT_BY_US, NULL,
		0);
	conv_kick(c);
	mem_deref(c);
}


/* Closed by us, whatever it was; told in the next turn. */
void conv_close(struct conv *c, uint64_t limit)
{
	bool was = c->state != CONV_IDLE || c->opening;

	c->closing_via = c->session || c->ringing ? "session" : "page";
	conv_typing_stop(c);
	conv_typing_theirs(c, false, 0);
	conv_open_stop(c);
	conv_session_end(c, limit);
	c->state = CONV_IDLE;
	c->keyboard = false;
	if (was)
		tmr_start(
			c->e->stack->tmrs, &c->closing, 0, closing_handler, c);
}


/* ---- sessions of theirs ---- */

/* Takes S over and answers it. */
void conv_session_take(struct conv *c, struct ua_session *s)
{
	struct ua_session_handlers h = handlers_of(c);

	c->session = s;
	c->by_them = true;
	ua_session_set_handlers(s, &h);
	c->state = CONV_INVITING;
	ua_session_accept(s);
}


static void ringing_closed(
	bool by_peer, const struct ua_result *r, const char *why, void *arg)
{
	struct conv *c = arg;

	(void)r;
	c->ringing = mem_deref(c->ringing);
	conv_tell(c, ENDPOINT_CHAT_CLOSED, "session",
		by_peer ? ENDPOINT_BY_THEM : ENDPOINT_BY_ERROR, why, 0);
}


static void ring(struct conv *c, struct ua_session *s)
{
	struct ua_session_handlers h = {
		.closed = ringing_closed,
		.arg = c,
	};

	mem_deref(c->ringing);
	c->ringing = s;
	ua_session_set_handlers(s, &h);
	ua_session_ring(s);
	conv_tell(
		c, ENDPOINT_CHAT_OPENING, "session", ENDPOINT_BY_THEM, NULL, 0);
}


/*
 * Both invited at the same time: the INVITE of the lesser address wins, so
 * that both sides keep the same one.
 */
static bool ours_wins(const struct conv *c)
{
	return c->state == CONV_INVITING && c->session &&
		strcmp(c->e->aor, c->peer) < 0;
}


static void welcome(struct conv *c, struct ua_session *s)
{
	if (ours_wins(c)) {
		ua_session_reject(s, 491);
		mem_deref(s);
		return;
	}
	/* A later one replaces what is there. */
	tmr_cancel(&c->retry);
	conv_session_end(c, GOODBYE);
	conv_open_stop(c);
	conv_session_take(c, s);
}


void simple_invite(
	struct endpoint *e, struct ua_session *s, const struct msg *req)
{
	const char *peer = ua_session_peer(s);
	struct conv *c;

	(void)req;
	mem_ref(e);
	switch (e->h.invite(peer, ua_session_peer_name(s), ua_session_source(s),
		e->h.arg)) {
	case ENDPOINT_ALLOW:
		c = conv_get(e, peer);
		mem_ref(c);
		welcome(c, s);
		mem_deref(c);
		break;
	case ENDPOINT_PENDING:
		c = conv_get(e, peer);
		mem_ref(c);
		ring(c, s);
		mem_deref(c);
		break;
	case ENDPOINT_BUSY:
		ua_session_reject(s, 503);
		mem_deref(s);
		break;
	case ENDPOINT_POLITE_BLOCK:
	case ENDPOINT_REFUSE:
		ua_session_reject(s, 403);
		mem_deref(s);
		break;
	}
	mem_deref(e);
}


/* ---- what the user asks for ---- */

void simple_chat_open(struct endpoint *e, const char *peer)
{
	struct conv *c = conv_get(e, peer);

	c->wanted = c->shown = true;
	if (c->state == CONV_PAGE)
		c->state = CONV_IDLE; /* said again, asked again if need be */
	conv_kick(c);
}


void simple_chat_close(struct endpoint *e, const char *peer)
{
	struct conv *c = conv_find(e, peer);

	if (c)
		conv_close(c, GOODBYE);
}
