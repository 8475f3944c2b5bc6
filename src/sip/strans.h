/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strans.h - the insides of server transactions, for strans*.c alone. */
#ifndef SOTTO_SIP_STRANS_H
#define SOTTO_SIP_STRANS_H

#include "stack.h"

enum {
	/* Before a 100 to other requests than INVITE: Timer E of the client
	 * is at T2 then (RFC 4320 4.1). */
	STRANS_TRYING_OTHER = 3500,
};

struct strans_key {
	uint8_t id[16];
};

struct strans_link {
	struct strans_slot *next; /* in the bucket */
	struct strans_key key;
};

/*
 * What the table holds. Once a request that is no INVITE is answered, this and
 * the block of its response are all that is left of it.
 */
struct strans_slot {
	struct strans_link links[STRANS_INDEXES];
	struct sip *sip;
	struct le le; /* in table.done once finally answered */
	uint64_t due; /* J, H or L */
	struct sip_strans *st; /* a reference; NULL: let go */
	uint8_t *resp; /* the last response; NULL: none */
	uint32_t resp_len;
	uint32_t bytes; /* that it counts in the table */
	bool mergeable; /* in both indexes */
};

enum strans_state {
	STRANS_PROCEEDING, /* Trying too */
	STRANS_COMPLETED,
	STRANS_CONFIRMED,
	STRANS_ACCEPTED,
};

struct sip_strans {
	struct sip *sip; /* NULL with slot */
	struct strans_slot *slot; /* NULL: ended */
	struct msg *msg; /* NULL: finally answered */
	struct sip_flow *flow;
	struct msg_via via; /* all that a reply's way needs of it */
	enum msg_method method;
	enum strans_state state;
	uint16_t status; /* final one; 0: none yet */
	struct tmr tmr; /* 100; G; I; the client's patience */
	uint64_t began;
	uint32_t interval; /* G */
	char to_tag[2 * SIP_TAG_SIZE]; /* "": not chosen yet */
	sip_cancel_h *cancelh;
	void *cancel_arg;
};

/* SLOT, whose keys are set, joins the indexes and leaves them. */
void strans_table_add(struct sip_strans_table *t, struct strans_slot *slot);
void strans_table_remove(struct sip_strans_table *t, struct strans_slot *slot);
struct strans_slot *strans_table_find(const struct sip_strans_table *t,
	enum strans_index index, const struct strans_key *key);

/* Ends all and gives the memory back. */
void strans_table_flush(struct sip_strans_table *t);

/* Writes a response to MSG into sip->out: all but Contact, further headers
 * and body. TO_TAG may be NULL. */
int sip_strans_begin(struct sip *sip, const struct sip_flow *flow,
	const struct msg *msg, uint16_t status, const char *reason,
	const struct pl *to_tag, const char *to_params, bool record_route);

/* The response in sip->out was sent: the transaction moves. */
void sip_strans_sent(struct sip_strans *st, uint16_t status);

/* ST's To tag, chosen now at the latest. */
const char *sip_strans_to_tag(struct sip_strans *st);

/* What the request MSG of METHOD is matched by (17.2.3); TO_TAG counts only
 * under the rules of RFC 2543. */
void sip_strans_key(struct strans_key *key, const struct sip *sip,
	const struct msg *msg, enum msg_method method, const struct pl *to_tag);

/* What copies of one request on several ways share (8.2.2.2). */
void sip_strans_merge_key(
	struct strans_key *key, const struct sip *sip, const struct msg *msg);

/* A tag that is the same for the same request, without a memory of it. */
void sip_strans_stateless_tag(
	char tag[SIP_TAG_SIZE], const struct sip *sip, const struct msg *msg);

/* True if the branch of VIA follows RFC 3261. */
bool sip_strans_has_cookie(const struct msg_via *via);

#endif
