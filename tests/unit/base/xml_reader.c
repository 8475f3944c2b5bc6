/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xml_reader.c - documents bit by bit, all kinds of them. */
#include <errno.h>
#include <string.h>
#include "mbuf.h"
#include "mem.h"
#include "unit.h"
#include "xml.h"

int test_xml_reader(void);

#define NS "urn:a"

struct heard {
	struct mbuf *mb;
	size_t starts, ends, texts, calls;
	bool in_text;
};


static void start_h(const struct xml_tag *tag, size_t depth, void *arg)
{
	struct heard *heard = arg;
	struct pl x = xml_tag_attr(tag, "", "x"),
		  lang = xml_tag_attr(
			  tag, "http://www.w3.org/XML/1998/namespace", "lang");

	heard->starts++;
	heard->in_text = false;
	if (!heard->mb)
		return;
	mbuf_printf(heard->mb, "<%zu%s%s", depth,
		xml_tag_is(tag, NS, "a") ? "a" : "",
		xml_tag_is(tag, NULL, "b") ? "b" : "");
	if (x.p)
		mbuf_printf(heard->mb, " x=%.*s", PL_ARG(&x));
	if (lang.p)
		mbuf_printf(heard->mb, " lang=%.*s", PL_ARG(&lang));
}


static void text_h(const struct pl *text, void *arg)
{
	struct heard *heard = arg;

	assert_true(pl_isset(text));
	heard->texts++;
	if (!heard->mb)
		return;
	if (!heard->in_text)
		mbuf_write_str(heard->mb, "|");
	mbuf_write_pl(heard->mb, text);
	heard->in_text = true;
}


static void end_h(size_t depth, void *arg)
{
	struct heard *heard = arg;

	heard->ends++;
	heard->in_text = false;
	if (heard->mb)
		mbuf_printf(heard->mb, ">%zu", depth);
}


static int read_by(struct heard *heard, const struct pl *text,
	const struct xml_limits *limits, size_t n)
{
	const struct xml_reader_handlers h = {
		.start = start_h,
		.text = text_h,
		.end = end_h,
		.arg = heard,
	};
	struct xml_reader *r;
	int err = xml_reader_alloc(&r, text, limits, &h);

	if (err)
		return err;
	do {
		err = xml_reader_next(r, n);
		heard->calls++;
	} while (err == EAGAIN);
	assert_int_equal(xml_reader_next(r, n), err);
	mem_deref(r);
	return err;
}


static const size_t bits[] = {1, 7, 40, 1 << 20};


static void told(void **state)
{
	static const struct {
		struct pl text;
		const char *want;
	} rows[] = {
		{PL("<a xmlns='" NS "' x='1'/>"), "<1a x=1>1"},
		{PL(" <?xml-x y?><a x='&lt;&#65;'>t&amp;u<!-- > --><b/>v"
		    "<![CDATA[<>]]></a>\n"),
			"<1 x=<A|t&u<2b>2|v<>>1"},
		{PL("<?xml version='1.0' encoding='utf-8'?><p:a xmlns:p='" NS
		    "' p:x='2' xml:lang='de'><p:b></p:b></p:a>"),
			"<1a lang=de<2b>2>1"},
		{PL("<a><![CDATA[]]></a>"), "<1>1"},
		{PL("<a><!--> <b x='1'/>--></a>"), "<1>1"},
		/* A prefix that nobody declared is a part of the name. */
		{PL("<q:a q:x='1'/>"), "<1>1"},
		{PL("<a xmlns='urn:z'/>"), "<1>1"},
		{PL("<b x='\"&gt;>'>\n</b>"), "<1b x=\">>|\n>1"},
		/* In other letters. */
		{PL("\xef\xbb\xbf<b/>"), "<1b>1"},
		{PL("\xff\xfe<\0b\0>\0\xe9\0<\0/\0b\0>\0"), "<1b|\xc3\xa9>1"},
		{PL("<?xml version='1.0' encoding='iso-8859-1'?><b>\xe9</b>"),
			"<1b|\xc3\xa9>1"},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		for (k = 0; k < UNIT_N(bits); k++) {
			struct heard heard = {.mb = mbuf_alloc(1000)};
			char *got;

			assert_int_equal(
				read_by(&heard, &rows[i].text, NULL, bits[k]),
				0);
			got = mbuf_strdup(heard.mb);
			assert_string_equal(got, rows[i].want);
			mem_deref(got);
			mem_deref(heard.mb);
		}
	}
}


/* It takes what the tree takes, and nothing else. */
static void refused(void **state)
{
	static const struct pl rows[] = {
		PL(""),
		PL(" "),
		PL("text"),
		PL("<a"),
		PL("<a>"),
		PL("<a>text"),
		PL("<a></b>"),
		PL("</a>"),
		PL("<a/><b/>"),
		PL("<a/>text"),
		PL("<a/>\0"),
		PL("<a\0/>"),
		PL("<a x='1' x='2'/>"),
		PL("<a x='<'/>"),
		PL("<a>&nbsp;</a>"),
		PL("<a>&#0;</a>"),
		PL("<a>\x01</a>"),
		PL("<a>\xff</a>"),
		PL("<a x='\xff'/>"),
		PL("<a><!--\xff--></a>"),
		PL("<a><![CDATA[\xff]]></a>"),
		PL("<a><!-- -- --></a>"),
		PL("<a><!-- </a>"),
		PL("<a><![CDATA[ </a>"),
		PL("<a><? </a>"),
		PL("<a><!x></a>"),
		PL("<!DOCTYPE a><a/>"),
		PL("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"),
		PL("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"),
		PL(" <a/><!DOCTYPE a>"),
		PL("\x4c\x6f\xa7\x94"),
		PL("\0\0\0<"),
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct xml_doc *doc = NULL;

		assert_int_equal(xml_decode(&doc, &rows[i], NULL), EBADMSG);
		for (k = 0; k < UNIT_N(bits); k++) {
			struct heard heard = {.mb = NULL};

			assert_int_equal(
				read_by(&heard, &rows[i], NULL, bits[k]),
				EBADMSG);
			assert_true(heard.ends <= heard.starts);
		}
	}
}


/* What comes before a fault is told. */
static void before(void **state)
{
	struct pl text = PL("<a><b x='1'/><b x='2'/></c><b x='3'/>");
	struct heard heard = {.mb = mbuf_alloc(100)};
	struct pl all;

	(void)state;
	assert_int_equal(read_by(&heard, &text, NULL, 1), EBADMSG);
	all = mbuf_all(heard.mb);
	assert_true(pl_streq(&all, "<1<2b x=1>2<2b x=2>2"));
	mem_deref(heard.mb);
}


/* HEAD, N times UNIT, TAIL. */
static struct mbuf *many(
	const char *head, const char *unit, size_t n, const char *tail)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);

	mbuf_write_str(mb, head);
	while (n--)
		mbuf_write_str(mb, unit);
	mbuf_write_str(mb, tail);
	return mb;
}


static void bounds(void **state)
{
	static const struct xml_limits limits = {
		.bytes = 300000, .depth = 10, .nodes = 1000};
	static const struct {
		const char *head, *unit;
		size_t n;
		const char *tail;
		int err;
	} rows[] = {
		{"", "<a>", 10, "</a></a></a></a></a></a></a></a></a></a>", 0},
		{"", "<a>", 11, "</a>", EMSGSIZE},
		{"", "<a>", 10000, "", EMSGSIZE},
		{"<a>", "<b/>", 999, "</a>", 0},
		{"<a>", "<b/>", 1000, "</a>", EMSGSIZE},
		{"<a>", "<b c='d'/>", 500, "</a>", EMSGSIZE},
		{"<a>", "       ", 43000, "</a>", EMSGSIZE}, /* all of it */
		{"<a>", "text", 16383, "</a>", 0},
		{"<a>", "text", 16385, "</a>", EMSGSIZE},
		{"<a b='", ">>>>", 16381, "'/>", 0},
		{"<a b='", ">>>>", 16385, "'/>", EMSGSIZE},
		{"<a><!--", "><<>", 16382, "--></a>", 0},
		{"<a><!--", "><<>", 16385, "--></a>", EMSGSIZE},
		{"<a><![CDATA[", "<>>>", 16385, "]]></a>", EMSGSIZE},
		{"<a><?x ", "<>>>", 16385, "?></a>", EMSGSIZE},
		/* libxml2 compares each attribute with each. */
		{"<a", " b='='", 70, "/>", EMSGSIZE},
		{"<a", " =", 1000, "/>", EMSGSIZE},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct mbuf *mb = many(
			rows[i].head, rows[i].unit, rows[i].n, rows[i].tail);
		struct pl text = mbuf_all(mb);

		for (k = 0; k < UNIT_N(bits); k++) {
			struct heard heard = {.mb = NULL};

			assert_int_equal(
				read_by(&heard, &text, &limits, bits[k]),
				rows[i].err);
		}
		mem_deref(mb);
	}
}


/* As much as a list of ten thousand, and over libxml2's own 10 MB: each call
 * takes the bytes that it was asked for and one tag. */
static void large(void **state)
{
	static const struct xml_limits limits = {
		.bytes = 1 << 24, .depth = 10, .nodes = 2000000};
	struct mbuf *mb = many(
		"<a>", "<b x='sip:bob@lab.test'>text</b>\n", 400000, "</a>");
	struct pl text = mbuf_all(mb);
	struct heard heard = {.mb = NULL};

	(void)state;
	assert_true(text.l > 12 * 1000 * 1000);
	assert_int_equal(read_by(&heard, &text, &limits, 1024), 0);
	assert_int_equal(heard.starts, 400001);
	assert_int_equal(heard.ends, 400001);
	assert_true(heard.calls <= text.l / 1024 + 1);
	assert_true(heard.calls >= text.l / (1024 + 40));
	mem_deref(mb);
}


static void other_charset(void **state)
{
	static const struct xml_limits limits = {
		.bytes = 1 << 24, .depth = 10, .nodes = 2000000};
	struct mbuf *mb = many("<?xml version='1.0' encoding='iso-8859-1'?><a>",
		"<b>\xe9</b>", 140000, "</a>");
	struct pl text = mbuf_all(mb);
	struct heard heard = {.mb = NULL};

	(void)state;
	assert_true(text.l > 1024 * 1024);
	assert_int_equal(read_by(&heard, &text, &limits, 1024), EMSGSIZE);
	mem_deref(mb);
}


/* The one who reads may go while it is told. */
struct leaver {
	struct xml_reader *r;
	size_t starts;
};


static void leave_h(const struct xml_tag *tag, size_t depth, void *arg)
{
	struct leaver *leaver = arg;

	(void)tag;
	(void)depth;
	leaver->starts++;
	leaver->r = mem_deref(leaver->r);
}


static void left(void **state)
{
	struct pl text = PL("<a><b/><b/></a>");
	struct leaver leaver = {.r = NULL};
	const struct xml_reader_handlers h = {
		.start = leave_h,
		.arg = &leaver,
	};

	(void)state;
	assert_int_equal(xml_reader_alloc(&leaver.r, &text, NULL, &h), 0);
	(void)xml_reader_next(leaver.r, 1);
	assert_null(leaver.r);
	assert_int_equal(leaver.starts, 1);
}


int test_xml_reader(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told),
		cmocka_unit_test(refused),
		cmocka_unit_test(before),
		cmocka_unit_test(bounds),
		cmocka_unit_test(large),
		cmocka_unit_test(other_charset),
		cmocka_unit_test(left),
	};

	return cmocka_run_group_tests_name("xml_reader", tests, NULL, NULL);
}
