/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registrar.c - a SIP server in memory. */
#include "registrar.h"


static void notify(
	struct registrar *r, const struct subscriber *to, const char *text)
{
	const struct msg *req = to->subscribe;
	char addr[SA_TEXT_SIZE];

	++r->cseq;
	server_printf(&r->server, sa_addr_text(&to->peer, addr),
		sa_port(&to->peer),
		"NOTIFY sip:alice@%s:%u SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKn%u\r\n"
		"From: <sip:alice@example.org>;tag=r\r\n"
		"To: <sip:alice@example.org>;tag=%.*s\r\n"
		"Call-ID: %.*s\r\nCSeq: %u NOTIFY\r\nMax-Forwards: 70\r\n"
		"Contact: <sip:192.0.2.9:5060>\r\nEvent: xcap-diff\r\n"
		"Subscription-State: active;expires=3600\r\n"
		"Content-Type: application/xcap-diff+xml\r\n"
		"Content-Length: %zu\r\n\r\n%s",
		addr, sa_port(&to->peer), r->cseq, PL_ARG(&req->from.tag),
		PL_ARG(&req->call_id), r->cseq, strlen(text), text);
}


void registrar_tell(
	struct registrar *r, enum document_kind kind, const char *etag)
{
	char *tag = etag ? mem_printf(" new-etag='%.*s'", (int)strlen(etag) - 2,
				   etag + 1)
			 : mem_strdup("");
	char *text = mem_printf(
		"<xcap-diff xmlns='urn:ietf:params:xml:ns:xcap-diff' "
		"xcap-root='http://192.0.2.9/'><document%s sel='%s/users/"
		"sip:alice@example.org/index'/></xcap-diff>",
		tag, kind == DOCUMENT_LIST ? "resource-lists" : "pres-rules");
	size_t i;

	for (i = 0; i < SUBSCRIBERS; i++) {
		if (r->subscribers[i].subscribe)
			notify(r, &r->subscribers[i], text);
	}
	mem_deref(text);
	mem_deref(tag);
}


static void subscriber_drop(struct subscriber *s)
{
	s->subscribe = mem_deref(s->subscribe);
}


static void subscribed(struct registrar *r, const struct msg *req)
{
	struct subscriber *s;
	uint32_t expires = 1;
	size_t i;

	server_reply(&r->server, req, 200, "r", "Expires: 3600\r\n", NULL);
	(void)msg_seconds(req, HDR_EXPIRES, &expires);
	for (i = 0; i < SUBSCRIBERS; i++) {
		s = &r->subscribers[i];
		if (!s->subscribe ||
			!pl_eq(&s->subscribe->call_id, &req->call_id))
			continue;
		if (!expires)
			subscriber_drop(s);
		return;
	}
	s = &r->subscribers[r->next];
	r->next = (r->next + 1) % SUBSCRIBERS;
	subscriber_drop(s);
	s->subscribe = mem_ref((void *)(uintptr_t)req);
	s->peer = r->server.peer;
	notify(r, s,
		"<xcap-diff xmlns='urn:ietf:params:xml:ns:xcap-diff' "
		"xcap-root='http://192.0.2.9/'/>");
}


static void request_h(struct server *server, const struct msg *req, void *arg)
{
	struct registrar *r = arg;
	char *event = header(req, "Event");

	if (pl_streq(&req->method_text, "REGISTER")) {
		char *contact = header(req, "Contact");
		char *headers =
			mem_printf("Contact: %s;expires=3600\r\n", contact);

		server_reply(server, req, 200, "r", headers, NULL);
		mem_deref(headers);
		mem_deref(contact);
	} else if (r->tells && !strcmp(event, "xcap-diff")) {
		subscribed(r, req);
	} else if (!pl_streq(&req->method_text, "ACK")) {
		server_reply(server, req,
			pl_streq(&req->method_text, "SUBSCRIBE") ? 489 : 200,
			"r", NULL, NULL);
	}
	mem_deref(event);
}


void registrar_open(struct registrar *r, struct world *w, const char *addr)
{
	server_open(&r->server, w, addr, request_h, r);
}


void registrar_close(struct registrar *r)
{
	size_t i;

	for (i = 0; i < SUBSCRIBERS; i++)
		subscriber_drop(&r->subscribers[i]);
	server_close(&r->server);
}
