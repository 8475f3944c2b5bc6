/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * until.c - starts a program with a terminal or a pipe as its output and
 * prints the microseconds from there until a text appears in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>


enum {
	OUTPUT_MAX = 256 * 1024,
	LIMIT_MS = 20000,
	END_MS = 3000, /* between SIGTERM and SIGKILL */
};

struct child {
	pid_t pid;
	int in; /* -1: as OUT */
	int out;
};

extern char **environ;


static uint64_t now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}


static void fail(const char *what)
{
	perror(what);
	exit(EX_OSERR);
}


static void spawn(struct child *c, char *argv[], int in, int out)
{
	posix_spawn_file_actions_t actions;
	int err;

	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	(void)posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	err = posix_spawnp(&c->pid, argv[0], &actions, NULL, argv, environ);
	if (err) {
		errno = err;
		fail(argv[0]);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
}


static void start_piped(struct child *c, char *argv[])
{
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		fail("until: pipe");
	spawn(c, argv, in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	c->in = in[1];
	c->out = out[0];
}


static void start_in_terminal(struct child *c, char *argv[])
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave;

	if (master < 0 || grantpt(master) || unlockpt(master))
		fail("until: openpt");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || ioctl(slave, TIOCSWINSZ, &size))
		fail("until: terminal");
	spawn(c, argv, slave, slave);
	(void)close(slave);
	c->in = -1;
	c->out = master;
}


/* True once TEXT has appeared in what C writes. */
static bool await(const struct child *c, const char *text)
{
	static char buf[OUTPUT_MAX];
	struct pollfd pfd = {.fd = c->out, .events = POLLIN};
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(buf)) {
		if (poll(&pfd, 1, LIMIT_MS) <= 0)
			return false;
		n = read(c->out, buf + len, sizeof(buf) - len);
		if (n <= 0)
			return false;
		len += (size_t)n;
		if (memmem(buf, len, text, strlen(text)))
			return true;
	}
	return false;
}


static void end(const struct child *c)
{
	uint64_t start = now_us();
	char rest[4096];
	struct pollfd pfd = {.fd = c->out, .events = POLLIN};
	int status;

	(void)kill(c->pid, SIGTERM);
	if (c->in >= 0)
		(void)close(c->in);
	/* It may have to write before it can end. */
	while (!waitpid(c->pid, &status, WNOHANG)) {
		if (poll(&pfd, 1, 10) > 0 && pfd.revents & POLLIN)
			(void)!read(c->out, rest, sizeof(rest));
		if (now_us() - start > END_MS * 1000)
			(void)kill(c->pid, SIGKILL);
	}
}


int main(int argc, char *argv[])
{
	struct child c;
	bool terminal = argc > 1 && !strcmp(argv[1], "-t");
	uint64_t start, took;
	bool found;

	argc -= terminal;
	argv += terminal;
	if (argc < 3) {
		(void)fprintf(stderr,
			"usage: until [-t] TEXT PROGRAM "
			"[ARGUMENT...]\n");
		return EX_USAGE;
	}
	start = now_us();
	if (terminal)
		start_in_terminal(&c, argv + 2);
	else
		start_piped(&c, argv + 2);
	found = await(&c, argv[1]);
	took = now_us() - start;
	end(&c);
	if (!found) {
		(void)fprintf(
			stderr, "until: \"%s\" did not appear\n", argv[1]);
		return EX_UNAVAILABLE;
	}
	(void)printf("%llu\n", (unsigned long long)took);
	return 0;
}
