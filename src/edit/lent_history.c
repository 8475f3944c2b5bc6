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
};


static void history_destructor(void *data)
{
	struct lent_history *h = data;

	list_unlink(&h->le);
	mem_deref(h->key);
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


void lent_history_flush(struct lent *l)
{
	struct le *le, *next;

	if (l->history)
		put_away(l->history);
	LIST_FOREACH (&l->histories, le, next) {
		struct lent_history *h = le->data;

		history_set_history_state(&h->state);
		clear_history();
		free(history_list());
		mem_deref(h);
	}
	history_set_history_state(&(HISTORY_STATE){0});
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
		clear_history();
	l->history = h;
	take_out(h);
	if (fresh && load)
		load(e, key, arg);
}
