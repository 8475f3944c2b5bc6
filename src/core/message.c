/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message.c - one text on its way: its states, kept before they are told. */
#include <errno.h>
#include <string.h>
#include "message_int.h"


static void destructor(void *data)
{
	struct core_message *m = data;

	tmr_cancel(&m->sent_tmr);
	list_unlink(&m->le);
	list_unlink(&m->chat_le);
	mem_deref(m->chat);
	mem_deref(m->account);
	mem_deref(m->text);
	mem_deref(m->doom);
	mem_deref(m->end.why);
}


static void post(struct core_message *m, enum core_event_kind kind,
	enum store_state state, const char *why, uint16_t code)
{
	const struct core_chat *c = m->chat;
	bool whole = kind == CORE_EVENT_MESSAGE;

	core_event_post(m->core,
		&(struct core_event){
			.kind = kind,
			.account = m->account->name,
			.peer = c->peer,
			.id = m->id,
			.state = store_state_name(state),
			.reason = why,
			.code = code,
			.direction = whole ? "out" : NULL,
			.text = whole ? m->text : NULL,
			.via = whole ? c->via : NULL,
		});
}


struct core_message *core_message_alloc(
	struct core_chat *c, char *text, int64_t at)
{
	struct core *core = c->account->core;
	struct core_message *m = mem_zalloc(sizeof(*m), destructor);
	int64_t age = tmrs_wall(core->config.tmrs) - at;

	m->core = core;
	m->chat = mem_ref(c);
	m->account = mem_ref(c->account);
	m->text = text;
	m->at = at;
	/* A clock that went back makes nothing old. */
	m->since = tmrs_now(core->config.tmrs) - (uint64_t)(age > 0 ? age : 0);
	m->told = STORE_QUEUED;
	return m;
}


void core_message_stored(struct core_message *m, uint64_t id)
{
	m->id = id;
	core_read_heard(m->core, NULL, id);
	HASH_ADD(hh, m->core->by_id, id, sizeof(m->id), m);
	post(m, CORE_EVENT_MESSAGE, m->told, NULL, 0);
}


/* Each state once and none backwards. */
void core_message_tell(struct core_message *m, enum store_state state,
	const char *why, uint16_t code)
{
	if (state <= m->told)
		return;
	m->told = state;
	post(m, CORE_EVENT_MESSAGE_STATE, state, why, code);
}


static void state_kept_h(int err, uint64_t id, void *data)
{
	(void)id;
	core_store_failed(data, "the state of a message is not kept", err);
}


void core_message_keep(struct core_message *m, enum store_state state)
{
	struct core *core = m->core;

	core->store->ops->set_state(core->store, m->id, state, NULL, 0,
		core_job_done, core_job_alloc(core, state_kept_h, NULL));
}


/* The end is told once it is kept: what was told holds after a crash. */
static void over(struct core_message *m)
{
	struct core *core = m->core;
	const struct core_end *end = &m->end;

	if (m->id)
		core_message_tell(m, end->state, end->why, end->code);
	if (end->state == STORE_FAILED)
		core->sent_failed = true;
	core_outcome_sent(core, m->done, m->arg, end->status, end->why, m->id,
		store_state_name(end->state));
	list_unlink(&m->le);
	mem_deref(m);
}


static void end_kept_h(int err, uint64_t id, void *data)
{
	struct core_message *m = data;

	(void)id;
	core_store_failed(m->core, "the state of a message is not kept", err);
	over(m);
}


void core_message_finish(struct core_message *m, enum store_state state,
	int status, const char *why, uint16_t code)
{
	struct core *core = m->core;
	struct core_chat *c = mem_ref(m->chat);

	m->over = true;
	tmr_cancel(&m->sent_tmr);
	m->end.state = state;
	m->end.status = status;
	m->end.code = code;
	m->end.why = mem_strdup(why);
	list_unlink(&m->chat_le);
	if (m->id)
		HASH_DELETE(hh, core->by_id, m);
	if (m->id && !core->dying)
		core->store->ops->set_state(core->store, m->id, state, why,
			code, core_job_done,
			core_job_alloc(core, end_kept_h, m));
	else
		over(m);
	c->tries = 0;
	c->waits = mem_deref(c->waits);
	core_outbox_pump(c);
	core_shutdown_landed(core);
	mem_deref(c);
}
