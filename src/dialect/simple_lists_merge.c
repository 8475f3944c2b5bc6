/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_lists_merge.c - somebody in the buddy list on an XCAP server, changed
 * here and by another device that was not heard of yet. */
#include <string.h>
#include "buddylist.h"
#include "mem.h"
#include "simple_lists.h"


static void person_destructor(void *data)
{
	struct list_person *p = data;

	while (p->n)
		mem_deref((char *)(uintptr_t)p->groups[--p->n]);
	mem_deref(p->groups);
	mem_deref(p->name);
}


static bool has(const struct list_person *p, const char *group)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (!strcmp(p->groups[i], group))
			return true;
	}
	return false;
}


static void add(struct list_person *p, const char *group)
{
	if (has(p, group))
		return;
	p->groups = mem_reallocarray(p->groups, p->n + 2, sizeof(const char *));
	p->groups[p->n++] = mem_strdup(group);
	p->groups[p->n] = NULL;
}


static void copy_h(const struct buddylist_person *person, void *arg)
{
	struct list_person *p = arg;
	size_t i;

	p->name = mem_strdup(person->name);
	for (i = 0; person->groups && person->groups[i]; i++)
		add(p, person->groups[i]);
}


static struct list_person *person_make(void)
{
	struct list_person *p = mem_zalloc(sizeof(*p), person_destructor);

	p->groups = mem_zalloc(sizeof(const char *), NULL);
	return p;
}


static bool same_name(const struct list_person *a, const struct list_person *b)
{
	return !strcmp(a->name ? a->name : "", b->name ? b->name : "");
}


/* The groups of FROM, which OTHER is without only where it never had them. */
static void merge_groups(struct list_person *p, const struct list_person *from,
	const struct list_person *other, const struct list_person *before)
{
	size_t i;

	for (i = 0; i < from->n; i++) {
		if (has(other, from->groups[i]) ||
			!has(before, from->groups[i]))
			add(p, from->groups[i]);
	}
}


static struct list_person *merge(const struct list_person *here,
	const struct list_person *there, const struct list_person *before)
{
	struct list_person *p = person_make();

	p->name =
		mem_strdup(same_name(here, before) ? there->name : here->name);
	merge_groups(p, here, there, before);
	merge_groups(p, there, here, before);
	return p;
}


struct list_person *simple_lists_merged(const struct list_edit *t,
	const struct buddylist *before, const struct buddylist *there)
{
	const struct buddylist_person ours = {
		.name = t->name, .groups = (const char *const *)t->groups};
	struct list_person *b = person_make(), *h = person_make();
	struct list_person *o = person_make(), *p = NULL;

	copy_h(&ours, h);
	(void)buddylist_one(before, t->peer, copy_h, b);
	if (buddylist_one(there, t->peer, copy_h, o))
		p = merge(h, o, b);
	mem_deref(b);
	mem_deref(h);
	mem_deref(o);
	return p;
}
