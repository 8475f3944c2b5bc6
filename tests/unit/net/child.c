/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "child.h"
#include "net_test.h"

int test_child(void);


struct fixture {
	struct net_test t;
	struct child *c;
	struct child_peer *p;
	unsigned calls, lines;
	int status;
	char out[300], errtext[300], why[300];
	size_t out_len;
	bool free_inside, free_on_line;
};


static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	net_test_init(&f->t);
	*state = f;
	return 0;
}


static int teardown(void **state)
{
	struct fixture *f = *state;

	mem_deref(f->c);
	mem_deref(f->p);
	net_test_close(&f->t);
	free(f);
	return 0;
}


static void copy(char *to, const struct pl *pl)
{
	(void)snprintf(to, 300, "%.*s", PL_ARG(pl));
}


static void child_handler(int status, const struct pl *out,
	const struct pl *errtext, const char *why, void *arg)
{
	struct fixture *f = arg;

	++f->calls;
	f->status = status;
	f->out_len = out->l;
	copy(f->out, out);
	copy(f->errtext, errtext);
	(void)snprintf(f->why, sizeof(f->why), "%s", why ? why : "");
	if (f->free_inside)
		f->c = mem_deref(f->c);
	loop_stop(f->t.loop, 0);
}


static void run(struct fixture *f, const char *const *argv, uint64_t timeout)
{
	f->c = mem_deref(f->c);
	f->calls = 0;
	assert_int_equal(child_run(&f->c, f->t.loop, argv, timeout, 100,
				 child_handler, f),
		0);
	assert_int_equal(f->calls, 0);
	net_test_run(&f->t);
	assert_int_equal(f->calls, 1);
}


static void shell(struct fixture *f, const char *script)
{
	const char *argv[] = {"sh", "-c", script, NULL};

	run(f, argv, 5000);
}


static void outcomes(void **state)
{
	struct fixture *f = *state;

	shell(f, "echo secret; echo 'two words' >&2; echo more >&2");
	assert_int_equal(f->status, 0);
	assert_string_equal(f->out, "secret\n");
	assert_string_equal(f->errtext, "two words");
	assert_string_equal(f->why, "");
	shell(f, "exit 3");
	assert_int_equal(f->status, 3);
	assert_string_equal(f->out, "");
	shell(f, "kill -TERM $$");
	assert_int_equal(f->status, 128 + SIGTERM);
	/* cut at the limit of 100, and not blocked by it */
	shell(f,
		"i=0; while [ $i -lt 20000 ]; do echo 123456789; "
		"i=$((i+1)); done");
	assert_int_equal(f->status, 0);
	assert_int_equal(f->out_len, 100);
}


/* Words and no shell; no input, no terminal, a session of its own. */
static void surroundings(void **state)
{
	static const char *const words[] = {"echo", "$HOME;", "a b", NULL};
	struct fixture *f = *state;

	run(f, words, 5000);
	assert_string_equal(f->out, "$HOME; a b\n");
	shell(f, "cat; set -- $(cat /proc/$$/stat); [ $6 = $$ ] && echo own");
	assert_string_equal(f->out, "own\n");
	shell(f, "(: </dev/tty) 2>/dev/null || echo none");
	assert_string_equal(f->out, "none\n");
	/* signals that we ignore are not ignored there */
	shell(f, "kill -PIPE $$; echo alive");
	assert_int_equal(f->status, 128 + SIGPIPE);
}


static void environment(void **state)
{
	static const char *const argv[] = {
		"sh", "-c", "echo $SOTTO_A-$SOTTO_B-$SOTTO_AB", NULL};
	static const char *const env[] = {"SOTTO_A=1", "SOTTO_B=x y", NULL};
	struct fixture *f = *state;

	setenv("SOTTO_A", "0", 1);
	setenv("SOTTO_AB", "kept", 1);
	assert_int_equal(child_run_env(&f->c, f->t.loop, argv, env, 5000, 100,
				 child_handler, f),
		0);
	net_test_run(&f->t);
	assert_string_equal(f->out, "1-x y-kept\n");
	unsetenv("SOTTO_A");
	unsetenv("SOTTO_AB");
}


static void never_ran(void **state)
{
	static const char *const argv[] = {"/nonexistent/command", NULL};
	static const char *const none[] = {NULL};
	struct fixture *f = *state;

	run(f, argv, 5000);
	assert_int_equal(f->status, -1);
	assert_string_equal(f->why,
		"cannot run /nonexistent/command: no such "
		"file or directory");
	f->c = mem_deref(f->c);
	assert_int_equal(
		child_run(&f->c, f->t.loop, none, 1, 1, child_handler, f),
		EINVAL);
	assert_null(f->c);
}


static bool is_gone(pid_t pid)
{
	return kill(pid, 0) && errno == ESRCH;
}


static void wait_gone(struct fixture *f, pid_t pid)
{
	unsigned i;

	for (i = 0; i < 200 && !is_gone(pid); i++)
		net_test_pause(&f->t, 5);
	assert_true(is_gone(pid));
}


/* Too long: killed with what it has started. */
static void timeout(void **state)
{
	static const char *const argv[] = {
		"sh", "-c", "echo $$; sleep 60 & wait", NULL};
	struct fixture *f = *state;

	run(f, argv, 100);
	assert_int_equal(f->status, -1);
	assert_string_equal(f->why, "took too long and was killed");
	assert_true(atoi(f->out) > 1);
	wait_gone(f, atoi(f->out));
	assert_int_equal(f->calls, 1);
}


static void released(void **state)
{
	char path[] = "/tmp/unit-child.XXXXXX";
	int fd = mkstemp(path);
	char *script = mem_printf("echo $$ >%s; sleep 60", path);
	const char *writer[] = {"sh", "-c", script, NULL};
	struct fixture *f = *state;
	char text[20] = "";
	unsigned i;

	assert_true(fd >= 0);
	assert_int_equal(child_run(&f->c, f->t.loop, writer, 60000, 100,
				 child_handler, f),
		0);
	for (i = 0; i < 400 && !strchr(text, '\n'); i++) {
		net_test_pause(&f->t, 5);
		assert_true(pread(fd, text, sizeof(text) - 1, 0) >= 0);
	}
	assert_true(atoi(text) > 1);
	f->c = mem_deref(f->c);
	wait_gone(f, atoi(text));
	assert_int_equal(f->calls, 0);
	close(fd);
	unlink(path);
	mem_deref(script);
}


/* Somebody in the background who holds the pipe does not hold us. */
static void background(void **state)
{
	struct fixture *f = *state;
	uint64_t before = tmrs_now(loop_tmrs(f->t.loop));

	shell(f, "sleep 5 & echo $!");
	assert_int_equal(f->status, 0);
	assert_true(tmrs_now(loop_tmrs(f->t.loop)) - before < 3000);
	assert_int_equal(kill(atoi(f->out), SIGKILL), 0);
}


static void free_inside(void **state)
{
	struct fixture *f = *state;

	f->free_inside = true;
	shell(f, "echo x");
	assert_null(f->c);
}


static void line_handler(const struct pl *line, void *arg)
{
	struct fixture *f = arg;

	++f->lines;
	copy(f->out, line);
	if (f->free_on_line)
		f->p = mem_deref(f->p);
	loop_stop(f->t.loop, 0);
}


static void end_handler(int status, void *arg)
{
	struct fixture *f = arg;

	++f->calls;
	f->status = status;
	loop_stop(f->t.loop, 0);
}


static void peer(void **state)
{
	static const char *const argv[] = {"cat", NULL};
	struct pl line = PL("hello there");
	struct fixture *f = *state;

	assert_int_equal(child_spawn(&f->p, f->t.loop, argv, line_handler,
				 end_handler, f),
		0);
	assert_int_equal(child_write(f->p, &line), 0);
	net_test_run(&f->t);
	assert_string_equal(f->out, "hello there");
	line = pl_str("");
	assert_int_equal(child_write(f->p, &line), 0);
	net_test_run(&f->t);
	assert_string_equal(f->out, "");
	assert_int_equal(f->lines, 2);
	/* It ends when the pipe closes. */
	f->p = mem_deref(f->p);
	net_test_pause(&f->t, 50);
	assert_int_equal(f->calls, 0);
}


static void peer_ends(void **state)
{
	static const char *const argv[] = {"sh", "-c",
		"read x; printf 'a\\nlast'; echo \" $x\"; exit 4", NULL};
	struct pl line = PL("word");
	struct fixture *f = *state;
	unsigned i;

	assert_int_equal(child_spawn(&f->p, f->t.loop, argv, line_handler,
				 end_handler, f),
		0);
	assert_int_equal(child_write(f->p, &line), 0);
	for (i = 0; i < 10 && !f->calls; i++)
		net_test_run(&f->t);
	assert_int_equal(f->calls, 1);
	assert_int_equal(f->status, 4);
	/* all lines before the end */
	assert_int_equal(f->lines, 2);
	assert_string_equal(f->out, "last word");
	assert_int_equal(child_write(f->p, &line), EPIPE);
}


static void peer_quiet(void **state)
{
	static const char *const argv[] = {
		"sh", "-c", "echo nobody reads this; exit 5", NULL};
	static const char *const none[] = {"/nonexistent/command", NULL};
	struct fixture *f = *state;

	assert_int_equal(
		child_spawn(&f->p, f->t.loop, argv, NULL, end_handler, f), 0);
	net_test_run(&f->t);
	assert_int_equal(f->status, 5);
	f->p = mem_deref(f->p);
	assert_int_equal(
		child_spawn(&f->p, f->t.loop, none, NULL, end_handler, f),
		ENOENT);
	assert_null(f->p);
}


static void peer_free_on_line(void **state)
{
	static const char *const argv[] = {"sh", "-c", "echo a; echo b", NULL};
	struct fixture *f = *state;

	f->free_on_line = true;
	assert_int_equal(child_spawn(&f->p, f->t.loop, argv, line_handler,
				 end_handler, f),
		0);
	net_test_run(&f->t);
	net_test_pause(&f->t, 20);
	assert_int_equal(f->lines, 1);
	assert_int_equal(f->calls, 0);
}


#define TEST(name_) cmocka_unit_test_setup_teardown(name_, setup, teardown)

int test_child(void)
{
	const struct CMUnitTest tests[] = {
		TEST(outcomes),
		TEST(surroundings),
		TEST(environment),
		TEST(never_ran),
		TEST(timeout),
		TEST(released),
		TEST(background),
		TEST(free_inside),
		TEST(peer),
		TEST(peer_ends),
		TEST(peer_quiet),
		TEST(peer_free_on_line),
	};

	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
