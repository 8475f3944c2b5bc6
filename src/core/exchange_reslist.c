/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange_reslist.c - people in resource lists, whose lists are groups
 * (RFC 4826 section 3) */
#include <string.h>
#include "exchange.h"
#include "mem.h"
#include "reslist.h"


/* ---- read ----------------------------------------------------------- */


static bool tell_entry(const struct reslist_node *node, const char *group,
	const struct exchange_sink *sink)
{
	struct exchange_groups groups = {.n = 0};
	const struct exchange_row row = {
		node->line, node->name, node->display_name, &groups};
	bool more;

	if (!node->name) {
		sink->bad(node->line, "an entry without a uri", sink->arg);
		return true;
	}
	if (group)
		exchange_groups_add(&groups, group);
	more = sink->row(&row, sink->arg);
	exchange_groups_clear(&groups);
	return more;
}


static bool tell_list(const struct reslist_node *list, const char *group,
	const struct exchange_sink *sink);


static bool tell_node(const struct reslist_node *node, const char *group,
	const struct exchange_sink *sink)
{
	switch (node->kind) {
	case RESLIST_LIST:
		return tell_list(node, group, sink);
	case RESLIST_ENTRY:
		return tell_entry(node, group, sink);
	case RESLIST_ENTRY_REF:
		sink->bad(node->line, "entry-ref: it is in another document",
			sink->arg);
		return true;
	case RESLIST_EXTERNAL:
		sink->bad(node->line, "external: it is in another document",
			sink->arg);
		return true;
	}
	return true;
}


/* As deep as the document may be. */
static bool tell_list(const struct reslist_node *list, const char *group,
	const struct exchange_sink *sink)
{
	const struct le *le;

	if (list->display_name)
		group = list->display_name;
	else if (list->name)
		group = list->name;
	for (le = list->nodes.head; le; le = le->next) {
		if (!tell_node(le->data, group, sink))
			return false;
	}
	return true;
}


int exchange_reslist_read(
	const struct pl *text, const struct exchange_sink *sink)
{
	struct reslist_node *root = NULL;
	int err = reslist_decode(&root, text);

	if (err)
		return err;
	(void)tell_list(root, NULL, sink);
	mem_deref(root);
	return 0;
}


/* ---- write ---------------------------------------------------------- */


/* A group and its list. */
struct group {
	UT_hash_handle hh;
	const char *name;
	size_t index; /* among the groups */
	struct reslist_node *list;
};


static struct group *group_of(
	struct group **groups, struct reslist_node *root, const char *name)
{
	struct group *g;

	HASH_FIND_STR(*groups, name, g);
	if (g)
		return g;
	g = mem_zalloc(sizeof(*g), NULL);
	g->name = name;
	g->index = HASH_COUNT(*groups);
	g->list = reslist_add(root, RESLIST_LIST, name, NULL);
	HASH_ADD_KEYPTR(hh, *groups, g->name, strlen(g->name), g);
	return g;
}


/* P in the lists of its groups. Where these would give another order than
 * P's, the rest are lists in a list of P's own behind all others: names have
 * to be unlike within one list only. */
static void put_person(struct group **groups, struct reslist_node *root,
	struct reslist_node *others, const struct exchange_person *p)
{
	struct reslist_node *own = NULL, *list;
	size_t i, last = 0;

	for (i = 0; i < p->n_groups; i++) {
		struct group *g = group_of(groups, root, p->groups[i]);

		if (g->index < last && !own)
			own = reslist_add(others, RESLIST_LIST, NULL, NULL);
		list = own ? reslist_add(own, RESLIST_LIST, g->name, NULL)
			   : g->list;
		last = g->index;
		reslist_add(list, RESLIST_ENTRY, p->uri, p->name);
	}
}


/* Empty lists are not written: they would be groups of nobody. */
static void append_list(struct reslist_node *root, struct reslist_node *list)
{
	list_unlink(&list->le);
	if (list_isempty(&list->nodes))
		mem_deref(list);
	else
		list_append(&root->nodes, &list->le, list);
}


int exchange_reslist_write(struct mbuf *mb, const struct exchange *x)
{
	struct reslist_node *root = reslist_alloc();
	struct reslist_node *all, *others;
	struct group *groups = NULL, *g, *next;
	const struct le *le;
	int err;

	/* All of them first, in their order. */
	all = reslist_add(root, RESLIST_LIST, NULL, NULL);
	others = reslist_add(root, RESLIST_LIST, NULL, NULL);
	for (le = x->people.head; le; le = le->next) {
		const struct exchange_person *p = le->data;

		reslist_add(all, RESLIST_ENTRY, p->uri, p->name);
		put_person(&groups, root, others, p);
	}
	HASH_ITER (hh, groups, g, next) {
		append_list(root, g->list);
		HASH_DEL(groups, g);
		mem_deref(g);
	}
	append_list(root, others);
	err = reslist_encode(mb, root);
	mem_deref(root);
	return err;
}
