/* SPDX-License-Identifier: GPL-3.0-or-later */
/* msdoc_contacts.c - the contact list on the server and edits of it ([MS-SIP]
 * 9.1). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "msdoc_int.h"


/* ---- read ----------------------------------------------------------- */

/* What an element of a list or of a delta says. */
static const struct element {
	const char *name;
	bool group;
	enum msdoc_change change;
} elements[] = {
	{"group", true, MSDOC_ADDED},
	{"contact", false, MSDOC_ADDED},
	{"addedGroup", true, MSDOC_ADDED},
	{"modifiedGroup", true, MSDOC_MODIFIED},
	{"deletedGroup", true, MSDOC_DELETED},
	{"addedContact", false, MSDOC_ADDED},
	{"modifiedContact", false, MSDOC_MODIFIED},
	{"deletedContact", false, MSDOC_DELETED},
};


static void group_take(const struct xml_node *node, enum msdoc_change change,
	const struct msdoc_contacts_handlers *h)
{
	struct msdoc_group group = {.name = xml_attr(node, "name")};

	if (!msdoc_number(node, "id", &group.id))
		return;
	if (!group.name)
		group.name = "";
	if (h->group)
		h->group(change, &group, h->arg);
}


static void contact_take(const struct xml_node *node, enum msdoc_change change,
	const struct msdoc_contacts_handlers *h)
{
	char *peer = msdoc_peer(xml_attr(node, "uri"));
	const char *name = xml_attr(node, "name");
	const char *groups = xml_attr(node, "groups");
	const char *subscribed = xml_attr(node, "subscribed");
	const char *external = xml_attr(node, "externalURI");
	const struct msdoc_contact contact = {
		.peer = peer,
		.name = name ? name : "",
		.groups = groups ? groups : "",
		.external = external ? external : "",
		.subscribed = subscribed && !strcmp(subscribed, "true"),
	};

	if (peer && h->contact)
		h->contact(change, &contact, h->arg);
	mem_deref(peer);
}


static void element_take(
	const struct xml_node *node, const struct msdoc_contacts_handlers *h)
{
	size_t i;

	for (i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		const struct element *e = &elements[i];

		if (!msdoc_is(node, e->name))
			continue;
		if (e->group)
			group_take(node, e->change, h);
		else
			contact_take(node, e->change, h);
	}
}


static int head_take(
	const struct xml_node *root, const struct msdoc_contacts_handlers *h)
{
	struct msdoc_contacts head = {.delta = msdoc_is(root, "contactDelta")};
	const char *mode = xml_attr(root, "ucsmode");

	if (!head.delta && !msdoc_is(root, "contactList"))
		return EBADMSG;
	(void)msdoc_number(root, "deltaNum", &head.number);
	if (head.delta && !msdoc_number(root, "prevDeltaNum", &head.previous))
		head.previous = head.number ? head.number - 1 : 0;
	head.migrated = mode && !strcmp(mode, "migrated");
	if (h->head)
		h->head(&head, h->arg);
	return 0;
}


int msdoc_contacts_decode(
	const struct pl *body, const struct msdoc_contacts_handlers *h)
{
	const struct xml_node *root, *at;
	struct xml_doc *doc;
	int err = msdoc_xml(&doc, body);

	if (err)
		return err;
	root = xml_root(doc);
	err = head_take(root, h);
	for (at = err ? NULL : xml_child(root); at; at = xml_next(at))
		element_take(at, h);
	mem_deref(doc);
	return err;
}


/* ---- edit ----------------------------------------------------------- */

static void soap_begin(struct mbuf *mb, const char *method)
{
	(void)mbuf_printf(mb,
		"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/"
		"envelope/\" xmlns:m=\"http://schemas.microsoft.com/winrtc/"
		"2002/11/sip\"><s:Body><m:%s>",
		method);
}


static void soap_field(struct mbuf *mb, const char *name, const char *value)
{
	(void)mbuf_printf(mb, "<m:%s>", name);
	(void)xml_write_text(mb, value);
	(void)mbuf_printf(mb, "</m:%s>", name);
}


static void soap_number(struct mbuf *mb, const char *name, uint32_t value)
{
	(void)mbuf_printf(mb, "<m:%s>%u</m:%s>", name, value, name);
}


static int soap_end(struct mbuf *mb, const char *method, uint32_t number)
{
	soap_number(mb, "deltaNum", number);
	(void)mbuf_printf(mb, "</m:%s></s:Body></s:Envelope>", method);
	return mbuf_err(mb);
}


int msdoc_contact_set(
	struct mbuf *mb, const struct msdoc_contact *contact, uint32_t number)
{
	soap_begin(mb, "setContact");
	soap_field(mb, "displayName", contact->name);
	soap_field(mb, "groups", contact->groups);
	soap_field(mb, "subscribed", contact->subscribed ? "true" : "false");
	soap_field(mb, "URI", contact->peer);
	soap_field(
		mb, "externalURI", contact->external ? contact->external : "");
	return soap_end(mb, "setContact", number);
}


int msdoc_contact_delete(struct mbuf *mb, const char *peer, uint32_t number)
{
	soap_begin(mb, "deleteContact");
	soap_field(mb, "URI", peer);
	return soap_end(mb, "deleteContact", number);
}


int msdoc_group_add(struct mbuf *mb, const char *name, uint32_t number)
{
	soap_begin(mb, "addGroup");
	soap_field(mb, "name", name);
	soap_field(mb, "externalURI", "");
	return soap_end(mb, "addGroup", number);
}


int msdoc_group_modify(
	struct mbuf *mb, const struct msdoc_group *group, uint32_t number)
{
	soap_begin(mb, "modifyGroup");
	soap_number(mb, "groupID", group->id);
	soap_field(mb, "name", group->name);
	soap_field(mb, "externalURI", "");
	return soap_end(mb, "modifyGroup", number);
}


int msdoc_group_delete(struct mbuf *mb, uint32_t id, uint32_t number)
{
	soap_begin(mb, "deleteGroup");
	soap_number(mb, "groupID", id);
	return soap_end(mb, "deleteGroup", number);
}


int msdoc_group_added(const struct pl *body, uint32_t *id)
{
	const struct xml_node *at;
	struct xml_doc *doc;
	int err = msdoc_xml(&doc, body);

	if (err)
		return err;
	at = msdoc_find(xml_root(doc), "Body");
	at = at ? msdoc_find(at, "addGroup") : NULL;
	at = at ? msdoc_find(at, "groupID") : NULL;
	if (!msdoc_text_number(at, id))
		err = EBADMSG;
	mem_deref(doc);
	return err;
}
