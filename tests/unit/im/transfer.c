/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "../../../src/im/im_int.h"
#include "unit.h"

int test_transfer(void);


static void encodings(void **state)
{
	static const struct {
		const char *name;
		struct pl body, result;
	} cases[] = {
		{"", PL("a=62"), PL("a=62")},
		{"8bit", PL("a=62"), PL("a=62")},
		{"x-unknown", PL("a=62"), PL("a=62")},
		{"Base64", PL("aGVsbG8="), PL("hello")},
		{" BASE64 ", PL("aGVs\r\nbG8=\r\n"), PL("hello")},
		{"base64", PL("AGE="), PL("\0a")},
		{"base64", PL("no!"), PL("no!")},
		{"base64", PL("a\0GV"), PL("a\0GV")},
		{"base64", PL(""), PL("")},
		{"quoted-printable", PL("a=C3=a9b"),
			PL("a\xc3\xa9"
			   "b")},
		{"Quoted-Printable", PL("a=\r\nb=\nc"), PL("abc")},
		{"quoted-printable", PL("a=XYb=4"), PL("a=XYb=4")},
		{"quoted-printable", PL("a="), PL("a=")},
		{"quoted-printable", PL("=00"), PL("\0")},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl name = pl_str(cases[i].name), result;
		char *own = im_transfer_decode(&result, &name, &cases[i].body);

		if (!pl_eq(&result, &cases[i].result))
			fail_msg("case %zu: %.*s", i, PL_ARG(&result));
		mem_deref(own);
	}
}


int test_transfer(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodings),
	};

	return cmocka_run_group_tests_name("transfer", tests, NULL, NULL);
}
