/* SPDX-License-Identifier: GPL-3.0-or-later */
/* contact_value.c - name and groups of a contact as one text, which is kept and
 * compared, and what three of them come to. */
#include <stdlib.h>
#include <string.h>
#include "contacts.h"
#include "mbuf.h"


static int label_order(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}


char *core_value_of(const char *name, const char *const *groups)
{
	struct mbuf *mb = mbuf_alloc(CORE_TEXT_MAX);
	char *labels[CORE_GROUPS_MAX], *label = core_label(name), *value;
	size_t n = 0, i;

	for (i = 0; groups && groups[i] && n < CORE_GROUPS_MAX; i++) {
		labels[n] = core_label(groups[i]);
		n += labels[n] != NULL;
	}
	qsort(labels, n, sizeof(*labels), label_order);
	(void)mbuf_write_str(mb, label ? label : "");
	for (i = 0; i < n; i++) {
		if (!i || strcmp(labels[i], labels[i - 1]) != 0)
			(void)mbuf_printf(mb, "\n%s", labels[i]);
	}
	value = mbuf_strdup(mb);
	while (n)
		mem_deref(labels[--n]);
	mem_deref(label);
	mem_deref(mb);
	return value;
}


char *core_value_of_buddy(const struct core_buddy *b)
{
	return core_value_of(b->name, core_buddy_groups(b));
}


static void parts_destructor(void *data)
{
	struct core_parts *p = data;

	mem_deref(p->name);
	while (p->n)
		mem_deref((char *)(uintptr_t)p->groups[--p->n]);
}


static bool parts_have(const struct core_parts *p, const struct pl *group)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (pl_streq(group, p->groups[i]))
			return true;
	}
	return false;
}


/* The groups of VALUE are added; its name, where there is none yet. */
static void parts_add(struct core_parts *p, const char *value)
{
	struct pl rest = pl_str(value), line;
	bool more = pl_split(&rest, '\n', &line);

	if (line.l && !p->name)
		p->name = pl_strdup(&line);
	while (more && p->n < 2 * CORE_GROUPS_MAX) {
		more = pl_split(&rest, '\n', &line);
		if (line.l && !parts_have(p, &line))
			p->groups[p->n++] = pl_strdup(&line);
	}
}


struct core_parts *core_parts_of(const char *value, const char *more)
{
	struct core_parts *p = mem_zalloc(sizeof(*p), parts_destructor);

	parts_add(p, value);
	if (more)
		parts_add(p, more);
	return p;
}


static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}


/* A group of FROM, which OTHER may be without, if that is new since BEFORE. */
static void parts_merge(struct core_parts *p, const struct core_parts *from,
	const struct core_parts *other, const struct core_parts *before)
{
	size_t i;

	for (i = 0; i < from->n; i++) {
		struct pl group = pl_str(from->groups[i]);

		if (parts_have(p, &group) || p->n == 2 * CORE_GROUPS_MAX)
			continue;
		if (parts_have(other, &group) || !parts_have(before, &group))
			p->groups[p->n++] = mem_strdup(from->groups[i]);
	}
}


struct core_parts *core_parts_merged(
	const char *before, const char *here, const char *there)
{
	struct core_parts *p, *b, *h, *t;

	if (!before)
		return core_parts_of(here, there);
	p = mem_zalloc(sizeof(*p), parts_destructor);
	b = core_parts_of(before, NULL);
	h = core_parts_of(here, NULL);
	t = core_parts_of(there, NULL);
	p->name = mem_strdup(same_text(h->name, b->name) ? t->name : h->name);
	parts_merge(p, h, t, b);
	parts_merge(p, t, h, b);
	mem_deref(b);
	mem_deref(h);
	mem_deref(t);
	return p;
}
