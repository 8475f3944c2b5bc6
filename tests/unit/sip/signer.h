/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signer.h - a server of a lab that signs: NTLM's other half for the tests of
 * associations. Its arithmetic is that of the program, which published answers
 * prove elsewhere.
 */
#ifndef SOTTO_TEST_SIP_SIGNER_H
#define SOTTO_TEST_SIP_SIGNER_H

#include "assoc.h"
#include "lab.h"

#define SIGNER_REALM  "SIP Communications Service"
#define SIGNER_TARGET "fe01.example.org"

struct signer {
	struct lab *lab;
	struct lab_peer *peer; /* 192.0.2.2:5060 over TCP, silent by itself */
	struct sip_agent *agent; /* alice, whose proxy that is */
	struct lab_results results;
	struct sip_request *r;
	struct ntlm_crypto *crypto;
	struct ntlm_keys keys;
	bool proxy;
	unsigned version;
	uint32_t flags;
	const char *opaque;
	uint32_t snum; /* the last one used */
	uint32_t cnum; /* the last one seen */
	unsigned serial; /* of its own requests */
	size_t next; /* the first message of the peer's not looked at */
};

void signer_start(struct signer *s, unsigned version, bool proxy);
void signer_stop(struct signer *s);

/* Sends METHOD to TARGET and lets the answers below come. */
void signer_send(struct signer *s, const char *method, const char *target);

/* The next message that the peer got, within a second. */
const struct msg *signer_got(struct signer *s);
bool signer_has(struct signer *s); /* there is one */

/* Answers the last one that it got; "200\nX: y". */
void signer_answer(struct signer *s, const char *script);

/* ... and signs the answer, whose number is N. */
void signer_answer_signed(struct signer *s, uint16_t status, uint32_t n);

/* "401\nWWW-Authenticate: NTLM ...", with further parameters (mem_deref). */
char *signer_challenge(const struct signer *s, const char *more);

/* The same with a CHALLENGE for who has begun. */
char *signer_token(const struct signer *s);

/* The two legs after a challenge. */
void signer_legs(struct signer *s);

/* Three legs for the request just sent, which the last one leaves
 * unanswered. */
void signer_handshake(struct signer *s);

/* REGISTER, three legs and a signed 200. */
void signer_register(struct signer *s);

/* The line "Authentication-Info: ..." for a message with these texts
 * (mem_deref). */
char *signer_line(const struct signer *s, const struct msg *msg, uint32_t n);

/* A request of the server's, signed as number N (0: not), on its
 * connection. */
void signer_request(struct signer *s, const char *method, uint32_t n);

/* MSG has alice's signature with the next number. */
void signer_verify(struct signer *s, const struct msg *msg);
void signer_unsigned(const struct signer *s, const struct msg *msg);

/* The final result of the request, which is forgotten then. */
struct lab_result signer_result(struct signer *s);

#endif
