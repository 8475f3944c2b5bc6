/* SPDX-License-Identifier: GPL-3.0-or-later */
/* siphash.c - SipHash-2-4 with 128 bits (Aumasson and Bernstein, 2012). */
#include <string.h>
#include "siphash.h"


static uint64_t rotl(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}


static uint64_t le64(const uint8_t *p)
{
	uint64_t v = 0;
	int i;

	for (i = 7; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}


static void put_le64(uint8_t *p, uint64_t v)
{
	int i;

	for (i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}


static inline void rounds(uint64_t v[4], int n)
{
	uint64_t v0 = v[0], v1 = v[1], v2 = v[2], v3 = v[3];

	while (n--) {
		v0 += v1;
		v1 = rotl(v1, 13) ^ v0;
		v0 = rotl(v0, 32);
		v2 += v3;
		v3 = rotl(v3, 16) ^ v2;
		v0 += v3;
		v3 = rotl(v3, 21) ^ v0;
		v2 += v1;
		v1 = rotl(v1, 17) ^ v2;
		v2 = rotl(v2, 32);
	}
	v[0] = v0;
	v[1] = v1;
	v[2] = v2;
	v[3] = v3;
}


static inline void compress(struct siphash *s, uint64_t m)
{
	s->v[3] ^= m;
	rounds(s->v, 2);
	s->v[0] ^= m;
}


void siphash_begin(struct siphash *s, const uint8_t key[16])
{
	uint64_t k0 = le64(key), k1 = le64(key + 8);

	s->v[0] = k0 ^ 0x736f6d6570736575;
	s->v[1] = k1 ^ 0x646f72616e646f6d ^ 0xee;
	s->v[2] = k0 ^ 0x6c7967656e657261;
	s->v[3] = k1 ^ 0x7465646279746573;
	s->word = 0;
	s->len = 0;
}


static inline void add_byte(struct siphash *s, uint8_t b)
{
	s->word |= (uint64_t)b << (8 * (s->len & 7));
	if ((++s->len & 7) == 0) {
		compress(s, s->word);
		s->word = 0;
	}
}


void siphash_add(struct siphash *s, const void *data, size_t n)
{
	const uint8_t *p = data;
	unsigned shift = 8 * (s->len & 7);

	for (; n >= 8; n -= 8, p += 8) {
		uint64_t w = le64(p);

		compress(s, s->word | w << shift);
		s->word = shift ? w >> (64 - shift) : 0;
		s->len += 8;
	}
	while (n--)
		add_byte(s, *p++);
}


static void add_len(struct siphash *s, size_t len)
{
	uint8_t n[8];

	put_le64(n, len);
	siphash_add(s, n, sizeof(n));
}


void siphash_add_text(struct siphash *s, const struct pl *pl)
{
	add_len(s, pl->l);
	if (pl->l)
		siphash_add(s, pl->p, pl->l);
}


void siphash_add_lower(struct siphash *s, const struct pl *pl)
{
	size_t i;

	add_len(s, pl->l);
	for (i = 0; i < pl->l; i++) {
		uint8_t c = (uint8_t)pl->p[i];

		add_byte(s, c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
}


void siphash_end(struct siphash *s, uint8_t out[16])
{
	compress(s, s->word | (s->len & 0xff) << 56);
	s->v[2] ^= 0xee;
	rounds(s->v, 4);
	put_le64(out, s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3]);
	s->v[1] ^= 0xdd;
	rounds(s->v, 4);
	put_le64(out + 8, s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3]);
}
