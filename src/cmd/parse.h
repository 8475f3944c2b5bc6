/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse.h - text to words, as a shell splits it; pure and re-entrant. */
#ifndef SOTTO_CMD_PARSE_H
#define SOTTO_CMD_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include "pl.h"

/* Where a walk through a text stands. */
struct parse {
	struct pl text;
	size_t pos;
	size_t from; /* where the last word began */
	size_t line_from; /* where the line of POS began */
	unsigned line; /* of POS, from 1 */
	bool fresh; /* first command of its line */
	bool newline; /* a newline ended the command before */
	bool one_line; /* a quote ends at the newline at latest */
	const char *error; /* a sentence, where PARSE_ERROR came */
	size_t column; /* of the error, from 1 */
	char quote; /* the quote that did not end, or 0 */
};

enum parse_token {
	PARSE_WORD,
	PARSE_SEMICOLON,
	PARSE_NEWLINE,
	PARSE_END,
	PARSE_ERROR,
};

void parse_init(struct parse *p, const struct pl *text);

/* The next token; *WORD (mem_deref) is set for PARSE_WORD, and for an
 * unfinished word at the end of the text (PARSE_ERROR with QUOTE set). Words
 * are wiped when freed, for they may be passwords. */
enum parse_token parse_next(struct parse *p, char **word);

/* Skips blanks; tells whether text of this command is left. */
bool parse_more(struct parse *p);

/* What is left after blanks, to the end of the text. */
struct pl parse_rest(struct parse *p);

/* Goes behind the next newline, to read on after an error. */
void parse_recover(struct parse *p);

/* The words of one command, refcounted. */
struct words {
	size_t n;
	size_t size;
	char **v; /* N strings, then NULL */
	unsigned line;
	bool fresh; /* first command of its line */
	unsigned depth; /* aliases that it came through */
};
struct words *words_alloc(void);
void words_take(struct words *w, char *word); /* takes the reference */
void words_add(struct words *w, const char *word);

/* Words AT... as one text parted by a space, or so that a split gives them
 * back (mem_deref, wiped). */
char *words_join(const struct words *w, size_t at);
char *words_quote(const struct words *w, size_t at);

/*
 * The next command of P that has any word. 0; ENOENT at the end; EBADMSG with
 * P->ERROR set, after which parse_recover() goes to the next line; E2BIG
 * (the same) for too many words. P->FRESH and the words' tell whether it is
 * the first command of its line.
 */
int parse_command(struct parse *p, struct words **wp);

#endif
