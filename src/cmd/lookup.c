/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.c - the words of a command by any unique prefix. */
#include <string.h>
#include "cmd_int.h"
#include "mbuf.h"


/* The first word of ENTRY's name. */
static struct pl first_word(const struct cmd_entry *entry)
{
	struct pl left = pl_str(entry->name), word;

	pl_split(&left, ' ', &word);
	return word;
}


/* The second word; unset where the name has one. */
static struct pl second_word(const struct cmd_entry *entry)
{
	struct pl left = pl_str(entry->name), word;

	pl_split(&left, ' ', &word);
	return left;
}


/* What is found so far: one word, several, or the exact one. */
struct match {
	const char *typed;
	struct pl found;
	const struct cmd_entry *entry; /* the first that has FOUND */
	bool exact;
	size_t n; /* different words */
	struct mbuf *names;
};


static void match_word(
	struct match *m, const struct cmd_entry *entry, const struct pl *word)
{
	if (m->exact || !pl_startswith(word, m->typed))
		return;
	if (m->n && pl_eq(&m->found, word))
		return;
	m->exact = word->l == strlen(m->typed);
	if (m->exact)
		m->n = 0;
	mbuf_printf(m->names, "%s%.*s", m->n ? ", " : "", PL_ARG(word));
	m->n++;
	m->found = *word;
	m->entry = entry;
}


static void match_first(struct match *m)
{
	size_t i;

	for (i = 0; cmd_table[i]; i++) {
		struct pl word = first_word(cmd_table[i]);

		match_word(m, cmd_table[i], &word);
	}
}


static void match_second(struct match *m, const struct pl *first)
{
	size_t i;

	for (i = 0; cmd_table[i]; i++) {
		struct pl word = first_word(cmd_table[i]);

		if (!pl_eq(&word, first))
			continue;
		word = second_word(cmd_table[i]);
		match_word(m, cmd_table[i], &word);
	}
}


static char *names_of(const struct match *m)
{
	return mbuf_strdup(m->names);
}


/* All second words that FIRST has. */
static char *seconds_of(const struct pl *first)
{
	struct match m = {.typed = "", .names = mbuf_alloc(4096)};
	char *s;

	match_second(&m, first);
	s = names_of(&m);
	mem_deref(m.names);
	return s;
}


static char *say_ambiguous(const struct match *m, const char *typed)
{
	char *names = names_of(m), *s = mem_printf(T_AMBIGUOUS, typed, names);

	mem_deref(names);
	return s;
}


static char *say_second(const struct pl *first, const char *typed)
{
	char *names = seconds_of(first), *word = pl_strdup(first);
	char *s = typed ? mem_printf(T_NO_SECOND, word, typed, word, names)
			: mem_printf(T_NEEDS_SECOND, word, names);

	mem_deref(word);
	mem_deref(names);
	return s;
}


/* ENTRY by the second word of W, where the first one is FIRST. */
static const struct cmd_entry *lookup_second(
	const struct words *w, const struct pl *first, char **why)
{
	const struct cmd_entry *entry = NULL;
	struct match m;
	char *both;

	if (w->n < 2 || !*w->v[1]) {
		*why = say_second(first, NULL);
		return NULL;
	}
	memset(&m, 0, sizeof(m));
	m.typed = w->v[1];
	m.names = mbuf_alloc(4096);
	match_second(&m, first);
	if (m.n == 1) {
		entry = m.entry;
	} else if (!m.n) {
		*why = say_second(first, w->v[1]);
	} else {
		both = words_join(w, 0);
		both[strlen(w->v[0]) + 1 + strlen(w->v[1])] = '\0';
		*why = say_ambiguous(&m, both);
		mem_deref(both);
	}
	mem_deref(m.names);
	return entry;
}


static const struct cmd_entry *lookup(
	const struct words *w, size_t *at, char **why)
{
	const struct cmd_entry *entry = NULL;
	struct match m = {.typed = w->v[0], .names = mbuf_alloc(4096)};

	match_first(&m);
	*at = 1;
	if (!m.n || !*m.typed) {
		*why = mem_printf(T_NO_COMMAND, m.typed);
	} else if (m.n > 1) {
		*why = say_ambiguous(&m, m.typed);
	} else if (second_word(m.entry).l) {
		*at = 2;
		entry = lookup_second(w, &m.found, why);
	} else {
		entry = m.entry;
	}
	mem_deref(m.names);
	return entry;
}


const struct cmd_entry *lookup_entry(
	const struct words *w, size_t *at, char **why)
{
	const struct cmd_entry *entry;
	char *unused = NULL;

	entry = lookup(w, at, why ? why : &unused);
	mem_deref(unused);
	return entry;
}


const struct cmd_entry *cmd_find(const char *name, char **why)
{
	const struct cmd_entry *entry = NULL;
	struct words *w = words_alloc();
	struct pl left = pl_str(name), word;
	bool more = true;
	size_t at;

	while (more) {
		char *s;

		more = pl_split(&left, ' ', &word);
		s = pl_strdup(&word);
		words_take(w, s);
	}
	entry = lookup_entry(w, &at, why);
	mem_deref(w);
	return entry;
}
