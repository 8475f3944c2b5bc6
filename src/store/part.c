/* SPDX-License-Identifier: GPL-3.0-or-later */
/* part.c - parts of words: folding, groups of three letters, finding. */
#include <string.h>
#include "db.h"
#include "mem.h"
#include "part.h"
#include "utf8.h"


static void destructor(void *data)
{
	struct folded *f = data;

	mem_deref(f->letters);
	mem_deref(f->start);
	mem_deref(f->end);
}


struct folded *part_folded_alloc(void)
{
	return mem_zalloc(sizeof(struct folded), destructor);
}


static void make_room(struct folded *f, size_t n)
{
	if (n <= f->size)
		return;
	f->size = 2 * n;
	f->letters = mem_reallocarray(f->letters, f->size, sizeof(*f->letters));
	f->start = mem_reallocarray(f->start, f->size, sizeof(*f->start));
	f->end = mem_reallocarray(f->end, f->size, sizeof(*f->end));
}


static void append(struct folded *f, uint32_t letter, size_t start, size_t end)
{
	/* One 0 is enough, and none is needed at the beginning. */
	if (!letter && (!f->n || !f->letters[f->n - 1]))
		return;
	f->letters[f->n] = letter;
	f->start[f->n] = start;
	f->end[f->n++] = end;
}


/* What CP is in a word: 0: it ends one. */
static uint32_t letter_of(uint32_t cp)
{
	if (!utf8_is_letter(cp) || index_spaceless(cp))
		return 0;
	return utf8_fold(cp);
}


void part_fold(struct folded *f, const struct pl *text)
{
	struct pl rest = *text;

	f->n = 0;
	make_room(f, text->l + 1);
	while (rest.l) {
		size_t n = 1, at = text->l - rest.l;
		uint32_t cp = (unsigned char)*rest.p;

		if (cp >= 0x80)
			n = utf8_decode(&cp, rest.p, rest.l);
		if (cp < 0x80 || utf8_fold(cp))
			append(f, letter_of(cp), at, at + n);
		else if (f->n && f->letters[f->n - 1])
			f->end[f->n - 1] = at + n;
		pl_skip(&rest, n);
	}
}


void part_write_group(struct mbuf *mb, const uint32_t *p)
{
	char bytes[4 * PART_MIN];
	size_t i, n = 0;

	for (i = 0; i < PART_MIN; i++)
		n += utf8_encode(bytes + n, p[i]);
	(void)mbuf_write_mem(mb, bytes, n);
}


void part_write(struct mbuf *mb, const struct folded *f)
{
	size_t i;

	for (i = 0; i + PART_MIN <= f->n; i++) {
		const uint32_t *p = f->letters + i;

		if (!p[0] || !p[1] || !p[2])
			continue;
		part_write_group(mb, p);
		(void)mbuf_write_u8(mb, ' ');
	}
}


bool part_find(
	const struct folded *f, const uint32_t *part, size_t n, size_t *at)
{
	size_t i;

	for (i = *at; i + n <= f->n; i++) {
		if (f->letters[i] == *part &&
			!memcmp(f->letters + i, part, n * sizeof(*part))) {
			*at = i;
			return true;
		}
	}
	return false;
}


bool part_is(struct folded *f, const struct pl *text)
{
	size_t i;

	part_fold(f, text);
	if (f->n < PART_MIN || f->start[0] || f->end[f->n - 1] != text->l)
		return false;
	for (i = 0; i < f->n; i++) {
		if (!f->letters[i])
			return false;
	}
	return true;
}
