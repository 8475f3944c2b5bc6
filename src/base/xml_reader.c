/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xml_reader.c - a document bit by bit over libxml2's push parser (XML 1.0,
 * Namespaces).
 *
 * The parser gets whole tags, comments and runs of text: what it would have to
 * keep and to search again with each bit is bounded that way.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include "mem.h"
#include "xml_int.h"

enum {
	CONVERT_MAX = 1024 * 1024, /* bytes that are not UTF-8 */
};

struct xml_reader {
	struct xml_limits limits;
	struct xml_reader_handlers h;
	xmlParserCtxt *ctxt;
	char *own;
	struct pl rest;
	size_t depth;
	size_t nodes;
	int err; /* EAGAIN: not read to the end */
	int found; /* by a hook */
};

/* As libxml2's handlers have it. */
struct xml_tag {
	const char *name, *prefix, *ns;
	const xmlChar **attrs;
	size_t nattrs;
};


static void destructor(void *data)
{
	struct xml_reader *r = data;

	xmlFreeParserCtxt(r->ctxt);
	mem_deref(r->own);
}


/* ---- hooks ----------------------------------------------------------- */

static void stop(struct xml_reader *r, int err)
{
	if (!r->found)
		r->found = err;
	xmlStopParser(r->ctxt);
}


/* libxml2 tells its own parser, which has ours. */
static struct xml_reader *reader_of(void *arg)
{
	return ((xmlParserCtxt *)arg)->_private;
}


static void start_h(void *arg, const xmlChar *name, const xmlChar *prefix,
	const xmlChar *uri, int nns, const xmlChar **ns, int nattrs,
	int ndefaulted, const xmlChar **attrs)
{
	struct xml_reader *r = reader_of(arg);
	const struct xml_tag tag = {
		.name = (const char *)name,
		.prefix = (const char *)prefix,
		.ns = (const char *)uri,
		.attrs = attrs,
		.nattrs = (size_t)nattrs,
	};

	(void)nns;
	(void)ns;
	(void)ndefaulted;
	if (r->found)
		return;
	r->nodes += 1 + (size_t)nattrs;
	r->depth++;
	if (r->nodes > r->limits.nodes || r->depth > r->limits.depth)
		stop(r, EMSGSIZE);
	else if (r->h.start)
		r->h.start(&tag, r->depth, r->h.arg);
}


static void end_h(void *arg, const xmlChar *name, const xmlChar *prefix,
	const xmlChar *uri)
{
	struct xml_reader *r = reader_of(arg);

	(void)name;
	(void)prefix;
	(void)uri;
	if (r->found)
		return;
	if (r->h.end)
		r->h.end(r->depth, r->h.arg);
	r->depth--;
}


static void text_h(void *arg, const xmlChar *text, int len)
{
	struct xml_reader *r = reader_of(arg);
	struct pl pl = pl_make((const char *)text, (size_t)len);

	/* An empty CDATA section is no text. */
	if (pl.l && !r->found && r->h.text)
		r->h.text(&pl, r->h.arg);
}


static void doctype_h(void *arg, const xmlChar *name, const xmlChar *external,
	const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	stop(reader_of(arg), EBADMSG);
}


/* ---- where a bit ends ------------------------------------------------ */

/* Bytes of what begins with OPEN and ends with END; 0: none is near. */
static size_t until(const struct pl *near, const char *open, const char *end)
{
	struct pl needle = pl_str(end), rest = *near;
	const char *p;

	pl_skip(&rest, strlen(open));
	p = pl_find(&rest, &needle);

	return p ? (size_t)(p - near->p) + needle.l : 0;
}


/* The same for a tag; a > in a value does not end it. More than so many
 * attributes cost libxml2 quadratic time: *MANY. */
static size_t until_tag_end(const struct pl *near, bool *many)
{
	size_t attrs = 0, i;
	char quote = 0;

	for (i = 1; i < near->l; i++) {
		char c = near->p[i];

		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '=')
			attrs++;
		else if (c == '>')
			break;
	}
	*many = attrs > XML_ATTRS_MAX;
	return i < near->l ? i + 1 : 0;
}


/* *LEN is that of the tag, comment or run of text that REST begins with. */
static int token(size_t *len, const struct pl *rest)
{
	size_t max = XML_READER_TOKEN;
	struct pl near = pl_make(rest->p, rest->l < max ? rest->l : max);
	bool many = false;
	const char *lt;

	if (*near.p != '<') {
		lt = pl_chr(&near, '<');
		*len = lt ? (size_t)(lt - near.p) : near.l;
		return lt || near.l == rest->l ? 0 : EMSGSIZE;
	}
	if (pl_startswith(&near, "<!--"))
		*len = until(&near, "<!--", "-->");
	else if (pl_startswith(&near, "<![CDATA["))
		*len = until(&near, "<![CDATA[", "]]>");
	else if (pl_startswith(&near, "<?"))
		*len = until(&near, "<?", "?>");
	else if (pl_startswith(&near, "<!"))
		return EBADMSG;
	else
		*len = until_tag_end(&near, &many);
	if (many)
		return EMSGSIZE;
	if (*len)
		return 0;
	return near.l == rest->l ? EBADMSG : EMSGSIZE;
}


/* *BIT is the next one of N bytes or some more, taken from what is left. */
static int take_bit(struct xml_reader *r, size_t n, struct pl *bit)
{
	size_t len;
	int err = 0;

	*bit = pl_make(r->rest.p, 0);
	do {
		len = 0;
		if (r->rest.l)
			err = token(&len, &r->rest);
		if (!err) {
			bit->l += len;
			pl_skip(&r->rest, len);
		}
	} while (!err && r->rest.l && bit->l < n);
	/* What comes before the fault is read first. */
	return bit->l ? 0 : err;
}


/* ---- reading --------------------------------------------------------- */

static int open_parser(struct xml_reader *r)
{
	xmlParserCtxt *ctxt =
		xmlCreatePushParserCtxt(NULL, NULL, NULL, 0, NULL);

	if (!ctxt)
		return ENOMEM;
	r->ctxt = ctxt;
	ctxt->_private = r;
	memset(ctxt->sax, 0, sizeof(*ctxt->sax));
	ctxt->sax->initialized = XML_SAX2_MAGIC;
	ctxt->sax->internalSubset = doctype_h;
	ctxt->sax->externalSubset = doctype_h;
	ctxt->sax->startElementNs = start_h;
	ctxt->sax->endElementNs = end_h;
	ctxt->sax->characters = text_h;
	ctxt->sax->ignorableWhitespace = text_h;
	ctxt->sax->cdataBlock = text_h;
	(void)xmlCtxtUseOptions(ctxt,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
			XML_PARSE_NOCDATA | XML_PARSE_IGNORE_ENC);
	ctxt->sax->cdataBlock = text_h;
	return xmlSwitchEncoding(ctxt, XML_CHAR_ENCODING_UTF8) ? EBADMSG : 0;
}


int xml_reader_alloc(struct xml_reader **rp, const struct pl *text,
	const struct xml_limits *limits,
	const struct xml_reader_handlers *handlers)
{
	struct xml_reader *r;
	int err;

	if (!limits)
		limits = &xml_limits_default;
	if (text->l > limits->bytes || text->l > INT_MAX)
		return EMSGSIZE;
	if (!pl_isset(text))
		return EBADMSG;
	r = mem_zalloc(sizeof(*r), destructor);
	r->limits = *limits;
	r->h = *handlers;
	r->err = EAGAIN;
	xml_to_utf8(&r->rest, &r->own, text,
		limits->bytes < CONVERT_MAX ? limits->bytes : CONVERT_MAX);
	err = r->own && text->l > CONVERT_MAX ? EMSGSIZE : open_parser(r);
	if (err)
		mem_deref(r);
	else
		*rp = r;
	return err;
}


static int read_bit(struct xml_reader *r, size_t n)
{
	xmlParserCtxt *ctxt = r->ctxt;
	struct pl bit;
	int err = take_bit(r, n, &bit);

	if (err)
		return err;
	(void)xmlParseChunk(ctxt, bit.p, (int)bit.l, !r->rest.l);
	if (r->found)
		return r->found;
	if (ctxt->errNo == XML_ERR_NO_MEMORY)
		return ENOMEM;
	if (!ctxt->wellFormed || (!r->rest.l && (!r->nodes || r->depth)))
		return EBADMSG;
	return r->rest.l ? EAGAIN : 0;
}


int xml_reader_next(struct xml_reader *r, size_t n)
{
	int err = r->err;

	if (err != EAGAIN)
		return err;
	(void)mem_ref(r);
	err = read_bit(r, n);
	r->err = err;
	(void)mem_deref(r);
	return err;
}


/* ---- tags ------------------------------------------------------------ */

static bool same_ns(const char *ns, const char *prefix, const char *want)
{
	/* A prefix that is not declared is a part of the name. */
	return !strcmp(ns ? ns : "", want) && (ns || !prefix);
}


bool xml_tag_is(const struct xml_tag *tag, const char *ns, const char *name)
{
	return !strcmp(tag->name, name) &&
		(!ns || same_ns(tag->ns, tag->prefix, ns));
}


struct pl xml_tag_attr(
	const struct xml_tag *tag, const char *ns, const char *name)
{
	struct pl unset = PL_INIT;
	size_t i;

	/* name, prefix, namespace, value, its end */
	for (i = 0; i < tag->nattrs; i++) {
		const char *const *attr =
			(const char *const *)(const void *)&tag->attrs[5 * i];

		if (!strcmp(attr[0], name) && same_ns(attr[2], attr[1], ns))
			return pl_make(attr[3], (size_t)(attr[4] - attr[3]));
	}
	return unset;
}
