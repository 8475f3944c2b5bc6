/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ntlm.h - NTLM version 2 as servers of the Office Communications Server
 * family want it: connectionless, no NEGOTIATE, signatures only ([MS-NLMP]
 * with the profile of [MS-SIPAE]); for auth_ntlm*.c, auth_sipae.c and
 * auth_assoc.c alone.
 *
 * auth_ntlm_crypto.c  the old ciphers
 * auth_ntlm_token.c   CHALLENGE and AUTHENTICATE as bytes
 * auth_ntlm_key.c     from a password to answers, keys and signatures
 */
#ifndef SOTTO_SIP_NTLM_H
#define SOTTO_SIP_NTLM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mbuf.h"
#include "pl.h"

/* ---- crypto --------------------------------------------------------- */

enum {
	NTLM_KEY = 16, /* bytes of a key, an MD4, an MD5 */
	NTLM_NONCE = 8, /* of a challenge of either side, and of a time */
};

/* MD4 and RC4 of OpenSSL's legacy provider in a library context of their own,
 * so that nothing else of the program can come to use them (mem_deref).
 * ENOTSUP: this OpenSSL has no such provider. */
struct ntlm_crypto;
int ntlm_crypto_alloc(struct ntlm_crypto **cp);

/* Digests of the N pieces one after the other. */
void ntlm_md4(const struct ntlm_crypto *c, const struct pl *pieces, size_t n,
	uint8_t out[NTLM_KEY]);
void ntlm_md5(const struct ntlm_crypto *c, const struct pl *pieces, size_t n,
	uint8_t out[NTLM_KEY]);
void ntlm_hmac(const struct ntlm_crypto *c, const uint8_t key[NTLM_KEY],
	const struct pl *pieces, size_t n, uint8_t out[NTLM_KEY]);

/* RC4 of the N bytes at IN from the start of its stream; OUT may be IN. */
void ntlm_rc4(const struct ntlm_crypto *c, const uint8_t key[NTLM_KEY],
	const uint8_t *in, size_t n, uint8_t *out);
uint32_t ntlm_crc32(const struct pl *text);

/* ---- token ---------------------------------------------------------- */

enum {
	NTLM_UNICODE = 0x00000001,
	NTLM_REQUEST_TARGET = 0x00000004,
	NTLM_SIGN = 0x00000010,
	NTLM_DATAGRAM = 0x00000040,
	NTLM_NTLM = 0x00000200,
	NTLM_ALWAYS_SIGN = 0x00008000,
	NTLM_EXTENDED = 0x00080000, /* extended session security */
	NTLM_IDENTIFY = 0x00100000,
	NTLM_TARGET_INFO = 0x00800000,
	NTLM_VERSION = 0x02000000,
	NTLM_128 = 0x20000000,
	NTLM_KEY_EXCH = 0x40000000,
};
#define NTLM_56 0x80000000U

/* A CHALLENGE; borrows. */
struct ntlm_challenge {
	uint32_t flags;
	uint8_t nonce[NTLM_NONCE];
	struct pl target_info;
	bool has_time;
	uint8_t time[NTLM_NONCE]; /* with has_time */
};

/* Reads the N bytes of a token. EBADMSG: it is no CHALLENGE, or a length or an
 * offset in it is wrong. */
int ntlm_challenge_decode(struct ntlm_challenge *c, const void *p, size_t n);

/* The flags of the answer to FLAGS; 0: a server that leaves out what we need.
 * Where OLD is true it may leave out extended session security. */
uint32_t ntlm_flags(uint32_t flags, bool old);

/* What an AUTHENTICATE consists of; texts in UTF-16LE. */
struct ntlm_authenticate {
	uint32_t flags;
	struct pl domain;
	struct pl user;
	struct pl workstation;
	struct pl lm;
	struct pl nt;
	struct pl session_key;
};

/* Appends the token. EMSGSIZE: a part has over 65535 bytes. */
int ntlm_authenticate_encode(
	struct mbuf *mb, const struct ntlm_authenticate *a);

/* Appends UTF-8 TEXT in UTF-16LE, UPPER: in upper case. */
void ntlm_put_utf16(struct mbuf *mb, const struct pl *text, bool upper);

/* ---- key ------------------------------------------------------------ */

/* "DOMAIN\\user", "user@dns.domain" (all of it the user) or "user". */
void ntlm_login_split(const char *login, struct pl *domain, struct pl *user);

/* NTOWFv2: what stands for the password. */
void ntlm_owf(const struct ntlm_crypto *c, const struct pl *domain,
	const struct pl *user, const char *password, uint8_t owf[NTLM_KEY]);

struct ntlm_answer {
	struct mbuf *nt; /* NTProofStr and blob */
	uint8_t lm[NTLM_KEY + NTLM_NONCE];
	uint8_t base[NTLM_KEY]; /* session base key */
};

/* NTLMv2 answers to CHALLENGE, with our own NONCE, at TIME (where the server
 * tells none). ntlm_answer_clear() wipes and releases. */
void ntlm_answer_make(struct ntlm_answer *a, const struct ntlm_crypto *c,
	const uint8_t owf[NTLM_KEY], const struct ntlm_challenge *challenge,
	const uint8_t nonce[NTLM_NONCE], const uint8_t time[NTLM_NONCE]);
void ntlm_answer_clear(struct ntlm_answer *a);

/* Milliseconds since 1970 as the 8 bytes of a blob. */
void ntlm_time(uint8_t out[NTLM_NONCE], int64_t wall_ms);

/* The keys of one side. */
struct ntlm_side {
	uint8_t sign[NTLM_KEY];
	uint8_t seal[NTLM_KEY];
};
struct ntlm_keys {
	bool extended;
	uint8_t session[NTLM_KEY]; /* the exported session key */
	struct ntlm_side client;
	struct ntlm_side server;
};
void ntlm_keys_make(struct ntlm_keys *keys, const struct ntlm_crypto *c,
	const uint8_t session[NTLM_KEY], uint32_t flags);

enum {
	NTLM_MAC = 16,
	NTLM_SEQ = 100, /* of every signature in SIP, never counted up */
};

/* First 8 bytes of HMAC-MD5(sign key, SEQ, TEXT): a signature before its
 * RC4. */
void ntlm_checksum(const struct ntlm_crypto *c, const struct ntlm_side *side,
	uint32_t seq, const struct pl *text, uint8_t out[8]);

/* The signature of TEXT; PAD counts without extended security alone. */
void ntlm_sign(const struct ntlm_crypto *c, const struct ntlm_keys *keys,
	bool server, uint32_t pad, const struct pl *text,
	uint8_t mac[NTLM_MAC]);

/* True if MAC is the server's signature of TEXT; in constant time. */
bool ntlm_verify(const struct ntlm_crypto *c, const struct ntlm_keys *keys,
	const struct pl *text, const uint8_t mac[NTLM_MAC]);

#endif
