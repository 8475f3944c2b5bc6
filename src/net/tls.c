/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls.c - TLS over OpenSSL, between memory buffers: contexts, handshake,
 * reading and writing (RFC 8446, RFC 5246, RFC 8996).
 */
#include <errno.h>
#include <libgen.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "mem.h"
#include "sa.h"
#include "tls_int.h"


struct tls {
	SSL_CTX *ctx;
	bool server;
};

struct tls_conn {
	SSL *ssl;
	BIO *in, *out; /* the SSL's */
	struct tls_want want;
	bool client;
	bool verified;
	char *why;
	char cipher[96];
};


static void tls_destructor(void *data)
{
	struct tls *tls = data;

	SSL_CTX_free(tls->ctx);
}


static void tls_conn_destructor(void *data)
{
	struct tls_conn *c = data;
	char **name;

	SSL_free(c->ssl);
	for (name = c->want.names; name && *name; name++)
		mem_deref(*name);
	mem_deref(c->want.names);
	mem_deref(c->want.pin);
	mem_deref(c->why);
}


/* ---- contexts */

/* Says what is wrong with the FILE that SETTING names. */
static int bad_file(char **why, int err, const char *file, const char *setting,
	const char *what)
{
	ERR_clear_error();
	if (why)
		*why = mem_printf("%s (%s) %s", file, setting, what);
	return err;
}


static int check_readable(const char *file, const char *setting, char **why)
{
	char *what;
	int err = access(file, R_OK) ? errno : 0;

	if (!err)
		return 0;
	what = mem_printf("cannot be read: %s", strerror(err));
	(void)bad_file(why, err, file, setting, what);
	mem_deref(what);
	return err == ENOENT || err == EACCES ? err : EINVAL;
}


/* True if FILE lies in DIR, links resolved: a bundle beside the certificates
 * that it was made of. */
static bool lies_in(const char *file, const char *dir)
{
	char *real_file = realpath(file, NULL), *real_dir = realpath(dir, NULL);
	bool lies =
		real_file && real_dir && !strcmp(dirname(real_file), real_dir);

	free(real_file);
	free(real_dir);
	return lies;
}


/* The system's hashed directory: to read a bundle of all its certificates
 * takes 15 to 30 ms. That is done where there is no directory, and where the
 * user names one (SSL_CERT_FILE) that may have more. */
static int load_system_trust(SSL_CTX *ctx)
{
	const char *dir = getenv(X509_get_default_cert_dir_env());
	const char *file = getenv(X509_get_default_cert_file_env());
	bool ok;

	if (!dir)
		dir = X509_get_default_cert_dir();
	ok = SSL_CTX_set_default_verify_dir(ctx) == 1;
	if ((file && !lies_in(file, dir)) || access(dir, X_OK))
		ok = SSL_CTX_set_default_verify_file(ctx) == 1 && ok;
	return ok ? 0 : EINVAL;
}


static int load_trust(SSL_CTX *ctx, const char *file, char **why)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(ctx);
	int err;

	/* A certificate that was named is trusted, whoever issued it. */
	(void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	if (!file)
		return load_system_trust(ctx);
	err = check_readable(file, "tls-ca-file", why);
	if (err)
		return err;
	if (SSL_CTX_load_verify_locations(ctx, file, NULL) != 1)
		return bad_file(why, EINVAL, file, "tls-ca-file",
			"holds no certificate in PEM form");
	return 0;
}


/* A key with a passphrase must not make OpenSSL ask on the terminal. */
static int no_passphrase(char *buf, int size, int rwflag, void *arg)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)arg;
	return -1;
}


static int load_own(SSL_CTX *ctx, const struct tls_config *config, char **why)
{
	const char *cert = config->certificate;
	const char *key = config->key ? config->key : cert;
	int err = check_readable(cert, "tls-certificate", why);

	err = err ? err : check_readable(key, "tls-key", why);
	if (err)
		return err;
	SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
	if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1)
		return bad_file(why, EINVAL, cert, "tls-certificate",
			"holds no certificate in PEM form");
	if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) == 1)
		return 0;
	if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH)
		return bad_file(why, EINVAL, key, "tls-key",
			"is not the key of the certificate");
	return bad_file(why, EINVAL, key, "tls-key",
		"holds no private key in PEM form without passphrase");
}


static int verify_handler(X509_STORE_CTX *store, void *arg);


static int set_up(SSL_CTX *ctx, const struct tls_config *config, char **why)
{
	int err = 0;

	if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1)
		return EINVAL;
	(void)SSL_CTX_set_options(
		ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	(void)SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_cert_verify_callback(ctx, verify_handler, NULL);
	if (!config->server)
		err = load_trust(ctx, config->ca_file, why);
	if (!err && config->certificate)
		err = load_own(ctx, config, why);
	return err;
}


int tls_alloc(struct tls **tlsp, const struct tls_config *config, char **why)
{
	struct tls *tls;
	int err;

	if (why)
		*why = NULL;
	if (config->server && !config->certificate) {
		if (why)
			*why = mem_strdup("listening for TLS needs "
					  "tls-certificate and tls-key");
		return EINVAL;
	}
	tls = mem_zalloc(sizeof(*tls), tls_destructor);
	tls->server = config->server;
	tls->ctx = SSL_CTX_new(
		config->server ? TLS_server_method() : TLS_client_method());
	if (!tls->ctx)
		mem_oom();
	err = set_up(tls->ctx, config, why);
	ERR_clear_error();
	if (err) {
		if (why && !*why)
			*why = mem_strdup("OpenSSL refuses its own defaults");
		mem_deref(tls);
	} else {
		*tlsp = tls;
	}
	return err;
}


bool tls_is_server(const struct tls *tls)
{
	return tls->server;
}


/* ---- connections */

/* OpenSSL asks whether the peer is to be believed. */
static int verify_handler(X509_STORE_CTX *store, void *arg)
{
	int index = SSL_get_ex_data_X509_STORE_CTX_idx();
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, index);
	struct tls_conn *c = SSL_get_app_data(ssl);
	char *why = tls_check(store, &c->want);

	(void)arg;
	if (why) {
		mem_deref(c->why);
		c->why = why;
		return 0;
	}
	c->verified = c->want.verify;
	return 1;
}


static void copy_want(struct tls_want *want, const struct tls_peer *peer)
{
	size_t i, n = 0;

	while (peer->names && peer->names[n])
		++n;
	want->names = mem_zalloc((n + 1) * sizeof(*want->names), NULL);
	for (i = 0; i < n; i++)
		want->names[i] = mem_strdup(peer->names[i]);
	want->verify = peer->verify;
	want->pin = mem_strdup(peer->pin);
}


static int set_client(struct tls_conn *c, const struct tls_peer *peer)
{
	struct sa numeric;

	copy_want(&c->want, peer);
	c->client = true;
	SSL_set_connect_state(c->ssl);
	SSL_set_verify(c->ssl, SSL_VERIFY_PEER, NULL);
	/* RFC 6066 section 3: no addresses. */
	if (peer->server_name && sa_set_str(&numeric, peer->server_name, 0) &&
		SSL_set_tlsext_host_name(c->ssl, peer->server_name) != 1)
		return EINVAL;
	return 0;
}


int tls_conn_alloc(
	struct tls_conn **cp, struct tls *tls, const struct tls_peer *peer)
{
	struct tls_conn *c;
	int err = 0;

	if (!peer != tls->server)
		return EINVAL;
	c = mem_zalloc(sizeof(*c), tls_conn_destructor);
	c->ssl = SSL_new(tls->ctx);
	c->in = BIO_new(BIO_s_mem());
	c->out = BIO_new(BIO_s_mem());
	if (!c->ssl || !c->in || !c->out)
		mem_oom();
	/* "Nothing there" is "later", not the end. */
	BIO_set_mem_eof_return(c->in, -1);
	BIO_set_mem_eof_return(c->out, -1);
	SSL_set_bio(c->ssl, c->in, c->out);
	SSL_set_app_data(c->ssl, c);
	if (peer)
		err = set_client(c, peer);
	else
		SSL_set_accept_state(c->ssl);
	if (err)
		mem_deref(c);
	else
		*cp = c;
	return err;
}


int tls_conn_feed(struct tls_conn *c, const void *p, size_t n)
{
	size_t done = 0;

	return BIO_write_ex(c->in, p, n, &done) == 1 && done == n ? 0 : EIO;
}


/* The sentence for an error that OpenSSL reports; those of the certificate
 * have been made where it was checked. */
static char *why_of(unsigned long error)
{
	const char *text = ERR_reason_error_string(error);

	switch (ERR_GET_REASON(error)) {
	case SSL_R_WRONG_VERSION_NUMBER:
	case SSL_R_HTTP_REQUEST:
	case SSL_R_PACKET_LENGTH_TOO_LONG:
	case SSL_R_RECORD_LENGTH_MISMATCH:
		return mem_strdup("the peer does not speak TLS at this port "
				  "(proxy names another)");
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
	case SSL_R_VERSION_TOO_LOW:
		return mem_strdup("the peer knows no TLS of version 1.2 or "
				  "later (proxy names another)");
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
		return mem_strdup("the peer asks for a certificate of ours "
				  "(tls-certificate and tls-key give one)");
	case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
	case SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY:
		return mem_strdup(
			"the peer refuses the handshake: no cipher "
			"in common, or it asks for a certificate of "
			"ours (tls-certificate and tls-key give one)");
	case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
	case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
		return mem_printf("the peer does not accept our certificate: "
				  "%s (tls-certificate and tls-key give "
				  "another)",
			text ? text : "no reason given");
	}
	return mem_printf("the TLS connection failed: %s",
		text ? text : "no reason given");
}


/* What the result R of an SSL call means, as our errno. */
static int errno_of(struct tls_conn *c, int r)
{
	switch (SSL_get_error(c->ssl, r)) {
	case SSL_ERROR_NONE:
		return 0;
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return EAGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return ESHUTDOWN;
	}
	if (!c->why)
		c->why = why_of(ERR_peek_error());
	ERR_clear_error();
	return EPROTO;
}


int tls_conn_handshake(struct tls_conn *c)
{
	int err;

	ERR_clear_error();
	err = errno_of(c, SSL_do_handshake(c->ssl));
	if (err)
		return err == ESHUTDOWN ? EPROTO : err;
	/* "TLSv1.3" is what OpenSSL says. */
	(void)snprintf(c->cipher, sizeof(c->cipher), "TLS %s, %s",
		SSL_get_version(c->ssl) + strlen("TLSv"),
		SSL_get_cipher_name(c->ssl));
	return 0;
}


int tls_conn_read(struct tls_conn *c, void *p, size_t size, size_t *n)
{
	int r;

	ERR_clear_error();
	r = SSL_read_ex(c->ssl, p, size, n);
	return r == 1 ? 0 : errno_of(c, r);
}


int tls_conn_write(struct tls_conn *c, const void *p, size_t n)
{
	size_t done = 0;
	int r;

	/* The buffer behind it grows, so all is taken or nothing. */
	ERR_clear_error();
	r = SSL_write_ex(c->ssl, p, n, &done);
	return r == 1 ? 0 : errno_of(c, r);
}


void tls_conn_shutdown(struct tls_conn *c)
{
	ERR_clear_error();
	(void)SSL_shutdown(c->ssl);
	ERR_clear_error();
}


struct pl tls_conn_output(const struct tls_conn *c)
{
	char *p = NULL;
	long n = BIO_get_mem_data(c->out, &p);

	return pl_make(p, n > 0 ? (size_t)n : 0);
}


void tls_conn_sent(struct tls_conn *c)
{
	(void)BIO_reset(c->out);
}


const char *tls_conn_why(const struct tls_conn *c)
{
	return c->why ? c->why : "the TLS connection failed";
}


const char *tls_conn_cipher(const struct tls_conn *c)
{
	return c->cipher;
}


bool tls_conn_peer_is(const struct tls_conn *c, const char *name)
{
	X509 *cert = SSL_get0_peer_certificate(c->ssl);

	return c->verified && cert && tls_check_name(cert, name);
}
