/* SPDX-License-Identifier: GPL-3.0-or-later */
/* textbuf.c and its parts: rows, anchor, what is dropped, links, hits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "unit.h"
#include "mbuf.h"
#include "mem.h"
#include "rand.h"
#include "textbuf.h"
#include "utf8.h"

int test_textbuf(void);

enum {
	DAY = 86400000,
};


static struct textbuf_entry *entry(uint64_t id, const char *text)
{
	struct textbuf_entry *e = textbuf_entry_alloc(text);

	e->id = id;
	e->at = 1000000000000 + (int64_t)id * 1000;
	e->who = mem_strdup("Bob");
	return e;
}


static void wraps(void **state)
{
	static const struct {
		const char *text;
		size_t cols;
		const char *rows; /* between bars */
	} table[] = {
		{"one two three", 20, "one two three|"},
		{"one two three", 13, "one two three|"},
		{"one two three", 12, "one two|three|"},
		{"one two three", 7, "one two|three|"},
		{"one two three", 6, "one|two|three|"},
		{"one  two", 4, "one|two|"},
		{"abcdefgh", 3, "abc|def|gh|"},
		{"ab abcdefgh", 4, "ab|abcd|efgh|"},
		{"a\nb\n\nc", 9, "a|b||c|"},
		{"a\n", 9, "a|"},
		{"    code", 6, "    co|de|"},
		{"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b", 4,
			"\xe6\x98\x8e\xe5\xa4\xa9|\xe4\xb8\x8b|"},
		{"\xe6\x98\x8e\xe5\xa4\xa9\xe3\x80\x82x", 4,
			"\xe6\x98\x8e|\xe5\xa4\xa9\xe3\x80\x82|x|"},
		{"\xe6\x98\x8e", 1, "\xe6\x98\x8e|"},
		{"e\xcc\x81"
		 "e\xcc\x81",
			1, "e\xcc\x81|e\xcc\x81|"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(table); i++) {
		struct mbuf *mb = mbuf_alloc(1000);
		struct pl rest = pl_str(table[i].text);
		char *s;

		while (rest.l) {
			size_t shown;
			size_t n = textbuf_wrap(&rest, table[i].cols, &shown);

			(void)mbuf_write_mem(mb, rest.p, shown);
			(void)mbuf_write_str(mb, "|");
			pl_skip(&rest, n);
		}
		s = mbuf_strdup(mb);
		assert_string_equal(s, table[i].rows);
		mem_deref(s);
		mem_deref(mb);
	}
}


/* A text of all kinds of characters, cleaned as a stranger's is. */
static char *random_text(struct rand *r, size_t len)
{
	static const uint32_t kinds[][2] = {
		{' ', '~'},
		{'a', 'z'},
		{' ', ' '},
		{'\t', '\n'},
		{0, 0x1f},
		{0x80, 0x24f},
		{0x300, 0x36f},
		{0x590, 0x6ff},
		{0x900, 0xdff},
		{0x1100, 0x11ff},
		{0x2000, 0x206f},
		{0x2600, 0x27bf},
		{0x3000, 0x30ff},
		{0x4e00, 0x9fff},
		{0xac00, 0xd7a3},
		{0xfe00, 0xfe0f},
		{0xff00, 0xffff},
		{0x1f1e6, 0x1f1ff},
		{0x1f300, 0x1faff},
		{0xe0000, 0xe01ef},
		{0, 0x10ffff},
	};
	struct mbuf *mb = mbuf_alloc(1 << 20);
	struct pl pl;
	char buf[4], *s;
	size_t i;

	for (i = 0; i < len; i++) {
		const uint32_t *k = kinds[rand_below(r, UNIT_N(kinds))];
		uint32_t cp = k[0] + rand_below(r, k[1] - k[0] + 1);

		if (cp)
			(void)mbuf_write_mem(mb, buf, utf8_encode(buf, cp));
	}
	s = mbuf_strdup(mb);
	mem_deref(mb);
	pl = pl_str(s);
	mb = NULL;
	{
		char *clean = utf8_clean_dup(&pl, UTF8_BODY);

		mem_deref(s);
		return clean;
	}
}


static void rows_fit_and_are_the_text(void **state)
{
	struct rand *r = rand_seeded(7);
	int cols;

	(void)state;
	for (cols = 1; cols <= 500; cols++) {
		struct textbuf *tb = textbuf_alloc(100, 1 << 20);
		struct textbuf_pos pos = {0};
		struct textbuf_row row;
		const struct textbuf_layout *l = textbuf_layout(tb);
		char *text = random_text(r, rand_below(r, 300));
		struct textbuf_entry *e = entry(1, text);
		size_t at = 0;

		assert_true(textbuf_append(tb, e, true));
		textbuf_size(tb, cols, 1 + cols % 200);
		assert_true(l->text >= 0 && l->text_cols >= 1);
		assert_true(l->text + l->text_cols <= cols);
		while (textbuf_row(tb, &pos, &row)) {
			if (row.pos.part != TEXTBUF_TEXT)
				continue;
			assert_int_equal(row.pos.off, at);
			at = row.next;
			assert_true(utf8_valid(&row.text));
			if (l->text_cols > 1)
				assert_true(utf8_cols(&row.text) <=
					(size_t)l->text_cols);
			assert_null(pl_chr(&row.text, '\n'));
			assert_null(pl_chr(&row.text, '\t'));
		}
		assert_int_equal(at, e->len);
		mem_deref(text);
		mem_deref(tb);
	}
	mem_deref(r);
}


/* What stands in the rows: parts and texts. */
static char *picture(struct textbuf *tb, int rows)
{
	struct textbuf_pos pos = textbuf_top(tb);
	struct mbuf *mb = mbuf_alloc(1 << 20);
	struct textbuf_row row;
	char *s;

	while (rows-- && textbuf_row(tb, &pos, &row))
		(void)mbuf_printf(mb, "%c%.*s\n", "dUwt>"[row.pos.part],
			PL_ARG(&row.text));
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


static void picture_is(struct textbuf *tb, int rows, const char *expected)
{
	char *s = picture(tb, rows);

	assert_string_equal(s, expected);
	mem_deref(s);
}


static void finds_messages(void **state)
{
	static const uint64_t ids[] = {5, 9, 7, 0, 11, 8};
	struct textbuf *tb = textbuf_alloc(500, 100000);
	size_t i, index;
	uint64_t id;

	(void)state;
	for (i = 0; i < UNIT_N(ids); i++)
		assert_true(textbuf_append(tb, entry(ids[i], "x"), true));
	for (i = 0; i < UNIT_N(ids); i++) {
		if (!ids[i])
			continue;
		assert_ptr_equal(
			textbuf_find(tb, ids[i], &index), textbuf_at(tb, i));
		assert_int_equal(index, i);
	}
	for (id = 20; id < 300; id++)
		assert_true(textbuf_append(tb, entry(id, "x"), true));
	for (i = 0; i < UNIT_N(ids); i++)
		assert_int_equal(
			textbuf_find(tb, ids[i], NULL) != NULL, ids[i] != 0);
	assert_null(textbuf_find(tb, 6, NULL));
	assert_null(textbuf_find(tb, 15, NULL));
	assert_null(textbuf_find(tb, 300, NULL));
	mem_deref(tb);
}


static void shows_the_end(void **state)
{
	struct textbuf *tb = textbuf_alloc(10, 1000);
	struct textbuf_entry *e;

	(void)state;
	textbuf_size(tb, 80, 4);
	picture_is(tb, 4, "");
	assert_false(textbuf_move(tb, -1));
	assert_false(textbuf_move(tb, 1));
	assert_true(textbuf_at_end(tb));
	(void)textbuf_append(tb, entry(1, "one"), true);
	picture_is(tb, 4, "d\ntone\n");
	(void)textbuf_append(tb, entry(2, "two\nlines"), true);
	picture_is(tb, 4, "d\ntone\nttwo\ntlines\n");
	e = entry(3, "three");
	e->note = mem_strdup("why");
	(void)textbuf_append(tb, e, true);
	picture_is(tb, 4, "ttwo\ntlines\ntthree\n>why\n");
	textbuf_set_unread(tb, 3);
	picture_is(tb, 4, "tlines\nU\ntthree\n>why\n");
	assert_true(textbuf_move(tb, -2));
	picture_is(tb, 4, "tone\nttwo\ntlines\nU\n");
	assert_false(textbuf_at_end(tb));
	assert_true(textbuf_move(tb, -9));
	assert_false(textbuf_move(tb, -1));
	picture_is(tb, 4, "d\ntone\nttwo\ntlines\n");
	assert_true(textbuf_move(tb, 1));
	picture_is(tb, 4, "tone\nttwo\ntlines\nU\n");
	assert_true(textbuf_move(tb, 9));
	assert_true(textbuf_at_end(tb));
	picture_is(tb, 4, "tlines\nU\ntthree\n>why\n");
	textbuf_first(tb);
	picture_is(tb, 1, "d\n");
	textbuf_last(tb);
	picture_is(tb, 4, "tlines\nU\ntthree\n>why\n");
	mem_deref(tb);
}


static void narrow(void **state)
{
	struct textbuf *tb = textbuf_alloc(10, 1000);

	(void)state;
	textbuf_size(tb, 10, 8);
	(void)textbuf_append(tb, entry(1, "words of text"), true);
	picture_is(tb, 8, "d\nwBob\ntwords of\nttext\n");
	textbuf_size(tb, 1, 3);
	picture_is(tb, 3, "te\ntx\ntt\n");
	mem_deref(tb);
}


static void days(void **state)
{
	struct textbuf *tb = textbuf_alloc(10, 1000);
	struct textbuf_entry *e;

	(void)state;
	textbuf_size(tb, 80, 9);
	(void)textbuf_append(tb, entry(1, "one"), true);
	e = entry(2, "two");
	e->at += DAY;
	(void)textbuf_append(tb, e, true);
	picture_is(tb, 9, "d\ntone\nd\nttwo\n");
	mem_deref(tb);
}


static const char *below_day(const char *s)
{
	return *s == 'd' ? strchr(s, '\n') + 1 : s;
}


/* Random things happen around what is read. */
static void what_is_read_stays(void **state)
{
	struct rand *r = rand_seeded(11);
	struct textbuf *tb = textbuf_alloc(60, 1 << 20);
	uint64_t low = 100000, high = 100000;
	unsigned i;

	(void)state;
	textbuf_size(tb, 60, 10);
	for (i = 0; i < 40; i++) {
		char *text = random_text(r, rand_below(r, 200));

		(void)textbuf_append(tb, entry(++high, text), true);
		mem_deref(text);
	}
	assert_true(textbuf_move(tb, -30));
	for (i = 0; i < 2000; i++) {
		char *before = picture(tb, 10);
		char *text = random_text(r, rand_below(r, 200));
		char *after;

		if (rand_below(r, 2))
			(void)textbuf_append(tb, entry(++high, text), true);
		else
			(void)textbuf_prepend(tb, entry(--low, text));
		assert_true(textbuf_count(tb) <= 60);
		after = picture(tb, 10);
		/* A line of a day goes where that day goes on above. */
		if (!textbuf_at_end(tb))
			assert_string_equal(below_day(before),
				*before == 'd' ? strchr(after, '\n') + 1
					       : after);
		mem_deref(before);
		mem_deref(after);
		mem_deref(text);
		if (!(i % 7))
			(void)textbuf_move(tb, (long)rand_below(r, 41) - 20);
	}
	mem_deref(tb);
	mem_deref(r);
}


static void width_keeps_the_place(void **state)
{
	struct textbuf *tb = textbuf_alloc(100, 1 << 20);
	struct textbuf_pos top;
	char text[2000] = "";
	size_t off, index;
	int i, cols;

	(void)state;
	for (i = 0; i < 200; i++)
		(void)sprintf(text + strlen(text), "word%d ", i);
	textbuf_size(tb, 80, 5);
	for (i = 1; i < 20; i++)
		(void)textbuf_append(tb, entry((uint64_t)i, text), true);
	(void)textbuf_move(tb, -100);
	(void)textbuf_move(tb, 3);
	top = textbuf_top(tb);
	index = top.index;
	off = top.off;
	for (cols = 500; cols > 2; cols -= 3) {
		struct textbuf_pos p;
		struct textbuf_row row;

		textbuf_size(tb, cols, 5);
		p = top = textbuf_top(tb);
		assert_true(textbuf_row(tb, &p, &row));
		assert_int_equal(top.index, index);
		assert_true(top.off <= off || top.part != TEXTBUF_TEXT);
		off = top.off;
	}
	mem_deref(tb);
}


static void drops(void **state)
{
	struct textbuf *tb = textbuf_alloc(5, 1 << 20);
	uint64_t i;

	(void)state;
	textbuf_size(tb, 80, 2);
	for (i = 10; i < 20; i++)
		assert_true(textbuf_append(tb, entry(i, "x"), true));
	assert_int_equal(textbuf_count(tb), 5);
	assert_int_equal(textbuf_oldest(tb), 15);
	assert_int_equal(textbuf_newest(tb), 19);
	assert_true(textbuf_lost_old(tb));
	assert_false(textbuf_lost_old(tb));
	assert_false(textbuf_lost_new(tb));
	/* At the end there is no room for older ones. */
	assert_false(textbuf_prepend(tb, entry(9, "x")));
	textbuf_first(tb);
	assert_true(textbuf_prepend(tb, entry(9, "x")));
	assert_true(textbuf_lost_new(tb));
	assert_int_equal(textbuf_newest(tb), 18);
	assert_null(textbuf_find(tb, 19, NULL));
	assert_non_null(textbuf_find(tb, 18, NULL));
	/* Nor at the start for newer ones. */
	textbuf_first(tb);
	assert_false(textbuf_append(tb, entry(20, "x"), false));
	mem_deref(tb);
}


static void tabs(void **state)
{
	struct textbuf_entry *e =
		textbuf_entry_alloc("a\tb\n\tc\n\xe6\x98\x8e\td\t");

	(void)state;
	assert_string_equal(
		e->text, "a       b\n        c\n\xe6\x98\x8e      d       ");
	mem_deref(e);
}


static void links(void **state)
{
	static const struct {
		const char *text;
		const char *links; /* in brackets */
	} table[] = {
		{"none: here", ""},
		{"see https://example.org/a.", "[https://example.org/a]"},
		{"(http://example.org/a_(b)), sip:bob@example.org!",
			"[http://example.org/a_(b)][sip:bob@example.org]"},
		{"http: //x http:// sip: nohttp://x gossip:a", ""},
		{"<sips:kim@example.com>", "[sips:kim@example.com]"},
		{"HTTPS://EXAMPLE.ORG?a=b&c", "[HTTPS://EXAMPLE.ORG?a=b&c]"},
		{"https://example.org/\xc3\xa9 x",
			"[https://example.org/\xc3\xa9]"},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(table); i++) {
		struct textbuf_entry *e = textbuf_entry_alloc(table[i].text);
		char found[200] = "";

		for (k = 0; k < e->n_links; k++)
			(void)sprintf(found + strlen(found), "[%.*s]",
				(int)(e->links[k].end - e->links[k].start),
				e->text + e->links[k].start);
		assert_string_equal(found, table[i].links);
		mem_deref(e);
	}
}


static void pieces(void **state)
{
	struct textbuf *tb = textbuf_alloc(5, 1000);
	struct pl words[] = {PL("example"), PL("SEE")};
	struct textbuf_pos pos = {0};
	struct textbuf_row row;
	char s[400] = "";

	(void)state;
	textbuf_size(tb, 30, 9);
	(void)textbuf_append(tb,
		entry(1,
			"I see it, \xc5\x9d\xc3\xa9\xc3\xa9 "
			"https://example.org/long/path"),
		true);
	textbuf_search(tb, words, 2, false);
	while (textbuf_row(tb, &pos, &row)) {
		struct pl text;
		size_t i = 0;
		bool hit;
		int link;

		while (textbuf_piece(tb, &row, &i, &text, &hit, &link))
			(void)sprintf(s + strlen(s), "%s%s%.*s",
				hit ? "*" : "-", link >= 0 ? "@" : "",
				PL_ARG(&text));
		(void)strcat(s, "\n");
	}
	assert_string_equal(s,
		"\n-I *see- it, *\xc5\x9d\xc3\xa9\xc3\xa9\n"
		"-@https://*@example-@.o\n-@rg/long/path\n");
	mem_deref(tb);
}


int test_textbuf(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wraps),
		cmocka_unit_test(rows_fit_and_are_the_text),
		cmocka_unit_test(finds_messages),
		cmocka_unit_test(shows_the_end),
		cmocka_unit_test(narrow),
		cmocka_unit_test(days),
		cmocka_unit_test(what_is_read_stays),
		cmocka_unit_test(width_keeps_the_place),
		cmocka_unit_test(drops),
		cmocka_unit_test(tabs),
		cmocka_unit_test(links),
		cmocka_unit_test(pieces),
	};

	return cmocka_run_group_tests_name("textbuf", tests, NULL, NULL);
}
