/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * message_int.h - texts on their way out and in: what the files of core
 * share.
 */
#ifndef SOTTO_CORE_MESSAGE_INT_H
#define SOTTO_CORE_MESSAGE_INT_H

#include "core_int.h"

/* ---- message.c: one text on its way --------------------------------- */

/* Why messages fail that were not sent when the program ends: the store in
 * memory ends with it. */
#define CORE_NOT_KEPT "not sent, and not kept"

/* What a message ended as. */
struct core_end {
	enum store_state state;
	int status;
	char *why;
	uint16_t code;
};

struct core_message {
	UT_hash_handle hh; /* in core.by_id, once it has an id */
	struct le le; /* in core.outbox */
	struct le chat_le; /* in core_chat.outbox */
	struct core *core;
	struct core_chat *chat; /* a reference */
	struct core_account *account; /* a reference; of the chat */
	char *text;
	uint64_t id; /* 0: not stored yet */
	int64_t at;
	uint64_t since; /* monotonic */
	enum store_state told; /* last state told as an event */
	bool restored; /* an earlier run of the program left it */
	bool marked; /* being kept as sent, which comes first */
	bool flying; /* handed to the endpoint, no answer */
	bool over; /* final: END is being kept */
	struct core_end end;
	char *doom; /* fails with these words once stored; NULL */
	struct tmr sent_tmr;
	core_done_h *done;
	void *arg;
};

/* TEXT is taken over; AT: wall ms. In no list yet. */
struct core_message *core_message_alloc(
	struct core_chat *c, char *text, int64_t at);

/* It has its ID: told as an event, with the state told last. */
void core_message_stored(struct core_message *m, uint64_t id);

/* Told as an event: each state once and none backwards. */
void core_message_tell(struct core_message *m, enum store_state state,
	const char *why, uint16_t code);
void core_message_keep(struct core_message *m, enum store_state state);

/* Final: out of its chat's queue at once, kept, then told. */
void core_message_finish(struct core_message *m, enum store_state state,
	int status, const char *why, uint16_t code);

/* ---- outbox.c, outbox_expiry.c, outbox_restore.c -------------------- */

/* Takes the oldest text on its way if nothing is in that. */
void core_outbox_pump(struct core_chat *c);

/* An answer is due. */
bool core_outbox_flying(const struct core *core);

/* What an earlier run left; core_saved_loaded() after that. */
void core_outbox_restore(struct core *core);

/* There is a new account, of which messages may wait in the store: nothing is
 * sent, and it does not sign in, until they have their places. */
void core_outbox_await(struct core *core);
void core_outbox_sent(
	uint64_t token, const struct endpoint_outcome *outcome, void *arg);
void core_outbox_online(struct core_account *a);
void core_outbox_expiry(struct core *core);

/* The session that texts may have waited for is open. */
void core_outbox_opened(struct core_chat *c);

/* True where a refusal with CODE (0: none came) may pass. */
bool core_code_is_temporary(uint16_t code);

/* In flight without hope of an answer: may have arrived. */
void core_outbox_drop(struct core_account *a);

/* All that is not in flight (ALL: that too) ends as failed. C NULL: every
 * chat. */
void core_outbox_fail(
	struct core *core, struct core_chat *c, bool all, const char *why);

/* ---- incoming.c ----------------------------------------------------- */

void core_incoming_message(struct endpoint_message *m, void *arg);

/* True: let in, and counted. *AFTER: seconds until the next. */
bool core_limits_pass(struct core *core, const char *source, uint32_t *after);

#endif
