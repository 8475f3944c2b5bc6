/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "msg.h"

int test_param(void);


/* PA4, PA7: commas inside quotes and brackets are text. */
static void lists(void **state)
{
	static const struct {
		const char *text;
		const char *values[6];
	} cases[] = {
		{"", {NULL}},
		{"  ", {NULL}},
		{"a", {"a"}},
		{"a , b,c ", {"a", "b", "c"}},
		{"a,,b,", {"a", "", "b"}},
		{"\"x, y\" <sip:a@b,c>;p, <sip:d>",
			{"\"x, y\" <sip:a@b,c>;p", "<sip:d>"}},
		{"\"a\\\",b\",c", {"\"a\\\",b\"", "c"}},
		{"\"never ends, b", {"\"never ends, b"}},
		{"\"ends in a backslash\\", {"\"ends in a backslash\\"}},
		{"<never, ends", {"<never", "ends"}},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl rest = pl_str(cases[i].text), head;

		for (k = 0; msg_split_list(&rest, &head); k++) {
			assert_non_null(cases[i].values[k]);
			assert_pl(head, cases[i].values[k]);
		}
		assert_null(cases[i].values[k]);
		assert_false(msg_split_list(&rest, &head));
	}
}


static void params(void **state)
{
	struct pl all = PL(" ;a=b ; C = \"d;\\\"e\" ;;flag; x@y ;last=[::1]"),
		  rest = all, name, value, unset = PL_INIT;

	(void)state;
	assert_true(msg_param(&all, "A", &value));
	assert_pl(value, "b");
	assert_true(msg_param(&all, "c", &value));
	assert_pl(value, "d;\\\"e");
	assert_true(msg_param(&all, "flag", &value));
	assert_pl(value, "");
	assert_non_null(value.p);
	assert_true(msg_param(&all, "last", &value));
	assert_pl(value, "[::1]");
	assert_false(msg_param(&all, "e", &value));
	assert_null(value.p);
	assert_false(msg_param(&unset, "a", &value));

	assert_true(msg_param_next(&rest, &name, &value));
	assert_pl(name, "a");
	assert_true(msg_param_next(&rest, &name, &value));
	assert_pl(name, "C");
	assert_true(msg_param_next(&rest, &name, &value));
	assert_pl(name, "flag");
	assert_true(msg_param_next(&rest, &name, &value));
	assert_pl(name, "x");
	assert_true(msg_param_next(&rest, &name, &value));
	assert_pl(name, "last");
	assert_false(msg_param_next(&rest, &name, &value));
	assert_false(msg_param_next(&rest, &name, &value));
}


static void unquote(void **state)
{
	struct pl pl = PL("a\\\"b\\\0c\\");
	size_t len;
	char *s = msg_unquote(&pl, &len);

	(void)state;
	assert_int_equal(len, 6);
	assert_memory_equal(s, "a\"b\0c\\", 7);
	mem_deref(s);
}


static void challenges(void **state)
{
	static const struct {
		const char *text, *scheme, *name, *value; /* NULL: absent */
		bool quoted;
		int err;
	} cases[] = {
		{"Digest realm=\"a, \\\"b\\\"\", nonce=\"c\"", "Digest",
			"nonce", "c", true, 0},
		{"Digest realm=\"a, \\\"b\\\"\",nonce=\"c\"", "Digest", "Realm",
			"a, \\\"b\\\"", true, 0},
		{"Digest stale = TRUE , qop=auth", "Digest", "stale", "TRUE",
			false, 0},
		{"Digest uri=sip:a@b?c=d,x=y", "Digest", "uri", "sip:a@b?c=d",
			false, 0},
		{"Digest nonce=\"a\", , x y, qop=auth", "Digest", "qop", "auth",
			false, 0},
		{"Digest xnonce=\"a\"", "Digest", "nonce", NULL, false, 0},
		{"Digest realm=\"nonce=\\\"x\\\"\"", "Digest", "nonce", NULL,
			false, 0},
		{"Digest nonce=\"open", "Digest", "nonce", NULL, false, 0},
		{"NTLM", "NTLM", "realm", NULL, false, 0},
		{"NTLM qop=\"auth\", gssapi-data=\"\", version=4", "NTLM",
			"gssapi-data", "", true, 0},
		{"nextnonce=\"n\", qop=auth", "", "nextnonce", "n", true, 0},
		{"qop = auth, nextnonce=\"n\"", "", "qop", "auth", false, 0},
		{"", NULL, NULL, NULL, false, EBADMSG},
		{"\"Digest\" a=b", NULL, NULL, NULL, false, EBADMSG},
		{"Digest, a=b", NULL, NULL, NULL, false, EBADMSG},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text), value;
		struct msg_challenge c;
		bool quoted = false;

		assert_int_equal(msg_challenge_decode(&c, &pl), cases[i].err);
		if (cases[i].err)
			continue;
		assert_pl(c.scheme, cases[i].scheme);
		if (msg_challenge_param(&c, cases[i].name, &value, &quoted) !=
			!!cases[i].value)
			fail_msg("%s", cases[i].text);
		if (cases[i].value)
			assert_pl(value, cases[i].value);
		assert_int_equal(quoted, cases[i].quoted);
	}
}


int test_param(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(params),
		cmocka_unit_test(unquote),
		cmocka_unit_test(challenges),
	};

	return cmocka_run_group_tests_name("param", tests, NULL, NULL);
}
