/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conv_draw.c - a chat's lines on the screen, and the line below them. */
#include <stdio.h>
#include <string.h>
#include "conv_int.h"
#include "date.h"


enum {
	WITH_STATUS = 3, /* rows from which on the last one is kept free */
	BLINK_MS = 300, /* what is drawn within it was never unread */
};


/* ── TEXT ── in the middle. */
static void draw_line(struct screen *s, const struct ui_area *a, int row,
	enum ui_style style, const char *text)
{
	struct pl pl = pl_str(text);
	int cols = (int)utf8_cols(&pl);
	int col = (a->cols - cols) / 2;

	if (col < 0)
		col = 0;
	if (col >= 3) {
		screen_hline(s, a, row, col - 3, 2, style);
		screen_hline(s, a, row, col + cols + 1, 2, style);
	}
	(void)screen_text(s, a, row, col, style, &pl);
}


static void draw_text(struct conv_view *v, struct screen *s,
	const struct ui_area *a, int y, const struct textbuf_row *row)
{
	const struct textbuf_entry *e = row->entry;
	int col = textbuf_layout(v->buf)->text, link;
	size_t i = 0;
	struct pl text;
	bool hit;

	while (textbuf_piece(v->buf, row, &i, &text, &hit, &link)) {
		enum ui_style style = (enum ui_style)e->style;

		if (row->pos.part == TEXTBUF_NOTE)
			style = (enum ui_style)e->note_style;
		if (hit || link < 0) {
			col += screen_text(
				s, a, y, col, hit ? UI_HIT : style, &text);
		} else {
			struct textbuf_span span = e->links[link];
			char *uri = mem_strndup(
				e->text + span.start, span.end - span.start);

			col += screen_link(s, a, y, col, &text, uri,
				e->serial * TEXTBUF_SPANS + (unsigned)link);
			mem_deref(uri);
		}
	}
}


static void draw_mark(struct conv_view *v, struct screen *s,
	const struct ui_area *a, int y, const struct textbuf_entry *e)
{
	int col = textbuf_layout(v->buf)->mark;

	if (col < 0)
		col = a->cols - 1;
	if (e->mark >= 0)
		(void)screen_glyph(s, a, y, col, (enum ui_style)e->mark_style,
			(enum ui_glyph)e->mark);
}


/* Time and name, in the first row of a text. */
static void draw_head(struct conv_view *v, struct screen *s,
	const struct ui_area *a, int y, const struct textbuf_entry *e)
{
	const struct textbuf_layout *l = textbuf_layout(v->buf);
	bool pointed = e->id && e->id == v->pointed;
	char clock[DATE_SIZE];

	if (l->time >= 0) {
		date_clock(clock, e->at);
		(void)screen_str(
			s, a, y, l->time, pointed ? UI_HIT : UI_TIME, clock);
	}
	if (l->who >= 0 && e->who)
		(void)screen_cut(s, a, y, l->who, l->who + l->who_cols,
			pointed ? UI_HIT : (enum ui_style)e->who_style, e->who);
}


static void draw_row(struct conv_view *v, struct screen *s,
	const struct ui_area *a, int y, const struct textbuf_row *row)
{
	const struct textbuf_entry *e = row->entry;
	char day[DATE_SIZE];

	switch (row->pos.part) {
	case TEXTBUF_DAY:
		date_day(day, e->at);
		draw_line(s, a, y, UI_DAY, day);
		break;
	case TEXTBUF_UNREAD:
		v->unread_seen = true;
		draw_line(s, a, y, UI_UNREAD, "new");
		break;
	case TEXTBUF_WHO:
		(void)screen_cut(s, a, y, 0, a->cols - 1,
			(enum ui_style)e->who_style, e->who);
		draw_mark(v, s, a, y, e);
		break;
	case TEXTBUF_TEXT:
		if (!row->pos.off)
			draw_head(v, s, a, y, e);
		draw_text(v, s, a, y, row);
		if (row->last && textbuf_layout(v->buf)->mark >= 0)
			draw_mark(v, s, a, y, e);
		break;
	default:
		draw_text(v, s, a, y, row);
		break;
	}
}


/* ---- the line at the bottom ---- */

/* At the end of the chat, while nobody has seen where unread begins. */
static int draw_above(
	struct conv_view *v, struct screen *s, const struct ui_area *a, int y)
{
	static const char mark[] = " new";
	int col = a->cols - (int)sizeof(mark) - 1;

	if (v->unread_seen || !(v->unread_left || textbuf_unread(v->buf)) ||
		col <= 0)
		return a->cols;
	(void)screen_glyph(s, a, y, col, UI_UNREAD, UI_GLYPH_ABOVE);
	(void)screen_str(s, a, y, col + 1, UI_UNREAD, mark);
	return col;
}


static void draw_status(
	struct conv_view *v, struct screen *s, const struct ui_area *a, int y)
{
	const struct core_chat *c = core_chat_find(v->account, v->peer);
	char text[CONV_STATUS] = "", mark[64] = "";
	int end = a->cols, n;

	if (!conv_view_at_end(&v->view)) {
		n = v->below ? snprintf(mark, sizeof(mark), " %u new", v->below)
			     : snprintf(mark, sizeof(mark), " more");
		end = a->cols - n - 2;
		if (end > 0) {
			(void)screen_glyph(s, a, y, end,
				v->below ? UI_UNREAD : UI_NOTE, UI_GLYPH_BELOW);
			(void)screen_str(s, a, y, end + 1,
				v->below ? UI_UNREAD : UI_NOTE, mark);
		}
	} else {
		end = draw_above(v, s, a, y);
	}
	if (v->find.text && *v->find.say)
		(void)snprintf(text, sizeof(text), "%s", v->find.say);
	else if (c && core_chat_typing(c))
		(void)snprintf(text, sizeof(text), "%s is typing%s", v->name,
			utf8_terminal() ? "\xe2\x80\xa6" : "...");
	if (*text && end > 2)
		(void)screen_cut(
			s, a, y, a->cols >= 40, end - 1, UI_EVENT, text);
}


/* What is in sight of who looks has been read, in a pane without the keys too.
 * What came while nobody looked stands below a line. */
static void read_it(struct conv_view *v)
{
	struct core_chat *c = core_chat_find(v->account, v->peer);
	unsigned unread = c ? core_chat_unread(c) : 0;
	uint64_t now = tmrs_now(ui_tmrs(v->view.front));

	if (v->unread && unread &&
		(!v->unread_since || now - v->unread_since > BLINK_MS) &&
		!v->newer)
		conv_load_unread(v, unread);
	v->unread = false;
	if (!conv_view_at_end(&v->view))
		return;
	v->below = 0;
	if (!unread)
		return;
	core_chat_read(c);
	ui_read(v->view.front, v->account, v->peer);
}


void conv_draw(struct ui_view *base, struct screen *s, const struct ui_area *a,
	bool focus)
{
	struct conv_view *v = (struct conv_view *)base;
	struct textbuf_row row;
	struct textbuf_pos pos;
	int y;

	if (a->rows <= 0 || a->cols <= 0)
		return;
	v->rows = a->rows >= WITH_STATUS ? a->rows - 1 : a->rows;
	textbuf_size(v->buf, a->cols, v->rows);
	(void)focus;
	if (v->began && ui_seen(base->front))
		read_it(v);
	pos = textbuf_top(v->buf);
	for (y = 0; y < v->rows && textbuf_row(v->buf, &pos, &row); y++)
		draw_row(v, s, a, y, &row);
	if (v->rows < a->rows)
		draw_status(v, s, a, a->rows - 1);
	conv_load_near(v);
}
