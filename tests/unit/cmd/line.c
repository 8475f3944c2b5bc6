/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sysexits.h>
#include "mbuf.h"
#include "unit.h"
#include "world.h"

int test_line(void);


/* What is typed: commands behind a slash, their last text literal. */
static void typed(void **state)
{
	static const struct {
		const char *typed;
		const char *log; /* what the core was told */
	} cases[] = {
		{"hello", "send work sip:kim@example.org hello\n"},
		{"it's; #1 \"x",
			"send work sip:kim@example.org it's; #1 \"x\n"},
		{"//slash", "send work sip:kim@example.org /slash\n"},
		{"-a home", "send work sip:kim@example.org -a home\n"},
		{" /x", "send work sip:kim@example.org  /x\n"},
		{"/say it's; #1", "send work sip:kim@example.org it's; #1\n"},
		{"/s yo", ""},
		{"/sa yo ", "send work sip:kim@example.org yo \n"},
		{"/msg \"kim lee\" it's \\o/",
			"send work sip:kim@example.org it's \\o/\n"},
		{"/m -a home bob 'q' ; /quit",
			"send home sip:bob@lab.test 'q' ; /quit\n"},
		{"/msg kim@x.test -a home two",
			"send home sip:kim@x.test two\n"},
		{"/msg kim@x.test -- -a home",
			"send work sip:kim@x.test "
			"-a home\n"},
		{"/msg kim@x.test -5", "send work sip:kim@x.test -5\n"},
		{"/msg kim@x.test --", ""},
		{"/echo hi", ""},
		{"/presence set away it's lunch; #",
			"presence - away it's lunch; #\n"},
		{"/set theme dark; echo x", "set theme dark\n"},
		{"/hi there's more",
			"send work sip:kim@example.org hello "
			"there's more\n"},
		{"/msg kim@x.test \xff!",
			"send work sip:kim@x.test \xef\xbf\xbd!\n"},
		{"/", ""},
		{"", ""},
	};
	struct world *w = world_alloc(0);
	size_t i;

	(void)state;
	world_people(w);
	assert_int_equal(world_line(w,
				 "chat show kim@example.org; "
				 "alias hi 'say hello'"),
		EX_OK);
	for (i = 0; i < UNIT_N(cases); i++) {
		fake_forget(w->core);
		world_typed(w, cases[i].typed);
		assert_string_equal(fake_log(w->core), cases[i].log);
		while (fake_answer(w->core, "send", 0, NULL, 0, "delivered"))
			continue;
		assert_int_equal(cmd_queue_pending(w->q), 0);
	}
	world_free(w);
}


/* The same text in a file, in JSON, in a binding is split as a shell would. */
static void split(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	world_line(w, "msg kim@x.test it\\'s 'a b'  c # not this");
	assert_string_equal(
		fake_log(w->core), "send work sip:kim@x.test it's a b c\n");
	assert_int_equal(world_line(w, "echo a; echo 'b"), EX_USAGE);
	assert_string_equal(
		w->text, "column 14: the quote that opens here does not end");
	assert_string_equal(world_rows(w), "");
	assert_int_equal(world_line(w, "  # nothing"), 0);
	assert_null(w->text);
	world_free(w);
}


static void nobody(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	assert_int_equal(world_typed(w, "hello"), EX_DATAERR);
	assert_string_equal(w->text,
		"no chat is shown; type: /chat show NAME (a command begins "
		"with /)");
	world_free(w);
}


static void secrets(void **state)
{
	static const struct {
		const char *text;
		bool secret;
	} cases[] = {
		{"account set work password hunter2", true},
		{"/account set work password hunter2", true},
		{"/ac set work password it's", true},
		{"acc s work password x", true},
		{"account set work password", true},
		{"account set work \"pass\"word x", true},
		{"echo hi; account set work password x", true},
		{"account add work sip:alice@example.org password=x", true},
		{"account add work sip:a@b.test proxy=sip:p 'password=a b'",
			true},
		{"alias p 'account set work password x'", true},
		{"bind M-p account set work password x", true},
		{"acount set work password x", true},
		{"/pw hunter2", true},
		{"account set work password-command 'pass show x'", false},
		{"account add work sip:alice@example.org", false},
		{"/msg bob my password is x", false},
		{"/account list", false},
		{"login work", false},
		{"", false},
		{"echo 'open", false},
		{"echo 'my password", true},
	};
	static const char *const words[] = {
		"account", "set", "work", "password", "a b"};
	struct world *w = world_alloc(0);
	size_t i;

	(void)state;
	world_line(w, "alias pw 'account set work password'");
	for (i = 0; i < UNIT_N(cases); i++)
		assert_int_equal(cmd_line_secret(w->cmd, cases[i].text),
			cases[i].secret);
	assert_true(cmd_words_secret(w->cmd, 5, words));
	assert_false(cmd_words_secret(w->cmd, 3, words));
	assert_false(cmd_words_secret(w->cmd, 0, words));
	assert_true(cmd_line_secret(NULL, "account set a password b"));
	world_free(w);
}


/* What may be kept for the history of input. */
static void kept(void **state)
{
	static const struct {
		const char *text;
		bool kept;
	} cases[] = {
		{"/chat show bob", true},
		{"/presence set away at lunch; #", true},
		{"/echo a; login", true},
		{"/busy", true},
		{"/msg bob hi", false}, /* that is kept with the messages */
		{"/m bob hi", false},
		{"/say hi", false},
		{"/hi there", false},
		{"/both there", false},
		{"/echo a; say hi", true}, /* all of it is echo's text */
		{"/login; say hi", false},
		{"/account set work password x", false},
		{"/mgs bob hi", false}, /* perhaps mistyped */
		{"/login 'open", false},
		{"/", false},
		{"hello", false},
		{"//hello", false},
		{"", false},
	};
	struct world *w = world_alloc(0);
	size_t i;

	(void)state;
	world_line(w,
		"alias hi 'say hello'; alias both 'say a; login'; "
		"alias busy 'presence set busy'");
	for (i = 0; i < UNIT_N(cases); i++)
		assert_int_equal(
			cmd_line_kept(w->cmd, cases[i].text), cases[i].kept);
	world_free(w);
}


static void aliases(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	assert_int_equal(world_line(w, "alias two 'echo 1; echo'"), 0);
	assert_int_equal(world_line(w, "two 2; echo 3"), 0);
	assert_string_equal(world_rows(w), "1\n2\n3\n");
	assert_int_equal(world_line(w, "alias four 'two 2; two'; four 5"), 0);
	assert_string_equal(world_rows(w), "1\n2\n1\n5\n");

	assert_int_equal(world_line(w, "alias quit echo"), EX_USAGE);
	assert_int_equal(world_line(w, "alias 'a b' echo"), EX_USAGE);
	assert_int_equal(world_line(w, "alias x nonsense"), EX_USAGE);
	assert_int_equal(world_line(w, "alias x ''"), EX_USAGE);
	assert_int_equal(world_line(w, "alias x \"echo 'a\""), EX_USAGE);
	world_free(w);
}


/* An alias that means itself ends with a sentence, by either road. */
static void circles(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	assert_int_equal(world_line(w, "alias a1 echo; alias b1 a1"), 0);
	assert_int_equal(world_line(w, "alias a1 b1"), 0);
	assert_int_equal(world_line(w, "a1 x"), EX_USAGE);
	assert_non_null(strstr(w->text, "circle"));
	assert_int_equal(world_line(w, "alias c1 echo"), 0);
	assert_int_equal(world_line(w, "alias c1 'c1; echo'"), 0);
	assert_int_equal(world_line(w, "c1 x"), EX_USAGE);
	assert_int_equal(cmd_queue_pending(w->q), 0);
	world_free(w);
}


int test_line(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typed),
		cmocka_unit_test(split),
		cmocka_unit_test(nobody),
		cmocka_unit_test(secrets),
		cmocka_unit_test(kept),
		cmocka_unit_test(aliases),
		cmocka_unit_test(circles),
	};

	return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
