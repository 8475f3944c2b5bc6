/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world.h - a stack under test on host 192.0.2.1 and, on host 192.0.2.2, a
 * peer that is nothing but a socket: what it sends is text, what it gets is
 * kept with the time.
 */
#ifndef SOTTO_TEST_WORLD_H
#define SOTTO_TEST_WORLD_H

#include "memnet.h"
#include "sip_int.h"
#include "unit.h"

enum {
	WORLD_KEEP = 512, /* messages that the peer remembers */
};

/* One message that came to the peer. */
struct world_got {
	struct msg *msg; /* NULL: no message */
	char *text;
	uint64_t at; /* virtual time */
	struct sa src;
	bool stream;
};

struct world {
	struct memnet *mn;
	struct memnet_host *here;
	struct memnet_host *there;
	struct sip *sip;
	struct sip_port *udp; /* 192.0.2.1:5060 */
	struct sip_port *tcp;
	struct sip_listener *listener;
	struct sip_agent *agent; /* sends from the ports above */

	/* the peer: 192.0.2.2:5060 over UDP, and a listener over TCP */
	void *peer_udp;
	void *peer_listener;
	void *peer_conn; /* the last connection, made or accepted */
	bool peer_up;
	bool peer_down;
	struct mbuf *peer_rx;
	size_t ngot;
	struct world_got got[WORLD_KEEP];

	/* what the listener of the stack does and saw */
	uint16_t answer; /* at once with this; 0: keep in `st` */
	bool refuse; /* not ours */
	bool drop; /* take it and do nothing */
	unsigned requests;
	unsigned acks;
	unsigned cancels;
	uint16_t cancel_answer; /* 0: none */
	struct sip_strans *st;
	struct sip_flow *flow; /* of the last request */
};

/* A world without faults; max_transactions and limits may be set in CONFIG
 * (NULL: defaults). */
void world_start(struct world *w, const struct sip_config *config);
void world_stop(struct world *w);

/* The listener of the stack; ARG is a world. */
bool world_request_h(struct sip_strans *st, const struct msg *req,
	struct sip_flow *flow, void *arg);

/* Takes a connection for the peer; ARG is a world. */
void world_accept_h(void *conn, const struct sa *peer, void *arg);

/* Lets MS pass. */
void world_run(struct world *w, uint64_t ms);

/* The peer sends TEXT ("\n" becomes CRLF) as a datagram or over its
 * connection (made when there is none), then 1 ms passes. */
void world_send(struct world *w, const char *text);

/* The peer connects to PORT of the stack, by TLS where that is set. */
void world_connect(struct world *w, uint16_t port, struct tls *tls);
void world_stream(struct world *w, const char *text);
void world_stream_bytes(struct world *w, const void *p, size_t n);

/* Forgets what the peer got, but for the first FROM. */
void world_forget(struct world *w, size_t from);

/* What the peer got as number I, from the start or from the end. */
const struct msg *world_got(const struct world *w, size_t i);
const struct msg *world_last(const struct world *w);
uint16_t world_status(const struct world *w); /* of the last; 0: none */

/* The times at which the peer got a message, less the first, as text: "0 500
 * 1500". Only requests of METHOD or, METHOD NULL, responses. */
char *world_times(const struct world *w, const char *method);
size_t world_count(const struct world *w, const char *method);

/* A request of the peer: METHOD, branch with cookie, CSeq and further lines
 * ("Name: value\n...", may be ""). mem_deref. */
char *world_request(const char *method, const char *branch, uint32_t cseq,
	const char *lines);

size_t world_strans(const struct world *w);
size_t world_ctrans(const struct world *w);

/* ---- client side ---- */

/* What a client transaction reported. */
struct world_user {
	struct world *w;
	struct sip_flow *flow;
	struct sip_flow_wait *wait;
	struct sip_ctrans *ct;
	char branch[SIP_BRANCH_SIZE];
	unsigned up;
	int up_err;
	unsigned provisional;
	unsigned final;
	uint16_t status;
	int err;
	bool lost; /* with err */
	uint64_t at; /* of the last report */
};

/* A flow is up or not; ARG is a user. */
void world_flow_up_h(
	struct sip_flow *flow, const struct stream_end *failed, void *arg);

/* Gets a flow to the peer over TP and starts a transaction there. LINES as
 * above. */
void world_flow(struct world_user *u, struct world *w, enum sip_tp tp);
void world_call(struct world_user *u, struct world *w, enum sip_tp tp,
	const char *method, const char *lines);
void world_user_stop(struct world_user *u);

/* The peer answers request number I that it got, with further lines. */
void world_answer(
	struct world *w, size_t i, uint16_t status, const char *lines);

#endif
