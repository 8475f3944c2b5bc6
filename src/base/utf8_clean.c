/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * utf8_clean.c - text of strangers made safe for a terminal (ECMA-48).
 *
 * What a terminal may take for a command is: an escape sequence, which ESC
 * begins, a control sequence (CSI), a control string (OSC, DCS, SOS, PM,
 * APC), or a single control. CSI and the strings are opened by ESC and a
 * letter, by one code point of U+0080 to U+009F, or, on a terminal that
 * reads Latin-1, by one byte 0x80 to 0x9f. All of it goes, and not only the
 * byte that opens it, so that no "[31m" is left behind to puzzle readers.
 *
 * The time taken is linear in the length of the text.
 */
#include <langinfo.h>
#include <string.h>
#include "mem.h"
#include "utf8.h"


enum {
	BEL = 0x07,
	CAN = 0x18,
	SUB = 0x1a,
	ESC = 0x1b,
	DEL = 0x7f,
	DCS = 0x90,
	SOS = 0x98,
	CSI = 0x9b,
	ST = 0x9c,
	OSC = 0x9d,
	PM = 0x9e,
	APC = 0x9f,
	REPLACEMENT = 0xfffd,
};


/* The text at hand. */
struct cleaner {
	struct pl text;
	enum utf8_mode mode;
	bool ascii;
	size_t barren; /* no string ends before this place */
};


/* A control or code point at a place of the text. */
struct unit {
	uint32_t cp; /* a stray byte 0x80 to 0x9f counts as that control */
	size_t n; /* bytes that it takes */
	bool stray; /* such a byte, or none of UTF-8 at all */
};


static struct unit unit_at(const struct pl *pl, size_t i)
{
	unsigned char c = (unsigned char)pl->p[i];
	struct unit u = {0, 0, false};

	u.n = utf8_decode(&u.cp, pl->p + i, pl->l - i);
	if (u.cp != REPLACEMENT)
		return u;
	/* Somebody may have written U+FFFD itself. */
	u.stray = u.n != 3 || memcmp(pl->p + i, "\xef\xbf\xbd", 3);
	if (c >= 0x80 && c <= 0x9f)
		u.cp = c;
	return u;
}


static bool in(
	const struct pl *pl, size_t i, unsigned char low, unsigned char high)
{
	return i < pl->l && (unsigned char)pl->p[i] >= low &&
		(unsigned char)pl->p[i] <= high;
}


/* Behind the parameters, intermediates and final byte that stand at I;
 * *WHOLE tells whether there was a final byte. */
static size_t skip_csi(const struct pl *pl, size_t i, bool *whole)
{
	while (in(pl, i, 0x30, 0x3f))
		++i;
	while (in(pl, i, 0x20, 0x2f))
		++i;
	*whole = in(pl, i, 0x40, 0x7e);
	return *whole ? i + 1 : i;
}


/* Behind the control string whose text begins at I. One that is not finished
 * goes as far as its line, lest a byte hide a whole message. */
static size_t skip_string(struct cleaner *c, size_t i, bool *whole)
{
	const struct pl *pl = &c->text;
	struct unit u;

	*whole = true;
	if (i < c->barren)
		i = c->barren;
	for (; i < pl->l; i += u.n) {
		u = unit_at(pl, i);
		if (u.cp == ST || u.cp == CAN || u.cp == SUB || u.cp == BEL)
			return i + u.n;
		if (u.cp == ESC)
			return in(pl, i + 1, '\\', '\\') ? i + 2 : i;
		if (u.cp == '\n' || u.cp == '\r')
			break;
	}
	*whole = false;
	c->barren = i;
	return i;
}


static bool is_string_opener(uint32_t cp)
{
	return cp == DCS || cp == SOS || cp == OSC || cp == PM || cp == APC;
}


/* Behind what the control CP, whose own bytes end at I, has opened. */
static size_t skip_opened(struct cleaner *c, size_t i, uint32_t cp, bool *whole)
{
	*whole = true;
	if (cp == CSI)
		return skip_csi(&c->text, i, whole);
	if (is_string_opener(cp))
		return skip_string(c, i, whole);
	return i;
}


/* Behind the escape sequence whose ESC stands before I. */
static size_t skip_escape(struct cleaner *c, size_t i)
{
	const struct pl *pl = &c->text;
	size_t start = i;
	bool whole;

	/* ESC and a byte of 0x40 to 0x5f is the 7-bit form of a C1 control. */
	if (in(pl, i, 0x40, 0x5f))
		return skip_opened(
			c, i + 1, (unsigned char)pl->p[i] + 0x40u, &whole);
	while (in(pl, i, 0x20, 0x2f))
		++i;
	if (in(pl, i, 0x30, 0x7e))
		return i + 1;
	return start;
}


/* Behind the control or bad sequence U at I, with all that belongs to it. */
static size_t skip_control(struct cleaner *c, size_t i, const struct unit *u)
{
	size_t next = i + u->n, end;
	bool whole;

	if (u->cp == ESC)
		return skip_escape(c, next);
	end = skip_opened(c, next, u->cp, &whole);
	/* A stray byte is rather a letter of some other charset than the
	 * start of a sequence, unless the whole of one follows. */
	return u->stray && !whole ? next : end;
}


static bool is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= DEL && cp <= APC);
}


/* The code points of Unicode's property Bidi_Control. */
bool utf8_is_bidi(uint32_t cp)
{
	return cp == 0x061c || cp == 0x200e || cp == 0x200f ||
		(cp >= 0x202a && cp <= 0x202e) ||
		(cp >= 0x2066 && cp <= 0x2069);
}


/* Bytes of the line end, tab or separator U at I; 0 if it is none. */
static size_t blank_at(const struct pl *pl, size_t i, const struct unit *u)
{
	if (u->cp == '\r' && in(pl, i + 1, '\n', '\n'))
		return 2;
	if (u->cp == '\n' || u->cp == '\t' || u->cp == 0x2028 ||
		u->cp == 0x2029)
		return u->n;
	return 0;
}


static int write_blank(struct mbuf *mb, enum utf8_mode mode, uint32_t cp)
{
	if (mode == UTF8_NAME)
		return mbuf_write_u8(mb, ' ');
	return mbuf_write_u8(mb, cp == '\t' ? '\t' : '\n');
}


static int write_replacement(struct mbuf *mb, bool ascii)
{
	return mbuf_write_str(mb, ascii ? "?" : "\xef\xbf\xbd");
}


/* Writes what stands at *I and moves *I behind it. */
static int clean_one(struct cleaner *c, struct mbuf *mb, size_t *i)
{
	size_t at = *i, n;
	struct unit u = unit_at(&c->text, at);

	n = blank_at(&c->text, at, &u);
	*i += n ? n : u.n;
	if (n)
		return write_blank(mb, c->mode, u.cp);
	if (u.stray || is_control(u.cp)) {
		*i = skip_control(c, at, &u);
		return write_replacement(mb, c->ascii);
	}
	if (utf8_is_bidi(u.cp))
		return 0;
	if (c->ascii && u.cp > 0x7f)
		return write_replacement(mb, true);
	return mbuf_write_mem(mb, c->text.p + at, u.n);
}


/* Bytes of printing ASCII from I on, which stay as they are: as many as MB has
 * room for. */
static size_t plain_at(const struct pl *pl, size_t i, const struct mbuf *mb)
{
	size_t n = 0, max = mb->max - mb->end;

	while (n < max && in(pl, i + n, ' ', '~'))
		n++;
	return n;
}


int utf8_clean(
	struct mbuf *mb, const struct pl *pl, enum utf8_mode mode, bool ascii)
{
	struct cleaner c = {*pl, mode, ascii, 0};
	size_t i = 0;
	int err = 0;

	while (i < pl->l && !err) {
		size_t n = plain_at(pl, i, mb);

		if (n)
			err = mbuf_write_mem(mb, pl->p + i, n);
		else
			err = clean_one(&c, mb, &i);
		i += n;
	}
	return err;
}


static char *clean_dup(const struct pl *pl, enum utf8_mode mode, bool ascii)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	char *s;

	(void)utf8_clean(mb, pl, mode, ascii);
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


char *utf8_clean_dup(const struct pl *pl, enum utf8_mode mode)
{
	return clean_dup(pl, mode, false);
}


bool utf8_terminal(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}


char *utf8_show_dup(const char *text, enum utf8_mode mode)
{
	struct pl pl = pl_str(text);

	return clean_dup(&pl, mode, !utf8_terminal());
}
