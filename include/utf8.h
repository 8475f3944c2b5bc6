/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * utf8.h - UTF-8: decode, validate, make printable, column width.
 *
 * utf8_clean() is the one function that every text of a stranger passes
 * before a screen, prompt, log, title, notification or text export shows it.
 */
#ifndef SOTTO_UTF8_H
#define SOTTO_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mbuf.h"
#include "pl.h"

enum utf8_mode {
	UTF8_NAME, /* one line: newline and tab become a space */
	UTF8_BODY, /* newline and tab stay, CR LF becomes one newline */
};

/* Decodes the first code point of the L > 0 bytes at P into *CP and returns
 * the bytes that it took. What is no UTF-8 (overlong, surrogate, above
 * U+10FFFF, cut short) gives U+FFFD; the maximal subpart is taken. */
size_t utf8_decode(uint32_t *cp, const char *p, size_t l);

/* Writes CP to BUF (4 bytes of room) and returns the bytes written. */
size_t utf8_encode(char *buf, uint32_t cp);

/* True if all of PL is UTF-8. */
bool utf8_valid(const struct pl *pl);

/* Writes PL to MB in a form that is safe on any terminal: each escape
 * sequence (ESC with what belongs to it; CSI, OSC, DCS and their C1 forms
 * whole), each other control byte and each sequence that is no UTF-8 becomes
 * one U+FFFD, or '?' if ASCII; bidirectional controls are removed; U+2028
 * and U+2029 are newlines. A control string that is not finished ends with
 * its line. With ASCII, other non-ASCII code points become '?' too. Returns
 * mbuf errors. */
int utf8_clean(
	struct mbuf *mb, const struct pl *pl, enum utf8_mode mode, bool ascii);

/* The same as a new string (mem_deref). */
char *utf8_clean_dup(const struct pl *pl, enum utf8_mode mode);

/* True if the locale's character set is UTF-8: then the terminal's is. */
bool utf8_terminal(void);

/* TEXT cleaned for this terminal: ASCII where it shows no UTF-8
 * (mem_deref). */
char *utf8_show_dup(const char *text, enum utf8_mode mode);

/* Copies PL with each invalid sequence, and NUL, which a string cannot hold,
 * as U+FFFD and nothing else changed: exact text for the store and JSON
 * (mem_deref). */
char *utf8_repair_dup(const struct pl *pl);

/* CP in lower case and without diacritics, as a search compares it; 0: a
 * mark, which belongs to what is before it. */
uint32_t utf8_fold(uint32_t cp);

/* CP in upper case, where one letter stands for one. */
uint32_t utf8_upper(uint32_t cp);

/* True if CP is a letter or a digit of any script. */
bool utf8_is_letter(uint32_t cp);

/* Turns the direction of what follows. */
bool utf8_is_bidi(uint32_t cp);

/* Columns that the cleaned text PL takes on a terminal. */
size_t utf8_cols(const struct pl *pl);

/* Bytes of PL that fit into COLS columns, never splitting a grapheme. */
size_t utf8_fit(const struct pl *pl, size_t cols);

/* The first place at or after byte FROM, the start of a character, where TEXT
 * holds NEEDLE, case and diacritics not counted: bytes *START to *END, with
 * the marks that belong to the last character. A needle that begins with an
 * ASCII letter or digit is found at the start of words only, as the search of
 * messages finds it, but INSIDE of them too where that is said. False:
 * nowhere, or nothing of NEEDLE counts. */
bool utf8_find(const struct pl *text, size_t from, const struct pl *needle,
	bool inside, size_t *start, size_t *end);

enum {
	UTF8_MARKS = 3, /* more than that on one character are left out */
};

/* What a terminal shows at one place. */
struct utf8_cell {
	uint32_t cp;
	uint32_t marks[UTF8_MARKS]; /* that combine with it */
	unsigned n_marks;
	unsigned cols; /* 0: nothing to see */
};

/* The first cell of PL, which is not empty; returns the bytes that it took.
 * Its columns are those utf8_cols() counts. Terminals do not agree on the
 * width of what is joined: the parts of an emoji are cells of their own,
 * joiners and skin tones are left out, a flag is its two letters. */
size_t utf8_cell(struct utf8_cell *cell, const struct pl *pl);

/* Converts PL from the named CHARSET to UTF-8 (iconv, for charsets in use);
 * what cannot be converted and unknown charsets give U+FFFD for each byte
 * above 0x7f.
 * Returns a new string of at most MAX bytes (mem_deref). */
char *utf8_from_charset(
	const struct pl *pl, const struct pl *charset, size_t max);

#endif
