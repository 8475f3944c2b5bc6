/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alias.c - short names for command lines. */
#include <ctype.h>
#include <string.h>
#include "cmd_int.h"


struct alias {
	struct le le;
	char *name;
	char *text;
};


static void alias_destructor(void *data)
{
	struct alias *a = data;

	list_unlink(&a->le);
	mem_deref(a->name);
	mem_deref(a->text);
}


static void command_destructor(void *data)
{
	struct alias_command *c = data;

	list_unlink(&c->le);
	mem_deref(c->words);
}


static struct alias *find(const struct cmd *cmd, const char *name)
{
	struct le *le, *next;

	LIST_FOREACH (&cmd->aliases, le, next) {
		struct alias *a = le->data;

		if (!strcmp(a->name, name))
			return a;
	}
	return NULL;
}


static int check_name(const char *name, char **why)
{
	size_t i;

	for (i = 0; name[i]; i++) {
		if (!isalnum((unsigned char)name[i]) && name[i] != '-' &&
			name[i] != '_')
			break;
	}
	if (!i || name[i]) {
		*why = mem_strdup(T_ALIAS_NAME);
		return EX_USAGE;
	}
	for (i = 0; cmd_table[i]; i++) {
		struct pl left = pl_str(cmd_table[i]->name), word;

		pl_split(&left, ' ', &word);
		if (pl_streq(&word, name)) {
			*why = mem_printf(T_ALIAS_COMMAND, name);
			return EX_USAGE;
		}
	}
	return 0;
}


const char *alias_find(const struct cmd *cmd, const char *name)
{
	const struct alias *a = cmd ? find(cmd, name) : NULL;

	return a ? a->text : NULL;
}


int alias_set(struct cmd *cmd, const char *name, const char *text, char **why)
{
	struct alias *a;
	int err = check_name(name, why);

	if (!err)
		err = line_check(cmd, text, why);
	if (err)
		return err;
	a = find(cmd, name);
	if (!a) {
		a = mem_zalloc(sizeof(*a), alias_destructor);
		a->name = mem_strdup(name);
		list_append(&cmd->aliases, &a->le, a);
	}
	mem_deref(a->text);
	a->text = mem_secret_strndup(text, strlen(text));
	return 0;
}


void alias_append(struct list *list, struct words *w)
{
	struct alias_command *c = mem_zalloc(sizeof(*c), command_destructor);

	c->words = mem_ref(w);
	list_append(list, &c->le, c);
}


/* Replaces the first word of *WP by the alias TEXT. */
static int replace(
	const char *text, struct words **wp, struct list *before, char **why)
{
	struct words *w = *wp, *next = NULL, *last = NULL;
	struct pl pl = pl_str(text);
	struct parse p;
	size_t i;

	parse_init(&p, &pl);
	while (!parse_command(&p, &next)) {
		next->depth = w->depth + 1;
		if (last)
			alias_append(before, last);
		mem_deref(last);
		last = next;
	}
	if (!last || p.error) {
		*why = mem_printf(T_ALIAS_EMPTY, w->v[0]);
		mem_deref(last);
		return EX_USAGE;
	}
	for (i = 1; i < w->n; i++)
		words_add(last, w->v[i]);
	last->line = w->line;
	mem_deref(w);
	*wp = last;
	return 0;
}


int alias_expand(const struct cmd *cmd, struct words *w, struct list *before,
	struct words **out, char **why)
{
	const char *text;
	int err = 0;

	w = mem_ref(w);
	while ((text = alias_find(cmd, w->v[0]))) {
		if (w->depth >= CMD_DEPTH_MAX || w->n > CMD_WORDS_MAX) {
			*why = mem_printf(T_ALIAS_LOOP, w->v[0]);
			err = EX_USAGE;
			break;
		}
		err = replace(text, &w, before, why);
		if (err)
			break;
	}
	if (err)
		mem_deref(w);
	else
		*out = w;
	return err;
}


void alias_each(const struct cmd *cmd,
	void (*h)(const char *name, const char *text, void *arg), void *arg)
{
	struct le *le, *next;

	LIST_FOREACH (&cmd->aliases, le, next) {
		struct alias *a = le->data;

		h(a->name, a->text, arg);
	}
}
