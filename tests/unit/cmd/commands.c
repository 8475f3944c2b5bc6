/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sysexits.h>
#include "mbuf.h"
#include "unit.h"
#include "world.h"

int test_commands(void);


/* A line that ends at once: its status, what the core was told, its rows. */
static void at_once(void **state)
{
	static const struct {
		const char *line;
		int status;
		const char *log;
		const char *rows;
		const char *text; /* NULL: none, "*": any */
	} cases[] = {
		{"account add new sip:kim@lab.test proxy=sip:p display-name=K",
			0,
			"account new sip:kim@lab.test -:0\n"
			"setting new proxy sip:p\n"
			"setting new display-name K\n",
			"", NULL},
		{"account add bad x", EX_DATAERR, "", "", "x is no URI"},
		{"account add odd sip:x@lab.test moon=1 proxy=sip:p", EX_USAGE,
			"account odd sip:x@lab.test -:0\n"
			"setting odd proxy sip:p\n",
			"", "no such setting: moon"},
		{"account remove odd; account remove new", 0,
			"remove odd\nremove new\n", "", NULL},
		{"account set work display-name Alice M", 0,
			"setting work display-name Alice M\n", "", NULL},
		{"account set nobody proxy x", EX_CONFIG, "", "", "*"},
		{"account list", 0, "",
			"work sip:alice@example.org offline\n"
			"home sip:alice@lab.test offline\n",
			NULL},
		{"account set work password p; account show work", 0,
			"setting work password p\n",
			"work sip:alice@example.org offline\n"
			"  password ***\n  display-name Alice M\n",
			NULL},
		{"buddy add 'sip:x@y.test;transport=tcp'", 0,
			"buddy work sip:x@y.test;transport=tcp - -:0\n", "",
			NULL},
		{"buddy add x@z.test -n X -a home", 0,
			"buddy home sip:x@z.test X -:0\n", "", NULL},
		{"buddy add nobody", EX_DATAERR, "", "", "nobody is nobody"},
		{"buddy remove x@z.test", 0, "", "", "declared at f:1"},
		{"buddy remove sip:who@z.test", EX_DATAERR, "", "",
			"sip:who@z.test is not in the buddy list"},
		{"buddy show evil@z.test", EX_DATAERR, "", "",
			"evil@z.test is not in the buddy list, and is "
			"blocked"},
		{"buddy show asks@z.test", EX_DATAERR, "", "",
			"asks@z.test is not in the buddy list, but asks to see "
			"you: buddy accept, decline or block"},
		{"buddy rename 'kim lee' Kim L; buddy group 'kim l' Friends B; "
		 "buddy show 'kim l'",
			0, "",
			"Kim L is in \"Friends\", \"B\" (new)\n"
			"Kim L sip:kim@example.org unknown, not answered "
			"[Friends, B]\n",
			NULL},
		{"buddy list -a home", 0, "",
			"Bob sip:bob@lab.test unknown, not answered\n", NULL},
		{"buddy show bob", EX_USAGE, "", "", "bob may be several"},
		{"buddy accept kim@x.test; buddy block 'kim l'", 0,
			"decide work sip:kim@x.test 0\n"
			"decide work sip:kim@example.org 2\n",
			"", NULL},
		{"buddy import f", EX_DATAERR, "import - f\n",
			"f:7: no address\n-\n",
			"2 added, 1 changed, 1 not taken"},
		{"buddy import early -a home", EX_CONFIG, "import home early\n",
			"", "there is no account"},
		{"buddy export f -a home", 0, "list home f\n", "-\n",
			"2 buddies are in f"},
		{"buddy export early", EX_USAGE, "list - early\n", "",
			"not that one"},
		{"group list; group rename a b", 0, "group a b\n",
			"Friends 2\n", NULL},
		{"group remove g", EX_DATAERR, "", "", "no such group: g"},
		{"presence set busy in a meeting", 0,
			"presence - busy in a meeting\n", "", NULL},
		{"presence set -a home away 'a\nb'", 0,
			"presence home away a b\n", "", NULL},
		{"presence set happy", EX_USAGE, "", "", "*"},
		{"presence show", 0, "", "work online\nhome online\n", NULL},
		{"presence show 'kim l'", 0, "",
			"Kim L unknown, not answered\n", NULL},
		{"typing 'kim l' on; typing 'kim l' off", 0,
			"typing sip:kim@example.org 1\n"
			"typing sip:kim@example.org 0\n",
			"", NULL},
		{"msg 'kim l' ''", EX_USAGE, "", "", "there is no text"},
		{"set theme dark", 0, "set theme dark\n", "", NULL},
		{"set moon 1", EX_USAGE, "", "", "no such option: moon"},
		{"options", 0, "",
			"theme dark  # the colours\n"
			"notify-command ''  # \n",
			NULL},
		{"version", 0, "", "sotto 9.9\n", NULL},
		{"help chat next", 0, "", "chat next\n  shows the next chat\n",
			NULL},
		{"help ech", 0, "", "echo TEXT\n  shows a text\n", NULL},
		{"help nonsense", EX_USAGE, "", "",
			"no such command: nonsense"},
		{"trace on; trace show; trace off", 0, "",
			"2023-11-14T22:13:20.000Z UDP a -> b\n"
			"OPTIONS sip:x SIP/2.0\n",
			"the trace is off"},
		{"trace on", 0, "", "", "the trace is on: trace show shows it"},
	};
	struct world *w = world_alloc(0);
	size_t i;

	(void)state;
	world_people(w);
	for (i = 0; i < UNIT_N(cases); i++) {
		fake_forget(w->core);
		assert_int_equal(world_line(w, cases[i].line), cases[i].status);
		assert_string_equal(fake_log(w->core), cases[i].log);
		assert_string_equal(world_rows(w), cases[i].rows);
		if (!cases[i].text)
			assert_null(w->text);
		else if (strcmp(cases[i].text, "*"))
			assert_string_equal(w->text, cases[i].text);
		else
			assert_non_null(w->text);
	}
	world_free(w);
}


static size_t lines_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}


/* A long list takes several turns; the outcome is the last word. */
static void long_list(void **state)
{
	enum { MANY = 450, A_TURN = 200 };
	static const struct core_origin typed = {NULL, 0};
	struct world *w = world_alloc(0);
	struct core_account *a;
	struct core_buddy *b;
	size_t i;

	(void)state;
	world_people(w);
	a = core_account_next(core_account_first(w->core));
	for (i = 1; i < MANY; i++) {
		char *uri = mem_printf("sip:b%zu@lab.test", i);

		(void)core_buddy_add(a, uri, NULL, NULL, &typed, &b, NULL);
		mem_deref(uri);
	}
	assert_int_equal(world_line(w, "buddy list -a home"), -1);
	assert_int_equal(lines_of(world_rows(w)), A_TURN);
	world_pass(w, 0);
	assert_int_equal(lines_of(world_rows(w)), A_TURN);
	assert_int_equal(w->status, -1);
	world_pass(w, 0);
	assert_int_equal(lines_of(world_rows(w)), MANY - 2 * A_TURN);
	assert_int_equal(w->status, 0);
	world_free(w);
}


static void sign_in(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	assert_int_equal(world_line(w, "login"), EX_CONFIG);
	world_people(w);
	assert_int_equal(world_line(w, "login work nobody"), EX_CONFIG);
	assert_string_equal(fake_log(w->core), "");
	assert_int_equal(world_line(w, "login"), -1);
	assert_string_equal(fake_log(w->core), "login work\nlogin home\n");
	fake_answer(w->core, "login", 0, NULL, 0, NULL);
	assert_int_equal(w->status, -1);
	fake_answer(w->core, "login", 77, "home: wrong password", 0, NULL);
	assert_int_equal(w->status, 77);
	assert_string_equal(w->text, "home: wrong password");
	fake_forget(w->core);
	world_line(w, "logout -a home");
	assert_string_equal(fake_log(w->core), "logout home\n");
	fake_answer(w->core, "logout", 0, NULL, 0, NULL);
	assert_int_equal(w->status, 0);
	world_free(w);
}


static void message(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	world_line(w, "msg 'kim lee' hi");
	fake_answer(w->core, "send", 69, "404 Not Found", 12, "failed");
	assert_int_equal(w->status, 69);
	assert_string_equal(w->text, "404 Not Found");
	assert_non_null(strstr(w->result, "\"id\":\"12\""));
	assert_non_null(strstr(w->result, "\"state\":\"failed\""));
	world_line(w, "msg --resend 12");
	fake_answer(w->core, "resend", 0, NULL, 13, "accepted");
	assert_int_equal(w->status, 0);
	assert_string_equal(w->text, "accepted");
	world_free(w);
}


static void chats(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	assert_int_equal(world_line(w, "chat next"), EX_DATAERR);
	assert_int_equal(world_line(w, "chat unread"), 0);
	assert_string_equal(w->text, "nothing is unread");
	assert_int_equal(world_line(w, "chat show a@x.test"), 0);
	assert_string_equal(w->shown, "work sip:a@x.test 0");
	assert_int_equal(world_line(w, "chat show b@x.test 17"), EX_DATAERR);
	assert_string_equal(w->text, "no message 17 in this chat");
	assert_string_equal(w->shown, "work sip:a@x.test 0");
	assert_int_equal(world_line(w, "chat show b@x.test 1001"), 0);
	assert_string_equal(w->shown, "work sip:b@x.test 1001");
	assert_int_equal(world_line(w, "chat show c@x.test -a home"), 0);
	world_line(w, "chat next");
	assert_string_equal(w->shown, "work sip:a@x.test 0");
	world_line(w, "chat previous");
	assert_string_equal(w->shown, "home sip:c@x.test 0");
	world_line(w, "chat previous");
	assert_string_equal(w->shown, "work sip:b@x.test 0");
	fake_unread(w->core, "sip:a@x.test", 2);
	world_line(w, "chat unread");
	assert_string_equal(w->shown, "work sip:a@x.test 0");
	world_rows(w);
	world_line(w, "chat list");
	assert_string_equal(world_rows(w),
		"sip:a@x.test sip:a@x.test closed 0\n"
		"sip:b@x.test sip:b@x.test closed 0\n"
		"sip:c@x.test sip:c@x.test closed 0\n");
	world_line(w, "chat open a@x.test");
	fake_answer(w->core, "open", 69, "486 Busy Here", 0, NULL);
	assert_int_equal(w->status, 69);
	world_line(w, "chat close");
	assert_null(w->shown);
	fake_answer(w->core, "close", 0, NULL, 0, NULL);
	assert_int_equal(w->status, 0);
	assert_int_equal(world_line(w, "chat close"), EX_DATAERR);
	world_free(w);

	/* Panes tell themselves what was seen. */
	w = world_alloc(WORLD_PANES);
	world_people(w);
	assert_int_equal(world_line(w, "chat show a@x.test"), 0);
	assert_int_equal(world_line(w, "chat show b@x.test"), 0);
	fake_unread(w->core, "sip:a@x.test", 2);
	world_line(w, "chat unread");
	assert_string_equal(w->shown, "work sip:a@x.test 0");
	world_rows(w);
	world_line(w, "chat list");
	assert_non_null(strstr(world_rows(w), "sip:a@x.test closed 2\n"));
	world_free(w);
}


/* The shown chat's account is meant where names and domains leave it open. */
static void accounts(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	world_line(w, "msg stranger@x.test 1");
	world_line(w, "chat show bob@lab.test");
	world_line(w, "msg stranger@x.test 2");
	world_line(w, "msg bob 3");
	world_line(w, "msg 'kim lee' 4");
	world_line(w, "msg stranger@x.test -a work 5");
	assert_string_equal(fake_log(w->core),
		"send work sip:stranger@x.test 1\n"
		"page home sip:bob@lab.test 0 10\n"
		"send home sip:stranger@x.test 2\n"
		"send home sip:bob@lab.test 3\n"
		"send work sip:kim@example.org 4\n"
		"send work sip:stranger@x.test 5\n");
	world_free(w);
}


/* `%` is who is under the cursor, else the partner of the shown chat. */
static void pointed(void **state)
{
	struct world *w = world_alloc(WORLD_PANES);

	(void)state;
	world_people(w);
	w->nobody = true;
	assert_int_equal(world_line(w, "msg % 1"), EX_DATAERR);
	assert_string_equal(w->text, "% stands for nobody here");
	world_line(w, "chat show bob@lab.test");
	world_line(w, "msg % 2");
	w->nobody = false;
	world_line(w, "msg % 3");
	assert_string_equal(fake_log(w->core),
		"send home sip:bob@lab.test 2\n"
		"send work sip:cursor@x.test 3\n");
	world_free(w);
}


static void search(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	world_line(w, "search bo");
	world_line(w, "search -b -a home two  words");
	assert_string_equal(fake_log(w->core),
		"search - 3 bo\nmessages - bo 0 21\n"
		"search home 1 two words\n");
	assert_string_equal(world_rows(w),
		"search: Bob sip:bob@example.org online\n"
		"search: 2020-09-13 12:26 me to Bob [h\xc3\xa9llo] "
		"\xef\xbf\xbd[red] (failed: Not Found) (1001)\n"
		"search: 19:26 Bob one two (1000)\n"
		"search: Bob sip:bob@example.org online\n");
	fake_answer(w->core, "search", 0, NULL, 0, NULL);
	assert_int_equal(w->status, 0);
	assert_null(w->result);
	world_free(w);
}


static void fetched_presence(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	fake_state(w->core, "work", ENDPOINT_ONLINE);
	assert_int_equal(world_line(w, "presence show kim@example.org"), -1);
	assert_string_equal(fake_log(w->core), "fetch sip:kim@example.org\n");
	fake_presence(
		w->core, "sip:kim@example.org", PRESENCE_ONLINE, PRESENCE_AWAY);
	fake_answer(w->core, "fetch", 0, NULL, 0, NULL);
	assert_int_equal(w->status, 0);
	assert_string_equal(world_rows(w), "Kim Lee away\n");
	assert_int_equal(world_line(w, "presence show kim@example.org"), 0);
	world_free(w);
}


/* All commands: how they are typed, a line each. */
static void help(void **state)
{
	struct world *w = world_alloc(0);
	char *usage, *expected = mem_strdup("");
	size_t i;

	(void)state;
	for (i = 0; cmd_table[i]; i++) {
		char *before = expected;

		usage = cmd_usage(cmd_table[i]);
		expected = mem_printf("%s%s\n", before, usage);
		mem_deref(before);
		mem_deref(usage);
	}
	assert_int_equal(world_line(w, "help"), 0);
	assert_string_equal(world_rows(w), expected);
	mem_deref(expected);
	world_free(w);
}


static void quit(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	assert_int_equal(world_line(w, "quit"), 0);
	assert_true(w->quit);
	world_free(w);
}


static void log_lines(void **state)
{
	struct core_event ev = {
		.kind = CORE_EVENT_LOG, .level = LOG_WARN, .text = "careful"};
	struct world *w = world_alloc(0);
	const char *at;
	int i;

	(void)state;
	for (i = 0; i < 600; i++)
		cmd_log(LOG_INFO, "tls", "hello", w->cmd);
	fake_event(w->core, &ev);
	assert_int_equal(world_line(w, "log"), 0);
	assert_non_null(strstr(w->result, "careful"));
	assert_non_null(strstr(world_rows(w), "sotto: careful\n"));
	for (i = 0, at = w->result; (at = strchr(at, '{')); at++)
		i++;
	assert_int_equal(i, 500);
	world_free(w);
}


/* What others wrote begins no line of its own. */
static void lines(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	cmd_log(LOG_WARN, "sip", "a\n10:00 Bob hi\xe2\x80\xa8more", w->cmd);
	assert_int_equal(world_line(w, "log"), 0);
	assert_non_null(strstr(world_rows(w), "sip: a 10:00 Bob hi more\n"));
	assert_int_equal(world_line(w, "\"nonsense\n10:00 Bob\""), EX_USAGE);
	assert_string_equal(w->text, "no such command: nonsense 10:00 Bob");
	assert_int_equal(world_line(w, "echo \"a\nb\""), 0);
	assert_string_equal(world_rows(w), "a\nb\n");
	world_free(w);
}


static void network(void **state)
{
	static const struct {
		const char *argv[6];
		const char *account; /* NULL: none needed */
		uint64_t limit; /* 0: none said */
	} cases[] = {
		{{"msg", "kim lee", "hi"}, "work", 0},
		{{"msg", "bob@lab.test", "hi"}, "home", 0},
		{{"msg", "-a", "home", "kim@x.test", "hi"}, "home", 0},
		{{"msg", "-t", "3.5", "bob@lab.test", "hi"}, "home", 3500},
		{{"echo", "-t", "2", "hi"}, NULL, 2000},
		{{"msg"}, NULL, 0},
		{{"msg", "bob", "hi"}, NULL, 0}, /* two: it will say so */
		{{"login", "work"}, NULL, 0},
		{{"account", "list"}, NULL, 0},
		{{"search", "-b", "x"}, NULL, 0},
		{{"search", "-p", "bob@lab.test"}, "home", 0},
		{{"search", "x"}, "work", 0},
		{{"presence", "show"}, NULL, 0},
		{{"presence", "show", "bob@lab.test"}, "home", 0},
		{{"presence", "set", "away"}, "work", 0},
		{{"wait", "account", "home", "online"}, "home", 0},
		{{"wait", "message"}, "work", 0},
		{{"wait", "typing", "bob@lab.test"}, "home", 0},
		{{"nonsense"}, NULL, 0},
		{{NULL}, NULL, 0},
	};
	struct world *w = world_alloc(0);
	size_t i, n;

	(void)state;
	world_people(w);
	for (i = 0; i < UNIT_N(cases); i++) {
		struct core_account *a;
		uint64_t limit = 7;

		for (n = 0; n < 6 && cases[i].argv[n];)
			n++;
		assert_int_equal(
			cmd_needs_network(w->cmd, n, cases[i].argv, &a, &limit),
			cases[i].account != NULL);
		assert_int_equal(limit, cases[i].limit ? cases[i].limit : 7);
		if (cases[i].account)
			assert_string_equal(
				core_account_name(a), cases[i].account);
		else
			assert_null(a);
	}
	world_free(w);
}


static void nothing(void **state)
{
	static const struct {
		const char *argv[2];
		bool nothing;
	} cases[] = {
		{{"help"}, true},
		{{"help", "msg"}, true},
		{{"vers"}, true},
		{{"quit"}, false},
		{{"nonsense"}, false},
		{{NULL}, false},
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		for (n = 0; n < 2 && cases[i].argv[n];)
			n++;
		assert_int_equal(
			cmd_needs_nothing(n, cases[i].argv), cases[i].nothing);
	}
}


/* What it changed is on disk before it is said to be done. */
static void kept(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	world_people(w);
	fake_unkept(w->core);
	w->done = 0;
	world_line(w, "buddy add kim@z.test -n Zed");
	assert_int_equal(w->done, 0);
	fake_answer(w->core, "kept", 0, NULL, 0, NULL);
	assert_int_equal(w->done, 1);
	assert_int_equal(w->status, 0);
	world_line(w, "buddy rename Zed Zoe");
	fake_answer(w->core, "kept", EX_IOERR, "the store failed", 0, NULL);
	assert_int_equal(w->done, 2);
	assert_int_equal(w->status, EX_IOERR);
	assert_string_equal(w->text, "the store failed");
	/* A note waits too; what fails does not. */
	world_line(w, "buddy rename who@y.test Z");
	assert_int_equal(w->done, 3);
	world_line(w, "buddy remove kim@z.test");
	assert_int_equal(w->done, 3);
	fake_answer(w->core, "kept", 0, NULL, 0, NULL);
	assert_string_equal(w->text, "declared at f:1");
	/* Its end is not waited for. */
	world_line(w, "buddy add kim@y.test");
	assert_null(world_free(w));
}


int test_commands(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_once),
		cmocka_unit_test(long_list),
		cmocka_unit_test(sign_in),
		cmocka_unit_test(message),
		cmocka_unit_test(chats),
		cmocka_unit_test(accounts),
		cmocka_unit_test(pointed),
		cmocka_unit_test(search),
		cmocka_unit_test(fetched_presence),
		cmocka_unit_test(help),
		cmocka_unit_test(quit),
		cmocka_unit_test(log_lines),
		cmocka_unit_test(lines),
		cmocka_unit_test(network),
		cmocka_unit_test(nothing),
		cmocka_unit_test(kept),
	};

	return cmocka_run_group_tests_name("commands", tests, NULL, NULL);
}
