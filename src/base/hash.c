/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash.c - digests over OpenSSL, hexadecimal and base64 (RFC 4648). */
#include <openssl/evp.h>
#include <string.h>
#include "hash.h"
#include "mem.h"


static const EVP_MD *md_of(enum hash_kind kind)
{
	switch (kind) {
	case HASH_MD5:
		return EVP_md5();
	case HASH_SHA1:
		return EVP_sha1();
	case HASH_SHA256:
		return EVP_sha256();
	case HASH_SHA512_256:
		return EVP_sha512_256();
	}
	return NULL;
}


size_t hash_len(enum hash_kind kind)
{
	const EVP_MD *md = md_of(kind);

	return md ? (size_t)EVP_MD_get_size(md) : 0;
}


size_t hash_pieces(enum hash_kind kind, const struct pl *pieces, size_t n,
	uint8_t out[HASH_MAX])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned int len = 0;
	size_t i;
	bool ok;

	if (!ctx)
		mem_oom();
	ok = EVP_DigestInit_ex(ctx, md_of(kind), NULL) == 1;
	for (i = 0; i < n && ok; i++) {
		if (pieces[i].l)
			ok = EVP_DigestUpdate(ctx, pieces[i].p, pieces[i].l);
	}
	ok = ok && EVP_DigestFinal_ex(ctx, out, &len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok ? len : 0;
}


void hash_hex(enum hash_kind kind, const struct pl *pieces, size_t n,
	char out[HASH_HEX_MAX])
{
	uint8_t digest[HASH_MAX];

	hash_to_hex(digest, hash_pieces(kind, pieces, n, digest), out);
	mem_wipe(digest, sizeof(digest));
}


uint64_t hash_key64(const struct pl *pieces, size_t n)
{
	uint8_t digest[HASH_MAX] = {0};
	uint64_t key = 0;
	size_t i;

	(void)hash_pieces(HASH_SHA256, pieces, n, digest);
	for (i = 0; i < 8; i++)
		key = key << 8 | digest[i];
	return key;
}


void hash_to_hex(const uint8_t *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 0x0f];
	}
	*out = '\0';
}


static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";


char *hash_base64(const uint8_t *p, size_t n)
{
	char *s = mem_alloc(n / 3 * 4 + (n % 3 ? 4 : 0) + 1, NULL);
	char *out = s;
	size_t i;

	for (i = 0; i < n; i += 3) {
		size_t left = n - i;
		uint32_t v = (uint32_t)p[i] << 16 |
			(left > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
			(left > 2 ? p[i + 2] : 0);

		*out++ = alphabet[v >> 18];
		*out++ = alphabet[v >> 12 & 63];
		*out++ = left > 1 ? alphabet[v >> 6 & 63] : '=';
		*out++ = left > 2 ? alphabet[v & 63] : '=';
	}
	*out = '\0';
	return s;
}


/* The 6 bits of a letter, or -1. */
static int value_of(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}


/* Decodes the letters P, without padding, to OUT; false if one is none or
 * bits are left over. */
static bool decode_letters(const struct pl *letters, uint8_t *out)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t i;

	for (i = 0; i < letters->l; i++) {
		int v = value_of(letters->p[i]);

		if (v < 0)
			return false;
		bits = (bits << 6 | (uint32_t)v) & 0xffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			*out++ = (uint8_t)(bits >> have);
		}
	}
	return !(bits & ((1u << have) - 1));
}


uint8_t *hash_base64_decode(const struct pl *pl, size_t *n)
{
	struct pl letters = *pl;
	size_t pad = 0;
	uint8_t *out;

	if (pl->l % 4)
		return NULL;
	while (letters.l && pad < 2 && letters.p[letters.l - 1] == '=') {
		--letters.l;
		++pad;
	}
	out = mem_alloc(pl->l / 4 * 3 + 1, NULL);
	if (!decode_letters(&letters, out))
		return mem_deref(out);
	*n = pl->l / 4 * 3 - pad;
	return out;
}
