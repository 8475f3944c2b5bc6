/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth_ntlm_crypto.c - the old ciphers that NTLM is made of, over OpenSSL's
 * legacy provider (RFC 1320, RFC 2104; RC4). */
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include "mem.h"
#include "ntlm.h"


struct ntlm_crypto {
	OSSL_LIB_CTX *lib;
	OSSL_PROVIDER *modern;
	OSSL_PROVIDER *legacy;
	EVP_MD *md4;
	EVP_MD *md5;
	EVP_MAC *hmac;
	EVP_CIPHER *rc4;
};


static void crypto_destructor(void *data)
{
	struct ntlm_crypto *c = data;

	EVP_CIPHER_free(c->rc4);
	EVP_MAC_free(c->hmac);
	EVP_MD_free(c->md5);
	EVP_MD_free(c->md4);
	if (c->legacy)
		(void)OSSL_PROVIDER_unload(c->legacy);
	if (c->modern)
		(void)OSSL_PROVIDER_unload(c->modern);
	OSSL_LIB_CTX_free(c->lib);
}


int ntlm_crypto_alloc(struct ntlm_crypto **cp)
{
	struct ntlm_crypto *c = mem_zalloc(sizeof(*c), crypto_destructor);

	c->lib = OSSL_LIB_CTX_new();
	if (!c->lib)
		mem_oom();
	c->modern = OSSL_PROVIDER_load(c->lib, "default");
	c->legacy = OSSL_PROVIDER_load(c->lib, "legacy");
	if (c->modern && c->legacy) {
		c->md4 = EVP_MD_fetch(c->lib, "MD4", NULL);
		c->md5 = EVP_MD_fetch(c->lib, "MD5", NULL);
		c->hmac = EVP_MAC_fetch(c->lib, "HMAC", NULL);
		c->rc4 = EVP_CIPHER_fetch(c->lib, "RC4", NULL);
	}
	if (!c->md4 || !c->md5 || !c->hmac || !c->rc4) {
		mem_deref(c);
		return ENOTSUP;
	}
	*cp = c;
	return 0;
}


/* What was fetched fails for want of memory alone. */
static void must(bool ok)
{
	if (!ok)
		mem_oom();
}


static void digest(
	const EVP_MD *md, const struct pl *pieces, size_t n, uint8_t *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t i;

	must(ctx && EVP_DigestInit_ex2(ctx, md, NULL) == 1);
	for (i = 0; i < n; i++)
		must(EVP_DigestUpdate(ctx, pieces[i].p, pieces[i].l) == 1);
	must(EVP_DigestFinal_ex(ctx, out, NULL) == 1);
	EVP_MD_CTX_free(ctx);
}


void ntlm_md4(const struct ntlm_crypto *c, const struct pl *pieces, size_t n,
	uint8_t out[NTLM_KEY])
{
	digest(c->md4, pieces, n, out);
}


void ntlm_md5(const struct ntlm_crypto *c, const struct pl *pieces, size_t n,
	uint8_t out[NTLM_KEY])
{
	digest(c->md5, pieces, n, out);
}


void ntlm_hmac(const struct ntlm_crypto *c, const uint8_t key[NTLM_KEY],
	const struct pl *pieces, size_t n, uint8_t out[NTLM_KEY])
{
	char name[] = "MD5";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(
			OSSL_MAC_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(c->hmac);
	size_t i;

	must(ctx && EVP_MAC_init(ctx, key, NTLM_KEY, params) == 1);
	for (i = 0; i < n; i++)
		must(EVP_MAC_update(ctx, (const uint8_t *)pieces[i].p,
			     pieces[i].l) == 1);
	must(EVP_MAC_final(ctx, out, NULL, NTLM_KEY) == 1);
	EVP_MAC_CTX_free(ctx);
}


void ntlm_rc4(const struct ntlm_crypto *c, const uint8_t key[NTLM_KEY],
	const uint8_t *in, size_t n, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len;

	must(ctx && EVP_EncryptInit_ex2(ctx, c->rc4, key, NULL, NULL) == 1);
	must(EVP_EncryptUpdate(ctx, out, &len, in, (int)n) == 1);
	EVP_CIPHER_CTX_free(ctx);
}


uint32_t ntlm_crc32(const struct pl *text)
{
	uint32_t crc = UINT32_MAX;
	size_t i;
	int bit;

	for (i = 0; i < text->l; i++) {
		crc ^= (uint8_t)text->p[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}
