/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.c - keys and pastes: bound commands first, then the line of
 * input. */
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>
#include "mbuf.h"
#include "screen_front.h"


/* ---- who has the keys ---- */

struct ui_view *ui_keys_view(const struct ui_front *f)
{
	struct ui_tab *tab = ui_tab_shown(f);

	switch (f->focus) {
	case UI_FOCUS_BUDDIES:
		return f->buddies;
	case UI_FOCUS_OVERLAY:
		return f->overlay;
	case UI_FOCUS_CHAT:
		break;
	}
	return tab ? ui_tab_view(tab) : NULL;
}


struct ui_view *ui_find_view(const struct ui_front *f)
{
	struct ui_tab *tab = ui_tab_shown(f);

	if (f->overlay && f->overlay->ops->find && !f->above)
		return f->overlay;
	return tab ? ui_tab_view(tab) : NULL;
}


const char *ui_keys_place(const struct ui_front *f)
{
	const struct ui_view *v = ui_keys_view(f);

	if (f->mode == UI_MODE_COMMAND && f->focus != UI_FOCUS_BUDDIES &&
		!f->above)
		return "command";
	if (f->mode == UI_MODE_FIND && f->focus != UI_FOCUS_BUDDIES &&
		!f->above)
		return f->browse ? "hits" : "find";
	if (v && v == f->search && f->browse)
		return "results";
	return v ? v->ops->place : "any";
}


static bool bound(struct ui_front *f, const char *key)
{
	const char *line = NULL;

	if (ui_asked_choice(f))
		line = cmd_key_command(f->cmd, "choice", key);
	else if (!list_isempty(&f->questions))
		line = cmd_key_command(f->cmd, "question", key);
	if (!line)
		line = cmd_key_command(f->cmd, ui_keys_place(f), key);
	if (line)
		ui_command(f, line);
	return line != NULL;
}


void ui_keys_leave(struct ui_front *f)
{
	f->focus = f->overlay ? UI_FOCUS_OVERLAY : UI_FOCUS_CHAT;
}


/* A list or a text that is read has no line of its own: what is typed there
 * begins one in the chat. */
static void to_line(struct ui_front *f)
{
	if (f->overlay && f->overlay != f->search &&
		(f->above || f->mode != UI_MODE_FIND))
		ui_overlay_back(f);
	if (f->focus == UI_FOCUS_BUDDIES)
		ui_keys_leave(f);
	f->browse = false;
}


/* ---- Escape and a key: Alt and that key ---- */

/* Neither a binding nor the line of input has a use for it alone. */
static bool begins_meta(struct ui_front *f, const char *name)
{
	if (!name || strcmp(name, "Escape") != 0 || !edit_meta(f->edit))
		return false;
	f->escape = tmrs_now(ui_tmrs(f)) + 1;
	return true;
}


/* True if it is one of two: nothing else is done with it. Who pressed Escape
 * for another reason is not robbed of a letter a while later. */
static bool with_meta(
	struct ui_front *f, const char *name, const struct pl *bytes)
{
	uint64_t escape = f->escape;
	char *joined, *canonical;
	struct mbuf *mb;
	struct pl both;

	f->escape = 0;
	if (!escape || tmrs_now(ui_tmrs(f)) - escape > UI_META_MS ||
		!edit_meta(f->edit) || !name || (unsigned char)*name >= 0x80 ||
		!strcmp(name, "Escape"))
		return false;
	joined = mem_printf("M-%s", name);
	canonical = cmd_key_name(joined);
	if (!canonical || !bound(f, canonical)) {
		mb = mbuf_alloc(SIZE_MAX);
		(void)mbuf_write_str(mb, "\033");
		(void)mbuf_write_mem(mb, bytes->p, bytes->l);
		both = mbuf_all(mb);
		to_line(f);
		edit_feed(f->edit, &both);
		mem_deref(mb);
	}
	mem_deref(canonical);
	mem_deref(joined);
	return true;
}


/* In a list or a text, where nothing is typed, F2 and the like are no text
 * that somebody begins. */
static bool is_nothing(const struct ui_front *f, const char *name)
{
	static const char *const read[] = {
		"buddies", "results", "hits", "text"};
	const char *place = ui_keys_place(f);
	size_t i;

	while (name && *name && name[1] == '-' && name[2])
		name += 2;
	if (!name || *name != 'F' || !name[1])
		return false;
	for (i = 0; i < sizeof(read) / sizeof(read[0]); i++) {
		if (!strcmp(place, read[i]))
			return true;
	}
	return false;
}


static void key_h(const char *name, const struct pl *bytes, void *arg)
{
	struct ui_front *f = arg;

	/* As the signal, which also ends a program that is leaving. */
	if (name && !strcmp(name, "C-c")) {
		(void)kill(getpid(), SIGINT);
		return;
	}
	if (f->stopped)
		return;
	f->keys++;
	ui_touched(f);
	ui_hurry(f);
	if (edit_asked(f->edit) && edit_asked(f->edit)->secret) {
		edit_feed(f->edit, bytes);
		return;
	}
	if (f->notice && name) {
		tmr_cancel(&f->notice_tmr);
		f->notice = mem_deref(f->notice);
	}
	if (ui_menu_key(f, name))
		return;
	if (with_meta(f, name, bytes) || (name && bound(f, name)) ||
		begins_meta(f, name) || is_nothing(f, name))
		return;
	to_line(f);
	edit_feed(f->edit, bytes);
}


static void cut_h(void *arg)
{
	ui_notice(
		arg, UI_ERROR, "only the first MiB of what was pasted is here");
}


/* No more than can be kept as a draft, in whole characters. */
static struct pl fitting(const struct ui_front *f, const struct pl *text)
{
	size_t have = strlen(edit_text(f->edit)), room = 0;
	struct pl fits = *text;

	if (have < UI_DRAFT_MAX)
		room = UI_DRAFT_MAX - have;
	if (fits.l <= room)
		return fits;
	while (room && ((unsigned char)fits.p[room] & 0xc0) == 0x80)
		--room;
	fits.l = room;
	return fits;
}


static void paste_h(const struct pl *text, void *arg)
{
	struct ui_front *f = arg;
	struct pl fits;

	if (f->stopped)
		return;
	f->keys++;
	f->escape = 0;
	ui_touched(f);
	if (!edit_asked(f->edit) || !edit_asked(f->edit)->secret)
		to_line(f);
	fits = fitting(f, text);
	edit_paste(f->edit, &fits);
	if (fits.l < text->l)
		ui_notice(f, UI_ERROR,
			"the line is full: the rest of what was pasted is "
			"left out");
	ui_hurry(f);
}


static void focus_h(bool in, void *arg)
{
	struct ui_front *f = arg;

	f->unfocused = !in;
	core_focus(f->config.core, in);
	ui_dirty(f);
}


static void end_h(void *arg)
{
	struct ui_front *f = arg;

	if (!f->stopped)
		f->config.quit(EX_OK, f->config.arg);
}


int ui_keys_alloc(struct ui_front *f)
{
	const struct input_handlers h = {
		.key = key_h,
		.paste = paste_h,
		.cut = cut_h,
		.mouse = ui_mouse_h,
		.focus = focus_h,
		.end = end_h,
		.arg = f,
	};

	return input_alloc(&f->input, f->config.loop, &h);
}
