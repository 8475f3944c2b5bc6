/* SPDX-License-Identifier: GPL-3.0-or-later */
/* msdoc_int.h - what the readers and writers of Microsoft documents share. */
#ifndef SOTTO_PRES_MSDOC_INT_H
#define SOTTO_PRES_MSDOC_INT_H

#include "msdoc.h"
#include "xml.h"

/* xml_decode() within the bounds of msdoc.h; a declaration that speaks of
 * UTF-16 over other bytes is left out. */
int msdoc_xml(struct xml_doc **docp, const struct pl *body);

/* PEER without "sip:" (borrowed). */
const char *msdoc_bare(const char *peer);

/* A number in an attribute; false where there is none. */
bool msdoc_number(const struct xml_node *node, const char *attr, uint32_t *n);

/* The number that ELEMENT holds. */
bool msdoc_text_number(const struct xml_node *node, uint32_t *n);

/* The text of NODE without white space around; NULL: none (mem_deref). */
char *msdoc_text(const struct xml_node *node);

/* True if NODE has that local name. */
bool msdoc_is(const struct xml_node *node, const char *name);
const struct xml_node *msdoc_find(
	const struct xml_node *node, const char *name);

/* " NAME=\"VALUE\"", escaped. */
void msdoc_attr(struct mbuf *mb, const char *name, const char *value);

/* The availability of a <state>; 0: none. */
uint32_t msdoc_state_number(const struct xml_node *state);

#endif
