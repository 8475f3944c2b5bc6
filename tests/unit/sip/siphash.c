/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hash.h"
#include "siphash.h"
#include "unit.h"

int test_siphash(void);


/* From the vectors that come with the reference implementation: key 00 to
 * 0f, input 00, 01, 02, ... */
static void vectors(void **state)
{
	static const struct {
		size_t n;
		const char *hex;
	} rows[] = {
		{0, "a3817f04ba25a8e66df67214c7550293"},
		{1, "da87c1d86b99af44347659119b22fc45"},
		{63, "5150d1772f50834a503e069a973fbd7c"},
	};
	uint8_t key[16], in[64], out[16];
	struct siphash s;
	char hex[33];
	size_t i, cut;

	(void)state;
	for (i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)i;
	memcpy(key, in, sizeof(key));
	for (i = 0; i < UNIT_N(rows); i++) {
		for (cut = 0; cut <= rows[i].n; cut++) {
			siphash_begin(&s, key);
			siphash_add(&s, in, cut);
			siphash_add(&s, in + cut, rows[i].n - cut);
			siphash_end(&s, out);
			hash_to_hex(out, sizeof(out), hex);
			assert_string_equal(hex, rows[i].hex);
		}
	}
}


static void digest(uint8_t out[16], const char *a, const char *b, bool lower)
{
	static const uint8_t key[16] = "0123456789abcde";
	struct pl pa = pl_str(a), pb = pl_str(b);
	struct siphash s;

	siphash_begin(&s, key);
	(lower ? siphash_add_lower : siphash_add_text)(&s, &pa);
	siphash_add_text(&s, &pb);
	siphash_end(&s, out);
}


static void texts(void **state)
{
	uint8_t x[16], y[16];

	(void)state;
	digest(x, "ab", "c", false);
	digest(y, "a", "bc", false);
	assert_memory_not_equal(x, y, 16);
	digest(x, "Example.ORG", "b", true);
	digest(y, "example.org", "b", true);
	assert_memory_equal(x, y, 16);
	digest(y, "example.org", "B", true);
	assert_memory_not_equal(x, y, 16);
}


int test_siphash(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests_name("siphash", tests, NULL, NULL);
}
