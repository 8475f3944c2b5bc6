/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * completion.c - what the completion files of the shells know: the tables of
 * commands, options and settings, as case tables of a shell. Runs when
 * sotto is built.
 *
 *	completion sh       for bash and zsh
 *	completion fish
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include "app.h"
#include "mem.h"
#include "pl.h"


/* How a shell says it; %s is a name, a value. */
struct dialect {
	const char *begin; /* of the table %s */
	const char *row; /* for the word %s: */
	const char *set; /* variable %s becomes %s */
	const char *row_end;
	const char *end; /* no such word */
	const char *top; /* a variable of its own */
};

static const struct dialect sh = {
	.begin = "\n_sotto_%s() {\n\tcase $1 in\n",
	.row = "\t'%s')",
	.set = " %s='%s'",
	.row_end = " ;;\n",
	.end = "\t*) return 1 ;;\n\tesac\n}\n",
	.top = "_sotto_%s='%s'\n",
};

static const struct dialect fish = {
	.begin = "\nfunction __sotto_%s\n\tswitch $argv[1]\n",
	.row = "\t\tcase '%s'\n",
	.set = "\t\t\tset -g __sotto_%s '%s'\n",
	.row_end = "",
	.end = "\t\tcase '*'\n\t\t\treturn 1\n\tend\nend\n",
	.top = "set -g __sotto_%s '%s'\n",
};


/* TEMPLATE with A in place of its first %s and B of the second. */
static void out(const char *template, const char *a, const char *b)
{
	const char *words[] = {a, b}, *at;
	size_t n = 0;

	for (; (at = strstr(template, "%s")) && n < 2; template = at + 2) {
		(void)printf("%.*s", (int)(at - template), template);
		(void)fputs(words[n++], stdout);
	}
	(void)fputs(template, stdout);
}


/* An argument's kind in the words of the scripts. */
static void add_kind(struct mbuf *mb, const struct cmd_item *item)
{
	static const char *const words[] = {
		[CMD_NONE] = "none",
		[CMD_WORD] = "none",
		[CMD_TEXT] = "none",
		[CMD_COMMAND] = "command",
		[CMD_ACCOUNT] = "account",
		[CMD_BUDDY] = "buddy",
		[CMD_WATCHER] = "buddy",
		[CMD_CHAT] = "chat",
		[CMD_GROUP] = "group",
		[CMD_OPTION] = "option",
		[CMD_SETTING] = "setting",
		[CMD_ASSIGN] = "assign",
		[CMD_VALUE] = "value",
		[CMD_FILE] = "file",
		[CMD_NUMBER] = "none",
		[CMD_SECONDS] = "none",
		[CMD_KEY] = "none",
		[CMD_PLACE] = "place",
		[CMD_PANE] = "none",
		[CMD_THEME] = "none",
		[CMD_CONDITION] = "condition",
	};

	if (item->kind == CMD_CHOICE)
		(void)mbuf_printf(mb, "choice:%s", item->name);
	else
		(void)mbuf_write_str(mb, words[item->kind]);
	if (!item->flag && (item->repeat || item->kind == CMD_CONDITION))
		(void)mbuf_write_str(mb, "+");
}


static void print_spec(const struct dialect *d, const struct cmd_entry *entry)
{
	struct mbuf *args = mbuf_alloc(4096), *flags = mbuf_alloc(4096);
	const struct cmd_item *item;
	char *a, *f;

	for (item = entry->items; item->flag || item->name; item++) {
		struct mbuf *mb = item->flag ? flags : args;

		if (mb->end)
			(void)mbuf_write_str(mb, " ");
		if (item->flag)
			(void)mbuf_printf(mb, "%s:", item->flag);
		if (!item->flag || item->name)
			add_kind(mb, item);
	}
	a = mbuf_strdup(args);
	f = mbuf_strdup(flags);
	out(d->row, entry->name, "");
	out(d->set, "args", a);
	out(d->set, "flags", f);
	out(d->row_end, "", "");
	mem_deref(a);
	mem_deref(f);
	mem_deref(args);
	mem_deref(flags);
}


/* The first word of the entry I, if it is new there. */
static char *new_first(size_t i)
{
	struct pl left = pl_str(cmd_table[i]->name), first, other;
	size_t k;

	(void)pl_split(&left, ' ', &first);
	for (k = 0; k < i; k++) {
		left = pl_str(cmd_table[k]->name);
		(void)pl_split(&left, ' ', &other);
		if (pl_eq(&first, &other))
			return NULL;
	}
	return pl_strdup(&first);
}


static void add_word(struct mbuf *mb, const char *word)
{
	if (mb->end)
		(void)mbuf_write_str(mb, " ");
	(void)mbuf_write_str(mb, word);
}


/* Takes MB over. */
static void print_top(
	const struct dialect *d, const char *name, struct mbuf *mb)
{
	char *s = mbuf_strdup(mb);

	out(d->top, name, s);
	mem_deref(s);
	mem_deref(mb);
}


static void print_seconds(const struct dialect *d, const char *first)
{
	struct mbuf *mb = mbuf_alloc(4096);
	size_t i, len = strlen(first);
	char *s;

	for (i = 0; cmd_table[i]; i++) {
		const char *name = cmd_table[i]->name;

		if (!strncmp(name, first, len) && name[len] == ' ')
			add_word(mb, name + len + 1);
	}
	s = mbuf_strdup(mb);
	if (s[0]) {
		out(d->row, first, "");
		out(d->set, "seconds", s);
		out(d->row_end, "", "");
	}
	mem_deref(s);
	mem_deref(mb);
}


static void print_commands(const struct dialect *d)
{
	struct mbuf *mb = mbuf_alloc(65536);
	char *first;
	size_t i;

	for (i = 0; cmd_table[i]; i++) {
		first = new_first(i);
		if (first)
			add_word(mb, first);
		mem_deref(first);
	}
	print_top(d, "first", mb);
	out(d->begin, "second", "");
	for (i = 0; cmd_table[i]; i++) {
		first = new_first(i);
		if (first)
			print_seconds(d, first);
		mem_deref(first);
	}
	out(d->end, "", "");
	out(d->begin, "spec", "");
	for (i = 0; cmd_table[i]; i++)
		print_spec(d, cmd_table[i]);
	out(d->end, "", "");
}


static void print_rows(const struct dialect *d, const struct core_option *row)
{
	for (; row->name; row++) {
		struct mbuf *mb = mbuf_alloc(4096);
		size_t i;
		char *s;

		for (i = 0; row->choices && row->choices[i]; i++)
			add_word(mb, row->choices[i]);
		if (row->type == CORE_BOOL)
			add_word(mb, "yes no");
		s = mbuf_strdup(mb);
		out(d->row, row->name, "");
		out(d->set, "values", s);
		out(d->set, "file", row->type == CORE_FILE ? "yes" : "");
		out(d->row_end, "", "");
		mem_deref(s);
		mem_deref(mb);
	}
}


static void print_names(const struct dialect *d, const char *name,
	const struct core_option *row)
{
	struct mbuf *mb = mbuf_alloc(65536);

	for (; row->name; row++)
		add_word(mb, row->name);
	print_top(d, name, mb);
}


static void print_program(const struct dialect *d)
{
	struct mbuf *mb = mbuf_alloc(4096);
	struct app_option o;
	size_t i;

	for (i = 0; app_option(i, &o); i++) {
		const char *kind = !o.arg	 ? ""
			: !strcmp(o.arg, "DIR")	 ? "directory"
			: !strcmp(o.arg, "NAME") ? "account"
						 : "file";

		if (o.letter)
			(void)mbuf_printf(mb, "%s-%c:%s", mb->end ? " " : "",
				o.letter, kind);
		if (o.name)
			(void)mbuf_printf(mb, "%s--%s:%s", mb->end ? " " : "",
				o.name, kind);
	}
	print_top(d, "program", mb);
}


static void print_lists(const struct dialect *d)
{
	struct mbuf *conditions = mbuf_alloc(4096), *places = mbuf_alloc(4096);
	const char *condition;
	char *word;
	size_t i;

	for (i = 0; (condition = cmd_condition(i)); i++) {
		word = mem_strndup(condition, strcspn(condition, " "));
		add_word(conditions, word);
		mem_deref(word);
	}
	print_top(d, "conditions", conditions);
	for (i = 0; cmd_places[i]; i++)
		add_word(places, cmd_places[i]);
	print_top(d, "places", places);
}


int main(int argc, char *argv[])
{
	const struct dialect *d = &sh;

	if (argc != 2)
		return EX_USAGE;
	if (!strcmp(argv[1], "fish"))
		d = &fish;
	print_program(d);
	print_names(d, "options", core_options);
	print_names(d, "settings", core_settings);
	print_lists(d);
	print_commands(d);
	out(d->begin, "option", "");
	print_rows(d, core_options);
	out(d->end, "", "");
	out(d->begin, "setting", "");
	print_rows(d, core_settings);
	out(d->end, "", "");
	return fflush(stdout) ? EX_OSERR : EX_OK;
}
