/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <sysexits.h>
#include "world.h"

int test_way(void);

#define HOME "sip:kim@192.0.2.9:5070"


static void row_h(const char *key, const char *value, void *arg)
{
	mbuf_printf(arg, "%s=%s\n", strchr(key, '\t') + 1, value);
}


static void assert_rows(struct world *w, const char *expected)
{
	mbuf_reset(w->calls);
	w->memory->ops->each(w->memory, "way", row_h, NULL, w->calls);
	world_run(w, 0);
	assert_calls(w, expected);
}


/* What is typed with an address: taken, left alone, or refused. */
static void typed(void **state)
{
	static const struct {
		const char *typed;
		int status;
		const char *rows;
	} rows[] = {
		{HOME, 0, ""},
		{"kim@192.0.2.9:5070", 0, ""},
		{"kim", 0, ""},
		{HOME ";transport=tcp", 0, HOME "=tcp\n"},
		{"kim@192.0.2.9:5070;transport=TLS", 0, HOME "=tls\n"},
		{HOME ";lr;maddr=192.0.2.1;transport=udp", 0, HOME "=udp\n"},
		{HOME ";maddr=192.0.2.1", 0, ""},
		{HOME ";transport=sctp", EX_DATAERR, ""},
		{HOME ";transport", EX_DATAERR, ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct core_account *a;
		struct world w;
		char *why = NULL;

		world_open(&w);
		a = world_account(&w, "work", ALICE);
		assert_int_equal(
			core_way_learn(a, HOME, rows[i].typed, NULL, &why),
			rows[i].status);
		assert_int_equal(!why, !rows[i].status);
		mem_deref(why);
		world_run(&w, 0);
		assert_rows(&w, rows[i].rows);
		world_close(&w);
	}
}


/* Said to an endpoint at once, to the next one before it watches, and again
 * after a restart; forgotten with the buddy. */
static void kept(void **state)
{
	static const struct core_origin file = {"sotto.conf", 3};
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	world_quiet(&w);
	core_buddy_add(a, HOME ";transport=tcp", NULL, NULL, NULL, NULL, NULL);
	world_run(&w, 0);
	assert_calls(&w,
		"way " HOME " " HOME ";transport=tcp\n"
		"watch " HOME "\n");
	core_buddy_add(a, HOME, NULL, NULL, NULL, NULL, NULL);
	world_run(&w, 0);
	assert_calls(&w, "");
	assert_rows(&w, HOME "=tcp\n");
	world_restart(&w);
	world_run(&w, 0);
	a = core_account_find(w.core, "work");
	world_quiet(&w);
	core_login(a, NULL, NULL);
	world_run(&w, 0);
	assert_true(world_has(w.calls,
		"way " HOME " " HOME ";transport=tcp\n"
		"watch " HOME "\n"));
	world_quiet(&w);
	core_buddy_remove(core_buddy_find(a, HOME), NULL);
	world_run(&w, 0);
	assert_true(world_has(w.calls, "way " HOME " -\n"));
	assert_rows(&w, "");
	core_buddy_add(a, HOME ";transport=tcp", NULL, NULL, &file, NULL, NULL);
	world_run(&w, 0);
	assert_rows(&w, "");
	world_close(&w);
}


int test_way(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typed),
		cmocka_unit_test(kept),
	};

	return cmocka_run_group_tests_name("way", tests, NULL, NULL);
}
