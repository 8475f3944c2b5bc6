/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "doc.h"

int test_xpidf(void);

#define ADDRESS(status_, sub_)                                   \
	"<atom id='1'><address uri='sip:bob@192.0.2.5;user=ip' " \
	"priority='0.8'><status status='" status_                \
	"'/><msnsubstatus substatus='" sub_ "'/></address></atom>"


static int decode(struct pres_doc **dp, const char *doctype, const char *inner,
	const struct pres_query *query)
{
	const struct pl type = PL("application/xpidf+xml");
	char *text = mem_printf(
		"<?xml version='1.0'?>\n%s\n<presence><presentity "
		"uri='sip:bob@example.com;method=SUBSCRIBE'/>%s</presence>",
		doctype, inner);
	struct pl pl = pl_str(text);
	int err = pres_decode(dp, &type, &pl, query);

	mem_deref(text);
	return err;
}


static void states(void **state)
{
	static const struct {
		const char *inner;
		enum presence_state state;
		enum presence_activity activity;
	} cases[] = {
		{"", PRESENCE_OFFLINE, PRESENCE_NONE},
		{ADDRESS("open", "online"), PRESENCE_ONLINE, PRESENCE_NONE},
		{ADDRESS("open", "away"), PRESENCE_ONLINE, PRESENCE_AWAY},
		{ADDRESS("inuse", "busy"), PRESENCE_ONLINE, PRESENCE_BUSY},
		{ADDRESS("inuse", "onthephone"), PRESENCE_ONLINE,
			PRESENCE_ON_THE_PHONE},
		{ADDRESS("inactive", "berightback"), PRESENCE_ONLINE,
			PRESENCE_BE_RIGHT_BACK},
		{ADDRESS("inactive", "outtolunch"), PRESENCE_ONLINE,
			PRESENCE_AWAY},
		{ADDRESS("closed", "offline"), PRESENCE_OFFLINE, PRESENCE_NONE},
		{ADDRESS("closed", "busy"), PRESENCE_OFFLINE, PRESENCE_NONE},
		{ADDRESS("closed", "away") ADDRESS("open", "online"),
			PRESENCE_ONLINE, PRESENCE_NONE},
		{ADDRESS("what", "ever"), PRESENCE_UNKNOWN, PRESENCE_NONE},
		{"<atom id='1'><address/></atom>", PRESENCE_UNKNOWN,
			PRESENCE_NONE},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pres_doc *doc = NULL;

		assert_int_equal(decode(&doc, "", cases[i].inner, NULL), 0);
		if (doc->presence->state != cases[i].state ||
			doc->presence->activity != cases[i].activity)
			fail_msg("%s", cases[i].inner);
		assert_int_equal(!doc->presence->reason,
			cases[i].state != PRESENCE_UNKNOWN);
		mem_deref(doc);
	}
}


/* The DOCTYPE of the time is skipped unread; one that declares is refused. */
static void doctypes(void **state)
{
	static const struct {
		const char *doctype;
		int err;
	} cases[] = {
		{"<!DOCTYPE presence PUBLIC \"-//IETF//DTD RFCxxxx XPIDF "
		 "1.0//EN\" \"xpidf.dtd\">",
			0},
		{"<!DOCTYPE presence>", 0},
		{"<!DOCTYPE presence SYSTEM 'file:///etc/passwd'>", 0},
		{"<!DOCTYPE presence [<!ENTITY a 'b'>]>", EBADMSG},
		{"<!DOCTYPE presence [", EBADMSG},
		{"<!DOCTYPE presence><!DOCTYPE presence>", EBADMSG},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pres_doc *doc = NULL;

		assert_int_equal(decode(&doc, cases[i].doctype,
					 ADDRESS("open", ""), NULL),
			cases[i].err);
		mem_deref(doc);
	}
}


static void about(void **state)
{
	const struct pres_query bob = {.entity = PL("sip:bob@example.com")};
	const struct pres_query kim = {.entity = PL("sip:kim@example.com")};
	const struct pl type = PL("application/xpidf+xml");
	const struct pl bare = PL("<presence/>");
	struct pres_doc *doc = NULL;

	(void)state;
	assert_int_equal(decode(&doc, "", "", &kim), ESRCH);
	assert_int_equal(decode(&doc, "", "", &bob), 0);
	assert_string_equal(
		doc->entity, "sip:bob@example.com;method=SUBSCRIBE");
	mem_deref(doc);
	assert_int_equal(pres_decode(&doc, &type, &bare, NULL), EBADMSG);
}


static void collected(void **state)
{
	const struct pl type = PL("application/xpidf+xml");
	struct mbuf *mb = doc_read("pidf/own-xpidf-legacy.xml");
	struct pres_doc *doc = NULL;
	struct pl pl;

	(void)state;
	if (!mb) {
		print_message("no shared data: document skipped\n");
		skip();
	}
	pl = mbuf_all(mb);
	assert_int_equal(pres_decode(&doc, &type, &pl, NULL), 0);
	assert_int_equal(doc->presence->state, PRESENCE_ONLINE);
	mem_deref(doc);
	mem_deref(mb);
}


int test_xpidf(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states),
		cmocka_unit_test(doctypes),
		cmocka_unit_test(about),
		cmocka_unit_test(collected),
	};

	return cmocka_run_group_tests_name("xpidf", tests, NULL, NULL);
}
