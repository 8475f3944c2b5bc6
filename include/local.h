/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * local.h - sockets between programs of one computer: a name in the file
 * system, and the kernel's word for who is at the other end.
 */
#ifndef SOTTO_LOCAL_H
#define SOTTO_LOCAL_H

#include <sys/types.h>
#include "loop.h"

struct local_listener;

/* A program of user UID connected. FD, which never blocks, is the handler's
 * to close. */
typedef void(local_accept_h)(int fd, uid_t uid, void *arg);

/* Listens at PATH, of any length, with mode 0600. What stands there is
 * replaced: the caller knows that it is nobody's any more. mem_deref() stops
 * and removes PATH. Errno. */
int local_listen(struct local_listener **lp, struct loop *loop,
	const char *path, local_accept_h *h, void *arg);

/* Connects to PATH without waiting; *UID is whose program listens. *FD never
 * blocks. Errno: ENOENT, ECONNREFUSED: nobody listens; EAGAIN: too many are
 * waiting to be let in. */
int local_connect(int *fd, const char *path, uid_t *uid);

#endif
