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


/* What the server's rules are; "" for nothing. */
/* Somebody let in whom the server keeps out: told once, with the cure. */
static void kept_waiting(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	e->h.waits(BOB, e->h.arg);
	e->h.waits(KIM, e->h.arg);
	world_run(&w, 0);
	assert_log(&w,
		"log warning: work: the server keeps " BOB " waiting, who may "
		"see you: it can be told only where xcap-root leads to it; "
		"whoever runs it knows that address, which account set work "
		"xcap-root takes\n");
	core_account_set(a, "xcap-root", "http://xcap.example.org/", NULL);
	core_logout(a, world_done, "logout");
	fake_signed_out(e);
	world_run(&w, 0);
	world_quiet(&w);
	e = world_login(&w, a);
	world_quiet(&w);
	e->h.waits(KIM, e->h.arg);
	e->h.trouble("it is slow", e->h.arg);
	world_run(&w, 0);
	assert_log(&w,
		"log warning: work: the server keeps " KIM " waiting, who may "
		"see you: it keeps no rules that sotto could change\n"
		"log warning: work: it is slow\n");
	world_close(&w);
}


static void rules(
	struct world *w, struct endpoint *e, const char *bob, const char *kim)
{
	static const char *const words[] = {
		"pending", "accept", "block", "decline"};
	struct endpoint_rule all[3] = {
		{.peer = "sip:x@example.com", .verdict = ENDPOINT_ALLOW}};
	const char *const said[] = {bob, kim};
	static const char *const peers[] = {BOB, KIM};
	size_t n = 1, i, k;

	for (i = 0; i < UNIT_N(said); i++) {
		for (k = 0; k < UNIT_N(words); k++) {
			if (strcmp(words[k], said[i]))
				continue;
			all[n].peer = peers[i];
			all[n++].verdict = (enum endpoint_verdict)k;
		}
	}
	e->h.rules(all, n, e->h.arg);
	world_run(w, 0);
}


/* What another device decides holds here, and what it takes back, too. */
static void another_device(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	rules(&w, e, "", "");
	world_quiet(&w);
	e->h.authorize(BOB, NULL, NULL, e->h.arg);
	world_quiet(&w);
	rules(&w, e, "block", "decline");
	assert_log(&w,
		"watcher " BOB "\nsettled " BOB "\n"
		"log info: work: " BOB
		" is blocked, as the server's rules are now\n"
		"log info: work: " KIM
		" is declined, as the server's rules are now\n");
	assert_calls(&w,
		"decide " BOB " polite-block, rule busy\n"
		"decide " KIM " refuse, rule busy\n");
	assert_true(core_watcher_blocked(a, BOB));
	rules(&w, e, "block", "decline");
	assert_log(&w, "");
	rules(&w, e, "", "accept");
	assert_log(&w,
		"log info: work: " KIM
		" is accepted, as the server's rules are now\n"
		"log info: work: " BOB " is no longer decided about, "
		"as the server's rules are now\n");
	assert_false(core_watcher_blocked(a, BOB));
	assert_int_equal(
		e->h.authorize(KIM, NULL, NULL, e->h.arg), ENDPOINT_ALLOW);
	world_quiet(&w);
	/* Kept, and not to be written. */
	a = again(&w, &e);
	assert_calls(&w, SIGN_IN);
	rules(&w, e, "", "accept");
	assert_calls(&w, "");
	assert_int_equal(
		e->h.authorize(KIM, NULL, NULL, e->h.arg), ENDPOINT_ALLOW);
	world_close(&w);
}


/* A decision of our own that the server has not yet, or does not keep, is not
 * undone by what it has. */
static void ours_first(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_watcher_decide(a, BOB, CORE_BLOCK, NULL);
	core_watcher_decide(a, KIM, CORE_BLOCK, NULL);
	heard(&w, e, KIM, "no");
	rules(&w, e, "accept", "accept");
	rules(&w, e, "", "");
	assert_true(core_watcher_blocked(a, BOB));
	assert_true(core_watcher_blocked(a, KIM));
	/* Known there now: from then on it can be undone there. */
	heard(&w, e, BOB, NULL);
	rules(&w, e, "", "");
	assert_false(core_watcher_blocked(a, BOB));
	world_close(&w);
}


/* Who is in the list needs no decision to be let in. */
static void buddies(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	rules(&w, e, "", "");
	core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL);
	world_quiet(&w);
	rules(&w, e, "accept", "");
	assert_calls(&w, "");
	rules(&w, e, "block", "");
	assert_calls(&w, "decide " BOB " polite-block, rule busy\n");
	rules(&w, e, "accept", "");
	assert_calls(&w, "decide " BOB " allow, rule busy\n");
	assert_false(core_watcher_blocked(a, BOB));
	world_close(&w);
}


/* Many at once are not a line each. */
static void many(void **state)
{
	struct endpoint_rule all[100];
	char peers[100][40];
	struct endpoint *e;
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	(void)world_online(&w, &e);
	for (i = 0; i < UNIT_N(all); i++) {
		(void)snprintf(peers[i], sizeof(peers[i]), "sip:u%zu@x", i);
		all[i].peer = peers[i];
		all[i].verdict = ENDPOINT_ALLOW;
	}
	e->h.rules(all, UNIT_N(all), e->h.arg);
	world_run(&w, 0);
	assert_true(world_has(w.log, "sip:u4@x is accepted"));
	assert_false(world_has(w.log, "sip:u5@x"));
	assert_true(world_has(w.log,
		"work: 95 more decisions are taken over "
		"from the server's rules\n"));
	world_close(&w);
}


/* A server that has lost its rules gets ours again, and takes nothing back. */
static void lost_there(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	core_account_set(a, "xcap-root", "http://xcap.example.org/", NULL);
	e = world_login(&w, a);
	e->h.rules(NULL, 0, e->h.arg);
	core_watcher_decide(a, BOB, CORE_BLOCK, NULL);
	core_watcher_decide(a, KIM, CORE_DECLINE, NULL);
	heard(&w, e, BOB, NULL);
	heard(&w, e, KIM, "no");
	e->h.rules(NULL, 0, e->h.arg);
	assert_calls(&w, "decide " BOB " polite-block\n");
	assert_rows(&w, KIM "=refused decline\n");
	/* What it has meanwhile takes nothing back. */
	e->h.rules(
		(struct endpoint_rule[1]){{KIM, ENDPOINT_REFUSE}}, 1, e->h.arg);
	assert_true(core_watcher_blocked(a, BOB));
	heard(&w, e, BOB, NULL);
	assert_rows(&w, BOB "=block\n" KIM "=refused decline\n");
	world_close(&w);
}


int test_ruled(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(due),
		cmocka_unit_test(undecided),
		cmocka_unit_test(kept_waiting),
		cmocka_unit_test(no_server),
		cmocka_unit_test(by_setting),
		cmocka_unit_test(rows),
		cmocka_unit_test(another_device),
		cmocka_unit_test(ours_first),
		cmocka_unit_test(buddies),
		cmocka_unit_test(many),
		cmocka_unit_test(lost_there),
	};

	return cmocka_run_group_tests_name("ruled", tests, NULL, NULL);
}
