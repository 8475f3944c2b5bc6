/* SPDX-License-Identifier: GPL-3.0-or-later */
/* word.h - text by eight bytes at a time: what a byte loop needs five or six
 * instructions a byte for takes these one. */
#ifndef SOTTO_WORD_H
#define SOTTO_WORD_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WORD_ONES (UINT64_C(0x0101010101010101))
#define WORD_HIGH (WORD_ONES * 0x80)


/* The eight bytes at P; the first is the lowest of the word. */
static inline uint64_t word_load(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}


static inline void word_store(char *to, uint64_t v)
{
	v = htole64(v);
	memcpy(to, &v, sizeof(v));
}


/* As word_load() of N bytes, at most eight, and zeros above them. Nothing
 * else is read: the parts overlap where N is no power of two. */
static inline uint64_t word_load_part(const char *p, size_t n)
{
	uint32_t lo, hi;

	if (n == 8)
		return word_load(p);
	if (n >= 4) {
		memcpy(&lo, p, sizeof(lo));
		memcpy(&hi, p + n - 4, sizeof(hi));
		return le32toh(lo) | (uint64_t)le32toh(hi) << (8 * (n - 4));
	}
	if (!n)
		return 0;
	return (uint8_t)p[0] | (uint64_t)(uint8_t)p[n / 2] << (n / 2 * 8) |
		(uint64_t)(uint8_t)p[n - 1] << (8 * (n - 1));
}


/*
 * Flags, the high bit of a byte each, where V has a byte below C (at most
 * 0x80) or equal to C. The lowest flag is right, and so is the answer that
 * there is none; above the first a borrow may flag a byte that is C (or is C
 * with its lowest bit turned): who looks further compares the byte again.
 */
static inline uint64_t word_below(uint64_t v, uint8_t c)
{
	return (v - WORD_ONES * c) & ~v & WORD_HIGH;
}


static inline uint64_t word_equal(uint64_t v, uint8_t c)
{
	return word_below(v ^ WORD_ONES * c, 1);
}


/* Where in the word the lowest of FLAGS is; there must be one. */
static inline size_t word_first(uint64_t flags)
{
	return (size_t)__builtin_ctzll(flags) >> 3;
}

#endif
