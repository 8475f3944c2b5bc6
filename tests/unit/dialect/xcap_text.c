/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xcap_text.c - the words of XCAP servers (RFC 4825 11, 12). */
#include "xcap.h"
#include "unit.h"

int test_xcap_text(void);

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define ERROR(inside_)                                                       \
	PL("<?xml version=\"1.0\"?><xcap-error xmlns=\"urn:ietf:params:xml:" \
	   "ns:xcap-error\">" inside_ "</xcap-error>")


static void conflicts(void **state)
{
	static const struct {
		struct pl body;
		const char *why;
	} cases[] = {
		{ERROR("<not-well-formed/>"), ": it is no well-formed XML"},
		{ERROR("<uniqueness-failure phrase=\"taken\"><exists "
		       "field=\"a/@b\"/></uniqueness-failure>"),
			": it names something that exists already (taken)"},
		{ERROR("<schema-validation-error phrase=\"\"/>"),
			": it is against the schema"},
		{ERROR("<not-utf-8 phrase=\"" X50 X50 X50 X50 "yyy\"/>"),
			": it is not UTF-8 (" X50 X50 X50 X50 ")"},
		{ERROR("<extension><x/></extension>"), ""},
		{ERROR("<unheard-of phrase=\"x\"/>"), ""},
		{ERROR(""), ""},
		{PL("<xcap-error><not-well-formed/></xcap-error>"), ""},
		{PL("<a>"), ""},
		{PL_INIT, ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *why = xcap_conflict(&cases[i].body);
		char *want = mem_printf(
			"the XCAP server refuses the change%s", cases[i].why);

		assert_string_equal(why, want);
		mem_deref(why);
		mem_deref(want);
	}
}


static void capabilities(void **state)
{
	static const struct {
		struct pl body;
		const char *auids;
	} cases[] = {
		{PL("<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'>"
		    "<auids><auid>pres-rules</auid>\n<auid> a </auid><auid/>"
		    "<x>no</x></auids><extensions/><namespaces><namespace>"
		    "urn:x</namespace></namespaces></xcap-caps>"),
			"pres-rules a"},
		{PL("<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'>"
		    "<auids/></xcap-caps>"),
			""},
		{PL("<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'/>"),
			NULL},
		{PL("<xcap-caps><auids/></xcap-caps>"), NULL},
		{PL("<html><body>hello</body></html>"), NULL},
		{PL("no XML"), NULL},
		{PL_INIT, NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *auids = xcap_auids(&cases[i].body);

		if (cases[i].auids)
			assert_string_equal(auids, cases[i].auids);
		else
			assert_null(auids);
		mem_deref(auids);
	}
}


/* Many of them are cut, not refused. */
static void many(void **state)
{
	struct mbuf *mb = mbuf_alloc(1 << 20);
	struct pl body;
	char *auids;
	size_t i;

	(void)state;
	(void)mbuf_printf(mb,
		"<xcap-caps xmlns='urn:ietf:params:xml:ns:"
		"xcap-caps'><auids>");
	for (i = 0; i < 5000; i++)
		(void)mbuf_printf(mb, "<auid>auid-%zu</auid>", i);
	(void)mbuf_printf(mb, "</auids></xcap-caps>");
	body = mbuf_all(mb);
	auids = xcap_auids(&body);
	assert_non_null(auids);
	assert_true(strlen(auids) > 1000 && strlen(auids) <= 4096);
	mem_deref(auids);
	mem_deref(mb);
}


/* In a header with quotes, in a document of changes without. */
static void tags(void **state)
{
	static const struct {
		const char *etag, *tag;
		bool is;
	} cases[] = {
		{"\"a\"", "a", true},
		{"a", "a", true},
		{"\"\"", "", true},
		{"\"", "\"", true},
		{"\"a\"", "b", false},
		{"\"a\"", "\"a\"", false},
		{NULL, "a", false},
		{"\"a\"", NULL, false},
		{NULL, NULL, true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++)
		assert_int_equal(
			xcap_etag_is(cases[i].etag, cases[i].tag), cases[i].is);
}


int test_xcap_text(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conflicts),
		cmocka_unit_test(capabilities),
		cmocka_unit_test(many),
		cmocka_unit_test(tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
