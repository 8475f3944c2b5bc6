/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals.c - another size, stopped and continued. */
#include <signal.h>
#include <stdio.h>
#include <readline/readline.h>
#include "edit_int.h"


enum {
	STOP_MS = 200, /* for the terminal to take what was printed */
};


static void resized(int signo, void *arg)
{
	struct edit *e = arg;

	(void)signo;
	if (e->installed)
		rl_resize_terminal();
	else if (e->readline)
		rl_reset_screen_size();
}


/* Ctrl-Z: the shell gets its terminal back in order. */
static void stopped(int signo, void *arg)
{
	struct edit *e = arg;

	(void)signo;
	edit_uninstall(e);
	edit_undraw(e);
	terminal_echo(e, true);
	(void)fflush(e->out);
	(void)writer_flush(e->writer, STOP_MS);
	(void)raise(SIGSTOP);
}


static void continued(int signo, void *arg)
{
	struct edit *e = arg;

	(void)signo;
	edit_uninstall(e);
	e->drawn = false;
	if (edit_asks_secret(e))
		terminal_echo(e, false);
}


int edit_watch_signals(struct edit *e)
{
	static const struct {
		int signo;
		loop_signal_h *h;
	} rows[] = {
		{SIGWINCH, resized},
		{SIGTSTP, stopped},
		{SIGCONT, continued},
	};
	size_t i;
	int err = 0;

	for (i = 0; i < 3 && e->tty && !err; i++)
		err = loop_signal_alloc(
			&e->signals[i], e->loop, rows[i].signo, rows[i].h, e);
	return err;
}
