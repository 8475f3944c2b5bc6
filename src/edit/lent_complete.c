/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lent_complete.c - Tab: what all candidates have in common, then one after
 * the other, with a menu that somebody else draws. */
#include <stdlib.h>
#include <string.h>
#include <readline/readline.h>
#include "lent.h"
#include "mem.h"


static void tell_menu(struct lent *l)
{
	size_t n = l->matches ? l->matches->n : 0;

	if (l->h.menu)
		l->h.menu(n, n ? l->match : 0, l->h.arg);
}


bool lent_menu_shown(const struct lent *l)
{
	return l->matches != NULL;
}


void lent_menu_close(struct lent *l)
{
	if (!l->matches)
		return;
	l->matches = mem_deref(l->matches);
	l->match_typed = mem_deref(l->match_typed);
	tell_menu(l);
}


/* N bytes of TEXT and TAIL in the place of the word. */
static void replace(
	struct lent *l, const char *text, size_t n, const char *tail)
{
	char *s = mem_printf("%.*s%s", (int)n, text, tail);

	(void)rl_begin_undo_group();
	(void)rl_delete_text((int)l->match_from, (int)l->match_end);
	rl_point = (int)l->match_from;
	(void)rl_insert_text(s);
	(void)rl_end_undo_group();
	l->match_end = (size_t)rl_point;
	mem_deref(s);
}


/* Candidate I stands in the line. */
static void stand(struct lent *l, size_t i)
{
	l->match = i;
	replace(l, l->matches->v[i], strlen(l->matches->v[i]), "");
}


static void cycle(struct lent *l, bool back)
{
	size_t n = l->matches->n;

	if (back)
		stand(l, l->match && l->match < n ? l->match - 1 : n - 1);
	else
		stand(l, l->match + 1 < n ? l->match + 1 : 0);
	tell_menu(l);
}


static void begin(struct edit *e)
{
	struct lent *l = e->lent;
	struct edit_matches *m = NULL;
	size_t from = 0, n, typed;

	if (edit_asked(e))
		m = edit_choices(e, rl_line_buffer);
	else if (rl_line_buffer[0] == '/')
		m = edit_matches(e, rl_point, &from);
	if (!m || !m->n) {
		mem_deref(m);
		if (l->h.bell)
			l->h.bell(l->h.arg);
		return;
	}
	l->match_from = from;
	l->match_end = (size_t)rl_point;
	typed = l->match_end - l->match_from;
	if (m->n == 1) {
		replace(l, m->v[0], strlen(m->v[0]),
			edit_goes_on(m->v[0]) ? "" : " ");
		mem_deref(m);
		return;
	}
	n = edit_common(m);
	if (n > typed)
		replace(l, m->v[0], n, "");
	l->matches = m;
	l->match = m->n;
	l->match_typed = mem_strndup(
		rl_line_buffer + l->match_from, l->match_end - l->match_from);
	tell_menu(l);
}


static int complete(bool back)
{
	struct edit *e = edit_the();

	e->lent->completing = true;
	if (e->lent->matches)
		cycle(e->lent, back);
	else
		begin(e);
	return 0;
}


int lent_complete(int count, int key)
{
	(void)count;
	(void)key;
	return complete(false);
}


int lent_complete_back(int count, int key)
{
	(void)count;
	(void)key;
	return complete(true);
}


/* ---- by other hands than Tab's -------------------------------------- */


void edit_candidate(
	const struct edit *e, size_t i, struct edit_candidate *candidate)
{
	const struct edit_matches *m = e->lent->matches;

	*candidate = (struct edit_candidate){"", NULL};
	if (m && i < m->n)
		*candidate = (struct edit_candidate){m->v[i], m->help[i]};
}


void edit_menu_move(struct edit *e, int step, bool round)
{
	struct lent *l = e->lent;
	long n = l->matches ? (long)l->matches->n : 0, at;

	if (!n || !step)
		return;
	at = (long)l->match;
	if (round && at == n)
		at = step > 0 ? 0 : n - 1;
	else if (round)
		at = (at + step % n + n) % n;
	else
		at = at == n ? (step > 0 ? step - 1 : n + step) : at + step;
	at = at < 0 ? 0 : at >= n ? n - 1 : at;
	stand(l, (size_t)at);
	tell_menu(l);
	lent_changed(l);
}


void edit_menu_take(struct edit *e, size_t i)
{
	struct lent *l = e->lent;
	const char *text;

	if (!l->matches || i >= l->matches->n)
		return;
	text = l->matches->v[i];
	replace(l, text, strlen(text), edit_goes_on(text) ? "" : " ");
	lent_menu_close(l);
	lent_changed(l);
}


void edit_menu_cancel(struct edit *e)
{
	struct lent *l = e->lent;

	if (!l->matches)
		return;
	if (l->match < l->matches->n)
		replace(l, l->match_typed, strlen(l->match_typed), "");
	lent_menu_close(l);
	lent_changed(l);
}
