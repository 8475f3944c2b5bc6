/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sysexits.h>
#include "mbuf.h"
#include "unit.h"
#include "world.h"

int test_queue(void);


/* Commands start one after another without waiting for outcomes. */
static void order(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	w->done = 0;
	world_line(w, "login work; echo between; msg kim@x.test hi");
	assert_string_equal(
		fake_log(w->core), "login work\nsend work sip:kim@x.test hi\n");
	assert_string_equal(world_rows(w), "between\n");
	assert_int_equal(w->done, 0);
	assert_int_equal(cmd_queue_pending(w->q), 1);
	fake_answer(w->core, "send", 0, NULL, 5, "delivered");
	assert_int_equal(w->done, 0);
	fake_answer(w->core, "login", 0, NULL, 0, NULL);
	assert_int_equal(w->done, 1);
	assert_int_equal(w->status, 0);
	assert_string_equal(w->result,
		"{\"account\":\"work\",\"peer\":\"sip:kim@x.test\","
		"\"id\":\"5\",\"state\":\"delivered\"}");
	assert_int_equal(cmd_queue_pending(w->q), 0);
	world_free(w);
}


/* The outcome is that of the first that failed, by order, not by time. */
static void first_failed(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	world_line(w, "login work; nonsense; echo x");
	assert_string_equal(world_rows(w), "x\n");
	assert_int_equal(w->status, -1);
	fake_answer(w->core, "login", 77, "wrong password", 0, NULL);
	assert_int_equal(w->status, 77);
	assert_string_equal(w->text, "wrong password");

	world_line(w, "login work; nonsense; echo x");
	fake_answer(w->core, "login", 0, "welcome", 0, NULL);
	assert_int_equal(w->status, EX_USAGE);
	assert_string_equal(w->text, "no such command: nonsense");

	assert_int_equal(world_line(w, "version; echo x"), 0);
	assert_string_equal(w->result, "{\"text\":\"x\"}");
	world_free(w);
}


static void holds(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_line(w, "echo 1; sleep 2; echo 2");
	world_line(w, "echo 3");
	assert_string_equal(world_rows(w), "1\n");
	world_pass(w, 1999);
	assert_string_equal(world_rows(w), "");
	world_pass(w, 1);
	assert_string_equal(world_rows(w), "2\n3\n");
	assert_int_equal(w->done, 2);
	world_free(w);
}


/* One queue does not hold another. */
static void two_queues(void **state)
{
	const struct front_origin origin = {.from = FRONT_BINDING};
	struct world *w = world_alloc(0);
	struct cmd_queue *q;

	(void)state;
	assert_int_equal(cmd_queue_alloc(&q, w->cmd), 0);
	cmd_line(q, "sleep 5; echo late", &origin, NULL);
	world_line(w, "echo soon");
	assert_string_equal(world_rows(w), "soon\n");
	world_pass(w, 5000);
	assert_string_equal(world_rows(w), "late\n");
	assert_string_equal(world_outcomes(w), "0 -\n");
	mem_deref(q);
	world_free(w);
}


/* What was not started is dropped, and nobody is told of the rest. */
static void freed(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	w->done = 0;
	world_line(w, "login work; sleep 5; echo never");
	world_line(w, "wait message");
	w->q = mem_deref(w->q);
	world_pass(w, 60000);
	assert_true(fake_answer(w->core, "login", 0, NULL, 0, NULL));
	assert_int_equal(w->done, 0);
	assert_string_equal(world_rows(w), "");
	world_free(w);
}


static void free_queue(const struct front_outcome *o, void *arg)
{
	struct world *w = arg;

	(void)o;
	w->done++;
	w->q = mem_deref(w->q);
}


/* A sink may free the queue, at once or later. */
static void freed_by_sink(void **state)
{
	const struct front_origin origin = {.from = FRONT_JSON};
	struct world *w = world_alloc(0);
	struct cmd_sink sink = {NULL, free_queue, w};

	(void)state;
	cmd_line(w->q, "echo 1", &origin, &sink);
	assert_null(w->q);
	assert_int_equal(w->done, 1);

	assert_int_equal(cmd_queue_alloc(&w->q, w->cmd), 0);
	cmd_line(w->q, "sleep 1", &origin, &sink);
	cmd_line(w->q, "echo never", &origin, NULL);
	world_pass(w, 1000);
	assert_null(w->q);
	assert_int_equal(w->done, 2);
	assert_string_equal(world_rows(w), "");
	world_free(w);
}


static void again(const struct front_outcome *o, void *arg)
{
	const struct front_origin origin = {.from = FRONT_JSON};
	struct world *w = arg;
	struct cmd_sink sink = {NULL, again, w};

	(void)o;
	if (++w->done < 3)
		cmd_line(w->q, "echo more", &origin, &sink);
}


static void gives_more(void **state)
{
	const struct front_origin origin = {.from = FRONT_JSON};
	struct world *w = world_alloc(0);
	struct cmd_sink sink = {NULL, again, w};

	(void)state;
	cmd_line(w->q, "echo 1", &origin, &sink);
	assert_int_equal(w->done, 3);
	assert_int_equal(cmd_queue_pending(w->q), 0);
	world_free(w);
}


static void limits(void **state)
{
	const char *login[] = {"login", "work", NULL};
	const char *longer[] = {"login", "-t", "50", "work", NULL};
	const char *sleeps[] = {"sleep", "100", NULL};
	const char *msg[] = {"msg", "kim@x.test", "two\nlines", NULL};
	struct core_event ev = {
		.kind = CORE_EVENT_MESSAGE,
		.account = "work",
		.peer = "sip:kim@x.test",
		.direction = "out",
		.text = "two\nlines",
		.id = 77,
	};
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	world_words(w, 30000, login);
	world_pass(w, 29999);
	assert_int_equal(w->status, -1);
	world_pass(w, 1);
	assert_int_equal(w->status, EX_TEMPFAIL);
	assert_string_equal(w->text, "no answer in 30 seconds");
	/* Too late: nobody is told again. */
	w->status = 1;
	assert_true(fake_answer(w->core, "login", 0, NULL, 0, NULL));
	assert_int_equal(w->status, 1);

	world_words(w, 60000, longer);
	world_pass(w, 30000);
	assert_int_equal(w->status, -1);
	world_pass(w, 20000);
	assert_int_equal(w->status, EX_TEMPFAIL);
	assert_string_equal(w->text, "no answer in 50 seconds");
	fake_answer(w->core, "login", 0, NULL, 0, NULL);

	world_words(w, 30000, sleeps);
	world_pass(w, 30000);
	assert_int_equal(w->status, -1);
	world_pass(w, 70000);
	assert_int_equal(w->status, 0);

	world_words(w, 30000, msg);
	fake_event(w->core, &ev);
	world_pass(w, 30000);
	assert_int_equal(w->status, EX_TEMPFAIL);
	assert_string_equal(w->text, "queued as 77");
	world_free(w);
}


/* A queue and its core may go while outcomes are awaited. */
static void core_goes(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	world_line(w,
		"login; msg kim@x.test hi; search x; chat open "
		"kim@x.test; presence show kim@x.test; wait sent");
	assert_int_equal(cmd_queue_pending(w->q), 1);
	world_free(w);
}


int test_queue(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(first_failed),
		cmocka_unit_test(holds),
		cmocka_unit_test(two_queues),
		cmocka_unit_test(freed),
		cmocka_unit_test(freed_by_sink),
		cmocka_unit_test(gives_more),
		cmocka_unit_test(limits),
		cmocka_unit_test(core_goes),
	};

	return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
