/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms_world.c - a Microsoft server by script. */
#include "ms_world.h"


static bool event_is(const struct msg *req, const char *event)
{
	struct pl value;

	return msg_value(req, HDR_EVENT, &value) && pl_streq(&value, event);
}


static void register_answer(struct ms_world *m, const struct msg *req)
{
	struct mbuf *mb = mbuf_alloc(4096);
	struct pl contact;
	char *headers;

	assert_true(msg_value(req, HDR_CONTACT, &contact));
	(void)mbuf_printf(mb,
		"Contact: %.*s;expires=7200\r\nExpires: 7200\r\n%s",
		PL_ARG(&contact),
		m->plain ? ""
			 : "Supported: adhoclist\r\n"
			   "Supported: msrtc-event-categories\r\n"
			   "Server: RTC/3.5\r\n");
	headers = mbuf_strdup(mb);
	server_reply(&m->s, req, 200, "srv", headers, NULL);
	mem_deref(headers);
	mem_deref(mb);
}


static struct ms_answer answer_of(struct ms_world *m, const struct msg *req)
{
	struct ms_answer a = {.status = 200};

	if (event_is(req, MS_SELF)) {
		a.type = MSDOC_SELF_TYPE;
		a.body = m->self;
	} else if (event_is(req, MS_CONTACTS)) {
		a.type = "application/vnd-microsoft-roaming-contacts+xml";
		a.body = m->contacts;
	} else if (event_is(req, "presence")) {
		a.type = m->presence_type;
		a.body = m->presence;
	}
	return a;
}


static void request_handler(struct server *s, const struct msg *req, void *arg)
{
	struct ms_world *m = arg;
	struct ms_answer a = answer_of(m, req);
	char *headers = NULL;
	struct pl event;

	if (req->method == MSG_REGISTER) {
		register_answer(m, req);
		return;
	}
	if (req->method == MSG_ACK)
		return;
	if (m->h)
		m->h(m, req, &a);
	if (!a.status)
		return;
	if (req->method == MSG_SUBSCRIBE && a.status == 200) {
		assert_true(msg_value(req, HDR_EVENT, &event));
		headers = mem_printf("Contact: <sip:192.0.2.9;transport=tcp>"
				     "\r\nExpires: 27000\r\nEvent: %.*s\r\n"
				     "subscription-state: active;"
				     "expires=27000\r\n%s",
			PL_ARG(&event),
			a.body ? "ms-piggyback-cseq: 1\r\n" : "");
	}
	if (req->method == MSG_INVITE && a.status == 200)
		headers = mem_strdup(
			"Contact: <sip:bob@192.0.2.9;transport=tcp>\r\n");
	if (a.status == 420)
		headers = mem_strdup("Unsupported: ms-benotify\r\n");
	s->type = a.type;
	server_reply(s, req, a.status, "srv", headers, a.body);
	s->type = NULL;
	mem_deref(headers);
}


/* ---- what a test does ---- */

struct ms_world *ms_world_make(void)
{
	return ms_world_seeded(3);
}


struct ms_world *ms_world_seeded(uint64_t seed)
{
	struct ms_world *m = mem_zalloc(sizeof(*m), NULL);

	world_open(&m->w, seed);
	server_open(&m->s, &m->w, "192.0.2.9", request_handler, m);
	person_open(&m->a, &m->w, "alice", "192.0.2.1");
	(void)snprintf(m->a.aor, sizeof(m->a.aor), "sip:alice@example.org");
	m->a.config.dialect = "microsoft";
	m->a.config.proxy = "sip:192.0.2.9;transport=tcp";
	m->a.config.listen = NULL;
	m->a.config.do_register = true;
	m->a.config.publish = true;
	m->a.config.expires = 7200;
	m->presence_type = MSDOC_CATEGORIES_TYPE;
	return m;
}


void ms_world_start(struct ms_world *m)
{
	person_start(&m->a);
	ms_run(m, 500);
}


void ms_world_close(struct ms_world *m)
{
	person_close(&m->a);
	world_run(&m->w, 40 * 1000);
	server_close(&m->s);
	world_close(&m->w);
	mem_deref(m);
}


void ms_run(struct ms_world *m, uint64_t ms)
{
	world_run(&m->w, ms);
}


const struct msg *ms_subscribe_last(const struct ms_world *m, const char *event)
{
	size_t i;

	for (i = m->s.n; i > 0; i--) {
		const struct msg *msg = m->s.msgs[i - 1];

		if (msg->request && msg->method == MSG_SUBSCRIBE &&
			event_is(msg, event))
			return msg;
	}
	return NULL;
}


size_t ms_subscribes(const struct ms_world *m, const char *event)
{
	size_t i, n = 0;

	for (i = 0; i < m->s.n; i++) {
		const struct msg *msg = m->s.msgs[i];

		n += msg->request && msg->method == MSG_SUBSCRIBE &&
			event_is(msg, event);
	}
	return n;
}


size_t ms_said_count(
	const struct ms_world *m, const char *method, const char *text)
{
	struct pl pl = pl_str(text);
	size_t i, n = 0;

	for (i = 0; i < m->s.n; i++) {
		const struct msg *msg = m->s.msgs[i];

		n += msg->request && pl_streq(&msg->method_text, method) &&
			pl_find(&msg->body, &pl);
	}
	return n;
}


bool ms_said(const struct ms_world *m, const char *method, const char *text)
{
	return ms_said_count(m, method, text) > 0;
}


void ms_put(struct ms_world *m, const char *event, const char *type,
	const char *body)
{
	const struct msg *req = ms_subscribe_last(m, event);

	assert_non_null(req);
	if (m->cseq < 1)
		m->cseq = 1;
	++m->cseq;
	server_stream(&m->s,
		"BENOTIFY sip:alice@192.0.2.1;transport=tcp SIP/2.0\r\n"
		"Via: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bKb%u\r\n"
		"From: <%.*s>;tag=srv\r\nTo: <%.*s>;tag=%.*s\r\n"
		"Call-ID: %.*s\r\nCSeq: %u BENOTIFY\r\nMax-Forwards: 70\r\n"
		"Event: %s\r\nsubscription-state: active;expires=27000\r\n"
		"Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
		m->cseq, PL_ARG(&req->to.uri_text), PL_ARG(&req->from.uri_text),
		PL_ARG(&req->from.tag), PL_ARG(&req->call_id), m->cseq, event,
		type, strlen(body), body);
}


void ms_tell(struct ms_world *m, const char *event, const char *type,
	const char *body)
{
	ms_put(m, event, type, body);
	ms_run(m, 20);
}


void ms_break(struct ms_world *m)
{
	m->s.conn = mem_deref(m->s.conn);
	ms_run(m, 30 * 1000);
}
