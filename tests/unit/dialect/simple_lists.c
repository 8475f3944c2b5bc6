/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_lists.c - the buddy list on an XCAP server: seen, told, changed. */
#include <errno.h>
#include "fakeway.h"
#include "log.h"
#include "people.h"

int test_simple_lists(void);


#define ROOT "http://xcap.example.org/"
#define URL  ROOT "resource-lists/users/sip:alice@192.0.2.1/index"
#define CAPS                                                          \
	"<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids>" \
	"<auid>resource-lists</auid></auids></xcap-caps>"
#define BOB "sip:bob@192.0.2.2"
#define DOC(lists)                                                      \
	"<resource-lists xmlns='urn:ietf:params:xml:ns:resource-lists'" \
	">" lists "</resource-lists>"
#define ENTRY(user) "<entry uri='sip:" user "@192.0.2.2'/>"
#define FRIENDS(entries)                                                  \
	DOC("<list name='f'><display-name>Friends</display-name>" entries \
	    "</list>")
#define PUT    "PUT " URL " type=application/resource-lists+xml "
#define MINUTE (60 * 1000)

struct fixture {
	struct two *t;
	struct fakeway http;
	char lines[2000];
};


static void line_h(
	enum log_level level, const char *topic, const char *text, void *arg)
{
	struct fixture *f = arg;
	size_t used = strlen(f->lines);

	if (!strcmp(topic, "contacts"))
		(void)snprintf(f->lines + used, sizeof(f->lines) - used,
			"%s %s\n", log_level_name(level), text);
}


static void answer(
	struct fixture *f, uint16_t status, const char *etag, const char *body)
{
	const struct http_answer a = {
		.status = status, .etag = etag, .body = pl_str(body)};

	assert_int_equal(f->http.requests.count, 1);
	fakeway_answer(&f->http, &a);
	if (f->t->a.e)
		two_run(f->t, 1);
}


static void assert_lines(struct fixture *f, const char *text)
{
	if (*text ? !strstr(f->lines, text) : *f->lines)
		assert_string_equal(f->lines, text);
	f->lines[0] = '\0';
}


static void assert_sent(const struct fixture *f, const char *text)
{
	if (!strstr(f->http.log, text))
		assert_string_equal(f->http.log, text);
}


/* Alice, whose server keeps lists and was asked for hers. TROUBLE: she hears of
 * it. */
static void begin_hearing(struct fixture *f, bool trouble)
{
	memset(f, 0, sizeof(*f));
	f->t = two_make();
	f->t->a.hears_trouble = trouble;
	fakeway_init(&f->http);
	f->t->a.config.xcap_root = ROOT;
	f->t->a.http = &f->http.way;
	f->t->a.talk = log_alloc(LOG_INFO, line_h, f);
	person_start(&f->t->a);
	two_run(f->t, 100);
	answer(f, 200, NULL, CAPS);
	assert_string_equal(f->http.log, "GET " URL);
	assert_log(&f->t->a, "connecting online ");
}


static void begin(struct fixture *f)
{
	begin_hearing(f, false);
}


static void begin_with(struct fixture *f, const char *doc)
{
	begin(f);
	answer(f, 200, "\"1\"", doc);
	f->t->a.log[0] = f->lines[0] = '\0';
}


static void sign_in_again(struct fixture *f)
{
	endpoint_sign_out(f->t->a.e, 2000, NULL, NULL);
	two_run(f->t, 2100);
	endpoint_sign_in(f->t->a.e);
	two_run(f->t, 100);
	assert_log(&f->t->a, "offline connecting online ");
}


static void set(struct fixture *f, const char *peer, const char *name,
	const char *group)
{
	const char *const groups[] = {group, NULL};
	const struct endpoint_contact c = {peer, name, groups};

	endpoint_contact_set(f->t->a.e, &c);
}


static void told(void **state)
{
	static const struct {
		uint16_t status;
		const char *body, *log, *lines;
	} cases[] = {
		{200, DOC(""), "list: ", ""},
		{404, NULL, "list:none ", ""},
		{200, FRIENDS(ENTRY("bob") ENTRY("kim")) "",
			"list:bob/Friends,kim/Friends ", ""},
		{200,
			DOC("<list name='A'>" ENTRY(
				"bob") "<external anchor='x'/></list>"
				       "<list name='B'><list name='A'>" ENTRY(
					       "bob") "<entry "
						      "uri='sip:kim@192.0.2.2'>"
						      "<display-name>K"
						      "</display-name></"
						      "entry></list>" ENTRY(
							      "bob") "</list>"),
			"list:bob/A/B,kim=K/A ",
			"info sip:alice@192.0.2.1: the server's buddy list "
			"names 1 list or people of other documents, which are "
			"kept but not followed\n"},
		{200, "<html/>", "", "is left alone: it is not what"},
		{200, "", "", "is left alone: it is not what"},
		{403, NULL, "", "cannot be had: the XCAP server forbids"},
		{503, NULL, "", "cannot be had now and is asked for again: "},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct fixture f;

		begin(&f);
		answer(&f, cases[i].status, "\"1\"", cases[i].body);
		assert_log(&f.t->a, cases[i].log);
		assert_lines(&f, cases[i].lines);
		assert_int_equal(f.http.requests.count, 0);
		two_close(f.t);
	}
}


/* What is the same is told at the next sign-in all the same; the poll tells
 * what is new. */
static void again(void **state)
{
	struct fixture f;

	(void)state;
	begin_with(&f, FRIENDS(ENTRY("bob")));
	two_run(f.t, 4 * MINUTE);
	assert_int_equal(f.http.requests.count, 0);
	two_run(f.t, 2 * MINUTE);
	assert_string_equal(f.http.log, "GET " URL " none=\"1\"");
	answer(&f, 304, NULL, NULL);
	assert_log(&f.t->a, "");
	two_run(f.t, 5 * MINUTE);
	answer(&f, 200, "\"2\"", FRIENDS(ENTRY("kim")));
	assert_log(&f.t->a, "list:kim/Friends ");
	sign_in_again(&f);
	assert_string_equal(f.http.log, "GET " URL " none=\"2\"");
	answer(&f, 304, NULL, NULL);
	assert_log(&f.t->a, "list:kim/Friends ");
	assert_lines(&f, "");
	two_run(f.t, 5 * MINUTE);
	answer(&f, 404, NULL, NULL);
	assert_log(&f.t->a, "list:none ");
	two_run(f.t, 5 * MINUTE);
	assert_string_equal(f.http.log, "GET " URL);
	two_close(f.t);
}


/* A document that cannot be read is told of once, and looked at until it can
 * be. */
static void unreadable(void **state)
{
	struct fixture f;

	(void)state;
	begin_with(&f, FRIENDS(ENTRY("bob")));
	two_run(f.t, 5 * MINUTE);
	answer(&f, 200, "\"2\"", "<broken");
	assert_lines(&f, "is left alone: ");
	two_run(f.t, 5 * MINUTE);
	assert_string_equal(f.http.log, "GET " URL " none=\"2\"");
	answer(&f, 304, NULL, NULL);
	assert_lines(&f, "");
	set(&f, BOB, "Bob", "Friends");
	answer(&f, 200, "\"2\"", "<broken");
	assert_lines(&f,
		"does not take " BOB ": the document on the XCAP "
		"server is not understood: ");
	assert_log(&f.t->a, "");
	two_run(f.t, 5 * MINUTE);
	answer(&f, 200, "\"3\"", DOC(""));
	assert_log(&f.t->a, "list: ");
	two_close(f.t);
}


/* Less and less often, while the server is in trouble. */
static void trouble(void **state)
{
	static const unsigned waits[] = {
		30, 60, 120, 240, 480, 960, 1920, 3600, 3600};
	struct fixture f;
	size_t i;

	(void)state;
	begin(&f);
	for (i = 0; i < UNIT_N(waits); i++) {
		answer(&f, 500, NULL, NULL);
		two_run(f.t, waits[i] * 1000 - 100);
		assert_int_equal(f.http.requests.count, 0);
		two_run(f.t, 200);
	}
	assert_int_equal(f.http.requests.count, 1);
	answer(&f, 200, "\"1\"", DOC(""));
	assert_lines(&f,
		"warning sip:alice@192.0.2.1: the server's buddy list "
		"cannot be had now and is asked for again: the XCAP "
		"server is in trouble (500)\n");
	assert_log(&f.t->a, "list: ");
	/* A refusal is final, until the next sign-in. */
	two_run(f.t, 5 * MINUTE);
	answer(&f, 403, NULL, NULL);
	set(&f, BOB, NULL, NULL);
	two_run(f.t, 600 * MINUTE);
	assert_int_equal(f.http.requests.count, 0);
	sign_in_again(&f);
	answer(&f, 200, "\"1\"", DOC(""));
	assert_log(&f.t->a, "list: ");
	two_close(f.t);
}


static void changed(void **state)
{
	struct fixture f;

	(void)state;
	begin_with(&f, FRIENDS(ENTRY("bob")));
	set(&f, "sip:kim@192.0.2.2", "Kim", "Friends");
	endpoint_contact_drop(f.t->a.e, BOB);
	set(&f, "sip:eve@192.0.2.2", "Eve", NULL);
	set(&f, "sip:eve@192.0.2.2", "Eva", NULL);
	assert_string_equal(f.http.log, "GET " URL);
	answer(&f, 200, "\"2\"", FRIENDS(ENTRY("bob") "<!-- mine -->"));
	assert_sent(&f, PUT "match=\"2\" body=<resource-lists ");
	assert_sent(&f,
		"<display-name>Friends</display-name>"
		"<entry uri=\"sip:kim@192.0.2.2\"><display-name>Kim"
		"</display-name></entry><!-- mine --></list>"
		"<list name=\"RootGroup\"><entry uri=\"sip:eve@192.0.2.2\">"
		"<display-name>Eva</display-name></entry></list>");
	/* What is changed meanwhile goes next, and what was seen before that
	 * is not told. */
	set(&f, "sip:eve@192.0.2.2", "Evi", NULL);
	answer(&f, 200, "\"3\"", NULL);
	assert_log(&f.t->a, "");
	assert_string_equal(f.http.log, "GET " URL);
	answer(&f, 200, "\"3\"", DOC("<list>" ENTRY("eve") "</list>"));
	assert_sent(&f, "Evi");
	answer(&f, 412, NULL, NULL);
	answer(&f, 200, "\"4\"", DOC("<list>" ENTRY("dan") "</list>"));
	assert_sent(&f, "match=\"4\"");
	answer(&f, 200, "\"5\"", NULL);
	assert_log(&f.t->a, "list:dan,eve=Evi ");
	assert_int_equal(f.http.requests.count, 0);
	/* as it is already */
	set(&f, "sip:dan@192.0.2.2", NULL, NULL);
	answer(&f, 200, "\"5\"", DOC("<list>" ENTRY("dan") "</list>"));
	assert_int_equal(f.http.requests.count, 0);
	assert_log(&f.t->a, "list:dan ");
	/* No poll sooner than it would be due. */
	two_run(f.t, 4 * MINUTE);
	assert_int_equal(f.http.requests.count, 0);
	two_run(f.t, MINUTE);
	assert_string_equal(f.http.log, "GET " URL " none=\"5\"");
	assert_lines(&f, "");
	two_close(f.t);
}


/* Another device was there since it was last seen: what both have changed of
 * one person is kept, and who is removed here goes. */
static void meanwhile(void **state)
{
#define ROBERT                                                     \
	"<entry uri='" BOB "'><display-name>Robert</display-name>" \
	"</entry>"
	static const struct {
		bool drop;
		const char *name, *group; /* as here */
		const char *there;
		const char *log;
	} cases[] = {
		{false, NULL, "Work", FRIENDS(ROBERT) "",
			"list:bob=Robert/Work "},
		{false, "Bob", "Friends",
			DOC("<list name='Work'>" ENTRY("bob") "</list>") "",
			"list:bob=Bob/Work "},
		{false, "Bob", "Friends", FRIENDS(ROBERT) "",
			"list:bob=Bob/Friends "},
		{false, "Bob", "Friends", FRIENDS("") "",
			"list:bob=Bob/Friends "},
		{true, NULL, NULL, FRIENDS(ROBERT) "", "list: "},
		{true, NULL, NULL, FRIENDS(ENTRY("bob") ENTRY("kim")) "",
			"list:kim/Friends "},
		{true, NULL, NULL, FRIENDS(ENTRY("kim")) "",
			"list:kim/Friends "},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct fixture f;

		begin_with(&f, FRIENDS(ENTRY("bob")));
		if (cases[i].drop)
			endpoint_contact_drop(f.t->a.e, BOB);
		else
			set(&f, BOB, cases[i].name, cases[i].group);
		answer(&f, 200, "\"2\"", cases[i].there);
		if (f.http.requests.count)
			answer(&f, 200, "\"3\"", NULL);
		assert_log(&f.t->a, cases[i].log);
		two_close(f.t);
	}
#undef ROBERT
}


/* A new document; and one that the server does not want. */
static void refused(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	answer(&f, 404, NULL, NULL);
	assert_log(&f.t->a, "list:none ");
	set(&f, BOB, "Bob", "A");
	answer(&f, 404, NULL, NULL);
	assert_sent(&f, PUT "none=* body=<?xml version");
	answer(&f, 409, NULL, NULL);
	assert_lines(&f,
		"warning sip:alice@192.0.2.1: the server's buddy list "
		"does not take " BOB ": the XCAP server refuses the "
		"change\n");
	assert_int_equal(f.http.requests.count, 0);
	set(&f, BOB, "Bob", "A");
	set(&f, "sip:kim@192.0.2.2", "Kim", "A");
	set(&f, "no address", "Kim", "A");
	answer(&f, 404, NULL, NULL);
	assert_lines(&f, "does not take no address: ");
	answer(&f, 403, NULL, NULL);
	assert_lines(&f, "does not take the changes of 3 people: ");
	assert_log(&f.t->a, "");
	two_close(f.t);
}


/* Two devices may have created the document at once: whether ours is there is
 * seen soon. */
static void created(void **state)
{
	struct fixture f;
	int i;

	(void)state;
	begin(&f);
	answer(&f, 404, NULL, NULL);
	set(&f, BOB, "Bob", "A");
	set(&f, "sip:kim@192.0.2.2", "Kim", NULL);
	set(&f, "sip:eve@192.0.2.2", "Eve", NULL);
	answer(&f, 404, NULL, NULL);
	assert_sent(&f, PUT "none=* body=");
	answer(&f, 200, "\"1\"", NULL);
	assert_log(&f.t->a, "list:none list:bob=Bob/A,kim=Kim,eve=Eve ");
	two_run(f.t, 1900);
	assert_int_equal(f.http.requests.count, 0);
	two_run(f.t, 200);
	assert_string_equal(f.http.log, "GET " URL " none=\"1\"");
	answer(&f, 200, "\"2\"", DOC("<list>" ENTRY("eve") "</list>"));
	/* Nobody was removed. */
	assert_log(&f.t->a, "");
	assert_string_equal(f.http.log, "GET " URL);
	endpoint_contact_drop(f.t->a.e, "sip:kim@192.0.2.2");
	answer(&f, 200, "\"2\"", DOC("<list>" ENTRY("eve") "</list>"));
	assert_sent(&f, PUT "match=\"2\"");
	assert_sent(&f, BOB);
	assert_null(strstr(f.http.log, "kim"));
	answer(&f, 200, "\"3\"", NULL);
	assert_log(&f.t->a, "list:eve,bob=Bob/A ");
	two_run(f.t, 4 * MINUTE);
	assert_int_equal(f.http.requests.count, 0);
	/* One that takes it and has it not. */
	set(&f, BOB, "B", "A");
	for (i = 0; i < 2; i++) {
		answer(&f, 404, NULL, NULL);
		answer(&f, 201, "\"1\"", NULL);
		assert_log(&f.t->a, "list:none list:bob=B/A ");
		two_run(f.t, 2100);
		answer(&f, 404, NULL, NULL);
	}
	assert_lines(&f,
		"is not kept: what is written there is not there "
		"afterwards\n");
	assert_log(&f.t->a, "");
	two_run(f.t, 60 * MINUTE);
	assert_int_equal(f.http.requests.count, 0);
	sign_in_again(&f);
	answer(&f, 404, NULL, NULL);
	assert_log(&f.t->a, "list:none ");
	/* Who leaves looks at once. */
	set(&f, BOB, "B", "A");
	answer(&f, 404, NULL, NULL);
	answer(&f, 201, "\"1\"", NULL);
	endpoint_sign_out(f.t->a.e, 2000, person_done_h, &f.t->a);
	two_run(f.t, 100);
	assert_log(&f.t->a, "list:bob=B/A offline ");
	answer(&f, 200, "\"1\"", DOC("<list name='A'>" ENTRY("eve") "</list>"));
	assert_sent(&f, PUT "match=\"1\"");
	answer(&f, 200, "\"2\"", NULL);
	two_run(f.t, 10);
	assert_log(&f.t->a, "done ");
	two_close(f.t);
}


/* The document that was seen has gone when something is to be changed: all who
 * were in it are told first to be lost, and what is wished then goes too. Who
 * leaves writes nothing. */
static void lost_there(void **state)
{
	struct fixture f;

	(void)state;
	begin_with(&f, FRIENDS(ENTRY("bob")));
	set(&f, "sip:kim@192.0.2.2", "Kim", "Friends");
	answer(&f, 404, NULL, NULL);
	assert_log(&f.t->a, "list:none ");
	assert_sent(&f, PUT "none=* body=");
	answer(&f, 412, NULL, NULL);
	answer(&f, 404, NULL, NULL);
	assert_log(&f.t->a, "");
	answer(&f, 200, "\"1\"", NULL);
	assert_log(&f.t->a, "list:kim=Kim/Friends ");
	two_run(f.t, 2100);
	answer(&f, 304, NULL, NULL);
	assert_log(&f.t->a, "");
	set(&f, BOB, "Bob", "Friends");
	set(&f, "sip:kim@192.0.2.2", "Eve", "Friends");
	endpoint_sign_out(f.t->a.e, 2000, person_done_h, &f.t->a);
	answer(&f, 404, NULL, NULL);
	two_run(f.t, 10);
	assert_int_equal(f.http.requests.count, 0);
	assert_log(&f.t->a, "offline done ");
	two_close(f.t);

	/* An endpoint that goes when it is told. */
	begin_with(&f, FRIENDS(ENTRY("bob")));
	set(&f, BOB, "Bob", "Friends");
	f.t->a.bomb = "list:none";
	answer(&f, 404, NULL, NULL);
	assert_null(f.t->a.e);
	assert_int_equal(f.http.requests.count, 0);
	two_close(f.t);
}


/* While the server is in trouble changes wait; the newest counts. */
static void later(void **state)
{
	struct fixture f;

	(void)state;
	begin_with(&f, DOC(""));
	set(&f, BOB, "Bob", NULL);
	set(&f, "sip:kim@192.0.2.2", "Kim", NULL);
	answer(&f, 200, "\"1\"", DOC(""));
	set(&f, BOB, "Rob", NULL);
	answer(&f, 500, NULL, NULL);
	assert_lines(&f,
		"cannot be changed now; it is tried again: the XCAP "
		"server is in trouble (500)\n");
	assert_int_equal(f.http.requests.count, 0);
	two_run(f.t, 31 * 1000);
	answer(&f, 503, NULL, NULL);
	assert_lines(&f, "");
	two_run(f.t, 59 * 1000);
	assert_int_equal(f.http.requests.count, 0);
	two_run(f.t, 2 * 1000);
	answer(&f, 200, "\"1\"", DOC(""));
	assert_sent(&f, "Rob");
	assert_sent(&f, "Kim");
	assert_null(strstr(f.http.log, "Bob"));
	answer(&f, 200, "\"2\"", NULL);
	assert_log(&f.t->a, "list:bob=Rob,kim=Kim ");
	/* Whoever is faster every time */
	set(&f, BOB, "Bob", NULL);
	while (f.http.requests.count) {
		answer(&f, 200, "\"3\"", DOC(""));
		answer(&f, 412, NULL, NULL);
	}
	assert_lines(&f, "it is tried again: ");
	two_run(f.t, 31 * 1000);
	answer(&f, 200, "\"4\"", DOC(""));
	assert_sent(&f, "match=\"4\"");
	two_close(f.t);
}


/* Who leaves waits for what is under way, and for what waits. */
static void goodbye(void **state)
{
	struct fixture f;

	(void)state;
	begin_with(&f, DOC(""));
	set(&f, BOB, "Bob", NULL);
	answer(&f, 200, "\"1\"", DOC(""));
	set(&f, "sip:kim@192.0.2.2", "Kim", NULL);
	endpoint_sign_out(f.t->a.e, 2000, person_done_h, &f.t->a);
	two_run(f.t, 500);
	assert_log(&f.t->a, "offline ");
	answer(&f, 200, "\"2\"", NULL);
	answer(&f, 200, "\"2\"", DOC(""));
	two_run(f.t, 500);
	assert_log(&f.t->a, "");
	assert_sent(&f, "Kim");
	answer(&f, 200, "\"3\"", NULL);
	two_run(f.t, 10);
	assert_log(&f.t->a, "done ");
	two_run(f.t, 60 * MINUTE);
	assert_int_equal(f.http.requests.count, 0);
	/* The list that was never told is, next time. */
	endpoint_sign_in(f.t->a.e);
	two_run(f.t, 100);
	answer(&f, 304, NULL, NULL);
	assert_log(&f.t->a, "connecting online list:kim=Kim ");
	two_close(f.t);
}


/* What was not sent is forgotten when the account goes offline. */
static void lost(void **state)
{
	struct fixture f;

	(void)state;
	begin_with(&f, DOC(""));
	endpoint_sign_out(f.t->a.e, 2000, NULL, NULL);
	two_run(f.t, 2100);
	set(&f, BOB, "Bob", NULL);
	assert_int_equal(f.http.requests.count, 0);
	f.t->a.e = mem_deref(f.t->a.e);
	two_close(f.t);

	begin_with(&f, DOC(""));
	set(&f, BOB, "Bob", NULL);
	f.t->a.e = mem_deref(f.t->a.e);
	assert_int_equal(f.http.requests.count, 0);
	two_close(f.t);
}


/* A server without lists; an endpoint that goes in the handler. */
static void none(void **state)
{
	struct fixture f;

	(void)state;
	memset(&f, 0, sizeof(f));
	f.t = two_make();
	fakeway_init(&f.http);
	f.t->a.config.xcap_root = ROOT;
	f.t->a.http = &f.http.way;
	person_start(&f.t->a);
	two_run(f.t, 100);
	answer(&f, 200, NULL,
		"<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids>"
		"<auid>x</auid></auids></xcap-caps>");
	set(&f, BOB, NULL, NULL);
	endpoint_contact_drop(f.t->a.e, BOB);
	assert_int_equal(f.http.requests.count, 0);
	two_close(f.t);

	begin(&f);
	f.t->a.bomb = "list:none";
	answer(&f, 404, NULL, NULL);
	assert_null(f.t->a.e);
	two_close(f.t);
}


/* An endpoint that goes while it tells of trouble. */
static void gone(void **state)
{
	static const struct {
		const char *peer; /* NULL: nobody is changed */
		uint16_t get, put; /* how that is answered; 0: not asked */
		const char *bomb;
	} cases[] = {
		{NULL, 403, 0, "cannot be had"},
		{NULL, 500, 0, "cannot be had now"},
		{BOB, 500, 0, "cannot be changed now"},
		{BOB, 403, 0, "does not take"},
		{BOB, 200, 409, "does not take"},
		{"no address", 200, 0, "does not take no address"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct fixture f;

		begin_hearing(&f, true);
		if (cases[i].peer) {
			answer(&f, 200, "\"1\"", DOC(""));
			set(&f, cases[i].peer, "Bob", NULL);
		}
		f.t->a.bomb = cases[i].bomb;
		answer(&f, cases[i].get, "\"1\"", DOC(""));
		if (cases[i].put)
			answer(&f, cases[i].put, NULL, NULL);
		assert_null(f.t->a.e);
		assert_int_equal(f.http.requests.count, 0);
		two_close(f.t);
	}
}


/* Both addresses are of one person: the newest wish counts. */
static void secure(void **state)
{
	struct fixture f;

	(void)state;
	begin_with(&f, FRIENDS(ENTRY("bob")));
	set(&f, "sip:kim@192.0.2.2", "Kim", "Friends");
	endpoint_contact_drop(f.t->a.e, BOB);
	set(&f, "sips:bob@192.0.2.2", "Bob", "Friends");
	answer(&f, 200, "\"1\"", FRIENDS(ENTRY("bob")));
	endpoint_contact_drop(f.t->a.e, BOB);
	set(&f, "sips:bob@192.0.2.2", "Bob", "Friends");
	answer(&f, 500, NULL, NULL);
	two_run(f.t, 31 * 1000);
	answer(&f, 200, "\"1\"", FRIENDS(ENTRY("bob")));
	answer(&f, 200, "\"2\"", NULL);
	assert_log(&f.t->a, "list:bob=Bob/Friends,kim=Kim/Friends ");
	two_close(f.t);
}


int test_simple_lists(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told),
		cmocka_unit_test(again),
		cmocka_unit_test(unreadable),
		cmocka_unit_test(trouble),
		cmocka_unit_test(changed),
		cmocka_unit_test(meanwhile),
		cmocka_unit_test(refused),
		cmocka_unit_test(created),
		cmocka_unit_test(lost_there),
		cmocka_unit_test(later),
		cmocka_unit_test(goodbye),
		cmocka_unit_test(lost),
		cmocka_unit_test(none),
		cmocka_unit_test(gone),
		cmocka_unit_test(secure),
	};

	return cmocka_run_group_tests_name("simple_lists", tests, NULL, NULL);
}
