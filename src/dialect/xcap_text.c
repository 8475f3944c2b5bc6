/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xcap_text.c - what an XCAP server says: conflicts and capabilities
 * (RFC 4825 11, 12). */
#include <string.h>
#include "mbuf.h"
#include "mem.h"
#include "utf8.h"
#include "xcap.h"
#include "xml.h"


#define NS_ERROR "urn:ietf:params:xml:ns:xcap-error"
#define NS_CAPS	 "urn:ietf:params:xml:ns:xcap-caps"

enum {
	AUIDS_MAX = 4096, /* bytes of all */
	PHRASE_MAX = 200, /* columns, and four times as many bytes */
};

static const struct {
	const char *name;
	const char *words;
} conflicts[] = {
	{"cannot-delete", "it cannot be deleted without changing the rest"},
	{"cannot-insert", "it could not be read back as it is written"},
	{"constraint-failure", "it breaks a rule of such documents"},
	{"no-parent", "where it belongs does not exist"},
	{"not-utf-8", "it is not UTF-8"},
	{"not-well-formed", "it is no well-formed XML"},
	{"not-xml-att-value", "it is no value of an attribute"},
	{"not-xml-frag", "it is no well-formed piece of XML"},
	{"schema-validation-error", "it is against the schema"},
	{"uniqueness-failure", "it names something that exists already"},
};


/* In a header it has quotes. */
bool xcap_etag_is(const char *etag, const char *tag)
{
	struct pl pl = pl_str(etag);

	if (!etag || !tag)
		return !etag && !tag;
	if (pl.l > 1 && pl.p[0] == '"')
		pl = pl_make(pl.p + 1, pl.l - 2);
	return pl_streq(&pl, tag);
}


static const char *words_of(const struct xml_node *error)
{
	size_t i;

	for (i = 0; i < sizeof(conflicts) / sizeof(conflicts[0]); i++) {
		if (xml_is(error, NS_ERROR, conflicts[i].name))
			return conflicts[i].words;
	}
	return NULL;
}


char *xcap_conflict(const struct pl *body)
{
	static const char plain[] = "the XCAP server refuses the change";
	const struct xml_node *error = NULL;
	const char *words = NULL;
	struct pl phrase = PL_INIT;
	struct xml_doc *doc = NULL;
	char *why;

	if (!xml_decode(&doc, body, NULL) &&
		xml_is(xml_root(doc), NS_ERROR, "xcap-error"))
		error = xml_child(xml_root(doc));
	if (error)
		words = words_of(error);
	if (words)
		phrase = pl_str(xml_attr(error, "phrase"));
	if (phrase.l > 4 * PHRASE_MAX)
		phrase.l = 4 * PHRASE_MAX;
	phrase.l = utf8_fit(&phrase, PHRASE_MAX);
	if (phrase.l)
		why = mem_printf(
			"%s: %s (%.*s)", plain, words, PL_ARG(&phrase));
	else if (words)
		why = mem_printf("%s: %s", plain, words);
	else
		why = mem_strdup(plain);
	mem_deref(doc);
	return why;
}


static char *join_auids(const struct xml_node *auids)
{
	struct mbuf *mb = mbuf_alloc(AUIDS_MAX);
	const struct xml_node *n;
	char *all;

	for (n = xml_child(auids); n; n = xml_next(n)) {
		char *text = xml_is(n, NS_CAPS, "auid") ? xml_text(n) : NULL;
		struct pl pl = pl_str(text);

		pl = pl_trim(&pl);
		if (pl.l && mb->end + pl.l < AUIDS_MAX) {
			if (mb->end)
				(void)mbuf_write_str(mb, " ");
			(void)mbuf_write_pl(mb, &pl);
		}
		mem_deref(text);
	}
	all = mbuf_strdup(mb);
	mem_deref(mb);
	return all;
}


char *xcap_auids(const struct pl *body)
{
	const struct xml_node *auids = NULL;
	struct xml_doc *doc = NULL;
	char *all = NULL;

	if (!xml_decode(&doc, body, NULL) &&
		xml_is(xml_root(doc), NS_CAPS, "xcap-caps"))
		auids = xml_find(xml_root(doc), NS_CAPS, "auids");
	if (auids)
		all = join_auids(auids);
	mem_deref(doc);
	return all;
}
