/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ruled.c - what the rules of a server have of our decisions. */
#include "world.h"

int test_ruled(void);

#define SIGN_IN "stack - 100000\npublish online - - 0\nsign in " ALICE "\n"


static void row_h(const char *key, const char *value, void *arg)
{
	(void)mbuf_printf(arg, "%s=%s\n", strchr(key, '\t') + 1, value);
}


static void assert_rows(struct world *w, const char *expected)
{
	w->memory->ops->each(w->memory, "ruled", row_h, NULL, w->calls);
	world_run(w, 0);
	assert_calls(w, expected);
}


static struct core_account *again(struct world *w, struct endpoint **ep)
{
	struct core_account *a;

	world_run(w, 0);
	world_restart(w);
	world_run(w, 0);
	a = core_account_find(w->core, "work");
	*ep = world_login(w, a);
	return a;
}


static void heard(
	struct world *w, struct endpoint *e, const char *peer, const char *why)
{
	e->h.ruled(peer, why, e->h.arg);
	world_run(w, 0);
	world_quiet(w);
}


/* Decided while signed out; and by a program that ended at once. */
static void due(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	core_account_set(a, "xcap-root", "http://xcap.example.org/", NULL);
	core_watcher_decide(a, BOB, CORE_BLOCK, NULL);
	core_watcher_decide(a, KIM, CORE_DECLINE, NULL);
	world_quiet(&w);
	e = world_login(&w, a);
	assert_calls(&w,
		SIGN_IN "decide " BOB " polite-block\ndecide " KIM " refuse\n");
	heard(&w, e, BOB, NULL);
	assert_rows(&w, BOB "=block\n");
	a = again(&w, &e);
	assert_calls(&w, SIGN_IN "decide " KIM " refuse\n");
	/* Refused for good: not for ever. */
	heard(&w, e, KIM, "no");
	assert_rows(&w, BOB "=block\n" KIM "=refused decline\n");
	a = again(&w, &e);
	assert_calls(&w, SIGN_IN);
	assert_true(core_watcher_blocked(a, BOB));
	/* Another word is another matter. */
	core_watcher_decide(a, KIM, CORE_BLOCK, NULL);
	core_watcher_decide(a, BOB, CORE_ACCEPT, NULL);
	assert_calls(&w, "decide " KIM " polite-block\ndecide " BOB " allow\n");
	assert_rows(&w, "");
	world_close(&w);
}


/* Taken back, the server still is to know it. */
static void undecided(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	core_account_set(a, "xcap-root", "http://xcap.example.org/", NULL);
	core_watcher_decide(a, BOB, CORE_BLOCK, NULL);
	core_watcher_decide(a, BOB, CORE_UNBLOCK, NULL);
	world_quiet(&w);
	assert_rows(&w, BOB "=undecided\n");
	a = again(&w, &e);
	assert_calls(&w, SIGN_IN "decide " BOB " pending\n");
	assert_false(core_watcher_blocked(a, BOB));
	heard(&w, e, BOB, NULL);
	assert_rows(&w, "");
	(void)again(&w, &e);
	assert_calls(&w, SIGN_IN);
	world_close(&w);
}


/* Nobody keeps rules: nothing is kept of that either. */
static void no_server(void **state)
{
	struct core_account *a;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	core_watcher_decide(a, BOB, CORE_BLOCK, NULL);
	core_watcher_decide(a, BOB, CORE_UNBLOCK, NULL);
	world_quiet(&w);
	assert_rows(&w, "");
	world_close(&w);
}


/* Who is refused by a setting gets no rule by it. */
static void by_setting(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_account_set(a, "xcap-root", "http://xcap.example.org/", NULL);
	assert_int_equal(
		e->h.authorize(BOB, NULL, NULL, e->h.arg), ENDPOINT_PENDING);
	world_quiet(&w);
	core_account_set(a, "accept", "buddies", NULL);
	assert_calls(&w, "decide " BOB " refuse, rule busy\n");
	core_watcher_decide(a, BOB, CORE_DECLINE, NULL);
	assert_calls(&w, "decide " BOB " refuse\n");
	core_watcher_decide(a, BOB, CORE_UNBLOCK, NULL);
	assert_calls(&w, "decide " BOB " refuse, rule pending\n");
	world_close(&w);
}


/* A removed account leaves no row; nor do rows without decision, as an older
 * program leaves them, mean anything. */
static void rows(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_watcher_decide(a, BOB, CORE_BLOCK, NULL);
	heard(&w, e, BOB, NULL);
	heard(&w, e, KIM, NULL);
	assert_rows(&w, BOB "=block\n");
	core_account_remove(a, NULL);
	world_run(&w, 0);
	world_quiet(&w);
	assert_rows(&w, "");
	a = world_account(&w, "work", ALICE);
	core_watcher_decide(a, BOB, CORE_BLOCK, NULL);
	world_run(&w, 0);
	w.memory->ops->put(
		w.memory, "ruled", "work\t" BOB, "accept", NULL, NULL);
	w.memory->ops->put(
		w.memory, "ruled", "work\t" KIM, "accept", NULL, NULL);
	a = again(&w, &e);
	assert_calls(&w, SIGN_IN "decide " BOB " polite-block\n");
	assert_false(core_watcher_blocked(a, KIM));
	world_close(&w);
}


int test_ruled(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(due),
		cmocka_unit_test(undecided),
		cmocka_unit_test(no_server),
		cmocka_unit_test(by_setting),
		cmocka_unit_test(rows),
	};

	return cmocka_run_group_tests_name("ruled", tests, NULL, NULL);
}
