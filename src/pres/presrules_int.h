/* SPDX-License-Identifier: GPL-3.0-or-later */
/* presrules_int.h - what reading and changing rules share, and where in the
 * text each element is. */
#ifndef SOTTO_PRESRULES_INT_H
#define SOTTO_PRESRULES_INT_H

#include <stdbool.h>
#include <stddef.h>
#include "pl.h"
#include "presrules.h"
#include "xml.h"

#define NS_POLICY "urn:ietf:params:xml:ns:common-policy"
#define NS_RULES  "urn:ietf:params:xml:ns:pres-rules"

extern const struct xml_limits presrules_limits;

/* False: RULE says nothing of how to handle subscriptions. */
bool presrules_handling_of(
	enum presrules_handling *handling, const struct xml_node *rule);

/* The one condition about identity in RULE, whether it is the only condition
 * or not; NULL: none, or several that must all be met. */
const struct xml_node *presrules_identity_of(
	const struct xml_node *rule, bool *conditional);

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

/* *SP (mem_deref) borrows TEXT. EBADMSG, EMSGSIZE. */
int spans_alloc(struct spans **sp, const struct pl *text);

/* The first element in span I, and the next one beside it; SIZE_MAX: none. */
size_t span_child(const struct spans *s, size_t i);
size_t span_next(const struct spans *s, size_t i);

/* The name in the start tag, with its prefix; and that with its colon. */
struct pl span_name(const struct spans *s, size_t i);
struct pl span_prefix(const struct spans *s, size_t i);

#endif
