/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clockstep.c - a library to preload: the clocks of a program go ahead when a
 * test says so, and nobody waits for hours to pass.
 *
 * CLOCKSTEP_CONTROL is a file of one 64-bit number that test and library both
 * map: by how many milliseconds the clocks are ahead. A program that sleeps
 * sees it once something wakes it.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>


/* A library that is preloaded has nowhere else to keep it. */
static _Atomic int64_t *control;


__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("CLOCKSTEP_CONTROL");
	void *map;
	int fd;

	fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	map = mmap(NULL, sizeof(*control), PROT_READ, MAP_SHARED, fd, 0);
	if (map != MAP_FAILED)
		control = map;
	(void)close(fd);
}


int clock_gettime(clockid_t id, struct timespec *ts)
{
	int err = (int)syscall(SYS_clock_gettime, id, ts);
	int64_t ms;

	/* Not the clocks of processors. */
	if (err || !control ||
		(id != CLOCK_MONOTONIC && id != CLOCK_REALTIME &&
			id != CLOCK_MONOTONIC_COARSE &&
			id != CLOCK_REALTIME_COARSE && id != CLOCK_BOOTTIME))
		return err;
	ms = atomic_load(control);
	ts->tv_sec += ms / 1000;
	ts->tv_nsec += ms % 1000 * 1000000;
	if (ts->tv_nsec >= 1000000000) {
		ts->tv_nsec -= 1000000000;
		ts->tv_sec++;
	}
	return 0;
}
