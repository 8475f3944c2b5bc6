/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conv_send.c - texts on their way: in order, one in flight, by the session
 * that stands or in page mode (RFC 3428 8), and how each of them ends.
 */
#include <errno.h>
#include <string.h>
#include "conv.h"
#include "mem.h"
#include "simple_int.h"


enum {
	DOUBT = 2000, /* ms that an answer may be behind a BYE */
};

static const char text_type[] = "text/plain;charset=UTF-8";


static void item_destructor(void *data)
{
	struct conv_item *t = data;

	list_unlink(&t->le);
	mem_deref(t->text);
}


struct conv_item *conv_item_append(struct conv *c, const char *text)
{
	struct conv_item *t = mem_zalloc(sizeof(*t), item_destructor);

	t->text = mem_strdup(text);
	list_append(&c->queue, &t->le, t);
	conv_kick(c);
	return t;
}


/* ---- outcomes ---- */

/* T is released. */
static void text_done(struct conv *c, struct conv_item *t,
	const struct endpoint_outcome *outcome)
{
	struct endpoint *e = c->e;
	uint64_t token = t->token;

	mem_deref(t);
	if (endpoint_hears(e))
		e->h.sent(token, outcome, e->h.arg);
}


/* Refusals that say when to come again (RFC 3261 20.33). */
static bool asks_back(const struct ua_result *r)
{
	switch (r->status) {
	case 404:
	case 413:
	case 480:
	case 486:
	case 500:
	case 600:
	case 603:
		return r->retry_after;
	case 430:
	case 491:
	case 503:
		return true;
	default:
		return false;
	}
}


static enum endpoint_sent sent_of_response(const struct ua_result *r)
{
	if (r->status == 202)
		return ENDPOINT_ACCEPTED;
	if (r->status / 100 == 2)
		return ENDPOINT_DELIVERED;
	/* What a server before this one may have got is not sent again. */
	if (asks_back(r))
		return r->maybe ? ENDPOINT_UNKNOWN : ENDPOINT_LATER;
	switch (r->status) {
	case 408: /* a server passed it on and heard nothing of it (RFC 3261 */
	case 504: /* 21.4.9, 21.5.5): the peer may have it on the screen */
	case 487: /* the session ended while the peer had it in hand */
		return ENDPOINT_UNKNOWN;
	default:
		return ENDPOINT_REFUSED;
	}
}


/*
 * A text that cannot have arrived stays to be sent later: no connection came
 * to be, ICMP sent the datagram back. One that was on its way and got no
 * answer, be it within 32 s (timer F) or since the connection broke, may have
 * arrived, and only its writer may send it again: the peer would see it twice
 * (its Call-ID is another then, RFC 3428 8).
 */
enum endpoint_sent conv_sent_of(const struct ua_result *r)
{
	if (r->msg)
		return sent_of_response(r);
	if (r->maybe)
		return ENDPOINT_UNKNOWN;
	if (r->tls)
		return ENDPOINT_REFUSED;
	switch (r->err) {
	case EMSGSIZE:
	case EACCES:
	case EINVAL:
	case ENOTSUP:
		return ENDPOINT_REFUSED;
	case ENOTCONN: /* the session is closed: another may carry it */
		return ENDPOINT_LATER;
	default:
		/* Without any status it was not even tried. */
		return r->status ? ENDPOINT_LATER : ENDPOINT_REFUSED;
	}
}


/* A bare no is said in words. */
const char *conv_refusal(const struct ua_result *r, const char *why)
{
	if (!r || !r->msg || !why)
		return why;
	if (!strcmp(why, "403 Forbidden"))
		return "they, or their server, take nothing from you "
		       "(403 Forbidden)";
	if (!strcmp(why, "603 Decline"))
		return "they do not want it (603 Decline)";
	return why;
}


static const char *why_of(const struct ua_result *r, enum endpoint_sent sent)
{
	switch (sent) {
	case ENDPOINT_DELIVERED:
	case ENDPOINT_ACCEPTED:
		return NULL;
	case ENDPOINT_UNKNOWN:
		/* It came, and is not to be believed. */
		if (r->err == UA_EFORGED)
			break;
		return r->status == 487
			? "the session ended first; it may have arrived"
			: "no answer came; it may have arrived";
	default:
		break;
	}
	if (!r->msg && r->err == EMSGSIZE)
		return "too long for one message here (long-messages=yes or "
		       "transport=tls lets it go)";
	return r->why ? conv_refusal(r, r->why) : strerror(r->err);
}


static void flight_over(
	struct conv *c, const struct ua_result *r, const char *via)
{
	struct endpoint_outcome o = {
		.sent = conv_sent_of(r),
		.code = r->status,
		.after = r->retry_after,
		.via = via,
	};
	struct conv_item *t = c->flying;

	o.why = why_of(r, o.sent);
	if (r->status == 403)
		simple_watch_refused(c->e, c->peer);
	c->flying = NULL;
	text_done(c, t, &o);
	conv_kick(c);
}


void conv_fail_waiting(struct conv *c, enum endpoint_sent sent, const char *why,
	uint16_t code, uint32_t after)
{
	const struct endpoint_outcome o = {
		.sent = sent, .why = why, .code = code, .after = after};
	size_t n;

	/* What handlers add meanwhile is not of this lot. */
	for (n = c->queue.count; n; n--) {
		struct conv_item *t = c->queue.head->data;

		list_unlink(&t->le);
		if (t->text)
			text_done(c, t, &o);
		else
			mem_deref(t);
	}
}


void conv_paged_waiting(struct conv *c)
{
	struct le *le;

	if (c->flying)
		c->flying->paged = true;
	for (le = c->queue.head; le; le = le->next)
		((struct conv_item *)le->data)->paged = true;
}


/* ---- in flight ---- */

/* The session was gone before the text came: another one may carry it. */
static bool fly_again(struct conv *c, const struct ua_result *r)
{
	struct conv_item *t = c->flying;
	/* A Microsoft server says 480 for a device that has gone. */
	bool gone =
		r->status == 481 || (r->status == 480 && c->e->ops->sessions);

	if (!r->msg || !gone || t->again)
		return false;
	t->again = true;
	c->flying = NULL;
	list_prepend(&c->queue, &t->le, t);
	conv_kick(c);
	return true;
}


static void doubt_handler(void *arg)
{
	struct conv *c = conv_enter(arg);
	const struct ua_result r = {.status = 487, .maybe = true};
	struct conv_item *t = c->flying;

	c->flight = mem_deref(c->flight);
	if (t && c->doubt_again && !t->again) {
		t->again = true;
		c->flying = NULL;
		list_prepend(&c->queue, &t->le, t);
		conv_kick(c);
	} else if (t) {
		flight_over(c, &r, "session");
	}
	conv_leave(c);
}


void conv_flight_doubt(struct conv *c, bool again)
{
	if (!c->flying || !c->flight)
		return;
	c->doubt_again = again;
	tmr_start(c->e->stack->tmrs, &c->doubt, DOUBT, doubt_handler, c);
}


static void session_text_handler(const struct ua_result *r, void *arg)
{
	struct conv *c = conv_enter(arg);

	tmr_cancel(&c->doubt);
	c->flight = mem_deref(c->flight);
	if (!fly_again(c, r))
		flight_over(c, r, "session");
	conv_leave(c);
}


static void page_text_handler(const struct ua_result *r, void *arg)
{
	struct conv *c = conv_enter(arg);

	c->flight = mem_deref(c->flight);
	flight_over(c, r, "page");
	conv_leave(c);
}


void conv_fly(struct conv *c, struct conv_item *t)
{
	bool session = conv_session_isopen(c);
	struct pl body = pl_str(t->text);
	struct ua_result r = {0};

	list_unlink(&t->le);
	c->flying = t;
	c->ours_told = false;
	if (session)
		r.err = ua_session_send(&c->flight, c->session, "MESSAGE",
			text_type, &body, NULL, session_text_handler, c);
	else
		r.err = ua_message(&c->flight, c->e->ua,
			endpoint_way(c->e, c->peer), text_type, &body, NULL,
			page_text_handler, c);
	if (r.err)
		flight_over(c, &r, session ? "session" : "page");
}


void conv_embedded_taken(struct conv *c, bool taken)
{
	const struct endpoint_outcome o = {
		.sent = ENDPOINT_DELIVERED, .code = 200, .via = "session"};
	struct conv_item *t = list_data(c->queue.head);

	if (!t || !t->embedded)
		return;
	t->embedded = false;
	if (!taken)
		return;
	list_unlink(&t->le);
	text_done(c, t, &o);
}


/* ---- which way ---- */

/* True where a text of LEN bytes can go in page mode only by a stream that
 * we lack. */
static bool too_long(const struct conv *c, size_t len)
{
	return len > ua_page_max(c->e->ua);
}


bool conv_wants_opening(const struct conv *c, const struct conv_item *t)
{
	switch (c->e->session) {
	case SESSION_PAGE:
		return false;
	case SESSION_ALWAYS:
		return true;
	case SESSION_AUTO:
		break;
	}
	if (t->paged)
		return false;
	switch (conv_takes(c)) {
	case CONV_TAKES_PAGE:
		return false;
	case CONV_TAKES_SESSION:
		return c->state != CONV_PAGE || too_long(c, strlen(t->text));
	case CONV_TAKES_UNKNOWN:
		break;
	}
	return too_long(c, strlen(t->text));
}


/* ---- what the dialect's table asks for ---- */

void simple_send(
	struct endpoint *e, const char *peer, const char *text, uint64_t token)
{
	struct conv *c = conv_get(e, peer);

	conv_typing_texted(c);
	conv_item_append(c, text)->token = token;
	c->tries = 0;
}


size_t simple_text_max(struct endpoint *e, const char *peer)
{
	const struct conv *c = conv_find(e, peer);

	if (e->session == SESSION_ALWAYS || (c && conv_session_isopen(c)))
		return SIZE_MAX;
	/* Who may take a session is asked first. */
	if (e->session == SESSION_AUTO &&
		(!c || conv_takes(c) != CONV_TAKES_PAGE))
		return SIZE_MAX;
	return ua_page_max(e->ua);
}
