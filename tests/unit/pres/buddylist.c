/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resource lists read as a buddy list, those of other programs too. */
#include <errno.h>
#include "buddylist.h"
#include "unit.h"

int test_buddylist(void);

#define HEAD "<resource-lists xmlns='urn:ietf:params:xml:ns:resource-lists'>"
#define TAIL "</resource-lists>"
#define BOB  "<entry uri='sip:bob@example.org'/>"
#define KIM  "<entry uri='sip:kim@example.org'/>"


static void person_h(const struct buddylist_person *person, void *arg)
{
	size_t i;

	mbuf_printf(
		arg, "%s=%s", person->peer, person->name ? person->name : "-");
	for (i = 0; person->groups[i]; i++)
		mbuf_printf(arg, "/%s", person->groups[i]);
	mbuf_write_str(arg, "\n");
}


static const struct row {
	const char *text;
	const char *people;
	size_t references;
} rows[] = {
	{HEAD TAIL, "", 0},
	{HEAD "<list name='Friends'>" BOB KIM "</list>" TAIL,
		"sip:bob@example.org=-/Friends\n"
		"sip:kim@example.org=-/Friends\n",
		0},
	/* a display-name is what people see; in several lists: several
	 * groups, and the first name that there is */
	{HEAD "<list name='f'><display-name> My\nFriends </display-name>" BOB
	      "</list><list name='Work'><entry uri='sips:bob@EXAMPLE.org'>"
	      "<display-name>Bob &lt;b&gt;</display-name></entry></list>" TAIL,
		"sip:bob@example.org=Bob <b>/My Friends/Work\n", 0},
	/* one group in two lists */
	{HEAD "<list name='a'><display-name>A</display-name>" BOB
	      "</list><list name='A'>" BOB KIM "</list>" TAIL,
		"sip:bob@example.org=-/A\nsip:kim@example.org=-/A\n", 0},
	/* lists within lists; without a name they are of the outer group */
	{HEAD "<list name='A'>" BOB "<list name='B'>" KIM "</list><list>"
	      "<entry uri='tel:+15551234'/></list></list>" TAIL,
		"sip:bob@example.org=-/A\nsip:kim@example.org=-/B\n"
		"tel:+15551234=-/A\n",
		0},
	/* no groups */
	{HEAD "<list name='RootGroup'><display-name>Root</display-name>" BOB
	      "</list><list>" KIM "</list>" TAIL,
		"sip:bob@example.org=-\nsip:kim@example.org=-\n", 0},
	/* as phones have it */
	{HEAD "<list name='rcs'>" BOB KIM "</list>"
	      "<list name='rcs_blockedcontacts'>"
	      "<entry uri='sip:eve@example.org'/></list>"
	      "<list name='oma_buddylist'><external anchor='http://x/rcs'/>"
	      "</list><list name='oma_grantedcontacts'>"
	      "<external anchor='http://x/rcs'/></list>"
	      "<list name='oma_blockedcontacts'><list name='z'>"
	      "<entry uri='sip:eve@example.org'/></list></list>"
	      "<list name='Family'>" KIM "</list>" TAIL,
		"sip:bob@example.org=-\nsip:kim@example.org=-/Family\n", 1},
	/* as sipsimple has it */
	{HEAD "<list name='sipsimple_presence_rls'>" BOB "</list>"
	      "<list name='dialog_grantedcontacts'>" BOB "</list>"
	      "<list name='sipsimple_addressbook'>"
	      "<contact xmlns='urn:ag-projects:xml:ns:addressbook'/>"
	      "</list>" TAIL,
		"", 0},
	/* what is none of a person, or of others */
	{HEAD "<list name='A'><entry/><entry uri=''/><entry uri='x'/>"
	      "<entry uri='http://example.org/'/><entry-ref ref='a/b'/>"
	      "<external anchor='http://x/~~/list%5b@name=%22A%22%5d'/>"
	      "<x:list xmlns:x='urn:x'>" BOB "</x:list>"
	      "<entry uri='sip:kim@example.org'>" BOB "</entry></list>" TAIL,
		"sip:kim@example.org=-/A\n", 2},
	{"<r:resource-lists xmlns:r='urn:ietf:params:xml:ns:resource-lists'>"
	 "<r:list name='A'><r:entry uri=' sip:bob@example.org;x=y '>"
	 "<r:display-name>  </r:display-name></r:entry>" BOB
	 "</r:list></r:resource-lists>",
		"sip:bob@example.org=-/A\n", 0},
};


static void reading(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct pl pl = pl_str(rows[i].text);
		struct mbuf *mb = mbuf_alloc(SIZE_MAX);
		struct buddylist *l = NULL;
		char *text;

		assert_int_equal(buddylist_alloc(&l, &pl), 0);
		buddylist_each(l, person_h, mb);
		text = mbuf_strdup(mb);
		assert_string_equal(text, rows[i].people);
		assert_int_equal(buddylist_references(l), rows[i].references);
		mem_deref(text);
		mem_deref(mb);
		mem_deref(l);
	}
}


static void nothing(void **state)
{
	static const struct pl none = PL_INIT;
	struct buddylist *l = NULL;

	(void)state;
	assert_int_equal(buddylist_alloc(&l, &none), 0);
	assert_int_equal(buddylist_count(l), 0);
	assert_false(buddylist_has(l, "sip:bob@example.org"));
	mem_deref(l);
}


static int alloc(struct mbuf *mb)
{
	struct pl pl = mbuf_all(mb);
	struct buddylist *l = NULL;
	int err = buddylist_alloc(&l, &pl);

	mem_deref(l);
	mbuf_reset(mb);
	return err;
}


static void hostile(void **state)
{
	static const char *const bad[] = {
		"text",
		"<html/>",
		"<resource-lists/>",
		"<list xmlns='urn:ietf:params:xml:ns:resource-lists'/>",
		HEAD "<list>",
		"<!DOCTYPE x>" HEAD TAIL,
		HEAD "<list name='\xff'/>" TAIL,
		"<?xml version='1.0' encoding='iso-8859-1'?>" HEAD TAIL,
		HEAD "<list name='&x;'/>" TAIL,
	};
	static const struct pl empty = PL("");
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	struct buddylist *l = NULL;
	size_t i;

	(void)state;
	assert_int_equal(buddylist_alloc(&l, &empty), EBADMSG);
	for (i = 0; i < UNIT_N(bad); i++) {
		mbuf_write_str(mb, bad[i]);
		assert_int_equal(alloc(mb), EBADMSG);
	}
	mbuf_write_str(mb, HEAD);
	for (i = 0; i < 10000; i++)
		mbuf_write_str(mb, "<list name='x'>");
	for (i = 0; i < 10000; i++)
		mbuf_write_str(mb, "</list>");
	mbuf_write_str(mb, TAIL);
	assert_int_equal(alloc(mb), EMSGSIZE);
	mbuf_write_str(mb, HEAD "<list>");
	for (i = 0; i <= BUDDYLIST_PEOPLE_MAX; i++)
		mbuf_printf(mb, "<entry uri='sip:u%zu@example.org'/>", i);
	mbuf_write_str(mb, "</list>" TAIL);
	assert_int_equal(alloc(mb), E2BIG);
	mem_deref(mb);
}


/* A name of a megabyte is told as far as a name goes, in whole characters. */
static void long_name(void **state)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX), *out = mbuf_alloc(SIZE_MAX);
	struct buddylist *l = NULL;
	struct pl pl;
	size_t i;

	(void)state;
	mbuf_write_str(mb,
		HEAD "<list name='A'><entry uri='sip:b@c'>"
		     "<display-name>x");
	for (i = 0; i < 1 << 19; i++)
		mbuf_write_str(mb, "\xc3\xa9");
	mbuf_write_str(mb, "</display-name></entry></list>" TAIL);
	pl = mbuf_all(mb);
	assert_int_equal(buddylist_alloc(&l, &pl), 0);
	buddylist_each(l, person_h, out);
	/* 1 and 511 times 2 */
	assert_int_equal(out->end, strlen("sip:b@c=/A\n") + 1023);
	mem_deref(l);
	mem_deref(out);
	mem_deref(mb);
}


/* More groups than one may have: the rest is there, but is not told. */
static void many_groups(void **state)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX), *out = mbuf_alloc(SIZE_MAX);
	struct buddylist *l = NULL;
	char *text;
	struct pl pl;
	size_t i;

	(void)state;
	mbuf_write_str(mb, HEAD);
	for (i = 0; i < BUDDYLIST_GROUPS_MAX + 2; i++)
		mbuf_printf(mb, "<list name='%zu'>" BOB "</list>", i);
	mbuf_write_str(mb,
		"<list name='a'><display-name>3</display-name>" BOB
		"</list>" TAIL);
	pl = mbuf_all(mb);
	assert_int_equal(buddylist_alloc(&l, &pl), 0);
	buddylist_each(l, person_h, out);
	text = mbuf_strdup(out);
	assert_true(buddylist_has(l, "sips:bob@example.org"));
	assert_false(buddylist_has(l, "bob"));
	assert_non_null(strstr(text, "/62/63\n"));
	mem_deref(text);
	mem_deref(l);
	mem_deref(out);
	mem_deref(mb);
}


int test_buddylist(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading),
		cmocka_unit_test(nothing),
		cmocka_unit_test(hostile),
		cmocka_unit_test(long_name),
		cmocka_unit_test(many_groups),
	};

	return cmocka_run_group_tests_name("buddylist", tests, NULL, NULL);
}
