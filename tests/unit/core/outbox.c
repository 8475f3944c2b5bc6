/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "world.h"

int test_outbox(void);


static struct core_chat *chat(struct core_account *a)
{
	return core_chat_get(a, BOB);
}


static void send_text(struct core_account *a, const char *text)
{
	assert_int_equal(
		core_send(chat(a), text, world_done, (void *)text, NULL), 0);
}


/* What a text ends as: its states, its outcome, its status. */
static void endings(void **state)
{
	static const struct {
		enum endpoint_sent sent;
		const char *why;
		uint16_t code;
		const char *log;
	} cases[] = {
		{ENDPOINT_DELIVERED, NULL, 200,
			"state " BOB " sent\nstate " BOB " delivered\n"
			"hi: 0 delivered\n"},
		{ENDPOINT_ACCEPTED, NULL, 202,
			"state " BOB " sent\nstate " BOB " accepted\n"
			"hi: 0 accepted\n"},
		{ENDPOINT_REFUSED, "Forbidden", 403,
			"state " BOB " sent\nstate " BOB
			" failed: Forbidden\nhi: 69 Forbidden failed\n"},
		{ENDPOINT_REFUSED, "too long", 0,
			"state " BOB " failed: too long\n"
			"hi: 69 too long failed\n"},
		{ENDPOINT_REFUSED, "timeout", 408,
			"state " BOB " sent\nstate " BOB
			" failed: timeout\nhi: 75 timeout failed\n"},
		{ENDPOINT_UNKNOWN, "no answer", 0,
			"state " BOB " sent\nstate " BOB
			" failed: no answer; it may have arrived\n"
			"hi: 75 no answer; it may have arrived failed\n"},
		{ENDPOINT_UNKNOWN, "cut off: may have arrived", 0,
			"state " BOB " sent\nstate " BOB
			" failed: cut off: may have arrived\n"
			"hi: 75 cut off: may have arrived failed\n"},
	};
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct endpoint *e;
		struct core_account *a;

		world_open(&w);
		a = world_online(&w, &e);
		send_text(a, "hi");
		assert_int_equal(core_unsent(w.core), 1);
		world_run(&w, 0);
		assert_log(&w, "message out " BOB " hi queued\n");
		assert_calls(&w, "send " BOB " hi\n");
		fake_sent(e, w.ids[0], cases[i].sent, cases[i].why,
			cases[i].code, 0);
		/* A second answer changes nothing. */
		fake_sent(e, w.ids[0], ENDPOINT_DELIVERED, NULL, 200, 0);
		world_run(&w, 1000);
		assert_log(&w, cases[i].log);
		assert_int_equal(core_unsent(w.core), 0);
		assert_int_equal(core_sent_failed(w.core),
			cases[i].sent > ENDPOINT_ACCEPTED);
		assert_false(core_sent_failed(w.core));
		world_close(&w);
	}
}


/* Half a second without an answer: told as sent, once; not while the session
 * still opens. */
static void sent_in_time(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	send_text(a, "hi");
	world_run(&w, 499);
	assert_log(&w, "message out " BOB " hi queued\n");
	world_run(&w, 2);
	assert_log(&w, "state " BOB " sent\n");
	fake_sent(e, w.ids[0], ENDPOINT_DELIVERED, NULL, 200, 0);
	world_run(&w, 0);
	assert_log(&w, "state " BOB " delivered\nhi: 0 delivered\n");

	fake_chat(e, BOB, ENDPOINT_CHAT_OPENING, ENDPOINT_BY_US, NULL, 0);
	send_text(a, "again");
	world_run(&w, 5000);
	assert_log(&w,
		"chat " BOB " opening page us\n"
		"message out " BOB " again queued\n");
	fake_chat(e, BOB, ENDPOINT_CHAT_OPEN, ENDPOINT_BY_US, NULL, 0);
	world_run(&w, 600);
	assert_log(&w, "chat " BOB " open page us\nstate " BOB " sent\n");
	world_close(&w);
}


/* One in flight to a person, in order; another person does not wait. */
static void order(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	send_text(a, "1");
	send_text(a, "2");
	send_text(a, "3");
	assert_int_equal(
		core_send(core_chat_get(a, KIM), "k", NULL, NULL, NULL), 0);
	world_run(&w, 0);
	assert_calls(&w, "send " BOB " 1\nsend " KIM " k\n");
	fake_sent(e, w.ids[0], ENDPOINT_REFUSED, "no", 404, 0);
	world_run(&w, 0);
	assert_calls(&w, "send " BOB " 2\n");
	/* Of another text than the one in flight: ignored. */
	fake_sent(e, w.ids[2], ENDPOINT_DELIVERED, NULL, 200, 0);
	world_run(&w, 0);
	assert_calls(&w, "");
	fake_sent(e, w.ids[1], ENDPOINT_DELIVERED, NULL, 200, 0);
	world_run(&w, 0);
	assert_calls(&w, "send " BOB " 3\n");
	assert_int_equal(core_unsent(w.core), 2);
	world_close(&w);
}


static void waits_for_the_flow(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	send_text(a, "early");
	world_run(&w, 60000);
	assert_log(&w,
		"account work offline\n"
		"message out " BOB " early queued\n");
	assert_string_equal(core_chat_waits(core_chat_get(a, BOB)),
		"the account is not online");
	e = world_login(&w, a);
	assert_calls(&w,
		"stack - 100000\npublish online - - 0\n"
		"sign in " ALICE "\nsend " BOB " early\n");
	fake_sent(e, w.ids[0], ENDPOINT_LATER, "flow failed", 0, 0);
	fake_state(e, ENDPOINT_CONNECTING, NULL);
	world_run(&w, 60000);
	assert_calls(&w, "");
	assert_int_equal(core_unsent(w.core), 1);
	fake_state(e, ENDPOINT_ONLINE, NULL);
	world_run(&w, 0);
	assert_calls(&w, "send " BOB " early\n");
	world_quiet(&w);
	fake_sent(e, w.ids[0], ENDPOINT_DELIVERED, NULL, 200, 0);
	world_run(&w, 0);
	assert_log(&w,
		"state " BOB " sent\nstate " BOB
		" delivered\nearly: 0 delivered\n");
	assert_null(core_chat_waits(core_chat_get(a, BOB)));
	world_close(&w);
}


/* 503 with Retry-After: not a second earlier, whatever the flow does; without
 * it after 4, 8, ... 60 s. */
static void retry(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	send_text(a, "hi");
	world_run(&w, 0);
	world_quiet(&w);
	assert_string_equal(
		core_chat_waits(core_chat_get(a, BOB)), "no answer yet");
	fake_sent(e, w.ids[0], ENDPOINT_LATER, "busy", 503, 30);
	assert_string_equal(core_chat_waits(core_chat_get(a, BOB)), "busy");
	fake_state(e, ENDPOINT_CONNECTING, NULL);
	fake_state(e, ENDPOINT_ONLINE, NULL);
	world_run(&w, 29999);
	assert_calls(&w, "");
	world_run(&w, 1);
	assert_calls(&w, "send " BOB " hi\n");
	assert_log(&w,
		"log info: message to bob waits: busy\n"
		"account work connecting\n"
		"account work online 192.0.2.1:5060\n");
	for (i = 0; i < 6; i++) {
		static const unsigned s[] = {8, 16, 32, 60, 60, 60};

		fake_sent(e, w.ids[0], ENDPOINT_LATER, "busy", 503, 0);
		world_run(&w, 1000 * s[i] - 1);
		assert_calls(&w, "");
		world_run(&w, 1);
		assert_calls(&w, "send " BOB " hi\n");
	}
	assert_log(&w, "");
	world_close(&w);
}


static void store_fails(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	w.add_err = ENOSPC;
	send_text(a, "lost");
	world_run(&w, 0);
	assert_log(&w,
		"lost: 74 the store failed: No space left on device "
		"failed\n");
	assert_calls(&w, "");
	assert_int_equal(core_unsent(w.core), 0);
	assert_true(core_sent_failed(w.core));
	world_close(&w);
}


static void refused_at_once(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	char *why = NULL;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	assert_int_equal(core_send(chat(a), "", NULL, NULL, &why), 64);
	w.text_max = 5;
	assert_int_equal(core_send(chat(a), "123456", NULL, NULL, &why), 69);
	assert_string_equal(why,
		"the text has 6 bytes and 5 can be sent: a longer one needs a "
		"session, TCP or TLS (see long-messages)");
	assert_int_equal(core_unsent(w.core), 0);
	mem_deref(why);
	world_close(&w);
}


/* Leaving: what is queued ends as failed before the shutdown is done; what
 * is in flight gets its answer. */
static void leaving(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	send_text(a, "1");
	send_text(a, "2");
	world_run(&w, 0);
	world_quiet(&w);
	core_shutdown(w.core, 2000, NULL, NULL);
	world_run(&w, 0);
	assert_log(&w,
		"state " BOB " failed: not sent, and not kept\n"
		"2: 75 not sent, and not kept failed\n");
	fake_sent(e, w.ids[0], ENDPOINT_LATER, "gone", 0, 0);
	world_run(&w, 0);
	assert_log(&w,
		"state " BOB " failed: not sent, and not kept\n"
		"1: 75 not sent, and not kept failed\n");
	assert_calls(&w, "sign out " ALICE " 2000\n");
	world_close(&w);
}


/* A text that the store has not answered for when the program leaves. */
static void leaving_early(void **state)
{
	struct core_account *a;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	world_run(&w, 0);
	world_quiet(&w);
	send_text(a, "hi");
	core_shutdown(w.core, 2000, NULL, NULL);
	world_run(&w, 0);
	assert_log(&w,
		"message out " BOB " hi queued\nstate " BOB
		" failed: not sent, and not kept\n"
		"hi: 75 not sent, and not kept failed\n");
	world_close(&w);
}


static void signed_out(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	send_text(a, "1");
	send_text(a, "2");
	world_run(&w, 0);
	core_logout(a, NULL, NULL);
	world_quiet(&w);
	fake_signed_out(e);
	world_run(&w, 0);
	assert_log(&w,
		"state " BOB " sent\naccount work offline\nstate " BOB
		" failed: signed out before an answer came; it may "
		"have arrived\n1: 75 signed out before an answer came; "
		"it may have arrived failed\n");
	assert_int_equal(core_unsent(w.core), 1);
	world_quiet(&w);
	(void)world_login(&w, a);
	assert_calls(&w,
		"publish online - - 0\nsign in " ALICE "\n"
		"send " BOB " 2\n");
	world_close(&w);
}


static void account_removed(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	send_text(a, "1");
	world_run(&w, 0);
	w.hold = true;
	send_text(a, "2");
	world_run(&w, 0);
	world_quiet(&w);
	assert_int_equal(core_account_remove(a, NULL), 0);
	world_run(&w, 0);
	assert_log(&w, "");
	w.hold = false;
	world_run(&w, 0);
	assert_log(&w,
		"message out " BOB " 2 queued\nstate " BOB
		" failed: not sent: the account was removed\n"
		"1: 75 not sent: the account was removed failed\n"
		"state " BOB " failed: not sent: the account was removed\n"
		"2: 75 not sent: the account was removed failed\n");
	assert_int_equal(core_unsent(w.core), 0);
	fake_signed_out(e);
	world_run(&w, 0);
	world_close(&w);
}


static void expires(void **state)
{
	struct core_account *a;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	assert_int_equal(
		core_option_set(w.core, "outbox-expiry", "60", NULL), 0);
	send_text(a, "1");
	world_run(&w, 30000);
	send_text(a, "2");
	world_run(&w, 29999);
	world_quiet(&w);
	world_run(&w, 1);
	assert_log(&w,
		"state " BOB " failed: not sent within the time of "
		"outbox-expiry\n1: 75 not sent within the time of "
		"outbox-expiry failed\n");
	assert_int_equal(
		core_option_set(w.core, "outbox-expiry", "0", NULL), 0);
	world_run(&w, 600000);
	assert_log(&w, "");
	assert_int_equal(core_unsent(w.core), 1);
	/* Idle is idle: nothing is due any more. */
	assert_true(tmrs_next(w.tmrs) == UINT64_MAX);
	world_close(&w);
}


/* It is kept as sent before it is. */
static void marked_first(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	w.state_err = EIO;
	send_text(a, "hi");
	world_run(&w, 3000);
	assert_calls(&w, "");
	assert_log(&w,
		"message out " BOB " hi queued\n"
		"log error: the store failed: a message waits: "
		"Input/output error\n");
	w.state_err = 0;
	world_run(&w, 2000);
	assert_calls(&w, "send " BOB " hi\n");
	world_close(&w);
}


/* The flow goes while that is being kept: nothing was sent. */
static void marked_and_offline(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	send_text(a, "hi");
	world_run(&w, 0);
	w.hold = true;
	e = world_login(&w, a);
	core_logout(a, NULL, NULL);
	fake_signed_out(e);
	world_quiet(&w);
	w.hold = false;
	world_run(&w, 0);
	assert_calls(&w, "");
	assert_int_equal(core_unsent(w.core), 1);
	(void)world_login(&w, a);
	assert_true(world_has(w.calls, "send " BOB " hi\n"));
	world_close(&w);
}


/* An end is told when it is kept, and not before. */
static void kept_then_told(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	send_text(a, "hi");
	world_run(&w, 0);
	world_quiet(&w);
	w.hold = true;
	fake_sent(e, w.ids[0], ENDPOINT_DELIVERED, NULL, 200, 0);
	world_run(&w, 0);
	assert_log(&w, "state " BOB " sent\n");
	assert_int_equal(core_unsent(w.core), 1);
	w.hold = false;
	world_run(&w, 0);
	assert_log(&w, "state " BOB " delivered\nhi: 0 delivered\n");
	assert_int_equal(core_unsent(w.core), 0);
	world_close(&w);
}


/* Leaving with a store that keeps: what is in flight may still have its
 * answer, what is queued stays so. */
static void leaving_kept(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	w.durable = true;
	world_restart(&w);
	world_run(&w, 0);
	a = world_account(&w, "work", ALICE);
	world_run(&w, 0);
	e = world_login(&w, a);
	send_text(a, "1");
	send_text(a, "2");
	world_run(&w, 0);
	world_quiet(&w);
	core_shutdown(w.core, 2000, NULL, NULL);
	world_run(&w, 500);
	assert_calls(&w, "");
	fake_sent(e, w.ids[0], ENDPOINT_DELIVERED, NULL, 200, 0);
	world_run(&w, 0);
	assert_log(&w,
		"state " BOB " sent\nstate " BOB
		" delivered\n1: 0 delivered\n");
	assert_calls(&w, "sign out " ALICE " 1500\n");
	assert_int_equal(core_unsent(w.core), 1);
	world_close(&w);
}


static void leaving_unanswered(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	send_text(a, "1");
	world_run(&w, 0);
	world_quiet(&w);
	core_shutdown(w.core, 2000, NULL, NULL);
	world_run(&w, 999);
	assert_calls(&w, "");
	world_run(&w, 1);
	assert_calls(&w, "sign out " ALICE " 1000\n");
	fake_signed_out(e);
	world_run(&w, 0);
	assert_true(world_has(w.log,
		"failed: signed out before an answer came; it may have "
		"arrived"));
	world_close(&w);
}


int test_outbox(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(endings),
		cmocka_unit_test(sent_in_time),
		cmocka_unit_test(order),
		cmocka_unit_test(waits_for_the_flow),
		cmocka_unit_test(retry),
		cmocka_unit_test(store_fails),
		cmocka_unit_test(refused_at_once),
		cmocka_unit_test(leaving),
		cmocka_unit_test(leaving_early),
		cmocka_unit_test(signed_out),
		cmocka_unit_test(account_removed),
		cmocka_unit_test(marked_first),
		cmocka_unit_test(marked_and_offline),
		cmocka_unit_test(kept_then_told),
		cmocka_unit_test(leaving_kept),
		cmocka_unit_test(leaving_unanswered),
		cmocka_unit_test(expires),
	};

	return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
