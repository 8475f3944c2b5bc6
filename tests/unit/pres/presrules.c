/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>
#include "doc.h"
#include "presrules.h"

int test_presrules(void);

#define HEAD                                          \
	"<c:ruleset xmlns:c='urn:ietf:params:xml:ns:" \
	"common-policy' xmlns:p='urn:ietf:params:xml:ns:pres-rules'>"
#define TAIL "</c:ruleset>"
#define DO(word)                                               \
	"<c:actions><p:sub-handling>" word "</p:sub-handling>" \
	"</c:actions></c:rule>"
#define RULE(id, inside, word)                                  \
	"<c:rule id='" id "'><c:conditions><c:identity>" inside \
	"</c:identity></c:conditions>" DO(word)
#define BOB "<c:one id='sip:bob@lab.test'/>"
#define KIM "<c:one id='sip:kim@lab.test'/>"
#define NEW(handling, transformations)                                        \
	"  <rule xmlns=\"urn:ietf:params:xml:ns:common-policy\" "             \
	"xmlns:pr=\"urn:ietf:params:xml:ns:pres-rules\" id=\"sotto-" handling \
	"\">\n    <conditions>\n      <identity>\n"                           \
	"        <one id=\"sip:bob@lab.test\"/>\n      </identity>\n"         \
	"    </conditions>\n    <actions>\n"                                  \
	"      <pr:sub-handling>" handling "</pr:sub-handling>\n"             \
	"    </actions>\n" transformations "  </rule>\n"
#define ALL                                             \
	"    <transformations>\n"                       \
	"      <pr:provide-services><pr:all-services/>" \
	"</pr:provide-services>\n"                      \
	"      <pr:provide-persons><pr:all-persons/>"   \
	"</pr:provide-persons>\n"                       \
	"      <pr:provide-devices><pr:all-devices/>"   \
	"</pr:provide-devices>\n"                       \
	"      <pr:provide-all-attributes/>\n    </transformations>\n"
#define EXCEPT "<c:except id=\"sip:bob@lab.test\"/>"

/* sip:bob@lab.test gets HANDLING; AFTER NULL: nothing is to be done. */
static const struct {
	const char *what;
	const char *before; /* NULL: there is none */
	enum presrules_handling handling;
	const char *after;
} changes[] = {
	{"none yet", NULL, PRESRULES_ALLOW,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<ruleset "
		"xmlns=\"urn:ietf:params:xml:ns:common-policy\">\n" NEW(
			"allow", ALL) "</ruleset>\n"},
	{"an empty tag",
		"<ruleset xmlns='urn:ietf:params:xml:ns:common-policy'/>",
		PRESRULES_BLOCK,
		"<ruleset xmlns='urn:ietf:params:xml:ns:common-policy'>" NEW(
			"block", "") "</ruleset>"},
	{"said already", HEAD RULE("x", KIM BOB, "allow") TAIL, PRESRULES_ALLOW,
		NULL},
	{"said in other letters",
		HEAD RULE("x", "<c:one id=' SIP:%62ob@LAB.test;a=b'/>",
			"\n allow ") TAIL,
		PRESRULES_ALLOW, NULL},
	{"moved; a rule that nobody is left in goes",
		HEAD "\n" RULE("x", BOB, "allow") "\n" TAIL, PRESRULES_CONFIRM,
		HEAD "\n" NEW("confirm", "") TAIL},
	{"others in the rule stay",
		HEAD RULE("x", "\n" KIM "\n" BOB "\n", "allow") TAIL,
		PRESRULES_POLITE_BLOCK,
		HEAD RULE("x", "\n" KIM "\n", "allow") NEW("polite-block", "")
			TAIL},
	{"twice in it", HEAD RULE("x", BOB KIM BOB, "allow") TAIL,
		PRESRULES_CONFIRM,
		HEAD RULE("x", KIM, "allow") NEW("confirm", "") TAIL},
	{"into the rule of ours",
		HEAD RULE("sotto-block", KIM, "block") RULE("x", BOB, "allow")
			TAIL,
		PRESRULES_BLOCK,
		HEAD RULE("sotto-block",
			KIM "  <c:one id=\"sip:bob@lab.test\"/>\n      ",
			"block") TAIL},
	{"our name, another's rule",
		HEAD RULE("sotto-block", KIM, "allow") TAIL, PRESRULES_BLOCK,
		HEAD RULE("sotto-block", KIM,
			"allow") "  <rule "
				 "xmlns=\"urn:ietf:params:xml:ns:common-"
				 "policy\" "
				 "xmlns:pr=\"urn:ietf:params:xml:ns:pres-"
				 "rules\" "
				 "id=\"sotto-block-2\">\n    <conditions>\n    "
				 "  <identity>\n"
				 "        <one id=\"sip:bob@lab.test\"/>\n     "
				 " </identity>\n"
				 "    </conditions>\n    <actions>\n"
				 "      "
				 "<pr:sub-handling>block</pr:sub-handling>\n"
				 "    </actions>\n  </rule>\n" TAIL},
	{"ours for a whole domain too",
		HEAD RULE("sotto-block", "<c:many domain='example.org'/>",
			"block") RULE("sotto-block-2", KIM, "block") TAIL,
		PRESRULES_BLOCK,
		HEAD RULE("sotto-block", "<c:many domain='example.org'/>",
			"block") RULE("sotto-block-2",
			KIM "  <c:one id=\"sip:bob@lab.test\"/>\n      ",
			"block") TAIL},
	{"everybody is allowed", HEAD RULE("x", "<c:many/>", "allow") TAIL,
		PRESRULES_BLOCK,
		HEAD RULE("x", "<c:many>" EXCEPT "</c:many>", "allow")
			NEW("block", "") TAIL},
	{"his domain is",
		HEAD RULE("x", "<c:many domain='LAB.test'></c:many>", "confirm")
			TAIL,
		PRESRULES_BLOCK,
		HEAD RULE("x", "<c:many domain='LAB.test'>" EXCEPT "</c:many>",
			"confirm") NEW("block", "") TAIL},
	{"another domain is",
		HEAD RULE("x", "<c:many domain='example.org'/>", "allow") TAIL,
		PRESRULES_BLOCK,
		HEAD RULE("x", "<c:many domain='example.org'/>", "allow")
			NEW("block", "") TAIL},
	{"all but him are",
		HEAD RULE("x", "<c:many><c:except domain='lab.test'/></c:many>",
			"allow") TAIL,
		PRESRULES_BLOCK,
		HEAD RULE("x", "<c:many><c:except domain='lab.test'/></c:many>",
			"allow") NEW("block", "") TAIL},
	{"everybody is asked about",
		HEAD RULE("x", "<c:many/>", "confirm") TAIL, PRESRULES_ALLOW,
		HEAD RULE("x", "<c:many/>", "confirm") NEW("allow", ALL) TAIL},
	{"no conditions", HEAD "<c:rule id='x'>" DO("allow") TAIL,
		PRESRULES_BLOCK,
		HEAD "<c:rule id='x'><c:conditions><c:identity><c:many>" EXCEPT
		     "</c:many></c:identity></c:conditions>" DO("allow")
			     NEW("block", "") TAIL},
	{"no condition in them",
		HEAD "<c:rule id='x'><c:conditions />" DO("allow") TAIL,
		PRESRULES_BLOCK,
		HEAD "<c:rule id='x'><c:conditions ><c:identity><c:many>" EXCEPT
		     "</c:many></c:identity></c:conditions>" DO("allow")
			     NEW("block", "") TAIL},
	{"conditions that are not known",
		HEAD "<c:rule id='x'><c:conditions><o:other-identity "
		     "xmlns:o='urn:oma:xml:xdm:common-policy'/>"
		     "</c:conditions>" DO("allow") TAIL,
		PRESRULES_BLOCK,
		HEAD "<c:rule id='x'><c:conditions><o:other-identity "
		     "xmlns:o='urn:oma:xml:xdm:common-policy'/>"
		     "</c:conditions>" DO("allow") NEW("block", "") TAIL},
	{"more at times",
		HEAD "<c:rule id='x'><c:conditions><c:identity>" BOB KIM
		     "</c:identity><c:sphere value='work'/></c:conditions>" DO(
			     "allow") TAIL,
		PRESRULES_BLOCK,
		HEAD "<c:rule id='x'><c:conditions><c:identity>" KIM
		     "</c:identity><c:sphere value='work'/></c:conditions>" DO(
			     "allow") NEW("block", "") TAIL},
	{"less at times",
		HEAD "<c:rule id='x'><c:conditions><c:identity>" BOB
		     "</c:identity><c:sphere value='work'/></c:conditions>" DO(
			     "block") TAIL,
		PRESRULES_ALLOW,
		HEAD "<c:rule id='x'><c:conditions><c:identity>" BOB
		     "</c:identity><c:sphere value='work'/></c:conditions>" DO(
			     "block") NEW("allow", ALL) TAIL},
	{"no word about subscriptions",
		HEAD "<c:rule id='x'><c:conditions><c:identity>" BOB
		     "</c:identity></c:conditions></c:rule>" TAIL,
		PRESRULES_BLOCK,
		HEAD "<c:rule id='x'><c:conditions><c:identity>" BOB
		     "</c:identity></c:conditions></c:rule>" NEW("block", "")
			     TAIL},
	{"what looks like tags",
		"<?xml version='1.0'?><?x <c:one/>?>\n" HEAD
		"<!-- <c:rule> - <![CDATA[ -->" RULE("w",
			"<z:z xmlns:z='urn:z' z='\">/>'><![CDATA[</c:one>]]>"
			"</z:z><!-- > -->" BOB,
			"allow") TAIL " <!-- < -->\n",
		PRESRULES_ALLOW, NULL},
};


static int set(struct mbuf **freshp, const char *text, const char *peer,
	enum presrules_handling handling)
{
	struct pl pl = pl_str(text);

	return presrules_set(freshp, &pl, peer, handling);
}


static void changed(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(changes); i++) {
		struct mbuf *fresh = NULL, *again = NULL;
		struct pl text;
		char *got;

		print_message("%s\n", changes[i].what);
		assert_int_equal(
			set(&fresh, changes[i].before, "sip:bob@lab.test",
				changes[i].handling),
			0);
		if (!changes[i].after) {
			assert_null(fresh);
			continue;
		}
		got = mbuf_strdup(fresh);
		assert_string_equal(got, changes[i].after);
		text = mbuf_all(fresh);
		assert_int_equal(
			presrules_set(&again, &text, "sip:bob@lab.test",
				changes[i].handling),
			0);
		assert_null(again);
		mem_deref(got);
		mem_deref(fresh);
	}
}


static void refused(void **state)
{
	static const struct {
		const char *text, *peer;
		int err;
	} cases[] = {
		{"", "sip:bob@lab.test", EBADMSG},
		{"<ruleset/>", "sip:bob@lab.test", EBADMSG},
		{"<c:rule xmlns:c='urn:ietf:params:xml:ns:common-policy'/>",
			"sip:bob@lab.test", EBADMSG},
		{"<!DOCTYPE x>" HEAD TAIL, "sip:bob@lab.test", EBADMSG},
		{HEAD, "sip:bob@lab.test", EBADMSG},
		{HEAD "\xe9" TAIL, "sip:bob@lab.test", EBADMSG},
		{"<?xml version='1.0' encoding='iso-8859-1'?>" HEAD TAIL,
			"sip:bob@lab.test", EBADMSG},
		{"<?xml version='1.0' encoding='iso-8859-1'?>" HEAD
		 "<!-- utf-8 ?>" TAIL,
			"sip:bob@lab.test", EBADMSG},
		{HEAD TAIL, "", EINVAL},
		{HEAD TAIL, "bob", EINVAL},
		{HEAD TAIL, "sip:b\"/><x@lab.test", EINVAL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct mbuf *fresh = NULL;

		assert_int_equal(set(&fresh, cases[i].text, cases[i].peer,
					 PRESRULES_ALLOW),
			cases[i].err);
		assert_null(fresh);
	}
}


/* Our names are all taken: nothing is made up without end. */
static void names_taken(void **state)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX), *fresh = NULL;
	struct pl text;
	unsigned i;

	(void)state;
	mbuf_write_str(mb, HEAD "<c:rule id='sotto-allow'/>");
	for (i = 2; i <= 100; i++)
		mbuf_printf(mb, "<c:rule id='sotto-allow-%u'/>", i);
	mbuf_write_str(mb, TAIL);
	text = mbuf_all(mb);
	assert_int_equal(presrules_set(&fresh, &text, "sip:bob@lab.test",
				 PRESRULES_ALLOW),
		EBADMSG);
	assert_null(fresh);
	mem_deref(mb);
}


static void bounds(void **state)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX), *fresh = NULL;
	struct pl text;
	size_t i, spare;

	(void)state;
	mbuf_write_str(mb, HEAD "<!--");
	spare = 4 * 1024 * 1024 - mb->end - strlen("-->" TAIL);
	for (i = 0; i < spare; i++)
		mbuf_write_u8(mb, ' ');
	mbuf_write_str(mb, "-->" TAIL);
	text = mbuf_all(mb);
	assert_int_equal(presrules_set(&fresh, &text, "sip:bob@lab.test",
				 PRESRULES_ALLOW),
		EMSGSIZE);
	mbuf_reset(mb);
	mbuf_write_str(mb, HEAD);
	for (i = 0; i < 10000; i++)
		mbuf_write_str(mb, "<c:rule>");
	text = mbuf_all(mb);
	assert_int_equal(presrules_set(&fresh, &text, "sip:bob@lab.test",
				 PRESRULES_ALLOW),
		EMSGSIZE);
	assert_null(fresh);
	mem_deref(mb);
}


static void one_handler(const char *id, const char *rule,
	enum presrules_handling handling, bool conditional, void *arg)
{
	(void)rule;
	mbuf_printf(arg, "%s %s%s\n", id, presrules_word(handling),
		conditional ? " at times" : "");
}


static char *rules_of(const struct pl *text)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	char *rules;

	assert_int_equal(presrules_decode(text, one_handler, mb), 0);
	rules = mbuf_strdup(mb);
	mem_deref(mb);
	return rules;
}


static void rules(void **state)
{
	static const struct {
		const char *text, *rules;
	} cases[] = {
		{HEAD TAIL, ""},
		{HEAD RULE("a", BOB KIM, "allow") RULE("b",
			 "<c:one/><c:one id=' x '/>", "polite-block") RULE("c",
			 BOB, "wrong") RULE("d", "<c:many/>", "block") TAIL,
			"sip:bob@lab.test allow\nsip:kim@lab.test allow\n"
			"x polite-block\n"},
		{HEAD "<c:rule><c:conditions><c:validity/><c:identity>" BOB
		      "</c:identity></c:conditions>" DO("confirm") TAIL,
			"sip:bob@lab.test confirm at times\n"},
		{HEAD "<c:rule><c:conditions><c:identity>" BOB
		      "</c:identity><c:identity>" KIM
		      "</c:identity></c:conditions>" DO("allow") TAIL,
			""},
	};
	struct mbuf *mb = mbuf_alloc(100);
	struct pl text = PL("<ruleset/>");
	size_t i;

	(void)state;
	assert_int_equal(presrules_decode(&text, one_handler, mb), EBADMSG);
	text = pl_str(HEAD);
	assert_int_equal(presrules_decode(&text, one_handler, mb), EBADMSG);
	assert_int_equal(mb->end, 0);
	mem_deref(mb);
	for (i = 0; i < UNIT_N(cases); i++) {
		char *rules;

		text = pl_str(cases[i].text);
		rules = rules_of(&text);
		assert_string_equal(rules, cases[i].rules);
		mem_deref(rules);
	}
}


/* Who gives more, by conditions that are not known. */
static void rivals(void **state)
{
#define OMA "xmlns:o='urn:oma:xml:xdm:common-policy'"
#define IF(id, conditions, handling)                    \
	"<c:rule id='" id "'><c:conditions>" conditions \
	"</c:conditions>" DO(handling)
	static const struct {
		const char *text, *polite; /* for polite-block; NULL: none */
	} cases[] = {
		{HEAD TAIL, NULL},
		{HEAD IF("a", "<o:external-list " OMA "/>", "allow") TAIL, "a"},
		{HEAD IF("a", "<o:external-list " OMA "/>", "polite-block")
				TAIL,
			NULL},
		{HEAD IF("a", "<o:other-identity " OMA "/>", "allow") TAIL,
			NULL},
		{HEAD IF("a", "<o:anonymous-request " OMA "/>", "allow") TAIL,
			NULL},
		{HEAD IF("a", "<c:sphere value='work'/>", "allow") TAIL, "a"},
		/* with an identity it is known who */
		{HEAD IF("a", "<c:validity/><c:identity>" BOB "</c:identity>",
			 "allow") TAIL,
			NULL},
		{HEAD IF("a", "", "allow") TAIL, NULL},
		{"<x/>", NULL},
		{"", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl text = pl_str(cases[i].text);
		char *name = presrules_rival(&text, PRESRULES_POLITE_BLOCK);

		if (cases[i].polite)
			assert_string_equal(name, cases[i].polite);
		else
			assert_null(name);
		mem_deref(name);
		assert_null(presrules_rival(&text, PRESRULES_ALLOW));
	}
#undef IF
#undef OMA
}


/* Real documents: read, changed, and everything else as it was. */
static void examples(void **state)
{
	static const struct {
		const char *name, *rules, *peer, *kept;
	} cases[] = {
		{"pres-rules/rfc5025-s6-1.xml", "sip:user@example.com allow\n",
			"sip:bob@example.com",
			"   <pr:provide-user-input>bare"
			"</pr:provide-user-input>\n"},
		{"pres-rules/own-allow-block-polite.xml",
			"sip:bob@example.com allow\n"
			"sip:carol@example.com allow\n"
			"sip:mallory@example.net block\n"
			"sip:boss@example.com polite-block\n",
			"sip:bob@example.com",
			"<cr:rule id=\"allow\"><cr:conditions><cr:identity>"
			"<cr:one id=\"sip:carol@example.com\"/>"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct mbuf *mb = doc_read(cases[i].name), *fresh = NULL;
		struct pl text, kept = pl_str(cases[i].kept);
		char *rules;

		if (!mb) {
			print_message("no %s: skipped\n", cases[i].name);
			skip();
		}
		text = mbuf_all(mb);
		rules = rules_of(&text);
		assert_string_equal(rules, cases[i].rules);
		mem_deref(rules);
		assert_int_equal(presrules_set(&fresh, &text, cases[i].peer,
					 PRESRULES_BLOCK),
			0);
		text = mbuf_all(fresh);
		assert_non_null(pl_find(&text, &kept));
		rules = rules_of(&text);
		assert_non_null(strstr(rules, "sip:bob@example.com block\n"));
		assert_null(strstr(rules, "sip:bob@example.com allow\n"));
		mem_deref(rules);
		mem_deref(fresh);
		mem_deref(mb);
	}
}


/* What we write is by the schema, where what was there is. */
static void schema(void **state)
{
	char *policy = doc_path("xsd/common-policy.xsd");
	bool absent = access(policy, R_OK);
	size_t i;

	(void)state;
	for (i = 0; !absent && i < UNIT_N(changes); i++) {
		struct mbuf *mb = mbuf_alloc(SIZE_MAX);
		int status;

		mbuf_write_str(mb,
			changes[i].after ? changes[i].after
					 : changes[i].before);
		print_message("%s\n", changes[i].what);
		status = doc_validate(policy, mb);
		mem_deref(mb);
		absent = status == -1;
		if (!absent)
			assert_int_equal(status, 0);
	}
	mem_deref(policy);
	if (absent) {
		print_message("no schemas or no xmllint: skipped\n");
		skip();
	}
}


int test_presrules(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changed),
		cmocka_unit_test(refused),
		cmocka_unit_test(names_taken),
		cmocka_unit_test(bounds),
		cmocka_unit_test(rules),
		cmocka_unit_test(rivals),
		cmocka_unit_test(examples),
		cmocka_unit_test(schema),
	};

	return cmocka_run_group_tests_name("presrules", tests, NULL, NULL);
}
