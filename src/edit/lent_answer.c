/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lent_answer.c - the answer to a question without echo.
 *
 * Readline would keep it to be undone and yanked, so it never sees it.
 */
#include <string.h>
#include "lent.h"
#include "mem.h"


static void wipe(struct lent *l)
{
	mem_wipe(l->answer->buf, l->answer->size);
	mbuf_reset(l->answer);
}


const char *lent_answer(struct lent *l)
{
	/* One byte of the buffer is kept for this. */
	l->answer->buf[l->answer->end] = '\0';
	return (const char *)l->answer->buf;
}


void lent_answer_end(struct edit *e, const char *text)
{
	char *copy = text ? mem_secret_strndup(text, strlen(text)) : NULL;

	wipe(e->lent);
	edit_answered(e, copy);
	mem_deref(copy);
}


static void erase_one(struct lent *l)
{
	struct mbuf *mb = l->answer;

	while (mb->end && (mb->buf[mb->end - 1] & 0xc0) == 0x80)
		mb->buf[--mb->end] = '\0';
	if (mb->end)
		mb->buf[--mb->end] = '\0';
}


void lent_answer_paste(struct lent *l, const struct pl *text)
{
	struct pl first = *text;
	size_t i;

	for (i = 0; i < first.l && (unsigned char)first.p[i] >= 0x20;)
		++i;
	if (i + l->answer->end + 1 < l->answer->max)
		(void)mbuf_write_mem(l->answer, first.p, i);
}


void lent_answer_key(struct edit *e, const struct pl *bytes)
{
	struct lent *l = e->lent;
	char c = bytes->l ? *bytes->p : '\033';

	if (c == '\r' || c == '\n')
		lent_answer_end(e, lent_answer(l));
	else if (c == '\b' || c == 0x7f)
		erase_one(l);
	else if (c == 'U' - '@' || c == 'W' - '@')
		wipe(l);
	else if (c == 'D' - '@' || c == 'G' - '@' ||
		(c == '\033' && bytes->l == 1))
		lent_answer_end(e, NULL);
	else if ((unsigned char)c >= 0x20)
		lent_answer_paste(l, bytes);
}
