/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_notify_command(void);


static struct endpoint *ready(struct world *w, const char *command)
{
	struct core_account *a;
	struct endpoint *e;

	world_open_commands(w);
	a = world_online(w, &e);
	core_option_set(w->core, "notify-command", command, NULL);
	core_option_set(w->core, "notify-interval", "0", NULL);
	core_buddy_add(a, BOB, "Bob", NULL, NULL, NULL, NULL);
	world_run(w, 0);
	world_quiet(w);
	return e;
}


/* The facts as variables, cleaned: they go to a terminal or a bubble. */
static void runs(void **state)
{
	struct endpoint *e;
	struct world w;

	(void)state;
	e = ready(&w, "tell 'new mail'");
	w.hold = true;
	fake_message(e, BOB, "hi\x1b[31m\nyou", 1);
	world_run(&w, 0);
	world_quiet(&w);
	assert_true(list_isempty(&w.children)); /* not before it is stored */
	w.hold = false;
	world_run(&w, 0);
	assert_calls(&w,
		"answer " BOB " 200 0\n"
		"run [tell] [new mail] SOTTO_EVENT=message SOTTO_COUNT=1 "
		"SOTTO_ACCOUNT=work SOTTO_PEER=" BOB
		" SOTTO_NAME=Bob SOTTO_TEXT=hi"
		"\xef\xbf\xbd\nyou SOTTO_ID=1800000001000000 "
		"SOTTO_STRANGER=no\n");
	world_quiet(&w);
	fake_child_end(0, "", NULL);
	world_run(&w, 0);
	assert_log(&w, "");
	fake_message(e, KIM, "hi", 2);
	world_run(&w, 0);
	assert_true(world_has(w.calls, "SOTTO_STRANGER=yes"));
	world_quiet(&w);
	fake_child_end(3, "", NULL);
	world_run(&w, 0);
	assert_log(&w,
		"log warning: notify-command: status 3: words of "
		"stderr\n");
	/* Our own texts are no news. */
	core_send(core_chat_get(core_account_first(w.core), BOB), "yes", NULL,
		NULL, NULL);
	world_run(&w, 0);
	assert_true(list_isempty(&w.children));
	world_close(&w);
}


/* What others write is a part of a word: no option, no other word, no other
 * command, no mark. */
static void arguments(void **state)
{
	static const struct {
		const char *command;
		const char *text;
		const char *words;
	} cases[] = {
		{"tell %n %t", "hi", "run [tell] [Bob] [hi] S"},
		{"tell %t", "--help", "run [tell] [ --help] S"},
		{"tell %t", "-e rm", "run [tell] [ -e rm] S"},
		{"tell %t", "+x", "run [tell] [ +x] S"},
		{"tell %t", "@/etc/passwd", "run [tell] [ @/etc/passwd] S"},
		{"tell %t", "/etc/passwd", "run [tell] [ /etc/passwd] S"},
		{"tell %t", "\x1b[31m", "run [tell] [\xef\xbf\xbd] S"},
		{"tell %t", "\x1b-x", "run [tell] [\xef\xbf\xbd"},
		{"tell %t", "\xe2\x80\xae-x", "run [tell] [ -x] S"},
		{"tell %t", "a b;c $(d) `e` 'f\" %n",
			"run [tell] [a b;c $(d) `e` 'f\" %n] S"},
		{"tell --body=%t", "-x", "run [tell] [--body=-x] S"},
		{"tell %n:%t", "-x", "run [tell] [Bob:-x] S"},
		{"tell %%t %x 100% %", "hi", "run [tell] [%t] [%x] [100%] [%]"},
		{"tell %a,%p", "hi", "run [tell] [work," BOB "] S"},
		{"%t %t", "hi", "run [%t] [hi] S"},
		{"tell '%n says' %t", "hi", "run [tell] [Bob says] [hi] S"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct world w;
		struct endpoint *e = ready(&w, cases[i].command);

		fake_message(e, BOB, cases[i].text, i + 1);
		world_run(&w, 0);
		if (!world_has(w.calls, cases[i].words))
			print_error("case %zu: %.*s\n", i, (int)w.calls->end,
				(char *)w.calls->buf);
		assert_true(world_has(w.calls, cases[i].words));
		world_close(&w);
	}
}


/* As many at a time as there may be; and none that cannot be found. */
static void bounds(void **state)
{
	struct endpoint *e;
	struct world w;
	uint64_t i;

	(void)state;
	e = ready(&w, "tell");
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
	e = ready(&w, "tell");
	fake_message(e, BOB, text, 1);
	world_run(&w, 0);
	mbuf_write_u8(w.calls, '\0');
	at = strstr((char *)w.calls->buf, "SOTTO_TEXT=");
	assert_non_null(at);
	assert_int_equal(strcspn(at, " "), 11 + 4095);
	mem_deref(text);
	world_close(&w);
}


int test_notify_command(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs),
		cmocka_unit_test(arguments),
		cmocka_unit_test(bounds),
		cmocka_unit_test(long_text),
	};

	return cmocka_run_group_tests_name("notify_command", tests, NULL, NULL);
}
