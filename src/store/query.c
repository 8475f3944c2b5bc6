/* SPDX-License-Identifier: GPL-3.0-or-later */
/* query.c - the query language: words, phrases, prefixes, parts, AND, OR, NOT,
 * parentheses and filters become FTS5 expressions that are always valid. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include "date.h"
#include "db.h"
#include "mem.h"
#include "part.h"
#include "query.h"
#include "utf8.h"


enum {
	TERMS_MAX = 60,
	DEPTH_MAX = 20,
	TEXT_MAX = 4096, /* bytes of a query; what is behind is left out */
	EXPR_MAX = 65536,
};

enum kind {
	END,
	OPEN,
	CLOSE,
	AND,
	OR,
	NOT,
	TERM,
	FILTER,
};

struct token {
	enum kind kind;
	struct pl text; /* without quotes */
	struct pl name; /* of a filter */
	bool prefix;
	bool part; /* to be found inside of words too */
};

struct parser {
	struct pl rest;
	struct token token;
	struct query *q;
	unsigned terms;
	unsigned depth;
	bool plain;
	bool parts;
	bool bad;
};


static void destructor(void *data)
{
	struct query *q = data;
	size_t i;

	mem_deref(q->match);
	mem_deref(q->except);
	for (i = 0; i < q->nfrom; i++)
		mem_deref(q->from[i]);
	for (i = 0; i < q->nin; i++)
		mem_deref(q->in[i]);
}


static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}


/* Takes what is quoted at the start of REST, or all of it if no quote ends
 * it; quotes inside are doubled. */
static struct pl take_quoted(struct pl *rest)
{
	struct pl text = {rest->p + 1, 0};
	size_t i = 1;

	for (; i < rest->l; i++) {
		if (rest->p[i] != '"')
			continue;
		if (i + 1 < rest->l && rest->p[i + 1] == '"')
			i++;
		else
			break;
	}
	text.l = i - 1;
	pl_skip(rest, i < rest->l ? i + 1 : i);
	return text;
}


static struct pl take_word(struct pl *rest, bool plain)
{
	struct pl word = {rest->p, 0};

	while (word.l < rest->l && !blank(rest->p[word.l]) &&
		(plain || !memchr("()\"", rest->p[word.l], 3)))
		++word.l;
	pl_skip(rest, word.l);
	return word;
}


static bool is_filter(const struct pl *name)
{
	static const char *const names[] = {"from", "in", "before", "after"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (pl_strcaseeq(name, names[i]))
			return true;
	}
	return false;
}


/* Splits NAME:VALUE; the value may be quoted. */
static bool take_filter(struct parser *p, struct token *t)
{
	const char *colon = pl_chr(&t->text, ':');
	struct pl name, value;

	if (!colon)
		return false;
	name = pl_make(t->text.p, (size_t)(colon - t->text.p));
	value = t->text;
	pl_skip(&value, name.l + 1);
	if (!is_filter(&name))
		return false;
	if (!value.l && p->rest.l && *p->rest.p == '"')
		value = take_quoted(&p->rest);
	if (!value.l)
		return false;
	t->kind = FILTER;
	t->name = name;
	t->text = value;
	return true;
}


static void classify(struct parser *p, struct token *t)
{
	t->kind = TERM;
	t->part = true;
	if (p->plain || take_filter(p, t))
		return;
	if (pl_streq(&t->text, "AND"))
		t->kind = AND;
	else if (pl_streq(&t->text, "OR"))
		t->kind = OR;
	else if (pl_streq(&t->text, "NOT"))
		t->kind = NOT;
	else if (t->text.l > 1 && t->text.p[t->text.l - 1] == '*') {
		t->prefix = true;
		--t->text.l;
	}
	t->part = !t->prefix;
	if (t->kind == TERM && t->text.l > 1 && *t->text.p == '*') {
		t->part = true;
		pl_skip(&t->text, 1);
	}
}


static void next(struct parser *p)
{
	struct token t = {.kind = END};

	while (p->rest.l && blank(*p->rest.p))
		pl_skip(&p->rest, 1);
	if (!p->rest.l) {
		p->token = t;
		return;
	}
	if (!p->plain && (*p->rest.p == '(' || *p->rest.p == ')')) {
		t.kind = *p->rest.p == '(' ? OPEN : CLOSE;
		pl_skip(&p->rest, 1);
	} else if (!p->plain && *p->rest.p == '"') {
		t.kind = TERM;
		t.text = take_quoted(&p->rest);
		t.prefix = p->rest.l && *p->rest.p == '*';
		pl_skip(&p->rest, t.prefix);
	} else {
		t.text = take_word(&p->rest, p->plain);
		classify(p, &t);
	}
	p->token = t;
}


/* True if there is something in TEXT that the index has words of: not only
 * punctuation and signs. */
static bool has_word(const struct pl *text)
{
	struct pl rest = *text;

	while (rest.l) {
		uint32_t cp;
		size_t n = utf8_decode(&cp, rest.p, rest.l);

		if ((cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z') ||
			(cp >= 'a' && cp <= 'z'))
			return true;
		if (cp >= 0xc0 && cp != 0xd7 && cp != 0xf7 &&
			!(cp >= 0x2000 && cp <= 0x206f) &&
			!(cp >= 0x20a0 && cp <= 0x20cf) &&
			!(cp >= 0x2190 && cp <= 0x2bff) &&
			!(cp >= 0x2e00 && cp <= 0x2e7f) &&
			!(cp >= 0x3000 && cp <= 0x3004) &&
			!(cp >= 0x3008 && cp <= 0x3020) && cp != 0x3030 &&
			!(cp >= 0xfe00 && cp <= 0xfe6f) &&
			!(cp >= 0xff00 && cp <= 0xff0f) && cp < 0x1f000 &&
			cp != 0xfffd)
			return true;
		pl_skip(&rest, n);
	}
	return false;
}


/* A quoted string of FTS5's. */
static char *words(const struct token *t)
{
	struct mbuf *text, *mb;
	struct pl pl;
	char *s;
	size_t i;

	text = mbuf_alloc(EXPR_MAX);
	mb = mbuf_alloc(EXPR_MAX);
	index_write(text, &t->text);
	pl = mbuf_all(text);
	(void)mbuf_write_u8(mb, '"');
	for (i = 0; i < pl.l; i++) {
		/* A separator, as the quote is. */
		(void)mbuf_write_u8(
			mb, pl.p[i] == '"' ? ' ' : (uint8_t)pl.p[i]);
	}
	(void)mbuf_write_str(mb, t->prefix ? "\"*" : "\"");
	s = mbuf_err(mb) ? NULL : mbuf_strdup(mb);
	mem_deref(text);
	mem_deref(mb);
	return s;
}


/* NULL: too short, or more than one word. */
static struct query_node *part(const struct pl *text)
{
	struct folded *f = part_folded_alloc();
	struct query_node *node = NULL;

	if (part_is(f, text))
		node = query_part(f->letters, f->n);
	mem_deref(f);
	return node;
}


static struct query_node *term(struct parser *p, const struct token *t)
{
	struct query_node *node = NULL;
	char *s;

	if (!has_word(&t->text))
		return NULL;
	if (++p->terms > TERMS_MAX)
		return NULL;
	if (t->part && p->parts)
		node = part(&t->text);
	if (node)
		return node;
	s = words(t);
	return s ? query_words(s) : NULL;
}


/* "2026", "2026-11", "2026-11-24": the local time that it begins at. */
static int date(int64_t *ms, const struct pl *text)
{
	struct pl rest = *text, part;
	uint32_t v[3] = {0, 1, 1};
	struct tm tm = {.tm_isdst = -1};
	time_t t;
	int i;

	if (!date_rfc3339_decode(ms, text))
		return 0;
	for (i = 0; i < 3 && pl_isset(&rest); i++) {
		(void)pl_split(&rest, '-', &part);
		if (part.l > 4 || pl_u32(&part, &v[i]))
			return EBADMSG;
	}
	if (pl_isset(&rest) || v[0] < 1970 || v[0] > 9999 || v[1] < 1 ||
		v[1] > 12 || v[2] < 1 || v[2] > 31)
		return EBADMSG;
	tm.tm_year = (int)v[0] - 1900;
	tm.tm_mon = (int)v[1] - 1;
	tm.tm_mday = (int)v[2];
	t = mktime(&tm);
	*ms = (int64_t)t * 1000;
	return 0;
}


static void filter(struct parser *p, const struct token *t)
{
	struct query *q = p->q;
	int64_t ms;

	if (pl_strcaseeq(&t->name, "from") && q->nfrom < QUERY_FILTERS)
		q->from[q->nfrom++] = pl_strdup(&t->text);
	else if (pl_strcaseeq(&t->name, "in") && q->nin < QUERY_FILTERS)
		q->in[q->nin++] = pl_strdup(&t->text);
	else if (date(&ms, &t->text))
		p->bad = true;
	else if (pl_strcaseeq(&t->name, "before"))
		q->before = ms < q->before ? ms : q->before;
	else
		q->after = ms > q->after ? ms : q->after;
}


static struct query_node *any_of(struct parser *p);


static struct query_node *one(struct parser *p)
{
	struct token t = p->token;
	struct query_node *s = NULL;

	next(p);
	switch (t.kind) {
	case TERM:
		return term(p, &t);
	case FILTER:
		filter(p, &t);
		return NULL;
	case OPEN:
		if (++p->depth > DEPTH_MAX)
			break;
		s = any_of(p);
		--p->depth;
		if (p->token.kind != CLOSE)
			break;
		next(p);
		return s;
	default:
		break;
	}
	p->bad = true;
	return s;
}


/* Only the outermost may begin with what must not be there: the filters
 * say what else must. */
static struct query_node *without(
	struct parser *p, struct query_node *left, struct query_node *right)
{
	if (left || !right)
		return query_join(left, QUERY_NOT, right);
	if (p->depth)
		p->bad = true;
	p->q->except = query_join(p->q->except, QUERY_OR, right);
	return NULL;
}


static struct query_node *all_of(struct parser *p)
{
	struct query_node *left = one(p);

	while (!p->bad && p->token.kind != END && p->token.kind != CLOSE &&
		p->token.kind != OR) {
		bool negative = p->token.kind == NOT;

		if (negative || p->token.kind == AND)
			next(p);
		if (negative)
			left = without(p, left, one(p));
		else
			left = query_join(left, QUERY_AND, one(p));
	}
	return left;
}


static struct query_node *any_of(struct parser *p)
{
	struct query_node *left = all_of(p);

	while (!p->bad && p->token.kind == OR) {
		next(p);
		left = query_join(left, QUERY_OR, all_of(p));
	}
	return left;
}


static struct query *parse(const struct pl *text, bool plain, bool parts)
{
	struct parser p = {.rest = *text, .plain = plain, .parts = parts};
	bool filters;

	if (p.rest.l > TEXT_MAX)
		p.rest.l = TEXT_MAX;
	p.q = mem_zalloc(sizeof(*p.q), destructor);
	p.q->before = INT64_MAX;
	next(&p);
	if (p.token.kind == END)
		return p.q;
	p.q->match = any_of(&p);
	filters = p.q->nfrom || p.q->nin || p.q->after ||
		p.q->before != INT64_MAX;
	if (p.bad || p.token.kind != END || p.terms > TERMS_MAX ||
		(!p.q->match && !filters)) {
		if (!plain)
			return mem_deref(p.q);
	}
	return p.q;
}


struct query *query_alloc(const struct pl *text, bool plain, bool parts)
{
	struct query *q = plain ? NULL : parse(text, false, parts);

	return q ? q : parse(text, true, parts);
}
