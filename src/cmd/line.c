/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.c - texts to commands: the literal text of a typed line, secrets. */
#include <errno.h>
#include <string.h>
#include "cmd_int.h"
#include "utf8.h"


const struct cmd_entry *line_entry(const struct cmd *cmd, struct words *w,
	struct words **out, size_t *at, char **why)
{
	const struct cmd_entry *entry = NULL;
	struct list before = {0};

	*out = NULL;
	if (w->n && !alias_expand(cmd, w, &before, out, why))
		entry = lookup_entry(*out, at, why);
	list_flush(&before);
	return entry;
}


/* True if a literal text begins behind the words W of a typed command. */
static bool text_is_next(const struct cmd *cmd, struct words *w)
{
	struct args_next next = {0};
	const struct cmd_entry *entry;
	struct words *out;
	char *why = NULL;
	size_t at;

	entry = line_entry(cmd, w, &out, &at, &why);
	if (entry)
		args_next(&next, entry, out, at);
	mem_deref(out);
	mem_deref(why);
	return next.item && next.item->kind == CMD_TEXT;
}


/* True if the text at P starts like a flag or is "--" alone. */
static bool flag_stands_at(const struct parse *p)
{
	struct pl pl = pl_make(p->text.p + p->pos, p->text.l - p->pos);

	if (pl.l >= 2 && pl_startswith(&pl, "--") &&
		(pl.l == 2 || pl.p[2] == ' ' || pl.p[2] == '\t'))
		return true;
	return args_is_flag(pl.p);
}


/* True once "--" stands among the words: no flag comes any more. */
static bool flags_ended(const struct words *w)
{
	size_t i;

	for (i = 1; i < w->n; i++) {
		if (!strcmp(w->v[i], "--"))
			return true;
	}
	return false;
}


/* True if the rest of a typed line is the literal text of the command W. */
static bool literal_is_next(
	const struct cmd *cmd, struct parse *p, struct words *w)
{
	return w->n && parse_more(p) &&
		(flags_ended(w) || !flag_stands_at(p)) && text_is_next(cmd, w);
}


/* Reads words up to the end of a typed command. 0, ENOENT, EBADMSG. */
static int read_typed(const struct cmd *cmd, struct parse *p, struct words *w)
{
	struct pl rest;

	while (!literal_is_next(cmd, p, w)) {
		char *word;
		enum parse_token token = parse_next(p, &word);

		if (token == PARSE_WORD && w->n < CMD_WORDS_MAX) {
			words_take(w, word);
			continue;
		}
		mem_deref(word);
		if (token == PARSE_WORD) {
			p->error = T_MANY_WORDS;
			p->column = p->from - p->line_from + 1;
		}
		if (token == PARSE_WORD || token == PARSE_ERROR)
			return EBADMSG;
		if (token == PARSE_END || w->n)
			return w->n ? 0 : ENOENT;
	}
	rest = parse_rest(p);
	words_take(w, utf8_repair_dup(&rest));
	return 0;
}


/* As parse_command(), with the text of a typed line literal. */
static int typed_command(
	const struct cmd *cmd, struct parse *p, struct words **wp)
{
	struct words *w = words_alloc();
	int err = read_typed(cmd, p, w);

	if (err)
		mem_deref(w);
	else
		*wp = w;
	return err;
}


int line_commands(const struct cmd *cmd, const char *text, bool typed,
	struct list *list, char **why)
{
	struct pl pl = pl_str(text);
	struct words *w = NULL;
	struct parse p;
	int err;

	if (pl.l > CMD_LINE_MAX) {
		*why = mem_strdup(T_LONG);
		return EX_USAGE;
	}
	parse_init(&p, &pl);
	do {
		err = typed ? typed_command(cmd, &p, &w)
			    : parse_command(&p, &w);
		if (!err) {
			alias_append(list, w);
			mem_deref(w);
		}
	} while (!err);
	if (err == ENOENT)
		return 0;
	*why = mem_printf(T_AT_COLUMN, p.column, p.error);
	return EX_USAGE;
}


int line_check(const struct cmd *cmd, const char *text, char **why)
{
	struct list list = {0};
	struct le *le, *next;
	int err = line_commands(cmd, text, false, &list, why);

	if (!err && list_isempty(&list)) {
		*why = mem_printf(T_NO_COMMAND, text);
		err = EX_USAGE;
	}
	LIST_FOREACH (&list, le, next) {
		struct alias_command *c = le->data;
		struct words *out = NULL;
		size_t at;

		if (err)
			break;
		if (!line_entry(cmd, c->words, &out, &at, why))
			err = EX_USAGE;
		mem_deref(out);
	}
	list_flush(&list);
	return err;
}


/* ---- secrets -------------------------------------------------------- */


bool line_names_secret(const char *word)
{
	size_t len = strcspn(word, "="), i;

	for (i = 0; core_settings[i].name; i++) {
		const struct core_option *o = &core_settings[i];

		if (o->type == CORE_SECRET && strlen(o->name) == len &&
			!strncasecmp(o->name, word, len))
			return true;
	}
	return false;
}


static bool text_secret(
	const struct cmd *cmd, const char *text, unsigned depth);


/* Commands whose arguments are command lines, or may be a secret's. */
static bool words_secret(const struct cmd *cmd, struct words *w, unsigned depth)
{
	const struct cmd_entry *entry;
	bool secret = false;
	struct words *out;
	char *why = NULL;
	size_t at = 0, i;

	entry = line_entry(cmd, w, &out, &at, &why);
	mem_deref(why);
	if (!out)
		out = mem_ref(w);
	/* A line that means nothing may be a mistyped one that does. */
	for (i = entry ? at : 0; !secret && i < out->n; i++) {
		if (!entry || entry == &cmd_account_set ||
			entry == &cmd_account_add || entry == &cmd_alias ||
			entry == &cmd_bind)
			secret = line_names_secret(out->v[i]) ||
				(i && text_secret(cmd, out->v[i], depth + 1));
	}
	mem_deref(out);
	return secret;
}


static bool text_secret(const struct cmd *cmd, const char *text, unsigned depth)
{
	struct pl pl = pl_str(text);
	struct words *w = NULL;
	bool secret = false;
	struct parse p;
	int err = 0;

	if (depth > 3 || pl.l > CMD_LINE_MAX)
		return depth == 0;
	parse_init(&p, &pl);
	while (!secret && !(err = parse_command(&p, &w))) {
		secret = words_secret(cmd, w, depth);
		mem_deref(w);
	}
	/* What cannot be split may still show what it was to be. */
	if (!secret && err != ENOENT)
		secret = strcasestr(text, "password") != NULL;
	return secret;
}


bool cmd_line_secret(const struct cmd *cmd, const char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	if (*text == '/')
		text++;
	return text_secret(cmd, text, 0);
}


/* Whether one of the commands in LIST, in which aliases may stand, says
 * something, and whether one means nothing. Empties it. */
static void look_through(
	const struct cmd *cmd, struct list *list, bool *says, bool *nothing)
{
	const struct cmd_entry *entry;
	struct list before = {0};
	struct le *le, *next;
	struct words *out;
	size_t at;

	LIST_FOREACH (list, le, next) {
		struct alias_command *c = le->data;
		char *why = NULL;

		out = NULL;
		entry = alias_expand(cmd, c->words, &before, &out, &why)
			? NULL
			: lookup_entry(out, &at, &why);
		*nothing = *nothing || !entry;
		*says = *says || entry == &cmd_msg || entry == &cmd_say;
		/* An alias may mean several commands. */
		if (!list_isempty(&before))
			look_through(cmd, &before, says, nothing);
		mem_deref(out);
		mem_deref(why);
	}
	list_flush(list);
}


/* False if TEXT, as typed, is no command at all. */
static bool look_at(
	const struct cmd *cmd, const char *text, bool *says, bool *nothing)
{
	struct list list = {0};
	char *why = NULL;
	bool command;

	*says = *nothing = false;
	if (text[0] != '/' || text[1] == '/')
		return false;
	command = !line_commands(cmd, text + 1, true, &list, &why) && list.head;
	mem_deref(why);
	look_through(cmd, &list, says, nothing);
	return command;
}


bool cmd_line_says(const struct cmd *cmd, const char *text)
{
	bool says, nothing;

	return look_at(cmd, text, &says, &nothing) && says;
}


bool cmd_line_kept(const struct cmd *cmd, const char *text)
{
	bool says, nothing;

	return !cmd_line_secret(cmd, text) &&
		look_at(cmd, text, &says, &nothing) && !says && !nothing;
}


bool cmd_words_secret(
	const struct cmd *cmd, size_t argc, const char *const argv[])
{
	struct words *w = words_alloc();
	bool secret;
	size_t i;

	for (i = 0; i < argc; i++)
		words_add(w, argv[i]);
	secret = argc && words_secret(cmd, w, 0);
	mem_deref(w);
	return secret;
}
