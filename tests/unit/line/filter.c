/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line_int.h"
#include "unit.h"

int test_filter(void);


static struct core_event event(enum core_event_kind kind, const char *peer,
	const char *state, const char *reason)
{
	struct core_event e = {
		.kind = kind,
		.account = "work",
		.peer = peer,
		.state = state,
		.reason = reason,
	};

	return e;
}


/* The first word about somebody, then what is no step of signing in. */
static void presence(void **state)
{
	static const struct {
		const char *peer;
		const char *state;
		const char *reason;
		bool shown;
	} steps[] = {
		{"sip:bob@lab.test", "unknown", "not signed in", true},
		{"sip:kim@lab.test", "unknown", "not added yet", true},
		{"sip:bob@lab.test", "unknown", "connecting", false},
		{"sip:bob@lab.test", "unknown", "waiting for an answer", false},
		{"sip:bob@lab.test", "online", NULL, true},
		{"sip:bob@lab.test", "unknown", "not signed in", false},
		{"sip:bob@lab.test", "unknown", "no such user", true},
		{"sip:bob@lab.test", "unknown", NULL, true},
		{"sip:bob@lab.test", "offline", NULL, true},
		{"sip:kim@lab.test", "unknown", "waiting for an answer", false},
		{"sip:kim@lab.test", "unknown", "waiting for approval", true},
	};
	struct line_filter *f;
	size_t i;

	(void)state;
	line_filter_alloc(&f);
	for (i = 0; i < UNIT_N(steps); i++) {
		struct core_event e = event(CORE_EVENT_PRESENCE, steps[i].peer,
			steps[i].state, steps[i].reason);

		assert_int_equal(line_filter_shows(f, &e), steps[i].shown);
	}
	mem_deref(f);
}


/* A server that is away is tried every few seconds: one line tells it. */
static void account(void **state)
{
	struct core_event e =
		event(CORE_EVENT_ACCOUNT, NULL, "failed", "connection refused");
	struct line_filter *f;

	(void)state;
	line_filter_alloc(&f);
	e.account = "work";
	assert_true(line_filter_shows(f, &e));
	e.again = true;
	assert_false(line_filter_shows(f, &e));
	mem_deref(f);
}


/* From the configuration, while it runs, on the way out. */
static void phases(void **state)
{
	static const struct {
		enum core_event_kind kind;
		const char *state;
		const char *reason;
		bool begin, settled, leaving;
	} cases[] = {
		{CORE_EVENT_ACCOUNT, "offline", NULL, false, true, false},
		{CORE_EVENT_ACCOUNT, "offline", "503", true, true, false},
		{CORE_EVENT_ACCOUNT, "failed", "x", true, true, false},
		{CORE_EVENT_PRESENCE, "online", NULL, true, true, false},
		{CORE_EVENT_BUDDY, NULL, NULL, false, true, false},
		{CORE_EVENT_WATCHER, NULL, NULL, true, true, true},
		{CORE_EVENT_WATCHER_SETTLED, NULL, NULL, false, false, false},
		{CORE_EVENT_MESSAGE, NULL, NULL, true, true, true},
		{CORE_EVENT_MESSAGE_STATE, "failed", "x", true, true, true},
		{CORE_EVENT_TYPING, NULL, NULL, true, true, false},
		{CORE_EVENT_CHAT, "closed", NULL, true, true, false},
		{CORE_EVENT_LOG, NULL, NULL, true, true, true},
	};
	struct line_filter *f;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct core_event e = event(cases[i].kind, "sip:bob@lab.test",
			cases[i].state, cases[i].reason);

		line_filter_alloc(&f);
		assert_int_equal(line_filter_shows(f, &e), cases[i].begin);
		line_filter_settle(f);
		assert_int_equal(line_filter_shows(f, &e), cases[i].settled);
		line_filter_leave(f);
		assert_int_equal(line_filter_shows(f, &e), cases[i].leaving);
		mem_deref(f);
	}
}


int test_filter(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(presence),
		cmocka_unit_test(account),
		cmocka_unit_test(phases),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
