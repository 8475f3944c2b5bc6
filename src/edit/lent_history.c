/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lent_history.c - lines of each chat: readline has one list at a time. */
#include <stdlib.h>
#include <string.h>
#include <readline/readline.h>
#include <readline/history.h>
#include "lent.h"
#include "mem.h"


enum {
	LINES = 1000, /* of a chat */
};

struct lent_history {
	struct le le;
	char *key;
	HISTORY_STATE state; /* while another is readline's */
	char **older; /* lines that come before all others */
	size_t n_older;
};


static void drop_older(struct lent_history *h)
{
	while (h->n_older)
		mem_deref(h->older[--h->n_older]);
	h->older = mem_deref(h->older);
}


static void history_destructor(void *data)
{
	struct lent_history *h = data;

	list_unlink(&h->le);
	mem_deref(h->key);
	drop_older(h);
}


static void put_away(struct lent_history *h)
{
	HISTORY_STATE *state = history_get_history_state();

	if (!state)
		mem_oom();
	h->state = *state;
	free(state);
}


static void take_out(struct lent_history *h)
{
	history_set_history_state(&h->state);
	stifle_history(LINES);
	using_history();
}


/* The list as it was with the lines before it. What is in hand stays so: the
 * entries themselves remain where they are. */
static void put_before(HISTORY_STATE *state, char **lines, size_t n)
{
	size_t room = state->length < LINES ? LINES - (size_t)state->length : 0;
	size_t had = (size_t)state->length, i;
	HIST_ENTRY **entries;

	/* The newest, if not all. */
	lines += n > room ? n - room : 0;
	n = n < room ? n : room;
	entries = realloc(state->entries, (had + n + 1) * sizeof(*entries));
	if (!entries)
		mem_oom();
	memmove(entries + n, entries, had * sizeof(*entries));
	for (i = 0; i < n; i++) {
		char *stamp = strdup(""); /* taken over */

		entries[i] =
			stamp ? alloc_history_entry(lines[i], stamp) : NULL;
		if (!entries[i])
			mem_oom();
	}
	entries[had + n] = NULL;
	state->entries = entries;
	state->length += (int)n;
	state->offset += (int)n;
	state->size = state->length + 1;
}


static void merge_older(struct lent *l, struct lent_history *h)
{
	bool current = l->history == h;

	if (current)
		put_away(h);
	put_before(&h->state, h->older, h->n_older);
	if (current)
		history_set_history_state(&h->state);
	drop_older(h);
}


void lent_history_settle(struct lent *l)
{
	/* A search holds numbers of lines. */
	if (l->history && l->history->n_older &&
		!RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH))
		merge_older(l, l->history);
}


void lent_history_none(struct lent *l, bool on)
{
	HISTORY_STATE none = {0}, *state;

	if (on) {
		state = history_get_history_state();
		if (!state)
			mem_oom();
		if (l->history)
			l->history->state = *state;
		l->lines = state;
		l->before_question = l->history;
		l->history = NULL;
		history_set_history_state(&none);
		return;
	}
	state = l->lines;
	l->history = l->before_question;
	history_set_history_state(l->history ? &l->history->state : state);
	free(state);
	l->lines = NULL;
	stifle_history(LINES);
	using_history();
}


void lent_history_searched(struct lent *l, bool was)
{
	bool is = RL_ISSTATE(RL_STATE_NSEARCH);
	int point = rl_point;
	char *line;

	if (rl_editing_mode || is ||
		(!was && rl_last_func != rl_vi_search_again))
		return;
	line = mem_secret_strndup(rl_line_buffer, (size_t)rl_end);
	lent_fresh(l);
	(void)rl_insert_text(line);
	rl_free_undo_list();
	(void)rl_vi_movement_mode(1, 0);
	rl_point = point;
	mem_deref(line);
}


/* What was changed of a line that is no longer there. */
static void free_changes(histdata_t data)
{
	UNDO_LIST *change = data, *next;

	for (; change; change = next) {
		next = change->next;
		if (change->what == UNDO_DELETE)
			free(change->text);
		free(change);
	}
}


/* Readline's list of the moment, without those that DROP (NULL: all). */
static void drop_lines(edit_line_h *drop, void *arg)
{
	int i;

	for (i = history_length - 1; i >= 0; i--) {
		HIST_ENTRY *entry = history_get(history_base + i);

		if (entry && (!drop || drop(entry->line, arg))) {
			entry = remove_history(i);
			free_changes(free_history_entry(entry));
		}
	}
	using_history();
}


/* Readline has no list at all. */
static void drop_all(void)
{
	drop_lines(NULL, NULL);
	free(history_list());
	history_set_history_state(&(HISTORY_STATE){0});
}


void lent_history_flush(struct lent *l)
{
	struct le *le, *next;

	if (l->lines)
		lent_history_none(l, false);
	/* It may be a line's: then that has none any more. */
	rl_free_undo_list();
	if (l->history)
		put_away(l->history);
	else
		drop_all();
	LIST_FOREACH (&l->histories, le, next) {
		struct lent_history *h = le->data;

		history_set_history_state(&h->state);
		drop_all();
		mem_deref(h);
	}
	l->history = NULL;
}


static struct lent_history *find(const struct lent *l, const char *key)
{
	struct le *le, *next;

	LIST_FOREACH (&l->histories, le, next) {
		struct lent_history *h = le->data;

		if (!strcmp(h->key, key))
			return h;
	}
	return NULL;
}


void edit_history(struct edit *e, const char *key,
	void (*load)(struct edit *e, const char *key, void *arg), void *arg)
{
	struct lent *l = e->lent;
	struct lent_history *h = find(l, key);
	bool fresh = !h;

	if (h && h == l->history)
		return;
	if (!e->entering) {
		edit_set(e, "", 0);
	}
	if (fresh) {
		h = mem_zalloc(sizeof(*h), history_destructor);
		h->key = mem_strdup(key);
		list_append(&l->histories, &h->le, h);
	}
	if (l->history)
		put_away(l->history);
	else
		drop_all();
	l->history = h;
	take_out(h);
	if (fresh && load)
		load(e, key, arg);
}


void edit_history_older(
	struct edit *e, const char *key, const char *const lines[], size_t n)
{
	struct lent *l = e->lent;
	struct lent_history *h = find(l, key);
	size_t i;

	if (!h || h->n_older || !n)
		return;
	h->older = mem_alloc(n * sizeof(*h->older), NULL);
	for (i = 0; i < n; i++)
		h->older[i] = mem_strdup(lines[i]);
	h->n_older = n;
	if (h == l->history)
		lent_history_settle(l);
	else
		merge_older(l, h);
}


/* What is being typed stays, and is no longer an older line that was
 * changed. */
static void forget_lines(
	struct edit *e, struct lent_history *h, edit_line_h *drop, void *arg)
{
	struct lent_history *current = e->lent->history;
	char *text = NULL;
	int point = rl_point;

	if (h != current) {
		if (current)
			put_away(current);
		history_set_history_state(&h->state);
		drop_lines(drop, arg);
		put_away(h);
		history_set_history_state(
			current ? &current->state : &(HISTORY_STATE){0});
		return;
	}
	if (!e->entering) {
		text = mem_secret_strndup(rl_line_buffer, (size_t)rl_end);
		lent_fresh(e->lent);
	}
	drop_lines(drop, arg);
	if (text)
		edit_set(e, text, (size_t)point);
	mem_deref(text);
}


void edit_history_forget(struct edit *e, const char *key)
{
	struct lent_history *h = find(e->lent, key);

	if (!h)
		return;
	drop_older(h);
	forget_lines(e, h, NULL, NULL);
}


bool edit_history_drop(struct edit *e, edit_line_h *drop, void *arg)
{
	struct le *le, *next;

	if (!e->lent) {
		if (!e->entering && where_history() < history_length)
			return false;
		drop_lines(drop, arg);
		return true;
	}
	LIST_FOREACH (&e->lent->histories, le, next)
		forget_lines(e, le->data, drop, arg);
	return true;
}
