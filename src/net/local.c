/* SPDX-License-Identifier: GPL-3.0-or-later */
/* local.c - stream sockets with a name in the file system. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "local.h"
#include "mem.h"
#include "tmr.h"


enum {
	BACKLOG = 64,
	PAUSE = 1000, /* ms, when there is no descriptor left */
};


struct local_listener {
	struct loop *loop;
	struct loop_fd *watch;
	struct tmr pause;
	char *path; /* once it is ours */
	int fd;
	local_accept_h *h;
	void *arg;
};


static void listener_destructor(void *data)
{
	struct local_listener *l = data;

	tmr_cancel(&l->pause);
	mem_deref(l->watch);
	if (l->fd >= 0)
		(void)close(l->fd);
	if (l->path)
		(void)unlink(l->path);
	mem_deref(l->path);
}


/* The address of PATH. One that is too long is reached by its directory,
 * which *DIR keeps open. */
static int address(struct sockaddr_un *sun, const char *path, int *dir)
{
	char *first = mem_strdup(path), *last = mem_strdup(path);
	int n, err = 0;

	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	*dir = -1;
	n = snprintf(sun->sun_path, sizeof(sun->sun_path), "%s", path);
	if ((size_t)n >= sizeof(sun->sun_path)) {
		*dir = open(dirname(first), O_PATH | O_DIRECTORY | O_CLOEXEC);
		n = snprintf(sun->sun_path, sizeof(sun->sun_path),
			"/proc/self/fd/%d/%s", *dir, basename(last));
		if (*dir < 0)
			err = errno;
		else if ((size_t)n >= sizeof(sun->sun_path))
			err = ENAMETOOLONG;
	}
	mem_deref(first);
	mem_deref(last);
	return err;
}


static void leave_dir(int dir)
{
	if (dir >= 0)
		(void)close(dir);
}


static int peer_uid(int fd, uid_t *uid)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		return errno;
	*uid = cred.uid;
	return 0;
}


static int new_socket(int *fd)
{
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return *fd < 0 ? errno : 0;
}


/* ---- listening ---- */

static void pause_handler(void *arg)
{
	struct local_listener *l = arg;

	(void)loop_fd_set(l->watch, LOOP_READ);
}


static void watch_handler(int events, void *arg)
{
	struct local_listener *l = arg;
	uid_t uid = (uid_t)-1;
	int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd < 0) {
		/* Whoever waits stays ready: no turn for each of them. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			errno == ENOMEM) {
			(void)loop_fd_set(l->watch, 0);
			tmr_start(loop_tmrs(l->loop), &l->pause, PAUSE,
				pause_handler, l);
		}
		return;
	}
	if (peer_uid(fd, &uid))
		(void)close(fd);
	else
		l->h(fd, uid, l->arg);
}


/* Bound under another name first: under its own it is complete. */
static int bind_path(int fd, const char *path)
{
	char *temp = mem_printf("%s.new", path);
	struct sockaddr_un sun;
	int dir, err;

	(void)unlink(temp);
	err = address(&sun, temp, &dir);
	if (!err &&
		(bind(fd, (struct sockaddr *)&sun, sizeof(sun)) ||
			chmod(temp, 0600) || listen(fd, BACKLOG) ||
			rename(temp, path)))
		err = errno;
	if (err)
		(void)unlink(temp);
	leave_dir(dir);
	mem_deref(temp);
	return err;
}


int local_listen(struct local_listener **lp, struct loop *loop,
	const char *path, local_accept_h *h, void *arg)
{
	struct local_listener *l = mem_zalloc(sizeof(*l), listener_destructor);
	int err;

	l->loop = loop;
	l->h = h;
	l->arg = arg;
	err = new_socket(&l->fd);
	if (!err)
		err = bind_path(l->fd, path);
	if (!err) {
		l->path = mem_strdup(path);
		err = loop_fd_alloc(
			&l->watch, loop, l->fd, LOOP_READ, watch_handler, l);
	}
	if (err)
		mem_deref(l);
	else
		*lp = l;
	return err;
}


/* ---- connecting ---- */

int local_connect(int *fdp, const char *path, uid_t *uid)
{
	struct sockaddr_un sun;
	int dir = -1, fd, err = new_socket(&fd);

	if (err)
		return err;
	err = address(&sun, path, &dir);
	if (!err && connect(fd, (struct sockaddr *)&sun, sizeof(sun)))
		err = errno;
	if (!err)
		err = peer_uid(fd, uid);
	leave_dir(dir);
	if (err)
		(void)close(fd);
	else
		*fdp = fd;
	return err;
}
