/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen_int.h - what the files of the screen share; they alone know curses.
 *
 * ui_int.h has the functions that others call.
 */
#ifndef SOTTO_UI_SCREEN_INT_H
#define SOTTO_UI_SCREEN_INT_H

#include <ncurses.h>
#include <stdio.h>
#include "links.h"
#include "theme.h"
#include "writer.h"

enum {
	SCREEN_OUT_MAX = 16 * 1024 * 1024, /* unread by the terminal */
	SCREEN_SIGNALS = 3,
	SCREEN_COLS_MAX = 1000,
};

struct screen {
	struct screen_config config;
	struct writer *writer;
	struct loop_hook *hook;
	struct loop_signal *signals[SCREEN_SIGNALS];
	struct tty tty;
	struct theme theme;
	bool light; /* what the theme is for */
	bool direct; /* colours from 8 on are their red, green, blue */
	enum tty_colours colours;
	SCREEN *curses;
	FILE *file; /* what curses takes for a terminal */
	struct mbuf *out; /* a frame on its way */
	struct mbuf *raw; /* behind the next frame */
	struct links *links;
	unsigned char *under; /* per cell: whose background is there */
	attr_t attrs[UI_STYLES];
	bool ground[UI_STYLES]; /* it has a background of its own */
	short pairs[UI_STYLES][UI_STYLES]; /* of style and background */
	int palette[256]; /* true colours in the place of these, or -1 */
	int rows, cols;
	int cursor_row, cursor_col; /* -1: hidden */
	bool cleared; /* all of it is written anew */
	bool away; /* the terminal is somebody else's */
	char last[128]; /* for the last moment */
	struct mem_last last_words; /* set: run for want of memory */
	size_t last_len;
};

/* ---- screen.c ---- */

/* Takes what curses wrote into OUT; hands OUT and RAW to the writer. */
void screen_take(struct screen *s);
void screen_send(struct screen *s);

/* ---- screen_look.c ---- */

/* The pair of the colours of FG on the background of BG. */
short look_pair(struct screen *s, enum ui_style fg, enum ui_style bg);

/* STYLE on the common background as parameters of SGR, ";1;4". */
void look_sgr(struct screen *s, enum ui_style style, char *text, size_t size);

#endif
