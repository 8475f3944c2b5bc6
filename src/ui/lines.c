/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines.c - what Up finds: what was said in a chat, out of its history, and
 * the commands that were typed there, both also of earlier runs.
 */
#include <stdlib.h>
#include <string.h>
#include "screen_front.h"


enum {
	PAGE = 200, /* messages asked for at a time */
	PAGES = 10, /* looked at, however few are ours */
	TEXT_MAX = 16 * 1024, /* bytes of one that is taken */
};

struct past_line {
	int64_t at;
	char *text;
};

/* The lines of one chat while its messages are read. */
struct ui_lines {
	struct ui_front *front;
	char *key;
	struct core_past *past;
	struct past_line *v;
	size_t n, said, max;
	unsigned pages;
};


static void destructor(void *data)
{
	struct ui_lines *lines = data;

	mem_deref(lines->past);
	mem_deref(lines->key);
	while (lines->n)
		mem_deref(lines->v[--lines->n].text);
	mem_deref(lines->v);
}


/* Takes over TEXT. */
static void add(struct ui_lines *lines, char *text, int64_t at)
{
	lines->v = mem_reallocarray(lines->v, lines->n + 1, sizeof(*lines->v));
	lines->v[lines->n++] = (struct past_line){at, text};
}


static void line_h(const char *text, int64_t at, void *arg)
{
	add(arg, mem_strdup(text), at);
}


static int compare(const void *a, const void *b)
{
	const struct past_line *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}


/* All are there: in the order they were typed, one and the same in a row
 * once. */
static void hand_on(struct ui_lines *lines)
{
	const char **texts = mem_alloc((lines->n + 1) * sizeof(*texts), NULL);
	size_t i, n = 0;

	if (lines->n)
		qsort(lines->v, lines->n, sizeof(*lines->v), compare);
	for (i = 0; i < lines->n; i++) {
		if (!n || strcmp(texts[n - 1], lines->v[i].text) != 0)
			texts[n++] = lines->v[i].text;
	}
	edit_history_older(lines->front->edit, lines->key, texts, n);
	mem_deref(texts);
}


static void page_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct ui_lines *lines = arg;
	size_t i;

	for (i = n; i-- && lines->said < lines->max;) {
		const struct store_message *m = &messages[i];

		if (!m->out || strlen(m->text) > TEXT_MAX)
			continue;
		/* As it was typed. */
		add(lines,
			mem_printf("%s%s", *m->text == '/' ? "/" : "", m->text),
			m->at);
		++lines->said;
	}
	if (!err && n == PAGE && lines->said < lines->max &&
		++lines->pages < PAGES) {
		core_past_before(
			lines->past, messages[0].id, PAGE, page_h, lines);
		return;
	}
	hand_on(lines);
	lines->past = mem_deref(lines->past);
}


void ui_lines_load(struct ui_front *f, struct ui_tab *tab, const char *key)
{
	int64_t max = core_option_number(f->config.core, "input-history");
	struct ui_lines *lines;

	if (!max)
		return;
	lines = mem_zalloc(sizeof(*lines), destructor);
	lines->front = f;
	lines->key = mem_strdup(key);
	lines->max = (size_t)max;
	core_line_each(f->config.core, tab ? tab->account : NULL,
		tab ? tab->peer : NULL, line_h, lines);
	if (!tab) {
		hand_on(lines);
		mem_deref(lines);
		return;
	}
	mem_deref(tab->lines);
	tab->lines = lines;
	core_past_alloc(&lines->past, tab->account, tab->peer);
	core_past_before(lines->past, 0, PAGE, page_h, lines);
}


void ui_lines_entered(struct ui_front *f, const char *text)
{
	const struct ui_tab *tab = ui_tab_shown(f);

	if (cmd_line_secret(f->cmd, text))
		return;
	edit_remember(f->edit, text);
	if (cmd_line_kept(f->cmd, text))
		core_line_keep(f->config.core, tab ? tab->account : NULL,
			tab ? tab->peer : NULL, text);
}


char *ui_lines_key(const char *account, const char *peer)
{
	return mem_printf("chat\t%s\t%s", account, peer);
}


/* Some of these were for that chat. */
static bool says(const char *text, void *arg)
{
	const struct ui_front *f = arg;

	return cmd_line_says(f->cmd, text);
}


void ui_lines_forget(struct ui_front *f, const char *account, const char *peer)
{
	char *key = ui_lines_key(account, peer);
	struct ui_tab *tab = ui_tab_find(f, account, peer);

	/* What is being read was there before. */
	if (tab)
		tab->lines = mem_deref(tab->lines);
	edit_history_forget(f->edit, key);
	(void)edit_history_drop(f->edit, says, f);
	mem_deref(key);
}
