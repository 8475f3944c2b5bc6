/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "msg.h"

int test_addr(void);


static void decode(void **state)
{
	static const struct {
		const char *text, *display, *uri, *params, *tag;
	} cases[] = {
		{"<sip:a@example.org>", "", "sip:a@example.org", "", ""},
		{"sip:a@example.org", "", "sip:a@example.org", "", ""},
		/* PA6: without brackets the parameter is the header's. */
		{"sip:a@example.org;tag=x", "", "sip:a@example.org", ";tag=x",
			"x"},
		{"<sip:a@example.org;tag=x>", "", "sip:a@example.org;tag=x", "",
			""},
		{"Alice <sip:a@example.org>;tag=1", "Alice",
			"sip:a@example.org", ";tag=1", "1"},
		{"Alice<sip:a@example.org>", "Alice", "sip:a@example.org", "",
			""},
		{"\"A \\\"<b>\\\" ; ,\" <sip:a@example.org> ; TAG = x ;y",
			"A \\\"<b>\\\" ; ,", "sip:a@example.org",
			"; TAG = x ;y", "x"},
		{"\"\"<sip:a@example.org>", "", "sip:a@example.org", "", ""},
		{"Bell, Alexander <sip:a@example.org>", "Bell, Alexander",
			"sip:a@example.org", "", ""},
		{"< sip:a@example.org >", "", "sip:a@example.org", "", ""},
		{"<sip:a@example.org?Route=%3Csip:b%3E>", "",
			"sip:a@example.org?Route=%3Csip:b%3E", "", ""},
		{"sip:a@example.org;x=\"<\"", "", "sip:a@example.org",
			";x=\"<\"", ""},
		{"<name:John_Smith>", "", "name:John_Smith", "", ""},
		{"J\xc3\xb6rg <sip:a@example.org>", "J\xc3\xb6rg",
			"sip:a@example.org", "", ""},
		{"<sip:a@example.org>;epid=\"01\";tag=t", "",
			"sip:a@example.org", ";epid=\"01\";tag=t", "t"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);
		struct msg_addr a;

		if (msg_addr_decode(&a, &pl))
			fail_msg("%s", cases[i].text);
		assert_pl(a.display, cases[i].display);
		assert_pl(a.uri_text, cases[i].uri);
		assert_pl(a.params, cases[i].params);
		assert_pl(a.tag, cases[i].tag);
	}
}


static void refuse(void **state)
{
	static const char *const cases[] = {
		"",
		"*",
		"<>",
		"<sip:a@example.org",
		"sip:a@example.org>",
		"\"Mr. J. User <sip:a@example.org>",
		"\"ends in a backslash\\",
		"\"a\" sip:a@example.org",
		"sip:a@example.org?Route=x",
		"sip:a@example.org,sip:b@example.org",
		"<sip:a@example.org>,<sip:b@example.org>",
		"<sip:a@example.org> x",
		"<sip:a@example.org>;",
		"<sip:a@example.org>;;x",
		"<sip:a@example.org>;=x",
		"<sip:a@example.org>;tag=",
		"<sip:a@example.org>;tag",
		"<sip:a@example.org>;tag=\"x\"",
		"<sip:a@example.org>;tag=x;tag=y",
		"<sip:a@example.org>;x=\"y",
		"a \x01 <sip:a@example.org>",
	};
	struct pl nul = PL("\"a\0b\" <sip:a@example.org>");
	struct msg_addr a, before;
	size_t i;

	(void)state;
	memset(&a, 'x', sizeof(a));
	before = a;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i]);

		if (msg_addr_decode(&a, &pl) != EBADMSG)
			fail_msg("taken: %s", cases[i]);
	}
	assert_int_equal(msg_addr_decode(&a, &nul), EBADMSG);
	assert_memory_equal(&a, &before, sizeof(a));
}


/* A quoted pair may hold a NUL, and its length is kept. */
static void quoted_nul(void **state)
{
	struct pl pl = PL("\"a\\\0b\" <sip:a@example.org>");
	struct msg_addr a;

	(void)state;
	assert_int_equal(msg_addr_decode(&a, &pl), 0);
	assert_int_equal(a.display.l, 4);
}


static void expires(void **state)
{
	static const struct {
		const char *text;
		int err;
		uint32_t seconds;
	} cases[] = {
		{"<sip:a@example.org>;expires=60", 0, 60},
		{"<sip:a@example.org>;Expires=\"60\"", 0, 60},
		{"<sip:a@example.org>;expires=99999999999", 0, UINT32_MAX},
		{"<sip:a@example.org>", ENOENT, 7},
		{"<sip:a@example.org;expires=60>", ENOENT, 7},
		{"<sip:a@example.org>;expires=soon", EBADMSG, 7},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);
		uint32_t seconds = 7;
		struct msg_addr a;

		assert_int_equal(msg_addr_decode(&a, &pl), 0);
		assert_int_equal(
			msg_contact_expires(&a, &seconds), cases[i].err);
		assert_int_equal(seconds, cases[i].seconds);
	}
}


int test_addr(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode),
		cmocka_unit_test(refuse),
		cmocka_unit_test(quoted_nul),
		cmocka_unit_test(expires),
	};

	return cmocka_run_group_tests_name("addr", tests, NULL, NULL);
}
