/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include "unit.h"
#include "data.h"

int test_msg(void);

#define VIA   "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\n"
#define FROM  "From: <sip:bob@example.org>;tag=1\n"
#define TO    "To: <sip:alice@example.org>\n"
#define ID    "Call-ID: 1@192.0.2.1\n"
#define CSEQ  "CSeq: 1 MESSAGE\n"
#define LINE  "MESSAGE sip:alice@example.org SIP/2.0\n"
#define REST  FROM TO ID CSEQ
#define SOUND LINE VIA REST


/* PA1, PA2, PA3, PA5: the names in all their forms, folds, order. */
static void request(void **state)
{
	static const char text[] =
		"\n\nMESSAGE sip:alice@example.org;x=y SIP/2.0\n"
		"v: SIP/2.0/TLS proxy.example.org;branch=z9hG4bKa,\n"
		" SIP/2.0/UDP [2001:db8::1]:5070;branch=z9hG4bKb\n"
		"VIA \t: SIP/2.0/UDP c;branch=z9hG4bKc\n"
		"f: \"Bob\n\t B.\" <sip:bob@example.org>\n ;tag=abc\n"
		"To: sip:alice@example.org\n"
		"i: 77@example.org\n"
		"CSeq: 5  MESSAGE\n"
		"X-Unknown:   a  b  \n"
		"Subject:\n"
		"c: text/plain\n"
		"l: 5\n"
		"\n"
		"hello and more";
	struct msg_list it = {0};
	struct msg *msg = NULL;
	const struct msg_hdr *h;
	const char *why;
	struct pl value;

	(void)state;
	assert_int_equal(decode_text(&msg, text, &why), 0);
	assert_null(why);
	assert_true(msg->request);
	assert_true(msg->method == MSG_MESSAGE);
	assert_pl(msg->method_text, "MESSAGE");
	assert_pl(msg->uri_text, "sip:alice@example.org;x=y");
	assert_pl(msg->via.host, "proxy.example.org");
	assert_pl(msg->via.branch, "z9hG4bKa");
	assert_pl(msg->from.display, "Bob B.");
	assert_pl(msg->from.tag, "abc");
	assert_pl(msg->from.params, ";tag=abc");
	assert_pl(msg->to.uri.host, "example.org");
	assert_false(pl_isset(&msg->to.tag));
	assert_pl(msg->call_id, "77@example.org");
	assert_int_equal(msg->cseq, 5);
	assert_pl(msg->content_type, "text/plain");
	assert_pl(msg->body, "hello");
	assert_int_equal(msg->bad, 0);
	assert_int_equal(msg->nhdrs, 10);
	assert_true(pl_startswith(&msg->all, "MESSAGE"));
	assert_ptr_equal(msg->all.p + msg->all.l, msg->body.p + msg->body.l);

	assert_true(msg_list_next(msg, HDR_VIA, &it, &value));
	assert_true(msg_list_next(msg, HDR_VIA, &it, &value));
	assert_pl(value, "SIP/2.0/UDP [2001:db8::1]:5070;branch=z9hG4bKb");
	assert_true(msg_list_next(msg, HDR_VIA, &it, &value));
	assert_pl(value, "SIP/2.0/UDP c;branch=z9hG4bKc");
	assert_false(msg_list_next(msg, HDR_VIA, &it, &value));
	h = msg_hdr_named(msg, "x-unknown");
	assert_non_null(h);
	assert_pl(h->value, "a  b");
	assert_pl(h->name, "X-Unknown");
	assert_true(msg_value(msg, HDR_SUBJECT, &value));
	assert_pl(value, "");
	read_everything(msg);
	mem_deref(msg);
}


static void response(void **state)
{
	static const struct {
		const char *line;
		uint16_t status;
		const char *reason;
	} cases[] = {
		{"SIP/2.0 200 OK\n", 200, "OK"},
		{"sip/2.0 200 OK\n", 200, "OK"},
		{"SIP/2.0 100 \n", 100, ""},
		{"SIP/2.0 100\n", 100, ""},
		{"SIP/2.0 699 a  b \xd0\xb1\n", 699, "a  b \xd0\xb1"},
		{"SIP/2.0 99 x\n", 0, ""},
		{"SIP/2.0 700 x\n", 0, ""},
		{"SIP/2.0 4294967496 x\n", 0, ""},
		{"SIP/2.0 20 x\n", 0, ""},
		{"SIP/2.0 2000 x\n", 0, ""},
		{"SIP/2.0 200OK\n", 0, ""},
		{"SIP/2.0 abc OK\n", 0, ""},
		{"SIP/3.0 200 OK\n", 0, ""},
		{"SIP/2.0\n", 0, ""},
		{"SIP/\n", 0, ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf("%s" VIA REST "\n", cases[i].line);
		struct msg *msg = NULL;
		const char *why;
		int err = decode_text(&msg, text, &why);

		mem_deref(text);
		if (!cases[i].status) {
			assert_int_equal(err, EBADMSG);
			assert_null(msg);
			continue;
		}
		assert_int_equal(err, 0);
		assert_false(msg->request);
		assert_int_equal(msg->status, cases[i].status);
		assert_pl(msg->reason, cases[i].reason);
		assert_true(msg->method == MSG_MESSAGE);
		mem_deref(msg);
	}
}


/* Each is refused with the status shown; 0: nothing could be answered. */
static void refused(void **state)
{
	static const struct {
		const char *text;
		int err;
		uint16_t answer;
	} cases[] = {
		/* PA21: what must be there */
		{LINE VIA TO ID CSEQ "\n", EBADMSG, 400},
		{LINE VIA FROM ID CSEQ "\n", EBADMSG, 400},
		{LINE VIA FROM TO CSEQ "\n", EBADMSG, 400},
		{LINE VIA FROM TO ID "\n", EBADMSG, 400},
		{LINE REST "\n", EBADMSG, 0},
		{LINE VIA FROM TO ID "CSeq: 1 INVITE\n\n", EBADMSG, 400},
		{LINE VIA FROM TO ID "CSeq: 1 message\n\n", EBADMSG, 400},
		{"WHAT sip:a@b SIP/2.0\n" VIA REST "\n", EBADMSG, 501},
		/* PA4: single headers doubled, equal or not, short or long */
		{SOUND FROM "\n", EBADMSG, 400},
		{SOUND "i: 2\n\n", EBADMSG, 400},
		{SOUND "l: 0\nContent-Length: 1\n\nx", EBADMSG, 400},
		{SOUND "l: 1\nContent-Length: x\n\nx", EBADMSG, 400},
		{SOUND "l: 18446744073709551616\nl: 1\n\nx", EBADMSG, 400},
		{SOUND "Expires: 1\nexpires: 1\n\n", EBADMSG, 400},
		{SOUND "Event: a\no: a\n\n", EBADMSG, 400},
		{SOUND "c: a/b\nc: a/b\n\n", EBADMSG, 400},
		/* PA17: the request line */
		{"MESSAGE <sip:a@b> SIP/2.0\n" VIA REST "\n", EBADMSG, 400},
		{"MESSAGE sip:a@b; lr SIP/2.0\n" VIA REST "\n", EBADMSG, 400},
		{"MESSAGE sip:a@b SIP/3.0\n" VIA REST "\n", EBADMSG, 505},
		{"MESSAGE sip:a@b SIP/2.00\n" VIA REST "\n", EBADMSG, 505},
		{"MESSAGE sip:a@b\n" VIA REST "\n", EBADMSG, 400},
		{"MESSAGE sip:a@b HTTP/1.1\n" VIA REST "\n", EBADMSG, 400},
		{"MESSAGE sip:a@b SIP/2.0 x\n" VIA REST "\n", EBADMSG, 400},
		{"MESSAGE\n" VIA REST "\n", EBADMSG, 400},
		{"MES\"AGE sip:a@b SIP/2.0\n" VIA REST "\n", EBADMSG, 400},
		{"\"MESSAGE\" sip:a@b SIP/2.0\n" VIA REST "\n", EBADMSG, 0},
		/* a fold of the start line, and header lines that are none */
		{"MESSAGE sip:a@b SIP/2.0\n x\n" VIA REST "\n", EBADMSG, 400},
		{SOUND "no colon here\n\n", EBADMSG, 400},
		{SOUND ": no name\n\n", EBADMSG, 400},
		{SOUND "bad name: x\n\n", EBADMSG, 400},
		{SOUND "l\v: 0\n\n", EBADMSG, 400},
		{SOUND "X: a\rb\n\n", EBADMSG, 400},
		{SOUND "X: a\r\r\n\n", EBADMSG, 400},
		/* PA14: Content-Length against what is there */
		{SOUND "l: 6\n\nhello", EBADMSG, 400},
		{SOUND "l: -1\n\nhello", EBADMSG, 400},
		{SOUND "l: 5 5\n\nhello", EBADMSG, 400},
		{SOUND "l:\n\nhello", EBADMSG, 400},
		{SOUND "l: 0x5\n\nhello", EBADMSG, 400},
		{SOUND "l: 18446744073709551616\n\nhello", EMSGSIZE, 413},
		{SOUND "l: 18446744073709551615\n\nhello", EMSGSIZE, 413},
		{SOUND "l: 1048577\n\nhello", EMSGSIZE, 413},
		/* Via, addresses, Call-ID, CSeq that are not sound */
		{LINE "v: SIP/2.0/UDP 192.0.2.1;;\n" REST "\n", EBADMSG, 400},
		{LINE "v: SIP/2.0/UDP\n" REST "\n", EBADMSG, 0},
		{LINE "v:\n" REST "\n", EBADMSG, 0},
		{LINE VIA "f: \"x <sip:a@b>\n" TO ID CSEQ "\n", EBADMSG, 400},
		{LINE VIA "f: \"x\\\n" TO ID CSEQ "\n", EBADMSG, 400},
		{LINE VIA FROM "t: nobody\n" ID CSEQ "\n", EBADMSG, 400},
		{LINE VIA FROM TO "i: a b\n" CSEQ "\n", EBADMSG, 400},
		{LINE VIA FROM TO "i:\n" CSEQ "\n", EBADMSG, 400},
		{LINE VIA FROM TO ID "CSeq: 4294967296 MESSAGE\n\n", EBADMSG,
			400},
		/* cut before the blank line */
		{SOUND, EBADMSG, 400},
		{SOUND "Content-Le", EBADMSG, 400},
		{"MESSAGE", EBADMSG, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct msg *msg = NULL;
		const char *why = NULL;
		int err = decode_text(&msg, cases[i].text, &why);

		if (err != cases[i].err ||
			(msg ? msg->bad : 0) != cases[i].answer)
			fail_msg("err %d, answer %d (%s): %s", err,
				msg ? msg->bad : 0, why ? why : "-",
				cases[i].text);
		assert_non_null(why);
		if (msg) {
			assert_string_equal(msg->bad_why, why);
			read_everything(msg);
		}
		mem_deref(msg);
	}
}


/* Odd, and still sound. */
static void taken(void **state)
{
	static const struct {
		const char *text, *body;
	} cases[] = {
		{SOUND "\n", ""},
		{SOUND "\nto the end", "to the end"},
		{SOUND "l: 2\n\nto the end", "to"},
		{SOUND "Content-Length:\n \n 2\n\nto the end", "to"},
		{SOUND "l: 0\n\n\n\n" SOUND "\n", ""},
		{"MESSAGE  sip:a@b   SIP/2.0 \n" VIA REST "\n", ""},
		{"MESSAGE sip:a@b?Route=%3Csip:c%3E SIP/2.0\n" VIA REST "\n",
			""},
		{"MESSAGE nobody:knows SIP/2.0\n" VIA REST "\n", ""},
		{"WHAT%41 sip:a@b SIP/2.0\n" VIA FROM TO ID
		 "CSeq: 1 WHAT%41\n\n",
			""},
		{SOUND "Odd:;;,,;\nOdd: again\nEven: \x01\x02\n\n", ""},
		{SOUND "WWW-Authenticate: Digest realm=\"a\"\n"
		       "WWW-Authenticate: NTLM\n\n",
			""},
		/* PA4: doubled, and harmless: they say nothing to obey */
		{SOUND "l: 2\nContent-Length: 02\n\nto the end", "to"},
		{SOUND "s: one\nSubject: two\nServer: a\nServer: b\n"
		       "User-Agent: a\nUser-Agent: b\nDate: a\nDate: b\n"
		       "Timestamp: 1\nTimestamp: 2\nOrganization: a\n"
		       "Organization: b\nPriority: a\nPriority: b\n"
		       "MIME-Version: 1.0\nMIME-Version: 1.0\n"
		       "In-Reply-To: a\nIn-Reply-To: b\n\n",
			""},
		{SOUND "\n text that looks like a fold",
			" text that looks like a fold"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct msg *msg = NULL;
		const char *why = NULL;
		struct pl body;
		char *s = crlf(cases[i].body);

		if (decode_text(&msg, cases[i].text, &why))
			fail_msg("%s: %s", why, cases[i].text);
		body = pl_str(s);
		assert_true(pl_eq(&msg->body, &body));
		read_everything(msg);
		mem_deref(msg);
		mem_deref(s);
	}
}


/* PA4: of several that only inform, the first counts. */
static void first_counts(void **state)
{
	static const char text[] = SOUND "Subject: one\ns: two\n\n";
	struct msg *msg = NULL;
	const struct msg_hdr *h;
	const char *why;

	(void)state;
	assert_int_equal(decode_text(&msg, text, &why), 0);
	h = msg_hdr(msg, HDR_SUBJECT);
	assert_pl(h->value, "one");
	h = msg_hdr_next(msg, h);
	assert_non_null(h);
	assert_pl(h->value, "two");
	assert_null(msg_hdr_next(msg, h));
	mem_deref(msg);
}


/* LF alone ends a line too. */
static void bare_lf(void **state)
{
	static const char text[] = SOUND "Subject: a\n b\nl: 2\n\nhi!";
	struct msg *msg = NULL;
	const char *why;
	struct pl value;

	(void)state;
	assert_int_equal(
		msg_decode(&msg, text, strlen(text), false, NULL, &why), 0);
	assert_true(msg_value(msg, HDR_SUBJECT, &value));
	assert_pl(value, "a b");
	assert_pl(msg->body, "hi");
	mem_deref(msg);
}


/* A NUL is text in a quoted pair and a 400 elsewhere. */
static void nuls(void **state)
{
	static const char quoted[] = LINE VIA TO ID CSEQ
		"f: \"a\\\0b\" <sip:bob@example.org>;tag=1\n\n\0body";
	static const char naked[] = SOUND "X: a\0b\n\n";
	static const char only[4] = {0};
	struct msg *msg = NULL;
	const char *why;

	(void)state;
	assert_int_equal(
		msg_decode(&msg, quoted, sizeof(quoted) - 1, false, NULL, &why),
		0);
	assert_int_equal(msg->from.display.l, 4);
	assert_int_equal(msg->body.l, 5);
	msg = mem_deref(msg);
	assert_int_equal(
		msg_decode(&msg, naked, sizeof(naked) - 1, false, NULL, &why),
		EBADMSG);
	assert_int_equal(msg->bad, 400);
	msg = mem_deref(msg);
	assert_int_equal(
		msg_decode(&msg, only, sizeof(only), false, NULL, &why),
		EBADMSG);
	assert_null(msg);
}


static void nothing(void **state)
{
	struct msg *msg = NULL;
	const char *why;

	(void)state;
	assert_int_equal(msg_decode(&msg, "", 0, false, NULL, &why), ENODATA);
	assert_int_equal(
		msg_decode(&msg, "\r\n\r\n", 4, false, NULL, &why), ENODATA);
	assert_null(msg);
}


/* PA15: a stream needs the length. */
static void stream(void **state)
{
	static const char without[] = SOUND "\n", with[] = SOUND "l: 0\n\n";
	struct msg *msg = NULL;
	const char *why;

	(void)state;
	assert_int_equal(
		msg_decode(&msg, without, strlen(without), true, NULL, &why),
		EBADMSG);
	assert_int_equal(msg->bad, 400);
	msg = mem_deref(msg);
	assert_int_equal(
		msg_decode(&msg, with, strlen(with), true, NULL, &why), 0);
	mem_deref(msg);
}


/* PA20: over a bound is refused, and its own block stays small. */
static void bounds(void **state)
{
	struct msg_limits limits = msg_limits_default;
	struct mbuf *mb = mbuf_alloc(4 * 1024 * 1024);
	struct msg *msg = NULL;
	const char *why;
	unsigned int i;

	(void)state;
	(void)mbuf_write_str(mb, SOUND);
	for (i = 0; i < 10000; i++)
		(void)mbuf_write_str(mb, "a:\n");
	(void)mbuf_write_str(mb, "\n");
	assert_int_equal(msg_decode(&msg, mb->buf, mb->end, false, NULL, &why),
		EMSGSIZE);
	assert_int_equal(msg->bad, 513);
	assert_int_equal(msg->nhdrs, 256);
	msg = mem_deref(msg);
	limits.headers = 100000;
	assert_int_equal(
		msg_decode(&msg, mb->buf, mb->end, false, &limits, &why), 0);
	assert_int_equal(msg->nhdrs, 10005);
	msg = mem_deref(msg);

	/* One line of 64 KiB, then a head that goes on for ever. */
	mbuf_reset(mb);
	(void)mbuf_write_str(mb, SOUND "X: ");
	for (i = 0; i < 64 * 1024; i++)
		(void)mbuf_write_u8(mb, 'a');
	assert_int_equal(msg_decode(&msg, mb->buf, mb->end, false, NULL, &why),
		EMSGSIZE);
	assert_int_equal(msg->bad, 513);
	msg = mem_deref(msg);
	(void)mbuf_write_str(mb, "\n\n");
	assert_int_equal(msg_decode(&msg, mb->buf, mb->end, false, NULL, &why),
		EMSGSIZE);
	msg = mem_deref(msg);
	limits.header_bytes = 128 * 1024;
	assert_int_equal(
		msg_decode(&msg, mb->buf, mb->end, false, &limits, &why), 0);
	assert_int_equal(msg_hdr_named(msg, "X")->value.l, 64 * 1024);
	msg = mem_deref(msg);

	/* The body, and the Request-URI. */
	mbuf_reset(mb);
	(void)mbuf_write_str(mb, SOUND "\n123456");
	limits.body_bytes = 5;
	assert_int_equal(
		msg_decode(&msg, mb->buf, mb->end, false, &limits, &why),
		EMSGSIZE);
	assert_int_equal(msg->bad, 413);
	msg = mem_deref(msg);
	limits.body_bytes = 6;
	assert_int_equal(
		msg_decode(&msg, mb->buf, mb->end, false, &limits, &why), 0);
	msg = mem_deref(msg);
	limits.uri_bytes = 20;
	assert_int_equal(
		msg_decode(&msg, mb->buf, mb->end, false, &limits, &why),
		EMSGSIZE);
	assert_int_equal(msg->bad, 414);
	mem_deref(msg);
	mem_deref(mb);
}


/* Every prefix gives an answer and not a crash; the copy has no byte to
 * spare, so that a sanitiser sees the first one too many. */
static void truncated(void **state)
{
	char *text = crlf(SOUND "s: \"a\\\"b\n c\" <x>\nl: 5\n\nhello");
	size_t n, len = strlen(text);

	(void)state;
	for (n = 0; n <= len; n++) {
		char *part = malloc(n ? n : 1);
		struct msg *msg = NULL;
		const char *why;
		int err;

		memcpy(part, text, n);
		err = msg_decode(&msg, part, n, false, NULL, &why);
		assert_int_equal(!err, n == len);
		if (msg)
			read_everything(msg);
		mem_deref(msg);
		free(part);
	}
	mem_deref(text);
}


/* The whole message in one block, and no more than that. */
static void one_block(void **state)
{
	size_t before = mem_live_count();
	struct msg *msg = NULL;
	const char *why;

	(void)state;
	assert_int_equal(decode_text(&msg, SOUND "\n", &why), 0);
	assert_int_equal(mem_live_count(), before + 1);
	mem_deref(msg);
}


int test_msg(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request),
		cmocka_unit_test(response),
		cmocka_unit_test(refused),
		cmocka_unit_test(taken),
		cmocka_unit_test(first_counts),
		cmocka_unit_test(bare_lf),
		cmocka_unit_test(nuls),
		cmocka_unit_test(nothing),
		cmocka_unit_test(stream),
		cmocka_unit_test(bounds),
		cmocka_unit_test(truncated),
		cmocka_unit_test(one_block),
	};

	return cmocka_run_group_tests_name("msg", tests, NULL, NULL);
}
