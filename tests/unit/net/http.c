/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include "http.h"
#include "http_wire.h"
#include "net_test.h"

int test_http(void);


enum {
	REQUESTS = 4,
};

struct fixture {
	struct net_test t;
	struct http *http;
	struct http_request *r[REQUESTS];
	unsigned calls, stop_at;
	int err;
	uint16_t status;
	char why[300], body[500], etag[50], type[50];
	size_t body_len;
	bool free_http, free_request;
};


static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	net_test_init(&f->t);
	assert_int_equal(http_alloc(&f->http, f->t.loop, "./fakehttp"), 0);
	f->stop_at = 1;
	*state = f;
	return 0;
}


static int teardown(void **state)
{
	struct fixture *f = *state;
	size_t i;

	mem_deref(f->http);
	for (i = 0; i < REQUESTS; i++)
		mem_deref(f->r[i]);
	net_test_close(&f->t);
	free(f);
	return 0;
}


static void copy(char *to, size_t size, const char *from)
{
	size_t n = from ? strnlen(from, size - 1) : 0;

	memcpy(to, from ? from : "", n);
	to[n] = '\0';
}


static void answer_handler(const struct http_answer *a, void *arg)
{
	struct fixture *f = arg;

	f->err = a->err;
	f->status = a->status;
	copy(f->why, sizeof(f->why), a->why);
	copy(f->etag, sizeof(f->etag), a->etag);
	copy(f->type, sizeof(f->type), a->content_type);
	(void)snprintf(f->body, sizeof(f->body), "%.*s", PL_ARG(&a->body));
	f->body_len = a->body.l;
	if (f->free_request)
		f->r[0] = mem_deref(f->r[0]);
	if (f->free_http)
		f->http = mem_deref(f->http);
	if (++f->calls == f->stop_at)
		loop_stop(f->t.loop, 0);
}


static void ask(struct fixture *f, size_t i, const char *url)
{
	const struct http_ask a = {.method = "GET", .url = url};

	f->r[i] = mem_deref(f->r[i]);
	assert_int_equal(
		http_request(&f->r[i], f->http, &a, answer_handler, f), 0);
}


static void get(struct fixture *f, const char *url)
{
	f->calls = 0;
	ask(f, 0, url);
	assert_int_equal(f->calls, 0);
	net_test_run(&f->t);
	assert_int_equal(f->calls, 1);
}


/* Everything reaches the helper, and its answer us. */
static void whole(void **state)
{
	const struct http_ask a = {.method = "PUT",
		.url = "https://example.org/echo",
		.content_type = "application/xml",
		.if_match = "\"a b\"",
		.if_none_match = "*",
		.user = "alice",
		.password = "p\xc3\xa4ss",
		.ca_file = "/ca.pem",
		.tls_name = "x.example",
		.tls_pin = "AAAA",
		.verify = true,
		.timeout = 2000,
		.body = PL("<a/>")};
	struct fixture *f = *state;

	assert_int_equal(
		http_request(&f->r[0], f->http, &a, answer_handler, f), 0);
	net_test_run(&f->t);
	assert_int_equal(f->err, 0);
	assert_int_equal(f->status, 201);
	assert_string_equal(f->etag, "\"tag\"");
	assert_string_equal(f->type, "text/plain");
	assert_string_equal(f->body,
		"0=PUT\n1=https://example.org/echo\n2=\"a b\"\n3=*\n4=alice\n"
		"5=p\xc3\xa4ss\n6=/ca.pem\n7=\n8=2000\n13=application/xml\n"
		"14=x.example\n15=AAAA\n16=<a/>\n");
}


/* What is not said is not sent; the time is bounded all the same. */
static void bare(void **state)
{
	struct fixture *f = *state;

	get(f, "http://example.org/echo");
	assert_string_equal(
		f->body, "0=GET\n1=http://example.org/echo\n8=30000\n");
}


/* A text that would begin another line of the request is refused. */
static void bad_texts(void **state)
{
	static const struct http_ask bad[] = {
		{.url = "http://example.org/"},
		{.method = "GET"},
		{.method = "GET X", .url = "http://example.org/"},
		{.method = "GET", .url = "http://example.org/ HTTP/1.1"},
		{.method = "GET", .url = "http://example.org/\xc3\xa4"},
		{.method = "GET", .url = "http://a/", .if_match = "\"\r\nA: b"},
		{.method = "GET", .url = "http://a/", .if_none_match = "\n"},
		{.method = "GET", .url = "http://a/", .content_type = "\t"},
	};
	struct http_ask long_one = {.method = "GET", .url = "http://a/"};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < UNIT_N(bad); i++)
		assert_int_equal(http_request(&f->r[0], f->http, &bad[i],
					 answer_handler, f),
			EINVAL);
	long_one.body = pl_make("", HTTP_BODY_MAX + 1);
	assert_int_equal(
		http_request(&f->r[0], f->http, &long_one, answer_handler, f),
		EMSGSIZE);
	assert_null(f->r[0]);
}


static void big(void **state)
{
	struct fixture *f = *state;
	size_t len = 5 << 20;
	char *body = malloc(len);
	struct http_ask a = {.method = "PUT", .url = "http://a/echo"};

	memset(body, 'x', len);
	a.body = pl_make(body, len);
	assert_int_equal(
		http_request(&f->r[0], f->http, &a, answer_handler, f), 0);
	free(body);
	net_test_run(&f->t);
	assert_int_equal(f->err, 0);
	assert_true(f->body_len > len);
}


static void in_turn(void **state)
{
	struct fixture *f = *state;

	f->stop_at = 3;
	ask(f, 0, "http://a/error");
	ask(f, 1, "http://a/pid");
	ask(f, 2, "http://a/1/echo");
	net_test_run(&f->t);
	assert_string_equal(f->body, "0=GET\n1=http://a/1/echo\n8=30000\n");
	assert_int_equal(f->calls, 3);
}


static void errors(void **state)
{
	struct fixture *f = *state;

	get(f, "http://a/error");
	assert_int_equal(f->err, ECONNREFUSED);
	assert_string_equal(f->why, "nobody is there");
	get(f, "http://a/nothing");
	assert_int_equal(f->err, EPROTO);
	assert_string_equal(f->why, "no answer came");
}


/* The same helper serves one after the other; another comes for one that
 * went wrong. */
static void restarted(void **state)
{
	static const struct {
		const char *url;
		int err;
		const char *why;
	} ends[] = {
		{"http://a/die", EPIPE,
			"the HTTP helper ./fakehttp ended by itself (3)"},
		{"http://a/garbage", EPROTO, "the HTTP helper speaks nonsense"},
	};
	struct fixture *f = *state;
	char pid[50];
	size_t i;

	get(f, "http://a/pid");
	for (i = 0; i < UNIT_N(ends); i++) {
		copy(pid, sizeof(pid), f->body);
		get(f, "http://a/pid");
		assert_string_equal(f->body, pid);
		get(f, ends[i].url);
		assert_int_equal(f->err, ends[i].err);
		assert_string_equal(f->why, ends[i].why);
		get(f, "http://a/pid");
		assert_int_equal(f->err, 0);
		assert_string_not_equal(f->body, pid);
	}
}


/* What nobody has asked for is no answer to the next one. */
static void unasked(void **state)
{
	struct fixture *f = *state;

	get(f, "http://a/twice");
	net_test_pause(&f->t, 50);
	get(f, "http://a/pid");
	assert_true(f->err || atoi(f->body) > 0);
	get(f, "http://a/pid");
	assert_true(atoi(f->body) > 0);
}


/* It ends when it has nothing to do, and another comes. */
static void idle(void **state)
{
	struct fixture *f = *state;
	char pid[50];

	get(f, "http://a/pid");
	copy(pid, sizeof(pid), f->body);
	/* A minute, unless told otherwise. */
	assert_in_range(tmrs_next(loop_tmrs(f->t.loop)), 59 * 1000, 60 * 1000);
	http_set_idle(f->http, 40);
	get(f, "http://a/pid");
	assert_string_equal(f->body, pid);
	net_test_pause(&f->t, 500);
	assert_int_not_equal(kill(atoi(pid), 0), 0);
	get(f, "http://a/pid");
	assert_int_equal(f->err, 0);
	assert_string_not_equal(f->body, pid);
}


static void missing(void **state)
{
	struct fixture *f = *state;
	unsigned i;

	mem_deref(f->http);
	assert_int_equal(http_alloc(&f->http, f->t.loop, "/no/helper"), 0);
	for (i = 0; i < 2; i++) {
		get(f, "http://a/pid");
		assert_int_equal(f->err, ENOENT);
		assert_string_equal(f->why,
			"cannot run the HTTP helper /no/helper: "
			"No such file or directory");
	}
}


static void late(void **state)
{
	const struct http_ask a = {
		.method = "GET", .url = "http://a/silent", .timeout = 40};
	struct fixture *f = *state;

	assert_int_equal(
		http_request(&f->r[0], f->http, &a, answer_handler, f), 0);
	net_test_run(&f->t);
	assert_int_equal(f->err, ETIMEDOUT);
	assert_string_equal(f->why, "the HTTP helper does not answer");
	get(f, "http://a/pid");
	assert_int_equal(f->err, 0);
}


/* Before it goes, after it went, and then others are served. */
static void cancelled(void **state)
{
	struct fixture *f = *state;

	ask(f, 0, "http://a/echo");
	f->r[0] = mem_deref(f->r[0]);
	net_test_pause(&f->t, 20);
	assert_int_equal(f->calls, 0);
	ask(f, 0, "http://a/error");
	ask(f, 1, "http://a/echo");
	ask(f, 2, "http://a/pid");
	f->r[1] = mem_deref(f->r[1]);
	net_test_pause(&f->t, 0);
	f->r[0] = mem_deref(f->r[0]);
	net_test_run(&f->t);
	assert_int_equal(f->calls, 1);
	assert_int_equal(f->err, 0);
	assert_true(atoi(f->body) > 0);
}


static void freed_inside(void **state)
{
	struct fixture *f = *state;

	f->free_request = f->free_http = true;
	get(f, "http://a/error");
	assert_null(f->http);
	/* ... and where the helper has ended */
	assert_int_equal(http_alloc(&f->http, f->t.loop, "./fakehttp"), 0);
	get(f, "http://a/die");
	assert_null(f->http);
	assert_int_equal(http_alloc(&f->http, f->t.loop, "/no/helper"), 0);
	get(f, "http://a/die");
	assert_null(f->http);
	net_test_pause(&f->t, 20);
}


/* Nobody is called when all is taken down. */
static void freed_flying(void **state)
{
	struct fixture *f = *state;

	ask(f, 0, "http://a/silent");
	ask(f, 1, "http://a/pid");
	net_test_pause(&f->t, 20);
	f->http = mem_deref(f->http);
	net_test_pause(&f->t, 20);
	assert_int_equal(f->calls, 0);
}


static void by_variable(void **state)
{
	struct fixture *f = *state;

	mem_deref(f->http);
	setenv("SOTTO_HTTP", "/named/by/variable", 1);
	assert_int_equal(http_alloc(&f->http, f->t.loop, NULL), 0);
	unsetenv("SOTTO_HTTP");
	get(f, "http://a/pid");
	assert_int_equal(f->err, ENOENT);
	assert_non_null(strstr(f->why, "/named/by/variable"));
}


#define WITH(test_) cmocka_unit_test_setup_teardown(test_, setup, teardown)

int test_http(void)
{
	const struct CMUnitTest tests[] = {
		WITH(whole),
		WITH(bare),
		WITH(bad_texts),
		WITH(big),
		WITH(in_turn),
		WITH(errors),
		WITH(restarted),
		WITH(unasked),
		WITH(idle),
		WITH(missing),
		WITH(late),
		WITH(cancelled),
		WITH(freed_inside),
		WITH(freed_flying),
		WITH(by_variable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
