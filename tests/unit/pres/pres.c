/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "doc.h"

int test_pres(void);


/* PR3: a document about somebody else is none. */
static void entities(void **state)
{
	static const struct {
		const char *query, *entity;
		bool match;
	} cases[] = {
		{"sip:bob@example.org", "sip:bob@example.org", true},
		{"sip:bob@example.org", "sips:bob@example.org", true},
		{"sip:bob@example.org", "pres:bob@example.org", true},
		{"sip:bob@example.org", "im:bob@example.org", true},
		{"sip:bob@example.org", "PRES:bob@EXAMPLE.ORG", true},
		{"sip:bob@example.org", " sip:bob@example.org\n", true},
		{"sip:bob@example.org", "bob@example.org", true},
		{"sip:bob@example.org", "sip:bob@example.org;x=y", true},
		{"sip:bob@example.org;transport=tls", "sip:bob@example.org",
			true},
		{"sip:bob@example.org", "sip:b%6fb@example.org", true},
		{"pres:bob@example.org", "sip:bob@example.org", true},
		{"sip:bob@example.org", "", true},
		{"", "sip:kim@example.org", true},
		{"sip:bob@example.org", "sip:Bob@example.org", false},
		{"sip:bob@example.org", "sip:kim@example.org", false},
		{"sip:bob@example.org", "sip:bob@example.com", false},
		{"sip:bob@example.org", "sip:example.org", false},
		{"sip:bob@example.org", "bob", false},
		{"sip:bob@example.org", "tel:+15550100", false},
		{"sip:bob@example.org", "mailto:bob@example.org", false},
		{"sip:bob@example.org", "sip:", false},
		{"sip:bob@example.org", "sip:bob@example.org@example.com",
			false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		const struct pres_query query = {
			.entity = pl_str(cases[i].query)};
		char *text = mem_printf(
			"<presence xmlns='urn:ietf:params:xml:ns:pidf' "
			"entity='%s'/>",
			cases[i].entity);
		struct pres_doc *doc = NULL;
		int err = doc_decode(&doc, text, &query);

		if (err != (cases[i].match ? 0 : ESRCH))
			fail_msg("%s, %s: %d", cases[i].query, cases[i].entity,
				err);
		mem_deref(doc);
		mem_deref(text);
	}
}


static void no_entity(void **state)
{
	const struct pres_query query = {.entity = PL("sip:bob@example.org")};
	struct pres_doc *doc = NULL;

	(void)state;
	assert_int_equal(
		doc_decode(&doc,
			"<presence xmlns='urn:ietf:params:xml:ns:pidf'/>",
			&query),
		0);
	assert_null(doc->entity);
	mem_deref(doc);
}


static void refused(void **state)
{
	static const char pidf[] = "application/pidf+xml";
	static const struct {
		const char *type, *text;
		int err;
	} cases[] = {
		{NULL, DOC_HEAD DOC_OPEN DOC_TAIL, 0},
		{pidf, DOC_HEAD DOC_OPEN DOC_TAIL, 0},
		{"Application/PIDF+XML;charset=\"UTF-8\"",
			DOC_HEAD DOC_OPEN DOC_TAIL, 0},
		{"text/plain", DOC_HEAD DOC_OPEN DOC_TAIL, ENOTSUP},
		{"application/pidf-diff+xml", DOC_HEAD DOC_OPEN DOC_TAIL,
			ENOTSUP},
		{pidf, "", EBADMSG},
		{pidf, "open", EBADMSG},
		{pidf, DOC_HEAD DOC_OPEN, EBADMSG},
		{pidf, DOC_HEAD "<note>\xff</note>" DOC_TAIL, EBADMSG},
		{pidf, "<presence xmlns='urn:other'/>", EBADMSG},
		{pidf, "<tuple xmlns='urn:ietf:params:xml:ns:pidf'/>", EBADMSG},
		{pidf, "<!DOCTYPE presence SYSTEM 'x.dtd'>" DOC_HEAD DOC_TAIL,
			EBADMSG},
		{pidf,
			"<!DOCTYPE presence [<!ENTITY a 'ha'>"
			"<!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
			"<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]>" DOC_HEAD
			"<note>&c;</note>" DOC_TAIL,
			EBADMSG},
		{"application/xpidf+xml",
			"<!DOCTYPE presence [<!ENTITY a SYSTEM '/etc/passwd'>]>"
			"<presence><presentity uri='&a;'/></presence>",
			EBADMSG},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl type = pl_str(cases[i].type);
		struct pl text = pl_str(cases[i].text);
		struct pres_doc *doc = NULL;
		int err = pres_decode(&doc, &type, &text, NULL);

		if (err != cases[i].err)
			fail_msg("%s: %d", cases[i].text, err);
		mem_deref(doc);
	}
}


static void deep(void **state)
{
	struct mbuf *mb = mbuf_alloc(1024 * 1024);
	struct pres_doc *doc = NULL;
	struct pl pl;
	size_t i;

	(void)state;
	mbuf_write_str(mb, DOC_HEAD);
	for (i = 0; i < 20000; i++)
		mbuf_write_str(mb, "<z:z>");
	pl = mbuf_all(mb);
	assert_int_equal(pres_decode(&doc, NULL, &pl, NULL), EMSGSIZE);
	mem_deref(mb);
}


#define STAMP(id_, time_)                                  \
	"<tuple id='" id_ "'><timestamp>2026-01-15T" time_ \
	"Z</timestamp></tuple>"

/* PR4: what is older does not override what is newer. */
static void stale(void **state)
{
	static const struct {
		const char *prev, *doc;
		bool stale;
	} cases[] = {
		{"", "", false},
		{STAMP("a", "12:00:00"), STAMP("a", "12:00:00"), false},
		{STAMP("a", "12:00:00"), STAMP("a", "12:00:01"), false},
		{STAMP("a", "12:00:01"), STAMP("a", "12:00:00"), true},
		{STAMP("a", "12:00:00.002"), STAMP("a", "12:00:00.001"), true},
		/* one went, the rest stays */
		{STAMP("a", "12:00:00") STAMP("b", "13:00:00"),
			STAMP("a", "12:00:00"), false},
		{STAMP("a", "12:00:00") STAMP("b", "13:00:00"),
			STAMP("b", "12:00:00") STAMP("a", "12:30:00"), false},
		{STAMP("a", "12:00:00"), STAMP("b", "11:00:00"), false},
		{STAMP("a", "12:00:00"), "<tuple id='a'/>", false},
		{STAMP("a", "12:00:00"), STAMP("a", "soon"), false},
		{"<dm:person id='q'><dm:timestamp>2026-01-15T12:00:00Z"
		 "</dm:timestamp></dm:person>",
			"<dm:person id='q'><dm:timestamp>2026-01-15T11:59:59Z"
			"</dm:timestamp></dm:person>",
			true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *a = mem_printf(DOC_HEAD "%s" DOC_TAIL, cases[i].prev);
		char *b = mem_printf(DOC_HEAD "%s" DOC_TAIL, cases[i].doc);
		struct pres_doc *prev = NULL, *doc = NULL;
		struct pres_stamps *stamps;

		assert_int_equal(doc_decode(&prev, a, NULL), 0);
		assert_int_equal(doc_decode(&doc, b, NULL), 0);
		stamps = pres_doc_stamps(prev);
		mem_deref(prev);
		if (pres_is_stale(doc, stamps) != cases[i].stale)
			fail_msg("%s, then %s", cases[i].prev, cases[i].doc);
		assert_false(pres_is_stale(doc, NULL));
		assert_false(pres_is_stale(NULL, stamps));
		mem_deref(stamps);
		mem_deref(doc);
		mem_deref(a);
		mem_deref(b);
	}
}


static void accept(void **state)
{
	(void)state;
	assert_string_equal(
		pres_accept(), "application/pidf+xml, application/xpidf+xml");
}


int test_pres(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entities),
		cmocka_unit_test(no_entity),
		cmocka_unit_test(refused),
		cmocka_unit_test(deep),
		cmocka_unit_test(stale),
		cmocka_unit_test(accept),
	};

	return cmocka_run_group_tests_name("pres", tests, NULL, NULL);
}
