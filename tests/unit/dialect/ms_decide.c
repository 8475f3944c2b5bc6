/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms_decide.c - who added us, and who may see us. */
#include "ms_world.h"

int test_ms_decide(void);

#define BOB "sip:bob@example.org"
#define KIM "sip:kim@example.org"

#define ROAMING(inside_)     "<roamingData>" inside_ "</roamingData>"
#define SUBSCRIBERS(inside_) "<subscribers>" inside_ "</subscribers>"
#define SUBSCRIBER(user_, seen_)                                        \
	"<subscriber user=\"" user_ "@example.org\" displayName=\"B\" " \
	"acknowledged=\"" seen_ "\" type=\"sameEnterprise\"/>"
#define CONTAINERS(inside_) "<containers>" inside_ "</containers>"
#define CONTAINER(id_, version_, inside_)                             \
	"<container id=\"" id_ "\" version=\"" version_ "\">" inside_ \
	"</container>"
#define MEMBER(user_) "<member type=\"user\" value=\"" user_ "@example.org\"/>"

static const char two[] = ROAMING(
	CONTAINERS(CONTAINER("200", "3", "<member type=\"sameEnterprise\"/>")
			CONTAINER("32000", "5", MEMBER("eve")))
		SUBSCRIBERS(
			SUBSCRIBER("bob", "false") SUBSCRIBER("kim", "false")));


static size_t moves(const struct ms_world *m)
{
	return ms_said_count(m, "SERVICE", "setContainerMembers");
}


static size_t acks(const struct ms_world *m)
{
	return ms_said_count(m, "SERVICE", "setSubscribers");
}


/* Each is told once, whatever the server repeats; what is decided goes one
 * after the other, with versions that count. */
static void decided(void **state)
{
	struct ms_world *m = ms_world_make();

	(void)state;
	m->self = two;
	m->a.watchers = ENDPOINT_PENDING;
	m->a.config.publish = false;
	ms_world_start(m);
	assert_non_null(strstr(m->a.log, "bob:asks kim:asks "));
	m->a.log[0] = '\0';
	ms_tell(m, MS_SELF, MSDOC_SELF_TYPE, two);
	assert_log(&m->a, "");
	endpoint_decide(m->a.e, BOB, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	endpoint_decide(m->a.e, KIM, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	ms_run(m, 500);
	assert_int_equal(moves(m), 2);
	assert_int_equal(acks(m), 2);
	assert_true(ms_said(m, "SERVICE",
		"<container id=\"200\" version=\"3\"><member action=\"add\" "
		"type=\"user\" value=\"bob@"));
	assert_true(ms_said(m, "SERVICE",
		"<container id=\"200\" version=\"4\"><member action=\"add\" "
		"type=\"user\" value=\"kim@"));
	server_forget(&m->s);
	/* Blocked: out of the one, into the other. */
	endpoint_decide(
		m->a.e, BOB, ENDPOINT_POLITE_BLOCK, ENDPOINT_POLITE_BLOCK);
	ms_run(m, 500);
	assert_true(ms_said(m, "SERVICE",
		"<container id=\"200\" version=\"5\"><member action="
		"\"remove\""));
	assert_true(ms_said(m, "SERVICE",
		"<container id=\"32000\" version=\"5\"><member "
		"action=\"add\""));
	server_forget(&m->s);
	/* No decision any more: as anybody. */
	endpoint_decide(m->a.e, BOB, ENDPOINT_PENDING, ENDPOINT_PENDING);
	ms_run(m, 500);
	assert_true(ms_said(m, "SERVICE",
		"<container id=\"32000\" version=\"6\"><member action="
		"\"remove\""));
	assert_int_equal(moves(m), 1);
	assert_int_equal(acks(m), 0);
	ms_world_close(m);
}


/* Another device of ours answered first. */
static void elsewhere(void **state)
{
	struct ms_world *m = ms_world_make();

	(void)state;
	m->self = two;
	m->a.watchers = ENDPOINT_PENDING;
	m->a.config.publish = false;
	ms_world_start(m);
	endpoint_decide(m->a.e, KIM, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	ms_run(m, 500);
	m->a.log[0] = '\0';
	ms_tell(m, MS_SELF, MSDOC_SELF_TYPE,
		ROAMING(SUBSCRIBERS(
			SUBSCRIBER("bob", "true") SUBSCRIBER("kim", "true"))));
	assert_log(&m->a, "bob:settled ");
	ms_tell(m, MS_SELF, MSDOC_SELF_TYPE, two);
	assert_log(&m->a, "bob:asks kim:asks ");
	ms_world_close(m);
}


/* What is decided while nobody is signed in is not forgotten, the last word
 * about each. */
static void later(void **state)
{
	struct ms_world *m = ms_world_make();

	(void)state;
	m->self = two;
	m->a.watchers = ENDPOINT_PENDING;
	m->a.config.publish = false;
	person_start(&m->a);
	endpoint_decide(m->a.e, BOB, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	endpoint_decide(
		m->a.e, BOB, ENDPOINT_POLITE_BLOCK, ENDPOINT_POLITE_BLOCK);
	ms_run(m, 500);
	assert_int_equal(moves(m), 1);
	assert_true(ms_said(m, "SERVICE", "<container id=\"32000\""));
	ms_world_close(m);
}


static void refuse_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	static const struct pl what = PL("setContainerMembers");

	if (req->method != MSG_SERVICE || !pl_find(&req->body, &what))
		return;
	m->n++;
	/* Another device was first. */
	m->self = ROAMING(CONTAINERS(CONTAINER("32000", "9", "")));
	a->status = pl_find(&req->body, &(struct pl)PL("version=\"9\"")) ? 200
									 : 409;
	if (m->presence)
		a->status = 409;
}


/* Versions that are old are asked for, once. */
static void conflict(void **state)
{
	struct ms_world *m = ms_world_make();

	(void)state;
	m->self = two;
	m->h = refuse_h;
	m->a.watchers = ENDPOINT_PENDING;
	m->a.config.publish = false;
	ms_world_start(m);
	endpoint_decide(
		m->a.e, BOB, ENDPOINT_POLITE_BLOCK, ENDPOINT_POLITE_BLOCK);
	ms_run(m, 1000);
	assert_int_equal(m->n, 2);
	assert_int_equal(acks(m), 1);
	m->presence = "never";
	endpoint_decide(
		m->a.e, KIM, ENDPOINT_POLITE_BLOCK, ENDPOINT_POLITE_BLOCK);
	ms_run(m, 60 * 1000);
	assert_int_equal(m->n, 4);
	ms_world_close(m);
}


static void repeat_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	if (req->method != MSG_SERVICE)
		return;
	m->n++;
	a->type = MSDOC_SELF_TYPE;
	a->body = two;
	m->s.type = NULL;
}


/* Who is allowed by a rule is told to the server once, though it never
 * believes it. */
static void deaf(void **state)
{
	struct ms_world *m = ms_world_make();
	unsigned i;

	(void)state;
	m->self = two;
	m->h = repeat_h;
	m->a.watchers = ENDPOINT_ALLOW;
	m->a.config.publish = false;
	ms_world_start(m);
	assert_int_equal(m->n, 4);
	for (i = 0; i < 5; i++)
		ms_tell(m, MS_SELF, MSDOC_SELF_TYPE, two);
	ms_run(m, 60 * 1000);
	assert_int_equal(m->n, 4);
	ms_world_close(m);
}


/* The owner leaves when told, or in the midst of it. */
static void leaves(void **state)
{
	struct ms_world *m = ms_world_make();

	(void)state;
	m->self = two;
	m->a.watchers = ENDPOINT_ALLOW;
	m->a.bomb = "bob:asks";
	ms_world_start(m);
	assert_null(m->a.e);
	ms_world_close(m);
	m = ms_world_make();
	m->self = two;
	m->a.watchers = ENDPOINT_PENDING;
	ms_world_start(m);
	endpoint_decide(m->a.e, BOB, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	endpoint_decide(m->a.e, KIM, ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	endpoint_sign_out(m->a.e, 2000, NULL, NULL);
	m->a.e = mem_deref(m->a.e);
	ms_run(m, 3000);
	ms_world_close(m);
}


int test_ms_decide(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decided),
		cmocka_unit_test(elsewhere),
		cmocka_unit_test(later),
		cmocka_unit_test(conflict),
		cmocka_unit_test(deaf),
		cmocka_unit_test(leaves),
	};

	return cmocka_run_group_tests_name("ms_decide", tests, NULL, NULL);
}
