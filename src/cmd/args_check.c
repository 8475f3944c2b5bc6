/* SPDX-License-Identifier: GPL-3.0-or-later */
/* args_check.c - single values of arguments by their kind. */
#include <ctype.h>
#include <string.h>
#include "cmd_int.h"


bool args_seconds(const char *text, uint64_t *ms)
{
	uint64_t n = 0, unit = 1000;
	const char *p = text;

	for (; isdigit((unsigned char)*p); p++) {
		n = n * 10 + (uint64_t)(*p - '0') * 1000;
		if (n > (uint64_t)SECONDS_MAX * 1000)
			return false;
	}
	if (p == text || (*p == '.' && !isdigit((unsigned char)p[1])))
		return false;
	if (*p == '.')
		p++;
	for (; isdigit((unsigned char)*p); p++) {
		unit /= 10;
		n += (uint64_t)(*p - '0') * unit;
	}
	if (*p)
		return false;
	*ms = n;
	return true;
}


void args_choices(
	const char *name, void (*h)(const struct pl *, void *), void *arg)
{
	struct pl left = pl_str(name), word;
	bool more = true;

	while (more) {
		more = pl_split(&left, '|', &word);
		h(&word, arg);
	}
}


struct choice {
	const char *word;
	bool found;
};


static void compare_choice(const struct pl *pl, void *arg)
{
	struct choice *c = arg;

	if (pl_streq(pl, c->word))
		c->found = true;
}


static int check_choice(const char *name, const char *word, char **why)
{
	struct choice c = {word, false};

	args_choices(name, compare_choice, &c);
	if (c.found)
		return 0;
	*why = mem_printf(T_BAD_CHOICE, word, name);
	return EX_USAGE;
}


static int check_place(const char *word, char **why)
{
	struct words *w;
	char *list;
	size_t i;

	if (key_place_exists(word))
		return 0;
	w = words_alloc();
	for (i = 0; cmd_places[i]; i++)
		words_add(w, cmd_places[i]);
	list = words_join(w, 0);
	*why = mem_printf(T_BAD_PLACE, word, list);
	mem_deref(list);
	mem_deref(w);
	return EX_USAGE;
}


static int check_number(const char *word, char **why)
{
	struct pl pl = pl_str(word);
	uint64_t n;

	if (!pl_u64(&pl, &n))
		return 0;
	*why = mem_printf(T_BAD_NUMBER, word);
	return EX_USAGE;
}


static int check_key(const char *word, char **why)
{
	char *name = cmd_key_name(word);

	if (!name) {
		*why = mem_printf(T_BAD_KEY, word);
		return EX_USAGE;
	}
	mem_deref(name);
	return 0;
}


/* The word may be a secret with its setting: it is not repeated. */
static int check_assign(const char *word, char **why)
{
	const char *eq = strchr(word, '=');

	if (eq && eq > word)
		return 0;
	*why = mem_strdup(T_BAD_ASSIGN);
	return EX_USAGE;
}


int args_check(const struct cmd_item *item, const char *word, char **why)
{
	uint64_t ms;

	switch (item->kind) {
	case CMD_CHOICE:
		return check_choice(item->name, word, why);
	case CMD_PLACE:
		return check_place(word, why);
	case CMD_NUMBER:
		return check_number(word, why);
	case CMD_KEY:
		return check_key(word, why);
	case CMD_ASSIGN:
		return check_assign(word, why);
	case CMD_SECONDS:
		if (args_seconds(word, &ms))
			return 0;
		*why = mem_printf(T_BAD_SECONDS, word);
		return EX_USAGE;
	default:
		return 0;
	}
}
