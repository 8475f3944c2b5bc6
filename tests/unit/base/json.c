/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "json.h"
#include "unit.h"

int test_json(void);


static char *encoded(struct json *json)
{
	struct mbuf *mb = mbuf_alloc(100000);
	char *s;

	assert_int_equal(json_encode(mb, json), 0);
	s = mbuf_strdup(mb);
	mem_deref(mb);
	json_drop(json);
	return s;
}


static void encode(void **state)
{
	struct json *o = json_new_object(), *a = json_new_array();
	struct pl nul = PL("a\0b"), both = PL("a\0\xff\xe2\x82z");
	char *s;

	(void)state;
	json_put_str(o, "event", "message");
	json_put_str(o, "absent", NULL);
	json_put(o, "absent", NULL);
	json_put_int(o, "n", -5);
	json_put_bool(o, "b", true);
	json_put(o, "z", json_new_null());
	json_append(a, json_new_str("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80"));
	json_append(a, json_new_str("\x1b[31m\n\"\\\x7f/"));
	json_append(a, json_new_str("bad\xff"));
	json_append(a, json_new_pl(&nul));
	json_append(a, json_new_pl(&both));
	json_put(o, "a", a);
	s = encoded(o);
	assert_string_equal(s,
		"{\"event\":\"message\",\"n\":-5,\"b\":true,\"z\":null,"
		"\"a\":[\"gr\\u00FC\\u00DF \\uD83D\\uDE00\","
		"\"\\u001B[31m\\n\\\"\\\\\\u007F/\",\"bad\\uFFFD\","
		"\"a\\u0000b\",\"a\\u0000\\uFFFD\\uFFFDz\"]}");
	mem_deref(s);
	s = encoded(json_new_str(""));
	assert_string_equal(s, "\"\"");
	mem_deref(s);
}


/* What was read is written the same: nested, empty, numbers, every escape. */
static void encode_decoded(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		"[[],{},{\"a\":[{\"b\":[null,true,false]}]},-1.5,0.25]",
		"{\"k\\n\\u00FC\":[-9223372036854775808,0]}",
		"\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F ~\\u007F\\u0080\"",
		"\"\\uFFFF\\uD800\\uDC00\\uDBFF\\uDFFFz\"",
	};
	struct json *j;
	struct pl pl;
	size_t i;
	char *s;

	(void)state;
	for (i = 0; i < UNIT_N(texts); i++) {
		pl = pl_str(texts[i]);
		assert_int_equal(json_decode(&j, &pl, NULL), 0);
		s = encoded(j);
		assert_string_equal(s, texts[i]);
		mem_deref(s);
	}
}


static void encode_bound(void **state)
{
	struct mbuf *mb = mbuf_alloc(5);
	struct json *j = json_new_str("longer than five");

	(void)state;
	assert_int_equal(json_encode(mb, j), ENOSPC);
	json_drop(j);
	mem_deref(mb);
}


static void each_handler(const char *key, const struct json *value, void *arg)
{
	char *keys = arg;

	assert_non_null(value);
	strcat(keys, key);
}


static void decode(void **state)
{
	struct pl pl = PL(" {\"id\":7,\"b\":true,\"command\":[\"msg\",\"bob\","
			  "\"two\\nlines\"],\"x\":null} ");
	struct json *j = NULL, *a;
	char keys[64] = "", *why = NULL;
	int64_t v = 0;

	(void)state;
	assert_int_equal(json_decode(&j, &pl, &why), 0);
	assert_true(json_is_object(j));
	assert_true(json_int(json_get(j, "id"), &v));
	assert_int_equal(v, 7);
	assert_true(json_bool(json_get(j, "b")));
	assert_true(json_is_null(json_get(j, "x")));
	a = json_get(j, "command");
	assert_true(json_is_array(a));
	assert_int_equal(json_len(a), 3);
	assert_string_equal(json_text(json_at(a, 2)), "two\nlines");
	json_each(j, each_handler, keys);
	assert_string_equal(keys, "idbcommandx");

	/* what is not there, or is something else */
	assert_null(json_get(j, "none"));
	assert_null(json_get(NULL, "none"));
	assert_null(json_get(a, "none"));
	assert_null(json_at(a, 3));
	assert_null(json_at(j, 0));
	assert_null(json_text(a));
	assert_null(json_text(NULL));
	assert_false(json_int(a, &v));
	assert_false(json_int(NULL, &v));
	assert_false(json_bool(a));
	assert_false(json_bool(NULL));
	assert_false(json_is_object(NULL));
	assert_false(json_is_null(NULL));
	assert_int_equal(json_len(j), 0);
	json_ref(a);
	json_drop(j);
	assert_string_equal(json_text(json_at(a, 0)), "msg");
	assert_null(json_drop(a));
}


static void decode_bad(void **state)
{
	static const char *const bad[] = {"", "{", "{\"a\":1} x", "{\"a\":}",
		"[1,]", "'a'", "\"\xff\"", "{\"a\":1,\"a\":2}", "nul",
		"\"a\\u0000b\"", "\"\\ud800\"", "\"a\nb\""};
	char *deep = mem_alloc(100000, NULL);
	struct json *j = NULL;
	struct pl pl;
	size_t i;
	char *why;

	(void)state;
	for (i = 0; i < UNIT_N(bad); i++) {
		pl = pl_str(bad[i]);
		why = NULL;
		assert_int_equal(json_decode(&j, &pl, &why), EBADMSG);
		assert_non_null(why);
		mem_deref(why);
		assert_int_equal(json_decode(&j, &pl, NULL), EBADMSG);
	}
	memset(deep, '[', 100000);
	pl = pl_make(deep, 100000);
	assert_int_equal(json_decode(&j, &pl, NULL), EBADMSG);
	assert_null(j);
	mem_deref(deep);
}


int test_json(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encode),
		cmocka_unit_test(encode_decoded),
		cmocka_unit_test(encode_bound),
		cmocka_unit_test(decode),
		cmocka_unit_test(decode_bad),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
