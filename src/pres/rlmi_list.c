/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rlmi_list.c - the list in a list's notification (RFC 4662 5) */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "pres_int.h"
#include "rlmi_int.h"
#include "uri.h"

#define NS_RLMI "urn:ietf:params:xml:ns:rlmi"
#define NS_XML	"http://www.w3.org/XML/1998/namespace"

static const struct xml_limits limits = {
	.bytes = RLMI_BODY_MAX,
	.depth = 16,
	.nodes = 1000000,
};

struct rlmi_doc {
	struct xml_reader *xml;
	const char *lang;
	struct rlmi_list list;
	char *uri; /* of it; NULL: not known yet */
	struct list items; /* that were read */
	struct rlmi_item *item; /* that is being read; NULL: none */
	struct mbuf *name; /* ... its name; NULL: none */
	int score; /* of that */
	int best; /* of that which the item has */
	int err; /* found by a hook */
};


static void item_destructor(void *data)
{
	struct rlmi_item *item = data;

	list_unlink(&item->le);
	mem_deref(item->text);
	mem_deref(item->v);
}


static void doc_destructor(void *data)
{
	struct rlmi_doc *doc = data;

	mem_deref(doc->xml);
	mem_deref(doc->uri);
	mem_deref(doc->item);
	mem_deref(doc->name);
	list_flush(&doc->items);
}


/* ---- texts ----------------------------------------------------------- */

static size_t keep(struct rlmi_item *item, const struct pl *text)
{
	size_t at = item->text->end;

	if (!text->p)
		return SIZE_MAX;
	(void)mbuf_write_pl(item->text, text);
	(void)mbuf_write_u8(item->text, '\0');
	return at;
}


static struct pl attr(const struct xml_tag *tag, const char *name)
{
	struct pl value = xml_tag_attr(tag, "", name);

	return value.p ? pl_trim(&value) : value;
}


/* ---- elements -------------------------------------------------------- */

static void read_list(struct rlmi_doc *doc, const struct xml_tag *tag)
{
	struct pl uri = attr(tag, "uri"), full = attr(tag, "fullState"),
		  version = attr(tag, "version");

	doc->list.full = pl_streq(&full, "true") || pl_streq(&full, "1");
	if (!xml_tag_is(tag, NS_RLMI, "list") || !uri.l || uri.l > URI_MAX ||
		pl_u32(&version, &doc->list.version) ||
		!(doc->list.full || pl_streq(&full, "false") ||
			pl_streq(&full, "0"))) {
		doc->err = EBADMSG;
		return;
	}
	doc->uri = pl_strdup(&uri);
	doc->list.uri = doc->uri;
}


static void read_resource(struct rlmi_doc *doc, const struct xml_tag *tag)
{
	struct pl uri = attr(tag, "uri");
	struct rlmi_item *item;

	if (!xml_tag_is(tag, NS_RLMI, "resource") || !uri.l || uri.l > URI_MAX)
		return;
	item = mem_zalloc(sizeof(*item), item_destructor);
	item->text = mbuf_alloc_size(256, SIZE_MAX);
	item->uri = keep(item, &uri);
	item->name = SIZE_MAX;
	doc->item = item;
	doc->best = 0;
}


static bool read_state(enum rlmi_state *state, const struct xml_tag *tag)
{
	static const char *const words[] = {
		[RLMI_ACTIVE] = "active",
		[RLMI_PENDING] = "pending",
		[RLMI_TERMINATED] = "terminated",
	};
	struct pl word = attr(tag, "state");
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (pl_streq(&word, words[i])) {
			*state = (enum rlmi_state)i;
			return true;
		}
	}
	return false;
}


static void read_instance(struct rlmi_doc *doc, const struct xml_tag *tag)
{
	static const struct pl nothing = PL("");
	struct rlmi_item *item = doc->item;
	struct pl id = attr(tag, "id"), reason = attr(tag, "reason"),
		  cid = attr(tag, "cid");
	struct rlmi_entry e;

	if (!read_state(&e.state, tag))
		return;
	if (item->n == RLMI_INSTANCES_MAX) {
		doc->err = EMSGSIZE;
		return;
	}
	if (item->n == item->room) {
		item->room = item->room ? 4 * item->room : 1;
		item->v =
			mem_reallocarray(item->v, item->room, sizeof(*item->v));
	}
	e.id = keep(item, id.p ? &id : &nothing);
	e.reason = keep(item, &reason);
	e.cid = keep(item, &cid);
	item->v[item->n++] = e;
}


static void read_name(struct rlmi_doc *doc, const struct xml_tag *tag)
{
	struct pl lang = xml_tag_attr(tag, NS_XML, "lang");
	char *s = lang.p ? pl_strdup(&lang) : NULL;

	doc->score = pres_lang_score(doc->lang, s);
	mem_deref(s);
	if (doc->score <= doc->best)
		return;
	doc->name = mbuf_alloc(RLMI_NAME_MAX);
}


/* Without the character that its end may have cut. */
static struct pl before_cut(struct pl text)
{
	while (text.l && ((uint8_t)text.p[text.l - 1] & 0xc0) == 0x80)
		text.l--;
	if (text.l && (uint8_t)text.p[text.l - 1] >= 0xc0)
		text.l--;
	return text;
}


static void end_name(struct rlmi_doc *doc)
{
	struct pl all = mbuf_all(doc->name), name;

	if (mbuf_err(doc->name))
		all = before_cut(all);
	name = pl_trim(&all);
	if (name.l) {
		doc->item->name = keep(doc->item, &name);
		doc->best = doc->score;
	}
	doc->name = mem_deref(doc->name);
}


/* ---- handlers -------------------------------------------------------- */

static void start_h(const struct xml_tag *tag, size_t depth, void *arg)
{
	struct rlmi_doc *doc = arg;

	if (doc->err)
		return;
	if (depth == 1)
		read_list(doc, tag);
	else if (depth == 2)
		read_resource(doc, tag);
	else if (depth == 3 && doc->item && xml_tag_is(tag, NS_RLMI, "name"))
		read_name(doc, tag);
	else if (depth == 3 && doc->item &&
		xml_tag_is(tag, NS_RLMI, "instance"))
		read_instance(doc, tag);
}


static void text_h(const struct pl *text, void *arg)
{
	struct rlmi_doc *doc = arg;
	struct pl part = *text;
	size_t room;

	if (!doc->name || mbuf_err(doc->name))
		return;
	room = RLMI_NAME_MAX - doc->name->end;
	if (part.l > room)
		part.l = room;
	(void)mbuf_write_pl(doc->name, &part);
	if (part.l < text->l)
		(void)mbuf_write_u8(doc->name, 0);
}


static void end_h(size_t depth, void *arg)
{
	struct rlmi_doc *doc = arg;

	if (doc->err)
		return;
	if (depth == 3 && doc->name)
		end_name(doc);
	if (depth != 2 || !doc->item)
		return;
	list_append(&doc->items, &doc->item->le, doc->item);
	doc->item = NULL;
}


/* ---- public ---------------------------------------------------------- */

int rlmi_doc_alloc(
	struct rlmi_doc **dp, const struct pl *body, const char *lang)
{
	struct rlmi_doc *doc = mem_zalloc(sizeof(*doc), doc_destructor);
	const struct xml_reader_handlers h = {
		.start = start_h,
		.text = text_h,
		.end = end_h,
		.arg = doc,
	};
	struct pl text = pl_trim(body);
	int err;

	doc->lang = lang;
	err = xml_reader_alloc(&doc->xml, &text, &limits, &h);
	if (err)
		mem_deref(doc);
	else
		*dp = doc;
	return err;
}


int rlmi_doc_next(struct rlmi_doc *doc, size_t n)
{
	int err = doc->err ? doc->err : xml_reader_next(doc->xml, n);

	if (doc->err)
		err = doc->err;
	return err;
}


const struct rlmi_list *rlmi_doc_list(const struct rlmi_doc *doc)
{
	return doc->uri ? &doc->list : NULL;
}


struct rlmi_item *rlmi_doc_take(struct rlmi_doc *doc)
{
	struct rlmi_item *item = doc->items.head ? doc->items.head->data : NULL;

	if (item)
		list_unlink(&item->le);
	return item;
}


const char *rlmi_item_text(const struct rlmi_item *item, size_t at)
{
	return at == SIZE_MAX ? NULL : (const char *)item->text->buf + at;
}
