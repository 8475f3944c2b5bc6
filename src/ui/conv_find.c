/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conv_find.c - words looked for in a chat, over all of its past. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "conv_int.h"
#include "mbuf.h"


uint64_t conv_last_in_sight(struct conv_view *v)
{
	struct textbuf_pos pos = textbuf_top(v->buf);
	struct textbuf_row row;
	uint64_t id = 0;
	int rows = v->rows;

	while (rows-- > 0 && textbuf_row(v->buf, &pos, &row)) {
		if (row.entry->id)
			id = row.entry->id;
	}
	return id;
}


/* The next word of REST, without quotes. */
static bool take_word(struct pl *rest, struct pl *word)
{
	size_t n = 0;

	while (rest->l && strchr(" \t\n\"", *rest->p))
		pl_skip(rest, 1);
	while (n < rest->l && !strchr(" \t\n\"", rest->p[n]))
		n++;
	*word = pl_make(rest->p, n);
	pl_skip(rest, n);
	return n > 0;
}


/* True where messages are found by parts of words. */
static bool by_parts(const struct conv_view *v)
{
	return core_option_bool(ui_core(v->view.front), "word-parts");
}


static bool is_plain(const struct pl *word)
{
	size_t i;

	for (i = 0; i < word->l; i++) {
		if (!utf8_is_letter((unsigned char)word->p[i]))
			return false;
	}
	return true;
}


/* In the language of the store: each word quoted, the last one as the
 * beginning of one that is still being typed; or as a part, which none is
 * that is quoted. */
static char *query_of(const struct conv_view *v, const char *text)
{
	bool parts = by_parts(v);
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	struct pl rest = pl_str(text), word;
	char *s;

	while (take_word(&rest, &word)) {
		if (parts && is_plain(&word))
			(void)mbuf_printf(mb, "*%.*s* ", PL_ARG(&word));
		else
			(void)mbuf_printf(mb, "\"%.*s\"%s", PL_ARG(&word),
				rest.l ? " " : "*");
	}
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


static void highlight(struct conv_view *v)
{
	struct pl words[TEXTBUF_WORDS], rest = pl_str(v->find.text);
	size_t n = 0;

	while (n < TEXTBUF_WORDS && take_word(&rest, &words[n]))
		n++;
	textbuf_search(v->buf, words, n, by_parts(v));
	ui_dirty(v->view.front);
}


static void say(struct conv_view *v, const char *text)
{
	(void)snprintf(v->find.say, sizeof(v->find.say), "%s", text);
	ui_dirty(v->view.front);
}


static void show_hit(struct conv_view *v)
{
	struct conv_find *f = &v->find;

	f->step = false;
	(void)snprintf(f->say, sizeof(f->say), "hit %zu%s%zu", f->at + 1,
		f->all ? " of " : " of more than ", f->all ? f->n : f->n - 1);
	if (!f->all && f->at + 1 == f->n)
		(void)snprintf(f->say, sizeof(f->say), "hit %zu", f->n);
	conv_view_goto(&v->view, f->hits[f->at]);
}


/* The same person: sip: and sips: are one. */
static bool same_peer(const char *a, const char *b)
{
	const char *ka = strchr(a, ':'), *kb = strchr(b, ':');

	return !strcmp(ka ? ka : a, kb ? kb : b);
}


static void ask(struct conv_view *v, uint64_t before);


static void take_hits(
	struct conv_view *v, const struct store_hit *hits, size_t n)
{
	struct conv_find *f = &v->find;
	size_t i;

	f->hits = mem_reallocarray(f->hits, f->n + n + 1, sizeof(*f->hits));
	for (i = 0; i < n; i++) {
		if (same_peer(hits[i].message.peer, v->peer))
			f->hits[f->n++] = hits[i].message.id;
	}
	f->all = n < CONV_HITS;
}


static void hits_h(int err, const struct store_hit *hits, size_t n, void *arg)
{
	struct conv_view *v = arg;
	struct conv_find *f = &v->find;
	size_t had = f->n;

	f->asking = false;
	if (!f->text)
		return;
	if (f->anew) {
		f->anew = false;
		ask(v, f->from);
		return;
	}
	if (err) {
		say(v,
			err == ENOTSUP ? "nothing else is searched: messages "
					 "are not kept on disk"
				       : strerror(err));
		return;
	}
	take_hits(v, hits, n);
	if (f->n == had && !f->all) {
		ask(v, hits[n - 1].message.id);
		return;
	}
	if (f->n == had) {
		say(v, had ? "no older hit" : "not found");
		return;
	}
	if (!f->step)
		return;
	if (had)
		f->at++;
	show_hit(v);
	if (f->back && f->hits[f->at] == f->back)
		say(v, "no newer hit");
	else if (f->back)
		say(v, "on from the newest hit");
	f->back = 0;
}


static void ask(struct conv_view *v, uint64_t before)
{
	char *query = query_of(v, v->find.text);

	if (*query) {
		v->find.asking = true;
		core_past_search(
			v->searched, query, before, CONV_HITS, hits_h, v);
	} else {
		say(v, "");
	}
	mem_deref(query);
}


static void begin(struct conv_view *v)
{
	struct conv_find *f = &v->find;

	f->hits = mem_deref(f->hits);
	f->n = f->at = 0;
	f->all = false;
	f->step = true;
	f->back = 0;
	if (f->asking)
		f->anew = true;
	else
		ask(v, f->from);
}


void conv_view_find(struct ui_view *base, const char *text)
{
	struct conv_view *v = (struct conv_view *)base;
	struct conv_find *f = &v->find;
	uint64_t last;

	if (!text) {
		f->text = mem_deref(f->text);
		f->hits = mem_deref(f->hits);
		f->n = 0;
		v->pointed = 0;
		f->anew = false;
		say(v, "");
		highlight(v);
		return;
	}
	if (!f->text) {
		last = conv_last_in_sight(v);
		f->from = last ? last + 1 : 0;
	}
	mem_deref(f->text);
	f->text = mem_strdup(text);
	highlight(v);
	begin(v);
}


void conv_view_find_next(struct ui_view *base, int n)
{
	struct conv_view *v = (struct conv_view *)base;
	struct conv_find *f = &v->find;
	uint64_t back;

	if (!f->text || f->asking || !n)
		return;
	if (n > 0 && f->at + 1 < f->n) {
		f->at++;
		show_hit(v);
	} else if (n > 0 && !f->all && f->n) {
		f->step = true;
		ask(v, f->hits[f->n - 1]);
	} else if (n > 0) {
		say(v, f->n ? "no older hit" : "not found");
	} else if (f->at) {
		f->at--;
		show_hit(v);
	} else if (f->from && f->n) {
		/* Round to the newest of all. */
		f->from = 0;
		back = f->hits[0];
		begin(v);
		f->back = back;
	} else {
		say(v, f->n ? "no newer hit" : "not found");
	}
}


bool conv_view_found(const struct ui_view *base)
{
	const struct conv_find *f = &((const struct conv_view *)base)->find;

	return f->text && *f->text && (f->n || f->asking);
}
