/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * complete.c - candidates of the commands for readline.
 *
 * Readline is told that the line is one word, because it splits lines in
 * another way than the commands do. So a match is the line before the word,
 * then the candidate.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <readline/readline.h>
#include "edit_int.h"
#include "mem.h"
#include "utf8.h"


static void matches_destructor(void *data)
{
	struct edit_matches *m = data;
	size_t i;

	for (i = 0; i < m->n; i++) {
		mem_deref(m->v[i]);
		mem_deref(m->help[i]);
	}
	mem_deref(m->v);
	mem_deref(m->help);
}


static void collect(const char *text, const char *help, void *arg)
{
	struct edit_matches *m = arg;
	struct pl pl = pl_str(text);
	char *clean = utf8_clean_dup(&pl, UTF8_NAME);

	/* Readline shows what it inserts: no bytes of strangers. */
	if (!strcmp(clean, text)) {
		m->v = mem_reallocarray(m->v, m->n + 1, sizeof(*m->v));
		m->help = mem_reallocarray(m->help, m->n + 1, sizeof(*m->help));
		m->help[m->n] = mem_strdup(help);
		m->v[m->n++] = mem_ref(clean);
	}
	mem_deref(clean);
}


static void collect_file(const char *name, void *arg)
{
	char *quoted = cmd_quote(name);

	collect(quoted, NULL, arg);
	mem_deref(quoted);
}


/* Names of files as they would stand in the line. */
static void collect_files(
	struct edit *e, struct edit_matches *m, const char *word)
{
	const char *fold = rl_variable_value("completion-ignore-case");

	if (*word == '\'' || *word == '"')
		++word;
	(void)cmd_files(
		e->cmd, word, fold && !strcmp(fold, "on"), collect_file, m);
}


/* As candidates are chosen: case ignored. */
static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}


static size_t common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && same(a[n], b[n]))
		++n;
	/* Not within a character. */
	while (n && ((unsigned char)a[n] & 0xc0) == 0x80)
		--n;
	return n;
}


size_t edit_common(const struct edit_matches *m)
{
	size_t n = strlen(m->v[0]), i, len;

	for (i = 1; i < m->n; i++) {
		len = common(m->v[0], m->v[i]);
		n = len < n ? len : n;
	}
	return n;
}


/* A setting awaits its value, a directory its files. */
bool edit_goes_on(const char *text)
{
	size_t n = strlen(text);

	if (n > 1 && (text[n - 1] == '\'' || text[n - 1] == '"'))
		--n;
	return n && (text[n - 1] == '=' || text[n - 1] == '/');
}


/* BEFORE and N bytes of TEXT, as readline wants to free it. */
static char *line_of(const struct pl *before, const char *text, size_t n)
{
	char *line = malloc(before->l + n + 1);

	if (!line)
		mem_oom();
	memcpy(line, before->p, before->l);
	memcpy(line + before->l, text, n);
	line[before->l + n] = '\0';
	return line;
}


/* What readline takes: what all matches have in common, then all of them; one
 * alone stands for itself, spelled as it is. Where they have less in common
 * than was TYPED, some in quotes, that stays. */
static char **lines_of(const struct edit_matches *m, const struct pl *before,
	const char *typed)
{
	char **lines = calloc(m->n + 2, sizeof(*lines));
	size_t i, n = edit_common(m);

	if (!lines)
		mem_oom();
	lines[0] = n < strlen(typed) ? line_of(before, typed, strlen(typed))
				     : line_of(before, m->v[0], n);
	for (i = 0; i < m->n && m->n > 1; i++)
		lines[i + 1] = line_of(before, m->v[i], strlen(m->v[i]));
	return lines;
}


struct edit_matches *edit_matches(struct edit *e, int end, size_t *from)
{
	struct edit_matches *m = mem_zalloc(sizeof(*m), matches_destructor);
	char *typed = mem_secret_strndup(rl_line_buffer, (size_t)end);

	*from = 0;
	if (cmd_complete(e->cmd, typed, strlen(typed), from, collect, m) ==
		CMD_FILE)
		collect_files(e, m, typed + *from);
	mem_deref(typed);
	return m;
}


struct edit_matches *edit_choices(struct edit *e, const char *text)
{
	struct edit_matches *m = mem_zalloc(sizeof(*m), matches_destructor);
	const char *const *choice = edit_asked(e)->choices;

	for (; choice && *choice; choice++) {
		if (!strncasecmp(*choice, text, strlen(text)))
			collect(*choice, NULL, m);
	}
	return m;
}


char **edit_complete(struct edit *e, int end)
{
	struct edit_matches *m;
	char **lines = NULL, *typed;
	struct pl before;
	size_t from = 0;

	rl_attempted_completion_over = 1; /* nothing of readline's own */
	if (!e || (!edit_asked(e) && rl_line_buffer[0] != '/'))
		return NULL;
	m = edit_asked(e) ? edit_choices(e, rl_line_buffer)
			  : edit_matches(e, end, &from);
	typed = mem_secret_strndup(rl_line_buffer, (size_t)end);
	before = pl_make(typed, from);
	if (m->n) {
		lines = lines_of(m, &before, typed + from);
		rl_completion_suppress_append = edit_goes_on(m->v[0]);
	}
	e->match_from = from;
	mem_deref(typed);
	mem_deref(m);
	return lines;
}


void edit_show_matches(struct edit *e, char **matches, int n)
{
	char **shown;
	int i, max = 0;

	if (!e || n < 1)
		return;
	/* The first one is what they have in common. */
	shown = mem_zalloc(((size_t)n + 2) * sizeof(*shown), NULL);
	for (i = 0; i <= n; i++) {
		int len = (int)strlen(matches[i]) - (int)e->match_from;

		shown[i] = matches[i] + (len > 0 ? e->match_from : 0);
		max = len > max ? len : max;
	}
	rl_display_match_list(shown, n, max);
	(void)rl_forced_update_display();
	mem_deref(shown);
}
