/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_complete(void);


static void emit_h(const char *text, const char *help, void *arg)
{
	struct world *w = arg;

	(void)help;
	mbuf_printf(w->calls, "%s\n", text);
}


static void help_h(const char *text, const char *help, void *arg)
{
	struct world *w = arg;

	mbuf_printf(w->calls, "%s (%.24s)\n", text, help ? help : "");
}


static void helped(void **state)
{
	static const struct {
		enum core_kind kind;
		const char *prefix;
		const char *out;
	} cases[] = {
		{CORE_KIND_ACCOUNT, "w", "work (alice@example.org)\n"},
		{CORE_KIND_BUDDY, "b", "Bob (bob@example.org)\n"},
		{CORE_KIND_BUDDY, "bob@", "bob@example.org (Bob)\n"},
		{CORE_KIND_BUDDY, "sip:k", KIM " ()\n"},
		{CORE_KIND_OPTION, "mouse",
			"mouse (Whether the full screen )\n"},
		{CORE_KIND_VALUE, "y", ""},
	};
	struct core_account *a;
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	core_buddy_add(a, BOB, "Bob", NULL, NULL, NULL, NULL);
	/* Her name cannot be typed: she is found by address. */
	core_buddy_add(a, KIM, "Kim\033[31m", NULL, NULL, NULL, NULL);
	world_run(&w, 0);
	for (i = 0; i < UNIT_N(cases); i++) {
		mbuf_reset(w.calls);
		core_complete(w.core, cases[i].kind, NULL, cases[i].prefix,
			help_h, &w);
		assert_calls(&w, cases[i].out);
	}
	world_close(&w);
}


static void kinds(void **state)
{
	static const char *const groups[] = {"Friends", NULL};
	static const struct {
		enum core_kind kind;
		const char *context;
		const char *prefix;
		const char *out;
	} cases[] = {
		{CORE_KIND_ACCOUNT, NULL, "", "work\nhome\n"},
		{CORE_KIND_ACCOUNT, NULL, "h", "home\n"},
		{CORE_KIND_BUDDY, NULL, "", "Bob\n" KIM "\n"},
		{CORE_KIND_BUDDY, NULL, "b", "Bob\n"},
		{CORE_KIND_BUDDY, NULL, "BO", "Bob\n"},
		{CORE_KIND_BUDDY, NULL, "bob@", "bob@example.org\n"},
		{CORE_KIND_BUDDY, NULL, "sip:b", BOB "\n"},
		{CORE_KIND_GROUP, NULL, "fr", "Friends\n"},
		{CORE_KIND_OPTION, NULL, "notify-c", "notify-command\n"},
		{CORE_KIND_SETTING, NULL, "password",
			"password\npassword-command\n"},
		{CORE_KIND_VALUE, "accept", "", "ask\nbuddies\nall\n"},
		{CORE_KIND_VALUE, "tls-verify", "n", "no\n"},
		{CORE_KIND_VALUE, "log-level", "e", "error\n"},
		{CORE_KIND_VALUE, "outbox-expiry", "", "259200\n"},
		{CORE_KIND_VALUE, "nonsense", "", ""},
		{CORE_KIND_PRESENCE, NULL, "o", "online\noffline\n"},
		{CORE_KIND_WATCHER, NULL, "", "sip:dora@lab.test\n"},
		{CORE_KIND_CHAT, NULL, "", "Bob\n"},
	};
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	world_account(&w, "home", KIM);
	core_buddy_add(a, BOB, "Bob", groups, NULL, NULL, NULL);
	core_buddy_add(a, KIM, NULL, NULL, NULL, NULL, NULL);
	core_chat_get(a, BOB);
	e->h.authorize("sip:dora@lab.test", NULL, "x", e->h.arg);
	world_run(&w, 0);
	world_quiet(&w);
	for (i = 0; i < UNIT_N(cases); i++) {
		core_complete(w.core, cases[i].kind, cases[i].context,
			cases[i].prefix, emit_h, &w);
		assert_calls(&w, cases[i].out);
	}
	world_close(&w);
}


int test_complete(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(helped),
	};

	return cmocka_run_group_tests_name("complete", tests, NULL, NULL);
}
