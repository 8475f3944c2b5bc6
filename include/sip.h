/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sip.h - the machine of RFC 3261: transports, transactions, requests,
 * dialogs, authentication, server location.
 *
 * 1 stack        struct sip: one in a program, knows no method
 * 2 seams        the network and the names, as tables
 * 3 agent        what all requests of one account share
 * 4 flow         a way to a peer: a UDP path or a connection
 * 5 dialog       Call-ID, tags, CSeq, route set, remote target
 * 6 request      one request: locate, send, authenticate, fail over
 * 7 server       requests that arrive: server transactions and replies
 *
 * Calls go down, handlers come up. A handler may release the object that
 * calls it. Strings in results are borrowed for the call. Times are
 * milliseconds unless a name says seconds.
 */
#ifndef SOTTO_SIP_H
#define SOTTO_SIP_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "dns.h"
#include "log.h"
#include "mbuf.h"
#include "msg.h"
#include "pl.h"
#include "rand.h"
#include "sa.h"
#include "stream.h"
#include "tmr.h"
#include "uri.h"

struct sip;
struct sip_agent;
struct sip_dialog;
struct sip_flow;
struct sip_port;
struct sip_request;
struct sip_strans;

/* ---- 1 stack -------------------------------------------------------- */

enum {
	SIP_T1 = 500,
	SIP_T2 = 4000,
	SIP_T4 = 5000,
	SIP_UDP_MAX = 1300, /* bytes of a request; more goes by a stream */
	SIP_EFORGED = EILSEQ, /* an errno that no network has: what came was
	                         not signed by the server */
};

/* A message as it went over the wire, secrets masked. */
typedef void(sip_trace_h)(bool sent, const char *transport,
	const struct sa *local, const struct sa *peer, const void *p, size_t n,
	void *arg);

struct sip_config {
	struct tmrs *tmrs;
	struct rand *rand;
	struct log *log;
	const struct sip_net *net;
	const struct sip_resolver *resolver;
	struct msg_limits limits;
	size_t max_transactions; /* server transactions; 0: 100,000 */
	sip_trace_h *trace;      /* NULL: none; sip_set_trace() later */
	void *trace_arg;
};

/* Everything but the tables' contents is copied; what the pointers name must
 * outlive the stack (mem_deref: ends transactions without a word). */
int sip_alloc(struct sip **sipp, const struct sip_config *config);
void sip_set_trace(struct sip *sip, sip_trace_h *trace, void *arg);

/* Transactions alive, for tests and benchmarks. */
struct sip_count {
	size_t ctrans;
	size_t strans;
	size_t flows;
};
void sip_count(const struct sip *sip, struct sip_count *count);

/* ---- 2 seams -------------------------------------------------------- */

enum sip_tp {
	SIP_UDP,
	SIP_TCP,
	SIP_TLS,
	SIP_TPS,
};

/* "UDP", "TCP", "TLS"; the value of a transport parameter; by the latter. */
const char *sip_tp_name(enum sip_tp tp);
const char *sip_tp_param(enum sip_tp tp);
bool sip_tp_find(enum sip_tp *tp, const struct pl *param);
bool sip_tp_reliable(enum sip_tp tp);

/* What a network reports about one of its ends. */
struct sip_net_handlers {
	/* Datagram, or bytes of a connection (then SRC and DST are NULL). */
	void (*recv)(const struct sa *src, const struct sa *dst,
		const uint8_t *p, size_t n, void *arg);

	/* Datagrams: ICMP about one to PEER that begins with the N bytes at
	 * P; N may be 0. */
	void (*error)(const struct sa *peer, int err, const uint8_t *p,
		size_t n, void *arg);

	/* A connection is up; has ended (once, nothing after it). */
	void (*up)(void *arg);
	void (*down)(const struct stream_end *end, void *arg);
};

/* A listener took connection CONN, now the handler's; it sets the handlers
 * with net->set_handlers() or releases it. */
typedef void(sip_net_accept_h)(void *conn, const struct sa *peer, void *arg);

/*
 * A network as a table of operations. Ends are refcounted blocks of its own
 * and are closed with mem_deref(). TP says which transport. The real one is
 * sip_net_real(); tests bring one in memory.
 */
struct sip_net {
	/* A datagram end bound to LOCAL (port 0: any). */
	int (*udp_open)(void **endp, void *ctx, const struct sa *local,
		const struct sip_net_handlers *h, void *arg);
	int (*udp_send)(void *end, const struct sa *src, const struct sa *dst,
		const void *p, size_t n);

	/* Streams; TLS and TLS_PEER NULL for TCP. */
	int (*connect)(void **connp, void *ctx, const struct sa *dst,
		struct tls *tls, const struct tls_peer *tls_peer,
		const struct sip_net_handlers *h, void *arg);
	int (*listen)(void **endp, void *ctx, const struct sa *local,
		struct tls *tls, sip_net_accept_h *accepth, void *arg);
	void (*set_handlers)(void *conn, const struct sip_net_handlers *h,
		void *arg);
	int (*send)(void *conn, const void *p, size_t n);

	/* Bound address of an end or listener; near end of a connection. */
	const struct sa *(*local)(void *end);
	const struct sa *(*peer)(void *conn);

	/* True if the connection's verified certificate names NAME. */
	bool (*peer_is)(void *conn, const char *name);

	/* The local address towards DST. */
	int (*local_for)(void *ctx, struct sa *local, const struct sa *dst);
	void *ctx;
};

/* The network of net/udp, net/tcp, net/tls (mem_deref). */
struct sip_net *sip_net_real(struct loop *loop);

/* Names. The handlers are those of dns.h; *QP is a block whose mem_deref()
 * cancels. Handlers are never called from within the call. */
struct sip_resolver {
	int (*srv)(void **qp, void *ctx, const char *name, dns_srv_h *h,
		void *arg);
	int (*addr)(void **qp, void *ctx, const char *name, dns_addr_h *h,
		void *arg);
	void *ctx;
};

/* Over net/dns (mem_deref). */
struct sip_resolver *sip_resolver_real(struct dns *dns);

/* ---- 3 agent -------------------------------------------------------- */

enum sip_transport {
	SIP_TRANSPORT_AUTO, /* SRV decides; never UDP or TCP where TLS was
	                       found */
	SIP_TRANSPORT_UDP,
	SIP_TRANSPORT_TCP,
	SIP_TRANSPORT_TLS,
};

/* Whether a server that asks for NTLM is answered. */
enum sip_ntlm {
	SIP_NTLM_NEVER,
	SIP_NTLM_TLS, /* over TLS alone */
	SIP_NTLM_ALWAYS, /* over TCP too */
};

/* Which names of a domain lead to its servers. */
enum sip_names {
	SIP_NAMES_RFC,       /* those of RFC 3263 */
	SIP_NAMES_MICROSOFT, /* _sipinternaltls._tcp and the like, then hosts
	                        such as sip.example.org */
	SIP_NAMES_ANY,       /* the first, then the records of the second */
};

enum sip_long {
	SIP_LONG_AUTO, /* over 1300 bytes only where our flow is a stream */
	SIP_LONG_YES,  /* page over UDP too */
	SIP_LONG_NO,   /* never */
};

/* The answer to a question for credentials; PASSWORD NULL: there are none.
 * May be given at once or later, but not after the agent is gone; the texts
 * are copied and wiped. */
typedef void(sip_credentials_answer_h)(const char *user, const char *password,
	void *ctx);

/* Asks for the credentials of REALM. Called at most once at a time. */
typedef void(sip_credentials_h)(const char *realm,
	sip_credentials_answer_h *answer, void *ctx, void *arg);

struct sip_agent_config {
	const char *aor;          /* "sip:alice@example.org" */
	const char *display_name; /* NULL: none */
	const char *proxy;        /* outbound proxy, a SIP URI; NULL: none */
	enum sip_transport transport;
	enum sip_long long_messages;
	const char *user_agent;
	struct tls_config tls; /* ca_file, certificate, key */
	enum sip_names names;
	bool one_flow; /* every request goes over the agent's flow while it
	                  lives, wherever its URI points */
	bool tls_verify;
	const char *tls_name;     /* one more accepted identity; NULL: none */
	const char *tls_pin;
	const char *from_params; /* ";epid=..." on From of requests; NULL */
	enum sip_ntlm ntlm;
	sip_credentials_h *credentials; /* NULL: 401 and 407 are final */
	void *arg;                      /* for credentials */
};

/* Copied. mem_deref() fails its requests with ECANCELED, releases its ports
 * and its references to flows. */
int sip_agent_alloc(struct sip_agent **ap, struct sip *sip,
	const struct sip_agent_config *config);

const char *sip_agent_aor(const struct sip_agent *agent);
const struct uri *sip_agent_uri(const struct sip_agent *agent);
struct sip *sip_agent_stack(const struct sip_agent *agent);

/* The server sends the account to URI: that is its proxy until another one or
 * NULL is given. EACCES: it would lead away from TLS. */
int sip_agent_move(struct sip_agent *agent, const char *uri);

/* Service-Route of the registration (RFC 3608): all values joined by ", ";
 * NULL forgets it. Pre-loaded behind the outbound proxy. */
int sip_agent_set_service_route(struct sip_agent *agent, const char *route);

/* The flow that requests without a dialog go over while it lives (RFC 5626);
 * NULL: located for each. */
void sip_agent_set_flow(struct sip_agent *agent, struct sip_flow *flow);
struct sip_flow *sip_agent_flow(const struct sip_agent *agent); /* borrowed */

/* A Contact URI to use instead of our address (a GRUU); NULL: ours. */
void sip_agent_set_contact(struct sip_agent *agent, const char *uri);

/* Writes the address of this agent over FLOW as a Contact URI, without <>:
 * sip:alice@192.0.2.1:5060;transport=tcp. Never what set_contact() gave: a
 * REGISTER binds this one. */
int sip_agent_put_contact(const struct sip_agent *agent,
	const struct sip_flow *flow, struct mbuf *mb);

/* Forgets cached nonces and a refused password: the next challenge asks
 * again. */
void sip_agent_reset_credentials(struct sip_agent *agent);

/* Bytes of a request's body that may go in page mode now (flow and
 * long-messages decide); SIZE_MAX: no bound. */
size_t sip_agent_page_max(const struct sip_agent *agent);

/* Listening. A port takes requests of any agent. LOCAL with port 0 picks
 * one. TLS NULL except for SIP_TLS. Errno. mem_deref() closes. */
int sip_listen(struct sip_port **portp, struct sip *sip, enum sip_tp tp,
	const struct sa *local, struct tls *tls);
const struct sa *sip_port_local(const struct sip_port *port);

/* Ports from which AGENT sends and which its Contact names instead of
 * ports of its own; the agent takes a reference. */
void sip_agent_add_port(struct sip_agent *agent, struct sip_port *port);

/* Gives them all back, ports of its own too. */
void sip_agent_clear_ports(struct sip_agent *agent);

/* ---- 4 flow --------------------------------------------------------- */

enum sip_tp sip_flow_tp(const struct sip_flow *flow);
const struct sa *sip_flow_local(const struct sip_flow *flow);
const struct sa *sip_flow_peer(const struct sip_flow *flow);
bool sip_flow_isup(const struct sip_flow *flow);

/* "TLS 127.0.0.1:5061" for people. BUF is returned. */
const char *sip_flow_text(const struct sip_flow *flow, char *buf, size_t size);

/* A connection that nobody refers to is closed after 10 minutes of silence;
 * a path over UDP ends when ICMP says so, and the next use makes another. */

/* H is called once when FLOW ends; mem_deref() of *WP unwatches. ENOTCONN: it
 * has ended. */
struct sip_flow_watch;
typedef void(sip_flow_down_h)(const struct stream_end *end, void *arg);
int sip_flow_watch(struct sip_flow_watch **wp, struct sip_flow *flow,
	sip_flow_down_h *h, void *arg);

/* When something last came over FLOW, by tmrs_now(); 0: never. */
uint64_t sip_flow_heard(const struct sip_flow *flow);

/* Ends FLOW, which was found dead, as if the network had told so. */
void sip_flow_close(struct sip_flow *flow, int err, const char *why);

/* Keeps FLOW alive (RFC 5626 4.4): on a stream CRLF CRLF every 80-100 % of
 * SECONDS (0: 120), no pong within 10 s ends the flow when PONG is true; on
 * UDP a CRLF CRLF datagram every 24-29 s. */
void sip_flow_keepalive(struct sip_flow *flow, uint32_t seconds, bool pong);

/* ---- 5 dialog ------------------------------------------------------- */

/*
 * The state that requests share: Call-ID, tags, CSeq numbers, route set and
 * remote target (RFC 3261 12). Requests outside a dialog use one too: a
 * REGISTER keeps it for its run, a MESSAGE has a fresh one each.
 */

/* UAC side. TARGET is the Request-URI, TO the URI of To (NULL: as TARGET). */
int sip_dialog_alloc(struct sip_dialog **dp, struct sip_agent *agent,
	const struct pl *target, const struct pl *to);

/* Another Request-URI before the dialog is established, after a 3xx (RFC
 * 3261 8.1.3.4); To, Call-ID and tag stay. EALREADY: it is established. */
int sip_dialog_set_target(struct sip_dialog *d, const struct pl *target);

/* UAS side, from a request outside a dialog; takes From, Record-Route,
 * Contact, CSeq and makes our tag. EBADMSG without Contact where one is
 * needed. */
int sip_dialog_accept(struct sip_dialog **dp, struct sip_agent *agent,
	const struct msg *req, struct sip_flow *flow);

/* Takes To tag, Record-Route (reversed, once) and Contact out of a response
 * that makes or refreshes the dialog. */
int sip_dialog_response(struct sip_dialog *d, const struct msg *resp);

/* As sip_dialog_response() for a UAS answer seen in a NOTIFY that came before
 * it (RFC 6665 4.1.2.4), or a target refresh by a request. */
int sip_dialog_request(struct sip_dialog *d, const struct msg *req);

/* A copy for another branch of a forked request: same Call-ID and local tag,
 * remote side from RESP. */
int sip_dialog_fork(struct sip_dialog **dp, const struct sip_dialog *d,
	const struct msg *resp);

bool sip_dialog_established(const struct sip_dialog *d); /* has remote tag */

/* STAYS: while it has no routes its requests go over the agent's flow,
 * wherever the remote target points. */
void sip_dialog_stay(struct sip_dialog *d, bool stays);

/* The flow that last carried a message of D (borrowed); NULL: none. */
struct sip_flow *sip_dialog_flow(const struct sip_dialog *d);

/* True if MSG (a request to us) is in D: Call-ID, To tag = our tag, From tag
 * = theirs (or none yet known). What came over FLOW (NULL: not checked) is in
 * a dialog that TLS made only if that is TLS too (RFC 6665 6.2). */
bool sip_dialog_match(const struct sip_dialog *d, const struct msg *msg,
	const struct sip_flow *flow);

/* 0, or EPROTO if MSG's CSeq is lower than one seen before (answer 500);
 * remembers it otherwise. */
int sip_dialog_check_cseq(struct sip_dialog *d, const struct msg *msg);

/* The peer has used CSeq up to this one, by a notification that came in a
 * response. */
void sip_dialog_set_remote_cseq(struct sip_dialog *d, uint32_t cseq);

const struct pl *sip_dialog_call_id(const struct sip_dialog *d);
const struct pl *sip_dialog_local_tag(const struct sip_dialog *d);
const struct pl *sip_dialog_remote_tag(const struct sip_dialog *d);

/* Their "epid" parameter, which stands on To of our requests in the dialog
 * where we have one ourselves; unset: none came. */
const struct pl *sip_dialog_remote_epid(const struct sip_dialog *d);
const struct pl *sip_dialog_remote_target(const struct sip_dialog *d);
const struct pl *sip_dialog_remote_uri(const struct sip_dialog *d);
struct sip_agent *sip_dialog_agent(const struct sip_dialog *d);

/* ---- 6 request ------------------------------------------------------ */

/* How a request ended, or a step of it. Either MSG is set, or ERR. */
struct sip_result {
	const struct msg *msg; /* the response; NULL where none came */
	uint16_t status;       /* of msg; 408 timeout, 503 transport error */
	int err;               /* 0, ETIMEDOUT, ECONNREFUSED, ENOENT (name),
	                          EPROTO (TLS), ECANCELED, EMSGSIZE, EACCES
	                          (no credentials or refused), SIP_EFORGED,
	                          ... */
	const char *why;       /* a sentence for people, without final stop;
	                          never NULL for a final failure */
	bool wrong_password;   /* credentials were refused */
	uint32_t retry_after;  /* seconds; 0: not said */
	struct sip_flow *flow; /* that it went over; NULL: none */
	bool maybe; /* no answer from a server that it may have reached: this
	               one, or one before it */
	bool final;
};

/* Called for each provisional and, once, for the final response or error;
 * for an INVITE again for every further 2xx (final true each time). */
typedef void(sip_result_h)(const struct sip_result *result, void *arg);

struct sip_request_params {
	struct sip_dialog *dialog;  /* a reference is taken */
	const char *method;
	bool contact;               /* write our Contact */
	const char *contact_params; /* ";expires=..." behind it; NULL */
	const struct pl *headers;   /* lines ending in CRLF; NULL: none */
	const struct pl *expires;   /* value of Expires; NULL: none */
	const char *content_type;   /* NULL: no body */
	struct pl body;             /* copied */
	bool page;                  /* MESSAGE outside a dialog: the 1300-byte
	                               rule with long_messages; EMSGSIZE */
	bool no_dialog_flow;        /* locate anew even if the agent has a
	                               flow (REGISTER after its loss) */
};

/*
 * Sends a request: CSeq raised by one, To and From from the dialog, route set
 * or pre-loaded routes, then RFC 3263 location, Via with rport, transaction;
 * answers 401 and 407 (credentials once, again only if stale=true), goes to
 * the next server on 503, timeout or transport error, and to TCP when the
 * request has more than 1300 bytes (RFC 3261 18.1.1). H may be NULL. Never
 * calls H from within. mem_deref() of *RP: no more calls of H, the
 * transaction goes on alone (an INVITE is then cancelled and a late 2xx
 * acknowledged and ended with BYE).
 */
int sip_request_send(struct sip_request **rp,
	const struct sip_request_params *params, sip_result_h *h, void *arg);

/* CANCELs an INVITE once a provisional has come (RFC 3261 9.1). */
void sip_request_cancel(struct sip_request *r);

/* ACK to a 2xx RESP in dialog D (RFC 3261 13.2.2.4): own transaction, CSeq
 * number and credentials of the INVITE R; sent again by the machine for each
 * repeated 2xx. */
int sip_request_ack(struct sip_request *r, struct sip_dialog *d,
	const struct msg *resp);

/* A sentence out of a response: ms-diagnostics or ms-diagnostics-public
 * reason, else Warning text, else Reason text, else the status line
 * (mem_deref). Out of a request (BYE, NOTIFY) too; NULL if it has none. */
char *sip_cause(const struct msg *resp);

/* ---- 7 server ------------------------------------------------------- */

/*
 * A request that arrived. ST is the handler's to keep a reference of until it
 * replied; true: "mine". Listeners are asked in the order they were added;
 * without a taker the stack answers 481 to what has a To tag and 404
 * otherwise; ACK is never answered. Retransmissions, merged requests (482),
 * CANCEL of known transactions, unsound messages (400, 505, ...) never come
 * up. An ACK to a 2xx comes with ST NULL.
 */
typedef bool(sip_request_h)(struct sip_strans *st, const struct msg *req,
	struct sip_flow *flow, void *arg);

struct sip_listener;
int sip_listener_add(struct sip_listener **lp, struct sip *sip,
	sip_request_h *h, void *arg);

/* The request of ST while it is not finally answered; NULL after. */
const struct msg *sip_strans_msg(const struct sip_strans *st);
struct sip_flow *sip_strans_flow(const struct sip_strans *st);
const struct sa *sip_strans_source(const struct sip_strans *st);

/* CANCEL arrived for ST (an INVITE without final answer); the stack has
 * answered the CANCEL; the handler is to send 487. */
typedef void(sip_cancel_h)(void *arg);
void sip_strans_on_cancel(struct sip_strans *st, sip_cancel_h *h, void *arg);

struct sip_reply {
	uint16_t status;
	const char *reason;         /* NULL: the RFC's words */
	const struct sip_dialog *dialog; /* its local tag is the To tag, its
	                               Record-Route is copied; NULL: a tag of
	                               the transaction, the same each time */
	struct sip_agent *agent;    /* for contact and filter; may be NULL */
	bool contact;               /* needs agent */
	const char *contact_params;
	const struct pl *headers;   /* lines ending in CRLF; NULL */
	const char *content_type;
	struct pl body;
};

/* Sends a reply; a final one completes ST, whose references the caller may
 * drop then. EALREADY: finally answered before (a 2xx to an INVITE may be
 * repeated until its ACK; RFC 6026: the same bytes go out). EINVAL: nothing
 * that may be sent: to other requests than INVITE no 1xx but 100, that not
 * before 3.5 s over UDP, and never 408 (RFC 4320). ETIMEDOUT: the client has
 * given up, or the stack is gone. ENOTCONN and other errno of the network:
 * answered, but the way back is closed. */
int sip_strans_reply(struct sip_strans *st, const struct sip_reply *reply);

/* Shorthand without headers. */
int sip_strans_answer(struct sip_strans *st, uint16_t status,
	const char *reason);

#endif
