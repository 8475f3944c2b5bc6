/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theme_colour.c - colours where there are fewer of them. */
#include <stdlib.h>
#include "theme.h"


/* The sixteen as xterm has them. */
static const uint32_t sixteen[] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00,
	0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00,
	0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};


/* A step of the cube of 6 * 6 * 6. */
static uint32_t level(int step)
{
	return step ? (uint32_t)(55 + 40 * step) : 0;
}


uint32_t theme_rgb(int colour)
{
	if (colour < 16)
		return sixteen[colour];
	if (colour >= 232)
		return (uint32_t)(8 + 10 * (colour - 232)) * 0x010101;
	colour -= 16;
	return level(colour / 36) << 16 | level(colour / 6 % 6) << 8 |
		level(colour % 6);
}


static int channel(uint32_t rgb, int shift)
{
	return (int)(rgb >> shift & 0xff);
}


/* How bright it is counts once more: text is to stand out from what is
 * behind it. */
static int distance(uint32_t a, uint32_t b)
{
	int red = channel(a, 16) - channel(b, 16);
	int green = channel(a, 8) - channel(b, 8);
	int blue = channel(a, 0) - channel(b, 0);
	int bright = (3 * red + 6 * green + blue) / 10;

	return 2 * red * red + 4 * green * green + 3 * blue * blue +
		2 * bright * bright;
}


static bool is_grey(uint32_t rgb, int near)
{
	int red = channel(rgb, 16), green = channel(rgb, 8);
	int blue = channel(rgb, 0);

	return abs(red - green) < near && abs(green - blue) < near &&
		abs(red - blue) < near;
}


/* Of the colours FROM to END - 1. Where they are few, red stays some red and
 * does not become a grey as bright, and grey becomes no colour. */
static int nearest(uint32_t rgb, int from, int end)
{
	enum {
		GREY = 16,
		GREYISH = 64,
	};
	bool grey = is_grey(rgb, GREY), greyish = is_grey(rgb, GREYISH);
	int i, best = -1;

	for (i = from; i < end; i++) {
		bool other = is_grey(theme_rgb(i), GREY);

		if (end <= 16 && (other ? !greyish : grey))
			continue;
		if (best < 0 ||
			distance(rgb, theme_rgb(i)) <
				distance(rgb, theme_rgb(best)))
			best = i;
	}
	return best;
}


/* What is no edge of the scale is not to become the one that is behind it. */
static int off_background(uint32_t rgb, int colour, bool light)
{
	enum {
		BLACK = 0,
		WHITE = 7,
	};

	if (!light && colour == BLACK &&
		distance(rgb, 0) > distance(0x404040, 0))
		return WHITE;
	if (light && colour == WHITE &&
		distance(rgb, 0xffffff) > distance(0xbfbfbf, 0xffffff))
		return BLACK;
	return colour;
}


int theme_colour(int colour, enum tty_colours n, bool light)
{
	uint32_t rgb;

	if (colour < 0 || n == TTY_NONE)
		return THEME_DEFAULT;
	if (n == TTY_TRUE)
		return colour;
	if (colour >= THEME_RGB)
		rgb = (uint32_t)(colour & 0xffffff);
	else if (colour < 8 || n == TTY_256 || (n == TTY_16 && colour < 16))
		return colour;
	else if (colour < 16)
		return colour - 8;
	else
		rgb = theme_rgb(colour);
	if (n == TTY_256)
		return nearest(rgb, 16, 256);
	return off_background(
		rgb, nearest(rgb, 0, n == TTY_16 ? 16 : 8), light);
}


bool theme_light(const struct theme *t)
{
	enum {
		MIDDLE = 128,
	};
	int i, dark = 0;

	for (i = 0; i < UI_STYLES; i++) {
		int colour = t->styles[i].fg;
		uint32_t rgb;

		if (colour < 0 || t->styles[i].bg >= 0)
			continue;
		rgb = colour >= THEME_RGB ? (uint32_t)(colour & 0xffffff)
					  : theme_rgb(colour);
		dark += 3 * channel(rgb, 16) + 6 * channel(rgb, 8) +
					channel(rgb, 0) <
				10 * MIDDLE
			? 1
			: -1;
	}
	return dark > 0;
}
