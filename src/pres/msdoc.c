/* SPDX-License-Identifier: GPL-3.0-or-later */
/* msdoc.c - what all documents of the Microsoft dialect have in common. */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "msdoc_int.h"
#include "uri.h"

static const struct xml_limits limits = {
	.bytes = 8 << 20,
	.depth = 32,
	.nodes = 400000,
};


int msdoc_xml(struct xml_doc **docp, const struct pl *body)
{
	if (body->l > limits.bytes)
		return EMSGSIZE;
	return xml_decode(docp, body, &limits);
}


char *msdoc_peer(const char *text)
{
	struct pl all = pl_str(text), pl = pl_trim(&all);
	struct uri uri;
	char *full;

	if (!text)
		return NULL;
	if (pl.l >= 4 && pl.p[3] == ':')
		full = pl_strdup(&pl);
	else
		full = mem_printf("sip:%.*s", PL_ARG(&pl));
	pl = pl_str(full);
	if (uri_decode(&uri, &pl) || uri.scheme != URI_SIP ||
		!pl_isset(&uri.user)) {
		mem_deref(full);
		return NULL;
	}
	text = uri_aor(&uri);
	mem_deref(full);
	return (char *)(uintptr_t)text;
}


const char *msdoc_bare(const char *peer)
{
	return strncmp(peer, "sip:", 4) ? peer : peer + 4;
}


static bool number(uint32_t *n, const char *text)
{
	struct pl all = pl_str(text), pl = pl_trim(&all);

	return text && pl.l && !pl_u32(&pl, n);
}


bool msdoc_number(const struct xml_node *node, const char *attr, uint32_t *n)
{
	return number(n, xml_attr(node, attr));
}


bool msdoc_text_number(const struct xml_node *node, uint32_t *n)
{
	char *text = node ? xml_text(node) : NULL;
	bool ok = number(n, text);

	mem_deref(text);
	return ok;
}


char *msdoc_text(const struct xml_node *node)
{
	char *text = node ? xml_text(node) : NULL, *trimmed;
	struct pl all = pl_str(text), pl = pl_trim(&all);

	trimmed = pl.l ? pl_strdup(&pl) : NULL;
	mem_deref(text);
	return trimmed;
}


bool msdoc_is(const struct xml_node *node, const char *name)
{
	return xml_is(node, NULL, name);
}


const struct xml_node *msdoc_find(const struct xml_node *node, const char *name)
{
	return xml_find(node, NULL, name);
}


void msdoc_attr(struct mbuf *mb, const char *name, const char *value)
{
	(void)mbuf_printf(mb, " %s=\"", name);
	(void)xml_write_text(mb, value ? value : "");
	(void)mbuf_write_str(mb, "\"");
}
