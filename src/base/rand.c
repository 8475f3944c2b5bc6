/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rand.c - random bytes and what is made of them (RFC 4122, RFC 4086). */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "mem.h"
#include "rand.h"


struct rand {
	bool seeded;
	uint64_t state; /* of a seeded source */
	uint8_t buf[256]; /* bytes in stock; used ones are wiped */
	size_t pos;
};


static void rand_destructor(void *data)
{
	struct rand *rand = data;

	mem_wipe(rand->buf, sizeof(rand->buf));
}


/* SplitMix64: small, and good enough for tests. */
static uint64_t next_seeded(struct rand *rand)
{
	uint64_t z = rand->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}


static void refill_seeded(struct rand *rand)
{
	size_t i, j;

	for (i = 0; i < sizeof(rand->buf); i += 8) {
		uint64_t v = next_seeded(rand);

		for (j = 0; j < 8; j++)
			rand->buf[i + j] = (uint8_t)(v >> 8 * j);
	}
}


static void refill_system(struct rand *rand)
{
	size_t got = 0;

	while (got < sizeof(rand->buf)) {
		ssize_t n =
			getrandom(rand->buf + got, sizeof(rand->buf) - got, 0);

		if (n < 0 && errno != EINTR) {
			/* Tags and nonces that can be guessed are worse than
			 * no program. */
			perror("sotto: getrandom");
			abort();
		}
		if (n > 0)
			got += (size_t)n;
	}
}


struct rand *rand_system(void)
{
	struct rand *rand = mem_zalloc(sizeof(*rand), rand_destructor);

	rand->pos = sizeof(rand->buf);
	return rand;
}


struct rand *rand_seeded(uint64_t seed)
{
	struct rand *rand = rand_system();

	rand->seeded = true;
	rand->state = seed;
	return rand;
}


void rand_bytes(struct rand *rand, void *p, size_t n)
{
	uint8_t *out = p;

	while (n) {
		size_t left = sizeof(rand->buf) - rand->pos;
		size_t take = n < left ? n : left;

		if (!left) {
			if (rand->seeded)
				refill_seeded(rand);
			else
				refill_system(rand);
			rand->pos = 0;
			continue;
		}
		memcpy(out, rand->buf + rand->pos, take);
		mem_wipe(rand->buf + rand->pos, take);
		rand->pos += take;
		out += take;
		n -= take;
	}
}


uint32_t rand_u32(struct rand *rand)
{
	uint8_t b[4];

	rand_bytes(rand, b, sizeof(b));
	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
		(uint32_t)b[3] << 24;
}


uint32_t rand_below(struct rand *rand, uint32_t n)
{
	/* 2^32 mod N: values below it would come up once too often. */
	uint32_t least = (0u - n) % n;
	uint32_t v;

	do {
		v = rand_u32(rand);
	} while (v < least);
	return v % n;
}


void rand_token(struct rand *rand, char *buf, size_t len)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t i;

	if (!len)
		return;
	for (i = 0; i + 1 < len; i++)
		buf[i] = alphabet[rand_below(rand, sizeof(alphabet) - 1)];
	buf[i] = '\0';
}


void rand_uuid(struct rand *rand, char buf[37])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t b[16];
	size_t i, at = 0;

	rand_bytes(rand, b, sizeof(b));
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	for (i = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			buf[at++] = '-';
		buf[at++] = digits[b[i] >> 4];
		buf[at++] = digits[b[i] & 0x0f];
	}
	buf[at] = '\0';
}
