/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * writer.h - bytes to a descriptor whose reader may be slow or gone: standard
 * output as a pipe, a terminal that is stopped, a socket.
 *
 * Nothing here blocks and the flags of the descriptor, which others may
 * share, stay as they are. What is put in one turn of the loop leaves in one
 * piece before the loop sleeps.
 */
#ifndef SOTTO_WRITER_H
#define SOTTO_WRITER_H

#include <stddef.h>
#include <stdint.h>
#include "loop.h"

struct writer;

/* FD stays the caller's. At most MAX bytes wait. BROKEN (may be NULL) is
 * called once, from the loop, when nothing can be written any more: with
 * EPIPE where the reader has gone (noticed at once of a pipe or socket, also
 * when there is nothing to write), ENOBUFS where it is slower by MAX bytes,
 * else the errno of write(). mem_deref() drops what waits. Errno. */
int writer_alloc(struct writer **wp, struct loop *loop, int fd, size_t max,
	void (*broken)(int err, void *arg), void *arg);

/* Once nothing waits any more, BROKEN is called with 0. */
void writer_finish(struct writer *w);

/* Queues N bytes. A writer that is broken drops them. */
void writer_put(struct writer *w, const void *p, size_t n);

/* Bytes that wait. */
size_t writer_pending(const struct writer *w);

/* Calls H once, from the loop, when nothing waits any more; NULL: nobody is
 * told. One that breaks tells only BROKEN. */
void writer_drained(struct writer *w, void (*h)(void *arg), void *arg);

/* Writes what waits, giving the reader LIMIT ms in all; 0: what it takes at
 * once, else for the end of the program. Errno of the writer, ETIMEDOUT if
 * something still waits. */
int writer_flush(struct writer *w, uint64_t limit);

/* Why it is broken; 0: it is not. */
int writer_err(const struct writer *w);

#endif
