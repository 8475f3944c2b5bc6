/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sessions between two accounts and with a scripted peer.
 *
 *   alice                 bob
 *     | INVITE  m=message  |
 *     |------------------->|  invite
 *     |        180, 200    |
 *     |<-------------------|
 *     | ACK                |
 *     |------------------->|  open
 *     | MESSAGE, INFO      |
 *     |<------------------>|
 *     | BYE                |
 */
#include <errno.h>
#include "world.h"

int test_session(void);


struct pair {
	struct world w;
	struct node a, b;
	struct ua_session *s; /* alice's */
};


static void invite(struct pair *p, const char *to)
{
	struct ua_session_handlers h = node_session_h;

	h.arg = &p->a;
	assert_int_equal(
		ua_session_invite(&p->s, p->a.ua, to, "X-Test: 1\r\n", &h), 0);
}


static struct pair *pair_open(void)
{
	struct pair *p = mem_zalloc(sizeof(*p), NULL);

	world_open(&p->w, 17);
	node_open(&p->a, &p->w, "alice", "192.0.2.1", NULL);
	node_open(&p->b, &p->w, "bob", "192.0.2.2", NULL);
	node_start(&p->a);
	node_start(&p->b);
	world_run(&p->w, 10);
	p->a.log[0] = p->b.log[0] = '\0';
	return p;
}


static struct pair *pair_talking(void)
{
	struct pair *p = pair_open();

	p->b.auto_accept = true;
	invite(p, "sip:bob@192.0.2.2");
	world_run(&p->w, 1000);
	assert_log(&p->a, "open ");
	assert_log(&p->b, "invite:sip:alice@192.0.2.1 open ");
	return p;
}


static void pair_close(struct pair *p)
{
	mem_deref(p->s);
	node_close(&p->a);
	node_close(&p->b);
	world_close(&p->w);
	mem_deref(p);
}


static int say(struct node *n, struct ua_session *s, const char *method,
	const char *text)
{
	struct pl pl = body(text);

	return ua_session_send(NULL, s, method,
		strcmp(method, "INFO") ? "text/plain" : "application/xml", &pl,
		NULL, node_result_h, n);
}


static void test_life(void **state)
{
	struct pair *p = pair_open();

	(void)state;
	p->b.auto_ring = true;
	invite(p, "sip:bob@192.0.2.2");
	assert_int_equal(say(&p->a, p->s, "MESSAGE", "x"), ENOTCONN);
	world_run(&p->w, 1000);
	assert_log(&p->a, "ringing ");
	assert_log(&p->b, "invite:sip:alice@192.0.2.1 ");
	assert_false(ua_session_isopen(p->s));
	ua_session_accept(p->b.session);
	world_run(&p->w, 1000);
	assert_log(&p->a, "open ");
	assert_log(&p->b, "open ");
	assert_true(ua_session_isopen(p->s));
	assert_true(ua_session_isopen(p->b.session));
	assert_string_equal(ua_session_peer(p->s), "sip:bob@192.0.2.2");
	assert_int_equal(say(&p->a, p->s, "MESSAGE", "hi"), 0);
	assert_int_equal(say(&p->b, p->b.session, "INFO", "typing"), 0);
	world_run(&p->w, 1000);
	assert_log(&p->a, "INFO:typing result:200 ");
	assert_log(&p->b, "MESSAGE:hi result:200 ");
	ua_session_end(p->b.session, 2000, node_done_h, &p->b);
	assert_int_equal(say(&p->b, p->b.session, "MESSAGE", "x"), ENOTCONN);
	world_run(&p->w, 100);
	assert_log(&p->b, "done ");
	assert_log(&p->a, "closed:them ");
	assert_int_equal(say(&p->a, p->s, "MESSAGE", "x"), ENOTCONN);
	pair_close(p);
}


/* Both sides, with a fifth of all datagrams lost, some doubled and out of
 * order: opens, every request arrives, closes. */
static void test_loss(void **state)
{
	const struct memnet_faults faults = {
		.loss = 200, .twice = 100, .delay_min = 5, .delay_max = 300};
	struct pair *p = pair_open();
	char text[24];
	int i;

	(void)state;
	memnet_set_faults(p->w.mn, &faults);
	p->b.auto_accept = true;
	invite(p, "sip:bob@192.0.2.2");
	world_run(&p->w, 40 * 1000);
	assert_log(&p->a, "open ");
	assert_log(&p->b, "invite:sip:alice@192.0.2.1 open ");
	for (i = 0; i < 10; i++) {
		(void)snprintf(text, sizeof(text), "%d", i);
		assert_int_equal(say(&p->a, p->s, "MESSAGE", text), 0);
		assert_int_equal(say(&p->b, p->b.session, "INFO", text), 0);
		world_run(&p->w, 40 * 1000);
	}
	for (i = 0; i < 10; i++) {
		(void)snprintf(text, sizeof(text), "MESSAGE:%d ", i);
		assert_non_null(strstr(p->b.log, text));
		(void)snprintf(text, sizeof(text), "INFO:%d ", i);
		assert_non_null(strstr(p->a.log, text));
	}
	p->a.log[0] = p->b.log[0] = '\0';
	ua_session_end(p->s, 40 * 1000, node_done_h, &p->a);
	world_run(&p->w, 40 * 1000);
	assert_log(&p->a, "done ");
	assert_log(&p->b, "closed:them ");
	pair_close(p);
}


static void test_reject(void **state)
{
	struct pair *p = pair_open();

	(void)state;
	invite(p, "sip:bob@192.0.2.2");
	world_run(&p->w, 100);
	ua_session_reject(p->b.session, 486);
	world_run(&p->w, 6000);
	assert_log(&p->a, "closed:us:486 ");
	assert_log(&p->b, "invite:sip:alice@192.0.2.1 ");
	p->s = mem_deref(p->s);
	invite(p, "sip:bob@192.0.2.2");
	world_run(&p->w, 100);
	p->b.session = mem_deref(p->b.session);
	world_run(&p->w, 100);
	assert_log(&p->a, "closed:us:500 ");
	p->b.log[0] = '\0';
	pair_close(p);
}


/* CANCEL, by end and by mere release. */
static void test_cancel(void **state)
{
	struct pair *p = pair_open();

	(void)state;
	p->b.auto_ring = true;
	invite(p, "sip:bob@192.0.2.2");
	world_run(&p->w, 1000);
	ua_session_end(p->s, 2000, node_done_h, &p->a);
	world_run(&p->w, 1000);
	assert_log(&p->a, "ringing done ");
	assert_log(&p->b, "invite:sip:alice@192.0.2.1 closed:them ");
	p->s = mem_deref(p->s);
	invite(p, "sip:bob@192.0.2.2");
	world_run(&p->w, 1000);
	p->s = mem_deref(p->s);
	world_run(&p->w, 1000);
	assert_log(&p->a, "ringing ");
	assert_log(&p->b, "invite:sip:alice@192.0.2.1 closed:them ");
	pair_close(p);
}


/* It rings for 60 s, or is not looked at for 10 s. */
static void test_nobody_answers(void **state)
{
	struct pair *p = pair_open();

	(void)state;
	p->b.auto_ring = true;
	invite(p, "sip:bob@192.0.2.2");
	world_run(&p->w, 59 * 1000);
	assert_log(&p->a, "ringing ");
	world_run(&p->w, 2 * 1000);
	assert_log(&p->a, "closed:us:480 ");
	assert_log(&p->b, "invite:sip:alice@192.0.2.1 closed:us ");
	p->s = mem_deref(p->s);
	p->b.auto_ring = false;
	invite(p, "sip:bob@192.0.2.2");
	world_run(&p->w, 11 * 1000);
	assert_log(&p->a, "closed:us:500 ");
	pair_close(p);
}


/* Both call at once: two sessions, none harmed. */
static void test_both_call(void **state)
{
	struct pair *p = pair_open();
	struct ua_session_handlers h = node_session_h;
	struct ua_session *s;

	(void)state;
	p->a.auto_accept = p->b.auto_accept = true;
	invite(p, "sip:bob@192.0.2.2");
	h.arg = &p->b;
	assert_int_equal(
		ua_session_invite(&s, p->b.ua, "sip:alice@192.0.2.1", NULL, &h),
		0);
	world_run(&p->w, 1000);
	assert_true(ua_session_isopen(p->s));
	assert_true(ua_session_isopen(s));
	assert_true(ua_session_isopen(p->a.session));
	assert_true(ua_session_isopen(p->b.session));
	mem_deref(s);
	pair_close(p);
}


/* DI6: 481 and silence end the session. */
static void test_dead_peer(void **state)
{
	struct pair *p = pair_talking();

	(void)state;
	p->b.session = mem_deref(p->b.session);
	assert_int_equal(say(&p->a, p->s, "MESSAGE", "hi"), 0);
	world_run(&p->w, 1000);
	assert_log(&p->a, "result:481 closed:us:481 ");
	pair_close(p);
	p = pair_talking();
	memnet_cut(p->a.host, p->b.host, true);
	assert_int_equal(say(&p->a, p->s, "MESSAGE", "hi"), 0);
	world_run(&p->w, 40 * 1000);
	assert_log(&p->a, "result:408 closed:us:408 ");
	pair_close(p);
}


/* DI7: what waits when BYE comes gets 487. */
static void test_bye_while_waiting(void **state)
{
	struct pair *p = pair_talking();

	(void)state;
	p->b.answer = 0;
	assert_int_equal(say(&p->a, p->s, "MESSAGE", "hi"), 0);
	world_run(&p->w, 100);
	assert_log(&p->b, "MESSAGE:hi ");
	ua_session_end(p->s, 2000, node_done_h, &p->a);
	world_run(&p->w, 900);
	assert_log(&p->b, "");
	world_run(&p->w, 200);
	assert_non_null(strstr(p->a.log, "result:487 "));
	assert_non_null(strstr(p->a.log, "done "));
	p->a.log[0] = '\0';
	assert_log(&p->b, "closed:them ");
	assert_int_equal(ua_request_answer(p->b.kept[0], 200, NULL), EALREADY);
	pair_close(p);
}


/* BYE leaves as soon as what was sent before is answered. */
static void test_bye_after_answer(void **state)
{
	struct pair *p = pair_talking();

	(void)state;
	p->b.answer = 0;
	assert_int_equal(say(&p->a, p->s, "MESSAGE", "hi"), 0);
	ua_session_end(p->s, 2000, node_done_h, &p->a);
	world_run(&p->w, 100);
	assert_log(&p->b, "MESSAGE:hi ");
	assert_int_equal(ua_request_answer(p->b.kept[0], 200, NULL), 0);
	world_run(&p->w, 100);
	assert_log(&p->b, "closed:them ");
	assert_non_null(strstr(p->a.log, "result:200 "));
	assert_non_null(strstr(p->a.log, "done "));
	pair_close(p);
}


/* The account goes first; handlers are silent then. */
static void test_account_gone(void **state)
{
	struct pair *p = pair_talking();

	(void)state;
	assert_int_equal(say(&p->a, p->s, "MESSAGE", "hi"), 0);
	p->a.ua = mem_deref(p->a.ua);
	p->b.ua = mem_deref(p->b.ua);
	world_run(&p->w, 100 * 1000);
	assert_log(&p->a, "");
	assert_int_equal(say(&p->a, p->s, "MESSAGE", "hi"), ENOTCONN);
	ua_session_end(p->s, 1000, node_done_h, &p->a);
	world_run(&p->w, 10);
	assert_log(&p->a, "done ");
	pair_close(p);
}


/* At most 100 ring at once. */
static void test_ringing_limit(void **state)
{
	struct pair *p = pair_open();
	struct ua_session_handlers h = node_session_h;
	struct ua_session *out[101], *in[100];
	size_t i;

	(void)state;
	h.arg = &p->a;
	for (i = 0; i < 101; i++) {
		assert_int_equal(ua_session_invite(&out[i], p->a.ua,
					 "sip:bob@192.0.2.2", NULL, &h),
			0);
		world_run(&p->w, 10);
		if (i < 100) {
			in[i] = p->b.session;
			p->b.session = NULL;
		}
	}
	assert_log(&p->a, "closed:us:486 ");
	for (i = 0; i < 100; i++)
		mem_deref(in[i]);
	world_run(&p->w, 100);
	p->a.log[0] = p->b.log[0] = '\0';
	invite(p, "sip:bob@192.0.2.2");
	world_run(&p->w, 100);
	assert_log(&p->b, "invite:sip:alice@192.0.2.1 ");
	for (i = 0; i < 101; i++)
		mem_deref(out[i]);
	pair_close(p);
}


/* ---- with a scripted peer ---- */

#define SDP_HEAD                                     \
	"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\n" \
	"c=IN IP4 192.0.2.9\r\nt=0 0\r\n"
#define SDP_IM \
	SDP_HEAD "m=message 5060 sip null\r\na=accept-types:text/plain\r\n"
#define SDP_OLD	  SDP_HEAD "m=x-ms-message 5060 sip null\r\n"
#define SDP_VOICE SDP_HEAD "m=audio 4000 RTP/AVP 0\r\n"
#define SDP_MSRP \
	SDP_HEAD "m=message 7394 TCP/MSRP *\r\na=accept-types:text/plain\r\n"
#define SDP_BOTH SDP_HEAD "m=audio 4000 RTP/AVP 0\r\nm=message 1 sip null\r\n"


static void invite_raw(struct server *s, unsigned n, const char *to_tag,
	unsigned cseq, const char *headers, const char *type, const char *sdp)
{
	server_printf(s, "192.0.2.1", 5060,
		"INVITE sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKi%u-%u\r\n"
		"From: Kim <sip:kim@192.0.2.9>;tag=k\r\n"
		"To: <sip:alice@192.0.2.1>%s%s\r\nCall-ID: c%u\r\n"
		"CSeq: %u INVITE\r\nMax-Forwards: 70\r\n%s%s%s%s"
		"Content-Length: %zu\r\n\r\n%s",
		n, cseq, to_tag ? ";tag=" : "", to_tag ? to_tag : "", n, cseq,
		headers, type ? "Content-Type: " : "", type ? type : "",
		type ? "\r\n" : "", strlen(sdp), sdp);
}


static void in_dialog(struct server *s, const char *method, unsigned n,
	const char *to_tag, unsigned cseq)
{
	server_printf(s, "192.0.2.1", 5060,
		"%s sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKd%s%u-%u\r\n"
		"From: Kim <sip:kim@192.0.2.9>;tag=k\r\n"
		"To: <sip:alice@192.0.2.1>;tag=%s\r\nCall-ID: c%u\r\n"
		"CSeq: %u %s\r\nMax-Forwards: 70\r\n"
		"Content-Length: 0\r\n\r\n",
		method, method, n, cseq, to_tag, n, cseq, method);
}


#define CONTACT "Contact: <sip:kim@192.0.2.9>\r\n"


static const struct msg *response(const struct server *s, const char *method)
{
	const struct msg *msg = server_last(s, method);

	assert_non_null(msg);
	assert_false(msg->request);
	return msg;
}


/* The last status in call number N. */
static uint16_t call_status(const struct server *s, unsigned n)
{
	uint16_t status = 0;
	char id[16];
	size_t i;

	(void)snprintf(id, sizeof(id), "c%u", n);
	for (i = 0; i < s->n; i++) {
		if (pl_streq(&s->msgs[i]->call_id, id))
			status = s->msgs[i]->status;
	}
	return status;
}


static void quiet_h(struct server *s, const struct msg *req, void *arg)
{
	(void)arg;
	if (req->method == MSG_BYE)
		server_reply(s, req, 200, NULL, NULL, NULL);
}


/* What is offered decides: 488, 406, 415, 400. */
static void test_offers(void **state)
{
	static const struct {
		const char *headers;
		const char *type;
		const char *sdp;
		uint16_t status;
	} cases[] = {
		{CONTACT, "application/sdp", SDP_IM, 200},
		{CONTACT, "application/sdp", SDP_OLD, 200},
		{CONTACT, "application/sdp", SDP_BOTH, 200},
		{CONTACT, "application/sdp;call-type=im", SDP_IM, 200},
		{CONTACT, "application/sdp", SDP_VOICE, 488},
		{CONTACT, "application/sdp", SDP_MSRP, 488},
		{CONTACT, "application/sdp", "nonsense", 488},
		{CONTACT, NULL, "", 488},
		{CONTACT, "text/plain", "hello", 415},
		{CONTACT "Accept: text/html\r\n", "application/sdp", SDP_IM,
			406},
		{CONTACT "Content-Encoding: gzip\r\n", "application/sdp",
			SDP_IM, 415},
		{CONTACT "Require: 100rel\r\n", "application/sdp", SDP_IM, 420},
		{"", "application/sdp", SDP_IM, 400},
		{CONTACT, "multipart/alternative;boundary=b",
			"--b\r\nContent-Type: application/sdp\r\n\r\n" SDP_VOICE
			"\r\n--b\r\nContent-Type: "
			"application/sdp\r\n\r\n" SDP_IM "\r\n--b--\r\n",
			200},
	};
	struct pair *p = pair_open();
	struct server s;
	unsigned i;

	(void)state;
	server_open(&s, &p->w, "192.0.2.9", quiet_h, NULL);
	p->a.auto_accept = true;
	for (i = 0; i < UNIT_N(cases); i++) {
		server_forget(&s);
		invite_raw(&s, i, NULL, 1, cases[i].headers, cases[i].type,
			cases[i].sdp);
		world_run(&p->w, 100);
		assert_int_equal(call_status(&s, i), cases[i].status);
	}
	p->a.log[0] = '\0';
	server_close(&s);
	pair_close(p);
}


/* Their INVITE: 180 and 200 with one tag and our Contact, Record-Route
 * copied, repeated until ACK; re-INVITE moves the target (DI4). */
static void test_uas(void **state)
{
	struct pair *p = pair_open();
	struct server s;
	char *tag, *contact;
	size_t n;

	(void)state;
	server_open(&s, &p->w, "192.0.2.9", quiet_h, NULL);
	p->a.auto_ring = true;
	invite_raw(&s, 1, NULL, 1,
		CONTACT "Record-Route: <sip:192.0.2.9;lr>\r\n",
		"application/sdp", SDP_IM);
	world_run(&p->w, 100);
	assert_log(&p->a, "invite:sip:kim@192.0.2.9 ");
	assert_pl(*ua_session_peer_name(p->a.session), "Kim");
	assert_int_equal(response(&s, "INVITE")->status, 180);
	tag = pl_strdup(&response(&s, "INVITE")->to.tag);
	ua_session_accept(p->a.session);
	world_run(&p->w, 5000);
	n = server_count(&s, "INVITE");
	assert_true(n >= 4);
	assert_int_equal(response(&s, "INVITE")->status, 200);
	assert_pl(response(&s, "INVITE")->to.tag, tag);
	assert_header(
		response(&s, "INVITE"), "Record-Route", "<sip:192.0.2.9;lr>");
	contact = header(response(&s, "INVITE"), "Contact");
	assert_string_equal(contact, "<sip:alice@192.0.2.1:5060>");
	mem_deref(contact);
	assert_log(&p->a, "");
	in_dialog(&s, "ACK", 1, tag, 1);
	world_run(&p->w, 40 * 1000);
	assert_log(&p->a, "open ");
	assert_int_equal(server_count(&s, "INVITE"), n);
	/* The re-INVITE: a lower CSeq first, then another Contact. */
	invite_raw(&s, 1, tag, 0, CONTACT, "application/sdp", SDP_IM);
	world_run(&p->w, 100);
	assert_int_equal(response(&s, "INVITE")->status, 500);
	invite_raw(&s, 1, tag, 2, CONTACT, "application/sdp", SDP_VOICE);
	world_run(&p->w, 100);
	assert_int_equal(response(&s, "INVITE")->status, 488);
	invite_raw(&s, 1, tag, 3, "Contact: <sip:new@192.0.2.9>\r\n",
		"application/sdp", SDP_IM);
	world_run(&p->w, 100);
	assert_int_equal(response(&s, "INVITE")->status, 200);
	in_dialog(&s, "ACK", 1, tag, 3);
	in_dialog(&s, "UPDATE", 1, tag, 4);
	world_run(&p->w, 100);
	assert_int_equal(response(&s, "UPDATE")->status, 405);
	assert_true(ua_session_isopen(p->a.session));
	ua_session_end(p->a.session, 2000, node_done_h, &p->a);
	world_run(&p->w, 100);
	assert_pl(server_last(&s, "BYE")->uri_text, "sip:new@192.0.2.9");
	assert_log(&p->a, "done ");
	mem_deref(tag);
	server_close(&s);
	pair_close(p);
}


/* TR11: no ACK for 32 s ends it with BYE. */
static void test_no_ack(void **state)
{
	struct pair *p = pair_open();
	struct server s;

	(void)state;
	server_open(&s, &p->w, "192.0.2.9", quiet_h, NULL);
	p->a.auto_accept = true;
	invite_raw(&s, 1, NULL, 1, CONTACT, "application/sdp", SDP_IM);
	world_run(&p->w, 31 * 1000);
	assert_null(server_last(&s, "BYE"));
	world_run(&p->w, 5 * 1000);
	assert_non_null(server_last(&s, "BYE"));
	assert_log(&p->a, "invite:sip:kim@192.0.2.9 closed:us ");
	server_close(&s);
	pair_close(p);
}


/* Ended before the ACK: BYE goes when it is there (RFC 3261 15). BYE of
 * theirs in the early dialog: 487 to the INVITE. */
static void test_early_end(void **state)
{
	struct pair *p = pair_open();
	struct server s;
	char *tag;

	(void)state;
	server_open(&s, &p->w, "192.0.2.9", quiet_h, NULL);
	p->a.auto_accept = true;
	invite_raw(&s, 1, NULL, 1, CONTACT, "application/sdp", SDP_IM);
	world_run(&p->w, 100);
	tag = pl_strdup(&response(&s, "INVITE")->to.tag);
	ua_session_end(p->a.session, 5000, node_done_h, &p->a);
	world_run(&p->w, 1000);
	assert_null(server_last(&s, "BYE"));
	in_dialog(&s, "ACK", 1, tag, 1);
	world_run(&p->w, 100);
	assert_non_null(server_last(&s, "BYE"));
	assert_log(&p->a, "invite:sip:kim@192.0.2.9 done ");
	mem_deref(tag);
	p->a.auto_accept = false;
	p->a.auto_ring = true;
	invite_raw(&s, 2, NULL, 1, CONTACT, "application/sdp", SDP_IM);
	world_run(&p->w, 100);
	tag = pl_strdup(&response(&s, "INVITE")->to.tag);
	in_dialog(&s, "BYE", 2, tag, 2);
	world_run(&p->w, 100);
	assert_int_equal(response(&s, "BYE")->status, 200);
	assert_int_equal(response(&s, "INVITE")->status, 487);
	assert_log(&p->a, "invite:sip:kim@192.0.2.9 closed:them ");
	mem_deref(tag);
	server_close(&s);
	pair_close(p);
}


/* Our INVITE to a peer that does one strange thing each. */
enum oddity {
	ODD_VOICE_ANSWER,
	ODD_GLARE,
	ODD_MOVED,
	ODD_SILENT,
	ODD_FORKED,
};


struct odd {
	enum oddity kind;
	unsigned invites;
	struct msg *invite;
};


static void odd_h(struct server *s, const struct msg *req, void *arg)
{
	struct odd *odd = arg;

	if (req->method == MSG_BYE || req->method == MSG_MESSAGE)
		server_reply(s, req, 200, NULL, NULL, NULL);
	if (req->method != MSG_INVITE || odd->kind == ODD_SILENT)
		return;
	++odd->invites;
	mem_deref(odd->invite);
	odd->invite = mem_ref((void *)(uintptr_t)req);
	switch (odd->kind) {
	case ODD_VOICE_ANSWER:
		server_reply(s, req, 200, "t", CONTACT, SDP_VOICE);
		break;
	case ODD_GLARE:
		server_reply(s, req, 180, "t", CONTACT, NULL);
		break;
	case ODD_MOVED:
		if (odd->invites == 1)
			server_reply(s, req, 302, "m",
				"Contact: <sip:desk@192.0.2.9>\r\n", NULL);
		else
			server_reply(s, req, 200, "t", CONTACT, SDP_IM);
		break;
	default:
		server_reply(s, req, 200, "t1", CONTACT, SDP_IM);
		server_reply(s, req, 200, "t2", CONTACT, SDP_IM);
		server_reply(s, req, 200, "t1", CONTACT, SDP_IM);
		break;
	}
}


static void test_odd(void **state)
{
	struct pair *p;
	struct server s;
	struct odd odd;
	int kind;

	(void)state;
	for (kind = ODD_VOICE_ANSWER; kind <= ODD_FORKED; kind++) {
		p = pair_open();
		odd = (struct odd){.kind = (enum oddity)kind};
		server_open(&s, &p->w, "192.0.2.9", odd_h, &odd);
		invite(p, "sip:kim@192.0.2.9");
		world_run(&p->w, 1000);
		switch (kind) {
		case ODD_VOICE_ANSWER:
			assert_log(&p->a, "closed:us ");
			assert_non_null(server_last(&s, "ACK"));
			assert_non_null(server_last(&s, "BYE"));
			break;
		case ODD_GLARE:
			assert_log(&p->a, "ringing ");
			server_printf(&s, "192.0.2.1", 5060,
				"INVITE sip:alice@192.0.2.1 SIP/2.0\r\n"
				"Via: SIP/2.0/UDP 192.0.2.9:5060;"
				"branch=z9hG4bKglare\r\n"
				"From: <sip:kim@192.0.2.9>;tag=t\r\n"
				"To: <sip:alice@192.0.2.1>;tag=%.*s\r\n"
				"Call-ID: %.*s\r\nCSeq: 1 INVITE\r\n" CONTACT
				"Content-Length: 0\r\n\r\n",
				PL_ARG(&odd.invite->from.tag),
				PL_ARG(&odd.invite->call_id));
			world_run(&p->w, 100);
			assert_int_equal(response(&s, "INVITE")->status, 491);
			break;
		case ODD_MOVED:
			assert_log(&p->a, "open ");
			assert_pl(odd.invite->uri_text, "sip:desk@192.0.2.9");
			assert_pl(odd.invite->to.uri_text, "sip:kim@192.0.2.9");
			break;
		case ODD_SILENT:
			world_run(&p->w, 40 * 1000);
			assert_log(&p->a, "closed:us:408 ");
			break;
		default:
			assert_log(&p->a, "open ");
			assert_int_equal(server_count(&s, "ACK"), 3);
			assert_int_equal(server_count(&s, "BYE"), 1);
			assert_pl(server_last(&s, "BYE")->to.tag, "t2");
			break;
		}
		mem_deref(odd.invite);
		server_close(&s);
		pair_close(p);
	}
}


static void drop_h(void *arg)
{
	struct node *n = arg;

	node_log(n, "done ");
	n->ua = mem_deref(n->ua);
}


/* The account is let go as soon as it has signed out; a goodbye that its
 * limit cut short is told after that. */
static void test_account_first(void **state)
{
	struct pair *p = pair_talking();

	(void)state;
	memnet_cut(p->a.host, p->b.host, true);
	ua_session_end(p->s, 5000, node_done_h, &p->a);
	p->s = mem_deref(p->s);
	ua_stop(p->a.ua, 1000, drop_h, &p->a);
	world_run(&p->w, 10000);
	assert_log(&p->a, "offline done done ");
	pair_close(p);
}


/* CSeq: each request of a session the next number, ACK the INVITE's. */
static void test_cseq(void **state)
{
	struct pair *p = pair_open();
	struct odd odd = {.kind = ODD_MOVED, .invites = 1};
	struct server s;

	(void)state;
	server_open(&s, &p->w, "192.0.2.9", odd_h, &odd);
	invite(p, "sip:kim@192.0.2.9");
	world_run(&p->w, 100);
	assert_int_equal(
		server_last(&s, "INVITE")->cseq, server_last(&s, "ACK")->cseq);
	assert_int_equal(say(&p->a, p->s, "MESSAGE", "hi"), 0);
	assert_int_equal(say(&p->a, p->s, "INFO", "typing"), 0);
	ua_session_end(p->s, 1000, node_done_h, &p->a);
	world_run(&p->w, 1000);
	assert_int_equal(server_last(&s, "MESSAGE")->cseq,
		server_last(&s, "INVITE")->cseq + 1);
	assert_int_equal(server_last(&s, "INFO")->cseq,
		server_last(&s, "INVITE")->cseq + 2);
	assert_int_equal(server_last(&s, "BYE")->cseq,
		server_last(&s, "INVITE")->cseq + 3);
	mem_deref(odd.invite);
	server_close(&s);
	pair_close(p);
}


/* The peer says why it hangs up. */
static void test_bye_reason(void **state)
{
	struct pair *p = pair_open();
	struct server s;
	char *tag;

	(void)state;
	server_open(&s, &p->w, "192.0.2.9", quiet_h, NULL);
	p->a.auto_accept = true;
	invite_raw(&s, 1, NULL, 1, CONTACT, "application/sdp", SDP_IM);
	world_run(&p->w, 100);
	tag = pl_strdup(&response(&s, "INVITE")->to.tag);
	in_dialog(&s, "ACK", 1, tag, 1);
	server_printf(&s, "192.0.2.1", 5060,
		"BYE sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKbye\r\n"
		"From: Kim <sip:kim@192.0.2.9>;tag=k\r\n"
		"To: <sip:alice@192.0.2.1>;tag=%s\r\nCall-ID: c1\r\n"
		"CSeq: 2 BYE\r\n"
		"Reason: SIP;cause=480;text=\"gone home\"\r\n"
		"Content-Length: 0\r\n\r\n",
		tag);
	world_run(&p->w, 100);
	assert_log(&p->a, "invite:sip:kim@192.0.2.9 open closed:them ");
	assert_string_equal(p->a.why, "gone home");
	mem_deref(tag);
	server_close(&s);
	pair_close(p);
}


/* A goodbye holds what its owner has let go. */
static void test_end_and_release(void **state)
{
	struct pair *p = pair_talking();

	(void)state;
	ua_session_end(p->s, 2000, node_done_h, &p->a);
	p->s = mem_deref(p->s);
	world_run(&p->w, 100);
	assert_log(&p->a, "done ");
	assert_log(&p->b, "closed:them ");
	pair_close(p);
}


/* Signing out closes what is still open. */
static void test_signed_out(void **state)
{
	struct pair *p = pair_talking();

	(void)state;
	ua_stop(p->a.ua, 1000, node_done_h, &p->a);
	world_run(&p->w, 100);
	assert_log(&p->a, "closed:us offline done ");
	pair_close(p);
}


/* A registrar that is the peer too; the first re-INVITE meets glare. */
static void proxy_h(struct server *s, const struct msg *req, void *arg)
{
	static const char contact[] =
		"Contact: <sip:kim@192.0.2.9;transport=tcp>\r\n";
	unsigned *invites = arg;

	if (req->method == MSG_ACK)
		return;
	if (req->method != MSG_INVITE)
		server_reply(s, req, 200, "t", NULL, NULL);
	else if (++*invites == 2)
		server_reply(s, req, 491, "t", NULL, NULL);
	else
		server_reply(s, req, 200, "t", contact, SDP_IM);
}


/* The connection breaks: over the new one the peer learns where we are; DI9
 * when it has the same idea. */
static void test_flow_lost(void **state)
{
	struct world w;
	struct server s;
	struct node a;
	struct ua_session *session;
	struct ua_session_handlers h = node_session_h;
	unsigned invites = 0;
	char *before, *after;

	(void)state;
	world_open(&w, 29);
	server_open(&s, &w, "192.0.2.9", proxy_h, &invites);
	node_open(&a, &w, "alice", "192.0.2.1", "sip:192.0.2.9;transport=tcp");
	node_start(&a);
	world_run(&w, 15000);
	h.arg = &a;
	assert_int_equal(ua_session_invite(&session, a.ua,
				 "sip:kim@example.org", NULL, &h),
		0);
	world_run(&w, 100);
	assert_log(&a, "connecting online open ");
	before = header(server_last(&s, "INVITE"), "Contact");
	s.conn = mem_deref(s.conn);
	world_run(&w, 1000);
	assert_int_equal(invites, 2);
	after = header(server_last(&s, "INVITE"), "Contact");
	assert_string_not_equal(before, after);
	assert_pl(server_last(&s, "INVITE")->to.tag, "t");
	world_run(&w, 900);
	assert_int_equal(invites, 2);
	world_run(&w, 2200);
	assert_int_equal(invites, 3);
	assert_int_equal(
		server_last(&s, "ACK")->cseq, server_last(&s, "INVITE")->cseq);
	assert_true(ua_session_isopen(session));
	world_run(&w, 60 * 1000);
	assert_int_equal(invites, 3);
	mem_deref(before);
	mem_deref(after);
	mem_deref(session);
	node_close(&a);
	server_close(&s);
	world_close(&w);
}


int test_session(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_loss),
		cmocka_unit_test(test_reject),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_nobody_answers),
		cmocka_unit_test(test_both_call),
		cmocka_unit_test(test_dead_peer),
		cmocka_unit_test(test_bye_while_waiting),
		cmocka_unit_test(test_bye_after_answer),
		cmocka_unit_test(test_account_gone),
		cmocka_unit_test(test_ringing_limit),
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_uas),
		cmocka_unit_test(test_no_ack),
		cmocka_unit_test(test_early_end),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_account_first),
		cmocka_unit_test(test_cseq),
		cmocka_unit_test(test_bye_reason),
		cmocka_unit_test(test_end_and_release),
		cmocka_unit_test(test_signed_out),
		cmocka_unit_test(test_flow_lost),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
