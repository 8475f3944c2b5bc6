/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tty.h - the terminal below the screen: modes, size, what it can do. */
#ifndef SOTTO_UI_TTY_H
#define SOTTO_UI_TTY_H

#include <stdbool.h>
#include <termios.h>
#include "mbuf.h"
#include "pl.h"

enum tty_colours {
	TTY_NONE,
	TTY_8,
	TTY_16,
	TTY_256,
	TTY_TRUE,
};

struct tty {
	struct termios initial; /* as it was */
	bool utf8; /* the locale's character set */
	bool osc; /* knows control strings: titles, links */
	bool titled; /* its own title waits on its stack */
	bool mouse; /* clicks are asked for */
};

/* Reads how standard input is set up and what TERM can do. ENOTTY. */
int tty_init(struct tty *t);

/* Single bytes, no echo; Ctrl-C, Ctrl-Z and Ctrl-\ are keys as others. Then
 * as it was; allocates nothing. */
void tty_raw(const struct tty *t);
void tty_restore(const struct tty *t);

/* Rows and columns, 1 to 500 of the former and 1000 of the latter. */
void tty_size(int *rows, int *cols);

/* What switches our modes on and off, with the mouse where it is on. */
void tty_modes_on(const struct tty *t, struct mbuf *mb);
void tty_modes_off(struct tty *t, struct mbuf *mb);

void tty_mouse(struct tty *t, bool on, struct mbuf *mb);

/* TITLE NULL: as it was. */
void tty_title(struct tty *t, const char *title, struct mbuf *mb);
void tty_notify(const struct tty *t, const char *title, const char *body,
	struct mbuf *mb);

/* How many COLOURS there are; NUMBER is what terminfo says. */
enum tty_colours tty_colours(int number, bool rgb);

/* Writes BYTES of frames to MB with those colours of the palette that stand
 * for others, PALETTE[n] >= 0, as red, green and blue. */
void tty_true_colours(
	struct mbuf *mb, const struct pl *bytes, const int palette[256]);

/* True if URI may stand within a control string. */
bool tty_link_safe(const char *uri);

#endif
