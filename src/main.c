/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - the start. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>
#include "app.h"


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


int main(int argc, char *argv[])
{
	struct app_options options;
	int status;

	open_standard();
	/* Only characters: numbers and sentences are ours. */
	(void)setlocale(LC_CTYPE, "");
	/* A peer or reader that closes early is an error of that write. */
	(void)signal(SIGPIPE, SIG_IGN);
	status = app_options_read(&options, argc, argv);
	return status >= 0 ? status : app_run(&options);
}
