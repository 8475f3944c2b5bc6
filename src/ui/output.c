/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output.c - what typed commands print: a sentence as a notice, more as a
 * pane to read. */
#include <string.h>
#include "mbuf.h"
#include "screen_front.h"


enum {
	OUTPUT_MAX = 8 << 20, /* bytes */
};

/* A line whose outcome is awaited. */
struct typed {
	struct le le;
	struct ui_front *front;
	char *line;
	char *said; /* a text, not a command */
	struct ui_tab *tab; /* it was said in; a reference */
	struct mbuf *rows;
	size_t n;
	bool cut; /* there were more than fit */
	unsigned keys; /* that had been pressed when it began */
};


static void destructor(void *data)
{
	struct typed *t = data;

	list_unlink(&t->le);
	mem_deref(t->line);
	mem_deref(t->said);
	mem_deref(t->tab);
	mem_deref(t->rows);
}


static void row_h(const struct front_row *row, void *arg)
{
	struct typed *t = arg;

	if (!row->text || t->cut)
		return;
	if (t->n++)
		t->cut |= mbuf_write_u8(t->rows, '\n') != 0;
	t->cut |= mbuf_write_str(t->rows, row->text) != 0;
}


/* The state of a message stands in its chat. */
static bool was_told(const struct front_outcome *o)
{
	return json_text(json_get(o->result, "state")) &&
		json_get(o->result, "id");
}


/* In the last line, and in the log unless there is a secret in the line that
 * was typed: its outcome may repeat it. */
static void tell(struct typed *t, enum ui_style style, const char *text)
{
	if (cmd_line_secret(t->front->cmd, t->line))
		ui_hint(t->front, style, text);
	else
		ui_notice(t->front, style, text);
}


/* Rows that come when something else is being done would be in its way: they
 * wait until they are asked for. */
static void show_pane(struct typed *t, const char *text, const char *last)
{
	struct ui_front *f = t->front;
	char *say;

	mem_deref(f->output);
	text_view_alloc(&f->output, f,
		cmd_line_secret(f->cmd, t->line) ? "output" : t->line, false);
	text_view_add(f->output, UI_NORMAL, text);
	if (t->cut)
		text_view_add(f->output, UI_NOTE,
			"(There is more than 8 MiB of it: the rest is left "
			"out.)");
	if (last) {
		text_view_add(f->output, UI_NORMAL, "");
		text_view_add(f->output, UI_NOTE, last);
	}
	if (t->keys == f->keys) {
		ui_overlay(f, mem_ref(f->output));
		return;
	}
	say = mem_printf("%s is done: /screen show output shows it", t->line);
	tell(t, UI_NOTICE, say);
	mem_deref(say);
}


/* True if LAST, or NULL, is told with them. */
static bool show_rows(struct typed *t, const char *last)
{
	char *text = mbuf_strdup(t->rows);
	bool line = t->n == 1 && !strchr(text, '\n') && strlen(text) < 100;

	if (line)
		tell(t, UI_NOTICE, text);
	else
		show_pane(t, text, last);
	mem_deref(text);
	return !line;
}


/* What was said and is not even kept as a failed message stays to be typed
 * on. */
static void give_back(struct typed *t, const struct front_outcome *o)
{
	struct ui_front *f = t->front;

	if (!t->said || !o->status || json_get(o->result, "id"))
		return;
	if (t->tab && t->tab != ui_tab_shown(f)) {
		mem_deref(t->tab->draft);
		t->tab->draft = mem_strdup(t->said);
		t->tab->point = strlen(t->said);
	} else if (f->mode == UI_MODE_CHAT && !*edit_text(f->edit)) {
		edit_set(f->edit, t->said, strlen(t->said));
	}
}


static void tell_none(struct typed *t)
{
	char *none = mem_printf("%s: none", t->line);

	tell(t, UI_NOTICE, none);
	mem_deref(none);
}


static void done_h(const struct front_outcome *o, void *arg)
{
	struct typed *t = arg;
	bool told = was_told(o);

	if (t->n)
		told |= show_rows(t, o->status || told ? NULL : o->text) &&
			!o->status;
	else if (!o->status && !o->text && json_is_array(o->result) &&
		!json_len(o->result))
		tell_none(t);
	if (o->text && !told)
		tell(t, o->status ? UI_ERROR : UI_NOTICE, o->text);
	give_back(t, o);
	mem_deref(t);
}


bool ui_is_command(const char *text)
{
	return text[0] == '/' && text[1] != '/';
}


static struct typed *typed_alloc(struct ui_front *f, const char *line)
{
	struct typed *t = mem_zalloc(sizeof(*t), destructor);

	t->front = f;
	t->rows = mbuf_alloc(OUTPUT_MAX);
	t->line = mem_secret_strndup(line, strlen(line));
	t->keys = f->keys;
	list_append(&f->typed, &t->le, t);
	return t;
}


void ui_typed(struct ui_front *f, const char *text)
{
	struct typed *t = typed_alloc(f, text);
	struct cmd_sink sink = {.row = row_h, .done = done_h, .arg = t};

	if (!ui_is_command(text)) {
		t->said = mem_strdup(text);
		t->tab = mem_ref(ui_tab_shown(f));
	}
	cmd_typed(f->queue, text, &sink);
}


void ui_command(struct ui_front *f, const char *line)
{
	static const struct front_origin origin = {.from = FRONT_BINDING};
	struct typed *t = typed_alloc(f, line);
	struct cmd_sink sink = {.row = row_h, .done = done_h, .arg = t};

	cmd_line(f->queue, t->line, &origin, &sink);
}


bool ui_output_again(struct ui_front *f)
{
	if (f->output)
		ui_overlay(f, mem_ref(f->output));
	return f->output != NULL;
}


void ui_output_flush(struct ui_front *f)
{
	list_flush(&f->typed);
}


static void put(struct ui_front *f, struct ui_view *view)
{
	if (f->overlay != view)
		mem_deref(f->overlay);
	else
		mem_deref(view);
	f->overlay = view;
	f->focus = UI_FOCUS_OVERLAY;
	ui_dirty(f);
}


void ui_overlay(struct ui_front *f, struct ui_view *view)
{
	ui_type_end(f);
	ui_prompt_end_find(f);
	f->under = mem_deref(f->under);
	f->above = false;
	if (f->mode != UI_MODE_CHAT && view != f->search)
		ui_prompt_mode(f, UI_MODE_CHAT);
	put(f, view);
}


void ui_overlay_above(struct ui_front *f, struct ui_view *view)
{
	if (!f->above) {
		f->under = mem_ref(f->overlay);
		f->under_focus = f->focus;
		f->above = true;
	}
	put(f, view);
}


void ui_overlay_back(struct ui_front *f)
{
	if (!f->above) {
		ui_overlay_close(f);
		return;
	}
	mem_deref(f->overlay);
	f->overlay = f->under;
	f->under = NULL;
	f->above = false;
	f->focus = f->under_focus;
	ui_dirty(f);
}


void ui_overlay_close(struct ui_front *f)
{
	if (f->overlay)
		ui_prompt_end_find(f);
	f->under = mem_deref(f->under);
	f->above = false;
	if (!f->overlay)
		return;
	f->overlay = mem_deref(f->overlay);
	if (f->mode != UI_MODE_CHAT)
		ui_prompt_mode(f, UI_MODE_CHAT);
	if (f->focus == UI_FOCUS_OVERLAY)
		f->focus = UI_FOCUS_CHAT;
	ui_dirty(f);
}
