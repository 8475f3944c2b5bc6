/* SPDX-License-Identifier: GPL-3.0-or-later */
/* question.c - the bar that asks what to do with somebody who added you. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include "screen_front.h"


static void destructor(void *data)
{
	struct ui_question *q = data;

	list_unlink(&q->le);
	mem_deref(q->account);
	mem_deref(q->peer);
	mem_deref(q->text);
}


static struct ui_question *find(
	struct ui_front *f, const char *account, const char *peer)
{
	struct le *le;

	for (le = f->questions.head; le; le = le->next) {
		struct ui_question *q = le->data;

		if (!strcmp(q->account, account) && !strcmp(q->peer, peer))
			return q;
	}
	return NULL;
}


void ui_question_add(struct ui_front *f, const struct core_event *event)
{
	struct ui_question *q;
	char *text;

	if (find(f, event->account, event->peer))
		return;
	q = mem_zalloc(sizeof(*q), destructor);
	q->account = mem_strdup(event->account);
	q->peer = mem_strdup(event->peer);
	text = event->name
		? mem_printf("Added you: %s (%s)", event->name, event->peer)
		: mem_printf("Added you: %s", event->peer);
	q->text = utf8_show_dup(text, UTF8_NAME);
	mem_deref(text);
	list_append(&f->questions, &q->le, q);
	ui_dirty(f);
}


int ui_question_answer(struct ui_front *f, const char *word, char **why)
{
	struct ui_question *q = list_data(f->questions.head);
	char *line, *peer;

	if (*word >= '1' && *word <= '9')
		return ui_asked_answer(f, word, why);
	if (!q) {
		*why = mem_strdup("nothing is asked");
		return EX_DATAERR;
	}
	if (strcmp(word, "later") != 0) {
		peer = cmd_quote(q->peer);
		line = mem_printf("buddy %s %s -a %s", word, peer, q->account);
		mem_deref(peer);
		ui_command(f, line);
		mem_deref(line);
	}
	mem_deref(q);
	ui_dirty(f);
	return 0;
}


static const char *const words[UI_ANSWERS] = {
	"accept", "decline", "block", "later"};


/* The key that answers with WORD, or NULL. */
static const char *key_of(const struct ui_front *f, const char *word)
{
	static const char *const keys[] = {"F2", "F3", "F4", "F5"};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *line = cmd_key_command(f->cmd, "question", keys[i]);

		if (line && strstr(line, word))
			return keys[i];
	}
	return NULL;
}


void ui_question_draw(struct ui_front *f, const struct ui_area *a, int row)
{
	const struct ui_question *q = list_data(f->questions.head);
	char more[32];
	size_t i;
	int col, from;

	memset(f->answer_areas, 0, sizeof(f->answer_areas));
	if (!q)
		return;
	screen_fill_row(f->screen, a, row, UI_QUESTION);
	col = screen_cut(f->screen, a, row, 1,
		      a->cols > 50 ? a->cols - 44 : a->cols, UI_QUESTION,
		      q->text) +
		1;
	for (i = 0; i < UI_ANSWERS; i++) {
		const char *key = key_of(f, words[i]);

		if (!key || col + 2 >= a->cols)
			continue;
		from = col + 2;
		col += screen_str(f->screen, a, row, col + 2, UI_KEY, key) + 2;
		col += screen_str(f->screen, a, row, col + 1, UI_QUESTION,
			       words[i]) +
			1;
		f->answer_areas[i] = (struct ui_area){
			a->row + row, a->col + from, 1, col - from};
	}
	if (f->questions.count > 1) {
		(void)snprintf(
			more, sizeof(more), "+%zu", f->questions.count - 1);
		(void)screen_str(
			f->screen, a, row, a->cols - 4, UI_QUESTION, more);
	}
}


bool ui_question_click(struct ui_front *f, int row, int col, bool twice)
{
	char *why = NULL;
	size_t i;

	if (!f->questions.head)
		return false;
	for (i = 0; i < UI_ANSWERS; i++) {
		const struct ui_area *a = &f->answer_areas[i];

		if (!a->rows || row != a->row || col < a->col ||
			col >= a->col + a->cols)
			continue;
		/* The second of two may already be on the next question. */
		if (!twice)
			(void)ui_question_answer(f, words[i], &why);
		mem_deref(why);
		return true;
	}
	return false;
}
