/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "part.h"
#include "mem.h"
#include "unit.h"

int test_part(void);


static const struct {
	const char *text, *groups;
} groups[] = {
	{"", ""},
	{"ab", ""},
	{"Abc", "abc "},
	{"abc de fghi", "abc fgh ghi "},
	{"a-b_c.d", ""},
	{"  caf\xc3\xa9 ", "caf afe "},
	{"CAFE\xcc\x81!", "caf afe "},
	{"x\xcc\x81y\xcc\x81z", "xyz "},
	/* Scripts without spaces are in the word index, any part of them. */
	{"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b\xe5\x8d\x88", ""},
	{"abc\xe6\x98\x8e"
	 "def",
		"abc def "},
	{"\xd0\x96\xd0\x98\xd0\x99", "\xd0\xb6\xd0\xb8\xd0\xb8 "},
	{"a\x01"
	 "bcd",
		"bcd "},
	{"ab\xff"
	 "cde",
		"cde "},
	{"\xcc\x81"
	 "abc",
		"abc "},
};


static void writes_groups(void **state)
{
	struct folded *f = part_folded_alloc();
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(groups); i++) {
		struct pl text = pl_str(groups[i].text);
		struct mbuf *mb = mbuf_alloc(100);
		struct pl got;

		part_fold(f, &text);
		part_write(mb, f);
		got = mbuf_all(mb);
		if (!pl_streq(&got, groups[i].groups))
			fail_msg("%s: %.*s", groups[i].text, (int)got.l, got.p);
		mem_deref(mb);
	}
	mem_deref(f);
}


/* Where it is, marks of the last letter included. */
static void finds(void **state)
{
	static const uint32_t part[] = {'f', 'e', 's'};
	struct folded *f = part_folded_alloc();
	struct pl text = pl_str("of es cafE\xcc\x81s\xcc\xa7! feS");
	size_t at = 0;

	(void)state;
	part_fold(f, &text);
	assert_true(part_find(f, part, 3, &at));
	assert_int_equal(f->start[at], 8);
	assert_int_equal(f->end[at + 2], 15);
	++at;
	assert_true(part_find(f, part, 3, &at));
	assert_int_equal(f->start[at], 17);
	assert_int_equal(f->end[at + 2], 20);
	++at;
	assert_false(part_find(f, part, 3, &at));
	mem_deref(f);
}


static void what_is_one(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} cases[] = {
		{"abc", true},
		{"ab", false},
		{"a1c", true},
		{"a-bc", false},
		{"abc ", false},
		{" abc", false},
		{"e\xcc\x81t", false},
		{"e\xcc\x81t\xc3\xa9s", true},
		{"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b", false},
		{"abc\xe6\x98\x8e", false},
		{"abc*", false},
		{"", false},
	};
	struct folded *f = part_folded_alloc();
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl text = pl_str(cases[i].text);

		if (part_is(f, &text) != cases[i].is)
			fail_msg("%s", cases[i].text);
	}
	mem_deref(f);
}


int test_part(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_groups),
		cmocka_unit_test(finds),
		cmocka_unit_test(what_is_one),
	};

	return cmocka_run_group_tests_name("part", tests, NULL, NULL);
}
