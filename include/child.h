/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * child.h - commands of the user: password, notification, query. Words, no
 * shell, no terminal (setsid, stdin from /dev/null), time and output
 * bounded.
 */
#ifndef SOTTO_CHILD_H
#define SOTTO_CHILD_H

#include <stddef.h>
#include <stdint.h>
#include "loop.h"
#include "pl.h"

struct child;

/* STATUS: exit status, 128 + signal, or -1 with WHY where it never ran or
 * took too long. OUT is its standard output, cut at the limit, wiped after
 * the call; ERRTEXT the first line of standard error. */
typedef void(child_h)(int status, const struct pl *out,
	const struct pl *errtext, const char *why, void *arg);

/* Starts ARGV (NULL-terminated; found by PATH). After TIMEOUT ms it is
 * killed with its process group. mem_deref() of *CP kills it and H is not
 * called. EINVAL: no ARGV; a command that cannot be run is told by H. */
int child_run(struct child **cp, struct loop *loop, const char *const *argv,
	uint64_t timeout, size_t max_output, child_h *h, void *arg);

/* The same with the variables ENV ("NAME=value", NULL-terminated) beside
 * those of our own environment. */
int child_run_env(struct child **cp, struct loop *loop,
	const char *const *argv, const char *const *env, uint64_t timeout,
	size_t max_output, child_h *h, void *arg);

/* A long-lived child of our own, the demo's peers: its standard input is a
 * pipe from child_write(), its standard output is read line by line or, if
 * LINE is NULL, /dev/null; standard error is /dev/null. mem_deref() closes the
 * pipe, by which the child should know to end; END is not called then. */
struct child_peer;
typedef void(child_line_h)(const struct pl *line, void *arg);
typedef void(child_end_h)(int status, void *arg);
int child_spawn(struct child_peer **cp, struct loop *loop,
	const char *const *argv, child_line_h *line, child_end_h *end,
	void *arg);

/* Writes LINE and a newline to the child's standard input. EPIPE: it has
 * ended; ENOBUFS: it does not read. */
int child_write(struct child_peer *c, const struct pl *line);

/* As child_spawn(), but its standard output is handed up as it comes. */
typedef void(child_bytes_h)(const struct pl *bytes, void *arg);
int child_spawn_bytes(struct child_peer **cp, struct loop *loop,
	const char *const *argv, child_bytes_h *bytes, child_end_h *end,
	void *arg);

/* Writes BYTES as they are, wiping our copy of them afterwards. EPIPE: it has
 * ended; ENOBUFS: it does not read, 16 MiB wait. */
int child_write_bytes(struct child_peer *c, const struct pl *bytes);

/* Kills it with its process group; END tells. */
void child_peer_kill(struct child_peer *c);

#endif
