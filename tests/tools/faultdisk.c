/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * faultdisk.c - a library to preload: files below a directory fail when a
 * test says so.
 *
 * FAULTDISK_DIR is the directory, FAULTDISK_CONTROL a file of five 32-bit
 * numbers that test and library both map: calls until one fails (0: none),
 * the errno it fails with, whether all after it fail too; how many calls were
 * made and how many of them failed.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>


struct control {
	_Atomic int32_t countdown;
	_Atomic int32_t error;
	_Atomic int32_t lasting;
	_Atomic int32_t made;
	_Atomic int32_t failed;
};

/* A library that is preloaded has nowhere else to keep it. */
static struct control *control;
static const char *dir;


__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("FAULTDISK_CONTROL");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *p;

	dir = getenv("FAULTDISK_DIR");
	if (fd < 0 || !dir)
		return;
	p = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		0);
	if (p != MAP_FAILED)
		control = p;
	(void)close(fd);
}


static bool below(int fd)
{
	char link[64], path[PATH_MAX];
	size_t len = strlen(dir);
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	return n > (ssize_t)len && !strncmp(path, dir, len) && path[len] == '/';
}


/* True, with errno set, if this call has to fail. */
static bool fails(int fd)
{
	int32_t left;

	if (!control || !below(fd))
		return false;
	atomic_fetch_add(&control->made, 1);
	left = atomic_load(&control->countdown);
	while (left > 1) {
		if (atomic_compare_exchange_weak(
			    &control->countdown, &left, left - 1))
			return false;
	}
	if (!left)
		return false;
	if (!atomic_load(&control->lasting))
		atomic_store(&control->countdown, 0);
	atomic_fetch_add(&control->failed, 1);
	errno = atomic_load(&control->error);
	return true;
}


/* The function that is stood in front of. */
#define REAL(type, name) ((type)(uintptr_t)dlsym(RTLD_NEXT, name))

typedef ssize_t pwrite_f(int, const void *, size_t, off64_t);
typedef ssize_t write_f(int, const void *, size_t);
typedef int truncate_f(int, off64_t);
typedef int sync_f(int);


ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	return fails(fd) ? -1 : REAL(pwrite_f *, "pwrite64")(fd, p, n, at);
}


ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	return fails(fd) ? -1 : REAL(pwrite_f *, "pwrite64")(fd, p, n, at);
}


ssize_t write(int fd, const void *p, size_t n)
{
	return fails(fd) ? -1 : REAL(write_f *, "write")(fd, p, n);
}


int ftruncate64(int fd, off64_t size)
{
	return fails(fd) ? -1 : REAL(truncate_f *, "ftruncate64")(fd, size);
}


int ftruncate(int fd, off_t size)
{
	return fails(fd) ? -1 : REAL(truncate_f *, "ftruncate64")(fd, size);
}


int fsync(int fd)
{
	return fails(fd) ? -1 : REAL(sync_f *, "fsync")(fd);
}


int fdatasync(int fd)
{
	return fails(fd) ? -1 : REAL(sync_f *, "fdatasync")(fd);
}
