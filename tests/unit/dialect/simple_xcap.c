/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_xcap.c - what a server can keep is asked for at login. */
#include <errno.h>
#include "fakeway.h"
#include "log.h"
#include "people.h"

int test_simple_xcap(void);


#define CAPS                                                          \
	"<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids>" \
	"<auid>pres-rules</auid><auid>resource-lists</auid></auids>"  \
	"</xcap-caps>"

#define HERE "; your buddy list and your decisions stay on this machine\n"

struct lines {
	char text[500];
};


static void line_h(
	enum log_level level, const char *topic, const char *text, void *arg)
{
	struct lines *l = arg;
	size_t used = strlen(l->text);

	if (!strcmp(topic, "xcap"))
		(void)snprintf(l->text + used, sizeof(l->text) - used,
			"%s %s\n", log_level_name(level), text);
}


static void sign_in_again(struct two *t)
{
	endpoint_sign_out(t->a.e, 2000, NULL, NULL);
	two_run(t, 2100);
	endpoint_sign_in(t->a.e);
	two_run(t, 100);
}


static void told(void **state)
{
	static const struct {
		struct http_answer answer;
		const char *line;
		size_t count; /* of requests, with those of the next login */
	} cases[] = {
		{{.status = 200, .body = PL(CAPS)},
			"info sip:alice@192.0.2.1: the server keeps: "
			"pres-rules resource-lists\n",
			/* and the rules, and the list at once and again */
			4},
		{{.status = 200, .body = PL("<html/>")},
			"warning sip:alice@192.0.2.1: what xcap-root leads to "
			"is no XCAP server" HERE,
			1},
		{{.status = 404},
			"warning sip:alice@192.0.2.1: what xcap-root leads to "
			"is no XCAP server" HERE,
			1},
		{{.err = ECONNREFUSED, .why = "nobody is there"},
			"warning sip:alice@192.0.2.1: XCAP: nobody is "
			"there" HERE,
			2},
	};
	struct lines lines;
	struct fakeway http;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct two *t = two_make();

		lines.text[0] = '\0';
		fakeway_init(&http);
		t->a.config.xcap_root = "http://xcap.example.org/";
		t->a.config.tls_ca_file = "/ca.pem";
		t->a.config.tls_name = "x.example";
		t->a.config.tls_pin = "AAAA";
		t->a.http = &http.way;
		t->a.talk = log_alloc(LOG_INFO, line_h, &lines);
		person_start(&t->a);
		two_run(t, 100);
		assert_string_equal(http.log,
			"GET http://xcap.example.org/xcap-caps/global/index "
			"ca=/ca.pem name=x.example pin=AAAA");
		fakeway_answer(&http, &cases[i].answer);
		assert_string_equal(lines.text, cases[i].line);
		sign_in_again(t);
		assert_int_equal(http.count, cases[i].count);
		two_close(t);
	}
}


/* A server that does not answer is asked again, and the user hears once of it;
 * of something else, and of the same after it was over, again. */
static void trouble(void **state)
{
	static const struct http_answer refused = {
		.err = ECONNREFUSED, .why = "nobody is there"};
	static const struct http_answer busy = {.status = 503};
	static const struct http_answer right = {
		.status = 200, .body = PL(CAPS)};
	struct two *t = two_make();
	struct fakeway http;

	(void)state;
	fakeway_init(&http);
	t->a.config.xcap_root = "http://xcap.example.org/";
	t->a.http = &http.way;
	t->a.hears_trouble = true;
	person_start(&t->a);
	two_run(t, 100);
	assert_log(&t->a, "connecting online ");
	fakeway_answer(&http, &refused);
	assert_log(&t->a,
		"trouble(XCAP: nobody is there; your buddy list and your "
		"decisions stay on this machine) ");
	two_run(t, 29 * 1000);
	assert_int_equal(http.count, 1);
	two_run(t, 2 * 1000);
	assert_int_equal(http.count, 2);
	fakeway_answer(&http, &refused);
	two_run(t, 59 * 1000);
	assert_int_equal(http.count, 2);
	assert_log(&t->a, "");
	two_run(t, 2 * 1000);
	assert_int_equal(http.count, 3);
	fakeway_answer(&http, &busy);
	assert_log(&t->a,
		"trouble(the XCAP server is in trouble (503); your buddy list "
		"and your decisions stay on this machine) ");
	two_run(t, 121 * 1000);
	assert_int_equal(http.count, 4);
	fakeway_answer(&http, &right);
	assert_log(&t->a, "");
	/* The rules and the list, and caps no more. */
	assert_int_equal(http.count, 6);
	two_close(t);
}


static void unset(void **state)
{
	struct two *t = two_make();
	struct fakeway http;

	(void)state;
	fakeway_init(&http);
	t->a.http = &http.way;
	person_start(&t->a);
	two_run(t, 100);
	assert_int_equal(http.count, 0);
	two_close(t);
}


static void wrong(void **state)
{
	static const struct endpoint_handlers none;
	struct two *t = two_open();
	struct endpoint_config config = t->a.config;
	struct fakeway http;
	struct dialect_stack *stack = NULL;
	const struct dialect_stack_config sc = {
		.tmrs = memnet_tmrs(t->w.mn),
		.rand = memnet_rand(t->w.mn),
		.net = memnet_net(memnet_host(t->w.mn, "192.0.2.9")),
		.resolver = &t->w.resolver,
		.http = &http.way,
	};
	struct endpoint *e = NULL;
	char *why = NULL;

	(void)state;
	fakeway_init(&http);
	assert_int_equal(dialect_stack_alloc(&stack, &sc), 0);
	config.listen = "192.0.2.9:5060";
	config.xcap_root = "http://user@host/";
	assert_int_equal(
		endpoint_alloc(&e, stack, &config, &none, &why), EINVAL);
	assert_non_null(why);
	assert_non_null(strstr(why, "xcap-root"));
	assert_null(e);
	mem_deref(why);
	mem_deref(stack);
	two_close(t);
}


/* An endpoint that goes while the answer is awaited. */
static void gone(void **state)
{
	struct two *t = two_make();
	struct fakeway http;

	(void)state;
	fakeway_init(&http);
	t->a.config.xcap_root = "http://xcap.example.org/";
	t->a.http = &http.way;
	person_start(&t->a);
	two_run(t, 100);
	assert_int_equal(http.requests.count, 1);
	t->a.e = mem_deref(t->a.e);
	assert_int_equal(http.requests.count, 0);
	two_close(t);
}


int test_simple_xcap(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told),
		cmocka_unit_test(trouble),
		cmocka_unit_test(unset),
		cmocka_unit_test(wrong),
		cmocka_unit_test(gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
