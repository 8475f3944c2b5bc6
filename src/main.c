/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - the start. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <unistd.h>
#include "app.h"


enum {
	LARGE = 128 * 1024, /* bytes */
};


/* A descriptor that was closed at the start must not become a socket of ours:
 * what takes its place fails as it would, reading or writing. */
static void open_standard(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)open("/dev/null",
				fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}


/* What is large goes back to the system whenever it is freed. By itself the
 * library would keep as much as it once saw: after a notification about ten
 * thousand people more than all of them take. */
static void return_memory(void)
{
#ifdef __GLIBC__
	(void)mallopt(M_MMAP_THRESHOLD, LARGE);
	(void)mallopt(M_TRIM_THRESHOLD, LARGE);
#endif
}


int main(int argc, char *argv[])
{
	struct app_options options;
	int status;

	return_memory();
	open_standard();
	/* Only characters: numbers and sentences are ours. */
	(void)setlocale(LC_CTYPE, "");
	/* A peer or reader that closes early is an error of that write. */
	(void)signal(SIGPIPE, SIG_IGN);
	status = app_options_read(&options, argc, argv);
	return status >= 0 ? status : app_run(&options);
}
