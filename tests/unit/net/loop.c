/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "net_test.h"

int test_loop(void);


struct fixture {
	struct net_test t;
	struct loop_fd *fd;
	struct loop_hook *hook[3];
	struct loop_signal *signal;
	struct tmr tmr;
	int pipe[2];
	char trace[64];
	unsigned turns;
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
	size_t i;

	tmr_cancel(&f->tmr);
	mem_deref(f->fd);
	mem_deref(f->signal);
	for (i = 0; i < UNIT_N(f->hook); i++)
		mem_deref(f->hook[i]);
	net_test_close(&f->t);
	close(f->pipe[0]);
	close(f->pipe[1]);
	free(f);
	return 0;
}


static void trace(struct fixture *f, const char *what)
{
	if (strlen(f->trace) + strlen(what) < sizeof(f->trace))
		strcat(f->trace, what);
}


static void read_handler(int events, void *arg)
{
	struct fixture *f = arg;
	char c[2] = "";

	assert_int_equal(events, LOOP_READ);
	assert_int_equal(read(f->pipe[0], c, 1), 1);
	trace(f, c);
	if (c[0] == 'z')
		loop_stop(f->t.loop, 0);
}


static void descriptors(void **state)
{
	struct fixture *f = *state;
	struct loop *loop = f->t.loop;

	assert_int_equal(write(f->pipe[1], "abz", 3), 3);
	assert_int_equal(loop_fd_alloc(&f->fd, loop, f->pipe[0], LOOP_READ,
				 read_handler, f),
		0);
	/* It was blocking and stays so. */
	assert_false(fcntl(f->pipe[0], F_GETFL) & O_NONBLOCK);
	net_test_run(&f->t);
	assert_string_equal(f->trace, "abz");

	/* paused */
	assert_int_equal(loop_fd_set(f->fd, 0), 0);
	assert_int_equal(write(f->pipe[1], "yz", 2), 2);
	net_test_pause(&f->t, 5);
	assert_string_equal(f->trace, "abz");
	assert_int_equal(loop_fd_set(f->fd, LOOP_READ), 0);
	net_test_run(&f->t);
	assert_string_equal(f->trace, "abzyz");
	assert_int_not_equal(
		loop_fd_alloc(&f->fd, loop, -1, LOOP_READ, read_handler, f), 0);
}


static void free_fd_handler(int events, void *arg)
{
	struct fixture *f = arg;

	(void)events;
	trace(f, "f");
	f->fd = mem_deref(f->fd);
	loop_stop(f->t.loop, 0);
}


static void free_inside(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(write(f->pipe[1], "a", 1), 1);
	assert_int_equal(loop_fd_alloc(&f->fd, f->t.loop, f->pipe[0], LOOP_READ,
				 free_fd_handler, f),
		0);
	net_test_run(&f->t);
	net_test_pause(&f->t, 2);
	assert_string_equal(f->trace, "f");
}


static void file_handler(int events, void *arg)
{
	struct fixture *f = arg;

	assert_int_equal(events, LOOP_READ);
	trace(f, "r");
	if (strlen(f->trace) == 3)
		loop_stop(f->t.loop, 0);
}


/* epoll refuses them, yet commands may be read from one. */
static void regular_files(void **state)
{
	struct fixture *f = *state;
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_int_equal(loop_fd_alloc(&f->fd, f->t.loop, fileno(file),
				 LOOP_READ, file_handler, f),
		0);
	net_test_run(&f->t);
	assert_string_equal(f->trace, "rrr");
	f->fd = mem_deref(f->fd);
	fclose(file);
}


static void hook_a(void *arg)
{
	trace(arg, "a");
}


static void hook_b(void *arg)
{
	struct fixture *f = arg;

	trace(f, "b");
	f->hook[1] = mem_deref(f->hook[1]); /* itself */
	f->hook[2] = mem_deref(f->hook[2]); /* the next */
	assert_int_equal(loop_before_sleep(NULL, f->t.loop, hook_a, f), 0);
	loop_stop(f->t.loop, 0);
}


static void hook_c(void *arg)
{
	trace(arg, "c");
}


static void before_sleep(void **state)
{
	struct fixture *f = *state;
	struct loop *loop = f->t.loop;

	assert_int_equal(loop_before_sleep(&f->hook[0], loop, hook_a, f), 0);
	assert_int_equal(loop_before_sleep(&f->hook[1], loop, hook_b, f), 0);
	assert_int_equal(loop_before_sleep(&f->hook[2], loop, hook_c, f), 0);
	net_test_run(&f->t);
	assert_string_equal(f->trace, "aba");
}


static void deferred_again(void *arg)
{
	struct fixture *f = arg;

	trace(f, "d");
	if (strlen(f->trace) < 6)
		assert_int_equal(
			loop_defer(NULL, f->t.loop, deferred_again, f), 0);
	else
		loop_stop(f->t.loop, 0);
}


static void deferred_free(void *arg)
{
	struct fixture *f = arg;

	trace(f, "x");
	f->hook[1] = mem_deref(f->hook[1]);
	f->hook[2] = mem_deref(f->hook[2]);
}


static void defer(void **state)
{
	struct fixture *f = *state;
	struct loop *loop = f->t.loop;

	assert_int_equal(loop_before_sleep(NULL, loop, hook_a, f), 0);
	assert_int_equal(loop_defer(&f->hook[0], loop, hook_b, f), 0);
	assert_int_equal(loop_defer(&f->hook[1], loop, deferred_free, f), 0);
	assert_int_equal(loop_defer(&f->hook[2], loop, hook_c, f), 0);
	assert_int_equal(loop_defer(NULL, loop, deferred_again, f), 0);
	f->hook[0] = mem_deref(f->hook[0]); /* cancelled */
	assert_string_equal(f->trace, "");
	net_test_run(&f->t);
	/* each in a turn of its own, with the before-sleep handlers between */
	assert_string_equal(f->trace, "xdadada");
}


static void count_turn(void *arg)
{
	struct fixture *f = arg;

	++f->turns;
}


static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}


/* Nothing wakes the process but the timer that is due. */
static void idle_is_idle(void **state)
{
	struct fixture *f = *state;
	uint64_t before = now_ms();

	assert_int_equal(
		loop_before_sleep(&f->hook[0], f->t.loop, count_turn, f), 0);
	net_test_pause(&f->t, 60);
	assert_true(now_ms() - before >= 60);
	assert_in_range(f->turns, 1, 4);
}


static void late_handler(int events, void *arg)
{
	struct fixture *f = arg;
	struct timespec ts = {0, 1000000};
	uint64_t now = tmrs_now(loop_tmrs(f->t.loop));

	(void)events;
	/* The clock was read after the sleep, and is read once a turn. */
	assert_true(now_ms() - now < 15);
	nanosleep(&ts, NULL);
	assert_true(tmrs_now(loop_tmrs(f->t.loop)) == now);
	f->fd = mem_deref(f->fd);
	loop_stop(f->t.loop, 0);
}


static void write_handler(void *arg)
{
	struct fixture *f = arg;

	assert_int_equal(write(f->pipe[1], "a", 1), 1);
}


static void clock_after_sleep(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(loop_fd_alloc(&f->fd, f->t.loop, f->pipe[0], LOOP_READ,
				 late_handler, f),
		0);
	tmr_start(loop_tmrs(f->t.loop), &f->tmr, 30, write_handler, f);
	net_test_run(&f->t);
}


static void signal_handler(int signo, void *arg)
{
	struct fixture *f = arg;

	assert_int_equal(signo, SIGUSR1);
	f->signal = mem_deref(f->signal);
	loop_stop(f->t.loop, 0);
}


static void signals(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(loop_signal_alloc(&f->signal, f->t.loop, SIGUSR1,
				 signal_handler, f),
		0);
	raise(SIGUSR1);
	net_test_run(&f->t);
	assert_null(f->signal);
}


static void stop_hook(void *arg)
{
	struct fixture *f = arg;

	loop_stop(f->t.loop, 7);
}


static void stop(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
		loop_before_sleep(&f->hook[0], f->t.loop, stop_hook, f), 0);
	assert_int_equal(loop_run(f->t.loop), 7);
	f->hook[0] = mem_deref(f->hook[0]);
	loop_stop(f->t.loop, 3); /* before it runs */
	assert_int_equal(loop_run(f->t.loop), 3);
}


#define TEST(name_) cmocka_unit_test_setup_teardown(name_, setup, teardown)

int test_loop(void)
{
	const struct CMUnitTest tests[] = {
		TEST(descriptors),
		TEST(free_inside),
		TEST(regular_files),
		TEST(before_sleep),
		TEST(defer),
		TEST(idle_is_idle),
		TEST(clock_after_sleep),
		TEST(signals),
		TEST(stop),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
