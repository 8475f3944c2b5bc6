/* SPDX-License-Identifier: GPL-3.0-or-later */
/* textbuf.c - the entries in order: they come and go at both ends. */
#include <time.h>
#include "textbuf_int.h"


enum {
	FEW = 64, /* entries that may have more than the bytes */
	ASTRAY = 64, /* entries by which one may be out of the order of ids */
};


static void destructor(void *data)
{
	struct textbuf *tb = data;

	textbuf_clear(tb);
	textbuf_search(tb, NULL, 0, false);
	mem_deref(tb->ring);
}


struct textbuf *textbuf_alloc(size_t n, size_t bytes)
{
	struct textbuf *tb = mem_zalloc(sizeof(*tb), destructor);

	tb->max = n;
	tb->max_bytes = bytes;
	tb->who_cols = TEXTBUF_WHO_MIN;
	tb->tail = true;
	textbuf_size(tb, 80, 24);
	return tb;
}


size_t textbuf_count(const struct textbuf *tb)
{
	return tb->n;
}


struct textbuf_entry *textbuf_at(const struct textbuf *tb, size_t index)
{
	return tb->ring[(tb->first + index) & (tb->size - 1)];
}


static void grow(struct textbuf *tb)
{
	size_t i, size = tb->size ? tb->size * 2 : 64;
	struct textbuf_entry **ring =
		mem_reallocarray(NULL, size, sizeof(struct textbuf_entry *));

	for (i = 0; i < tb->n; i++)
		ring[i] = textbuf_at(tb, i);
	mem_deref(tb->ring);
	tb->ring = ring;
	tb->size = size;
	tb->first = 0;
}


static int64_t day_of(int64_t at)
{
	time_t t = (time_t)((at - (at < 0 ? 999 : 0)) / 1000);
	struct tm tm;

	if (!localtime_r(&t, &tm))
		return t / 86400;
	return (int64_t)tm.tm_year * 366 + tm.tm_yday;
}


/* Room for the name of E. */
static void fit_name(struct textbuf *tb, const struct textbuf_entry *e)
{
	struct pl who = pl_str(e->who);
	size_t cols = utf8_cols(&who);

	if (cols > TEXTBUF_WHO_MAX)
		cols = TEXTBUF_WHO_MAX;
	if (cols > tb->who_cols)
		tb->who_cols = cols;
	else
		return;
	textbuf_make_layout(tb);
}


static void take(struct textbuf *tb, struct textbuf_entry *e)
{
	if (tb->n == tb->size)
		grow(tb);
	e->day = day_of(e->at);
	e->serial = ++tb->serial;
	tb->bytes += e->len;
	tb->dirty = true;
	fit_name(tb, e);
}


static bool too_much(const struct textbuf *tb)
{
	return tb->n > tb->max || (tb->bytes > tb->max_bytes && tb->n > FEW);
}


static void drop_old(struct textbuf *tb)
{
	struct textbuf_entry *e = textbuf_at(tb, 0);

	tb->bytes -= e->len;
	tb->first = (tb->first + 1) & (tb->size - 1);
	--tb->n;
	if (tb->top.index)
		--tb->top.index;
	tb->lost_old = true;
	mem_deref(e);
}


static void drop_new(struct textbuf *tb)
{
	struct textbuf_entry *e = textbuf_at(tb, tb->n - 1);

	tb->bytes -= e->len;
	--tb->n;
	tb->lost_new = true;
	mem_deref(e);
}


bool textbuf_append(struct textbuf *tb, struct textbuf_entry *e, bool follow)
{
	if (tb->tail && !follow) {
		textbuf_lay(tb);
		/* What does not fill the pane yet goes on to fill it. */
		tb->tail = false;
	}
	take(tb, e);
	tb->ring[(tb->first + tb->n++) & (tb->size - 1)] = e;
	while (too_much(tb) && (tb->tail || tb->top.index))
		drop_old(tb);
	if (!too_much(tb))
		return true;
	drop_new(tb);
	return false;
}


bool textbuf_prepend(struct textbuf *tb, struct textbuf_entry *e)
{
	size_t seen = textbuf_rows(tb);

	take(tb, e);
	tb->first = (tb->first - 1) & (tb->size - 1);
	tb->ring[tb->first] = e;
	++tb->n;
	++tb->top.index;
	if (tb->n > 1)
		textbuf_day_gone(tb, 1);
	while (too_much(tb) && !tb->tail && tb->n - tb->top.index > seen)
		drop_new(tb);
	if (!too_much(tb))
		return true;
	drop_old(tb);
	return false;
}


void textbuf_clear(struct textbuf *tb)
{
	while (tb->n)
		drop_old(tb);
	tb->top = (struct textbuf_pos){0};
	tb->tail = true;
	tb->dirty = true;
	tb->lost_old = tb->lost_new = false;
}


bool textbuf_lost_old(struct textbuf *tb)
{
	bool lost = tb->lost_old;

	tb->lost_old = false;
	return lost;
}


bool textbuf_lost_new(struct textbuf *tb)
{
	bool lost = tb->lost_new;

	tb->lost_new = false;
	return lost;
}


void textbuf_changed(struct textbuf *tb)
{
	tb->dirty = true;
}


void textbuf_renamed(struct textbuf *tb)
{
	size_t i;

	tb->who_cols = TEXTBUF_WHO_MIN;
	textbuf_make_layout(tb);
	for (i = 0; i < tb->n; i++)
		fit_name(tb, textbuf_at(tb, i));
	tb->dirty = true;
}


uint64_t textbuf_unread(const struct textbuf *tb)
{
	return tb->unread;
}


void textbuf_set_unread(struct textbuf *tb, uint64_t id)
{
	tb->dirty = tb->dirty || id != tb->unread;
	tb->unread = id;
}


struct textbuf_entry *textbuf_find(
	const struct textbuf *tb, uint64_t id, size_t *index)
{
	size_t i, older = 0;

	for (i = tb->n; id && i-- && older < ASTRAY;) {
		struct textbuf_entry *e = textbuf_at(tb, i);

		older += e->id && e->id < id;
		if (e->id != id)
			continue;
		if (index)
			*index = i;
		return e;
	}
	return NULL;
}


uint64_t textbuf_newest(const struct textbuf *tb)
{
	size_t i;

	for (i = tb->n; i--;) {
		if (textbuf_at(tb, i)->id)
			return textbuf_at(tb, i)->id;
	}
	return 0;
}


uint64_t textbuf_oldest(const struct textbuf *tb)
{
	size_t i;

	for (i = 0; i < tb->n; i++) {
		if (textbuf_at(tb, i)->id)
			return textbuf_at(tb, i)->id;
	}
	return 0;
}
