/* SPDX-License-Identifier: GPL-3.0-or-later */
/* asked.c - what a command asks in the line of input: what helps to answer
 * stands above it, and the choices in the bar below. What went wrong and is
 * too long for the last line stands there too: its end tells the cure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include "screen_front.h"


/* ---- above the line ------------------------------------------------- */


/* Bytes of LINE that go into a row of COLS columns, broken at a blank where
 * there is one. */
static size_t row_length(const struct pl *line, int cols)
{
	size_t n = utf8_fit(line, (size_t)cols), at = n;
	uint32_t cp;

	if (n == line->l)
		return n;
	while (at && line->p[at] != ' ')
		at--;
	if (!at && !n)
		return utf8_decode(&cp, line->p, line->l);
	return at ? at : n;
}


bool ui_notice_above(const struct ui_front *f, int cols)
{
	struct pl pl = pl_str(f->notice ? f->notice : "");

	return !edit_question(f->edit) && f->notice &&
		f->notice_style == UI_ERROR &&
		utf8_cols(&pl) + 1 > (size_t)cols;
}


/* What stands above the line; NULL: nothing. */
static const char *above(const struct ui_front *f, int cols)
{
	const struct front_question *q = edit_asked(f->edit);

	if (q)
		return q->about;
	return ui_notice_above(f, cols) ? f->notice : NULL;
}


/* Tells H each row of it; how many they are. */
static int each_row(const char *said, int cols,
	void (*h)(int row, const struct pl *text, void *arg), void *arg)
{
	struct pl rest = pl_str(said ? said : ""), line, text;
	bool more = said && cols > 0;
	int n = 0;

	while (more) {
		more = pl_split(&rest, '\n', &line);
		do {
			text = pl_make(line.p, row_length(&line, cols));
			if (h)
				h(n, &text, arg);
			n++;
			pl_skip(&line, text.l);
			while (line.l && *line.p == ' ')
				pl_skip(&line, 1);
		} while (line.l);
	}
	return n;
}


int ui_asked_rows(const struct ui_front *f, int cols, int max)
{
	int n = each_row(above(f, cols), cols - 2, NULL, NULL);

	return n < max ? n : max;
}


struct drawing {
	struct screen *s;
	const struct ui_area *a;
	enum ui_style style;
};


static void draw_row(int row, const struct pl *text, void *arg)
{
	const struct drawing *d = arg;

	if (row < d->a->rows)
		(void)screen_text(d->s, d->a, row, 1, d->style, text);
}


void ui_asked_draw(struct ui_front *f, const struct ui_area *a)
{
	enum ui_style style = edit_question(f->edit) ? UI_NOTICE : UI_ERROR;
	struct drawing d = {f->screen, a, style};

	screen_fill(f->screen, a, UI_NOTICE);
	(void)each_row(above(f, a->cols), a->cols - 2, draw_row, &d);
}


/* ---- the bar -------------------------------------------------------- */


static const char *const *choices(const struct ui_front *f)
{
	const struct front_question *q = edit_asked(f->edit);

	return q ? q->choices : NULL;
}


bool ui_asked_choice(const struct ui_front *f)
{
	return choices(f) != NULL;
}


void ui_asked_hint(
	struct ui_front *f, const struct ui_area *a, int row, int col)
{
	static const struct pl words = PL("leaves");
	static const struct pl key = PL("C-c");
	bool bar = ui_asked_choice(f);

	if (col + (int)(key.l + words.l) + 1 > a->cols)
		return;
	col += screen_text(f->screen, a, row, col,
		       bar ? UI_QUESTION_KEY : UI_KEY, &key) +
		1;
	(void)screen_text(
		f->screen, a, row, col, bar ? UI_QUESTION : UI_NOTE, &words);
}


void ui_asked_bar(struct ui_front *f, const struct ui_area *a, int row)
{
	const char *const *words = choices(f);
	char command[32];
	int col = 0, from;
	size_t i;

	memset(f->choice_areas, 0, sizeof(f->choice_areas));
	screen_fill_row(f->screen, a, row, UI_QUESTION);
	for (i = 0; words[i] && i < UI_CHOICES; i++) {
		const char *key;

		(void)snprintf(
			command, sizeof(command), "screen answer %zu", i + 1);
		key = cmd_key_of(f->cmd, "choice", command);
		from = col + 1;
		if (from >= a->cols)
			break;
		col = from;
		if (key)
			col += screen_str(f->screen, a, row, col,
				       UI_QUESTION_KEY, key) +
				1;
		col += screen_str(
			       f->screen, a, row, col, UI_QUESTION, words[i]) +
			1;
		f->choice_areas[i] = (struct ui_area){
			a->row + row, a->col + from, 1, col - from};
	}
	ui_asked_hint(f, a, row, col + 1);
}


int ui_asked_answer(struct ui_front *f, const char *word, char **why)
{
	const char *const *words = choices(f);
	unsigned long n = strtoul(word, NULL, 10), i = 0;

	while (words && words[i] && i + 1 < n)
		i++;
	if (!words || !n || !words[i]) {
		*why = mem_strdup("there is no such choice");
		return EX_DATAERR;
	}
	edit_answer(f->edit, words[i]);
	return 0;
}


bool ui_asked_click(struct ui_front *f, int row, int col)
{
	const char *const *words = choices(f);
	size_t i;

	for (i = 0; words && words[i] && i < UI_CHOICES; i++) {
		const struct ui_area *a = &f->choice_areas[i];

		if (a->rows && row == a->row && col >= a->col &&
			col < a->col + a->cols) {
			edit_answer(f->edit, words[i]);
			return true;
		}
	}
	return false;
}


/* ---- asking --------------------------------------------------------- */


void ui_ask(const struct front_question *question, front_answer_h *answer,
	void *ctx, void *arg)
{
	struct ui_front *f = arg;
	struct front_question q = *question;

	q.text = utf8_show_dup(q.text, UTF8_NAME);
	q.about = q.about ? utf8_show_dup(q.about, UTF8_BODY) : NULL;
	if (!q.secret) {
		ui_prompt_mode(f, UI_MODE_CHAT);
		f->focus = UI_FOCUS_CHAT;
	}
	ui_prompt_save(f);
	edit_ask(f->edit, &q, answer, ctx);
	mem_deref((char *)q.text);
	mem_deref((char *)q.about);
	ui_dirty(f);
}


void ui_ask_secret(
	const char *prompt, core_secret_h *answer, void *ctx, void *arg)
{
	const struct front_question q = {.text = prompt, .secret = true};

	ui_ask(&q, answer, ctx, arg);
}


void ui_unask(const void *ctx, void *arg)
{
	struct ui_front *f = arg;

	edit_unask(f->edit, ctx);
}
