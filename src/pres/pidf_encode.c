/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pidf_encode.c - writes PIDF with the data model (RFC 3863, RFC 4479) */
#include <errno.h>
#include <string.h>
#include "date.h"
#include "pres_int.h"


/* An XML name of ASCII without colon, as xs:ID wants it. */
static bool is_name(const char *s)
{
	static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz_";
	static const char more[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz_0123456789.-";

	return s && *s && strchr(first, *s) && !s[strspn(s, more)];
}


static void put_element(struct mbuf *mb, const char *name, const char *text)
{
	if (!text || !*text)
		return;
	mbuf_printf(mb, "<%s>", name);
	xml_write_text(mb, text);
	mbuf_printf(mb, "</%s>", name);
}


static void put_tuple(struct mbuf *mb, const struct pres_source *source,
	const char *timestamp)
{
	bool open = source->presence->state == PRESENCE_ONLINE;

	mbuf_printf(mb, "<tuple id=\"%s\"><status>", source->tuple_id);
	put_element(mb, "basic", open ? "open" : "closed");
	mbuf_write_str(mb, "</status>");
	/* Of this device alone: a person's would be of all (RFC 4480 3.14). */
	if (open)
		rpid_input_encode(
			mb, source->presence->idle_since, source->threshold);
	if (source->contact && !strpbrk(source->contact, "[]"))
		put_element(mb, "contact", source->contact);
	put_element(mb, "note", source->presence->note);
	put_element(mb, "timestamp", timestamp);
	mbuf_write_str(mb, "</tuple>\n");
}


static void put_person(struct mbuf *mb, const struct pres_source *source,
	const char *timestamp)
{
	const struct presence *presence = source->presence;
	enum presence_activity activity = presence->activity;

	if (presence->state != PRESENCE_ONLINE)
		activity = PRESENCE_NONE;
	if (activity == PRESENCE_NONE && !presence->note)
		return;
	mbuf_printf(mb, "<dm:person id=\"p%s\">", source->tuple_id);
	rpid_encode(mb, activity);
	put_element(mb, "dm:note", presence->note);
	put_element(mb, "dm:timestamp", timestamp);
	mbuf_write_str(mb, "</dm:person>\n");
}


int pres_encode(struct mbuf *mb, const struct pres_source *source)
{
	char timestamp[DATE_SIZE];

	if (source->presence->state == PRESENCE_UNKNOWN ||
		!is_name(source->tuple_id) || !source->entity)
		return EINVAL;
	date_rfc3339(timestamp, source->timestamp);
	mbuf_write_str(mb,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<presence xmlns=\"" NS_PIDF "\" xmlns:dm=\"" NS_DATA
		"\" xmlns:rpid=\"" NS_RPID "\" entity=\"");
	xml_write_text(mb, source->entity);
	mbuf_write_str(mb, "\">\n");
	put_tuple(mb, source, timestamp);
	put_person(mb, source, timestamp);
	return mbuf_write_str(mb, "</presence>\n");
}
