/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xcap_edit.c - changes of a document that others change too. */
#include <errno.h>
#include <stdlib.h>
#include "fakeway.h"
#include "unit.h"
#include "xcap.h"

int test_xcap_edit(void);


#define URL "http://x/a/users/sip:alice@example.org/index"

struct fixture {
	struct fakeway http;
	struct tmrs *tmrs;
	struct xcap *x;
	struct xcap_edit *edit;
	int err; /* what change() says */
	bool same; /* ... nothing to do */
	bool free_in_change, free_in_done;
	unsigned changes, calls;
	char seen[100]; /* what was to be changed; "-" for none */
	enum xcap_result result;
	char why[200], body[100], etag[50];
};

static const struct xcap_where where = {.auid = "a"};


static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct xcap_config config = {
		.root = "http://x", .xui = "sip:alice@example.org"};
	char *why = NULL;

	f->tmrs = tmrs_alloc(NULL);
	fakeway_init(&f->http);
	config.way = &f->http.way;
	config.tmrs = f->tmrs;
	config.verify = true;
	assert_int_equal(xcap_alloc(&f->x, &config, &why), 0);
	*state = f;
	return 0;
}


static int teardown(void **state)
{
	struct fixture *f = *state;

	mem_deref(f->edit);
	mem_deref(f->x);
	mem_deref(f->tmrs);
	free(f);
	return 0;
}


/* Adds a "+". */
static int change_h(struct mbuf **fresh, const struct pl *body, void *arg)
{
	struct fixture *f = arg;

	f->changes++;
	(void)snprintf(
		f->seen, sizeof(f->seen), body->p ? "%.*s" : "-", PL_ARG(body));
	if (f->free_in_change)
		f->edit = mem_deref(f->edit);
	if (f->err || f->same)
		return f->err;
	*fresh = mbuf_alloc(100);
	return mbuf_printf(*fresh, "%.*s+", PL_ARG(body));
}


static void done_h(const struct xcap_answer *a, void *arg)
{
	struct fixture *f = arg;

	f->calls++;
	f->result = a->result;
	(void)snprintf(f->why, sizeof(f->why), "%s", a->why ? a->why : "");
	(void)snprintf(f->etag, sizeof(f->etag), "%s", a->etag ? a->etag : "");
	(void)snprintf(f->body, sizeof(f->body), "%.*s", PL_ARG(&a->body));
	if (f->free_in_done)
		f->edit = mem_deref(f->edit);
}


static void start(struct fixture *f)
{
	f->edit = mem_deref(f->edit);
	f->calls = f->changes = 0;
	assert_int_equal(xcap_edit(&f->edit, f->x, &where, "text/a", change_h,
				 done_h, f),
		0);
	assert_string_equal(f->http.log, "GET " URL);
}


static void answer(
	struct fixture *f, uint16_t status, const char *etag, const char *body)
{
	const struct http_answer a = {
		.status = status, .etag = etag, .body = pl_str(body)};

	fakeway_answer(&f->http, &a);
}


static void changed(void **state)
{
	struct fixture *f = *state;

	start(f);
	answer(f, 200, "\"1\"", "old");
	assert_string_equal(f->seen, "old");
	assert_string_equal(
		f->http.log, "PUT " URL " type=text/a match=\"1\" body=old+");
	assert_int_equal(f->calls, 0);
	answer(f, 200, "\"2\"", NULL);
	assert_int_equal(f->calls, 1);
	assert_int_equal(f->result, XCAP_OK);
	assert_string_equal(f->body, "old+");
	assert_string_equal(f->etag, "\"2\"");
}


static void made(void **state)
{
	struct fixture *f = *state;

	start(f);
	answer(f, 404, NULL, "not found");
	assert_string_equal(f->seen, "-");
	assert_string_equal(
		f->http.log, "PUT " URL " type=text/a none=* body=+");
	answer(f, 201, "\"1\"", NULL);
	assert_int_equal(f->result, XCAP_OK);
	assert_string_equal(f->body, "+");
	/* one that is empty is there all the same */
	start(f);
	answer(f, 200, "\"1\"", NULL);
	assert_string_equal(f->seen, "");
	assert_non_null(strstr(f->http.log, " match=\"1\""));
}


static void nothing_to_do(void **state)
{
	struct fixture *f = *state;

	f->same = true;
	start(f);
	answer(f, 200, "\"1\"", "old");
	assert_int_equal(f->result, XCAP_UNCHANGED);
	assert_string_equal(f->body, "old");
	assert_string_equal(f->etag, "\"1\"");
	assert_string_equal(f->why, "");
	start(f);
	answer(f, 404, NULL, "not found");
	assert_int_equal(f->result, XCAP_UNCHANGED);
	assert_string_equal(f->body, "");
	assert_string_equal(f->why, "");
	assert_int_equal(f->http.count, 2);
}


/* Another device was faster: its change stays, ours is made upon it. */
static void faster(void **state)
{
	struct fixture *f = *state;
	unsigned i;

	start(f);
	answer(f, 200, "\"1\"", "old");
	answer(f, 412, NULL, NULL);
	assert_string_equal(f->http.log, "GET " URL);
	answer(f, 200, "\"2\"", "theirs");
	assert_string_equal(f->http.log,
		"PUT " URL " type=text/a match=\"2\" body=theirs+");
	answer(f, 200, "\"3\"", NULL);
	assert_int_equal(f->calls, 1);
	assert_int_equal(f->result, XCAP_OK);
	assert_string_equal(f->body, "theirs+");
	/* ... for ever */
	start(f);
	for (i = 0; i < 5; i++) {
		answer(f, 200, "\"1\"", "old");
		assert_int_equal(f->calls, 0);
		answer(f, 412, NULL, NULL);
	}
	assert_int_equal(f->changes, 5);
	assert_int_equal(f->calls, 1);
	assert_int_equal(f->result, XCAP_CHANGED);
	assert_true(list_isempty(&f->http.requests));
}


static void refused(void **state)
{
	struct fixture *f = *state;

	start(f);
	answer(f, 500, NULL, NULL);
	assert_int_equal(f->result, XCAP_LATER);
	assert_int_equal(f->changes, 0);
	start(f);
	answer(f, 200, "\"1\"", "old");
	answer(f, 409, NULL, NULL);
	assert_int_equal(f->result, XCAP_CONFLICT);
	assert_string_equal(f->body, "");
	start(f);
	answer(f, 200, NULL, "old");
	assert_int_equal(f->result, XCAP_REFUSED);
	assert_non_null(strstr(f->why, "which version"));
	start(f);
	f->err = EBADMSG;
	answer(f, 200, "\"1\"", "old");
	assert_int_equal(f->result, XCAP_REFUSED);
	assert_non_null(strstr(f->why, "not understood"));
	f->err = 0;
	start(f);
	f->http.err = EMSGSIZE;
	answer(f, 200, "\"1\"", "old");
	assert_int_equal(f->result, XCAP_REFUSED);
	assert_non_null(strstr(f->why, "cannot be sent"));
	assert_int_equal(f->calls, 1);
}


static void no_node(void **state)
{
	const struct xcap_where node = {.auid = "a", .node = "b"};
	struct fixture *f = *state;

	assert_int_equal(
		xcap_edit(&f->edit, f->x, &node, "text/a", change_h, done_h, f),
		EINVAL);
	f->http.err = EMSGSIZE;
	assert_int_equal(xcap_edit(&f->edit, f->x, &where, "text/a", change_h,
				 done_h, f),
		EMSGSIZE);
	assert_null(f->edit);
}


static void freed(void **state)
{
	struct fixture *f = *state;

	f->free_in_done = true;
	start(f);
	answer(f, 403, NULL, NULL);
	assert_null(f->edit);
	start(f);
	f->edit = mem_deref(f->edit);
	assert_true(list_isempty(&f->http.requests));
	/* What it would have written is not. */
	f->free_in_change = true;
	start(f);
	answer(f, 200, "\"1\"", "old");
	assert_int_equal(f->calls, 0);
	assert_true(list_isempty(&f->http.requests));
	/* The server's way goes first. */
	start(f);
	f->x = mem_deref(f->x);
	assert_true(list_isempty(&f->http.requests));
	assert_int_equal(f->calls, 0);
}


#define WITH(test_) cmocka_unit_test_setup_teardown(test_, setup, teardown)

int test_xcap_edit(void)
{
	const struct CMUnitTest tests[] = {
		WITH(changed),
		WITH(made),
		WITH(nothing_to_do),
		WITH(faster),
		WITH(refused),
		WITH(no_node),
		WITH(freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
