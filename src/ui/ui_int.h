/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ui_int.h - what the files of the full screen share.
 *
 * 1 theme   styles and glyphs by name
 * 2 screen  cells, clipped drawing, titles, bells
 * 3 input   bytes of the terminal as keys, pastes, clicks
 * 4 view    what a pane shows: a table of functions
 * 5 views   conversation, list, text
 * 6 front   what views ask of the screen as a whole
 *
 * Rows and columns count from 0 and are relative to an area. All text that is
 * drawn is clean (utf8_clean()); screen.c draws nothing that is not.
 */
#ifndef SOTTO_UI_INT_H
#define SOTTO_UI_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "cmd.h"
#include "core.h"
#include "front.h"
#include "list.h"
#include "loop.h"
#include "mem.h"
#include "pl.h"
#include "ui.h"

/* ---- 1 names.c, theme.c ---------------------------------------------- */

/* What a cell means; the theme says how that looks. */
enum ui_style {
	UI_NORMAL,
	UI_TITLE, /* top line */
	UI_BORDER,
	UI_HEADER, /* of a pane */
	UI_HEADER_FOCUS, /* of the pane that has the keys */
	UI_SELECTED, /* row under the list's cursor */
	UI_GROUP,
	UI_ONLINE, /* glyphs of presence */
	UI_AWAY,
	UI_OFFLINE,
	UI_UNKNOWN,
	UI_NOTE, /* less important text beside something */
	UI_UNREAD, /* counts of what is unread */
	UI_TIME,
	UI_ME, /* names */
	UI_PEER,
	UI_DAY, /* lines between days, and where unread begins */
	UI_EVENT, /* "Bob is typing", "the chat was closed" */
	UI_DONE, /* marks of delivery */
	UI_WAITING,
	UI_FAILED,
	UI_HIT, /* what a search found */
	UI_LINK,
	UI_TAB,
	UI_TAB_SHOWN,
	UI_PROMPT,
	UI_INPUT,
	UI_NOTICE, /* last line */
	UI_ERROR,
	UI_QUESTION,
	UI_QUESTION_KEY,
	UI_KEY, /* names of keys in help and questions */
	UI_STYLES
};

/* "normal", "title", ... as themes write them. */
const char *ui_style_name(enum ui_style style);

enum ui_glyph {
	UI_GLYPH_ONLINE,
	UI_GLYPH_AWAY,
	UI_GLYPH_OFFLINE,
	UI_GLYPH_UNKNOWN,
	UI_GLYPH_OPEN, /* a group that is unfolded */
	UI_GLYPH_FOLDED,
	UI_GLYPH_WAITING, /* queued, sent */
	UI_GLYPH_ACCEPTED, /* a server keeps it */
	UI_GLYPH_DELIVERED,
	UI_GLYPH_FAILED,
	UI_GLYPH_HORIZONTAL,
	UI_GLYPH_VERTICAL,
	UI_GLYPH_JOIN_LEFT,
	UI_GLYPH_JOIN_RIGHT,
	UI_GLYPH_JOIN_UP,
	UI_GLYPH_JOIN_DOWN,
	UI_GLYPH_JOIN_ALL,
	UI_GLYPH_ABOVE,
	UI_GLYPH_BELOW, /* more text below */
	UI_GLYPH_CUT, /* text that does not fit */
	UI_GLYPHS
};

/* One column each; as UTF-8 or as its ASCII twin. */
const char *ui_glyph_text(enum ui_glyph glyph, bool utf8);

/* ---- 2 screen.c ----------------------------------------------------- */

/* The terminal; there is one. */
struct screen;

struct ui_area {
	int row, col; /* on the screen */
	int rows, cols;
};

struct screen_config {
	struct loop *loop;
	void (*resized)(void *arg);
	void (*broken)(int err, void *arg); /* of standard output */
	void *arg;
};

/* Takes the terminal (standard input and output). Errno. mem_deref() gives
 * it back as it was. */
int screen_alloc(struct screen **sp, const struct screen_config *config);

/* True if there is a terminal that can place the cursor. */
bool screen_capable(void);

/* Bytes that are no text: queries, modes. Written behind the next frame. */
void screen_raw(struct screen *s, const char *bytes);

struct ui_area screen_area(const struct screen *s);
bool screen_utf8(const struct screen *s);

/* Reads theme NAME (a shipped one or a file) over the default; 0, or a status
 * with *WHY (mem_deref). */
int screen_theme(struct screen *s, const char *name, char **why);

/* Begins a frame: everything blank, cursor hidden. */
void screen_begin(struct screen *s);

/* Draws TEXT at ROW, COL of A, never outside A, never half a character;
 * returns the columns used. What is not clean is drawn as '?'. */
int screen_text(struct screen *s, const struct ui_area *a, int row, int col,
	enum ui_style style, const struct pl *text);
int screen_str(struct screen *s, const struct ui_area *a, int row, int col,
	enum ui_style style, const char *text);
int screen_glyph(struct screen *s, const struct ui_area *a, int row, int col,
	enum ui_style style, enum ui_glyph glyph);

/* The same with columns COL to END - 1, cut with a mark where it is longer. */
int screen_cut(struct screen *s, const struct ui_area *a, int row, int col,
	int end, enum ui_style style, const char *text);

/* Like screen_text(), and the terminal may open URI (OSC 8); ID parts of one
 * link that is wrapped have in common. */
int screen_link(struct screen *s, const struct ui_area *a, int row, int col,
	const struct pl *text, const char *uri, unsigned id);

void screen_fill(
	struct screen *s, const struct ui_area *a, enum ui_style style);
void screen_fill_row(struct screen *s, const struct ui_area *a, int row,
	enum ui_style style);

/* Lines of N cells. */
void screen_hline(struct screen *s, const struct ui_area *a, int row, int col,
	int n, enum ui_style style);
void screen_vline(struct screen *s, const struct ui_area *a, int row, int col,
	int n, enum ui_style style);

void screen_cursor(struct screen *s, const struct ui_area *a, int row, int col);

/* Ends the frame. False: the terminal has not taken the one before yet, and
 * nothing was drawn; READY is called once it has. */
bool screen_end(struct screen *s, void (*ready)(void *arg), void *arg);

/* The terminal's window title; clean, NULL: as it was. */
void screen_title(struct screen *s, const char *title);
void screen_bell(struct screen *s);
void screen_notify(struct screen *s, const char *title, const char *body);
void screen_mouse(struct screen *s, bool on);

/* Gives the terminal away (suspend, $EDITOR) and takes it back, redrawn. */
void screen_leave(struct screen *s);
void screen_return(struct screen *s);
void screen_redraw(struct screen *s); /* what stands there is not trusted */

/* Writes what is left, giving the terminal LIMIT ms. Errno. */
int screen_flush(struct screen *s, uint64_t limit);

/* ---- 3 input.c ------------------------------------------------------ */

/* Bytes from the terminal, taken apart. */
struct input;

enum ui_mouse {
	UI_MOUSE_CLICK,
	UI_MOUSE_DOUBLE,
	UI_MOUSE_UP, /* wheel */
	UI_MOUSE_DOWN,
};

struct input_handlers {
	/* A key: NAME as `bind` writes it (NULL: none), and its bytes, for
	 * readline. */
	void (*key)(const char *name, const struct pl *bytes, void *arg);
	void (*paste)(const struct pl *text, void *arg); /* whole */
	void (*cut)(void *arg); /* it was too long: its end is left out */
	void (*mouse)(enum ui_mouse what, int row, int col, void *arg);
	void (*focus)(bool in, void *arg);
	void (*end)(void *arg); /* the terminal is gone */
	void *arg;
};

/* Reads standard input. Escape alone is told 50 ms after it, a paste when 20
 * ms after its end nothing more came. */
int input_alloc(
	struct input **ip, struct loop *loop, const struct input_handlers *h);
void input_pause(struct input *i, bool on);

/* For tests: as if BYTES had been read. */
void input_feed(struct input *i, const struct pl *bytes);

/* ---- 4 view: what a pane shows -------------------------------------- */

struct ui_view;

/* What moves in a pane; commands are made of these. */
enum ui_move {
	UI_MOVE_UP,
	UI_MOVE_DOWN,
	UI_MOVE_PAGE_UP,
	UI_MOVE_PAGE_DOWN,
	UI_MOVE_FIRST,
	UI_MOVE_LAST,
	UI_MOVE_SELECT, /* Enter */
	UI_MOVE_FOLD,
	UI_MOVE_WHEEL_UP, /* a list under its cursor */
	UI_MOVE_WHEEL_DOWN,
	UI_MOVES
};

struct ui_view_ops {
	const char *place; /* for keys: one of cmd_places */
	const char *enter; /* what UI_MOVE_SELECT does there, in a word, where
	                      that is not the same all over the place */

	/* Writes the header's text into TEXT (clean). */
	void (*title)(struct ui_view *v, char *text, size_t size);

	/* What stands at the header's other end; NULL: nothing does. */
	void (*way)(struct ui_view *v, char *text, size_t size);
	void (*draw)(struct ui_view *v, struct screen *s,
		const struct ui_area *a, bool focus);
	bool (*move)(struct ui_view *v, enum ui_move move);
	void (*click)(struct ui_view *v, int row, int col, bool twice);

	/* Looks for TEXT, NULL ends it; N > 0 goes up to the next hit, else
	 * down. NULL where nothing can be looked for. */
	void (*find)(struct ui_view *v, const char *text);
	void (*find_next)(struct ui_view *v, int n);
};

/* First member of every view; refcounted (mem_deref). */
struct ui_view {
	const struct ui_view_ops *ops;
	struct ui_front *front;
};

/* ---- 5 views -------------------------------------------------------- */

/* conv_view.c: a chat: its past as far back as the store goes. */
int conv_view_alloc(struct ui_view **vp, struct ui_front *front,
	struct core_account *account, const char *peer);
const char *conv_view_account(const struct ui_view *v); /* name */
const char *conv_view_peer(const struct ui_view *v);

/* An event of the core; takes those of its chat. */
void conv_view_event(struct ui_view *v, const struct core_event *event);

/* Shows message ID and what surrounds it; 0: the newest. */
void conv_view_goto(struct ui_view *v, uint64_t id);

/* What the store keeps of it is not what it was: it is read anew. */
void conv_view_reload(struct ui_view *v);

/* A sentence that belongs into this chat's lines and is not kept. */
void conv_view_say(struct ui_view *v, enum ui_style style, const char *text);

/* Searches this chat for TEXT from what is shown backwards; NULL ends the
 * search. next: N > 0 towards older ones. */
void conv_view_find(struct ui_view *v, const char *text);
void conv_view_find_next(struct ui_view *v, int n);

/* There is a hit, or it is still searched for one. */
bool conv_view_found(const struct ui_view *v);

/* The cause of the newest failed message in sight as a sentence, or NULL
 * (mem_deref). */
char *conv_view_why(struct ui_view *v, uint64_t *id);

/* Where it was looked at is the end: nothing below is new. */
bool conv_view_at_end(const struct ui_view *v);

/* ---- 6 front: ui.c -------------------------------------------------- */

struct core *ui_core(struct ui_front *f);
struct cmd *ui_cmd(struct ui_front *f);
struct tmrs *ui_tmrs(struct ui_front *f);

/* The terminal has the user's eyes, as far as it tells: what is drawn is
 * seen, in each pane. */
bool ui_seen(const struct ui_front *f);

/* Something changed: drawn before the loop sleeps, but for what changes more
 * often than eyes can see. */
void ui_dirty(struct ui_front *f);

/* The same, and somebody waits for it: a key was pressed. */
void ui_hurry(struct ui_front *f);

/* What PEER wrote has been read, by being drawn: the list follows in the same
 * frame. */
void ui_read(
	struct ui_front *f, struct core_account *account, const char *peer);

/* Shows a chat, as `chat show` does. */
void ui_show(struct ui_front *f, const struct front_chat *chat);

/* Runs a command line as if a key were bound to it. */
void ui_command(struct ui_front *f, const char *line);

/* A sentence in the last line, also kept in the log. */
void ui_notice(struct ui_front *f, enum ui_style style, const char *text);

/* The same for what is not worth keeping, is kept already, or must not be. */
void ui_hint(struct ui_front *f, enum ui_style style, const char *text);

#endif
