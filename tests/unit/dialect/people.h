/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * people.h - endpoints on a network in memory, each on a host of its own at
 * ADDR:5060, without a server.
 *
 * What a person's handlers hear is appended to person->log as short words
 * with a blank behind each, so that a test compares one string. A peer is
 * there by the user part of its address:
 *
 *   online                         status
 *   bob=unknown(why)  bob?=online  presence, watched and fetched
 *   bob=online/busy[note]
 *   list:bob=Bob B/Friends,kim     the contact list that a server keeps
 *   list:none                      ... and has none of
 *   bob:text                       a text that arrived ("bob::" by session)
 *   bob:typing  bob:idle
 *   1=delivered/page               the fate of the text of token 1
 *   bob:open/session/us            chat
 *   bob:is(Bob B)                  what they call themselves
 *   bob:rings  bob:watches         invite, authorize
 *   bob:asks  bob:settled          authorize as the server tells it
 *   rules:bob=allow,kim=refuse     the rules that a server has
 *   rules:none                     ... and has none of
 *   bob:waits                      let in, which the server is not told
 *   trouble(why)                   with what the server keeps
 *   bob:ruled  bob:not-ruled       what was decided is a rule there, or is not
 */
#ifndef SOTTO_TEST_DIALECT_PEOPLE_H
#define SOTTO_TEST_DIALECT_PEOPLE_H

#include "../ua/world.h"
#include "dialect.h"
#include "http.h"

enum {
	KEYS_MAX = 64,
};

struct person {
	struct world *world;
	struct memnet_host *host;
	struct dialect_stack *stack;
	struct endpoint *e;
	struct endpoint_config config;
	char aor[64];
	char listen[64];
	char log[LOG_SIZE];
	char why[256]; /* of the last outcome, chat or status */
	uint32_t after; /* of the last outcome */
	uint16_t code;
	enum endpoint_verdict watchers; /* what authorize() says */
	enum endpoint_verdict guests; /* ... and invite() */
	uint16_t answer; /* to a text; 0: kept unanswered */
	uint32_t retry_after; /* with it */
	struct endpoint_message *kept;
	uint64_t keys[KEYS_MAX]; /* of the texts that arrived */
	size_t nkeys;
	const char *bomb; /* frees the endpoint in the handler that says so */
	bool reads_rules; /* and says them */
	bool hears_trouble; /* and says it, instead of its log */
	size_t asks; /* of authorize(), by what the server tells */
	const struct http_way *http; /* NULL: none */
	struct log *talk; /* what its log gets; released with it */
	size_t quiet; /* texts that came, where the log is not read */
};

void person_open(
	struct person *p, struct world *w, const char *user, const char *addr);
void person_start(struct person *p); /* and signs in */
void person_close(struct person *p);
void person_publish(struct person *p, enum endpoint_visibility visibility);
void person_done_h(void *arg); /* "done" */

/* Two of them who are online, alice at 192.0.2.1 and bob at 192.0.2.2. */
struct two {
	struct world w;
	struct person a, b;
};
struct two *two_make(void); /* made, not started */
struct two *two_open(void);
void two_close(struct two *t);
void two_run(struct two *t, uint64_t ms);

#endif
