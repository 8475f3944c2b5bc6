/* SPDX-License-Identifier: GPL-3.0-or-later */
/* winfo.c - watcher information: who watches, who asks to (RFC 3858) */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "uri.h"
#include "winfo.h"
#include "xml.h"

#define NS_WINFO "urn:ietf:params:xml:ns:watcherinfo"

static const struct xml_limits limits = {
	.bytes = 8 << 20,
	.depth = 16,
	.nodes = 400000,
};

static const char *const statuses[] = {
	[WINFO_PENDING] = "pending",
	[WINFO_WAITING] = "waiting",
	[WINFO_ACTIVE] = "active",
	[WINFO_TERMINATED] = "terminated",
};


static bool read_status(
	enum winfo_status *status, const struct xml_node *element)
{
	const char *word = xml_attr(element, "status");
	size_t i;

	for (i = 0; word && i < sizeof(statuses) / sizeof(*statuses); i++) {
		if (!strcmp(word, statuses[i])) {
			*status = (enum winfo_status)i;
			return true;
		}
	}
	return false;
}


static enum winfo_cause read_cause(const struct xml_node *element)
{
	const char *word = xml_attr(element, "event");

	if (word && !strcmp(word, "approved"))
		return WINFO_APPROVED;
	if (word && !strcmp(word, "rejected"))
		return WINFO_REJECTED;
	return WINFO_OTHER;
}


/* The AOR that ELEMENT holds (mem_deref); NULL: it is no SIP address. */
static char *read_peer(const struct xml_node *element)
{
	char *text = xml_text(element), *peer = NULL;
	struct pl all = pl_str(text), pl = pl_trim(&all);
	struct uri uri;

	if (!uri_decode(&uri, &pl) &&
		(uri.scheme == URI_SIP || uri.scheme == URI_SIPS))
		peer = uri_aor(&uri);
	mem_deref(text);
	return peer;
}


/* White space around it is no part of a name (mem_deref). */
static char *read_name(const struct xml_node *element)
{
	struct pl all = pl_str(xml_attr(element, "display-name"));
	struct pl pl = pl_trim(&all);

	return pl.l ? pl_strdup(&pl) : NULL;
}


static void read_watcher(const struct xml_node *element,
	struct winfo_watcher *w, const struct winfo_handlers *h)
{
	char *peer, *name;

	if (!xml_is(element, NS_WINFO, "watcher") ||
		!read_status(&w->status, element))
		return;
	peer = read_peer(element);
	if (!peer)
		return;
	name = read_name(element);
	w->peer = peer;
	w->name = name;
	w->cause = read_cause(element);
	h->watcher(w, h->arg);
	mem_deref(peer);
	mem_deref(name);
}


static void read_list(
	const struct xml_node *list, const struct winfo_handlers *h)
{
	struct winfo_watcher w = {
		.resource = xml_attr(list, "resource"),
		.package = xml_attr(list, "package"),
	};
	const struct xml_node *element;

	if (!xml_is(list, NS_WINFO, "watcher-list") || !w.resource ||
		!w.package)
		return;
	for (element = xml_child(list); element; element = xml_next(element))
		read_watcher(element, &w, h);
}


static int read_head(const struct xml_node *root, bool *full, uint32_t *version)
{
	const char *state = xml_attr(root, "state");
	struct pl all = pl_str(xml_attr(root, "version"));
	struct pl pl = pl_trim(&all);

	if (!xml_is(root, NS_WINFO, "watcherinfo") || !state || !pl.l ||
		pl_u32(&pl, version))
		return EBADMSG;
	*full = !strcmp(state, "full");
	return *full || !strcmp(state, "partial") ? 0 : EBADMSG;
}


int winfo_decode(const struct pl *body, const struct winfo_handlers *h)
{
	const struct xml_node *list;
	struct xml_doc *doc;
	uint32_t version;
	bool full;
	int err = xml_decode(&doc, body, &limits);

	if (err)
		return err;
	err = read_head(xml_root(doc), &full, &version);
	if (!err && h->head(full, version, h->arg)) {
		for (list = xml_child(xml_root(doc)); list;
			list = xml_next(list))
			read_list(list, h);
	}
	mem_deref(doc);
	return err;
}
