/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lab.h - what the tests of the upper half share: our stack on a host of a
 * network in memory, names out of a table, peers that answer from a script.
 */
#ifndef SOTTO_TEST_SIP_LAB_H
#define SOTTO_TEST_SIP_LAB_H

#include "../../../src/sip/sip_int.h"
#include "../../mock/memnet.h"
#include "unit.h"

enum {
	LAB_MSGS = 64,
	LAB_RESULTS = 32,
};

/* One name: an address, or with TARGET an SRV record; ERR instead of
 * both. The table ends with a NULL name. */
struct lab_name {
	const char *name;
	const char *addr;
	uint16_t priority;
	uint16_t weight;
	uint16_t port;
	const char *target;
	int err;
};

struct lab {
	struct memnet *net;
	struct memnet_host *host;
	struct sip *sip;
	struct sip_resolver resolver;
	const struct lab_name *names;
	size_t lookups; /* questions to the resolver */
	char *asked; /* their names, each followed by a space */
	struct list peers;

	/* Answers to questions for credentials. */
	const char *user;
	const char *password; /* NULL: there are none */
	size_t questions;
	bool later; /* the test calls answer itself */
	sip_credentials_answer_h *answer;
	void *answer_ctx;
	char realm[600];
};

/* What a request reported. */
struct lab_result {
	uint16_t status;
	int err;
	char *why;
	bool final;
	bool wrong_password;
	uint32_t retry_after;
	bool has_flow;
	bool maybe;
};

struct lab_results {
	struct lab_result all[LAB_RESULTS];
	size_t n;

	/* Acts within the handler; NULL: none. */
	void (*act)(const struct sip_result *result, void *arg);
	void *arg;
};

/*
 * A peer. SCRIPT[i] answers the i-th new transaction (the last one those
 * after it too), NULL stays silent: "407\nProxy-Authenticate: ...\n\nbody".
 * "180+200" sends two.  Copies of a request get the same answer again. What
 * came stands in MSGS, copies included; ACKs are never answered.
 */
struct lab_peer {
	struct le le;
	struct lab *lab;
	struct memnet_host *host;
	void *udp;
	void *listener;
	struct sip_net_handlers handlers;
	const char *const *script;
	size_t nscript;
	size_t ntrans;
	struct msg *msgs[LAB_MSGS];
	bool stream[LAB_MSGS];
	size_t n;
	const char *contact; /* in 1xx and 2xx; NULL: none */
	const char *to_tag; /* NULL: "peer" */
	struct list conns;
	struct sa last_src;
};

struct lab *lab_new(uint64_t seed);

/* AGENT's config with defaults for what is zero there. */
struct sip_agent *lab_agent(
	struct lab *lab, const struct sip_agent_config *config);

struct memnet_host *lab_host(struct lab *lab, const char *addr);
struct lab_peer *lab_peer(struct lab *lab, struct memnet_host *host,
	enum sip_tp tp, uint16_t port, const char *const *script, size_t n);

/* Sends the text with CRLF for each newline from PEER to where its last
 * request came from (UDP), or over its first connection. */
void lab_peer_say(struct lab_peer *peer, const char *text);

/* Answers message I of PEER as a line of a script would. */
void lab_peer_answer(struct lab_peer *peer, size_t i, const char *script);

void lab_result_h(const struct sip_result *result, void *arg);
void lab_results_clear(struct lab_results *results);

/* Runs until a final result or MS are over. */
bool lab_wait_final(struct lab *lab, struct lab_results *results, uint64_t ms);

/* A request of METHOD to TARGET outside a dialog. */
struct sip_request *lab_send(struct lab *lab, struct sip_agent *agent,
	const char *method, const char *target, struct lab_results *results);

/* Value of header ID of message I as a string (mem_deref). */
char *lab_header(const struct lab_peer *peer, size_t i, enum hdr_id id);

/* Decodes the text with CRLF for each newline (mem_deref). */
struct msg *lab_msg(const char *text);

/* True if the value of PARAM in credentials H of message I is VALUE; NULL:
 * it is absent. */
void lab_assert_param(const struct lab_peer *peer, size_t i, enum hdr_id id,
	const char *param, const char *value);

#endif
