/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_presence.c - own presence: what watchers and the server get. */
#include "date.h"
#include "people.h"


int test_simple_presence(void);


static void test_visibility(void **state)
{
	static const struct {
		enum endpoint_visibility visibility;
		const char *seen;
	} rows[] = {
		{ENDPOINT_INVISIBLE, "bob=offline "},
		{ENDPOINT_VISIBLE, "bob=online "},
		{ENDPOINT_HIDDEN, "bob=offline "},
		{ENDPOINT_VISIBLE, "bob=online "},
	};
	struct two *t = two_open();
	size_t i;

	(void)state;
	endpoint_watch(t->a.e, t->b.aor);
	two_run(t, 100);
	for (i = 0; i < UNIT_N(rows); i++) {
		t->a.log[0] = '\0';
		person_publish(&t->b, rows[i].visibility);
		two_run(t, 6000);
		assert_log(&t->a, rows[i].seen);
	}
	two_close(t);
}


static void test_activity(void **state)
{
	struct two *t = two_open();
	struct pl note = pl_str("at lunch");
	struct presence *p =
		presence_alloc(PRESENCE_ONLINE, PRESENCE_AWAY, &note, NULL);

	(void)state;
	/* Before anybody watches, and kept over a new sign-in. */
	endpoint_publish(t->b.e, p, ENDPOINT_VISIBLE, false);
	mem_deref(p);
	endpoint_sign_out(t->b.e, 2000, NULL, NULL);
	two_run(t, 100);
	endpoint_sign_in(t->b.e);
	two_run(t, 100);
	endpoint_watch(t->a.e, t->b.aor);
	two_run(t, 100);
	assert_non_null(strstr(t->a.log, "bob=online/away[at lunch] "));
	two_close(t);
}


/* ---- with a server ---- */

static void ok_h(struct server *s, const struct msg *req, void *arg)
{
	const char *method = arg;
	char *contact = header(req, "Contact");
	char *headers;

	if (method && pl_streq(&req->method_text, method)) {
		server_reply(s, req, 489, "s", NULL, NULL);
	} else if (req->method == MSG_REGISTER) {
		headers = mem_printf("Contact: %s;expires=3600\r\n", contact);
		server_reply(s, req, 200, "s", headers, NULL);
		mem_deref(headers);
	} else {
		server_reply(s, req, 200, "s",
			"SIP-ETag: one\r\nExpires: 3600\r\n", NULL);
	}
	mem_deref(contact);
}


static struct world *register_at(
	struct person *p, struct server *s, const char *refused)
{
	struct world *w = mem_zalloc(sizeof(*w), NULL);

	world_open(w, 1);
	server_open(s, w, "192.0.2.9", ok_h, (void *)(uintptr_t)refused);
	person_open(p, w, "alice", "192.0.2.1");
	p->config.proxy = "sip:192.0.2.9";
	p->config.listen = NULL;
	p->config.do_register = p->config.publish = true;
	person_start(p);
	world_run(w, 1000);
	assert_non_null(strstr(p->log, "online "));
	return w;
}


static void release(struct world *w, struct person *p, struct server *s)
{
	person_close(p);
	server_close(s);
	world_run(w, 40 * 1000);
	world_close(w);
	mem_deref(w);
}


static bool published(const struct server *s, const char *text)
{
	struct pl needle = pl_str(text);

	return pl_find(&server_last(s, "PUBLISH")->body, &needle);
}


/* PU1, PU4: removed, then published anew; never two at a time. */
static void test_publishing(void **state)
{
	struct server s;
	struct person p;
	struct world *w = register_at(&p, &s, NULL);

	(void)state;
	assert_int_equal(server_count(&s, "PUBLISH"), 1);
	assert_true(published(&s, ">open<"));
	person_publish(&p, ENDPOINT_INVISIBLE);
	world_run(w, 1000);
	assert_header(server_last(&s, "PUBLISH"), "SIP-If-Match", "one");
	assert_true(published(&s, ">closed<"));
	person_publish(&p, ENDPOINT_HIDDEN);
	person_publish(&p, ENDPOINT_VISIBLE);
	world_run(w, 1000);
	assert_int_equal(server_count(&s, "PUBLISH"), 4);
	assert_header(server_last(&s, "PUBLISH"), "SIP-If-Match", "");
	person_publish(&p, ENDPOINT_HIDDEN);
	world_run(w, 1000);
	assert_header(server_last(&s, "PUBLISH"), "Expires", "0");
	endpoint_sign_out(p.e, 2000, person_done_h, &p);
	world_run(w, 3000);
	assert_int_equal(server_count(&s, "PUBLISH"), 5);
	assert_non_null(strstr(p.log, "done "));
	assert_header(server_last(&s, "REGISTER"), "Expires", "0");
	release(w, &p, &s);
}


/* PU3: who takes none gets no more, and the rest goes on. */
static void test_publishing_off(void **state)
{
	struct server s;
	struct person p;
	struct world *w = register_at(&p, &s, "PUBLISH");

	(void)state;
	person_publish(&p, ENDPOINT_INVISIBLE);
	world_run(w, 100 * 1000);
	assert_int_equal(server_count(&s, "PUBLISH"), 1);
	endpoint_sign_out(p.e, 2000, person_done_h, &p);
	world_run(w, 3000);
	assert_non_null(strstr(p.log, "done "));
	release(w, &p, &s);
}


static char *stamp(int64_t ms)
{
	char date[DATE_SIZE];

	date_rfc3339(date, ms);
	return mem_printf("<timestamp>%s<", date);
}


/* RFC 4480 3.14: since when no key was pressed, until one is. What stands there
 * dates from when it came to be, not from when it is written again. */
static void test_idle(void **state)
{
	struct presence *away =
		presence_alloc(PRESENCE_ONLINE, PRESENCE_AWAY, NULL, NULL);
	struct presence *idle = presence_idle(away, INT64_C(1768478400123));
	struct server s;
	struct person p;
	struct world *w = register_at(&p, &s, NULL);
	int64_t then;
	char *text;

	(void)state;
	endpoint_publish(p.e, idle, ENDPOINT_VISIBLE, 600);
	world_run(w, 1000);
	assert_true(published(&s,
		"<rpid:user-input idle-threshold=\"600\" "
		"last-input=\"2026-01-15T12:00:00.123Z\">idle<"));
	/* Without a word since when. */
	endpoint_publish(p.e, away, ENDPOINT_VISIBLE, 600);
	world_run(w, 1000);
	assert_true(published(
		&s, "<rpid:user-input idle-threshold=\"600\">idle<"));
	/* Said by the user. */
	then = tmrs_wall(memnet_tmrs(w->mn));
	endpoint_publish(p.e, away, ENDPOINT_VISIBLE, 0);
	world_run(w, 1000);
	assert_true(published(&s, "<rpid:away/>"));
	assert_false(published(&s, "user-input"));
	text = stamp(then);
	assert_true(published(&s, text));
	mem_deref(text);
	/* Invisible, nobody is idle. */
	endpoint_publish(p.e, idle, ENDPOINT_INVISIBLE, 600);
	world_run(w, 1000);
	assert_false(published(&s, "user-input"));
	/* A sign-in is something that the user does. */
	endpoint_publish(p.e, away, ENDPOINT_VISIBLE, 0);
	endpoint_sign_out(p.e, 2000, person_done_h, &p);
	world_run(w, 3600 * 1000);
	then = tmrs_wall(memnet_tmrs(w->mn));
	endpoint_sign_in(p.e);
	world_run(w, 1000);
	text = stamp(then);
	assert_true(published(&s, text));
	mem_deref(text);
	mem_deref(idle);
	mem_deref(away);
	release(w, &p, &s);
}


int test_simple_presence(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_visibility),
		cmocka_unit_test(test_activity),
		cmocka_unit_test(test_publishing),
		cmocka_unit_test(test_publishing_off),
		cmocka_unit_test(test_idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
