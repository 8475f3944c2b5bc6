/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange.c - whom a file names: each once, with all groups. */
#include <string.h>
#include "exchange.h"
#include "mem.h"


static void person_destructor(void *data)
{
	struct exchange_person *p = data;

	list_unlink(&p->le);
	mem_deref(p->uri);
	mem_deref(p->name);
	while (p->n_groups)
		mem_deref(p->groups[--p->n_groups]);
	mem_deref(p->groups);
}


static void bad_destructor(void *data)
{
	struct exchange_bad *bad = data;

	list_unlink(&bad->le);
	mem_deref(bad->why);
}


static void destructor(void *data)
{
	struct exchange *x = data;

	HASH_CLEAR(hh, x->by_uri);
	list_flush(&x->people);
	list_flush(&x->bad);
}


struct exchange *exchange_alloc(void)
{
	return mem_zalloc(sizeof(struct exchange), destructor);
}


static bool holds(char *const *groups, size_t n, const char *name)
{
	while (n) {
		if (!strcmp(groups[--n], name))
			return true;
	}
	return false;
}


void exchange_groups_add(struct exchange_groups *g, const char *name)
{
	struct pl pl = pl_str(name), part = pl_trim(&pl);
	char *group;

	if (!pl_isset(&part))
		return;
	group = pl_strdup(&part);
	if (holds(g->v, g->n, group)) {
		mem_deref(group);
	} else if (g->n == EXCHANGE_GROUPS_MAX) {
		g->many = true;
		mem_deref(group);
	} else {
		g->v[g->n++] = group;
		g->v[g->n] = NULL;
	}
}


void exchange_groups_clear(struct exchange_groups *g)
{
	while (g->n) {
		g->n--;
		g->v[g->n] = mem_deref(g->v[g->n]);
	}
	g->many = false;
}


/* sip: and sips: are one person. */
static const char *key_of(const char *uri)
{
	const char *colon = strchr(uri, ':');

	return colon && !strncmp(uri, "sip", 3) ? colon + 1 : uri;
}


/* True if all of GROUPS, where P is not yet, fit. */
static bool fit(
	const struct exchange_person *p, const struct exchange_groups *groups)
{
	size_t i, n = p ? p->n_groups : 0;

	for (i = 0; i < groups->n; i++) {
		if (!p || !holds(p->groups, p->n_groups, groups->v[i]))
			n++;
	}
	return n <= EXCHANGE_GROUPS_MAX;
}


static void join(
	struct exchange_person *p, const struct exchange_groups *groups)
{
	size_t i;

	if (!groups->n)
		return;
	p->groups = mem_reallocarray(
		p->groups, p->n_groups + groups->n + 1, sizeof(*p->groups));
	for (i = 0; i < groups->n; i++) {
		if (!holds(p->groups, p->n_groups, groups->v[i]))
			p->groups[p->n_groups++] = mem_strdup(groups->v[i]);
	}
	p->groups[p->n_groups] = NULL;
}


bool exchange_add(struct exchange *x, unsigned line, const char *uri,
	const char *name, const struct exchange_groups *groups)
{
	const char *key = key_of(uri);
	struct exchange_person *p;

	HASH_FIND_STR(x->by_uri, key, p);
	if (groups->many || !fit(p, groups))
		return false;
	if (!p) {
		p = mem_zalloc(sizeof(*p), person_destructor);
		p->line = line;
		p->uri = mem_strdup(uri);
		key = key_of(p->uri);
		HASH_ADD_KEYPTR(hh, x->by_uri, key, strlen(key), p);
		list_append(&x->people, &p->le, p);
	}
	if (name) {
		mem_deref(p->name);
		p->name = mem_strdup(name);
	}
	join(p, groups);
	return true;
}


void exchange_bad(struct exchange *x, unsigned line, const char *why)
{
	struct exchange_bad *bad;

	if (++x->n_bad > EXCHANGE_TOLD_MAX)
		return;
	bad = mem_zalloc(sizeof(*bad), bad_destructor);
	bad->line = line;
	bad->why = mem_strdup(why);
	list_append(&x->bad, &bad->le, bad);
}
