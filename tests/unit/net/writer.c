/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "net_test.h"
#include "writer.h"

int test_writer(void);


enum {
	MAX = 1024 * 1024,
};

struct fixture {
	struct net_test t;
	struct writer *writer;
	struct loop_fd *in;
	int pipe[2];
	size_t got;
	size_t want; /* the loop stops there */
	int err;
	unsigned told;
};


static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	net_test_init(&f->t);
	assert_int_equal(pipe(f->pipe), 0);
	*state = f;
	return 0;
}


static int teardown(void **state)
{
	struct fixture *f = *state;

	mem_deref(f->in);
	mem_deref(f->writer);
	net_test_close(&f->t);
	if (f->pipe[0] >= 0)
		close(f->pipe[0]);
	close(f->pipe[1]);
	free(f);
	return 0;
}


static void broken(int err, void *arg)
{
	struct fixture *f = arg;

	f->err = err;
	++f->told;
	loop_stop(f->t.loop, 0);
}


static void begin(struct fixture *f, size_t max)
{
	assert_int_equal(
		writer_alloc(&f->writer, f->t.loop, f->pipe[1], max, broken, f),
		0);
}


static void put(struct fixture *f, size_t n)
{
	char *p = calloc(1, n);

	writer_put(f->writer, p, n);
	free(p);
}


static void in_handler(int events, void *arg)
{
	struct fixture *f = arg;
	char buf[4096];
	ssize_t n = read(f->pipe[0], buf, sizeof(buf));

	(void)events;
	assert_true(n > 0);
	f->got += (size_t)n;
	if (f->got >= f->want)
		loop_stop(f->t.loop, 0);
}


/* More than a pipe holds, though its descriptors block. */
static void test_slow_reader(void **state)
{
	struct fixture *f = *state;

	begin(f, MAX);
	put(f, MAX);
	f->want = MAX;
	assert_int_equal(loop_fd_alloc(&f->in, f->t.loop, f->pipe[0], LOOP_READ,
				 in_handler, f),
		0);
	net_test_run(&f->t);
	assert_int_equal(f->got, MAX);
	assert_int_equal(writer_err(f->writer), 0);
	assert_int_equal(fcntl(f->pipe[1], F_GETFL) & O_NONBLOCK, 0);
}


/* Told once, when all is written and not before. */
static void test_finish(void **state)
{
	struct fixture *f = *state;

	begin(f, MAX);
	f->err = -1;
	put(f, MAX);
	writer_finish(f->writer);
	f->want = MAX;
	assert_int_equal(loop_fd_alloc(&f->in, f->t.loop, f->pipe[0], LOOP_READ,
				 in_handler, f),
		0);
	net_test_run(&f->t);
	if (!f->told)
		net_test_run(&f->t);
	assert_int_equal(f->told, 1);
	assert_int_equal(f->err, 0);
	assert_true(f->got + 65536 >= MAX);
}


static void test_too_slow(void **state)
{
	struct fixture *f = *state;

	begin(f, 1000);
	put(f, 1000);
	assert_int_equal(writer_err(f->writer), 0);
	put(f, 1);
	assert_int_equal(writer_err(f->writer), ENOBUFS);
	put(f, 1);
	assert_int_equal(f->told, 0); /* from the loop */
	net_test_run(&f->t);
	assert_int_equal(f->told, 1);
	assert_int_equal(f->err, ENOBUFS);
}


static void test_reader_gone(void **state)
{
	struct fixture *f = *state;

	begin(f, MAX);
	close(f->pipe[0]);
	f->pipe[0] = -1;
	put(f, 10);
	net_test_run(&f->t);
	assert_int_equal(f->told, 1);
	assert_int_equal(f->err, EPIPE);
	assert_int_equal(writer_flush(f->writer, 0), EPIPE);
}


/* It is noticed though there is nothing to write. */
static void test_idle_reader_gone(void **state)
{
	struct fixture *f = *state;

	begin(f, MAX);
	net_test_pause(&f->t, 20);
	assert_int_equal(f->told, 0);
	close(f->pipe[0]);
	f->pipe[0] = -1;
	net_test_run(&f->t);
	assert_int_equal(f->told, 1);
	assert_int_equal(f->err, EPIPE);
}


/* Who only sends no more still reads. */
static void test_socket(void **state)
{
	struct fixture *f = *state;
	int s[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
	assert_int_equal(
		writer_alloc(&f->writer, f->t.loop, s[1], MAX, broken, f), 0);
	assert_int_equal(shutdown(s[0], SHUT_WR), 0);
	net_test_pause(&f->t, 20);
	assert_int_equal(writer_err(f->writer), 0);
	put(f, 10);
	assert_int_equal(writer_flush(f->writer, 0), 0);
	close(s[0]);
	put(f, 10);
	assert_int_equal(writer_flush(f->writer, 0), EPIPE);
	f->writer = mem_deref(f->writer);
	close(s[1]);
}


static void test_full(void **state)
{
	struct fixture *f = *state;
	int fd = open("/dev/full", O_WRONLY);

	if (fd < 0)
		skip();
	assert_int_equal(
		writer_alloc(&f->writer, f->t.loop, fd, MAX, NULL, NULL), 0);
	put(f, 10);
	assert_int_equal(writer_flush(f->writer, 1000), ENOSPC);
	close(fd);
}


static void test_flush(void **state)
{
	struct fixture *f = *state;
	char buf[64];

	begin(f, MAX);
	put(f, 10);
	assert_int_equal(writer_flush(f->writer, 0), 0);
	assert_int_equal(read(f->pipe[0], buf, sizeof(buf)), 10);
	put(f, MAX / 2);
	assert_int_equal(writer_flush(f->writer, 1), ETIMEDOUT);
}


/* Its write would block for what does not fit, though it can be written. */
static void test_terminal(void **state)
{
	struct fixture *f = *state;
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	char buf[4096];
	size_t got = 0;
	ssize_t n;

	assert_true(master >= 0 && !grantpt(master) && !unlockpt(master));
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	assert_int_equal(
		writer_alloc(&f->writer, f->t.loop, slave, MAX, broken, f), 0);
	put(f, MAX);
	while (writer_flush(f->writer, 0) == ETIMEDOUT) {
		n = read(master, buf, 1000);
		assert_true(n > 0);
		got += (size_t)n;
	}
	assert_true(got > MAX / 2);
	assert_int_equal(fcntl(slave, F_GETFL) & O_NONBLOCK, 0);
	f->writer = mem_deref(f->writer);
	close(slave);
	close(master);
}


static void drained(void *arg)
{
	struct fixture *f = arg;

	++f->told;
	if (f->got >= f->want)
		loop_stop(f->t.loop, 0);
}


/* Told once, and also of what left at once. */
static void test_drained(void **state)
{
	struct fixture *f = *state;

	begin(f, MAX);
	f->want = MAX;
	put(f, 10);
	assert_int_equal(writer_pending(f->writer), 10);
	assert_int_equal(writer_flush(f->writer, 0), 0);
	assert_int_equal(writer_pending(f->writer), 0);
	writer_drained(f->writer, drained, f);
	net_test_pause(&f->t, 20);
	assert_int_equal(f->told, 1);
	put(f, MAX);
	assert_int_equal(writer_flush(f->writer, 0), ETIMEDOUT);
	writer_drained(f->writer, drained, f);
	net_test_pause(&f->t, 20);
	assert_int_equal(f->told, 1);
	assert_int_equal(loop_fd_alloc(&f->in, f->t.loop, f->pipe[0], LOOP_READ,
				 in_handler, f),
		0);
	net_test_run(&f->t);
	f->in = mem_deref(f->in);
	f->want = SIZE_MAX;
	net_test_pause(&f->t, 20);
	assert_int_equal(f->told, 2);
}


int test_writer(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_slow_reader, setup, teardown),
		cmocka_unit_test_setup_teardown(test_finish, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_slow, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_reader_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_idle_reader_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_socket, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flush, setup, teardown),
		cmocka_unit_test_setup_teardown(test_terminal, setup, teardown),
		cmocka_unit_test_setup_teardown(test_drained, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
