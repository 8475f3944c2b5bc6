/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hash.h"
#include "unit.h"

int test_hash(void);


static void digests(void **state)
{
	static const struct {
		enum hash_kind kind;
		size_t len;
		const char *hex; /* of "abc" */
	} cases[] = {
		{HASH_MD5, 16, "900150983cd24fb0d6963f7d28e17f72"},
		{HASH_SHA1, 20, "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{HASH_SHA256, 32,
			"ba7816bf8f01cfea414140de5dae2223"
			"b00361a396177a9cb410ff61f20015ad"},
		{HASH_SHA512_256, 32,
			"53048e2681941ef99b2e29b76b4c7dab"
			"e4c2d0c634fc6d46e0e2f13107e7af23"},
	};
	static const struct pl pieces[] = {PL("a"), PL_INIT, PL("bc")};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char hex[HASH_HEX_MAX];
		uint8_t raw[HASH_MAX];

		hash_hex(cases[i].kind, pieces, UNIT_N(pieces), hex);
		assert_string_equal(hex, cases[i].hex);
		assert_int_equal(hash_len(cases[i].kind), cases[i].len);
		assert_int_equal(hash_pieces(cases[i].kind, pieces, 3, raw),
			cases[i].len);
	}
}


static void key64(void **state)
{
	static const struct pl abc = PL("abc"), abd = PL("abd");

	(void)state;
	assert_true(hash_key64(&abc, 1) == 0xba7816bf8f01cfea);
	assert_true(hash_key64(&abc, 1) != hash_key64(&abd, 1));
}


/* RFC 4648 section 10 */
static void base64(void **state)
{
	static const struct {
		const char *text, *coded;
	} cases[] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
		{"\xff\xef\xbe", "/+++"},
	};
	static const char *const bad[] = {"Zg=", "Zg",
		"Z===", "====", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n",
		"Zg==Zg==", "Z-_v", "Zm9v=Zm9"};
	size_t i, n;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl text = pl_str(cases[i].text);
		struct pl coded = pl_str(cases[i].coded);
		char *s = hash_base64((const uint8_t *)text.p, text.l);
		uint8_t *raw = hash_base64_decode(&coded, &n);

		assert_string_equal(s, cases[i].coded);
		assert_non_null(raw);
		assert_int_equal(n, text.l);
		assert_memory_equal(raw, text.p, n);
		mem_deref(s);
		mem_deref(raw);
	}
	for (i = 0; i < UNIT_N(bad); i++) {
		struct pl coded = pl_str(bad[i]);

		assert_null(hash_base64_decode(&coded, &n));
	}
}


int test_hash(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests),
		cmocka_unit_test(key64),
		cmocka_unit_test(base64),
	};

	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
