/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"
#include "utf8.h"

int test_utf8_fold(void);


static const struct {
	uint32_t cp, folded;
	bool letter;
} cases[] = {
	{'a', 'a', true},
	{'Z', 'z', true},
	{'@', '@', false},
	{'[', '[', false},
	{'0', '0', true},
	{'9', '9', true},
	{'_', '_', false},
	{' ', ' ', false},
	{0x7f, 0x7f, false},
	{0xe9, 'e', true}, /* e with acute */
	{0xc9, 'e', true},
	{0xdf, 0xdf, true}, /* sharp s stays one letter */
	{0x1ec7, 'e', true}, /* two diacritics */
	{0x130, 'i', true},
	{0x301, 0, false}, /* combining acute */
	{0x20dd, 0, false},
	{0x416, 0x436, true}, /* Cyrillic */
	{0x419, 0x438, true},
	{0x3ac, 0x3b1, true}, /* Greek with tonos */
	{0x10400, 0x10428, true},
	{0xd55c, 0xd55c, true}, /* Hangul is not taken apart */
	{0x660e, 0x660e, true},
	{0x2014, 0x2014, false},
	{0x1f600, 0x1f600, false},
	{0xfffd, 0xfffd, false},
	{0x10ffff, 0x10ffff, false},
};


static void each(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		if (utf8_fold(cases[i].cp) != cases[i].folded ||
			utf8_is_letter(cases[i].cp) != cases[i].letter)
			fail_msg("U+%04X: folded U+%04X, letter %d",
				cases[i].cp, utf8_fold(cases[i].cp),
				utf8_is_letter(cases[i].cp));
	}
}


int test_utf8_fold(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each),
	};

	return cmocka_run_group_tests_name("utf8_fold", tests, NULL, NULL);
}
