/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plain.c - whole lines, where there is no terminal for readline. */
#include <errno.h>
#include <stdint.h>
#include <unistd.h>
#include "edit_int.h"
#include "mem.h"


/* The terminal has echoed the newline. */
static void plain_line(struct edit *e, const char *text)
{
	e->drawn = false;
	if (!edit_asked(e))
		e->h.line(text, e->h.arg);
	else if (edit_accept(e, text))
		edit_answered(e, edit_accept(e, text));
}


/* Whole lines out of what was read. */
static void plain_lines(struct edit *e)
{
	struct pl left;
	const char *nl;
	char *text;

	while (e->reading) {
		left = mbuf_left(e->plain);
		nl = pl_chr(&left, '\n');
		if (!nl)
			break;
		left.l = (size_t)(nl - left.p);
		text = mem_secret_strndup(left.p, left.l);
		mem_wipe((void *)(uintptr_t)left.p, left.l);
		e->plain->pos += left.l + 1;
		if (!e->skipping)
			plain_line(e, text);
		e->skipping = false;
		mem_deref(text);
	}
	mbuf_shift(e->plain);
}


/* At a terminal, Ctrl-D refuses a question. */
static void plain_end(struct edit *e)
{
	if (e->tty && !list_isempty(&e->questions)) {
		edit_undraw(e);
		edit_answered(e, NULL);
		return;
	}
	if (e->plain->end > e->plain->pos) {
		(void)mbuf_write_u8(e->plain, '\n');
		plain_lines(e);
	}
	edit_end(e);
}


void plain_input(struct edit *e)
{
	ssize_t n;

	if (mbuf_reserve(e->plain, EDIT_READ_SIZE)) {
		if (!e->skipping)
			edit_print(e, "the line is too long");
		e->skipping = true;
		mbuf_reset(e->plain);
		(void)mbuf_reserve(e->plain, EDIT_READ_SIZE);
	}
	n = read(STDIN_FILENO, e->plain->buf + e->plain->end, EDIT_READ_SIZE);
	if (n > 0) {
		e->plain->end += (size_t)n;
		plain_lines(e);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		plain_end(e);
	}
}
