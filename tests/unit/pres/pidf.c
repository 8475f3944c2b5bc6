/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "doc.h"

int test_pidf(void);

#define TUPLE(id_, basic_, more_)                                              \
	"<tuple id='" id_ "'><status><basic>" basic_ "</basic></status>" more_ \
	"</tuple>"

#define NOTHING_SAID "the notification says neither open nor closed"


/* PR1, PR2: what makes somebody online. */
static void states(void **state)
{
	static const struct {
		const char *xml;
		enum presence_state state;
	} cases[] = {
		{"", PRESENCE_OFFLINE},
		{"<note>x</note>", PRESENCE_OFFLINE},
		{TUPLE("a", "open", ""), PRESENCE_ONLINE},
		{TUPLE("a", "\n open\t", ""), PRESENCE_ONLINE},
		{TUPLE("a", "closed", ""), PRESENCE_OFFLINE},
		{TUPLE("a", "closed", "") TUPLE("b", "open", ""),
			PRESENCE_ONLINE},
		{TUPLE("a", "open", "") TUPLE("b", "closed", ""),
			PRESENCE_ONLINE},
		{TUPLE("a", "ajar", ""), PRESENCE_UNKNOWN},
		{"<tuple id='a'><status/></tuple>", PRESENCE_UNKNOWN},
		{"<tuple id='a'/>", PRESENCE_UNKNOWN},
		{"<tuple id='a'/>" TUPLE("b", "closed", ""), PRESENCE_OFFLINE},
		{"<tuple id='a'/>" TUPLE("b", "open", ""), PRESENCE_ONLINE},
		/* namespaces decide */
		{"<z:tuple id='a'><z:status><z:basic>open</z:basic></z:status>"
		 "</z:tuple>",
			PRESENCE_OFFLINE},
		{"<tuple id='a'><status><z:basic>open</z:basic></status>"
		 "</tuple>",
			PRESENCE_UNKNOWN},
		{"<p:tuple id='a'><p:status><p:basic>open</p:basic></p:status>"
		 "</p:tuple>",
			PRESENCE_ONLINE},
		/* what is unknown is ignored with all its content */
		{"<z:wrap>" TUPLE("a", "open", "") "</z:wrap>",
			PRESENCE_OFFLINE},
		/* and never takes <basic> with it (RFC 3863 4.2.3) */
		{"<tuple id='a'><status><basic>open</basic>"
		 "<z:x p:mustUnderstand='1'>y</z:x></status></tuple>",
			PRESENCE_ONLINE},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf(DOC_HEAD "%s" DOC_TAIL, cases[i].xml);
		struct pres_doc *doc = NULL;

		assert_int_equal(doc_decode(&doc, text, NULL), 0);
		if (doc->presence->state != cases[i].state)
			fail_msg("%s", cases[i].xml);
		if (cases[i].state == PRESENCE_UNKNOWN)
			assert_string_equal(
				doc->presence->reason, NOTHING_SAID);
		mem_deref(doc);
		mem_deref(text);
	}
}


/* PR2: notes, and which one of several. */
static void notes(void **state)
{
	static const struct {
		const char *xml, *lang, *note;
	} cases[] = {
		{DOC_OPEN, NULL, NULL},
		{DOC_OPEN "<note>all</note>", NULL, "all"},
		{DOC_OPEN "<note> \n </note>", NULL, NULL},
		{DOC_OPEN "<note/><note>\n all of it </note>", NULL,
			"all of it"},
		{DOC_OPEN "<z:note>other</z:note>", NULL, NULL},
		{DOC_OPEN "<note>a<z:b>c</z:b>&lt;</note>", NULL, "ac<"},
		/* person, its activities, document, tuples */
		{TUPLE("a", "open",
			 "<note>t</note>") "<note>d</note><dm:person "
					   "id='q'><r:activities><r:note>r"
					   "</r:note><r:away/></"
					   "r:activities><dm:note>p</dm:note>"
					   "</dm:person>",
			NULL, "p"},
		{TUPLE("a", "open",
			 "<note>t</note>") "<note>d</note><dm:person "
					   "id='q'><r:activities><r:note>r"
					   "</r:note><r:away/></r:activities></"
					   "dm:person>",
			NULL, "r"},
		{TUPLE("a", "open", "<note>t</note>") "<note>d</note>", NULL,
			"d"},
		{TUPLE("a", "open", "<note>t</note>"), NULL, "t"},
		{TUPLE("a", "closed", "<note>t</note>"), NULL, "t"},
		/* tuples: open first, then by priority of the contact */
		{TUPLE("a", "closed",
			 "<contact priority='1'>sip:a</contact><note>1</note>")
				TUPLE("b", "open", "<note>2</note>"),
			NULL, "2"},
		{TUPLE("a", "open", "<note>1</note>") TUPLE("b", "open",
			 "<contact priority='0.1'>sip:b</contact>"
			 "<note>2</note>"),
			NULL, "2"},
		{TUPLE("a", "open",
			 "<r:relationship><r:assistant/></r:relationship>"
			 "<contact priority='1'>sip:a</contact><note>1</note>")
				TUPLE("b", "open",
					"<r:relationship><r:self/>"
					"</r:relationship><note>2</note>"),
			NULL, "2"},
		/* the newest person */
		{DOC_OPEN "<dm:person id='1'><dm:note>old</dm:note>"
			  "<dm:timestamp>2026-01-15T12:00:00Z</dm:timestamp>"
			  "</dm:person><dm:person id='2'><dm:note>new</dm:note>"
			  "<dm:timestamp>2026-01-15T12:00:00.5Z</dm:timestamp>"
			  "</dm:person><dm:person id='3'><dm:note>never"
			  "</dm:note></dm:person>",
			NULL, "new"},
		/* languages */
		{DOC_OPEN "<note xml:lang='en'>e</note>"
			  "<note xml:lang='fr'>f</note>",
			NULL, "e"},
		{DOC_OPEN "<note xml:lang='en'>e</note>"
			  "<note xml:lang='fr'>f</note>",
			"fr", "f"},
		{DOC_OPEN "<note xml:lang='en'>e</note>"
			  "<note xml:lang='fr-CA'>f</note>",
			"fr_FR.UTF-8", "f"},
		{DOC_OPEN "<note xml:lang='fr-CA'>c</note>"
			  "<note xml:lang='FR-fr'>f</note>",
			"fr-FR", "f"},
		{DOC_OPEN "<note xml:lang='en'>e</note><note>n</note>"
			  "<note xml:lang='fr'>f</note>",
			"de", "n"},
		{DOC_OPEN "<note xml:lang='fr'> </note><note>n</note>", "fr",
			"n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		const struct pres_query query = {.lang = cases[i].lang};
		char *text = mem_printf(DOC_HEAD "%s" DOC_TAIL, cases[i].xml);
		struct pres_doc *doc = NULL;

		assert_int_equal(doc_decode(&doc, text, &query), 0);
		if (!cases[i].note)
			assert_null(doc->presence->note);
		else if (!doc->presence->note ||
			strcmp(doc->presence->note, cases[i].note))
			fail_msg("%s gives %s", cases[i].xml,
				doc->presence->note);
		mem_deref(doc);
		mem_deref(text);
	}
}


/* PR2: contact priorities, 0 to 1 with at most three digits. */
static void priorities(void **state)
{
	static const struct {
		const char *a, *b;
		bool b_wins;
	} cases[] = {
		{"0", "0.001", true},
		{"0.5", "0.5", false},
		{"0.5", "0.51", true},
		{"0.021", "0.1", true},
		{"0.9", "1", true},
		{"1", "1.000", false},
		{"0.", "0.1", true},
		{"1.001", "0.001", true},
		{"2", "0.001", true},
		{"0.1234", "0.001", true},
		{"-1", "0.001", true},
		{" 1", "0.001", true},
		{"", "0.001", true},
		{"1e9", "0.001", true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf(
			DOC_HEAD TUPLE("a", "open",
				"<contact priority='%s'>sip:a@h</contact>")
				TUPLE("b", "open",
					"<contact priority='%s'> sip:b@h "
					"</contact>") DOC_TAIL,
			cases[i].a, cases[i].b);
		struct pres_doc *doc = NULL;

		assert_int_equal(doc_decode(&doc, text, NULL), 0);
		if (strcmp(doc->contact,
			    cases[i].b_wins ? "sip:b@h" : "sip:a@h"))
			fail_msg("%s %s", cases[i].a, cases[i].b);
		mem_deref(doc);
		mem_deref(text);
	}
}


/* Activities from elsewhere than one person. */
static void activities(void **state)
{
	static const struct {
		const char *xml;
		enum presence_activity activity;
	} cases[] = {
		/* public messengers' gateways */
		{"<tuple id='0'><status><basic>open</basic><activities>"
		 "<activity>busy</activity></activities></status></tuple>"
		 "<display-name>Kim</display-name>",
			PRESENCE_BUSY},
		/* a tuple's own, only where it is open */
		{TUPLE("a", "open", "<r:activities><r:away/></r:activities>"),
			PRESENCE_AWAY},
		{TUPLE("a", "closed", "<r:activities><r:away/></r:activities>")
				TUPLE("b", "open", ""),
			PRESENCE_NONE},
		/* none while offline */
		{TUPLE("a", "closed",
			 "") "<dm:person "
			     "id='q'><r:activities><r:busy/></r:activities>"
			     "</dm:person>",
			PRESENCE_NONE},
		/* the newest person that tells one; no person is left out
		 * for a part of a known namespace */
		{DOC_OPEN "<dm:person id='1'><r:activities><r:busy/>"
			  "</r:activities><dm:timestamp>2026-01-15T12:00:00Z"
			  "</dm:timestamp></dm:person><dm:person id='2'>"
			  "<r:activities><r:away/></r:activities>"
			  "<dm:timestamp>2026-01-16T12:00:00Z</dm:timestamp>"
			  "</dm:person><dm:person id='3'><dm:timestamp>"
			  "2026-01-17T12:00:00Z</dm:timestamp></dm:person>",
			PRESENCE_AWAY},
		{DOC_OPEN "<dm:person id='1'><r:activities><r:busy/>"
			  "</r:activities><z:x p:mustUnderstand='1'/>"
			  "</dm:person>",
			PRESENCE_NONE},
		{DOC_OPEN "<z:person id='1'><r:activities><r:busy/>"
			  "</r:activities></z:person>",
			PRESENCE_NONE},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf(DOC_HEAD "%s" DOC_TAIL, cases[i].xml);
		struct pres_doc *doc = NULL;

		assert_int_equal(doc_decode(&doc, text, NULL), 0);
		if (doc->presence->activity != cases[i].activity)
			fail_msg("%s gives %d", cases[i].xml,
				doc->presence->activity);
		mem_deref(doc);
		mem_deref(text);
	}
}


static void many(void **state)
{
	struct mbuf *mb = mbuf_alloc(1024 * 1024);
	struct pres_doc *doc = NULL;
	struct pl pl;
	size_t i;

	(void)state;
	mbuf_write_str(mb, DOC_HEAD);
	for (i = 0; i < 1500; i++)
		mbuf_printf(mb,
			"<tuple id='t%zu'><status><basic>closed</basic>"
			"</status><timestamp>2026-01-15T12:00:00Z</timestamp>"
			"</tuple>",
			i);
	mbuf_write_str(mb, "<note>");
	for (i = 0; i < 10000; i++)
		mbuf_write_str(mb, "\xc3\xa9");
	mbuf_write_str(mb, "</note>" DOC_TAIL);
	pl = mbuf_all(mb);
	assert_int_equal(pres_decode(&doc, NULL, &pl, NULL), 0);
	assert_int_equal(doc->presence->state, PRESENCE_OFFLINE);
	assert_int_equal(strlen(doc->presence->note), PRESENCE_NOTE_MAX);
	assert_int_equal(doc->nstamps, 256);
	mem_deref(doc);

	mbuf_reset(mb);
	mbuf_write_str(mb, DOC_HEAD);
	for (i = 0; i < 10001; i++)
		mbuf_write_str(mb, "<z:z/>");
	mbuf_write_str(mb, DOC_TAIL);
	pl = mbuf_all(mb);
	assert_int_equal(pres_decode(&doc, NULL, &pl, NULL), EMSGSIZE);

	mbuf_reset(mb);
	mbuf_write_str(mb, DOC_HEAD "<note>");
	for (i = 0; i < 256 * 1024; i++)
		mbuf_write_u8(mb, 'x');
	mbuf_write_str(mb, "</note>" DOC_TAIL);
	pl = mbuf_all(mb);
	assert_int_equal(pres_decode(&doc, NULL, &pl, NULL), EMSGSIZE);
	mem_deref(mb);
}


/* The documents of the RFCs and others; absent in a bare checkout. */
static void collected(void **state)
{
	static const struct {
		const char *name;
		int err;
		enum presence_state state;
		enum presence_activity activity;
		const char *note, *contact;
	} cases[] = {
		{"own-closed", 0, PRESENCE_OFFLINE, PRESENCE_NONE, NULL, NULL},
		{"own-default-prefix-swap", 0, PRESENCE_ONLINE, PRESENCE_NONE,
			NULL, NULL},
		{"own-no-contact-no-entity-scheme", 0, PRESENCE_UNKNOWN,
			PRESENCE_NONE, "who knows", NULL},
		{"own-open", 0, PRESENCE_ONLINE, PRESENCE_NONE, NULL,
			"sip:bob@192.0.2.5:5060"},
		{"own-rpid-away", 0, PRESENCE_ONLINE, PRESENCE_AWAY,
			"in the kitchen", "sip:bob@example.com"},
		{"own-rpid-busy-unknown", 0, PRESENCE_ONLINE,
			PRESENCE_ON_THE_PHONE, "juggling", NULL},
		{"own-three-tuples", 0, PRESENCE_ONLINE, PRESENCE_NONE, "desk",
			"sip:bob@192.0.2.5"},
		{"own-unicode-note", 0, PRESENCE_ONLINE, PRESENCE_NONE,
			"na ob\xc4\x9b"
			"d\xc4\x9b \xf0\x9f\x8d\xb2",
			NULL},
		{"rfc3863-s4.2.2-1", 0, PRESENCE_ONLINE, PRESENCE_NONE, NULL,
			"tel:+09012345678"},
		{"rfc3863-s4.2.2-2", 0, PRESENCE_ONLINE, PRESENCE_NONE, NULL,
			"tel:+09012345678"},
		{"rfc3863-s4.2.3-3", 0, PRESENCE_ONLINE, PRESENCE_NONE, NULL,
			"im:someone@example.com"},
		{"rfc3863-s4.3.1-4", 0, PRESENCE_ONLINE, PRESENCE_NONE,
			"I'll be in Tokyo next week",
			"mailto:someone@example.com"},
		{"rfc3863-s4.3.2-5", 0, PRESENCE_ONLINE, PRESENCE_NONE, NULL,
			"im:someone@mobilecarrier.net"},
		{"rfc3863-s4.3.3-6", 0, PRESENCE_ONLINE, PRESENCE_NONE, NULL,
			"tel:+09012345678"},
		{"rfc4479-s7.1-1", 0, PRESENCE_ONLINE, PRESENCE_ON_THE_PHONE,
			NULL, "sip:someone@example.com"},
		{"rfc4480-s4-1", 0, PRESENCE_ONLINE, PRESENCE_AWAY,
			"Scoring 120", "mailto:someone@example.com"},
		/* wrong end tag */
		{"rfc4482-s4-1", EBADMSG, 0, 0, NULL, NULL},
		{"rfc4482-s4-2", 0, PRESENCE_ONLINE, PRESENCE_NONE, NULL,
			"im:someone@mobile.example.net"},
		{"rfc5196-s5-1", 0, PRESENCE_ONLINE, PRESENCE_NONE, NULL,
			"sip:someone@example.com"},
		/* partial presence is not asked for */
		{"rfc5262-s6-1", EBADMSG, 0, 0, NULL, NULL},
		{"rfc5262-s6-2", EBADMSG, 0, 0, NULL, NULL},
		{"rfc5262-s6-3", EBADMSG, 0, 0, NULL, NULL},
		{"rfc5263-s5-1", EBADMSG, 0, 0, NULL, NULL},
		{"rfc5263-s5-2", EBADMSG, 0, 0, NULL, NULL},
		/* as PIDF, its DOCTYPE is refused */
		{"own-xpidf-legacy", EBADMSG, 0, 0, NULL, NULL},
	};
	const struct pl type = PL("application/pidf+xml; charset=UTF-8");
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *name = mem_printf("pidf/%s.xml", cases[i].name);
		struct mbuf *mb = doc_read(name);
		struct pres_doc *doc = NULL;
		struct pl pl;

		mem_deref(name);
		if (!mb) {
			print_message("no shared data: documents skipped\n");
			skip();
		}
		pl = mbuf_all(mb);
		print_message("%s\n", cases[i].name);
		assert_int_equal(
			pres_decode(&doc, &type, &pl, NULL), cases[i].err);
		mem_deref(mb);
		if (cases[i].err)
			continue;
		assert_int_equal(doc->presence->state, cases[i].state);
		assert_int_equal(doc->presence->activity, cases[i].activity);
		if (cases[i].note)
			assert_string_equal(doc->presence->note, cases[i].note);
		else
			assert_null(doc->presence->note);
		if (cases[i].contact)
			assert_string_equal(doc->contact, cases[i].contact);
		else
			assert_null(doc->contact);
		mem_deref(doc);
	}
}


int test_pidf(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states),
		cmocka_unit_test(notes),
		cmocka_unit_test(priorities),
		cmocka_unit_test(activities),
		cmocka_unit_test(many),
		cmocka_unit_test(collected),
	};

	return cmocka_run_group_tests_name("pidf", tests, NULL, NULL);
}
