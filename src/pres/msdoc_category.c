/* SPDX-License-Identifier: GPL-3.0-or-later */
/* msdoc_category.c - the categories that a contact publishes ([MS-PRES]
 * 2.2.2.4). */
#include <errno.h>
#include <string.h>
#include "date.h"
#include "mem.h"
#include "msdoc_int.h"

#define NS_XSI "http://www.w3.org/2001/XMLSchema-instance"


/* What was gathered of one contact. */
struct gathered {
	struct msdoc_news news;
	bool aggregated; /* the state is that of all devices */
	const char
		*noted; /* when the note was published; as ISO 8601 it sorts */
	char *activity;
	char *note;
	char *name;
};


uint32_t msdoc_state_number(const struct xml_node *state)
{
	uint32_t n = 0;

	if (state)
		(void)msdoc_text_number(msdoc_find(state, "availability"), &n);
	return n;
}


static bool is_aggregate(const struct xml_node *state)
{
	const char *type = xml_attr_ns(state, NS_XSI, "type");

	return type && strstr(type, "aggregateState");
}


/* A time of UTC, which may not say that it is. */
static int64_t active_at(const struct xml_node *state)
{
	const char *said = xml_attr(state, "lastActive");
	struct pl pl = pl_str(said);
	int64_t ms = 0;
	char *text;

	if (!said || !date_rfc3339_decode(&ms, &pl))
		return ms;
	text = mem_printf("%.64sZ", said);
	pl = pl_str(text);
	if (date_rfc3339_decode(&ms, &pl))
		ms = 0;
	mem_deref(text);
	return ms;
}


/* Words of their own, in whatever language comes first, else the token; NULL:
 * neither. */
static char *activity_text(const struct xml_node *activity)
{
	char *text = msdoc_text(msdoc_find(activity, "custom"));

	return text ? text : mem_strdup(xml_attr(activity, "token"));
}


static void state_take(struct gathered *g, const struct xml_node *category)
{
	const struct xml_node *state = msdoc_find(category, "state"), *activity;

	g->news.has |= MSDOC_STATE;
	if (!state || g->aggregated)
		return;
	g->aggregated = is_aggregate(state);
	g->news.availability = msdoc_state_number(state);
	g->news.active = active_at(state);
	activity = msdoc_find(state, "activity");
	mem_deref(g->activity);
	g->activity = activity ? activity_text(activity) : NULL;
}


static void note_take(struct gathered *g, const struct xml_node *category)
{
	const struct xml_node *note = msdoc_find(category, "note");
	const char *at = xml_attr(category, "publishTime");
	char *text;

	g->news.has |= MSDOC_NOTE;
	if (!note || (g->note && strcmp(at ? at : "", g->noted) < 0))
		return;
	text = msdoc_text(msdoc_find(note, "body"));
	if (!text)
		return;
	mem_deref(g->note);
	g->note = text;
	g->noted = at ? at : "";
}


static void card_take(struct gathered *g, const struct xml_node *category)
{
	const struct xml_node *at = msdoc_find(category, "contactCard");

	at = at ? msdoc_find(at, "identity") : NULL;
	at = at ? msdoc_find(at, "name") : NULL;
	at = at ? msdoc_find(at, "displayName") : NULL;
	if (!at)
		return;
	g->news.has |= MSDOC_CARD;
	mem_deref(g->name);
	g->name = msdoc_text(at);
}


static void category_take(struct gathered *g, const struct xml_node *category)
{
	static const struct {
		const char *name;
		void (*take)(struct gathered *g, const struct xml_node *c);
	} takers[] = {
		{"state", state_take},
		{"note", note_take},
		{"contactCard", card_take},
	};
	const char *name = xml_attr(category, "name");
	size_t i;

	for (i = 0; name && i < sizeof(takers) / sizeof(takers[0]); i++) {
		if (!strcmp(name, takers[i].name))
			takers[i].take(g, category);
	}
}


int msdoc_categories_decode(const struct pl *body, msdoc_news_h *h, void *arg)
{
	struct gathered g = {0};
	const struct xml_node *root, *at;
	struct xml_doc *doc;
	char *peer;
	int err = msdoc_xml(&doc, body);

	if (err)
		return err;
	root = xml_root(doc);
	peer = msdoc_is(root, "categories") ? msdoc_peer(xml_attr(root, "uri"))
					    : NULL;
	for (at = peer ? xml_child(root) : NULL; at; at = xml_next(at)) {
		if (msdoc_is(at, "category"))
			category_take(&g, at);
	}
	g.news.peer = peer;
	g.news.activity = g.activity;
	g.news.note = g.note;
	g.news.name = g.name;
	if (peer)
		h(&g.news, arg);
	else
		err = EBADMSG;
	mem_deref(g.activity);
	mem_deref(g.note);
	mem_deref(g.name);
	mem_deref(peer);
	mem_deref(doc);
	return err;
}
