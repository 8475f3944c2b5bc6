/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes over a signed flow: which messages need no signature, which are
 * dropped, which end the connection. */
#include <errno.h>
#include "signer.h"

int test_auth_assoc_check(void);


static void begin(struct signer *s)
{
	signer_start(s, 4, false);
	signer_register(s);
	assert_int_equal(s->peer->conns.count, 1);
}


static bool connected(const struct signer *s)
{
	memnet_run(s->lab->net, 100);
	return s->peer->conns.count > 0;
}


/* An unsigned final answer fails its request at once, in words; a provisional
 * one is as if it had not come. */
static void unsigned_answers(void **state)
{
	static const uint16_t statuses[] = {200, 202, 302, 404, 480, 503, 603};
	struct lab_result result;
	char status[8];
	struct signer s;
	size_t i;

	(void)state;
	begin(&s);
	for (i = 0; i < UNIT_N(statuses); i++) {
		signer_send(&s, "MESSAGE", "sip:bob@example.org");
		signer_verify(&s, signer_got(&s));
		(void)snprintf(status, sizeof(status), "%u", statuses[i]);
		signer_answer(&s, status);
		result = signer_result(&s);
		assert_int_equal(result.err, SIP_EFORGED);
		assert_true(result.maybe);
		assert_non_null(strstr(result.why, "not signed"));
		assert_false(signer_has(&s));
	}
	signer_send(&s, "MESSAGE", "sip:bob@example.org");
	signer_verify(&s, signer_got(&s));
	signer_answer(&s, "183");
	memnet_run(s.lab->net, 100);
	assert_int_equal(s.results.n, 0);
	signer_answer_signed(&s, 200, 2);
	assert_int_equal(signer_result(&s).status, 200);
	assert_true(connected(&s));
	signer_stop(&s);
}


/* Challenges and answers to REGISTER need none. */
static void exempt(void **state)
{
	struct signer s;
	char *text;

	(void)state;
	begin(&s);
	signer_send(&s, "REGISTER", "sip:example.org");
	signer_verify(&s, signer_got(&s));
	signer_answer(&s, "503");
	assert_int_equal(signer_result(&s).status, 503);
	signer_send(&s, "REGISTER", "sip:example.org");
	signer_verify(&s, signer_got(&s));
	signer_answer(&s, "200");
	assert_int_equal(signer_result(&s).status, 200);
	signer_send(&s, "MESSAGE", "sip:bob@example.org");
	signer_verify(&s, signer_got(&s));
	text = signer_challenge(&s, "");
	text[2] = '7';
	signer_answer(&s, "407\nProxy-Authenticate: Basic realm=\"a\"");
	assert_int_equal(signer_result(&s).err, EACCES);
	mem_deref(text);
	signer_stop(&s);
}


static bool hear_h(struct sip_strans *st, const struct msg *req,
	struct sip_flow *flow, void *arg)
{
	unsigned *heard = arg;

	(void)flow;
	++*heard;
	if (req->method != MSG_ACK)
		assert_int_equal(sip_strans_answer(st, 200, NULL), 0);
	return true;
}


/* Numbers: each once, in any order within the window. */
static void numbers(void **state)
{
	static const struct {
		uint32_t n;
		bool heard;
	} rows[] = {
		{2, true},
		{2, false},
		{3, true},
		{5, true},
		{4, true},
		{4, false},
		{1, false}, /* the 200 to REGISTER had it */
		{0, false}, /* not signed */
		{100, true},
		{37, true}, /* the window's last */
		{37, false},
		{36, false}, /* behind it */
		{99, true},
		{400, true},
		{337, true},
		{336, false},
		{UINT32_MAX, true},
		{UINT32_MAX, false},
		{UINT32_MAX - 1, true},
		{400, false},
	};
	struct sip_listener *listener;
	unsigned heard = 0, want = 0;
	struct signer s;
	size_t i;

	(void)state;
	begin(&s);
	assert_int_equal(
		sip_listener_add(&listener, s.lab->sip, hear_h, &heard), 0);
	for (i = 0; i < UNIT_N(rows); i++) {
		signer_request(&s, "MESSAGE", rows[i].n);
		want += rows[i].heard;
		memnet_run(s.lab->net, 100);
		if (heard != want)
			fail_msg("row %zu", i);
		if (rows[i].heard)
			signer_verify(&s, signer_got(&s));
		assert_int_equal(s.peer->n, s.next);
	}
	assert_true(connected(&s));
	mem_deref(listener);
	signer_stop(&s);
}


/* Another key, another text, another number: somebody is on the way. */
static void wrong(void **state)
{
	static const struct {
		const char *from, *to;
		bool ends;
	} rows[] = {
		{"rspauth=\"01", "rspauth=\"02", true},
		{"rspauth=\"01", "rspauth=\"0", true},
		{"rspauth=\"01", "rspauth=\"zz", true},
		{"srand=\"9", "srand=\"8", true},
		{"snum=\"2", "snum=\"3", true},
		{"snum=\"2", "snum=\"x", true},
		{"64000000\"", "65000000\"", true},
		/* of another server: as if there were none */
		{"targetname=\"f", "targetname=\"g", false},
		{"realm=\"S", "realm=\"T", false},
		{"NTLM ", "Kerberos ", false},
	};
	const char *at;
	struct signer s;
	struct msg *msg;
	char *line, *text;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		begin(&s);
		msg = lab_msg("MESSAGE sip:alice@192.0.2.1 SIP/2.0\n"
			      "Via: SIP/2.0/TCP 192.0.2.2;branch=z9hG4bK1\n"
			      "From: <sip:bob@example.org>;tag=b\n"
			      "To: <sip:alice@example.org>\n"
			      "Call-ID: c\nCSeq: 1 MESSAGE\n\n");
		line = signer_line(&s, msg, 2);
		at = strstr(line, rows[i].from);
		assert_non_null(at);
		text = mem_printf("MESSAGE sip:alice@192.0.2.1 SIP/2.0\n"
				  "Via: SIP/2.0/TCP 192.0.2.2;branch=z9hG4bK1\n"
				  "From: <sip:bob@example.org>;tag=b\n"
				  "To: <sip:alice@example.org>\n"
				  "Call-ID: c\nCSeq: 1 MESSAGE\n"
				  "%.*s%s%s\nContent-Length: 0\n\n",
			(int)(at - line), line, rows[i].to,
			at + strlen(rows[i].from));
		lab_peer_say(s.peer, text);
		if (connected(&s) == rows[i].ends)
			fail_msg("row %zu", i);
		assert_false(signer_has(&s));
		mem_deref(text);
		mem_deref(line);
		mem_deref(msg);
		signer_stop(&s);
	}
}


/* A request under way is told why its connection ended. */
static void wrong_answer(void **state)
{
	struct lab_result result;
	struct signer s;

	(void)state;
	begin(&s);
	signer_send(&s, "MESSAGE", "sip:bob@example.org");
	signer_verify(&s, signer_got(&s));
	s.keys.server.sign[0] ^= 1;
	signer_answer_signed(&s, 200, 2);
	result = signer_result(&s);
	assert_int_equal(result.err, SIP_EFORGED);
	assert_non_null(strstr(result.why, "wrong signature"));
	assert_false(signer_has(&s));
	assert_false(connected(&s));
	signer_stop(&s);
}


/* The latest opaque is used. */
static void opaque(void **state)
{
	struct signer s;

	(void)state;
	begin(&s);
	s.opaque = "NEW";
	signer_send(&s, "MESSAGE", "sip:bob@example.org");
	(void)signer_got(&s);
	lab_assert_param(
		s.peer, s.next - 1, HDR_AUTHORIZATION, "opaque", "2BDBAC9D");
	signer_answer_signed(&s, 200, 2);
	assert_int_equal(signer_result(&s).status, 200);
	s.cnum = 2;
	signer_send(&s, "MESSAGE", "sip:bob@example.org");
	signer_verify(&s, signer_got(&s));
	signer_stop(&s);
}


int test_auth_assoc_check(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsigned_answers),
		cmocka_unit_test(exempt),
		cmocka_unit_test(numbers),
		cmocka_unit_test(wrong),
		cmocka_unit_test(wrong_answer),
		cmocka_unit_test(opaque),
	};

	return cmocka_run_group_tests_name(
		"auth_assoc_check", tests, NULL, NULL);
}
