/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incoming.c - what strangers send: texts, notices, rubbish. */
#include "people.h"


int test_incoming(void);

#define KEYBOARD(word)                              \
	"<?xml version=\"1.0\"?><KeyboardActivity>" \
	"<status status=\"" word "\" /></KeyboardActivity>"
#define COMPOSING(word)                                                \
	"<?xml version=\"1.0\"?><isComposing "                         \
	"xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"><state>" word \
	"</state></isComposing>"


/* A MESSAGE from kim, each on a branch of its own. */
static void page(struct server *s, unsigned branch, unsigned cseq,
	const char *call_id, const char *type, const char *text)
{
	server_printf(s, "192.0.2.1", 5060,
		"MESSAGE sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKp%u\r\n"
		"Max-Forwards: 70\r\nFrom: <sip:kim@192.0.2.9>;tag=k\r\n"
		"To: <sip:alice@192.0.2.1>\r\nCall-ID: %s\r\n"
		"CSeq: %u MESSAGE\r\nContent-Type: %s\r\n"
		"Content-Length: %u\r\n\r\n%s",
		branch, call_id, cseq, type, (unsigned)strlen(text), text);
}


static struct two *open_with(struct server *s)
{
	struct two *t = two_make();

	server_open(s, &t->w, "192.0.2.9", NULL, NULL);
	person_start(&t->a);
	two_run(t, 10);
	t->a.log[0] = '\0';
	return t;
}


static void test_bodies(void **state)
{
	static const struct {
		const char *type, *body;
		uint16_t status;
		const char *log;
	} rows[] = {
		{"text/plain", "hi", 200, "kim:hi "},
		{"text/plain;charset=iso-8859-1", "\xe4", 200, "kim:\xc3\xa4 "},
		{"text/plain;charset=UTF-8", "\xff", 200, "kim:\xef\xbf\xbd "},
		{"text/html", "<b>hi</b>", 200, "kim:hi "},
		{"text/plain", "", 200, "kim: "},
		{"message/cpim", "From: x\r\n\r\n", 415, ""},
		{"image/png", "x", 415, ""},
		{"application/im-iscomposing+xml", COMPOSING("active"), 200,
			"kim:typing "},
		{"application/im-iscomposing+xml", COMPOSING("idle"), 200, ""},
		{"application/im-iscomposing+xml",
			"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", 415, ""},
		{"application/im-iscomposing+xml", "<<<<", 415, ""},
		{"application/xml", KEYBOARD("type"), 200, "kim:typing "},
		{"application/xml", "<other/>", 415, ""},
		{"multipart/mixed;boundary=", "--\r\n", 415, ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct server s;
		struct two *t = open_with(&s);

		page(&s, 1, 1, "c1", rows[i].type, rows[i].body);
		two_run(t, 100);
		assert_log(&t->a, rows[i].log);
		assert_non_null(server_last(&s, "MESSAGE"));
		if (server_last(&s, "MESSAGE")->status != rows[i].status)
			fail_msg("row %u: %u", (unsigned)i,
				server_last(&s, "MESSAGE")->status);
		server_close(&s);
		two_close(t);
	}
}


/* Promise 1's key: equal for the same request on another branch, another for
 * another body, Call-ID or CSeq. */
static void test_seen(void **state)
{
	struct server s;
	struct two *t = open_with(&s);
	size_t i, k;

	(void)state;
	page(&s, 1, 1, "c1", "text/plain", "hi");
	two_run(t, 40 * 1000);
	page(&s, 2, 1, "c1", "text/plain", "hi");
	two_run(t, 40 * 1000);
	page(&s, 3, 1, "c1", "text/plain", "ho");
	page(&s, 4, 2, "c1", "text/plain", "hi");
	page(&s, 5, 1, "c2", "text/plain", "hi");
	two_run(t, 100);
	assert_int_equal(t->a.nkeys, 5);
	assert_true(t->a.keys[0] == t->a.keys[1]);
	for (i = 1; i < 5; i++) {
		assert_true(t->a.keys[i] != 0);
		for (k = i + 1; k < 5; k++)
			assert_true(t->a.keys[i] != t->a.keys[k]);
	}
	server_close(&s);
	two_close(t);
}


/* The answer is whoever takes the text's to give, later. */
static void test_answers(void **state)
{
	static const struct {
		uint16_t answer;
		uint32_t after;
	} rows[] = {{200, 0}, {403, 0}, {500, 10}, {503, 30}};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct server s;
		struct two *t = open_with(&s);
		char *after;

		t->a.answer = 0;
		page(&s, 1, 1, "c1", "text/plain", "hi");
		two_run(t, 300);
		assert_null(server_last(&s, "MESSAGE"));
		assert_string_equal(
			endpoint_message_source(t->a.kept), "192.0.2.9");
		endpoint_message_answer(
			t->a.kept, rows[i].answer, rows[i].after);
		two_run(t, 100);
		assert_int_equal(
			server_last(&s, "MESSAGE")->status, rows[i].answer);
		after = rows[i].after ? mem_printf("%u", rows[i].after)
				      : mem_strdup("");
		assert_header(server_last(&s, "MESSAGE"), "Retry-After", after);
		mem_deref(after);
		server_close(&s);
		two_close(t);
	}
}


/* Kept too long: 500 by itself; the answer that comes then harms nobody. */
static void test_answered_late(void **state)
{
	struct server s;
	struct two *t = open_with(&s);

	(void)state;
	t->a.answer = 0;
	page(&s, 1, 1, "c1", "text/plain", "hi");
	two_run(t, 11 * 1000);
	assert_int_equal(server_last(&s, "MESSAGE")->status, 500);
	endpoint_message_answer(t->a.kept, 200, 0);
	t->a.e = mem_deref(t->a.e);
	endpoint_message_answer(t->a.kept, 200, 0);
	two_run(t, 100);
	server_close(&s);
	two_close(t);
}


/* Notices from ever new names: bounded, and texts still come through. */
static void test_flood(void **state)
{
	struct server s;
	struct two *t = open_with(&s);
	unsigned i;

	(void)state;
	for (i = 0; i < 10100; i++) {
		server_printf(&s, "192.0.2.1", 5060,
			"MESSAGE sip:alice@192.0.2.1 SIP/2.0\r\n"
			"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKf%u\r\n"
			"Max-Forwards: 70\r\n"
			"From: <sip:u%u@192.0.2.9>;tag=k\r\n"
			"To: <sip:alice@192.0.2.1>\r\nCall-ID: f%u\r\n"
			"CSeq: 1 MESSAGE\r\n"
			"Content-Type: application/im-iscomposing+xml\r\n"
			"Content-Length: %u\r\n\r\n%s",
			i, i, i, (unsigned)strlen(COMPOSING("active")),
			COMPOSING("active"));
		if (i % 1000 == 0)
			two_run(t, 1);
	}
	two_run(t, 100);
	t->a.log[0] = '\0';
	page(&s, 1, 1, "c1", "text/plain", "hi");
	two_run(t, 100);
	assert_log(&t->a, "kim:hi ");
	server_close(&s);
	two_close(t);
}


int test_incoming(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_seen),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_answered_late),
		cmocka_unit_test(test_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
