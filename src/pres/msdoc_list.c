/* SPDX-License-Identifier: GPL-3.0-or-later */
/* msdoc_list.c - presence of many at once: batched subscriptions ([MS-PRES]
 * 2.2.2.4.1) and the state of each (RFC 4662 5). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "msdoc_int.h"


static const char *const categories[] = {
	"calendarData", "contactCard", "note", "services", "state"};


static void resource_put(struct mbuf *mb, const struct msdoc_wish *wish)
{
	(void)mbuf_write_str(mb, "<resource");
	msdoc_attr(mb, "uri", wish->peer);
	(void)mbuf_write_str(mb,
		wish->context ? "><context></context></resource>" : "/>");
}


/* The wishes to DROP, or those that stand. */
static void action_put(struct mbuf *mb, const struct msdoc_wish *wishes,
	size_t n, bool drop, uint32_t id)
{
	size_t i;

	(void)mbuf_printf(mb, "<action name=\"%s\" id=\"%u\"><adhocList>",
		drop ? "unsubscribe" : "subscribe", id);
	for (i = 0; i < n; i++) {
		if (wishes[i].drop == drop)
			resource_put(mb, &wishes[i]);
	}
	(void)mbuf_write_str(mb,
		"</adhocList><categoryList xmlns=\"http://schemas.microsoft."
		"com/2006/09/sip/categorylist\">");
	for (i = 0; i < sizeof(categories) / sizeof(categories[0]); i++)
		(void)mbuf_printf(mb, "<category name=\"%s\"/>", categories[i]);
	(void)mbuf_write_str(mb, "</categoryList></action>");
}


int msdoc_batch_encode(struct mbuf *mb, const char *own,
	const struct msdoc_wish *wishes, size_t n, uint32_t id)
{
	size_t i, drops = 0;

	for (i = 0; i < n; i++)
		drops += wishes[i].drop;
	(void)mbuf_write_str(mb,
		"<batchSub xmlns=\"http://schemas.microsoft.com/2006/01/sip/"
		"batch-subscribe\"");
	msdoc_attr(mb, "uri", own);
	(void)mbuf_write_str(mb, " name=\"\">");
	if (drops < n || !n)
		action_put(mb, wishes, n, false, id);
	if (drops)
		action_put(mb, wishes, n, true, id + 1);
	(void)mbuf_write_str(mb, "</batchSub>");
	return mbuf_err(mb);
}


/* ---- RLMI ----------------------------------------------------------- */

static enum msdoc_instance instance_of(const char *state)
{
	static const struct {
		const char *word;
		enum msdoc_instance state;
	} states[] = {
		{"pending", MSDOC_PENDING},
		{"resubscribe", MSDOC_RESUBSCRIBE},
		{"terminated", MSDOC_TERMINATED},
	};
	size_t i;

	for (i = 0; state && i < sizeof(states) / sizeof(states[0]); i++) {
		if (!strcmp(state, states[i].word))
			return states[i].state;
	}
	return MSDOC_ACTIVE;
}


static void resource_take(
	const struct xml_node *node, msdoc_resource_h *h, void *arg)
{
	const struct xml_node *at = msdoc_find(node, "instance");
	char *peer = msdoc_peer(xml_attr(node, "uri"));
	struct msdoc_resource r = {.peer = peer};

	if (at) {
		r.state = instance_of(xml_attr(at, "state"));
		r.pool = xml_attr(at, "poolFqdn");
		r.reason = xml_attr(at, "reason");
	}
	if (peer)
		h(&r, arg);
	mem_deref(peer);
}


int msdoc_rlmi_decode(
	const struct pl *body, bool *full, msdoc_resource_h *h, void *arg)
{
	const struct xml_node *root, *at;
	struct xml_doc *doc;
	const char *text;
	int err = msdoc_xml(&doc, body);

	if (err)
		return err;
	root = xml_root(doc);
	if (!msdoc_is(root, "list")) {
		mem_deref(doc);
		return EBADMSG;
	}
	text = xml_attr(root, "fullState");
	*full = text && (!strcmp(text, "true") || !strcmp(text, "1"));
	for (at = xml_child(root); at; at = xml_next(at)) {
		if (msdoc_is(at, "resource"))
			resource_take(at, h, arg);
	}
	mem_deref(doc);
	return 0;
}
