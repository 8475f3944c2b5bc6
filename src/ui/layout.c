/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layout.c - where everything stands: title, buddy list, panes, tabs, the
 * line of input, notices. What does not fit is left out, down to one cell.
 */
#include <stdio.h>
#include <string.h>
#include "date.h"
#include "screen_front.h"


enum {
	MIN_ROWS = 8, /* below: no frame */
	MIN_COLS = 30,
	MIN_CHAT = 20, /* columns left beside the buddy list */
	MIN_PANE = 30, /* columns of one of several panes */
	MIN_PANE_ROWS = 4, /* and its rows; below, only one is shown */
	MIN_TITLE = 16, /* of a header, before what stands at its other end */
};


/* ---- title ---- */

static enum ui_glyph account_glyph(
	const struct core_account *a, enum ui_style *style)
{
	switch (core_account_state(a)) {
	case ENDPOINT_ONLINE:
		*style = UI_ONLINE;
		return strcmp(core_presence_word(a), "online") != 0
			? UI_GLYPH_AWAY
			: UI_GLYPH_ONLINE;
	case ENDPOINT_CONNECTING:
		*style = UI_WAITING;
		return UI_GLYPH_WAITING;
	case ENDPOINT_FAILED:
		*style = UI_FAILED;
		return UI_GLYPH_FAILED;
	case ENDPOINT_OFFLINE:
		break;
	}
	*style = UI_OFFLINE;
	return UI_GLYPH_OFFLINE;
}


static const char *address(const struct core_account *account)
{
	const char *aor = core_account_aor(account);

	return strncmp(aor, "sip:", 4) ? aor : aor + 4;
}


/* What ACCOUNT tells others, where its mark does not say it; the column behind
 * it. */
static int draw_own(struct ui_front *f, const struct ui_area *a, int col,
	int end, const struct core_account *account)
{
	const char *word = core_presence_word(account);

	if (core_account_state(account) != ENDPOINT_ONLINE ||
		!strcmp(word, "online") || col + 2 >= end)
		return col;
	return col + 1 +
		screen_cut(f->screen, a, 0, col + 1, end, UI_TITLE, word);
}


static void draw_title(struct ui_front *f, const struct ui_area *a)
{
	struct screen *s = f->screen;
	struct core_account *account = core_account_first(f->config.core);
	char clock[DATE_SIZE];
	int col = 1, end;

	screen_fill_row(s, a, 0, UI_TITLE);
	date_clock(clock, tmrs_wall(f->tmrs));
	end = a->cols - (int)strlen(clock) - 2;
	if (end > 0)
		(void)screen_str(s, a, 0, end + 1, UI_TITLE, clock);
	else
		end = a->cols;
	col += screen_cut(s, a, 0, col, end, UI_TITLE, "sotto");
	for (; account && col + 3 < end; account = core_account_next(account)) {
		enum ui_style style;
		enum ui_glyph glyph = account_glyph(account, &style);

		col += 2;
		col += screen_cut(s, a, 0, col, end, UI_TITLE,
			core_account_name(account));
		if (col + 2 >= end)
			break;
		col += 1 + screen_glyph(s, a, 0, col + 1, style, glyph);
		if (col + 1 < end &&
			account == core_account_first(f->config.core))
			col += 1 +
				screen_cut(s, a, 0, col + 1, end, UI_TITLE,
					address(account));
		col = draw_own(f, a, col, end, account);
	}
}


/* ---- frames ---- */

/* A line of the frame with TITLE in it, from column COL to END - 1, and WAY at
 * its end, where the more important half of TITLE keeps its place. */
static void draw_border(struct ui_front *f, const struct ui_area *a, int row,
	int col, int end, enum ui_style style, const char *title,
	const char *way)
{
	struct pl tail = pl_str(way), head = pl_str(title);
	int cols = (int)utf8_cols(&tail), want = (int)utf8_cols(&head);
	int back = 0; /* a blank before the tail */

	if (!head.l || end - col < 6) {
		frame_across(&f->frame, f->screen, a, row, col, end);
		return;
	}
	frame_across(&f->frame, f->screen, a, row, col, col + 1);
	if (cols &&
		end - col - cols - 6 >= (want < MIN_TITLE ? want : MIN_TITLE)) {
		frame_across(&f->frame, f->screen, a, row, end - 1, end);
		end -= cols + 3;
		(void)screen_str(f->screen, a, row, end, UI_BORDER, " ");
		(void)screen_text(f->screen, a, row, end + 1, style, &tail);
		(void)screen_str(
			f->screen, a, row, end + 1 + cols, UI_BORDER, " ");
		end++;
		back = 1;
	}
	(void)screen_str(f->screen, a, row, col + 1, UI_BORDER, " ");
	col += 2 +
		screen_cut(f->screen, a, row, col + 2, end - 3, style, title);
	(void)screen_str(f->screen, a, row, col, UI_BORDER, " ");
	frame_across(&f->frame, f->screen, a, row, col + 1, end - back);
}


static void draw_view(struct ui_front *f, const struct ui_area *a, int row,
	int col, int cols, int rows, struct ui_view *v, bool focus,
	struct ui_area *where)
{
	char title[UI_LINE] = "", way[UI_LINE] = "";

	if (v)
		v->ops->title(v, title, sizeof(title));
	if (v && v->ops->way)
		v->ops->way(v, way, sizeof(way));
	draw_border(f, a, row, col, col + cols,
		focus ? UI_HEADER_FOCUS : UI_HEADER, title, way);
	*where = (struct ui_area){
		a->row + row + 1, a->col + col, rows - 1, cols};
	if (v && where->rows > 0 && where->cols > 0)
		v->ops->draw(v, f->screen, where, focus);
}


static void draw_welcome(struct ui_front *f, const struct ui_area *a)
{
	static const char first[] =
		"No account yet.\n"
		"\n"
		"/account add   adds yours: it asks for what it needs\n"
		"sotto --demo   shows it all without an account\n"
		"/quit          leaves\n";
	char *lines = NULL, text[UI_LINE];
	struct pl line, left;
	int row;

	if (f->config.welcome)
		lines = f->config.welcome(f->config.core);
	else if (core_account_first(f->config.core))
		lines = ui_hints_welcome(f);
	left = pl_str(lines ? lines : first);
	for (row = 1; pl_split(&left, '\n', &line); row++) {
		(void)snprintf(text, sizeof(text), "%.*s", (int)line.l, line.p);
		(void)screen_cut(f->screen, a, row, 2, a->cols,
			row > 1 ? UI_NOTE : UI_NORMAL, text);
	}
	mem_deref(lines);
}


/* The pane I of those that are shown, of WIDTH columns from COL on, in ROWS
 * rows. */
static void draw_pane(struct ui_front *f, const struct ui_area *a, size_t i,
	int row, int col, int width, int rows)
{
	struct ui_tab *tab = f->n_panes ? f->panes[i] : NULL;
	bool focus =
		f->focus != UI_FOCUS_BUDDIES && i == f->pane && !f->unfocused;

	draw_view(f, a, row, col, width, rows, tab ? ui_tab_view(tab) : NULL,
		focus, &f->pane_areas[i]);
	if (!tab)
		draw_welcome(f, &f->pane_areas[i]);
}


/* N panes side by side as far as there is room, and then below each other. */
static void draw_panes(struct ui_front *f, const struct ui_area *a, size_t n,
	int rows, int col, int width)
{
	size_t across = n, down, i, x, y, in_row;
	int left, right, top;

	while (across > 1 && width / (int)across < MIN_PANE)
		across--;
	down = (n + across - 1) / across;
	across = (n + down - 1) / down;
	if (rows / (int)down < MIN_PANE_ROWS) {
		draw_pane(f, a, f->pane, 0, col, width, rows);
		return;
	}
	for (i = 0; i < n; i++) {
		x = i % across;
		y = i / across;
		/* The last row may have fewer, which are wider. */
		in_row = y + 1 < down ? across : n - y * across;
		left = (int)((size_t)width * x / in_row);
		right = (int)((size_t)width * (x + 1) / in_row);
		top = (int)((size_t)rows * y / down);
		if (x) {
			frame_down(&f->frame, f->screen, a, top, col + left,
				(int)((size_t)rows * (y + 1) / down) - top);
			left++;
		}
		draw_pane(f, a, i, top, col + left, right - left,
			(int)((size_t)rows * (y + 1) / down) - top);
	}
}


/* The chats, or what stands in their place. */
static void draw_chats(
	struct ui_front *f, const struct ui_area *a, int rows, int col, int end)
{
	if (f->overlay)
		draw_view(f, a, 0, col, end - col, rows, f->overlay,
			f->focus != UI_FOCUS_BUDDIES, &f->body_area);
	else if (f->zoom || f->n_panes < 2)
		draw_pane(f, a, f->pane, 0, col, end - col, rows);
	else
		draw_panes(f, a, f->n_panes, rows, col, end - col);
}


/* Columns of the buddy list beside the chats; 0: none. */
static int list_cols(const struct ui_front *f, int cols)
{
	struct core *core = f->config.core;
	int width = (int)core_option_number(core, "buddies-width");
	bool focus = f->focus == UI_FOCUS_BUDDIES;

	if (cols < UI_NARROW)
		return focus ? cols : 0;
	if (!focus && (f->zoom || core_option_bool(core, "buddies-hidden")))
		return 0;
	return width > cols - MIN_CHAT ? cols - MIN_CHAT : width;
}


static void draw_body(struct ui_front *f, const struct ui_area *a)
{
	int width = list_cols(f, a->cols);

	memset(&f->buddy_area, 0, sizeof(f->buddy_area));
	memset(&f->body_area, 0, sizeof(f->body_area));
	memset(f->pane_areas, 0, sizeof(f->pane_areas));
	f->frame.n = 0;
	/* First: what is in sight is read, and list and tabs tell so. */
	if (width < a->cols)
		draw_chats(f, a, a->rows, width ? width + 1 : 0, a->cols);
	if (width)
		draw_view(f, a, 0, 0, width, a->rows, f->buddies,
			f->focus == UI_FOCUS_BUDDIES, &f->buddy_area);
	if (width && width < a->cols)
		frame_down(&f->frame, f->screen, a, 0, width, a->rows);
	frame_join(&f->frame, f->screen, a);
}


static void draw_notice(struct ui_front *f, const struct ui_area *a, int row)
{
	bool tiny = a->rows < MIN_ROWS || a->cols < MIN_COLS;
	const char *notice =
		!tiny && ui_notice_above(f, a->cols) ? NULL : f->notice;
	bool error = notice && f->notice_style == UI_ERROR;

	/* Where there is one row for both, what went wrong is soon gone, and
	 * the question stays. */
	if (ui_asked_choice(f))
		ui_asked_bar(f, a, row);
	else if (tiny && f->questions.head && !error)
		ui_question_draw(f, a, row);
	else if (notice)
		(void)screen_cut(
			f->screen, a, row, 1, a->cols, f->notice_style, notice);
	else if (edit_question(f->edit))
		ui_asked_hint(f, a, row, 1);
	else
		ui_hints_draw(f, a, row);
}


/* Too little room for frames: the chat and the line of input. */
static void draw_tiny(struct ui_front *f, const struct ui_area *a)
{
	struct ui_area input = {a->row + a->rows - 1, a->col, 1, a->cols};
	struct ui_area body = {a->row, a->col, a->rows - 1, a->cols};
	struct ui_tab *tab = ui_tab_shown(f);
	struct ui_view *v = f->focus == UI_FOCUS_BUDDIES ? f->buddies
		: f->overlay				 ? f->overlay
		: tab					 ? ui_tab_view(tab)
							 : NULL;

	ui_prompt_draw(f, &input);
	if (body.rows < 1 || body.cols < 1)
		return;
	if ((f->notice || f->questions.head || ui_asked_choice(f)) &&
		body.rows > 1)
		draw_notice(f, a, --body.rows);
	f->body_area = body;
	if (v)
		v->ops->draw(v, f->screen, &body, true);
}


void ui_layout_draw(struct ui_front *f)
{
	struct ui_area all = screen_area(f->screen), part;
	int lines, about, row, bar;

	ui_question_prune(f);
	if (all.rows < MIN_ROWS || all.cols < MIN_COLS) {
		draw_tiny(f, &all);
		return;
	}
	lines = ui_prompt_rows(f, all.cols - 1, all.rows / 3);
	about = ui_asked_rows(f, all.cols, all.rows / 3);
	bar = f->questions.head != NULL;
	row = all.rows - lines - about - bar - 1;
	draw_title(f, &all);
	part = (struct ui_area){all.row + 1, all.col, row - 2, all.cols};
	draw_body(f, &part);
	part = (struct ui_area){all.row + row - 1, all.col, 1, all.cols};
	screen_fill(f->screen, &part, UI_TAB);
	ui_tab_draw(f, &part);
	part = (struct ui_area){all.row + row, all.col, about, all.cols};
	ui_asked_draw(f, &part);
	part = (struct ui_area){
		all.row + row + about, all.col, lines, all.cols};
	ui_prompt_draw(f, &part);
	ui_question_draw(f, &all, all.rows - 2);
	draw_notice(f, &all, all.rows - 1);
	ui_menu_draw(f, &all, row + about - 1);
}
