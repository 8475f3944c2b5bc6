/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ua_int.h - what the files of the ua floor share.
 *
 * An account (struct ua) links its objects without owning them. When it goes
 * it detaches each: the object's `ua` becomes NULL, its timers and requests
 * are dropped, and only its owner's mem_deref() is left to come.
 */
#ifndef SOTTO_UA_INT_H
#define SOTTO_UA_INT_H

#include "list.h"
#include "mbuf.h"
#include "mem.h"
#include "sip.h"
#include "ua.h"

struct ua_listen;
struct ua_reg;

enum {
	UA_TEXT_MAX = 65536, /* bytes of headers that we build */
	UA_T_ANSWER = 10000, /* a request waits for an answer */
	UA_T_RING = 60000, /* an INVITE rings */
	UA_T_64T1 = 64 * SIP_T1, /* timers F, H, N */
	UA_HELD_MAX = 10000, /* requests that wait, in all */
	UA_RINGING_MAX = 100, /* INVITEs unanswered, in all */
	UA_BACKOFF_MAX = 1800, /* seconds (RFC 5626 4.5) */
	UA_EXPIRES_DEFAULT = 3600, /* seconds */
	UA_EXPIRES_MAX = 0x7fffffff /* of a Min-Expires that we obey */
};

/* ---- stack.c, listen.c ---------------------------------------------- */

struct ua_stack {
	struct tmrs *tmrs;
	struct rand *rand;
	struct log *log;
	const struct sip_net *net;
	struct sip_net *own_net;
	struct sip_resolver *own_resolver;
	struct dns *dns;
	struct sip *sip;
	struct sip_listener *listener;
	struct list uas; /* struct ua */
	struct list listens; /* struct ua_listen */
	size_t held; /* struct ua_request unanswered */
	size_t ringing; /* INVITEs unanswered */
	ua_trace_h *trace;
	void *trace_arg;
};

/* Ports at "address:port": UDP and TCP, and TLS on the next port if CERT and
 * KEY are set; one object for all accounts that name the same address.
 * *WHY (mem_deref) on failure. */
int ua_listen_get(struct ua_listen **lp, struct ua_stack *stack,
	const char *text, const char *cert, const char *key, char **why);
void ua_listen_add_to(const struct ua_listen *l, struct sip_agent *agent);
const struct sa *ua_listen_local(const struct ua_listen *l);

/* True if a flow of TP whose near end is LOCAL belongs to L. */
bool ua_listen_has(
	const struct ua_listen *l, enum sip_tp tp, const struct sa *local);

/* ---- ua.c ----------------------------------------------------------- */

struct ua {
	struct le le; /* stack->uas */
	struct ua_stack *stack;
	struct sip_agent *agent;
	struct ua_handlers h;
	struct ua_profile profile;
	char *aor;
	struct uri uri; /* borrows from aor */
	char *proxy;
	char *instance;
	char *accept;
	char *session_accept;
	char *listen_text;
	char *certificate;
	char *key;
	bool do_register;
	uint32_t expires;
	enum ua_state state;
	char *address;
	char *failure; /* that was told last, since it was online */
	struct ua_listen *listen;
	struct ua_reg *reg;
	unsigned failures; /* to listen, one after the other */
	struct tmr tmr; /* start or retry to listen */
	struct tmr tmr_calls;
	struct list calls; /* struct ua_call */
	struct list requests; /* struct ua_request */
	struct list subs; /* struct ua_sub */
	struct list subs_asking; /* those whose turn it is, longest first */
	struct list subs_waiting; /* ... and those whose turn comes */
	struct tmr tmr_subs; /* only while some wait */
	struct { /* the texts of the last one, as most have the same */
		char *event, *accept, *max_rate, *headers, *content_type;
	} sub_texts;
	struct ua_sub *subs_by_call_id; /* those with a dialog */
	struct list notifiers; /* struct ua_notifier */
	struct list publishers; /* struct ua_publisher */
	struct list sessions; /* struct ua_session */
	size_t byes; /* goodbyes under way */
	bool stopping;
	bool restart; /* asked for while stopping */
	bool unbound; /* while stopping: the un-REGISTER is done */
	struct tmr tmr_stop;
	void (*stop_done)(void *arg);
	void *stop_arg;
};

/* config.c: the name of the setting that is wrong, or NULL; copies; makes
 * ua->agent. */
const char *ua_config_check(const struct ua_config *c,
	enum sip_transport *transport, enum sip_long *lm);
void ua_config_copy(struct ua *ua, const struct ua_config *c);
int ua_agent_make(struct ua *ua, const struct ua_config *c,
	enum sip_transport transport, enum sip_long lm);

/* "online" and the like. */
const char *ua_state_name(enum ua_state state);

/* True while somebody above holds UA: every way in holds one reference. */
bool ua_isowned(const struct ua *ua);

/* A new state; tells the handler last, so that it may release UA. */
void ua_set_state(struct ua *ua, enum ua_state state,
	const struct ua_result *result, const char *why, int64_t retry_at,
	const struct sa *address);

/* True while requests of ours can go out. */
bool ua_isonline(const struct ua *ua);

/* The un-REGISTER is answered; a goodbye may have been the last. */
void ua_stop_unbound(struct ua *ua);
void ua_stop_check(struct ua *ua);

/* An address of ours for SDP, towards FLOW if there is one. */
void ua_local(
	const struct ua *ua, const struct sip_flow *flow, struct sa *local);

/* ---- bye.c: a goodbye with a limit ---------------------------------- */

struct ua_bye {
	struct tmrs *tmrs;
	struct ua *ua; /* whose goodbye; NULL: none, or the account is gone */
	void *self; /* the object; held while active, so that its owner may
		       let it go at once */
	bool active;
	struct tmr tmr;
	void (*done)(void *arg);
	void *arg;
};
void ua_bye_init(struct ua_bye *b, const struct ua *ua, void *self);
void ua_bye_start(struct ua_bye *b, struct ua *ua, uint64_t limit,
	void (*done)(void *arg), void *arg);
void ua_bye_finish(struct ua_bye *b); /* DONE comes soon, not from within */
void ua_bye_detach(struct ua_bye *b); /* the account goes */
void ua_bye_cancel(struct ua_bye *b); /* the object goes */

/* ---- dispatch.c, reply.c -------------------------------------------- */

extern const char ua_allow[]; /* value of Allow */
extern const char ua_supported[]; /* value of Supported */

sip_request_h ua_dispatch_h;

/* Answers ST; FMT makes whole header lines or is NULL. UA may be NULL. */
int ua_reply(struct ua *ua, struct sip_strans *st, uint16_t status,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* 489 with what UA notifies about. */
void ua_reply_bad_event(struct ua *ua, struct sip_strans *st);

/* True if REQ has no Accept or one that TYPE fits. */
bool ua_accepts(const struct msg *req, const char *type);

/* True if CONTENT_TYPE is in LIST ("a/b, c/d" or parted by blanks). */
bool ua_type_in(const char *list, const struct pl *content_type);

/* Answers 415 and returns true if the body of REQ is not of LIST or is
 * encoded. */
bool ua_refuse_body(struct ua *ua, struct sip_strans *st, const struct msg *req,
	const char *list);

/* Our SDP (mem_deref), and whether a message's SDP takes messages as ours
 * does. *ANY tells that there was an SDP. */
char *ua_sdp_text(const struct ua *ua, const struct sa *local);
bool ua_sdp_takes(const struct msg *msg, bool *any);

/* ---- result.c ------------------------------------------------------- */

void ua_result_set(struct ua_result *to, const struct sip_result *from);

/* A failure that is ours alone. */
void ua_result_fail(struct ua_result *to, int err, const char *why);

/* Where a 3xx sends us (RFC 3261 8.1.3.4): by q, each once, at most five,
 * never from sips to sip. All-zero is empty. */
enum {
	UA_REDIRECT_MAX = 5,
};
struct ua_redirect {
	char *uri[UA_REDIRECT_MAX];
	uint32_t q[UA_REDIRECT_MAX]; /* thousandths */
	size_t n;
	size_t next; /* first not tried yet */
};
void ua_redirect_reset(struct ua_redirect *rd);

/* Takes the Contacts of RESP, a 3xx to a request for FIRST. */
void ua_redirect_add(
	struct ua_redirect *rd, const struct msg *resp, const char *first);

/* The next one to try (borrowed) after an answer of STATUS, or NULL. */
const char *ua_redirect_next(struct ua_redirect *rd, uint16_t status);

/* ---- retry.c -------------------------------------------------------- */

/* What is remembered of failures to register since the last success. */
struct ua_retry {
	bool failed;
	bool brief; /* the last wait is one of the short ones */
	bool ordered; /* the last wait is the server's wish, or TLS's */
	unsigned quick; /* waits that were short, and that were not */
	unsigned slow;
	uint64_t since; /* the first failure */
	uint64_t last;
};

/* Seconds to wait after failure number N (from 1): RFC 5626 4.5. */
uint32_t ua_backoff(struct ua *ua, unsigned n, uint32_t max);

/* True where the same request may succeed later without anybody's help. */
bool ua_retry_heals(const struct ua_result *r);

/* Another failure: milliseconds until the next try. */
uint64_t ua_retry_failed(
	struct ua_retry *retry, struct ua *ua, const struct ua_result *r);

/* True if the user may shorten the wait; milliseconds that are left then. */
bool ua_retry_may_hurry(const struct ua_retry *retry);
uint64_t ua_retry_hurry(const struct ua_retry *retry, const struct ua *ua);
void ua_retry_reset(struct ua_retry *retry);

/* ---- register.c, binding.c ------------------------------------------ */

/* Seconds that the 200 R to a REGISTER gives our binding, 0: none; learns
 * Service-Route and GRUU from it. ASKED is what counts if it is silent. */
uint32_t ua_binding_take(
	struct ua *ua, const struct sip_result *r, uint32_t asked);

/* OUTBOUND: we offered it. */
void ua_binding_keepalive(const struct sip_result *r, bool outbound);

int ua_reg_alloc(struct ua_reg **rp, struct ua *ua);
void ua_reg_start(struct ua_reg *reg);

/* R, a request of ours, got no answer: over our flow that may be all the
 * server's silence, which a REGISTER finds out. */
void ua_reg_doubt(struct ua_reg *reg, const struct sip_result *r);
/* The server ended it by itself; AGAIN: it is to be made anew. */
void ua_reg_removed(struct ua_reg *reg, const char *why, bool again);
void ua_reg_nudge(struct ua_reg *reg); /* somebody waits for it */
void ua_reg_stop(struct ua_reg *reg); /* ua_stop_unbound() when done */

/* Forgets everything without a word. */
void ua_reg_reset(struct ua_reg *reg);

/* deregister.c: true if REQ is the registrar's notice of the end; answered. */
bool ua_dereg_recv(struct ua *ua, struct sip_strans *st, const struct msg *req,
	const struct sip_flow *flow);

/* ---- request.c ------------------------------------------------------ */

typedef void(ua_request_up_h)(struct ua_request *r, void *arg);

/* Holds ST's request and hands it to H; SESSION_LIST (may be NULL) is the
 * list of a session's requests. */
void ua_request_hold(struct ua *ua, struct sip_strans *st,
	const struct msg *req, struct list *session_list, ua_request_up_h *h,
	void *arg);
void ua_request_detach(struct ua_request *r);

/* ---- message.c, call.c ---------------------------------------------- */

struct ua_call_params {
	const char *method;
	const char *to; /* outside a dialog */
	struct sip_dialog *dialog; /* or inside this one */
	struct list *session_list; /* of the session's calls */
	ua_result_h *session_h; /* hears after the call's own handler */
	void *session_arg;
	const char *content_type;
	const struct pl *body;
	const char *headers;
	bool page;
	bool contact;
};
int ua_call_start(struct ua_call **cp, struct ua *ua,
	const struct ua_call_params *params, ua_result_h *h, void *arg);
void ua_call_detach(struct ua_call *c);
tmr_h ua_calls_kick_h;

void ua_call_forget_session(struct ua_call *c); /* the session goes */

void ua_message_recv(
	struct ua *ua, struct sip_strans *st, const struct msg *req);
void ua_options_recv(
	struct ua *ua, struct sip_strans *st, const struct msg *req);

/* ---- subscribe.c ---------------------------------------------------- */

void ua_sub_detach(struct ua_sub *sub);
void ua_sub_account(struct ua_sub *sub); /* the account's state changed */

/* A NOTIFY or BENOTIFY for one of the stack's subscriptions. False: none
 * fits. */
bool ua_sub_recv(
	struct ua_stack *stack, struct sip_strans *st, const struct msg *req);
bool ua_sub_knows(const struct ua *ua, const struct pl *package);

/* ---- notify.c ------------------------------------------------------- */

void ua_notifier_detach(struct ua_notifier *n);
void ua_notifier_account(struct ua_notifier *n);
const char *ua_notifier_event(const struct ua_notifier *n);

/* SUBSCRIBE outside a dialog, and within one (false: none fits). */
void ua_notifier_recv(
	struct ua *ua, struct sip_strans *st, const struct msg *req);
bool ua_notifier_recv_in_dialog(
	struct ua_stack *stack, struct sip_strans *st, const struct msg *req);

/* ---- publish.c ------------------------------------------------------ */

void ua_publisher_detach(struct ua_publisher *p);
void ua_publisher_account(struct ua_publisher *p);

/* ---- session.c, invite.c, invited.c, reinvite.c --------------------- */

void ua_session_detach(struct ua_session *s);
void ua_session_account(struct ua_session *s);

/* The account was signed out of: tells its owner. */
void ua_session_drop(struct ua_session *s);
void ua_invite_recv(struct ua *ua, struct sip_strans *st, const struct msg *req,
	struct sip_flow *flow);

/* A request in the dialog of a session. False: none fits. ST is NULL for
 * ACK. */
bool ua_session_recv(
	struct ua_stack *stack, struct sip_strans *st, const struct msg *req);

#endif
