/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xpidf.c - reads the XPIDF of the time before PIDF, as Windows Messenger
 * and gateways to it write it */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "pres_int.h"

enum {
	PROLOGUE = 1024, /* bytes in which a DOCTYPE may begin */
};

static const struct {
	const char *word; /* of status/@status, then msnsubstatus/@substatus */
	enum presence_state state;
	enum presence_activity activity;
} words[] = {
	{"open", PRESENCE_ONLINE, PRESENCE_NONE},
	{"inuse", PRESENCE_ONLINE, PRESENCE_BUSY},
	{"inactive", PRESENCE_ONLINE, PRESENCE_AWAY},
	{"closed", PRESENCE_OFFLINE, PRESENCE_NONE},
	{"online", PRESENCE_ONLINE, PRESENCE_NONE},
	{"away", PRESENCE_ONLINE, PRESENCE_AWAY},
	{"busy", PRESENCE_ONLINE, PRESENCE_BUSY},
	{"idle", PRESENCE_ONLINE, PRESENCE_AWAY},
	{"berightback", PRESENCE_ONLINE, PRESENCE_BE_RIGHT_BACK},
	{"onthephone", PRESENCE_ONLINE, PRESENCE_ON_THE_PHONE},
	{"outtolunch", PRESENCE_ONLINE, PRESENCE_AWAY},
	{"offline", PRESENCE_OFFLINE, PRESENCE_NONE},
};

struct summary {
	size_t addresses;
	enum presence_state state;
	enum presence_activity activity;
};


char *xpidf_without_doctype(const struct pl *body)
{
	const struct pl doctype = PL("<!DOCTYPE");
	struct pl prologue = *body, decl, rest;
	const char *p, *end;

	if (prologue.l > PROLOGUE)
		prologue.l = PROLOGUE;
	p = pl_find(&prologue, &doctype);
	if (!p)
		return pl_strdup(body);
	prologue.l = (size_t)(p - prologue.p);
	rest = *body;
	pl_skip(&rest, prologue.l);
	end = pl_chr(&rest, '>');
	if (!end)
		return pl_strdup(body);
	decl = pl_make(rest.p, (size_t)(end + 1 - rest.p));
	if (pl_chr(&decl, '['))
		return pl_strdup(body);
	pl_skip(&rest, decl.l);
	return mem_printf("%.*s%.*s", PL_ARG(&prologue), PL_ARG(&rest));
}


static void word_merge(struct summary *sum, const char *word)
{
	struct pl pl = pl_str(word);
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!pl_strcaseeq(&pl, words[i].word))
			continue;
		if (words[i].state > sum->state)
			sum->state = words[i].state;
		sum->activity = rpid_stronger(sum->activity, words[i].activity);
	}
}


/* Each address stands for itself; one that is closed says nothing about what
 * its person does. */
static void address_merge(struct summary *sum, const struct xml_node *address)
{
	const struct xml_node *status = xml_find(address, "", "status");
	const struct xml_node *sub = xml_find(address, "", "msnsubstatus");
	struct summary own = {.state = PRESENCE_UNKNOWN};

	sum->addresses++;
	if (status)
		word_merge(&own, xml_attr(status, "status"));
	if (sub && own.state != PRESENCE_OFFLINE)
		word_merge(&own, xml_attr(sub, "substatus"));
	if (own.state > sum->state)
		sum->state = own.state;
	if (own.state == PRESENCE_ONLINE)
		sum->activity = rpid_stronger(sum->activity, own.activity);
}


int xpidf_decode(struct pres_doc **dp, const struct xml_node *root,
	const struct pres_query *query)
{
	const struct xml_node *presentity = xml_find(root, "", "presentity");
	const struct xml_node *atom, *address;
	struct summary sum = {.state = PRESENCE_UNKNOWN};
	const char *entity;

	if (!presentity)
		return EBADMSG;
	entity = xml_attr(presentity, "uri");
	if (!pres_entity_match(query, entity))
		return ESRCH;
	for (atom = xml_child(root); atom; atom = xml_next(atom)) {
		if (!xml_is(atom, "", "atom"))
			continue;
		address = xml_child(atom);
		for (; address; address = xml_next(address)) {
			if (xml_is(address, "", "address"))
				address_merge(&sum, address);
		}
	}
	if (!sum.addresses)
		sum.state = PRESENCE_OFFLINE;
	*dp = pres_doc_new(
		presence_alloc(sum.state, sum.activity, NULL,
			"the notification says neither open nor closed"),
		entity);
	return 0;
}
