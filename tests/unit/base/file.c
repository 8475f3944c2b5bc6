/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "file.h"
#include "unit.h"

int test_file(void);


static int setup(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = mem_printf("%s/unit-file.XXXXXX", tmp ? tmp : "/tmp");

	*state = dir;
	return mkdtemp(dir) ? 0 : -1;
}


static int remove_one(
	const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}


static int teardown(void **state)
{
	int err = nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);

	mem_deref(*state);
	return err;
}


static mode_t mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_mode & 07777;
}


static void check_path(char *path, const char *expected)
{
	if (expected)
		assert_string_equal(path, expected);
	else
		assert_null(path);
	mem_deref(path);
}


static void xdg(void **state)
{
	char *home = mem_strdup(getenv("HOME"));

	(void)state;
	setenv("HOME", "/home/alice", 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_DATA_HOME");
	check_path(file_config_path(), "/home/alice/.config/sotto/sotto.conf");
	check_path(file_state_dir(), "/home/alice/.local/share/sotto");
	check_path(file_expand("~/x"), "/home/alice/x");
	check_path(file_expand("~bob/x"), "~bob/x");
	check_path(file_expand("/x/~/y"), "/x/~/y");
	setenv("XDG_CONFIG_HOME", "/c", 1);
	setenv("XDG_DATA_HOME", "relative", 1);
	check_path(file_config_path(), "/c/sotto/sotto.conf");
	check_path(file_state_dir(), "/home/alice/.local/share/sotto");
	unsetenv("HOME");
	unsetenv("XDG_CONFIG_HOME");
	check_path(file_config_path(), NULL);
	check_path(file_state_dir(), NULL);
	check_path(file_expand("~/x"), "~/x");
	unsetenv("XDG_DATA_HOME");
	if (home)
		setenv("HOME", home, 1);
	mem_deref(home);
}


static void private_dir(void **state)
{
	char *dir = mem_printf("%s/a/b//c/", (char *)*state);
	char *file = mem_printf("%s/file", (char *)*state);
	char *below = mem_printf("%s/d", file);

	assert_int_equal(file_private_dir(dir), 0);
	assert_int_equal(mode_of(dir), 0700);
	assert_int_equal(file_private_dir(dir), 0);
	assert_int_equal(file_replace(file, "x", 1, 0600), 0);
	assert_int_equal(file_private_dir(file), ENOTDIR);
	assert_int_equal(file_private_dir(below), ENOTDIR);
	assert_int_equal(file_private_dir(""), ENOENT);
	mem_deref(dir);
	mem_deref(file);
	mem_deref(below);
}


static void read_replace(void **state)
{
	char *path = mem_printf("%s/f", (char *)*state);
	char *link = mem_printf("%s/link", (char *)*state);
	char *none = mem_printf("%s/none/f", (char *)*state);
	struct mbuf *mb = NULL;
	struct stat st;

	assert_int_equal(file_read(&mb, path, 10), ENOENT);
	assert_int_equal(file_replace(path, "0123456789", 10, 0600), 0);
	assert_int_equal(file_read(&mb, path, 10), 0);
	assert_pl(mbuf_all(mb), "0123456789");
	mb = mem_deref(mb);
	assert_int_equal(file_read(&mb, path, 9), EFBIG);
	assert_null(mb);
	assert_int_equal(mode_of(path), 0600);
	assert_false(file_others_read(path));

	/* through a link, which stays one */
	assert_int_equal(symlink("f", link), 0);
	assert_int_equal(file_replace(link, "new", 3, 0644), 0);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_true(file_others_read(path));
	assert_int_equal(file_read(&mb, path, 9), 0);
	assert_pl(mbuf_all(mb), "new");
	mb = mem_deref(mb);

	assert_int_equal(file_read(&mb, *state, 10), EISDIR);
	assert_int_equal(file_replace(none, "", 0, 0600), ENOENT);
	assert_false(file_others_read(none));
	mem_deref(path);
	mem_deref(link);
	mem_deref(none);
}


struct appended {
	const char *before; /* NULL: no file */
	mode_t mode;
	bool secret;
	int err;
	const char *after; /* NULL: no file */
	mode_t mode_after;
	unsigned lines;
};


static void check_file(const char *path, const char *expected)
{
	struct mbuf *mb = NULL;
	int err = file_read(&mb, path, 1 << 20);

	if (!expected) {
		assert_int_equal(err, ENOENT);
		return;
	}
	assert_int_equal(err, 0);
	assert_pl(mbuf_all(mb), expected);
	mem_deref(mb);
}


static void put_file(const char *path, const char *text, mode_t mode)
{
	assert_int_equal(file_replace(path, text, strlen(text), mode), 0);
}


/* No temporary file is left beside PATH. */
static void check_alone(const char *dir, size_t expected)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t n = 0;

	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	(void)closedir(d);
	assert_int_equal(n, expected);
}


static void append(void **state)
{
	static const struct appended cases[] = {
		{"a\n#b\n", 0640, false, 0, "a\n#b\nmore\n", 0640, 2},
		{"a\r\n", 0644, false, 0, "a\r\nmore\n", 0644, 1},
		{"a \\", 0600, false, 0, "a \\\nmore\n", 0600, 1},
		{"", 0604, false, 0, "more\n", 0604, 0},
		{"a\n", 0664, true, 0, "a\nmore\n", 0600, 1},
		{NULL, 0, false, 0, "more\n", 0600, 0},
		{NULL, 0, true, 0, "more\n", 0600, 0},
		{"0123456789012345\n", 0600, false, EFBIG, "0123456789012345\n",
			0600, 1},
		{"0123456789012345678901\n", 0600, false, EFBIG,
			"0123456789012345678901\n", 0600, 0},
	};
	char *path = mem_printf("%s/sotto.conf", (const char *)*state);
	size_t i;

	for (i = 0; i < UNIT_N(cases); i++) {
		const struct appended *c = &cases[i];
		unsigned lines = 0;

		(void)unlink(path);
		if (c->before)
			put_file(path, c->before, c->mode);
		assert_int_equal(
			file_append(path, "more\n", 5, 20, c->secret, &lines),
			c->err);
		check_file(path, c->after);
		assert_int_equal(mode_of(path), c->mode_after);
		assert_int_equal(lines, c->lines);
		check_alone(*state, 1);
	}
	mem_deref(path);
}


static void append_places(void **state)
{
	const char *dir = *state;
	char *file = mem_printf("%s/a/b/sotto.conf", dir);
	char *sub = mem_printf("%s/a/b", dir);
	char *link = mem_printf("%s/link", dir);
	char *dangling = mem_printf("%s/dangling", dir);
	char *target = mem_printf("%s/target", dir);
	struct stat st;
	unsigned n;

	assert_int_equal(file_append(file, "x\n", 2, 9, false, &n), 0);
	assert_int_equal(mode_of(sub), 0700);
	check_file(file, "x\n");
	assert_int_equal(symlink("a/b/sotto.conf", link), 0);
	assert_int_equal(file_append(link, "y\n", 2, 9, false, &n), 0);
	assert_int_equal(n, 1);
	check_file(file, "x\ny\n");
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(symlink("target", dangling), 0);
	assert_int_equal(file_append(dangling, "z\n", 2, 9, false, &n), 0);
	check_file(target, "z\n");
	assert_int_equal(lstat(dangling, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(file_append(sub, "x\n", 2, 9, false, &n), EISDIR);
	assert_int_equal(
		file_append("/dev/null", "x\n", 2, 9, false, &n), EINVAL);
	mem_deref(file);
	mem_deref(sub);
	mem_deref(link);
	mem_deref(dangling);
	mem_deref(target);
}


/* As somebody who may not. */
static void append_refused(void **state)
{
	const char *dir = *state;
	char *file = mem_printf("%s/sotto.conf", dir);
	char *none = mem_printf("%s/none.conf", dir);
	uid_t me = geteuid();
	unsigned n;

	put_file(file, "mine\n", 0644);
	if (!me) {
		assert_int_equal(chmod(dir, 0755), 0);
		assert_int_equal(seteuid(65534), 0);
	} else {
		assert_int_equal(chmod(file, 0444), 0);
		assert_int_equal(chmod(dir, 0500), 0);
	}
	assert_int_equal(file_append(file, "x\n", 2, 99, false, &n), EACCES);
	assert_int_equal(file_append(none, "x\n", 2, 99, false, &n), EACCES);
	assert_int_equal(seteuid(me), 0);
	assert_int_equal(chmod(dir, 0700), 0);
	check_file(file, "mine\n");
	check_file(none, NULL);
	check_alone(dir, 1);
	mem_deref(file);
	mem_deref(none);
}


/* No room: what was there is there, and nothing else. */
static void append_full(void **state)
{
	const char *dir = *state;
	char *file = mem_printf("%s/sotto.conf", dir);
	char *none = mem_printf("%s/none.conf", dir);
	struct rlimit old, none_left;
	unsigned n;

	put_file(file, "all of it\n", 0644);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none_left = old;
	none_left.rlim_cur = 4;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none_left), 0);
	assert_int_equal(file_append(file, "more\n", 5, 99, true, &n), EFBIG);
	assert_int_equal(file_append(none, "more\n", 5, 99, true, &n), EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	(void)signal(SIGXFSZ, SIG_DFL);
	check_file(file, "all of it\n");
	assert_int_equal(mode_of(file), 0644);
	check_file(none, NULL);
	check_alone(dir, 1);
	mem_deref(file);
	mem_deref(none);
}


static void lock(void **state)
{
	struct file_lock *a = NULL, *b = NULL;
	pid_t pid = 0, child;
	int status;

	assert_int_equal(file_lock(&a, *state, &pid), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		int err = file_lock(&b, *state, &pid);

		_exit(err == EAGAIN && pid == getppid() ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(file_lock(&b, *state, &pid), EAGAIN);
	assert_int_equal(pid, getpid());
	assert_null(b);
	mem_deref(a);
	assert_int_equal(file_lock(&b, *state, NULL), 0);
	mem_deref(b);
	assert_int_equal(file_lock(&b, "/nonexistent", &pid), ENOENT);
}


/* No room for the pid: held all the same. */
static void lock_full(void **state)
{
	struct file_lock *a = NULL, *b = NULL;
	struct rlimit before;
	void (*handler)(int);
	pid_t pid = 1;
	int err;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	handler = signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(
		setrlimit(RLIMIT_FSIZE, &(struct rlimit){0, before.rlim_max}),
		0);
	err = file_lock(&a, *state, &pid);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	(void)signal(SIGXFSZ, handler);
	assert_int_equal(err, 0);
	assert_int_equal(file_lock(&b, *state, &pid), EAGAIN);
	assert_int_equal(pid, 0);
	mem_deref(a);
}


int test_file(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(xdg),
		cmocka_unit_test(private_dir),
		cmocka_unit_test(read_replace),
		cmocka_unit_test_setup_teardown(append, setup, teardown),
		cmocka_unit_test_setup_teardown(append_places, setup, teardown),
		cmocka_unit_test_setup_teardown(
			append_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(append_full, setup, teardown),
		cmocka_unit_test(lock),
		cmocka_unit_test(lock_full),
	};

	return cmocka_run_group_tests_name("file", tests, setup, teardown);
}
