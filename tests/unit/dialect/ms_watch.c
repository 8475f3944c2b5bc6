/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms_watch.c - what is known of who is watched, and from whom. */
#include "ms_world.h"

int test_ms_watch(void);

#define BOB "sip:bob@example.org"
#define KIM "sip:kim@example.org"
#define PIC "sip:pam@public.example.com"

#define LIST(full_, inside_)                                                   \
	"<list uri=\"sip:alice@example.org\" fullState=\"" full_ "\">" inside_ \
	"</list>"
#define RESOURCE(uri_, rest_) \
	"<resource uri=\"" uri_ "\"><instance id=\"0\" " rest_ "/></resource>"
#define CATEGORIES(uri_, inside_) \
	"<categories uri=\"" uri_ "\">" inside_ "</categories>"
#define STATE(number_)                                 \
	"<category name=\"state\" "                    \
	"instance=\"1\"><state><availability>" number_ \
	"</availability></state></category>"
#define NOTE(text_)                                                 \
	"<category name=\"note\" instance=\"0\"><note><body>" text_ \
	"</body></note></category>"


static struct ms_world *open_world(const char *presence)
{
	struct ms_world *m = ms_world_make();

	m->contacts = "<contactList deltaNum=\"1\"><group id=\"1\" name=\"~\"/>"
		      "<contact uri=\"bob@example.org\" name=\"\" groups=\"1\" "
		      "subscribed=\"true\"/></contactList>";
	m->presence = presence;
	person_start(&m->a);
	endpoint_watch(m->a.e, BOB);
	endpoint_watch(m->a.e, KIM);
	ms_run(m, 500);
	return m;
}


static void tell(struct ms_world *m, const char *type, const char *body)
{
	m->a.log[0] = '\0';
	ms_tell(m, "presence", type, body);
	ms_run(m, 20);
}


/* A change carries what changed; an empty category clears. */
static void merged(void **state)
{
	struct ms_world *m =
		open_world(CATEGORIES(BOB, STATE("6500") NOTE("in the lab")));

	(void)state;
	assert_non_null(strstr(m->a.log, "bob=online/busy[in the lab] "));
	tell(m, MSDOC_CATEGORIES_TYPE, CATEGORIES(BOB, STATE("3500")));
	assert_log(&m->a, "bob=online[in the lab] ");
	tell(m, MSDOC_CATEGORIES_TYPE,
		CATEGORIES(BOB, "<category name=\"note\"/>"));
	assert_log(&m->a, "bob=online ");
	tell(m, MSDOC_CATEGORIES_TYPE, CATEGORIES(BOB, NOTE("back")));
	assert_log(&m->a, "bob=online[back] ");
	tell(m, MSDOC_CATEGORIES_TYPE,
		CATEGORIES(BOB, "<category name=\"state\"/>"));
	assert_non_null(strstr(m->a.log, "bob=unknown("));
	/* Nothing of whom nobody asked for. */
	tell(m, MSDOC_CATEGORIES_TYPE,
		CATEGORIES("sip:eve@example.org", STATE("3500")));
	assert_log(&m->a, "");
	ms_world_close(m);
}


/* What somebody calls themselves is told once, in this run. */
static void card(void **state)
{
	static const char text[] = CATEGORIES(BOB,
		STATE("3500") "<category "
			      "name=\"contactCard\"><contactCard><identity>"
			      "<name><displayName>Bob Lab</displayName></name>"
			      "</identity></contactCard></category>");
	struct ms_world *m = open_world(text);

	(void)state;
	assert_non_null(strstr(m->a.log, "bob=online bob:is(Bob Lab) "));
	tell(m, MSDOC_CATEGORIES_TYPE, text);
	assert_log(&m->a, "");
	ms_world_close(m);
}


/* A document of the standard stays, whatever is said of the rest. */
static void document(void **state)
{
	struct ms_world *m = open_world(NULL);

	(void)state;
	tell(m, "application/pidf+xml",
		"<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" "
		"entity=\"bob@example.org\"><tuple id=\"0\"><status><basic>"
		"open</basic></status></tuple></presence>");
	assert_log(&m->a, "bob=online ");
	tell(m, MSDOC_CATEGORIES_TYPE,
		CATEGORIES(BOB, "<category name=\"note\"/>"));
	assert_log(&m->a, "");
	tell(m, MSDOC_CATEGORIES_TYPE, CATEGORIES(BOB, STATE("18500")));
	assert_log(&m->a, "bob=offline ");
	ms_world_close(m);
}


/* Who is not in a full list any more is told of no more; in one that tells of
 * changes that means nothing. */
static void full(void **state)
{
	struct ms_world *m = open_world(CATEGORIES(BOB, STATE("3500")));

	(void)state;
	tell(m, MSDOC_RLMI_TYPE,
		LIST("false", RESOURCE(KIM, "state=\"active\"")));
	assert_log(&m->a, "");
	tell(m, MSDOC_RLMI_TYPE,
		LIST("true", RESOURCE(KIM, "state=\"active\"")));
	assert_log(&m->a,
		"bob=unknown(the server tells no presence of them "
		"any more) ");
	tell(m, MSDOC_CATEGORIES_TYPE, CATEGORIES(BOB, STATE("3500")));
	assert_log(&m->a, "bob=online ");
	tell(m, MSDOC_RLMI_TYPE,
		LIST("true",
			RESOURCE(BOB,
				"state=\"terminated\" "
				"reason=\"noresource\"")
				RESOURCE(KIM, "state=\"pending\"")));
	assert_log(&m->a,
		"bob=unknown(there is no such address) "
		"kim=unknown(waiting for approval) ");
	ms_world_close(m);
}


/* A public network tells of its own user alone. */
static void gateway(void **state)
{
	struct ms_world *m = open_world(CATEGORIES(BOB, STATE("3500")));

	(void)state;
	m->presence = NULL;
	endpoint_watch(m->a.e, PIC);
	ms_run(m, 500);
	assert_true(
		pl_streq(&ms_subscribe_last(m, "presence")->to.uri_text, PIC));
	assert_true(ms_said(m, "SUBSCRIBE", PIC "\"><context></context>"));
	m->cseq = 0;
	tell(m, MSDOC_CATEGORIES_TYPE, CATEGORIES(BOB, STATE("18500")));
	assert_log(&m->a, "");
	tell(m, "multipart/related;type=\"application/rlmi+xml\";boundary=b",
		"--b\r\nContent-Type: application/rlmi+xml\r\n\r\n" LIST("true",
			RESOURCE(BOB, "state=\"terminated\"")) "\r\n--b--\r\n");
	assert_log(&m->a, "");
	/* Whatever name it gives itself. */
	tell(m, "application/pidf+xml",
		"<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" "
		"entity=\"pres:pam@public.example.com\"><tuple id=\"0\">"
		"<status><basic>closed</basic></status></tuple></presence>");
	assert_log(&m->a, "pam=offline ");
	ms_world_close(m);
}


/* What was said in the last sign-in is not what is so in this one. */
static void again(void **state)
{
	struct ms_world *m =
		open_world(CATEGORIES(BOB, STATE("3500") NOTE("in the lab")));

	(void)state;
	m->presence = CATEGORIES(BOB, STATE("3500"));
	m->a.log[0] = '\0';
	ms_break(m);
	assert_non_null(strstr(m->a.log, "bob=unknown(connecting) "));
	assert_non_null(strstr(m->a.log, "bob=online "));
	assert_null(strstr(m->a.log, "in the lab"));
	ms_world_close(m);
}


static void forgets_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	static const char plain[] = CATEGORIES(BOB, STATE("3500"));

	if (req->method != MSG_SUBSCRIBE || a->body != m->presence ||
		!pl_isset(&req->to.tag))
		return;
	m->n++;
	m->presence = plain;
	a->status = 481;
	a->body = NULL;
}


/* Nor what was said in a dialog that the server has forgotten. */
static void forgotten(void **state)
{
	struct ms_world *m =
		open_world(CATEGORIES(BOB, STATE("3500") NOTE("in the lab")));

	(void)state;
	m->h = forgets_h;
	m->a.log[0] = '\0';
	ms_run(m, 7200 * 1000);
	assert_int_equal(m->n, 1);
	assert_log(&m->a, "list:bob bob=online ");
	ms_world_close(m);
}


/* Somebody is removed while their news is on its way, or the account is. */
static void leaves(void **state)
{
	struct ms_world *m = open_world(NULL);

	(void)state;
	m->a.bomb = "bob=online";
	tell(m, "multipart/related;type=\"application/rlmi+xml\";boundary=b",
		"--b\r\nContent-Type: application/msrtc-event-categories+xml"
		"\r\n\r\n" CATEGORIES(BOB,
			STATE("3500")) "\r\n"
				       "--b\r\nContent-Type: "
				       "application/msrtc-event-categories+xml"
				       "\r\n\r\n" CATEGORIES(KIM,
					       STATE("3500")) "\r\n--b--\r\n");
	assert_null(m->a.e);
	ms_world_close(m);
}


int test_ms_watch(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merged),
		cmocka_unit_test(card),
		cmocka_unit_test(document),
		cmocka_unit_test(full),
		cmocka_unit_test(gateway),
		cmocka_unit_test(again),
		cmocka_unit_test(forgotten),
		cmocka_unit_test(leaves),
	};

	return cmocka_run_group_tests_name("ms_watch", tests, NULL, NULL);
}
