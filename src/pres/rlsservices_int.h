/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rlsservices_int.h - what reading and changing services share. */
#ifndef SOTTO_RLSSERVICES_INT_H
#define SOTTO_RLSSERVICES_INT_H

#include "rlsservices.h"
#include "xml.h"

#define NS_SERVICES "urn:ietf:params:xml:ns:rls-services"
#define NS_LISTS    "urn:ietf:params:xml:ns:resource-lists"

extern const struct xml_limits rlsservices_limits;

/* True if NODE, a service, takes SUBSCRIBEs for presence. */
bool rlsservices_has_presence(const struct xml_node *node);

/* The list in a service; some write it in the namespace of lists. */
bool rlsservices_is_list(const struct xml_node *node);

/* URI as an address of record (mem_deref); NULL: it is none that can be in a
 * list. */
char *rlsservices_address(const char *uri);

#endif
