/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8_fold.c - code points as a search compares them. */
#include <utf8proc.h>
#include "utf8.h"


enum {
	PARTS_MAX = 8, /* that a code point is taken apart into */
};


static bool is_mark(utf8proc_category_t c)
{
	return c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_MC ||
		c == UTF8PROC_CATEGORY_ME;
}


uint32_t utf8_fold(uint32_t cp)
{
	utf8proc_int32_t parts[PARTS_MAX];
	utf8proc_ssize_t n;
	int bound = 0;

	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z' ? cp + ('a' - 'A') : cp;
	if (is_mark(utf8proc_category((utf8proc_int32_t)cp)))
		return 0;
	/* A syllable of Hangul is one letter to a search. */
	if (cp >= 0xac00 && cp <= 0xd7a3)
		return cp;
	n = utf8proc_decompose_char((utf8proc_int32_t)cp, parts, PARTS_MAX,
		UTF8PROC_DECOMPOSE, &bound);
	if (n >= 1)
		cp = (uint32_t)parts[0];
	return (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
}


bool utf8_is_letter(uint32_t cp)
{
	if (cp < 0x80)
		return (cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z') ||
			(cp >= 'a' && cp <= 'z');
	switch (utf8proc_category((utf8proc_int32_t)cp)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
	case UTF8PROC_CATEGORY_CO:
		return true;
	default:
		return false;
	}
}
