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


/* What a file that is put in place of another one takes over from it. */
static int take_over(int fd, const struct stat *st)
{
	struct stat own;

	if (fstat(fd, &own))
		return errno;
	if ((own.st_uid != st->st_uid || own.st_gid != st->st_gid) &&
		fchown(fd, st->st_uid, st->st_gid))
		return errno;
	return fchmod(fd, st->st_mode & 07777) ? errno : 0;
}


/* ST: owner and mode of the new file. */
static int replace(
	const char *path, const void *p, size_t n, const struct stat *st)
{
	char *temp = mem_printf("%s.XXXXXX", path);
	int fd = mkostemp(temp, O_CLOEXEC);
	int err = fd < 0 ? errno : 0;

	if (err)
		goto out;
	err = take_over(fd, st);
	if (!err)
		err = write_all(fd, p, n);
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
	const struct stat st = {
		.st_uid = geteuid(), .st_gid = getegid(), .st_mode = mode};
	/* A symbolic link stays one: what it points to is replaced. */
	char *real = realpath(path, NULL);
	int err = replace(real ? real : path, p, n, &st);

	free(real);
	return err;
}


/* ---- more lines ---- */

/* Makes PATH, or what it is a link to, and the directories before it. */
static int make_file(const char *path)
{
	char *copy = mem_strdup(path);
	int err = file_private_dir(dirname(copy)), fd;

	mem_deref(copy);
	if (err)
		return err;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0)
		return errno;
	(void)close(fd);
	return 0;
}


static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
		a->st_size == b->st_size &&
		a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
		a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}


/* Puts N bytes at P behind MB. */
static int join(struct mbuf *mb, const void *p, size_t n, unsigned *lines)
{
	const uint8_t *at = mb->buf;
	int err = 0;

	if (mb->end && mb->buf[mb->end - 1] != '\n')
		err = mbuf_write_u8(mb, '\n');
	for (*lines = 0, at = mb->buf; at < mb->buf + mb->end; at++)
		*lines += *at == '\n';
	return err ? err : mbuf_write_mem(mb, p, n);
}


/* REAL is a file and no link. */
static int append(const char *real, const void *p, size_t n, size_t max,
	bool secret, unsigned *lines)
{
	struct stat st, now;
	struct mbuf *mb = NULL;
	int err;

	if (stat(real, &st))
		return errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	/* Another file in its place would not ask for that. */
	if (faccessat(AT_FDCWD, real, W_OK, AT_EACCESS))
		return errno;
	err = file_read(&mb, real, max);
	if (err)
		return err;
	err = join(mb, p, n, lines);
	if (secret)
		st.st_mode &= ~(mode_t)(S_IRWXG | S_IRWXO);
	/* Somebody who writes at the same time must not lose it. */
	if (!err && (stat(real, &now) || !same_file(&st, &now)))
		err = EBUSY;
	if (err == ENOSPC)
		err = EFBIG;
	if (!err)
		err = replace(real, mb->buf, mb->end, &st);
	mem_wipe(mb->buf, mb->size);
	mem_deref(mb);
	return err;
}


int file_append(const char *path, const void *p, size_t n, size_t max,
	bool secret, unsigned *lines)
{
	bool fresh = access(path, F_OK) && errno == ENOENT;
	int err = fresh ? make_file(path) : 0;
	char *real;

	if (err)
		return err;
	real = realpath(path, NULL);
	err = real ? append(real, p, n, max, secret, lines) : errno;
	if (err && fresh && real)
		(void)unlink(real);
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
