/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xcap.c - documents on a server that a test plays (RFC 4825). */
#include <errno.h>
#include <stdlib.h>
#include "xcap.h"
#include "fakeway.h"
#include "unit.h"

int test_xcap(void);


#define ROOT  "https://xcap.example.org/root"
#define ALICE "/users/sip:alice@example.org/"

enum {
	REQUESTS = 3,
};

typedef void(credentials_answer)(
	const char *user, const char *password, void *ctx);

struct fixture {
	struct fakeway http;
	struct tmrs *tmrs;
	uint64_t now;
	struct xcap *x;
	struct xcap_request *r[REQUESTS];
	unsigned calls, questions;
	const char *password; /* what is answered at once */
	bool hesitates; /* ... or not at once */
	credentials_answer *answer;
	void *ctx;
	enum xcap_result result;
	uint16_t status;
	char why[300], etag[50], body[100];
	bool free_xcap, free_request;
};

static const struct xcap_where rules = {.auid = "pres-rules"};


static uint64_t monotonic(void *arg)
{
	struct fixture *f = arg;

	return f->now;
}


static int64_t wall(void *arg)
{
	(void)arg;
	return 0;
}


static void credentials_h(const char *realm,
	void (*answer)(const char *user, const char *password, void *ctx),
	void *ctx, void *arg)
{
	struct fixture *f = arg;

	assert_non_null(realm);
	f->questions++;
	f->answer = answer;
	f->ctx = ctx;
	if (!f->hesitates)
		answer("alice", f->password, ctx);
}


static void open_at(struct fixture *f, const char *root)
{
	const struct xcap_config config = {
		.root = root,
		.xui = "sip:alice@example.org",
		.verify = true,
		.tmrs = f->tmrs,
		.way = &f->http.way,
		.credentials = credentials_h,
		.arg = f,
	};
	char *why = NULL;

	f->x = mem_deref(f->x);
	assert_int_equal(xcap_alloc(&f->x, &config, &why), 0);
	assert_null(why);
}


static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct tmr_clock clock = {monotonic, wall, f};

	f->tmrs = tmrs_alloc(&clock);
	fakeway_init(&f->http);
	open_at(f, ROOT);
	*state = f;
	return 0;
}


static int teardown(void **state)
{
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < REQUESTS; i++)
		mem_deref(f->r[i]);
	mem_deref(f->x);
	mem_deref(f->tmrs);
	free(f);
	return 0;
}


static void copy(char *to, size_t size, const char *from)
{
	(void)snprintf(to, size, "%s", from ? from : "");
}


static void heard(const struct xcap_answer *a, void *arg)
{
	struct fixture *f = arg;

	f->calls++;
	f->result = a->result;
	f->status = a->status;
	copy(f->why, sizeof(f->why), a->why);
	copy(f->etag, sizeof(f->etag), a->etag);
	(void)snprintf(f->body, sizeof(f->body), "%.*s", PL_ARG(&a->body));
	if (f->free_request)
		f->r[0] = mem_deref(f->r[0]);
	if (f->free_xcap)
		f->x = mem_deref(f->x);
}


static void get(struct fixture *f, size_t i)
{
	f->r[i] = mem_deref(f->r[i]);
	assert_int_equal(xcap_get(&f->r[i], f->x, &rules, NULL, heard, f), 0);
}


static void answer(struct fixture *f, uint16_t status, const char *body)
{
	const struct http_answer a = {
		.status = status, .etag = "\"e\"", .body = pl_str(body)};

	fakeway_answer(&f->http, &a);
}


static void run_timers(struct fixture *f)
{
	f->now++;
	tmrs_update(f->tmrs);
	tmrs_run(f->tmrs);
}


/* Where what lies, and under which condition it is changed. */
static void places(void **state)
{
	static const struct xcap_where caps = {
		.auid = "xcap-caps", .global = true};
	static const struct xcap_where named = {
		.auid = "resource-lists", .document = "my list/\xc3\xa4"};
	static const struct pl body = PL("<a/>");
	static const struct pl none = PL_INIT;
	struct fixture *f = *state;

	get(f, 0);
	assert_string_equal(
		f->http.log, "GET " ROOT "/pres-rules" ALICE "index");
	assert_int_equal(
		xcap_get(&f->r[1], f->x, &rules, "\"1\"", heard, f), 0);
	assert_string_equal(f->http.log,
		"GET " ROOT "/pres-rules" ALICE "index none=\"1\"");
	f->r[1] = mem_deref(f->r[1]);
	assert_int_equal(xcap_get(&f->r[1], f->x, &caps, NULL, heard, f), 0);
	assert_string_equal(f->http.log, "GET " ROOT "/xcap-caps/global/index");
	f->r[1] = mem_deref(f->r[1]);
	assert_int_equal(xcap_put(&f->r[1], f->x, &named, "application/a+xml",
				 &body, NULL, heard, f),
		0);
	assert_string_equal(f->http.log,
		"PUT " ROOT "/resource-lists" ALICE "my%20list%2F%C3%A4 "
		"type=application/a+xml none=* body=<a/>");
	f->r[1] = mem_deref(f->r[1]);
	assert_int_equal(xcap_put(&f->r[1], f->x, &rules, "application/a+xml",
				 &none, "\"2\"", heard, f),
		0);
	assert_string_equal(f->http.log,
		"PUT " ROOT "/pres-rules" ALICE "index "
		"type=application/a+xml match=\"2\" body=");
	f->r[1] = mem_deref(f->r[1]);
	assert_int_equal(
		xcap_delete(&f->r[1], f->x, &rules, "\"3\"", heard, f), 0);
	assert_string_equal(f->http.log,
		"DELETE " ROOT "/pres-rules" ALICE "index match=\"3\"");
	assert_int_equal(
		xcap_delete(&f->r[2], f->x, &rules, NULL, heard, f), EINVAL);
	assert_null(f->r[2]);
}


/* RFC 4825 6.3, 6.4, 15.2. */
static void nodes(void **state)
{
	static const struct pl body = PL("<entry/>");
	struct fixture *f = *state;
	struct mbuf *mb = mbuf_alloc(1000);
	struct xcap_where where = {.auid = "a"};

	assert_int_equal(xcap_step(mb, "r:lists", NULL, NULL), 0);
	assert_int_equal(xcap_step(mb, "list", "name", "a/b \"c\" <&>"), 0);
	where.node = mbuf_strdup(mb);
	where.bindings = "xmlns(r=urn:ietf:params:xml:ns:x)xmlns(s=http://b/?)";
	assert_int_equal(xcap_put(&f->r[0], f->x, &where, NULL, &body, "\"1\"",
				 heard, f),
		0);
	assert_string_equal(f->http.log,
		"PUT " ROOT "/a" ALICE "index/~~/r:lists/list%5B@name=%22"
		"a%2Fb%20&quot;c&quot;%20&lt;&amp;%3E%22%5D"
		"?xmlns(r=urn:ietf:params:xml:ns:x)xmlns(s=http://b/?) "
		"type=application/xcap-el+xml match=\"1\" body=<entry/>");
	mem_deref((char *)(uintptr_t)where.node);
	assert_int_equal(xcap_step(mb, NULL, "name", NULL), 0);
	where.node = mbuf_strdup(mb);
	where.bindings = NULL;
	f->r[0] = mem_deref(f->r[0]);
	assert_int_equal(xcap_put(&f->r[0], f->x, &where, NULL, &body, "\"1\"",
				 heard, f),
		0);
	assert_non_null(strstr(f->http.log,
		"%5D/@name type="
		"application/xcap-att+xml "));
	mem_deref((char *)(uintptr_t)where.node);
	mem_deref(mb);
}


static void no_places(void **state)
{
	static const struct xcap_where bad[] = {
		{.auid = ""},
		{.auid = ".."},
		{.auid = "a", .document = ""},
		{.auid = "a", .document = "."},
		{.auid = "a", .document = ".."},
	};
	struct fixture *f = *state;
	struct xcap_where where = {.auid = "a"};
	char *long_name = calloc(1, 5000);
	size_t i;

	for (i = 0; i < UNIT_N(bad); i++)
		assert_int_equal(
			xcap_get(&f->r[0], f->x, &bad[i], NULL, heard, f),
			EINVAL);
	memset(long_name, 'x', 4999);
	where.document = long_name;
	assert_int_equal(
		xcap_get(&f->r[0], f->x, &where, NULL, heard, f), EINVAL);
	free(long_name);
	assert_null(f->r[0]);
	assert_int_equal(f->http.count, 0);
}


static void roots(void **state)
{
	static const char *const bad[] = {"", "xcap.example.org",
		"ftp://example.org/", "http://", "https:///x",
		"http://a@example.org/", "http://x/?a", "http://x/#a",
		"http://x/a b", "http://x/\xc3\xa4"};
	struct fixture *f = *state;
	struct xcap_config config = {.way = &f->http.way};
	struct xcap *x = NULL;
	size_t i;

	for (i = 0; i < UNIT_N(bad); i++) {
		char *why = NULL;

		config.root = bad[i];
		assert_int_equal(xcap_alloc(&x, &config, &why), EINVAL);
		assert_non_null(strstr(why, "xcap-root"));
		assert_null(x);
		mem_deref(why);
	}
	open_at(f, "http://[::1]:80//");
	get(f, 0);
	assert_non_null(strstr(f->http.log, "GET http://[::1]:80/pres-rules/"));
}


static void answers(void **state)
{
	static const struct {
		uint16_t status;
		enum xcap_result result;
		const char *why;
	} cases[] = {
		{200, XCAP_OK, ""},
		{201, XCAP_OK, ""},
		{304, XCAP_UNCHANGED, ""},
		{301, XCAP_REFUSED, "what is behind xcap-root has moved (301)"},
		{403, XCAP_REFUSED, "the XCAP server forbids it"},
		{405, XCAP_REFUSED, "the XCAP server refuses it (405)"},
		{404, XCAP_ABSENT, "the XCAP server does not have it"},
		{409, XCAP_CONFLICT, "the XCAP server refuses the change"},
		{412, XCAP_CHANGED, "it has been changed meanwhile"},
		{429, XCAP_LATER, "the XCAP server is in trouble (429)"},
		{500, XCAP_LATER, "the XCAP server is in trouble (500)"},
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < UNIT_N(cases); i++) {
		get(f, 0);
		assert_int_equal(f->calls, i);
		answer(f, cases[i].status, "body");
		assert_int_equal(f->calls, i + 1);
		assert_int_equal(f->result, cases[i].result);
		assert_int_equal(f->status, cases[i].status);
		assert_string_equal(f->why, cases[i].why);
		assert_string_equal(f->etag, "\"e\"");
		assert_string_equal(f->body, "body");
	}
}


static void failures(void **state)
{
	static const struct {
		int err;
		enum xcap_result result;
	} cases[] = {
		{EACCES, XCAP_REFUSED},
		{EMSGSIZE, XCAP_REFUSED},
		{ENOENT, XCAP_REFUSED},
		{ETIMEDOUT, XCAP_LATER},
		{ECONNREFUSED, XCAP_LATER},
		{EPIPE, XCAP_LATER},
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < UNIT_N(cases); i++) {
		const struct http_answer a = {
			.err = cases[i].err, .why = "it is so"};

		get(f, 0);
		fakeway_answer(&f->http, &a);
		assert_int_equal(f->result, cases[i].result);
		assert_string_equal(f->why, "XCAP: it is so");
	}
	f->r[0] = mem_deref(f->r[0]);
	f->http.err = EMSGSIZE;
	assert_int_equal(
		xcap_get(&f->r[0], f->x, &rules, NULL, heard, f), EMSGSIZE);
	assert_null(f->r[0]);
}


/* Nothing is asked and nothing sent until the server wants it. */
static void credentials(void **state)
{
	struct fixture *f = *state;

	f->password = "secret";
	get(f, 0);
	assert_int_equal(f->questions, 0);
	answer(f, 401, "");
	assert_int_equal(f->questions, 1);
	assert_int_equal(f->calls, 0);
	assert_string_equal(f->http.log,
		"GET " ROOT "/pres-rules" ALICE "index user=alice:secret");
	answer(f, 200, "<a/>");
	assert_int_equal(f->result, XCAP_OK);
	/* at once from now on */
	get(f, 0);
	assert_int_equal(f->questions, 2);
	assert_non_null(strstr(f->http.log, "user=alice:secret"));
	answer(f, 401, "");
	assert_int_equal(f->calls, 2);
	assert_int_equal(f->result, XCAP_REFUSED);
	assert_string_equal(f->why, "the XCAP server refuses the password");
	assert_int_equal(f->questions, 2);
}


static void no_password(void **state)
{
	struct fixture *f = *state;

	get(f, 0);
	answer(f, 401, "");
	assert_int_equal(f->calls, 0);
	run_timers(f);
	assert_int_equal(f->calls, 1);
	assert_int_equal(f->result, XCAP_REFUSED);
	assert_string_equal(f->why,
		"the XCAP server asks for a password, and "
		"there is none");
	/* not from within the call, either */
	get(f, 0);
	assert_int_equal(f->calls, 1);
	run_timers(f);
	assert_int_equal(f->calls, 2);
	assert_int_equal(f->http.count, 1);
}


/* Several wait for one answer, some go away meanwhile. */
static void late_credentials(void **state)
{
	struct fixture *f = *state;
	size_t i;

	f->hesitates = true;
	for (i = 0; i < REQUESTS; i++)
		get(f, i);
	for (i = 0; i < REQUESTS; i++)
		answer(f, 401, "");
	assert_int_equal(f->questions, 1);
	f->r[1] = mem_deref(f->r[1]);
	f->answer("alice", "secret", f->ctx);
	assert_int_equal(f->http.requests.count, 2);
	answer(f, 200, "");
	answer(f, 200, "");
	assert_int_equal(f->calls, 2);
}


/* The question was forgotten by who should have answered. */
static void forgotten_question(void **state)
{
	struct fixture *f = *state;

	f->hesitates = true;
	get(f, 0);
	answer(f, 401, "");
	assert_int_equal(f->questions, 1);
	f->hesitates = false;
	f->password = "secret";
	xcap_online(f->x);
	assert_int_equal(f->questions, 2);
	assert_int_equal(f->http.requests.count, 1);
	xcap_online(f->x);
	assert_int_equal(f->questions, 2);
	/* The first one after all: nobody waits for it. */
	f->answer("alice", "other", f->ctx);
	assert_int_equal(f->http.requests.count, 1);
}


static void freed(void **state)
{
	struct fixture *f = *state;

	/* in the handler */
	f->free_xcap = f->free_request = true;
	get(f, 0);
	answer(f, 200, "");
	assert_null(f->x);
	assert_int_equal(f->calls, 1);
	/* while unanswered: nothing goes on */
	f->free_xcap = f->free_request = false;
	open_at(f, ROOT);
	get(f, 0);
	get(f, 1);
	f->r[0] = mem_deref(f->r[0]);
	assert_int_equal(f->http.requests.count, 1);
	f->x = mem_deref(f->x);
	assert_int_equal(f->http.requests.count, 0);
	/* while told that there is no password */
	open_at(f, ROOT);
	f->free_xcap = f->free_request = true;
	get(f, 0);
	answer(f, 401, "");
	run_timers(f);
	assert_null(f->x);
	assert_int_equal(f->calls, 2);
}


#define WITH(test_) cmocka_unit_test_setup_teardown(test_, setup, teardown)

int test_xcap(void)
{
	const struct CMUnitTest tests[] = {
		WITH(places),
		WITH(nodes),
		WITH(no_places),
		WITH(roots),
		WITH(answers),
		WITH(failures),
		WITH(credentials),
		WITH(no_password),
		WITH(late_credentials),
		WITH(forgotten_question),
		WITH(freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
