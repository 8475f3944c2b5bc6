/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cert.h - certificates made for a test, in a directory of its own. */
#ifndef SOTTO_TEST_CERT_H
#define SOTTO_TEST_CERT_H

#include <openssl/x509.h>
#include <stdbool.h>

struct cert {
	X509 *x509;
	EVP_PKEY *key;
	char *cert_file, *key_file;
};

struct cert_spec {
	const char *cn; /* subject; NULL: empty */
	const char *san; /* "DNS:a,URI:sip:b,IP:::1", ~ being a NUL; NULL:
			  * none */
	const struct cert *issuer; /* NULL: self-signed */
	int from, to; /* days from now */
	bool ca;
	const char *usage; /* extended; NULL: none */
};

/* Makes NAME.crt and NAME.key in DIR. */
void cert_make(struct cert *c, const char *dir, const char *name,
	const struct cert_spec *spec);
void cert_free(struct cert *c);

/* The base64 SHA-256 of the public key (mem_deref). */
char *cert_pin(const struct cert *c);

/* A new directory; its files and it removed (and DIR released). */
char *cert_dir_make(void);
void cert_dir_remove(char *dir);

#endif
