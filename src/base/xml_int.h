/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xml_int.h - what the tree and the reader share. */
#ifndef SOTTO_XML_INT_H
#define SOTTO_XML_INT_H

#include "xml.h"

enum {
	XML_ATTRS_MAX = 64, /* of one element: libxml2 compares each with
			       each */
};

/* libxml2 gets UTF-8 and nothing else: then what was checked before it is what
 * it reads, whatever the document declares. *OWN (mem_deref) holds what UTF8
 * borrows from, if it had to be converted; more than MAX bytes are cut off. */
void xml_to_utf8(
	struct pl *utf8, char **own, const struct pl *text, size_t max);

#endif
