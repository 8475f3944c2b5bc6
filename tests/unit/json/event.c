/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json_int.h"
#include "unit.h"

int test_event(void);


#define BOB  "sip:bob@example.org"
#define TIME 1700000000123

static const char *const groups[] = {"Friends", "caf\xc3\xa9", NULL};
static const char *const no_groups[] = {NULL};

/* All members behind "event" and "time", in order; those that are not set
 * are absent. */
static const struct {
	struct core_event event;
	const char *name;
	const char *members;
} cases[] = {
	{{.kind = CORE_EVENT_ACCOUNT, .account = "work", .state = "connecting"},
		"account", "\"account\":\"work\",\"state\":\"connecting\""},
	{{.kind = CORE_EVENT_ACCOUNT,
		 .account = "work",
		 .state = "online",
		 .address = "127.0.0.1:5060"},
		"account",
		"\"account\":\"work\",\"state\":\"online\","
		"\"address\":\"127.0.0.1:5060\""},
	{{.kind = CORE_EVENT_ACCOUNT,
		 .account = "work",
		 .state = "offline",
		 .reason = "503",
		 .code = 503,
		 .retry_at = TIME + 1000},
		"account",
		"\"account\":\"work\",\"state\":\"offline\","
		"\"reason\":\"503\",\"code\":503,"
		"\"retry-at\":\"2023-11-14T22:13:21.123Z\""},
	{{.kind = CORE_EVENT_PRESENCE,
		 .account = "work",
		 .peer = BOB,
		 .state = "online",
		 .activity = "away",
		 .note = "\x1b[31mlunch\n"},
		"presence",
		"\"account\":\"work\",\"buddy\":\"" BOB "\","
		"\"state\":\"online\",\"activity\":\"away\","
		"\"note\":\"\\u001B[31mlunch\\n\""},
	{{.kind = CORE_EVENT_PRESENCE,
		 .account = "work",
		 .peer = BOB,
		 .state = "online",
		 .activity = "away",
		 .idle_since = INT64_C(1768478400123)},
		"presence",
		"\"account\":\"work\",\"buddy\":\"" BOB "\","
		"\"state\":\"online\",\"activity\":\"away\","
		"\"idle-since\":\"2026-01-15T12:00:00.123Z\""},
	{{.kind = CORE_EVENT_PRESENCE,
		 .account = "work",
		 .peer = BOB,
		 .state = "unknown",
		 .reason = "no such user",
		 .code = 404},
		"presence",
		"\"account\":\"work\",\"buddy\":\"" BOB "\","
		"\"state\":\"unknown\",\"reason\":\"no such user\","
		"\"code\":404"},
	{{.kind = CORE_EVENT_BUDDY,
		 .account = "work",
		 .peer = BOB,
		 .change = "added",
		 .name = "Bob",
		 .groups = groups},
		"buddy",
		"\"account\":\"work\",\"buddy\":\"" BOB "\","
		"\"change\":\"added\",\"name\":\"Bob\","
		"\"groups\":[\"Friends\",\"caf\\u00E9\"]"},
	{{.kind = CORE_EVENT_BUDDY,
		 .account = "work",
		 .peer = BOB,
		 .change = "changed",
		 .groups = no_groups},
		"buddy",
		"\"account\":\"work\",\"buddy\":\"" BOB "\","
		"\"change\":\"changed\",\"groups\":[]"},
	{{.kind = CORE_EVENT_BUDDY,
		 .account = "work",
		 .peer = BOB,
		 .change = "removed"},
		"buddy",
		"\"account\":\"work\",\"buddy\":\"" BOB "\","
		"\"change\":\"removed\""},
	{{.kind = CORE_EVENT_WATCHER,
		 .account = "work",
		 .peer = BOB,
		 .name = "Bob"},
		"watcher",
		"\"account\":\"work\",\"watcher\":\"" BOB "\","
		"\"name\":\"Bob\""},
	{{.kind = CORE_EVENT_WATCHER_SETTLED,
		 .account = "work",
		 .peer = BOB,
		 .name = "Bob"},
		"watcher-settled",
		"\"account\":\"work\",\"watcher\":\"" BOB "\","
		"\"name\":\"Bob\""},
	{{.kind = CORE_EVENT_MESSAGE,
		 .account = "work",
		 .peer = BOB,
		 .direction = "in",
		 .id = UINT64_MAX,
		 .text = "one\n\"two\"",
		 .via = "page",
		 .stranger = true,
		 .sent_at = TIME - 123},
		"message",
		"\"account\":\"work\",\"peer\":\"" BOB "\","
		"\"direction\":\"in\",\"id\":\"18446744073709551615\","
		"\"text\":\"one\\n\\\"two\\\"\",\"via\":\"page\","
		"\"stranger\":true,"
		"\"sent-at\":\"2023-11-14T22:13:20.000Z\""},
	{{.kind = CORE_EVENT_MESSAGE,
		 .account = "work",
		 .peer = BOB,
		 .direction = "out",
		 .id = 7,
		 .text = "x",
		 .state = "queued"},
		"message",
		"\"account\":\"work\",\"peer\":\"" BOB "\","
		"\"direction\":\"out\",\"id\":\"7\",\"text\":\"x\","
		"\"state\":\"queued\""},
	{{.kind = CORE_EVENT_MESSAGE_STATE,
		 .account = "work",
		 .peer = BOB,
		 .id = 7,
		 .state = "failed",
		 .reason = "busy",
		 .code = 486},
		"message-state",
		"\"account\":\"work\",\"peer\":\"" BOB "\",\"id\":\"7\","
		"\"state\":\"failed\",\"reason\":\"busy\",\"code\":486"},
	{{.kind = CORE_EVENT_TYPING,
		 .account = "work",
		 .peer = BOB,
		 .active = true},
		"typing",
		"\"account\":\"work\",\"peer\":\"" BOB "\",\"active\":true"},
	{{.kind = CORE_EVENT_TYPING, .account = "work", .peer = BOB}, "typing",
		"\"account\":\"work\",\"peer\":\"" BOB "\",\"active\":false"},
	{{.kind = CORE_EVENT_CHAT,
		 .account = "work",
		 .peer = BOB,
		 .state = "open",
		 .via = "session",
		 .by = "us"},
		"chat",
		"\"account\":\"work\",\"peer\":\"" BOB "\",\"state\":\"open\","
		"\"via\":\"session\",\"by\":\"us\""},
	{{.kind = CORE_EVENT_CHAT,
		 .account = "work",
		 .peer = BOB,
		 .state = "closed",
		 .by = "error",
		 .reason = "gone",
		 .code = 480},
		"chat",
		"\"account\":\"work\",\"peer\":\"" BOB "\","
		"\"state\":\"closed\",\"by\":\"error\",\"reason\":\"gone\","
		"\"code\":480"},
	{{.kind = CORE_EVENT_HISTORY,
		 .account = "work",
		 .peer = BOB,
		 .change = "cleared"},
		"history",
		"\"account\":\"work\",\"peer\":\"" BOB "\","
		"\"change\":\"cleared\""},
	{{.kind = CORE_EVENT_LOG, .level = LOG_WARN, .text = "careful"},
		"log", "\"level\":\"warning\",\"text\":\"careful\""},
};


static void objects(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct core_event event = cases[i].event;
		struct mbuf *mb = mbuf_alloc(4096);
		struct json *json;
		char *expected, *got;

		event.time = TIME;
		json = json_event_of(&event);
		assert_int_equal(json_encode(mb, json), 0);
		got = mbuf_strdup(mb);
		expected = mem_printf("{\"event\":\"%s\","
				      "\"time\":\"2023-11-14T22:13:20.123Z\","
				      "%s}",
			cases[i].name, cases[i].members);
		assert_string_equal(got, expected);
		mem_deref(expected);
		mem_deref(got);
		mem_deref(mb);
		json_drop(json);
	}
}


/* The table above leaves none out. */
static void every_kind(void **state)
{
	int kind;
	size_t i;

	(void)state;
	for (kind = CORE_EVENT_ACCOUNT; kind <= CORE_EVENT_LOG; kind++) {
		for (i = 0; i < UNIT_N(cases); i++) {
			if ((int)cases[i].event.kind == kind)
				break;
		}
		assert_true(i < UNIT_N(cases));
	}
}


int test_event(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects),
		cmocka_unit_test(every_kind),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
