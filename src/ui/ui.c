/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ui.c - the full screen: what happens goes to the panes, and is drawn before
 * the loop sleeps. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "screen_front.h"
#include "theme.h"


enum {
	NOTICE_MS = 8000,
	MINUTE_MS = 60000,
};


static void notice_clear(struct ui_front *f)
{
	tmr_cancel(&f->notice_tmr);
	f->notice = mem_deref(f->notice);
}


static void destructor(void *data)
{
	struct ui_front *f = data;
	size_t i;

	/* What is asked ends first: commands hear of it. */
	if (f->edit)
		edit_stop(f->edit);
	mem_deref(f->listener);
	mem_deref(f->watch);
	mem_deref(f->hook);
	tmr_cancel(&f->clock);
	tmr_cancel(&f->next_tmr);
	tmr_cancel(&f->pace_tmr);
	notice_clear(f);
	mem_deref(f->outside);
	ui_output_flush(f);
	mem_deref(f->input);
	list_flush(&f->questions);
	mem_deref(f->overlay);
	mem_deref(f->under);
	mem_deref(f->search);
	mem_deref(f->printed);
	mem_deref(f->output);
	mem_deref(f->title);
	list_flush(&f->tabs);
	mem_deref(f->buddies);
	for (i = 0; i < UI_MODES; i++)
		mem_deref(f->modes[i]);
	mem_deref(f->edit);
	mem_deref(f->queue);
	mem_deref(f->cmd);
	mem_deref(f->screen);
}


/* ---- what views ask for ---- */

struct core *ui_core(struct ui_front *f)
{
	return f->config.core;
}


struct cmd *ui_cmd(struct ui_front *f)
{
	return f->cmd;
}


struct tmrs *ui_tmrs(struct ui_front *f)
{
	return f->tmrs;
}


bool ui_seen(const struct ui_front *f)
{
	return !f->unfocused;
}


void ui_dirty(struct ui_front *f)
{
	f->dirty = true;
}


void ui_hurry(struct ui_front *f)
{
	f->dirty = f->hurry = true;
}


void ui_read(struct ui_front *f, struct core_account *account, const char *peer)
{
	bool dirty = f->dirty;

	buddy_view_touch(f->buddies, core_account_name(account), peer);
	f->dirty = dirty;
}


void ui_show(struct ui_front *f, const struct front_chat *chat)
{
	cmd_show(f->cmd, chat);
}


static void notice_h(void *arg)
{
	struct ui_front *f = arg;

	notice_clear(f);
	ui_dirty(f);
}


void ui_hint(struct ui_front *f, enum ui_style style, const char *text)
{
	/* One that tells of an error is not covered by a lesser one. */
	if (f->notice && f->notice_style == UI_ERROR && style != UI_ERROR)
		return;
	mem_deref(f->notice);
	f->notice = utf8_show_dup(text, UTF8_NAME);
	f->notice_style = style;
	tmr_start(f->tmrs, &f->notice_tmr, NOTICE_MS, notice_h, f);
	ui_dirty(f);
}


void ui_notice(struct ui_front *f, enum ui_style style, const char *text)
{
	cmd_log(style == UI_ERROR ? LOG_ERROR : LOG_INFO, "screen", text,
		f->cmd);
	ui_hint(f, style, text);
}


/* ---- events ---- */

static void on_message(struct ui_front *f, const struct core_event *e)
{
	(void)ui_tab_get(f, e->account, e->peer);
	buddy_view_touch(f->buddies, e->account, e->peer);
}


static void on_account(struct ui_front *f, const struct core_event *e)
{
	char *text;

	buddy_view_changed(f->buddies);
	if (strcmp(e->state, "failed") != 0 || e->again)
		return;
	text = mem_printf("%s failed: %s", e->account,
		e->reason ? e->reason : "no reason is known");
	ui_notice(f, UI_ERROR, text);
	mem_deref(text);
}


static void reload(struct ui_front *f, const struct core_event *e)
{
	struct ui_tab *tab = ui_tab_find(f, e->account, e->peer);

	ui_lines_forget(f, e->account, e->peer);
	if (tab && tab->view)
		conv_view_reload(tab->view);
}


static void event_h(const struct core_event *e, void *arg)
{
	struct ui_front *f = arg;
	struct le *le;

	ui_dirty(f);
	switch (e->kind) {
	case CORE_EVENT_MESSAGE:
		on_message(f, e);
		break;
	case CORE_EVENT_ACCOUNT:
		on_account(f, e);
		break;
	case CORE_EVENT_BUDDY:
		ui_tab_rename(f);
		buddy_view_changed(f->buddies);
		break;
	case CORE_EVENT_CHAT:
		ui_question_event(f, e);
		buddy_view_touch(f->buddies, e->account, e->peer);
		break;
	case CORE_EVENT_PRESENCE:
		buddy_view_touch(f->buddies, e->account, e->peer);
		break;
	case CORE_EVENT_WATCHER:
		ui_question_event(f, e);
		break;
	case CORE_EVENT_WATCHER_SETTLED:
		ui_question_prune(f);
		break;
	case CORE_EVENT_HISTORY:
		reload(f, e);
		break;
	case CORE_EVENT_LOG:
		if (e->level <= LOG_INFO)
			ui_hint(f, e->level <= LOG_WARN ? UI_ERROR : UI_NOTICE,
				e->text);
		break;
	default:
		break;
	}
	for (le = f->tabs.head; le; le = le->next) {
		struct ui_tab *tab = le->data;

		if (tab->view)
			conv_view_event(tab->view, e);
	}
}


/* ---- the table of a front end ---- */

static void row_h(const struct front_origin *origin,
	const struct front_row *row, void *arg)
{
	struct ui_front *f = arg;
	struct ui_view *v;

	(void)origin;
	if (!row->text)
		return;
	if (!f->printed) {
		text_view_alloc(&v, f, "output", false);
		f->printed = v;
		ui_overlay(f, mem_ref(v));
	}
	text_view_add(f->printed, UI_NORMAL, row->text);
}


static void outcome_h(const struct front_outcome *outcome, void *arg)
{
	struct ui_front *f = arg;

	f->printed = mem_deref(f->printed);
	if (outcome->text)
		ui_notice(f, outcome->status ? UI_ERROR : UI_NOTICE,
			outcome->text);
}


/* The one beside a tab that was closed, or in the pane beside. */
static void next_h(void *arg)
{
	struct ui_front *f = arg;
	const struct ui_tab *tab = ui_tab_shown(f);
	struct front_chat chat;

	if (!tab)
		tab = list_data(f->tabs.head);
	if (tab && (!ui_tab_shown(f) || !cmd_shown(f->cmd, &chat)))
		ui_tab_go(f, tab);
}


static void show_h(const struct front_chat *chat, void *arg)
{
	struct ui_front *f = arg;
	struct ui_tab *tab = ui_tab_shown(f);

	if (chat) {
		ui_tab_show(
			f, ui_tab_get(f, chat->account, chat->peer), chat->id);
		buddy_view_touch(f->buddies, chat->account, chat->peer);
		return;
	}
	if (tab) {
		edit_set(f->edit, "", 0);
		ui_tab_close(f, tab);
	}
	tmr_start(f->tmrs, &f->next_tmr, 0, next_h, f);
}


bool ui_selected(const struct ui_front *f, struct front_chat *chat)
{
	if (f->focus == UI_FOCUS_BUDDIES)
		return buddy_view_selected(f->buddies, chat);
	if (f->overlay && f->overlay == f->search)
		return search_view_selected(f->search, chat);
	return false;
}


static bool selected_h(struct front_chat *chat, void *arg)
{
	return ui_selected(arg, chat);
}


static void quit_h(int status, void *arg)
{
	struct ui_front *f = arg;

	f->config.quit(status, f->config.arg);
}


static const struct front front = {
	.name = "screen",
	.interactive = true,
	.row = row_h,
	.outcome = outcome_h,
	.show = show_h,
	.pane = ui_pane_command,
	.selected = selected_h,
	.complete = ui_complete_h,
	.ask_secret = ui_ask_secret,
	.ask = ui_ask,
	.unask = ui_unask,
	.quit = quit_h,
};


/* ---- drawing ---- */

static void ready_h(void *arg)
{
	struct ui_front *f = arg;

	f->waiting = false;
	f->dirty = true;
}


static unsigned count_unread(const struct ui_front *f)
{
	unsigned unread = 0;
	struct le *le;

	for (le = f->tabs.head; le; le = le->next)
		unread += ui_tab_unread(le->data);
	return unread;
}


static void set_title(struct ui_front *f, unsigned unread)
{
	const struct ui_tab *tab = ui_tab_shown(f);
	char text[UI_LINE];

	if (unread)
		(void)snprintf(text, sizeof(text), "sotto (%u)", unread);
	else
		(void)snprintf(text, sizeof(text), "sotto%s%.200s",
			tab ? ": " : "", tab ? tab->name : "");
	if (f->title && !strcmp(f->title, text))
		return;
	mem_deref(f->title);
	f->title = mem_strdup(text);
	screen_title(f->screen, text);
}


static void due_h(void *arg)
{
	(void)arg; /* it is drawn before the loop sleeps again */
}


static bool is_due(struct ui_front *f)
{
	uint64_t ms;

	if (f->hurry) {
		pace_count(&f->pace, tmrs_now(f->tmrs));
		return true;
	}
	ms = pace_wait(&f->pace, tmrs_now(f->tmrs));
	if (ms && !tmr_isrunning(&f->pace_tmr))
		tmr_start(f->tmrs, &f->pace_tmr, ms, due_h, f);
	return !ms;
}


static void draw_h(void *arg)
{
	struct ui_front *f = arg;

	if (!f->dirty || !f->ready || f->waiting || f->outside || !is_due(f))
		return;
	f->dirty = f->hurry = false;
	screen_begin(f->screen);
	ui_layout_draw(f);
	set_title(f, count_unread(f));
	if (!screen_end(f->screen, ready_h, f))
		f->waiting = true;
}


/* Or the terminal was another's meanwhile, and so was its title. */
static void resized_h(void *arg)
{
	struct ui_front *f = arg;

	f->title = mem_deref(f->title);
	ui_hurry(f);
}


static void broken_h(int err, void *arg)
{
	struct ui_front *f = arg;

	f->stopped = true;
	f->config.broken(err, f->config.arg);
}


static void clock_h(void *arg)
{
	struct ui_front *f = arg;
	int64_t now = tmrs_wall(f->tmrs);

	tmr_start(f->tmrs, &f->clock, MINUTE_MS - (uint64_t)(now % MINUTE_MS),
		clock_h, f);
	ui_dirty(f);
}


static void set_theme(struct ui_front *f)
{
	char *why = NULL;

	if (screen_theme(
		    f->screen, core_option_get(f->config.core, "theme"), &why))
		ui_notice(f, UI_ERROR, why ? why : "no such theme");
	mem_deref(why);
}


static void option_h(const char *name, void *arg)
{
	struct ui_front *f = arg;

	if (!strcmp(name, "theme"))
		set_theme(f);
	else if (!strcmp(name, "mouse"))
		screen_mouse(
			f->screen, core_option_bool(f->config.core, "mouse"));
	buddy_view_changed(f->buddies);
}


/* ---- life ---- */

static int take_terminal(struct ui_front *f)
{
	const struct screen_config sc = {
		.loop = f->config.loop,
		.resized = resized_h,
		.broken = broken_h,
		.arg = f,
	};
	int err = screen_alloc(&f->screen, &sc);

	if (!err)
		err = ui_prompt_alloc(f);
	if (!err)
		err = loop_before_sleep(&f->hook, f->config.loop, draw_h, f);
	return err;
}


int ui_front_alloc(struct ui_front **fp, const struct ui_front_config *config)
{
	struct ui_front *f = mem_zalloc(sizeof(*f), destructor);
	struct cmd_config cc = {
		.core = config->core,
		.tmrs = loop_tmrs(config->loop),
		.front = &front,
		.front_arg = f,
		.version = config->version,
	};
	int err;

	f->config = *config;
	f->tmrs = cc.tmrs;
	buddy_view_alloc(&f->buddies, f);
	err = cmd_alloc(&f->cmd, &cc);
	if (!err)
		err = cmd_queue_alloc(&f->queue, f->cmd);
	if (!err)
		err = take_terminal(f);
	if (err) {
		mem_deref(f);
		return err;
	}
	core_listen(&f->listener, config->core, event_h, f);
	core_option_watch(&f->watch, config->core, NULL, option_h, f);
	ui_notify_start(f);
	*fp = f;
	return 0;
}


struct cmd *ui_front_cmd(struct ui_front *f)
{
	return f->cmd;
}


/* A front end that was freed meanwhile hears nothing: core went first. */
static void unread_h(const struct core_outcome *outcome, void *arg)
{
	(void)outcome;
	ui_tab_restore(arg);
}


void ui_front_ready(struct ui_front *f)
{
	f->ready = true;
	set_theme(f);
	screen_mouse(f->screen, core_option_bool(f->config.core, "mouse"));
	if (f->config.greeting)
		ui_hint(f, UI_NOTICE, f->config.greeting);
	ui_prompt_load(f);
	core_unread_await(f->config.core, unread_h, f);
	clock_h(f);
	if (ui_keys_alloc(f))
		f->config.quit(0, f->config.arg);
}


bool ui_front_interrupt(struct ui_front *f)
{
	if (f->stopped)
		return false;
	/* A slip of the finger does not end it. */
	if (f->mode == UI_MODE_COMMAND)
		ui_type_end(f);
	else if (!edit_interrupt(f->edit))
		ui_hint(f, UI_NOTICE, "/quit leaves");
	ui_dirty(f);
	return true;
}


void ui_front_stop(struct ui_front *f)
{
	/* Ctrl-C is still heard. */
	f->stopped = true;
	edit_stop(f->edit);
}


int ui_front_flush(struct ui_front *f, uint64_t limit)
{
	return screen_flush(f->screen, limit);
}


bool ui_capable(void)
{
	return screen_capable();
}
