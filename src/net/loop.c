/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop.c - the one event loop, over libuv.
 *
 * libuv runs: its timers, idle handles, prepare handles, then it sleeps and
 * calls for what is ready. Ours hang in there: one uv_timer, armed only for
 * the earliest of our timers, runs all that are due; an idle handle, active
 * only while something is deferred, runs that; the prepare handle runs the
 * before-sleep handlers, then arms the timer.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include "list.h"
#include "loop.h"
#include "mem.h"
#include "net_int.h"


enum {
	CLOSE_ROUNDS = 200, /* of a millisecond each, for jobs to end */
};


struct loop {
	uv_loop_t *uv; /* a block of its own: threads may outlive us */
	uv_timer_t *timer;
	uv_idle_t *idle;
	uv_prepare_t *prepare;
	struct tmrs *tmrs;
	struct list hooks; /* before sleep */
	struct list deferred; /* for the next turn */
	struct list running; /* deferred, in this turn */
	struct le *next_hook; /* to run after the one that runs now */
	char *scratch;
	bool awake; /* the clock was read since the last sleep */
	bool stopped;
	int status;
};

struct loop_fd {
	struct loop *loop;
	uv_poll_t *poll; /* one of the two */
	uv_idle_t *always;
	int events;
	loop_fd_h *h;
	void *arg;
};

struct loop_signal {
	struct loop *loop;
	uv_signal_t *handle;
	loop_signal_h *h;
	void *arg;
};

struct loop_hook {
	struct le le;
	struct loop *loop;
	loop_hook_h *h;
	void *arg;
	bool ours; /* the list holds the only reference */
};


static void on_closed(uv_handle_t *handle)
{
	mem_deref(handle);
}


void net_handle_close(void *handle)
{
	uv_handle_t *h = handle;

	if (!h)
		return;
	h->data = NULL;
	if (!uv_is_closing(h))
		uv_close(h, on_closed);
}


static void close_one(uv_handle_t *handle, void *arg)
{
	(void)arg;
	net_handle_close(handle);
}


static void flush_hooks(struct list *list)
{
	struct le *le, *next;

	LIST_FOREACH (list, le, next) {
		struct loop_hook *hook = list_data(le);

		list_unlink(le);
		if (hook->ours)
			mem_deref(hook);
	}
}


static void loop_destructor(void *data)
{
	static const struct timespec ms = {0, 1000000};
	struct loop *loop = data;
	unsigned i;

	flush_hooks(&loop->hooks);
	flush_hooks(&loop->deferred);
	flush_hooks(&loop->running);
	/* Connections that linger to send their last bytes end here too. */
	if (loop->uv)
		uv_walk(loop->uv, close_one, NULL);
	for (i = 0; loop->uv && i < CLOSE_ROUNDS; i++) {
		(void)uv_run(loop->uv, UV_RUN_NOWAIT);
		if (!uv_loop_close(loop->uv))
			loop->uv = mem_deref(loop->uv);
		else
			(void)nanosleep(&ms, NULL);
	}
	/* A thread that is still at work keeps the block of libuv. */
	mem_deref(loop->tmrs);
	mem_deref(loop->scratch);
}


static void loop_fd_destructor(void *data)
{
	struct loop_fd *f = data;

	net_handle_close(f->poll);
	net_handle_close(f->always);
}


static void loop_signal_destructor(void *data)
{
	struct loop_signal *s = data;

	net_handle_close(s->handle);
}


static void loop_hook_destructor(void *data)
{
	struct loop_hook *hook = data;

	if (hook->le.list && hook->loop->next_hook == &hook->le)
		hook->loop->next_hook = hook->le.next;
	list_unlink(&hook->le);
}


void loop_awake(struct loop *loop)
{
	if (loop->awake)
		return;
	loop->awake = true;
	tmrs_update(loop->tmrs);
}


char *loop_scratch(struct loop *loop)
{
	if (!loop->scratch)
		loop->scratch = mem_alloc(LOOP_SCRATCH_SIZE, NULL);
	return loop->scratch;
}


static void on_timer(uv_timer_t *handle)
{
	struct loop *loop = handle->data;

	loop->awake = true;
	tmrs_update(loop->tmrs);
	tmrs_run(loop->tmrs);
}


static void arm_timer(struct loop *loop)
{
	uint64_t next;

	/* Both clocks stand where this turn began, and it may have been a
	 * long one. */
	uv_update_time(loop->uv);
	tmrs_update(loop->tmrs);
	next = tmrs_next(loop->tmrs);
	if (next == UINT64_MAX)
		(void)uv_timer_stop(loop->timer);
	else
		(void)uv_timer_start(loop->timer, on_timer, next, 0);
}


static void on_prepare(uv_prepare_t *handle)
{
	struct loop *loop = handle->data;
	struct le *le;

	loop_awake(loop);
	for (le = loop->hooks.head; le; le = loop->next_hook) {
		struct loop_hook *hook = mem_ref(list_data(le));

		loop->next_hook = le->next;
		hook->h(hook->arg);
		/* One added behind the last is for this sleep too. */
		if (!loop->next_hook && le->list)
			loop->next_hook = le->next;
		mem_deref(hook);
	}
	arm_timer(loop);
	loop->awake = false;
}


static void on_idle(uv_idle_t *handle)
{
	struct loop *loop = handle->data;
	struct le *le, *next;

	loop_awake(loop);
	LIST_FOREACH (&loop->deferred, le, next) {
		struct loop_hook *hook = list_data(le);

		list_unlink(le);
		list_append(&loop->running, le, hook);
	}
	while ((le = loop->running.head)) {
		struct loop_hook *hook = list_data(le);

		/* Ours hold one reference, which is this; theirs may go
		 * while they run. */
		if (!hook->ours)
			mem_ref(hook);
		list_unlink(le);
		hook->h(hook->arg);
		mem_deref(hook);
	}
	if (list_isempty(&loop->deferred))
		(void)uv_idle_stop(handle);
}


static int init_handles(struct loop *loop)
{
	uv_loop_t *uv = loop->uv;
	int err;

	loop->timer = mem_zalloc(sizeof(*loop->timer), NULL);
	loop->idle = mem_zalloc(sizeof(*loop->idle), NULL);
	loop->prepare = mem_zalloc(sizeof(*loop->prepare), NULL);
	err = uv_timer_init(uv, loop->timer);
	err = err ? err : uv_idle_init(uv, loop->idle);
	err = err ? err : uv_prepare_init(uv, loop->prepare);
	loop->timer->data = loop->idle->data = loop->prepare->data = loop;
	return err ? err : uv_prepare_start(loop->prepare, on_prepare);
}


int loop_alloc(struct loop **loopp)
{
	struct loop *loop = mem_zalloc(sizeof(*loop), loop_destructor);
	uv_loop_t *uv = mem_zalloc(sizeof(*uv), NULL);
	int err;

	loop->tmrs = tmrs_alloc(NULL);
	err = uv_loop_init(uv);
	if (err) {
		mem_deref(uv);
		mem_deref(loop);
		return -err;
	}
	loop->uv = uv;
	/* A peer that has gone is told by EPIPE, not by our death. */
	(void)signal(SIGPIPE, SIG_IGN);
	err = init_handles(loop);
	if (err)
		mem_deref(loop);
	else
		*loopp = loop;
	return -err;
}


struct tmrs *loop_tmrs(struct loop *loop)
{
	return loop->tmrs;
}


struct uv_loop_s *loop_uv(struct loop *loop)
{
	return loop->uv;
}


int loop_run(struct loop *loop)
{
	/* The prepare handle is always active, so this sleeps and does not
	 * spin when nothing else is. */
	while (!loop->stopped)
		(void)uv_run(loop->uv, UV_RUN_ONCE);
	loop->stopped = false;
	return loop->status;
}


void loop_stop(struct loop *loop, int status)
{
	loop->stopped = true;
	loop->status = status;
	/* Without this a stop that comes from a before-sleep handler would
	 * be seen only after that sleep. */
	uv_stop(loop->uv);
}


static void call_fd(struct loop_fd *f, int events)
{
	loop_awake(f->loop);
	f->h(events, f->arg);
}


static void on_always(uv_idle_t *handle)
{
	struct loop_fd *f = handle->data;

	if (f)
		call_fd(f, f->events);
}


static int watch(struct loop_fd *f);


static void on_poll(uv_poll_t *poll, int status, int uv_events)
{
	struct loop_fd *f = poll->data;
	int events = 0;

	if (!f)
		return;
	if (status < 0)
		events = f->events | LOOP_ERROR;
	if (uv_events & UV_READABLE)
		events |= LOOP_READ;
	if (uv_events & UV_DISCONNECT)
		events |= LOOP_HANGUP;
	if (uv_events & UV_WRITABLE)
		events |= LOOP_WRITE;
	mem_ref(f);
	call_fd(f, events);
	/* After an error libuv has stopped watching. What has not been
	 * released is worth watching on: a datagram socket lives through
	 * such errors. */
	if (status < 0 && mem_nrefs(f) > 1)
		(void)watch(f);
	mem_deref(f);
}


static int watch(struct loop_fd *f)
{
	int uv_events = (f->events & LOOP_READ ? UV_READABLE : 0) |
		(f->events & LOOP_WRITE ? UV_WRITABLE : 0) |
		(f->events & LOOP_HANGUP ? UV_DISCONNECT : 0);

	if (f->always)
		return uv_events ? -uv_idle_start(f->always, on_always)
				 : -uv_idle_stop(f->always);
	return uv_events ? -uv_poll_start(f->poll, uv_events, on_poll)
			 : -uv_poll_stop(f->poll);
}


static int init_always(struct loop_fd *f)
{
	f->always = mem_zalloc(sizeof(*f->always), NULL);
	f->always->data = f;
	return -uv_idle_init(f->loop->uv, f->always);
}


static int init_poll(struct loop_fd *f, int fd)
{
	uv_poll_t *poll = mem_zalloc(sizeof(*poll), NULL);
	int flags = fcntl(fd, F_GETFL);
	int err = flags < 0 ? errno : -uv_poll_init(f->loop->uv, poll, fd);

	if (err) {
		mem_deref(poll);
		return err;
	}
	poll->data = f;
	f->poll = poll;
	/* libuv has made it non-blocking, which the shell and everybody else
	 * who holds this terminal or pipe would feel. */
	if (!(flags & O_NONBLOCK))
		(void)fcntl(fd, F_SETFL, flags);
	return 0;
}


int loop_fd_alloc(struct loop_fd **fp, struct loop *loop, int fd, int events,
	loop_fd_h *h, void *arg)
{
	struct loop_fd *f = mem_zalloc(sizeof(*f), loop_fd_destructor);
	int err;

	f->loop = loop;
	f->events = events;
	f->h = h;
	f->arg = arg;
	err = init_poll(f, fd);
	if (err == EPERM) /* a regular file, /dev/null */
		err = init_always(f);
	if (!err)
		err = watch(f);
	if (err)
		mem_deref(f);
	else
		*fp = f;
	return err;
}


int loop_fd_set(struct loop_fd *f, int events)
{
	f->events = events;
	return watch(f);
}


static void on_signal(uv_signal_t *handle, int signo)
{
	struct loop_signal *s = handle->data;

	if (!s)
		return;
	loop_awake(s->loop);
	s->h(signo, s->arg);
}


int loop_signal_alloc(struct loop_signal **sp, struct loop *loop, int signo,
	loop_signal_h *h, void *arg)
{
	struct loop_signal *s = mem_zalloc(sizeof(*s), loop_signal_destructor);
	int err;

	s->loop = loop;
	s->h = h;
	s->arg = arg;
	s->handle = mem_zalloc(sizeof(*s->handle), NULL);
	s->handle->data = s;
	err = uv_signal_init(loop->uv, s->handle);
	err = err ? err : uv_signal_start(s->handle, on_signal, signo);
	if (err)
		mem_deref(s);
	else
		*sp = s;
	return -err;
}


static void hook_alloc(struct loop_hook **hp, struct loop *loop,
	struct list *list, loop_hook_h *h, void *arg)
{
	struct loop_hook *hook =
		mem_zalloc(sizeof(*hook), loop_hook_destructor);

	hook->loop = loop;
	hook->h = h;
	hook->arg = arg;
	hook->ours = !hp;
	list_append(list, &hook->le, hook);
	if (hp)
		*hp = hook;
}


int loop_before_sleep(
	struct loop_hook **hp, struct loop *loop, loop_hook_h *h, void *arg)
{
	hook_alloc(hp, loop, &loop->hooks, h, arg);
	return 0;
}


int loop_defer(
	struct loop_hook **hp, struct loop *loop, loop_hook_h *h, void *arg)
{
	hook_alloc(hp, loop, &loop->deferred, h, arg);
	return -uv_idle_start(loop->idle, on_idle);
}
