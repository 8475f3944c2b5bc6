/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html.c - a text/html body as its text. No tree is built: what people's
 * clients send as HTML is often none. */
#include <string.h>
#include "im.h"
#include "utf8.h"
#include "xml.h"

enum {
	WORD_MAX = 16, /* bytes of a tag or entity that means something */
};

/* The elements that begin and end a line. */
static const char *const blocks[] = {"address", "article", "aside",
	"blockquote", "body", "center", "dd", "div", "dl", "dt", "footer",
	"form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
	"main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul"};

/* The elements whose content is no text to show. */
static const char *const dropped[] = {"script", "style", "title"};

/* What pages written for Windows mean by 128 to 159 (HTML, "numeric
 * character reference end state"). */
static const uint16_t windows[32] = {0x20ac, 0x81, 0x201a, 0x0192, 0x201e,
	0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,
	0x017d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013,
	0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178};

struct html {
	struct mbuf *mb;
	struct pl rest;
	size_t breaks; /* newlines due before the next character */
	bool space; /* a space is due before it */
	size_t pre; /* depth of <pre> */
	bool comments; /* a comment may end further on */
};

struct tag {
	char name[WORD_MAX]; /* lower case; "" if it is no HTML element */
	bool end;
};


static void put(struct html *h, const char *p, size_t n)
{
	if (h->mb->end) {
		for (; h->breaks; h->breaks--) {
			mbuf_write_u8(h->mb, '\n');
			h->space = false;
		}
		if (h->space)
			mbuf_write_u8(h->mb, ' ');
	}
	h->breaks = 0;
	h->space = false;
	mbuf_write_mem(h->mb, p, n);
}


static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}


static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}


static bool is_alnum(char c)
{
	return is_alpha(c) || (c >= '0' && c <= '9');
}


static void put_byte(struct html *h, char c)
{
	if (!is_space(c) || (h->pre && c != '\r' && c != '\n'))
		put(h, &c, 1);
	else if (h->pre && c == '\n')
		h->breaks++;
	else if (!h->pre)
		h->space = true;
}


static void put_code_point(struct html *h, uint32_t cp)
{
	char buf[4];

	if (cp >= 0x80 && cp <= 0x9f)
		cp = windows[cp - 0x80];
	if (!cp || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = 0xfffd;
	if (cp == 0xa0)
		put(h, " ", 1);
	else if (cp < 0x80)
		put_byte(h, (char)cp);
	else
		put(h, buf, utf8_encode(buf, cp));
}


static int digit_value(char c, unsigned base)
{
	int v = -1;

	if (c >= '0' && c <= '9')
		v = c - '0';
	else if (c >= 'a' && c <= 'f')
		v = c - 'a' + 10;
	else if (c >= 'A' && c <= 'F')
		v = c - 'A' + 10;
	return v >= 0 && (unsigned)v < base ? v : -1;
}


/* Bytes of the numeric reference behind "&#"; 0 if it is none. */
static size_t number_decode(uint32_t *cp, const struct pl *pl)
{
	bool hex = pl->l && (pl->p[0] == 'x' || pl->p[0] == 'X');
	unsigned base = hex ? 16 : 10;
	size_t start = hex ? 1 : 0, i;

	*cp = 0;
	for (i = start; i < pl->l && digit_value(pl->p[i], base) >= 0; i++) {
		*cp = *cp * base + (uint32_t)digit_value(pl->p[i], base);
		if (*cp > 0x110000)
			*cp = 0x110000;
	}
	if (i == start)
		return 0;
	return i < pl->l && pl->p[i] == ';' ? i + 1 : i;
}


/* Bytes of the named reference behind "&"; 0 if there is no such name. */
static size_t name_decode(uint32_t *cp, const struct pl *pl)
{
	struct pl name = pl_make(pl->p, 0);
	const struct pl apos = PL("apos");

	while (name.l < pl->l && name.l < WORD_MAX && is_alnum(pl->p[name.l]))
		name.l++;
	if (name.l >= pl->l || pl->p[name.l] != ';')
		return 0;
	*cp = pl_eq(&name, &apos) ? '\'' : xml_html_entity(&name);
	return *cp ? name.l + 1 : 0;
}


/* At "&": the character that is meant, else the ampersand itself. */
static void reference(struct html *h)
{
	uint32_t cp = 0;
	size_t n;

	pl_skip(&h->rest, 1);
	if (h->rest.l && h->rest.p[0] == '#') {
		struct pl number = h->rest;

		pl_skip(&number, 1);
		n = number_decode(&cp, &number);
		n += n > 0;
	} else {
		n = name_decode(&cp, &h->rest);
	}
	if (n)
		put_code_point(h, cp);
	else
		put(h, "&", 1);
	pl_skip(&h->rest, n);
}


/* Bytes of the tag at REST: to ">" outside of quoted values, or to the next
 * "<". A quote that never closes quotes nothing; as there can be two such at
 * most in the whole text, the time stays linear. */
static size_t tag_len(const struct pl *rest)
{
	size_t i = 1;

	while (i < rest->l && rest->p[i] != '<') {
		char c = rest->p[i++];
		const char *end;

		if (c == '>')
			break;
		if (c != '=')
			continue;
		while (i < rest->l && is_space(rest->p[i]))
			i++;
		if (i >= rest->l || (rest->p[i] != '"' && rest->p[i] != '\''))
			continue;
		end = memchr(rest->p + i + 1, rest->p[i], rest->l - i - 1);
		i = end ? (size_t)(end - rest->p) + 1 : i + 1;
	}
	return i;
}


static struct tag tag_decode(const struct pl *rest)
{
	struct tag tag = {.end = rest->p[1] == '/'};
	size_t i = tag.end ? 2 : 1, n = 0;

	for (; i < rest->l && is_alnum(rest->p[i]); i++) {
		char c = rest->p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A'));
		if (n < sizeof(tag.name) - 1)
			tag.name[n++] = c;
	}
	/* <o:p> is no <o>, <p-x> is no <p> */
	if (i < rest->l && (rest->p[i] == ':' || rest->p[i] == '-'))
		n = 0;
	tag.name[n] = '\0';
	return tag;
}


static bool is_in(const char *name, const char *const *names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!strcmp(name, names[i]))
			return true;
	}
	return false;
}


/* Skips what is up to the end tag of NAME, all of it if there is none. */
static void skip_content(struct html *h, const char *name)
{
	size_t n = strlen(name);
	const char *p;

	while ((p = pl_chr(&h->rest, '<'))) {
		struct pl word;

		pl_skip(&h->rest, (size_t)(p - h->rest.p));
		if (h->rest.l > n + 2 && h->rest.p[1] == '/') {
			word = pl_make(h->rest.p + 2, n);
			if (pl_strcaseeq(&word, name))
				return;
		}
		pl_skip(&h->rest, 1);
	}
	pl_skip(&h->rest, h->rest.l);
}


static void element(struct html *h)
{
	struct tag tag = tag_decode(&h->rest);

	pl_skip(&h->rest, tag_len(&h->rest));
	if (!strcmp(tag.name, "br"))
		h->breaks++;
	else if (!strcmp(tag.name, "td") || !strcmp(tag.name, "th"))
		h->space = true;
	else if (!tag.end &&
		is_in(tag.name, dropped, sizeof(dropped) / sizeof(dropped[0])))
		skip_content(h, tag.name);
	else if (!h->breaks &&
		is_in(tag.name, blocks, sizeof(blocks) / sizeof(blocks[0])))
		h->breaks = 1;
	if (strcmp(tag.name, "pre"))
		return;
	if (!tag.end)
		h->pre++;
	else if (h->pre)
		h->pre--;
}


/* At "<!" or "<?": a comment, else to the next ">". */
static void declaration(struct html *h)
{
	const struct pl end = PL("-->");
	const char *p = NULL;

	if (h->comments && pl_startswith(&h->rest, "<!--")) {
		/* "<!-->" is a whole one */
		pl_skip(&h->rest, 2);
		p = pl_find(&h->rest, &end);
		h->comments = p;
		if (p)
			p += end.l - 1;
	}
	if (!p)
		p = pl_chr(&h->rest, '>');
	pl_skip(&h->rest, p ? (size_t)(p - h->rest.p) + 1 : h->rest.l);
}


static void markup(struct html *h)
{
	char c = h->rest.l > 1 ? h->rest.p[1] : ' ';
	char d = h->rest.l > 2 ? h->rest.p[2] : ' ';

	if (c == '!' || c == '?') {
		declaration(h);
	} else if (is_alpha(c) || (c == '/' && is_alpha(d))) {
		element(h);
	} else {
		put(h, "<", 1);
		pl_skip(&h->rest, 1);
	}
}


int im_html_text(struct mbuf *mb, const struct pl *html)
{
	struct html h = {.mb = mb, .rest = *html, .comments = true};

	while (h.rest.l && !mbuf_err(mb)) {
		switch (h.rest.p[0]) {
		case '<':
			markup(&h);
			break;
		case '&':
			reference(&h);
			break;
		default:
			put_byte(&h, h.rest.p[0]);
			pl_skip(&h.rest, 1);
		}
	}
	return mbuf_err(mb);
}
