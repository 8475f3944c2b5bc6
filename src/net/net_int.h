/* SPDX-License-Identifier: GPL-3.0-or-later */
/* net_int.h - what the files of net share. */
#ifndef SOTTO_NET_INT_H
#define SOTTO_NET_INT_H

#include <stddef.h>
#include <uv.h>
#include "loop.h"
#include "mem.h"

enum {
	LOOP_SCRATCH_SIZE = 65536,
};

/* Every callback of libuv's begins with this: it reads the clock once after
 * each sleep, so that timers started in it count from now. */
void loop_awake(struct loop *loop);

/* A buffer for reading into; it holds what was read until the handler that
 * got it returns to the loop. */
char *loop_scratch(struct loop *loop);

/*
 * A handle of libuv is a block (or the start of a block) of its own, since
 * libuv lets go of it one turn after its owner has. net_handle_close() takes
 * over the owner's reference; `data` is NULL from then on. NULL is allowed.
 */
void net_handle_close(void *handle);

/* The lanes of work.h. */
struct work_lane;
int work_lane_alloc(struct work_lane **lp, struct loop *loop);

#endif
