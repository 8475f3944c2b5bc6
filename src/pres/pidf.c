/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pidf.c - reads PIDF with the data model (RFC 3863, RFC 4479) */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "date.h"
#include "mem.h"
#include "pidf_int.h"

enum {
	STAMPS_MAX = 256,
	LINKS_MAX = 256, /* tuples and persons that are compared by id */
	ID_MAX = 256, /* bytes of an id that is remembered */
};


char *pidf_text(const struct xml_node *node)
{
	char *text = xml_text(node);
	struct pl pl = pl_str(text), trimmed = pl_trim(&pl);
	char *dup = pl_isset(&trimmed) ? pl_strdup(&trimmed) : NULL;

	mem_deref(text);
	return dup;
}


bool pidf_not_understood(const struct xml_node *child)
{
	const char *must = xml_attr_ns(child, NS_PIDF, "mustUnderstand");
	const char *ns = xml_ns(child);

	if (!must || (strcmp(must, "true") && strcmp(must, "1")))
		return false;
	return strcmp(ns, NS_PIDF) && strcmp(ns, NS_DATA) &&
		strcmp(ns, NS_RPID);
}


static enum basic basic_decode(const struct xml_node *tuple)
{
	const struct xml_node *status = xml_find(tuple, NS_PIDF, "status");
	const struct xml_node *node;
	enum basic basic = BASIC_SILENT;
	char *text;

	node = status ? xml_find(status, NS_PIDF, "basic") : NULL;
	text = node ? pidf_text(node) : NULL;
	if (text && !strcmp(text, "open"))
		basic = BASIC_OPEN;
	else if (text && !strcmp(text, "closed"))
		basic = BASIC_CLOSED;
	mem_deref(text);
	return basic;
}


/* 4.1.5: 0 to 1 with at most three digits behind the point. What is absent
 * or wrong is the lowest priority. */
static int priority_decode(const char *text)
{
	int value, scale = 100;

	if (!text || (text[0] != '0' && text[0] != '1'))
		return 0;
	value = (text[0] - '0') * 1000;
	if (!text[1])
		return value;
	if (text[1] != '.')
		return 0;
	for (text += 2; *text; text++) {
		if (*text < '0' || *text > '9' || !scale)
			return 0;
		value += (*text - '0') * scale;
		scale /= 10;
	}
	return value <= 1000 ? value : 0;
}


static int64_t time_decode(const struct xml_node *part, const char *ns)
{
	const struct xml_node *node = xml_find(part, ns, "timestamp");
	char *text = node ? pidf_text(node) : NULL;
	struct pl pl = pl_str(text);
	int64_t ms = INT64_MIN;

	if (text && date_rfc3339_decode(&ms, &pl))
		ms = INT64_MIN;
	mem_deref(text);
	return ms;
}


static int part_cmp(const void *pa, const void *pb)
{
	const struct part *a = pa, *b = pb;

	if (a->basic != b->basic)
		return a->basic > b->basic ? -1 : 1;
	if (a->alternate != b->alternate)
		return a->alternate ? 1 : -1;
	if (a->priority != b->priority)
		return a->priority > b->priority ? -1 : 1;
	if (a->time != b->time)
		return a->time > b->time ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}


static struct part *part_add(struct parts *parts, const struct xml_node *node)
{
	struct part *part;

	parts->v = mem_reallocarray(parts->v, parts->n + 1, sizeof(*parts->v));
	part = &parts->v[parts->n];
	memset(part, 0, sizeof(*part));
	part->node = node;
	part->index = parts->n++;
	return part;
}


/* RFC 4480 3.9: a tuple without a relationship is the person's own. */
static bool is_alternate(const struct xml_node *tuple)
{
	const struct xml_node *node = xml_find(tuple, NS_RPID, "relationship");

	return node && xml_child(node) && !xml_find(node, NS_RPID, "self");
}


static void tuple_add(struct parts *tuples, const struct xml_node *node)
{
	const struct xml_node *contact = xml_find(node, NS_PIDF, "contact");
	struct part *tuple = part_add(tuples, node);

	tuple->basic = basic_decode(node);
	tuple->alternate = is_alternate(node);
	tuple->time = time_decode(node, NS_PIDF);
	tuple->last = INT64_MIN;
	tuple->input = rpid_input(node, &tuple->last);
	if (contact)
		tuple->priority =
			priority_decode(xml_attr(contact, "priority"));
}


static void person_add(struct parts *persons, const struct xml_node *node)
{
	const struct xml_node *child;
	struct part *person;

	for (child = xml_child(node); child; child = xml_next(child)) {
		if (pidf_not_understood(child))
			return;
	}
	person = part_add(persons, node);
	person->time = time_decode(node, NS_DATA);
	person->last = INT64_MIN;
	person->input = rpid_input(node, &person->last);
}


/*
 * A server that joins what several devices publish puts one after the other:
 * a person is that of the tuples before it, or, where the document begins with
 * a person, of those behind it. N: parts of this kind so far, of which one may
 * have been left out.
 */
static void place(struct parts *parts, size_t n, bool leads, bool *followed,
	size_t *device)
{
	if (parts->n == n)
		return;
	if (leads && *followed) {
		++*device;
		*followed = false;
	} else if (!leads) {
		*followed = true;
	}
	parts->v[n].device = *device;
}


/* Ours tell by their ids which belong together; see pres_encode(). */
static void link_ids(
	struct parts *tuples, const struct parts *persons, size_t *devices)
{
	size_t i, j;

	if (tuples->n > LINKS_MAX || persons->n > LINKS_MAX)
		return;
	for (i = 0; i < persons->n; i++) {
		const char *id = xml_attr(persons->v[i].node, "id");

		for (j = 0; id && *id == 'p' && j < tuples->n; j++) {
			const char *other = xml_attr(tuples->v[j].node, "id");

			if (!other || strcmp(id + 1, other) != 0)
				continue;
			persons->v[i].device = tuples->v[j].device = *devices;
			++*devices;
			break;
		}
	}
}


/* The number of devices. */
static size_t parts_decode(struct parts *tuples, struct parts *persons,
	const struct xml_node *root)
{
	const struct xml_node *node;
	bool followed = false;
	size_t devices = 0, n;
	bool tuples_lead = true;

	for (node = xml_child(root); node; node = xml_next(node)) {
		if (xml_is(node, NS_PIDF, "tuple")) {
			n = tuples->n;
			tuple_add(tuples, node);
			place(tuples, n, tuples_lead, &followed, &devices);
		} else if (xml_is(node, NS_DATA, "person") ||
			xml_is(node, NS_PERSON_DRAFT, "person")) {
			n = persons->n;
			person_add(persons, node);
			if (!tuples->n)
				tuples_lead = false;
			place(persons, n, !tuples_lead, &followed, &devices);
		}
	}
	devices++;
	link_ids(tuples, persons, &devices);
	if (tuples->n)
		qsort(tuples->v, tuples->n, sizeof(*tuples->v), part_cmp);
	if (persons->n)
		qsort(persons->v, persons->n, sizeof(*persons->v), part_cmp);
	return devices;
}


static char *contact_find(const struct parts *tuples)
{
	char *contact = NULL;
	size_t i;

	for (i = 0; !contact && i < tuples->n; i++) {
		const struct xml_node *node;

		if (tuples->v[i].basic != BASIC_OPEN)
			break;
		node = xml_find(tuples->v[i].node, NS_PIDF, "contact");
		contact = node ? pidf_text(node) : NULL;
	}
	return contact;
}


static void stamps_add(struct pres_doc *doc, const struct parts *parts)
{
	size_t i;

	for (i = 0; i < parts->n && doc->nstamps < STAMPS_MAX; i++) {
		const struct part *part = &parts->v[i];
		const char *id = xml_attr(part->node, "id");
		struct pres_stamp *stamp;

		if (part->time == INT64_MIN || !id || strlen(id) > ID_MAX)
			continue;
		doc->stamps = mem_reallocarray(
			doc->stamps, doc->nstamps + 1, sizeof(*doc->stamps));
		stamp = &doc->stamps[doc->nstamps++];
		stamp->id = mem_strdup(id);
		stamp->time = part->time;
	}
}


static void until_find(
	struct pres_doc *doc, const struct parts *parts, int64_t now)
{
	size_t i;

	for (i = 0; i < parts->n; i++)
		doc->until = rpid_until(parts->v[i].node, now, doc->until);
}


int pidf_decode(struct pres_doc **dp, const struct xml_node *root,
	const struct pres_query *query)
{
	const char *entity = xml_attr(root, "entity");
	struct parts tuples = {NULL, 0}, persons = {NULL, 0};
	struct pres_doc *doc;
	size_t devices;

	if (!pres_entity_match(query, entity))
		return ESRCH;
	devices = parts_decode(&tuples, &persons, root);
	doc = pres_doc_new(
		pidf_compose(root, &tuples, &persons, devices, query), entity);
	doc->contact = contact_find(&tuples);
	stamps_add(doc, &tuples);
	stamps_add(doc, &persons);
	until_find(doc, &tuples, query->now);
	until_find(doc, &persons, query->now);
	mem_deref(tuples.v);
	mem_deref(persons.v);
	*dp = doc;
	return 0;
}
