/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pres.c - presence documents: which kind, about whom, how old (RFC 3856) */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "msg.h"
#include "pres_int.h"
#include "uri.h"

static const struct xml_limits limits = {
	.bytes = 256 * 1024,
	.depth = 32,
	.nodes = 10000,
};


/* The ids follow the times, each with its NUL. */
struct pres_stamps {
	size_t n;
	int64_t times[];
};


static void doc_destructor(void *data)
{
	struct pres_doc *doc = data;

	mem_deref(doc->presence);
	mem_deref(doc->entity);
	mem_deref(doc->contact);
	while (doc->nstamps)
		mem_deref(doc->stamps[--doc->nstamps].id);
	mem_deref(doc->stamps);
}


struct pres_doc *pres_doc_new(struct presence *presence, const char *entity)
{
	struct pres_doc *doc = mem_zalloc(sizeof(*doc), doc_destructor);

	doc->presence = presence;
	doc->entity = mem_strdup(entity);
	return doc;
}


/* PL as a sip URI if it is one of another class or has no scheme, else as it
 * is (mem_deref). */
static char *sip_form(const struct pl *pl)
{
	static const char *const schemes[] = {"sip:", "sips:", "pres:", "im:"};
	struct pl rest = *pl;
	size_t i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		struct pl head = pl_make(rest.p, strlen(schemes[i]));

		if (rest.l > head.l && pl_strcaseeq(&head, schemes[i])) {
			pl_skip(&rest, head.l);
			return mem_printf("sip:%.*s", PL_ARG(&rest));
		}
	}
	if (!pl_chr(&rest, ':') && pl_chr(&rest, '@'))
		return mem_printf("sip:%.*s", PL_ARG(&rest));
	return pl_strdup(&rest);
}


bool pres_entity_match(const struct pres_query *query, const char *entity)
{
	struct pl text = pl_str(entity), trimmed = pl_trim(&text), pl_a, pl_b;
	struct uri uri_a, uri_b;
	char *a, *b;
	bool match;

	if (!pl_isset(&query->entity) || !pl_isset(&trimmed) ||
		pl_eq(&query->entity, &trimmed))
		return true;
	a = sip_form(&query->entity);
	b = sip_form(&trimmed);
	pl_a = pl_str(a);
	pl_b = pl_str(b);
	match = !uri_decode(&uri_a, &pl_a) && !uri_decode(&uri_b, &pl_b) &&
		uri_aor_eq(&uri_a, &uri_b, false);
	mem_deref(a);
	mem_deref(b);
	return match;
}


const char *pres_accept(void)
{
	return "application/pidf+xml, application/xpidf+xml";
}


static int decode_xml(struct pres_doc **dp, const struct pl *text,
	const struct pres_query *query)
{
	const struct xml_node *root;
	struct xml_doc *xml;
	int err = xml_decode(&xml, text, &limits);

	if (err)
		return err;
	root = xml_root(xml);
	if (xml_is(root, NS_PIDF, "presence"))
		err = pidf_decode(dp, root, query);
	else if (xml_is(root, "", "presence"))
		err = xpidf_decode(dp, root, query);
	else
		err = EBADMSG;
	mem_deref(xml);
	return err;
}


int pres_decode(struct pres_doc **dp, const struct pl *content_type,
	const struct pl *body, const struct pres_query *query)
{
	const struct pres_query nothing = {.lang = NULL};
	struct pl pl;
	char *text;
	int err;

	if (!query)
		query = &nothing;
	if (body->l > limits.bytes)
		return EMSGSIZE;
	if (!content_type || !pl_isset(content_type) ||
		msg_type_is(content_type, "application/pidf+xml"))
		return decode_xml(dp, body, query);
	if (!msg_type_is(content_type, "application/xpidf+xml"))
		return ENOTSUP;
	text = xpidf_without_doctype(body);
	pl = pl_str(text);
	err = decode_xml(dp, &pl, query);
	mem_deref(text);
	return err;
}


struct pres_stamps *pres_doc_stamps(const struct pres_doc *doc)
{
	size_t size = sizeof(struct pres_stamps), i;
	struct pres_stamps *stamps;
	char *ids;

	if (!doc->nstamps)
		return NULL;
	for (i = 0; i < doc->nstamps; i++)
		size += sizeof(int64_t) + strlen(doc->stamps[i].id) + 1;
	stamps = mem_alloc(size, NULL);
	stamps->n = doc->nstamps;
	ids = (char *)&stamps->times[stamps->n];
	for (i = 0; i < doc->nstamps; i++) {
		size_t len = strlen(doc->stamps[i].id) + 1;

		stamps->times[i] = doc->stamps[i].time;
		memcpy(ids, doc->stamps[i].id, len);
		ids += len;
	}
	return stamps;
}


/* -1, 0 or 1: STAMP is older than that of its id in PREV, as old or not there,
 * newer. */
static int compare(
	const struct pres_stamp *stamp, const struct pres_stamps *prev)
{
	const char *id = (const char *)&prev->times[prev->n];
	size_t i;

	for (i = 0; i < prev->n; i++) {
		if (!strcmp(stamp->id, id) && stamp->time != prev->times[i])
			return stamp->time < prev->times[i] ? -1 : 1;
		id += strlen(id) + 1;
	}
	return 0;
}


bool pres_is_stale(const struct pres_doc *doc, const struct pres_stamps *prev)
{
	bool older = false;
	size_t i;

	if (!doc || !prev)
		return false;
	for (i = 0; i < doc->nstamps; i++) {
		int order = compare(&doc->stamps[i], prev);

		if (order > 0)
			return false;
		older = older || order < 0;
	}
	return older;
}
