/* SPDX-License-Identifier: GPL-3.0-or-later */
/* presrules_int.h - what reading and changing rules share. */
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

#endif
