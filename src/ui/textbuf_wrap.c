/* SPDX-License-Identifier: GPL-3.0-or-later */
/* textbuf_wrap.c - where a row of text ends: by columns, at words. */
#include <string.h>
#include "textbuf.h"
#include "utf8.h"


/* Scripts without blanks: a row may end behind any of their characters. */
static bool is_ideograph(uint32_t cp)
{
	return (cp >= 0x2e80 && cp <= 0xa4cf) ||
		(cp >= 0xac00 && cp <= 0xd7a3) ||
		(cp >= 0xf900 && cp <= 0xfaff) ||
		(cp >= 0xff00 && cp <= 0xff60) ||
		(cp >= 0x20000 && cp <= 0x3fffd);
}


/* What no row begins with, and what none ends with. */
static bool closes(uint32_t cp)
{
	switch (cp) {
	case 0x3001:
	case 0x3002:
	case 0x3009:
	case 0x300b:
	case 0x300d:
	case 0x300f:
	case 0x3011:
	case 0x30fc:
	case 0xff01:
	case 0xff09:
	case 0xff0c:
	case 0xff0e:
	case 0xff1a:
	case 0xff1b:
	case 0xff1f:
	case 0x2019:
	case 0x201d:
		return true;
	default:
		return cp < 0x80 && cp && strchr("!),.:;?]}%", (int)cp);
	}
}


static bool opens(uint32_t cp)
{
	switch (cp) {
	case 0x3008:
	case 0x300a:
	case 0x300c:
	case 0x300e:
	case 0x3010:
	case 0xff08:
	case '(':
	case '[':
	case '{':
		return true;
	default:
		return false;
	}
}


static bool is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}


/* True if a row may end before byte I, which is neither end of REST. */
static bool may_break(const struct pl *rest, size_t i)
{
	struct pl next = {rest->p + i, rest->l - i};
	size_t before = i - 1;
	uint32_t a, b;

	if (rest->p[i - 1] == ' ')
		return true;
	if (is_tail(rest->p[i]) ||
		(!is_tail(rest->p[i]) && !is_tail(rest->p[i - 1]) &&
			(unsigned char)rest->p[i] < 0x80))
		return false;
	while (before && is_tail(rest->p[before]))
		before--;
	(void)utf8_decode(&a, rest->p + before, i - before);
	next.l = utf8_decode(&b, next.p, next.l);
	return (is_ideograph(a) || is_ideograph(b)) && !opens(a) &&
		!closes(b) && b != ' ' && utf8_cols(&next) > 0;
}


/* One character with what stands on it, though it is wider than a row. */
static size_t one(const struct pl *rest)
{
	uint32_t cp;
	size_t n = utf8_decode(&cp, rest->p, rest->l);

	while (n < rest->l && rest->p[n] != '\n') {
		struct pl next = {rest->p + n, 0};

		next.l = utf8_decode(&cp, next.p, rest->l - n);
		if (utf8_cols(&next) > 0)
			break;
		n += next.l;
	}
	return n;
}


static size_t skip_blanks(const struct pl *rest, size_t n)
{
	while (n < rest->l && rest->p[n] == ' ')
		n++;
	return n < rest->l && rest->p[n] == '\n' ? n + 1 : n;
}


static size_t without_blanks(const struct pl *rest, size_t n)
{
	while (n && rest->p[n - 1] == ' ')
		n--;
	return n;
}


/* The last place up to N where a row may end, but not inside its indent. */
static size_t last_break(const struct pl *rest, size_t n)
{
	size_t indent = 0;

	while (indent < n && rest->p[indent] == ' ')
		indent++;
	for (; n > indent; n--) {
		if (may_break(rest, n))
			return n;
	}
	return 0;
}


size_t textbuf_wrap(const struct pl *rest, size_t cols, size_t *shown)
{
	size_t n = utf8_fit(rest, cols), at;
	const char *newline = memchr(rest->p, '\n', n);

	if (newline) {
		*shown = (size_t)(newline - rest->p);
		return *shown + 1;
	}
	*shown = n;
	if (n == rest->l)
		return n;
	if (!n) {
		*shown = one(rest);
		return skip_blanks(rest, *shown);
	}
	if (rest->p[n] == ' ' || rest->p[n] == '\n') {
		*shown = without_blanks(rest, n);
		return skip_blanks(rest, n);
	}
	at = last_break(rest, n);
	if (!at)
		return n;
	*shown = without_blanks(rest, at);
	return at;
}
