/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pidf_int.h - the parts of a PIDF: pidf.c finds them, compose.c makes one line
 * of them. */
#ifndef SOTTO_PRES_PIDF_INT_H
#define SOTTO_PRES_PIDF_INT_H

#include "pres_int.h"

enum basic {
	BASIC_SILENT,
	BASIC_CLOSED,
	BASIC_OPEN,
};

/* A tuple or a person; those that count most come first. */
struct part {
	const struct xml_node *node;
	size_t index; /* place in the document */
	size_t device; /* whose it is, counted from 0 */
	enum basic basic; /* of a tuple */
	bool alternate; /* it reaches somebody else: an assistant, ... */
	int priority; /* of its contact, in thousandths */
	int64_t time; /* INT64_MIN: no timestamp */
	enum rpid_input input;
	int64_t last; /* input; INT64_MIN: not said */
};

struct parts {
	struct part *v;
	size_t n;
};

/* The text in NODE without blanks around it; NULL if there is none
 * (mem_deref). */
char *pidf_text(const struct xml_node *node);

/* What the parts of all devices come to; see pres_decode(). */
struct presence *pidf_compose(const struct xml_node *root,
	const struct parts *tuples, const struct parts *persons, size_t devices,
	const struct pres_query *query);

#endif
