/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <time.h>
#include "line_int.h"
#include "loop.h"
#include "unit.h"

int test_event_text(void);


#define BOB "sip:bob@example.org"
#define KIM "sip:kim@lab.test"

/* Bob has a name in the list, Kim is a stranger. */
struct world {
	struct loop *loop;
	struct work *work;
	struct rand *rand;
	struct store *store;
	struct core *core;
};


static void stop(void *arg)
{
	const struct world *w = arg;

	loop_stop(w->loop, 0);
}


/* What was added is kept. */
static void run(struct world *w)
{
	struct tmr tmr = {0};

	tmr_start(loop_tmrs(w->loop), &tmr, 50, stop, w);
	assert_int_equal(loop_run(w->loop), 0);
}


static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct core_config config = {0};
	struct core_account *a;
	struct core_buddy *b;
	char *why = NULL;

	setenv("TZ", "UTC", 1);
	tzset();
	assert_int_equal(loop_alloc(&w->loop), 0);
	w->work = work_alloc(w->loop);
	w->rand = rand_system();
	config.tmrs = loop_tmrs(w->loop);
	config.loop = w->loop;
	config.rand = w->rand;
	config.work = w->work;
	assert_int_equal(
		store_memory_alloc(&w->store, config.tmrs, w->work), 0);
	config.store = w->store;
	assert_int_equal(core_alloc(&w->core, &config), 0);
	assert_int_equal(core_account_add(w->core, "work",
				 "sip:alice@example.org", NULL, &a, &why),
		0);
	assert_int_equal(
		core_buddy_add(a, BOB, "Bob", NULL, NULL, &b, &why), 0);
	run(w);
	*state = w;
	return 0;
}


static int teardown(void **state)
{
	struct world *w = *state;

	mem_deref(w->core);
	mem_deref(w->store);
	mem_deref(w->rand);
	mem_deref(w->work);
	mem_deref(w->loop);
	free(w);
	return 0;
}


static void texts(void **state)
{
	static const struct {
		struct core_event event;
		const char *text; /* NULL: none */
	} cases[] = {
		{{.kind = CORE_EVENT_ACCOUNT,
			 .state = "online",
			 .address = "127.0.0.1:5060"},
			"work is online at 127.0.0.1:5060"},
		{{.kind = CORE_EVENT_ACCOUNT, .state = "online"},
			"work is online"},
		{{.kind = CORE_EVENT_ACCOUNT,
			 .state = "failed",
			 .reason = "wrong password"},
			"work is failed: wrong password"},
		{{.kind = CORE_EVENT_PRESENCE, .peer = BOB, .state = "online"},
			"Bob is online"},
		{{.kind = CORE_EVENT_PRESENCE,
			 .peer = BOB,
			 .state = "online",
			 .activity = "busy",
			 .note = "in a meeting"},
			"Bob is online (busy) \"in a meeting\""},
		{{.kind = CORE_EVENT_PRESENCE,
			 .peer = BOB,
			 .time = 47040000,
			 .state = "online",
			 .activity = "away",
			 .idle_since = 43440000,
			 .note = "lunch"},
			"Bob is online (away, idle since 12:04) \"lunch\""},
		{{.kind = CORE_EVENT_PRESENCE,
			 .peer = BOB,
			 .time = 47040000 + 86400000,
			 .state = "online",
			 .activity = "away",
			 .idle_since = 43440000},
			"Bob is online (away, idle since 1970-01-01 12:04)"},
		{{.kind = CORE_EVENT_PRESENCE,
			 .peer = KIM,
			 .state = "unknown",
			 .reason = "no such user"},
			"kim is unknown: no such user"},
		{{.kind = CORE_EVENT_PRESENCE, .peer = KIM, .state = "unknown"},
			"kim is unknown: no answer"},
		{{.kind = CORE_EVENT_BUDDY,
			 .peer = BOB,
			 .name = "Bobby",
			 .change = "changed"},
			"Bobby was changed"},
		{{.kind = CORE_EVENT_BUDDY, .peer = KIM, .change = "removed"},
			KIM " was removed"},
		{{.kind = CORE_EVENT_WATCHER, .peer = KIM, .name = "Kim"},
			"Kim (" KIM ") added you: /buddy accept, decline or "
			"block " KIM},
		{{.kind = CORE_EVENT_MESSAGE,
			 .peer = BOB,
			 .direction = "in",
			 .time = 47040000,
			 .text = "one\n\ntwo"},
			"13:04 Bob one\n      \n      two"},
		{{.kind = CORE_EVENT_MESSAGE,
			 .peer = BOB,
			 .direction = "out",
			 .time = 47040000,
			 .text = "hi"},
			"13:04 me hi"},
		{{.kind = CORE_EVENT_MESSAGE_STATE,
			 .peer = BOB,
			 .state = "sent"},
			NULL},
		{{.kind = CORE_EVENT_MESSAGE_STATE,
			 .peer = BOB,
			 .state = "queued"},
			NULL},
		{{.kind = CORE_EVENT_MESSAGE_STATE,
			 .peer = BOB,
			 .state = "queued",
			 .reason = "unreachable"},
			"waiting to go to Bob: unreachable"},
		{{.kind = CORE_EVENT_MESSAGE_STATE,
			 .peer = BOB,
			 .state = "delivered"},
			"delivered to Bob"},
		{{.kind = CORE_EVENT_MESSAGE_STATE,
			 .peer = BOB,
			 .state = "accepted"},
			"kept for Bob by the server"},
		{{.kind = CORE_EVENT_MESSAGE_STATE,
			 .peer = BOB,
			 .state = "failed",
			 .reason = "busy"},
			"not delivered to Bob: busy"},
		{{.kind = CORE_EVENT_MESSAGE_STATE,
			 .peer = BOB,
			 .state = "failed"},
			"not delivered to Bob: refused"},
		{{.kind = CORE_EVENT_TYPING, .peer = BOB, .active = true},
			"Bob is typing"},
		{{.kind = CORE_EVENT_TYPING, .peer = BOB},
			"Bob stopped typing"},
		{{.kind = CORE_EVENT_CHAT,
			 .peer = BOB,
			 .state = "opening",
			 .by = "us"},
			NULL},
		{{.kind = CORE_EVENT_CHAT,
			 .peer = BOB,
			 .state = "opening",
			 .by = "them"},
			"Bob wants to chat: /chat open " BOB},
		{{.kind = CORE_EVENT_CHAT,
			 .peer = BOB,
			 .state = "open",
			 .via = "session"},
			"chat with Bob is open (session)"},
		{{.kind = CORE_EVENT_CHAT,
			 .peer = BOB,
			 .state = "closed",
			 .by = "them"},
			"Bob closed the chat"},
		{{.kind = CORE_EVENT_CHAT,
			 .peer = BOB,
			 .state = "closed",
			 .by = "us"},
			"chat with Bob closed"},
		{{.kind = CORE_EVENT_CHAT,
			 .peer = BOB,
			 .state = "closed",
			 .by = "error",
			 .reason = "gone"},
			"chat with Bob closed: gone"},
		{{.kind = CORE_EVENT_LOG, .text = "careful"}, "careful"},
	};
	const struct world *w = *state;
	size_t i;

	for (i = 0; i < UNIT_N(cases); i++) {
		struct core_event event = cases[i].event;
		char *text;

		event.account = "work";
		text = line_event_text(w->core, &event);
		if (cases[i].text) {
			assert_non_null(text);
			assert_string_equal(text, cases[i].text);
		} else {
			assert_null(text);
		}
		mem_deref(text);
	}
}


int test_event_text(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(texts, setup, teardown),
	};

	return cmocka_run_group_tests_name("event_text", tests, NULL, NULL);
}
