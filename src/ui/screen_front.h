/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen_front.h - the screen as a whole: what ui.c and its helpers share.
 *
 * 1 state     panes, tabs, who has the keys
 * 2 tabs      chats that are open, and their drafts
 * 3 layout    where everything stands; drawing
 * 4 keys      what is typed, pasted, clicked
 * 5 prompt    the line of input
 * 6 question  the bar that asks
 * 7 output    what commands print
 * 8 search    the pane that finds
 * 9 lines     the history of the line of input
 * 10 notify   what is told beside the panes
 * 11 hints    which keys there are
 */
#ifndef SOTTO_UI_FRONT_H
#define SOTTO_UI_FRONT_H

#include "buddy_view.h"
#include "pace.h"
#include "edit.h"
#include "frame.h"
#include "text_view.h"
#include "ui_int.h"
#include "utf8.h"

/* ---- 1 state -------------------------------------------------------- */

enum {
	UI_PANES = 4, /* chats side by side */
	UI_ANSWERS = 4, /* to a question */
	UI_DRAFT_MAX = 1 << 20, /* bytes of a line, as core_draft_set() */
	UI_CHOICES = 7, /* that keys choose */
	UI_META_MS = 500, /* between Escape and the key that it makes Alt's */
	UI_LINE = 1024, /* bytes of a line that is put together */
	UI_NARROW =
		60, /* columns; below, the buddy list is a pane of its own */
};

/* What the line of input is for. */
enum ui_mode {
	UI_MODE_CHAT, /* texts and commands */
	UI_MODE_SEARCH, /* the query of the search pane */
	UI_MODE_FIND, /* what is looked for in the chat */
	UI_MODE_COMMAND, /* one that was begun by a key */
	UI_MODES
};

enum ui_focus {
	UI_FOCUS_CHAT,
	UI_FOCUS_BUDDIES,
	UI_FOCUS_OVERLAY, /* search, output */
};

struct ui_tab {
	struct le le;
	struct ui_front *front;
	struct core_account *account; /* a reference */
	char *peer;
	char *name; /* clean */
	struct ui_view *view; /* NULL until it is shown first */
	char *draft;
	size_t point;
	struct ui_lines *lines; /* its older lines while they are read */
};

struct ui_question {
	struct le le;
	bool chat; /* a session is asked for, else to see us */
	char *account;
	char *peer;
	char *text; /* clean */
};

struct ui_menu {
	size_t n, at; /* candidates; N 0: none is shown */
	size_t first; /* in sight */
	struct ui_area area; /* where they were drawn */
};

struct ui_front {
	struct ui_front_config config;
	struct tmrs *tmrs;
	struct cmd *cmd;
	struct cmd_queue *queue;
	struct core_listener *listener;
	struct core_watch *watch; /* of options */
	struct screen *screen;
	struct input *input;
	struct edit *edit;
	struct loop_hook *hook;
	struct tmr clock;
	struct tmr notice_tmr;
	struct tmr next_tmr; /* a tab was closed: another one is shown */
	struct outside *outside; /* the editor that has the terminal */
	struct ui_view *printed; /* what a file's commands print */
	uint64_t escape; /* when it was pressed, plus 1; 0: not before this */
	unsigned keys; /* pressed so far, with pastes and clicks */
	unsigned end_keys; /* ... when the end was typed; 0: it was not */
	uint64_t end_at;
	struct ui_view *output; /* what the last command printed; or NULL */
	char *title; /* of the window */
	struct list typed; /* commands whose outcome is awaited */
	struct list tabs;
	struct ui_tab *panes[UI_PANES]; /* the first one may be NULL */
	size_t n_panes;
	size_t pane; /* the one with the keys */
	bool zoom;
	struct ui_view *buddies;
	struct ui_view *overlay;
	struct ui_view *under; /* what the overlay covers, or NULL */
	enum ui_focus under_focus;
	bool above; /* the overlay covers something */
	struct ui_view *search; /* made at first use */
	enum ui_focus focus;
	enum ui_mode mode;
	bool browse; /* search, find: keys are for what was found */
	char *modes[UI_MODES]; /* what was typed in each; where no chat is
	                          shown */
	enum ui_mode type_mode; /* before a command was begun by a key */
	enum ui_focus type_focus;
	struct list questions;
	struct ui_menu menu;
	char *notice;
	enum ui_style notice_style;
	bool asked; /* the line is for a question */
	bool dirty;
	bool hurry; /* a key was pressed */
	struct pace pace;
	struct tmr pace_tmr; /* a frame is due */
	bool waiting; /* for the terminal to take a frame */
	bool ready;
	bool stopped;
	bool unfocused; /* the terminal has not the user's eyes */

	/* Where things were drawn last, for the mouse. */
	struct ui_area buddy_area, body_area, tab_area;
	struct ui_area answer_areas[UI_ANSWERS];
	struct ui_area choice_areas[UI_CHOICES];
	struct ui_area pane_areas[UI_PANES];
	struct frame frame;
};

/* Who is under the cursor of the list that has the keys; false: nobody. */
bool ui_selected(const struct ui_front *f, struct front_chat *chat);

/* The tab that has the keys; NULL: none. */
struct ui_tab *ui_tab_shown(const struct ui_front *f);

/* ---- 2 tabs.c ------------------------------------------------------- */

struct ui_tab *ui_tab_find(
	struct ui_front *f, const char *account, const char *peer);
struct ui_tab *ui_tab_get(
	struct ui_front *f, const char *account, const char *peer);
void ui_tab_close(struct ui_front *f, struct ui_tab *tab);

/* Shows its chat, as `chat show` does. */
void ui_tab_go(struct ui_front *f, const struct ui_tab *tab);

/* Its view, made now if need be. */
void ui_tab_rename(struct ui_front *f); /* names of buddies are others */
struct ui_view *ui_tab_view(struct ui_tab *tab);
unsigned ui_tab_unread(const struct ui_tab *tab);
bool ui_tab_typing(const struct ui_tab *tab);

/* Shows TAB (NULL: nothing) in the pane with the keys. */
void ui_tab_show(struct ui_front *f, struct ui_tab *tab, uint64_t id);

/* Chats with a draft, or with something unread, that earlier runs left. */
void ui_tab_restore(struct ui_front *f);

void ui_tab_draw(struct ui_front *f, const struct ui_area *a);

/* The tab at column COL of what was drawn; NULL: none. */
struct ui_tab *ui_tab_at(struct ui_front *f, int col);

/* ---- 3 layout.c ----------------------------------------------------- */

/* Draws a frame. */
void ui_layout_draw(struct ui_front *f);

/* ---- 4 keys.c ------------------------------------------------------- */

int ui_keys_alloc(struct ui_front *f);

/* mouse.c */
void ui_mouse_h(enum ui_mouse what, int row, int col, void *arg);


/* The place whose keys count now, as in cmd_places. */
const char *ui_keys_place(const struct ui_front *f);

/* What `screen show find` looks in: the text that is read, else the shown
 * chat; NULL: nothing is shown. */
struct ui_view *ui_find_view(const struct ui_front *f);

/* The view that has the keys; NULL: none. */
struct ui_view *ui_keys_view(const struct ui_front *f);

/* From the buddy list to what stands beside it. */
void ui_keys_leave(struct ui_front *f);

/* panes.c: what `chat split` and its like ask for. */
int ui_pane_command(
	enum front_pane what, const char *word, char **why, void *arg);

/* Pane I of several goes, not what it shows. */
void ui_pane_close(struct ui_front *f, size_t i);

/* outside.c: the text in $VISUAL or $EDITOR; the shell until SIGCONT. */
int ui_edit_outside(struct ui_front *f, char **why);
void ui_suspend(struct ui_front *f);

/* ---- 5 prompt.c ----------------------------------------------------- */

int ui_prompt_alloc(struct ui_front *f);

/* Rows that the line takes in COLS columns, at most MAX. */
int ui_prompt_rows(const struct ui_front *f, int cols, int max);
void ui_prompt_draw(struct ui_front *f, const struct ui_area *a);

/* Keeps what is typed with the mode or tab it was for, and back. */
void ui_prompt_save(struct ui_front *f);
void ui_prompt_load(struct ui_front *f);

/* TEXT is the draft of TAB, also after a restart, unless it holds a secret. */
void ui_prompt_keep(struct ui_front *f, const struct ui_tab *tab,
	const char *text, size_t point);
void ui_prompt_mode(struct ui_front *f, enum ui_mode mode);

/* Nothing is looked for any more. */
void ui_prompt_end_find(struct ui_front *f);

/* type.c: puts TEXT into a line of its own, to be finished, with who is under
 * the cursor for each word "%"; what is typed so far waits. */
int ui_type(struct ui_front *f, const char *text, char **why);
void ui_type_end(struct ui_front *f);
void ui_type_entered(struct ui_front *f, const char *text);

/* ---- 6 question.c --------------------------------------------------- */

/* Somebody asks to see us, or for a session, or no longer does. */
void ui_question_event(struct ui_front *f, const struct core_event *event);

/* What was answered elsewhere is not asked any more. */
void ui_question_prune(struct ui_front *f);
int ui_question_answer(struct ui_front *f, const char *word, char **why);
/* True if an answer was drawn there, which is given now. */
bool ui_question_click(struct ui_front *f, int row, int col, bool twice);
void ui_question_draw(struct ui_front *f, const struct ui_area *a, int row);

/* asked.c: what a command asks in the line, for the front end's table. Rows
 * above that, at most MAX; the bar of choices, and how to leave; WORD is the
 * number of one, from 1. */
void ui_ask(const struct front_question *q, front_answer_h *answer, void *ctx,
	void *arg);
void ui_ask_secret(
	const char *prompt, core_secret_h *answer, void *ctx, void *arg);
void ui_unask(const void *ctx, void *arg);
bool ui_notice_above(const struct ui_front *f, int cols);
int ui_asked_rows(const struct ui_front *f, int cols, int max);
void ui_asked_draw(struct ui_front *f, const struct ui_area *a);
bool ui_asked_choice(const struct ui_front *f);
void ui_asked_hint(
	struct ui_front *f, const struct ui_area *a, int row, int col);
void ui_asked_bar(struct ui_front *f, const struct ui_area *a, int row);
int ui_asked_answer(struct ui_front *f, const char *word, char **why);
bool ui_asked_click(struct ui_front *f, int row, int col);

/* ---- 7 output.c ----------------------------------------------------- */

/* True if TEXT, as it is typed, is a command. */
bool ui_is_command(const char *text);

/* Runs TEXT as typed; what it prints is shown as a notice or as a pane. */
void ui_typed(struct ui_front *f, const char *text);
void ui_output_flush(struct ui_front *f);

/* Shows what the last command printed; false: nothing yet. */
bool ui_output_again(struct ui_front *f);

/* Shows VIEW (a reference is taken over) in place of the chats, with the
 * keys. */
void ui_overlay(struct ui_front *f, struct ui_view *view);
void ui_overlay_close(struct ui_front *f);

/* The same above what is shown now, which ui_overlay_back() goes back to. */
void ui_overlay_above(struct ui_front *f, struct ui_view *view);
void ui_overlay_back(struct ui_front *f);

/* log_view.c, trace_view.c */
void ui_log_show(struct ui_front *f);
void ui_trace_show(struct ui_front *f);
void trace_view_alloc(struct ui_view **vp, struct ui_front *front);

/* ---- 8 search_view.c ------------------------------------------------ */

void search_view_alloc(struct ui_view **vp, struct ui_front *front);
void search_view_query(struct ui_view *v, const char *text);
bool search_view_any(const struct ui_view *v); /* something is found */
bool search_view_selected(struct ui_view *v, struct front_chat *chat);

/* ---- 9 lines.c ------------------------------------------------------ */

/* The key of a chat's lines for edit_history() (mem_deref). */
char *ui_lines_key(const char *account, const char *peer);

/* Lines of earlier runs of TAB (NULL: of no chat), now or later. */
void ui_lines_load(struct ui_front *f, struct ui_tab *tab, const char *key);

/* TEXT was entered: it is found again. */
void ui_lines_entered(struct ui_front *f, const char *text);

/* That chat's history was cleared. */
void ui_lines_forget(struct ui_front *f, const char *account, const char *peer);

/* ---- 10 menu.c ------------------------------------------------------ */

void ui_menu_set(struct ui_front *f, size_t n, size_t at);

/* Above row BOTTOM of A. */
void ui_menu_draw(struct ui_front *f, const struct ui_area *a, int bottom);

/* complete.c: candidates for panes and themes; front.h. */
void ui_complete_h(enum front_kind kind, const char *prefix,
	core_complete_h *emit, void *emit_arg, void *arg);

/* True if the menu took the key, or what the mouse did. */
bool ui_menu_key(struct ui_front *f, const char *name);
bool ui_menu_mouse(struct ui_front *f, enum ui_mouse what, int row, int col);

/* ---- 10 notify.c ---------------------------------------------------- */

/* From now on the core knows where the user looks. */
void ui_notify_start(struct ui_front *f);

/* Something was typed: who types looks, whatever the terminal has said, or has
 * not said while another program had it. */
void ui_touched(struct ui_front *f);

/* ---- 11 hints.c------------------------------------------------------ */

/* Some keys of where the user is, in a line; all of them, as a pane. */
void ui_hints_draw(struct ui_front *f, const struct ui_area *a, int row);
void ui_hints_show(struct ui_front *f);

/* What stands where no chat is shown (mem_deref). */
char *ui_hints_welcome(const struct ui_front *f);

#endif
