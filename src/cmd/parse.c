/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse.c - text to words, as a shell splits it; pure and re-entrant. */
#include <errno.h>
#include <string.h>
#include "cmd.h"
#include "cmd_text.h"
#include "mbuf.h"
#include "mem.h"
#include "parse.h"
#include "utf8.h"


static void words_destructor(void *data)
{
	struct words *w = data;
	size_t i;

	for (i = 0; i < w->n; i++)
		mem_deref(w->v[i]);
	mem_deref(w->v);
}


struct words *words_alloc(void)
{
	struct words *w = mem_zalloc(sizeof(*w), words_destructor);

	w->size = 4;
	w->v = mem_reallocarray(NULL, w->size, sizeof(*w->v));
	w->v[0] = NULL;
	return w;
}


void words_take(struct words *w, char *word)
{
	if (w->n + 1 == w->size) {
		w->size *= 2;
		w->v = mem_reallocarray(w->v, w->size, sizeof(*w->v));
	}
	w->v[w->n++] = word;
	w->v[w->n] = NULL;
}


void words_add(struct words *w, const char *word)
{
	words_take(w, mem_secret_strndup(word, strlen(word)));
}


static char *take_secret(struct mbuf *mb)
{
	char *s = mem_secret_strndup((char *)mb->buf, mb->end);

	mem_wipe(mb->buf, mb->size);
	mem_deref(mb);
	return s;
}


static char *join(const struct words *w, size_t at, char *(*form)(const char *))
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	size_t i;

	for (i = at; i < w->n; i++) {
		char *word = form(w->v[i]);

		if (i > at)
			mbuf_write_u8(mb, ' ');
		mbuf_write_str(mb, word);
		mem_deref(word);
	}
	return take_secret(mb);
}


char *words_join(const struct words *w, size_t at)
{
	return join(w, at, mem_strdup);
}


char *words_quote(const struct words *w, size_t at)
{
	return join(w, at, cmd_quote);
}


char *cmd_quote(const char *word)
{
	const char *special = " \t\r\n'\"\\#;";
	struct mbuf *mb;
	char *s;

	if (*word && !word[strcspn(word, special)])
		return mem_strdup(word);
	mb = mbuf_alloc(SIZE_MAX);
	mbuf_write_u8(mb, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			mbuf_write_str(mb, "'\\''");
		else
			mbuf_write_u8(mb, (uint8_t)*word);
	}
	mbuf_write_u8(mb, '\'');
	s = take_secret(mb);
	return s;
}


void parse_init(struct parse *p, const struct pl *text)
{
	memset(p, 0, sizeof(*p));
	p->text = *text;
	p->line = 1;
	p->fresh = true;
}


/* The byte N behind the position; -1 at the end. */
static int peek(const struct parse *p, size_t n)
{
	size_t left = p->text.l - p->pos;

	return n < left ? (unsigned char)p->text.p[p->pos + n] : -1;
}


static void pass_newline(struct parse *p)
{
	p->pos++;
	p->line++;
	p->line_from = p->pos;
}


static enum parse_token fail(struct parse *p, size_t at, const char *error)
{
	p->error = error;
	p->column = at >= p->line_from ? at - p->line_from + 1 : 1;
	return PARSE_ERROR;
}


/* True at a backslash that joins this line with the next one. */
static bool at_joint(const struct parse *p)
{
	return peek(p, 0) == '\\' &&
		(peek(p, 1) == '\n' ||
			(peek(p, 1) == '\r' && peek(p, 2) == '\n'));
}


static void pass_joint(struct parse *p)
{
	p->pos += peek(p, 1) == '\r' ? 2 : 1;
	pass_newline(p);
}


static void skip_blanks(struct parse *p)
{
	for (;;) {
		int c = peek(p, 0);

		if (at_joint(p))
			pass_joint(p);
		else if (c == ' ' || c == '\t' || c == '\r')
			p->pos++;
		else
			return;
	}
}


static void skip_comment(struct parse *p)
{
	while (peek(p, 0) >= 0 && peek(p, 0) != '\n')
		p->pos++;
}


/* Reads what is between two quotes Q; the first one is passed. */
static int quoted(struct parse *p, struct mbuf *mb, int q)
{
	size_t opened = p->pos - 1;

	for (;;) {
		int c = peek(p, 0);

		if (c < 0 || (c == '\n' && p->one_line)) {
			p->quote = (char)q;
			fail(p, opened, T_OPEN_QUOTE);
			return EBADMSG;
		}
		if (c == q) {
			p->pos++;
			return 0;
		}
		if (q == '"' && at_joint(p)) {
			pass_joint(p);
			continue;
		}
		if (c == '\\' && q == '"' && peek(p, 1) > 0 &&
			strchr("\"\\$`", peek(p, 1))) {
			p->pos++;
			c = peek(p, 0);
		}
		mbuf_write_u8(mb, (uint8_t)c);
		if (c == '\n')
			pass_newline(p);
		else
			p->pos++;
	}
}


/* One byte or quoted part of a word; *MORE false at the word's end. */
static int word_part(struct parse *p, struct mbuf *mb, bool *more)
{
	int c = peek(p, 0);

	*more = true;
	if (at_joint(p)) {
		pass_joint(p);
		return 0;
	}
	switch (c) {
	case -1:
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case ';':
		*more = false;
		return 0;
	case '\'':
	case '"':
		p->pos++;
		return quoted(p, mb, c);
	case '\\':
		if (peek(p, 1) < 0) {
			fail(p, p->pos, T_LAST_BACKSLASH);
			return EBADMSG;
		}
		p->pos++;
		c = peek(p, 0);
		break;
	}
	p->pos++;
	return mbuf_write_u8(mb, (uint8_t)c);
}


static enum parse_token check_word(struct parse *p, const struct pl *pl)
{
	if (pl->l && memchr(pl->p, '\0', pl->l))
		return fail(p, p->from, T_NUL);
	if (!utf8_valid(pl))
		return fail(p, p->from, T_NOT_UTF8);
	return PARSE_WORD;
}


static enum parse_token read_word(struct parse *p, char **word)
{
	struct mbuf *mb = mbuf_alloc(CMD_LINE_MAX);
	enum parse_token token = PARSE_WORD;
	bool more = true;
	struct pl all;
	int err = 0;

	p->from = p->pos;
	while (!err && more)
		err = word_part(p, mb, &more);
	all = mbuf_all(mb);
	if (err)
		token = err == ENOSPC ? fail(p, p->from, T_LONG) : PARSE_ERROR;
	else
		token = check_word(p, &all);
	if (token == PARSE_WORD ||
		(p->quote && !(all.l && memchr(all.p, '\0', all.l))))
		*word = mem_secret_strndup(all.p, all.l);
	mem_wipe(mb->buf, mb->size);
	mem_deref(mb);
	return token;
}


enum parse_token parse_next(struct parse *p, char **word)
{
	*word = NULL;
	p->quote = 0;
	skip_blanks(p);
	if (peek(p, 0) == '#')
		skip_comment(p);
	p->from = p->pos;
	switch (peek(p, 0)) {
	case -1:
		return PARSE_END;
	case '\n':
		pass_newline(p);
		return PARSE_NEWLINE;
	case ';':
		p->pos++;
		return PARSE_SEMICOLON;
	default:
		return read_word(p, word);
	}
}


bool parse_more(struct parse *p)
{
	skip_blanks(p);
	return peek(p, 0) >= 0;
}


struct pl parse_rest(struct parse *p)
{
	struct pl rest;

	skip_blanks(p);
	rest = pl_make(p->text.p + p->pos, p->text.l - p->pos);
	p->pos = p->text.l;
	return rest;
}


void parse_recover(struct parse *p)
{
	while (peek(p, 0) >= 0 && peek(p, 0) != '\n')
		p->pos++;
	if (peek(p, 0) == '\n')
		pass_newline(p);
	p->newline = true;
	p->error = NULL;
}


/* Puts the words of one command into W. */
static int read_command(struct parse *p, struct words *w)
{
	for (;;) {
		char *word;
		enum parse_token token = parse_next(p, &word);

		switch (token) {
		case PARSE_WORD:
			if (!w->n)
				w->line = p->line;
			words_take(w, word);
			if (w->n <= CMD_WORDS_MAX)
				break;
			fail(p, p->from, T_MANY_WORDS);
			return E2BIG;
		case PARSE_ERROR:
			mem_deref(word);
			return EBADMSG;
		case PARSE_END:
			return w->n ? 0 : ENOENT;
		case PARSE_NEWLINE:
		case PARSE_SEMICOLON:
			if (w->n) {
				p->newline = token == PARSE_NEWLINE;
				return 0;
			}
			if (token == PARSE_NEWLINE)
				p->fresh = true;
			break;
		}
	}
}


int parse_command(struct parse *p, struct words **wp)
{
	struct words *w = words_alloc();
	int err;

	p->fresh = p->pos == 0 || p->newline;
	p->newline = false;
	err = read_command(p, w);
	if (!err) {
		w->fresh = p->fresh;
		*wp = mem_ref(w);
	}
	mem_deref(w);
	return err;
}
