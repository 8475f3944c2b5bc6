/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * siphash.h - SipHash-2-4 with 128 bits: a keyed hash, so that nobody who
 * does not know the key can make two texts meet.
 */
#ifndef SOTTO_SIP_SIPHASH_H
#define SOTTO_SIP_SIPHASH_H

#include <stddef.h>
#include <stdint.h>
#include "pl.h"

struct siphash {
	uint64_t v[4];
	uint64_t word; /* bytes that are not yet eight */
	uint64_t len;
};

void siphash_begin(struct siphash *s, const uint8_t key[16]);
void siphash_add(struct siphash *s, const void *p, size_t n);

/* A text with its length, so that two in a row have one reading only; LOWER:
 * ASCII letters folded. */
void siphash_add_text(struct siphash *s, const struct pl *pl);
void siphash_add_lower(struct siphash *s, const struct pl *pl);
void siphash_end(struct siphash *s, uint8_t out[16]);

#endif
