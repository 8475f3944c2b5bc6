/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xml.c - a bounded tree over libxml2, and a writer (XML 1.0, Namespaces) */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include "mem.h"
#include "utf8.h"
#include "xml_int.h"

const struct xml_limits xml_limits_default = {
	.bytes = 1024 * 1024,
	.depth = 64,
	.nodes = 20000,
};

struct xml_doc {
	xmlDoc *doc;
};

/* What the parser's hooks keep an eye on. */
struct watch {
	const struct xml_limits *limits;
	size_t depth;
	size_t nodes;
	int err;
};


static void doc_destructor(void *data)
{
	struct xml_doc *doc = data;

	if (doc->doc)
		xmlFreeDoc(doc->doc);
}


/* ---- hooks: SAX handlers between the parser and libxml2's tree builder */

static void watch_stop(xmlParserCtxt *ctxt, int err)
{
	struct watch *watch = ctxt->_private;

	if (!watch->err)
		watch->err = err;
	xmlStopParser(ctxt);
}


/* Called before an internal subset is read and an external one fetched. */
static void doctype_h(void *arg, const xmlChar *name, const xmlChar *external,
	const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	watch_stop(arg, EBADMSG);
}


static void start_h(void *arg, const xmlChar *name, const xmlChar *prefix,
	const xmlChar *uri, int nns, const xmlChar **ns, int nattrs,
	int ndefaulted, const xmlChar **attrs)
{
	xmlParserCtxt *ctxt = arg;
	struct watch *watch = ctxt->_private;

	watch->nodes += 1 + (size_t)nattrs;
	watch->depth++;
	if (watch->nodes > watch->limits->nodes ||
		watch->depth > watch->limits->depth) {
		watch_stop(ctxt, EMSGSIZE);
		return;
	}
	xmlSAX2StartElementNs(
		arg, name, prefix, uri, nns, ns, nattrs, ndefaulted, attrs);
	/* It counts to 65,535 itself. */
	if (ctxt->node && ctxt->input)
		ctxt->node->psvi = (void *)(intptr_t)ctxt->input->line;
}


static void end_h(void *arg, const xmlChar *name, const xmlChar *prefix,
	const xmlChar *uri)
{
	xmlParserCtxt *ctxt = arg;
	struct watch *watch = ctxt->_private;

	if (watch->err)
		return;
	watch->depth--;
	xmlSAX2EndElementNs(arg, name, prefix, uri);
}


/* ---- what is checked before libxml2 sees a byte */

/* True if PL has no more = than a start tag may have attributes. */
static bool few_attrs(const struct pl *pl)
{
	struct pl rest = *pl;
	const char *p;
	size_t n = 0;

	while (n <= XML_ATTRS_MAX && (p = pl_chr(&rest, '='))) {
		rest.l -= (size_t)(p + 1 - rest.p);
		rest.p = p + 1;
		n++;
	}
	return n <= XML_ATTRS_MAX;
}


/* True if no start tag of PL has more than XML_ATTRS_MAX attributes. libxml2 up
 * to 2.11 takes quadratic time over them before any hook is called. */
static bool attrs_bounded(const struct pl *pl)
{
	bool tag = false;
	size_t n = 0;
	char quote = 0;
	size_t i;

	if (few_attrs(pl))
		return true;
	for (i = 0; i < pl->l; i++) {
		char c = pl->p[i];

		if (c == '<') {
			/* never allowed in an attribute value */
			tag = i + 1 < pl->l && pl->p[i + 1] != '!' &&
				pl->p[i + 1] != '?';
			quote = 0;
			n = 0;
		} else if (!tag) {
			continue;
		} else if (quote) {
			if (c == quote)
				quote = 0;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == '>') {
			tag = false;
		} else if (c == '=' && ++n > XML_ATTRS_MAX) {
			return false;
		}
	}
	return true;
}


/* A string and not a buffer: libxml2 tries to fill a buffer again at each of
 * its last 250 bytes, which takes a third of the time of a small document. */
static int parse_string(xmlParserCtxt *ctxt, const char *text)
{
	xmlParserInput *input =
		xmlNewStringInputStream(ctxt, (const xmlChar *)text);

	if (!input)
		return ENOMEM;
	(void)inputPush(ctxt, input);
	(void)xmlParseDocument(ctxt);
	return 0;
}


static int parse(struct xml_doc *doc, const struct pl *utf8,
	const struct xml_limits *limits)
{
	struct watch watch = {.limits = limits};
	xmlParserCtxt *ctxt = xmlNewParserCtxt();
	char *text;
	int err;

	if (!ctxt)
		return ENOMEM;
	text = pl_strdup(utf8);
	ctxt->_private = &watch;
	ctxt->sax->internalSubset = doctype_h;
	ctxt->sax->externalSubset = doctype_h;
	ctxt->sax->startElementNs = start_h;
	ctxt->sax->endElementNs = end_h;
	ctxt->sax->comment = NULL;
	ctxt->sax->processingInstruction = NULL;
	(void)xmlCtxtUseOptions(ctxt,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
			XML_PARSE_NOCDATA | XML_PARSE_IGNORE_ENC);
	err = parse_string(ctxt, text);
	doc->doc = ctxt->myDoc;
	ctxt->myDoc = NULL;
	if (watch.err)
		err = watch.err;
	else if (ctxt->errNo == XML_ERR_NO_MEMORY)
		err = ENOMEM;
	else if (!doc->doc || !ctxt->wellFormed ||
		!xmlDocGetRootElement(doc->doc))
		err = EBADMSG;
	xmlFreeParserCtxt(ctxt);
	mem_deref(text);
	return err;
}


static const struct xml_node *node_of(const xmlNode *node)
{
	while (node && node->type != XML_ELEMENT_NODE)
		node = node->next;
	return (const void *)node;
}


static const char *attr_value(const xmlAttr *attr)
{
	/* without a DTD a value is one text node, or none if it is empty */
	if (!attr->children || !attr->children->content)
		return "";
	return (const char *)attr->children->content;
}


int xml_decode(struct xml_doc **docp, const struct pl *text,
	const struct xml_limits *limits)
{
	struct xml_doc *doc;
	struct pl utf8;
	char *own = NULL;
	int err;

	if (!limits)
		limits = &xml_limits_default;
	if (text->l > limits->bytes || text->l > INT_MAX)
		return EMSGSIZE;
	if (!pl_isset(text))
		return EBADMSG;
	xml_to_utf8(&utf8, &own, text, limits->bytes);
	doc = mem_zalloc(sizeof(*doc), doc_destructor);
	if (pl_chr(&utf8, '\0'))
		err = EBADMSG;
	else
		err = attrs_bounded(&utf8) ? parse(doc, &utf8, limits)
					   : EMSGSIZE;
	mem_deref(own);
	if (err)
		mem_deref(doc);
	else
		*docp = doc;
	return err;
}


const char *xml_why(int err)
{
	switch (err) {
	case EBADMSG:
		return "it is not what it should be";
	case EMSGSIZE:
		return "it is larger, or deeper, than is taken here";
	case ESRCH:
		return "it is about somebody else";
	case ENOTSUP:
		return "it is of a kind that is not understood here";
	default:
		return strerror(err);
	}
}


const struct xml_node *xml_root(const struct xml_doc *doc)
{
	return (const void *)xmlDocGetRootElement(doc->doc);
}


unsigned xml_line(const struct xml_node *node)
{
	const xmlNode *n = (const void *)node;

	return (unsigned)(intptr_t)n->psvi;
}


const char *xml_name(const struct xml_node *node)
{
	return (const char *)((const xmlNode *)(const void *)node)->name;
}


const char *xml_ns(const struct xml_node *node)
{
	const xmlNode *n = (const void *)node;

	return n->ns && n->ns->href ? (const char *)n->ns->href : "";
}


bool xml_is(const struct xml_node *node, const char *ns, const char *name)
{
	return !strcmp(xml_name(node), name) &&
		(!ns || !strcmp(xml_ns(node), ns));
}


const struct xml_node *xml_child(const struct xml_node *node)
{
	return node_of(((const xmlNode *)(const void *)node)->children);
}


const struct xml_node *xml_next(const struct xml_node *node)
{
	return node_of(((const xmlNode *)(const void *)node)->next);
}


const struct xml_node *xml_find(
	const struct xml_node *node, const char *ns, const char *name)
{
	const struct xml_node *child;

	for (child = xml_child(node); child; child = xml_next(child)) {
		if (xml_is(child, ns, name))
			return child;
	}
	return NULL;
}


const char *xml_attr(const struct xml_node *node, const char *name)
{
	return xml_attr_ns(node, "", name);
}


const char *xml_attr_ns(
	const struct xml_node *node, const char *ns, const char *name)
{
	const xmlAttr *attr = ((const xmlNode *)(const void *)node)->properties;

	for (; attr; attr = attr->next) {
		const char *uri = attr->ns && attr->ns->href
			? (const char *)attr->ns->href
			: "";

		if (!strcmp((const char *)attr->name, name) && !strcmp(uri, ns))
			return attr_value(attr);
	}
	return NULL;
}


char *xml_text(const struct xml_node *node)
{
	xmlChar *content = xmlNodeGetContent((const void *)node);
	char *text = mem_strdup(content ? (const char *)content : "");

	xmlFree(content);
	return text;
}


/* The characters that XML 1.0 knows (2.2). */
static bool char_allowed(uint32_t cp)
{
	if (cp < 0x20)
		return cp == '\t' || cp == '\n' || cp == '\r';
	return cp != 0xfffe && cp != 0xffff;
}


/* NULL: the character stands for itself. A line end other than LF would be
 * lost in reading, in an attribute value LF and HT too. */
static const char *char_escape(uint32_t cp)
{
	switch (cp) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}


int xml_write_text_pl(struct mbuf *mb, const struct pl *pl)
{
	struct pl rest = *pl;

	while (pl_isset(&rest)) {
		const char *escape;
		char buf[4];
		uint32_t cp;
		size_t n = utf8_decode(&cp, rest.p, rest.l);

		if (!char_allowed(cp))
			cp = 0xfffd;
		escape = char_escape(cp);
		if (escape)
			mbuf_write_str(mb, escape);
		else
			mbuf_write_mem(mb, buf, utf8_encode(buf, cp));
		pl_skip(&rest, n);
	}
	return mbuf_err(mb);
}


int xml_write_text(struct mbuf *mb, const char *s)
{
	struct pl pl = pl_str(s);

	return xml_write_text_pl(mb, &pl);
}


uint32_t xml_html_entity(const struct pl *name)
{
	char buf[16]; /* "thetasym" is the longest */
	const htmlEntityDesc *entity;

	if (!pl_isset(name) || name->l >= sizeof(buf))
		return 0;
	memcpy(buf, name->p, name->l);
	buf[name->l] = '\0';
	entity = htmlEntityLookup((const xmlChar *)buf);
	return entity ? entity->value : 0;
}
