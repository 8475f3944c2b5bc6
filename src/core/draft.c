/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draft.c - what was typed and not sent yet, kept over the end of the
 * program. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "core_int.h"


enum {
	WRITE_MS = 1000, /* at most once in so long */
	WRITE_AGAIN_MS = 5000, /* what could not be written */
};


/* A row of "draft": account TAB peer, and the point, a newline, the text. */


static void write_h(void *arg);


static void write_in(struct core *core, uint64_t ms)
{
	if (!tmr_isrunning(&core->draft_tmr))
		tmr_start(
			core->config.tmrs, &core->draft_tmr, ms, write_h, core);
}


static void written_h(int err, uint64_t id, void *data)
{
	struct core_chat *c = data;

	(void)id;
	/* What cannot keep anything is not asked again. */
	if (!err || err == ENOTSUP || !c->account || !c->account->core ||
		c->account->core->going_down)
		return;
	c->draft_dirty = true;
	write_in(c->account->core, WRITE_AGAIN_MS);
}


static void put(struct core_chat *c, const char *value)
{
	struct core *core = c->account->core;
	char *key = mem_printf("%s\t%s", c->account->name, c->peer);

	c->draft_dirty = false;
	core->store->ops->put(core->store, "draft", key, value, core_job_done,
		core_job_alloc(core, written_h, c));
	mem_deref(key);
}


static void write_draft(struct core_chat *c)
{
	char *value = NULL;

	if (c->draft)
		value = mem_printf("%zu\n%s", c->draft_point, c->draft);
	put(c, value);
	mem_deref(value);
}


void core_draft_flush(struct core *core)
{
	struct le *le;

	tmr_cancel(&core->draft_tmr);
	for (le = core->chats.head; le; le = le->next) {
		struct core_chat *c = le->data;

		if (c->draft_dirty)
			write_draft(c);
	}
}


static void write_h(void *arg)
{
	core_draft_flush(arg);
}


static void set(struct core_chat *c, const char *text, size_t point)
{
	size_t len = text ? strlen(text) : 0;

	mem_deref(c->draft);
	c->draft = len ? mem_strdup(text) : NULL;
	c->draft_point = point < len ? point : len;
	/* Not one that makes room for strangers. */
	c->engaged |= len != 0;
}


static bool same(const struct core_chat *c, const char *text, size_t point)
{
	if (!c->draft || !text || !*text)
		return !c->draft && (!text || !*text);
	return c->draft_point == point && !strcmp(c->draft, text);
}


int core_draft_set(struct core_chat *c, const char *text, size_t point)
{
	struct core *core = c->account ? c->account->core : NULL;

	if (text && strnlen(text, CORE_TEXT_MAX + 1) > CORE_TEXT_MAX)
		return EX_DATAERR;
	if (!core || c->account->removed || same(c, text, point))
		return 0;
	set(c, text, point);
	c->draft_dirty = true;
	if (core->going_down)
		core_draft_flush(core);
	else
		write_in(core, WRITE_MS);
	return 0;
}


bool core_draft_get(const struct core_chat *c, const char **text, size_t *point)
{
	if (text)
		*text = c->draft;
	if (point)
		*point = c->draft ? c->draft_point : 0;
	return c->draft != NULL;
}


void core_draft_load(struct core *core, const char *key, const char *value)
{
	const char *peer;
	struct core_account *a = core_saved_account_of(core, key, &peer);
	struct core_chat *c;
	char *text;
	size_t point = strtoull(value, &text, 10);

	if (!a || *text++ != '\n')
		return;
	c = core_chat_get(a, peer);
	/* What was typed meanwhile is newer. */
	if (!c->draft && !c->draft_dirty)
		set(c, text, point);
}


void core_draft_forget(struct core_account *a)
{
	struct core_chat *c;

	for (c = a->chat_by_peer; c; c = c->hh.next) {
		if (!c->draft && !c->draft_dirty)
			continue;
		set(c, NULL, 0);
		put(c, NULL);
	}
}
