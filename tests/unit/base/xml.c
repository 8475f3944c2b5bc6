/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "unit.h"
#include "xml.h"

static void why(void **state)
{
	static const int errs[] = {EBADMSG, EMSGSIZE, ESRCH, ENOTSUP};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(errs); i++)
		assert_string_not_equal(xml_why(errs[i]), strerror(errs[i]));
	assert_string_equal(xml_why(ENOMEM), strerror(ENOMEM));
}


int test_xml(void);


static int decode(struct xml_doc **docp, const char *text)
{
	struct pl pl = pl_str(text);

	return xml_decode(docp, &pl, NULL);
}


static void tree(void **state)
{
	static const char text[] =
		"<?xml version='1.0'?><!-- c --><a:r xmlns:a='urn:a' "
		"xmlns='urn:b' x='1' a:x='2' e='' q='&lt;&#65;&amp;&#x42;'>"
		" t1 <c>in<d xmlns=''/>ner</c><?pi x?><!-- c -->"
		"<![CDATA[<t2>]]><a:c y=\"'\"/>&gt;</a:r>";
	const struct xml_node *root, *c;
	struct xml_doc *doc = NULL;
	char *s;

	(void)state;
	assert_int_equal(decode(&doc, text), 0);
	root = xml_root(doc);
	assert_string_equal(xml_name(root), "r");
	assert_string_equal(xml_ns(root), "urn:a");
	assert_true(xml_is(root, "urn:a", "r"));
	assert_true(xml_is(root, NULL, "r"));
	assert_false(xml_is(root, "", "r"));
	assert_string_equal(xml_attr(root, "x"), "1");
	assert_string_equal(xml_attr_ns(root, "urn:a", "x"), "2");
	assert_string_equal(xml_attr(root, "e"), "");
	assert_string_equal(xml_attr(root, "q"), "<A&B");
	assert_null(xml_attr(root, "y"));
	c = xml_child(root);
	assert_true(xml_is(c, "urn:b", "c"));
	assert_string_equal(xml_ns(xml_child(c)), "");
	assert_null(xml_next(xml_child(c)));
	assert_ptr_equal(xml_find(root, "urn:a", "c"), xml_next(c));
	assert_ptr_equal(xml_find(root, NULL, "c"), c);
	assert_null(xml_find(root, "urn:c", "c"));
	assert_null(xml_next(xml_next(c)));
	s = xml_text(root);
	assert_string_equal(s, " t1 inner<t2>>");
	mem_deref(s);
	mem_deref(doc);
}


/* Also behind the 65,535 that libxml2 keeps in an element. */
static void lines(void **state)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	const struct xml_node *node;
	struct xml_doc *doc = NULL;
	struct pl pl;
	size_t i;

	(void)state;
	mbuf_write_str(mb, "<?xml version='1.0'?>\n<r>\n<a\nb='c'/>");
	for (i = 0; i < 70000; i++)
		mbuf_write_u8(mb, '\n');
	mbuf_write_str(mb, "<z/>\n</r>");
	pl = mbuf_all(mb);
	assert_int_equal(xml_decode(&doc, &pl, NULL), 0);
	assert_int_equal(xml_line(xml_root(doc)), 2);
	node = xml_child(xml_root(doc));
	assert_int_equal(xml_line(node), 4);
	assert_int_equal(xml_line(xml_next(node)), 70004);
	mem_deref(doc);
	mem_deref(mb);
}


static void refused(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{"<a/>", 0},
		{" <a/> ", 0},
		{"<x:a xmlns:y='urn:y'/>", 0},
		{"", EBADMSG},
		{"text", EBADMSG},
		{"<a>", EBADMSG},
		{"<a></b>", EBADMSG},
		{"<a/><b/>", EBADMSG},
		{"<a x='1' x='2'/>", EBADMSG},
		{"<a>&nbsp;</a>", EBADMSG},
		{"<a>&#0;</a>", EBADMSG},
		{"<a>\x01</a>", EBADMSG},
		{"<a>\xff\xfe</a>", EBADMSG},
		{"<a>\xc0\x80</a>", EBADMSG},
		{"<a b='\xff'/>", EBADMSG},
		{"<a\xff/>", EBADMSG},
		{"<a><!--\xff--></a>", EBADMSG},
		{"<a><![CDATA[\xff]]></a>", EBADMSG},
		{"<a><?b \xff?></a>", EBADMSG},
		{"\x4c\x6f\xa7\x94", EBADMSG}, /* EBCDIC */
		{"<!DOCTYPE a><a/>", EBADMSG},
		{"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", EBADMSG},
		{"<!DOCTYPE a PUBLIC '-//X' 'http://127.0.0.1:1/'><a/>",
			EBADMSG},
		{"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", EBADMSG},
		{"<!DOCTYPE a [<!ENTITY x SYSTEM '/etc/passwd'>]>"
		 "<a>&x;</a>",
			EBADMSG},
		{"<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/'>"
		 "%p;]><a/>",
			EBADMSG},
		{"<!DOCTYPE a [<!ENTITY a0 'ha'><!ENTITY a1 '&a0;&a0;&a0;'>"
		 "<!ENTITY a2 '&a1;&a1;&a1;'><!ENTITY a3 '&a2;&a2;&a2;'>]>"
		 "<a>&a3;</a>",
			EBADMSG},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct xml_doc *doc = NULL;

		assert_int_equal(decode(&doc, cases[i].text), cases[i].err);
		assert_int_equal(!doc, !!cases[i].err);
		mem_deref(doc);
	}
}


/* It does not end a document. */
static void nul(void **state)
{
	static const struct pl cases[] = {
		PL("<a/>\0"),
		PL("<a/>\0<b>"),
		PL("<a\0/>"),
		PL("\0\0\0<\0\0\0a"),
		PL("<\0\0\0a\0\0\0"),
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct xml_doc *doc = NULL;

		assert_int_equal(xml_decode(&doc, &cases[i], NULL), EBADMSG);
		assert_null(doc);
	}
}


/* N times OPEN, then N times CLOSE. */
static struct mbuf *repeat(const char *open, const char *close, size_t n)
{
	struct mbuf *mb = mbuf_alloc(4 * 1024 * 1024);
	size_t i;

	for (i = 0; i < n; i++)
		mbuf_write_str(mb, open);
	for (i = 0; i < n; i++)
		mbuf_write_str(mb, close);
	return mb;
}


static void limit(struct mbuf *mb, const struct xml_limits *limits, int err)
{
	struct pl pl = mbuf_all(mb);
	struct xml_doc *doc = NULL;

	assert_int_equal(xml_decode(&doc, &pl, limits), err);
	mem_deref(doc);
	mem_deref(mb);
}


static void limits(void **state)
{
	const struct xml_limits small = {.bytes = 100, .depth = 3, .nodes = 5};
	struct mbuf *mb;

	(void)state;
	limit(repeat("<a>", "</a>", 64), NULL, 0);
	limit(repeat("<a>", "</a>", 65), NULL, EMSGSIZE);
	limit(repeat("<a>", "</a>", 100000), NULL, EMSGSIZE);
	limit(repeat("<a>", "</a>", 3), &small, 0);
	limit(repeat("<a>", "</a>", 4), &small, EMSGSIZE);

	mb = mbuf_alloc(1000);
	mbuf_write_str(mb, "<a b='' c=''><d e=''/></a>");
	limit(mb, &small, 0);
	mb = mbuf_alloc(1000);
	mbuf_write_str(mb, "<a b='' c=''><d e='' f=''/></a>");
	limit(mb, &small, EMSGSIZE);
	mb = mbuf_alloc(1000);
	mbuf_printf(mb, "<a>%093d</a>", 0);
	limit(mb, &small, 0);
	mb = mbuf_alloc(1000);
	mbuf_printf(mb, "<a>%094d</a>", 0);
	limit(mb, &small, EMSGSIZE);
}


/* libxml2 compares the attributes of an element pairwise before it tells
 * anybody: over 64 must be refused unseen. */
static void attributes(void **state)
{
	static const size_t counts[] = {64, 65, 100000};
	size_t i, j;

	(void)state;
	for (i = 0; i < UNIT_N(counts); i++) {
		struct mbuf *mb = mbuf_alloc(1024 * 1024);

		mbuf_write_str(mb, "<r>a=b=c<a");
		for (j = 0; j < counts[i]; j++)
			mbuf_printf(mb, " x%zu=\"=>\"", j);
		mbuf_write_str(mb, "/></r>");
		limit(mb, NULL, counts[i] > 64 ? EMSGSIZE : 0);
	}
	limit(repeat("<!-- = -->", "", 100), NULL, EBADMSG);
}


static void charsets(void **state)
{
	static const struct {
		struct pl text;
		const char *value;
	} cases[] = {
		{PL("\xef\xbb\xbf<a>\xc3\xa9</a>"), "\xc3\xa9"},
		{PL("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>"),
			"\xc3\xa9"},
		{PL("<?xml version=\"1.0\" encoding=\"utf-8\"?>"
		    "<a>\xc3\xa9</a>"),
			"\xc3\xa9"},
		{PL("\xff\xfe<\0a\0>\0\xe9\0<\0/\0a\0>\0"), "\xc3\xa9"},
		{PL("\xfe\xff\0<\0a\0>\0\xe9\0<\0/\0a\0>"), "\xc3\xa9"},
		{PL("<?xml version='1.0' encoding='UTF-16'?><a>\xc3\xa9</a>"),
			"\xc3\xa9"},
		{PL("<?xml version='1.0' encoding='x-unknown'?><a>\xe9</a>"),
			"\xef\xbf\xbd"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct xml_doc *doc = NULL;
		char *s;

		assert_int_equal(xml_decode(&doc, &cases[i].text, NULL), 0);
		s = xml_text(xml_root(doc));
		assert_string_equal(s, cases[i].value);
		mem_deref(s);
		mem_deref(doc);
	}
}


static void silence(void **state)
{
	static const char *const broken[] = {
		"<a>&x;",
		"<a xmlns:b='",
		"<b:a/>",
		"<!DOCTYPE a SYSTEM 'none.dtd'><a/>",
		"<a>\xff</a>",
		"<?xml version='1.0' encoding='nonsense'?><a>\xff</a>",
		"<?xml version='9.9'?><a xmlns='not a uri'/>",
	};
	int saved = dup(STDERR_FILENO), pipefd[2];
	char buf[100];
	ssize_t n;
	size_t i;

	(void)state;
	assert_int_equal(pipe2(pipefd, O_NONBLOCK), 0);
	fflush(stderr);
	dup2(pipefd[1], STDERR_FILENO);
	for (i = 0; i < UNIT_N(broken); i++) {
		struct xml_doc *doc = NULL;

		(void)decode(&doc, broken[i]);
		mem_deref(doc);
	}
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	n = read(pipefd[0], buf, sizeof(buf));
	close(saved);
	close(pipefd[0]);
	close(pipefd[1]);
	assert_int_equal(n, -1);
}


static void writer(void **state)
{
	static const struct {
		struct pl text;
		const char *xml;
	} cases[] = {
		{PL("plain"), "plain"},
		{PL("<a b='c' & \"d\">"),
			"&lt;a b=&apos;c&apos; &amp; &quot;d&quot;&gt;"},
		{PL("\t\r\n"), "&#9;&#13;&#10;"},
		{PL("\x01\x1b\x7f\xef\xbf\xbf"),
			"\xef\xbf\xbd\xef\xbf\xbd\x7f\xef\xbf\xbd"},
		{PL("a\0b"),
			"a\xef\xbf\xbd"
			"b"},
		{PL("\xc3\xa9\xf0\x9f\x8d\xb2"), "\xc3\xa9\xf0\x9f\x8d\xb2"},
		{PL("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{PL("]]>"), "]]&gt;"},
	};
	struct mbuf *mb = mbuf_alloc(1000), *tight = mbuf_alloc(3);
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		mbuf_reset(mb);
		assert_int_equal(xml_write_text_pl(mb, &cases[i].text), 0);
		assert_pl(mbuf_all(mb), cases[i].xml);
	}
	mbuf_reset(mb);
	assert_int_equal(xml_write_text(mb, NULL), 0);
	assert_int_equal(xml_write_text(mb, "a<"), 0);
	assert_pl(mbuf_all(mb), "a&lt;");
	assert_int_equal(xml_write_text(tight, "a<"), ENOSPC);
	mem_deref(mb);
	mem_deref(tight);
}


/* Whatever is written comes back the same, as content and in an attribute. */
static void round_trip(void **state)
{
	const char *text = " <'\"&>\t\r\n\xf0\x9f\x8d\xb2]]> ";
	struct mbuf *mb = mbuf_alloc(1000);
	struct xml_doc *doc = NULL;
	struct pl pl;
	char *s;

	(void)state;
	mbuf_write_str(mb, "<a b=\"");
	xml_write_text(mb, text);
	mbuf_write_str(mb, "\">");
	xml_write_text(mb, text);
	mbuf_write_str(mb, "</a>");
	pl = mbuf_all(mb);
	assert_int_equal(xml_decode(&doc, &pl, NULL), 0);
	assert_string_equal(xml_attr(xml_root(doc), "b"), text);
	s = xml_text(xml_root(doc));
	assert_string_equal(s, text);
	mem_deref(s);
	mem_deref(doc);
	mem_deref(mb);
}


static void entities(void **state)
{
	const struct pl eacute = PL("eacute"), amp = PL("amp"),
			theta = PL("thetasym"), none = PL("nosuch"),
			longer = PL("averyverylongname"), unset = PL_INIT;

	(void)state;
	assert_int_equal(xml_html_entity(&eacute), 0xe9);
	assert_int_equal(xml_html_entity(&amp), '&');
	assert_int_equal(xml_html_entity(&theta), 0x3d1);
	assert_int_equal(xml_html_entity(&none), 0);
	assert_int_equal(xml_html_entity(&longer), 0);
	assert_int_equal(xml_html_entity(&unset), 0);
}


int test_xml(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tree),
		cmocka_unit_test(lines),
		cmocka_unit_test(refused),
		cmocka_unit_test(nul),
		cmocka_unit_test(limits),
		cmocka_unit_test(attributes),
		cmocka_unit_test(charsets),
		cmocka_unit_test(silence),
		cmocka_unit_test(writer),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(entities),
		cmocka_unit_test(why),
	};

	return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
