/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "core_int.h"
#include "world.h"

int test_client(void);


static void down_h(void *arg)
{
	(void)arg;
	mbuf_write_str(world->log, "down\n");
}


static void shutdown_waits(void **state)
{
	struct core_account *a;
	struct endpoint *e, *home;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	home = world_login(&w, world_account(&w, "home", KIM));
	world_account(&w, "idle", BOB);
	world_run(&w, 0);
	world_quiet(&w);
	core_shutdown(w.core, 2000, down_h, NULL);
	core_shutdown(w.core, 2000, down_h, NULL);
	core_login(a, world_done, "login");
	assert_calls(&w, "sign out " ALICE " 2000\nsign out " KIM " 2000\n");
	fake_signed_out(home);
	world_run(&w, 100);
	assert_log(&w,
		"login: 75 the program is leaving\n"
		"account home offline\n");
	fake_signed_out(e);
	world_run(&w, 0);
	assert_log(&w, "account work offline\ndown\n");
	world_run(&w, 5000);
	assert_log(&w, "");
	world_close(&w);
}


static void shutdown_limit(void **state)
{
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	(void)world_online(&w, &e);
	core_shutdown(w.core, 2000, down_h, NULL);
	world_run(&w, 1999);
	assert_log(&w, "");
	world_run(&w, 1);
	assert_log(&w, "account work offline\ndown\n");
	assert_null(fake_endpoint());
	world_close(&w);
}


/* What the store still has to do is waited for too. */
static void shutdown_store(void **state)
{
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	(void)world_online(&w, &e);
	w.hold = true;
	fake_message(e, BOB, "hi", 1);
	core_shutdown(w.core, 2000, down_h, NULL);
	fake_signed_out(e);
	world_run(&w, 100);
	assert_log(&w, "account work offline\n");
	w.hold = false;
	world_run(&w, 0);
	assert_log(&w, "message in " BOB " hi stranger\ndown\n");
	world_close(&w);
}


static void shutdown_idle(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	core_shutdown(w.core, 2000, down_h, NULL);
	assert_log(&w, "");
	world_run(&w, 0);
	assert_log(&w, "down\n");
	world_close(&w);
}


static void trace_h(bool sent, const char *transport, const char *local,
	const char *peer, const struct pl *text, void *arg)
{
	(void)sent;
	(void)transport;
	(void)local;
	(void)peer;
	(void)text;
	(void)arg;
}


/* The stack is made at the first sign-in, with the options of that time. */
static void stack(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	core_option_set(w.core, "dns-servers", "192.0.2.53", NULL);
	core_option_set(w.core, "max-transactions", "500", NULL);
	core_trace(w.core, trace_h, NULL);
	assert_calls(&w, "");
	(void)world_login(&w, world_account(&w, "work", ALICE));
	assert_calls(&w,
		"stack 192.0.2.53 500\ntrace on\n"
		"publish online - - 0\nsign in " ALICE "\n");
	core_trace(w.core, NULL, NULL);
	assert_calls(&w, "trace off\n");
	world_quiet(&w);
	core_option_set(w.core, "dns-servers", "", NULL);
	world_run(&w, 0);
	assert_log(&w,
		"log warning: dns-servers takes effect when sotto "
		"starts again\n");
	world_close(&w);
}


static void arguments(void **state)
{
	struct core_config config = {0};
	struct core *core = NULL;

	(void)state;
	assert_int_equal(core_alloc(&core, &config), EINVAL);
	assert_null(core);
}


static void memory(void **state)
{
	const char *const groups[] = {"Friends", NULL};
	struct core_account *a;
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	for (i = 0; i < 1000; i++) {
		char uri[64], name[64];

		snprintf(uri, sizeof(uri), "sip:u%zu@example.org", i);
		snprintf(name, sizeof(name), "User %zu", i);
		assert_int_equal(
			core_buddy_add(a, uri, name, groups, NULL, NULL, NULL),
			0);
	}
	assert_true(sizeof(struct core_buddy) <= 200);
	world_close(&w);
}


int test_client(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shutdown_waits),
		cmocka_unit_test(shutdown_limit),
		cmocka_unit_test(shutdown_store),
		cmocka_unit_test(shutdown_idle),
		cmocka_unit_test(stack),
		cmocka_unit_test(arguments),
		cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
