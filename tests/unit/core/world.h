/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world.h - a core in a world of the test's own: a clock that the test moves,
 * work that completes when the test runs it, a store that fails on demand,
 * endpoints and commands of the user that only note what they are told.
 */
#ifndef SOTTO_TEST_WORLD_H
#define SOTTO_TEST_WORLD_H

#include "unit.h"
#include "core.h"
#include "list.h"
#include "mbuf.h"

#define ALICE "sip:alice@example.org"
#define BOB   "sip:bob@example.org"
#define KIM   "sip:kim@example.com"

struct world {
	struct tmrs *tmrs;
	uint64_t now;
	struct work work;
	struct list jobs; /* of WORK, waiting */
	bool hold; /* work completes nothing */
	struct store store; /* what core sees */
	struct store *memory;
	int each_err; /* of tables that are read; 0: none */
	int add_err; /* of the next additions; 0: none */
	int state_err; /* of the next new states */
	bool durable; /* the store says it outlives the process */
	const struct store_message *left; /* what an earlier run left */
	size_t n_left;
	const struct store_message *past; /* for scans, oldest first */
	size_t n_past;
	size_t n_put; /* rows put */
	struct rand *rand;
	struct core *core;
	struct core_listener *listener;
	struct mbuf *log; /* events and outcomes, a line each */
	struct mbuf *calls; /* what endpoints and commands were told */
	uint64_t ids[64]; /* of outgoing messages, as events told them */
	size_t n_ids;
	struct list endpoints;
	const char *refuse; /* why the next endpoint cannot be made */
	int refuse_err;
	size_t text_max;
	enum endpoint_rules rules; /* of the server of the endpoints */
	struct list children;
};

/* The world of the running test: what the doubles write to. */
extern struct world *world;

void world_open(struct world *w);
void world_open_commands(struct world *w); /* commands of the user run */
void world_open_with(struct world *w, struct store *memory, struct loop *loop);
void world_close(struct world *w);

/* A new core over what the store holds; nothing has run yet. */
void world_restart(struct world *w);

/* One turn of the loop. */
void world_turn(struct world *w);

/* Runs what is due now, then for MS milliseconds. */
void world_run(struct world *w, uint64_t ms);

/* Compares and empties. Lines end in \n. */
void world_log_is(struct world *w, const char *expected, int line);
void world_calls_are(struct world *w, const char *expected, int line);
bool world_has(const struct mbuf *mb, const char *text);
void world_quiet(struct world *w); /* forgets both */
#define assert_log(w_, text_)	world_log_is(w_, text_, __LINE__)
#define assert_calls(w_, text_) world_calls_are(w_, text_, __LINE__)

core_done_h world_done; /* ARG is a word for the log */

/* Account NAME of AOR, signed in; its endpoint. */
struct core_account *world_account(
	struct world *w, const char *name, const char *aor);
struct endpoint *world_login(struct world *w, struct core_account *a);
struct core_account *world_online(struct world *w, struct endpoint **ep);

/* ---- the double of dialect ------------------------------------------ */

struct endpoint {
	struct le le;
	struct endpoint_handlers h;
	char *aor;
	char *proxy;
	char *instance;
	char *ca_file;
	uint32_t expires;
	void (*out)(void *arg);
	void *out_arg;
};

/* The newest that lives, or NULL. */
struct endpoint *fake_endpoint(void);
void fake_state(struct endpoint *e, enum endpoint_state state, const char *why);
void fake_sent(struct endpoint *e, uint64_t token, enum endpoint_sent sent,
	const char *why, uint16_t code, uint32_t after);
void fake_presence(struct endpoint *e, const char *peer,
	enum presence_state state, const char *text, uint16_t code,
	bool fetched);
void fake_chat(struct endpoint *e, const char *peer, enum endpoint_chat state,
	enum endpoint_by by, const char *why, uint16_t code);
void fake_signed_out(struct endpoint *e);

/* A text from PEER; the answer goes to the calls. */
void fake_message(
	struct endpoint *e, const char *peer, const char *text, uint64_t seen);
void fake_message_from(struct endpoint *e, const char *peer, const char *text,
	uint64_t seen, const char *source);

/* ---- the double of child -------------------------------------------- */

/* Ends the oldest command that runs. */
void fake_child_end(int status, const char *out, const char *why);

#endif
