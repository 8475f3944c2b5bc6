/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buddylist_write.c - the text of a changed buddy list (RFC 4826 3). */
#include <errno.h>
#include <string.h>
#include "buddylist_int.h"
#include "mem.h"


/* ---- lists that are renamed or go ------------------------------------ */

/* A group that everybody leaves for one that is not there yet, and to which
 * nobody comes. */
static void find_renamed(struct buddylist *l)
{
	size_t i, a;

	for (i = 0; i < l->n_lists; i++) {
		const struct buddylist_list *to = &l->lists[i];
		struct buddylist_list *from;

		if (to->span != SIZE_MAX || !to->label || to->from == SIZE_MAX)
			continue;
		from = &l->lists[to->from];
		if (from->kind == BUDDYLIST_GROUP && !from->lent &&
			!from->comes && from->cuts == to->moved &&
			from->cuts == from->people)
			from->renamed = i;
	}
	for (a = 0; a < l->n_adds; a++) {
		struct buddylist_add *x = &l->adds[a];
		size_t from = l->lists[x->list].from;

		if (from == SIZE_MAX || l->lists[from].renamed != x->list)
			continue;
		if (x->entry == SIZE_MAX) {
			x->list = from;
		} else {
			l->entries[x->entry].cut = false;
			x->one = NULL;
		}
	}
}


/* True if all that LIST has is its name and entries of people. */
static bool is_ours(
	const struct buddylist *l, const struct buddylist_list *list)
{
	const struct span *span = &l->s->v[list->span];
	const struct spans *s = l->s;
	size_t i = span_child(s, list->span), at = span->open_end, people = 0;

	if (buddylist_has_attrs(s, list->span))
		return false;
	for (; i != SIZE_MAX; i = span_next(s, i)) {
		if (span_indent(s, i) != at)
			return false;
		at = s->v[i].end;
		if (xml_is(s->v[i].node, BUDDYLIST_NS, "entry"))
			people++;
		else if (!xml_is(s->v[i].node, BUDDYLIST_NS, "display-name"))
			return false;
	}
	for (; at < span->close; at++) {
		if (!strchr(" \t\r\n", s->text.p[at]))
			return false;
	}
	return people == list->people;
}


static void find_gone(struct buddylist *l)
{
	size_t i;

	for (i = 0; i < l->n_lists; i++) {
		struct buddylist_list *list = &l->lists[i];

		list->gone = list->kind == BUDDYLIST_GROUP && list->cuts &&
			list->cuts == list->people && !list->puts &&
			list->renamed == SIZE_MAX && is_ours(l, list);
	}
}


/* ---- text ------------------------------------------------------------ */

/* The white space before a child of span I: as it is before the last of those
 * that are there, or (*MORE) before I itself, and two blanks. */
static struct pl indent_of(const struct spans *s, size_t i, const char **more)
{
	size_t k = span_child(s, i), best = SIZE_MAX;
	struct pl space;

	for (; k != SIZE_MAX; k = span_next(s, k)) {
		/* A name stands on the line of its list with many. */
		if (span_indent(s, k) < s->v[k].start ||
			!xml_is(s->v[k].node, BUDDYLIST_NS, "display-name"))
			best = k;
	}
	*more = best == SIZE_MAX ? "  " : "";
	k = best == SIZE_MAX ? i : best;
	if (!k)
		return pl_str("\n");
	space = span_space(s, k);
	if (!space.l)
		*more = "";
	return space;
}


/* TEXT, each piece of it indented already, comes behind all in span I that is
 * of resource lists, and before what is of others. */
static void insert(const struct buddylist *l, struct splices *c, size_t i,
	const struct pl *text)
{
	const struct spans *s = l->s;
	const struct span *span = &s->v[i];
	size_t last = span_last(s, i, BUDDYLIST_NS);
	struct pl tag = span_name(s, i), space = span_space(s, i);
	struct mbuf *mb;

	if (!span_is_empty(s, i)) {
		mb = splice_put(c,
			last == SIZE_MAX ? span->open_end : s->v[last].end, 0);
		(void)mbuf_write_pl(mb, text);
		return;
	}
	mb = splice_put(c, span->open_end - 2, 2);
	(void)mbuf_write_str(mb, ">");
	(void)mbuf_write_pl(mb, text);
	(void)mbuf_printf(mb, "%.*s</%.*s>", PL_ARG(&space), PL_ARG(&tag));
}


/* Before each entry that comes into LIST. */
static void write_indent(struct mbuf *mb, const struct buddylist *l,
	const struct buddylist_list *list)
{
	bool fresh = list->span == SIZE_MAX;
	const char *more;
	struct pl indent = indent_of(l->s, fresh ? 0 : list->span, &more);

	(void)mbuf_printf(mb, "%.*s%s%s", PL_ARG(&indent), more,
		fresh && indent.l ? "  " : "");
}


static void write_add(struct buddylist *l, const struct buddylist_add *x)
{
	struct buddylist_list *list = &l->lists[x->list];
	struct pl prefix =
		span_prefix(l->s, list->span == SIZE_MAX ? 0 : list->span);

	if (!list->put)
		list->put = mbuf_alloc(buddylist_limits.bytes);
	list->puts++;
	write_indent(list->put, l, list);
	if (x->entry == SIZE_MAX)
		buddylist_entry_new(list->put, &prefix, x->one);
	else
		buddylist_entry_write(list->put, l, x->entry, true, list->span);
}


/* A name for a list, unlike those of all others in the root (RFC 4826 3.2). */
static char *unique_name(struct buddylist *l, const char *label)
{
	char *name = mem_strdup(label);
	unsigned n;

	for (n = 2; buddylist_index_find(&l->names, name); n++) {
		mem_deref(name);
		name = mem_printf("%s-%u", label, n);
	}
	buddylist_index_set(&l->names, name, SIZE_MAX);
	return name;
}


static void write_fresh(
	struct buddylist *l, struct mbuf *mb, const struct buddylist_list *list)
{
	const char *more;
	struct pl prefix = span_prefix(l->s, 0);
	struct pl indent = indent_of(l->s, 0, &more);
	struct pl text = mbuf_all(list->put);
	char *name = unique_name(l, list->label ? list->label : BUDDYLIST_ROOT);

	(void)mbuf_printf(mb, "%.*s%s<%.*slist name=\"", PL_ARG(&indent), more,
		PL_ARG(&prefix));
	(void)xml_write_text(mb, name);
	(void)mbuf_write_str(mb, "\">");
	if (list->label) {
		write_indent(mb, l, list);
		buddylist_name_write(mb, &prefix, list->label);
	}
	(void)mbuf_write_pl(mb, &text);
	(void)mbuf_printf(mb, "%.*s%s</%.*slist>", PL_ARG(&indent), more,
		PL_ARG(&prefix));
	mem_deref(name);
}


/* The group in LIST is called LABEL from now on; the name by which others refer
 * to it stays. */
static void write_rename(const struct buddylist *l, struct splices *c,
	const struct buddylist_list *list, const char *label)
{
	const struct spans *s = l->s;
	struct pl prefix = span_prefix(s, list->span);
	const char *more;
	struct pl indent = indent_of(s, list->span, &more);
	size_t i = span_find(s, list->span, BUDDYLIST_NS, "display-name");
	struct mbuf *mb;

	if (i == SIZE_MAX) {
		mb = splice_put(c, s->v[list->span].open_end, 0);
		(void)mbuf_printf(mb, "%.*s%s", PL_ARG(&indent), more);
		buddylist_name_write(mb, &prefix, label);
	} else if (span_is_empty(s, i)) {
		buddylist_name_write(splice_put(c, s->v[i].start,
					     s->v[i].end - s->v[i].start),
			&prefix, label);
	} else {
		mb = splice_put(
			c, s->v[i].open_end, s->v[i].close - s->v[i].open_end);
		(void)xml_write_text(mb, label);
	}
}


static void write_lists(struct buddylist *l, struct splices *c)
{
	struct mbuf *fresh = mbuf_alloc(buddylist_limits.bytes);
	struct pl text;
	size_t i;

	for (i = 0; i < l->n_lists; i++) {
		const struct buddylist_list *list = &l->lists[i];

		text = list->put ? mbuf_all(list->put) : pl_str(NULL);
		if (list->gone)
			splice_cut(c, l->s, list->span);
		if (list->renamed != SIZE_MAX)
			write_rename(l, c, list, l->lists[list->renamed].label);
		if (list->put && list->span == SIZE_MAX)
			write_fresh(l, fresh, list);
		else if (list->put)
			insert(l, c, list->span, &text);
	}
	text = mbuf_all(fresh);
	if (text.l)
		insert(l, c, 0, &text);
	mem_deref(fresh);
}


static bool same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}


static bool is_renamed(
	const struct buddylist *l, const struct buddylist_entry *e)
{
	char *name;
	bool renamed;

	if (!e->one->rename || e->cut)
		return false;
	name = buddylist_display_name(l->s, e->span);
	renamed = !same(name, e->one->fresh);
	mem_deref(name);
	return renamed;
}


static void write_entries(struct buddylist *l, struct splices *c)
{
	size_t i;

	for (i = 0; i < l->n_entries; i++) {
		const struct buddylist_entry *e = &l->entries[i];
		const struct span *span = &l->s->v[e->span];

		if (l->lists[e->list].gone)
			continue;
		if (e->cut)
			splice_cut(c, l->s, e->span);
		else if (is_renamed(l, e))
			buddylist_entry_write(splice_put(c, span->start,
						      span->end - span->start),
				l, i, false, SIZE_MAX);
	}
}


int buddylist_write(struct mbuf **freshp, struct buddylist *l)
{
	struct splices c = {.max = buddylist_limits.bytes};
	size_t i;
	int err = 0;

	find_renamed(l);
	for (i = 0; i < l->n_adds; i++) {
		if (l->adds[i].one)
			write_add(l, &l->adds[i]);
	}
	find_gone(l);
	write_entries(l, &c);
	write_lists(l, &c);
	if (c.n)
		err = splices_apply(freshp, &c, l->s);
	splices_flush(&c);
	return err;
}
