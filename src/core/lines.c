/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lines.c - command lines that were typed, kept over the end of the program
 * for the history of the line of input (option input-history). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core_int.h"


enum {
	LINE_MAX = 4096, /* bytes of one that is kept */
};

/* A row of "line": when it was typed in ms, a number that no other has; and
 * account TAB peer of the chat it was typed in (nothing: in none), a newline,
 * the line. */
struct line {
	struct le le;
	int64_t at;
	char *chat;
	char *text;
};


static void line_destructor(void *data)
{
	struct line *l = data;

	list_unlink(&l->le);
	mem_deref(l->chat);
	mem_deref(l->text);
}


static char *chat_key(const struct core_account *a, const char *peer)
{
	return a ? mem_printf("%s\t%s", a->name, peer) : mem_strdup("");
}


static void put_h(int err, uint64_t id, void *data)
{
	(void)err;
	(void)id;
	(void)data;
}


static void put(struct core *core, const struct line *l, bool present)
{
	char key[24];
	char *value = present ? mem_printf("%s\n%s", l->chat, l->text) : NULL;

	(void)snprintf(key, sizeof(key), "%020" PRId64, l->at);
	core->store->ops->put(core->store, "line", key, value, core_job_done,
		core_job_alloc(core, put_h, NULL));
	mem_deref(value);
}


static void forget(struct core *core, struct line *l)
{
	put(core, l, false);
	mem_deref(l);
}


void core_lines_trim(struct core *core)
{
	size_t max = (size_t)core_option_number(core, "input-history");
	int64_t first = core_retention_from(core);

	while (core->lines.head) {
		struct line *l = core->lines.head->data;

		if (core->lines.count <= max && l->at >= first)
			break;
		forget(core, l);
	}
}


static struct line *find(
	const struct core *core, const char *chat, const char *text)
{
	struct le *le;

	for (le = core->lines.tail; le; le = le->prev) {
		struct line *l = le->data;

		if (!strcmp(l->chat, chat) && (!text || !strcmp(l->text, text)))
			return l;
	}
	return NULL;
}


/* In order of when they were typed. */
static struct line *add(
	struct core *core, int64_t at, char *chat, const char *text)
{
	struct line *l = mem_zalloc(sizeof(*l), line_destructor);
	struct le *le = core->lines.tail;

	l->at = at;
	l->chat = chat;
	l->text = mem_strdup(text);
	while (le && ((struct line *)le->data)->at > at)
		le = le->prev;
	if (le)
		list_insert_after(le, &l->le, l);
	else
		list_prepend(&core->lines, &l->le, l);
	return l;
}


void core_line_keep(struct core *core, const struct core_account *a,
	const char *peer, const char *text)
{
	int64_t at = tmrs_wall(core->config.tmrs);
	const struct line *last = list_data(core->lines.tail);
	struct line *l;
	char *chat;

	if (!core_option_number(core, "input-history") || !*text ||
		strnlen(text, LINE_MAX) == LINE_MAX || (a && a->removed))
		return;
	chat = chat_key(a, peer);
	l = find(core, chat, text);
	if (l && l == last) {
		mem_deref(chat);
		return;
	}
	/* Each once, where it was typed last. */
	if (l)
		forget(core, l);
	last = list_data(core->lines.tail);
	if (last && last->at >= at)
		at = last->at + 1;
	put(core, add(core, at, chat, text), true);
	core_lines_trim(core);
}


void core_line_each(struct core *core, const struct core_account *a,
	const char *peer, core_line_h *h, void *arg)
{
	char *chat = chat_key(a, peer);
	struct le *le;

	for (le = core->lines.head; le; le = le->next) {
		const struct line *l = le->data;

		if (!strcmp(l->chat, chat))
			h(l->text, l->at, arg);
	}
	mem_deref(chat);
}


void core_line_all(struct core *core, core_line_h *h, void *arg)
{
	struct le *le;

	for (le = core->lines.head; le; le = le->next) {
		const struct line *l = le->data;

		h(l->text, l->at, arg);
	}
}


void core_lines_load(struct core *core, const char *key, const char *value)
{
	const char *nl = strchr(value, '\n');
	int64_t at = strtoll(key, NULL, 10);
	struct le *le;

	for (le = core->lines.tail; le; le = le->prev) {
		if (((struct line *)le->data)->at == at)
			return;
	}
	if (nl)
		(void)add(core, at, mem_strndup(value, (size_t)(nl - value)),
			nl + 1);
}


void core_lines_forget(struct core_account *a, const char *peer)
{
	char *chat = chat_key(a, peer ? peer : "");
	size_t len = strlen(chat);
	struct le *le, *next;

	LIST_FOREACH (&a->core->lines, le, next) {
		struct line *l = le->data;

		if (peer ? !strcmp(l->chat, chat)
			 : !strncmp(l->chat, chat, len))
			forget(a->core, l);
	}
	mem_deref(chat);
}
