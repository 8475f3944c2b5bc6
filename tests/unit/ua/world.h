/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world.h - user agents on a network in memory, and a scripted peer.
 *
 * What a node's handlers hear is appended to node->log as short words with a
 * blank behind each, so that a test compares one string.
 */
#ifndef SOTTO_TEST_UA_WORLD_H
#define SOTTO_TEST_UA_WORLD_H

#include "unit.h"
#include "list.h"
#include "mbuf.h"
#include "sip.h"
#include "ua.h"
#include "memnet.h"

enum {
	LOG_SIZE = 4096,
	SERVER_MAX = 11000, /* requests that a scripted peer remembers */
	KEPT_MAX = 32,
};

struct world {
	struct memnet *mn;
	struct sip_resolver resolver;
};

/* A stack with one account on a host of its own. */
struct node {
	struct world *world;
	struct memnet_host *host;
	struct ua_stack *stack;
	struct ua *ua;
	struct ua_config config;
	struct ua_handlers handlers;
	char aor[64];
	char log[LOG_SIZE];
	const char *user;     /* what credentials() answers */
	const char *password; /* NULL: none */
	struct ua_result last; /* of the last state; msg is not kept */
	char why[256];
	char address[SA_TEXT_SIZE];
	int64_t retry_at;
	uint16_t answer;      /* to MESSAGE and INFO; 0: kept unanswered */
	struct ua_request *kept[KEPT_MAX];
	size_t nkept;
	struct ua_session *session; /* the last one that came in */
	bool auto_accept;
	bool auto_ring;
	enum ua_verdict verdict; /* of authorize() */
	struct ua_sub *drop_sub; /* released by the next handler */
	unsigned drop_ua; /* the account is, at the state of this number */
};

/* A peer that answers by a script: datagrams and streams at ADDR:5060, TLS at
 * ADDR:5061. */
struct server;
typedef void(server_h)(struct server *s, const struct msg *req, void *arg);
struct server {
	struct world *world;
	struct memnet_host *host;
	const struct sip_net *net;
	void *end;
	void *listener;
	void *tls_listener; /* port 5061 */
	void *conn; /* the last one */
	struct mbuf *in; /* of conn */
	struct sa peer; /* whom the request at hand came from */
	bool stream; /* and how */
	server_h *h;
	void *arg;
	const char *type; /* of its bodies; NULL: "application/x-test" */
	size_t n;
	struct msg *msgs[SERVER_MAX]; /* requests and responses */
};

void world_open(struct world *w, uint64_t seed);
void world_close(struct world *w);
void world_run(struct world *w, uint64_t ms);

/* ADDR: numeric. With SERVER an account sip:USER@example.org that registers
 * there by UDP, else sip:USER@ADDR that listens at ADDR:5060. The config may
 * be changed before node_start(). */
void node_open(struct node *n, struct world *w, const char *user,
	const char *addr, const char *server);
void node_start(struct node *n);
void node_close(struct node *n);
void node_log(struct node *n, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Compares the log and empties it. */
#define assert_log(n_, text_)                                                  \
	do {                                                                   \
		assert_string_equal((n_)->log, text_);                         \
		(n_)->log[0] = '\0';                                           \
	} while (0)

/* Handlers that write to the log: state words, "NOTIFY:<body>", ... ARG is
 * the node. */
extern const struct ua_sub_handlers node_sub_h;
extern const struct ua_session_handlers node_session_h;
extern const struct ua_notifier_handlers node_notifier_h;
ua_result_h node_result_h;
void node_done_h(void *arg);

/* A body as struct pl. */
struct pl body(const char *text);

void server_open(struct server *s, struct world *w, const char *addr,
	server_h *h, void *arg);
void server_close(struct server *s);

/* Answers REQ; HEADERS are lines with CRLF; TAG goes on To if it had none. */
void server_reply(struct server *s, const struct msg *req, uint16_t status,
	const char *tag, const char *headers, const char *text);

/* Sends raw bytes to ADDR:PORT from the server's port. */
void server_send(struct server *s, const char *addr, uint16_t port,
	const void *p, size_t n);
void server_printf(struct server *s, const char *addr, uint16_t port,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* ... down its connection. */
void server_stream(struct server *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The last message kept of METHOD (of a response: its CSeq), or NULL. */
const struct msg *server_last(const struct server *s, const char *method);
size_t server_count(const struct server *s, const char *method);
void server_forget(struct server *s);

/* Value of a header of MSG as a string (mem_deref), "" if absent. */
char *header(const struct msg *msg, const char *name);
#define assert_header(msg_, name_, text_)                                      \
	do {                                                                   \
		char *header_ = header(msg_, name_);                           \
		assert_string_equal(header_, text_);                           \
		mem_deref(header_);                                            \
	} while (0)

#endif
