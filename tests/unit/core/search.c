/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_search(void);


static void hit_h(const struct core_hit *hit, void *arg)
{
	(void)arg;
	mbuf_printf(world->log, "%s %s %s %s %s\n", hit->kind,
		hit->account ? hit->account : "-", hit->peer,
		hit->name ? hit->name : "-",
		hit->source ? hit->source : hit->state);
}


static void search(struct world *w, int what, const char *query)
{
	core_search(w->core, NULL, what, query, hit_h, world_done, "search");
}


static void buddies(void **state)
{
	static const struct {
		const char *query;
		const char *log;
	} cases[] = {
		{"bob", "buddy work " BOB " Bob Miller online\nsearch: 0\n"},
		{"MILL", "buddy work " BOB " Bob Miller online\nsearch: 0\n"},
		{"office", "buddy work " BOB " Bob Miller online\nsearch: 0\n"},
		{"example",
			"buddy work " BOB " Bob Miller online\n"
			"buddy work " KIM " - unknown\nsearch: 0\n"},
		{"nobody", "search: 0\n"},
	};
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_buddy_add(a, BOB, "Bob Miller", NULL, NULL, NULL, NULL);
	core_buddy_add(a, KIM, NULL, NULL, NULL, NULL, NULL);
	fake_presence(e, BOB, PRESENCE_ONLINE, "in the office", 0, false);
	world_run(&w, 0);
	world_quiet(&w);
	for (i = 0; i < UNIT_N(cases); i++) {
		search(&w, CORE_SEARCH_BUDDIES, cases[i].query);
		assert_log(&w, "");
		world_run(&w, 0);
		assert_log(&w, cases[i].log);
	}
	assert_calls(&w, "");
	world_close(&w);
}


static size_t count(const struct world *w, const char *part)
{
	struct pl all = mbuf_all(w->log), line, pl = pl_str(part);
	size_t n = 0;

	while (all.l) {
		(void)pl_split(&all, '\n', &line);
		n += pl_find(&line, &pl) != NULL;
	}
	return n;
}


/* Many are looked at over several turns, each once. */
static void many(void **state)
{
	struct core_account *accounts[2];
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	accounts[0] = world_account(&w, "work", ALICE);
	accounts[1] = world_account(&w, "home", "sip:alice@home.test");
	for (i = 0; i < 700; i++) {
		char *uri = mem_printf("sip:b%03zu@example.org", i);

		core_buddy_add(
			accounts[i >= 650], uri, NULL, NULL, NULL, NULL, NULL);
		mem_deref(uri);
	}
	for (i = 0; i < 5; i++)
		world_run(&w, 0);
	world_quiet(&w);
	search(&w, CORE_SEARCH_BUDDIES, "b");
	tmrs_run(w.tmrs);
	assert_int_equal(count(&w, "buddy work sip:b"), 300);
	/* One who is gone by the time their turn comes is not told. */
	core_buddy_remove(
		core_buddy_find(accounts[0], "sip:b649@example.org"), NULL);
	world_quiet(&w);
	for (i = 0; i < 5; i++)
		world_run(&w, 0);
	assert_int_equal(count(&w, "buddy work sip:b"), 349);
	assert_int_equal(count(&w, "buddy home sip:b"), 50);
	assert_int_equal(count(&w, "search: 0"), 1);
	world_close(&w);
}


/* One row for an address, then one presence event, then the outcome. */
static void address(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_chat_get(a, KIM); /* a past correspondent too: still one row */
	search(&w, CORE_SEARCH_PEOPLE, "kim@example.com");
	world_run(&w, 0);
	assert_log(&w, "person work " KIM " - address\n");
	assert_calls(&w, "fetch " KIM "\n");
	fake_presence(e, KIM, PRESENCE_UNKNOWN, "Not Found", 404, true);
	world_run(&w, 0);
	assert_log(&w, "presence " KIM " unknown: Not Found\nsearch: 0\n");
	search(&w, CORE_SEARCH_PEOPLE, "kim");
	world_run(&w, 0);
	assert_log(&w, "person work " KIM " kim chat\nsearch: 0\n");
	/* Who is a buddy is none of the other people. */
	core_buddy_add(a, KIM, "Kim", NULL, NULL, NULL, NULL);
	world_run(&w, 0);
	world_quiet(&w);
	search(&w, CORE_SEARCH_BUDDIES | CORE_SEARCH_PEOPLE, "kim");
	world_run(&w, 0);
	assert_log(&w, "buddy work " KIM " Kim unknown\nsearch: 0\n");
	core_logout(a, NULL, NULL);
	fake_signed_out(e);
	world_run(&w, 0);
	world_quiet(&w);
	search(&w, CORE_SEARCH_PEOPLE, BOB);
	world_run(&w, 0);
	assert_log(&w,
		"person work " BOB " - address\n"
		"presence " BOB " unknown: not signed in\n"
		"search: 0\n");
	world_close(&w);
}


static void directory(void **state)
{
	static const struct {
		const char *command;
		const char *calls;
	} cases[] = {
		{"ldap -q", "run [ldap] [-q] [mil; x]\n"},
		{"ldap 'cn=*%s*' -x", "run [ldap] [cn=*mil; x*] [-x]\n"},
		{"ldap %s%s", "run [ldap] [mil; xmil; x]\n"},
	};
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		world_open_commands(&w);
		world_account(&w, "work", ALICE);
		world_run(&w, 0);
		world_quiet(&w);
		core_option_set(
			w.core, "query-command", cases[i].command, NULL);
		search(&w, CORE_SEARCH_PEOPLE, "mil; x");
		world_run(&w, 0);
		assert_log(&w, "");
		assert_calls(&w, cases[i].calls);
		fake_child_end(0,
			"bob@example.org\tnot this line\n"
			"bob@example.org\tBob Miller\tsales\n"
			"\n"
			"no address at all\tx\n"
			"sip:kim@example.com\n"
			"sip:bob@example.org\tagain\n",
			NULL);
		world_run(&w, 0);
		assert_log(&w,
			"person work " BOB " Bob Miller directory\n"
			"person work " KIM " - directory\n"
			"search: 0\n");
		world_close(&w);
	}
}


static void directory_fails(void **state)
{
	struct world w;

	(void)state;
	world_open_commands(&w);
	core_option_set(w.core, "query-command", "ldap", NULL);
	search(&w, CORE_SEARCH_PEOPLE, "x");
	world_run(&w, 0);
	fake_child_end(2, "a\nbob@example.org\tBob\n", NULL);
	world_run(&w, 0);
	assert_log(&w,
		"log warning: query-command: status 2: words of "
		"stderr\nsearch: 0\n");
	core_option_set(w.core, "query-command", "missing", NULL);
	search(&w, CORE_SEARCH_PEOPLE, "x");
	world_run(&w, 0);
	assert_log(&w,
		"log warning: query-command: missing: No such file or "
		"directory\nsearch: 0\n");
	/* One under way when the core ends. */
	core_option_set(w.core, "query-command", "ldap", NULL);
	search(&w, CORE_SEARCH_PEOPLE, "x");
	search(&w, CORE_SEARCH_PEOPLE, "y");
	world_run(&w, 0);
	world_close(&w);
}


static void one_account(void **state)
{
	struct core_account *a;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	core_buddy_add(world_account(&w, "home", KIM), BOB, NULL, NULL, NULL,
		NULL, NULL);
	world_run(&w, 0);
	world_quiet(&w);
	core_search(w.core, a, CORE_SEARCH_BUDDIES | CORE_SEARCH_PEOPLE, "bob",
		hit_h, world_done, "search");
	core_account_remove(a, NULL);
	world_run(&w, 0);
	assert_log(&w, "search: 0\n");
	world_close(&w);
}


int test_search(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buddies),
		cmocka_unit_test(many),
		cmocka_unit_test(address),
		cmocka_unit_test(directory),
		cmocka_unit_test(directory_fails),
		cmocka_unit_test(one_account),
	};

	return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
