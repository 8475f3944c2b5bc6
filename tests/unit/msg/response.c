/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "data.h"

int test_response(void);

#define TAIL                                                               \
	"From: <sip:bob@example.org>;tag=1\nTo: <sip:alice@example.org>\n" \
	"Call-ID: 1\nCSeq: 1 MESSAGE\n\n"


/* Request, what is wanted, and what comes. */
static void heads(void **state)
{
	static const struct pl tag = PL("mine");
	static const struct {
		const char *request;
		struct msg_response r;
		const char *expected;
	} cases[] = {
		{"MESSAGE sip:alice@example.org SIP/2.0\n"
		 "v: SIP/2.0/UDP 192.0.2.1 ; branch=z9hG4bK1,"
		 " SIP/2.0/UDP b;branch=z9hG4bK2\n"
		 "Record-Route: <sip:p1;lr>\nRecord-Route: <sip:p2;lr>\n"
		 "Via: SIP/2.0/UDP c\n" TAIL,
			{.status = 200, .to_tag = &tag},
			"SIP/2.0 200 OK\n"
			"Via: SIP/2.0/UDP 192.0.2.1 ; branch=z9hG4bK1\n"
			"Via: SIP/2.0/UDP b;branch=z9hG4bK2\n"
			"Via: SIP/2.0/UDP c\n"
			"From: <sip:bob@example.org>;tag=1\n"
			"To: <sip:alice@example.org>;tag=mine\n"
			"Call-ID: 1\nCSeq: 1 MESSAGE\n"},
		/* rport and received are ours to say, whatever was there */
		{"MESSAGE sip:alice@example.org SIP/2.0\n"
		 "Via: SIP/2.0/UDP a;rport;branch=z9hG4bK1;received=9.9.9.9\n"
		 "Record-Route: <sip:p1;lr>,<sip:p2;lr>\n" TAIL,
			{.status = 480,
				.reason = "Away",
				.received = "192.0.2.7",
				.rport = 5099,
				.record_route = true},
			"SIP/2.0 480 Away\n"
			"Via: SIP/2.0/UDP a;branch=z9hG4bK1"
			";received=192.0.2.7;rport=5099\n"
			"Record-Route: <sip:p1;lr>,<sip:p2;lr>\n"
			"From: <sip:bob@example.org>;tag=1\n"
			"To: <sip:alice@example.org>\n"
			"Call-ID: 1\nCSeq: 1 MESSAGE\n"},
		/* a tag that is there stays alone */
		{"MESSAGE sip:alice@example.org SIP/2.0\n"
		 "Via: SIP/2.0/UDP a\nf: x <sip:bob@example.org>\n"
		 "t: <sip:alice@example.org>;tag=2\ni: 1\nCSeq: 1 MESSAGE\n\n",
			{.status = 299, .to_tag = &tag, .received = "::1"},
			"SIP/2.0 299 OK\n"
			"Via: SIP/2.0/UDP a;received=::1\n"
			"From: x <sip:bob@example.org>\n"
			"To: <sip:alice@example.org>;tag=2\n"
			"Call-ID: 1\nCSeq: 1 MESSAGE\n"},
		{"INVITE sip:alice@example.org SIP/2.0\nv: SIP/2.0/UDP a\n"
		 "Timestamp: 54\n"
		 "f: <sip:bob@example.org>;tag=1\n"
		 "t: <sip:alice@example.org>\ni: 1\nCSeq: 1 INVITE\n\n",
			{.status = 100},
			"SIP/2.0 100 Trying\nVia: SIP/2.0/UDP a\n"
			"From: <sip:bob@example.org>;tag=1\n"
			"To: <sip:alice@example.org>\n"
			"Call-ID: 1\nCSeq: 1 INVITE\nTimestamp: 54\n"},
		/* a bad request is answered with what it has */
		{"MESSAGE sip:alice@example.org SIP/2.0\n"
		 "Via: SIP/2.0/UDP a;;\nCSeq: 1 MESSAGE\n"
		 "To: \"x <sip:alice@example.org>\n\n",
			{.status = 400, .to_tag = &tag},
			"SIP/2.0 400 Bad Request\n"
			"Via: SIP/2.0/UDP a;;\n"
			"To: \"x <sip:alice@example.org>;tag=mine\n"
			"CSeq: 1 MESSAGE\n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct mbuf *mb = mbuf_alloc(10000);
		char *expected = crlf(cases[i].expected);
		struct msg *msg = NULL;
		const char *why;
		struct pl all;

		(void)decode_text(&msg, cases[i].request, &why);
		assert_non_null(msg);
		assert_int_equal(msg_put_response(mb, msg, &cases[i].r), 0);
		all = mbuf_all(mb);
		assert_pl(all, expected);
		mem_deref(msg);
		mem_deref(expected);
		mem_deref(mb);
	}
}


/* PA22: a CR inside what would be echoed is left out, and a Via that has
 * one cannot be answered at all. */
static void hostile(void **state)
{
	static const char to[] = "MESSAGE sip:alice@example.org SIP/2.0\r\n"
				 "Via: SIP/2.0/UDP a\r\nTo: a\rX: y\r\n"
				 "CSeq: 1 MESSAGE\r\n\r\n",
			  via[] = "MESSAGE sip:alice@example.org SIP/2.0\r\n"
				  "Via: SIP/2.0/UDP a;x=\"\r\"\r\n"
				  "CSeq: 1 MESSAGE\r\n\r\n";
	struct msg_response r = {.status = 400};
	struct mbuf *mb = mbuf_alloc(10000);
	struct msg *msg = NULL;
	const char *why;
	struct pl all;

	(void)state;
	assert_int_equal(
		msg_decode(&msg, to, strlen(to), false, NULL, &why), EBADMSG);
	assert_int_equal(msg_put_response(mb, msg, &r), 0);
	all = mbuf_all(mb);
	assert_pl(all,
		"SIP/2.0 400 Bad Request\r\nVia: SIP/2.0/UDP a\r\n"
		"CSeq: 1 MESSAGE\r\n");
	msg = mem_deref(msg);
	mbuf_reset(mb);
	assert_int_equal(
		msg_decode(&msg, via, strlen(via), false, NULL, &why), EBADMSG);
	assert_int_equal(msg_put_response(mb, msg, &r), EINVAL);
	mem_deref(msg);
	mem_deref(mb);
}


static void phrases(void **state)
{
	static const struct {
		uint16_t status;
		const char *phrase;
	} cases[] = {
		{202, "Accepted"},
		{404, "Not Found"},
		{489, "Bad Event"},
		{299, "OK"},
		{499, "Request Failure"},
		{599, "Server Failure"},
		{699, "Global Failure"},
		{42, "Unknown"},
		{65535, "Unknown"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++)
		assert_string_equal(
			msg_reason_phrase(cases[i].status), cases[i].phrase);
}


int test_response(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads),
		cmocka_unit_test(hostile),
		cmocka_unit_test(phrases),
	};

	return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
