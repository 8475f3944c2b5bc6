/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A buddy list changed in a document of others, byte by byte. */
#include <errno.h>
#include "buddylist.h"
#include "doc.h"

int test_buddylist_edit(void);

#define NS   "xmlns=\"urn:ietf:params:xml:ns:resource-lists\""
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define OPEN HEAD "<resource-lists " NS ">"
#define TAIL "</resource-lists>\n"
#define BOB  "sip:bob@example.org"
#define KIM  "sip:kim@example.org"
#define ENTRY(uri, name)                                                 \
	"<entry uri=\"" uri "\"><display-name>" name "</display-name></" \
	"entry>"


/* What is to be: "URI=NAME/GROUP/GROUP" or "-URI", a line each. */
static const struct row {
	const char *text; /* NULL: there is none */
	const char *edits;
	const char *result; /* NULL: as it is */
} rows[] = {
	/* nothing there yet */
	{NULL, BOB "=Bob",
		OPEN "\n  <list name=\"RootGroup\">\n"
		     "    " ENTRY(BOB, "Bob") "\n  </list>\n" TAIL},
	{NULL, BOB "=Bob/Friends\n" KIM "=/Friends/A & B",
		OPEN
		"\n  <list name=\"Friends\">\n"
		"    <display-name>Friends</display-name>\n"
		"    " ENTRY(BOB,
			"Bob") "\n"
			       "    <entry uri=\"" KIM "\"/>\n  </list>\n"
			       "  <list name=\"A &amp; B\">\n"
			       "    <display-name>A &amp; B</display-name>\n"
			       "    <entry uri=\"" KIM
			       "\"/>\n  </list>\n" TAIL},
	{NULL, "-" BOB, NULL},
	{NULL, "", NULL},
	{HEAD "<resource-lists " NS "/>\n", BOB "=",
		OPEN "\n  <list name=\"RootGroup\">\n"
		     "    <entry uri=\"" BOB "\"/>\n  </list>\n" TAIL},
	/* says so already, in other words */
	{OPEN "<list name='A'><entry uri='sips:bob@EXAMPLE.org;x'>"
	      "<display-name>Bob\n</display-name></entry></list>" TAIL,
		BOB "=Bob/A", NULL},
	/* a name: set, changed, without */
	{OPEN "<list name='A'><!-- a --><entry x='&lt;' uri='" BOB
	      "' /></list>" TAIL,
		BOB "=B & C/A",
		OPEN "<list name='A'><!-- a --><entry x='&lt;' uri='" BOB
		     "' ><display-name>B &amp; "
		     "C</display-name></entry></list>" TAIL},
	{OPEN "<list name='A'><entry uri='" BOB "'><display-name "
	      "xml:lang='en'>B</display-name><x:y xmlns:x='urn:x'>B</x:y>"
	      "</entry></list>" TAIL,
		BOB "=C/A",
		OPEN "<list name='A'><entry uri='" BOB "'><display-name "
		     "xml:lang='en'>C</display-name><x:y xmlns:x='urn:x'>B"
		     "</x:y></entry></list>" TAIL},
	{OPEN "<list name='A'><entry uri='" BOB "'>\n  <display-name>B"
	      "</display-name>\n  <x/></entry></list>" TAIL,
		BOB "=/A",
		OPEN "<list name='A'><entry uri='" BOB "'>\n  <x/></entry>"
		     "</list>" TAIL},
	{OPEN "<list name='A'><entry uri='" BOB "'><display-name/></entry>"
	      "</list>" TAIL,
		BOB "=C/A",
		OPEN "<list name='A'><entry uri='" BOB
		     "'><display-name>C</display-name></entry></list>" TAIL},
	/* everywhere, but where it is so already */
	{OPEN "<list name='A'><entry uri='" BOB "'/></list><list name='B'>"
	      "<entry uri='" BOB "'><display-name><![CDATA[C]]></display-name>"
	      "</entry><entry uri='" BOB ";x'><display-name>D</display-name>"
	      "</entry></list>" TAIL,
		BOB "=E/A/B",
		OPEN "<list name='A'><entry uri='" BOB
		     "'><display-name>E</display-name></entry></list>"
		     "<list name='B'><entry uri='" BOB
		     "'><display-name>E</display-name></entry><entry uri='" BOB
		     ";x'><display-name>E</display-name></entry></list>" TAIL},
	/* into a group that is there: behind people, before the rest */
	{OPEN "\n <list name='a'>\n  <display-name>A</display-name>\n  <entry "
	      "uri='" BOB "'/>\n  <x:y xmlns:x='urn:x'/>\n </list>\n" TAIL,
		KIM "=/A",
		OPEN "\n <list name='a'>\n  <display-name>A</display-name>\n"
		     "  <entry uri='" BOB "'/>\n  <entry uri=\"" KIM "\"/>\n"
		     "  <x:y xmlns:x='urn:x'/>\n </list>\n" TAIL},
	{OPEN "\n <list name='A'/>\n" TAIL, KIM "=/A",
		OPEN "\n <list name='A'>\n   <entry uri=\"" KIM "\"/>\n </list>"
		     "\n" TAIL},
	{OPEN "\n <list name='A'>\n </list>\n" TAIL, KIM "=/A",
		OPEN "\n <list name='A'>\n   <entry uri=\"" KIM "\"/>\n </list>"
		     "\n" TAIL},
	/* everybody leaves it, but somebody comes: it is not renamed */
	{OPEN "<list name='A'><entry uri='" BOB "'/></list>" TAIL,
		BOB "=/B\n" KIM "=/A",
		OPEN "<list name='A'><entry uri=\"" KIM "\"/></list>"
		     "<list name=\"B\"><display-name>B</display-name>"
		     "<entry uri='" BOB "'/></list>" TAIL},
	/* the one in the root rather than the one within another */
	{OPEN "<list name='B'><list name='A'/></list><list name='A'/>" TAIL,
		KIM "=/A",
		OPEN "<list name='B'><list name='A'/></list><list name='A'>"
		     "<entry uri=\"" KIM "\"/></list>" TAIL},
	/* prefixes; and the name of a list is another group's */
	{"<r:resource-lists xmlns:r='urn:ietf:params:xml:ns:resource-lists'>"
	 "<r:list name='A'><r:display-name>Z</r:display-name></r:list>"
	 "</r:resource-lists>",
		KIM "=K/A/Z",
		"<r:resource-lists xmlns:r='urn:ietf:params:xml:ns:"
		"resource-lists'><r:list name='A'><r:display-name>Z"
		"</r:display-name><r:entry uri=\"" KIM "\"><r:display-name>K"
		"</r:display-name></r:entry></r:list><r:list name=\"A-2\">"
		"<r:display-name>A</r:display-name><r:entry uri=\"" KIM
		"\"><r:display-name>K</r:display-name></r:entry></r:list>"
		"</r:resource-lists>"},
	/* into one more group; out of one; out of all */
	{OPEN "<list name='A'><entry uri='" BOB "'><x/></entry><entry uri='" KIM
	      "'/></list><list name='B'/>" TAIL,
		BOB "=/A/B",
		OPEN "<list name='A'><entry uri='" BOB "'><x/></entry><entry "
		     "uri='" KIM "'/></list><list name='B'><entry uri=\"" BOB
		     "\"/></list>" TAIL},
	{OPEN "\n<list name='A'>\n <entry uri='" BOB "'/>\n <entry uri='" KIM
	      "'/>\n</list>\n<list name='B'><entry uri='" BOB "'/></list>" TAIL,
		BOB "=/B",
		OPEN "\n<list name='A'>\n <entry uri='" KIM
		     "'/>\n</list>\n<list name='B'><entry uri='" BOB
		     "'/></list>" TAIL},
	{OPEN "\n<list name='A'>\n <entry uri='" BOB "'><x/></entry>\n <entry "
	      "uri='" KIM "'/>\n</list>\n<list name='RootGroup'/>" TAIL,
		BOB "=N",
		OPEN
		"\n<list name='A'>\n <entry uri='" KIM
		"'/>\n</list>\n<list name='RootGroup'>\n  <entry uri='" BOB
		"'><display-name>N</display-name><x/></entry>\n</list>" TAIL},
	/* moved with what others wrote, and what it needs to mean the same */
	{OPEN "<list name='A' xmlns:p='urn:p' xmlns:q='urn:q'><entry "
	      "xmlns:q='urn:r' uri='" BOB "' p:a='b'><p:c/></entry><entry-ref "
	      "ref='a'/></list><list name='B'/>" TAIL,
		BOB "=/B",
		OPEN "<list name='A' xmlns:p='urn:p' xmlns:q='urn:q'><entry-ref"
		     " ref='a'/></list><list name='B'><entry xmlns:q='urn:r' "
		     "uri='" BOB "' p:a='b' xmlns:p='urn:p'><p:c/></entry>"
		     "</list>" TAIL},
	{"<resource-lists xmlns:z='urn:z' " NS
	 "><list name='A'><entry uri='" BOB
	 "' z:a='b'/><list/></list><r:list xmlns:z='urn:y' "
	 "xmlns:r='urn:ietf:params:xml:ns:resource-lists' name='B'/>" TAIL,
		BOB "=/B",
		"<resource-lists xmlns:z='urn:z' " NS "><list name='A'><list/>"
		"</list><r:list xmlns:z='urn:y' xmlns:r='urn:ietf:params:xml:"
		"ns:resource-lists' name='B'><entry uri='" BOB
		"' z:a='b' xmlns:z='urn:z' " NS "/></r:list>" TAIL},
	/* a group that all leave together has another name now ... */
	{OPEN "\n<list name='A'>\n <entry uri='" BOB "'/>\n <x:y xmlns:x='u'/>"
	      "\n</list>\n" TAIL,
		BOB "=N/Z\n" KIM "=/Z",
		OPEN "\n<list name='A'>\n <display-name>Z</display-name>\n "
		     "<entry uri='" BOB "'><display-name>N</display-name>"
		     "</entry>\n <entry uri=\"" KIM "\"/>\n <x:y xmlns:x='u'/>"
		     "\n</list>\n" TAIL},
	{OPEN "<list name='a'><display-name>A</display-name><entry uri='" BOB
	      "'/><entry uri='" KIM "'/></list>" TAIL,
		BOB "=/Z\n" KIM "=/Z",
		OPEN
		"<list name='a'><display-name>Z</display-name><entry uri='" BOB
		"'/><entry uri='" KIM "'/></list>" TAIL},
	/* ... but not where somebody stays */
	{OPEN "<list name='A'><entry uri='" BOB "'/><entry uri='" KIM
	      "'/></list>" TAIL,
		BOB "=/Z",
		OPEN "<list name='A'><entry uri='" KIM
		     "'/></list><list name=\"Z\"><display-name>Z"
		     "</display-name><entry uri='" BOB "'/></list>" TAIL},
	{OPEN "<list name='A'><entry uri='" BOB "'/><list><entry uri='" KIM
	      "'/></list></list>" TAIL,
		BOB "=/Z",
		OPEN "<list name='A'><list><entry uri='" KIM
		     "'/></list></list><list name=\"Z\"><display-name>Z"
		     "</display-name><entry uri='" BOB "'/></list>" TAIL},
	/* ... or they go to a group that is there, and leave nothing */
	{OPEN "\n<list name='A'>\n <display-name>A</display-name>\n <entry "
	      "uri='" BOB "'/>\n</list>\n<list name='B'/>\n" TAIL,
		BOB "=/B",
		OPEN "\n<list name='B'>\n  <entry uri='" BOB
		     "'/>\n</list>\n" TAIL},
	/* removed: an empty group stays where others wrote in it */
	{OPEN "\n<list name='A'>\n <entry uri='" BOB "'/>\n</list>\n" TAIL,
		"-" BOB, OPEN "\n" TAIL},
	{OPEN "<list name='A'><entry uri='" BOB "'/><!-- mine --></list>" TAIL,
		"-" BOB, OPEN "<list name='A'><!-- mine --></list>" TAIL},
	{OPEN "<list name='A' x:y='z' xmlns:x='u'><entry uri='" BOB
	      "'/></list>" TAIL,
		"-" BOB,
		OPEN "<list name='A' x:y='z' xmlns:x='u'></list>" TAIL},
	{OPEN "<list name='A'><entry uri='" BOB "'/><external/></list>" TAIL,
		"-" BOB, OPEN "<list name='A'><external/></list>" TAIL},
	{OPEN "<list name='A'><entry uri='" BOB "'/><entry/></list>" TAIL,
		"-" BOB, OPEN "<list name='A'><entry/></list>" TAIL},
	{OPEN "<list name='RootGroup'><entry uri='" BOB "'/></list>" TAIL,
		"-" BOB, OPEN "<list name='RootGroup'></list>" TAIL},
	{OPEN "<list name='A'><entry uri='" BOB "'/></list>" TAIL, "-" KIM,
		NULL},
	/* a phone's lists: from the list of all only who is removed */
	{OPEN "<list name='rcs'><entry uri='" BOB "'/><entry uri='" KIM
	      "'/></list><list name='oma_blockedcontacts'><entry uri='" BOB
	      "'/></list>" TAIL,
		"-" BOB "\n" KIM "=/A\nsip:new@example.org=",
		OPEN "<list name='rcs'><entry uri='" KIM
		     "'/><entry uri=\"sip:new@example.org\"/></list>"
		     "<list name='oma_blockedcontacts'><entry uri='" BOB
		     "'/></list><list name=\"A\"><display-name>A"
		     "</display-name><entry uri=\"" KIM "\"/></list>" TAIL},
	{OPEN "<list name='rcs'/><list name='A'><entry uri='" BOB
	      "'><x/></entry></list>" TAIL,
		BOB "=",
		OPEN "<list name='rcs'><entry uri='" BOB
		     "'><x/></entry></list>" TAIL},
};


static void edit(struct buddylist *l, struct pl line)
{
	struct buddylist_person person = {NULL, NULL, NULL};
	const char *groups[8];
	char *peer, *name;
	struct pl word;
	size_t n = 0;
	bool more;

	if (pl_startswith(&line, "-")) {
		pl_skip(&line, 1);
		peer = pl_strdup(&line);
		assert_int_equal(buddylist_drop(l, peer), 0);
		mem_deref(peer);
		return;
	}
	(void)pl_split(&line, '=', &word);
	peer = pl_strdup(&word);
	more = pl_split(&line, '/', &word);
	name = word.l ? pl_strdup(&word) : NULL;
	while (more) {
		more = pl_split(&line, '/', &word);
		groups[n++] = pl_strdup(&word);
	}
	groups[n] = NULL;
	person.peer = peer;
	person.name = name;
	person.groups = groups;
	assert_int_equal(buddylist_set(l, &person), 0);
	while (n)
		mem_deref((char *)(uintptr_t)groups[--n]);
	mem_deref(name);
	mem_deref(peer);
}


/* NULL: nothing to change. */
static struct mbuf *edited(const struct pl *text, const char *edits)
{
	struct buddylist *l = NULL;
	struct mbuf *fresh = NULL;
	struct pl rest = pl_str(edits), line;
	bool more;

	assert_int_equal(buddylist_alloc(&l, text), 0);
	do {
		more = pl_split(&rest, '\n', &line);
		if (line.l)
			edit(l, line);
	} while (more);
	assert_int_equal(buddylist_write(&fresh, l), 0);
	mem_deref(l);
	return fresh;
}


static bool valid(const char *schema, const struct pl *text)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	bool ok;

	mbuf_write_pl(mb, text);
	ok = doc_validate(schema, mb) == 0;
	mem_deref(mb);
	return ok;
}


/* What was a good document before is one after it. */
static void schema(void **state)
{
	char *path = doc_path("xsd/resource-lists.xsd");
	size_t i, n = 0;

	(void)state;
	for (i = 0; !access(path, R_OK) && i < UNIT_N(rows); i++) {
		struct pl text = pl_str(rows[i].text);
		struct pl result = pl_str(rows[i].result);

		if (!result.p || (text.p && !valid(path, &text)))
			continue;
		assert_true(valid(path, &result));
		n++;
	}
	if (!n)
		print_message("skip: no %s, or no xmllint\n", path);
	mem_deref(path);
	if (!n)
		skip();
	assert_true(n > 15);
}


/* What comes out, and that the same once more changes nothing. */
static void changed(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		const struct row *row = &rows[i];
		struct pl text = pl_str(row->text), all;
		struct mbuf *fresh = edited(&text, row->edits), *again;
		char *result;

		if (!row->result) {
			assert_null(fresh);
			continue;
		}
		assert_non_null(fresh);
		result = mbuf_strdup(fresh);
		assert_string_equal(result, row->result);
		all = mbuf_all(fresh);
		again = edited(&all, row->edits);
		assert_null(again);
		mem_deref(result);
		mem_deref(fresh);
	}
}


static void bounds(void **state)
{
	static const struct pl none = PL_INIT;
	static const char *const bad[] = {"", "x", "http://x", "sip:"};
	struct buddylist_person person = {NULL, NULL, NULL};
	struct buddylist *l = NULL;
	struct mbuf *fresh = NULL;
	char peer[64];
	size_t i;

	(void)state;
	assert_int_equal(buddylist_alloc(&l, &none), 0);
	for (i = 0; i < UNIT_N(bad); i++) {
		person.peer = bad[i];
		assert_int_equal(buddylist_set(l, &person), EINVAL);
		assert_int_equal(buddylist_drop(l, bad[i]), EINVAL);
	}
	person.peer = peer;
	for (i = 0; i < BUDDYLIST_PEOPLE_MAX; i++) {
		snprintf(peer, sizeof(peer), "sip:u%zu@example.org", i);
		assert_int_equal(buddylist_set(l, &person), 0);
	}
	person.peer = BOB;
	assert_int_equal(buddylist_set(l, &person), E2BIG);
	assert_int_equal(buddylist_write(&fresh, l), 0);
	mem_deref(l);
	mem_deref(fresh);
}


/* It would be over the bound of a document. */
static void too_large(void **state)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX), *fresh = NULL;
	const struct buddylist_person bob = {BOB, NULL, NULL};
	struct buddylist *l = NULL;
	struct pl pl;

	(void)state;
	mbuf_write_str(mb, OPEN "<!--");
	while (mb->end < 8 * 1024 * 1024 - 50)
		mbuf_write_u8(mb, ' ');
	mbuf_write_str(mb, "-->" TAIL);
	pl = mbuf_all(mb);
	assert_int_equal(buddylist_alloc(&l, &pl), 0);
	assert_int_equal(buddylist_set(l, &bob), 0);
	assert_int_equal(buddylist_write(&fresh, l), EMSGSIZE);
	assert_null(fresh);
	mem_deref(l);
	mem_deref(mb);
}


int test_buddylist_edit(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changed),
		cmocka_unit_test(schema),
		cmocka_unit_test(bounds),
		cmocka_unit_test(too_large),
	};

	return cmocka_run_group_tests_name("buddylist_edit", tests, NULL, NULL);
}
