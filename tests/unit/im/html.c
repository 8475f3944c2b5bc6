/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "im.h"
#include "unit.h"

int test_html(void);


static void texts(void **state)
{
	static const struct {
		const char *html, *text;
	} cases[] = {
		{"", ""},
		{"plain", "plain"},
		{"<b>bold</b> and <I>it</I>", "bold and it"},
		{"<span style=\"font-size:10pt\">hi</span>", "hi"},
		{"  a \r\n\t b  ", "a b"},
		{"<p>a</p><p>b</p>", "a\nb"},
		{"<div>a</div>\n<div><br></div>\n<div>b</div>", "a\n\nb"},
		{"a<br>b<BR/>c<br />d", "a\nb\nc\nd"},
		{"a<br><br>b<br>", "a\n\nb"},
		{"<ul><li>a<li>b</ul>c", "a\nb\nc"},
		{"<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr>"
		 "</table>",
			"a b\nc"},
		{"<h1>a</h1>b", "a\nb"},
		{"<o:p>a</o:p>b", "ab"},
		{"<p-x>a</p-x>b", "ab"},
		/* no text to show */
		{"<html><head><title>t</title><style>p{}</style></head>"
		 "<body>a<script>if (a<b) alert('</p>')</script>b</body>"
		 "</html>",
			"ab"},
		{"a<SCRIPT>x</Script >b", "ab"},
		{"a<script>never ends</p>", "a"},
		{"a</script>b", "ab"},
		{"a<!-- <b>no</b> -->b", "ab"},
		{"a<!-->b", "ab"},
		{"a<!-- never ends > b <i>c</i>", "a b c"},
		{"<!DOCTYPE html>a<![endif]>b<?xml x?>c", "abc"},
		/* entities */
		{"&lt;&gt;&amp;&quot;&apos;&eacute;", "<>&\"'\xc3\xa9"},
		{"&#65;&#x42;&#X43;&#68", "ABCD"},
		{"a&nbsp;&nbsp;b&#160;c", "a  b c"},
		{"&euro;&#128;&#x93;", "\xe2\x82\xac\xe2\x82\xac\xe2\x80\x9c"},
		{"&#0;&#xd800;&#x110000;&#99999999999;",
			"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{"&nosuch; &amp &; & &#; &#x; ?a=1&copy=2",
			"&nosuch; &amp &; & &#; &#x; ?a=1&copy=2"},
		{"a&#10;b", "a b"},
		{"&amp;lt;", "&lt;"},
		{"&#x1F372;", "\xf0\x9f\x8d\xb2"},
		/* what only looks like a tag */
		{"1 < 2 <3 <= </ <>", "1 < 2 <3 <= </ <>"},
		{"a<b", "a"},
		{"a<b c<i>d", "ad"},
		{"<a title=\"x > y\">b</a>", "b"},
		{"<a title='x > y' b = \"<\">c</a>", "c"},
		{"<a title=\"never ends>b</a>", "b"},
		{"<a title=\">b", "b"},
		{"it's <b>5\" x 4\"</b>", "it's 5\" x 4\""},
		{"<p title=it's>b</p>c", "b\nc"},
		/* pre */
		{"<pre>a  b\n  c\r\n\nd</pre>e  f", "a  b\n  c\n\nd\ne f"},
		{"</pre>a  b", "a b"},
		/* bytes as they are */
		{"\xc3\xa9<b>\xf0\x9f\x8d\xb2</b>", "\xc3\xa9\xf0\x9f\x8d\xb2"},
	};
	struct mbuf *mb = mbuf_alloc(1000);
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].html), all;

		mbuf_reset(mb);
		assert_int_equal(im_html_text(mb, &pl), 0);
		all = mbuf_all(mb);
		if (!pl_streq(&all, cases[i].text))
			fail_msg("%s gives \"%.*s\"", cases[i].html,
				PL_ARG(&all));
	}
	mem_deref(mb);
}


/* Hostile text of 1 MiB: the time is linear or this does not end. */
static void linear(void **state)
{
	static const char *const pieces[] = {
		"<",
		"<a",
		"<a=\"<a='",
		"<a=\"",
		"<a b=\"c\" d='",
		"<!--",
		"<!",
		"<script>",
		"<script></",
		"<a href='",
		"&",
		"&#",
		"&#x1",
		"&aaaaaaaaaaaaaaaaaaaa",
		"<br>",
		"<pre>\n",
		"<p> ",
	};
	struct mbuf *in = mbuf_alloc(1024 * 1024);
	struct mbuf *out = mbuf_alloc(1024 * 1024);
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(pieces); i++) {
		struct pl pl;

		mbuf_reset(in);
		while (!mbuf_write_str(in, pieces[i]))
			;
		mbuf_reset(out);
		pl = mbuf_all(in);
		assert_int_equal(im_html_text(out, &pl), 0);
	}
	mem_deref(in);
	mem_deref(out);
}


static void bounds(void **state)
{
	const struct pl html = PL("<p>abc</p><p>def</p>");
	struct mbuf *mb = mbuf_alloc(5);

	(void)state;
	assert_int_equal(im_html_text(mb, &html), ENOSPC);
	assert_pl(mbuf_all(mb), "abc\nd");
	mem_deref(mb);
}


int test_html(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(linear),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
