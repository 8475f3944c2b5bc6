/* SPDX-License-Identifier: GPL-3.0-or-later */
/* terminal.c - what the line of input asks of the terminal itself. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <readline/readline.h>
#include "edit_int.h"
#include "mem.h"
#include "utf8.h"


bool terminal_capable(void)
{
	const char *term = getenv("TERM");

	return term && *term && strcmp(term, "dumb") != 0;
}


/* ---- the stream ---- */

static ssize_t stream_write(void *cookie, const char *p, size_t n)
{
	writer_put(cookie, p, n);
	return (ssize_t)n;
}


FILE *terminal_stream(struct writer *w)
{
	static const cookie_io_functions_t functions = {.write = stream_write};

	return fopencookie(w, "w", functions);
}


/* ---- modes ---- */

void terminal_echo(struct edit *e, bool on)
{
	struct termios t = e->initial;

	if (!e->tty)
		return;
	if (!on) {
		t.c_lflag &= ~(tcflag_t)ECHO;
		t.c_lflag |= ICANON | ECHONL;
	}
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &t);
}


void terminal_reset(const struct edit *e)
{
	static const char paste_off[] = "\033[?2004l\r\n";

	(void)tcsetattr(STDIN_FILENO, TCSANOW, &e->initial);
	if (e->readline &&
		write(STDOUT_FILENO, paste_off, sizeof(paste_off) - 1) < 0)
		return; /* nothing more can be done */
}


/* ---- taking a line back ---- */

/* Every character is one column, so that the terminal breaks the line where
 * the sum says. */
static bool simple(const struct pl *pl)
{
	size_t i;

	for (i = 0; i < pl->l; i++) {
		if (pl->p[i] < 0x20 || pl->p[i] == 0x7f)
			return false;
	}
	return true;
}


int terminal_rows(const char *prompt, const char *text)
{
	struct pl first = pl_str(prompt), line = pl_str(text);
	size_t cols = utf8_cols(&first) + utf8_cols(&line);
	int rows, width;

	rl_get_screen_size(&rows, &width);
	if (width <= 0)
		return 0;
	/* In more than one row only what breaks at every column. */
	if (cols >= (size_t)width && !(simple(&first) && simple(&line)))
		return 0;
	cols = (cols + (size_t)width - 1) / (size_t)width;
	return cols < (size_t)rows ? (int)cols : 0;
}


/* A capability; the padding that old terminals need is left out. */
static void put_capability(FILE *out, const char *s)
{
	while (*s) {
		if (s[0] == '$' && s[1] == '<') {
			while (*s && *s != '>')
				++s;
			s += *s == '>';
		} else {
			(void)fputc(*s++, out);
		}
	}
}


void terminal_erase(FILE *out, int rows)
{
	const char *up = rl_get_termcap("up"), *clear = rl_get_termcap("ce");

	while (up && clear && rows-- > 0) {
		put_capability(out, up);
		(void)fputc('\r', out);
		put_capability(out, clear);
	}
}
