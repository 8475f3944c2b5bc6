/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_event(void);

/* A listener that lets go of itself, of another, or of the core. */
struct hearer {
	struct core_listener *listener;
	struct core_listener **release;
	size_t n;
	int64_t time;
};


static void hear_h(const struct core_event *event, void *arg)
{
	struct hearer *h = arg;

	h->n++;
	h->time = event->time;
	if (h->release)
		*h->release = mem_deref(*h->release);
}


static void listeners(void **state)
{
	struct hearer one = {NULL, NULL, 0, 0}, two = {NULL, NULL, 0, 0};
	struct world w;

	(void)state;
	world_open(&w);
	core_listen(&one.listener, w.core, hear_h, &one);
	core_listen(&two.listener, w.core, hear_h, &two);
	core_say(w.core, LOG_INFO, "a %d", 1);
	assert_int_equal(one.n, 0); /* not within the call */
	world_run(&w, 0);
	assert_int_equal(one.n + two.n, 2);
	assert_log(&w, "log info: a 1\n");
	assert_true(one.time == 1800000001000);
	one.release = &two.listener;
	core_say(w.core, LOG_INFO, "b");
	world_run(&w, 0);
	assert_int_equal(one.n, 2);
	assert_int_equal(two.n, 1);
	one.release = &one.listener;
	core_say(w.core, LOG_INFO, "c");
	core_say(w.core, LOG_INFO, "d");
	world_run(&w, 0);
	assert_int_equal(one.n, 3);
	assert_log(&w, "log info: b\nlog info: c\nlog info: d\n");
	world_close(&w);
}


static void release_core_h(const struct core_event *event, void *arg)
{
	struct world *w = arg;

	(void)event;
	w->core = mem_deref(w->core);
}


/* A hearer ends the core: the rest of the news is dropped. */
static void core_ends(void **state)
{
	struct core_listener *l;
	struct world w;

	(void)state;
	world_open(&w);
	core_listen(&l, w.core, release_core_h, &w);
	core_say(w.core, LOG_INFO, "a");
	core_say(w.core, LOG_INFO, "b");
	world_run(&w, 0);
	assert_log(&w, "log info: a\n");
	mem_deref(l);
	world_close(&w);
}


static void say_more_h(const struct core_event *event, void *arg)
{
	struct world *w = arg;

	if (!strcmp(event->text, "a"))
		core_say(w->core, LOG_INFO, "b");
}


static void news_in_news(void **state)
{
	struct core_listener *l;
	struct world w;

	(void)state;
	world_open(&w);
	core_listen(&l, w.core, say_more_h, &w);
	core_say(w.core, LOG_INFO, "a");
	world_run(&w, 0);
	assert_log(&w, "log info: a\nlog info: b\n");
	mem_deref(l);
	world_close(&w);
}


static void names(void **state)
{
	(void)state;
	assert_string_equal(core_event_name(CORE_EVENT_ACCOUNT), "account");
	assert_string_equal(core_event_name(CORE_EVENT_PRESENCE), "presence");
	assert_string_equal(core_event_name(CORE_EVENT_BUDDY), "buddy");
	assert_string_equal(core_event_name(CORE_EVENT_WATCHER), "watcher");
	assert_string_equal(
		core_event_name(CORE_EVENT_WATCHER_SETTLED), "watcher-settled");
	assert_string_equal(core_event_name(CORE_EVENT_MESSAGE), "message");
	assert_string_equal(
		core_event_name(CORE_EVENT_MESSAGE_STATE), "message-state");
	assert_string_equal(core_event_name(CORE_EVENT_TYPING), "typing");
	assert_string_equal(core_event_name(CORE_EVENT_CHAT), "chat");
	assert_string_equal(core_event_name(CORE_EVENT_LOG), "log");
}


int test_event(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listeners),
		cmocka_unit_test(core_ends),
		cmocka_unit_test(news_in_news),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
