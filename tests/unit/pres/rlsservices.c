/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rlsservices.c - services of a resource list server, read and changed. */
#include <errno.h>
#include <string.h>
#include "doc.h"
#include "rlsservices.h"

int test_rlsservices(void);

#define OURS  "sip:alice-list@lab.test"
#define BOB   "sip:bob@lab.test"
#define KIM   "sip:kim@lab.test"
#define HEAD  "<rls-services xmlns='urn:ietf:params:xml:ns:rls-services'>"
#define LISTS "xmlns:l='urn:ietf:params:xml:ns:resource-lists'"
#define PACKS "<packages><package>presence</package></packages>"
#define OPEN  HEAD "<service uri='" OURS "'>"
#define CLOSE PACKS "</service></rls-services>"

static const struct {
	const char *what;
	const char *before, *after; /* NULL: none yet; it says so already */
	const char *add, *drop; /* of each one at most; NULL: none */
} changes[] = {
	{"none yet", NULL,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<rls-services xmlns=\"urn:ietf:params:xml:ns:rls-services\"\n"
		"    xmlns:rl=\"urn:ietf:params:xml:ns:resource-lists\">\n"
		"  <service uri=\"sip:alice-list@lab.test\">\n"
		"    <list>\n"
		"      <rl:entry uri=\"sip:bob@lab.test\"/>\n"
		"    </list>\n"
		"    <packages>\n"
		"      <package>presence</package>\n"
		"    </packages>\n"
		"  </service>\n"
		"</rls-services>\n",
		BOB, NULL},
	{"another's service stays",
		HEAD "<service uri='sip:kim-list@lab.test' z='1'><list/>"
		     "</service><!-- mine --></rls-services>",
		HEAD "<service uri='sip:kim-list@lab.test' z='1'><list/>"
		     "</service><!-- mine -->"
		     "  <service uri=\"sip:alice-list@lab.test\">\n"
		     "    <list xmlns:rl="
		     "\"urn:ietf:params:xml:ns:resource-lists\">\n"
		     "      <rl:entry uri=\"sip:bob@lab.test\"/>\n"
		     "    </list>\n"
		     "    <packages>\n"
		     "      <package>presence</package>\n"
		     "    </packages>\n"
		     "  </service>\n"
		     "</rls-services>",
		BOB, NULL},
	{"beside the others, as they are written",
		OPEN "<list " LISTS ">\n <l:entry uri='" KIM
		     "'/>\n</list>" CLOSE,
		OPEN "<list " LISTS ">\n <l:entry uri='" KIM "'/>\n "
		     "<l:entry uri=\"" BOB "\"/>\n</list>" CLOSE,
		BOB, NULL},
	{"said already, in other letters",
		OPEN "<list " LISTS "><l:entry uri=' sips:bob@LAB.test;x=y'/>"
		     "</list>" CLOSE,
		NULL, BOB, NULL},
	{"one goes, with what is in it",
		OPEN "<list " LISTS ">\n <l:entry uri='" KIM "'/>\n "
		     "<l:entry uri='" BOB "'><z:z xmlns:z='urn:z'/></l:entry>\n"
		     "</list>" CLOSE,
		OPEN "<list " LISTS ">\n <l:entry uri='" KIM
		     "'/>\n</list>" CLOSE,
		NULL, BOB},
	{"nobody is there to go", OPEN "<list/>" CLOSE, NULL, NULL, BOB},
	{"what is not an address goes by itself",
		OPEN "<list " LISTS "><l:entry uri='x'/></list>" CLOSE, NULL,
		NULL, "nobody at all"},
	{"in lists within too",
		OPEN "<list " LISTS "><l:entry uri='" KIM "'/>"
		     "<l:entry-ref ref='x'/><l:external anchor='y'/>"
		     "<l:list><l:entry uri='" BOB "'/><l:entry uri='" KIM "'/>"
		     "</l:list></list>" CLOSE,
		OPEN "<list " LISTS "><l:entry-ref ref='x'/>"
		     "<l:external anchor='y'/>"
		     "<l:list><l:entry uri='" BOB "'/></l:list></list>" CLOSE,
		BOB, KIM},
	{"all change places",
		OPEN "<list " LISTS ">\n  <l:entry uri='" KIM
		     "'/>\n</list>" CLOSE,
		OPEN "<list " LISTS ">\n  <l:entry uri=\"" BOB
		     "\"/>\n</list>" CLOSE,
		BOB, KIM},
	{"both added and dropped",
		OPEN "<list " LISTS "><l:entry uri='" BOB "'/></list>" CLOSE,
		NULL, BOB, BOB},
	{"before what others put last",
		OPEN "<list " LISTS "><l:display-name>Me</l:display-name>"
		     "<z:z xmlns:z='urn:z'/></list>" CLOSE,
		OPEN "<list " LISTS "><l:display-name>Me</l:display-name>"
		     "<l:entry uri=\"" BOB
		     "\"/><z:z xmlns:z='urn:z'/></list>" CLOSE,
		BOB, NULL},
	{"an empty tag", OPEN "\n  <list/>" CLOSE,
		OPEN "\n  <list xmlns:rl="
		     "\"urn:ietf:params:xml:ns:resource-lists\">"
		     "\n    <rl:entry uri=\"" BOB "\"/>\n  </list>" CLOSE,
		BOB, NULL},
	{"our prefix is another's",
		OPEN "<list xmlns:rl='urn:z' rl:a='b'></list>" CLOSE,
		OPEN "<list xmlns:rl='urn:z' rl:a='b' xmlns:rl2="
		     "\"urn:ietf:params:xml:ns:resource-lists\">"
		     "<rl2:entry uri=\"" BOB "\"/></list>" CLOSE,
		BOB, NULL},
	{"the prefix means something else in there",
		"<rls-services " LISTS
		" xmlns='urn:ietf:params:xml:ns:rls-services'>"
		"<service uri='" OURS "'><list xmlns:l='urn:z'></list>" CLOSE,
		"<rls-services " LISTS
		" xmlns='urn:ietf:params:xml:ns:rls-services'>"
		"<service uri='" OURS "'><list xmlns:l='urn:z' xmlns:rl="
		"\"urn:ietf:params:xml:ns:resource-lists\">"
		"<rl:entry uri=\"" BOB "\"/></list>" CLOSE,
		BOB, NULL},
	{"what looks like a prefix",
		OPEN "<list xmlns:='urn:ietf:params:xml:ns:resource-lists' "
		     "xmlns:2='urn:ietf:params:xml:ns:resource-lists'/>" CLOSE,
		OPEN "<list xmlns:='urn:ietf:params:xml:ns:resource-lists' "
		     "xmlns:2='urn:ietf:params:xml:ns:resource-lists' "
		     "xmlns:rl="
		     "\"urn:ietf:params:xml:ns:resource-lists\">"
		     "<rl:entry uri=\"" BOB "\"/></list>" CLOSE,
		BOB, NULL},
	{"no prefix is needed",
		"<r:rls-services xmlns:r='urn:ietf:params:xml:ns:rls-services' "
		"xmlns='urn:ietf:params:xml:ns:resource-lists'>"
		"<r:service uri='" OURS "'><r:list/></r:service>"
		"</r:rls-services>",
		"<r:rls-services xmlns:r='urn:ietf:params:xml:ns:rls-services' "
		"xmlns='urn:ietf:params:xml:ns:resource-lists'>"
		"<r:service uri='" OURS "'><r:list><entry uri=\"" BOB
		"\"/></r:list></r:service></r:rls-services>",
		BOB, NULL},
	{"other packages alone",
		OPEN "<list/><packages><package>dialog</package></packages>"
		     "</service></rls-services>",
		OPEN "<list/><packages><package>dialog</package>"
		     "<package>presence</package></packages>"
		     "</service></rls-services>",
		NULL, NULL},
	{"all packages", OPEN "<list/></service></rls-services>", NULL, NULL,
		NULL},
	{"no list yet, and nobody for it",
		OPEN PACKS "</service></rls-services>",
		OPEN "\n    <list xmlns:rl="
		     "\"urn:ietf:params:xml:ns:resource-lists\">\n    "
		     "</list>\n" PACKS "</service></rls-services>",
		NULL, NULL},
	{"comments that look like their own end",
		OPEN "<!--><list/>--><list " LISTS "></list>" CLOSE,
		OPEN "<!--><list/>--><list " LISTS "><l:entry uri=\"" BOB
		     "\"/></list>" CLOSE,
		BOB, NULL},
	{"an address that has to be escaped",
		OPEN "<list " LISTS "></list>" CLOSE,
		OPEN "<list " LISTS "><l:entry uri=\"sip:a&amp;b@lab.test\"/>"
		     "</list>" CLOSE,
		"sip:a&b@lab.test", NULL},
};


static bool service_h(const struct rlsservices_service *service, void *arg)
{
	mbuf_printf(arg, "%s%s%s%s\n", service->uri,
		service->presence ? " presence" : "",
		service->reference ? " at " : "",
		service->reference ? service->reference : "");
	return strcmp(service->uri, "sip:deaf@lab.test") != 0;
}


static void entry_h(const char *uri, void *arg)
{
	mbuf_printf(arg, "  %s\n", uri);
}


static char *services_of(const struct pl *text)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	const struct rlsservices_handlers h = {
		.service = service_h,
		.entry = entry_h,
		.arg = mb,
	};
	char *all;

	if (rlsservices_decode(text, &h))
		mbuf_write_str(mb, "error");
	all = mbuf_strdup(mb);
	mem_deref(mb);
	return all;
}


static int change_by(struct mbuf **freshp, const struct pl *text, size_t i)
{
	const struct rlsservices_change change = {
		.service = "sip:alice-list@LAB.test",
		.add = &changes[i].add,
		.n_add = changes[i].add ? 1 : 0,
		.drop = &changes[i].drop,
		.n_drop = changes[i].drop ? 1 : 0,
	};

	return rlsservices_edit(freshp, text, &change);
}


static void changed(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(changes); i++) {
		struct pl text = pl_str(changes[i].before), all;
		struct mbuf *fresh = NULL, *again = NULL;
		char *got;

		print_message("%s\n", changes[i].what);
		assert_int_equal(change_by(&fresh, &text, i), 0);
		if (!changes[i].after) {
			assert_null(fresh);
			continue;
		}
		assert_non_null(fresh);
		got = mbuf_strdup(fresh);
		assert_string_equal(got, changes[i].after);
		mem_deref(got);
		/* Once is enough. */
		all = mbuf_all(fresh);
		assert_int_equal(change_by(&again, &all, i), 0);
		assert_null(again);
		mem_deref(fresh);
	}
}


static void refused(void **state)
{
	static const struct {
		const char *text, *service, *add;
		int err;
	} rows[] = {
		{OPEN CLOSE, "nobody", BOB, EINVAL},
		{OPEN CLOSE, OURS, "http://lab.test/", EINVAL},
		{OPEN CLOSE, OURS, "", EINVAL},
		{"<rls-services/>", OURS, BOB, EBADMSG},
		{"<?xml version='1.0' encoding='iso-8859-1'?>" OPEN CLOSE, OURS,
			BOB, EBADMSG},
		{"<?xml version='1.0' encoding='no-UTF-8'?>" OPEN CLOSE, OURS,
			BOB, EBADMSG},
		{"<?xml version='1.0' encoding='Utf-8'?>" OPEN CLOSE, OURS, BOB,
			0},
		{"no XML", OURS, BOB, EBADMSG},
		{"<!DOCTYPE a>" HEAD "</rls-services>", OURS, BOB, EBADMSG},
		{OPEN "<resource-list>http://lab.test/</resource-list>" CLOSE,
			OURS, BOB, ENOTSUP},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct pl text = pl_str(rows[i].text);
		const struct rlsservices_change change = {
			.service = rows[i].service,
			.add = &rows[i].add,
			.n_add = 1,
		};
		struct mbuf *fresh = NULL;

		assert_int_equal(
			rlsservices_edit(&fresh, &text, &change), rows[i].err);
		assert_int_equal(!fresh, !!rows[i].err);
		mem_deref(fresh);
	}
}


static void told(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{OPEN "<list " LISTS "><l:entry uri=' " BOB " '/><l:list>"
		      "<l:entry uri='" KIM "'/></l:list><l:entry/>"
		      "<x:entry xmlns:x='urn:x' uri='a'/></list>" CLOSE,
			OURS " presence\n  " BOB "\n  " KIM "\n"},
		{HEAD "<service/><service uri='sip:x@lab.test'>"
		      "<resource-list> http://lab.test/a </resource-list>"
		      "<packages><package>dialog</package></packages>"
		      "</service><service uri='sip:deaf@lab.test'><list " LISTS
		      "><l:entry uri='a'/></list></service></rls-services>",
			"sip:x@lab.test at http://lab.test/a\n"
			"sip:deaf@lab.test presence\n"},
		{"<rls-services/>", "error"},
		{"<a", "error"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct pl text = pl_str(rows[i].text);
		char *got = services_of(&text);

		assert_string_equal(got, rows[i].want);
		mem_deref(got);
	}
}


/* So many people as there are at most, in and out again. */
static void many(void **state)
{
	enum { N = 10000 };
	char **uris = mem_zalloc(N * sizeof(*uris), NULL);
	struct rlsservices_change change = {
		.service = OURS,
		.add = (const char *const *)uris,
		.n_add = N,
	};
	struct mbuf *first = NULL, *second = NULL;
	struct pl text = PL_INIT;
	size_t i;
	char *got;

	(void)state;
	for (i = 0; i < N; i++)
		uris[i] = mem_printf("sip:p%zu@lab.test", i);
	assert_int_equal(rlsservices_edit(&first, &text, &change), 0);
	text = mbuf_all(first);
	change.drop = change.add;
	change.n_drop = N / 2;
	change.add += N / 2;
	change.n_add = N / 2;
	assert_int_equal(rlsservices_edit(&second, &text, &change), 0);
	text = mbuf_all(second);
	got = services_of(&text);
	assert_null(strstr(got, "sip:p4999@"));
	assert_non_null(strstr(got, "sip:p5000@"));
	assert_non_null(strstr(got, "sip:p9999@"));
	mem_deref(got);
	mem_deref(first);
	mem_deref(second);
	for (i = 0; i < N; i++)
		mem_deref(uris[i]);
	mem_deref(uris);
}


/* What we write is by the schema, where what was there is. */
static void schema(void **state)
{
	static const char *const rows[] = {"none yet", "in lists within too",
		"beside the others, as they are written", "an empty tag",
		"before what others put last", "other packages alone",
		"no list yet, and nobody for it"};
	char *path = doc_path("xsd/rls-services.xsd");
	bool absent = access(path, R_OK);
	size_t i, k;

	(void)state;
	for (i = 0; !absent && i < UNIT_N(rows); i++) {
		struct mbuf *mb = mbuf_alloc(SIZE_MAX);
		int status;

		for (k = 0; strcmp(changes[k].what, rows[i]); k++)
			assert_true(k + 1 < UNIT_N(changes));
		print_message("%s\n", changes[k].what);
		mbuf_write_str(mb, changes[k].after);
		status = doc_validate(path, mb);
		mem_deref(mb);
		absent = status == -1;
		if (!absent)
			assert_int_equal(status, 0);
	}
	mem_deref(path);
	if (absent) {
		print_message("no schemas or no xmllint: skipped\n");
		skip();
	}
}


int test_rlsservices(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changed),
		cmocka_unit_test(refused),
		cmocka_unit_test(told),
		cmocka_unit_test(many),
		cmocka_unit_test(schema),
	};

	return cmocka_run_group_tests_name("rlsservices", tests, NULL, NULL);
}
