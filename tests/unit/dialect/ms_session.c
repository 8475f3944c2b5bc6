/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms_session.c - what becomes of texts when sessions of Microsoft end, fail or
 * are replaced ([MS-SIP], [MS-OCER]). */
#include "ms_world.h"

int test_ms_session(void);

#define BOB "sip:bob@example.org"

static const char sdp[] =
	"v=0\r\no=- 0 0 IN IP4 192.0.2.9\r\ns=session\r\n"
	"c=IN IP4 192.0.2.9\r\nt=0 0\r\nm=message 5060 sip null\r\n"
	"a=accept-types:text/plain\r\n";


/* Sessions stand; texts in them get the number in cseq. */
static void peer_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	switch (req->method) {
	case MSG_INVITE:
		m->n++;
		a->type = "application/sdp";
		a->body = sdp;
		break;
	case MSG_MESSAGE:
	case MSG_INFO:
		a->status = (uint16_t)m->cseq;
		break;
	default:
		break;
	}
}


/* ANSWER to texts; 0: none. */
static struct ms_world *open_world(uint16_t answer)
{
	struct ms_world *m = ms_world_make();

	m->h = peer_h;
	m->cseq = answer;
	m->a.config.publish = false;
	ms_world_start(m);
	m->a.log[0] = '\0';
	return m;
}


/* In the dialog of our last INVITE. */
static void from_peer(struct ms_world *m, const char *method, const char *type,
	const char *text)
{
	const struct msg *req = server_last(&m->s, "INVITE");

	assert_non_null(req);
	server_stream(&m->s,
		"%s sip:alice@192.0.2.1;transport=tcp SIP/2.0\r\n"
		"Via: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bKp%zu\r\n"
		"From: <%.*s>;tag=srv\r\nTo: <%.*s>;tag=%.*s\r\n"
		"Call-ID: %.*s\r\nCSeq: %zu %s\r\nMax-Forwards: 70\r\n"
		"Contact: <sip:bob@192.0.2.9;transport=tcp>\r\n"
		"Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
		method, m->s.n, PL_ARG(&req->to.uri_text),
		PL_ARG(&req->from.uri_text), PL_ARG(&req->from.tag),
		PL_ARG(&req->call_id), m->s.n, method, type, strlen(text),
		text);
	ms_run(m, 50);
}


/* A session of theirs, which we take. */
static void invites(struct ms_world *m, const char *call_id)
{
	const struct msg *ok;
	size_t i;

	server_stream(&m->s,
		"INVITE sip:alice@192.0.2.1;transport=tcp SIP/2.0\r\n"
		"Via: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bKi%s\r\n"
		"From: <" BOB ">;tag=%s\r\nTo: <sip:alice@example.org>\r\n"
		"Call-ID: %s\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
		"Contact: <sip:bob@192.0.2.9;transport=tcp>\r\n"
		"Content-Type: application/sdp\r\nContent-Length: %zu\r\n"
		"\r\n%s",
		call_id, call_id, call_id, strlen(sdp), sdp);
	ms_run(m, 50);
	ok = m->s.msgs[m->s.n - 1];
	for (i = m->s.n; ok->request; i--)
		ok = m->s.msgs[i - 1];
	server_stream(&m->s,
		"ACK sip:alice@192.0.2.1;transport=tcp SIP/2.0\r\n"
		"Via: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bKa%s\r\n"
		"From: <" BOB ">;tag=%s\r\n"
		"To: <sip:alice@example.org>;tag=%.*s\r\n"
		"Call-ID: %s\r\nCSeq: 1 ACK\r\nMax-Forwards: 70\r\n"
		"Content-Length: 0\r\n\r\n",
		call_id, call_id, PL_ARG(&ok->to.tag), call_id);
	ms_run(m, 50);
}


/* BYE while a text is on its way: its fate is told, with what is known, and
 * the next one has a session of its own. */
static void bye(void **state)
{
	struct ms_world *m = open_world(0);

	(void)state;
	endpoint_send(m->a.e, BOB, "one", 1);
	ms_run(m, 500);
	assert_int_equal(server_count(&m->s, "MESSAGE"), 1);
	from_peer(m, "BYE", "text/plain", "");
	m->cseq = 200;
	endpoint_send(m->a.e, BOB, "two", 2);
	ms_run(m, 3000);
	assert_non_null(strstr(m->a.log, "1=unknown/session "));
	assert_non_null(strstr(m->a.log, "bob:closed/session/them "));
	assert_non_null(strstr(m->a.log, "2=delivered/session "));
	assert_int_equal(m->n, 2);
	ms_world_close(m);
}


/* The same where we close it. */
static void closed(void **state)
{
	struct ms_world *m = open_world(0);

	(void)state;
	endpoint_send(m->a.e, BOB, "one", 1);
	ms_run(m, 500);
	endpoint_chat_close(m->a.e, BOB);
	m->cseq = 200;
	endpoint_send(m->a.e, BOB, "two", 2);
	ms_run(m, 3000);
	assert_non_null(strstr(m->a.log, "1=unknown/session "));
	assert_non_null(strstr(m->a.log, "2=delivered/session "));
	ms_world_close(m);
}


/* ... whose answer may be right behind the BYE. */
static void crossed(void **state)
{
	struct ms_world *m = open_world(0);

	(void)state;
	endpoint_send(m->a.e, BOB, "one", 1);
	ms_run(m, 500);
	from_peer(m, "BYE", "text/plain", "");
	m->s.stream = true;
	server_reply(
		&m->s, server_last(&m->s, "MESSAGE"), 200, NULL, NULL, NULL);
	ms_run(m, 40 * 1000);
	assert_non_null(strstr(m->a.log, "1=delivered/session "));
	assert_null(strstr(m->a.log, "1=unknown"));
	ms_world_close(m);
}


/* The device has gone: once more by a new session, then it is told. */
static void gone(void **state)
{
	static const uint16_t statuses[] = {480, 481};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(statuses); i++) {
		struct ms_world *m = open_world(statuses[i]);

		endpoint_send(m->a.e, BOB, "one", 1);
		ms_run(m, 40 * 1000);
		assert_non_null(strstr(m->a.log, "1=refused/session "));
		assert_int_equal(m->n, 2);
		assert_int_equal(server_count(&m->s, "MESSAGE"), 2);
		ms_world_close(m);
	}
}


/* Not this text, but the session stands. */
static void stays(void **state)
{
	static const uint16_t statuses[] = {415, 606, 503};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(statuses); i++) {
		struct ms_world *m = open_world(statuses[i]);

		endpoint_send(m->a.e, BOB, "one", 1);
		ms_run(m, 1000);
		assert_non_null(strstr(m->a.log,
			statuses[i] == 503 ? "1=later/session "
					   : "1=refused/session "));
		assert_null(strstr(m->a.log, "closed"));
		m->cseq = 200;
		endpoint_send(m->a.e, BOB, "two", 2);
		ms_run(m, 1000);
		assert_non_null(strstr(m->a.log, "2=delivered/session "));
		assert_int_equal(m->n, 1);
		ms_world_close(m);
	}
}


/* A later session of theirs takes the place of the one that stands; what got
 * no answer there goes in the new one. */
static void replaced(void **state)
{
	struct ms_world *m = open_world(0);

	(void)state;
	endpoint_send(m->a.e, BOB, "one", 1);
	ms_run(m, 500);
	/* Not as if both had begun at once. */
	ms_run(m, 10 * 1000);
	m->cseq = 200;
	invites(m, "second");
	ms_run(m, 2000);
	assert_int_equal(server_count(&m->s, "BYE"), 1);
	endpoint_send(m->a.e, BOB, "two", 2);
	ms_run(m, 3000);
	assert_non_null(strstr(m->a.log, "1=delivered/session "));
	assert_non_null(strstr(m->a.log, "2=delivered/session "));
	assert_int_equal(m->n, 1);
	ms_world_close(m);
}


/* Keys as INFO, as a MESSAGE of XML or of plain text: never a text. */
static void keys(void **state)
{
	static const char type[] =
		"<?xml version=\"1.0\"?><KeyboardActivity><status "
		"status=\"type\" /></KeyboardActivity>";
	static const char *const ways[][2] = {
		{"INFO", "application/xml"},
		{"MESSAGE", "application/xml"},
		{"MESSAGE", "text/plain"},
		{"MESSAGE", "text/plain; charset=UTF-8;msgr=WAAtAE0A"},
	};
	struct ms_world *m = open_world(200);
	size_t i;

	(void)state;
	endpoint_send(m->a.e, BOB, "one", 1);
	ms_run(m, 500);
	for (i = 0; i < UNIT_N(ways); i++) {
		m->a.log[0] = '\0';
		from_peer(m, ways[i][0], ways[i][1], type);
		assert_log(&m->a, "bob:typing ");
		from_peer(m, "MESSAGE", "text/plain", "hi");
		assert_log(&m->a, "bob:idle bob::hi ");
	}
	ms_world_close(m);
}


int test_ms_session(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bye),
		cmocka_unit_test(crossed),
		cmocka_unit_test(closed),
		cmocka_unit_test(gone),
		cmocka_unit_test(stays),
		cmocka_unit_test(replaced),
		cmocka_unit_test(keys),
	};

	return cmocka_run_group_tests_name("ms_session", tests, NULL, NULL);
}
