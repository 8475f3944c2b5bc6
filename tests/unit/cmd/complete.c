/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mbuf.h"
#include "unit.h"
#include "world.h"

int test_complete(void);


static void emit(const char *text, const char *help, void *arg)
{
	(void)help;
	mbuf_printf(arg, "%s,", text);
}


static void candidates(void **state)
{
	static const struct {
		const char *line;
		size_t from;
		const char *expected;
		enum cmd_kind kind;
	} cases[] = {
		{"/acc", 1, "account,", CMD_NONE},
		{"acc", 0, "account,", CMD_NONE},
		{"/account ", 9, "add,set,remove,list,show,", CMD_NONE},
		{"/acc re", 5, "remove,", CMD_NONE},
		{"/h", 1, "history,help,hi,", CMD_NONE},
		{"/login ", 7, "work,home,", CMD_ACCOUNT},
		{"/login w", 7, "work,", CMD_ACCOUNT},
		{"/login work h", 12, "home,", CMD_ACCOUNT},
		{"/msg k", 5, "'Kim Lee',", CMD_BUDDY},
		{"/msg 'kim", 5, "'Kim Lee',", CMD_BUDDY},
		{"/msg bob hel", 9, "", CMD_TEXT},
		{"/msg -", 5, "--resend,-a,-t,", CMD_NONE},
		{"/msg -a h", 8, "home,", CMD_ACCOUNT},
		{"/msg -- -", 8, "", CMD_BUDDY},
		{"/typing bob o", 12, "on,off,", CMD_CHOICE},
		{"/typing bob of", 12, "off,", CMD_CHOICE},
		{"/set ", 5, "theme,notify-command,", CMD_OPTION},
		{"/set theme d", 11, "dark,", CMD_VALUE},
		{"/account set work pa", 18, "password,password-command,",
			CMD_SETTING},
		{"/account set work proxy s", 24, "sip:proxy.example.org,",
			CMD_VALUE},
		{"/account add x sip:x@y pro", 23, "proxy=,", CMD_ASSIGN},
		{"/account add x sip:x@y proxy=s", 23,
			"proxy=sip:proxy.example.org,", CMD_ASSIGN},
		{"/bind M-n chat ne", 15, "next,", CMD_NONE},
		{"/bind -p ch", 9, "chat,choice,", CMD_PLACE},
		{"/bind F1", 6, "F1,F10,F11,F12,", CMD_KEY},
		{"/help account s", 14, "set,show,", CMD_NONE},
		{"/wait ", 6, "account,presence,message,typing,chat,sent,",
			CMD_CONDITION},
		{"/wait account ", 14, "work,home,", CMD_CONDITION},
		{"/wait account work o", 19, "offline,online,", CMD_CONDITION},
		{"/wait chat bob ", 15, "open,closed,", CMD_CONDITION},
		{"/source /e", 8, "", CMD_FILE},
		{"/echo a; ver", 9, "version,", CMD_NONE},
		{"/hi ", 4, "", CMD_TEXT},
		{"/nonsense x", 10, "", CMD_NONE},
		{"/echo 'a' \\", 11, "", CMD_TEXT},
		{"/chat list ", 11, "", CMD_TEXT},
	};
	struct world *w = world_alloc(0);
	struct mbuf *mb = mbuf_alloc(1 << 16);
	size_t i;

	(void)state;
	world_people(w);
	world_line(w, "alias hi 'say hello'");
	for (i = 0; i < UNIT_N(cases); i++) {
		size_t from = 99;
		enum cmd_kind kind = cmd_complete(w->cmd, cases[i].line,
			strlen(cases[i].line), &from, emit, mb);
		char *s = mbuf_strdup(mb);

		assert_string_equal(s, cases[i].expected);
		assert_int_equal(from, cases[i].from);
		assert_int_equal(kind, cases[i].kind);
		mbuf_reset(mb);
		mem_deref(s);
	}
	mem_deref(mb);
	world_free(w);
}


/* Only what stands before the cursor counts. */
static void cursor(void **state)
{
	struct world *w = world_alloc(0);
	struct mbuf *mb = mbuf_alloc(1 << 16);
	size_t from;
	char *s;

	(void)state;
	cmd_complete(w->cmd, "/ver nonsense", 3, &from, emit, mb);
	s = mbuf_strdup(mb);
	assert_string_equal(s, "version,");
	assert_int_equal(from, 1);
	mem_deref(s);
	mbuf_reset(mb);
	cmd_complete(w->cmd, "/ver", 0, &from, emit, mb);
	assert_true(mb->end > 100);
	assert_int_equal(from, 0);
	mbuf_reset(mb);
	cmd_complete(w->cmd, "/ver", 1000, &from, emit, mb);
	assert_int_equal(mb->end, strlen("version,"));
	mem_deref(mb);
	world_free(w);
}


int test_complete(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(candidates),
		cmocka_unit_test(cursor),
	};

	return cmocka_run_group_tests_name("complete", tests, NULL, NULL);
}
