/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <unistd.h>
#include "doc.h"

int test_pidf_encode(void);

static const struct {
	enum presence_state state;
	enum presence_activity activity;
	const char *note, *contact;
	int64_t since;
	uint32_t threshold;
} sources[] = {
	{PRESENCE_ONLINE, PRESENCE_NONE, NULL, "sip:alice@192.0.2.7:5061", 0,
		0},
	{PRESENCE_ONLINE, PRESENCE_NONE, NULL, NULL, 0, 0},
	{PRESENCE_ONLINE, PRESENCE_AWAY, "at <lunch> & \"more\"\n\x1f?",
		"sip:alice@[2001:db8::1]:5061;transport=tls", 0, 0},
	{PRESENCE_ONLINE, PRESENCE_BUSY, NULL, NULL, 0, 0},
	{PRESENCE_ONLINE, PRESENCE_ON_THE_PHONE,
		"na ob\xc4\x9b"
		"d\xc4\x9b",
		NULL, 0, 0},
	{PRESENCE_ONLINE, PRESENCE_BE_RIGHT_BACK, NULL, NULL, 0, 0},
	{PRESENCE_ONLINE, PRESENCE_DO_NOT_DISTURB, "]]>", NULL, 0, 0},
	{PRESENCE_OFFLINE, PRESENCE_NONE, NULL, NULL, 0, 0},
	{PRESENCE_OFFLINE, PRESENCE_NONE, "back on Monday",
		"sip:alice@example.org", 0, 0},
	{PRESENCE_ONLINE, PRESENCE_AWAY, "lunch", NULL, INT64_C(1768477500000),
		900},
	{PRESENCE_ONLINE, PRESENCE_BUSY, NULL, NULL, INT64_C(1768477500001), 0},
	{PRESENCE_OFFLINE, PRESENCE_NONE, NULL, NULL, INT64_C(1768477500000),
		900},
	/* every character that XML can hold */
	{PRESENCE_ONLINE, PRESENCE_NONE,
		"a\t\n &b<c>d\"e'f]]>g \xc2\x80 \xe2\x80\xae"
		"\xe2\x80\xa8 \xef\xbf\xbd \xf0\x9f\x8d\xb2"
		"\xf4\x8f\xbf\xbd --> <![CDATA[",
		NULL, 0, 0},
};


static struct mbuf *encode(size_t i)
{
	struct pl note = pl_str(sources[i].note);
	struct presence *plain = presence_alloc(
		sources[i].state, sources[i].activity, &note, NULL);
	struct presence *presence = presence_idle(plain, sources[i].since);
	const struct pres_source source = {
		.entity = "sip:alice@example.org",
		.tuple_id = "t8a1c2e3f",
		.contact = sources[i].contact,
		.presence = presence,
		.timestamp = INT64_C(1768478400123),
		.threshold = sources[i].threshold,
	};
	struct mbuf *mb = mbuf_alloc(8192);

	assert_int_equal(pres_encode(mb, &source), 0);
	mem_deref(presence);
	mem_deref(plain);
	return mb;
}


static void text(void **state)
{
	struct mbuf *mb = encode(6);

	(void)state;
	assert_pl(mbuf_all(mb),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<presence xmlns=\"urn:ietf:params:xml:ns:pidf\""
		" xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\""
		" xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\""
		" entity=\"sip:alice@example.org\">\n"
		"<tuple id=\"t8a1c2e3f\"><status><basic>open</basic></status>"
		"<note>]]&gt;</note>"
		"<timestamp>2026-01-15T12:00:00.123Z</timestamp></tuple>\n"
		"<dm:person id=\"pt8a1c2e3f\"><rpid:activities><rpid:busy/>"
		"<rpid:other>do-not-disturb</rpid:other></rpid:activities>"
		"<dm:note>]]&gt;</dm:note>"
		"<dm:timestamp>2026-01-15T12:00:00.123Z</dm:timestamp>"
		"</dm:person>\n</presence>\n");
	mem_deref(mb);
}


/* RFC 4480 3.14: since when there is no input, and after how long that
 * shows. */
static void idle(void **state)
{
	struct mbuf *mb = encode(9);

	(void)state;
	assert_pl(mbuf_all(mb),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<presence xmlns=\"urn:ietf:params:xml:ns:pidf\""
		" xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\""
		" xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\""
		" entity=\"sip:alice@example.org\">\n"
		"<tuple id=\"t8a1c2e3f\"><status><basic>open</basic></status>"
		"<rpid:user-input idle-threshold=\"900\""
		" last-input=\"2026-01-15T11:45:00.000Z\">idle"
		"</rpid:user-input><note>lunch</note>"
		"<timestamp>2026-01-15T12:00:00.123Z</timestamp></tuple>\n"
		"<dm:person id=\"pt8a1c2e3f\"><rpid:activities><rpid:away/>"
		"</rpid:activities><dm:note>lunch</dm:note>"
		"<dm:timestamp>2026-01-15T12:00:00.123Z</dm:timestamp>"
		"</dm:person>\n</presence>\n");
	mem_deref(mb);
}


/* What we write, we read the same. */
static void round_trip(void **state)
{
	const struct pres_query query = {.entity = PL("sip:alice@example.org"),
		.now = INT64_C(1768478500000)};
	const struct pl type = PL("application/pidf+xml");
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(sources); i++) {
		struct mbuf *mb = encode(i);
		struct pl pl = mbuf_all(mb);
		struct pres_doc *doc = NULL;

		assert_int_equal(pres_decode(&doc, &type, &pl, &query), 0);
		assert_int_equal(doc->presence->state, sources[i].state);
		assert_int_equal(doc->presence->activity, sources[i].activity);
		assert_int_equal(doc->presence->idle_since,
			sources[i].state == PRESENCE_ONLINE ? sources[i].since
							    : 0);
		if (i == 2)
			assert_string_equal(doc->presence->note,
				"at <lunch> & \"more\"\n\xef\xbf\xbd?");
		else if (sources[i].note)
			assert_string_equal(
				doc->presence->note, sources[i].note);
		else
			assert_null(doc->presence->note);
		if (i == 2)
			assert_null(doc->contact);
		else if (sources[i].contact &&
			sources[i].state == PRESENCE_ONLINE)
			assert_string_equal(doc->contact, sources[i].contact);
		assert_int_equal(doc->stamps[0].time, INT64_C(1768478400123));
		mem_deref(doc);
		mem_deref(mb);
	}
}


static void refused(void **state)
{
	static const char *const ids[] = {
		NULL, "", "1a", "-a", "a b", "a:b", "a\"", "\xc3\xa9"};
	struct presence *online =
		presence_alloc(PRESENCE_ONLINE, PRESENCE_NONE, NULL, NULL);
	struct presence *unknown =
		presence_alloc(PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, "x");
	struct pres_source source = {
		.entity = "sip:alice@example.org", .presence = online};
	struct mbuf *mb = mbuf_alloc(100);
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(ids); i++) {
		source.tuple_id = ids[i];
		assert_int_equal(pres_encode(mb, &source), EINVAL);
	}
	source.tuple_id = "_a.b-1";
	assert_int_equal(pres_encode(mb, &source), ENOSPC);
	source.presence = unknown;
	assert_int_equal(pres_encode(mb, &source), EINVAL);
	mem_deref(mb);
	mem_deref(online);
	mem_deref(unknown);
}


static void schema(void **state)
{
	char *path = doc_path("xsd/presence-all.xsd");
	bool absent = access(path, R_OK);
	int status = 0;
	size_t i;

	(void)state;
	for (i = 0; !absent && i < UNIT_N(sources); i++) {
		struct mbuf *mb = encode(i);

		status = doc_validate(path, mb);
		mem_deref(mb);
		if (status == -1)
			absent = true;
		else
			assert_int_equal(status, 0);
	}
	mem_deref(path);
	if (absent) {
		print_message("no schemas or no xmllint: skipped\n");
		skip();
	}
}


int test_pidf_encode(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),
		cmocka_unit_test(idle),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(refused),
		cmocka_unit_test(schema),
	};

	return cmocka_run_group_tests_name("pidf_encode", tests, NULL, NULL);
}
