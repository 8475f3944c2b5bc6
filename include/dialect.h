/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dialect.h - one signed-in address, whatever the server speaks.
 *
 * An endpoint registers (or listens), watches people, publishes, sends texts
 * and typing notices and holds sessions. Which requests carry that is the
 * business of a dialect behind it: SIMPLE today, Microsoft beside it. Above
 * this floor nobody sees a dialog or a request. Peers are AORs in canonical
 * form ("sip:bob@example.org", see uri_aor()).
 *
 * Handlers are never called from within the call that caused them, except
 * where said.
 */
#ifndef SOTTO_DIALECT_H
#define SOTTO_DIALECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "log.h"
#include "pl.h"
#include "presence.h"
#include "rand.h"
#include "tmr.h"

struct http_way;
struct loop;
struct sip_net;
struct sip_resolver;
struct dialect_stack;
struct endpoint;
struct endpoint_message;

/* ---- stack: one in a program ---------------------------------------- */

typedef void(dialect_trace_h)(bool sent, const char *transport,
	const char *local, const char *peer, const struct pl *text, void *arg);

struct dialect_stack_config {
	struct tmrs *tmrs;
	struct rand *rand;
	struct log *log;
	struct loop *loop;         /* the real network ... */
	const char *dns_servers;   /* NULL: the system's */
	const struct sip_net *net; /* ... or, with LOOP NULL, these */
	const struct sip_resolver *resolver;
	const struct http_way *http; /* NULL: the real one, with LOOP */
	size_t max_transactions;
	const char *lang; /* "cs_CZ.UTF-8": of notes in several languages; NULL:
	                     any. Copied */
};

int dialect_stack_alloc(struct dialect_stack **sp,
	const struct dialect_stack_config *config);
void dialect_stack_trace(
	struct dialect_stack *stack, dialect_trace_h *h, void *arg);

/* What the messages of one SIP transaction have in common, its method first;
 * NULL: TEXT is none of any (mem_deref). */
char *dialect_trace_key(bool sent, const struct pl *text);

/* ---- endpoint ------------------------------------------------------- */

enum endpoint_state {
	ENDPOINT_OFFLINE,
	ENDPOINT_CONNECTING,
	ENDPOINT_ONLINE,
	ENDPOINT_FAILED,
};

struct endpoint_status {
	enum endpoint_state state;
	const char *why;     /* of failed; a sentence without final stop */
	uint16_t code;       /* SIP status; 0: none came */
	bool wrong_password; /* finally refused: not retried */
	bool tls;            /* a TLS check failed */
	bool refused;        /* finally refused by the server */
	int64_t retry_at;    /* wall ms; 0: not retried */
	const char *address; /* where we are reached, when online */
};

/* How one text ended. */
enum endpoint_sent {
	ENDPOINT_DELIVERED, /* 2xx but 202 */
	ENDPOINT_ACCEPTED,  /* 202 */
	ENDPOINT_REFUSED,   /* final, with cause */
	ENDPOINT_LATER,     /* not now: no flow, 503, transport failure */
	ENDPOINT_UNKNOWN,   /* no answer: may have arrived */
};

struct endpoint_outcome {
	enum endpoint_sent sent;
	const char *why;  /* NULL where it went well */
	uint16_t code;    /* SIP status; 0: none */
	uint32_t after;   /* seconds, for LATER; 0: not said */
	const char *via;  /* "page", "session" */
};

enum endpoint_chat {
	ENDPOINT_CHAT_OPENING,
	ENDPOINT_CHAT_OPEN,
	ENDPOINT_CHAT_CLOSED,
};

enum endpoint_by {
	ENDPOINT_BY_US,
	ENDPOINT_BY_THEM,
	ENDPOINT_BY_ERROR,
};

/* What a person who asks something of us gets. */
enum endpoint_verdict {
	ENDPOINT_PENDING,      /* watcher: waits; INVITE: rings */
	ENDPOINT_ALLOW,
	ENDPOINT_POLITE_BLOCK, /* watcher only */
	ENDPOINT_REFUSE,       /* 403, rejected */
	ENDPOINT_BUSY,         /* 503 with Retry-After: rate limit */
};

enum endpoint_visibility {
	ENDPOINT_VISIBLE,
	ENDPOINT_INVISIBLE, /* published as closed */
	ENDPOINT_HIDDEN,    /* publication removed, watchers get closed */
};

/* Somebody in the contact list that the server keeps. */
struct endpoint_contact {
	const char *peer;
	const char *name;          /* NULL: none */
	const char *const *groups; /* NULL-terminated; NULL: none */
};

/* A rule of the server's about PEER. */
struct endpoint_rule {
	const char *peer;
	enum endpoint_verdict verdict; /* ALLOW, POLITE_BLOCK for a block,
	                                  REFUSE where only watching is */
};

struct endpoint_handlers {
	void (*status)(const struct endpoint_status *status, void *arg);

	/* Credentials for REALM: answered at once or later, PASSWORD NULL
	 * for none. */
	void (*credentials)(const char *realm,
		void (*answer)(
			const char *user, const char *password, void *ctx),
		void *ctx, void *arg);

	/* News of PEER, watched or fetched; state unknown has a reason. CODE
	 * of a refusal, or 0. FETCHED: the answer to endpoint_fetch(). */
	void (*presence)(const char *peer, const struct presence *p,
		uint16_t code, bool fetched, void *arg);

	/* A text arrived; to be answered with endpoint_message_answer(). */
	void (*message)(struct endpoint_message *m, void *arg);

	void (*typing)(const char *peer, bool active, void *arg);

	/* The fate of endpoint_send(): once for each TOKEN. */
	void (*sent)(uint64_t token, const struct endpoint_outcome *outcome,
		void *arg);

	/* A conversation opens, is open, is closed. WHY may be NULL. */
	void (*chat)(const char *peer, enum endpoint_chat state,
		const char *via, enum endpoint_by by, const char *why,
		uint16_t code, void *arg);

	/* PEER wants a session. PENDING rings until endpoint_chat_open() or
	 * 60 s have passed. NAME may be unset. */
	enum endpoint_verdict (*invite)(const char *peer, const struct pl *name,
		const char *source, void *arg);

	/* PEER tells that it types. Only ALLOW leads to typing(); PENDING is
	 * answered 200 and forgotten. NULL: ALLOW. */
	enum endpoint_verdict (*notice)(
		const char *peer, const char *source, void *arg);

	/* The server keeps a contact list: its N contacts, whole, after the
	 * sign-in and after every change. CONTACTS NULL: it can keep one, and
	 * has none: what it had is lost rather than removed. NULL: not
	 * interested. */
	void (*contacts)(const struct endpoint_contact *contacts, size_t n,
		void *arg);

	/* PEER, who is watched, calls itself NAME. NULL: not interested. */
	void (*card)(const char *peer, const char *name, void *arg);

	/* PEER watches us; PENDING until endpoint_decide(). SOURCE NULL: the
	 * server tells it. */
	enum endpoint_verdict (*authorize)(const char *peer,
		const struct pl *name, const char *source, void *arg);

	/* PEER, for whom authorize() said PENDING, was let in or refused by
	 * the server, as another device decided: nobody need be asked any
	 * more. NULL: not interested. */
	void (*settled)(const char *peer, void *arg);

	/* What was decided last about PEER is in the rules of the server now
	 * (WHY NULL), or the server has refused it for good. Until then it is
	 * to be decided again at the next sign-in. NULL: not interested. */
	void (*ruled)(const char *peer, const char *why, void *arg);

	/* The rules about N people that the server keeps, whole, as another
	 * device may have written them: after the sign-in, and when they are
	 * found changed. RULES NULL: it keeps none at all; what it had is lost
	 * rather than taken back. NULL: not interested. */
	void (*rules)(const struct endpoint_rule *rules, size_t n, void *arg);

	/* PEER waits at the server, though authorize() has an answer: this one
	 * takes none from us. Once for each. NULL: not interested. */
	void (*waits)(const char *peer, void *arg);

	/* A sentence, without an end, on what the server keeps for us, or was
	 * to keep: not to be had, or not taken. NULL: it goes to the log. */
	void (*trouble)(const char *text, void *arg);
	void *arg;
};

/* Account settings as the user wrote them, checked by core's table. NULL:
 * unset. */
struct endpoint_config {
	const char *aor;
	const char *display_name;
	const char *proxy;
	const char *transport;
	const char *dialect; /* "auto", "simple", "microsoft" */
	const char *session; /* "auto", "page", "session" */
	const char *listen;
	const char *long_messages;
	const char *user_agent;
	const char *tls_ca_file;
	const char *tls_name;
	const char *tls_pin;
	const char *tls_certificate;
	const char *tls_key;
	const char *presence_list; /* "auto", "yes", "no": one subscription
				      for all who are watched */
	const char *xcap_root; /* of documents; NULL: none are kept */
	const char *instance; /* urn:uuid:..., stable for the account */
	bool tls_verify;
	bool do_register;
	bool publish;
	bool typing; /* send typing notices */
	uint32_t expires;
};

/* EINVAL with *WHY (mem_deref) where a setting is wrong. Copied. With dialect
 * "auto" the first answer to REGISTER tells which one it is. */
int endpoint_alloc(struct endpoint **ep, struct dialect_stack *stack,
	const struct endpoint_config *config,
	const struct endpoint_handlers *handlers, char **why);

/* Signs in; while failed: tries at once. */
void endpoint_sign_in(struct endpoint *e);

/* Somebody waits: while failed, a try that is due later is made now, but not
 * before a time that the server named. */
void endpoint_nudge(struct endpoint *e);

/* BYE, un-PUBLISH, un-SUBSCRIBE, un-REGISTER side by side; DONE (may be NULL)
 * after that or LIMIT ms. */
void endpoint_sign_out(struct endpoint *e, uint64_t limit,
	void (*done)(void *arg), void *arg);

/* "TLS", "TCP", "UDP" or NULL. */
const char *endpoint_transport(const struct endpoint *e);

/* The same of the session with PEER; NULL: there is none. */
const char *endpoint_chat_transport(struct endpoint *e, const char *peer);

/* The server's contact list is to have CONTACT so, or to have PEER no more;
 * contacts() tells when it has. Where the server keeps none, nothing happens;
 * what was not done when the sign-in ends is forgotten. */
void endpoint_contact_set(
	struct endpoint *e, const struct endpoint_contact *contact);
void endpoint_contact_drop(struct endpoint *e, const char *peer);

/* What goes to PEER in requests of their own has URI as its target, of the same
 * AOR; NULL: the AOR again. A subscription that stands moves. */
void endpoint_way_set(struct endpoint *e, const char *peer, const char *uri);

/* Watches PEER whenever signed in, until unwatched. */
void endpoint_watch(struct endpoint *e, const char *peer);
void endpoint_unwatch(struct endpoint *e, const char *peer);

/* Asks once for PEER's presence; one presence() with FETCHED follows. */
void endpoint_fetch(struct endpoint *e, const char *peer);

/* Own presence, kept over sign-ins. IDLE: nobody said so, but no key was
 * pressed here for that many seconds; 0: it was said. */
void endpoint_publish(struct endpoint *e, const struct presence *p,
	enum endpoint_visibility visibility, uint32_t idle);

/* What becomes of our decisions at the server, as far as is known. */
enum endpoint_rules {
	ENDPOINT_RULES_NONE,  /* it keeps none: it shows us by its own */
	ENDPOINT_RULES_LATER, /* it is not signed in to, or has not said yet */
	ENDPOINT_RULES_KEPT,  /* it acts by them */
};

enum endpoint_rules endpoint_rules(const struct endpoint *e);

/* A new decision about a watcher: what our own notifier does, and the RULE
 * that a server is to keep; ENDPOINT_BUSY: its rules stay as they are. */
void endpoint_decide(struct endpoint *e, const char *peer,
	enum endpoint_verdict verdict, enum endpoint_verdict rule);

/* Sends TEXT: opens, forks or re-opens what it needs; texts to one peer go
 * in the order given. sent() tells. */
void endpoint_send(struct endpoint *e, const char *peer, const char *text,
	uint64_t token);

/* A key was typed (ACTIVE) or the line was emptied. Cheap; notices are sent
 * by the rules of RFC 3994. The first key opens what a text would need. */
void endpoint_typing(struct endpoint *e, const char *peer, bool active);

/* Opens a conversation (a session where the peer takes one, else page mode,
 * open at once); takes a ringing one. */
void endpoint_chat_open(struct endpoint *e, const char *peer);

/* BYE if there is a session. chat() closed, by us, follows. */
void endpoint_chat_close(struct endpoint *e, const char *peer);

/* Bytes of text that may go to PEER now; SIZE_MAX: no bound. */
size_t endpoint_text_max(const struct endpoint *e, const char *peer);

/* ---- a text that arrived -------------------------------------------- */

/* Held by mem_ref() until answered; 10 s, then 500. All borrowed. */
const char *endpoint_message_peer(const struct endpoint_message *m);
const struct pl *endpoint_message_name(const struct endpoint_message *m);
const char *endpoint_message_text(const struct endpoint_message *m);
const char *endpoint_message_via(const struct endpoint_message *m);
const char *endpoint_message_source(const struct endpoint_message *m);
int64_t endpoint_message_sent_at(const struct endpoint_message *m); /* 0 */

/* Key of account, From URI, From tag, Call-ID, CSeq and body: a request with
 * the same key was seen before. Never 0. */
uint64_t endpoint_message_seen(const struct endpoint_message *m);

/* STATUS 200, 403, 500 or 503; RETRY_AFTER seconds, 0: none. */
void endpoint_message_answer(
	struct endpoint_message *m, uint16_t status, uint32_t retry_after);

#endif
