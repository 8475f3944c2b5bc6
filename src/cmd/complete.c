/* SPDX-License-Identifier: GPL-3.0-or-later */
/* complete.c - candidates for the word at the cursor of a command line. */
#include <string.h>
#include <strings.h>
#include <uthash.h>
#include "cmd_int.h"


/* A candidate that was given. */
struct seen {
	char *text;
	UT_hash_handle hh;
};

/* One completion under way. */
struct completion {
	struct cmd *cmd;
	const char *prefix; /* the word so far, unquoted */
	const char *before; /* stands before each candidate: "NAME=" */
	struct seen *seen; /* each candidate once */
	const char *help;
	cmd_complete_h *emit;
	void *arg;
};


static bool was_seen(struct completion *c, const char *text)
{
	size_t len = strlen(text);
	struct seen *s;

	HASH_FIND(hh, c->seen, text, len, s);
	if (s)
		return true;
	s = mem_alloc(sizeof(*s), NULL);
	s->text = mem_strdup(text);
	HASH_ADD_KEYPTR(hh, c->seen, s->text, len, s);
	return false;
}


static void drop_seen(struct completion *c)
{
	struct seen *s, *next;

	HASH_ITER (hh, c->seen, s, next) {
		HASH_DEL(c->seen, s);
		mem_deref(s->text);
		mem_deref(s);
	}
}


/* A candidate whatever its beginning: its source has compared it. */
static void give(const char *text, void *arg)
{
	struct completion *c = arg;
	char *whole = mem_printf("%s%s", c->before, text);
	char *quoted = cmd_quote(whole);

	if (!was_seen(c, whole))
		c->emit(quoted, c->help, c->arg);
	mem_deref(whole);
	mem_deref(quoted);
}


static void give_if(const char *text, void *arg)
{
	struct completion *c = arg;

	if (!strncasecmp(text, c->prefix, strlen(c->prefix)))
		give(text, c);
}


/* With what its source says of it. */
static void give_with(const char *text, const char *help, void *arg)
{
	struct completion *c = arg;

	c->help = help;
	give(text, c);
	c->help = NULL;
}


static void give_with_if(const char *text, const char *help, void *arg)
{
	const struct completion *c = arg;

	if (!strncasecmp(text, c->prefix, strlen(c->prefix)))
		give_with(text, help, arg);
}


static void give_choice(const struct pl *pl, void *arg)
{
	char *s = pl_strdup(pl);

	give_if(s, arg);
	mem_deref(s);
}


static void from_core(
	struct completion *c, enum core_kind kind, const char *context)
{
	core_complete(c->cmd->core, kind, context, c->prefix, give_with, c);
}


static void from_front(struct completion *c, enum front_kind kind)
{
	const struct front *front = c->cmd->front;

	if (front->complete)
		front->complete(
			kind, c->prefix, give_with, c, c->cmd->front_arg);
}


/* ---- command words -------------------------------------------------- */


static void give_alias(const char *name, const char *text, void *arg)
{
	struct completion *c = arg;

	c->help = cmd_line_secret(c->cmd, text) ? NULL : text;
	give_if(name, c);
	c->help = NULL;
}


/* The first words of all commands, or the second ones of FIRST. */
static void give_words(struct completion *c, const struct pl *first)
{
	size_t i;

	for (i = 0; cmd_table[i]; i++) {
		struct pl left = pl_str(cmd_table[i]->name), word;
		bool two = pl_split(&left, ' ', &word);

		if (first && (!two || !pl_eq(&word, first)))
			continue;
		/* A first word that has several commands has no sentence. */
		c->help = !first && two ? NULL : cmd_table[i]->help;
		give_choice(first ? &left : &word, c);
	}
	c->help = NULL;
}


/* The first word that W[0] means, where second words follow it. */
static bool first_of(const struct words *w, struct pl *first)
{
	const struct cmd_entry *entry = NULL;
	size_t i, at;

	/* The right first word with a second word of its own is an entry. */
	for (i = 0; cmd_table[i] && !entry; i++) {
		struct pl left = pl_str(cmd_table[i]->name);
		struct words *both = words_alloc();

		if (pl_split(&left, ' ', first)) {
			words_add(both, w->v[0]);
			words_take(both, pl_strdup(&left));
			entry = lookup_entry(both, &at, NULL);
		}
		if (entry != cmd_table[i])
			entry = NULL;
		mem_deref(both);
	}
	return entry != NULL;
}


static void give_flags(struct completion *c, const struct cmd_item *item)
{
	for (; item->flag || item->name; item++) {
		c->help = item->name;
		if (item->flag)
			give_if(item->flag, c);
	}
	c->help = NULL;
}


/* ---- arguments ------------------------------------------------------ */


static enum cmd_kind complete_words(struct completion *c, struct words *w);


/* SETTING=VALUE: first the one, then the other. */
static void give_assign(struct completion *c)
{
	const char *prefix = c->prefix, *eq = strchr(prefix, '=');
	char *setting;
	size_t i;

	if (!eq) {
		for (i = 0; core_settings[i].name; i++) {
			char *s = mem_printf("%s=", core_settings[i].name);

			c->help = core_settings[i].help;
			give_if(s, c);
			mem_deref(s);
		}
		c->help = NULL;
		return;
	}
	setting = mem_strndup(prefix, (size_t)(eq - prefix));
	c->before = mem_strndup(prefix, (size_t)(eq + 1 - prefix));
	c->prefix = eq + 1;
	from_core(c, CORE_KIND_VALUE, setting);
	mem_deref((void *)c->before);
	mem_deref(setting);
	c->before = "";
	c->prefix = prefix;
}


static void give_value(
	struct completion *c, const struct words *w, size_t begin)
{
	const char *of = begin ? w->v[begin - 1] : "";

	if (!strcmp(of, "theme"))
		from_front(c, FRONT_THEME);
	from_core(c, CORE_KIND_VALUE, of);
}


/* The words from AT on are a command line of their own. */
static enum cmd_kind give_command(
	struct completion *c, const struct words *w, size_t at)
{
	struct words *inner = words_alloc();
	enum cmd_kind kind;
	size_t i;

	for (i = at; i < w->n; i++)
		words_add(inner, w->v[i]);
	kind = complete_words(c, inner);
	mem_deref(inner);
	return kind;
}


static void give_places(struct completion *c)
{
	size_t i;

	for (i = 0; cmd_places[i]; i++)
		give_if(cmd_places[i], c);
}


/* Candidates by kind; kinds of free text have none. */
static enum cmd_kind give_kind(struct completion *c,
	const struct args_next *next, const struct words *w)
{
	switch (next->item->kind) {
	case CMD_CHOICE:
		args_choices(next->item->name, give_choice, c);
		break;
	case CMD_ACCOUNT:
		from_core(c, CORE_KIND_ACCOUNT, NULL);
		break;
	case CMD_WATCHER:
		from_core(c, CORE_KIND_WATCHER, NULL);
		from_core(c, CORE_KIND_BUDDY, NULL);
		break;
	case CMD_CHAT:
		from_core(c, CORE_KIND_CHAT, NULL);
		from_core(c, CORE_KIND_BUDDY, NULL);
		break;
	case CMD_BUDDY:
		from_core(c, CORE_KIND_BUDDY, NULL);
		break;
	case CMD_GROUP:
		from_core(c, CORE_KIND_GROUP, NULL);
		break;
	case CMD_OPTION:
		from_core(c, CORE_KIND_OPTION, NULL);
		break;
	case CMD_SETTING:
		from_core(c, CORE_KIND_SETTING, NULL);
		break;
	case CMD_ASSIGN:
		give_assign(c);
		break;
	case CMD_VALUE:
		give_value(c, w, next->begin);
		break;
	case CMD_COMMAND:
		return give_command(c, w, next->begin);
	case CMD_CONDITION:
		wait_complete(
			w, next->begin, c->cmd, c->prefix, give_with_if, c);
		break;
	case CMD_KEY:
		key_names(give_if, c);
		break;
	case CMD_PLACE:
		give_places(c);
		break;
	case CMD_PANE:
		from_front(c, FRONT_PANE);
		break;
	case CMD_THEME:
		from_front(c, FRONT_THEME);
		break;
	default:
		break;
	}
	return next->item->kind;
}


static enum cmd_kind complete_arguments(struct completion *c,
	const struct cmd_entry *entry, const struct words *w, size_t at)
{
	struct args_next next = {0};

	args_next(&next, entry, w, at);
	if (next.flags && c->prefix[0] == '-') {
		give_flags(c, entry->items);
		give_flags(c, args_common);
		return CMD_NONE;
	}
	return next.item ? give_kind(c, &next, w) : CMD_TEXT;
}


/* The next word behind the words W of one command. */
static enum cmd_kind complete_words(struct completion *c, struct words *w)
{
	const struct cmd_entry *entry;
	enum cmd_kind kind = CMD_NONE;
	struct words *out = NULL;
	char *why = NULL;
	struct pl first;
	size_t at;

	if (!w->n) {
		give_words(c, NULL);
		alias_each(c->cmd, give_alias, c);
		return CMD_NONE;
	}
	entry = line_entry(c->cmd, w, &out, &at, &why);
	if (entry)
		kind = complete_arguments(c, entry, out, at);
	else if (out && out->n == 1 && first_of(out, &first))
		give_words(c, &first);
	mem_deref(out);
	mem_deref(why);
	return kind;
}


/* Splits TEXT: the words of its last command before the cursor, and the word
 * at the cursor with where it begins. False where nothing can stand. */
static bool split(
	const struct pl *text, struct words **wp, char **prefix, size_t *from)
{
	struct words *w = words_alloc();
	enum parse_token token;
	struct parse p;
	char *word;

	parse_init(&p, text);
	*from = text->l;
	*prefix = NULL;
	do {
		token = parse_next(&p, &word);
		if (token == PARSE_WORD && p.pos < text->l) {
			words_take(w, word);
		} else if (word) {
			*prefix = word;
			*from = p.from;
			token = PARSE_END;
		} else if (token == PARSE_SEMICOLON || token == PARSE_NEWLINE) {
			mem_deref(w);
			w = words_alloc();
		}
	} while (token != PARSE_END && token != PARSE_ERROR);
	*wp = w;
	if (!*prefix)
		*prefix = mem_strdup("");
	return token == PARSE_END;
}


enum cmd_kind cmd_complete(struct cmd *cmd, const char *line, size_t cursor,
	size_t *from, cmd_complete_h *emit, void *arg)
{
	struct completion c = {
		.cmd = cmd, .before = "", .emit = emit, .arg = arg};
	size_t len = strnlen(line, cursor), skip = len && line[0] == '/';
	struct pl text = pl_make(line + skip, len - skip);
	enum cmd_kind kind = CMD_TEXT;
	struct words *w = NULL;
	char *prefix = NULL;

	if (split(&text, &w, &prefix, from)) {
		c.prefix = prefix;
		kind = complete_words(&c, w);
	}
	*from += skip;
	mem_deref(w);
	mem_deref(prefix);
	drop_seen(&c);
	return kind;
}
