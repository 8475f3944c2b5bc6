/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panes.c - what the commands of panes do: splits, places, moving. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include "screen_front.h"


static int fail(int status, char **why, const char *text)
{
	*why = mem_strdup(text);
	return status;
}


/* A chat that is in no pane: the first behind the shown one. */
static struct ui_tab *hidden_tab(const struct ui_front *f)
{
	struct ui_tab *shown = ui_tab_shown(f);
	struct le *le = shown && shown->le.next ? shown->le.next : f->tabs.head;
	size_t i, n;

	for (n = 0; le && n < f->tabs.count; n++) {
		struct ui_tab *tab = le->data;

		for (i = 0; i < f->n_panes && f->panes[i] != tab; i++)
			;
		if (i == f->n_panes)
			return tab;
		le = le->next ? le->next : f->tabs.head;
	}
	return NULL;
}


static int split(struct ui_front *f, char **why)
{
	struct ui_tab *other = hidden_tab(f);

	if (f->n_panes == UI_PANES)
		return fail(EX_DATAERR, why, "no more panes are possible");
	if (!ui_tab_shown(f) || !other)
		return fail(EX_DATAERR, why, "there is no other chat");
	ui_overlay_close(f);
	f->zoom = false;
	f->panes[f->n_panes++] = other;
	return 0;
}


void ui_pane_close(struct ui_front *f, size_t i)
{
	f->n_panes--;
	memmove(&f->panes[i], &f->panes[i + 1],
		(f->n_panes - i) * sizeof(f->panes[0]));
	f->panes[f->n_panes] = NULL;
	if (f->pane > i || f->pane == f->n_panes)
		f->pane--;
	if (f->n_panes == 1)
		f->zoom = false;
}


static int unsplit(struct ui_front *f, char **why)
{
	if (f->n_panes < 2)
		return fail(EX_DATAERR, why, "there is one pane");
	ui_prompt_end_find(f);
	ui_prompt_save(f);
	ui_pane_close(f, f->pane);
	ui_prompt_load(f);
	if (ui_tab_shown(f))
		ui_tab_go(f, ui_tab_shown(f));
	return 0;
}


static int focus_next(struct ui_front *f, char **why)
{
	if (f->n_panes < 2)
		return fail(EX_DATAERR, why, "there is one pane");
	ui_prompt_end_find(f);
	ui_prompt_save(f);
	f->pane = (f->pane + 1) % f->n_panes;
	f->focus = UI_FOCUS_CHAT;
	ui_prompt_load(f);
	if (ui_tab_shown(f))
		ui_tab_go(f, ui_tab_shown(f));
	return 0;
}


static int tab_number(struct ui_front *f, const char *word, char **why)
{
	long n = strtol(word, NULL, 10);
	struct le *le = f->tabs.head;

	while (le && --n > 0)
		le = le->next;
	if (!le || n)
		return fail(EX_DATAERR, why, "there is no such tab");
	ui_tab_go(f, le->data);
	return 0;
}


static bool tell_waiting(struct ui_front *f, const struct ui_tab *tab)
{
	const struct core_chat *c = core_chat_find(tab->account, tab->peer);
	const char *cause = c ? core_chat_waits(c) : NULL;
	char *text, *clean;

	if (!cause)
		return false;
	text = mem_printf("it waits: %s; it is tried again by itself", cause);
	clean = utf8_show_dup(text, UTF8_NAME);
	ui_hint(f, UI_NOTICE, clean);
	mem_deref(clean);
	mem_deref(text);
	return true;
}


static int why_failed(struct ui_front *f, char **why)
{
	struct ui_tab *tab = ui_tab_shown(f);
	uint64_t id = 0;
	char *cause = tab ? conv_view_why(ui_tab_view(tab), &id) : NULL;
	char *text;

	if (!cause && tab && tell_waiting(f, tab))
		return 0;
	if (!cause)
		return fail(EX_DATAERR, why,
			"no message waits, and none in sight has failed");
	text = mem_printf("%s; /msg --resend %llu sends it again", cause,
		(unsigned long long)id);
	ui_notice(f, UI_ERROR, text);
	mem_deref(text);
	mem_deref(cause);
	return 0;
}


static int go_search(struct ui_front *f)
{
	ui_type_end(f);
	if (!f->search)
		search_view_alloc(&f->search, f);
	ui_overlay(f, mem_ref(f->search));
	ui_prompt_mode(f, UI_MODE_SEARCH);
	f->browse = false;
	return 0;
}


static int go_find(struct ui_front *f, char **why)
{
	struct ui_view *v;

	ui_type_end(f);

	if (f->above) {
		/* In the keys that are told: from now on a text like others. */
		ui_prompt_end_find(f);
		ui_overlay(f, mem_ref(f->overlay));
	}
	v = ui_find_view(f);
	if (!v)
		return fail(EX_DATAERR, why, "no chat is shown");
	if (v != f->overlay)
		ui_overlay_close(f);
	f->focus = v == f->overlay ? UI_FOCUS_OVERLAY : UI_FOCUS_CHAT;
	if (f->mode != UI_MODE_FIND) {
		/* What was looked for last is there again, and found. */
		ui_prompt_mode(f, UI_MODE_FIND);
		if (*edit_text(f->edit))
			v->ops->find(v, edit_text(f->edit));
	}
	f->browse = false;
	return 0;
}


/* From the words to what they found; a text has keys of its own for that. */
static int go_hits(struct ui_front *f, char **why)
{
	struct ui_view *v = ui_find_view(f);

	if (f->mode != UI_MODE_FIND || !v)
		return fail(EX_DATAERR, why, "nothing is looked for");
	if (v == f->overlay)
		ui_prompt_mode(f, UI_MODE_CHAT);
	else if (!conv_view_found(v))
		return fail(EX_DATAERR, why, "nothing is found");
	else
		f->browse = true;
	return 0;
}


/* Back from the keys; or it ends what is looked for, else the pane. */
static void go_back(struct ui_front *f)
{
	if (!f->above && f->mode == UI_MODE_COMMAND)
		ui_type_end(f);
	else if (!f->above && f->mode == UI_MODE_FIND)
		ui_prompt_end_find(f);
	else
		ui_overlay_back(f);
}


static int go(struct ui_front *f, const char *word, char **why)
{
	if (!strcmp(word, "buddies")) {
		if (f->focus == UI_FOCUS_BUDDIES)
			ui_keys_leave(f);
		else
			f->focus = UI_FOCUS_BUDDIES;
		return 0;
	}
	if (!strcmp(word, "chat")) {
		ui_keys_leave(f);
		return 0;
	}
	if (!strcmp(word, "close")) {
		go_back(f);
		return 0;
	}
	if (!strcmp(word, "keys")) {
		if (f->above)
			ui_overlay_back(f);
		else
			ui_hints_show(f);
		return 0;
	}
	if (!strcmp(word, "log")) {
		ui_log_show(f);
		return 0;
	}
	if (!strcmp(word, "trace")) {
		ui_trace_show(f);
		return 0;
	}
	/* The line is not theirs. */
	if ((!strcmp(word, "search") || !strcmp(word, "find")) &&
		edit_question(f->edit))
		return fail(EX_DATAERR, why, "there is a question to answer");
	if (!strcmp(word, "search"))
		return go_search(f);
	if (!strcmp(word, "find"))
		return go_find(f, why);
	if (!strcmp(word, "hits"))
		return go_hits(f, why);
	if (!strcmp(word, "help")) {
		ui_typed(f, "/help");
		return 0;
	}
	if (!strcmp(word, "output") && !ui_output_again(f))
		return fail(EX_DATAERR, why, "no command has printed anything");
	if (!strcmp(word, "output"))
		return 0;
	*why = mem_printf(
		"no such pane: %s; there are buddies, chat, search, "
		"find, hits, log, trace, output, help, keys and close",
		word);
	return EX_USAGE;
}


static int wider(struct ui_front *f, int columns, char **why)
{
	struct core *core = f->config.core;
	long long width = core_option_number(core, "buddies-width") + columns;
	char *text = mem_printf("%lld", width);
	int status = core_option_set(core, "buddies-width", text, why);

	mem_deref(text);
	return status;
}


/* While words are looked for: from hit to hit. */
static bool move_find(struct ui_front *f, enum ui_move move)
{
	struct ui_view *v = ui_find_view(f);

	if (f->mode != UI_MODE_FIND || !v || f->above || move > UI_MOVE_DOWN)
		return false;
	v->ops->find_next(v, move == UI_MOVE_DOWN ? -1 : 1);
	return true;
}


static int move(struct ui_front *f, const char *word, char **why)
{
	static const struct {
		const char *word;
		enum ui_move move;
	} moves[] = {{"up", UI_MOVE_UP}, {"down", UI_MOVE_DOWN},
		{"page-up", UI_MOVE_PAGE_UP}, {"page-down", UI_MOVE_PAGE_DOWN},
		{"first", UI_MOVE_FIRST}, {"last", UI_MOVE_LAST},
		{"select", UI_MOVE_SELECT}, {"fold", UI_MOVE_FOLD}};
	struct ui_view *v = ui_keys_view(f);
	size_t i;

	if (!strcmp(word, "wider") || !strcmp(word, "narrower"))
		return wider(f, *word == 'w' ? 2 : -2, why);
	for (i = 0; v && i < sizeof(moves) / sizeof(moves[0]); i++) {
		if (strcmp(word, moves[i].word) != 0)
			continue;
		if (move_find(f, moves[i].move))
			break;
		if (v == f->search && moves[i].move < UI_MOVE_SELECT)
			f->browse = search_view_any(v);
		(void)v->ops->move(v, moves[i].move);
	}
	return 0;
}


/* The next hit is the older one in a chat, the one below in a text. */
static int find(struct ui_front *f, const char *text, int next, char **why)
{
	struct ui_view *v = ui_find_view(f);

	if (!v)
		return fail(EX_DATAERR, why, "no chat is shown");
	if (next)
		v->ops->find_next(v, v == f->overlay ? -next : next);
	else
		v->ops->find(v, text);
	return 0;
}


int ui_pane_command(
	enum front_pane what, const char *word, char **why, void *arg)
{
	struct ui_front *f = arg;

	ui_dirty(f);
	switch (what) {
	case FRONT_PANE_SPLIT:
		return split(f, why);
	case FRONT_PANE_UNSPLIT:
		return unsplit(f, why);
	case FRONT_PANE_FOCUS:
		return focus_next(f, why);
	case FRONT_PANE_ZOOM:
		f->zoom = !f->zoom;
		return 0;
	case FRONT_PANE_TAB:
		return tab_number(f, word, why);
	case FRONT_PANE_WHY:
		return why_failed(f, why);
	case FRONT_PANE_GO:
		return go(f, word, why);
	case FRONT_PANE_MOVE:
		return move(f, word, why);
	case FRONT_PANE_FIND:
		return find(f, word, 0, why);
	case FRONT_PANE_FIND_NEXT:
		return find(f, NULL, 1, why);
	case FRONT_PANE_FIND_PREVIOUS:
		return find(f, NULL, -1, why);
	case FRONT_PANE_ANSWER:
		return ui_question_answer(f, word, why);
	case FRONT_PANE_TYPE:
		return ui_type(f, word, why);
	case FRONT_PANE_EDIT:
		return ui_edit_outside(f, why);
	case FRONT_PANE_SUSPEND:
		ui_suspend(f);
		return 0;
	case FRONT_PANE_REDRAW:
		screen_redraw(f->screen);
		return 0;
	}
	return 0;
}
