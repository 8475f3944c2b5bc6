/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include "world.h"

int test_lines(void);


static void row_h(const char *key, const char *value, void *arg)
{
	const char *nl = strchr(value, '\n');

	(void)key;
	assert_non_null(nl);
	mbuf_printf(arg, "%.*s|%s\n", (int)(nl - value), value, nl + 1);
}


static void assert_rows(struct world *w, const char *expected)
{
	mbuf_reset(w->calls);
	w->memory->ops->each(w->memory, "line", row_h, NULL, w->calls);
	world_run(w, 0);
	assert_calls(w, expected);
}


static void line_h(const char *text, int64_t at, void *arg)
{
	(void)at;
	mbuf_printf(arg, "%s,", text);
}


static void assert_lines(struct world *w, const struct core_account *a,
	const char *peer, const char *expected)
{
	mbuf_reset(w->calls);
	core_line_each(w->core, a, peer, line_h, w->calls);
	assert_calls(w, expected);
}


static void kept(void **state)
{
	struct core_account *a;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	world_run(&w, 0);
	core_line_keep(w.core, NULL, NULL, "/login");
	core_line_keep(w.core, a, BOB, "/chat close");
	core_line_keep(w.core, a, BOB, "/log");
	core_line_keep(w.core, a, BOB, "/chat close");
	core_line_keep(w.core, a, BOB, "/chat close");
	core_line_keep(w.core, a, BOB, "");
	assert_rows(&w,
		"|/login\n"
		"work\t" BOB "|/log\n"
		"work\t" BOB "|/chat close\n");
	world_restart(&w);
	world_run(&w, 0);
	a = core_account_find(w.core, "work");
	assert_lines(&w, NULL, NULL, "/login,");
	assert_lines(&w, a, BOB, "/log,/chat close,");
	assert_lines(&w, a, KIM, "");
	mbuf_reset(w.calls);
	core_line_all(w.core, line_h, w.calls);
	assert_calls(&w, "/login,/log,/chat close,");
	core_line_keep(w.core, a, BOB, "/log");
	assert_lines(&w, a, BOB, "/chat close,/log,");
	world_close(&w);
}


static void bounded(void **state)
{
	char *text = mem_zalloc(4097, NULL), *why = NULL;
	struct world w;

	(void)state;
	world_open(&w);
	world_run(&w, 0);
	memset(text, 'x', 4096);
	core_line_keep(w.core, NULL, NULL, text);
	core_line_keep(w.core, NULL, NULL, "/1");
	core_line_keep(w.core, NULL, NULL, "/2");
	core_line_keep(w.core, NULL, NULL, "/3");
	assert_int_equal(
		core_option_set(w.core, "input-history", "2", &why), 0);
	assert_rows(&w, "|/2\n|/3\n");
	core_line_keep(w.core, NULL, NULL, "/4");
	assert_rows(&w, "|/3\n|/4\n");
	assert_int_equal(
		core_option_set(w.core, "input-history", "0", &why), 0);
	assert_rows(&w, "");
	core_line_keep(w.core, NULL, NULL, "/5");
	assert_rows(&w, "");
	assert_lines(&w, NULL, NULL, "");
	world_close(&w);
	mem_deref(text);
}


/* With its account, and by age. */
static void forgotten(void **state)
{
	struct core_account *a;
	char *why = NULL;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	world_run(&w, 0);
	core_line_keep(w.core, a, BOB, "/1");
	core_line_keep(w.core, a, KIM, "/2");
	core_line_keep(w.core, NULL, NULL, "/3");
	assert_int_equal(core_account_remove(a, &why), 0);
	world_run(&w, 0);
	assert_rows(&w, "|/3\n");
	assert_int_equal(core_option_set(w.core, "retention", "2", &why), 0);
	world_run(&w, 24 * 3600 * 1000);
	core_line_keep(w.core, NULL, NULL, "/4");
	assert_rows(&w, "|/3\n|/4\n");
	world_run(&w, 50 * 3600 * 1000);
	assert_rows(&w, "|/4\n");
	world_close(&w);
}


int test_lines(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept),
		cmocka_unit_test(bounded),
		cmocka_unit_test(forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
