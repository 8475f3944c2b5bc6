/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * question.c - what a person is asked in the line of input, one question
 * after the other.
 *
 * What was typed before is set aside while a question that shows its answer
 * has the line. An answer without echo never gets into readline's hands.
 */
#include <string.h>
#include <strings.h>
#include "edit_int.h"
#include "lent.h"
#include "mbuf.h"
#include "mem.h"


struct question {
	struct le le;
	struct front_question q; /* its strings are ours */
	char *shown; /* the prompt where nobody draws the choices */
	front_answer_h *answer;
	void *ctx;
};


static void free_words(const char *const *words)
{
	size_t i;

	for (i = 0; words && words[i]; i++)
		mem_deref((char *)words[i]);
	mem_deref((void *)words);
}


static void question_destructor(void *data)
{
	struct question *q = data;

	list_unlink(&q->le);
	mem_deref((char *)q->q.text);
	mem_deref((char *)q->q.about);
	mem_deref((char *)q->q.initial);
	free_words(q->q.choices);
	mem_deref(q->shown);
}


static const char *const *copy_words(const char *const *words)
{
	size_t i, n = 0;
	char **copy;

	while (words && words[n])
		n++;
	if (!words)
		return NULL;
	copy = mem_zalloc((n + 1) * sizeof(*copy), NULL);
	for (i = 0; i < n; i++)
		copy[i] = mem_strdup(words[i]);
	return (const char *const *)copy;
}


/* "Keep it: " with its choices, or with what an empty line means. */
static char *shown_prompt(const struct edit *e, const struct front_question *q)
{
	size_t n = strlen(q->text), i;
	struct mbuf *mb;
	char *text;

	while (n && strchr(": ", q->text[n - 1]))
		n--;
	if (!q->choices && (e->readline || !q->initial))
		return mem_strdup(q->text);
	mb = mbuf_alloc(SIZE_MAX);
	(void)mbuf_write_mem(mb, q->text, n);
	for (i = 0; q->choices && q->choices[i]; i++)
		(void)mbuf_printf(mb, "%s%s", i ? ", " : " (", q->choices[i]);
	if (q->choices)
		(void)mbuf_write_str(mb, ")");
	if (q->initial && !e->readline)
		(void)mbuf_printf(mb, " [%s]", q->initial);
	(void)mbuf_write_str(mb, ": ");
	text = mbuf_strdup(mb);
	mem_deref(mb);
	return text;
}


static struct question *first(const struct edit *e)
{
	return list_data(e->questions.head);
}


const struct front_question *edit_asked(const struct edit *e)
{
	const struct question *q = first(e);

	return q ? &q->q : NULL;
}


const char *edit_question(const struct edit *e)
{
	const struct front_question *q = edit_asked(e);

	return q ? q->text : NULL;
}


const char *edit_question_shown(const struct edit *e)
{
	const struct question *q = first(e);

	return q ? q->shown : NULL;
}


bool edit_asks_secret(const struct edit *e)
{
	const struct front_question *q = edit_asked(e);

	return q && q->secret;
}


bool edit_asks_text(const struct edit *e)
{
	const struct front_question *q = edit_asked(e);

	return q && !q->secret;
}


/* ---- its turn ---- */

static void begin(struct edit *e)
{
	const struct question *q = first(e);

	if (e->lent) {
		lent_menu_close(e->lent);
		if (!q->q.secret)
			lent_begin(e, q->q.initial);
		e->lent->h.changed(false, e->lent->h.arg);
		return;
	}
	edit_uninstall(e);
	edit_undraw(e);
	if (q->q.about)
		edit_print(e, q->q.about);
	if (q->q.secret)
		terminal_echo(e, false);
	else if (e->readline)
		edit_set_aside(e, q->q.initial);
}


/* Q is no longer asked, and has the line no longer. */
static void end(struct edit *e, const struct question *q)
{
	if (e->lent) {
		if (!q->q.secret)
			lent_end(e);
	} else if (q->q.secret) {
		terminal_echo(e, true);
	} else if (e->readline) {
		edit_take_back(e);
	}
}


/* Takes the first question off; its reference is the caller's. */
static struct question *take_first(struct edit *e)
{
	struct question *q = first(e);

	list_unlink(&q->le);
	end(e, q);
	if (first(e) && !e->over)
		begin(e);
	return q;
}


/* ---- its end ---- */

void edit_answered(struct edit *e, const char *text)
{
	struct question *q = take_first(e);

	q->answer(text, q->ctx);
	mem_deref(q);
}


const char *edit_accept(const struct edit *e, const char *text)
{
	const struct front_question *q = edit_asked(e);
	const char *found = NULL;
	size_t i, n;

	if (!*text && q->initial && !e->readline)
		text = q->initial;
	if (!*text || !q->choices)
		return text;
	n = strlen(text);
	for (i = 0; q->choices[i]; i++) {
		if (strncasecmp(q->choices[i], text, n) != 0)
			continue;
		if (!q->choices[i][n])
			return q->choices[i];
		/* Two begin so: it may be none of them. */
		if (found)
			return NULL;
		found = q->choices[i];
	}
	return found;
}


void edit_answer(struct edit *e, const char *text)
{
	if (!edit_asked(e))
		return;
	(void)mem_ref(e);
	edit_answered(e, text);
	if (e->lent && mem_nrefs(e) > 1)
		e->lent->h.changed(false, e->lent->h.arg);
	mem_deref(e);
}


void edit_ask(struct edit *e, const struct front_question *question,
	front_answer_h *answer, void *ctx)
{
	struct question *q;

	if (e->over) {
		answer(NULL, ctx);
		return;
	}
	q = mem_zalloc(sizeof(*q), question_destructor);
	q->q.text = mem_strdup(question->text);
	q->q.about = mem_strdup(question->about);
	q->q.initial = mem_strdup(question->initial);
	q->q.choices = copy_words(question->choices);
	q->q.secret = question->secret;
	q->shown = shown_prompt(e, question);
	q->answer = answer;
	q->ctx = ctx;
	list_append(&e->questions, &q->le, q);
	if (first(e) == q)
		begin(e);
}


void edit_unask(struct edit *e, const void *ctx)
{
	struct le *le, *next;

	LIST_FOREACH (&e->questions, le, next) {
		struct question *q = le->data;

		if (q->ctx != ctx)
			continue;
		if (q == first(e))
			(void)take_first(e);
		mem_deref(q);
	}
	if (e->lent)
		e->lent->h.changed(false, e->lent->h.arg);
}
