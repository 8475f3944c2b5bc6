/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prompt.c - the line of input: readline's text as rows, its cursor, and the
 * drafts that wait. */
#include <stdio.h>
#include <string.h>
#include "mbuf.h"
#include "screen_front.h"


enum {
	PROMPT_MAX = 24, /* columns of a name in the prompt */
	MODE_SIZE = 32, /* bytes of readline's mode */
	END_MS = 2000, /* until the second of two that end it */
	VISIBLE_MAX = 4 << 20, /* bytes of the text as it is shown */
};


/* What stands before the text; not cleaned. */
static void prompt_text(const struct ui_front *f, char *text, size_t size)
{
	const struct ui_tab *tab = ui_tab_shown(f);
	const char *shown = edit_shown_prompt(f->edit);
	char mode[MODE_SIZE];
	struct pl name;

	edit_shown_mode(f->edit, mode, sizeof(mode));
	if (edit_question(f->edit)) {
		(void)snprintf(text, size, "%s", edit_question(f->edit));
	} else if (shown) {
		(void)snprintf(text, size, "%s", shown);
	} else if (f->mode == UI_MODE_SEARCH) {
		(void)snprintf(text, size, "%ssearch: ", mode);
	} else if (f->mode == UI_MODE_FIND) {
		(void)snprintf(text, size, "%sfind: ", mode);
	} else if (f->mode == UI_MODE_COMMAND) {
		(void)snprintf(text, size, "%scommand: ", mode);
	} else if (tab) {
		name = pl_str(tab->name);
		name.l = utf8_fit(&name, PROMPT_MAX);
		(void)snprintf(text, size, "%s%.*s> ", mode, PL_ARG(&name));
	} else {
		(void)snprintf(text, size, "%s> ", mode);
	}
}


/* The same for the screen (mem_deref). */
static char *shown_prompt(const struct ui_front *f)
{
	char text[UI_LINE];

	prompt_text(f, text, sizeof(text));
	return utf8_show_dup(text, UTF8_NAME);
}


/* Wrapping TEXT behind the prompt: called for each piece that fits a row. */
typedef void(piece_h)(int row, int col, const struct pl *piece, void *arg);

/* Rows used; *AT_ROW and *AT_COL become where byte POINT is. */
static int wrap(const char *prompt, const char *text, size_t point, int cols,
	piece_h *h, void *arg, int *at_row, int *at_col)
{
	struct pl rest = pl_str(text), pp = pl_str(prompt);
	uint32_t cp;
	int row = 0, col = (int)utf8_cols(&pp);

	*at_row = *at_col = 0;
	if (col >= cols)
		col = 0;
	for (;;) {
		size_t off = (size_t)(rest.p - text), n, line;
		const char *nl = rest.l ? memchr(rest.p, '\n', rest.l) : NULL;
		struct pl piece =
			pl_make(rest.p, nl ? (size_t)(nl - rest.p) : rest.l);

		line = piece.l;
		n = utf8_fit(&piece, cols > col ? (size_t)(cols - col) : 0);
		if (n < line && !n && !col)
			n = utf8_decode(&cp, piece.p, piece.l);
		piece.l = n;
		if (point >= off &&
			(point < off + n || (point == off + n && n == line))) {
			struct pl before = pl_make(piece.p, point - off);

			*at_row = row;
			*at_col = col + (int)utf8_cols(&before);
		}
		if (h && n)
			h(row, col, &piece, arg);
		pl_skip(&rest, n);
		if (n == line && !nl)
			break;
		if (n == line)
			pl_skip(&rest, 1);
		row++;
		col = 0;
	}
	return row + 1;
}


/* Characters that are shown as they are. */
static size_t plain(const char *text, size_t left)
{
	size_t n = 0;

	while (n < left &&
		((text[n] >= 0x20 && text[n] < 0x7f) || text[n] == '\n'))
		++n;
	return n;
}


/* One character, or several plain ones, as shown; returns the bytes. */
static size_t show_some(struct mbuf *mb, const char *text, size_t left)
{
	unsigned char c = (unsigned char)*text;
	size_t n = plain(text, left);
	uint32_t cp;

	if (n) {
		(void)mbuf_write_mem(mb, text, n);
		return n;
	}
	if (c == '\t') {
		(void)mbuf_write_str(mb, "  ");
		return 1;
	}
	if (c < 0x20 || c == 0x7f) {
		(void)mbuf_printf(mb, "^%c", c ^ 0x40);
		return 1;
	}
	n = utf8_decode(&cp, text, left);
	if ((cp >= 0x80 && cp < 0xa0) || cp == 0xfffd || utf8_is_bidi(cp))
		(void)mbuf_write_str(mb, "\xef\xbf\xbd");
	else
		(void)mbuf_write_mem(mb, text, n);
	return n;
}


/* The typed text for the screen: control characters as ^X, and none that
 * turns the text around. *POINT is moved along. */
static char *visible(const struct ui_front *f, size_t *point)
{
	const char *text = edit_text(f->edit);
	size_t i = 0, len = strlen(text), at = edit_point(f->edit), n;
	struct mbuf *mb;
	char *shown;

	*point = 0;
	if (edit_asked(f->edit) && edit_asked(f->edit)->secret)
		return mem_strdup("");
	mb = mbuf_alloc(VISIBLE_MAX);
	while (i < len) {
		/* Plain ones end where the cursor is. */
		n = i < at ? at - i : len - i;
		if (i <= at)
			*point = mb->end;
		i += show_some(mb, text + i, plain(text + i, n) ? n : len - i);
	}
	if (i <= at)
		*point = mb->end;
	shown = mbuf_strdup(mb);
	mem_deref(mb);
	return shown;
}


int ui_prompt_rows(const struct ui_front *f, int cols, int max)
{
	char *prompt = shown_prompt(f);
	size_t point;
	char *text = visible(f, &point);
	int row, col, n;

	n = wrap(prompt, text, point, cols, NULL, NULL, &row, &col);
	mem_deref(prompt);
	mem_deref(text);
	return n > max ? (max > 1 ? max : 1) : n;
}


struct drawing {
	struct screen *s;
	const struct ui_area *a;
	int top;
};


static void draw_piece(int row, int col, const struct pl *piece, void *arg)
{
	const struct drawing *d = arg;

	if (row >= d->top && row - d->top < d->a->rows)
		(void)screen_text(
			d->s, d->a, row - d->top, col, UI_INPUT, piece);
}


void ui_prompt_draw(struct ui_front *f, const struct ui_area *a)
{
	char *prompt = shown_prompt(f);
	size_t point;
	char *text = visible(f, &point);
	struct drawing d = {f->screen, a, 0};
	int cols = a->cols > 1 ? a->cols - 1 : 1, row, col;

	(void)wrap(prompt, text, point, cols, NULL, NULL, &row, &col);
	if (row >= a->rows)
		d.top = row - a->rows + 1;
	screen_fill(f->screen, a, UI_INPUT);
	if (!d.top)
		(void)screen_str(f->screen, a, 0, 0, UI_PROMPT, prompt);
	(void)wrap(prompt, text, point, cols, draw_piece, &d, &row, &col);
	screen_cursor(f->screen, a, row - d.top, col);
	mem_deref(prompt);
	mem_deref(text);
}


/* ---- drafts ---- */

/* A line that holds a secret is nothing to keep. */
void ui_prompt_keep(struct ui_front *f, const struct ui_tab *tab,
	const char *text, size_t point)
{
	struct core_chat *c;

	if (cmd_line_secret(f->cmd, text))
		text = "";
	c = *text ? core_chat_get(tab->account, tab->peer)
		  : core_chat_find(tab->account, tab->peer);
	if (c)
		(void)core_draft_set(c, text, point);
}


static void keep_draft(
	struct ui_front *f, const struct ui_tab *tab, const char *text)
{
	ui_prompt_keep(f, tab, text, edit_point(f->edit));
}


void ui_prompt_save(struct ui_front *f)
{
	struct ui_tab *tab = ui_tab_shown(f);
	const char *text = edit_text(f->edit);

	if (edit_question(f->edit))
		return;
	if (f->mode != UI_MODE_CHAT) {
		mem_deref(f->modes[f->mode]);
		f->modes[f->mode] = mem_strdup(text);
	} else if (tab) {
		mem_deref(tab->draft);
		tab->draft = *text ? mem_strdup(text) : NULL;
		tab->point = edit_point(f->edit);
		keep_draft(f, tab, text);
	} else {
		mem_deref(f->modes[UI_MODE_CHAT]);
		f->modes[UI_MODE_CHAT] = mem_secret_strndup(text, strlen(text));
	}
}


static void lines_h(struct edit *e, const char *key, void *arg)
{
	struct ui_front *f = arg;

	(void)e;
	if (f->mode == UI_MODE_CHAT)
		ui_lines_load(f, ui_tab_shown(f), key);
}


void ui_prompt_load(struct ui_front *f)
{
	static const char *const keys[] = {NULL, "search", "find", ""};
	const struct ui_tab *tab = ui_tab_shown(f);
	const char *text = NULL;
	size_t point = 0;
	char *key;

	if (edit_question(f->edit))
		return;
	if (f->mode != UI_MODE_CHAT) {
		key = mem_strdup(keys[f->mode]);
		text = f->modes[f->mode];
		point = text ? strlen(text) : 0;
	} else if (tab) {
		key = ui_lines_key(core_account_name(tab->account), tab->peer);
		text = tab->draft;
		point = tab->point;
	} else {
		key = mem_strdup("");
		text = f->modes[UI_MODE_CHAT];
		point = text ? strlen(text) : 0;
	}
	edit_history(f->edit, key, lines_h, f);
	edit_set(f->edit, text ? text : "", point);
	mem_deref(key);
	ui_dirty(f);
}


void ui_prompt_mode(struct ui_front *f, enum ui_mode mode)
{
	if (mode == f->mode)
		return;
	ui_prompt_save(f);
	f->browse = false;
	f->mode = mode;
	ui_prompt_load(f);
}


void ui_prompt_end_find(struct ui_front *f)
{
	struct ui_view *v = ui_find_view(f);

	if (f->mode != UI_MODE_FIND)
		return;
	if (v)
		v->ops->find(v, NULL);
	ui_prompt_mode(f, UI_MODE_CHAT);
}


/* ---- what readline says ---- */

static void line_h(const char *text, void *arg)
{
	struct ui_front *f = arg;

	ui_dirty(f);
	switch (f->mode) {
	case UI_MODE_SEARCH:
		(void)f->overlay->ops->move(f->overlay, UI_MOVE_SELECT);
		return;
	case UI_MODE_FIND:
		edit_set(f->edit, text, strlen(text));
		ui_command(f, "screen show hits");
		return;
	case UI_MODE_COMMAND:
		ui_type_entered(f, text);
		return;
	default:
		break;
	}
	if (!*text)
		return;
	ui_lines_entered(f, text);
	if (ui_tab_shown(f))
		keep_draft(f, ui_tab_shown(f), "");
	ui_typed(f, text);
}


/* TEXT is being said there. Where it is nothing no chat is made for it. */
static void tell_typing(const struct ui_tab *tab, const char *text)
{
	struct core_chat *c = *text ? core_chat_get(tab->account, tab->peer)
				    : core_chat_find(tab->account, tab->peer);

	if (c)
		core_typing(c, *text != '\0');
}


/* Typing is told for what is being said, not for commands. */
static void typed(struct ui_front *f)
{
	const char *text = edit_text(f->edit);
	struct ui_tab *tab = ui_tab_shown(f);
	struct ui_view *v;

	switch (f->mode) {
	case UI_MODE_SEARCH:
		search_view_query(f->search, text);
		return;
	case UI_MODE_FIND:
		v = ui_find_view(f);
		if (v)
			v->ops->find(v, text);
		return;
	case UI_MODE_COMMAND:
		return;
	default:
		break;
	}
	if (!tab)
		return;
	keep_draft(f, tab, text);
	tell_typing(tab, ui_is_command(text) ? "" : text);
}


static void changed_h(bool by_key, void *arg)
{
	struct ui_front *f = arg;
	bool asked = edit_question(f->edit) != NULL;

	/* Another chat may be shown than when the question came. */
	if (f->asked && !asked)
		ui_prompt_load(f);
	f->asked = asked;
	if (by_key && !asked)
		typed(f);
	ui_dirty(f);
}


static void menu_h(size_t n, size_t at, void *arg)
{
	ui_menu_set(arg, n, at);
}


static void bell_h(void *arg)
{
	struct ui_front *f = arg;

	screen_bell(f->screen);
}


static void outside_h(void *arg)
{
	struct ui_front *f = arg;

	ui_command(f, "screen edit");
}


/* A slip of the finger, or a habit of shells, does not end it. */
static void end_h(void *arg)
{
	struct ui_front *f = arg;
	uint64_t now = tmrs_now(f->tmrs);

	if (f->end_keys && f->keys == f->end_keys + 1 &&
		now - f->end_at <= END_MS) {
		ui_command(f, "quit");
		return;
	}
	f->end_keys = f->keys;
	f->end_at = now;
	ui_hint(f, UI_NOTICE, "C-d again leaves, as /quit does");
	ui_dirty(f);
}


int ui_prompt_alloc(struct ui_front *f)
{
	const struct edit_lend_handlers h = {
		.line = line_h,
		.changed = changed_h,
		.menu = menu_h,
		.bell = bell_h,
		.outside = outside_h,
		.end = end_h,
		.arg = f,
	};

	return edit_lend(&f->edit, f->config.loop, f->cmd, &h);
}
