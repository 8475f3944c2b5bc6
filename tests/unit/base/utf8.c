/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "utf8.h"

int test_utf8(void);

#define BAD "\xef\xbf\xbd"


static void decode(void **state)
{
	static const struct {
		const char *text;
		uint32_t cp;
		size_t n;
		bool valid;
	} cases[] = {
		{"a", 'a', 1, true},
		{"\x7f", 0x7f, 1, true},
		{"\xc2\x80", 0x80, 2, true},
		{"\xc3\xa9", 0xe9, 2, true},
		{"\xe2\x82\xac", 0x20ac, 3, true},
		{"\xed\x9f\xbf", 0xd7ff, 3, true},
		{"\xee\x80\x80", 0xe000, 3, true},
		{BAD, 0xfffd, 3, true},
		{"\xf0\x9f\x98\x80", 0x1f600, 4, true},
		{"\xf4\x8f\xbf\xbf", 0x10ffff, 4, true},
		/* overlong, surrogate, too high, never a lead */
		{"\xc0\xaf", 0xfffd, 1, false},
		{"\xc1\xbf", 0xfffd, 1, false},
		{"\xe0\x9f\xbf", 0xfffd, 1, false},
		{"\xed\xa0\x80", 0xfffd, 1, false},
		{"\xf0\x8f\xbf\xbf", 0xfffd, 1, false},
		{"\xf4\x90\x80\x80", 0xfffd, 1, false},
		{"\xf5\x80\x80\x80", 0xfffd, 1, false},
		{"\xff", 0xfffd, 1, false},
		{"\x80", 0xfffd, 1, false},
		/* the maximal subpart of what was cut short */
		{"\xe2\x82", 0xfffd, 2, false},
		{"\xe2\x82x", 0xfffd, 2, false},
		{"\xf0\x9f\x98", 0xfffd, 3, false},
		{"\xf0\x9f\x98x", 0xfffd, 3, false},
		{"\xc3", 0xfffd, 1, false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);
		uint32_t cp = 0;

		assert_int_equal(utf8_decode(&cp, pl.p, pl.l), cases[i].n);
		assert_int_equal(cp, cases[i].cp);
		assert_int_equal(utf8_valid(&pl), cases[i].valid);
	}
}


static void encode_inverts_decode(void **state)
{
	uint32_t cp, back;
	char buf[4];
	size_t n;

	(void)state;
	for (cp = 0; cp <= 0x10ffff; cp += 1 + cp / 97) {
		if (cp >= 0xd800 && cp <= 0xdfff)
			continue;
		n = utf8_encode(buf, cp);
		assert_int_equal(utf8_decode(&back, buf, n), n);
		assert_int_equal(back, cp);
	}
	assert_int_equal(utf8_encode(buf, 0xd800), 3);
	assert_memory_equal(buf, BAD, 3);
	assert_int_equal(utf8_encode(buf, 0x110000), 3);
	assert_memory_equal(buf, BAD, 3);
}


static void repair(void **state)
{
	static const struct {
		struct pl in;
		const char *out;
	} cases[] = {
		{PL("na\xc3\xafve \x1b[1m"), "na\xc3\xafve \x1b[1m"},
		{PL("\xc3("), BAD "("},
		{PL("a\xe2\x82"), "a" BAD},
		{PL("\xed\xa0\x80"), BAD BAD BAD},
		{PL("a\0b"), "a" BAD "b"},
		{PL_INIT, ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *s = utf8_repair_dup(&cases[i].in);

		assert_string_equal(s, cases[i].out);
		mem_deref(s);
	}
}


static void columns(void **state)
{
	static const struct {
		const char *text;
		size_t cols;
	} cases[] = {
		{"", 0},
		{"bob", 3},
		{"e\xcc\x81", 1}, /* e and a combining acute */
		{"\xe6\x97\xa5\xe6\x9c\xac", 4}, /* two wide characters */
		{"\xf0\x9f\x98\x80", 2},
		{BAD, 1},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);

		assert_int_equal(utf8_cols(&pl), cases[i].cols);
	}
}


/* Its columns are those that utf8_cols() counts. */
static void cell(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		uint32_t cp;
		unsigned cols, n_marks;
	} cases[] = {
		{"ab", 1, 'a', 1, 0},
		{"e\xcc\x81x", 3, 'e', 1, 1},
		{"\xe6\x97\xa5x", 3, 0x65e5, 2, 0},
		{"\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", 4, 'D', 1, 0},
		{"\xf0\x9f\x91\x8b\xf0\x9f\x8f\xbdx", 8, 0x1f44b, 2, 0},
		{"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", 7, 0x1f468, 2,
			0},
		{"\xe0\xa4\xb9\xe0\xa4\xbf", 3, 0x939, 1, 0},
		{"\xe2\x9d\xa4\xef\xb8\x8f", 6, 0x2764, 1, 0},
	};
	struct utf8_cell c;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text), first;

		assert_int_equal(utf8_cell(&c, &pl), cases[i].n);
		assert_int_equal(c.cp, cases[i].cp);
		assert_int_equal(c.cols, cases[i].cols);
		assert_int_equal(c.n_marks, cases[i].n_marks);
		first = pl_make(pl.p, cases[i].n);
		assert_int_equal(utf8_cols(&first), cases[i].cols);
	}
}


static void fit(void **state)
{
	static const struct {
		const char *text;
		size_t cols, fits;
	} cases[] = {
		{"alice", 3, 3},
		{"alice", 9, 5},
		{"alice", 0, 0},
		{"e\xcc\x81x", 1, 3}, /* the accent stays with its e */
		{"\xe6\x97\xa5x", 1, 0}, /* half a character is none */
		{"a\xe6\x97\xa5", 2, 1},
		{"abe\xcc\x81x", 3, 5}, /* it may be the last that fits */
		{"abe\xcc\x81x", 2, 2},
		{"abe\xcc\x81", 9, 5},
		{"ab\xe0\xa4\x95\xe0\xa4\xbe", 2, 2},
		{"ak\xe0\xa4\xbe", 2, 1}, /* a mark that takes a column */
		{"ab\ncd", 3, 4},
		{"x\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", 3, 1},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);

		assert_int_equal(utf8_fit(&pl, cases[i].cols), cases[i].fits);
	}
}


static void charsets(void **state)
{
	static const struct {
		struct pl in;
		const char *charset;
		const char *out;
	} cases[] = {
		{PL("caf\xe9"), "ISO-8859-1", "caf\xc3\xa9"},
		{PL("\x80 5"), "windows-1252", "\xe2\x82\xac 5"},
		{PL("\xc4\xe3"), "GBK", "\xe4\xbd\xa0"},
		{PL("\0h\0i"), "utf-16be", "hi"},
		{PL("\x1b$B$\"\x1b(B"), "iso-2022-jp", "\xe3\x81\x82"},
		{PL("caf\xc3\xa9"), "UTF-8", "caf\xc3\xa9"},
		/* liars, strangers and what the C library should not see */
		{PL("caf\xe9"), "utf-8", "caf" BAD},
		{PL("caf\xe9!"), "klingon", "caf" BAD "!"},
		{PL("caf\xe9"), "", "caf" BAD},
		{PL("caf\xe9"), "us-ascii", "caf" BAD},
		{PL("a\xe9"), "ISO-2022-CN-EXT", "a" BAD},
		{PL("a\xe9"), "iso-8859-1//TRANSLIT", "a" BAD},
		{PL("a\xe9"), "iso-8859-", "a" BAD},
		{PL("a\xff z"), "euc-kr", "a" BAD " z"},
		{PL("a\xc4"), "gbk", "a" BAD},
		{PL("a\0b"), "iso-8859-1", "a" BAD "b"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl charset = pl_str(cases[i].charset);
		char *s = utf8_from_charset(&cases[i].in, &charset, 1000);

		assert_string_equal(s, cases[i].out);
		mem_deref(s);
	}
}


static void charset_bound(void **state)
{
	struct pl charset = PL("iso-8859-1"), text;
	char in[5000], *s;

	(void)state;
	memset(in, 0xe9, sizeof(in));
	text = pl_make(in, sizeof(in));
	s = utf8_from_charset(&text, &charset, 4095);
	/* Cut between code points. */
	assert_int_equal(strlen(s), 4094);
	mem_deref(s);
	s = utf8_from_charset(&text, &charset, 100000);
	assert_int_equal(strlen(s), 2 * sizeof(in));
	mem_deref(s);
}


static void find(void **state)
{
	static const struct {
		const char *text, *needle;
		int start, end; /* -1: not found */
	} table[] = {
		{"Hello World", "world", 6, 11},
		{"hello", "ell", -1, 0},
		{"(hello)", "HELL", 1, 5},
		{"na\xc3\xafve", "naive", 0, 6},
		{"nai\xcc\x88ve", "na\xc3\xafv", 0, 6},
		{"nai\xcc\x88", "nai", 0, 5},
		{"\xe6\x98\x8e\xe5\xa4\xa9", "\xe5\xa4\xa9", 3, 6},
		{"abc", "", -1, 0},
		{"abc", "\xcc\x88", -1, 0},
		{"", "a", -1, 0},
		{"ab", "abc", -1, 0},
		{"xa a", "a", 3, 4},
	};
	size_t i, start, end;

	(void)state;
	for (i = 0; i < UNIT_N(table); i++) {
		struct pl text = pl_str(table[i].text);
		struct pl needle = pl_str(table[i].needle);
		bool found = utf8_find(&text, 0, &needle, false, &start, &end);

		assert_int_equal(found, table[i].start >= 0);
		if (!found)
			continue;
		assert_int_equal(start, table[i].start);
		assert_int_equal(end, table[i].end);
	}
	assert_true(utf8_find(&(struct pl)PL("hello"), 0, &(struct pl)PL("ELL"),
		true, &start, &end));
	assert_int_equal(start, 1);
}


int test_utf8(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find),
		cmocka_unit_test(decode),
		cmocka_unit_test(encode_inverts_decode),
		cmocka_unit_test(repair),
		cmocka_unit_test(columns),
		cmocka_unit_test(fit),
		cmocka_unit_test(cell),
		cmocka_unit_test(charsets),
		cmocka_unit_test(charset_bound),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
