/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xcapdiff.c - which documents changed on an XCAP server (RFC 5874 3). */
#include <errno.h>
#include "mem.h"
#include "xcapdiff.h"
#include "xml.h"

#define NS "urn:ietf:params:xml:ns:xcap-diff"


/* Attribute NAME, bare (mem_deref); NULL: none. */
static char *bare(const struct xml_node *node, const char *name)
{
	struct pl all = pl_str(xml_attr(node, name)), pl = pl_trim(&all);

	if (pl.l > 1 && pl.p[0] == '"' && pl.p[pl.l - 1] == '"')
		pl = pl_make(pl.p + 1, pl.l - 2);
	return pl_isset(&pl) ? pl_strdup(&pl) : NULL;
}


int xcapdiff_decode(const struct pl *text, xcapdiff_h *h, void *arg)
{
	const struct xml_node *node;
	struct xml_doc *doc = NULL;
	int err = xml_decode(&doc, text, NULL);

	if (!err && !xml_is(xml_root(doc), NS, "xcap-diff"))
		err = EBADMSG;
	for (node = err ? NULL : xml_child(xml_root(doc)); node;
		node = xml_next(node)) {
		char *where, *etag;

		if (!xml_is(node, NS, "document"))
			continue;
		where = bare(node, "sel");
		etag = bare(node, "new-etag");
		if (where)
			h(&(struct xcapdiff_document){where, etag}, arg);
		mem_deref(where);
		mem_deref(etag);
	}
	mem_deref(doc);
	return err;
}


int xcapdiff_subscribe(struct mbuf *mb, const char *const *where)
{
	(void)mbuf_write_str(mb,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists"
		"\">\n  <list>\n");
	for (; *where; where++) {
		(void)mbuf_write_str(mb, "    <entry uri=\"");
		(void)xml_write_text(mb, *where);
		(void)mbuf_write_str(mb, "\"/>\n");
	}
	return mbuf_write_str(mb, "  </list>\n</resource-lists>\n");
}
