/* SPDX-License-Identifier: GPL-3.0-or-later */
/* writer.c - bytes to a descriptor whose reader may be slow or gone. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "mbuf.h"
#include "mem.h"
#include "writer.h"


enum {
	KEEP = 65536, /* bytes of memory while nothing waits */
};

struct writer {
	struct loop *loop;
	struct loop_fd *out;
	struct loop_hook *hook;
	struct loop_hook *telling;
	struct loop_hook *telling_drained;
	struct mbuf *pending;
	void (*broken)(int err, void *arg);
	void *arg;
	void (*drained)(void *arg);
	void *drained_arg;
	int fd;
	int own; /* of a terminal, opened for us alone; else -1 */
	int err;
	bool finishing;
	int hangup; /* LOOP_HANGUP where that tells of the reader, else 0 */
};


static void writer_destructor(void *data)
{
	struct writer *w = data;

	mem_deref(w->telling);
	mem_deref(w->telling_drained);
	mem_deref(w->hook);
	mem_deref(w->out);
	mem_deref(w->pending);
	if (w->own >= 0)
		(void)close(w->own);
}


static void tell(void *arg)
{
	struct writer *w = arg;

	w->telling = mem_deref(w->telling);
	w->broken(w->err, w->arg);
}


static void fail(struct writer *w, int err)
{
	w->err = err;
	w->out = mem_deref(w->out);
	mbuf_reset(w->pending);
	if (w->broken)
		(void)loop_defer(&w->telling, w->loop, tell, w);
}


/* True if writing does not block. A reader that has gone counts: write()
 * then says so. */
static bool writable(const struct writer *w, int ms)
{
	struct pollfd pfd = {.fd = w->fd, .events = POLLOUT};

	return poll(&pfd, 1, ms) > 0;
}


/* A pipe that is writable takes PIPE_BUF bytes without blocking, though its
 * descriptor may be a blocking one. */
static void drain(struct writer *w)
{
	while (!w->err && w->pending->pos < w->pending->end && writable(w, 0)) {
		struct pl left = mbuf_left(w->pending);
		ssize_t n = write(
			w->fd, left.p, left.l < PIPE_BUF ? left.l : PIPE_BUF);

		if (n >= 0)
			w->pending->pos += (size_t)n;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			break;
		else if (errno != EINTR)
			fail(w, errno);
	}
	if (w->pending->pos == w->pending->end)
		mbuf_reset_keep(w->pending, KEEP);
}


static void watch(struct writer *w)
{
	if (w->out)
		(void)loop_fd_set(
			w->out, w->hangup | (w->pending->end ? LOOP_WRITE : 0));
}


/* Not only half of a socket was closed. */
static bool reader_gone(const struct writer *w)
{
	struct pollfd pfd = {.fd = w->fd};

	return poll(&pfd, 1, 0) > 0 && (pfd.revents & (POLLERR | POLLHUP));
}


static void drained(void *arg)
{
	struct writer *w = arg;
	void (*h)(void *arg) = w->drained;

	w->telling_drained = mem_deref(w->telling_drained);
	w->drained = NULL;
	if (h)
		h(w->drained_arg);
}


/* Deferred: what the handler does is to be seen in a turn of its own, though
 * this one ends. */
static void tell_drained(struct writer *w)
{
	if (w->drained && !w->err && !w->pending->end && !w->telling_drained)
		(void)loop_defer(&w->telling_drained, w->loop, drained, w);
}


static void out_handler(int events, void *arg)
{
	struct writer *w = arg;

	drain(w);
	if (w->err)
		return;
	if (events & (LOOP_ERROR | LOOP_HANGUP)) {
		if (reader_gone(w)) {
			fail(w, EPIPE);
			return;
		}
		w->hangup = 0;
		watch(w);
	}
	tell_drained(w);
}


static void sleep_handler(void *arg)
{
	struct writer *w = arg;

	drain(w);
	watch(w);
	if (w->finishing && !w->err && !w->pending->end) {
		w->finishing = false;
		(void)loop_defer(&w->telling, w->loop, tell, w);
	}
	tell_drained(w);
}


/* Elsewhere nobody reads, or a signal tells. */
static bool has_reader(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
		(S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}


/* A terminal says that it is writable when it takes one byte more, and would
 * block for the others. Opened once more it has flags of its own. */
static int open_terminal(int fd)
{
	char name[PATH_MAX];

	if (!isatty(fd) || ttyname_r(fd, name, sizeof(name)))
		return -1;
	return open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}


int writer_alloc(struct writer **wp, struct loop *loop, int fd, size_t max,
	void (*broken)(int err, void *arg), void *arg)
{
	struct writer *w = mem_zalloc(sizeof(*w), writer_destructor);
	int err;

	w->loop = loop;
	w->own = open_terminal(fd);
	w->fd = fd = w->own < 0 ? fd : w->own;
	w->pending = mbuf_alloc(max);
	w->broken = broken;
	w->arg = arg;
	w->hangup = has_reader(fd) ? LOOP_HANGUP : 0;
	err = loop_fd_alloc(&w->out, loop, fd, w->hangup, out_handler, w);
	if (!err)
		err = loop_before_sleep(&w->hook, loop, sleep_handler, w);
	if (err)
		mem_deref(w);
	else
		*wp = w;
	return err;
}


void writer_finish(struct writer *w)
{
	w->finishing = true;
}


void writer_put(struct writer *w, const void *p, size_t n)
{
	if (w->err)
		return;
	/* What has gone makes room before more memory does. */
	if (w->pending->pos > w->pending->max / 2 ||
		(w->pending->pos > KEEP &&
			w->pending->pos > w->pending->end / 2))
		mbuf_shift(w->pending);
	if (mbuf_write_mem(w->pending, p, n))
		fail(w, ENOBUFS);
}


size_t writer_pending(const struct writer *w)
{
	return w->pending->end - w->pending->pos;
}


void writer_drained(struct writer *w, void (*h)(void *arg), void *arg)
{
	w->drained = h;
	w->drained_arg = arg;
}


static int64_t now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


int writer_flush(struct writer *w, uint64_t limit)
{
	int64_t end = now_ms() + (int64_t)limit, left;

	drain(w);
	while (!w->err && w->pending->end) {
		left = end - now_ms();
		if (left <= 0 || !writable(w, (int)left)) {
			watch(w);
			return ETIMEDOUT;
		}
		drain(w);
	}
	watch(w);
	return w->err;
}


int writer_err(const struct writer *w)
{
	return w->err;
}
