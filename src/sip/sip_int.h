/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sip_int.h - what the files of the sip floor share, in layer order:
 * transp (flows and ports), ctrans, strans, locate, auth, request.
 */
#ifndef SOTTO_SIP_INT_H
#define SOTTO_SIP_INT_H

#include "list.h"
#include "sip.h"

/* ---- stack ---- */
struct tmrs *sip_tmrs(const struct sip *sip);
struct rand *sip_rand(const struct sip *sip);
struct log *sip_log(const struct sip *sip);
const struct sip_net *sip_network(const struct sip *sip);
const struct sip_resolver *sip_resolver(const struct sip *sip);
const struct msg_limits *sip_limits(const struct sip *sip);

/* A branch without its cookie, unique in space and time, into BUF. */
enum {
	SIP_BRANCH_SIZE = 24,
	SIP_TAG_SIZE = 14,
	SIP_CALL_ID_SIZE = 24,
};
void sip_new_branch(struct sip *sip, char buf[SIP_BRANCH_SIZE]);

/* ---- transp ---- */

/* Where a request goes: one address over one transport. */
struct sip_target {
	enum sip_tp tp;
	struct sa addr;
	char *name; /* the SIP domain or host that TLS must prove; owned by
	               the list of targets */
};

/* H is called once, later, when the flow is up or has failed. */
typedef void(sip_flow_up_h)(struct sip_flow *flow,
	const struct stream_end *failed, void *arg);

/*
 * A flow to TARGET for AGENT: one that is open already (TLS only where its
 * certificate names target->name), else a new one. *FP is set at once (a
 * reference for the caller); H when it can be written to. *WP's mem_deref()
 * stops waiting.
 */
struct sip_flow_wait;
int sip_flow_get(struct sip_flow **fp, struct sip_flow_wait **wp,
	struct sip_agent *agent, const struct sip_target *target,
	sip_flow_up_h *h, void *arg);

/* Sends one whole message. ENOTCONN, ENOBUFS, EMSGSIZE, errno. */
int sip_flow_send(struct sip_flow *flow, const void *p, size_t n);

/* Writes "Via: SIP/2.0/TCP host:port;branch=z9hG4bKBRANCH;rport". */
int sip_flow_put_via(
	const struct sip_flow *flow, struct mbuf *mb, const char *branch);

/* Transport parameters of an agent that flows need; made at first use. */
int sip_agent_tls(struct sip_agent *agent, struct tls **tlsp, char **why);
const struct sip_agent_config *sip_agent_config(const struct sip_agent *agent);
struct sip_port *sip_agent_udp_port(
	struct sip_agent *agent, const struct sa *dst, int *err);

/* From transp to the transactions: a whole decoded message arrived. */
void sip_recv(struct sip *sip, struct sip_flow *flow, struct msg *msg,
	const struct sa *src);

/* ---- ctrans ---- */
struct sip_ctrans;

/* RESP for every response that matches; or ERR once: ETIMEDOUT, or the
 * errno of a transport that failed (WHY: words, may be NULL). Final
 * responses end the transaction's interest except 2xx to INVITE. */
typedef void(sip_ctrans_h)(
	const struct msg *resp, int err, const char *why, void *arg);

/* Sends the whole message MB over FLOW (up). BRANCH without cookie. mem_deref()
 * of *CTP: no more calls, the transaction finishes alone. For ACK to a 2xx
 * none is needed: sip_flow_send(). */
int sip_ctrans_start(struct sip_ctrans **ctp, struct sip *sip,
	struct sip_flow *flow, enum msg_method method, const struct pl *method_text,
	const char *branch, struct mbuf *mb, sip_ctrans_h *h, void *arg);

/* Sends CANCEL for an INVITE transaction: at once after a 1xx, else when the
 * first one comes. */
void sip_ctrans_cancel(struct sip_ctrans *ct);

/* Takes MSG if it belongs to a client transaction. */
bool sip_ctrans_recv(struct sip *sip, const struct msg *msg);

/* ---- strans ---- */
bool sip_strans_recv(struct sip *sip, struct sip_flow *flow, struct msg *msg,
	const struct sa *src);

/* Stateless answer to a message that is not sound. */
void sip_strans_refuse(struct sip *sip, struct sip_flow *flow,
	const struct msg *msg, const struct sa *src, uint16_t status,
	const char *reason);

/* ---- locate (RFC 3263) ---- */
struct sip_locate;

/* N targets in the order to try, or ERR with WHY ("no such name: x"). */
typedef void(sip_locate_h)(int err, const char *why,
	const struct sip_target *targets, size_t n, void *arg);
int sip_locate(struct sip_locate **lp, struct sip_agent *agent,
	const struct uri *uri, sip_locate_h *h, void *arg);

/* ---- agent ---- */

/* Runs AGENT's filter (AGENT NULL or without one: nothing to do): SEND may
 * append lines to out->headers; RECV not 0 means "drop it". */
int sip_agent_filter_send(struct sip_agent *agent, struct sip_out *out);
int sip_agent_filter_recv(struct sip_agent *agent, const struct msg *msg);

/* What a TLS connection to TARGET must prove: target->name, the account's
 * domain where TARGET is its proxy, tls-name. NAMES is the caller's room that
 * PEER borrows. */
enum {
	SIP_TLS_NAMES = 4,
};
void sip_agent_tls_peer(const struct sip_agent *agent,
	const struct sip_target *target, struct tls_peer *peer,
	const char *names[SIP_TLS_NAMES]);

/* As sip_agent_put_contact(); SIPS: a sips URI is wanted (RFC 3261
 * 8.1.1.8). */
int sip_agent_put_contact_uri(const struct sip_agent *agent,
	const struct sip_flow *flow, bool sips, struct mbuf *mb);

/* The outbound proxy, decoded; NULL: none. Service-Route values or NULL. */
const struct uri *sip_agent_proxy(const struct sip_agent *agent);
const char *sip_agent_service_route(const struct sip_agent *agent);

/* Objects that the agent tells of its end: it unlinks them first, then
 * sip_request_agent_gone() and sip_dialog_agent_gone(). */
void sip_agent_link_request(
	struct sip_agent *agent, struct le *le, struct sip_request *r);
void sip_agent_link_dialog(
	struct sip_agent *agent, struct le *le, struct sip_dialog *d);
void sip_request_agent_gone(struct sip_request *r);
void sip_dialog_agent_gone(struct sip_dialog *d);

/* Transport of a port. */
enum sip_tp sip_port_tp(const struct sip_port *port);

/* ---- auth ---- */

/* Credential cache of one agent: realms, nonces, counts, what was refused. */
struct sip_auth;
struct sip_auth *sip_agent_auth(struct sip_agent *agent);
int sip_auth_alloc(struct sip_auth **ap, struct sip_agent *agent);

#endif
