/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_credentials(void);


static void answer(const char *user, const char *password, void *ctx)
{
	mbuf_printf(world->calls, "%s: %s %s\n", (const char *)ctx, user,
		password ? password : "-");
}


static void ask_for(struct endpoint *e, const char *word)
{
	e->h.credentials("example.org", answer, (void *)word, e->h.arg);
}


static void wrong(struct endpoint *e)
{
	const struct endpoint_status status = {
		.state = ENDPOINT_FAILED,
		.wrong_password = true,
		.code = 401,
	};

	e->h.status(&status, e->h.arg);
}


static struct endpoint *begin(struct world *w, struct core_account **a)
{
	*a = world_account(w, "work", "sip:al%69ce@example.org");
	core_login(*a, world_done, "login");
	world_run(w, 0);
	world_quiet(w);
	return fake_endpoint();
}


static void set(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	e = begin(&w, &a);
	core_account_set(a, "password", "pw1", NULL);
	ask_for(e, "q");
	assert_calls(&w, "q: alice pw1\n");
	core_account_set(a, "auth-user", "al", NULL);
	ask_for(e, "q");
	assert_calls(&w, "q: al pw1\n");
	world_close(&w);
}


static void none(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	e = begin(&w, &a);
	ask_for(e, "q");
	assert_calls(&w, "q: alice -\n");
	wrong(e);
	world_run(&w, 0);
	assert_log(&w,
		"account work failed: account work: no password: set "
		"password or password-command\nlogin: 77 account work: "
		"no password: set password or password-command\n");
	world_close(&w);
}


/* Two questions, one command; its first line is the answer to both and to
 * later ones, until the password proves wrong. */
static void command(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open_commands(&w);
	e = begin(&w, &a);
	core_account_set(a, "password-command", "pass show 'sip/a b'", NULL);
	ask_for(e, "q1");
	ask_for(e, "q2");
	assert_calls(&w, "run [pass] [show] [sip/a b]\n");
	fake_child_end(0, "pw 2\r\nuser: x\n", NULL);
	assert_calls(&w, "q1: alice pw 2\nq2: alice pw 2\n");
	ask_for(e, "q3");
	assert_calls(&w, "q3: alice pw 2\n");
	wrong(e);
	ask_for(e, "q4");
	assert_calls(&w, "run [pass] [show] [sip/a b]\n");
	world_close(&w);
}


static void command_fails(void **state)
{
	static const struct {
		int status;
		const char *out;
		const char *why;
		const char *log;
	} cases[] = {
		{1, "", NULL,
			"password-command: exit status 1: words of stderr"},
		{-1, "", "took too long", "password-command: took too long"},
		{0, "", NULL, "password-command printed no password"},
		{0, "\nsecret", NULL, "password-command printed no password"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct core_account *a;
		struct endpoint *e;
		struct world w;
		char log[256];

		world_open_commands(&w);
		e = begin(&w, &a);
		core_account_set(a, "password-command", "pass", NULL);
		ask_for(e, "q");
		fake_child_end(cases[i].status, cases[i].out, cases[i].why);
		assert_calls(&w, "run [pass]\nq: alice -\n");
		wrong(e);
		world_run(&w, 0);
		snprintf(log, sizeof(log),
			"account work failed: account work: %s\n"
			"login: 77 account work: %s\n",
			cases[i].log, cases[i].log);
		assert_log(&w, log);
		world_close(&w);
	}
}


static void command_missing(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open_commands(&w);
	e = begin(&w, &a);
	core_account_set(a, "password-command", "missing", NULL);
	ask_for(e, "q");
	assert_calls(&w, "q: alice -\n");
	wrong(e);
	world_run(&w, 0);
	assert_log(&w,
		"account work failed: account work: password-command: "
		"missing: No such file or directory\nlogin: 77 account "
		"work: password-command: missing: No such file or "
		"directory\n");
	world_close(&w);
}


/* Signing out stops the command, and nobody is answered. */
static void command_stopped(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open_commands(&w);
	e = begin(&w, &a);
	core_account_set(a, "password-command", "pass", NULL);
	ask_for(e, "q");
	core_logout(a, NULL, NULL);
	assert_true(list_isempty(&w.children));
	world_quiet(&w);
	ask_for(e, "q");
	assert_calls(&w, "q: alice -\n");
	fake_signed_out(e);
	world_run(&w, 0);
	assert_calls(&w, "");
	world_close(&w);
}


struct question {
	core_secret_h *answer;
	void *ctx;
	size_t n;
};


static void ask_h(const char *prompt, core_secret_h *to, void *ctx, void *arg)
{
	struct question *q = arg;

	assert_string_equal(prompt, "Password for work (" ALICE "): ");
	q->answer = to;
	q->ctx = ctx;
	q->n++;
}


static void asked(void **state)
{
	struct question q = {NULL, NULL, 0};
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	core_set_ask(w.core, ask_h, &q);
	e = begin(&w, &a);
	ask_for(e, "q1");
	ask_for(e, "q2");
	assert_int_equal(q.n, 1);
	q.answer("pw", q.ctx);
	assert_calls(&w, "q1: alice pw\nq2: alice pw\n");
	wrong(e);
	world_run(&w, 0);
	world_quiet(&w);
	core_login(a, world_done, "login");
	ask_for(e, "q3");
	assert_int_equal(q.n, 2);
	q.answer(NULL, q.ctx);
	assert_calls(&w, "sign in " ALICE "\nq3: alice -\n");
	wrong(e);
	world_run(&w, 0);
	assert_log(&w,
		"account work connecting\naccount work failed: account "
		"work: no password was given\nlogin: 77 account work: "
		"no password was given\n");
	world_close(&w);
}


/* The answer of a person comes when the account is gone. */
static void asked_too_late(void **state)
{
	struct question q = {NULL, NULL, 0};
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	core_set_ask(w.core, ask_h, &q);
	e = begin(&w, &a);
	ask_for(e, "q");
	core_account_remove(a, NULL);
	fake_signed_out(e);
	world_run(&w, 0);
	world_quiet(&w);
	q.answer("pw", q.ctx);
	assert_calls(&w, "");
	world_close(&w);
}


int test_credentials(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set),
		cmocka_unit_test(none),
		cmocka_unit_test(command),
		cmocka_unit_test(command_fails),
		cmocka_unit_test(command_missing),
		cmocka_unit_test(command_stopped),
		cmocka_unit_test(asked),
		cmocka_unit_test(asked_too_late),
	};

	return cmocka_run_group_tests_name("credentials", tests, NULL, NULL);
}
