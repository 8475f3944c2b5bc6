/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "mbuf.h"
#include "parse.h"
#include "cmd.h"
#include "unit.h"

int test_parse(void);


/* All commands of TEXT: words in <>, commands parted by "|". */
static char *split(const struct pl *text, bool one_line, int *err)
{
	struct mbuf *mb = mbuf_alloc(1 << 22);
	struct words *w = NULL;
	struct parse p;
	size_t i;
	char *s;

	parse_init(&p, text);
	p.one_line = one_line;
	while (!(*err = parse_command(&p, &w))) {
		if (mb->end)
			mbuf_write_u8(mb, '|');
		for (i = 0; i < w->n; i++)
			mbuf_printf(mb, "<%s>", w->v[i]);
		mem_deref(w);
	}
	if (*err != ENOENT)
		mbuf_printf(mb, "!%u:%zu", p.line, p.column);
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


static void words(void **state)
{
	static const struct {
		const char *text;
		const char *expected;
	} cases[] = {
		{"", ""},
		{"   ", ""},
		{"# all comment", ""},
		{";;;", ""},
		{"a b  c", "<a><b><c>"},
		{"\ta\tb\r\n", "<a><b>"},
		{"a;b", "<a>|<b>"},
		{"a ; ; b;", "<a>|<b>"},
		{"a\nb", "<a>|<b>"},
		{"a\n\n#x\n b # y ; c\nd", "<a>|<b>|<d>"},
		{"a#b", "<a#b>"},
		{"a '#b;c' d", "<a><#b;c><d>"},
		{"'it''s'", "<its>"},
		{"'it'\\''s'", "<it's>"},
		{"''", "<>"},
		{"a \"\" b", "<a><><b>"},
		{"\"a \\\" b\"", "<a \" b>"},
		{"\"a \\n b\"", "<a \\n b>"},
		{"\"\\$\\`\\\\\"", "<$`\\>"},
		{"'a \\ b'", "<a \\ b>"},
		{"a\\ b", "<a b>"},
		{"a\\;b \\#c", "<a;b><#c>"},
		{"a \\\nb", "<a><b>"},
		{"a \\\r\nb", "<a><b>"},
		{"ab\\\ncd", "<abcd>"},
		{"\"ab\\\ncd\"", "<abcd>"},
		{"'two\nlines'", "<two\nlines>"},
		{"x'y'\"z\"w", "<xyzw>"},
		{"msg b\xc3\xb6 \xf0\x9f\x98\x80",
			"<msg><b\xc3\xb6>"
			"<\xf0\x9f\x98\x80>"},
		/* what ends in an error: line and column */
		{"a 'b", "!1:3"},
		{"a \"b'", "!1:3"},
		{"a\nbb \"c", "<a>!2:4"},
		{"a \\", "!1:3"},
		{"a \xff b", "!1:3"},
		{"\xc3", "!1:1"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);
		int err;
		char *s = split(&pl, false, &err);

		assert_string_equal(s, cases[i].expected);
		mem_deref(s);
	}
}


static void hostile(void **state)
{
	static const struct pl nul = PL("a b\0c d");
	struct mbuf *mb = mbuf_alloc(1 << 22);
	struct pl pl;
	char *s;
	int err, i;

	(void)state;
	s = split(&nul, false, &err);
	assert_string_equal(s, "!1:3");
	mem_deref(s);

	for (i = 0; i < CMD_WORDS_MAX; i++)
		mbuf_write_str(mb, "x ");
	pl = mbuf_all(mb);
	mem_deref(split(&pl, false, &err));
	assert_int_equal(err, ENOENT);
	mbuf_write_str(mb, "x ");
	pl = mbuf_all(mb);
	mem_deref(split(&pl, false, &err));
	assert_int_equal(err, E2BIG);

	mbuf_reset(mb);
	for (i = 0; i <= CMD_LINE_MAX; i++)
		mbuf_write_u8(mb, 'x');
	pl = mbuf_all(mb);
	mem_deref(split(&pl, false, &err));
	assert_int_equal(err, EBADMSG);
	mem_deref(mb);
}


/* In a file a quote ends at its line, so that one mistake is one line's. */
static void one_line(void **state)
{
	struct pl pl = PL("a; b 'c\nd;e\nf");
	struct words *w = NULL;
	struct parse p;
	int err;

	(void)state;
	parse_init(&p, &pl);
	p.one_line = true;
	assert_int_equal(parse_command(&p, &w), 0);
	assert_true(w->fresh);
	mem_deref(w);
	err = parse_command(&p, &w);
	assert_int_equal(err, EBADMSG);
	assert_int_equal(p.line, 1);
	assert_int_equal(p.column, 6);
	assert_false(p.fresh);
	parse_recover(&p);
	assert_int_equal(parse_command(&p, &w), 0);
	assert_string_equal(w->v[0], "d");
	assert_int_equal(w->line, 2);
	assert_true(w->fresh);
	mem_deref(w);
	assert_int_equal(parse_command(&p, &w), 0);
	assert_string_equal(w->v[0], "e");
	assert_false(w->fresh);
	mem_deref(w);
	assert_int_equal(parse_command(&p, &w), 0);
	assert_string_equal(w->v[0], "f");
	assert_int_equal(w->line, 3);
	assert_true(w->fresh);
	mem_deref(w);
	assert_int_equal(parse_command(&p, &w), ENOENT);
}


/* A quoted word is split back into itself. */
static void quote(void **state)
{
	static const char *const cases[] = {"plain", "", "a b", "it's", "\"",
		"\\", "#", ";", "a\nb", "''", "-n", "a#b"};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *quoted = cmd_quote(cases[i]);
		struct pl pl = pl_str(quoted);
		struct words *w = NULL;
		struct parse p;

		parse_init(&p, &pl);
		assert_int_equal(parse_command(&p, &w), 0);
		assert_int_equal(w->n, 1);
		assert_string_equal(w->v[0], cases[i]);
		mem_deref(w);
		mem_deref(quoted);
	}
}


int test_parse(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(hostile),
		cmocka_unit_test(one_line),
		cmocka_unit_test(quote),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
