/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <sysexits.h>
#include "mbuf.h"
#include "setup.h"
#include "unit.h"
#include "world.h"

int test_setup(void);


/* Somebody at the front end, who is asked. */
struct person {
	struct world *w;
	char *text, *about, *initial, *choices;
	front_answer_h *answer;
	void *ctx;
	unsigned unasked;
	bool secret;
};

/* The front end's argument is the world. */
static struct person *the_person;


static void forget(struct person *p)
{
	p->text = mem_deref(p->text);
	p->about = mem_deref(p->about);
	p->initial = mem_deref(p->initial);
	p->choices = mem_deref(p->choices);
}


static void ask_h(const struct front_question *q, front_answer_h *answer,
	void *ctx, void *arg)
{
	struct person *p = the_person;
	struct mbuf *mb = mbuf_alloc(1000);
	size_t i;

	(void)arg;
	assert_null(p->answer);
	forget(p);
	p->text = mem_strdup(q->text);
	p->about = mem_strdup(q->about ? q->about : "-");
	p->initial = mem_strdup(q->initial ? q->initial : "-");
	for (i = 0; q->choices && q->choices[i]; i++)
		mbuf_printf(mb, "%s ", q->choices[i]);
	p->choices = mbuf_strdup(mb);
	p->secret = q->secret;
	p->answer = answer;
	p->ctx = ctx;
	mem_deref(mb);
}


static void unask_h(const void *ctx, void *arg)
{
	struct person *p = the_person;

	(void)arg;
	assert_ptr_equal(ctx, p->ctx);
	p->answer = NULL;
	p->unasked++;
}


static int setup(void **state)
{
	struct person *p = calloc(1, sizeof(*p));

	p->w = world_alloc(0);
	world_people(p->w);
	p->w->front.ask = ask_h;
	p->w->front.unask = unask_h;
	cmd_set_config(p->w->cmd, "/c/sotto.conf");
	*state = the_person = p;
	return 0;
}


static int teardown(void **state)
{
	struct person *p = *state;

	forget(p);
	world_free(p->w);
	free(p);
	return 0;
}


/* TEXT is asked, and gets ANSWER. */
static void say(struct person *p, const char *text, const char *answer)
{
	front_answer_h *h = p->answer;

	assert_non_null(h);
	assert_string_equal(p->text, text);
	p->answer = NULL;
	h(answer, p->ctx);
}


/* The first line of what helps to answer. */
static void assert_about(struct person *p, const char *expected)
{
	p->about[strcspn(p->about, "\n")] = '\0';
	assert_string_equal(p->about, expected);
}


static void begin(struct person *p, const char *line)
{
	(void)world_typed(p->w, line);
}


/* Up to the first try. */
static void answer_all(struct person *p, const char *how, const char *answer)
{
	begin(p, "/account add");
	say(p, "Address: ", "kim@lab.test");
	assert_string_equal(p->initial, "kim");
	say(p, "Name of the account: ", "kim");
	assert_string_equal(p->choices, "command ask file ");
	say(p, "How: ", how);
	say(p, *how == 'c' ? "Command: " : "Password for sip:kim@lab.test: ",
		answer);
	assert_string_equal(
		p->text, "Signing in as sip:kim@lab.test; Enter stops: ");
}


static void sign_in(struct person *p, int status, const char *why)
{
	assert_true(fake_answer(p->w->core, "login", status, why, 0, NULL));
}


static void written(struct person *p, int status, const char *why)
{
	assert_true(fake_answer(p->w->core, "write", status, why, 0, NULL));
}


static void assert_told(struct person *p, const char *log)
{
	assert_string_equal(fake_log(p->w->core), log);
	fake_forget(p->w->core);
}


static void assert_end(struct person *p, int status, const char *text)
{
	assert_null(p->answer);
	assert_int_equal(p->w->done, 1 + 1); /* the world's own is one */
	assert_int_equal(p->w->status, status);
	assert_string_equal(p->w->text, text);
	assert_null(p->w->cmd->setup);
}


static void with_command(void **state)
{
	struct person *p = *state;

	answer_all(p, "command", "pass show 'a b'");
	assert_told(p,
		"account kim sip:kim@lab.test trial:0\n"
		"setting kim password \nsetting kim password-command \n"
		"setting kim password-command pass show 'a b'\nlogin kim\n");
	sign_in(p, 0, NULL);
	assert_int_equal(p->unasked, 1);
	assert_told(p,
		"write /c/sotto.conf 2 -\n"
		"# by `account add`\n"
		"account add kim sip:kim@lab.test\n"
		"account set kim password-command "
		"'pass show '\\''a b'\\'''\n"
		"login kim\n\n");
	written(p, 0, NULL);
	assert_end(p, 0, "account kim is signed in, and is in /c/sotto.conf");
	assert_told(p, "");
}


static void with_secret(void **state)
{
	struct person *p = *state;

	answer_all(p, "ask", "s3cret");
	assert_told(p,
		"account kim sip:kim@lab.test trial:0\n"
		"setting kim password \nsetting kim password-command \n"
		"secret kim s3cret\nlogin kim\n");
	sign_in(p, 0, NULL);
	assert_told(p,
		"write /c/sotto.conf 2 -\n"
		"# by `account add`\n"
		"account add kim sip:kim@lab.test\nlogin kim\n\n");
	written(p, 0, NULL);
	assert_end(p, 0, "account kim is signed in, and is in /c/sotto.conf");
}


/* Wrong in turn: the password, the server, a setting, the address. */
static void changed(void **state)
{
	struct person *p = *state;

	answer_all(p, "file", "wrong");
	sign_in(p, EX_NOPERM, "wrong password");
	assert_about(p, "kim could not sign in: wrong password");
	assert_string_equal(
		p->choices, "password way server setting address again keep ");
	say(p, "Change: ", "password");
	assert_true(p->secret);
	fake_forget(p->w->core);
	say(p, "Password for sip:kim@lab.test: ", "-right");
	assert_told(p,
		"setting kim password \nsetting kim password-command \n"
		"setting kim password -right\nlogin kim\n");
	sign_in(p, EX_TEMPFAIL, "no server");
	say(p, "Change: ", "server");
	say(p, "Server: ", "bad");
	assert_non_null(p->answer);
	say(p, "Change: ", "server");
	fake_forget(p->w->core);
	say(p, "Server: ", " sip.lab.test ");
	assert_told(p,
		"remove kim\naccount kim sip:kim@lab.test trial:0\n"
		"setting kim password \nsetting kim password-command \n"
		"setting kim password -right\n"
		"setting kim proxy sip:sip.lab.test\nlogin kim\n");
	sign_in(p, EX_UNAVAILABLE, "certificate");
	say(p, "Change: ", "setting");
	say(p, "Setting: ", "tls-name");
	assert_non_null(strstr(p->about, "transport tls"));
	say(p, "Change: ", "setting");
	say(p, "Setting: ", "password x");
	assert_non_null(strstr(p->about, "choose password"));
	say(p, "Change: ", "setting");
	say(p, "Setting: ", "tls-name bad");
	assert_about(p, "tls-name cannot be bad");
	say(p, "Change: ", "setting");
	say(p, "Setting: ", "");
	assert_about(p, "kim could not sign in: certificate");
	say(p, "Change: ", "setting");
	say(p, "Setting: ", "tls-name = other; x");
	sign_in(p, EX_UNAVAILABLE, "no");
	say(p, "Change: ", "address");
	assert_string_equal(p->initial, "sip:kim@lab.test");
	say(p, "Address: ", "sip:o'kim@lab.test");
	assert_string_equal(p->initial, "o'kim");
	say(p, "Name of the account: ", "k");
	fake_forget(p->w->core);
	sign_in(p, 0, NULL);
	assert_told(p,
		"write /c/sotto.conf 2 secret\n"
		"# by `account add`\n"
		"account add k 'sip:o'\\''kim@lab.test'\n"
		"account set k password -- -right\n"
		"account set k proxy sip:sip.lab.test\n"
		"account set k tls-name 'other; x'\n"
		"login k\n\n");
	written(p, 0, NULL);
	assert_end(p, 0, "account k is signed in, and is in /c/sotto.conf");
}


/* What was written is what the language reads. */
static void read_again(void **state)
{
	static const char *const values[] = {"plain", "a b", "it's", "\"q\"",
		"-x", "--", "#no", "a;b", "back\\slash", "\xc3\xa4 $HOME `x`"};
	struct person *p = *state;
	struct setup *s;
	char *text, *expected;
	size_t i;

	for (i = 0; i < UNIT_N(values); i++) {
		s = setup_alloc();
		setup_set(&s->name, "k");
		setup_set(&s->aor, "sip:kim@lab.test;x");
		setup_set(&s->how, "file");
		setup_set(&s->password, values[i]);
		setup_put(s, "display-name", values[i]);
		text = setup_text(s);
		expected = mem_printf("account k sip:kim@lab.test;x -:0\n"
				      "setting k password %s\n"
				      "setting k display-name %s\n"
				      "login k\n",
			values[i], values[i]);
		(void)world_line(p->w, text);
		assert_told(p, expected);
		(void)world_line(p->w, "account remove k");
		fake_forget(p->w->core);
		mem_deref(expected);
		mem_deref(text);
		mem_deref(s);
	}
}


/* Left at each question, with NULL and with nothing. */
static void left(void **state)
{
	static const char *const questions[] = {
		"Address: ", "Name of the account: ", "How: ",
		"Password for sip:kim@lab.test: ",
		"Signing in as sip:kim@lab.test; Enter stops: ", "Change: "};
	static const char *const answers[] = {
		"kim@lab.test", "kim", "file", "x", ""};
	struct person *p = *state;
	size_t steps, i, way;

	for (steps = 0; steps < UNIT_N(questions); steps++) {
		for (way = 0; way < 2; way++) {
			/* Enter there stops, and does not leave. */
			if (steps == 4 && way)
				continue;
			begin(p, "/account add");
			for (i = 0; i < steps; i++)
				say(p, questions[i], answers[i]);
			say(p, questions[steps], way ? "" : NULL);
			p->w->done = 2;
			assert_end(p, EX_UNAVAILABLE, "no account was added");
			assert_null(core_account_find(p->w->core, "kim"));
			while (fake_answer(
				p->w->core, "login", 75, "removed", 0, NULL))
				;
			assert_null(p->answer);
		}
	}
}


/* An answer that is none is asked for again, as it was typed. */
static void refused(void **state)
{
	struct person *p = *state;

	begin(p, "/account add");
	say(p, "Address: ", "kim");
	assert_about(p, "kim is no URI");
	assert_string_equal(p->initial, "kim");
	say(p, "Address: ", "a@b\nc");
	assert_about(p, "an answer is one line of characters");
	say(p, "Address: ", "a@\xff");
	say(p, "Address: ", "kim@lab.test");
	say(p, "Name of the account: ", "work");
	assert_about(p, "account work exists");
	say(p, "Name of the account: ", "-x");
	say(p, "Name of the account: ", "kim");
	say(p, "How: ", "command");
	say(p, "Command: ", "bad");
	assert_about(p, "password-command cannot be bad");
	begin(p, "/account add");
	assert_int_equal(p->w->status, EX_USAGE);
	assert_string_equal(p->w->text, "an account is being set up already");
	say(p, "Command: ", NULL);
}


static void unwritten(void **state)
{
	struct person *p = *state;

	answer_all(p, "file", "x");
	sign_in(p, 0, NULL);
	written(p, EX_OSERR, "/c/sotto.conf: full");
	assert_string_equal(p->choices, "again store ");
	assert_non_null(strstr(p->about, "/c/sotto.conf: full; what"));
	fake_forget(p->w->core);
	say(p, "Not written: ", "again");
	assert_non_null(strstr(fake_log(p->w->core), "write /c/sotto.conf"));
	written(p, EX_OSERR, "/c/sotto.conf: full");
	fake_forget(p->w->core);
	say(p, "Not written: ", "store");
	assert_told(p, "keep kim\n");
	assert_end(p, 0, "account kim is kept beside the history");
	assert_non_null(core_account_find(p->w->core, "kim"));
}


static void kept(void **state)
{
	struct person *p = *state;

	answer_all(p, "ask", "x");
	say(p, "Signing in as sip:kim@lab.test; Enter stops: ", "");
	assert_about(p, "stopped: there was no answer yet");
	say(p, "Change: ", "keep");
	/* That of the try that was stopped. */
	sign_in(p, 75, "the account was removed");
	written(p, 0, NULL);
	assert_end(p, 0, "account kim is in /c/sotto.conf, not signed in yet");
}


static void elsewhere(void **state)
{
	struct person *p = *state;

	(void)world_line(p->w, "account add");
	assert_int_equal(p->w->status, EX_USAGE);
	assert_non_null(strstr(p->w->text, "account add NAME URI"));
	begin(p, "/account add work");
	assert_int_equal(p->w->status, EX_USAGE);
	assert_string_equal(p->w->text, "account work exists");
	p->w->front.ask = NULL;
	begin(p, "/account add kim");
	assert_int_equal(p->w->status, EX_USAGE);
	assert_non_null(strstr(p->w->text, "account add NAME URI"));
	assert_null(p->answer);
	assert_told(p, "");
}


static void named(void **state)
{
	struct person *p = *state;

	begin(p, "/account add kim");
	say(p, "Address: ", "kim@lab.test");
	say(p, "How: ", "ask");
	say(p, "Password for sip:kim@lab.test: ", "x");
	/* Somebody else makes one of that name meanwhile. */
	say(p, "Signing in as sip:kim@lab.test; Enter stops: ", "");
	(void)world_line(p->w, "account add kim sip:kim@other.test");
	say(p, "Change: ", "again");
	assert_about(p, "account kim exists");
	say(p, "Name of the account: ", NULL);
	assert_non_null(core_account_find(p->w->core, "kim"));
}


#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int test_setup(void)
{
	const struct CMUnitTest tests[] = {
		TEST(with_command),
		TEST(with_secret),
		TEST(changed),
		TEST(read_again),
		TEST(left),
		TEST(refused),
		TEST(unwritten),
		TEST(kept),
		TEST(elsewhere),
		TEST(named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
