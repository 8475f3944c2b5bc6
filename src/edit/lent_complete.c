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
	struct edit_candidate *v;
	size_t i, n = l->matches ? l->matches->n : 0;

	if (!l->h.menu)
		return;
	v = mem_alloc((n + 1) * sizeof(*v), NULL);
	for (i = 0; i < n; i++)
		v[i] = (struct edit_candidate){
			l->matches->v[i], l->matches->help[i]};
	l->h.menu(n ? v : NULL, n, n ? l->match : 0, l->h.arg);
	mem_deref(v);
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


static void cycle(struct lent *l, bool back)
{
	size_t n = l->matches->n;

	if (back)
		l->match = l->match && l->match < n ? l->match - 1 : n - 1;
	else
		l->match = l->match + 1 < n ? l->match + 1 : 0;
	replace(l, l->matches->v[l->match], strlen(l->matches->v[l->match]),
		"");
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
