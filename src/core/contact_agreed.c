/* SPDX-License-Identifier: GPL-3.0-or-later */
/* contact_agreed.c - what the server's list last was, as far as is known: what
 * it told, and what it was asked for since, which may have come about without
 * a word. Kept over the end of the program. */
#include <string.h>
#include "contacts.h"


enum {
	TRIED_MAX = 8, /* values */
};

static const char removed_here[] = "\n"; /* at the end of a value */
static const char between[] = "\n\n"; /* values that were tried: no value has
					 it, or ends in a half of it */


static void contact_destructor(void *data)
{
	struct core_contact *c = data;

	mem_deref(c->aor);
	mem_deref(c->value);
	mem_deref(c->tried);
}


struct core_contact *core_contact_find(
	const struct core_account *a, const char *aor)
{
	struct core_contact *c;

	HASH_FIND_STR(a->contacts, uri_aor_key(aor), c);
	return c;
}


static struct core_contact *contact_get(struct core_account *a, const char *aor)
{
	struct core_contact *c = core_contact_find(a, aor);
	const char *key;

	if (c)
		return c;
	c = mem_zalloc(sizeof(*c), contact_destructor);
	c->aor = mem_strdup(aor);
	key = uri_aor_key(c->aor);
	HASH_ADD_KEYPTR(hh, a->contacts, key, strlen(key), c);
	return c;
}


bool core_value_same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}


/* ---- what was tried -------------------------------------------------- */

/* Takes the first of the values at *REST; false: there is no more. */
static bool next_value(struct pl *rest, struct pl *value)
{
	struct pl sep = pl_str(between);
	const char *end;

	if (!rest->p)
		return false;
	end = pl_find(rest, &sep);
	if (!end) {
		*value = *rest;
		*rest = pl_str(NULL);
		return true;
	}
	*value = pl_make(rest->p, (size_t)(end - rest->p));
	pl_skip(rest, value->l + sizeof(between) - 1);
	return true;
}


static bool was_tried(const struct core_contact *c, const char *value)
{
	struct pl rest = pl_str(c->tried), one;
	bool found = false;

	while (!found && next_value(&rest, &one))
		found = pl_streq(&one, value);
	return found;
}


static size_t count(const char *tried)
{
	struct pl rest = pl_str(tried), one;
	size_t n = 0;

	while (next_value(&rest, &one))
		n++;
	return n;
}


void core_contact_try(
	struct core_account *a, const char *aor, const char *value)
{
	struct core_contact *c = contact_get(a, aor);
	struct pl rest = pl_str(c->tried), oldest;
	char *tried;

	if (was_tried(c, value))
		return;
	if (count(c->tried) >= TRIED_MAX)
		(void)next_value(&rest, &oldest);
	tried = c->tried ? mem_printf("%.*s%s%s", PL_ARG(&rest), between, value)
			 : mem_strdup(value);
	mem_deref(c->tried);
	c->tried = tried;
	core_saved_tried(a, aor, tried);
}


void core_contact_untry(struct core_account *a, struct core_contact *c)
{
	if (c->tried)
		core_saved_tried(a, c->aor, NULL);
	c->tried = mem_deref(c->tried);
}


/* ---- what both agreed on --------------------------------------------- */

bool core_contact_known(const struct core_contact *c, const char *value)
{
	size_t len = strlen(value);

	return core_value_same(c->value, value) || was_tried(c, value) ||
		(c->value && !strncmp(c->value, value, len) &&
			!strcmp(c->value + len, removed_here));
}


const char *core_contact_before(const struct core_contact *c, const char *there)
{
	if (!c)
		return NULL;
	/* It came about, although nobody told. */
	return was_tried(c, there) ? there : c->value;
}


void core_contact_removed(struct core_account *a, struct core_contact *c)
{
	size_t len = c->value ? strlen(c->value) : 0;
	char *value;

	if (!c->value || (len && c->value[len - 1] == *removed_here))
		return;
	value = mem_printf("%s%s", c->value, removed_here);
	mem_deref(c->value);
	c->value = value;
	core_saved_contact(a, c->aor, value);
}


void core_contact_set(struct core_account *a, const char *aor, char *value)
{
	struct core_contact *c = contact_get(a, aor);
	bool same = core_value_same(c->value, value);

	c->there = true;
	mem_deref(c->value);
	c->value = value;
	if (!same)
		core_saved_contact(a, aor, value);
}


void core_contact_free(struct core_account *a, struct core_contact *c)
{
	core_contact_untry(a, c);
	HASH_DEL(a->contacts, c);
	mem_deref(c);
}


/* ---- kept ------------------------------------------------------------ */

void core_contacts_load(struct core *core, const char *key, const char *value)
{
	const char *aor;
	struct core_account *a = core_saved_account_of(core, key, &aor);
	struct core_contact *c;

	if (!a)
		return;
	if (!*aor) {
		mem_deref(a->list);
		a->list = mem_strdup(value);
		return;
	}
	c = contact_get(a, aor);
	mem_deref(c->value);
	c->value = mem_strdup(value);
}


void core_contacts_load_tried(
	struct core *core, const char *key, const char *value)
{
	const char *aor;
	struct core_account *a = core_saved_account_of(core, key, &aor);
	struct core_contact *c;

	if (!a)
		return;
	c = contact_get(a, aor);
	mem_deref(c->tried);
	c->tried = mem_strdup(value);
}


void core_contacts_flush(struct core_account *a)
{
	struct core_contact *c, *next;

	HASH_ITER (hh, a->contacts, c, next) {
		HASH_DEL(a->contacts, c);
		mem_deref(c);
	}
	a->list = mem_deref(a->list);
	a->hearing = mem_deref(a->hearing);
}


void core_contacts_forget(struct core_account *a)
{
	struct core_contact *c, *next;

	HASH_ITER (hh, a->contacts, c, next) {
		core_saved_contact(a, c->aor, NULL);
		core_contact_untry(a, c);
	}
	if (a->list)
		core_saved_contact(a, "", NULL);
}
