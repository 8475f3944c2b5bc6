/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_notify(void);


/* The facts as variables, cleaned: they go to a terminal or a bubble. */
static void runs(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open_commands(&w);
	a = world_online(&w, &e);
	core_option_set(w.core, "notify-command", "tell 'new mail'", NULL);
	core_buddy_add(a, BOB, "Bob", NULL, NULL, NULL, NULL);
	w.hold = true;
	fake_message(e, BOB, "hi\x1b[31m\nyou", 1);
	world_run(&w, 0);
	world_quiet(&w);
	assert_true(list_isempty(&w.children)); /* not before it is stored */
	w.hold = false;
	world_run(&w, 0);
	assert_calls(&w,
		"answer " BOB " 200 0\n"
		"run [tell] [new mail] SOTTO_ACCOUNT=work "
		"SOTTO_PEER=" BOB " SOTTO_NAME=Bob SOTTO_TEXT=hi"
		"\xef\xbf\xbd\nyou SOTTO_ID=1800000001000000 "
		"SOTTO_STRANGER=no\n");
	world_quiet(&w);
	fake_child_end(0, "", NULL);
	world_run(&w, 0);
	assert_log(&w, "");
	fake_message(e, KIM, "hi", 2);
	world_run(&w, 0);
	world_quiet(&w);
	fake_child_end(3, "", NULL);
	world_run(&w, 0);
	assert_log(&w,
		"log warning: notify-command: status 3: words of "
		"stderr\n");
	/* Our own texts are no news. */
	core_send(core_chat_get(a, BOB), "yes", NULL, NULL, NULL);
	world_run(&w, 0);
	assert_true(list_isempty(&w.children));
	world_close(&w);
}


/* As many at a time as there may be; and none that cannot be found. */
static void bounds(void **state)
{
	struct endpoint *e;
	struct world w;
	uint64_t i;

	(void)state;
	world_open_commands(&w);
	core_account_set(world_online(&w, &e), "accept", "all", NULL);
	core_option_set(w.core, "notify-command", "tell", NULL);
	for (i = 0; i < 40; i++)
		fake_message(e, BOB, "hi", i + 1);
	world_run(&w, 0);
	assert_int_equal(w.children.count, 16);
	fake_child_end(0, "", NULL);
	fake_message(e, BOB, "hi", 100);
	world_run(&w, 0);
	assert_int_equal(w.children.count, 16);
	fake_child_end(0, "", NULL);
	world_quiet(&w);
	core_option_set(w.core, "notify-command", "missing", NULL);
	fake_message(e, BOB, "hi", 101);
	world_run(&w, 0);
	assert_log(&w,
		"message in " BOB " hi\n"
		"log warning: notify-command: missing: No such file or "
		"directory\n");
	/* The core stops those that run. */
	world_close(&w);
}


/* A long text is cut behind a whole character. */
static void long_text(void **state)
{
	struct endpoint *e;
	struct world w;
	char *text = mem_alloc(6001, NULL);
	const char *at;
	size_t i;

	(void)state;
	for (i = 0; i < 6000; i += 3)
		memcpy(text + i, "\xe2\x82\xac", 3);
	text[6000] = '\0';
	world_open_commands(&w);
	(void)world_online(&w, &e);
	core_option_set(w.core, "notify-command", "tell", NULL);
	fake_message(e, BOB, text, 1);
	world_run(&w, 0);
	mbuf_write_u8(w.calls, '\0');
	at = strstr((char *)w.calls->buf, "SOTTO_TEXT=");
	assert_non_null(at);
	assert_int_equal(strcspn(at, " "), 11 + 4095);
	mem_deref(text);
	world_close(&w);
}


int test_notify(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs),
		cmocka_unit_test(bounds),
		cmocka_unit_test(long_text),
	};

	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
