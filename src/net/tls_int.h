/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls_int.h - TLS as a machine between buffers, for tcp.c. */
#ifndef SOTTO_TLS_INT_H
#define SOTTO_TLS_INT_H

#include <stdbool.h>
#include <stddef.h>
#include "pl.h"
#include "stream.h"

struct tls_conn;
struct x509_st;
struct x509_store_ctx_st;

/* What the peer must prove, as kept by a connection. */
struct tls_want {
	char **names; /* NULL-terminated */
	bool verify;
	char *pin;
};

/* One side of a connection: PEER given, the client. Errno. */
int tls_conn_alloc(
	struct tls_conn **cp, struct tls *tls, const struct tls_peer *peer);

bool tls_is_server(const struct tls *tls);

/* Takes N bytes that arrived from the network. Errno. */
int tls_conn_feed(struct tls_conn *c, const void *p, size_t n);

/* Takes the handshake on: 0 done, EAGAIN, EPROTO (tls_conn_why()). */
int tls_conn_handshake(struct tls_conn *c);

/* Plain text to read: 0 with *N > 0, EAGAIN, ESHUTDOWN where the peer has
 * closed in order, EPROTO. */
int tls_conn_read(struct tls_conn *c, void *p, size_t size, size_t *n);
int tls_conn_write(struct tls_conn *c, const void *p, size_t n);

/* Says goodbye to the peer. */
void tls_conn_shutdown(struct tls_conn *c);

/* Bytes for the network (valid until the next call), and that they are on
 * their way. */
struct pl tls_conn_output(const struct tls_conn *c);
void tls_conn_sent(struct tls_conn *c);

/* The sentence of the last EPROTO. */
const char *tls_conn_why(const struct tls_conn *c);
const char *tls_conn_cipher(const struct tls_conn *c);
bool tls_conn_peer_is(const struct tls_conn *c, const char *name);

/* tls_check.c: NULL if the peer whose certificate is to be verified in STORE
 * is who it should be, else the sentence that says why not (mem_deref). */
char *tls_check(struct x509_store_ctx_st *store, const struct tls_want *want);

/* True if CERT has NAME among its identities. */
bool tls_check_name(const struct x509_st *cert, const char *name);

#endif
