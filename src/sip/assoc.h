/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * assoc.h - security associations: what an account and its server agreed on
 * over one flow, so that each signs all it sends there ([MS-SIPAE]); for
 * auth*.c, sip.c and transp.c alone.
 */
#ifndef SOTTO_SIP_ASSOC_H
#define SOTTO_SIP_ASSOC_H

#include "ntlm.h"
#include "sip_int.h"

/* ---- auth_sipae.c: what is signed ----------------------------------- */

struct sipae {
	unsigned version; /* 2, 3, 4 */
	struct pl rand; /* crand or srand */
	struct pl num; /* cnum or snum */
	struct pl realm;
	struct pl target;
};

/* Appends the string whose signature stands for MSG. */
int sipae_text(struct mbuf *mb, const struct sipae *s, const struct msg *msg);

/* ---- auth_assoc.c --------------------------------------------------- */

/* One association: in the flow's list, which owns it, and in that of the
 * account's credentials. It ends with either. The insides are for
 * auth_assoc*.c alone. */
struct sip_assoc {
	struct le le; /* the flow's */
	struct le own_le; /* its account's */
	struct tmrs *tmrs;
	struct rand *rand;
	char *aor;
	struct uri uri; /* of aor */
	bool proxy;
	unsigned version;
	char *realm;
	char *target;
	char *opaque; /* NULL: none */
	struct ntlm_crypto *crypto;
	struct ntlm_keys keys;
	bool stands;
	uint64_t stood; /* since then, by tmrs_now() */
	uint32_t cnum; /* the last one used */
	uint64_t made; /* by tmrs_now() */
	uint64_t registered; /* the last REGISTER signed */
	uint32_t snum; /* the highest seen; 0: none */
	uint64_t seen; /* bit N: snum - N was seen */
};

struct sip_assoc_config {
	const char *aor; /* whose messages it signs */
	bool proxy; /* it was made by 407 */
	unsigned version;
	const char *realm;
	const char *target;
	const char *opaque; /* NULL: none */
	struct ntlm_crypto *crypto; /* a reference is taken */
	const struct ntlm_keys *keys; /* copied; the caller wipes */
};

/* A new one on FLOW that stands once the server has taken our answer, and is
 * known to LIST from then on. */
struct sip_assoc *sip_assoc_add(struct sip_flow *flow, struct list *list,
	const struct sip_assoc_config *config);

/* The server took it: all that goes over the flow is signed from now on. */
void sip_assoc_settle(struct sip_assoc *a);

/* True if an association for RESP's request stands only after WHEN. */
bool sip_assoc_is_newer(
	struct sip_flow *flow, const struct msg *resp, uint64_t when);

/* Ends A. */
void sip_assoc_end(struct sip_assoc *a);

/* Ends all of LIST. */
void sip_assoc_end_all(struct list *list);

/* The newest of LIST, a flow's, that stands; where ANY is set, of another
 * account if WHO has none: what the stack answers by itself may be for an
 * alias. */
struct sip_assoc *sip_assoc_find(const struct list *list, bool proxy,
	const struct msg_addr *who, bool any);

/* The NTLM parameters of VALUE, a header's; false: it is of another scheme. */
bool sip_assoc_params(struct msg_challenge *c, const struct pl *value);

/* ---- auth_assoc_sign.c, auth_assoc_check.c -------------------------- */

/* The N bytes at P, a message that leaves over FLOW, with its signature as
 * *MBP (mem_deref); NULL: there is nothing to sign with. */
int sip_assoc_sign(
	struct mbuf **mbp, struct sip_flow *flow, const void *p, size_t n);

enum sip_assoc_check {
	SIP_ASSOC_PASS, /* it is signed, or need not be */
	SIP_ASSOC_UNSIGNED,
	SIP_ASSOC_REPLAY, /* its number was there before */
	SIP_ASSOC_WRONG, /* somebody else signed it, or changed it */
};

/* True if RESP, which came over FLOW, is an answer of the server's own: what it
 * passes on from others it signs, a challenge of its own it does not. */
bool sip_assoc_is_own(struct sip_flow *flow, const struct msg *resp);

/* Whether MSG, which came over FLOW, is the server's. */
enum sip_assoc_check sip_assoc_check(
	struct sip_flow *flow, const struct msg *msg);

#endif
