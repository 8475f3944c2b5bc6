/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * terminal.c - starts a program in a terminal, reads what it draws at once,
 * and does what its standard input says; one JSON object a line out.
 *
 *	terminal [-c CORE] [-o FILE] ROWS COLS PROGRAM [ARGUMENT...]
 *
 *	press QUIET KEYS	writes KEYS and waits until nothing came for
 *				QUIET ms
 *	await LIMIT KEYS TEXT	writes KEYS and waits until TEXT is drawn; what
 *				is drawn since the last of these counts
 *	type N GAP		types N letters, each once the last is drawn
 *				and GAP ms have passed
 *	end			ends the program
 *
 * A press tells the microseconds from the write to the first and to the last
 * byte that came, how many came, and in how many reads. The start of the
 * program is as a press before the first. KEYS and TEXT have \e, \r, \s (a
 * blank) and \\; KEYS of - are none. What is drawn is what came without
 * control sequences. FILE gets all that came. The program runs on CORE.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
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
	READ_MAX = 256 * 1024,
	DRAWN_MAX = 1 << 20,
	COMMAND_MAX = 4096,
	TYPED_MAX = 10000,
	ECHO_MS = 5000,
	LINE_LETTERS = 42, /* before the line is emptied; another begins it */
	EMPTY_MS = 100,
	END_MS = 5000, /* between SIGTERM and SIGKILL */
};

/* Where in a control sequence the output is. */
enum state {
	TEXT,
	ESCAPE,
	CSI,
	STRING, /* OSC and the like, to BEL or ST */
	STRING_ESCAPE,
	CHARSET,
};

struct terminal {
	int fd;
	int log; /* -1: none */
	pid_t pid;
	enum state state;
	char drawn[DRAWN_MAX]; /* since the last command, as far as it fits */
	size_t drawn_len;
	uint64_t start, first, last; /* us; FIRST 0: nothing came yet */
	size_t bytes, reads;
	bool closed;
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


/* ---- what the program draws ---- */

static void draw(struct terminal *t, char c)
{
	if ((unsigned char)c < 0x20 || t->drawn_len == sizeof(t->drawn))
		return;
	t->drawn[t->drawn_len++] = c;
}


static void take_byte(struct terminal *t, char c)
{
	switch (t->state) {
	case TEXT:
		if (c == '\033')
			t->state = ESCAPE;
		else
			draw(t, c);
		break;
	case ESCAPE:
		t->state = c == '['	     ? CSI
			: strchr("]PX^_", c) ? STRING
			: strchr("()*+", c)  ? CHARSET
					     : TEXT;
		break;
	case CSI:
		if (c >= 0x40 && c <= 0x7e)
			t->state = TEXT;
		break;
	case STRING:
		if (c == '\a')
			t->state = TEXT;
		else if (c == '\033')
			t->state = STRING_ESCAPE;
		break;
	case STRING_ESCAPE:
	case CHARSET:
		t->state = TEXT;
		break;
	}
}


/* Takes what comes within MS; false: nothing did. */
static bool take(struct terminal *t, int ms)
{
	static char buf[READ_MAX];
	struct pollfd pfd = {.fd = t->fd, .events = POLLIN};
	ssize_t n, i;

	if (t->closed || poll(&pfd, 1, ms) <= 0)
		return false;
	n = read(t->fd, buf, sizeof(buf));
	if (n <= 0) {
		t->closed = true;
		return false;
	}
	t->last = now_us();
	if (!t->first)
		t->first = t->last;
	t->bytes += (size_t)n;
	t->reads++;
	for (i = 0; i < n; i++)
		take_byte(t, buf[i]);
	if (t->log >= 0 && write(t->log, buf, (size_t)n) != n)
		fail("terminal: log");
	return true;
}


static void begin(struct terminal *t)
{
	t->start = now_us();
	t->first = t->last = 0;
	t->bytes = t->reads = 0;
}


static void put(const struct terminal *t, const char *keys)
{
	size_t n = strlen(keys);

	if (n && write(t->fd, keys, n) != (ssize_t)n)
		fail("terminal: write");
}


static void tell(const struct terminal *t, bool ok)
{
	(void)printf("{\"ok\":%s,\"first_us\":%llu,\"last_us\":%llu,"
		     "\"bytes\":%zu,\"reads\":%zu}\n",
		ok ? "true" : "false",
		(unsigned long long)(t->first ? t->first - t->start : 0),
		(unsigned long long)(t->first ? t->last - t->start : 0),
		t->bytes, t->reads);
}


/* ---- commands ---- */

/* In place. */
static void unescape(char *text)
{
	char *to = text;

	if (!strcmp(text, "-"))
		*text = '\0';
	for (; *text; text++) {
		if (*text == '\\' && text[1]) {
			++text;
			*to++ = *text == 'e'   ? '\033'
				: *text == 'r' ? '\r'
				: *text == 's' ? ' '
					       : *text;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}


static void press(struct terminal *t, int quiet, const char *keys)
{
	if (*keys) {
		begin(t);
		t->drawn_len = 0;
	}
	put(t, keys);
	while (take(t, quiet))
		;
	tell(t, true);
	begin(t);
	t->drawn_len = 0;
}


static bool is_drawn(const struct terminal *t, const char *text)
{
	return memmem(t->drawn, t->drawn_len, text, strlen(text)) != NULL;
}


static void await(
	struct terminal *t, int limit, const char *keys, const char *text)
{
	uint64_t end = now_us() + (uint64_t)limit * 1000;
	bool found;

	if (*keys)
		begin(t);
	put(t, keys);
	while (!(found = is_drawn(t, text)) && !t->closed && now_us() < end) {
		/* The end of it may hold the beginning of TEXT. */
		if (t->drawn_len > DRAWN_MAX / 2) {
			t->drawn_len = DRAWN_MAX / 4;
			memmove(t->drawn, t->drawn + DRAWN_MAX / 4,
				t->drawn_len);
		}
		(void)take(t, 10);
	}
	tell(t, found);
	begin(t);
	t->drawn_len = 0;
}


/* Microseconds until LETTER was drawn; 0: it was not. */
static uint64_t type_one(struct terminal *t, char letter)
{
	begin(t);
	t->drawn_len = 0;
	if (write(t->fd, &letter, 1) != 1)
		fail("terminal: write");
	while (!memchr(t->drawn, letter, t->drawn_len)) {
		if (!take(t, ECHO_MS) || now_us() - t->start > ECHO_MS * 1000)
			return 0;
	}
	return t->last - t->start;
}


/* And waits, so that the next letter is drawn though it stood there before. */
static void empty_line(struct terminal *t)
{
	uint64_t until = now_us() + EMPTY_MS * 1000;

	put(t, "\025");
	while (now_us() < until)
		(void)take(t, 1);
}


static void type(struct terminal *t, unsigned n, unsigned gap)
{
	static const char letters[] = "QZXJ";
	static uint64_t us[TYPED_MAX];
	static size_t bytes[TYPED_MAX];
	unsigned i;

	for (i = 0; i < n && i < TYPED_MAX; i++) {
		uint64_t until;

		us[i] = type_one(t, letters[i % 4]);
		until = now_us() + (uint64_t)gap * 1000;
		while (now_us() < until)
			(void)take(t, 1);
		bytes[i] = t->bytes;
		if (i % LINE_LETTERS == LINE_LETTERS - 1)
			empty_line(t);
	}
	(void)printf("{\"us\":[");
	for (i = 0; i < n && i < TYPED_MAX; i++)
		(void)printf("%s%llu", i ? "," : "", (unsigned long long)us[i]);
	(void)printf("],\"bytes\":[");
	for (i = 0; i < n && i < TYPED_MAX; i++)
		(void)printf("%s%zu", i ? "," : "", bytes[i]);
	(void)printf("]}\n");
	empty_line(t);
	begin(t);
}


/* False: it was the last one. */
static bool command(struct terminal *t, char *line)
{
	char *words[4] = {NULL};
	size_t n = 0;
	char *p, *save = NULL;

	for (p = strtok_r(line, " \n", &save); p && n < 4;
		p = strtok_r(NULL, " \n", &save)) {
		if (n >= 2)
			unescape(p);
		words[n++] = p;
	}
	if (n && !strcmp(words[0], "end"))
		return false;
	if (n == 3 && !strcmp(words[0], "press"))
		press(t, atoi(words[1]), words[2]);
	else if (n == 4 && !strcmp(words[0], "await"))
		await(t, atoi(words[1]), words[2], words[3]);
	else if (n == 3 && !strcmp(words[0], "type"))
		type(t, (unsigned)atoi(words[1]), (unsigned)atoi(words[2]));
	else
		(void)printf("{\"ok\":false}\n");
	(void)fflush(stdout);
	return true;
}


/* Between commands too, what the program draws is taken. */
static void run(struct terminal *t)
{
	struct pollfd pfds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = t->fd, .events = POLLIN}};
	char line[COMMAND_MAX];

	for (;;) {
		pfds[1].fd = t->closed ? -1 : t->fd;
		(void)poll(pfds, 2, -1);
		if (pfds[1].revents)
			(void)take(t, 0);
		if (!pfds[0].revents)
			continue;
		if (!fgets(line, sizeof(line), stdin) || !command(t, line))
			return;
	}
}


/* ---- the program ---- */

static void start(struct terminal *t, int rows, int cols, char *argv[])
{
	struct winsize size = {
		.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int err, slave;

	t->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->fd < 0 || grantpt(t->fd) || unlockpt(t->fd))
		fail("terminal: openpt");
	slave = open(ptsname(t->fd), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || ioctl(slave, TIOCSWINSZ, &size))
		fail("terminal: open");
	(void)posix_spawn_file_actions_init(&actions);
	/* Opened by the leader of a new session it becomes its terminal. */
	(void)posix_spawn_file_actions_addopen(
		&actions, STDIN_FILENO, ptsname(t->fd), O_RDWR, 0);
	(void)posix_spawn_file_actions_adddup2(
		&actions, STDIN_FILENO, STDOUT_FILENO);
	(void)posix_spawn_file_actions_adddup2(
		&actions, STDIN_FILENO, STDERR_FILENO);
	(void)posix_spawnattr_init(&attr);
	(void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID);
	begin(t);
	err = posix_spawnp(&t->pid, argv[0], &actions, &attr, argv, environ);
	if (err) {
		errno = err;
		fail(argv[0]);
	}
	(void)close(slave);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attr);
}


static int end(struct terminal *t)
{
	uint64_t limit = now_us() + END_MS * 1000;
	int status;

	(void)kill(t->pid, SIGTERM);
	/* It may have to write before it can end. */
	while (!waitpid(t->pid, &status, WNOHANG)) {
		if (!take(t, 10) && t->closed)
			(void)usleep(1000);
		if (now_us() > limit)
			(void)kill(t->pid, SIGKILL);
	}
	return WIFEXITED(status) ? 0 : EX_SOFTWARE;
}


static void usage(void)
{
	(void)fprintf(stderr,
		"usage: terminal [-c CORE] [-o FILE] ROWS COLS PROGRAM "
		"[ARGUMENT...]\n");
	exit(EX_USAGE);
}


/* The program inherits the core; what it draws is read on another. */
static void start_on(struct terminal *t, int core, char *argv[])
{
	cpu_set_t own, its;

	CPU_ZERO(&its);
	CPU_SET(core, &its);
	if (sched_getaffinity(0, sizeof(own), &own) ||
		sched_setaffinity(0, sizeof(its), &its))
		fail("terminal: core");
	start(t, atoi(argv[0]), atoi(argv[1]), argv + 2);
	(void)sched_setaffinity(0, sizeof(own), &own);
}


int main(int argc, char *argv[])
{
	static struct terminal t;
	int c, core = -1;

	t.log = -1;
	while ((c = getopt(argc, argv, "+c:o:")) != -1) {
		if (c == 'c')
			core = atoi(optarg);
		else if (c == 'o')
			t.log = open(optarg,
				O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		else
			usage();
		if (c == 'o' && t.log < 0)
			fail(optarg);
	}
	argc -= optind;
	argv += optind;
	if (argc < 3)
		usage();
	if (core >= 0)
		start_on(&t, core, argv);
	else
		start(&t, atoi(argv[0]), atoi(argv[1]), argv + 2);
	(void)printf("{\"pid\":%d}\n", (int)t.pid);
	(void)fflush(stdout);
	/* A command is taken by poll(), never left in a buffer of stdio. */
	(void)setvbuf(stdin, NULL, _IONBF, 0);
	run(&t);
	return end(&t);
}
