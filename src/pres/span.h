/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * span.h - where in a text each element is, and changes of that text: every
 * byte that none of them touches stays as it was.
 */
#ifndef SOTTO_SPAN_H
#define SOTTO_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include "mbuf.h"
#include "pl.h"
#include "xml.h"

/* An element, by bytes of the text. */
struct span {
	const struct xml_node *node;
	size_t start; /* of its start tag */
	size_t open_end; /* behind it */
	size_t close; /* its end tag; open_end where there is none */
	size_t end; /* behind all of it */
	size_t next; /* the first span that is not in it */
	size_t above; /* the span that it is in */
};

/* In the order of the document; the root is the first. */
struct spans {
	struct pl text;
	struct xml_doc *doc;
	struct span *v;
	size_t n;
	size_t room;
};

/* *SP (mem_deref) borrows TEXT. EBADMSG: not XML, or not UTF-8; EMSGSIZE. */
int spans_alloc(struct spans **sp, const struct pl *text,
	const struct xml_limits *limits);

/* The first element in span I, and the next one beside it; SIZE_MAX: none. */
size_t span_child(const struct spans *s, size_t i);
size_t span_next(const struct spans *s, size_t i);

/* Of what is right in span I, the first element NAME of NS, and the last one
 * of NS; SIZE_MAX: none. */
size_t span_find(
	const struct spans *s, size_t i, const char *ns, const char *name);
size_t span_last(const struct spans *s, size_t i, const char *ns);

/* The name in the start tag, with its prefix; and that with its colon. */
struct pl span_name(const struct spans *s, size_t i);
struct pl span_prefix(const struct spans *s, size_t i);

/* What stands in the start tag behind its name; and the next attribute there:
 * its NAME with its prefix, and ALL of it. False: there is none. */
struct pl span_attrs(const struct spans *s, size_t i);
bool span_attr_next(struct pl *attrs, struct pl *name, struct pl *all);

/* The prefix that stands for NS within span I, without its colon, or "" where
 * none is needed; false: none does, or nobody can tell by the text. */
bool span_ns_prefix(
	const struct spans *s, size_t i, const char *ns, struct pl *prefix);

/* True for <x/>. */
bool span_is_empty(const struct spans *s, size_t i);

/* The first byte of the white space before span I, where there is nothing else
 * up to the tag before it; else of I itself. */
size_t span_indent(const struct spans *s, size_t i);

/* That white space. */
struct pl span_space(const struct spans *s, size_t i);

/* ---- changes --------------------------------------------------------- */

/* CUT bytes of the text go at byte AT, and PUT comes. */
struct splice {
	size_t at;
	size_t cut;
	size_t order;
	struct mbuf *put; /* NULL: nothing */
};

/* None but MAX: zero. */
struct splices {
	size_t max; /* bytes of the result */
	struct splice *v;
	size_t n;
	size_t room;
};

/* What is written to the result comes there; of several at one place the first
 * comes first. */
struct mbuf *splice_put(struct splices *c, size_t at, size_t cut);

/* What is written from here to splice_end() comes last in span I. */
struct mbuf *splice_begin(struct splices *c, const struct spans *s, size_t i);
void splice_end(struct mbuf *mb, const struct spans *s, size_t i);

/* Span I goes, with the white space before it. */
void splice_cut(struct splices *c, const struct spans *s, size_t i);

/* Only the first N are left. */
void splices_cut_to(struct splices *c, size_t n);

/* Frees what C holds. */
void splices_flush(struct splices *c);

/* *FRESHP (mem_deref) is the text of S, changed; what goes must not overlap.
 * EMSGSIZE: over MAX bytes. */
int splices_apply(
	struct mbuf **freshp, struct splices *c, const struct spans *s);

#endif
