/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sysexits.h>
#include "cmd_int.h"
#include "mbuf.h"
#include "unit.h"

int test_args(void);


static struct words *words_of(const char *text)
{
	struct pl pl = pl_str(text);
	struct words *w = NULL;
	struct parse p;

	parse_init(&p, &pl);
	if (parse_command(&p, &w))
		w = words_alloc();
	return w;
}


/* "B=bob TEXT=hi there" of the arguments TEXT of ENTRY, or "!" and why. */
static char *parse(const struct cmd_entry *entry, const char *text)
{
	struct words *w = words_of(text);
	struct mbuf *mb = mbuf_alloc(1 << 16);
	struct args *args = NULL;
	char *why = NULL, *s;
	size_t i, j;

	if (args_parse(&args, entry, w, 0, &why))
		mbuf_printf(mb, "!%s", why);
	for (i = 0; args && i < CMD_ITEMS_MAX; i++) {
		const struct cmd_item *item = &entry->items[i];

		for (j = 0; args->values[i] && j < args->values[i]->n; j++)
			mbuf_printf(mb, "%s=%s;",
				item->flag ? item->flag : item->name,
				args->values[i]->v[j]);
	}
	if (args && args->account)
		mbuf_printf(mb, "-a=%s;", args->account);
	if (args && args->seconds)
		mbuf_printf(mb, "-t=%s;", args->seconds);
	s = mbuf_strdup(mb);
	mem_deref(mb);
	mem_deref(args);
	mem_deref(why);
	mem_deref(w);
	return s;
}


static void values(void **state)
{
	static const struct {
		const struct cmd_entry *entry;
		const char *text;
		const char *expected;
	} cases[] = {
		{&cmd_msg, "bob hi there", "B=bob;TEXT=hi there;"},
		{&cmd_msg, "bob 'two  blanks'", "B=bob;TEXT=two  blanks;"},
		{&cmd_msg, "-a work bob hi", "B=bob;TEXT=hi;-a=work;"},
		{&cmd_msg, "bob -a work hi", "B=bob;TEXT=hi;-a=work;"},
		{&cmd_msg, "bob hi -a work", "B=bob;TEXT=hi -a work;"},
		{&cmd_msg, "bob -- -a work", "B=bob;TEXT=-a work;"},
		{&cmd_msg, "-- bob -- x", "B=bob;TEXT=-- x;"},
		{&cmd_msg, "bob -5 degrees", "B=bob;TEXT=-5 degrees;"},
		{&cmd_msg, "bob -", "B=bob;TEXT=-;"},
		{&cmd_msg, "-t 1.5 bob hi", "B=bob;TEXT=hi;-t=1.5;"},
		{&cmd_msg, "--resend 17", "--resend=17;"},
		{&cmd_msg, "--resend=17", "--resend=17;"},
		{&cmd_buddy_add, "sip:x@y -g A -n 'N n' -g B",
			"URI=sip:x@y;-n=N n;-g=A;-g=B;"},
		{&cmd_account_set, "w password-command pass show 'a b'",
			"NAME=w;SETTING=password-command;"
			"VALUE=pass show 'a b';"},
		{&cmd_account_set, "w password-command \"pass show 'a b'\"",
			"NAME=w;SETTING=password-command;"
			"VALUE=pass show 'a b';"},
		{&cmd_bind, "M-n chat next", "KEY=M-n;COMMAND=chat next;"},
		{&cmd_bind, "M-n \"say 'a b'; quit\"",
			"KEY=M-n;COMMAND=say 'a b'; quit;"},
		{&cmd_bind, "-p chat M-n quit",
			"-p=chat;KEY=M-n;COMMAND=quit;"},
		{&cmd_login, "", ""},
		{&cmd_login, "a b", "NAME=a;NAME=b;"},
		{&cmd_search, "-b -p two words", "-b=;-p=;QUERY=two words;"},
		{&cmd_chat_list, "", ""},
		{&cmd_wait, "message bob -t 5",
			"CONDITION=message;CONDITION=bob;-t=5;"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *s = parse(cases[i].entry, cases[i].text);

		assert_string_equal(s, cases[i].expected);
		mem_deref(s);
	}
}


static void refusals(void **state)
{
	static const struct {
		const struct cmd_entry *entry;
		const char *text;
		const char *expected;
	} cases[] = {
		{&cmd_msg, "",
			"!B is missing; usage: msg B TEXT or msg "
			"--resend ID"},
		{&cmd_msg, "bob",
			"!TEXT is missing; usage: msg B TEXT or msg "
			"--resend ID"},
		{&cmd_msg, "--resend 5 bob hi",
			"!usage: msg B TEXT or msg --resend ID"},
		{&cmd_msg, "bob -x hi",
			"!no such flag: -x; usage: msg B TEXT "
			"or msg --resend ID"},
		{&cmd_msg, "bob hi -x", ""},
		{&cmd_account_set, "work password -hunter2",
			"!what begins with - stands behind --, as in: "
			"password -- VALUE; usage: account set NAME SETTING "
			"VALUE"},
		{&cmd_account_add, "work sip:a@b.test password=x --hunter2",
			"!what begins with - stands behind --, as in: "
			"password -- VALUE; usage: account add [NAME] [URI] "
			"[SETTING=VALUE...]"},
		{&cmd_account_set, "work password -- -hunter2", ""},
		{&cmd_msg, "bob -a", "!-a needs a value: NAME"},
		{&cmd_msg, "-a x -a y bob hi", "!-a is given twice"},
		{&cmd_search, "-b=x q", "!-b takes no value"},
		{&cmd_history_show, "-n x", "!x is no number"},
		{&cmd_history_show, "-n 1 -n 2", "!-n is given twice"},
		{&cmd_chat_list, "x", "!x is too much; usage: chat list"},
		{&cmd_chat_list, "-t x", "!x is no number of seconds"},
		{&cmd_typing, "bob perhaps", "!perhaps is none of on|off"},
		{&cmd_bind, "-p moon M-n quit",
			"!moon is no place; places: any chat buddies search "
			"results find hits command text question "
			"choice"},
		{&cmd_bind, "Q-x quit", "!Q-x is no key"},
		{&cmd_account_add, "w sip:x@y proxy",
			"!a setting is given as SETTING=VALUE"},
		{&cmd_account_add, "w sip:x@y =v",
			"!a setting is given as SETTING=VALUE"},
		{&cmd_sleep, "-1", "!-1 is no number of seconds"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *s = parse(cases[i].entry, cases[i].text);

		if (*cases[i].expected)
			assert_string_equal(s, cases[i].expected);
		else
			assert_int_not_equal(s[0], '!');
		mem_deref(s);
	}
}


static void usage(void **state)
{
	static const struct {
		const struct cmd_entry *entry;
		const char *expected;
	} cases[] = {
		{&cmd_account_add,
			"account add [NAME] [URI] [SETTING=VALUE...]"},
		{&cmd_login, "login [NAME...]"},
		{&cmd_buddy_add, "buddy add URI [-n NAME] [-g GROUP]"},
		{&cmd_buddy_group, "buddy group B GROUP..."},
		{&cmd_presence_set,
			"presence set "
			"online|away|busy|invisible|offline "
			"[NOTE]"},
		{&cmd_msg, "msg B TEXT\nmsg --resend ID"},
		{&cmd_search,
			"search [-b] [-p] [-m] [-n N] [--before ID] QUERY"},
		{&cmd_history_show, "history show [B] [-n N] [--before ID]"},
		{&cmd_wait, "wait CONDITION... [-t SECONDS]"},
		{&cmd_quit, "quit"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *s = cmd_usage(cases[i].entry);

		assert_string_equal(s, cases[i].expected);
		mem_deref(s);
	}
}


static void seconds(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t ms;
	} cases[] = {
		{"0", true, 0},
		{"1", true, 1000},
		{"0.25", true, 250},
		{"1.9999", true, 1999},
		{"100000000", true, 100000000000},
		{"100000001", false, 0},
		{"99999999999999999999", false, 0},
		{"", false, 0},
		{".5", false, 0},
		{"1.", false, 0},
		{"1e3", false, 0},
		{"-1", false, 0},
		{" 1", false, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		uint64_t ms = 0;

		assert_int_equal(args_seconds(cases[i].text, &ms), cases[i].ok);
		assert_int_equal(ms, cases[i].ms);
	}
}


static void next(void **state)
{
	static const struct {
		const struct cmd_entry *entry;
		const char *text;
		const char *name;
		size_t begin;
		bool flags;
	} cases[] = {
		{&cmd_msg, "", "B", 0, true},
		{&cmd_msg, "bob", "TEXT", 1, true},
		{&cmd_msg, "bob hi you", "TEXT", 1, true},
		{&cmd_msg, "-a", "NAME", 1, false},
		{&cmd_msg, "-a work", "B", 2, true},
		{&cmd_msg, "--", "B", 1, false},
		{&cmd_msg, "--resend", "ID", 1, false},
		{&cmd_login, "a b", "NAME", 0, true},
		{&cmd_chat_list, "", NULL, 0, true},
		{&cmd_bind, "M-n chat", "COMMAND", 1, true},
		{&cmd_bind, "-p any M-n", "COMMAND", 3, true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct words *w = words_of(cases[i].text);
		struct args_next n = {0};

		args_next(&n, cases[i].entry, w, 0);
		assert_int_equal(n.item != NULL, cases[i].name != NULL);
		if (n.item)
			assert_string_equal(n.item->name, cases[i].name);
		assert_int_equal(n.begin, cases[i].begin);
		assert_int_equal(n.flags, cases[i].flags);
		mem_deref(w);
	}
}


int test_args(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(refusals),
		cmocka_unit_test(usage),
		cmocka_unit_test(seconds),
		cmocka_unit_test(next),
	};

	return cmocka_run_group_tests_name("args", tests, NULL, NULL);
}
