/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench.h - what the message benchmarks share: twelve messages, and the
 * measuring of one operation on each. It names nothing of ours, so that a
 * program with another library in it can use it.
 */
#ifndef SOTTO_BENCH_H
#define SOTTO_BENCH_H

#include <stdbool.h>
#include <stddef.h>

struct bench_message {
	const char *name;
	const char *text; /* CRLF line ends */
	size_t len;
	bool request;
};

enum {
	BENCH_MESSAGES = 12,
};

/* The messages; they live as long as the program. */
void bench_messages(struct bench_message msgs[BENCH_MESSAGES]);

/* One operation on one message: false where it was refused. */
typedef bool(bench_op_h)(const struct bench_message *msg, void *arg);

/*
 * Runs OP on MSG, once to warm up, then measured, and prints a line:
 * {"peer":…,"op":…,"message":…,"bytes":…,"count":…,"ns":…,"instructions":…,
 * "allocations":…}, all for one operation. The instructions are those of the
 * processor's counter and absent where that may not be read; under callgrind
 * a script adds them. BENCH_COUNT in the environment overrides COUNT.
 */
void bench_run(const char *peer, const char *op,
	const struct bench_message *msg, size_t count, bench_op_h *h,
	void *arg);

/* The measured part alone: what callgrind is told to look at. */
bool bench_measured(const struct bench_message *msg, size_t count,
	bench_op_h *h, void *arg);

#endif
