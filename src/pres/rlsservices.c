/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rlsservices.c - the services of a resource list server, read (RFC 4826 4) */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "rlsservices_int.h"
#include "uri.h"
#include "utf8.h"

const struct xml_limits rlsservices_limits = {
	.bytes = 8 * 1024 * 1024,
	.depth = 64,
	.nodes = 500000,
};


char *rlsservices_address(const char *text)
{
	struct pl all = pl_str(text), pl = pl_trim(&all);
	struct uri uri;

	if (!pl_isset(&pl) || !utf8_valid(&pl) || uri_decode(&uri, &pl) ||
		uri.scheme == URI_OTHER)
		return NULL;
	return uri_aor(&uri);
}


bool rlsservices_is_list(const struct xml_node *node)
{
	return xml_is(node, NS_SERVICES, "list") ||
		xml_is(node, NS_LISTS, "list");
}


static char *trimmed_text(const struct xml_node *node)
{
	char *text = xml_text(node), *trimmed;
	struct pl all = pl_str(text), pl = pl_trim(&all);

	trimmed = pl_strdup(&pl);
	mem_deref(text);
	return trimmed;
}


static bool is_presence(const struct xml_node *node)
{
	char *text;
	bool is;

	if (!xml_is(node, NS_SERVICES, "package"))
		return false;
	text = trimmed_text(node);
	is = !strcmp(text, "presence");
	mem_deref(text);
	return is;
}


bool rlsservices_has_presence(const struct xml_node *node)
{
	const struct xml_node *packages =
		xml_find(node, NS_SERVICES, "packages");
	const struct xml_node *child = packages ? xml_child(packages) : NULL;

	while (child && !is_presence(child))
		child = xml_next(child);
	return !packages || child;
}


/* As deep as the document may be. */
static void tell_entries(
	const struct xml_node *list, const struct rlsservices_handlers *h)
{
	const struct xml_node *node;

	for (node = xml_child(list); node; node = xml_next(node)) {
		struct pl all = pl_str(xml_attr(node, "uri"));
		struct pl pl = pl_trim(&all);

		if (xml_is(node, NS_LISTS, "list")) {
			tell_entries(node, h);
		} else if (xml_is(node, NS_LISTS, "entry") && pl.l) {
			char *uri = pl_strdup(&pl);

			h->entry(uri, h->arg);
			mem_deref(uri);
		}
	}
}


static void tell_service(
	const struct xml_node *node, const struct rlsservices_handlers *h)
{
	const struct xml_node *reference =
		xml_find(node, NS_SERVICES, "resource-list");
	struct pl all = pl_str(xml_attr(node, "uri")), pl = pl_trim(&all);
	char *uri, *where;
	struct rlsservices_service service;
	const struct xml_node *child;
	bool wanted;

	if (!pl.l)
		return;
	uri = pl_strdup(&pl);
	where = reference ? trimmed_text(reference) : NULL;
	service = (struct rlsservices_service){
		.uri = uri,
		.reference = where,
		.presence = rlsservices_has_presence(node),
	};
	wanted = h->service(&service, h->arg);
	for (child = xml_child(node); child && wanted;
		child = xml_next(child)) {
		if (rlsservices_is_list(child))
			tell_entries(child, h);
	}
	mem_deref(uri);
	mem_deref(where);
}


int rlsservices_decode(
	const struct pl *text, const struct rlsservices_handlers *h)
{
	const struct xml_node *node;
	struct xml_doc *doc;
	int err = xml_decode(&doc, text, &rlsservices_limits);

	if (err)
		return err;
	if (!xml_is(xml_root(doc), NS_SERVICES, "rls-services"))
		err = EBADMSG;
	for (node = xml_child(xml_root(doc)); node && !err;
		node = xml_next(node)) {
		if (xml_is(node, NS_SERVICES, "service"))
			tell_service(node, h);
	}
	mem_deref(doc);
	return err;
}
