/* SPDX-License-Identifier: GPL-3.0-or-later */
/* splice.c - changes of a text on their way. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "mem.h"
#include "span.h"


static struct splice *append(struct splices *c, size_t at, size_t cut)
{
	struct splice *p;

	if (c->n == c->room) {
		c->room = c->room ? 2 * c->room : 8;
		c->v = mem_reallocarray(c->v, c->room, sizeof(*c->v));
	}
	p = &c->v[c->n];
	*p = (struct splice){.at = at, .cut = cut, .order = c->n};
	c->n++;
	return p;
}


struct mbuf *splice_put(struct splices *c, size_t at, size_t cut)
{
	struct splice *p = append(c, at, cut);

	p->put = mbuf_alloc(c->max);
	return p->put;
}


struct mbuf *splice_begin(struct splices *c, const struct spans *s, size_t i)
{
	const struct span *span = &s->v[i];
	struct mbuf *mb;

	if (!span_is_empty(s, i))
		return splice_put(c, span->close, 0);
	mb = splice_put(c, span->open_end - 2, 2);
	(void)mbuf_write_str(mb, ">");
	return mb;
}


void splice_end(struct mbuf *mb, const struct spans *s, size_t i)
{
	struct pl name = span_name(s, i);

	if (span_is_empty(s, i))
		(void)mbuf_printf(mb, "</%.*s>", PL_ARG(&name));
}


void splice_cut(struct splices *c, const struct spans *s, size_t i)
{
	size_t at = span_indent(s, i);

	(void)append(c, at, s->v[i].end - at);
}


void splices_cut_to(struct splices *c, size_t n)
{
	while (c->n > n)
		mem_deref(c->v[--c->n].put);
}


void splices_flush(struct splices *c)
{
	splices_cut_to(c, 0);
	c->v = mem_deref(c->v);
	c->room = 0;
}


/* What only comes is before what goes at the same place. */
static int by_place(const void *a, const void *b)
{
	const struct splice *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (!x->cut != !y->cut)
		return x->cut ? 1 : -1;
	return x->order < y->order ? -1 : x->order > y->order;
}


int splices_apply(
	struct mbuf **freshp, struct splices *c, const struct spans *s)
{
	struct mbuf *mb = mbuf_alloc(c->max);
	size_t done = 0, i;
	int err = 0;

	if (c->n)
		qsort(c->v, c->n, sizeof(*c->v), by_place);
	for (i = 0; i < c->n && !err; i++) {
		const struct splice *p = &c->v[i];
		struct pl put = PL_INIT;

		if (p->put) {
			put = mbuf_all(p->put);
			err = mbuf_err(p->put);
		}
		(void)mbuf_write_mem(mb, s->text.p + done, p->at - done);
		(void)mbuf_write_pl(mb, &put);
		done = p->at + p->cut;
	}
	(void)mbuf_write_mem(mb, s->text.p + done, s->text.l - done);
	if (err || mbuf_err(mb)) {
		mem_deref(mb);
		return EMSGSIZE;
	}
	*freshp = mb;
	return 0;
}
