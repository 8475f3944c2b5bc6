/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * incoming.c - what arrives in MESSAGE and INFO: texts, which go up and wait
 * for their answer, and typing notices, which are answered at once.
 */
#include <stdio.h>
#include <string.h>
#include "date.h"
#include "dialect_int.h"
#include "hash.h"
#include "mem.h"


enum {
	CONVS_MAX = 10000, /* with a state of typing, of whoever writes */
	KEY_TEXT = 16,
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
	size_t len = 0;

	m->r = mem_ref(r);
	m->peer = mem_strdup(peer);
	m->name_text = msg_unquote(&msg->from.display, &len);
	m->name = pl_make(m->name_text, len);
	m->text = mem_ref(body->text);
	m->session = session;
	m->sent_at = date_of(msg);
	m->seen = seen_key(e, msg);
	if (c)
		conv_typing_message(c);
	e->h.message(m, e->h.arg);
	mem_deref(m);
}


static void notice_arrived(
	struct endpoint *e, const char *peer, const struct im_body *body)
{
	struct conv *c = conv_find(e, peer);
	uint64_t timeout = (uint64_t)body->refresh * 1000;

	if (!c && HASH_COUNT(e->convs) >= CONVS_MAX)
		return;
	if (!c)
		c = conv_get(e, peer);
	if (body->kind == IM_KEYBOARD) {
		timeout = IM_KEYBOARD_EXPIRES;
		if (c->session)
			c->keyboard = true;
	}
	conv_typing_theirs(c, body->active, timeout);
}


static void refuse(struct ua_request *r)
{
	char *accept = mem_printf("Accept: %s\r\n", im_accept());

	(void)ua_request_answer(r, 415, accept);
	mem_deref(accept);
}


/*
 * In a session the peer is whoever its dialog was made with, so a From that
 * changes later says nothing; both are the same header here because the
 * machine has matched the dialog by its tags.
 */
void incoming_request(struct endpoint *e, struct ua_request *r, bool session)
{
	const struct msg *msg = ua_request_msg(r);
	char *peer = uri_aor(&msg->from.uri);
	struct im_body *body;

	mem_ref(e);
	body = im_body_decode(&msg->content_type, &msg->body, session);
	switch (body->kind) {
	case IM_TEXT:
		/* INFO carries notices, never texts. */
		if (msg->method == MSG_MESSAGE)
			text_arrived(e, r, peer, session, body);
		else
			refuse(r);
		break;
	case IM_COMPOSING:
	case IM_KEYBOARD:
		(void)ua_request_answer(r, 200, NULL);
		notice_arrived(e, peer, body);
		break;
	case IM_UNSUPPORTED:
		refuse(r);
		break;
	}
	mem_deref(body);
	mem_deref(peer);
	mem_deref(e);
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
