/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hex.h - bytes as hexadecimal text in the tests of NTLM.
 */
#ifndef SOTTO_TEST_HEX_H
#define SOTTO_TEST_HEX_H

#include "hash.h"
#include "unit.h"

enum {
	HEX_MAX = 1024, /* bytes of one text */
};


/* The bytes of HEX into OUT; their number. */
static inline size_t hex_bytes(const char *hex, uint8_t out[HEX_MAX])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = strlen(hex) / 2, i;

	assert_true(n <= HEX_MAX);
	for (i = 0; i < n; i++)
		out[i] = (uint8_t)((strchr(digits, hex[2 * i]) - digits) << 4 |
			(strchr(digits, hex[2 * i + 1]) - digits));
	return n;
}


/* The N bytes at P are HEX. */
static inline void assert_hex(const uint8_t *p, size_t n, const char *hex)
{
	char text[2 * HEX_MAX + 1];

	assert_true(n <= HEX_MAX);
	hash_to_hex(p, n, text);
	assert_string_equal(text, hex);
}

#endif
