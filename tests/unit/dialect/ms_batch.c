/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms_batch.c - who is asked for together, where, and how often. */
#include "ms_world.h"

int test_ms_batch(void);

#define BOB "sip:bob@example.org"
#define KIM "sip:kim@example.org"
#define FAR "sip:bob@far.example.com" /* a bob of another domain */

#define LIST(full_, inside_)                                             \
	"<list xmlns=\"urn:ietf:params:xml:ns:rlmi\" "                   \
	"uri=\"sip:alice@example.org\" version=\"1\" fullState=\"" full_ \
	"\">" inside_ "</list>"
#define RESOURCE(uri_, rest_) \
	"<resource uri=\"" uri_ "\"><instance id=\"0\" " rest_ "/></resource>"
#define STATE(uri_, number_)                                     \
	"<categories uri=\"" uri_ "\"><category name=\"state\" " \
	"instance=\"1\"><state><availability>" number_           \
	"</availability></state></category></categories>"

static const char kept[] =
	"<contactList deltaNum=\"1\"><group id=\"1\" name=\"~\"/>"
	"<contact uri=\"bob@example.org\" name=\"\" groups=\"1\" "
	"subscribed=\"true\"/>"
	"<contact uri=\"kim@example.org\" name=\"\" groups=\"1\" "
	"subscribed=\"true\"/></contactList>";


static struct ms_world *open_world(void)
{
	struct ms_world *m = ms_world_make();

	m->contacts = kept;
	return m;
}


static size_t asked(const struct ms_world *m, const char *text)
{
	return ms_said_count(m, "SUBSCRIBE", text);
}


/* SUBSCRIBEs to URI. */
static size_t asked_at(const struct ms_world *m, const char *uri)
{
	size_t i, n = 0;

	for (i = 0; i < m->s.n; i++) {
		const struct msg *msg = m->s.msgs[i];

		n += msg->request && msg->method == MSG_SUBSCRIBE &&
			pl_streq(&msg->to.uri_text, uri);
	}
	return n;
}


/* All in one, once the contact list is there; who is on it is no news. */
static void one_for_all(void **state)
{
	struct ms_world *m = open_world();

	(void)state;
	person_start(&m->a);
	endpoint_watch(m->a.e, BOB);
	endpoint_watch(m->a.e, KIM);
	ms_run(m, 500);
	assert_int_equal(ms_subscribes(m, "presence"), 1);
	assert_int_equal(asked(m, BOB), 1);
	assert_int_equal(asked(m, KIM), 1);
	assert_int_equal(asked(m, "<context>"), 0);
	ms_world_close(m);
}


static void no_list_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	struct pl event;

	(void)m;
	if (req->method == MSG_SUBSCRIBE && msg_value(req, HDR_EVENT, &event) &&
		pl_streq(&event, MS_CONTACTS))
		a->status = 489;
}


/* ... and without one as soon as that is clear. */
static void no_list(void **state)
{
	struct ms_world *m = ms_world_make();

	(void)state;
	m->h = no_list_h;
	person_start(&m->a);
	endpoint_watch(m->a.e, BOB);
	ms_run(m, 500);
	assert_int_equal(ms_subscribes(m, "presence"), 1);
	ms_world_close(m);
	m = ms_world_make();
	person_start(&m->a);
	endpoint_watch(m->a.e, BOB);
	ms_run(m, 1000);
	assert_int_equal(ms_subscribes(m, "presence"), 0);
	ms_run(m, 5000);
	assert_int_equal(ms_subscribes(m, "presence"), 1);
	ms_world_close(m);
}


/* The context of who was added goes until it was taken, and no longer; so
 * does the farewell of who was removed. */
static void news(void **state)
{
	struct ms_world *m = open_world();

	(void)state;
	ms_world_start(m);
	endpoint_watch(m->a.e, "sip:new@example.org");
	/* Two in a row: the first is under way when the second comes. */
	ms_run(m, 0);
	endpoint_watch(m->a.e, "sip:newer@example.org");
	ms_run(m, 500);
	assert_true(asked(
		m, "\"sip:new@example.org\"><context></context></resource>"));
	assert_true(asked(
		m, "\"sip:newer@example.org\"><context></context></resource>"));
	endpoint_unwatch(m->a.e, "sip:new@example.org");
	ms_run(m, 500);
	assert_int_equal(asked(m, "unsubscribe"), 1);
	server_forget(&m->s);
	/* The refresh says what stands. */
	ms_run(m, 27000 * 1000);
	assert_true(ms_subscribes(m, "presence") > 0);
	assert_int_equal(asked(m, "<context>"), 0);
	assert_int_equal(asked(m, "unsubscribe"), 0);
	assert_int_equal(asked(m, "sip:new@example.org"), 0);
	/* Nobody is left: it ends. */
	endpoint_unwatch(m->a.e, "sip:newer@example.org");
	ms_run(m, 500);
	server_forget(&m->s);
	ms_run(m, 27000 * 1000);
	assert_int_equal(ms_subscribes(m, "presence"), 0);
	ms_world_close(m);
}


/* A new sign-in asks for all anew, in a dialog of its own, without news. */
static void again(void **state)
{
	struct ms_world *m = open_world();
	char *before;

	(void)state;
	person_start(&m->a);
	endpoint_watch(m->a.e, BOB);
	ms_run(m, 500);
	endpoint_watch(m->a.e, "sip:new@example.org");
	ms_run(m, 500);
	before = pl_strdup(&ms_subscribe_last(m, "presence")->call_id);
	endpoint_unwatch(m->a.e, BOB);
	server_forget(&m->s);
	ms_break(m);
	assert_true(ms_subscribes(m, "presence") > 0);
	assert_false(
		pl_streq(&ms_subscribe_last(m, "presence")->call_id, before));
	assert_true(asked(m, "sip:new@example.org"));
	assert_int_equal(asked(m, "<context>"), 0);
	assert_int_equal(asked(m, "bob@"), 0);
	mem_deref(before);
	ms_world_close(m);
}


/* ---- elsewhere ---- */

static void move_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	if (req->method != MSG_SUBSCRIBE || !a->body || a->body != m->presence)
		return;
	if (pl_streq(&req->to.uri_text, "sip:alice@example.org"))
		return;
	/* Whoever is asked elsewhere is online there. */
	m->n++;
	a->type = MSDOC_CATEGORIES_TYPE;
	a->body = STATE(BOB, "3500");
}


/* To a pool, and to a person: both with what was said of them before, and
 * without a farewell to the server that sends us there. */
static void moved(void **state)
{
	struct ms_world *m = open_world();

	(void)state;
	m->h = move_h;
	m->presence_type = MSDOC_RLMI_TYPE;
	m->presence = LIST("true",
		RESOURCE(BOB,
			"state=\"resubscribe\" "
			"poolFqdn=\"pool2.example.org\"")
			RESOURCE(KIM, "state=\"resubscribe\""));
	ms_world_start(m);
	endpoint_watch(m->a.e, BOB);
	endpoint_watch(m->a.e, KIM);
	ms_run(m, 1000);
	assert_int_equal(m->n, 2);
	assert_int_equal(asked(m, "unsubscribe"), 0);
	assert_non_null(strstr(m->a.log, "bob=online "));
	/* The pool's word about bob; kim is not asked for there. */
	assert_null(strstr(m->a.log, "kim=online "));
	server_forget(&m->s);
	ms_run(m, 7200 * 1000);
	assert_int_equal(asked(m, KIM), 1);
	ms_world_close(m);
}


/* The one who was added just now, and is sent elsewhere at once, is still
 * introduced there. */
static void moved_news(void **state)
{
	struct ms_world *m = ms_world_make();

	(void)state;
	m->contacts = "<contactList deltaNum=\"1\"/>";
	m->h = move_h;
	m->presence_type = MSDOC_RLMI_TYPE;
	m->presence = LIST("false", RESOURCE(BOB, "state=\"resubscribe\""));
	ms_world_start(m);
	endpoint_watch(m->a.e, BOB);
	ms_run(m, 1000);
	assert_int_equal(m->n, 1);
	assert_int_equal(asked(m, "<context>"), 2);
	ms_world_close(m);
}


static void loop_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	if (req->method != MSG_SUBSCRIBE || a->body != m->presence)
		return;
	m->n++;
	a->body = pl_streq(&req->to.uri_text, "sip:alice@example.org")
		? LIST("false",
			  RESOURCE(BOB,
				  "state=\"resubscribe\" "
				  "poolFqdn=\"sip:pool1.example.org\""))
		: LIST("false",
			  RESOURCE(BOB,
				  "state=\"resubscribe\" poolFqdn="
				  "\"sip:alice@example.org\""));
}


/* Servers that send us to each other do not keep us busy. */
static void loop(void **state)
{
	struct ms_world *m = open_world();

	(void)state;
	m->h = loop_h;
	m->presence_type = MSDOC_RLMI_TYPE;
	m->presence = "";
	ms_world_start(m);
	endpoint_watch(m->a.e, BOB);
	ms_run(m, 60 * 1000);
	assert_true(m->n < 20);
	assert_non_null(strstr(m->a.log,
		"bob=unknown(the server sends us from place to place) "));
	ms_world_close(m);
}


/* ---- without batches ---- */

static void refuse_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	static const struct pl two = PL("sip:p1@");

	if (req->method == MSG_SUBSCRIBE && a->body == m->presence &&
		pl_streq(&req->to.uri_text, "sip:alice@example.org") &&
		pl_find(&req->body, &two))
		a->status = 400;
}


static void proxy_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	(void)m;
	if (req->method == MSG_SUBSCRIBE &&
		msg_has_token(req, HDR_PROXY_REQUIRE, "ms-benotify"))
		a->status = 420;
}


/* A proxy on the way that knows no BENOTIFY: without, then. */
static void no_benotify(void **state)
{
	struct ms_world *m = open_world();

	(void)state;
	m->h = proxy_h;
	m->presence = STATE(BOB, "3500");
	person_start(&m->a);
	endpoint_watch(m->a.e, BOB);
	ms_run(m, 500);
	assert_int_equal(ms_subscribes(m, "presence"), 2);
	assert_false(msg_has_token(ms_subscribe_last(m, "presence"),
		HDR_SUPPORTED, "ms-benotify"));
	assert_true(msg_has_token(ms_subscribe_last(m, "presence"),
		HDR_SUPPORTED, "ms-piggyback-first-notify"));
	assert_true(msg_has_token(
		ms_subscribe_last(m, "presence"), HDR_REQUIRE, "adhoclist"));
	assert_non_null(strstr(m->a.log, "bob=online "));
	ms_world_close(m);
}


/* Each alone then, not all at once, and never all again. */
static void scattered(void **state)
{
	struct ms_world *m = open_world();
	char peer[64];
	unsigned i;

	(void)state;
	m->h = refuse_h;
	m->presence = STATE(BOB, "3500");
	person_start(&m->a);
	for (i = 0; i < 60; i++) {
		(void)snprintf(peer, sizeof(peer), "sip:p%u@example.org", i);
		endpoint_watch(m->a.e, peer);
	}
	ms_run(m, 1000);
	assert_in_range(ms_subscribes(m, "presence"), 10, 30);
	ms_run(m, 3000);
	assert_int_equal(ms_subscribes(m, "presence"), 61);
	server_forget(&m->s);
	ms_break(m);
	assert_int_equal(ms_subscribes(m, "presence"), 60);
	ms_world_close(m);
}


/* Somebody of another domain who is added while nobody is signed in is
 * introduced once the contact list has them. */
static void added_offline(void **state)
{
	static const char *const groups[] = {NULL};
	const struct endpoint_contact contact = {
		.peer = FAR, .name = "B", .groups = groups};
	struct ms_world *m = open_world();

	(void)state;
	person_start(&m->a);
	endpoint_watch(m->a.e, FAR);
	ms_run(m, 500);
	assert_int_equal(asked(m, "<context>"), 0);
	endpoint_contact_set(m->a.e, &contact);
	ms_run(m, 500);
	assert_int_equal(asked(m, "<context>"), 1);
	assert_int_equal(asked_at(m, FAR), 1);
	ms_world_close(m);
}


/* What waited for its turn when the connection broke goes later. */
static void broken(void **state)
{
	struct ms_world *m = open_world();

	(void)state;
	ms_world_start(m);
	m->s.conn = mem_deref(m->s.conn);
	endpoint_watch(m->a.e, BOB);
	ms_run(m, 30 * 1000);
	assert_int_equal(asked(m, BOB), 1);
	ms_world_close(m);
}


int test_ms_batch(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_for_all),
		cmocka_unit_test(no_list),
		cmocka_unit_test(news),
		cmocka_unit_test(again),
		cmocka_unit_test(moved),
		cmocka_unit_test(moved_news),
		cmocka_unit_test(loop),
		cmocka_unit_test(no_benotify),
		cmocka_unit_test(scattered),
		cmocka_unit_test(added_offline),
		cmocka_unit_test(broken),
	};

	return cmocka_run_group_tests_name("ms_batch", tests, NULL, NULL);
}
