/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * request.h - the insides of a request, for request*.c alone.
 *
 * request.c           life: start, answers, authentication, the end
 * request_way.c       where it goes: flows, location, the next server
 * request_transmit.c  over one flow; length and transport
 * request_build.c     its text
 * request_ack.c       ACK to 2xx, forks, a late 2xx
 */
#ifndef SOTTO_SIP_REQUEST_H
#define SOTTO_SIP_REQUEST_H

#include "list.h"
#include "sip_int.h"

enum request_state {
	REQUEST_STARTING, /* within sip_request_send(): no calls of H */
	REQUEST_ACTIVE,
	REQUEST_ANSWERED, /* an INVITE with a 2xx; more may come */
	REQUEST_DONE,
};

struct sip_request {
	struct le le; /* in the agent's list until DONE */
	struct sip *sip;
	struct sip_agent *agent; /* NULL once it is gone */
	struct sip_dialog *dialog;
	sip_result_h *h; /* NULL: nobody is told */
	void *arg;
	enum request_state state;
	bool owned; /* a caller holds the reference, else we do */
	uint32_t guards; /* references held across calls of H */
	bool cancelled;
	bool server_asks; /* the 401 is of the one we are signed in to */

	/* What it says. */
	enum msg_method method;
	char *method_text;
	bool contact;
	bool page;
	bool no_dialog_flow;
	char *contact_params;
	char *headers;
	char *expires;
	char *content_type;
	struct mbuf *body;
	char *to_tag; /* as it was at the start; NULL: none */
	uint32_t cseq;
	struct sip_path path;
	struct uri hop; /* of path.hop */
	struct mbuf *mb; /* as last sent */
	struct mbuf *credentials; /* its Authorization lines */

	/* Where it goes. */
	struct sip_locate *locate;
	bool located;
	bool sent;
	struct sip_target *targets;
	char *target_name;
	size_t ntargets;
	size_t target; /* at hand */
	struct sip_flow *flow;
	struct sip_flow *udp_flow; /* while TCP is tried for its length */
	bool udp_ok; /* TCP was refused */
	struct sip_flow_wait *wait;
	struct sip_ctrans *ct;
	struct tmr tmr;

	/* The failure to tell if no server is left. */
	int err;
	uint16_t status;
	char *why;
	bool maybe; /* a server may have got it and did not answer */
	bool wrong_password;
	uint32_t retry_after;

	struct sip_auth_tries tries;
	struct sip_auth_query *query;

	/* An INVITE's ACKs; struct sip_request. */
	struct list acks;
	struct le ack_le;
};

/* ---- request.c ---- */

/* Ends R with what r->err, r->status and r->why say; within the caller's
 * call it does so later. R may be gone afterwards. */
void request_fail(struct sip_request *r);

/* Sets what request_fail() tells; WHY is taken over. What TLS refused is
 * never replaced by another server's failure. */
void request_set_failure(struct sip_request *r, int err, char *why);

/* A response, or the failure, of R's transaction. */
void request_ctrans_h(const struct msg *resp,
	const struct sip_ctrans_failure *failure, void *arg);

/* R has nothing more to do and reports nothing; it may be gone then. */
void request_end(struct sip_request *r);

struct sip_request *request_new(struct sip_dialog *dialog, const char *method);

/* ---- request_way.c ---- */

/* Chooses a flow, or locates, then transmits. */
void request_route(struct sip_request *r);

/* The server at hand failed: goes on with the next one, or fails. */
void request_next(struct sip_request *r, int err, char *why);
bool request_has_next(const struct sip_request *r);

/* What happened on FLOW, for people (mem_deref); WHY: the transport's words,
 * may be NULL. */
char *request_failure_words(
	const struct sip_flow *flow, int err, const char *why);

/* Over 1300 bytes on UDP: tries TCP first (RFC 3261 18.1.1). */
void request_try_tcp(struct sip_request *r);

/* R goes to a server of the account's own, which may see credentials. */
bool request_is_own(const struct sip_request *r);

/* True if the Request-URI is one of that server, not of a peer behind it. */
bool request_targets_own(const struct sip_request *r);
void request_way_release(struct sip_request *r);

/* ---- request_transmit.c ---- */

/* The text goes to r->flow, which is up. */
void request_transmit(struct sip_request *r);

/* ---- request_build.c ---- */

/* Writes the text for r->flow with BRANCH to r->mb. */
int request_build(struct sip_request *r, const char *branch);
void request_auth_fill(
	const struct sip_request *r, struct sip_auth_request *req);

/* ---- request_ack.c ---- */

/* A 2xx to INVITE came. True: dealt with (a repeated one, or nobody cares
 * for it). */
bool request_ok(struct sip_request *r, const struct msg *resp);

#endif
