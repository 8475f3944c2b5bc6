/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sysexits.h>
#include "cmd_int.h"
#include "mbuf.h"
#include "unit.h"
#include "world.h"

int test_wait(void);


static void come(struct world *w, const char *account, const char *peer,
	const char *text, uint64_t id)
{
	struct core_event ev = {
		.kind = CORE_EVENT_MESSAGE,
		.account = account,
		.peer = peer,
		.direction = "in",
		.text = text,
		.id = id,
	};

	fake_event(w->core, &ev);
}


static void mistakes(void **state)
{
	static const struct {
		const char *line;
		int status;
	} cases[] = {
		{"wait", EX_USAGE}, {"wait something", EX_USAGE},
		{"wait account work", EX_USAGE},
		{"wait account work nowhere", EX_USAGE},
		{"wait account nobody online", EX_CONFIG},
		{"wait presence kim online", EX_DATAERR},
		{"wait presence bob", EX_USAGE},
		{"wait presence bob@example.org happy", EX_USAGE},
		{"wait chat bob@example.org opening", EX_USAGE},
		{"wait message a b", EX_USAGE}, {"wait sent now", EX_USAGE},
		{"wait typing", EX_USAGE},
		{"wait typing bob", EX_USAGE}, /* two of them */
	};
	struct world *w = world_alloc(0);
	size_t i;

	(void)state;
	world_people(w);
	for (i = 0; i < UNIT_N(cases); i++)
		assert_int_equal(world_line(w, cases[i].line), cases[i].status);
	assert_int_equal(world_line(w, "echo free"), 0);
	world_free(w);
}


static void states(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	/* true already */
	assert_int_equal(world_line(w, "wait account work offline"), 0);
	assert_int_equal(world_line(w, "wait chat bob@example.org closed"), 0);
	assert_int_equal(
		world_line(w, "wait presence bob@example.org unknown"), 0);

	assert_int_equal(world_line(w, "wait account work online"), -1);
	fake_state(w->core, "work", ENDPOINT_CONNECTING);
	assert_int_equal(w->status, -1);
	fake_state(w->core, "work", ENDPOINT_ONLINE);
	assert_int_equal(w->status, 0);

	world_line(w, "wait presence 'kim lee' away");
	fake_presence(
		w->core, "sip:kim@example.org", PRESENCE_ONLINE, PRESENCE_NONE);
	assert_int_equal(w->status, -1);
	fake_presence(
		w->core, "sip:kim@example.org", PRESENCE_ONLINE, PRESENCE_AWAY);
	assert_int_equal(w->status, 0);
	assert_int_equal(world_line(w, "wait presence 'kim lee' online"), 0);

	world_line(w, "wait chat bob@example.org open");
	fake_chat_state(w->core, "sip:bob@example.org", "open");
	assert_int_equal(w->status, 0);

	world_line(w, "wait typing bob@example.org");
	fake_typing(w->core, "sip:bob@example.org", true);
	assert_int_equal(w->status, 0);
	assert_int_equal(world_line(w, "wait typing bob@example.org"), 0);
	world_free(w);
}


/* Each message is taken once, from the start of the program. */
static void messages(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	come(w, "work", "sip:bob@example.org", "early", 1);
	come(w, "work", "sip:kim@example.org", "other", 2);
	come(w, "work", "sip:bob@example.org", "late", 3);
	assert_int_equal(world_line(w, "wait message 'kim lee'"), 0);
	assert_string_equal(world_rows(w), "Kim Lee other\n");
	assert_int_equal(world_line(w, "wait message"), 0);
	assert_string_equal(world_rows(w), "Bob early\n");
	assert_string_equal(w->result,
		"{\"account\":\"work\",\"peer\":\"sip:bob@example.org\","
		"\"direction\":\"in\",\"id\":\"1\",\"text\":\"early\"}");
	assert_int_equal(world_line(w, "wait message bob@lab.test"), -1);
	come(w, "work", "sip:bob@example.org", "more", 4);
	assert_int_equal(w->status, -1);
	come(w, "home", "sip:bob@lab.test", "mine", 5);
	assert_int_equal(w->status, 0);
	assert_string_equal(world_rows(w), "Bob mine\n");
	/* A further line is nobody's message. */
	come(w, "work", "sip:kim@example.org",
		"a\nBob b\xe2\x80\xa8" "Bob c", 6);
	assert_int_equal(world_line(w, "wait message 'kim lee'"), 0);
	assert_string_equal(world_rows(w),
		"Kim Lee a\n      Bob b\n      Bob c\n");
	assert_int_equal(world_line(w, "wait message -a home"), -1);
	world_pass(w, 60000);
	assert_int_equal(w->status, EX_TEMPFAIL);
	assert_string_equal(w->text, "gave up after 60 seconds");
	world_free(w);
}


/* Two waits at once: the one that came first takes the message. */
static void two_waits(void **state)
{
	const struct front_origin origin = {.from = FRONT_BINDING};
	struct world *w = world_alloc(0);
	struct cmd_queue *q;

	(void)state;
	world_people(w);
	assert_int_equal(cmd_queue_alloc(&q, w->cmd), 0);
	cmd_line(q, "wait message; echo first", &origin, NULL);
	world_line(w, "wait message; echo second");
	come(w, "work", "sip:bob@example.org", "one", 1);
	assert_string_equal(world_rows(w), "Bob one\nfirst\n");
	come(w, "work", "sip:bob@example.org", "two", 2);
	assert_string_equal(world_rows(w), "Bob two\nsecond\n");
	mem_deref(q);
	world_free(w);
}


static void many(void **state)
{
	struct world *w = world_alloc(0);
	uint64_t i;

	(void)state;
	world_people(w);
	for (i = 1; i <= 1100; i++)
		come(w, "work", "sip:bob@example.org", "x", i);
	assert_int_equal(world_line(w, "wait message"), 0);
	assert_non_null(strstr(w->result, "\"id\":\"101\""));
	world_free(w);
}


static void sent(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	assert_int_equal(world_line(w, "wait sent"), 0);
	fake_unsent(w->core, 2, false);
	assert_int_equal(world_line(w, "wait sent -t 5"), -1);
	fake_unsent(w->core, 1, true);
	assert_int_equal(w->status, -1);
	fake_unsent(w->core, 0, true);
	assert_int_equal(w->status, EX_UNAVAILABLE);
	assert_int_equal(world_line(w, "wait sent"), 0);
	fake_unsent(w->core, 1, false);
	world_line(w, "wait sent -t 0.5");
	world_pass(w, 499);
	assert_int_equal(w->status, -1);
	world_pass(w, 1);
	assert_int_equal(w->status, EX_TEMPFAIL);
	assert_string_equal(w->text, "gave up after 0.5 seconds");
	world_free(w);
}


static void held(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	world_line(w, "wait account work online; msg kim@x.test hi");
	assert_string_equal(fake_log(w->core), "");
	fake_state(w->core, "work", ENDPOINT_ONLINE);
	assert_string_equal(fake_log(w->core), "send work sip:kim@x.test hi\n");
	world_free(w);
}


int test_wait(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes),
		cmocka_unit_test(states),
		cmocka_unit_test(messages),
		cmocka_unit_test(two_waits),
		cmocka_unit_test(many),
		cmocka_unit_test(sent),
		cmocka_unit_test(held),
	};

	return cmocka_run_group_tests_name("wait", tests, NULL, NULL);
}
