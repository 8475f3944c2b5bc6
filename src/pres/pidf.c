/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pidf.c - reads PIDF with the data model (RFC 3863, RFC 4479) */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "date.h"
#include "mem.h"
#include "pres_int.h"

#define NS_XML "http://www.w3.org/XML/1998/namespace"

enum {
	STAMPS_MAX = 256,
	ID_MAX = 256, /* bytes of an id that is remembered */
};

enum basic {
	BASIC_SILENT,
	BASIC_CLOSED,
	BASIC_OPEN,
};

/* A tuple or a person; those that count most come first. */
struct part {
	const struct xml_node *node;
	size_t index; /* place in the document */
	enum basic basic; /* of a tuple */
	bool alternate; /* it reaches somebody else: an assistant, ... */
	int priority; /* of its contact, in thousandths */
	int64_t time; /* INT64_MIN: no timestamp */
};

struct parts {
	struct part *v;
	size_t n;
};


static char *trimmed_text(const struct xml_node *node)
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
	text = node ? trimmed_text(node) : NULL;
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
	char *text = node ? trimmed_text(node) : NULL;
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
	if (contact)
		tuple->priority =
			priority_decode(xml_attr(contact, "priority"));
}


static void person_add(struct parts *persons, const struct xml_node *node)
{
	const struct xml_node *child;

	for (child = xml_child(node); child; child = xml_next(child)) {
		if (pidf_not_understood(child))
			return;
	}
	part_add(persons, node)->time = time_decode(node, NS_DATA);
}


static void parts_decode(struct parts *tuples, struct parts *persons,
	const struct xml_node *root)
{
	const struct xml_node *node;

	for (node = xml_child(root); node; node = xml_next(node)) {
		if (xml_is(node, NS_PIDF, "tuple"))
			tuple_add(tuples, node);
		else if (xml_is(node, NS_DATA, "person"))
			person_add(persons, node);
	}
	if (tuples->n)
		qsort(tuples->v, tuples->n, sizeof(*tuples->v), part_cmp);
	if (persons->n)
		qsort(persons->v, persons->n, sizeof(*persons->v), part_cmp);
}


/* How well a note in LANG suits a reader who wants WANT; either may be
 * NULL. */
static int lang_score(const char *want, const char *lang)
{
	struct pl a = pl_str(want), b = pl_str(lang);

	if (!pl_isset(&b))
		return 2;
	if (!pl_isset(&a))
		return 1;
	if (pl_caseeq(&a, &b))
		return 4;
	a.l = strcspn(want, "-_.");
	b.l = strcspn(lang, "-_.");
	return pl_caseeq(&a, &b) ? 3 : 1;
}


/* The best of NODE's own notes in namespace NS that is not empty; NULL if
 * there is none (mem_deref). */
static char *note_decode(
	const struct xml_node *node, const char *ns, const char *want)
{
	const struct xml_node *child = node ? xml_child(node) : NULL;
	char *best = NULL;
	int best_score = 0;

	for (; child; child = xml_next(child)) {
		int score;
		char *text;

		if (!xml_is(child, ns, "note"))
			continue;
		score = lang_score(want, xml_attr_ns(child, NS_XML, "lang"));
		if (score <= best_score)
			continue;
		text = trimmed_text(child);
		if (!text)
			continue;
		mem_deref(best);
		best = text;
		best_score = score;
	}
	return best;
}


static char *note_find(const struct xml_node *root, const struct parts *tuples,
	const struct parts *persons, const struct pres_query *query)
{
	char *note = NULL;
	size_t i;

	for (i = 0; !note && i < persons->n; i++)
		note = note_decode(persons->v[i].node, NS_DATA, query->lang);
	for (i = 0; !note && i < persons->n; i++)
		note = note_decode(
			rpid_activities(persons->v[i].node, query->now),
			NS_RPID, query->lang);
	if (!note)
		note = note_decode(root, NS_PIDF, query->lang);
	for (i = 0; !note && i < tuples->n; i++)
		note = note_decode(tuples->v[i].node, NS_PIDF, query->lang);
	return note;
}


/* Gateways of public messengers write <activities><activity>busy</activity>
 * </activities> into the status, in no namespace of their own. */
static enum presence_activity status_activity(const struct xml_node *tuple)
{
	const struct xml_node *node = xml_find(tuple, NS_PIDF, "status");
	enum presence_activity activity = PRESENCE_NONE;

	node = node ? xml_find(node, NULL, "activities") : NULL;
	node = node ? xml_find(node, NULL, "activity") : NULL;
	for (; node; node = xml_next(node)) {
		char *text = xml_text(node);
		struct pl pl = pl_str(text);

		activity = rpid_stronger(activity, rpid_word(&pl));
		mem_deref(text);
	}
	return activity;
}


static enum presence_activity activity_find(
	const struct parts *tuples, const struct parts *persons, int64_t now)
{
	enum presence_activity activity = PRESENCE_NONE;
	size_t i;

	for (i = 0; !activity && i < persons->n; i++)
		activity = rpid_decode(persons->v[i].node, now);
	for (i = 0; !activity && i < tuples->n; i++) {
		if (tuples->v[i].basic != BASIC_OPEN)
			break;
		activity = rpid_stronger(rpid_decode(tuples->v[i].node, now),
			status_activity(tuples->v[i].node));
	}
	return activity;
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
		contact = node ? trimmed_text(node) : NULL;
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


static struct presence *presence_find(const struct xml_node *root,
	const struct parts *tuples, const struct parts *persons,
	const struct pres_query *query)
{
	enum basic basic = tuples->n ? tuples->v[0].basic : BASIC_CLOSED;
	enum presence_activity activity = PRESENCE_NONE;
	enum presence_state state = PRESENCE_OFFLINE;
	char *text = note_find(root, tuples, persons, query);
	struct pl note = pl_str(text);
	const char *reason = NULL;
	struct presence *presence;

	if (basic == BASIC_OPEN) {
		state = PRESENCE_ONLINE;
		activity = activity_find(tuples, persons, query->now);
	} else if (basic == BASIC_SILENT) {
		state = PRESENCE_UNKNOWN;
		reason = "the notification says neither open nor closed";
	}
	presence = presence_alloc(state, activity, &note, reason);
	mem_deref(text);
	return presence;
}


int pidf_decode(struct pres_doc **dp, const struct xml_node *root,
	const struct pres_query *query)
{
	const char *entity = xml_attr(root, "entity");
	struct parts tuples = {NULL, 0}, persons = {NULL, 0};
	struct pres_doc *doc;

	if (!pres_entity_match(query, entity))
		return ESRCH;
	parts_decode(&tuples, &persons, root);
	doc = pres_doc_new(
		presence_find(root, &tuples, &persons, query), entity);
	doc->contact = contact_find(&tuples);
	stamps_add(doc, &tuples);
	stamps_add(doc, &persons);
	mem_deref(tuples.v);
	mem_deref(persons.v);
	*dp = doc;
	return 0;
}
