/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls_check.c - is the peer who it should be? The chain (RFC 5280), the SIP
 * identity (RFC 5922 section 7, RFC 9525), extended key usage (RFC 5924), a
 * pinned key; and a sentence for each refusal that says which check failed
 * and which setting cures it.
 */
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "hash.h"
#include "mbuf.h"
#include "mem.h"
#include "sa.h"
#include "tls_int.h"
#include "utf8.h"


enum {
	NAMES_SHOWN = 3,
	NAME_MAX_SHOWN = 200, /* bytes */
	TEXT_MAX = 2000,
};


/* id-kp-sipDomain, which OpenSSL has no number for */
static const char sip_domain_oid[] = "1.3.6.1.5.5.7.3.20";


/* ---- identities */

static struct pl text_of(const ASN1_STRING *s)
{
	return pl_make((const char *)ASN1_STRING_get0_data(s),
		(size_t)ASN1_STRING_length(s));
}


/* The host of "sip:host[:port][;...][?...]"; unset if URI is another. */
static struct pl sip_host(const struct pl *uri)
{
	static const struct pl scheme = PL("sip:");
	struct pl head = *uri, host = *uri;
	size_t i;

	head.l = scheme.l;
	if (uri->l <= scheme.l || !pl_caseeq(&head, &scheme) ||
		pl_chr(uri, '@'))
		return pl_make(NULL, 0);
	pl_skip(&host, scheme.l);
	if (host.p[0] == '[') {
		const char *at = pl_chr(&host, ']');

		host.l = at ? (size_t)(at - host.p) + 1 : 0;
		return host;
	}
	/* A NUL is no separator, though strchr() would find it. */
	for (i = 0; i < host.l; i++) {
		if (memchr(":;?", host.p[i], 3))
			break;
	}
	host.l = i;
	return host;
}


/* The identity that SAN holds, if it is of the TYPE asked for. */
static struct pl identity_of(const GENERAL_NAME *san, int type)
{
	struct pl none = PL_INIT, pl;

	if (san->type != type)
		return none;
	switch (type) {
	case GEN_URI:
		pl = text_of(san->d.uniformResourceIdentifier);
		return sip_host(&pl);
	case GEN_DNS:
		return text_of(san->d.dNSName);
	case GEN_IPADD:
		return text_of(san->d.iPAddress);
	}
	return none;
}


static GENERAL_NAMES *sans_of(const X509 *cert)
{
	return X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
}


/* The type of the names that count: a "sip" URI shuts out host names. */
static int type_of(const GENERAL_NAMES *sans)
{
	int i;

	for (i = 0; i < sk_GENERAL_NAME_num(sans); i++) {
		struct pl host =
			identity_of(sk_GENERAL_NAME_value(sans, i), GEN_URI);

		if (pl_isset(&host))
			return GEN_URI;
	}
	return GEN_DNS;
}


static bool has_name(const GENERAL_NAMES *sans, int type, const struct pl *name)
{
	int i;

	for (i = 0; i < sk_GENERAL_NAME_num(sans); i++) {
		struct pl id =
			identity_of(sk_GENERAL_NAME_value(sans, i), type);

		/* Lengths are compared too: a NUL inside ends nothing. */
		if (pl_isset(&id) && pl_caseeq(&id, name))
			return true;
	}
	return false;
}


static bool has_address(const GENERAL_NAMES *sans, const struct sa *sa)
{
	struct pl want = sa_family(sa) == AF_INET6
		? pl_make((const char *)&sa->u.in6.sin6_addr, 16)
		: pl_make((const char *)&sa->u.in.sin_addr, 4);
	int i;

	for (i = 0; i < sk_GENERAL_NAME_num(sans); i++) {
		struct pl id =
			identity_of(sk_GENERAL_NAME_value(sans, i), GEN_IPADD);

		if (pl_eq(&id, &want))
			return true;
	}
	return false;
}


static bool sans_name(const GENERAL_NAMES *sans, const char *text)
{
	struct pl name = pl_str(text);
	struct sa sa;

	if (name.l > 1 && name.p[name.l - 1] == '.')
		--name.l;
	if (!pl_isset(&name))
		return false;
	if (!sa_set(&sa, &name, 0) && has_address(sans, &sa))
		return true;
	return has_name(sans, type_of(sans), &name);
}


bool tls_check_name(const X509 *cert, const char *name)
{
	GENERAL_NAMES *sans = sans_of(cert);
	bool named = sans && sans_name(sans, name);

	GENERAL_NAMES_free(sans);
	return named;
}


/* ---- sentences */

/* Text of a certificate for a person: clean, and not endless. */
static void put_clean(struct mbuf *mb, const struct pl *pl)
{
	struct pl cut = *pl;

	if (cut.l > NAME_MAX_SHOWN)
		cut.l = NAME_MAX_SHOWN;
	(void)utf8_clean(mb, &cut, UTF8_NAME, false);
}


static void put_identity(struct mbuf *mb, const struct pl *id, int type)
{
	char buf[SA_TEXT_SIZE];
	struct sa sa = {0};
	struct pl text;

	if (type != GEN_IPADD) {
		put_clean(mb, id);
		return;
	}
	if (id->l == 4 && !sa_set_str(&sa, "0.0.0.0", 0))
		memcpy(&sa.u.in.sin_addr, id->p, 4);
	if (id->l == 16 && !sa_set_str(&sa, "::", 0))
		memcpy(&sa.u.in6.sin6_addr, id->p, 16);
	text = pl_str(sa_addr_text(&sa, buf));
	put_clean(mb, &text);
}


/* The identities of TYPE, comma-separated; *N counts them. */
static void put_type(
	struct mbuf *mb, const GENERAL_NAMES *sans, int type, size_t *n)
{
	int i;

	for (i = 0; i < sk_GENERAL_NAME_num(sans) && *n <= NAMES_SHOWN; i++) {
		struct pl id =
			identity_of(sk_GENERAL_NAME_value(sans, i), type);

		if (!pl_isset(&id))
			continue;
		if (*n)
			(void)mbuf_write_str(mb, ", ");
		if (*n == NAMES_SHOWN)
			(void)mbuf_write_str(mb, "...");
		else
			put_identity(mb, &id, type);
		++*n;
	}
}


/* "certificate is for A, B, not for WANTED (tls-name=A accepts it)" */
static char *why_not_name(const X509 *cert, const char *wanted)
{
	struct mbuf *mb = mbuf_alloc(TEXT_MAX);
	GENERAL_NAMES *sans = sans_of(cert);
	struct pl all, first;
	size_t n = 0;
	char *why;

	if (sans) {
		put_type(mb, sans, type_of(sans), &n);
		put_type(mb, sans, GEN_IPADD, &n);
	}
	GENERAL_NAMES_free(sans);
	all = first = mbuf_all(mb);
	if (pl_chr(&first, ','))
		first.l = (size_t)(pl_chr(&first, ',') - first.p);
	if (n)
		why = mem_printf("certificate is for %.*s, not for %s "
				 "(tls-name=%.*s accepts it)",
			PL_ARG(&all), wanted, PL_ARG(&first));
	else
		why = mem_printf("certificate names no domain or host, so it "
				 "is not for %s (tls-verify=no accepts it)",
			wanted);
	mem_deref(mb);
	return why;
}


/* Common name, or else organisation, of NAME. */
static char *name_text(const X509_NAME *name)
{
	int i = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	struct mbuf *mb = mbuf_alloc(TEXT_MAX);
	unsigned char *utf8 = NULL;
	char *text;

	if (i < 0)
		i = X509_NAME_get_index_by_NID(name, NID_organizationName, -1);
	if (i >= 0) {
		int n = ASN1_STRING_to_UTF8(&utf8,
			X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i)));
		struct pl pl = pl_make((char *)utf8, n > 0 ? (size_t)n : 0);

		put_clean(mb, &pl);
		OPENSSL_free(utf8);
	}
	text = mb->end ? mbuf_strdup(mb) : mem_strdup("an authority unnamed");
	mem_deref(mb);
	return text;
}


static char *why_dates(const X509 *cert, int depth, bool expired)
{
	const ASN1_TIME *time =
		expired ? X509_get0_notAfter(cert) : X509_get0_notBefore(cert);
	const char *whose = depth ? " of the issuing authority" : "";
	char day[32] = "a day unknown";
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) == 1)
		(void)strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	if (expired)
		return mem_printf("certificate%s expired on %s "
				  "(tls-verify=no accepts it)",
			whose, day);
	return mem_printf("certificate%s is not valid before %s; is the clock "
			  "right? (tls-verify=no accepts it)",
		whose, day);
}


static char *why_issuer(const X509 *cert)
{
	char *issuer = name_text(X509_get_issuer_name(cert));
	char *why = mem_printf("certificate is from %s, which is not a trusted "
			       "authority (tls-ca-file=FILE with its "
			       "certificate trusts it)",
		issuer);

	mem_deref(issuer);
	return why;
}


static char *why_not_chain(X509_STORE_CTX *store)
{
	int error = X509_STORE_CTX_get_error(store);
	int depth = X509_STORE_CTX_get_error_depth(store);
	const X509 *cert = X509_STORE_CTX_get_current_cert(store);

	if (!cert)
		cert = X509_STORE_CTX_get0_cert(store);
	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return why_dates(cert, depth, true);
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return why_dates(cert, depth, false);
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return mem_strdup("certificate is self-signed and not known "
				  "here (tls-ca-file=FILE with this "
				  "certificate trusts it)");
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_CERT_UNTRUSTED:
		return why_issuer(cert);
	case X509_V_ERR_INVALID_PURPOSE:
		return mem_strdup("certificate is not meant for servers, says "
				  "its key usage (tls-verify=no accepts it)");
	}
	return mem_printf("certificate is refused: %s (tls-verify=no accepts "
			  "it)",
		X509_verify_cert_error_string(error));
}


/* ---- the checks */

/* RFC 5924: a certificate may be for SIP domains and nothing else, which
 * OpenSSL, which looks for TLS servers, takes for a wrong purpose. */
static bool is_for_sip(const X509 *cert)
{
	EXTENDED_KEY_USAGE *usage =
		X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
	bool found = false;
	char oid[64];
	int i;

	for (i = 0; i < sk_ASN1_OBJECT_num(usage) && !found; i++) {
		(void)OBJ_obj2txt(
			oid, sizeof(oid), sk_ASN1_OBJECT_value(usage, i), 1);
		found = !strcmp(oid, sip_domain_oid);
	}
	EXTENDED_KEY_USAGE_free(usage);
	return found;
}


static int purpose_handler(int ok, X509_STORE_CTX *store)
{
	if (!ok &&
		X509_STORE_CTX_get_error(store) == X509_V_ERR_INVALID_PURPOSE &&
		!X509_STORE_CTX_get_error_depth(store) &&
		is_for_sip(X509_STORE_CTX_get_current_cert(store))) {
		X509_STORE_CTX_set_error(store, X509_V_OK);
		return 1;
	}
	return ok;
}


static char *check_names(const X509 *cert, char *const *names)
{
	char *const *name;

	for (name = names; *name; name++) {
		if (tls_check_name(cert, *name))
			return NULL;
	}
	return why_not_name(cert, names[0] ? names[0] : "any known name");
}


/* The base64 SHA-256 of CERT's public key (mem_deref). */
static char *pin_of(const X509 *cert)
{
	unsigned char *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
	struct pl pl = pl_make((char *)der, n > 0 ? (size_t)n : 0);
	uint8_t digest[HASH_MAX];
	size_t len = hash_pieces(HASH_SHA256, &pl, 1, digest);

	OPENSSL_free(der);
	return hash_base64(digest, len);
}


/* PINS: one, or several with blanks between them. */
static char *check_pin(const X509 *cert, const char *pins)
{
	struct pl rest = pl_str(pins), want;
	char *have = pin_of(cert), *why = NULL;
	bool more, found = false;

	do {
		more = pl_split(&rest, ' ', &want);
		want = pl_trim(&want);
		found = found || (have[0] && pl_streq(&want, have));
	} while (more && !found);
	if (!found)
		why = mem_printf("public key of the certificate is %s, not the "
				 "pinned one (tls-pin=%s accepts it)",
			have, have);
	mem_deref(have);
	return why;
}


char *tls_check(X509_STORE_CTX *store, const struct tls_want *want)
{
	const X509 *cert = X509_STORE_CTX_get0_cert(store);
	char *why = NULL;

	if (want->verify) {
		X509_STORE_CTX_set_verify_cb(store, purpose_handler);
		if (X509_verify_cert(store) <= 0)
			return why_not_chain(store);
		why = check_names(cert, want->names);
		if (why)
			X509_STORE_CTX_set_error(
				store, X509_V_ERR_HOSTNAME_MISMATCH);
	}
	if (!why && want->pin) {
		why = check_pin(cert, want->pin);
		if (why)
			X509_STORE_CTX_set_error(
				store, X509_V_ERR_CERT_REJECTED);
	}
	return why;
}
