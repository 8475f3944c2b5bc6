/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conv_load.c - pages of a chat's past, as it is scrolled. */
#include <errno.h>
#include <string.h>
#include "conv_int.h"


static void failed(struct conv_view *v, int err)
{
	char *text =
		mem_printf("the messages cannot be read: %s", strerror(err));

	(void)textbuf_append(v->buf, conv_line_event(v, UI_ERROR, text), true);
	mem_deref(text);
}


/* What was dropped to make room is in the store. */
static void note_lost(struct conv_view *v)
{
	if (textbuf_lost_old(v->buf))
		v->oldest_here = false;
	if (textbuf_lost_new(v->buf))
		v->newer = true;
}


/* The line where unread begins goes up through the N entries that are new at
 * the start, if it had no place yet. */
static void raise_unread(struct conv_view *v, size_t n)
{
	while (n-- && v->unread_left) {
		const struct textbuf_entry *e = textbuf_at(v->buf, n);

		if (!e->id || !(e->flags & CONV_IN))
			continue;
		textbuf_set_unread(v->buf, e->id);
		v->unread_left--;
	}
}


void conv_load_unread(struct conv_view *v, unsigned n)
{
	v->unread_left = n;
	v->unread_seen = false;
	textbuf_set_unread(v->buf, 0);
	raise_unread(v, textbuf_count(v->buf));
}


/* Messages that are older than all that is here. False: there is no room. */
static bool prepend(
	struct conv_view *v, const struct store_message *messages, size_t n)
{
	uint64_t oldest = textbuf_oldest(v->buf);
	size_t added = 0;
	bool room = true;

	while (n--) {
		if (oldest && messages[n].id >= oldest)
			continue;
		room = textbuf_prepend(
			v->buf, conv_line_message(v, &messages[n]));
		if (!room)
			break;
		added++;
	}
	note_lost(v);
	raise_unread(v, added);
	return room;
}


static bool append(struct conv_view *v, const struct store_message *messages,
	size_t n, bool follow)
{
	uint64_t newest = textbuf_newest(v->buf);
	size_t i;

	for (i = 0; i < n; i++) {
		if (newest && messages[i].id <= newest)
			continue;
		if (!textbuf_append(
			    v->buf, conv_line_message(v, &messages[i]), follow))
			break;
	}
	note_lost(v);
	return i == n;
}


/* The newest page: what came while it was on its way is here already. */
static void newest_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct conv_view *v = arg;

	v->loading_old = false;
	if (err)
		failed(v, err);
	v->oldest_here = err || n < CONV_PAGE;
	if (n && messages[n - 1].id > v->newest)
		v->newest = messages[n - 1].id;
	if (textbuf_count(v->buf))
		(void)prepend(v, messages, n);
	else
		(void)append(v, messages, n, true);
	v->began = true;
	if (v->unread_left)
		conv_load_unread(v, v->unread_left);
	ui_dirty(v->view.front);
}


void conv_view_reload(struct ui_view *base)
{
	conv_load_newest((struct conv_view *)base);
	ui_dirty(base->front);
}


void conv_load_newest(struct conv_view *v)
{
	textbuf_clear(v->buf);
	v->newer = false;
	v->below = 0;
	v->target = 0;
	v->jumping = false;
	v->oldest_here = true;
	v->loading_old = true;
	v->loading_new = false;
	/* Answers to what was asked before are of no use any more. */
	mem_deref(v->past);
	core_past_alloc(&v->past, v->account, v->peer);
	core_past_before(v->past, 0, CONV_PAGE, newest_h, v);
}


static void older_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct conv_view *v = arg;

	v->loading_old = false;
	v->oldest_here = err || n < CONV_PAGE;
	if (err)
		failed(v, err);
	/* Nothing more is asked for until there may be room. */
	v->full_old = !prepend(v, messages, n);
	ui_dirty(v->view.front);
}


static void newer_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct conv_view *v = arg;

	v->loading_new = false;
	if (err) {
		/* This store goes backwards only. */
		conv_load_newest(v);
		return;
	}
	v->full_new = !append(v, messages, n, false);
	if (!v->full_new && n < CONV_PAGE &&
		textbuf_newest(v->buf) >= v->newest)
		v->newer = false;
	ui_dirty(v->view.front);
}


static void load_newer(struct conv_view *v)
{
	v->loading_new = true;
	core_past_after(v->past, textbuf_newest(v->buf), CONV_PAGE, newer_h, v);
}


void conv_load_near(struct conv_view *v)
{
	struct textbuf_pos top = textbuf_top(v->buf);
	size_t n = textbuf_count(v->buf);

	if (!v->began || v->jumping)
		return;
	if (!v->oldest_here && !v->full_old && !v->loading_old &&
		top.index < CONV_NEAR && textbuf_oldest(v->buf)) {
		v->loading_old = true;
		core_past_before(
			v->past, textbuf_oldest(v->buf), CONV_PAGE, older_h, v);
	}
	if (v->newer && !v->full_new && !v->loading_new &&
		n - top.index < CONV_NEAR * 2 && textbuf_newest(v->buf))
		load_newer(v);
}


/* ---- to a message somewhere ---- */

static bool show_target(struct conv_view *v)
{
	size_t index;

	if (!textbuf_find(v->buf, v->target, &index))
		return false;
	textbuf_goto(v->buf, index);
	v->target = 0;
	return true;
}


/* The page that ends with the target. */
static void target_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct conv_view *v = arg;

	if (err || !n || messages[n - 1].id != v->target) {
		conv_load_newest(v);
		conv_view_say(&v->view, UI_ERROR,
			err ? "the message cannot be read"
			    : "the message is not kept any more");
		return;
	}
	textbuf_clear(v->buf);
	v->jumping = false;
	v->loading_old = false;
	v->oldest_here = n < CONV_PAGE;
	v->newer = true;
	v->began = true;
	(void)append(v, messages, n, true);
	(void)show_target(v);
	load_newer(v);
	ui_dirty(v->view.front);
}


static void jump(struct conv_view *v, uint64_t id)
{
	mem_deref(v->past);
	core_past_alloc(&v->past, v->account, v->peer);
	v->loading_old = v->loading_new = false;
	v->target = id;
	v->jumping = true;
	v->unread_left = 0;
	core_past_before(v->past, id + 1, CONV_PAGE, target_h, v);
}


/* ---- to the beginning ---- */

static void first_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct conv_view *v = arg;

	v->jumping = false;
	if (!err && n) {
		textbuf_clear(v->buf);
		v->oldest_here = true;
		v->newer = true;
		if (append(v, messages, n, true) && n < CONV_PAGE &&
			textbuf_newest(v->buf) >= v->newest)
			v->newer = false;
	} else if (textbuf_newest(v->buf) < v->newest) {
		v->newer = true;
	}
	textbuf_first(v->buf);
	ui_dirty(v->view.front);
}


void conv_load_first(struct conv_view *v)
{
	if (v->oldest_here || !v->began || v->jumping) {
		textbuf_first(v->buf);
		return;
	}
	mem_deref(v->past);
	core_past_alloc(&v->past, v->account, v->peer);
	v->loading_old = v->loading_new = false;
	v->jumping = true;
	v->unread_left = 0;
	core_past_after(v->past, 0, CONV_PAGE, first_h, v);
}


void conv_view_goto(struct ui_view *base, uint64_t id)
{
	struct conv_view *v = (struct conv_view *)base;
	size_t index;

	v->full_old = v->full_new = false;
	v->pointed = id;
	ui_dirty(v->view.front);
	if (id && textbuf_find(v->buf, id, &index)) {
		textbuf_goto(v->buf, index);
		return;
	}
	if (id) {
		jump(v, id);
		return;
	}
	if (v->newer || v->jumping)
		conv_load_newest(v);
	textbuf_last(v->buf);
	v->below = 0;
}
