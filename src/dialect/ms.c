/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ms.c - the Microsoft dialect: REGISTER with an endpoint's id, batched
 * subscriptions by categories, presence by SERVICE, texts in INVITE sessions
 * with KeyboardActivity ([MS-SIPREGE], [MS-PRES], [MS-SIP]).
 */
#include <errno.h>
#include <string.h>
#include "conv.h"
#include "hash.h"
#include "mem.h"
#include "ms_int.h"


const char ms_subscribe_headers[] = "Supported: com.microsoft.autoextend\r\n"
				    "Supported: ms-benotify\r\n"
				    "Proxy-Require: ms-benotify\r\n"
				    "Supported: ms-piggyback-first-notify\r\n";

static const char register_headers[] =
	"Supported: gruu-10, adhoclist, msrtc-event-categories\r\n"
	"Supported: ms-forking\r\n"
	"Event: registration\r\n"
	"Allow-Events: presence\r\n"
	"ms-keep-alive: UAC;hop-hop=yes\r\n";

static const char contact_methods[] =
	";methods=\"INVITE, MESSAGE, INFO, SUBSCRIBE, OPTIONS, BYE, CANCEL, "
	"NOTIFY, ACK, BENOTIFY\";proxy=replace";


static void ms_destructor(void *data)
{
	struct ms *ms = data;

	mem_deref(ms->epid);
	mem_deref(ms->instance);
	mem_deref(ms->from_params);
}


/* True where RESP asks for what only such servers have. */
static bool asks_for_other(const struct msg *resp)
{
	static const enum hdr_id ids[] = {
		HDR_WWW_AUTHENTICATE, HDR_PROXY_AUTHENTICATE};
	bool digest = false, other = false;
	const struct msg_hdr *h;
	struct msg_challenge c;
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		for (h = msg_hdr(resp, ids[i]); h; h = msg_hdr_next(resp, h)) {
			if (msg_challenge_decode(&c, &h->value))
				continue;
			digest = digest || pl_strcaseeq(&c.scheme, "Digest");
			other = other || pl_strcaseeq(&c.scheme, "NTLM") ||
				pl_strcaseeq(&c.scheme, "Kerberos") ||
				pl_strcaseeq(&c.scheme, "TLS-DSK");
		}
	}
	return other && !digest;
}


bool ms_is_spoken(const struct msg *resp)
{
	static const struct pl rtc = PL("RTC/");
	struct pl value;

	return asks_for_other(resp) || msg_hdr(resp, HDR_MS_DIAGNOSTICS) ||
		msg_has_token(resp, HDR_SUPPORTED, "msrtc-event-categories") ||
		(msg_value(resp, HDR_SERVER, &value) && value.l > rtc.l &&
			!memcmp(value.p, rtc.p, rtc.l));
}


int ms_service(struct ms *ms, struct ua_call **cp, const char *type,
	const struct mbuf *body, ua_result_h *h, void *arg)
{
	struct pl pl = mbuf_all(body);
	int err = mbuf_err(body);

	if (err)
		return err;
	return ua_send(
		cp, ms->e->ua, "SERVICE", ms->e->aor, type, &pl, NULL, h, arg);
}


/* ---- the account's life ---- */

/* Before the user agent is made: what it is to add to the wire. */
static const char *ms_profile(struct endpoint *e, struct ua_profile *profile,
	const struct endpoint_config *config)
{
	struct ms *ms = mem_zalloc(sizeof(*ms), ms_destructor);

	ms->e = e;
	ms->epid = ms_epid(config->instance, config->aor);
	ms->instance = ms_instance(ms->epid);
	ms->from_params = mem_printf(";epid=%s", ms->epid);
	*profile = (struct ua_profile){
		.from_params = ms->from_params,
		.contact_params = contact_methods,
		.register_headers = register_headers,
		.microsoft = true,
	};
	e->ms = ms;
	return ms->instance;
}


static void ms_online(struct endpoint *e, bool moved, const struct msg *resp)
{
	struct ms *ms = e->ms;

	ms->adhoclist =
		!resp || msg_has_token(resp, HDR_SUPPORTED, "adhoclist");
	ms_self_online(ms);
	ms_contacts_online(ms);
	ms_watch_online(ms);
	simple_im_online(e, moved);
}


static void ms_lost(struct endpoint *e)
{
	ms_contacts_lost(e->ms);
	ms_watch_lost(e->ms);
	ms_decide_lost(e->ms);
	simple_im_lost(e);
}


/* The server drops what else belongs to a registration by itself. */
static void ms_goodbye(struct endpoint *e, uint64_t limit)
{
	simple_im_goodbye(e, limit);
	ms_contacts_close(e->ms);
	ms_self_close(e->ms);
	ms_batches_close(e->ms);
}


static void ms_message(struct endpoint *e, struct ua_request *r)
{
	incoming_request(e, NULL, r);
}


static int ms_open(struct endpoint *e)
{
	(void)e;
	return 0;
}


static void ms_close(struct endpoint *e)
{
	struct ms *ms = e->ms;

	simple_im_close(e);
	if (!ms)
		return;
	list_flush(&e->fetches);
	ms_contacts_close(ms);
	ms_watch_close(ms);
	ms_self_close(ms);
	ms_decide_close(ms);
	list_flush(&ms->held);
	list_flush(&ms->members);
	e->ms = mem_deref(ms);
}


/* ---- conversations ---- */

/* The first text may be shown ahead of the session, by who wants to ([MS-SIP]
 * ms-text-format). */
static char *ms_invite_headers(const struct conv *c)
{
	struct conv_item *first = list_data(c->queue.head);
	uint32_t id = rand_u32(c->e->stack->rand);
	const char *text = first ? first->text : NULL;
	char *coded, *headers;

	if (!text || strlen(text) > MS_EMBEDDED_MAX)
		return mem_printf("Supported: ms-sender\r\n"
				  "Ms-Conversation-ID: %u\r\n",
			id);
	first->embedded = true;
	coded = hash_base64((const uint8_t *)text, strlen(text));
	headers = mem_printf("Supported: ms-sender\r\n"
			     "Ms-Conversation-ID: %u\r\n"
			     "ms-text-format: text/plain; charset=UTF-8;"
			     "ms-body=%s\r\n",
		id, coded);
	mem_deref(coded);
	return headers;
}


static bool ms_took_text(const struct msg *answer)
{
	return msg_has_token(answer, HDR_SUPPORTED, "ms-text-format");
}


/* The lines of a text end in CR LF (RFC 2046 4.1.1). */
static void ms_send(
	struct endpoint *e, const char *peer, const char *text, uint64_t token)
{
	struct mbuf *mb = mbuf_alloc(2 * strlen(text));
	char *wire;
	const char *p;

	for (p = text; *p; ++p) {
		if (*p == '\n' && (p == text || p[-1] != '\r'))
			(void)mbuf_write_u8(mb, '\r');
		(void)mbuf_write_u8(mb, (uint8_t)*p);
	}
	wire = mbuf_strdup(mb);
	simple_send(e, peer, wire, token);
	mem_deref(wire);
	mem_deref(mb);
}


static bool ms_shares(const struct endpoint *e)
{
	return ms_devices(e->ms) > 1;
}


const struct dialect dialect_microsoft = {
	.name = "microsoft",
	.sessions = true,
	.keyboard = true,
	.profile = ms_profile,
	.invite_headers = ms_invite_headers,
	.took_text = ms_took_text,
	.shares = ms_shares,
	.online = ms_online,
	.lost = ms_lost,
	.goodbye = ms_goodbye,
	.contact_set = ms_contact_set,
	.contact_drop = ms_contact_drop,
	.watch = ms_watch,
	.unwatch = ms_unwatch,
	.ask = ms_ask,
	.read = ms_read,
	.watch_each = ms_watch_each,
	.publish = ms_publish,
	.decide = ms_decide,
	.send = ms_send,
	.typing = simple_typing,
	.chat_open = simple_chat_open,
	.chat_close = simple_chat_close,
	.text_max = simple_text_max,
	.message = ms_message,
	.invite = simple_invite,
	.open = ms_open,
	.close = ms_close,
};
