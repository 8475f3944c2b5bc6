/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fake_core.h - a core for the tests of the commands: it keeps what it is
 * told, sends nothing, and gives outcomes and events when a test says so.
 */
#ifndef SOTTO_FAKE_CORE_H
#define SOTTO_FAKE_CORE_H

#include "core.h"

struct core *fake_core(void);

/* The last calls, one a line: "send work sip:bob@example.org hi". */
const char *fake_log(const struct core *core);
void fake_forget(struct core *core);

/* Answers the oldest call of VERB ("login", "send", ...); false: none. */
bool fake_answer(struct core *core, const char *verb, int status,
	const char *text, uint64_t id, const char *state);

/* Owes the outcome of a call of VERB. */
void fake_later(
	struct core *core, const char *verb, core_done_h *done, void *arg);

void fake_event(struct core *core, const struct core_event *ev);
void fake_state(
	struct core *core, const char *account, enum endpoint_state state);
void fake_presence(struct core *core, const char *peer,
	enum presence_state state, enum presence_activity activity);
void fake_chat_state(struct core *core, const char *peer, const char *state);
void fake_unread(struct core *core, const char *peer, unsigned n);
void fake_typing(struct core *core, const char *peer, bool active);
void fake_unkept(struct core *core); /* "kept" answers what changes it */

/* What the store says to the next requests. */
void fake_store(struct core *core, int err);
int fake_store_err(const struct core *core);

struct core *fake_core_of(const struct core_account *a);
void fake_note(struct core *core, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void fake_unsent(struct core *core, size_t n, bool failed);

/* A job for a thread: done at once, or, if SLOW, kept for the test. */
struct fake_job {
	bool slow;
	work_run_h *run;
	work_done_h *done;
	void *arg;
};
extern struct fake_job fake_job;

#endif
