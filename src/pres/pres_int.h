/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pres_int.h - what the files of this floor share. */
#ifndef SOTTO_PRES_INT_H
#define SOTTO_PRES_INT_H

#include "pres.h"
#include "xml.h"

#define NS_PIDF "urn:ietf:params:xml:ns:pidf"
#define NS_DATA "urn:ietf:params:xml:ns:pidf:data-model"
#define NS_RPID "urn:ietf:params:xml:ns:pidf:rpid"
/* What PBXs still write, of drafts before RFC 4480. */
#define NS_PERSON_DRAFT "urn:ietf:params:xml:ns:pidf:person"
#define NS_RPID_DRAFT "urn:ietf:params:xml:ns:pidf:rpid:rpid-person"
#define NS_AGP	"urn:ag-projects:xml:ns:pidf"

/* Parse a whole document; QUERY is never NULL. */
int pidf_decode(struct pres_doc **dp, const struct xml_node *root,
	const struct pres_query *query);
int xpidf_decode(struct pres_doc **dp, const struct xml_node *root,
	const struct pres_query *query);

/* BODY without a DOCTYPE that has no internal subset: XPIDF has one, and the
 * XML reader takes none (mem_deref). */
char *xpidf_without_doctype(const struct pl *body);

/* A document with nothing but PRESENCE, whose reference is taken over. */
struct pres_doc *pres_doc_new(struct presence *presence, const char *entity);

/* True if ENTITY (NULL: not said) may be QUERY's. */
bool pres_entity_match(const struct pres_query *query, const char *entity);

/* How well a text in LANG suits a reader who wants WANT; either may be NULL.
 * 0 is less than any. */
int pres_lang_score(const char *want, const char *lang);

/* What there is between A and B, counted from the weaker one. */
enum presence_activity rpid_stronger(
	enum presence_activity a, enum presence_activity b);

/* The activity in words as a person writes them: "DND", "Be right back";
 * PRESENCE_NONE for any others. */
enum presence_activity rpid_word(const struct pl *text);

/* What <user-input> among a node's children says (RFC 4480 3.14). */
enum rpid_input {
	RPID_SILENT,
	RPID_ACTIVE,
	RPID_IDLE,
};

/* And in *LAST when there was input last; left alone where it is not said. */
enum rpid_input rpid_input(const struct xml_node *node, int64_t *last);

/* Activity told by the <activities> among NODE's children. */
enum presence_activity rpid_decode(const struct xml_node *node, int64_t now);

/* Activity told within the <status> of TUPLE, as RPID has it not. */
enum presence_activity rpid_status(const struct xml_node *tuple);

/* The first <rpid:activities> child of NODE that holds NOW, or, with AFTER, the
 * next one behind that; NULL: no more. */
const struct xml_node *rpid_activities(const struct xml_node *node,
	const struct xml_node *after, int64_t now);

/* The next time after NOW at which activities of NODE begin or end, if that is
 * before UNTIL (0: whenever), else UNTIL. */
int64_t rpid_until(const struct xml_node *node, int64_t now, int64_t until);

/* What they do in words of their own, none of those that we know (mem_deref);
 * NULL: nothing. */
char *rpid_other(const struct xml_node *activities);

/* True if CHILD of an extension is marked as one that must be understood and
 * is of another namespace than ours (RFC 3863 4.2.3). */
bool pidf_not_understood(const struct xml_node *child);

/* Writes <rpid:user-input> idle: no input since SINCE, which shows after
 * THRESHOLD seconds; either may be 0, not said. Nothing where both are. */
int rpid_input_encode(struct mbuf *mb, int64_t since, uint32_t threshold);

/* Writes <rpid:activities> for ACTIVITY; nothing for PRESENCE_NONE. */
int rpid_encode(struct mbuf *mb, enum presence_activity activity);

#endif
