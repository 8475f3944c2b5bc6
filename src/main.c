/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - the start. */
#include <locale.h>
#include <signal.h>
#include "app.h"


int main(int argc, char *argv[])
{
	struct app_options options;
	int status;

	(void)setlocale(LC_ALL, "");
	/* A peer or reader that closes early is an error of that write. */
	(void)signal(SIGPIPE, SIG_IGN);
	status = app_options_read(&options, argc, argv);
	return status >= 0 ? status : app_run(&options);
}
