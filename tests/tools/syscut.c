/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * syscut.c - runs a program and kills it right before its n-th system call
 * that changes something outside of it.
 *
 *   syscut [-a] [-w] [-n N] [-l LOG] PROGRAM [ARG...]
 *
 * -a counts all system calls, -w begins to count at SIGUSR1 (to this program)
 * instead of at the start, -n 0 only counts. LOG gets a line a counted call,
 * "N NAME WHERE DATA", and one when it has returned, "N = RESULT"; DATA is the
 * beginning of what is sent, ? for bytes that cannot be shown.
 * Exit status: 200 killed, 77 tracing is not possible, else the program's.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>


enum {
	CUT = 200,
	SKIP = 77,
	THREADS = 256,
	DATA = 1000,
	OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
		PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL,
};

/* Where a call's bytes are. */
enum data {
	NONE,
	BUFFER, /* second argument */
	VECTOR, /* second argument: struct iovec */
	MSGHDR, /* second argument: struct msghdr, or mmsghdr */
};

static const struct call {
	long nr;
	const char *name;
	bool fd; /* the first argument is one */
	enum data data;
} calls[] = {
	{SYS_fchmod, "fchmod", true, NONE},
	{SYS_fchmodat, "fchmodat", false, NONE},
	{SYS_fallocate, "fallocate", true, NONE},
	{SYS_fdatasync, "fdatasync", true, NONE},
	{SYS_fsync, "fsync", true, NONE},
	{SYS_ftruncate, "ftruncate", true, NONE},
	{SYS_mkdirat, "mkdirat", false, NONE},
	{SYS_openat, "openat", false, NONE},
	{SYS_pwrite64, "pwrite64", true, NONE},
	{SYS_pwritev, "pwritev", true, NONE},
	{SYS_renameat2, "renameat2", false, NONE},
	{SYS_sendmmsg, "sendmmsg", true, MSGHDR},
	{SYS_sendmsg, "sendmsg", true, MSGHDR},
	{SYS_sendto, "sendto", true, BUFFER},
	{SYS_truncate, "truncate", false, NONE},
	{SYS_unlinkat, "unlinkat", false, NONE},
	{SYS_write, "write", true, BUFFER},
	{SYS_writev, "writev", true, VECTOR},
#ifdef SYS_chmod
	{SYS_chmod, "chmod", false, NONE},
	{SYS_mkdir, "mkdir", false, NONE},
	{SYS_open, "open", false, NONE},
	{SYS_rename, "rename", false, NONE},
	{SYS_unlink, "unlink", false, NONE},
#endif
#ifdef SYS_renameat
	{SYS_renameat, "renameat", false, NONE},
#endif
};

struct thread {
	pid_t tid;
	unsigned long n; /* of the call that it is in; 0: not counted */
};

struct cutter {
	pid_t pid;
	bool all;
	bool counting;
	unsigned long want; /* 0: none */
	unsigned long n;
	FILE *log;
	struct thread threads[THREADS];
	bool cut;
};

static volatile sig_atomic_t armed, ended;


static void signal_handler(int signo)
{
	if (signo == SIGUSR1)
		armed = 1;
	else
		ended = 1;
}


static struct thread *thread_of(struct cutter *c, pid_t tid)
{
	struct thread *free_one = NULL;
	size_t i;

	for (i = 0; i < THREADS; i++) {
		if (c->threads[i].tid == tid)
			return &c->threads[i];
		if (!c->threads[i].tid && !free_one)
			free_one = &c->threads[i];
	}
	if (!free_one) {
		(void)fprintf(stderr, "syscut: too many threads\n");
		exit(SKIP);
	}
	free_one->tid = tid;
	return free_one;
}


static const struct call *call_of(uint64_t nr)
{
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if ((uint64_t)calls[i].nr == nr)
			return &calls[i];
	}
	return NULL;
}


/* Copies from the program's memory; false if it is not there. */
static bool fetch(pid_t tid, void *to, uint64_t from, size_t size)
{
	struct iovec local = {to, size};
	struct iovec remote = {(void *)(uintptr_t)from, size};

	return process_vm_readv(tid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}


static void log_data(
	struct cutter *c, pid_t tid, enum data how, uint64_t at, uint64_t size)
{
	struct msghdr h;
	struct iovec v = {NULL, 0};
	char text[DATA];
	size_t i, n;

	if (how == MSGHDR && fetch(tid, &h, at, sizeof(h)))
		at = (uint64_t)(uintptr_t)h.msg_iov;
	if (how != BUFFER) {
		if (!fetch(tid, &v, at, sizeof(v)))
			return;
		at = (uint64_t)(uintptr_t)v.iov_base;
		size = v.iov_len;
	}
	n = size < DATA ? size : DATA;
	if (!fetch(tid, text, at, n))
		return;
	(void)fputc(' ', c->log);
	for (i = 0; i < n; i++)
		(void)fputc(isprint((unsigned char)text[i]) ? text[i] : '?',
			c->log);
}


static void place_of(pid_t pid, uint64_t fd, char *place, size_t size)
{
	char path[64];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, (int)fd);
	n = readlink(path, place, size - 1);
	place[n > 0 ? n : 0] = '\0';
}


/* True if it may change something that outlives the program. */
static bool matters(
	const struct call *call, const uint64_t *args, const char *place)
{
	if (call->nr == SYS_openat)
		return args[2] & (O_CREAT | O_TRUNC);
#ifdef SYS_open
	if (call->nr == SYS_open)
		return args[1] & (O_CREAT | O_TRUNC);
#endif
	/* Threads waking one another. */
	return !strstr(place, "anon_inode:");
}


static void entered(struct cutter *c, struct thread *t,
	const struct __ptrace_syscall_info *info)
{
	const struct call *call = call_of(info->entry.nr);
	const uint64_t *args = (const uint64_t *)info->entry.args;
	char place[512] = "";

	t->n = 0;
	if (call && call->fd)
		place_of(c->pid, args[0], place, sizeof(place));
	if (!c->all && (!call || !matters(call, args, place)))
		return;
	t->n = ++c->n;
	if (c->log && call) {
		(void)fprintf(c->log, "%lu %s %s", t->n, call->name, place);
		if (call->data != NONE)
			log_data(c, t->tid, call->data, args[1], args[2]);
		(void)fputc('\n', c->log);
	} else if (c->log) {
		(void)fprintf(c->log, "%lu call-%llu\n", t->n,
			(unsigned long long)info->entry.nr);
	}
	if (t->n == c->want) {
		c->cut = true;
		(void)kill(c->pid, SIGKILL);
	}
}


static void at_call(struct cutter *c, pid_t tid)
{
	struct thread *t = thread_of(c, tid);
	struct __ptrace_syscall_info info = {0};

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) <= 0)
		return;
	if (armed)
		c->counting = true;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY && c->counting && !c->cut) {
		entered(c, t, &info);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && t->n) {
		if (c->log)
			(void)fprintf(c->log, "%lu = %lld\n", t->n,
				(long long)info.exit.rval);
		t->n = 0;
	}
}


static void stopped(struct cutter *c, pid_t tid, int status, bool *running)
{
	int signo = WSTOPSIG(status), event = status >> 16;
	int deliver = 0;

	if (event == PTRACE_EVENT_EXEC) {
		*running = true;
	} else if (signo == (SIGTRAP | 0x80)) {
		if (*running)
			at_call(c, tid);
	} else if (!event) {
		deliver = signo;
	}
	if (c->log)
		(void)fflush(c->log);
	(void)ptrace(PTRACE_SYSCALL, tid, NULL, (void *)(intptr_t)deliver);
}


/* Until the program is gone; its exit status. */
static int follow(struct cutter *c)
{
	bool running = false;
	int status, code = 0;
	pid_t tid;

	for (;;) {
		tid = waitpid(-1, &status, __WALL);
		if (ended)
			(void)kill(c->pid, SIGTERM);
		ended = 0;
		if (tid < 0 && errno == EINTR)
			continue;
		if (tid < 0)
			break;
		if (WIFSTOPPED(status)) {
			stopped(c, tid, status, &running);
			continue;
		}
		thread_of(c, tid)->tid = 0;
		if (tid == c->pid)
			code = WIFEXITED(status) ? WEXITSTATUS(status)
						 : 128 + WTERMSIG(status);
	}
	return c->cut ? CUT : code;
}


/* Runs once it is traced, which its parent says by a byte. */
static void child(const int *go, char **argv)
{
	char byte;

	(void)close(go[1]);
	if (read(go[0], &byte, 1) == 1) {
		(void)close(go[0]);
		(void)execv(argv[0], argv);
		perror(argv[0]);
	}
	_exit(127);
}


static int begin(struct cutter *c, char **argv)
{
	int go[2];

	if (pipe(go))
		return errno;
	c->pid = fork();
	if (c->pid < 0)
		return errno;
	if (!c->pid)
		child(go, argv);
	(void)close(go[0]);
	if (ptrace(PTRACE_SEIZE, c->pid, NULL, (void *)(intptr_t)OPTIONS)) {
		perror("syscut: ptrace");
		(void)close(go[1]);
		return EPERM;
	}
	(void)ptrace(PTRACE_INTERRUPT, c->pid, NULL, NULL);
	if (write(go[1], "", 1) != 1)
		return errno;
	(void)close(go[1]);
	return 0;
}


static int usage(void)
{
	(void)fprintf(stderr,
		"usage: syscut [-a] [-w] [-n N] [-l LOG] PROGRAM [ARG...]\n");
	return 64;
}


int main(int argc, char **argv)
{
	struct cutter c = {.counting = true};
	struct sigaction sa = {.sa_handler = signal_handler};
	int opt;

	while ((opt = getopt(argc, argv, "+awn:l:")) != -1) {
		if (opt == 'a')
			c.all = true;
		else if (opt == 'w')
			c.counting = false;
		else if (opt == 'n')
			c.want = strtoul(optarg, NULL, 10);
		else if (opt == 'l')
			c.log = fopen(optarg, "w");
		else
			return usage();
		if (opt == 'l' && !c.log)
			return usage();
	}
	if (optind == argc)
		return usage();
	(void)sigaction(SIGUSR1, &sa, NULL);
	(void)sigaction(SIGTERM, &sa, NULL);
	return begin(&c, argv + optind) ? SKIP : follow(&c);
}
