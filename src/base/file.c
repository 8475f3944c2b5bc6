/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.c - paths, private modes, whole files, atomic replacement, locks. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "file.h"
#include "mem.h"


struct file_lock {
	int fd;
};


static void file_lock_destructor(void *data)
{
	struct file_lock *lock = data;

	/* The file stays: removing it would let two programs hold a lock
	 * on two files of that name. */
	if (lock->fd >= 0)
		(void)close(lock->fd);
}


/* $VARIABLE/REST, or $HOME/FALLBACK/REST; relative values do not count. */
static char *xdg_path(
	const char *variable, const char *fallback, const char *rest)
{
	const char *base = getenv(variable);
	const char *home = getenv("HOME");

	if (base && base[0] == '/')
		return mem_printf("%s/%s", base, rest);
	if (home && home[0])
		return mem_printf("%s/%s/%s", home, fallback, rest);
	return NULL;
}


char *file_config_path(void)
{
	return xdg_path("XDG_CONFIG_HOME", ".config", "sotto/sotto.conf");
}


char *file_state_dir(void)
{
	return xdg_path("XDG_DATA_HOME", ".local/share", "sotto");
}


char *file_expand(const char *path)
{
	const char *home = getenv("HOME");

	if (path[0] == '~' && path[1] == '/' && home && home[0])
		return mem_printf("%s%s", home, path + 1);
	return mem_strdup(path);
}


static int make_dir(const char *dir)
{
	struct stat st;

	if (!mkdir(dir, 0700))
		return 0;
	if (errno != EEXIST)
		return errno;
	if (stat(dir, &st))
		return errno;
	return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
}


int file_private_dir(const char *dir)
{
	char *path = mem_strdup(dir), *at;
	int err = path[0] ? 0 : ENOENT;

	for (at = path; !err && (at = strchr(at + 1, '/'));) {
		*at = '\0';
		err = make_dir(path);
		*at = '/';
	}
	if (!err)
		err = make_dir(path);
	mem_deref(path);
	return err;
}


/* Reads FD to its end into MB, which holds one byte more than is allowed. */
static int read_all(int fd, struct mbuf *mb, size_t max)
{
	char chunk[16384];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (!n)
			return 0;
		if ((size_t)n > max - mb->end)
			return EFBIG;
		(void)mbuf_write_mem(mb, chunk, (size_t)n);
	}
}


int file_read(struct mbuf **mbp, const char *path, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct mbuf *mb;
	int err;

	if (fd < 0)
		return errno;
	mb = mbuf_alloc(max);
	err = read_all(fd, mb, max);
	(void)close(fd);
	if (err) {
		mem_deref(mb);
		return err;
	}
	*mbp = mb;
	return 0;
}


bool file_others_read(const char *path)
{
	struct stat st;

	return !stat(path, &st) && (st.st_mode & (S_IRGRP | S_IROTH));
}


static int write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return errno;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}


/* Without this a renamed file may be gone after a power cut. */
static void sync_parent(const char *path)
{
	char *copy = mem_strdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
	mem_deref(copy);
}


static int replace(const char *path, const void *p, size_t n, mode_t mode)
{
	char *temp = mem_printf("%s.XXXXXX", path);
	int fd = mkostemp(temp, O_CLOEXEC);
	int err = fd < 0 ? errno : 0;

	if (err)
		goto out;
	err = fchmod(fd, mode) ? errno : write_all(fd, p, n);
	if (!err && fsync(fd))
		err = errno;
	if (close(fd) && !err)
		err = errno;
	if (!err && rename(temp, path))
		err = errno;
	if (err)
		(void)unlink(temp);
	else
		sync_parent(path);

out:
	mem_deref(temp);
	return err;
}


int file_replace(const char *path, const void *p, size_t n, mode_t mode)
{
	/* A symbolic link stays one: what it points to is replaced. */
	char *real = realpath(path, NULL);
	int err = replace(real ? real : path, p, n, mode);

	free(real);
	return err;
}


static pid_t read_pid(int fd)
{
	char text[16] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	struct pl pl = pl_make(text, n > 0 ? (size_t)n : 0);
	uint32_t pid;

	pl = pl_trim(&pl);
	return pl_u32(&pl, &pid) || pid > INT_MAX ? 0 : (pid_t)pid;
}


/* The pid is for people: on a full disk the lock holds without it. */
static void write_pid(int fd)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (!ftruncate(fd, 0))
		(void)write_all(fd, text, (size_t)n);
}


int file_lock(struct file_lock **lockp, const char *dir, pid_t *pid)
{
	struct file_lock *lock =
		mem_zalloc(sizeof(*lock), file_lock_destructor);
	char *path = mem_printf("%s/lock", dir);
	int err = 0;

	lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock->fd < 0) {
		err = errno;
	} else if (flock(lock->fd, LOCK_EX | LOCK_NB)) {
		err = errno;
		if (err == EAGAIN && pid)
			*pid = read_pid(lock->fd);
	} else {
		write_pid(lock->fd);
	}
	mem_deref(path);
	if (err)
		mem_deref(lock);
	else
		*lockp = lock;
	return err;
}
