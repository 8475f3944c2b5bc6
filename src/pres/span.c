/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * span.c - where in the text each element of a document is.
 *
 * The text is known to be well-formed and without a DOCTYPE, so that its tags
 * can be told without a parser; each is compared with the element that the
 * parser found in its place.
 */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "span.h"
#include "utf8.h"


static void destructor(void *data)
{
	struct spans *s = data;

	mem_deref(s->doc);
	mem_deref(s->v);
}


/* The bytes from P on. */
static struct pl rest_of(const struct spans *s, size_t p)
{
	return pl_make(s->text.p + p, s->text.l - p);
}


/* Behind the next END that follows OPEN at *P. */
static int skip_past(
	const struct spans *s, size_t *p, const char *open, const char *end)
{
	struct pl rest = rest_of(s, *p + strlen(open)), needle = pl_str(end);
	const char *found = pl_find(&rest, &needle);

	if (!found)
		return EBADMSG;
	*p = (size_t)(found - s->text.p) + needle.l;
	return 0;
}


/* Behind the tag that begins at *P; a > in a value does not end it. */
static int skip_tag(const struct spans *s, size_t *p)
{
	char quote = 0;
	size_t i;

	for (i = *p; i < s->text.l; i++) {
		char c = s->text.p[i];

		if (quote) {
			if (c == quote)
				quote = 0;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == '>') {
			*p = i + 1;
			return 0;
		}
	}
	return EBADMSG;
}


struct pl span_name(const struct spans *s, size_t i)
{
	struct pl name = rest_of(s, s->v[i].start + 1);
	size_t n = 0;

	while (n < name.l && !strchr(" \t\r\n/>", name.p[n]))
		n++;
	name.l = n;
	return name;
}


struct pl span_prefix(const struct spans *s, size_t i)
{
	struct pl name = span_name(s, i);
	const char *colon = pl_chr(&name, ':');

	name.l = colon ? (size_t)(colon - name.p) + 1 : 0;
	return name;
}


struct pl span_attrs(const struct spans *s, size_t i)
{
	const struct span *span = &s->v[i];
	size_t skip = 1 + span_name(s, i).l;

	return pl_make(s->text.p + span->start + skip,
		span->open_end - span->start - skip);
}


bool span_attr_next(struct pl *attrs, struct pl *name, struct pl *all)
{
	const char *equals, *end;
	char quote;
	size_t n = 0;

	while (attrs->l && strchr(" \t\r\n", *attrs->p))
		pl_skip(attrs, 1);
	equals = pl_chr(attrs, '=');
	if (!attrs->l || *attrs->p == '/' || *attrs->p == '>' || !equals)
		return false;
	*all = *attrs;
	while (!strchr(" \t\r\n=", attrs->p[n]))
		n++;
	*name = pl_make(attrs->p, n);
	pl_skip(attrs, (size_t)(equals - attrs->p) + 1);
	while (attrs->l && strchr(" \t\r\n", *attrs->p))
		pl_skip(attrs, 1);
	quote = *attrs->p;
	pl_skip(attrs, 1);
	end = pl_chr(attrs, quote);
	if (!end)
		return false;
	all->l = (size_t)(end + 1 - all->p);
	pl_skip(attrs, (size_t)(end + 1 - attrs->p));
	return true;
}


/* True if ALL, a whole attribute, has that value, with nothing escaped. */
static bool attr_is(const struct pl *all, const char *value)
{
	size_t l = strlen(value);
	struct pl inside;

	if (all->l < l + 2)
		return false;
	inside = pl_make(all->p + all->l - 1 - l, l);
	return pl_streq(&inside, value) && strchr("\"'", inside.p[-1]);
}


/* True if a declaration between span I and ABOVE means NAME otherwise. */
static bool hidden(
	const struct spans *s, size_t i, size_t above, const struct pl *name)
{
	for (; i != above; i = s->v[i].above) {
		struct pl attrs = span_attrs(s, i), other, all;

		while (span_attr_next(&attrs, &other, &all)) {
			if (pl_eq(&other, name))
				return true;
		}
	}
	return false;
}


/* True if a name may begin with PREFIX, as far as ASCII goes: libxml2 lets
 * declarations of others pass. */
static bool is_prefix(const struct pl *prefix)
{
	size_t i;

	for (i = 0; i < prefix->l; i++) {
		char c = prefix->p[i], lower = (char)(c | 0x20);
		bool letter = (lower >= 'a' && lower <= 'z') || c == '_';

		if (!letter &&
			!(i &&
				((c >= '0' && c <= '9') || c == '-' ||
					c == '.')))
			return false;
	}
	return prefix->l && !pl_streq(prefix, "xml") &&
		!pl_streq(prefix, "xmlns");
}


/* True if attribute NAME declares *PREFIX. */
static bool declares(const struct pl *name, struct pl *prefix)
{
	*prefix = pl_make("", 0);
	if (pl_streq(name, "xmlns"))
		return true;
	if (!pl_startswith(name, "xmlns:"))
		return false;
	*prefix = pl_make(name->p + 6, name->l - 6);
	return is_prefix(prefix);
}


bool span_ns_prefix(
	const struct spans *s, size_t i, const char *ns, struct pl *prefix)
{
	size_t at;

	for (at = i; at != SIZE_MAX; at = s->v[at].above) {
		struct pl attrs = span_attrs(s, at), name, all;

		while (span_attr_next(&attrs, &name, &all)) {
			if (declares(&name, prefix) && attr_is(&all, ns) &&
				!hidden(s, i, at, &name))
				return true;
		}
	}
	return false;
}


bool span_is_empty(const struct spans *s, size_t i)
{
	return s->text.p[s->v[i].open_end - 2] == '/';
}


static bool named(const struct spans *s, size_t i)
{
	struct pl name = span_name(s, i), local = name;

	pl_skip(&local, span_prefix(s, i).l);
	return pl_streq(&local, xml_name(s->v[i].node)) ||
		pl_streq(&name, xml_name(s->v[i].node));
}


/* The element that comes next in span ABOVE, where LAST was the last one. */
static const struct xml_node *expected(
	const struct spans *s, size_t above, size_t last)
{
	if (last != SIZE_MAX)
		return xml_next(s->v[last].node);
	if (above != SIZE_MAX)
		return xml_child(s->v[above].node);
	return s->n ? NULL : xml_root(s->doc);
}


static struct span *append(struct spans *s)
{
	if (s->n == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		s->v = mem_reallocarray(s->v, s->room, sizeof(*s->v));
	}
	return &s->v[s->n++];
}


/* A start tag at *P. ABOVE is the span that is open, LAST the last one that
 * was closed in it; both become what they are behind the tag. */
static int take_start(struct spans *s, size_t *p, size_t *above, size_t *last)
{
	const struct xml_node *node = expected(s, *above, *last);
	size_t start = *p, i = s->n;
	struct span *span;
	int err = skip_tag(s, p);

	if (err || !node)
		return EBADMSG;
	span = append(s);
	*span = (struct span){.node = node,
		.start = start,
		.open_end = *p,
		.close = *p,
		.end = *p,
		.next = i + 1,
		.above = *above};
	if (!named(s, i))
		return EBADMSG;
	if (span_is_empty(s, i)) {
		*last = i;
	} else {
		*above = i;
		*last = SIZE_MAX;
	}
	return 0;
}


static int take_end(struct spans *s, size_t *p, size_t *above, size_t *last)
{
	size_t start = *p;
	struct span *span;

	if (*above == SIZE_MAX || skip_tag(s, p))
		return EBADMSG;
	span = &s->v[*above];
	span->close = start;
	span->end = *p;
	span->next = s->n;
	*last = *above;
	*above = span->above;
	return 0;
}


static int scan(struct spans *s)
{
	size_t p = 0, above = SIZE_MAX, last = SIZE_MAX;
	int err = 0;

	while (!err) {
		struct pl rest = rest_of(s, p);
		const char *lt = pl_chr(&rest, '<');

		if (!lt)
			break;
		p = (size_t)(lt - s->text.p);
		rest = rest_of(s, p);
		if (pl_startswith(&rest, "<!--"))
			err = skip_past(s, &p, "<!--", "-->");
		else if (pl_startswith(&rest, "<![CDATA["))
			err = skip_past(s, &p, "<![CDATA[", "]]>");
		else if (pl_startswith(&rest, "<?"))
			err = skip_past(s, &p, "<?", "?>");
		else if (pl_startswith(&rest, "</"))
			err = take_end(s, &p, &above, &last);
		else
			err = take_start(s, &p, &above, &last);
	}
	if (!err && (!s->n || above != SIZE_MAX))
		err = EBADMSG;
	return err;
}


/* True if DECL, an XML declaration, says UTF-8 or nothing. */
static bool declares_utf8(struct pl decl)
{
	const struct pl word = PL("encoding");
	const char *p = pl_find(&decl, &word);
	size_t n = 0;

	if (!p)
		return true;
	pl_skip(&decl, (size_t)(p - decl.p) + word.l);
	while (decl.l && strchr(" \t\r\n='\"", decl.p[0]))
		pl_skip(&decl, 1);
	while (n < decl.l && !strchr("'\"", decl.p[n]))
		n++;
	decl.l = n;
	return pl_strcaseeq(&decl, "utf-8") || pl_strcaseeq(&decl, "utf8") ||
		pl_strcaseeq(&decl, "us-ascii");
}


/* Whatever else it declares would be read otherwise than it is scanned. */
static bool is_utf8(const struct pl *text)
{
	const struct pl end = PL("?>");
	struct pl head = *text;
	const char *p;

	if (!utf8_valid(text) || pl_chr(text, '\0'))
		return false;
	if (pl_startswith(&head, "\xef\xbb\xbf"))
		pl_skip(&head, 3);
	if (!pl_startswith(&head, "<?xml"))
		return true;
	p = pl_find(&head, &end);
	if (!p)
		return false;
	head.l = (size_t)(p - head.p);
	return declares_utf8(head);
}


int spans_alloc(struct spans **sp, const struct pl *text,
	const struct xml_limits *limits)
{
	struct spans *s = mem_zalloc(sizeof(*s), destructor);
	int err = xml_decode(&s->doc, text, limits);

	s->text = *text;
	if (!err && !is_utf8(text))
		err = EBADMSG;
	if (!err)
		err = scan(s);
	if (err)
		mem_deref(s);
	else
		*sp = s;
	return err;
}


size_t span_child(const struct spans *s, size_t i)
{
	return i + 1 < s->v[i].next ? i + 1 : SIZE_MAX;
}


size_t span_next(const struct spans *s, size_t i)
{
	size_t above = s->v[i].above, next = s->v[i].next;

	return above != SIZE_MAX && next < s->v[above].next ? next : SIZE_MAX;
}


size_t span_find(
	const struct spans *s, size_t i, const char *ns, const char *name)
{
	for (i = span_child(s, i); i != SIZE_MAX; i = span_next(s, i)) {
		if (xml_is(s->v[i].node, ns, name))
			break;
	}
	return i;
}


size_t span_last(const struct spans *s, size_t i, const char *ns)
{
	size_t last = SIZE_MAX;

	for (i = span_child(s, i); i != SIZE_MAX; i = span_next(s, i)) {
		if (!strcmp(xml_ns(s->v[i].node), ns))
			last = i;
	}
	return last;
}


size_t span_indent(const struct spans *s, size_t i)
{
	const char *p = s->text.p;
	size_t at = s->v[i].start;

	while (at && strchr(" \t\r\n", p[at - 1]))
		at--;
	/* Text before it is no white space between elements. */
	return at && p[at - 1] == '>' ? at : s->v[i].start;
}


struct pl span_space(const struct spans *s, size_t i)
{
	size_t from = span_indent(s, i);

	return pl_make(s->text.p + from, s->v[i].start - from);
}
