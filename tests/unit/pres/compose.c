/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents of several devices, and what they come to. */
#include "date.h"
#include "doc.h"

int test_compose(void);

#define NOW  "2026-01-15T15:00:00Z"
#define ONE  "2026-01-15T13:00:00Z"
#define TWO  "2026-01-15T14:00:00Z"
#define LATE "2026-01-15T16:00:00Z"

#define STAMP(t_) "<timestamp>" t_ "</timestamp>"
#define OPEN(id_, more_)                                                 \
	"<tuple id='" id_ "'><status><basic>open</basic></status>" more_ \
	"</tuple>"
#define CLOSED(id_, more_)                                                 \
	"<tuple id='" id_ "'><status><basic>closed</basic></status>" more_ \
	"</tuple>"
#define PERSON(id_, what_, more_) \
	"<dm:person id='" id_ "'>" what_ more_ "</dm:person>"
#define DOES(x_) "<r:activities><r:" x_ "/></r:activities>"
#define DND                                                        \
	"<r:activities><r:busy/><r:other>do-not-disturb</r:other>" \
	"</r:activities>"
#define NOTE(x_)  "<dm:note>" x_ "</dm:note>"
#define AT(t_)	  "<dm:timestamp>" t_ "</dm:timestamp>"
#define IDLE	  "<r:user-input>idle</r:user-input>"
#define SINCE(t_) "<r:user-input last-input='" t_ "'>idle</r:user-input>"
#define ACTIVE	  "<r:user-input>active</r:user-input>"

/* A tuple of device 1, and what device N says. */
#define NAMED(n_)                                                     \
	OPEN("im", "<dm:deviceID>urn:device:1</dm:deviceID>")         \
	"<dm:device id='d'>" SINCE(ONE) "<dm:deviceID>urn:device:" n_ \
					"</dm:deviceID></dm:device>"

/* What one sotto of the user publishes. */
#define PLAIN(n_, t_) OPEN("t" n_, STAMP(t_))
#define SAYS(n_, what_, note_, t_)    \
	OPEN("t" n_, note_ STAMP(t_)) \
	PERSON("pt" n_, what_, note_ AT(t_))
#define RESTS(n_, since_, what_, note_, t_)         \
	OPEN("t" n_, SINCE(since_) note_ STAMP(t_)) \
	PERSON("pt" n_, what_, note_ AT(t_))

struct line {
	const char *xml;
	enum presence_activity activity;
	const char *note;
	const char *since;
};


static void check(const struct line *l, enum presence_state st)
{
	char *text = mem_printf(DOC_HEAD "%s" DOC_TAIL, l->xml);
	const struct pl now = PL(NOW);
	struct pres_query query = {.lang = NULL};
	struct pres_doc *doc = NULL;
	const struct presence *p;
	int64_t since = 0;
	struct pl pl = pl_str(l->since);

	assert_int_equal(date_rfc3339_decode(&query.now, &now), 0);
	if (l->since)
		assert_int_equal(date_rfc3339_decode(&since, &pl), 0);
	assert_int_equal(doc_decode(&doc, text, &query), 0);
	p = doc->presence;
	if (p->state != st || p->activity != l->activity ||
		strcmp(p->note ? p->note : "", l->note ? l->note : "") != 0 ||
		p->idle_since != since)
		fail_msg("%s gives %s, %s, \"%s\", %lld", l->xml,
			presence_state_name(p->state),
			presence_activity_name(p->activity), p->note,
			(long long)p->idle_since);
	mem_deref(doc);
	mem_deref(text);
}


/* Two sottos of one user, one of which went away by itself: in either order,
 * as servers join them as they like. */
static void two_of_ours(void **state)
{
	static const struct line cases[] = {
		{PLAIN("a", ONE) PLAIN("b", TWO), PRESENCE_NONE, NULL, NULL},
		{SAYS("a", DOES("away") SINCE(ONE), NOTE("at lunch"), TWO)
				PLAIN("b", ONE),
			PRESENCE_NONE, NULL, NULL},
		{PLAIN("b", ONE) SAYS(
			 "a", DOES("away") SINCE(ONE), NOTE("at lunch"), TWO),
			PRESENCE_NONE, NULL, NULL},
		{OPEN("tb", "") OPEN("ta", "")
				PERSON("pta", DOES("away") SINCE(ONE), ""),
			PRESENCE_NONE, NULL, NULL},
		{PLAIN("b", ONE) RESTS("a", ONE, DOES("away"), NOTE("x"), TWO),
			PRESENCE_NONE, NULL, NULL},
		{RESTS("a", ONE, DOES("away"), NOTE("x"), NOW)
				RESTS("b", TWO, DOES("busy"), "", TWO),
			PRESENCE_BUSY, NULL, TWO},
		{RESTS("a", ONE, DOES("away"), NOTE("x"), TWO), PRESENCE_AWAY,
			"x", ONE},
		/* both are idle: since the last key at any */
		{SAYS("a", DOES("away") SINCE(ONE), NOTE("lunch"), TWO)
				SAYS("b", DOES("away") SINCE(TWO), "", NOW),
			PRESENCE_AWAY, NULL, TWO},
		/* set by hand, and the last thing said */
		{SAYS("a", DOES("away"), NOTE("gone"), TWO) PLAIN("b", ONE),
			PRESENCE_AWAY, "gone", NULL},
		{SAYS("a", DOES("away"), "", ONE) PLAIN("b", TWO),
			PRESENCE_NONE, NULL, NULL},
		{PLAIN("b", TWO) SAYS("a", DOES("busy"), NOTE("x"), ONE),
			PRESENCE_NONE, NULL, NULL},
		{SAYS("a", DOES("busy"), NOTE("x"), ONE)
				SAYS("b", DOES("away"), NOTE("y"), TWO),
			PRESENCE_AWAY, "y", NULL},
		/* one has gone */
		{CLOSED("tb", "<note>z</note>" STAMP(TWO))
				SAYS("a", DOES("away") SINCE(ONE), "", ONE),
			PRESENCE_AWAY, NULL, ONE},
		{SAYS("a", DOES("busy"), NOTE("in"), ONE) CLOSED("tb",
			 "") PERSON("ptb", DOES("away"), NOTE("out") AT(TWO)),
			PRESENCE_BUSY, "in", NULL},
		/* busy, and no key for a while */
		{SAYS("a", DOES("busy") SINCE(ONE), "", ONE), PRESENCE_BUSY,
			NULL, ONE},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++)
		check(&cases[i], PRESENCE_ONLINE);
}


/* Who talks, and who wants no call. */
static void strong(void **state)
{
	static const struct line cases[] = {
		{SAYS("a", DOES("on-the-phone"), "", ONE) PLAIN("b", TWO),
			PRESENCE_ON_THE_PHONE, NULL, NULL},
		{SAYS("a", DOES("on-the-phone") SINCE(ONE), "", ONE)
				PLAIN("b", TWO),
			PRESENCE_ON_THE_PHONE, NULL, NULL},
		{CLOSED("ta", "") PERSON("pta", DOES("on-the-phone"), "")
				PLAIN("b", TWO),
			PRESENCE_NONE, NULL, NULL},
		{SAYS("a", DND, "", ONE) PLAIN("b", TWO),
			PRESENCE_DO_NOT_DISTURB, NULL, NULL},
		{SAYS("a", DND SINCE(ONE), "", ONE) PLAIN("b", TWO),
			PRESENCE_NONE, NULL, NULL},
		{SAYS("a", DND, "", ONE)
				SAYS("b", DOES("on-the-phone"), "", TWO),
			PRESENCE_DO_NOT_DISTURB, NULL, NULL},
		/* of an assistant */
		{OPEN("a",
			 "<r:relationship><r:assistant/></r:relationship>"
			 "<r:activities><r:on-the-phone/></r:activities>")
				OPEN("b", ""),
			PRESENCE_NONE, NULL, NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++)
		check(&cases[i], PRESENCE_ONLINE);
}


/* What other clients write, whose ids say nothing. */
static void foreign(void **state)
{
	static const struct line cases[] = {
		/* the person first */
		{PERSON("p4159", "<r:activities/>", "") OPEN("t4109", ""),
			PRESENCE_NONE, NULL, NULL},
		{PERSON("p1", DOES("away") IDLE, NOTE("x")) OPEN("t1", "")
				PERSON("p2", ACTIVE, "") OPEN("t2", ""),
			PRESENCE_NONE, NULL, NULL},
		{PERSON("p1", DOES("away"), AT(ONE)) OPEN("t1", "") PERSON(
			 "p2", DOES("busy"), AT(TWO)) OPEN("t2", ""),
			PRESENCE_BUSY, NULL, NULL},
		/* the tuple first, and one without a person */
		{OPEN("x", "") PERSON("y", DOES("away") IDLE, NOTE("n"))
				OPEN("z", ""),
			PRESENCE_NONE, NULL, NULL},
		/* sorted by the schema: the persons are of all */
		{OPEN("x", "") OPEN("z", "") PERSON("y", DOES("away") IDLE,
			 NOTE("n") AT(TWO)) PERSON("w", ACTIVE, AT(ONE)),
			PRESENCE_NONE, NULL, NULL},
		{OPEN("x", "") OPEN("z", "") PERSON("y", DOES("away"), AT(TWO))
				PERSON("w", DOES("busy"), AT(ONE)),
			PRESENCE_AWAY, NULL, NULL},
		/* several services of one device */
		{OPEN("im", "") OPEN("voice", DOES("busy")), PRESENCE_BUSY,
			NULL, NULL},
		{OPEN("im", "") OPEN("voice", "")
				PERSON("p", DOES("meeting"), NOTE("n")),
			PRESENCE_BUSY, "n", NULL},
		/* idle services: one is not */
		{OPEN("im", SINCE(ONE)) OPEN("voice", ""), PRESENCE_NONE, NULL,
			NULL},
		{OPEN("im", SINCE(ONE)) OPEN("voice", SINCE(TWO)),
			PRESENCE_AWAY, NULL, TWO},
		{OPEN("im", IDLE) PERSON("p", ACTIVE, ""), PRESENCE_NONE, NULL,
			NULL},
		{OPEN("im", "") PERSON("p", IDLE, ""), PRESENCE_AWAY, NULL,
			NULL},
		/* the device that a tuple names */
		{OPEN("im",
			 "<dm:deviceID>urn:device:1</"
			 "dm:deviceID>") "<dm:device "
					 "id='d'>" SINCE(ONE) "<"
							      "d"
							      "m"
							      ":"
							      "d"
							      "e"
							      "v"
							      "i"
							      "c"
							      "e"
							      "I"
							      "D"
							      ">"
							      "u"
							      "r"
							      "n"
							      ":"
							      "d"
							      "e"
							      "v"
							      "i"
							      "c"
							      "e"
							      ":"
							      "1"
							      "<"
							      "/"
							      "d"
							      "m"
							      ":"
							      "d"
							      "e"
							      "v"
							      "i"
							      "c"
							      "e"
							      "I"
							      "D"
							      ">"
							      "<"
							      "/"
							      "d"
							      "m"
							      ":"
							      "d"
							      "e"
							      "v"
							      "i"
							      "c"
							      "e"
							      ">",
			PRESENCE_AWAY, NULL, ONE},
		{NAMED("2"), PRESENCE_NONE, NULL, NULL},
		/* a clock that is ahead wins nothing */
		{SAYS("a", DOES("away"), "", LATE)
				SAYS("b", DOES("busy"), "", NOW),
			PRESENCE_AWAY, NULL, NULL},
		{SAYS("a", DOES("away") SINCE(LATE), "", LATE), PRESENCE_AWAY,
			NULL, NOW},
		/* who does not say when */
		{SAYS("a", DOES("away"), "", TWO) OPEN("x", DOES("busy")),
			PRESENCE_AWAY, NULL, NULL},
		{PLAIN("a", TWO) OPEN("x", DOES("busy")), PRESENCE_BUSY, NULL,
			NULL},
		/* last input tells more than the time of writing */
		{OPEN("x",
			 "<r:user-input last-input='" TWO
			 "'>active</r:user-input>" DOES("busy") STAMP(ONE))
				OPEN("y", STAMP(ONE)),
			PRESENCE_BUSY, NULL, NULL},
		/* what a PBX says of a telephone */
		{"<pp:person xmlns:pp='urn:ietf:params:xml:ns:pidf:person' "
		 "xmlns:ep='urn:ietf:params:xml:ns:pidf:rpid:rpid-person'>"
		 "<status><ep:activities><ep:busy/></ep:activities></status>"
		 "</pp:person><note>On the phone</note>" OPEN("300", ""),
			PRESENCE_BUSY, "On the phone", NULL},
		{"<pp:person xmlns:pp='urn:ietf:params:xml:ns:pidf:person' "
		 "xmlns:ep='urn:ietf:params:xml:ns:pidf:rpid:rpid-person'>"
		 "<status><ep:activities><ep:activity>away</ep:activity>"
		 "</ep:activities></status></pp:person>" OPEN("300", ""),
			PRESENCE_AWAY, NULL, NULL},
		{OPEN("300",
			 "") "<pp:person "
			     "xmlns:pp='urn:ietf:params:xml:ns:pidf:person' "
			     "xmlns:ep='urn:ietf:params:xml:ns:pidf:rpid:rpid-"
			     "person'>"
			     "<status><ep:activities>ep:on-the-phone</"
			     "ep:activities>"
			     "</status></pp:person>",
			PRESENCE_ON_THE_PHONE, NULL, NULL},
		{"<note>Ready</note>" OPEN("300", "") "<dm:person/>",
			PRESENCE_NONE, "Ready", NULL},
		/* within the status */
		{"<tuple "
		 "id='SID-1'><status><basic>open</basic><a:extended "
		 "xmlns:a='urn:ag-projects:xml:ns:pidf'>busy</"
		 "a:extended>"
		 "</status></tuple><dm:person id='PID-1'/>",
			PRESENCE_BUSY, NULL, NULL},
		{"<tuple "
		 "id='SID-1'><status><basic>open</basic><a:extended "
		 "xmlns:a='urn:ag-projects:xml:ns:pidf'>extended-away"
		 "</a:extended></status></tuple>",
			PRESENCE_AWAY, NULL, NULL},
		{"<tuple "
		 "id='SID-1'><status><basic>open</basic><a:extended "
		 "xmlns:a='urn:ag-projects:xml:ns:pidf'>available"
		 "</a:extended></status></tuple>",
			PRESENCE_NONE, NULL, NULL},
		{"<tuple id='SID-1'><status><basic>open</basic>"
		 "<extended>busy</extended></status></tuple>",
			PRESENCE_NONE, NULL, NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++)
		check(&cases[i], PRESENCE_ONLINE);
}


/* Nobody is there: no activity, no idle time, but the note. */
static void offline(void **state)
{
	static const struct line cases[] = {
		{CLOSED("ta", "") PERSON("pta", DOES("away") SINCE(ONE),
			 NOTE("back on Monday")),
			PRESENCE_NONE, "back on Monday", NULL},
		{PERSON("p", DOES("away") IDLE, NOTE("gone")), PRESENCE_NONE,
			"gone", NULL},
		{PERSON("p",
			 "<r:activities><r:note>gone</r:note>"
			 "</r:activities>",
			 ""),
			PRESENCE_NONE, "gone", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++)
		check(&cases[i], PRESENCE_OFFLINE);
}


/* As many parts as a document may have are read in no time. */
static void many(void **state)
{
	struct mbuf *mb = mbuf_alloc(256 * 1024);
	struct pres_doc *doc = NULL;
	struct pl pl;
	size_t i;

	(void)state;
	mbuf_write_str(mb, DOC_HEAD);
	for (i = 0; i < 800; i++)
		mbuf_printf(mb,
			"<tuple id='t%zu'><status><basic>open</basic></status>"
			"<dm:deviceID>urn:x:%zu</dm:deviceID></tuple>"
			"<dm:person id='pt%zu'>" IDLE "</dm:person>",
			i, i, i);
	mbuf_write_str(mb, DOC_TAIL);
	pl = mbuf_all(mb);
	assert_int_equal(pres_decode(&doc, NULL, &pl, NULL), 0);
	assert_int_equal(doc->presence->activity, PRESENCE_AWAY);
	mem_deref(doc);
	mem_deref(mb);
}


int test_compose(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_of_ours),
		cmocka_unit_test(strong),
		cmocka_unit_test(foreign),
		cmocka_unit_test(offline),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests_name("compose", tests, NULL, NULL);
}
