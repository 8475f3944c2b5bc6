/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buddylist_entry.c - the text of one entry of a resource list, the same but
 * for its name and for what it needs to mean the same elsewhere. */
#include <string.h>
#include "buddylist_int.h"
#include "mem.h"


/* ---- prefixes -------------------------------------------------------- */

static bool is_declaration(const struct pl *name)
{
	return pl_streq(name, "xmlns") || pl_startswith(name, "xmlns:");
}


/* True if span I declares NAME; NAME unset: anything. */
static bool declares(const struct spans *s, size_t i, const struct pl *name)
{
	struct pl tag = span_attrs(s, i), other, all;

	while (span_attr_next(&tag, &other, &all)) {
		if (pl_isset(name) ? pl_eq(&other, name)
				   : is_declaration(&other))
			return true;
	}
	return false;
}


bool buddylist_has_attrs(const struct spans *s, size_t i)
{
	struct pl tag = span_attrs(s, i), name, all;

	while (span_attr_next(&tag, &name, &all)) {
		if (!is_declaration(&name) && !pl_streq(&name, "name"))
			return true;
	}
	return false;
}


/* What span I declares, where nothing from FROM up to it does that too. */
static void write_declarations(
	struct mbuf *mb, const struct spans *s, size_t from, size_t i)
{
	struct pl tag = span_attrs(s, i), name, all;
	size_t k;

	while (span_attr_next(&tag, &name, &all)) {
		if (!is_declaration(&name))
			continue;
		for (k = from; k != i && !declares(s, k, &name);
			k = s->v[k].above)
			;
		if (k == i)
			(void)mbuf_printf(mb, " %.*s", PL_ARG(&all));
	}
}


/* What the root declares is known everywhere, unless TARGET says otherwise. */
static void write_scope(
	struct mbuf *mb, const struct spans *s, size_t entry, size_t target)
{
	static const struct pl any = PL_INIT;
	bool root = false;
	size_t i;

	for (i = target; i != SIZE_MAX && i != 0; i = s->v[i].above)
		root = root || declares(s, i, &any);
	for (i = s->v[entry].above; i != 0; i = s->v[i].above)
		write_declarations(mb, s, entry, i);
	if (root)
		write_declarations(mb, s, entry, 0);
}


/* ---- names ----------------------------------------------------------- */

void buddylist_name_write(
	struct mbuf *mb, const struct pl *prefix, const char *name)
{
	(void)mbuf_printf(mb, "<%.*sdisplay-name>", PL_ARG(prefix));
	(void)xml_write_text(mb, name);
	(void)mbuf_printf(mb, "</%.*sdisplay-name>", PL_ARG(prefix));
}


static void write_range(
	struct mbuf *mb, const struct spans *s, size_t from, size_t to)
{
	(void)mbuf_write_mem(mb, s->text.p + from, to - from);
}


/* What is behind the start tag of SPAN, up to its end, with NAME (NULL: none)
 * in place of its display-name. */
static void write_renamed(
	struct mbuf *mb, const struct spans *s, size_t i, const char *name)
{
	const struct span *span = &s->v[i], *old;
	struct pl prefix = span_prefix(s, i), tag = span_name(s, i);
	size_t k = span_find(s, i, BUDDYLIST_NS, "display-name");

	if (span_is_empty(s, i)) {
		if (!name) {
			(void)mbuf_write_str(mb, "/>");
			return;
		}
		(void)mbuf_write_str(mb, ">");
		buddylist_name_write(mb, &prefix, name);
		(void)mbuf_printf(mb, "</%.*s>", PL_ARG(&tag));
		return;
	}
	old = k == SIZE_MAX ? NULL : &s->v[k];
	if (!old) {
		write_range(mb, s, span->open_end - 1, span->open_end);
		if (name)
			buddylist_name_write(mb, &prefix, name);
		write_range(mb, s, span->open_end, span->end);
		return;
	}
	write_range(mb, s, span->open_end - 1,
		name ? old->start : span_indent(s, k));
	if (name && span_is_empty(s, k)) {
		buddylist_name_write(mb, &prefix, name);
	} else if (name) {
		write_range(mb, s, old->start, old->open_end);
		(void)xml_write_text(mb, name);
		write_range(mb, s, old->close, old->end);
	}
	write_range(mb, s, old->end, span->end);
}


void buddylist_entry_write(struct mbuf *mb, const struct buddylist *l,
	size_t entry, bool away, size_t target)
{
	const struct spans *s = l->s;
	size_t i = l->entries[entry].span;
	const struct span *span = &s->v[i];
	const struct buddylist_one *one = l->entries[entry].one;
	size_t tail = span->open_end - (span_is_empty(s, i) ? 2 : 1);

	write_range(mb, s, span->start, tail);
	if (away)
		write_scope(mb, s, i, target);
	if (one->rename)
		write_renamed(mb, s, i, one->fresh);
	else
		write_range(mb, s, tail, span->end);
}


void buddylist_entry_new(struct mbuf *mb, const struct pl *prefix,
	const struct buddylist_one *one)
{
	const char *name = one->rename ? one->fresh : one->name;

	(void)mbuf_printf(mb, "<%.*sentry uri=\"", PL_ARG(prefix));
	(void)xml_write_text(mb, one->peer);
	if (!name) {
		(void)mbuf_write_str(mb, "\"/>");
		return;
	}
	(void)mbuf_write_str(mb, "\">");
	buddylist_name_write(mb, prefix, name);
	(void)mbuf_printf(mb, "</%.*sentry>", PL_ARG(prefix));
}
