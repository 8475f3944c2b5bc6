/* SPDX-License-Identifier: GPL-3.0-or-later */
/* way.c - requests to a URI other than the AOR. */
#include "people.h"


int test_way(void);


static const char kim[] = "sip:kim@192.0.2.9";
static const char kim_tcp[] = "sip:kim@192.0.2.9;transport=tcp";


static void answer_h(struct server *s, const struct msg *req, void *arg)
{
	bool *stream = arg;

	*stream = s->stream;
	if (pl_streq(&req->method_text, "SUBSCRIBE"))
		server_reply(s, req, 403, "k", NULL, NULL);
	else
		server_reply(s, req, 200, "k", NULL, NULL);
}


static void assert_went(
	struct server *s, const char *method, const char *uri, bool stream)
{
	const struct msg *req = server_last(s, method);

	assert_non_null(req);
	assert_true(pl_streq(&req->uri_text, uri));
	assert_true(pl_streq(&req->to.uri.all, kim));
	assert_int_equal(s->stream, stream);
	server_forget(s);
}


/* Texts, questions, watching: by the way that was said, until it is not. */
static void test_goes_there(void **state)
{
	struct two *t = two_make();
	struct server s;
	bool stream = false;

	(void)state;
	server_open(&s, &t->w, "192.0.2.9", answer_h, &stream);
	person_start(&t->a);
	two_run(t, 10);
	endpoint_send(t->a.e, kim, "hi", 1);
	two_run(t, 1000);
	assert_went(&s, "MESSAGE", kim, false);

	endpoint_way_set(t->a.e, kim, kim_tcp);
	two_run(t, 1000);
	assert_int_equal(server_count(&s, "SUBSCRIBE"), 0);
	endpoint_send(t->a.e, kim, "hi", 2);
	two_run(t, 1000);
	assert_went(&s, "MESSAGE", kim_tcp, true);
	endpoint_chat_open(t->a.e, kim);
	two_run(t, 1000);
	assert_went(&s, "OPTIONS", kim_tcp, true);
	endpoint_fetch(t->a.e, kim);
	two_run(t, 1000);
	assert_went(&s, "SUBSCRIBE", kim_tcp, true);

	endpoint_watch(t->a.e, kim);
	two_run(t, 1000);
	assert_went(&s, "SUBSCRIBE", kim_tcp, true);
	endpoint_way_set(t->a.e, kim, kim_tcp);
	two_run(t, 1000);
	assert_int_equal(server_count(&s, "SUBSCRIBE"), 0);
	endpoint_way_set(t->a.e, kim, NULL);
	two_run(t, 1000);
	assert_went(&s, "SUBSCRIBE", kim, false);
	server_close(&s);
	two_close(t);
}


int test_way(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goes_there),
	};

	return cmocka_run_group_tests_name("way", tests, NULL, NULL);
}
