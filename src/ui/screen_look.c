/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen_look.c - styles as attributes and colours of curses. */
#include <string.h>
#include "screen_int.h"


static attr_t attributes(unsigned attrs)
{
	attr_t a = A_NORMAL;

	a |= attrs & THEME_BOLD ? A_BOLD : 0;
	a |= attrs & THEME_DIM ? A_DIM : 0;
	a |= attrs & THEME_ITALIC ? A_ITALIC : 0;
	a |= attrs & THEME_UNDERLINE ? A_UNDERLINE : 0;
	a |= attrs & THEME_REVERSE ? A_REVERSE : 0;
	return a;
}


/* Terminals of such a kind have no palette behind the first eight. */
static int direct_colour(int colour)
{
	int rgb;

	if (colour < 8)
		return colour;
	rgb = colour >= THEME_RGB ? colour & 0xffffff : (int)theme_rgb(colour);
	return rgb < 8 ? 0 : rgb;
}


/* True colours take the place of one of the palette that is like them. */
static int curses_colour(struct screen *s, int colour)
{
	int at, i;

	colour = theme_colour(colour, s->colours, s->light);
	if (s->direct)
		return direct_colour(colour);
	if (colour < THEME_RGB)
		return colour;
	at = theme_colour(colour, TTY_256, s->light);
	for (i = 0; i < 240; i++, at = at == 255 ? 16 : at + 1) {
		if (s->palette[at] == -1)
			s->palette[at] = colour & 0xffffff;
		if (s->palette[at] == (colour & 0xffffff))
			break;
	}
	return at;
}


short look_pair(struct screen *s, enum ui_style fg, enum ui_style bg)
{
	const struct theme_style *f = &s->theme.styles[fg];
	const struct theme_style *b = &s->theme.styles[bg];
	short *pair = &s->pairs[fg][bg];

	if (s->colours == TTY_NONE)
		return 0;
	if (*pair < 0)
		*pair = (short)alloc_pair(
			curses_colour(s, f->fg), curses_colour(s, b->bg));
	return *pair < 0 ? 0 : *pair;
}


static void put_colour(
	const struct screen *s, struct mbuf *mb, int colour, int base)
{
	if (colour < 0)
		return;
	if (colour < 8)
		(void)mbuf_printf(mb, ";%d", base + colour);
	else if (s->direct)
		(void)mbuf_printf(mb, ";%d;2;%d;%d;%d", base + 8, colour >> 16,
			colour >> 8 & 0xff, colour & 0xff);
	else if (colour < 16)
		(void)mbuf_printf(mb, ";%d", base + 60 + colour - 8);
	else
		(void)mbuf_printf(mb, ";%d;5;%d", base + 8, colour);
}


void look_sgr(struct screen *s, enum ui_style style, char *text, size_t size)
{
	const struct theme_style *look = &s->theme.styles[style];
	int bg = look->bg == THEME_UNSET ? s->theme.styles[UI_NORMAL].bg
					 : look->bg;
	struct mbuf *mb = mbuf_alloc(size - 1);
	static const int codes[] = {1, 2, 3, 4, 7};
	size_t i;

	for (i = 0; i < 5; i++) {
		if (look->attrs & 1u << i)
			(void)mbuf_printf(mb, ";%d", codes[i]);
	}
	if (s->colours != TTY_NONE) {
		put_colour(s, mb, curses_colour(s, look->fg), 30);
		put_colour(s, mb, curses_colour(s, bg), 40);
	}
	if (mb->end)
		memcpy(text, mb->buf, mb->end);
	text[mb->end] = '\0';
	mem_deref(mb);
}


static void set_looks(struct screen *s)
{
	int i;

	for (i = 0; i < UI_STYLES; i++) {
		const struct theme_style *look = &s->theme.styles[i];

		s->attrs[i] = attributes(look->attrs);
		s->ground[i] = look->bg != THEME_UNSET ||
			(look->attrs & THEME_REVERSE);
	}
}


/* Colours of the palette that styles name as such are not replaced. */
static void forget_looks(struct screen *s)
{
	int i, j;

	for (i = 0; i < 256; i++)
		s->palette[i] = -1;
	for (i = 0; i < UI_STYLES; i++) {
		int fg = s->theme.styles[i].fg, bg = s->theme.styles[i].bg;

		if (fg >= 0 && fg < 256)
			s->palette[fg] = -2;
		if (bg >= 0 && bg < 256)
			s->palette[bg] = -2;
		for (j = 0; j < UI_STYLES; j++)
			s->pairs[i][j] = -1;
	}
}


int screen_theme(struct screen *s, const char *name, char **why)
{
	int status = theme_load(&s->theme, name, why);

	s->light = theme_light(&s->theme);
	set_looks(s);
	forget_looks(s);
	screen_redraw(s);
	return status;
}
