/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lent.h - readline lent to the screen: what its files share. */
#ifndef SOTTO_EDIT_LENT_H
#define SOTTO_EDIT_LENT_H

#include <stdio.h>
#include "edit_int.h"

struct lent {
	struct edit_lend_handlers h;
	struct mbuf *queue; /* bytes of keys */
	struct mbuf *answer; /* to a question: never in readline's hands */
	FILE *nowhere;
	char *before; /* the text when it was looked at last */
	char *kept; /* what the line handler put there */
	size_t kept_point;
	struct list histories;
	struct lent_history *history; /* the one readline has */
	struct edit_matches *matches; /* the menu; NULL: none */
	size_t match; /* that stands in the line; N: none */
	size_t match_from, match_end; /* bytes of it there */
	char *aside; /* what was typed before a question came */
	size_t aside_point;
	void *lines; /* readline's while a question is asked; NULL: none is */
	struct lent_history *before_question;
	char *match_typed; /* what stood there before */
	bool completing; /* the key at hand is Tab */
	bool entered; /* the key at hand was Enter */
	bool installed;
};

/* ---- lent.c ---- */
bool lent_interrupt(struct edit *e);
void lent_stop(struct edit *e);
void lent_fresh(struct lent *l);
void lent_changed(struct lent *l); /* not by readline */

/* ---- lent_answer.c: questions ---- */
const char *lent_answer(struct lent *l);
void lent_answer_key(struct edit *e, const struct pl *bytes);
void lent_answer_paste(struct lent *l, const struct pl *text);
void lent_answer_end(struct edit *e, const char *text);

/* The line is for a question, and begins as INITIAL (NULL: empty); and it is
 * for what was typed before. */
void lent_begin(struct edit *e, const char *initial);
void lent_end(struct edit *e);

/* ---- lent_complete.c: the menu ---- */
int lent_complete(int count, int key);
int lent_complete_back(int count, int key);
void lent_menu_close(struct lent *l);
bool lent_menu_shown(const struct lent *l);

/* ---- lent_history.c ---- */

/* Up finds nothing until it is called with ON false. */
void lent_history_none(struct lent *l, bool on);
void lent_history_flush(struct lent *l);

/* Lines that came while an older one was looked for. */
void lent_history_settle(struct lent *l);

/* Behind each key; WAS: a search was under way. Behind / and n of vi mode
 * readline holds the line for an older one and for the typed one at once, and
 * frees twice what is changed of it: from then on it is a line of its own. */
void lent_history_searched(struct lent *l, bool was);

#endif
