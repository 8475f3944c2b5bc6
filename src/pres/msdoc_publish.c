/* SPDX-License-Identifier: GPL-3.0-or-later */
/* msdoc_publish.c - own presence and decisions about others ([MS-PRES]
 * 2.2.2.1, 3.6.5). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "msdoc_int.h"

#define NS_XSI	"http://www.w3.org/2001/XMLSchema-instance"
#define NS_2006 "http://schemas.microsoft.com/2006/09/sip/"


static void publication_put(struct mbuf *mb, const struct msdoc_publication *p)
{
	(void)mbuf_write_str(mb, "<publication");
	msdoc_attr(mb, "categoryName", p->category);
	(void)mbuf_printf(mb,
		" instance=\"%u\" container=\"%u\" version=\"%u\"", p->instance,
		p->container, p->version);
	msdoc_attr(mb, "expireType", p->expire_type);
	if (!p->body) {
		(void)mbuf_write_str(mb, " expires=\"0\"/>");
		return;
	}
	(void)mbuf_printf(mb, ">%s</publication>", p->body);
}


int msdoc_publish_encode(struct mbuf *mb, const char *own,
	const struct msdoc_publication *pubs, size_t n)
{
	size_t i;

	(void)mbuf_write_str(mb,
		"<publish xmlns=\"" NS_2006 "rich-presence\"><publications");
	msdoc_attr(mb, "uri", own);
	(void)mbuf_write_str(mb, ">");
	for (i = 0; i < n; i++)
		publication_put(mb, &pubs[i]);
	(void)mbuf_write_str(mb, "</publications></publish>");
	return mbuf_err(mb);
}


int msdoc_state_encode(struct mbuf *mb, bool machine, uint32_t availability)
{
	return mbuf_printf(mb,
		"<state xmlns=\"" NS_2006 "state\" manual=\"%s\" "
		"xmlns:xsi=\"" NS_XSI "\" xsi:type=\"%s\">"
		"<availability>%u</availability>%s</state>",
		machine ? "false" : "true",
		machine ? "machineState" : "userState", availability,
		machine ? "<endpointLocation/>" : "");
}


int msdoc_note_encode(struct mbuf *mb, const char *text)
{
	(void)mbuf_write_str(mb,
		"<note xmlns=\"" NS_2006 "note\">"
		"<body type=\"personal\" uri=\"\">");
	(void)xml_write_text(mb, text);
	return mbuf_write_str(mb, "</body></note>");
}


int msdoc_device_encode(struct mbuf *mb, const char *own, const char *endpoint)
{
	(void)mbuf_write_str(mb, "<device xmlns=\"" NS_2006 "device\"");
	msdoc_attr(mb, "endpointId", endpoint);
	(void)mbuf_write_str(mb, "><capabilities preferred=\"false\"");
	msdoc_attr(mb, "uri", own);
	return mbuf_write_str(mb,
		"><text capture=\"true\" render=\"true\" publish=\"false\"/>"
		"</capabilities><timezone>00:00:00</timezone>"
		"<machineName>sotto</machineName></device>");
}


int msdoc_fault_decode(const struct pl *body, msdoc_fault_h *h, void *arg)
{
	const struct xml_node *root, *at;
	uint32_t index, current;
	struct xml_doc *doc;
	char *code;
	int err = msdoc_xml(&doc, body);

	if (err)
		return err;
	root = xml_root(doc);
	code = msdoc_is(root, "fault")
		? msdoc_text(msdoc_find(root, "Faultcode"))
		: NULL;
	at = code && !strcmp(code, "Client.BadCall.WrongDelta")
		? msdoc_find(root, "details")
		: NULL;
	mem_deref(code);
	if (!at)
		err = EBADMSG;
	for (at = at ? xml_child(at) : NULL; at; at = xml_next(at)) {
		if (msdoc_is(at, "operation") &&
			msdoc_number(at, "index", &index) && index &&
			msdoc_number(at, "curVersion", &current))
			h(index - 1, current, arg);
	}
	mem_deref(doc);
	return err;
}


int msdoc_subscriber_encode(struct mbuf *mb, const char *peer)
{
	(void)mbuf_write_str(mb,
		"<setSubscribers xmlns=\"" NS_2006
		"presence-subscribers\"><subscriber");
	msdoc_attr(mb, "user", msdoc_bare(peer));
	return mbuf_write_str(mb, " acknowledged=\"true\"/></setSubscribers>");
}


int msdoc_members_encode(struct mbuf *mb, const char *peer,
	const struct msdoc_move *moves, size_t n)
{
	size_t i;

	(void)mbuf_write_str(mb,
		"<setContainerMembers xmlns=\"" NS_2006
		"container-management\">");
	for (i = 0; i < n; i++) {
		(void)mbuf_printf(mb,
			"<container id=\"%u\" version=\"%u\"><member "
			"action=\"%s\" type=\"user\"",
			moves[i].container, moves[i].version,
			moves[i].add ? "add" : "remove");
		msdoc_attr(mb, "value", msdoc_bare(peer));
		(void)mbuf_write_str(mb, "/></container>");
	}
	return mbuf_write_str(mb, "</setContainerMembers>");
}
