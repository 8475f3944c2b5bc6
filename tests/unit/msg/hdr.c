/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <errno.h>
#include "unit.h"
#include "../../../src/msg/msg_int.h"

int test_hdr(void);


static const struct {
	enum hdr_id id;
	const char *name;
	char compact;
} fields[] = {
#define HDR_X(id, name, compact, kind) {HDR_##id, name, compact},
	HDR_TABLE(HDR_X)
#undef HDR_X
};


/* PA1: every row is found by both its names, in any case; a name with one
 * letter more, less or other is not. */
static void names(void **state)
{
	char text[64], *p;
	struct pl pl;
	size_t i;

	(void)state;
	assert_int_equal(UNIT_N(fields), HDR_IDS - 1);
	for (i = 0; i < UNIT_N(fields); i++) {
		(void)snprintf(text, sizeof(text), "%s", fields[i].name);
		pl = pl_str(text);
		assert_true(hdr_find(&pl) == fields[i].id);
		assert_string_equal(hdr_name(fields[i].id), fields[i].name);
		for (p = text; *p; p++)
			*p = (char)toupper(*p);
		assert_true(hdr_find(&pl) == fields[i].id);
		text[pl.l - 1] ^= 1;
		assert_true(hdr_find(&pl) == HDR_OTHER);
		text[pl.l - 1] ^= 1;
		text[pl.l] = 'x';
		++pl.l;
		assert_true(hdr_find(&pl) == HDR_OTHER);
		if (!fields[i].compact)
			continue;
		pl = pl_make(&fields[i].compact, 1);
		assert_true(hdr_find(&pl) == fields[i].id);
		text[0] = (char)toupper(fields[i].compact);
		pl = pl_make(text, 1);
		assert_true(hdr_find(&pl) == fields[i].id);
	}
}


static void no_names(void **state)
{
	static const char *const cases[] = {"", "q", "7", "Call\rID",
		"C%6Fntact", "Vial",
		"X-Very-Long-Name-That-Nobody-Has-In-A-Table"};
	struct pl unset = PL_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i]);

		assert_true(hdr_find(&pl) == HDR_OTHER);
	}
	assert_true(hdr_find(&unset) == HDR_OTHER);
	assert_null(hdr_name(HDR_OTHER));
	assert_null(hdr_name(HDR_IDS));
}


static void kinds(void **state)
{
	(void)state;
	assert_true(hdr_is_list(HDR_VIA));
	assert_true(hdr_is_list(HDR_ROUTE));
	assert_true(hdr_is_single(HDR_CALL_ID));
	assert_false(hdr_is_list(HDR_CALL_ID));
	assert_false(hdr_is_list(HDR_WWW_AUTHENTICATE));
	assert_false(hdr_is_single(HDR_WWW_AUTHENTICATE));
	assert_false(hdr_is_single(HDR_SUBJECT));
	assert_false(hdr_is_list(HDR_SUBJECT));
	assert_false(hdr_is_list(HDR_OTHER));
	assert_false(hdr_is_single(HDR_IDS));
}


/* PA8: methods are case-sensitive. */
static void methods(void **state)
{
	struct pl pl;
	unsigned int i;

	(void)state;
	for (i = MSG_UNKNOWN + 1; i < MSG_METHODS; i++) {
		pl = pl_str(msg_method_name((enum msg_method)i));
		assert_true(msg_method_find(&pl) == i);
	}
	pl = pl_str("invite");
	assert_true(msg_method_find(&pl) == MSG_UNKNOWN);
	pl = pl_str("");
	assert_true(msg_method_find(&pl) == MSG_UNKNOWN);
	pl = pl_str("INVITED");
	assert_true(msg_method_find(&pl) == MSG_UNKNOWN);
	assert_null(msg_method_name(MSG_UNKNOWN));
}


static void lines(void **state)
{
	struct pl text = PL("A: b\r\nB :c \r\n  d\r\nno header\r\nC:\n\r\n "
			    "body");
	struct cur c = cur_of(&text);
	struct pl name, value;

	(void)state;
	assert_int_equal(hdr_line(&c, &name, &value), 0);
	assert_pl(name, "A");
	assert_pl(value, "b");
	assert_int_equal(hdr_line(&c, &name, &value), 0);
	assert_pl(name, "B");
	assert_pl(value, "c \r\n  d");
	assert_int_equal(hdr_line(&c, &name, &value), EBADMSG);
	assert_int_equal(hdr_line(&c, &name, &value), 0);
	assert_pl(name, "C");
	assert_pl(value, "");
	assert_int_equal(hdr_line(&c, &name, &value), ENOENT);
	text = cur_rest(&c);
	assert_pl(text, " body");
}


static void echo(void **state)
{
	struct pl ok = PL("a\\\0b"), nul = PL("a\0b"), cr = PL("a\rb"),
		  first = PL("\0");

	(void)state;
	assert_true(hdr_echo_ok(&ok));
	assert_false(hdr_echo_ok(&nul));
	assert_false(hdr_echo_ok(&cr));
	assert_false(hdr_echo_ok(&first));
}


int test_hdr(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(no_names),
		cmocka_unit_test(kinds),
		cmocka_unit_test(methods),
		cmocka_unit_test(lines),
		cmocka_unit_test(echo),
	};

	return cmocka_run_group_tests_name("hdr", tests, NULL, NULL);
}
