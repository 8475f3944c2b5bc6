/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * turns.c - how long the turns of a program's loop are: preloaded, it takes
 * the time between two calls of epoll by the first thread and keeps it in the
 * file that TURNS names, which a benchmark maps, reads and clears.
 *
 * The processor's time of that thread is what counts: a turn is not longer
 * because the machine does something else meanwhile.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>


enum {
	BOUNDS = 4,
};

/* Of the file, all nanoseconds or counts of turns; a reader knows the
 * order. */
struct turns {
	uint64_t n;
	uint64_t total;
	uint64_t longest;
	uint64_t longest_clock;
	uint64_t over[BOUNDS];
};

static const uint64_t bounds[BOUNDS] = {
	5000000, 10000000, 20000000, 50000000};

/* A preloaded library has nowhere else to keep it. */
static struct turns *turns;
static uint64_t cpu_before, clock_before;


static uint64_t now(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts))
		return 0;
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}


__attribute__((constructor)) static void map(void)
{
	const char *path = getenv("TURNS");
	void *p;
	int fd;

	fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	p = mmap(NULL, sizeof(*turns), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		0);
	(void)close(fd);
	if (p != MAP_FAILED)
		turns = p;
	/* What it starts is not measured. */
	(void)unsetenv("TURNS");
}


static int is_ours(void)
{
	return turns && getpid() == (pid_t)syscall(SYS_gettid);
}


static void turn_end(void)
{
	uint64_t cpu, clock;
	int i;

	if (!is_ours() || !cpu_before)
		return;
	cpu = now(CLOCK_THREAD_CPUTIME_ID) - cpu_before;
	clock = now(CLOCK_MONOTONIC) - clock_before;
	turns->n++;
	turns->total += cpu;
	if (cpu > turns->longest)
		turns->longest = cpu;
	if (clock > turns->longest_clock)
		turns->longest_clock = clock;
	for (i = 0; i < BOUNDS; i++)
		turns->over[i] += cpu > bounds[i];
}


static void turn_begin(void)
{
	if (!is_ours())
		return;
	cpu_before = now(CLOCK_THREAD_CPUTIME_ID);
	clock_before = now(CLOCK_MONOTONIC);
}


int epoll_wait(int fd, struct epoll_event *events, int n, int ms)
{
	return epoll_pwait(fd, events, n, ms, NULL);
}


int epoll_pwait(int fd, struct epoll_event *events, int n, int ms,
	const sigset_t *set)
{
	static int (*next)(int, struct epoll_event *, int, int,
		const sigset_t *);
	int got;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "epoll_pwait");
	turn_end();
	got = next(fd, events, n, ms, set);
	turn_begin();
	return got;
}
