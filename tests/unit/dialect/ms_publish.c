/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms_publish.c - own presence at a Microsoft server, beside other devices. */
#include "ms_world.h"

int test_ms_publish(void);

#define ROAMING(inside_)                                                 \
	"<roamingData xmlns=\"http://schemas.microsoft.com/2006/09/sip/" \
	"roaming-self\">" inside_ "</roamingData>"
#define CATEGORIES(inside_)                                             \
	"<categories xmlns=\"http://schemas.microsoft.com/2006/09/sip/" \
	"categories\" uri=\"sip:alice@example.org\">" inside_ "</categories>"

/* Another device says that its user is busy, in 2 and 3, with a note. */
static const char others[] = ROAMING(CATEGORIES(
	"<category name=\"state\" instance=\"536870912\" container=\"2\" "
	"version=\"4\"><state><availability>6500</availability></state>"
	"</category>"
	"<category name=\"state\" instance=\"536870912\" container=\"3\" "
	"version=\"5\"><state><availability>6500</availability></state>"
	"</category>"
	"<category name=\"note\" instance=\"0\" container=\"200\" "
	"version=\"7\"><note><body>out</body></note></category>"));

static const char nothing[] = ROAMING(CATEGORIES(""));


static void publish(
	struct ms_world *m, enum presence_activity activity, const char *note)
{
	struct pl pl = pl_str(note);
	struct presence *p =
		presence_alloc(PRESENCE_ONLINE, activity, &pl, NULL);

	endpoint_publish(m->a.e, p, ENDPOINT_VISIBLE, false);
	mem_deref(p);
	ms_run(m, 100);
}


/* Before anything is said of our own nothing is published; an empty
 * notification says nothing. */
static void waits(void **state)
{
	struct ms_world *m = ms_world_make();

	(void)state;
	ms_world_start(m);
	publish(m, PRESENCE_NONE, NULL);
	ms_tell(m, MS_SELF, "text/plain", "");
	assert_int_equal(server_count(&m->s, "SERVICE"), 0);
	ms_tell(m, MS_SELF, MSDOC_SELF_TYPE, nothing);
	assert_int_equal(server_count(&m->s, "SERVICE"), 1);
	ms_world_close(m);
}


/* What another device says of the user stands until the user says otherwise
 * here. */
static void others_stay(void **state)
{
	struct ms_world *m = ms_world_make();

	(void)state;
	m->self = others;
	person_start(&m->a);
	publish(m, PRESENCE_NONE, NULL);
	ms_run(m, 500);
	assert_true(ms_said(m, "SERVICE", "machineState"));
	assert_false(ms_said(m, "SERVICE", "expires=\"0\""));
	server_forget(&m->s);
	publish(m, PRESENCE_BUSY, "in the lab");
	assert_true(ms_said(m, "SERVICE", "version=\"4\""));
	assert_true(ms_said(m, "SERVICE", "version=\"5\""));
	assert_true(ms_said(m, "SERVICE", "in the lab"));
	server_forget(&m->s);
	publish(m, PRESENCE_NONE, NULL);
	assert_true(ms_said(m, "SERVICE", "expires=\"0\""));
	ms_world_close(m);
}


static void conflict_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	if (req->method != MSG_SERVICE)
		return;
	a->status = 409;
	a->type = "application/msrtc-fault+xml";
	a->body = "<fault><Faultcode>Client.BadCall.WrongDelta</Faultcode>"
		  "<details><operation index=\"2\" version=\"0\" "
		  "curVersion=\"7\"/></details></fault>";
	m->n++;
}


/* A server that never takes our versions is left alone after a few rounds; the
 * next thing that the user says gets as many. */
static void conflicts(void **state)
{
	struct ms_world *m = ms_world_make();

	(void)state;
	m->self = nothing;
	m->h = conflict_h;
	ms_world_start(m);
	ms_run(m, 60 * 1000);
	assert_int_equal(m->n, 4);
	m->n = 0;
	publish(m, PRESENCE_BUSY, NULL);
	ms_run(m, 60 * 1000);
	assert_int_equal(m->n, 4);
	assert_true(ms_said(m, "SERVICE", "version=\"7\""));
	ms_world_close(m);
}


/* Without a document in the answer each version is one more. */
static void counts(void **state)
{
	struct ms_world *m = ms_world_make();

	(void)state;
	m->self = nothing;
	ms_world_start(m);
	assert_true(ms_said(m, "SERVICE", "version=\"0\""));
	assert_false(ms_said(m, "SERVICE", "version=\"1\""));
	server_forget(&m->s);
	publish(m, PRESENCE_BUSY, NULL);
	assert_int_equal(ms_said_count(m, "SERVICE", "version=\"1\""), 1);
	server_forget(&m->s);
	publish(m, PRESENCE_NONE, NULL);
	assert_true(ms_said(m, "SERVICE", "version=\"2\""));
	assert_true(ms_said(m, "SERVICE", "expires=\"0\""));
	server_forget(&m->s);
	/* Deleted: the next one is new. */
	publish(m, PRESENCE_AWAY, NULL);
	assert_true(ms_said(m, "SERVICE", "version=\"0\""));
	ms_world_close(m);
}


/* Nobody at the keys is no word of the user: it goes with this device. */
static void rests(void **state)
{
	struct ms_world *m = ms_world_make();
	struct presence *p =
		presence_alloc(PRESENCE_ONLINE, PRESENCE_AWAY, NULL, NULL);

	(void)state;
	m->self = others;
	ms_world_start(m);
	server_forget(&m->s);
	endpoint_publish(m->a.e, p, ENDPOINT_VISIBLE, true);
	mem_deref(p);
	ms_run(m, 100);
	assert_true(ms_said(m, "SERVICE", "15500"));
	publish(m, PRESENCE_NONE, NULL);
	assert_false(ms_said(m, "SERVICE", "userState"));
	assert_false(ms_said(m, "SERVICE", "expires=\"0\""));
	ms_world_close(m);
}


/* Nor while they are busy, which another device may have taken back. */
static void rests_busy(void **state)
{
	struct ms_world *m = ms_world_make();
	struct presence *busy =
		presence_alloc(PRESENCE_ONLINE, PRESENCE_BUSY, NULL, NULL);
	struct presence *idle = presence_idle(busy, 1000);

	(void)state;
	m->self = others;
	ms_world_start(m);
	server_forget(&m->s);
	endpoint_publish(m->a.e, idle, ENDPOINT_VISIBLE, 0);
	ms_run(m, 100);
	assert_true(ms_said(m, "SERVICE", "15500"));
	endpoint_publish(m->a.e, busy, ENDPOINT_VISIBLE, 0);
	ms_run(m, 100);
	assert_false(ms_said(m, "SERVICE", "userState"));
	mem_deref(idle);
	mem_deref(busy);
	ms_world_close(m);
}


/* A new sign-in: what was published before has gone with the connection. */
static void signs_in_again(void **state)
{
	struct ms_world *m = ms_world_make();

	(void)state;
	m->self = nothing;
	ms_world_start(m);
	server_forget(&m->s);
	ms_break(m);
	assert_int_equal(server_count(&m->s, "SERVICE"), 1);
	assert_false(ms_said(m, "SERVICE", "version=\"1\""));
	ms_world_close(m);
}


int test_ms_publish(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits),
		cmocka_unit_test(others_stay),
		cmocka_unit_test(conflicts),
		cmocka_unit_test(counts),
		cmocka_unit_test(rests),
		cmocka_unit_test(rests_busy),
		cmocka_unit_test(signs_in_again),
	};

	return cmocka_run_group_tests_name("ms_publish", tests, NULL, NULL);
}
