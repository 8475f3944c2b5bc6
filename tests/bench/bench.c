/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench.c - measure one operation: time, instructions, heap calls. */
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "bench.h"


/*
 * The heap calls of the whole program, libraries too: the C library lets a
 * program put its own functions in place of these.
 */
static size_t heap_calls;

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);


void *malloc(size_t n)
{
	++heap_calls;
	return __libc_malloc(n);
}


void *calloc(size_t n, size_t size)
{
	++heap_calls;
	return __libc_calloc(n, size);
}


void *realloc(void *p, size_t n)
{
	++heap_calls;
	return __libc_realloc(p, n);
}


/* A descriptor that counts instructions in user space, or -1. */
static int counter_open(void)
{
	struct perf_event_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.size = sizeof(attr);
	attr.type = PERF_TYPE_HARDWARE;
	attr.config = PERF_COUNT_HW_INSTRUCTIONS;
	attr.disabled = 1;
	attr.exclude_kernel = 1;
	attr.exclude_hv = 1;
	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}


static uint64_t now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}


__attribute__((noinline)) bool bench_measured(
	const struct bench_message *msg, size_t count, bench_op_h *h, void *arg)
{
	bool ok = true;

	while (count--)
		ok &= h(msg, arg);
	return ok;
}


void bench_run(const char *peer, const char *op,
	const struct bench_message *msg, size_t count, bench_op_h *h, void *arg)
{
	const char *env = getenv("BENCH_COUNT");
	uint64_t start, ns, instructions = 0;
	int fd = counter_open();
	size_t calls;
	bool ok;

	if (env)
		count = strtoul(env, NULL, 10);
	if (!count)
		count = 1;
	(void)h(msg, arg);
	calls = heap_calls;
	start = now_ns();
	if (fd >= 0)
		(void)ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
	ok = bench_measured(msg, count, h, arg);
	if (fd >= 0)
		(void)ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	ns = now_ns() - start;
	calls = heap_calls - calls;
	(void)printf("{\"peer\":\"%s\",\"op\":\"%s\",\"message\":\"%s\","
		     "\"bytes\":%zu,\"count\":%zu,\"ok\":%s,\"ns\":%.0f,"
		     "\"allocations\":%.1f",
		peer, op, msg->name, msg->len, count, ok ? "true" : "false",
		(double)ns / (double)count, (double)calls / (double)count);
	if (fd >= 0 &&
		read(fd, &instructions, sizeof(instructions)) ==
			sizeof(instructions) &&
		instructions)
		(void)printf(",\"instructions\":%.0f",
			(double)instructions / (double)count);
	(void)printf("}\n");
	if (fd >= 0)
		(void)close(fd);
}
