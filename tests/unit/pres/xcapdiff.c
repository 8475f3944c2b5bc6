/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "doc.h"
#include "xcapdiff.h"

int test_xcapdiff(void);

#define HEAD "<xcap-diff xmlns='urn:ietf:params:xml:ns:xcap-diff' "
#define ROOT "xcap-root='http://xcap.example.org/'>"


static void document_h(const struct xcapdiff_document *document, void *arg)
{
	mbuf_printf(arg, "%s=%s ", document->where,
		document->etag ? document->etag : "-");
}


static void reading(void **state)
{
	static const struct {
		const char *text;
		const char *told;
	} rows[] = {
		{HEAD ROOT "</xcap-diff>", ""},
		{HEAD ROOT
			"<document sel='resource-lists/users/sip:bob@x/index'"
			" new-etag='7' previous-etag='6'/></xcap-diff>",
			"resource-lists/users/sip:bob@x/index=7 "},
		{HEAD ROOT "<document sel=' a ' previous-etag='6'/><document "
			   "sel='b' new-etag='&quot;x&quot;'><add sel='*'>"
			   "<document sel='c' new-etag='1'/></add></document>"
			   "<document new-etag='8'/><element sel='d' "
			   "exists='1'/></xcap-diff>",
			"a=- b=x "},
		{HEAD "><x:document xmlns:x='u' sel='a'/></xcap-diff>", ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct mbuf *mb = mbuf_alloc(SIZE_MAX);
		struct pl pl = pl_str(rows[i].text);
		char *told;

		assert_int_equal(xcapdiff_decode(&pl, document_h, mb), 0);
		told = mbuf_strdup(mb);
		assert_string_equal(told, rows[i].told);
		mem_deref(told);
		mem_deref(mb);
	}
}


static void hostile(void **state)
{
	static const char *const rows[] = {
		"",
		"x",
		"<xcap-diff/>",
		"<!DOCTYPE x>" HEAD "/>",
		HEAD ROOT "<document sel='a' new-etag='b'/>",
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct mbuf *mb = mbuf_alloc(SIZE_MAX);
		struct pl pl = pl_str(rows[i]);

		assert_int_equal(xcapdiff_decode(&pl, document_h, mb), EBADMSG);
		assert_int_equal(mb->end, 0);
		mem_deref(mb);
	}
}


static void asked(void **state)
{
	static const char *const where[] = {
		"resource-lists/users/sip:a&b@x/index",
		"pres-rules/users/sip:a@x/index", NULL};
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	char *schema = doc_path("xsd/resource-lists.xsd"), *text;

	(void)state;
	assert_int_equal(xcapdiff_subscribe(mb, where), 0);
	text = mbuf_strdup(mb);
	assert_non_null(strstr(text,
		"<entry uri=\"resource-lists/users/sip:a&amp;b@x/index\"/>"));
	assert_non_null(strstr(
		text, "<entry uri=\"pres-rules/users/sip:a@x/index\"/>"));
	if (access(schema, R_OK))
		print_message("skip: no %s\n", schema);
	else
		assert_true(doc_validate(schema, mb) <= 0);
	mem_deref(text);
	mem_deref(schema);
	mem_deref(mb);
}


int test_xcapdiff(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading),
		cmocka_unit_test(hostile),
		cmocka_unit_test(asked),
	};

	return cmocka_run_group_tests_name("xcapdiff", tests, NULL, NULL);
}
