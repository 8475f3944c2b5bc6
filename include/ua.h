/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ua.h - what a SIP user agent does: REGISTER, SUBSCRIBE, NOTIFY, PUBLISH,
 * MESSAGE, INVITE, INFO, OPTIONS. Bodies are bytes with a media type.
 *
 * 1 stack         one in a program: ports, dispatch to accounts
 * 2 account       struct ua: one AOR, registered or listening
 * 3 waiting       requests that wait for an answer from above
 * 4 subscriber    RFC 6665
 * 5 notifier      RFC 6665; asks who may watch
 * 6 publisher     RFC 3903
 * 7 page mode     MESSAGE outside a dialog, OPTIONS
 * 8 session       INVITE with m=message; MESSAGE, INFO, BYE inside
 *
 * mem_deref() of an object drops it without a word on the wire; a goodbye is
 * a call of its own (..._end) with a handler that tells when it is done. It
 * holds a reference of its own until then, so that the caller may mem_deref()
 * the object right after it.
 * Handlers may release the object that calls them and are never called from
 * within the call that started them.
 */
#ifndef SOTTO_UA_H
#define SOTTO_UA_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "log.h"
#include "msg.h"
#include "pl.h"
#include "rand.h"
#include "tmr.h"
#include "uri.h"

struct loop;
struct sip_net;
struct sip_resolver;
struct ua;
struct ua_stack;

/* ---- 1 stack -------------------------------------------------------- */

typedef void(ua_trace_h)(bool sent, const char *transport, const char *local,
	const char *peer, const struct pl *text, void *arg);

struct ua_stack_config {
	struct tmrs *tmrs;
	struct rand *rand;
	struct log *log;
	struct loop *loop;             /* the real network ... */
	const char *dns_servers;       /* NULL: the system's */
	const struct sip_net *net;     /* ... or, with LOOP NULL, these */
	const struct sip_resolver *resolver;
	size_t max_transactions;       /* 0: 100,000 */
	size_t body_max;               /* bytes; 0: 1 MiB, and 8 MiB over
	                                  connections that we made */
};

int ua_stack_alloc(struct ua_stack **sp, const struct ua_stack_config *config);

/* Every message, secrets masked; NULL: none. */
void ua_stack_trace(struct ua_stack *stack, ua_trace_h *h, void *arg);

/* ---- 2 account ------------------------------------------------------ */

enum {
	UA_EFORGED = EILSEQ, /* what came was not signed by the server */
};

/* How a request of ours ended. */
struct ua_result {
	const struct msg *msg; /* final response; NULL where none came */
	uint16_t status;       /* 408 timeout, 503 transport error */
	int err;               /* errno where no response came */
	const char *why;       /* a sentence, never NULL unless 2xx */
	bool wrong_password;
	bool tls;              /* a TLS check failed */
	uint32_t retry_after;  /* seconds; 0: not said */
	bool maybe;            /* a server that did not answer may have got
	                          it */
};
typedef void(ua_result_h)(const struct ua_result *result, void *arg);

enum ua_state {
	UA_OFFLINE,
	UA_CONNECTING,
	UA_ONLINE,
	UA_FAILED, /* not signed in; retried at retry_at unless that is 0 */
};

/* Whether a server that asks for NTLM is answered, and what it then sends
 * must be signed. */
enum ua_ntlm {
	UA_NTLM_NEVER,
	UA_NTLM_TLS,    /* over TLS alone */
	UA_NTLM_ALWAYS, /* over TCP too */
};

/* What an account adds to the wire; strings may be NULL. */
struct ua_profile {
	const char *from_params;      /* ";epid=..." on From of requests */
	const char *contact_params;   /* on Contact of REGISTER, behind ours */
	const char *register_headers; /* lines with CRLF */
	bool microsoft; /* REGISTER as [MS-SIPREGE] has it: no outbound, no
	                   Expires, the registrar's "registration-notify" is
	                   obeyed; one connection carries everything. A callee's
	                   MESSAGE before its answer is taken, and a caller's
	                   BYE without our tag */
};

struct ua_config {
	const char *aor; /* "sip:alice@example.org" */
	const char *display_name;
	const char *proxy;      /* SIP URI; NULL: the AOR's domain */
	const char *transport;  /* "auto", "udp", "tcp", "tls" */
	bool do_register;       /* false: online once it listens */
	uint32_t expires;       /* seconds asked for */
	const char *listen;     /* "address:port"; NULL: only where needed */
	const char *long_messages; /* "auto", "yes", "no" */
	const char *user_agent;
	const char *instance; /* urn:uuid:... for +sip.instance; NULL: none */
	const char *tls_ca_file;
	bool tls_verify;
	const char *tls_name;
	const char *tls_pin;
	const char *tls_certificate;
	const char *tls_key;
	enum ua_ntlm ntlm;
	const char *accept;         /* media types for Accept, "a/b, c/d" */
	const char *session_accept; /* media types in a session's SDP */
	bool guess; /* the server may be Microsoft's: its names are tried */
	const struct ua_profile *profile; /* NULL: none; copied shallowly */
};

/* The answer to credentials(): PASSWORD NULL means none. Copied. */
typedef void(ua_credentials_answer_h)(const char *user, const char *password,
	void *ctx);

struct ua_request;
struct ua_watcher;
struct ua_session;

struct ua_handlers {
	/* WHY is a sentence for UA_FAILED; RESULT its details, or for
	 * UA_ONLINE the answer to REGISTER (may be NULL); RETRY_AT a wall
	 * time or 0; ADDRESS where we are reached. */
	void (*state)(enum ua_state state, const struct ua_result *result,
		const char *why, int64_t retry_at, const char *address,
		void *arg);

	/* Credentials for REALM; answered at once or later. */
	void (*credentials)(const char *realm, ua_credentials_answer_h *answer,
		void *ctx, void *arg);

	/* MESSAGE outside a dialog; to be answered with
	 * ua_request_answer(). */
	void (*message)(struct ua_request *r, void *arg);

	/* An INVITE that offers m=message; to be answered with
	 * ua_session_accept() or _reject(). REQ is the INVITE. S is the
	 * handler's (mem_deref). */
	void (*invite)(struct ua_session *s, const struct msg *req, void *arg);
	void *arg;
};

/* An account, offline at first. Its objects (subscriptions, sessions, ...) may
 * outlive it and do nothing then. All of CONFIG is copied. EINVAL with *WHY
 * (mem_deref) naming the setting that is wrong. */
int ua_alloc(struct ua **uap, struct ua_stack *stack,
	const struct ua_config *config, const struct ua_handlers *handlers,
	char **why);

/* Registers (refresh, back-off and flow loss looked after: RFC 3261 10, RFC
 * 5626 4.5) or listens. Called while failed: tries again at once. */
void ua_start(struct ua *ua);

/* Somebody waits for the account: a try that is due later, after a failure,
 * is made now, at most one in 2 s and never before a time that the server
 * named. */
void ua_nudge(struct ua *ua);

/* Un-registers; DONE (may be NULL) after that or LIMIT ms. State offline. */
void ua_stop(struct ua *ua, uint64_t limit, void (*done)(void *arg), void *arg);

enum ua_state ua_state(const struct ua *ua);
const char *ua_aor(const struct ua *ua);
const struct uri *ua_uri(const struct ua *ua);
struct ua_stack *ua_stack_of(const struct ua *ua);

/* True while our flow is a stream; bytes of a page-mode body that may go;
 * SIZE_MAX: no bound. */
size_t ua_page_max(const struct ua *ua);

/* "TLS", "TCP", "UDP" of the flow, or NULL. */
const char *ua_transport(const struct ua *ua);

/* ---- 3 waiting ------------------------------------------------------ */

/*
 * A request that waits for an answer from above (MESSAGE, INFO). Whoever
 * takes it holds a reference (mem_ref) and answers once. Released unanswered:
 * 500; after 10 s: 500; over 10,000 held: 503 before it comes up.
 */
const struct msg *ua_request_msg(const struct ua_request *r);

/* HEADERS: lines with CRLF, or NULL. EALREADY if answered before. */
int ua_request_answer(struct ua_request *r, uint16_t status,
	const char *headers);

/* "192.0.2.1": who sent it, for rate limits (borrowed). */
const char *ua_request_source(const struct ua_request *r);

/* ---- 4 subscriber --------------------------------------------------- */

enum ua_sub_state {
	UA_SUB_TRYING,
	UA_SUB_PENDING,
	UA_SUB_ACTIVE,
	UA_SUB_ENDED, /* WHY tells; tried again by itself where AGAIN */
};

struct ua_sub_handlers {
	void (*state)(enum ua_sub_state state, const char *why, uint16_t status,
		bool again, void *arg);

	/* A NOTIFY of this subscription, or the 200 to SUBSCRIBE that says
	 * by ms-piggyback-cseq that it is one; FIRST for the first active
	 * one. Its body may be empty. Answered 200 by the machine after this
	 * returns 0, else with the returned status (415, 400). */
	uint16_t (*notify)(const struct msg *notify, bool first, void *arg);

	/* The body that was set last has arrived: its SUBSCRIBE got a 2xx,
	 * which was taken before if it was a notification. */
	void (*taken)(void *arg);
	void *arg;
};

struct ua_sub_config {
	const char *target;  /* URI */
	const char *event;   /* "presence" */
	const char *accept;  /* "application/pidf+xml" */
	const char *max_rate; /* "0.2": no more NOTIFYs a second, once the
	                         notifier has shown that it knows such rates
	                         (RFC 6446); NULL: as they come */
	const char *headers; /* lines with CRLF; NULL */
	const char *content_type; /* of a body; NULL */
	struct pl body;
	uint32_t expires; /* seconds; 0: fetch once */
	bool list; /* to a list of people (RFC 4662), whose server may name
	              one address for all ways to it, and say no last word */
};

/* Subscribes and keeps it up: refresh, 423, forks (one dialog: presence),
 * 481 anew, every reason of RFC 6665 4.1.3, back-off. Of an account's many
 * SUBSCRIBEs 64 wait for an answer at a time; who is silent for a second holds
 * up nobody. Where NOTIFYs carry an entity-tag a refresh asks for no more than
 * what has changed (RFC 5839); a first SUBSCRIBE and ua_sub_refresh() ask for
 * all there is. */
struct ua_sub;
int ua_subscribe(struct ua_sub **subp, struct ua *ua,
	const struct ua_sub_config *config,
	const struct ua_sub_handlers *handlers);

/* Another body, sent at once in the dialog that stands, and with every
 * SUBSCRIBE from now on. */
void ua_sub_set_body(struct ua_sub *sub, const struct pl *body);

/* ... with the next SUBSCRIBE, whenever that is. */
void ua_sub_keep_body(struct ua_sub *sub, const struct pl *body);

/* Expires: 0, then DONE after the final NOTIFY or LIMIT ms; no other handler
 * is called any more. */
void ua_sub_end(struct ua_sub *sub, uint64_t limit, void (*done)(void *arg),
	void *arg);

/* Asks now instead of at the next refresh or retry. */
void ua_sub_refresh(struct ua_sub *sub);

/* ---- 5 notifier ----------------------------------------------------- */

enum ua_verdict {
	UA_PENDING,      /* neutral: NOTIFY without body */
	UA_ACTIVE,       /* sees the state */
	UA_POLITE_BLOCK, /* sees the closed document */
	UA_REJECTED,     /* 403 at SUBSCRIBE; terminated;reason=rejected
	                    later */
	UA_BUSY,         /* 503 with Retry-After at SUBSCRIBE; later: as
	                    rejected */
};

struct ua_notifier_handlers {
	/* May WATCHER (AOR) see us? Answer at once or later by
	 * ua_notifier_decide(); pending until then. NAME may be unset. */
	enum ua_verdict (*authorize)(const char *watcher,
		const struct pl *name, const char *source, void *arg);
	void *arg;
};

struct ua_notifier;

/* Answers SUBSCRIBE for EVENT with bodies of CONTENT_TYPE. At most 1,000
 * watchers; at most one NOTIFY in 5 s each (PR5), and fewer, or again after a
 * while without news but not within a minute, where the watcher asks for it
 * (RFC 6446). NOTIFYs carry an entity-tag; who names it in a SUBSCRIBE of the
 * dialog gets 204 and no NOTIFY until something changes (RFC 5839). */
int ua_notifier_alloc(struct ua_notifier **np, struct ua *ua, const char *event,
	const char *content_type, const struct ua_notifier_handlers *handlers);

/* The state that active watchers see, and what politely blocked ones do;
 * changes are sent. */
void ua_notifier_set(struct ua_notifier *n, const struct pl *body,
	const struct pl *closed);

/* A new verdict for every subscription of WATCHER. */
void ua_notifier_decide(struct ua_notifier *n, const char *watcher,
	enum ua_verdict verdict);

/* Terminates all (reason deactivated), then DONE or after LIMIT ms. */
void ua_notifier_end(struct ua_notifier *n, uint64_t limit,
	void (*done)(void *arg), void *arg);

/* Watchers with a subscription. */
void ua_notifier_each(const struct ua_notifier *n,
	void (*h)(const char *watcher, enum ua_verdict v, void *arg),
	void *arg);

/* ---- 6 publisher ---------------------------------------------------- */

struct ua_publisher;

/* Publishes for the AOR; H hears the result of each PUBLISH that changed
 * state and of the first refusal (405, 489: publishing is off). */
int ua_publisher_alloc(struct ua_publisher **pp, struct ua *ua,
	const char *event, const char *content_type, uint32_t expires,
	ua_result_h *h, void *arg);

/* New state; one PUBLISH at a time, the newest body wins (PU1-PU4). */
void ua_publisher_set(struct ua_publisher *p, const struct pl *body);

/* Removes it: Expires 0. */
void ua_publisher_end(struct ua_publisher *p, uint64_t limit,
	void (*done)(void *arg), void *arg);

/* ---- 7 page mode ---------------------------------------------------- */

struct ua_call; /* an own request under way: mem_deref() forgets it */

/* MESSAGE (RFC 3428). EMSGSIZE: too long for page mode here. CP may be NULL.
 * HEADERS: lines with CRLF or NULL. */
int ua_message(struct ua_call **cp, struct ua *ua, const char *to,
	const char *content_type, const struct pl *body, const char *headers,
	ua_result_h *h, void *arg);

int ua_options(struct ua_call **cp, struct ua *ua, const char *to,
	ua_result_h *h, void *arg);

/* Any other request outside a dialog, such as SERVICE; BODY may be NULL. */
int ua_send(struct ua_call **cp, struct ua *ua, const char *method,
	const char *to, const char *content_type, const struct pl *body,
	const char *headers, ua_result_h *h, void *arg);

/* True if RESULT's 200 to OPTIONS carries SDP with m=message of the kind that
 * ours has. */
bool ua_options_takes_session(const struct ua_result *result);

/* ---- 8 session ------------------------------------------------------ */

struct ua_session_handlers {
	/* 180 came. */
	void (*ringing)(void *arg);

	/* The session stands. */
	void (*open)(void *arg);

	/* MESSAGE or INFO in it, to be answered. */
	void (*request)(struct ua_request *r, void *arg);

	/* It ended or never came to be; nothing after this. BY_PEER: BYE or
	 * CANCEL of theirs. RESULT where we were refused (may be NULL). */
	void (*closed)(bool by_peer, const struct ua_result *result,
		const char *why, void *arg);
	void *arg;
};

/* INVITE with our m=message offer. */
int ua_session_invite(struct ua_session **sp, struct ua *ua, const char *to,
	const char *headers, const struct ua_session_handlers *h);

/* For an incoming one: handlers first of all; 180; 200 with our answer; a
 * refusal, after which nothing is called any more. */
void ua_session_set_handlers(struct ua_session *s,
	const struct ua_session_handlers *h);
void ua_session_ring(struct ua_session *s);
void ua_session_accept(struct ua_session *s);
void ua_session_reject(struct ua_session *s, uint16_t status);

/* AOR of the peer. */
const char *ua_session_peer(const struct ua_session *s);
const struct pl *ua_session_peer_name(const struct ua_session *s);

/* "192.0.2.1": who sent the INVITE, for rate limits (borrowed); "" for ours. */
const char *ua_session_source(const struct ua_session *s);

/* "TLS", "TCP", "UDP" of its dialog's flow, or NULL. */
const char *ua_session_transport(const struct ua_session *s);

/* The 200 to our INVITE (borrowed); NULL: none, or theirs. */
const struct msg *ua_session_answer(const struct ua_session *s);
bool ua_session_isopen(const struct ua_session *s);

/* MESSAGE or INFO in the dialog. ENOTCONN: not open. */
int ua_session_send(struct ua_call **cp, struct ua_session *s,
	const char *method, const char *content_type, const struct pl *body,
	const char *headers, ua_result_h *h, void *arg);

/* BYE, CANCEL or refusal as its state wants; DONE after the answer or LIMIT
 * ms; no other handler of the session is called any more. A BYE waits for the
 * answers to what was sent in the session, at most a second. */
void ua_session_end(struct ua_session *s, uint64_t limit,
	void (*done)(void *arg), void *arg);

#endif
