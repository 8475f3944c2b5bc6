/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reslist.c - resource lists: people in lists within lists (RFC 4826 3) */
#include <errno.h>
#include "mem.h"
#include "reslist.h"
#include "xml.h"

#define NS_RESLIST "urn:ietf:params:xml:ns:resource-lists"

static const struct xml_limits limits = {
	.bytes = 16 * 1024 * 1024,
	.depth = 64,
	.nodes = 1500000,
};

/* The elements that stand for nodes, and the attribute that names them. */
static const struct {
	const char *element;
	const char *attr;
} kinds[] = {
	[RESLIST_LIST] = {"list", "name"},
	[RESLIST_ENTRY] = {"entry", "uri"},
	[RESLIST_ENTRY_REF] = {"entry-ref", "ref"},
	[RESLIST_EXTERNAL] = {"external", "anchor"},
};


static void destructor(void *data)
{
	struct reslist_node *node = data;

	list_unlink(&node->le);
	list_flush(&node->nodes);
	mem_deref(node->name);
	mem_deref(node->display_name);
}


struct reslist_node *reslist_alloc(void)
{
	return mem_zalloc(sizeof(struct reslist_node), destructor);
}


struct reslist_node *reslist_add(struct reslist_node *list,
	enum reslist_kind kind, const char *name, const char *display_name)
{
	struct reslist_node *node = reslist_alloc();

	node->kind = kind;
	node->name = mem_strdup(name);
	node->display_name = mem_strdup(display_name);
	list_append(&list->nodes, &node->le, node);
	return node;
}


/* ---- read ----------------------------------------------------------- */


/* TEXT without white space around it; NULL: nothing is left. */
static char *trimmed(const char *text)
{
	struct pl pl = pl_str(text), part = pl_trim(&pl);

	return pl_isset(&part) ? pl_strdup(&part) : NULL;
}


static char *display_name(const struct xml_node *element)
{
	const struct xml_node *child =
		xml_find(element, NS_RESLIST, "display-name");
	char *text = child ? xml_text(child) : NULL;
	char *name = trimmed(text);

	mem_deref(text);
	return name;
}


static bool kind_of(enum reslist_kind *kind, const struct xml_node *element)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (xml_is(element, NS_RESLIST, kinds[i].element)) {
			*kind = (enum reslist_kind)i;
			return true;
		}
	}
	return false;
}


/* As deep as the document may be. */
static void read_nodes(struct reslist_node *list, const struct xml_node *parent)
{
	const struct xml_node *element;

	for (element = xml_child(parent); element;
		element = xml_next(element)) {
		struct reslist_node *node;
		enum reslist_kind kind;

		if (!kind_of(&kind, element))
			continue;
		node = reslist_add(list, kind, NULL, NULL);
		node->line = xml_line(element);
		node->name = trimmed(xml_attr(element, kinds[kind].attr));
		node->display_name = display_name(element);
		if (kind == RESLIST_LIST)
			read_nodes(node, element);
	}
}


int reslist_decode(struct reslist_node **rootp, const struct pl *text)
{
	struct reslist_node *root;
	struct xml_doc *doc = NULL;
	int err = xml_decode(&doc, text, &limits);

	if (err)
		return err;
	if (!xml_is(xml_root(doc), NS_RESLIST, "resource-lists")) {
		mem_deref(doc);
		return EBADMSG;
	}
	root = reslist_alloc();
	read_nodes(root, xml_root(doc));
	mem_deref(doc);
	*rootp = root;
	return 0;
}


/* ---- write ---------------------------------------------------------- */


static void indent(struct mbuf *mb, unsigned depth)
{
	while (depth--)
		(void)mbuf_write_str(mb, "  ");
}


static void put_node(
	struct mbuf *mb, const struct reslist_node *node, unsigned depth)
{
	const char *element = kinds[node->kind].element;
	const struct le *le;

	indent(mb, depth);
	(void)mbuf_printf(mb, "<%s", element);
	if (node->name) {
		(void)mbuf_printf(mb, " %s=\"", kinds[node->kind].attr);
		(void)xml_write_text(mb, node->name);
		(void)mbuf_write_str(mb, "\"");
	}
	if (!node->display_name && list_isempty(&node->nodes)) {
		(void)mbuf_write_str(mb, "/>\n");
		return;
	}
	(void)mbuf_write_str(mb, ">\n");
	if (node->display_name) {
		indent(mb, depth + 1);
		(void)mbuf_write_str(mb, "<display-name>");
		(void)xml_write_text(mb, node->display_name);
		(void)mbuf_write_str(mb, "</display-name>\n");
	}
	for (le = node->nodes.head; le; le = le->next)
		put_node(mb, le->data, depth + 1);
	indent(mb, depth);
	(void)mbuf_printf(mb, "</%s>\n", element);
}


int reslist_encode(struct mbuf *mb, const struct reslist_node *root)
{
	const struct le *le;

	(void)mbuf_write_str(mb,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<resource-lists xmlns=\"" NS_RESLIST "\">\n");
	for (le = root->nodes.head; le; le = le->next)
		put_node(mb, le->data, 1);
	return mbuf_write_str(mb, "</resource-lists>\n");
}
