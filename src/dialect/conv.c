/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conv.c - a conversation with one peer: texts in order, one in flight, by
 * the session that stands or in page mode (RFC 3428 8).
 */
#include <errno.h>
#include <string.h>
#include "dialect_int.h"
#include "mem.h"


static const char text_type[] = "text/plain;charset=UTF-8";


static void text_destructor(void *data)
{
	struct conv_text *t = data;

	list_unlink(&t->le);
	mem_deref(t->text);
}


static void conv_destructor(void *data)
{
	struct conv *c = data;

	tmr_cancel(&c->kick);
	tmr_cancel(&c->retry);
	tmr_cancel(&c->closing);
	tmr_cancel(&c->options_tmr);
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


struct conv *conv_find(struct endpoint *e, const char *peer)
{
	struct conv *c;

	HASH_FIND_STR(e->convs, peer, c);
	return c;
}


struct conv *conv_get(struct endpoint *e, const char *peer)
{
	struct conv *c = conv_find(e, peer);

	if (c)
		return c;
	c = mem_zalloc(sizeof(*c), conv_destructor);
	c->e = e;
	c->peer = mem_strdup(peer);
	im_composer_init(&c->ours, IM_REFRESH, IM_IDLE);
	HASH_ADD_KEYPTR(hh, e->convs, c->peer, strlen(c->peer), c);
	return c;
}


void conv_tell(struct conv *c, enum endpoint_chat state, const char *via,
	enum endpoint_by by, const char *why, uint16_t code)
{
	struct endpoint *e = c->e;

	c->opening = state == ENDPOINT_CHAT_OPENING;
	if (e)
		e->h.chat(c->peer, state, via, by, why, code, e->h.arg);
}


/* ---- outcomes ---- */

void conv_text_done(struct conv *c, struct conv_text *t,
	const struct endpoint_outcome *outcome)
{
	struct endpoint *e = c->e;
	uint64_t token = t->token;

	mem_deref(t);
	if (e)
		e->h.sent(token, outcome, e->h.arg);
}


/*
 * A text that cannot have left stays to be sent later; one whose answer was
 * lost may have arrived.
 */
enum endpoint_sent conv_sent_of(const struct ua_result *r)
{
	if (r->msg) {
		if (r->status == 202)
			return ENDPOINT_ACCEPTED;
		if (r->status >= 200 && r->status < 300)
			return ENDPOINT_DELIVERED;
		if (r->status == 503)
			return ENDPOINT_LATER;
		return r->status == 408 ? ENDPOINT_UNKNOWN : ENDPOINT_REFUSED;
	}
	switch (r->err) {
	case EMSGSIZE:
	case EACCES:
	case EINVAL:
	case ENOTSUP:
		return ENDPOINT_REFUSED;
	case ECONNREFUSED:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ENETDOWN:
	case ENOENT:
	case ENOTCONN:
	case EPROTO:
	case EAGAIN:
	case ENOBUFS:
		return ENDPOINT_LATER;
	default:
		return ENDPOINT_UNKNOWN;
	}
}


static struct endpoint_outcome outcome_of(
	const struct ua_result *r, const char *via)
{
	struct endpoint_outcome o = {
		.sent = conv_sent_of(r),
		.why = r->why,
		.code = r->status,
		.after = r->retry_after,
		.via = via,
	};

	if (o.sent == ENDPOINT_UNKNOWN)
		o.why = "no answer came; it may have arrived";
	if (o.sent == ENDPOINT_DELIVERED || o.sent == ENDPOINT_ACCEPTED)
		o.why = NULL;
	return o;
}


void conv_fail_waiting(struct conv *c, enum endpoint_sent sent, const char *why,
	uint16_t code, uint32_t after)
{
	struct endpoint_outcome o = {
		.sent = sent, .why = why, .code = code, .after = after};
	struct list waiting = c->queue;
	struct le *le;

	/* What handlers add meanwhile is not of this lot. */
	for (le = waiting.head; le; le = le->next)
		le->list = &waiting;
	memset(&c->queue, 0, sizeof(c->queue));
	mem_ref(c);
	while (waiting.head) {
		struct conv_text *t = list_data(waiting.head);

		list_unlink(&t->le);
		conv_text_done(c, t, &o);
	}
	mem_deref(c);
}


/* ---- in flight ---- */

/* The session was gone before the text came: another one may carry it. */
static bool retry_elsewhere(struct conv *c, const struct ua_result *r)
{
	struct conv_text *t = c->flying;

	if (!r->msg || r->status != 481 || t->again)
		return false;
	t->again = true;
	c->flying = NULL;
	list_prepend(&c->queue, &t->le, t);
	return true;
}


static void session_text_handler(const struct ua_result *r, void *arg)
{
	struct conv *c = mem_ref(arg);
	struct endpoint_outcome o = outcome_of(r, "session");
	struct conv_text *t = c->flying;

	c->flight = mem_deref(c->flight);
	if (!retry_elsewhere(c, r)) {
		c->flying = NULL;
		conv_text_done(c, t, &o);
	}
	conv_kick(c);
	mem_deref(c);
}


static void page_text_handler(const struct ua_result *r, void *arg)
{
	struct conv *c = mem_ref(arg);
	struct endpoint_outcome o = outcome_of(r, "page");
	struct conv_text *t = c->flying;

	c->flight = mem_deref(c->flight);
	c->flying = NULL;
	conv_text_done(c, t, &o);
	conv_kick(c);
	mem_deref(c);
}


static void fly(struct conv *c, struct conv_text *t, bool session)
{
	struct pl body = pl_str(t->text);
	struct ua_result r = {0};
	int err;

	conv_typing_sent(c);
	list_unlink(&t->le);
	c->flying = t;
	if (session)
		err = ua_session_send(&c->flight, c->session, "MESSAGE",
			text_type, &body, NULL, session_text_handler, c);
	else
		err = ua_message(&c->flight, c->e->ua, c->peer, text_type,
			&body, NULL, page_text_handler, c);
	if (!err)
		return;
	r.err = err;
	r.why = err == EMSGSIZE ? "too long for one message here "
				  "(long-messages=yes or transport=tls "
				  "lets it go)"
				: strerror(err);
	page_text_handler(&r, c);
}


/* ---- which way ---- */

/* True where T can go in page mode only by a stream that we lack. */
static bool too_long(const struct conv *c, const struct conv_text *t)
{
	return strlen(t->text) > ua_page_max(c->e->ua);
}


static bool takes_session(const struct conv *c)
{
	return c->takes == CONV_TAKES_SESSION &&
		tmrs_now(c->e->stack->tmrs) < c->takes_until;
}


static bool takes_page(const struct conv *c)
{
	return c->takes == CONV_TAKES_PAGE &&
		tmrs_now(c->e->stack->tmrs) < c->takes_until;
}


/* True if T wants a session that is still to be made, or asked about. */
static bool wants_opening(const struct conv *c, const struct conv_text *t)
{
	if (t->paged || c->state == CONV_PAGE)
		return false;
	switch (c->e->session) {
	case SESSION_PAGE:
		return false;
	case SESSION_ALWAYS:
		return true;
	case SESSION_AUTO:
		break;
	}
	return takes_session(c) || (too_long(c, t) && !takes_page(c));
}


static void conv_run(void *arg)
{
	struct conv *c = mem_ref(arg);
	struct conv_text *t = list_data(c->queue.head);

	if (!c->e || tmr_isrunning(&c->retry)) {
		mem_deref(c);
		return;
	}
	if (ua_state(c->e->ua) != UA_ONLINE) {
		conv_fail_waiting(c, ENDPOINT_LATER, "not signed in", 0, 0);
	} else if (c->wanted && !conv_opening(c) && c->state != CONV_SESSION &&
		c->state != CONV_PAGE) {
		conv_open_start(c);
	} else if (!t || c->flying || conv_opening(c)) {
		; /* nothing to send, or not now */
	} else if (c->session && ua_session_isopen(c->session)) {
		fly(c, t, true);
	} else if (wants_opening(c, t)) {
		c->wanted = true;
		conv_open_start(c);
	} else if (!conv_notice_flying(c)) {
		fly(c, t, false);
	}
	mem_deref(c);
}


void conv_kick(struct conv *c)
{
	if (c->e && !tmr_isrunning(&c->kick))
		tmr_start(c->e->stack->tmrs, &c->kick, 0, conv_run, c);
}


/* ---- what the dialect's table asks for ---- */

void simple_send(
	struct endpoint *e, const char *peer, const char *text, uint64_t token)
{
	struct conv *c = conv_get(e, peer);
	struct conv_text *t = mem_zalloc(sizeof(*t), text_destructor);

	t->text = mem_strdup(text);
	t->token = token;
	list_append(&c->queue, &t->le, t);
	conv_kick(c);
}


void simple_typing(struct endpoint *e, const char *peer, bool active)
{
	struct conv *c = active ? conv_get(e, peer) : conv_find(e, peer);

	if (!c || ua_state(e->ua) != UA_ONLINE)
		return;
	/* The first key opens what a text would need. */
	if (active && c->state == CONV_IDLE && e->session != SESSION_PAGE &&
		!takes_page(c)) {
		c->wanted = true;
		conv_kick(c);
	}
	conv_typing_key(c, active);
}


size_t simple_text_max(struct endpoint *e, const char *peer)
{
	const struct conv *c = conv_find(e, peer);

	if ((c && c->session && ua_session_isopen(c->session)) ||
		e->session == SESSION_ALWAYS || (c && takes_session(c)))
		return SIZE_MAX;
	/* It may take one: a long text asks first. */
	if (e->session == SESSION_AUTO && !(c && takes_page(c)))
		return SIZE_MAX;
	return ua_page_max(e->ua);
}


void simple_im_online(struct endpoint *e)
{
	struct conv *c, *next;

	HASH_ITER (hh, e->convs, c, next) {
		conv_kick(c);
	}
}


void simple_im_lost(struct endpoint *e, const char *why)
{
	struct conv *c, *next;

	(void)why;
	/* Sessions live over a lost flow; what waits is told to come again. */
	HASH_ITER (hh, e->convs, c, next) {
		conv_kick(c);
	}
}


void simple_im_goodbye(struct endpoint *e, uint64_t limit)
{
	struct conv *c, *next;

	HASH_ITER (hh, e->convs, c, next) {
		conv_close(c, limit);
	}
}


/* Drops all that could call back. */
static void conv_detach(struct conv *c)
{
	tmr_cancel(&c->options_tmr);
	tmr_cancel(&c->theirs_tmr);
	tmr_cancel(&c->ours_tmr);
	c->options = mem_deref(c->options);
	c->flight = mem_deref(c->flight);
	c->notice = mem_deref(c->notice);
	c->session = mem_deref(c->session);
	c->ringing = mem_deref(c->ringing);
}


void simple_im_close(struct endpoint *e)
{
	struct conv *c, *next;

	HASH_ITER (hh, e->convs, c, next) {
		HASH_DEL(e->convs, c);
		c->e = NULL;
		/* Someone further up may hold it; it does nothing more. */
		tmr_cancel(&c->kick);
		tmr_cancel(&c->retry);
		tmr_cancel(&c->closing);
		conv_detach(c);
		mem_deref(c);
	}
}
