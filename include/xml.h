/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xml.h - a bounded read-only tree over libxml2, a reader that goes bit by
 * bit, and a writer.
 *
 * Entities and network are off, any DOCTYPE is refused before it is read,
 * size, depth and number of nodes are bounded. Nothing is ever printed. A
 * prefix that is not declared is no error: the name keeps it and is in no
 * namespace.
 */
#ifndef SOTTO_XML_H
#define SOTTO_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mbuf.h"
#include "pl.h"

struct xml_doc;
struct xml_node; /* an element; lives as long as its document */

struct xml_limits {
	size_t bytes;
	size_t depth; /* of elements; the root is 1 */
	size_t nodes; /* elements and attributes together */
};

/* 1 MiB, depth 64, 20,000 nodes; no more than 64 attributes and namespace
 * declarations on one element whatever the limits are. */
extern const struct xml_limits xml_limits_default;

/* EBADMSG: not well-formed or a DOCTYPE; EMSGSIZE: over a limit. LIMITS
 * NULL: the default. UTF-8, or what the document declares (UTF-16 by its
 * first bytes). mem_deref(). */
int xml_decode(struct xml_doc **docp, const struct pl *text,
	const struct xml_limits *limits);

/* Why a document was not taken, in words: of xml_decode(), and of decoders
 * over it whose ESRCH is a document about somebody else, ENOTSUP one of
 * another kind. */
const char *xml_why(int err);

const struct xml_node *xml_root(const struct xml_doc *doc);

/* The line that NODE's start tag ends on, from 1. */
unsigned xml_line(const struct xml_node *node);

/* Local name and namespace URI ("" for none). xml_is() tests both; NS NULL
 * matches any namespace. */
const char *xml_name(const struct xml_node *node);
const char *xml_ns(const struct xml_node *node);
bool xml_is(const struct xml_node *node, const char *ns, const char *name);

/* First child element, next sibling element; NULL at the end. */
const struct xml_node *xml_child(const struct xml_node *node);
const struct xml_node *xml_next(const struct xml_node *node);

/* First child with that name; NS NULL matches any namespace. */
const struct xml_node *xml_find(
	const struct xml_node *node, const char *ns, const char *name);

/* Attribute without namespace; NULL if absent (borrowed). */
const char *xml_attr(const struct xml_node *node, const char *name);
const char *xml_attr_ns(
	const struct xml_node *node, const char *ns, const char *name);

/* All character data below NODE, joined (mem_deref). */
char *xml_text(const struct xml_node *node);

/* ---- the reader ------------------------------------------------------ */

/* A document read bit by bit, without a tree, where all of it at once would
 * take too long: the same bounds, and each tag, comment and run of text is at
 * most XML_READER_TOKEN bytes long. */
struct xml_reader;
struct xml_tag; /* a start tag; lives during the call */

enum {
	XML_READER_TOKEN = 64 * 1024,
};

struct xml_reader_handlers {
	void (*start)(const struct xml_tag *tag, size_t depth, void *arg);
	/* A piece of character data; several in a row are one text. */
	void (*text)(const struct pl *text, void *arg);
	void (*end)(size_t depth, void *arg); /* of the element; root: 1 */
	void *arg;
};

/* TEXT is borrowed until mem_deref(); it has to be UTF-8 where it is over 1
 * MiB. EMSGSIZE, EBADMSG: as xml_decode(), as far as it is known by then. */
int xml_reader_alloc(struct xml_reader **rp, const struct pl *text,
	const struct xml_limits *limits,
	const struct xml_reader_handlers *handlers);

/* Reads on for N bytes and up to the end of the tag there. EAGAIN: there is
 * more; 0: that was the end, and the document is well-formed; EBADMSG and
 * EMSGSIZE as above: what was told before stands. Once it has ended it says
 * the same again. */
int xml_reader_next(struct xml_reader *r, size_t n);

/* As xml_is(), and as xml_attr_ns(): unset where absent (borrowed). */
bool xml_tag_is(const struct xml_tag *tag, const char *ns, const char *name);
struct pl xml_tag_attr(
	const struct xml_tag *tag, const char *ns, const char *name);

/* The writer: text with the five characters, tab and line ends escaped, and
 * characters that XML forbids and bytes that are no UTF-8 as U+FFFD; for
 * element content and for attribute values alike. Returns mbuf errors. */
int xml_write_text(struct mbuf *mb, const char *s);
int xml_write_text_pl(struct mbuf *mb, const struct pl *pl);

/* The code point of an HTML entity by its name without & and ; ("eacute");
 * 0 if there is none. */
uint32_t xml_html_entity(const struct pl *name);

#endif
