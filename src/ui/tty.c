/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tty.c - modes, size, titles and notifications of the terminal (ECMA-48,
 * the control sequences of xterm). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "mem.h"
#include "tty.h"
#include "utf8.h"


enum {
	ROWS_MAX = 500,
	COLS_MAX = 1000,
	TITLE_MAX = 200, /* bytes */
	BODY_MAX = 500,
	URI_MAX = 2000,
};


/* Terminals without control strings: some print them. */
static bool knows_osc(const char *term)
{
	static const char *const without[] = {
		"vt", "linux", "dumb", "ansi", "cons", "sun", "cygwin", "pc"};
	size_t i;

	if (!term || !*term)
		return false;
	for (i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
		if (!strncmp(term, without[i], strlen(without[i])))
			return !strncmp(term, "vte", 3);
	}
	return true;
}


int tty_init(struct tty *t)
{
	*t = (struct tty){.utf8 = utf8_terminal()};
	t->osc = knows_osc(getenv("TERM"));
	if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &t->initial))
		return ENOTTY;
	return 0;
}


void tty_raw(const struct tty *t)
{
	struct termios raw = t->initial;

	raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | IXOFF |
		ISTRIP | PARMRK | INPCK | BRKINT);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN);
	raw.c_lflag |= ISIG;
	/* What is pasted may hold it, and with it the terminal drops what
	 * was typed before. */
	raw.c_cc[VINTR] = _POSIX_VDISABLE;
	raw.c_cc[VSUSP] = _POSIX_VDISABLE;
	raw.c_cc[VQUIT] = _POSIX_VDISABLE;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}


void tty_restore(const struct tty *t)
{
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &t->initial);
}


static int within(int n, int max, int otherwise)
{
	if (n <= 0)
		return otherwise;
	return n < max ? n : max;
}


void tty_size(int *rows, int *cols)
{
	struct winsize size = {0};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		size.ws_row = size.ws_col = 0;
	*rows = within(size.ws_row, ROWS_MAX, 24);
	*cols = within(size.ws_col, COLS_MAX, 80);
}


/* ---- modes ---- */

void tty_mouse(struct tty *t, bool on, struct mbuf *mb)
{
	if (t->mouse != on)
		(void)mbuf_write_str(mb,
			on ? "\033[?1000h\033[?1006h"
			   : "\033[?1006l\033[?1000l");
	t->mouse = on;
}


/* Bracketed paste, focus, and the mouse's. The consoles of other kinds skip
 * what they do not know. */
void tty_modes_on(const struct tty *t, struct mbuf *mb)
{
	(void)mbuf_write_str(mb, "\033[?2004h\033[?1004h");
	if (t->mouse)
		(void)mbuf_write_str(mb, "\033[?1000h\033[?1006h");
}


void tty_modes_off(struct tty *t, struct mbuf *mb)
{
	if (t->mouse)
		(void)mbuf_write_str(mb, "\033[?1006l\033[?1000l");
	(void)mbuf_write_str(mb, "\033[?1004l\033[?2004l");
	tty_title(t, NULL, mb);
}


/* ---- control strings ---- */

/* Nothing in it ends the string or begins another: no control character, and
 * where FIELD, no semicolon. */
static void put_text(const struct tty *t, struct mbuf *mb, const char *text,
	size_t max, bool field)
{
	struct pl pl = pl_str(text);
	struct mbuf *clean = mbuf_alloc(SIZE_MAX);
	size_t i, n, used = 0;
	uint32_t cp;

	(void)utf8_clean(clean, &pl, UTF8_NAME, !t->utf8);
	pl = mbuf_all(clean);
	for (i = 0; i < pl.l; i += n) {
		n = utf8_decode(&cp, pl.p + i, pl.l - i);
		used += n;
		if (used > max)
			break;
		if (cp < 0x20 || (cp >= 0x7f && cp <= 0x9f))
			(void)mbuf_write_u8(mb, '?');
		else if (cp == ';' && field)
			(void)mbuf_write_u8(mb, ',');
		else
			(void)mbuf_write_mem(mb, pl.p + i, n);
	}
	mem_deref(clean);
}


void tty_title(struct tty *t, const char *title, struct mbuf *mb)
{
	if (!t->osc || (!title && !t->titled))
		return;
	if (!title) {
		(void)mbuf_write_str(mb, "\033[23;2t");
		t->titled = false;
		return;
	}
	if (!t->titled)
		(void)mbuf_write_str(mb, "\033[22;2t");
	t->titled = true;
	(void)mbuf_write_str(mb, "\033]2;");
	put_text(t, mb, title, TITLE_MAX, false);
	(void)mbuf_write_u8(mb, '\a');
}


void tty_notify(const struct tty *t, const char *title, const char *body,
	struct mbuf *mb)
{
	if (!t->osc)
		return;
	(void)mbuf_write_str(mb, "\033]777;notify;");
	put_text(t, mb, title, TITLE_MAX, true);
	(void)mbuf_write_u8(mb, ';');
	put_text(t, mb, body, BODY_MAX, true);
	(void)mbuf_write_u8(mb, '\a');
}


bool tty_link_safe(const char *uri)
{
	const char *p;

	for (p = uri; *p; p++) {
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f)
			return false;
	}
	return p > uri && p - uri < URI_MAX;
}


/* ---- colours ---- */

enum tty_colours tty_colours(int number, bool rgb)
{
	const char *no = getenv("NO_COLOR"), *ct = getenv("COLORTERM");

	if ((no && *no) || number < 8)
		return TTY_NONE;
	if (number < 16)
		return TTY_8;
	if (number < 256)
		return TTY_16;
	if (rgb || (ct && (!strcmp(ct, "truecolor") || !strcmp(ct, "24bit"))))
		return TTY_TRUE;
	return TTY_256;
}


/* One "38;5;N" or "48;5;N" at the front of PL, after which it stands. */
static bool replace(struct mbuf *mb, struct pl *pl, const int palette[256])
{
	struct pl digits, rest = *pl;
	uint32_t n;
	int rgb;

	if (!pl_startswith(pl, "38;5;") && !pl_startswith(pl, "48;5;"))
		return false;
	pl_skip(&rest, 5);
	digits = rest;
	for (digits.l = 0; digits.l < rest.l && rest.p[digits.l] >= '0' &&
		rest.p[digits.l] <= '9';)
		++digits.l;
	if (pl_u32(&digits, &n) || n > 255 || palette[n] < 0)
		return false;
	rgb = palette[n];
	(void)mbuf_printf(mb, "%c8;2;%d;%d;%d", pl->p[0], rgb >> 16,
		rgb >> 8 & 0xff, rgb & 0xff);
	pl_skip(pl, 5 + digits.l);
	return true;
}


/* Parameters of the one control sequence that ends in 'm'. */
static void replace_all(
	struct mbuf *mb, struct pl params, const int palette[256])
{
	while (params.l) {
		if (replace(mb, &params, palette))
			continue;
		/* To behind the next semicolon. */
		do {
			(void)mbuf_write_u8(mb, (uint8_t)*params.p);
			pl_skip(&params, 1);
		} while (params.l && params.p[-1] != ';');
	}
}


void tty_true_colours(
	struct mbuf *mb, const struct pl *bytes, const int palette[256])
{
	struct pl left = *bytes, params;
	size_t i, n;

	while (left.l) {
		const char *esc = pl_chr(&left, '\033');

		n = esc ? (size_t)(esc - left.p) : left.l;
		(void)mbuf_write_mem(mb, left.p, n);
		pl_skip(&left, n);
		if (!left.l)
			break;
		n = 1;
		if (left.l > 1 && left.p[1] == '[') {
			for (i = 2; i < left.l &&
				(left.p[i] == ';' ||
					(left.p[i] >= '0' &&
						left.p[i] <= '9'));)
				++i;
			if (i < left.l && left.p[i] == 'm') {
				(void)mbuf_write_str(mb, "\033[");
				params = pl_make(left.p + 2, i - 2);
				replace_all(mb, params, palette);
				pl_skip(&left, i);
				continue;
			}
		}
		(void)mbuf_write_mem(mb, left.p, n);
		pl_skip(&left, n);
	}
}
