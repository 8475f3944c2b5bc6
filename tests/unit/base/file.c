/* SPDX-License-Identifier: GPL-3.0-or-later */
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
		cmocka_unit_test(lock),
		cmocka_unit_test(lock_full),
	};

	return cmocka_run_group_tests_name("file", tests, setup, teardown);
}
