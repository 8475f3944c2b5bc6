/* SPDX-License-Identifier: GPL-3.0-or-later */
/* textbuf_entry.c - one text of a chat: its tabs, its links. */
#include <stdint.h>
#include <string.h>
#include "mbuf.h"
#include "mem.h"
#include "textbuf.h"
#include "utf8.h"


enum {
	TAB = 8,
};


static void destructor(void *data)
{
	struct textbuf_entry *e = data;

	mem_deref(e->who);
	mem_deref(e->note);
	mem_deref(e->text);
	mem_deref(e->links);
	mem_deref(e->hits);
}


/* With blanks up to the stops that its tabs mean. */
static char *expand(const char *text)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	struct pl rest = pl_str(text), part;
	size_t col = 0, i;
	char *s;

	while (rest.l) {
		char sep;

		part = pl_make(rest.p, strcspn(rest.p, "\t\n"));
		(void)mbuf_write_mem(mb, part.p, part.l);
		col += utf8_cols(&part);
		pl_skip(&rest, part.l);
		if (!rest.l)
			break;
		sep = *rest.p;
		pl_skip(&rest, 1);
		if (sep == '\n')
			(void)mbuf_write_str(mb, "\n");
		for (i = sep == '\n' ? TAB : col % TAB; i < TAB; i++)
			(void)mbuf_write_str(mb, " ");
		col = sep == '\n' ? 0 : col + TAB - col % TAB;
	}
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


/* ---- links ---- */

static bool ends_link(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f || strchr("<>\"", c);
}


/* The scheme that ends with the colon at byte COLON of TEXT; 0: none. */
static size_t scheme(const struct pl *text, size_t colon)
{
	static const char *const schemes[] = {"http", "https", "sip", "sips"};
	size_t i, n;

	for (i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		struct pl s;

		n = strlen(schemes[i]);
		if (n > colon)
			continue;
		s = pl_make(text->p + colon - n, n);
		if (!pl_strcaseeq(&s, schemes[i]))
			continue;
		if (n == colon || strchr(" \n<>\"'([{,;=", s.p[-1]))
			return n;
	}
	return 0;
}


/* Where the link ends of which the body begins at I: what punctuates the
 * sentence does not belong to it, nor a bracket that it did not open. */
static size_t link_end(const struct pl *text, size_t i)
{
	size_t start = i, end = i;
	int open = 0;

	for (; i < text->l && !ends_link(text->p[i]); i++) {
		char c = text->p[i];

		if (c == '(')
			open++;
		else if (c == ')' && --open < 0)
			break;
		if (!strchr(".,:;!?'*]}", c))
			end = i + 1;
	}
	return end > start ? end : start;
}


static size_t link_body(const struct pl *text, size_t colon, size_t name)
{
	struct pl rest = {text->p + colon + 1, text->l - colon - 1};
	bool web = name > 3 && (text->p[colon - name] | 0x20) == 'h';

	if (web && (rest.l < 2 || rest.p[0] != '/' || rest.p[1] != '/'))
		return 0;
	return colon + 1 + (web ? 2 : 0);
}


static void find_links(struct textbuf_entry *e)
{
	struct textbuf_span found[TEXTBUF_SPANS];
	struct pl text = {e->text, e->len};
	size_t i = 0;

	while (i < text.l && e->n_links < TEXTBUF_SPANS) {
		const char *p = memchr(text.p + i, ':', text.l - i);
		size_t colon = p ? (size_t)(p - text.p) : text.l;
		size_t name = p ? scheme(&text, colon) : 0;
		size_t body = name ? link_body(&text, colon, name) : 0;
		size_t end = body ? link_end(&text, body) : 0;

		i = colon + 1;
		if (!body || end == body)
			continue;
		found[e->n_links].start = colon - name;
		found[e->n_links++].end = end;
		i = end;
	}
	if (!e->n_links)
		return;
	e->links = mem_reallocarray(NULL, e->n_links, sizeof(*found));
	memcpy(e->links, found, e->n_links * sizeof(*found));
}


struct textbuf_entry *textbuf_entry_alloc(const char *text)
{
	struct textbuf_entry *e = mem_zalloc(sizeof(*e), destructor);

	e->text = strchr(text, '\t') ? expand(text) : mem_strdup(text);
	e->len = strlen(e->text);
	e->mark = -1;
	find_links(e);
	return e;
}
