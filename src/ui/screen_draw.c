/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen_draw.c - cells of a frame, and the frame's way to the terminal. */
#include <string.h>
#include <wchar.h>
#include "screen_int.h"
#include "utf8.h"


enum {
	RUN_MAX = 128,
};


/* ---- cells ---------------------------------------------------------- */


/* Cells of a row one behind the other, on their way to curses. */
struct run {
	struct screen *s;
	int row, col; /* of the first */
	int cols; /* so far */
	int n;
	wchar_t last; /* all that the last cell shows; 0: more than that */
	enum ui_style style; /* and how */
	unsigned char under;
	cchar_t cells[RUN_MAX];
};


static void run_begin(struct run *r, struct screen *s, int row, int col)
{
	r->s = s;
	r->row = row;
	r->col = col;
	r->cols = r->n = 0;
}


static void run_end(struct run *r)
{
	if (!r->n)
		return;
	links_cover(r->s->links, r->row, r->col, r->cols);
	(void)mvadd_wchnstr(r->row, r->col, r->cells, r->n);
	r->col += r->cols;
	r->cols = r->n = 0;
}


/* A style without background has that of what is there. */
static void put(
	struct run *r, enum ui_style style, const wchar_t *text, int cols)
{
	struct screen *s = r->s;
	unsigned char *under = &s->under[(size_t)r->row * (size_t)s->cols +
		(size_t)(r->col + r->cols)];
	attr_t attrs = s->attrs[style];

	if (s->ground[style])
		memset(under, (int)style, (size_t)cols);
	if (r->n && text[0] == r->last && !text[1] && style == r->style &&
		*under == r->under) {
		r->cells[r->n] = r->cells[r->n - 1];
	} else {
		attrs |= s->attrs[*under] & A_REVERSE;
		(void)setcchar(&r->cells[r->n], text, attrs,
			look_pair(s, style, (enum ui_style) * under), NULL);
		r->last = text[1] ? 0 : text[0];
		r->style = style;
		r->under = *under;
	}
	r->n++;
	r->cols += cols;
	if (r->n == RUN_MAX)
		run_end(r);
}


/* What of C the terminal surely shows in as many columns as C has; nothing
 * that is a control comes through here. False: nothing. */
static bool to_wide(const struct screen *s, const struct utf8_cell *c,
	wchar_t text[UTF8_MARKS + 2])
{
	unsigned i, n = 0;

	if (c->cp >= 0x20 && c->cp < 0x7f && !c->n_marks) {
		text[0] = (wchar_t)c->cp;
		text[1] = L'\0';
		return true;
	}
	if (c->cp < 0x20 || (c->cp >= 0x7f && c->cp <= 0x9f) ||
		(c->cp > 0x7f && !s->tty.utf8) ||
		wcwidth((wchar_t)c->cp) != (int)c->cols)
		return false;
	text[n++] = (wchar_t)c->cp;
	for (i = 0; i < c->n_marks; i++) {
		if (s->tty.utf8 && wcwidth((wchar_t)c->marks[i]) == 0)
			text[n++] = (wchar_t)c->marks[i];
	}
	text[n] = L'\0';
	return true;
}


static void draw_cell(
	struct run *r, enum ui_style style, const struct utf8_cell *c)
{
	wchar_t text[UTF8_MARKS + 2];
	unsigned i;

	if (to_wide(r->s, c, text)) {
		put(r, style, text, (int)c->cols);
		return;
	}
	for (i = 0; i < c->cols; i++)
		put(r, style, L"?", 1);
}


/* The columns of A that are on the screen too, if ROW is. */
static bool clip(const struct screen *s, const struct ui_area *a, int row,
	int *from, int *end)
{
	*from = a->col < 0 ? -a->col : 0;
	*end = a->cols < s->cols - a->col ? a->cols : s->cols - a->col;
	return row >= 0 && row < a->rows && a->row + row >= 0 &&
		a->row + row < s->rows;
}


int screen_text(struct screen *s, const struct ui_area *a, int row, int col,
	enum ui_style style, const struct pl *text)
{
	struct pl left = *text;
	struct utf8_cell c;
	struct run r;
	int from, end, at = col;

	if (!clip(s, a, row, &from, &end))
		return 0;
	run_begin(&r, s, a->row + row, a->col + col);
	while (left.l) {
		pl_skip(&left, utf8_cell(&c, &left));
		if (c.cp < 0x20 || (c.cp >= 0x7f && c.cp <= 0x9f))
			c = (struct utf8_cell){.cp = '?', .cols = 1};
		if (!c.cols)
			continue;
		if (at + (int)c.cols > end)
			break;
		if (at >= from)
			draw_cell(&r, style, &c);
		else
			r.col += (int)c.cols;
		at += (int)c.cols;
	}
	run_end(&r);
	return at - col;
}


int screen_str(struct screen *s, const struct ui_area *a, int row, int col,
	enum ui_style style, const char *text)
{
	struct pl pl = pl_str(text);

	return screen_text(s, a, row, col, style, &pl);
}


int screen_glyph(struct screen *s, const struct ui_area *a, int row, int col,
	enum ui_style style, enum ui_glyph glyph)
{
	return screen_str(
		s, a, row, col, style, ui_glyph_text(glyph, s->tty.utf8));
}


int screen_cut(struct screen *s, const struct ui_area *a, int row, int col,
	int end, enum ui_style style, const char *text)
{
	struct pl pl = pl_str(text);
	int used;

	if (end > a->cols)
		end = a->cols;
	if (end <= col)
		return 0;
	if (utf8_cols(&pl) <= (size_t)(end - col))
		return screen_text(s, a, row, col, style, &pl);
	pl.l = utf8_fit(&pl, (size_t)(end - col - 1));
	used = screen_text(s, a, row, col, style, &pl);
	return used + screen_glyph(s, a, row, col + used, style, UI_GLYPH_CUT);
}


int screen_link(struct screen *s, const struct ui_area *a, int row, int col,
	const struct pl *text, const char *uri, unsigned id)
{
	int used = screen_text(s, a, row, col, UI_LINK, text);
	int at = a->col + col;
	struct pl shown = *text;
	char *clean;

	if (!used || at < 0 || !s->tty.osc || !s->tty.utf8 ||
		!tty_link_safe(uri) ||
		s->under[(size_t)(a->row + row) * (size_t)s->cols +
			(size_t)at] != UI_NORMAL)
		return used;
	/* Written as it is: only what takes the cells that were counted. */
	shown.l = utf8_fit(text, (size_t)used);
	clean = utf8_clean_dup(&shown, UTF8_NAME);
	if (pl_streq(&shown, clean) && (int)utf8_cols(&shown) == used)
		links_add(s->links, a->row + row, at, used, &shown, uri, id);
	mem_deref(clean);
	return used;
}


/* ---- surfaces ------------------------------------------------------- */


/* TEXT, which takes one column, N times. */
static void repeat(struct screen *s, const struct ui_area *a, int row, int col,
	int n, enum ui_style style, const char *text)
{
	struct pl pl = pl_str(text);
	struct utf8_cell c;
	struct run r;
	int from, end;

	if (!clip(s, a, row, &from, &end))
		return;
	if (n > end - col)
		n = end - col;
	if (col < from) {
		n -= from - col;
		col = from;
	}
	(void)utf8_cell(&c, &pl);
	run_begin(&r, s, a->row + row, a->col + col);
	for (; n > 0; n--)
		draw_cell(&r, style, &c);
	run_end(&r);
}


void screen_fill_row(
	struct screen *s, const struct ui_area *a, int row, enum ui_style style)
{
	repeat(s, a, row, 0, a->cols, style, " ");
}


void screen_fill(struct screen *s, const struct ui_area *a, enum ui_style style)
{
	int row;

	for (row = 0; row < a->rows; row++)
		screen_fill_row(s, a, row, style);
}


void screen_hline(struct screen *s, const struct ui_area *a, int row, int col,
	int n, enum ui_style style)
{
	repeat(s, a, row, col, n, style,
		ui_glyph_text(UI_GLYPH_HORIZONTAL, s->tty.utf8));
}


void screen_vline(struct screen *s, const struct ui_area *a, int row, int col,
	int n, enum ui_style style)
{
	for (; n > 0; n--)
		(void)screen_glyph(s, a, row++, col, style, UI_GLYPH_VERTICAL);
}


void screen_cursor(struct screen *s, const struct ui_area *a, int row, int col)
{
	int from, end;

	if (!clip(s, a, row, &from, &end) || col < from || col >= end)
		return;
	s->cursor_row = a->row + row;
	s->cursor_col = a->col + col;
}


/* ---- frames --------------------------------------------------------- */


void screen_begin(struct screen *s)
{
	cchar_t blank;

	(void)setcchar(&blank, L" ", s->attrs[UI_NORMAL],
		look_pair(s, UI_NORMAL, UI_NORMAL), NULL);
	(void)bkgrndset(&blank);
	(void)erase();
	memset(s->under, UI_NORMAL, (size_t)s->rows * (size_t)s->cols);
	links_rest(s->links);
	s->cursor_row = -1;
}


/* True if curses will write into ROW. */
static bool row_differs(int row, int cols)
{
	cchar_t now[SCREEN_COLS_MAX + 1], before[SCREEN_COLS_MAX + 1];
	int y, x;
	bool differ;

	getyx(newscr, y, x);
	(void)mvwin_wchnstr(newscr, row, 0, now, cols);
	(void)mvwin_wchnstr(curscr, row, 0, before, cols);
	differ = memcmp(now, before, (size_t)cols * sizeof(*now)) != 0;
	(void)wmove(newscr, y, x);
	return differ;
}


/* Links of rows that curses writes, or that are others, are written again:
 * what was a link and is none has to be written by curses. */
static void end_links(struct screen *s, struct mbuf *mb)
{
	char sgr[64];
	int row;

	look_sgr(s, UI_LINK, sgr, sizeof(sgr));
	for (row = 0; row < s->rows; row++) {
		bool differ = links_differ(s->links, row);

		if (differ)
			(void)wredrawln(stdscr, row, 1);
		if (links_any(s->links, row) &&
			(differ || s->cleared || row_differs(row, s->cols)))
			links_write(s->links, row, sgr, mb);
	}
	links_shown(s->links);
}


bool screen_end(struct screen *s, void (*ready)(void *arg), void *arg)
{
	struct mbuf *links;

	if (s->away)
		return true;
	if (writer_pending(s->writer)) {
		writer_drained(s->writer, ready, arg);
		return false;
	}
	(void)curs_set(s->cursor_row >= 0);
	(void)move(s->cursor_row < 0 ? 0 : s->cursor_row,
		s->cursor_row < 0 ? 0 : s->cursor_col);
	(void)wnoutrefresh(stdscr);
	links = mbuf_alloc(SCREEN_OUT_MAX);
	end_links(s, links);
	(void)doupdate();
	s->cleared = false;
	screen_take(s);
	(void)mbuf_write_mem(s->out, links->buf, links->end);
	mem_deref(links);
	screen_send(s);
	(void)writer_flush(s->writer, 0);
	return true;
}


void screen_redraw(struct screen *s)
{
	(void)clearok(curscr, TRUE);
	links_forget(s->links);
	s->cleared = true;
}


/* ---- what is no cell ------------------------------------------------ */


void screen_raw(struct screen *s, const char *bytes)
{
	(void)mbuf_write_str(s->raw, bytes);
}


void screen_bell(struct screen *s)
{
	screen_raw(s, "\a");
}


void screen_title(struct screen *s, const char *title)
{
	tty_title(&s->tty, title, s->raw);
}


void screen_notify(struct screen *s, const char *title, const char *body)
{
	tty_notify(&s->tty, title, body, s->raw);
}


void screen_mouse(struct screen *s, bool on)
{
	tty_mouse(&s->tty, on, s->raw);
}
