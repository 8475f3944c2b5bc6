/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "doc.h"

int test_rpid(void);


/* What stands inside of <activities> of a person, and what it comes to. */
static void words(void **state)
{
	static const struct {
		const char *xml;
		enum presence_activity activity;
	} cases[] = {
		{"", PRESENCE_NONE},
		{"<r:unknown/>", PRESENCE_NONE},
		{"<r:away/>", PRESENCE_AWAY},
		{"<r:busy/>", PRESENCE_BUSY},
		{"<r:on-the-phone/>", PRESENCE_ON_THE_PHONE},
		{"<r:meeting/>", PRESENCE_BUSY},
		{"<r:appointment/>", PRESENCE_BUSY},
		{"<r:permanent-absence/>", PRESENCE_AWAY},
		{"<r:vacation/>", PRESENCE_AWAY},
		{"<r:lunch/>", PRESENCE_AWAY},
		{"<r:working/>", PRESENCE_NONE},
		{"<r:tv/>", PRESENCE_NONE},
		{"<r:other>be-right-back</r:other>", PRESENCE_BE_RIGHT_BACK},
		{"<r:other> Be  Right Back </r:other>", PRESENCE_BE_RIGHT_BACK},
		{"<r:other>BRB</r:other>", PRESENCE_BE_RIGHT_BACK},
		{"<r:other>DND</r:other>", PRESENCE_DO_NOT_DISTURB},
		{"<r:other>Do not disturb</r:other>", PRESENCE_DO_NOT_DISTURB},
		{"<r:other>do_not_disturb</r:other>", PRESENCE_DO_NOT_DISTURB},
		{"<r:other>juggling</r:other>", PRESENCE_NONE},
		{"<r:other>away, far far away from any keyboard</r:other>",
			PRESENCE_NONE},
		{"<r:other/>", PRESENCE_NONE},
		/* the strongest counts */
		{"<r:away/><r:meal/>", PRESENCE_AWAY},
		{"<r:busy/><r:on-the-phone/>", PRESENCE_ON_THE_PHONE},
		{"<r:on-the-phone/><r:busy/>", PRESENCE_ON_THE_PHONE},
		{"<r:away/><r:other>brb</r:other>", PRESENCE_BE_RIGHT_BACK},
		{"<r:other>dnd</r:other><r:on-the-phone/>",
			PRESENCE_DO_NOT_DISTURB},
		/* namespaces decide */
		{"<z:busy/>", PRESENCE_NONE},
		{"<busy/>", PRESENCE_NONE},
		{"<dm:busy/>", PRESENCE_NONE},
		{"<z:sailing/><r:away/>", PRESENCE_AWAY},
		/* what must be understood and is not */
		{"<r:away/><z:x p:mustUnderstand='1'/>", PRESENCE_NONE},
		{"<r:away/><z:x p:mustUnderstand='true'/>", PRESENCE_NONE},
		{"<r:away/><z:x p:mustUnderstand='0'/>", PRESENCE_AWAY},
		{"<r:away/><z:x mustUnderstand='1'/>", PRESENCE_AWAY},
		{"<r:away p:mustUnderstand='1'/>", PRESENCE_AWAY},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf(DOC_HEAD DOC_OPEN
			"<dm:person id='q'><r:activities>%s"
			"</r:activities></dm:person>" DOC_TAIL,
			cases[i].xml);
		struct pres_doc *doc = NULL;

		assert_int_equal(doc_decode(&doc, text, NULL), 0);
		assert_int_equal(doc->presence->state, PRESENCE_ONLINE);
		if (doc->presence->activity != cases[i].activity)
			fail_msg("%s gives %d", cases[i].xml,
				doc->presence->activity);
		mem_deref(doc);
		mem_deref(text);
	}
}


static void times(void **state)
{
	static const struct {
		const char *attrs;
		enum presence_activity activity;
	} cases[] = {
		{"", PRESENCE_BUSY},
		{"from='2026-01-15T12:00:00Z'", PRESENCE_BUSY},
		{"from='2026-01-15T12:00:00.001Z'", PRESENCE_NONE},
		{"until='2026-01-15T12:00:00Z'", PRESENCE_NONE},
		{"until='2026-01-15T12:00:00.001Z'", PRESENCE_BUSY},
		{"from='2026-01-15T12:30:00+01:00' "
		 "until='2026-01-15T13:30:00+01:00'",
			PRESENCE_BUSY},
		{"from='soon' until='late'", PRESENCE_BUSY},
	};
	const struct pres_query query = {.now = INT64_C(1768478400000)};
	const struct pres_query timeless = {.now = 0};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf(DOC_HEAD DOC_OPEN
			"<dm:person id='q'><r:activities %s><r:busy/>"
			"</r:activities></dm:person>" DOC_TAIL,
			cases[i].attrs);
		struct pres_doc *doc = NULL;

		assert_int_equal(doc_decode(&doc, text, &query), 0);
		if (doc->presence->activity != cases[i].activity)
			fail_msg("%s", cases[i].attrs);
		mem_deref(doc);
		assert_int_equal(doc_decode(&doc, text, &timeless), 0);
		assert_int_equal(doc->presence->activity, PRESENCE_BUSY);
		mem_deref(doc);
		mem_deref(text);
	}
}


/* When the same document says something else. */
static void until(void **state)
{
	static const struct {
		const char *attrs;
		int64_t ms;
	} cases[] = {
		{"", 0},
		{"from='2026-01-15T11:59:00Z'", 0},
		{"until='2026-01-15T12:00:00Z'", 0},
		{"until='2026-01-15T12:00:00.001Z'", 1},
		{"from='2026-01-15T12:00:01Z' until='2026-01-15T13:00:00Z'",
			1000},
		{"from='2026-01-15T11:00:01Z' until='2026-01-15T13:00:00Z'",
			3600000},
		{"from='soon' until='late'", 0},
	};
	const struct pres_query query = {.now = INT64_C(1768478400000)};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf(DOC_HEAD DOC_OPEN
			"<dm:person id='q'><r:activities %s><r:busy/>"
			"</r:activities></dm:person>" DOC_TAIL,
			cases[i].attrs);
		struct pres_doc *doc = NULL;

		assert_int_equal(doc_decode(&doc, text, &query), 0);
		assert_int_equal(doc->until,
			cases[i].ms ? query.now + cases[i].ms : 0);
		mem_deref(doc);
		assert_int_equal(doc_decode(&doc, text, NULL), 0);
		assert_int_equal(doc->until, 0);
		mem_deref(doc);
		mem_deref(text);
	}
}


static void idle(void **state)
{
	static const struct {
		const char *xml;
		enum presence_activity activity;
	} cases[] = {
		{"<r:user-input>idle</r:user-input>", PRESENCE_AWAY},
		{"<r:user-input> idle\n</r:user-input>", PRESENCE_AWAY},
		{"<r:user-input>active</r:user-input>", PRESENCE_NONE},
		{"<r:user-input>idle</r:user-input>"
		 "<r:activities><r:busy/></r:activities>",
			PRESENCE_BUSY},
		{"<z:user-input>idle</z:user-input>", PRESENCE_NONE},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf(DOC_HEAD DOC_OPEN
			"<dm:person id='q'>%s</dm:person>" DOC_TAIL,
			cases[i].xml);
		struct pres_doc *doc = NULL;

		assert_int_equal(doc_decode(&doc, text, NULL), 0);
		if (doc->presence->activity != cases[i].activity)
			fail_msg("%s", cases[i].xml);
		mem_deref(doc);
		mem_deref(text);
	}
}


/* Several with times of their own, and what has no name. */
static void several(void **state)
{
	static const struct {
		const char *xml;
		enum presence_activity activity;
		const char *note;
	} cases[] = {
		{"<r:activities until='2026-01-15T11:00:00Z'><r:note>a</r:note>"
		 "<r:busy/></r:activities><r:activities "
		 "from='2026-01-15T11:00:00Z'><r:note>b</r:note><r:away/>"
		 "</r:activities>",
			PRESENCE_AWAY, "b"},
		{"<r:activities><r:away/></r:activities><r:activities>"
		 "<r:meeting/><r:note>n</r:note></r:activities>",
			PRESENCE_BUSY, "n"},
		{"<r:activities><r:other>juggling</r:other></r:activities>",
			PRESENCE_NONE, "juggling"},
		{"<r:activities><r:busy/><r:other>do-not-disturb</r:other>"
		 "</r:activities>",
			PRESENCE_DO_NOT_DISTURB, ""},
		{"<r:activities><r:other>juggling</r:other></r:activities>"
		 "<dm:note>fire</dm:note>",
			PRESENCE_NONE, "fire"},
		{"<r:activities until='2026-01-15T11:00:00Z'>"
		 "<r:other>juggling</r:other></r:activities>",
			PRESENCE_NONE, ""},
	};
	const struct pres_query query = {.now = INT64_C(1768478400000)};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf(DOC_HEAD DOC_OPEN
			"<dm:person id='q'>%s</dm:person>" DOC_TAIL,
			cases[i].xml);
		struct pres_doc *doc = NULL;
		const char *note;

		assert_int_equal(doc_decode(&doc, text, &query), 0);
		note = doc->presence->note ? doc->presence->note : "";
		if (doc->presence->activity != cases[i].activity ||
			strcmp(note, cases[i].note))
			fail_msg("%s gives %d, %s", cases[i].xml,
				doc->presence->activity, note);
		mem_deref(doc);
		mem_deref(text);
	}
}


int test_rpid(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(times),
		cmocka_unit_test(until),
		cmocka_unit_test(idle),
		cmocka_unit_test(several),
	};

	return cmocka_run_group_tests_name("rpid", tests, NULL, NULL);
}
