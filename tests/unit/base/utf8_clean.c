/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <errno.h>
#include "rand.h"
#include "unit.h"
#include "utf8.h"

int test_utf8_clean(void);

#define BAD "\xef\xbf\xbd"


struct clean_case {
	struct pl in;
	const char *out;
};


static void check(const struct clean_case *cases, size_t n, enum utf8_mode mode,
	bool ascii)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct mbuf *mb = mbuf_alloc(10000);
		char *s;

		assert_int_equal(utf8_clean(mb, &cases[i].in, mode, ascii), 0);
		s = mbuf_strdup(mb);
		assert_string_equal(s, cases[i].out);
		mem_deref(s);
		mem_deref(mb);
	}
}


static void sequences(void **state)
{
	static const struct clean_case cases[] = {
		{PL("plain"), "plain"},
		{PL("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f"},
		{PL(BAD), BAD},
		/* CSI: 7-bit, U+009B, the byte 0x9b */
		{PL("a\x1b[31mb"), "a" BAD "b"},
		{PL("a\x1b[?1049hb"), "a" BAD "b"},
		{PL("a\x1b[1;2 qb"), "a" BAD "b"},
		{PL("a\xc2\x9b"
		    "31mb"),
			"a" BAD "b"},
		{PL("a\x9b"
		    "31mb"),
			"a" BAD "b"},
		{PL("a\x1b[Hb\x1b[2Jc"), "a" BAD "b" BAD "c"},
		/* CSI without an end */
		{PL("a\x1b["), "a" BAD},
		{PL("a\x1b[31"), "a" BAD},
		{PL("a\x1b[31\nb"), "a" BAD "\nb"},
		{PL("a\x1b[31\xc3\xa9"), "a" BAD "\xc3\xa9"},
		{PL("a\x1b[31\x1b[32mb"), "a" BAD BAD "b"},
		{PL("a\xc2\x9b"
		    "31"),
			"a" BAD},
		{PL("a\x9b"
		    "31\xc3\xa9"),
			"a" BAD "31\xc3\xa9"},
		/* OSC and its ends: BEL, ESC \, U+009C, 0x9c */
		{PL("a\x1b]0;title\x07"
		    "b"),
			"a" BAD "b"},
		{PL("a\x1b]8;;http://example.org\x1b\\b"), "a" BAD "b"},
		{PL("a\x1b]52;c;aGk=\xc2\x9c"
		    "b"),
			"a" BAD "b"},
		{PL("a\x1b]0;t\x9c"
		    "b"),
			"a" BAD "b"},
		{PL("a\xc2\x9d"
		    "0;t\x07"
		    "b"),
			"a" BAD "b"},
		{PL("a\x9d"
		    "0;t\x07"
		    "b"),
			"a" BAD "b"},
		{PL("a\x1b]0;t\x18"
		    "b"),
			"a" BAD "b"},
		{PL("a\x1b]0;t\x1b[31mb"), "a" BAD BAD "b"},
		/* a letter whose last byte is 0x9c ends nothing */
		{PL("a\x1b]0;\xe2\x9c\x9cx\x07"
		    "b"),
			"a" BAD "b"},
		/* DCS, SOS, PM, APC in the three forms */
		{PL("a\x1bPq#0\x1b\\b"), "a" BAD "b"},
		{PL("a\x1bXsos\x1b\\b"), "a" BAD "b"},
		{PL("a\x1b^pm\x1b\\b"), "a" BAD "b"},
		{PL("a\x1b_apc\x1b\\b"), "a" BAD "b"},
		{PL("a\xc2\x90q\xc2\x9c"
		    "b"),
			"a" BAD "b"},
		{PL("a\xc2\x98q\xc2\x9c"
		    "b"),
			"a" BAD "b"},
		{PL("a\xc2\x9eq\xc2\x9c"
		    "b"),
			"a" BAD "b"},
		{PL("a\xc2\x9fq\xc2\x9c"
		    "b"),
			"a" BAD "b"},
		{PL("a\x90q\x9c"
		    "b"),
			"a" BAD "b"},
		{PL("a\x98q\x9c"
		    "b"),
			"a" BAD "b"},
		{PL("a\x9eq\x9c"
		    "b"),
			"a" BAD "b"},
		{PL("a\x9fq\x9c"
		    "b"),
			"a" BAD "b"},
		/* strings without an end go as far as their line */
		{PL("a\x1b]0;evil"), "a" BAD},
		{PL("a\x1bP evil\nb"), "a" BAD "\nb"},
		{PL("a\x1bP evil\r\nb"), "a" BAD "\nb"},
		{PL("a\xc2\x9d"
		    "0;evil"),
			"a" BAD},
		{PL("a\x9d"
		    "0;evil"),
			"a" BAD "0;evil"},
		{PL("\x9d\x9d\x9d x"), BAD BAD BAD " x"},
		/* other escapes */
		{PL("a\x1b"
		    "cb"),
			"a" BAD "b"},
		{PL("a\x1b(0b"), "a" BAD "b"},
		{PL("a\x1b#8b"), "a" BAD "b"},
		{PL("a\x1bMb"), "a" BAD "b"},
		{PL("a\x1b%Gb"), "a" BAD "b"},
		{PL("a\x1b"), "a" BAD},
		{PL("a\x1b(\nb"), "a" BAD "(\nb"},
		{PL("a\x1b\x1b[31mb"), "a" BAD BAD "b"},
		{PL("a\x1b\xc3\xa9"), "a" BAD "\xc3\xa9"},
		{PL("a\x1b\x7f"
		    "b"),
			"a" BAD BAD "b"},
		/* single controls */
		{PL("a\x08"
		    "b"),
			"a" BAD "b"},
		{PL("a\x7f"
		    "b"),
			"a" BAD "b"},
		{PL("a\0b"), "a" BAD "b"},
		{PL("a\rb"), "a" BAD "b"},
		{PL("a\x0b\x0c"
		    "b"),
			"a" BAD BAD "b"},
		{PL("a\x0e\x0f"
		    "b"),
			"a" BAD BAD "b"},
		{PL("a\x05"
		    "b"),
			"a" BAD "b"},
		{PL("a\xc2\x85"
		    "b"),
			"a" BAD "b"},
		{PL("a\xc2\x84"
		    "b"),
			"a" BAD "b"},
		/* no UTF-8 */
		{PL("a\xff\xfe"
		    "b"),
			"a" BAD BAD "b"},
		{PL("a\xef\xbf"), "a" BAD},
		{PL("a\xef\xbf"
		    "b"),
			"a" BAD "b"},
		{PL("a\xc0\x9b"
		    "31m"),
			"a" BAD BAD},
		{PL("a\xe2\x9d"
		    "b"),
			"a" BAD "b"},
		{PL("\xed\xa0\x80"), BAD BAD BAD},
		{PL_INIT, ""},
	};

	(void)state;
	check(cases, UNIT_N(cases), UTF8_BODY, false);
}


static void bidi(void **state)
{
	static const struct clean_case cases[] = {
		{PL("a\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad"
		    "\xe2\x80\xae"
		    "b"),
			"ab"},
		{PL("a\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9"
		    "b"),
			"ab"},
		{PL("a\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c"
		    "b"),
			"ab"},
		/* neighbours stay: joiner, non-joiner, word joiner */
		{PL("\xe2\x80\x8d\xe2\x80\x8c\xe2\x81\xa0"),
			"\xe2\x80\x8d\xe2\x80\x8c\xe2\x81\xa0"},
		/* what is left and right of one does not grow together */
		{PL("\xc2\xe2\x80\xae\x9b"
		    "31m"),
			BAD BAD},
		{PL("\x1b\xe2\x80\xae[31m"), BAD "[31m"},
		/* Hebrew itself is text */
		{PL("\xd7\xa9\xd7\x9c"), "\xd7\xa9\xd7\x9c"},
	};

	(void)state;
	check(cases, UNIT_N(cases), UTF8_BODY, false);
}


static void blanks(void **state)
{
	static const struct clean_case body[] = {
		{PL("a\nb\tc\r\nd"), "a\nb\tc\nd"},
		{PL("a\r\r\nb"), "a" BAD "\nb"},
		{PL("a\xe2\x80\xa8"
		    "b\xe2\x80\xa9"
		    "c"),
			"a\nb\nc"},
	};
	static const struct clean_case name[] = {
		{PL("a\nb\tc\r\nd"), "a b c d"},
		{PL("a\xe2\x80\xa8"
		    "b\xe2\x80\xa9"
		    "c"),
			"a b c"},
		{PL("a\rb"), "a" BAD "b"},
		{PL("a\x1b]0;x\nb"), "a" BAD " b"},
	};

	(void)state;
	check(body, UNIT_N(body), UTF8_BODY, false);
	check(name, UNIT_N(name), UTF8_NAME, false);
}


static void ascii(void **state)
{
	static const struct clean_case cases[] = {
		{PL("gr\xc3\xbc\xc3\x9f"), "gr??"},
		{PL("a\x1b[31mb"), "a?b"},
		{PL("\xf0\x9f\x98\x80"), "?"},
		{PL("a\xe2\x80\xae"
		    "b"),
			"ab"},
		{PL("a\xff"), "a?"},
		{PL("a\xe2\x80\xa8"
		    "b"),
			"a b"},
	};

	(void)state;
	check(cases, UNIT_N(cases), UTF8_NAME, true);
}


/* Whatever goes in: what comes out is UTF-8 without a control, and cleaning
 * it once more changes nothing. */
static void random_bytes(void **state)
{
	static const char *const parts[] = {"\x1b", "[", "]", "P", "\\", "\x9b",
		"\xc2\x9d", "\x9c", "\x07", "31m", "\n", "\r", "\xe2", "\x80",
		"\xae", "\xef", "\xbf", "\xf0\x9f", "a", "\t", "\x90", ";"};
	struct rand *rand = rand_seeded(7);
	unsigned round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		enum utf8_mode mode = round & 1 ? UTF8_BODY : UTF8_NAME;
		struct mbuf *mb = mbuf_alloc(1000);
		uint32_t cp, n = 1 + rand_below(rand, 12);
		char *once, *twice;
		struct pl pl;
		size_t i, len;

		while (n--)
			(void)mbuf_write_str(
				mb, parts[rand_below(rand, UNIT_N(parts))]);
		if (round & 2)
			(void)mbuf_write_u8(mb, (uint8_t)rand_u32(rand));
		pl = mbuf_all(mb);
		once = utf8_clean_dup(&pl, mode);
		pl = pl_str(once);
		assert_true(utf8_valid(&pl));
		for (i = 0; i < pl.l; i += len) {
			len = utf8_decode(&cp, pl.p + i, pl.l - i);
			if (mode == UTF8_BODY && (cp == '\n' || cp == '\t'))
				continue;
			assert_false(cp < 0x20);
			assert_false(cp >= 0x7f && cp <= 0x9f);
			assert_false(cp >= 0x2028 && cp <= 0x202e);
		}
		twice = utf8_clean_dup(&pl, mode);
		assert_string_equal(once, twice);
		mem_deref(once);
		mem_deref(twice);
		mem_deref(mb);
	}
	mem_deref(rand);
}


/* A megabyte of openers that nothing closes: were each to look for its end
 * anew, this would take minutes. */
static void hostile_length(void **state)
{
	const size_t n = 1000000;
	char *in = mem_alloc(n, NULL), *out;
	struct pl pl = pl_make(in, n);

	(void)state;
	memset(in, 0x9d, n);
	out = utf8_clean_dup(&pl, UTF8_BODY);
	assert_int_equal(strlen(out), 3 * n);
	mem_deref(out);
	mem_deref(in);
}


static void bounded(void **state)
{
	struct mbuf *mb = mbuf_alloc(4);
	struct pl pl = PL("abc\x1b[m");

	(void)state;
	assert_int_equal(utf8_clean(mb, &pl, UTF8_NAME, false), ENOSPC);
	assert_pl(mbuf_all(mb), "abc");
	mem_deref(mb);
}


static void bounded_within_plain_text(void **state)
{
	struct mbuf *mb = mbuf_alloc(4);
	struct pl pl = PL("abcdef");

	(void)state;
	assert_int_equal(utf8_clean(mb, &pl, UTF8_NAME, false), ENOSPC);
	assert_pl(mbuf_all(mb), "abcd");
	mem_deref(mb);
}


/* A control anywhere in much that is plain. */
static void one_among_many(void **state)
{
	char text[600], want[600];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text); i++) {
		struct mbuf *mb = mbuf_alloc(sizeof(want));
		struct pl pl = pl_make(text, sizeof(text));
		struct pl all;

		memset(text, 'x', sizeof(text));
		memset(want, 'x', sizeof(want));
		text[i] = i % 2 ? '\x01' : '\x7f';
		want[i] = '?';
		assert_int_equal(utf8_clean(mb, &pl, UTF8_BODY, true), 0);
		all = mbuf_all(mb);
		assert_int_equal(all.l, sizeof(want));
		assert_memory_equal(all.p, want, sizeof(want));
		mem_deref(mb);
	}
}


static void shown(void **state)
{
	char *old = mem_strdup(setlocale(LC_CTYPE, NULL)), *text;

	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C"));
	assert_false(utf8_terminal());
	text = utf8_show_dup("a\xc3\xa9\x1b[31mb\nc", UTF8_BODY);
	assert_string_equal(text, "a??b\nc");
	mem_deref(text);
	if (setlocale(LC_CTYPE, "C.UTF-8")) {
		assert_true(utf8_terminal());
		text = utf8_show_dup("a\xc3\xa9\x1b[31mb\nc", UTF8_NAME);
		assert_string_equal(text,
			"a\xc3\xa9\xef\xbf\xbd"
			"b c");
		mem_deref(text);
	}
	(void)setlocale(LC_CTYPE, old);
	mem_deref(old);
}


int test_utf8_clean(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequences),
		cmocka_unit_test(bidi),
		cmocka_unit_test(blanks),
		cmocka_unit_test(ascii),
		cmocka_unit_test(random_bytes),
		cmocka_unit_test(hostile_length),
		cmocka_unit_test(bounded),
		cmocka_unit_test(bounded_within_plain_text),
		cmocka_unit_test(one_among_many),
		cmocka_unit_test(shown),
	};

	return cmocka_run_group_tests_name("utf8_clean", tests, NULL, NULL);
}
