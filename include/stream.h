/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stream.h - connections: TCP (tcp.h part) and TLS over it (tls.h part)
 * behind one object, with a bounded send queue.
 */
#ifndef SOTTO_STREAM_H
#define SOTTO_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "log.h"
#include "loop.h"
#include "pl.h"
#include "sa.h"
#include "work.h"

struct stream;
struct stream_listener;
struct tls; /* certificates and trust of one side; made once, shared */

/* Why a connection ended or was never made. */
struct stream_end {
	int err;          /* 0: closed by the peer in order; else errno;
	                     EPROTO with TLS set: TLS refused */
	bool tls;         /* a TLS check failed */
	const char *why;  /* one sentence without final stop, borrowed: names
	                     the check that failed and the setting that cures
	                     it, e.g. "certificate is for other.example, not
	                     for example.org (tls-name=other.example accepts
	                     it)" */
};

struct stream_handlers {
	/* Connected, for TLS after all checks. Called from the loop, never
	 * from within tcp_connect(). */
	void (*up)(void *arg);

	/* N bytes arrived; valid during the call. The handler may
	 * mem_deref() the stream. */
	void (*recv)(const uint8_t *p, size_t n, void *arg);

	/* Ended; called once, never after mem_deref(). */
	void (*down)(const struct stream_end *end, void *arg);

	/* The send queue is empty again. May be NULL. */
	void (*drained)(void *arg);
};

/* A new connection was accepted (for TLS: handshake done). The handler takes
 * over the reference S, sets handlers with stream_set_handlers(), or
 * mem_deref()s it to refuse. */
typedef void(stream_accept_h)(struct stream *s, const struct sa *peer,
	void *arg);

/* What a TLS connection must prove (RFC 5922, RFC 9525). */
struct tls_peer {
	const char *server_name; /* SNI: the domain as typed; NULL: none */
	const char *const *names; /* accepted identities: domains, hosts,
	                             numeric addresses; NULL-terminated. A SAN
	                             URI sip:NAME, a SAN dNSName NAME (no
	                             wildcards) or a SAN iPAddress; the CN is
	                             not looked at */
	bool verify;              /* false: tls-verify=no */
	const char *pin;          /* tls-pin: base64 SHA-256 of the public
	                             key, checked in addition; several with
	                             blanks between them; NULL: none */
};

/* Where trust and our own certificate come from; all may be NULL. */
struct tls_config {
	const char *ca_file;     /* NULL: the system's hashed directory */
	const char *certificate; /* PEM file, chain included */
	const char *key;         /* PEM file */
	bool server;             /* for listening: certificate and key must
	                            be set */
};

/* A context, made at first use (2.4 ms). EINVAL, EACCES, ENOENT with *WHY
 * (mem_deref) telling which file and what is wrong with it. */
int tls_alloc(struct tls **tlsp, const struct tls_config *config, char **why);

/* Connects to DST; TLS NULL for plain TCP, then PEER is not read. PEER is
 * copied. H and ARG from the first moment. Errno only for what fails at
 * once. mem_deref() closes; queued bytes are still sent for 2 s. */
int stream_connect(struct stream **sp, struct loop *loop, const struct sa *dst,
	struct tls *tls, const struct tls_peer *peer,
	const struct stream_handlers *h, void *arg);

/* Listens at LOCAL; TLS NULL for plain TCP. At most 1000 connections and
 * handshakes that take over 10 s are closed. Errno. */
int stream_listen(struct stream_listener **lp, struct loop *loop,
	const struct sa *local, struct tls *tls, stream_accept_h *accepth,
	void *arg);
const struct sa *stream_listener_local(const struct stream_listener *l);

void stream_set_handlers(struct stream *s, const struct stream_handlers *h,
	void *arg);

/* Queues and sends. ENOBUFS: more than 4 MiB wait already, nothing was
 * taken; ENOTCONN: not up yet or ended. */
int stream_send(struct stream *s, const void *p, size_t n);

const struct sa *stream_local(const struct stream *s);
const struct sa *stream_peer(const struct stream *s);
bool stream_is_tls(const struct stream *s);

/* "TLS 1.3, TLS_AES_256_GCM_SHA384" or "" (borrowed). */
const char *stream_cipher(const struct stream *s);

/* True if the peer's verified certificate names NAME. */
bool stream_peer_is(const struct stream *s, const char *name);

#endif
