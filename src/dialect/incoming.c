/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * incoming.c - what arrives in MESSAGE and INFO: texts, which go up and wait
 * for their answer, and typing notices, which are answered at once.
 */
#include <stdio.h>
#include <string.h>
#include "conv.h"
#include "date.h"
#include "hash.h"
#include "mem.h"
#include "simple_int.h"


enum {
	KEY_TEXT = 16,
	GRACE = 2000, /* ms that a refresh may be late on its way */
};


struct endpoint_message {
	struct ua_request *r;
	char *peer;
	char *name_text;
	struct pl name;
	char *text;
	bool session;
	int64_t sent_at;
	uint64_t seen;
};


static void message_destructor(void *data)
{
	struct endpoint_message *m = data;

	mem_deref(m->r);
	mem_deref(m->peer);
	mem_deref(m->name_text);
	mem_deref(m->text);
}


/*
 * The same request again has the same account, From URI, From tag, Call-ID,
 * CSeq and body; the newlines keep neighbours apart, since none of the
 * fields can hold one.
 */
static uint64_t seen_key(const struct endpoint *e, const struct msg *msg)
{
	char cseq[KEY_TEXT];
	struct pl nl = PL("\n");
	struct pl pieces[] = {
		pl_str(e->aor),
		nl,
		msg->from.uri_text,
		nl,
		msg->from.tag,
		nl,
		msg->call_id,
		nl,
		PL_INIT,
		nl,
		msg->body,
	};
	uint64_t key;
	int n = snprintf(cseq, sizeof(cseq), "%u", msg->cseq);

	pieces[8] = pl_make(cseq, (size_t)n);
	key = hash_key64(pieces, sizeof(pieces) / sizeof(pieces[0]));
	return key ? key : 1;
}


static int64_t date_of(const struct msg *msg)
{
	struct pl value;
	int64_t ms = 0;

	if (msg_value(msg, HDR_DATE, &value))
		(void)date_sip_decode(&ms, &value);
	return ms;
}


static void text_arrived(struct endpoint *e, struct ua_request *r,
	const char *peer, bool session, struct im_body *body)
{
	const struct msg *msg = ua_request_msg(r);
	struct endpoint_message *m = mem_zalloc(sizeof(*m), message_destructor);
	struct conv *c = conv_find(e, peer);

	m->r = mem_ref(r);
	m->peer = mem_strdup(peer);
	m->name_text = endpoint_name(&m->name, &msg->from.display);
	m->text = mem_ref(body->text);
	m->session = session;
	m->sent_at = date_of(msg);
	m->seen = seen_key(e, msg);
	if (c)
		conv_typing_arrived(c);
	if (endpoint_hears(e))
		e->h.message(m, e->h.arg);
	mem_deref(m);
}


static uint64_t isc_timeout(const struct im_body *body)
{
	return body->refresh ? (uint64_t)body->refresh * 1000 : IM_REFRESH;
}


/* True if who tells that it types is heard; answers in any case. */
static bool notice_admit(
	struct endpoint *e, struct ua_request *r, const char *peer)
{
	enum endpoint_verdict verdict = ENDPOINT_ALLOW;

	if (e->h.notice && endpoint_hears(e))
		verdict = e->h.notice(peer, ua_request_source(r), e->h.arg);
	switch (verdict) {
	case ENDPOINT_ALLOW:
	case ENDPOINT_PENDING:
		(void)ua_request_answer(r, 200, NULL);
		break;
	case ENDPOINT_BUSY:
		(void)ua_request_answer(r, 503, "Retry-After: 60\r\n");
		break;
	case ENDPOINT_REFUSE:
	case ENDPOINT_POLITE_BLOCK:
		(void)ua_request_answer(r, 403, NULL);
		break;
	}
	return verdict == ENDPOINT_ALLOW;
}


static void notice_arrived(struct endpoint *e, struct ua_request *r,
	const char *peer, bool session, const struct im_body *body)
{
	bool keyboard = body->kind == IM_KEYBOARD;
	struct conv *c;

	if (!notice_admit(e, r, peer))
		return;
	c = body->active ? conv_admit(e, peer) : conv_find(e, peer);
	if (!c)
		return;
	if (keyboard && session)
		conv_typing_keyboard(c, true);
	conv_typing_theirs(c, body->active,
		keyboard ? IM_KEYBOARD_EXPIRES : isc_timeout(body) + GRACE);
}


static void refuse(struct ua_request *r)
{
	char *accept = mem_printf("Accept: %s\r\n", im_accept());

	(void)ua_request_answer(r, 415, accept);
	mem_deref(accept);
}


void incoming_request(struct endpoint *e, struct conv *c, struct ua_request *r)
{
	const struct msg *msg = ua_request_msg(r);
	/* In a session it is whoever the session was made with, whatever From
	 * says now. */
	char *peer = c ? mem_strdup(c->peer) : uri_aor(&msg->from.uri);
	struct im_body *body =
		im_body_decode(&msg->content_type, &msg->body, c != NULL);

	simple_watch_hint(e, peer, false);
	conv_alive(e, peer);
	switch (body->kind) {
	case IM_TEXT:
		/* INFO carries notices, never texts. */
		if (msg->method == MSG_MESSAGE)
			text_arrived(e, r, peer, c != NULL, body);
		else
			refuse(r);
		break;
	case IM_COMPOSING:
	case IM_KEYBOARD:
		notice_arrived(e, r, peer, c != NULL, body);
		break;
	case IM_UNSUPPORTED:
		refuse(r);
		break;
	}
	mem_deref(body);
	mem_deref(peer);
}


/* ---- a text that arrived ---- */

const char *endpoint_message_peer(const struct endpoint_message *m)
{
	return m->peer;
}


const struct pl *endpoint_message_name(const struct endpoint_message *m)
{
	return &m->name;
}


const char *endpoint_message_text(const struct endpoint_message *m)
{
	return m->text;
}


const char *endpoint_message_via(const struct endpoint_message *m)
{
	return m->session ? "session" : "page";
}


const char *endpoint_message_source(const struct endpoint_message *m)
{
	return ua_request_source(m->r);
}


int64_t endpoint_message_sent_at(const struct endpoint_message *m)
{
	return m->sent_at;
}


uint64_t endpoint_message_seen(const struct endpoint_message *m)
{
	return m->seen;
}


void endpoint_message_answer(
	struct endpoint_message *m, uint16_t status, uint32_t retry_after)
{
	char *headers = NULL;

	if (retry_after)
		headers = mem_printf("Retry-After: %u\r\n", retry_after);
	(void)ua_request_answer(m->r, status, headers);
	mem_deref(headers);
}
