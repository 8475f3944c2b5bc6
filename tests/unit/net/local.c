/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "local.h"
#include "unit.h"

int test_local(void);


struct world {
	struct loop *loop;
	struct local_listener *listener;
	char *dir;
	char *path;
	unsigned clients;
	uid_t uid;
};


/* In a directory whose name has N more characters. */
static void setup(struct world *w, size_t n)
{
	char temp[] = "/tmp/unit-local-XXXXXX";

	memset(w, 0, sizeof(*w));
	assert_int_equal(loop_alloc(&w->loop), 0);
	assert_non_null(mkdtemp(temp));
	w->dir = mem_printf("%s/%0*d", temp, (int)n, 0);
	assert_int_equal(mkdir(w->dir, 0700), 0);
	w->path = mem_printf("%s/control", w->dir);
	w->uid = (uid_t)-1;
}


static void teardown(struct world *w)
{
	char *slash;

	mem_deref(w->listener);
	mem_deref(w->loop);
	assert_int_equal(rmdir(w->dir), 0); /* it is empty again */
	slash = strrchr(w->dir, '/');
	*slash = '\0';
	assert_int_equal(rmdir(w->dir), 0);
	mem_deref(w->path);
	mem_deref(w->dir);
}


static void accept_handler(int fd, uid_t uid, void *arg)
{
	struct world *w = arg;

	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	(void)close(fd);
	w->clients++;
	w->uid = uid;
	loop_stop(w->loop, 0);
}


static void check_connect(struct world *w)
{
	uid_t uid = (uid_t)-1;
	int fd = -1;

	assert_int_equal(local_connect(&fd, w->path, &uid), 0);
	assert_int_equal(uid, geteuid());
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	(void)loop_run(w->loop);
	assert_int_equal(w->clients, 1);
	assert_int_equal(w->uid, geteuid());
	(void)close(fd);
}


static void test_connect(void **state)
{
	/* The second is longer than an address can be. */
	static const size_t lengths[] = {1, 200};
	struct world w;
	struct stat st;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		setup(&w, lengths[i]);
		assert_int_equal(local_listen(&w.listener, w.loop, w.path,
					 accept_handler, &w),
			0);
		assert_int_equal(stat(w.path, &st), 0);
		assert_int_equal(st.st_mode, S_IFSOCK | 0600);
		check_connect(&w);
		teardown(&w);
	}
}


/* What is left of one that was killed refuses, and is replaced. */
static void test_stale(void **state)
{
	struct world w;
	char *other;
	uid_t uid;
	int fd;

	(void)state;
	setup(&w, 1);
	assert_int_equal(local_connect(&fd, w.path, &uid), ENOENT);
	other = mem_printf("%s/kept", w.dir);
	assert_int_equal(
		local_listen(&w.listener, w.loop, w.path, accept_handler, &w),
		0);
	assert_int_equal(link(w.path, other), 0);
	w.listener = mem_deref(w.listener);
	assert_int_equal(rename(other, w.path), 0);
	assert_int_equal(local_connect(&fd, w.path, &uid), ECONNREFUSED);
	assert_int_equal(
		local_listen(&w.listener, w.loop, w.path, accept_handler, &w),
		0);
	check_connect(&w);
	mem_deref(other);
	teardown(&w);
}


static void test_refused(void **state)
{
	struct world w;
	char *path;
	int err;

	(void)state;
	setup(&w, 1);
	path = mem_printf("%s/none/control", w.dir);
	err = local_listen(&w.listener, w.loop, path, accept_handler, &w);
	assert_int_equal(err, ENOENT);
	assert_null(w.listener);
	mem_deref(path);
	teardown(&w);
}


int test_local(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_stale),
	};

	return cmocka_run_group_tests_name("local", tests, NULL, NULL);
}
