/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xml_charset.c - what a document is written in (XML 1.0 4.3.3 and F) */
#include <string.h>
#include "utf8.h"
#include "xml_int.h"

enum {
	DECLARATION = 256, /* bytes searched for the encoding declaration */
	CHARSET_MAX = 40, /* bytes of its name */
};


/* The value of encoding="..." in the XML declaration; unset if none. */
static struct pl declared_charset(const struct pl *text)
{
	struct pl decl = pl_make(text->p, text->l), unset = PL_INIT, rest;
	const struct pl word = PL("encoding"), end = PL("?>"),
			utf16 = PL("utf-16");
	const char *p;
	char quote;

	if (!pl_startswith(&decl, "<?xml"))
		return unset;
	if (decl.l > DECLARATION)
		decl.l = DECLARATION;
	p = pl_find(&decl, &end);
	if (p)
		decl.l = (size_t)(p - decl.p);
	p = pl_find(&decl, &word);
	if (!p)
		return unset;
	rest = decl;
	pl_skip(&rest, (size_t)(p - decl.p) + word.l);
	while (rest.l && strchr(" \t\r\n=", rest.p[0]))
		pl_skip(&rest, 1);
	if (!rest.l || (rest.p[0] != '"' && rest.p[0] != '\''))
		return unset;
	quote = rest.p[0];
	pl_skip(&rest, 1);
	p = pl_chr(&rest, quote);
	if (!p || p == rest.p || p - rest.p > CHARSET_MAX)
		return unset;
	rest.l = (size_t)(p - rest.p);
	/* Gateways claim it over bytes that are UTF-8: whoever can read the
	 * declaration byte by byte knows better. */
	return pl_casefind(&rest, &utf16) == rest.p ? unset : rest;
}


static struct pl guess_charset(const struct pl *text)
{
	const struct pl utf16 = PL("UTF-16"), be = PL("UTF-16BE"),
			le = PL("UTF-16LE");
	const char *p = text->p;

	if (text->l >= 4 &&
		(!memcmp(p, "\xff\xfe", 2) || !memcmp(p, "\xfe\xff", 2)))
		return utf16;
	if (text->l >= 4 && !memcmp(p, "\0<\0?", 4))
		return be;
	if (text->l >= 4 && !memcmp(p, "<\0?\0", 4))
		return le;
	return declared_charset(text);
}


void xml_to_utf8(struct pl *utf8, char **own, const struct pl *text, size_t max)
{
	struct pl charset;

	*utf8 = *text;
	if (text->l >= 3 && !memcmp(text->p, "\xef\xbb\xbf", 3))
		pl_skip(utf8, 3);
	charset = guess_charset(utf8);
	if (!pl_isset(&charset) || pl_strcaseeq(&charset, "utf-8") ||
		pl_strcaseeq(&charset, "utf8") ||
		pl_strcaseeq(&charset, "us-ascii"))
		return;
	*own = utf8_from_charset(text, &charset, max);
	*utf8 = pl_str(*own);
	if (pl_startswith(utf8, "\xef\xbb\xbf"))
		pl_skip(utf8, 3);
}
