/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>
#include "cert.h"
#include "hash.h"
#include "unit.h"


static void add_ext(X509 *x509, X509V3_CTX *ctx, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, ctx, nid, value);

	assert_non_null(ext);
	assert_int_equal(X509_add_ext(x509, ext, -1), 1);
	X509_EXTENSION_free(ext);
}


/* What an authority that looks at names as C strings would sign. */
static void add_san(X509 *x509, X509V3_CTX *ctx, const char *value)
{
	X509_EXTENSION *ext =
		X509V3_EXT_conf_nid(NULL, ctx, NID_subject_alt_name, value);
	GENERAL_NAMES *names = X509V3_EXT_d2i(ext);
	int i, k;

	assert_non_null(names);
	for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		for (k = 0; k < name->d.ia5->length; k++) {
			if (name->type != GEN_IPADD &&
				name->d.ia5->data[k] == '~')
				name->d.ia5->data[k] = '\0';
		}
	}
	assert_int_equal(
		X509_add1_ext_i2d(x509, NID_subject_alt_name, names, 0, 0), 1);
	GENERAL_NAMES_free(names);
	X509_EXTENSION_free(ext);
}


static void fill(X509 *x509, EVP_PKEY *key, const struct cert_spec *spec)
{
	const struct cert *issuer = spec->issuer;
	X509_NAME *name = X509_get_subject_name(x509);
	long serial = random();
	X509V3_CTX ctx;

	assert_int_equal(X509_set_version(x509, 2), 1);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), serial);
	X509_gmtime_adj(X509_getm_notBefore(x509), spec->from * 86400L);
	X509_gmtime_adj(X509_getm_notAfter(x509), spec->to * 86400L);
	X509_set_pubkey(x509, key);
	if (spec->cn)
		X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
			(const unsigned char *)spec->cn, -1, -1, 0);
	X509_set_issuer_name(
		x509, issuer ? X509_get_subject_name(issuer->x509) : name);
	X509V3_set_ctx(&ctx, issuer ? issuer->x509 : x509, x509, NULL, NULL, 0);
	add_ext(x509, &ctx, NID_basic_constraints,
		spec->ca ? "critical,CA:TRUE" : "CA:FALSE");
	if (spec->san)
		add_san(x509, &ctx, spec->san);
	if (spec->usage)
		add_ext(x509, &ctx, NID_ext_key_usage, spec->usage);
	assert_true(
		X509_sign(x509, issuer ? issuer->key : key, EVP_sha256()) > 0);
}


void cert_make(struct cert *c, const char *dir, const char *name,
	const struct cert_spec *spec)
{
	FILE *f;

	c->key = EVP_EC_gen("P-256");
	c->x509 = X509_new();
	assert_non_null(c->key);
	fill(c->x509, c->key, spec);
	c->cert_file = mem_printf("%s/%s.crt", dir, name);
	c->key_file = mem_printf("%s/%s.key", dir, name);
	f = fopen(c->cert_file, "w");
	assert_non_null(f);
	assert_int_equal(PEM_write_X509(f, c->x509), 1);
	fclose(f);
	f = fopen(c->key_file, "w");
	assert_non_null(f);
	assert_int_equal(
		PEM_write_PrivateKey(f, c->key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(f);
}


void cert_free(struct cert *c)
{
	X509_free(c->x509);
	EVP_PKEY_free(c->key);
	mem_deref(c->cert_file);
	mem_deref(c->key_file);
	memset(c, 0, sizeof(*c));
}


char *cert_pin(const struct cert *c)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(c->key, &der);
	struct pl pl = pl_make((char *)der, (size_t)n);
	uint8_t digest[HASH_MAX];
	size_t len = hash_pieces(HASH_SHA256, &pl, 1, digest);

	OPENSSL_free(der);
	return hash_base64(digest, len);
}


char *cert_dir_make(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = mem_printf("%s/unit-net.XXXXXX", tmp ? tmp : "/tmp");

	assert_non_null(mkdtemp(dir));
	return dir;
}


void cert_dir_remove(char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d))) {
		char *path = mem_printf("%s/%s", dir, e->d_name);

		if (e->d_name[0] != '.')
			(void)unlink(path);
		mem_deref(path);
	}
	closedir(d);
	assert_int_equal(rmdir(dir), 0);
	mem_deref(dir);
}
