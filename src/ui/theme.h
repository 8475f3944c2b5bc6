/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * theme.h - how styles look: colours and attributes, read from files.
 *
 *     style NAME [fg COLOUR] [bg COLOUR] [bold] [dim] [italic] [underline]
 *             [reverse]
 *
 * COLOUR is `default`, one of the sixteen names (black, red, ... white, with
 * `bright-` before them), 0 to 255, or #rrggbb. `#` begins a comment where
 * no colour is expected.
 */
#ifndef SOTTO_UI_THEME_H
#define SOTTO_UI_THEME_H

#include <stdint.h>
#include "tty.h"
#include "ui_int.h"

enum theme_attr {
	THEME_BOLD = 1 << 0,
	THEME_DIM = 1 << 1,
	THEME_ITALIC = 1 << 2,
	THEME_UNDERLINE = 1 << 3,
	THEME_REVERSE = 1 << 4,
};

enum {
	THEME_DEFAULT = -1, /* the terminal's own */
	THEME_UNSET = -2, /* background: what is there already */
	THEME_RGB = 1 << 24, /* with red, green and blue below it */
};

struct theme_style {
	int fg, bg; /* 0 to 255, THEME_RGB | 0xrrggbb, or one of the above */
	unsigned attrs;
};

struct theme {
	struct theme_style styles[UI_STYLES];
};

/* Everything as the terminal's own. */
void theme_init(struct theme *t);

/* Reads TEXT of FILE into T. 0; or EX_CONFIG with *WHY, one line for each
 * mistake, "file:line: ..." (mem_deref), and the rest holds. */
int theme_parse(
	struct theme *t, const char *file, const struct pl *text, char **why);

/* Theme NAME: a path, a file of the user's or of the system's, or one that
 * is built in. EX_NOINPUT: there is none, T stays as it was. */
int theme_load(struct theme *t, const char *name, char **why);

/* Names of all that can be loaded without a path, which begin with PREFIX. */
void theme_names(const char *prefix, void (*emit)(const char *name, void *arg),
	void *arg);

/* COLOUR where there are only so many: -1 or the number of one; TTY_TRUE
 * leaves it as it is. LIGHT: what the theme is for. */
int theme_colour(int colour, enum tty_colours n, bool light);

/* True if most of its texts are dark: it is for a light background, of which
 * themes do not tell. */
bool theme_light(const struct theme *t);

/* The colour of the palette of 256 as 0xrrggbb. */
uint32_t theme_rgb(int colour);

#endif
