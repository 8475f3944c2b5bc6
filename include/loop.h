/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop.h - the one event loop, over libuv.
 *
 * Each turn: due timers, ready descriptors, completions of work, then the
 * before-sleep handlers in the order they were added (stores commit, screens
 * draw). With nothing due the process sleeps without limit.
 */
#ifndef SOTTO_LOOP_H
#define SOTTO_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include "tmr.h"

struct loop;
struct loop_fd;
struct loop_signal;
struct loop_hook;

enum {
	LOOP_READ = 1,
	LOOP_WRITE = 2,
	LOOP_ERROR = 4, /* only told: the descriptor has an error waiting */
	LOOP_HANGUP = 8, /* the other side ended; of a pipe that is written,
	                    told with LOOP_ERROR */
};

typedef void(loop_fd_h)(int events, void *arg);
typedef void(loop_signal_h)(int signo, void *arg);
typedef void(loop_hook_h)(void *arg);

/* All that these make is released with mem_deref(), which stops it; the
 * loop itself last. Handlers may release the object that calls them.
 * SIGPIPE is ignored from here on. */
int loop_alloc(struct loop **loopp);

/* The loop's timers. */
struct tmrs *loop_tmrs(struct loop *loop);

/* Runs until loop_stop(); returns what that was given. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop, int status);

/* Watches descriptor FD, which stays the caller's, as do its flags. Regular
 * files and the like are ready in every turn. EVENTS 0 pauses. Errno. */
int loop_fd_alloc(struct loop_fd **fp, struct loop *loop, int fd, int events,
	loop_fd_h *h, void *arg);
int loop_fd_set(struct loop_fd *f, int events);

int loop_signal_alloc(struct loop_signal **sp, struct loop *loop, int signo,
	loop_signal_h *h, void *arg);

/* Runs H before each sleep. */
int loop_before_sleep(
	struct loop_hook **hp, struct loop *loop, loop_hook_h *h, void *arg);

/* Runs H once in the next turn, however early the caller is freed: cancel
 * with mem_deref() of *HP (HP NULL: cannot be cancelled). */
int loop_defer(
	struct loop_hook **hp, struct loop *loop, loop_hook_h *h, void *arg);

/* libuv's own loop, for the files of net alone. */
struct uv_loop_s *loop_uv(struct loop *loop);

#endif
