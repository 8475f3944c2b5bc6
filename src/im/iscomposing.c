/* SPDX-License-Identifier: GPL-3.0-or-later */
/* iscomposing.c - the isComposing document (RFC 3994 3.4, 6) */
#include <errno.h>
#include "im_int.h"
#include "mem.h"

#define NS_COMPOSING "urn:ietf:params:xml:ns:im-iscomposing"

const struct xml_limits im_status_limits = {
	.bytes = 16 * 1024,
	.depth = 16,
	.nodes = 200,
};


static bool state_decode(const struct xml_node *node)
{
	char *text = xml_text(node);
	struct pl pl = pl_str(text), word = pl_trim(&pl);
	bool active = pl_streq(&word, "active");

	mem_deref(text);
	return active;
}


static uint32_t refresh_decode(const struct xml_node *node)
{
	char *text = xml_text(node);
	struct pl pl = pl_str(text), number = pl_trim(&pl);
	uint32_t seconds = 0;

	if (pl_u32(&number, &seconds) == ERANGE)
		seconds = UINT32_MAX;
	mem_deref(text);
	return seconds;
}


int im_iscomposing_decode(struct im_iscomposing *ic, const struct pl *body)
{
	const struct xml_node *root, *state, *refresh;
	struct xml_doc *doc;
	int err = xml_decode(&doc, body, &im_status_limits);

	if (err)
		return err;
	root = xml_root(doc);
	state = xml_find(root, NS_COMPOSING, "state");
	if (!xml_is(root, NS_COMPOSING, "isComposing") || !state) {
		mem_deref(doc);
		return EBADMSG;
	}
	refresh = xml_find(root, NS_COMPOSING, "refresh");
	ic->active = state_decode(state);
	ic->refresh = refresh ? refresh_decode(refresh) : 0;
	mem_deref(doc);
	return 0;
}


int im_iscomposing_encode(struct mbuf *mb, const struct im_iscomposing *ic)
{
	mbuf_printf(mb,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<isComposing xmlns=\"" NS_COMPOSING "\"><state>%s</state>"
		"<contenttype>text/plain</contenttype>",
		ic->active ? "active" : "idle");
	if (ic->active && ic->refresh)
		mbuf_printf(mb, "<refresh>%u</refresh>", ic->refresh);
	return mbuf_write_str(mb, "</isComposing>\n");
}
