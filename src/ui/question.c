/* SPDX-License-Identifier: GPL-3.0-or-later */
/* question.c - the bar that asks what to do with somebody who added you, or
 * who asks for a session and is none of your people. */
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
	struct ui_front *f, const char *account, const char *peer, bool chat)
{
	struct le *le;

	for (le = f->questions.head; le; le = le->next) {
		struct ui_question *q = le->data;

		if (q->chat == chat && !strcmp(q->account, account) &&
			!strcmp(q->peer, peer))
			return q;
	}
	return NULL;
}


static char *sentence(struct ui_front *f, const struct core_event *e, bool chat)
{
	struct core_account *a = core_account_find(f->config.core, e->account);
	const char *said = chat ? "Asks for a chat" : "Added you";
	const char *name = chat && a ? core_peer_name(a, e->peer) : e->name;
	char *text = name ? mem_printf("%s: %s (%s)", said, name, e->peer)
			  : mem_printf("%s: %s", said, e->peer);
	char *clean = utf8_show_dup(text, UTF8_NAME);

	mem_deref(text);
	return clean;
}


void ui_question_event(struct ui_front *f, const struct core_event *e)
{
	bool chat = e->kind == CORE_EVENT_CHAT;
	struct ui_question *q = find(f, e->account, e->peer, chat);

	ui_dirty(f);
	if (chat &&
		(!e->by || strcmp(e->state, "opening") ||
			strcmp(e->by, "them"))) {
		mem_deref(q);
		return;
	}
	if (q)
		return;
	q = mem_zalloc(sizeof(*q), destructor);
	q->chat = chat;
	q->account = mem_strdup(e->account);
	q->peer = mem_strdup(e->peer);
	q->text = sentence(f, e, chat);
	list_append(&f->questions, &q->le, q);
}


void ui_question_prune(struct ui_front *f)
{
	struct le *le, *next;

	LIST_FOREACH (&f->questions, le, next) {
		struct ui_question *q = le->data;
		struct core_account *a =
			core_account_find(f->config.core, q->account);

		if (!a || (!q->chat && !core_watcher_asks(a, q->peer)))
			mem_deref(q);
	}
}


/* The commands that answer with WORD; NULL: none (mem_deref). */
static char *answer(const struct ui_question *q, const char *word)
{
	char *peer = cmd_quote(q->peer), *line = NULL;

	if (!strcmp(word, "later"))
		;
	else if (!q->chat)
		line = mem_printf("buddy %s %s -a %s", word, peer, q->account);
	else if (!strcmp(word, "accept"))
		line = mem_printf("chat open %s -a %s; chat show %s -a %s",
			peer, q->account, peer, q->account);
	else if (!strcmp(word, "decline"))
		line = mem_printf("chat close %s -a %s", peer, q->account);
	else
		line = mem_printf("buddy block %s -a %s; chat close %s -a %s",
			peer, q->account, peer, q->account);
	mem_deref(peer);
	return line;
}


/* They see who accepted them, not the other way round. */
static void tell_accepted(struct ui_front *f, const struct ui_question *q)
{
	struct core_account *a = core_account_find(f->config.core, q->account);
	char *text, *clean;

	if (!a || core_buddy_find(a, q->peer))
		return;
	text = mem_printf(
		"accepted; /buddy add %s puts them into your list", q->peer);
	clean = utf8_show_dup(text, UTF8_NAME);
	ui_hint(f, UI_NOTICE, clean);
	mem_deref(clean);
	mem_deref(text);
}


/* Nothing else brings the question back before the next start. */
static void tell_later(struct ui_front *f, const struct ui_question *q)
{
	char *text = mem_printf("left for later: /buddy accept, decline or "
				"block %s answers it",
		q->peer);
	char *clean = utf8_show_dup(text, UTF8_NAME);

	ui_hint(f, UI_NOTICE, clean);
	mem_deref(clean);
	mem_deref(text);
}


int ui_question_answer(struct ui_front *f, const char *word, char **why)
{
	struct ui_question *q;
	char *line;

	if (*word >= '1' && *word <= '9')
		return ui_asked_answer(f, word, why);
	ui_question_prune(f);
	q = list_data(f->questions.head);
	if (!q) {
		*why = mem_strdup("nothing is asked");
		return EX_DATAERR;
	}
	line = answer(q, word);
	if (line)
		ui_command(f, line);
	if (!q->chat && !strcmp(word, "accept"))
		tell_accepted(f, q);
	else if (!q->chat && !line)
		tell_later(f, q);
	mem_deref(q);
	mem_deref(line);
	ui_dirty(f);
	return 0;
}


static const char *const words[UI_ANSWERS] = {
	"accept", "decline", "block", "later"};


/* The key that answers with WORD, or NULL. */
static const char *key_of(const struct ui_front *f, const char *word)
{
	char *command = mem_printf("screen answer %s", word);
	const char *key = cmd_key_of(f->cmd, "question", command);

	mem_deref(command);
	return key;
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
		col += screen_str(f->screen, a, row, col + 2, UI_QUESTION_KEY,
			       key) +
			2;
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
