/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>
#include "mbuf.h"
#include "unit.h"
#include "world.h"

int test_script(void);


/* A file of our own with TEXT, readable by others if MODE says so. */
static char *make_file(const char *text, size_t n, mode_t mode)
{
	char name[] = "cmd-test-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	return mem_strdup(name);
}


static void remove_file(char *path)
{
	unlink(path);
	mem_deref(path);
}


/* Replaces the file's name by FILE. */
static char *masked(const char *text, const char *path)
{
	struct mbuf *mb = mbuf_alloc(1 << 16);
	const char *at;
	char *s;

	while ((at = strstr(text, path))) {
		mbuf_write_mem(mb, text, (size_t)(at - text));
		mbuf_write_str(mb, "FILE");
		text = at + strlen(path);
	}
	mbuf_write_str(mb, text);
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


static void done(const struct front_outcome *o, void *arg)
{
	struct world *w = arg;

	w->done++;
	w->status = o->status;
}


/* Each mistake by its line, the rest runs, in order. */
static void mistakes(void **state)
{
	static const char text[] = "# a file\n"
				   "echo 1\n"
				   "nonsense\n"
				   "echo 2; echo 'open\n"
				   "echo a \\\n"
				   "  b; login work\n"
				   "bind M-n \"chat next\"\n"
				   "chat split\n"
				   "\n"
				   "account add work sip:alice@example.org\n"
				   "buddy add kim@example.org -g 'A b'\n"
				   "login work\r\n"
				   "msg\n"
				   "echo end";
	struct world *w = world_alloc(0);
	char *path = make_file(text, sizeof(text) - 1, 0644), *why, *s;
	struct cmd_sink sink = {NULL, done, w};

	(void)state;
	assert_int_equal(cmd_file(w->q, path, &sink, &why), 0);
	assert_null(why);
	assert_string_equal(world_rows(w), "1\na b\nend\n");
	s = masked(world_outcomes(w), path);
	assert_string_equal(s,
		"64 FILE:3: no such command: nonsense\n"
		"64 FILE:4: column 14: the quote that opens here does not "
		"end\n"
		"78 FILE:6: no account work\n"
		"64 FILE:13: B is missing; usage: msg B TEXT or msg --resend "
		"ID\n");
	mem_deref(s);
	s = masked(fake_log(w->core), path);
	assert_string_equal(s,
		"account work sip:alice@example.org FILE:10\n"
		"buddy work sip:kim@example.org - FILE:11\n"
		"login work\n");
	mem_deref(s);
	assert_string_equal(cmd_key_command(w->cmd, "any", "M-n"), "chat next");
	assert_int_equal(w->done, 0);
	fake_answer(w->core, "login", 77, "wrong password", 0, NULL);
	s = masked(world_outcomes(w), path);
	assert_string_equal(s, "77 FILE:12: wrong password\n");
	mem_deref(s);
	assert_int_equal(w->done, 1);
	assert_int_equal(w->status, EX_USAGE); /* of the first mistake */
	remove_file(path);
	world_free(w);
}


static void hostile(void **state)
{
	static const char text[] = "echo 1\n"
				   "echo a\0b\n"
				   "echo \xff\xfe\n"
				   "\"\n"
				   "echo 2\n"
				   "\\";
	struct world *w = world_alloc(0);
	char *path = make_file(text, sizeof(text) - 1, 0644), *why, *s;

	(void)state;
	assert_int_equal(cmd_file(w->q, path, NULL, &why), 0);
	assert_string_equal(world_rows(w), "1\n2\n");
	s = masked(world_outcomes(w), path);
	assert_string_equal(s,
		"64 FILE:2: column 6: the word holds a NUL byte\n"
		"64 FILE:3: column 6: the word is not UTF-8\n"
		"64 FILE:4: column 1: the quote that opens here does not end\n"
		"64 FILE:6: column 1: nothing follows the backslash\n");
	mem_deref(s);
	assert_int_equal(cmd_queue_pending(w->q), 0);
	remove_file(path);
	world_free(w);
}


static void secrets(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		int status;
	} cases[] = {
		{"account add w sip:a@b.test\naccount set w password x\n", 0600,
			0},
		{"account add w sip:a@b.test\naccount set w password x\n", 0640,
			EX_CONFIG},
		{"account add w sip:a@b.test\naccount set w password x\n", 0604,
			EX_CONFIG},
		{"account add w sip:a@b.test password=x\n", 0644, EX_CONFIG},
		{"account add w sip:a@b.test \\\n  password=x\n", 0644,
			EX_CONFIG},
		{"account add w sip:a@b.test\n"
		 "account set w password-command 'pass x'\n",
			0644, 0},
		{"echo hi\n", 0644, 0},
		{"", 0644, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct world *w = world_alloc(0);
		char *path = make_file(
			cases[i].text, strlen(cases[i].text), cases[i].mode);
		char *why = NULL, *s;

		assert_int_equal(
			cmd_file(w->q, path, NULL, &why), cases[i].status);
		if (cases[i].status) {
			s = masked(why, path);
			assert_string_equal(s,
				"FILE holds a password and others can read "
				"it; type: chmod 600 FILE");
			mem_deref(s);
			assert_string_equal(fake_log(w->core), "");
		}
		mem_deref(why);
		remove_file(path);
		world_free(w);
	}
}


static void unreadable(void **state)
{
	struct world *w = world_alloc(0);
	char *why = NULL;

	(void)state;
	assert_int_equal(cmd_file(w->q, "no/such.conf", NULL, &why), EX_CONFIG);
	assert_string_equal(why, "no/such.conf: No such file or directory");
	mem_deref(why);
	assert_int_equal(world_line(w, "source no/such.conf"), EX_CONFIG);
	world_free(w);
}


/* The commands of a sourced file stand where `source` stood. */
static void source(void **state)
{
	static const char text[] = "echo in\nsleep 1\necho out\nnonsense\n";
	struct world *w = world_alloc(0);
	char *path = make_file(text, sizeof(text) - 1, 0644), *line, *s;

	(void)state;
	line = mem_printf("echo 1; source %s; echo 2", path);
	assert_int_equal(world_line(w, line), -1);
	assert_string_equal(world_rows(w), "1\nin\n");
	world_pass(w, 1000);
	assert_string_equal(world_rows(w), "out\n2\n");
	assert_int_equal(w->status, EX_USAGE);
	s = masked(w->text, path);
	assert_string_equal(s, "FILE:4: no such command: nonsense");
	mem_deref(s);
	mem_deref(line);
	remove_file(path);
	world_free(w);
}


/* What somebody sources is theirs, and kept; what the configuration sources is
 * declared there, and comes again. */
static void declared(void **state)
{
	static const char text[] =
		"account add other sip:a@z.test\nbuddy add kim@example.org\n";
	struct world *w = world_alloc(0);
	char *path = make_file(text, sizeof(text) - 1, 0644), *line, *why, *s;
	char *outer;

	(void)state;
	line = mem_printf("source %s\n", path);
	assert_int_equal(world_line(w, line), 0);
	s = masked(fake_log(w->core), path);
	assert_null(strstr(s, "FILE:"));
	mem_deref(s);
	outer = make_file(line, strlen(line), 0644);
	assert_int_equal(cmd_file(w->q, outer, NULL, &why), 0);
	s = masked(fake_log(w->core), path);
	assert_non_null(strstr(s, "FILE:2"));
	mem_deref(s);
	mem_deref(line);
	remove_file(outer);
	remove_file(path);
	world_free(w);
}


/* A file that sources itself comes to an end; one that is freed too. */
static void depth(void **state)
{
	struct world *w = world_alloc(0);
	char *path = make_file("", 0, 0644), *line;
	FILE *f = fopen(path, "w");

	(void)state;
	fprintf(f, "sleep 1\nsource %s\n", path);
	fclose(f);
	line = mem_printf("source %s", path);
	world_line(w, line);
	world_pass(w, 3000);
	assert_int_equal(w->status, -1);
	for (int i = 0; i < 20; i++)
		world_pass(w, 1000);
	assert_int_equal(w->status, EX_USAGE);
	assert_non_null(strstr(w->text, "too many files within files"));
	assert_int_equal(cmd_queue_pending(w->q), 0);
	world_line(w, line);
	mem_deref(line);
	remove_file(path);
	world_free(w);
}


int test_script(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes),
		cmocka_unit_test(hostile),
		cmocka_unit_test(secrets),
		cmocka_unit_test(unreadable),
		cmocka_unit_test(source),
		cmocka_unit_test(declared),
		cmocka_unit_test(depth),
	};

	return cmocka_run_group_tests_name("script", tests, NULL, NULL);
}
