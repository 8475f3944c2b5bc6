/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sip_int.h - what the files of the sip floor share, in layer order:
 * transp (flows and ports), ctrans, strans, locate, auth, request.
 */
#ifndef SOTTO_SIP_INT_H
#define SOTTO_SIP_INT_H

#include "hash.h"
#include "list.h"
#include "sip.h"

/* ---- stack ---- */
struct tmrs *sip_tmrs(const struct sip *sip);
struct rand *sip_rand(const struct sip *sip);
const struct sip_resolver *sip_resolver(const struct sip *sip);

/* A branch without its cookie, unique in space and time, into BUF. */
enum {
	SIP_BRANCH_SIZE = 24,
	SIP_TAG_SIZE = 14,
	SIP_CALL_ID_SIZE = 24,
};
void sip_new_branch(struct sip *sip, char buf[SIP_BRANCH_SIZE]);

/* ---- transp ---- */

/* Where a request goes: one address over one transport. */
enum {
	SIP_HOST_MAX = 256, /* bytes of a host's name, with its end */
};

struct sip_target {
	enum sip_tp tp;
	struct sa addr;
	char *name; /* the SIP domain or host that TLS must prove; owned by
	               the list of targets */
	char host[SIP_HOST_MAX]; /* ... or this one, if not empty */
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

/* The stack of FLOW, which has not ended; its security associations. */
struct sip *sip_flow_stack(const struct sip_flow *flow);
struct list *sip_flow_assocs(struct sip_flow *flow);

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

/* RESP for every response that matches; or FAILURE once: ETIMEDOUT, or the
 * errno of a transport that failed (WHY: words, may be NULL). LOST: the
 * request has surely not arrived. Final responses end the transaction's
 * interest except 2xx to INVITE. */
struct sip_ctrans_failure {
	int err;
	const char *why;
	bool lost;
};
typedef void(sip_ctrans_h)(const struct msg *resp,
	const struct sip_ctrans_failure *failure, void *arg);

/* Sends the whole message MB over FLOW (up). BRANCH without cookie. mem_deref()
 * of *CTP: no more calls, the transaction finishes alone. For ACK to a 2xx
 * none is needed: sip_flow_send(). */
int sip_ctrans_start(struct sip_ctrans **ctp, struct sip *sip,
	struct sip_flow *flow, enum msg_method method,
	const struct pl *method_text, const char *branch, struct mbuf *mb,
	sip_ctrans_h *h, void *arg);

/* Sends CANCEL for an INVITE transaction: at once after a 1xx, else when the
 * first one comes. */
void sip_ctrans_cancel(struct sip_ctrans *ct);

/* Takes MSG if it belongs to a client transaction. */
bool sip_ctrans_recv(struct sip *sip, const struct msg *msg);

/* MSG, a final response, is not to be believed: its transaction fails with
 * SIP_EFORGED and WHY. */
void sip_ctrans_refuse(
	struct sip *sip, const struct msg *msg, const char *why);

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

/* What a TLS connection to TARGET must prove: target->name, the host in that
 * domain which a Microsoft record named, the account's
 * domain where TARGET is its proxy, tls-name. NAMES is the caller's room that
 * PEER borrows. */
enum {
	SIP_TLS_NAMES = 5,
};
void sip_agent_tls_peer(const struct sip_agent *agent,
	const struct sip_target *target, struct tls_peer *peer,
	const char *names[SIP_TLS_NAMES]);

/* As sip_agent_put_contact(); SIPS: a sips URI is wanted (RFC 3261
 * 8.1.1.8). */
int sip_agent_put_contact_uri(const struct sip_agent *agent,
	const struct sip_flow *flow, bool sips, struct mbuf *mb);

/* True if the account's server is reached by TLS and nothing less. */
bool sip_agent_secure(const struct sip_agent *agent);

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

/* ---- dialog ---- */

/* sip_dialog_flow() leads to a server of the account's own. */
bool sip_dialog_flow_own(const struct sip_dialog *d);

/* Its requests go over the agent's flow; D may be NULL. */
bool sip_dialog_stays(const struct sip_dialog *d);
void sip_dialog_set_flow(
	struct sip_dialog *d, struct sip_flow *flow, bool own);

/* Takes the next CSeq number. */
uint32_t sip_dialog_next_cseq(struct sip_dialog *d);

enum {
	SIP_ROUTES_MAX = 16 * 1024, /* bytes of a route set */
};

/* Route values joined by ", "; unset: none. */
const struct pl *sip_dialog_routes(const struct sip_dialog *d);
const struct pl *sip_dialog_local_uri(const struct sip_dialog *d);

/*
 * The Request-URI and the Route values, joined by ", " (unset: none), of a
 * request in D: its route set, or the routes that its agent pre-loads
 * outside a dialog; with a strict router first (RFC 3261 12.2.1.1) HOP is
 * the Request-URI, else the first route or the Request-URI: where to send.
 * SERVICE_ROUTE false leaves that out (REGISTER).
 */
struct sip_path {
	struct mbuf *buf; /* holds the texts (mem_deref) */
	struct pl uri;
	struct pl routes;
	struct pl hop;
};
int sip_dialog_path(const struct sip_dialog *d, bool service_route,
	struct sip_path *path);

/* ---- auth ---- */

/*
 * Credential cache of one agent: secrets by realm, nonces and their counts,
 * what was refused. A request holds a struct sip_auth_tries of its own, so
 * that it can tell a refused password from an old nonce.
 */
struct sip_auth;
struct sip_auth *sip_agent_auth(struct sip_agent *agent);
int sip_auth_alloc(struct sip_auth **ap, struct sip_agent *agent);
void sip_auth_reset(struct sip_auth *auth);

/* mem_deref() that also stops questions. */
void sip_auth_close(struct sip_auth *auth);

/* All-zero to start with; sip_auth_tries_release() at the end. */
struct sip_auth_tries {
	struct list list;
	unsigned rounds; /* challenges seen */
	uint64_t sent_at; /* the request, by tmrs_now(); its owner's to set */
	bool signed_again;
};

/* True, once, for a request that the server refused in RESP since it forgot
 * what it was signed with, while another one has agreed on something new with
 * it: it is only to be sent again. */
bool sip_auth_sign_again(struct sip_auth_tries *tries, struct sip_flow *flow,
	const struct msg *resp);
void sip_auth_tries_release(struct sip_auth_tries *tries);

/* What credentials are made for. */
struct sip_auth_request {
	enum msg_method method;
	struct pl method_text;
	struct pl uri; /* Request-URI */
	struct pl body;
	bool own; /* goes to a server of ours: may carry credentials
	             unasked */
	bool target_own; /* ... and is meant for it, not for a peer behind */
};

/* Appends the lines Authorization and Proxy-Authorization. */
int sip_auth_put(struct sip_auth *auth, struct sip_auth_tries *tries,
	const struct sip_auth_request *req, struct mbuf *mb);

/* The same for handshakes, which an ACK does not repeat. */
int sip_auth_put_handshake(struct sip_auth_tries *tries,
	const struct sip_auth_request *req, struct mbuf *mb);

/* A 401 or 407. */
struct sip_auth_refusal {
	const struct msg *resp;
	enum msg_method method;
	bool target_own; /* the request was meant for a server of ours, which
	                    alone answers 401 */
	struct sip_flow *flow; /* that both went over */
};

/* Takes the challenges of REFUSAL. 0: send again; EINPROGRESS: H is called
 * once, mem_deref() of *QP stops it; EOPNOTSUPP: there is none that can be
 * answered; EACCES and others: never, *WHY (mem_deref) tells. */
struct sip_auth_query;
typedef void(sip_auth_h)(int err, const char *why, void *arg);
int sip_auth_challenge(struct sip_auth_query **qp, struct sip_auth *auth,
	struct sip_auth_tries *tries, const struct sip_auth_refusal *refusal,
	bool *wrong_password, char **why, sip_auth_h *h, void *arg);

/* Authentication-Info of a 2xx: nextnonce is kept; EACCES where rspauth is
 * there and wrong. */
int sip_auth_info(struct sip_auth_tries *tries,
	const struct sip_auth_request *req, const struct msg *resp);

/* ---- schemes: one file each ---- */

struct sip_secret {
	char *user;
	char *password;
};

/* What a scheme needs to answer CHALLENGE. */
struct sip_auth_start {
	const struct msg_challenge *challenge;
	const struct sip_secret *secret;
	struct rand *rand;
	struct sip_auth *auth;
	struct sip_flow *flow;
	bool proxy; /* it came in a 407 */
	void *old; /* of the answer to the challenge before, for the same
	              request; NULL: none */
	const char **why; /* may be set to static words for a failure */
};

struct sip_auth_scheme {
	const char *name;

	/* Its answers take several rounds, are each request's own and make
	 * an association with the server, which signs from then on. */
	bool handshake;

	/* How strong an answer to C is; 0: it cannot be answered. */
	unsigned (*strength)(const struct msg_challenge *c);

	/* C, which follows the answer of STATE (may be NULL), does not refuse
	 * it: the nonce alone was too old, or another round is due. */
	bool (*goes_on)(const struct msg_challenge *c, const void *state);

	/* A block that answers a challenge. */
	int (*start)(void **statep, const struct sip_auth_start *start);

	/* Writes the value of an authorization header; SENT gets its mark.
	 * EALREADY: none is needed. */
	int (*put)(void *state, const struct sip_auth_request *req,
		struct mbuf *mb, uint32_t *sent);

	/* Handshakes: the server took the answer, or refused it. */
	void (*ended)(void *state, bool accepted);

	/* Reads an Authentication-Info about what was sent as SENT. EACCES:
	 * the proof in it is wrong. */
	int (*info)(void *state, const struct sip_auth_request *req,
		uint32_t sent, const struct msg_challenge *info,
		const struct pl *resp_body);
};

extern const struct sip_auth_scheme sip_auth_digest;
extern const struct sip_auth_scheme sip_auth_ntlm;

/* The arithmetic of Digest (RFC 7616 3.4), lower-case hexadecimal. */
struct sip_digest {
	enum hash_kind hash;
	bool sess;
	struct pl user;
	struct pl password;
	struct pl realm;
	struct pl nonce;
	struct pl cnonce;
	uint32_t nc;
	struct pl qop;    /* unset: none (RFC 2069) */
	struct pl method; /* unset for the server's proof */
	struct pl uri;
	struct pl body;
};
void sip_digest_ha1(const struct sip_digest *d, char ha1[HASH_HEX_MAX]);
void sip_digest_response(const struct sip_digest *d,
	const char ha1[HASH_HEX_MAX], char response[HASH_HEX_MAX]);

/* ---- diagnostics.c ------------------------------------------------- */

/* What VALUE of ms-diagnostics means (static), NULL: not known. WHOLE: it
 * says more than the server's own reason. */
const char *sip_diagnostics_say(const struct pl *value, bool *whole);

#endif
