/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read.c - what is unread over the end of the program: a message that was
 * acknowledged, but of which nobody was told before it, is unread after it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core_int.h"


enum {
	NOTE_MS = 1000, /* noted at most once in so long */
	COUNT_MAX = 100, /* of one chat's messages looked at */
	PAGE = 500, /* of all messages asked for at a time */
};

/* The row of "read" without a chat. */
#define ALL "*"

/*
 * Rows of "read": under ALL the id up to which everything was told of, but
 * for the chats that have a row of their own: account's AOR TAB peer, with the
 * id up to which that chat was. So the start reads only what is unread, and
 * what came after ALL was written.
 */

/* The count of what earlier runs left. */
struct core_reading {
	struct core *core; /* NULL: gone */
	struct list chats; /* struct counted: those with a row */
	uint64_t all; /* told of up to here */
	bool known; /* there is such a row */
	bool begun; /* all rows are loaded */
};

/* A chat with a row, whose messages are to be counted. */
struct counted {
	struct le le;
	struct core_chat *chat; /* a reference */
	uint64_t read; /* told of up to here */
};


static void reading_destructor(void *data)
{
	struct core_reading *r = data;

	list_flush(&r->chats);
}


static void counted_destructor(void *data)
{
	struct counted *k = data;

	list_unlink(&k->le);
	mem_deref(k->chat);
}


static struct core_reading *reading(struct core *core)
{
	if (!core->reading) {
		core->reading =
			mem_zalloc(sizeof(*core->reading), reading_destructor);
		core->reading->core = core;
	}
	return core->reading;
}


/* ---- noting --------------------------------------------------------- */

static void noted_h(int err, uint64_t id, void *data)
{
	/* Not noted: unread once more at the next start. */
	(void)err;
	(void)id;
	(void)data;
}


static void put(struct core *core, const char *key, bool present, uint64_t id)
{
	char value[STORE_ID_SIZE];

	(void)snprintf(value, sizeof(value), "%" PRIu64, id);
	core->store->ops->put(core->store, "read", key, present ? value : NULL,
		core_job_done, core_job_alloc(core, noted_h, NULL));
}


static void note(struct core_chat *c)
{
	struct core_account *a = c->account;
	char *key;

	c->read_dirty = false;
	if (!c->untold && !c->read_kept)
		return;
	key = mem_printf("%s\t%s", a->aor, c->peer);
	put(a->core, key, c->untold != 0, c->read);
	c->read_kept = c->untold != 0;
	mem_deref(key);
}


/* The chats first: ALL without them would pass over their messages. What is
 * asked for in one turn is kept as a whole. */
void core_read_flush(struct core *core)
{
	struct le *le;

	tmr_cancel(&core->read_tmr);
	if (!core->read_known || !core_keeps(core))
		return;
	for (le = core->chats.head; le; le = le->next) {
		struct core_chat *c = le->data;

		if (c->read_dirty)
			note(c);
	}
	if (core->newest > core->noted) {
		core->noted = core->newest;
		put(core, ALL, true, core->noted);
	}
}


static void note_h(void *arg)
{
	core_read_flush(arg);
}


static void note_soon(struct core *core)
{
	if (!core->read_known || !core_keeps(core))
		return;
	if (core->going_down)
		core_read_flush(core);
	else if (!tmr_isrunning(&core->read_tmr))
		tmr_start(core->config.tmrs, &core->read_tmr, NOTE_MS, note_h,
			core);
}


static void one_more(struct core_chat *c, uint64_t id)
{
	c->unread++;
	if (!c->untold++ || id <= c->read)
		c->read = id - 1;
	c->read_dirty = true;
}


void core_read_heard(struct core *core, struct core_chat *c, uint64_t id)
{
	if (id > core->newest)
		core->newest = id;
	if (c && !core->first_heard)
		core->first_heard = id;
	if (c)
		one_more(c, id);
	note_soon(core);
}


void core_read_told(struct core_chat *c)
{
	if (!c->untold && !c->read_kept)
		return;
	c->untold = 0;
	c->read_dirty = true;
	if (c->account && c->account->core)
		note_soon(c->account->core);
}


void core_read_forget(struct core_account *a)
{
	struct core_chat *c;

	for (c = a->chat_by_peer; c; c = c->hh.next) {
		c->untold = 0;
		if (c->read_kept)
			note(c);
	}
}


/* ---- counting ------------------------------------------------------- */

void core_read_load(struct core *core, const char *key, const char *value)
{
	const char *peer = strchr(key, '\t');
	struct core_account *a;
	struct core_chat *c;
	struct counted *k;
	char *aor;

	if (core->read_known || reading(core)->begun)
		return;
	if (!peer) {
		reading(core)->all = strtoull(value, NULL, 10);
		reading(core)->known = true;
		return;
	}
	aor = mem_strndup(key, (size_t)(peer++ - key));
	a = core_account_by_aor(core, aor);
	mem_deref(aor);
	c = a ? core_chat_from(a, peer) : NULL;
	if (!c || c->read_kept)
		return;
	c->read_kept = true;
	k = mem_zalloc(sizeof(*k), counted_destructor);
	k->chat = mem_ref(c);
	k->read = strtoull(value, NULL, 10);
	list_append(&reading(core)->chats, &k->le, k);
}


static void count_next(struct core *core);


/* M was there when this run began, came in, and is not read by now. */
static bool counts(const struct core *core, const struct store_message *m,
	const struct core_chat *c)
{
	return !m->out && !c->seen &&
		(!core->first_heard || m->id < core->first_heard);
}


static void finish(struct core *core)
{
	core->reading = mem_deref(core->reading);
	core->read_known = true;
	core_waiters_post(core, &core->read_waiters, 0, NULL);
	core_read_flush(core);
}


/* Job and core of a page; false: nobody is interested. */
static struct core *page_begin(struct core_job *job)
{
	struct core *core = mem_ref(job->core);

	list_unlink(&job->le);
	mem_deref(job);
	return core;
}


static void page_end(struct core *core)
{
	core_shutdown_check(core);
	mem_deref(core);
}


static struct core_job *ask(struct core *core)
{
	return core_job_alloc(core, noted_h, NULL);
}


static void chat_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct core *core = page_begin(arg);
	struct core_chat *c;
	size_t i;

	if (!core)
		return;
	c = ((struct counted *)core->reading->chats.head->data)->chat;
	for (i = 0; i < n && c->account; i++) {
		if (counts(core, &messages[i], c))
			one_more(c, messages[i].id);
	}
	/* What cannot be read now is left as it is. */
	c->read_dirty = c->read_dirty || !err;
	mem_deref(core->reading->chats.head->data);
	count_next(core);
	page_end(core);
}


static void ask_all(struct core *core);


static void all_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct core *core = page_begin(arg);
	struct core_account *a;
	struct core_chat *c;
	size_t i;

	if (!core)
		return;
	for (i = 0; i < n; i++) {
		const struct store_message *m = &messages[i];

		core->reading->all = m->id;
		a = m->out ? NULL : core_account_by_aor(core, m->account);
		if (!a)
			continue;
		c = core_chat_from(a, m->peer);
		/* One with a row is counted by itself. */
		if (!c->read_kept && counts(core, m, c))
			one_more(c, m->id);
	}
	if (!err && n && core->reading->all > core->newest)
		core->newest = core->reading->all;
	if (!err && n == PAGE)
		ask_all(core);
	else
		count_next(core);
	page_end(core);
}


static void ask_all(struct core *core)
{
	core->store->ops->scan(core->store, NULL, NULL, core->reading->all,
		PAGE, all_h, ask(core));
}


/* One at a time: whatever there is, no turn of the loop is long. */
static void count_next(struct core *core)
{
	while (core->reading->chats.head) {
		struct counted *k = core->reading->chats.head->data;
		const struct core_chat *c = k->chat;

		if (c->account) {
			core->store->ops->scan(core->store, c->account->aor,
				c->peer, k->read, COUNT_MAX, chat_h, ask(core));
			return;
		}
		mem_deref(k);
	}
	finish(core);
}


/* From a version that noted nothing: all that is there now is read. */
static void newest_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct core *core = page_begin(arg);

	if (!core)
		return;
	if (!err)
		put(core, ALL, true, n ? messages[0].id : 0);
	finish(core);
	page_end(core);
}


void core_read_restore(struct core *core)
{
	if (core->read_known || reading(core)->begun)
		return;
	if (!core_keeps(core)) {
		finish(core);
		return;
	}
	reading(core)->begun = true;
	core->noted = core->reading->all;
	if (core->newest < core->noted)
		core->newest = core->noted;
	if (core->reading->known)
		ask_all(core);
	else
		core->store->ops->page(
			core->store, NULL, NULL, 0, 1, newest_h, ask(core));
}


void core_read_failed(struct core *core)
{
	core_waiters_post(core, &core->read_waiters, EX_IOERR,
		"what is unread cannot be read yet");
}


void core_unread_await(struct core *core, core_done_h *done, void *arg)
{
	core_waiter_add(&core->read_waiters, done, arg);
	if (core->read_known)
		core_waiters_post(core, &core->read_waiters, 0, NULL);
	else if (tmr_isrunning(&core->unread_tmr))
		core_read_failed(core);
}


void core_read_drop(struct core *core)
{
	tmr_cancel(&core->read_tmr);
	list_flush(&core->read_waiters);
	core->reading = mem_deref(core->reading);
}
