/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "data.h"

int test_value(void);


/* PA13: any 32-bit number is read, and none wraps. */
static void cseq(void **state)
{
	static const struct {
		const char *text;
		int err;
		uint32_t n;
		const char *method;
	} cases[] = {
		{"1 INVITE", 0, 1, "INVITE"},
		{" 0009 \t INVITE ", 0, 9, "INVITE"},
		{"4294967295 X%41", 0, UINT32_MAX, "X%41"},
		{"4294967296 INVITE", EBADMSG, 7, ""},
		{"36893488147419103232 REGISTER", EBADMSG, 7, ""},
		{"-1 INVITE", EBADMSG, 7, ""},
		{"1INVITE", EBADMSG, 7, ""},
		{"1", EBADMSG, 7, ""},
		{"INVITE", EBADMSG, 7, ""},
		{"1 INVITE x", EBADMSG, 7, ""},
		{"1 IN\"V", EBADMSG, 7, ""},
		{"", EBADMSG, 7, ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text), method = PL("");
		uint32_t n = 7;

		assert_int_equal(
			msg_cseq_decode(&n, &method, &pl), cases[i].err);
		assert_int_equal(n, cases[i].n);
		assert_pl(method, cases[i].method);
	}
}


static void retry_after(void **state)
{
	static const struct {
		const char *text;
		int err;
		uint32_t seconds;
		const char *comment;
		uint32_t duration;
	} cases[] = {
		{"120", 0, 120, "", 0},
		{"120 (busy (really) \\) now);duration=60", 0, 120,
			"busy (really) \\) now", 60},
		{"5;duration=60;x", 0, 5, "", 60},
		{"18000;duration=x", EBADMSG, 0, "", 0},
		{"120 (open", EBADMSG, 0, "", 0},
		{"120 (open\\", EBADMSG, 0, "", 0},
		{"949302838503028349304023988", EBADMSG, 0, "", 0},
		{"soon", EBADMSG, 0, "", 0},
		{"120 x", EBADMSG, 0, "", 0},
		{"", EBADMSG, 0, "", 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);
		struct msg_retry_after ra;

		assert_int_equal(
			msg_retry_after_decode(&ra, &pl), cases[i].err);
		if (cases[i].err)
			continue;
		assert_int_equal(ra.seconds, cases[i].seconds);
		assert_pl(ra.comment, cases[i].comment);
		assert_int_equal(ra.duration, cases[i].duration);
	}
}


static void warning(void **state)
{
	static const struct {
		const char *text;
		int err;
		uint16_t code;
		const char *agent, *words;
	} cases[] = {
		{"307 isi.edu \"Session parameter 'foo' not understood\"", 0,
			307, "isi.edu",
			"Session parameter 'foo' not understood"},
		{"399 [2001:db8::1]:5060 \"a \\\" b\"", 0, 399,
			"[2001:db8::1]:5060", "a \\\" b"},
		{"1812 overture \"In Progress\"", EBADMSG, 0, "", ""},
		{"39 a \"b\"", EBADMSG, 0, "", ""},
		{"399 a b", EBADMSG, 0, "", ""},
		{"399 a \"b", EBADMSG, 0, "", ""},
		{"399 a \"b\" c", EBADMSG, 0, "", ""},
		{"", EBADMSG, 0, "", ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);
		struct msg_warning w;

		assert_int_equal(msg_warning_decode(&w, &pl), cases[i].err);
		if (cases[i].err)
			continue;
		assert_int_equal(w.code, cases[i].code);
		assert_pl(w.agent, cases[i].agent);
		assert_pl(w.text, cases[i].words);
	}
}


static void reason(void **state)
{
	struct pl pl = PL("SIP ;cause=480 ;text=\"Gone \\\"out\\\"\""),
		  q850 = PL("Q.850;cause=x"), bad = PL("SIP cause=1");
	struct msg_reason r;

	(void)state;
	assert_int_equal(msg_reason_decode(&r, &pl), 0);
	assert_pl(r.protocol, "SIP");
	assert_true(r.has_cause);
	assert_int_equal(r.cause, 480);
	assert_pl(r.text, "Gone \\\"out\\\"");
	assert_int_equal(msg_reason_decode(&r, &q850), 0);
	assert_false(r.has_cause);
	assert_null(r.text.p);
	assert_int_equal(msg_reason_decode(&r, &bad), EBADMSG);
}


static void seconds(void **state)
{
	static const struct {
		const char *lines;
		enum hdr_id id;
		int err;
		uint32_t seconds;
	} cases[] = {
		{"Expires: 3600\n", HDR_EXPIRES, 0, 3600},
		{"Expires: 1000000000000000000\n", HDR_EXPIRES, 0, UINT32_MAX},
		{"Expires: soon\n", HDR_EXPIRES, EBADMSG, 7},
		{"Expires: -5\n", HDR_EXPIRES, EBADMSG, 7},
		{"Expires:\n", HDR_EXPIRES, EBADMSG, 7},
		{"", HDR_EXPIRES, ENOENT, 7},
		{"x: 1800;refresher=uac\n", HDR_SESSION_EXPIRES, 0, 1800},
		{"Max-Forwards: 0068\n", HDR_MAX_FORWARDS, 0, 68},
		{"Min-Expires: 5000000000\n", HDR_MIN_EXPIRES, EBADMSG, 7},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf("OPTIONS sip:a@example.org SIP/2.0\n"
					"Via: SIP/2.0/UDP a;branch=z9hG4bK1\n"
					"From: <sip:b@example.org>;tag=1\n"
					"To: <sip:a@example.org>\n"
					"Call-ID: 1\nCSeq: 1 OPTIONS\n%s\n",
			cases[i].lines);
		struct msg *msg = NULL;
		uint32_t n = 7;
		const char *why;

		assert_int_equal(decode_text(&msg, text, &why), 0);
		assert_int_equal(
			msg_seconds(msg, cases[i].id, &n), cases[i].err);
		assert_int_equal(n, cases[i].seconds);
		mem_deref(msg);
		mem_deref(text);
	}
}


static void grammar(void **state)
{
	struct pl ok = PL("a \xc3\xa4\tb"), cr = PL("a\rb"), lf = PL("a\nb"),
		  nul = PL("a\0b"), unset = PL_INIT, token = PL("a-.!%*_+`'~1");

	(void)state;
	assert_true(msg_value_ok(&ok));
	assert_true(msg_value_ok(&unset));
	assert_false(msg_value_ok(&cr));
	assert_false(msg_value_ok(&lf));
	assert_false(msg_value_ok(&nul));
	assert_true(msg_token_ok(&token));
	assert_false(msg_token_ok(&ok));
	assert_false(msg_token_ok(&unset));
}


int test_value(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cseq),
		cmocka_unit_test(retry_after),
		cmocka_unit_test(warning),
		cmocka_unit_test(reason),
		cmocka_unit_test(seconds),
		cmocka_unit_test(grammar),
	};

	return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
