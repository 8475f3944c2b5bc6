/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conv_line.c - messages and events of a chat as lines. */
#include <stdlib.h>
#include <string.h>
#include "conv_int.h"
#include "date.h"


enum {
	LATE_MS = 60000, /* sent so long before it came: that is told */
};


static char *sent_note(const struct store_message *m)
{
	char clock[DATE_SIZE], day[DATE_SIZE], today[DATE_SIZE];

	if (m->out || !m->sent_at || llabs(m->at - m->sent_at) <= LATE_MS)
		return NULL;
	date_clock(clock, m->sent_at);
	date_day(day, m->sent_at);
	date_day(today, m->at);
	if (!strcmp(day, today))
		return mem_printf("sent at %s", clock);
	return mem_printf("sent at %s, %s", clock, day);
}


static void set_mark(
	struct textbuf_entry *e, enum ui_glyph mark, enum ui_style style)
{
	e->mark = (int)mark;
	e->mark_style = (int)style;
}


void conv_line_state(
	struct textbuf_entry *e, enum store_state state, const char *reason)
{
	char *clean;

	switch (state) {
	case STORE_QUEUED:
	case STORE_SENT:
		set_mark(e, UI_GLYPH_WAITING, UI_WAITING);
		break;
	case STORE_ACCEPTED:
		set_mark(e, UI_GLYPH_ACCEPTED, UI_DONE);
		break;
	case STORE_DELIVERED:
		set_mark(e, UI_GLYPH_DELIVERED, UI_DONE);
		break;
	case STORE_FAILED:
		set_mark(e, UI_GLYPH_FAILED, UI_FAILED);
		clean = utf8_show_dup(reason ? reason : "", UTF8_NAME);
		e->flags |= CONV_FAILED | (*clean ? CONV_REASON : 0);
		mem_deref(e->note);
		e->note = *clean ? mem_printf("not delivered: %s", clean)
				 : mem_strdup("not delivered");
		e->note_style = UI_FAILED;
		mem_deref(clean);
		break;
	case STORE_RECEIVED:
		break;
	}
}


static struct textbuf_entry *clean_entry(const char *text)
{
	char *clean = utf8_show_dup(text ? text : "", UTF8_BODY);
	struct textbuf_entry *e = textbuf_entry_alloc(clean);

	mem_deref(clean);
	return e;
}


struct textbuf_entry *conv_line_message(
	struct conv_view *v, const struct store_message *m)
{
	struct textbuf_entry *e = clean_entry(m->text);

	e->id = m->id;
	e->at = m->at;
	e->style = UI_NORMAL;
	e->who = mem_ref(m->out ? v->me : v->name);
	e->who_style = m->out ? UI_ME : UI_PEER;
	e->note = sent_note(m);
	e->note_style = UI_NOTE;
	if (m->out) {
		conv_line_state(e, m->state, m->reason);
		return e;
	}
	e->flags = CONV_IN;
	if (m->stranger)
		set_mark(e, UI_GLYPH_UNKNOWN, UI_UNKNOWN);
	return e;
}


struct textbuf_entry *conv_line_event(
	struct conv_view *v, enum ui_style style, const char *text)
{
	struct textbuf_entry *e = clean_entry(text);

	e->at = tmrs_wall(ui_tmrs(v->view.front));
	e->style = (int)style;
	return e;
}
