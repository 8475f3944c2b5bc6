/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "im.h"
#include "unit.h"

int test_rtf(void);


static const struct {
	const char *rtf, *text;
} cases[] = {
	{"", ""},
	{"{\\rtf1 hi}", "hi"},
	{"{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fnil MS Shell "
	 "Dlg;}}\r\n{\\colortbl ;\\red0\\green0\\blue0;}\r\n"
	 "{\\*\\generator Riched20 14.0;}\\viewkind4\\uc1\\pard\\cf1\\f0"
	 "\\fs20 Hello \\b Bob\\b0 ,\\par\r\nhow are you?\\par\r\n}",
		"Hello Bob,\nhow are you?"},
	{"{\\rtf1 a\\line b\\tab c}", "a\nb\tc"},
	{"{\\rtf1 \\{\\\\\\}}", "{\\}"},
	{"{\\rtf1 sch\\'f6n}", "sch\xc3\xb6n"},
	{"{\\rtf1\\ansicpg1251 \\'e4\\'e0}", "\xd0\xb4\xd0\xb0"},
	{"{\\rtf1 \\u8364?x}", "\xe2\x82\xacx"},
	{"{\\rtf1\\uc0 \\u8364 x}", "\xe2\x82\xacx"},
	{"{\\rtf1\\uc2 \\u8364\\'e2\\'80x}", "\xe2\x82\xacx"},
	{"{\\rtf1 {\\uc0 \\u65}b\\u66?c}", "AbBc"},
	{"{\\rtf1 \\u-10179?\\u-8878?}", "\xf0\x9f\x95\x92"},
	{"{\\rtf1 \\u-8878?x}", "\xef\xbf\xbdx"},
	{"{\\rtf1 {\\pict\\bin5 }{}{x}y}", "y"},
	{"{\\rtf1 {\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt link}}}",
		"link"},
	{"{\\rtf1 a\\~b\\_c\\-d\\emdash e}",
		"a\xc2\xa0"
		"b-cd\xe2\x80\x94"
		"e"},
	{"{\\rtf1 a\\\nb}", "a\nb"},
	{"{\\rtf1 never {ends", "never ends"},
	{"a}}}b", "ab"},
	{"{\\rtf1 \\", ""},
	{"{\\rtf1 \\'z1\\'e", "z1e"},
	{"{\\rtf1 \\u99999999999999?x}", "\xef\xbf\xbdx"},
	{"{\\rtf1 \\bin99999999999 gone}", ""},
};


static void texts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct mbuf *mb = mbuf_alloc(4096);
		struct pl rtf = pl_str(cases[i].rtf), text;

		assert_int_equal(im_rtf_text(mb, &rtf), 0);
		text = mbuf_all(mb);
		if (!pl_streq(&text, cases[i].text))
			print_message("%s\n", cases[i].rtf);
		assert_pl(text, cases[i].text);
		mem_deref(mb);
	}
}


/* Groups deeper than are told apart, and what never ends. */
static void deep(void **state)
{
	static char text[100000];
	struct mbuf *mb = mbuf_alloc(sizeof(text));
	struct pl rtf = pl_make(text, sizeof(text)), out;

	(void)state;
	memset(text, '{', sizeof(text));
	text[sizeof(text) - 1] = 'x';
	assert_int_equal(im_rtf_text(mb, &rtf), 0);
	out = mbuf_all(mb);
	assert_pl(out, "x");
	mem_deref(mb);
}


/* As a body. */
static void bodies(void **state)
{
	const struct pl type = PL("text/rtf"), app = PL("application/rtf");
	const struct pl rtf = PL("{\\rtf1 hi}");
	struct im_body *b = im_body_decode(&type, &rtf, true);

	(void)state;
	assert_int_equal(b->kind, IM_TEXT);
	assert_string_equal(b->text, "hi");
	mem_deref(b);
	b = im_body_decode(&app, &rtf, true);
	assert_int_equal(b->kind, IM_UNSUPPORTED);
	mem_deref(b);
}


int test_rtf(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(deep),
		cmocka_unit_test(bodies),
	};

	return cmocka_run_group_tests_name("rtf", tests, NULL, NULL);
}
