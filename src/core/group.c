/* SPDX-License-Identifier: GPL-3.0-or-later */
/* group.c - groups of the list: they are what buddies say they are in. */
#include <string.h>
#include "core_int.h"


struct group {
	UT_hash_handle hh;
	char *name;
	size_t buddies;
};


static int group_order(const struct group *a, const struct group *b)
{
	return strcmp(a->name, b->name);
}


static void count(struct group **groups, const struct core_buddy *b)
{
	const char *const *name;
	struct group *g;

	for (name = core_buddy_groups(b); *name; name++) {
		HASH_FIND_STR(*groups, *name, g);
		if (!g) {
			g = mem_zalloc(sizeof(*g), NULL);
			g->name = mem_strdup(*name);
			HASH_ADD_KEYPTR(
				hh, *groups, g->name, strlen(g->name), g);
		}
		g->buddies++;
	}
}


void core_group_each(struct core *core,
	void (*h)(const char *group, size_t buddies, void *arg), void *arg)
{
	struct group *groups = NULL, *g, *next;
	struct core_account *a;
	struct core_buddy *b;

	for (a = core_account_first(core); a; a = core_account_next(a)) {
		for (b = core_buddy_first(a); b; b = core_buddy_next(b))
			count(&groups, b);
	}
	HASH_SORT(groups, group_order);
	HASH_ITER (hh, groups, g, next) {
		h(g->name, g->buddies, arg);
		HASH_DEL(groups, g);
		mem_deref(g->name);
		mem_deref(g);
	}
}


/* B with NAME in place of OLD; NAME NULL: without it. False: not in it. */
static bool replace(struct core_buddy *b, const char *old, const char *name)
{
	const char *fresh[CORE_GROUPS_MAX + 1];
	const char *const *g;
	bool found = false;
	size_t n = 0;

	for (g = core_buddy_groups(b); *g; g++) {
		const char *keep = *g;

		if (!strcmp(*g, old)) {
			found = true;
			keep = name;
		}
		if (keep)
			fresh[n++] = keep;
	}
	fresh[n] = NULL;
	if (found)
		(void)core_buddy_regroup(b, fresh);
	return found;
}


/* The file is read again at the next start: B's groups and those of MORE. */
static void tell_declared(const struct core_buddy *b, size_t more, char **why)
{
	char *others = more == 1 ? mem_strdup(" and 1 other")
				 : mem_printf(" and %zu others", more);

	(void)core_fail(0, why,
		"the groups of %s%s are declared in %s, line %u: they come "
		"back at the next start",
		b->aor, more ? others : "", b->file, b->line);
	mem_deref(others);
}


static int replace_all(
	struct core *core, const char *old, const char *name, char **why)
{
	struct core_account *a;
	struct core_buddy *b;
	const struct core_buddy *declared = NULL;
	size_t n = 0;
	bool found = false;

	for (a = core_account_first(core); a; a = core_account_next(a)) {
		for (b = core_buddy_first(a); b; b = core_buddy_next(b)) {
			if (!replace(b, old, name))
				continue;
			found = true;
			if (b->file_groups && !n++)
				declared = b;
		}
	}
	if (!found)
		return core_fail(EX_DATAERR, why, "no group \"%s\"", old);
	if (declared)
		tell_declared(declared, n - 1, why);
	return 0;
}


int core_group_rename(
	struct core *core, const char *old, const char *name, char **why)
{
	char *label = core_label(name);
	int status;

	if (!label)
		return core_fail(EX_USAGE, why, "a group needs a name");
	status = replace_all(core, old, label, why);
	mem_deref(label);
	return status;
}


int core_group_remove(struct core *core, const char *group, char **why)
{
	return replace_all(core, group, NULL, why);
}
