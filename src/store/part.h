/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * part.h - parts of words: texts folded letter by letter, the groups of three
 * letters that the index keeps of them, and where a part is in a text. Pure.
 */
#ifndef SOTTO_STORE_PART_H
#define SOTTO_STORE_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mbuf.h"

enum {
	PART_MIN = 3, /* letters: what the index can find */
};

/* A text as it is compared: letters and digits, folded, with a 0 between
 * words. Letters of scripts without spaces are in none. */
struct folded {
	uint32_t *letters;
	size_t *start, *end; /* the bytes of each, marks included */
	size_t n, size;
};

/* Empty (mem_deref). */
struct folded *part_folded_alloc(void);

/* Takes TEXT apart, in place of what was there. */
void part_fold(struct folded *f, const struct pl *text);

/* Writes each three neighbours of a word and a space. */
void part_write(struct mbuf *mb, const struct folded *f);

/* Writes the PART_MIN letters at P. */
void part_write_group(struct mbuf *mb, const uint32_t *p);

/* Looks for the N letters at PART from letter *AT on, where it then is. */
bool part_find(
	const struct folded *f, const uint32_t *part, size_t n, size_t *at);

/* True if the whole of TEXT is one word of at least PART_MIN letters. */
bool part_is(struct folded *f, const struct pl *text);

#endif
