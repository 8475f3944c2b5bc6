/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_rules.c - decisions become rules on the server. */
#include <errno.h>
#include "fakeway.h"
#include "log.h"
#include "people.h"

int test_simple_rules(void);


#define ROOT "http://xcap.example.org/"
#define URL  ROOT "pres-rules/users/sip:alice@192.0.2.1/index"
#define CAPS(auid)                                                    \
	"<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids>" \
	"<auid>x</auid><auid>" auid "</auid></auids></xcap-caps>"
#define KIM    "sip:kim@192.0.2.3"
#define EMPTY  "<ruleset xmlns='urn:ietf:params:xml:ns:common-policy'/>"
#define PUT_ON "PUT " URL " type=application/auth-policy+xml "

struct fixture {
	struct two *t;
	struct fakeway http;
	char lines[1000];
};


static void line_h(
	enum log_level level, const char *topic, const char *text, void *arg)
{
	struct fixture *f = arg;
	size_t used = strlen(f->lines);

	if (!strcmp(topic, "xcap"))
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
}


/* Alice, whose server was asked what it keeps. */
static void begin_as(struct fixture *f, bool reads)
{
	memset(f, 0, sizeof(*f));
	f->t = two_make();
	fakeway_init(&f->http);
	f->t->a.config.xcap_root = ROOT;
	f->t->a.http = &f->http.way;
	f->t->a.talk = log_alloc(LOG_INFO, line_h, f);
	f->t->a.reads_rules = reads;
	person_start(&f->t->a);
	two_run(f->t, 100);
	assert_int_not_equal(endpoint_rules(f->t->a.e), ENDPOINT_RULES_KEPT);
}


static void begin(struct fixture *f)
{
	begin_as(f, false);
}


static void begin_reading(struct fixture *f)
{
	begin_as(f, true);
}


/* Her server keeps rules, and has none yet. */
static void keeps(struct fixture *f)
{
	answer(f, 200, NULL, CAPS("pres-rules"));
	assert_string_equal(f->http.log, "GET " URL);
	answer(f, 404, NULL, NULL);
}


static void sign_in_again(struct fixture *f)
{
	endpoint_sign_out(f->t->a.e, 2000, NULL, NULL);
	two_run(f->t, 2100);
	endpoint_sign_in(f->t->a.e);
	two_run(f->t, 100);
}


static void assert_sent(const struct fixture *f, const char *text)
{
	if (!strstr(f->http.log, text))
		assert_string_equal(f->http.log, text);
}


static void written(void **state)
{
	static const struct {
		enum endpoint_verdict verdict;
		const char *id;
	} cases[] = {
		{ENDPOINT_ALLOW, "id=\"sotto-allow\""},
		{ENDPOINT_REFUSE, "id=\"sotto-block\""},
		{ENDPOINT_POLITE_BLOCK, "id=\"sotto-polite-block\""},
		{ENDPOINT_PENDING, "id=\"sotto-confirm\""},
	};
	struct fixture f;
	size_t i;

	(void)state;
	begin(&f);
	keeps(&f);
	assert_int_equal(endpoint_rules(f.t->a.e), ENDPOINT_RULES_KEPT);
	for (i = 0; i < UNIT_N(cases); i++) {
		endpoint_decide(
			f.t->a.e, KIM, cases[i].verdict, cases[i].verdict);
		assert_string_equal(f.http.log, "GET " URL);
		answer(&f, 200, "\"1\"", EMPTY);
		assert_sent(&f, PUT_ON "match=\"1\" body=");
		assert_sent(&f, cases[i].id);
		assert_sent(&f, KIM);
		answer(&f, 200, "\"2\"", NULL);
	}
	assert_non_null(strstr(f.lines,
		"the server's rule for " KIM " is now: polite-block\n"));
	endpoint_decide(f.t->a.e, KIM, ENDPOINT_BUSY, ENDPOINT_BUSY);
	assert_int_equal(f.http.requests.count, 0);
	two_close(f.t);
}


/* What is decided meanwhile goes in one edit; the last word counts. */
static void together(void **state)
{
	struct fixture f;
	struct endpoint *e;

	(void)state;
	begin(&f);
	e = f.t->a.e;
	endpoint_decide(e, KIM, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	endpoint_decide(
		e, "sip:bob@192.0.2.2", ENDPOINT_REFUSE, ENDPOINT_REFUSE);
	endpoint_decide(e, KIM, ENDPOINT_REFUSE, ENDPOINT_REFUSE);
	assert_int_equal(f.http.count, 1);
	answer(&f, 200, NULL, CAPS("pres-rules"));
	assert_string_equal(f.http.log, "GET " URL);
	/* one for the next edit */
	endpoint_decide(e, KIM, ENDPOINT_REFUSE, ENDPOINT_REFUSE);
	endpoint_decide(e, KIM, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	f.t->a.log[0] = '\0';
	assert_int_equal(f.http.count, 2);
	answer(&f, 404, NULL, NULL);
	assert_sent(&f, "sip:bob@192.0.2.2");
	assert_sent(&f, "<one id=\"" KIM "\"/>");
	assert_null(strstr(f.http.log, "sotto-allow"));
	/* another device was faster */
	answer(&f, 412, NULL, NULL);
	assert_string_equal(f.http.log, "GET " URL);
	answer(&f, 200, "\"2\"", EMPTY);
	assert_sent(&f, PUT_ON "match=\"2\"");
	answer(&f, 200, "\"3\"", NULL);
	assert_log(&f.t->a, "bob:ruled ");
	assert_string_equal(f.http.log, "GET " URL);
	answer(&f, 200, "\"3\"", EMPTY);
	assert_sent(&f, "sotto-allow");
	answer(&f, 200, "\"4\"", NULL);
	assert_int_equal(f.http.requests.count, 0);
	two_close(f.t);
}


/* A server that has no rules: nothing is asked, and we say so. */
static void none_kept(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	endpoint_decide(f.t->a.e, KIM, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	answer(&f, 200, NULL, CAPS("org.example.pres-rules"));
	assert_int_not_equal(endpoint_rules(f.t->a.e), ENDPOINT_RULES_KEPT);
	endpoint_decide(f.t->a.e, KIM, ENDPOINT_REFUSE, ENDPOINT_REFUSE);
	assert_int_equal(f.http.count, 1);
	two_close(f.t);
}


static void refused(void **state)
{
	static const struct {
		uint16_t status;
		const char *body, *line;
		const char *ruled;
		bool again; /* at the next login */
	} cases[] = {
		{403, NULL, "the XCAP server forbids it", "kim:not-ruled ",
			false},
		{200, "<html/>", "is not understood: it ", "kim:not-ruled ",
			false},
		{200, "<!DOCTYPE x>" EMPTY, "is not understood: it ",
			"kim:not-ruled ", false},
		{503, NULL, "it is tried again later: ", "", true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct fixture f;

		begin(&f);
		keeps(&f);
		endpoint_decide(
			f.t->a.e, KIM, ENDPOINT_REFUSE, ENDPOINT_REFUSE);
		f.t->a.log[0] = '\0';
		answer(&f, cases[i].status, "\"1\"", cases[i].body);
		assert_log(&f.t->a, cases[i].ruled);
		if (!strstr(f.lines, cases[i].line) &&
			!strstr(f.t->a.why, cases[i].line))
			assert_string_equal(f.lines, cases[i].line);
		assert_int_equal(f.http.requests.count, 0);
		sign_in_again(&f);
		assert_int_equal(f.http.requests.count, 1);
		answer(&f, 200, "\"1\"", EMPTY);
		assert_int_equal(f.http.requests.count, cases[i].again);
		if (cases[i].again) {
			assert_sent(&f, "sotto-block");
			answer(&f, 200, "\"2\"", NULL);
			assert_int_equal(f.http.requests.count, 0);
		}
		two_close(f.t);
	}
}


/* Signed out, it waits; and an endpoint that goes meanwhile. */
static void offline(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	keeps(&f);
	endpoint_sign_out(f.t->a.e, 2000, NULL, NULL);
	two_run(f.t, 2100);
	assert_int_not_equal(endpoint_rules(f.t->a.e), ENDPOINT_RULES_KEPT);
	endpoint_decide(f.t->a.e, KIM, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	endpoint_decide(f.t->a.e, KIM, ENDPOINT_REFUSE, ENDPOINT_REFUSE);
	assert_int_equal(f.http.count, 2);
	endpoint_sign_in(f.t->a.e);
	two_run(f.t, 100);
	assert_int_equal(f.http.count, 3);
	answer(&f, 404, NULL, NULL);
	assert_sent(&f, "none=* body=<?xml");
	assert_sent(&f, "sotto-block");
	f.t->a.e = mem_deref(f.t->a.e);
	assert_int_equal(f.http.requests.count, 0);
	two_close(f.t);
}


/* The sign-out waits for an edit that is under way, but not for ever; who
 * signs in again does not wait for it. */
static void goodbye(void **state)
{
	struct fixture f;
	struct endpoint *e;

	(void)state;
	begin(&f);
	e = f.t->a.e;
	keeps(&f);
	endpoint_decide(e, KIM, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	endpoint_sign_out(e, 2000, person_done_h, &f.t->a);
	endpoint_decide(e, "sip:bob@192.0.2.2", ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	two_run(f.t, 1000);
	assert_null(strstr(f.t->a.log, "done"));
	answer(&f, 404, NULL, NULL);
	answer(&f, 200, "\"1\"", NULL);
	assert_string_equal(f.http.log, "GET " URL);
	two_run(f.t, 500);
	assert_null(strstr(f.t->a.log, "done"));
	answer(&f, 404, NULL, NULL);
	answer(&f, 200, "\"2\"", NULL);
	two_run(f.t, 10);
	assert_non_null(strstr(f.t->a.log, "done"));
	/* no answer at all */
	f.t->a.log[0] = '\0';
	endpoint_sign_in(e);
	two_run(f.t, 100);
	endpoint_decide(e, KIM, ENDPOINT_REFUSE, ENDPOINT_REFUSE);
	endpoint_sign_out(e, 2000, person_done_h, &f.t->a);
	two_run(f.t, 1900);
	assert_null(strstr(f.t->a.log, "done"));
	two_run(f.t, 200);
	assert_non_null(strstr(f.t->a.log, "done"));
	/* back at once */
	f.t->a.log[0] = '\0';
	endpoint_sign_in(e);
	two_run(f.t, 100);
	endpoint_sign_out(e, 2000, person_done_h, &f.t->a);
	endpoint_sign_in(e);
	two_run(f.t, 100);
	assert_non_null(strstr(f.t->a.log, "done"));
	assert_int_equal(endpoint_rules(e), ENDPOINT_RULES_KEPT);
	two_close(f.t);
}


#define RULESET(rules)                                               \
	"<c:ruleset xmlns:c='urn:ietf:params:xml:ns:common-policy' " \
	"xmlns:p='urn:ietf:params:xml:ns:pres-rules' "               \
	"xmlns:o='urn:oma:xml:xdm:common-policy'>" rules "</c:ruleset>"
#define RULE(id, conditions, handling)                                    \
	"<c:rule id='" id "'><c:conditions>" conditions "</c:conditions>" \
	"<c:actions><p:sub-handling>" handling "</p:sub-handling>"        \
	"</c:actions></c:rule>"
#define ONE(uri) "<c:identity><c:one id='" uri "'/></c:identity>"
#define LIST_ELSEWHERE \
	"<o:external-list><o:entry anc='http://x/y'/></o:external-list>"


/* What the rules say, of whoever wrote them. */
static void read(void **state)
{
	static const struct {
		const char *rules, *told;
	} cases[] = {
		{RULE("a", ONE("sip:Bob@192.0.2.2"), "allow") RULE(
			 "sotto-polite-block", ONE(KIM), "polite-block"),
			"rules:Bob=allow,kim=polite-block "},
		/* refused by another program: a block */
		{RULE("b", ONE(KIM), "block")
				RULE("sotto-block", ONE("sip:x@y"), "block"),
			"rules:kim=polite-block,x=refuse "},
		/* the one that gives most counts */
		{RULE("b", ONE(KIM), "block") RULE("a", ONE(KIM), "allow")
				RULE("c", ONE(KIM), "confirm"),
			"rules:kim=allow "},
		{RULE("sotto-block", ONE(KIM), "block")
				RULE("b", ONE(KIM), "block"),
			"rules:kim=polite-block "},
		/* asked about: nobody decided */
		{RULE("sotto-confirm", ONE(KIM), "confirm"), "rules: "},
		/* of everybody, or at times; ourselves; no SIP */
		{RULE("a", "", "allow") RULE("b", ONE(KIM) "<c:validity/>",
			 "block") RULE("c", ONE("sip:alice@192.0.2.1"), "allow")
				RULE("d", ONE("tel:1"), "allow"),
			"rules:none "},
		{"", "rules:none "},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf(RULESET("%s"), cases[i].rules);
		struct fixture f;

		begin_reading(&f);
		answer(&f, 200, NULL, CAPS("pres-rules"));
		f.t->a.log[0] = '\0';
		answer(&f, 200, "\"1\"", text);
		assert_log(&f.t->a, cases[i].told);
		/* by its tag, and told when it is another */
		sign_in_again(&f);
		assert_string_equal(f.http.log, "GET " URL " none=\"1\"");
		f.t->a.log[0] = '\0';
		answer(&f, 304, NULL, NULL);
		sign_in_again(&f);
		assert_log(&f.t->a, "offline connecting online ");
		answer(&f, 200, "\"2\"", text);
		assert_log(&f.t->a, cases[i].told);
		two_close(f.t);
		mem_deref(text);
	}
}


/* It is signed in anew while an answer is awaited, which may be of before. */
static void asked_twice(void **state)
{
	struct fixture f;

	(void)state;
	begin_reading(&f);
	answer(&f, 200, NULL, CAPS("pres-rules"));
	sign_in_again(&f);
	answer(&f, 404, NULL, NULL);
	assert_string_equal(f.http.log, "GET " URL);
	answer(&f, 404, NULL, NULL);
	assert_int_equal(f.http.requests.count, 0);
	two_close(f.t);
}


/* The endpoint goes in a handler. */
static void bombs(void **state)
{
	static const char *const bombs[] = {
		"kim:ruled", "kim:not-ruled", "rules:none", "kim=allow"};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(bombs); i++) {
		struct fixture f;

		begin_reading(&f);
		answer(&f, 200, NULL, CAPS("pres-rules"));
		endpoint_decide(f.t->a.e, KIM, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
		endpoint_decide(f.t->a.e, "sip:bob@192.0.2.2", ENDPOINT_ALLOW,
			ENDPOINT_ALLOW);
		f.t->a.bomb = bombs[i];
		if (i == 1) {
			answer(&f, 403, NULL, NULL);
		} else {
			answer(&f, 200, "\"1\"", EMPTY);
			if (i != 2)
				answer(&f, 200, "\"2\"", NULL);
		}
		assert_null(f.t->a.e);
		assert_int_equal(f.http.requests.count, 0);
		two_close(f.t);
	}
}


/* ... and while the rules are read. */
static void bomb_reading(void **state)
{
	struct fixture f;

	(void)state;
	begin_reading(&f);
	answer(&f, 200, NULL, CAPS("pres-rules"));
	f.t->a.bomb = "rules:";
	answer(&f, 200, "\"1\"", RULESET(RULE("a", ONE(KIM), "block")));
	assert_null(f.t->a.e);
	two_close(f.t);
}


/* A server that was in trouble is tried again when it answers. */
static void trouble(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	keeps(&f);
	endpoint_decide(f.t->a.e, KIM, ENDPOINT_REFUSE, ENDPOINT_REFUSE);
	answer(&f, 503, NULL, NULL);
	f.t->a.log[0] = '\0';
	two_run(f.t, 300 * 1000);
	answer(&f, 503, NULL, NULL);
	assert_int_equal(f.http.requests.count, 0);
	two_run(f.t, 300 * 1000);
	answer(&f, 200, "\"1\"", EMPTY);
	answer(&f, 200, "\"1\"", EMPTY);
	assert_sent(&f, "sotto-block");
	answer(&f, 200, "\"2\"", NULL);
	assert_log(&f.t->a, "kim:ruled ");
	assert_int_equal(f.http.requests.count, 0);
	two_close(f.t);
}


/* ... as is one that was in trouble at the very first question. */
static void trouble_first(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	endpoint_decide(f.t->a.e, KIM, ENDPOINT_REFUSE, ENDPOINT_REFUSE);
	keeps(&f);
	answer(&f, 503, NULL, NULL);
	assert_int_equal(f.http.requests.count, 0);
	two_run(f.t, 300 * 1000);
	answer(&f, 200, "\"1\"", EMPTY);
	answer(&f, 200, "\"1\"", EMPTY);
	assert_sent(&f, "sotto-block");
	two_close(f.t);
}


/* Two devices may have created the document at once: what is not there soon
 * afterwards is written again, but for what was decided otherwise. */
static void created(void **state)
{
	struct fixture f;
	unsigned i;

	(void)state;
	begin(&f);
	keeps(&f);
	f.t->a.log[0] = '\0';
	endpoint_decide(f.t->a.e, KIM, ENDPOINT_REFUSE, ENDPOINT_REFUSE);
	answer(&f, 404, NULL, NULL);
	assert_sent(&f, "none=* body=");
	endpoint_decide(
		f.t->a.e, "sip:bob@192.0.2.2", ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	answer(&f, 201, "\"1\"", NULL);
	assert_log(&f.t->a, "");
	/* What is decided meanwhile goes at once. */
	answer(&f, 200, "\"2\"", EMPTY);
	assert_sent(&f, "sip:bob@");
	assert_sent(&f, KIM);
	answer(&f, 200, "\"3\"", NULL);
	assert_log(&f.t->a, "bob:ruled ");
	two_run(f.t, 1900);
	assert_int_equal(f.http.requests.count, 0);
	two_run(f.t, 200);
	answer(&f, 200, "\"4\"", EMPTY);
	assert_sent(&f, KIM);
	assert_null(strstr(f.http.log, "sip:bob@"));
	answer(&f, 200, "\"5\"", NULL);
	assert_log(&f.t->a, "kim:ruled ");
	/* Another device's newer word stays, also where we leave at once. */
	endpoint_decide(f.t->a.e, KIM, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	answer(&f, 404, NULL, NULL);
	answer(&f, 201, "\"5\"", NULL);
	two_run(f.t, 2100);
	answer(&f, 200, "\"6\"",
		RULESET(RULE("sotto-confirm", ONE(KIM), "confirm")));
	assert_int_equal(f.http.requests.count, 0);
	assert_log(&f.t->a, "kim:ruled ");
	sign_in_again(&f);
	answer(&f, 304, NULL, NULL);
	f.t->a.log[0] = '\0';
	/* One that takes it and has it not. */
	endpoint_decide(f.t->a.e, KIM, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	for (i = 0; i < 4; i++) {
		answer(&f, 404, NULL, NULL);
		answer(&f, 201, "\"6\"", NULL);
		two_run(f.t, 2100);
	}
	assert_log(&f.t->a, "kim:not-ruled ");
	assert_int_equal(f.http.requests.count, 0);
	two_close(f.t);
}


/* Decided otherwise while it is created. */
static void created_otherwise(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	keeps(&f);
	f.t->a.log[0] = '\0';
	endpoint_decide(f.t->a.e, KIM, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	answer(&f, 404, NULL, NULL);
	endpoint_decide(f.t->a.e, KIM, ENDPOINT_REFUSE, ENDPOINT_REFUSE);
	answer(&f, 201, "\"1\"", NULL);
	answer(&f, 200, "\"1\"", EMPTY);
	assert_sent(&f, "sotto-block");
	answer(&f, 200, "\"2\"", NULL);
	assert_log(&f.t->a, "kim:ruled ");
	two_run(f.t, 10 * 1000);
	assert_int_equal(f.http.requests.count, 0);
	two_close(f.t);
}


/* So many that it is no list of a person's: none is told, as those left out
 * would seem to be taken back. */
static void too_many(void **state)
{
	struct mbuf *mb = mbuf_alloc(4 << 20);
	struct fixture f;
	char *text;
	unsigned i;

	(void)state;
	(void)mbuf_write_str(mb,
		"<ruleset xmlns='urn:ietf:params:xml:ns:common-policy'><rule "
		"id='a'><conditions><identity>");
	for (i = 0; i < 20001; i++)
		(void)mbuf_printf(mb, "<one id='sip:%u@x'/>", i);
	(void)mbuf_write_str(mb,
		"</identity></conditions><actions><sub-handling xmlns='urn:"
		"ietf:params:xml:ns:pres-rules'>allow</sub-handling>"
		"</actions></rule></ruleset>");
	text = mbuf_strdup(mb);
	begin_reading(&f);
	answer(&f, 200, NULL, CAPS("pres-rules"));
	f.t->a.log[0] = '\0';
	answer(&f, 200, "\"1\"", text);
	assert_log(&f.t->a, "");
	assert_non_null(strstr(f.lines, "too many people"));
	two_close(f.t);
	mem_deref(text);
	mem_deref(mb);
}


/* As servers do not tell that another device wrote some. */
static void now_and_then(void **state)
{
	struct fixture f;
	unsigned i;

	(void)state;
	begin_reading(&f);
	endpoint_decide(f.t->a.e, KIM, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	answer(&f, 200, NULL, CAPS("pres-rules"));
	answer(&f, 200, "\"1\"", EMPTY);
	answer(&f, 200, "\"2\"", NULL);
	f.t->a.log[0] = '\0';
	for (i = 0; i < 3; i++) {
		assert_int_equal(f.http.requests.count, 0);
		two_run(f.t, 300 * 1000);
		assert_string_equal(f.http.log, "GET " URL " none=\"2\"");
		answer(&f, 304, NULL, NULL);
	}
	two_run(f.t, 300 * 1000);
	answer(&f, 200, "\"3\"", RULESET(RULE("a", ONE(KIM), "block")));
	assert_log(&f.t->a, "rules:kim=polite-block ");
	endpoint_sign_out(f.t->a.e, 2000, NULL, NULL);
	two_run(f.t, 900 * 1000);
	assert_int_equal(f.http.requests.count, 0);
	two_close(f.t);
}


/* An edit tells what the rules are too, another device's among them. */
static void read_by_edit(void **state)
{
	struct fixture f;

	(void)state;
	begin_reading(&f);
	endpoint_decide(f.t->a.e, KIM, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	answer(&f, 200, NULL, CAPS("pres-rules"));
	f.t->a.log[0] = '\0';
	answer(&f, 200, "\"1\"",
		RULESET(RULE("a", ONE("sip:bob@192.0.2.2"), "block")));
	answer(&f, 200, "\"2\"", NULL);
	assert_log(&f.t->a, "kim:ruled rules:bob=polite-block,kim=allow ");
	sign_in_again(&f);
	assert_string_equal(f.http.log, "GET " URL " none=\"2\"");
	/* No answer to that is told once. */
	f.lines[0] = '\0';
	answer(&f, 503, NULL, NULL);
	sign_in_again(&f);
	answer(&f, 503, NULL, NULL);
	assert_string_equal(f.lines,
		"warning sip:alice@192.0.2.1: the server's rules cannot be "
		"read: the XCAP server is in trouble (503)\n");
	two_close(f.t);
}


/* Servers of the Open Mobile Alliance, with rules of its clients: what they
 * refuse to a list elsewhere we leave alone, and tell whom it may let in. */
static void oma(void **state)
{
	static const struct {
		const char *conditions, *handling;
		enum endpoint_verdict verdict;
		const char *log;
	} cases[] = {
		{LIST_ELSEWHERE, "allow", ENDPOINT_POLITE_BLOCK,
			"kim:not-ruled "},
		{LIST_ELSEWHERE, "allow", ENDPOINT_ALLOW, "kim:ruled "},
		{LIST_ELSEWHERE, "block", ENDPOINT_POLITE_BLOCK, "kim:ruled "},
		{"<o:other-identity/>", "allow", ENDPOINT_POLITE_BLOCK,
			"kim:ruled "},
	};
	static const char url[] =
		"GET " ROOT "org.openmobilealliance.pres-rules/users/"
		"sip:alice@192.0.2.1/pres-rules";
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf(RULESET(RULE("wp_prs_x", "%s", "%s")),
			cases[i].conditions, cases[i].handling);
		struct fixture f;

		begin(&f);
		answer(&f, 200, NULL,
			CAPS("org.openmobilealliance.pres-rules"));
		assert_string_equal(f.http.log, url);
		answer(&f, 404, NULL, NULL);
		endpoint_decide(
			f.t->a.e, KIM, cases[i].verdict, cases[i].verdict);
		assert_string_equal(f.http.log, url);
		f.t->a.log[0] = '\0';
		answer(&f, 200, "\"1\"", text);
		assert_sent(&f, "<c:rule id='wp_prs_x'>");
		assert_sent(&f, KIM);
		answer(&f, 200, "\"2\"", NULL);
		assert_log(&f.t->a, cases[i].log);
		two_close(f.t);
		mem_deref(text);
	}
}


int test_simple_rules(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written),
		cmocka_unit_test(together),
		cmocka_unit_test(none_kept),
		cmocka_unit_test(refused),
		cmocka_unit_test(offline),
		cmocka_unit_test(goodbye),
		cmocka_unit_test(read),
		cmocka_unit_test(read_by_edit),
		cmocka_unit_test(asked_twice),
		cmocka_unit_test(bombs),
		cmocka_unit_test(bomb_reading),
		cmocka_unit_test(trouble),
		cmocka_unit_test(trouble_first),
		cmocka_unit_test(created),
		cmocka_unit_test(created_otherwise),
		cmocka_unit_test(too_many),
		cmocka_unit_test(now_and_then),
		cmocka_unit_test(oma),
	};

	return cmocka_run_group_tests_name("simple_rules", tests, NULL, NULL);
}
