/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hash.h - digests over OpenSSL, hexadecimal and base64.
 */
#ifndef SOTTO_HASH_H
#define SOTTO_HASH_H

#include <stddef.h>
#include <stdint.h>
#include "pl.h"

enum hash_kind {
	HASH_MD5,
	HASH_SHA1,
	HASH_SHA256,
	HASH_SHA512_256,
};

enum {
	HASH_MAX = 32,         /* bytes of the longest digest */
	HASH_HEX_MAX = 64 + 1, /* its hexadecimal text and a NUL */
};

/* Bytes of a digest of KIND. */
size_t hash_len(enum hash_kind kind);

/* Digest of the N pieces one after the other into OUT; returns its length,
 * or 0 where OpenSSL's own policy forbids KIND (then hash_hex() gives ""). All
 * pieces are hashed as they are, without separators. */
size_t hash_pieces(enum hash_kind kind, const struct pl *pieces, size_t n,
	uint8_t out[HASH_MAX]);

/* The same in lower-case hexadecimal. */
void hash_hex(enum hash_kind kind, const struct pl *pieces, size_t n,
	char out[HASH_HEX_MAX]);

/* 64 bits of a SHA-256, for keys of what was seen. */
uint64_t hash_key64(const struct pl *pieces, size_t n);

/* Lower-case hexadecimal of N bytes; OUT has 2 * N + 1 bytes. */
void hash_to_hex(const uint8_t *p, size_t n, char *out);

/* Base64 of N bytes as a new string (mem_deref). */
char *hash_base64(const uint8_t *p, size_t n);

/* Bytes of base64 text; NULL if it is none. *N gets their number. */
uint8_t *hash_base64_decode(const struct pl *pl, size_t *n);

#endif
