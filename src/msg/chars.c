/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chars.c - character classes and the cursor's readers (RFC 3261 25.1). */
#include <errno.h>
#include <string.h>
#include "msg_int.h"
#include "word.h"


enum {
	/* The four places of a URI that unreserved characters may stand in. */
	URI_ANY =
		CH_UNRESERVED | CH_USER | CH_PASSWORD | CH_PARAMS | CH_HEADERS,
	VISIBLE = CH_VALUE | CH_GRAPH | CH_URI,
	ALNUM = CH_TOKEN | CH_WORD | URI_ANY | CH_HOST | CH_SCHEME | VISIBLE,
	DIGIT = ALNUM | CH_DIGIT | CH_HEX | CH_TEL | CH_IPV6,
	LETTER = ALNUM | CH_ALPHA,
	MARK = CH_TOKEN | CH_WORD | URI_ANY | VISIBLE,
};

const uint32_t ch_class[256] = {
	['\t'] = CH_LWS,
	['\n'] = CH_LWS,
	['\r'] = CH_LWS,
	[' '] = CH_LWS,
	['!'] = MARK,
	['"'] = CH_WORD | CH_GRAPH,
	['#'] = VISIBLE | CH_TEL,
	['$'] = CH_USER | CH_PASSWORD | CH_PARAMS | CH_HEADERS | VISIBLE,
	['%'] = CH_TOKEN | CH_WORD | VISIBLE,
	['&'] = CH_USER | CH_PASSWORD | CH_PARAMS | CH_HEADERS | VISIBLE,
	['\''] = MARK,
	['('] = CH_WORD | URI_ANY | VISIBLE | CH_TEL,
	[')'] = CH_WORD | URI_ANY | VISIBLE | CH_TEL,
	['*'] = MARK | CH_TEL,
	['+'] = CH_TOKEN | CH_WORD | CH_USER | CH_PASSWORD | CH_PARAMS |
		CH_HEADERS | CH_SCHEME | VISIBLE | CH_TEL,
	[','] = CH_USER | CH_PASSWORD | CH_GRAPH | CH_URI,
	['-'] = MARK | CH_HOST | CH_SCHEME | CH_TEL,
	['.'] = MARK | CH_HOST | CH_SCHEME | CH_TEL | CH_IPV6,
	['/'] = CH_WORD | CH_USER | CH_PARAMS | CH_HEADERS | VISIBLE,
	['0' ... '9'] = DIGIT,
	[':'] = CH_WORD | CH_PARAMS | CH_HEADERS | VISIBLE | CH_IPV6,
	[';'] = CH_USER | CH_PARAMS | CH_GRAPH | CH_URI,
	['<'] = CH_WORD | CH_GRAPH,
	['='] = CH_USER | CH_PASSWORD | CH_PARAMS | CH_HEADERS | VISIBLE,
	['>'] = CH_WORD | CH_GRAPH,
	['?'] = CH_WORD | CH_USER | CH_HEADERS | VISIBLE,
	['@'] = VISIBLE,
	['A' ... 'F'] = LETTER | CH_HEX | CH_TEL | CH_IPV6,
	['G' ... 'Z'] = LETTER,
	['['] = CH_WORD | CH_PARAMS | CH_HEADERS | VISIBLE,
	['\\'] = CH_WORD | VISIBLE,
	[']'] = CH_WORD | CH_PARAMS | CH_HEADERS | VISIBLE,
	['^'] = VISIBLE,
	['_'] = MARK | CH_HOST,
	['`'] = CH_TOKEN | CH_WORD | VISIBLE,
	['a' ... 'f'] = LETTER | CH_HEX | CH_TEL | CH_IPV6,
	['g' ... 'z'] = LETTER,
	['{'] = CH_WORD | VISIBLE,
	['|'] = VISIBLE,
	['}'] = CH_WORD | VISIBLE,
	['~'] = MARK,
	[0x80 ... 0xff] = CH_VALUE,
};


/* The first quote, backslash or NUL, or the end. */
static inline const char *skip_text(const char *p, const char *e)
{
	uint64_t v, flags;

	for (; e - p >= 8; p += 8) {
		v = word_load(p);
		flags = word_equal(v, '"') | word_equal(v, '\\') |
			word_below(v, 1);
		if (flags)
			return p + word_first(flags);
	}
	while (p < e && *p && *p != '"' && *p != '\\')
		++p;
	return p;
}


bool cur_quoted(struct cur *c, struct pl *inside)
{
	const char *p = c->p;

	if (!cur_at(c, '"'))
		return false;
	p = skip_text(p + 1, c->e);
	while (p < c->e && *p == '\\') {
		if (c->e - p < 2)
			return false;
		p = skip_text(p + 2, c->e);
	}
	if (p == c->e || !*p)
		return false;
	*inside = span(c->p + 1, p);
	c->p = p + 1;
	return true;
}


bool cur_port(struct cur *c, uint16_t *port)
{
	uint32_t n = 0;

	for (; c->p < c->e && ch_is(*c->p, CH_DIGIT); c->p++) {
		n = n * 10 + (uint32_t)(*c->p - '0');
		if (n > UINT16_MAX)
			return false;
	}
	*port = (uint16_t)n;
	return n;
}


/* Groups and colons are counted by whoever makes an address of it: three
 * colons in a row are common enough to be carried (RFC 5118 4.10). */
static bool take_ipv6(struct cur *c, struct pl *host)
{
	const char *p = c->p + 1;
	unsigned int colons = 0;

	for (; p < c->e && *p != ']'; p++) {
		if (!ch_is(*p, CH_IPV6))
			return false;
		colons += *p == ':';
	}
	if (p == c->e || colons < 2)
		return false;
	*host = pl_make(c->p + 1, (size_t)(p - c->p - 1));
	c->p = p + 1;
	return true;
}


bool cur_host(struct cur *c, struct pl *host)
{
	if (cur_at(c, '['))
		return take_ipv6(c, host);
	*host = cur_run(c, CH_HOST);
	return host->l;
}


int cur_u64(struct cur *c, uint64_t *v)
{
	const char *p = c->p;
	bool over = false;
	uint64_t n = 0;

	/* So many digits always fit. */
	for (; c->p < c->e && ch_is(*c->p, CH_DIGIT) && c->p - p < 19; c->p++)
		n = n * 10 + (uint64_t)(*c->p - '0');
	if (c->p == p)
		return EBADMSG;
	for (; c->p < c->e && ch_is(*c->p, CH_DIGIT); c->p++) {
		over |= __builtin_mul_overflow(n, (uint64_t)10, &n);
		over |= __builtin_add_overflow(n, (uint64_t)(*c->p - '0'), &n);
	}
	if (over)
		return ERANGE;
	*v = n;
	return 0;
}


/* A value that is not quoted: a token for most. */
static struct pl take_value(struct cur *c, enum cur_form *form)
{
	struct pl value = cur_run(c, CH_TOKEN);

	*form = FORM_TOKEN;
	if (cur_more(c) && ch_is(*c->p, CH_VALUE)) {
		(void)cur_run(c, CH_VALUE);
		*form = FORM_TEXT;
	}
	return span(value.p, c->p);
}


int cur_param(
	struct cur *c, struct pl *name, struct pl *value, enum cur_form *form)
{
	cur_lws(c);
	if (!cur_more(c))
		return ENOENT;
	if (!cur_take(c, ';'))
		return EBADMSG;
	cur_lws(c);
	*name = cur_run(c, CH_TOKEN);
	if (!name->l)
		return EBADMSG;
	*form = FORM_NONE;
	*value = span(c->p, c->p);
	cur_lws(c);
	if (!cur_take(c, '='))
		return 0;
	cur_lws(c);
	if (cur_at(c, '"')) {
		*form = FORM_QUOTED;
		return cur_quoted(c, value) ? 0 : EBADMSG;
	}
	*value = take_value(c, form);
	return value->l ? 0 : EBADMSG;
}
