/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8.c - UTF-8: decode, validate, repair, fold, column width (RFC 3629). */
#include <string.h>
#include <utf8proc.h>
#include "mem.h"
#include "utf8.h"


enum {
	REPLACEMENT = 0xfffd,
	PARTS_MAX = 8, /* that a code point is taken apart into */
};


/* What the first byte of a sequence says about the rest (Unicode, table
 * 3-7): how many bytes follow, and the range of the first of them. */
struct lead {
	unsigned char first, last;
	unsigned char more;
	unsigned char low, high;
	unsigned char bits; /* of the lead byte that belong to the value */
};


static const struct lead leads[] = {
	{0xc2, 0xdf, 1, 0x80, 0xbf, 0x1f},
	{0xe0, 0xe0, 2, 0xa0, 0xbf, 0x0f},
	{0xe1, 0xec, 2, 0x80, 0xbf, 0x0f},
	{0xed, 0xed, 2, 0x80, 0x9f, 0x0f},
	{0xee, 0xef, 2, 0x80, 0xbf, 0x0f},
	{0xf0, 0xf0, 3, 0x90, 0xbf, 0x07},
	{0xf1, 0xf3, 3, 0x80, 0xbf, 0x07},
	{0xf4, 0xf4, 3, 0x80, 0x8f, 0x07},
};


static const struct lead *lead_of(unsigned char c)
{
	size_t i;

	for (i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		if (c >= leads[i].first && c <= leads[i].last)
			return &leads[i];
	}
	return NULL;
}


/* As utf8_decode(), and tells whether it was valid. */
static bool decode(uint32_t *cp, size_t *n, const char *p, size_t l)
{
	const unsigned char *u = (const unsigned char *)p;
	const struct lead *lead;
	uint32_t v;
	size_t i;

	*n = 1;
	*cp = u[0];
	if (u[0] < 0x80)
		return true;
	*cp = REPLACEMENT;
	lead = lead_of(u[0]);
	if (!lead)
		return false;
	v = u[0] & lead->bits;
	for (i = 1; i <= lead->more; i++) {
		unsigned char low = i == 1 ? lead->low : 0x80;
		unsigned char high = i == 1 ? lead->high : 0xbf;

		if (i >= l || u[i] < low || u[i] > high)
			return false;
		v = v << 6 | (u[i] & 0x3f);
		*n = i + 1;
	}
	*cp = v;
	return true;
}


size_t utf8_decode(uint32_t *cp, const char *p, size_t l)
{
	size_t n;

	(void)decode(cp, &n, p, l);
	return n;
}


size_t utf8_encode(char *buf, uint32_t cp)
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = REPLACEMENT;
	if (cp < 0x80) {
		buf[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		buf[0] = (char)(0xc0 | cp >> 6);
		buf[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		buf[0] = (char)(0xe0 | cp >> 12);
		buf[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		buf[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	buf[0] = (char)(0xf0 | cp >> 18);
	buf[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	buf[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	buf[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}


bool utf8_valid(const struct pl *pl)
{
	uint32_t cp;
	size_t i, n;

	for (i = 0; i < pl->l; i += n) {
		n = 1;
		/* Most text is ASCII, and a call for each byte is felt. */
		if ((unsigned char)pl->p[i] >= 0x80 &&
			!decode(&cp, &n, pl->p + i, pl->l - i))
			return false;
	}
	return true;
}


char *utf8_repair_dup(const struct pl *pl)
{
	/* A bad byte may become three; mbuf keeps the sum below SIZE_MAX. */
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	uint32_t cp;
	size_t i, n;
	char *s;

	for (i = 0; i < pl->l; i += n) {
		if (decode(&cp, &n, pl->p + i, pl->l - i) && cp)
			(void)mbuf_write_mem(mb, pl->p + i, n);
		else
			(void)mbuf_write_str(mb, "\xef\xbf\xbd");
	}
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


/* Terminals and the C library give marks with a width of their own (Devanagari
 * vowels) a column, and none to vowels and finals of conjoining Hangul.
 * utf8proc knows no width of its own for some that take a cell as U+FFFD. */
static size_t cols_of(uint32_t cp)
{
	int cols;

	if (cp < 0x300)
		return cp >= 0x20 && (cp < 0x7f || cp > 0x9f) && cp != 0xad;
	if ((cp >= 0x1160 && cp <= 0x11ff) || (cp >= 0xd7b0 && cp <= 0xd7ff))
		return 0;
	if (utf8proc_category((utf8proc_int32_t)cp) == UTF8PROC_CATEGORY_MC)
		return 1;
	cols = utf8proc_charwidth((utf8proc_int32_t)cp);
	return cols > 0 ? (size_t)cols : 0;
}


/* A skin tone colours the emoji before it. */
static size_t cols_after(uint32_t last, uint32_t cp)
{
	if (cp >= 0x1f3fb && cp <= 0x1f3ff && cols_of(last) == 2)
		return 0;
	return cols_of(cp);
}


/* Bytes of printing ASCII at the front of PL: MAX at most, a column each. */
static size_t plain(const struct pl *pl, size_t max)
{
	size_t i = 0;

	if (max > pl->l)
		max = pl->l;
	while (i < max && pl->p[i] >= ' ' && pl->p[i] < 0x7f)
		i++;
	return i;
}


size_t utf8_cols(const struct pl *pl)
{
	size_t i = plain(pl, pl->l), n, cols = i;
	uint32_t cp, last = 0;

	for (; i < pl->l; i += n) {
		n = utf8_decode(&cp, pl->p + i, pl->l - i);
		cols += cols_after(last, cp);
		last = cp;
	}
	return cols;
}


/* True between LAST and CP if a grapheme ends there. */
static bool breaks(uint32_t last, uint32_t cp, utf8proc_int32_t *state)
{
	/* Printing ASCII begins one always, but behind what prepends itself. */
	if (cp >= ' ' && cp < 0x7f && last < 0x300) {
		*state = 0;
		return true;
	}
	return utf8proc_grapheme_break_stateful(
		(utf8proc_int32_t)last, (utf8proc_int32_t)cp, state);
}


size_t utf8_fit(const struct pl *pl, size_t cols)
{
	utf8proc_int32_t state = 0;
	size_t i = plain(pl, cols), n, used = i, fits = i ? i - 1 : 0;
	uint32_t cp, last = i ? (uint32_t)pl->p[i - 1] : 0;

	for (; i < pl->l; i += n) {
		n = utf8_decode(&cp, pl->p + i, pl->l - i);
		if (breaks(last, cp, &state))
			fits = i;
		used += cols_after(last, cp);
		if (used > cols)
			return fits;
		last = cp;
	}
	return pl->l;
}


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


uint32_t utf8_upper(uint32_t cp)
{
	/* UnicodeData has none for sharp s, utf8proc does. */
	if (cp == 0xdf)
		return cp;
	return (uint32_t)utf8proc_toupper((utf8proc_int32_t)cp);
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


enum {
	FOLDED_MAX = 256, /* code points of a needle that count */
};


static size_t fold_needle(const struct pl *needle, uint32_t folded[FOLDED_MAX])
{
	size_t i, n = 0;
	uint32_t cp;

	for (i = 0; i < needle->l && n < FOLDED_MAX;) {
		i += utf8_decode(&cp, needle->p + i, needle->l - i);
		folded[n] = utf8_fold(cp);
		n += folded[n] != 0;
	}
	return n;
}


/* Where what begins at I of TEXT as the N code points FOLDED ends; 0: it does
 * not. */
static size_t match_at(
	const struct pl *text, size_t i, const uint32_t *folded, size_t n)
{
	size_t done = 0, end = 0;
	uint32_t cp;

	while (i < text->l) {
		i += utf8_decode(&cp, text->p + i, text->l - i);
		cp = utf8_fold(cp);
		if (done == n && cp)
			break;
		if (done < n && cp != folded[done] && (cp || !done))
			return 0;
		done += cp != 0;
		end = i;
	}
	return done == n ? end : 0;
}


bool utf8_find(const struct pl *text, size_t from, const struct pl *needle,
	bool inside, size_t *start, size_t *end)
{
	uint32_t folded[FOLDED_MAX], cp;
	size_t i, n = fold_needle(needle, folded);
	bool word =
		!inside && n && folded[0] < 0x80 && utf8_is_letter(folded[0]);

	for (i = from; n && i < text->l;
		i += utf8_decode(&cp, text->p + i, text->l - i)) {
		if (word && i && (unsigned char)text->p[i - 1] < 0x80 &&
			utf8_is_letter((unsigned char)text->p[i - 1]))
			continue;
		*end = match_at(text, i, folded, n);
		if (!*end)
			continue;
		*start = i;
		return true;
	}
	return false;
}


/* What joins or varies others, and is nothing in a cell of its own. */
static bool is_joiner(uint32_t cp)
{
	return (cp >= 0x200b && cp <= 0x200f) ||
		(cp >= 0x2060 && cp <= 0x2064) || cp == 0xfeff ||
		(cp >= 0xfe00 && cp <= 0xfe0f) ||
		(cp >= 0x1f3fb && cp <= 0x1f3ff) ||
		(cp >= 0xe0000 && cp <= 0xe0fff);
}


size_t utf8_cell(struct utf8_cell *cell, const struct pl *pl)
{
	size_t i, n;
	uint32_t cp, last;

	n = utf8_decode(&cp, pl->p, pl->l);
	*cell = (struct utf8_cell){.cp = cp, .cols = (unsigned)cols_of(cp)};
	/* Two letters of a flag may be one cell, or two, or a wide one. */
	if (cp >= 0x1f1e6 && cp <= 0x1f1ff)
		cell->cp = 'A' + cp - 0x1f1e6;
	for (i = n, last = cp; i < pl->l; i += n, last = cp) {
		n = utf8_decode(&cp, pl->p + i, pl->l - i);
		if (cp < 0x300 || cols_after(last, cp))
			break;
		if (!is_joiner(cp) && cell->n_marks < UTF8_MARKS)
			cell->marks[cell->n_marks++] = cp;
	}
	return i;
}
