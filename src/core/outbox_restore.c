/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox_restore.c - what an earlier run of the program did not bring to an
 * end: queued texts take their places again, and those that were on the wire
 * end as failed, since they may have arrived. */
#include <errno.h>
#include <string.h>
#include "message_int.h"


enum {
	PAGE = 500, /* messages asked for at a time */
};


/* Behind those that were restored before, ahead of what was typed since. */
static void take_place(struct list *list, struct le *le, struct core_message *m)
{
	struct le *at = list->tail;

	while (at && !((struct core_message *)at->data)->restored)
		at = at->prev;
	if (at)
		list_insert_after(at, le, m);
	else
		list_prepend(list, le, m);
}


/* That of an account which is not there now waits for it in the store. */
static void restore(struct core *core, const struct store_message *row)
{
	struct core_account *a = core_account_by_aor(core, row->account);
	struct core_message *m;
	struct core_chat *c;

	HASH_FIND(hh, core->by_id, &row->id, sizeof(row->id), m);
	if (!a || a->trial || m)
		return;
	c = core_chat_get(a, row->peer);
	c->engaged = true;
	m = core_message_alloc(c, mem_strdup(row->text), row->at);
	m->restored = true;
	take_place(&core->outbox, &m->le, m);
	take_place(&c->outbox, &m->chat_le, m);
	if (row->state == STORE_SENT)
		m->told = STORE_SENT;
	core_message_stored(m, row->id);
	if (row->state == STORE_SENT)
		core_message_finish(m, STORE_FAILED, EX_TEMPFAIL,
			"the program ended before an answer came; it may have "
			"arrived",
			0);
}


static void done(struct core *core)
{
	core_outbox_expiry(core);
	core_saved_loaded(core);
}


static void ask(struct core *core, uint64_t after);


static void page_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct core_job *job = arg;
	struct core *core = mem_ref(job->core);
	size_t i;

	list_unlink(&job->le);
	if (core) {
		for (i = 0; i < n; i++)
			restore(core, &messages[i]);
		if (err)
			core_saved_unread(core, err);
		if (!err && n == PAGE)
			ask(core, messages[n - 1].id);
		else
			done(core);
		core_shutdown_check(core);
	}
	mem_deref(job);
	mem_deref(core);
}


static void ask(struct core *core, uint64_t after)
{
	core->store->ops->unsent(core->store, after, PAGE, page_h,
		core_job_alloc(core, NULL, NULL));
}


void core_outbox_restore(struct core *core)
{
	ask(core, 0);
}


void core_outbox_await(struct core *core)
{
	/* At the start it is read anyway. */
	if (core->loading || core->restoring || !core_keeps(core))
		return;
	core->loading = 1;
	ask(core, 0);
}
