/* SPDX-License-Identifier: GPL-3.0-or-later */
/* msdoc_self.c - what the server knows of ourselves ([MS-PRES] 4.4.3). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "msdoc_int.h"

#define NS_XSI "http://www.w3.org/2001/XMLSchema-instance"


enum {
	PARTS_MAX = 20000, /* of each kind are looked at */
};


/* ---- publications --------------------------------------------------- */

static void held_take(const struct xml_node *category, struct msdoc_held *held,
	const struct msdoc_self_handlers *h)
{
	const struct xml_node *state = msdoc_find(category, "state");
	const struct xml_node *note = msdoc_find(category, "note");
	const char *type = state ? xml_attr_ns(state, NS_XSI, "type") : NULL;
	char *text = note ? msdoc_text(msdoc_find(note, "body")) : NULL;

	held->aggregate = type && strstr(type, "aggregateState");
	held->availability = msdoc_state_number(state);
	held->note = text;
	h->held(held, h->arg);
	mem_deref(text);
}


static void held_tell(
	const struct xml_node *category, const struct msdoc_self_handlers *h)
{
	struct msdoc_held held = {.container = UINT32_MAX};

	held.category = xml_attr(category, "name");
	(void)msdoc_number(category, "container", &held.container);
	if (msdoc_number(category, "instance", &held.instance) &&
		msdoc_number(category, "version", &held.version))
		held_take(category, &held, h);
}


static void cleared_tell(
	const struct xml_node *category, const struct msdoc_self_handlers *h)
{
	uint32_t container = UINT32_MAX;

	(void)msdoc_number(category, "container", &container);
	h->cleared(xml_attr(category, "name"), container, h->arg);
}


/* Everything that is named here is forgotten before anything is told. */
static void categories_take(
	const struct xml_node *list, const struct msdoc_self_handlers *h)
{
	const struct xml_node *at;
	size_t n = 0;

	for (at = xml_child(list); at && n++ < PARTS_MAX; at = xml_next(at)) {
		if (h->cleared && msdoc_is(at, "category") &&
			xml_attr(at, "name"))
			cleared_tell(at, h);
	}
	n = 0;
	for (at = xml_child(list); at && n++ < PARTS_MAX; at = xml_next(at)) {
		if (h->held && msdoc_is(at, "category") && xml_attr(at, "name"))
			held_tell(at, h);
	}
}


/* ---- containers and subscribers ------------------------------------- */

static void member_take(const struct xml_node *node, struct msdoc_member member,
	const struct msdoc_self_handlers *h)
{
	const char *value = xml_attr(node, "value");
	char *peer = NULL;

	member.type = xml_attr(node, "type");
	if (!member.type)
		return;
	if (!strcmp(member.type, "user")) {
		peer = msdoc_peer(value);
		if (!peer)
			return;
		value = peer;
	}
	member.value = value;
	h->member(&member, h->arg);
	mem_deref(peer);
}


static void containers_take(
	const struct xml_node *list, const struct msdoc_self_handlers *h)
{
	const struct xml_node *at = h->member ? xml_child(list) : NULL, *node;
	size_t n = 0;

	for (; at && n++ < PARTS_MAX; at = xml_next(at)) {
		struct msdoc_member member = {0};

		if (!msdoc_is(at, "container") ||
			!msdoc_number(at, "id", &member.container))
			continue;
		(void)msdoc_number(at, "version", &member.version);
		h->member(&member, h->arg);
		node = xml_child(at);
		for (; node && n++ < PARTS_MAX; node = xml_next(node)) {
			if (msdoc_is(node, "member"))
				member_take(node, member, h);
		}
	}
}


static void subscribers_take(
	const struct xml_node *list, const struct msdoc_self_handlers *h)
{
	const struct xml_node *at = h->subscriber ? xml_child(list) : NULL;
	size_t n = 0;

	for (; at && n++ < PARTS_MAX; at = xml_next(at)) {
		const char *seen = xml_attr(at, "acknowledged");
		const char *name = xml_attr(at, "displayName");
		char *peer = msdoc_peer(xml_attr(at, "user"));
		const struct msdoc_subscriber s = {
			.peer = peer,
			.name = name ? name : "",
			.acknowledged = seen && !strcmp(seen, "true"),
		};

		if (peer && msdoc_is(at, "subscriber"))
			h->subscriber(&s, h->arg);
		mem_deref(peer);
	}
}


static void part_take(
	const struct xml_node *part, const struct msdoc_self_handlers *h)
{
	if (msdoc_is(part, "categories"))
		categories_take(part, h);
	else if (msdoc_is(part, "containers"))
		containers_take(part, h);
	else if (msdoc_is(part, "subscribers"))
		subscribers_take(part, h);
}


int msdoc_self_decode(
	const struct pl *body, const struct msdoc_self_handlers *h)
{
	const struct xml_node *root, *at;
	struct xml_doc *doc;
	int err = msdoc_xml(&doc, body);

	if (err)
		return err;
	root = xml_root(doc);
	if (msdoc_is(root, "roamingData")) {
		for (at = xml_child(root); at; at = xml_next(at))
			part_take(at, h);
	} else if (msdoc_is(root, "categories") ||
		msdoc_is(root, "containers") || msdoc_is(root, "subscribers")) {
		part_take(root, h);
	} else {
		err = EBADMSG;
	}
	mem_deref(doc);
	return err;
}


int msdoc_self_encode(struct mbuf *mb)
{
	return mbuf_write_str(mb,
		"<roamingList xmlns=\"http://schemas.microsoft.com/2006/09/"
		"sip/roaming-self\"><roaming type=\"categories\"/>"
		"<roaming type=\"containers\"/><roaming type=\"subscribers\"/>"
		"</roamingList>");
}
