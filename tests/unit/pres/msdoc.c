/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents of the Microsoft dialect: what they tell, as one line of text
 * each, and what is written. */
#include <errno.h>
#include "unit.h"
#include "msdoc.h"

int test_msdoc(void);


/* ---- handlers that write down what they hear ---- */

static const char *or_dash(const char *text)
{
	return text ? text : "-";
}


static void news_h(const struct msdoc_news *n, void *arg)
{
	(void)mbuf_printf(arg, "%s %x %u %s %s %s\n", n->peer, n->has,
		n->availability, or_dash(n->activity), or_dash(n->note),
		or_dash(n->name));
}


static void resource_h(const struct msdoc_resource *r, void *arg)
{
	(void)mbuf_printf(arg, "%s %d %s %s\n", r->peer, r->state,
		or_dash(r->pool), or_dash(r->reason));
}


static void head_h(const struct msdoc_contacts *c, void *arg)
{
	(void)mbuf_printf(arg, "head %d %d %u %u\n", c->delta, c->migrated,
		c->number, c->previous);
}


static void group_h(
	enum msdoc_change change, const struct msdoc_group *g, void *arg)
{
	(void)mbuf_printf(arg, "group %d %u '%s'\n", change, g->id, g->name);
}


static void contact_h(
	enum msdoc_change change, const struct msdoc_contact *c, void *arg)
{
	(void)mbuf_printf(arg, "contact %d %s '%s' '%s' %d\n", change, c->peer,
		c->name, c->groups, c->subscribed);
}


static void cleared_h(const char *category, uint32_t container, void *arg)
{
	(void)mbuf_printf(arg, "cleared %s %d\n", category, (int)container);
}


static void held_h(const struct msdoc_held *h, void *arg)
{
	(void)mbuf_printf(arg, "held %s %u %d %u %d %u %s\n", h->category,
		h->instance, (int)h->container, h->version, h->aggregate,
		h->availability, or_dash(h->note));
}


static void member_h(const struct msdoc_member *m, void *arg)
{
	(void)mbuf_printf(arg, "member %u %u %s %s\n", m->container, m->version,
		or_dash(m->type), or_dash(m->value));
}


static void subscriber_h(const struct msdoc_subscriber *s, void *arg)
{
	(void)mbuf_printf(arg, "subscriber %s '%s' %d\n", s->peer, s->name,
		s->acknowledged);
}


static void fault_h(size_t index, uint32_t current, void *arg)
{
	(void)mbuf_printf(arg, "fault %zu %u\n", index, current);
}


/* ---- reading ---- */

enum reader {
	CATEGORIES,
	PIDF,
	RLMI,
	CONTACTS,
	SELF,
	FAULT,
};


static int decode(enum reader reader, const struct pl *body, struct mbuf *mb)
{
	const struct msdoc_contacts_handlers contacts = {
		head_h, group_h, contact_h, mb};
	const struct msdoc_self_handlers self = {
		cleared_h, held_h, member_h, subscriber_h, mb};
	bool full = false;
	int err = 0;

	switch (reader) {
	case CATEGORIES:
		return msdoc_categories_decode(body, news_h, mb);
	case PIDF:
		return msdoc_pidf_decode(body, news_h, mb);
	case RLMI:
		err = msdoc_rlmi_decode(body, &full, resource_h, mb);
		if (full)
			(void)mbuf_write_str(mb, "full\n");
		return err;
	case CONTACTS:
		return msdoc_contacts_decode(body, &contacts);
	case SELF:
		return msdoc_self_decode(body, &self);
	case FAULT:
		return msdoc_fault_decode(body, fault_h, mb);
	}
	return err;
}


#define XSI "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"

static const struct {
	enum reader reader;
	const char *body;
	int err;
	const char *told;
} reads[] = {
	{CATEGORIES,
		"<categories xmlns='http://schemas.microsoft.com/2006/09/sip/"
		"categories' uri='sip:Bob@EXAMPLE.org'>"
		"<category name='state' instance='1'>"
		"<state " XSI " xsi:type='aggregateState'>"
		"<availability>6500</availability>"
		"<activity token='on-the-phone'/></state></category>"
		"<category name='note' publishTime='2026-11-22T08:00:00'>"
		"<note><body type='OOF'>older</body></note></category>"
		"<category name='note' publishTime='2026-11-22T09:00:00.5'>"
		"<note><body type='personal' uri=''> At the lab\n</body>"
		"</note></category>"
		"<category name='note' publishTime='2026-11-21T09:00:00'>"
		"<note><body>oldest</body></note></category>"
		"<category name='contactCard'><contactCard><identity><name>"
		"<displayName>Bob &amp; Co</displayName></name></identity>"
		"</contactCard></category>"
		"<category name='calendarData'><x/></category></categories>",
		0,
		"sip:Bob@example.org 7 6500 on-the-phone At the lab Bob & "
		"Co\n"},
	{CATEGORIES,
		"<?xml version='1.0' encoding='iso-8859-1'?>"
		"<categories uri='kim@example.org'><category name='note'>"
		"<note><body>Caf\xe9</body></note></category></categories>",
		0, "sip:kim@example.org 2 0 - Caf\xc3\xa9 -\n"},
	{CATEGORIES,
		"<categories uri='kim@example.org'><category name='state'>"
		"<state><availability>6500</availability><activity "
		"token='in-a-meeting'><custom LCID='1033'> Budget </custom>"
		"<custom LCID='1031'>Etat</custom></activity></state>"
		"</category></categories>",
		0, "sip:kim@example.org 1 6500 Budget - -\n"},
	{CATEGORIES,
		"<categories uri='sip:kim@example.org'>"
		"<category name='note'/><category name='state'/></categories>",
		0, "sip:kim@example.org 3 0 - - -\n"},
	{CATEGORIES,
		"<categories uri='sip:kim@example.org'>"
		"<category name='state'><state " XSI
		" xsi:type='aggregateState'><availability>3500</availability>"
		"</state></category><category name='state'><state " XSI
		" xsi:type='userState'><availability>15500</availability>"
		"</state></category></categories>",
		0, "sip:kim@example.org 1 3500 - - -\n"},
	{CATEGORIES, "<categories/>", EBADMSG, ""},
	{CATEGORIES, "<categories uri='tel:+1'/>", EBADMSG, ""},
	{CATEGORIES, "<presence uri='sip:kim@example.org'/>", EBADMSG, ""},
	{CATEGORIES, "<categories uri='sip:kim@example.org'>", EBADMSG, ""},
	{CATEGORIES,
		"<!DOCTYPE a [<!ENTITY b 'c'>]>"
		"<categories uri='sip:kim@example.org'/>",
		EBADMSG, ""},
	{PIDF,
		"<?xml version='1.0' encoding='utf-16'?><presentity "
		"xmlns='http:"
		"//schemas.microsoft.com/2002/09/sip/presence' "
		"uri='bob@example.org'><availability aggregate='300' "
		"description='online'/><activity aggregate='600'/>"
		"<displayName displayName='Bob'/><userInfo><note>busy now"
		"</note></userInfo></presentity>",
		0, "sip:bob@example.org 7 6500 - busy now Bob\n"},
	{PIDF,
		"<presentity uri='bob@example.org'><availability "
		"aggregate='300'/><activity aggregate='500'/></presentity>",
		0, "sip:bob@example.org 3 6500 on-the-phone - -\n"},
	{PIDF,
		"<presentity uri='bob@example.org' " XSI "><availability "
		"aggregate='300'/><activity aggregate='400'/><userInfo><states>"
		"<state avail='15500' xsi:nil='true'/>"
		"<state avail='9500'>do-not-disturb</state></states></userInfo>"
		"</presentity>",
		0, "sip:bob@example.org 3 9500 - - -\n"},
	{PIDF,
		"<presentity uri='bob@example.org'><availability "
		"aggregate='0'/><activity aggregate='400'/></presentity>",
		0, "sip:bob@example.org 3 18500 - - -\n"},
	{PIDF, "<presentity/>", EBADMSG, ""},
	{RLMI,
		"<list xmlns='urn:ietf:params:xml:ns:rlmi' "
		"uri='sip:alice@example.org' version='1' fullState='true'>"
		"<resource uri='sip:bob@example.org'><instance id='0' "
		"state='active' cid='b'/></resource><resource "
		"uri='kim@example.com'><instance id='0' state='resubscribe' "
		"poolFqdn='sip:pool2.example.com'/></resource><resource "
		"uri='sip:no@example.org'><instance state='terminated' "
		"reason='noresource'/></resource></list>",
		0,
		"sip:bob@example.org 0 - -\n"
		"sip:kim@example.com 2 sip:pool2.example.com -\n"
		"sip:no@example.org 3 - noresource\nfull\n"},
	{RLMI, "<list fullState='false'/>", 0, ""},
	{RLMI, "<lists/>", EBADMSG, ""},
	{CONTACTS,
		"<contactList deltaNum='12'><group id='1' name='~' "
		"externalURI=''/><group id='2' name='Lab &amp; Co'/>"
		"<contact uri='bob@example.org' name='' groups='1 2' "
		"subscribed='true' externalURI=''/><contact uri='%%'/>"
		"<contact uri='kim@example.com' name='Kim (home)' groups='1' "
		"subscribed='false'/></contactList>",
		0,
		"head 0 0 12 0\ngroup 0 1 '~'\ngroup 0 2 'Lab & Co'\n"
		"contact 0 sip:bob@example.org '' '1 2' 1\n"
		"contact 0 sip:kim@example.com 'Kim (home)' '1' 0\n"},
	{CONTACTS,
		"<contactDelta deltaNum='14' prevDeltaNum='13'>"
		"<addedGroup id='3' name='New'/><modifiedGroup id='2' "
		"name='Old'/><deletedGroup id='4'/><addedContact "
		"uri='sip:kim@example.com' name='' groups='3' "
		"subscribed='true'/><modifiedContact uri='sip:bob@example.org' "
		"name='B' groups='' subscribed='true'/><deletedContact "
		"uri='sip:no@example.org'/></contactDelta>",
		0,
		"head 1 0 14 13\ngroup 0 3 'New'\ngroup 1 2 'Old'\n"
		"group 2 4 ''\ncontact 0 sip:kim@example.com '' '3' 1\n"
		"contact 1 sip:bob@example.org 'B' '' 1\n"
		"contact 2 sip:no@example.org '' '' 0\n"},
	{CONTACTS, "<contactList ucsmode='migrated'/>", 0, "head 0 1 0 0\n"},
	{CONTACTS, "<list/>", EBADMSG, ""},
	{SELF,
		"<roamingData xmlns='http://schemas.microsoft.com/2006/09/sip/"
		"roaming-self'><categories uri='sip:alice@example.org'>"
		"<category name='state' instance='1' container='2' version='5' "
		"expireType='user'><state " XSI " xsi:type='aggregateState'>"
		"<availability>3500</availability></state></category>"
		"<category name='note' container='200'/>"
		"<category name='device' instance='7' container='2' "
		"version='1'/></categories><containers><container id='200' "
		"version='3'><member type='sameEnterprise'/></container>"
		"<container id='32000' version='1'><member type='user' "
		"value='eve@example.org'/></container></containers>"
		"<subscribers><subscriber user='bob@example.org' "
		"displayName='Bob' acknowledged='false'/><subscriber "
		"user='kim@example.org' acknowledged='true'/></subscribers>"
		"</roamingData>",
		0,
		"cleared state 2\ncleared note 200\ncleared device 2\n"
		"held state 1 2 5 1 3500 -\nheld device 7 2 1 0 0 -\n"
		"member 200 3 - -\nmember 200 3 sameEnterprise -\n"
		"member 32000 1 - -\nmember 32000 1 user sip:eve@example.org\n"
		"subscriber sip:bob@example.org 'Bob' 0\n"
		"subscriber sip:kim@example.org '' 1\n"},
	{SELF, "<roamingData/>", 0, ""},
	{SELF, "<roaming/>", EBADMSG, ""},
	{FAULT,
		"<fault xmlns='http://schemas.microsoft.com/2006/09/sip/"
		"service-fault'><Faultcode>Client.BadCall.WrongDelta"
		"</Faultcode><details><operation index='2' version='0' "
		"curVersion='7'/><operation index='0' curVersion='1'/>"
		"</details></fault>",
		0, "fault 1 7\n"},
	{FAULT, "<fault><Faultcode>Client.BadCall</Faultcode></fault>", EBADMSG,
		""},
};


static void reading(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(reads); i++) {
		struct mbuf *mb = mbuf_alloc(65536);
		struct pl body = pl_str(reads[i].body), all;

		assert_int_equal(
			decode(reads[i].reader, &body, mb), reads[i].err);
		all = mbuf_all(mb);
		assert_pl(all, reads[i].told);
		mem_deref(mb);
	}
}


/* Every cut of every document is refused or told, and leaks nothing. */
static void cut(void **state)
{
	size_t i, n;

	(void)state;
	for (i = 0; i < UNIT_N(reads); i++) {
		for (n = strlen(reads[i].body); n-- > 0;) {
			struct mbuf *mb = mbuf_alloc(65536);
			struct pl body = pl_make(reads[i].body, n);

			assert_int_equal(
				decode(reads[i].reader, &body, mb), EBADMSG);
			mem_deref(mb);
		}
	}
}


static void too_big(void **state)
{
	char *text = mem_zalloc((8 << 20) + 1, NULL);
	struct pl body = pl_make(text, (8 << 20) + 1);
	struct mbuf *mb = mbuf_alloc(64);

	(void)state;
	memset(text, ' ', body.l);
	assert_int_equal(decode(CONTACTS, &body, mb), EMSGSIZE);
	mem_deref(mb);
	mem_deref(text);
}


/* ---- numbers ---- */

static void numbers(void **state)
{
	/* What an activity says where no note does. */
	static const struct {
		uint32_t n;
		const char *activity;
		const char *note;
		const char *words;
	} said[] = {
		{6500, "in-a-meeting", NULL, "in a meeting"},
		{6500, "in-a-meeting", "till three", "till three"},
		{15500, "out-of-office", NULL, "out of office"},
		{9500, "urgent-interruptions-only", NULL,
			"urgent interruptions only"},
		{6500, "on-the-phone", NULL, "-"},
		{3500, "Available", NULL, "-"},
		{3500, "Watering the plants", NULL, "Watering the plants"},
		{18500, "off-work", NULL, "-"},
		{3500, NULL, NULL, "-"},
	};
	static const struct {
		uint32_t n;
		const char *activity;
		const char *words;
	} rows[] = {
		{0, NULL, "unknown -"},
		{2999, NULL, "unknown -"},
		{3000, NULL, "online -"},
		{4499, NULL, "online -"},
		{4500, NULL, "online away"},
		{6000, NULL, "online busy"},
		{6500, "on-the-phone", "online on-the-phone"},
		{6500, "in-a-meeting", "online busy"},
		{8999, NULL, "online busy"},
		{9000, NULL, "online do-not-disturb"},
		{9500, "on-the-phone", "online do-not-disturb"},
		{12000, NULL, "online be-right-back"},
		{15000, NULL, "online away"},
		{17999, "off-work", "online away"},
		{18000, NULL, "offline -"},
		{UINT32_MAX, NULL, "offline -"},
	};
	static const enum presence_activity all[] = {PRESENCE_NONE,
		PRESENCE_AWAY, PRESENCE_BE_RIGHT_BACK, PRESENCE_BUSY,
		PRESENCE_DO_NOT_DISTURB};
	struct presence *p, *back;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		char text[64];

		p = msdoc_presence(rows[i].n, rows[i].activity, "n");
		(void)snprintf(text, sizeof(text), "%s %s",
			presence_state_name(p->state),
			or_dash(presence_activity_name(p->activity)));
		assert_string_equal(text, rows[i].words);
		assert_string_equal(p->note, "n");
		mem_deref(p);
	}
	for (i = 0; i < UNIT_N(all); i++) {
		p = presence_alloc(PRESENCE_ONLINE, all[i], NULL, NULL);
		back = msdoc_presence(msdoc_availability(p), NULL, NULL);
		assert_true(presence_eq(p, back));
		mem_deref(back);
		mem_deref(p);
	}
	for (i = 0; i < UNIT_N(said); i++) {
		p = msdoc_presence(said[i].n, said[i].activity, said[i].note);
		assert_string_equal(p->note ? p->note : "-", said[i].words);
		mem_deref(p);
	}
	p = presence_alloc(PRESENCE_OFFLINE, PRESENCE_NONE, NULL, NULL);
	assert_int_equal(msdoc_availability(p), 18500);
	mem_deref(p);
}


/* ---- writing ---- */

#define assert_written(mb_, text_)                  \
	do {                                        \
		struct pl all_ = mbuf_all(mb_);     \
		assert_int_equal(mbuf_err(mb_), 0); \
		assert_pl(all_, text_);             \
		mbuf_reset(mb_);                    \
	} while (0)


static void writing_lists(void **state)
{
	static const struct msdoc_wish one = {
		"sip:bob@example.org", true, false};
	static const struct msdoc_wish three[] = {
		{"sip:bob@example.org", false, false},
		{"sip:no@example.org", false, true},
		{"sip:k&m@example.com", false, false}};
	struct mbuf *mb = mbuf_alloc(65536);

	(void)state;
	(void)msdoc_batch_encode(mb, "sip:alice@example.org", &one, 1, 1008912);
	assert_written(mb,
		"<batchSub xmlns=\"http://schemas.microsoft.com/2006/01/sip/"
		"batch-subscribe\" uri=\"sip:alice@example.org\" name=\"\">"
		"<action name=\"subscribe\" id=\"1008912\"><adhocList>"
		"<resource uri=\"sip:bob@example.org\"><context></context>"
		"</resource></adhocList><categoryList xmlns=\"http://schemas."
		"microsoft.com/2006/09/sip/categorylist\"><category "
		"name=\"calendarData\"/><category name=\"contactCard\"/>"
		"<category name=\"note\"/><category name=\"services\"/>"
		"<category name=\"state\"/></categoryList></action>"
		"</batchSub>");
	(void)msdoc_batch_encode(mb, "sip:a@b", three, 3, 1);
	mbuf_write_u8(mb, 0);
	assert_non_null(strstr((char *)mb->buf,
		"<resource uri=\"sip:bob@example.org\"/>"
		"<resource uri=\"sip:k&amp;m@example.com\"/></adhocList>"));
	assert_non_null(strstr((char *)mb->buf,
		"<action name=\"unsubscribe\" id=\"2\"><adhocList>"
		"<resource uri=\"sip:no@example.org\"/></adhocList>"));
	mem_deref(mb);
}


#define SOAP(method_, fields_)                                               \
	"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" " \
	"xmlns:m=\"http://schemas.microsoft.com/winrtc/2002/11/sip\">"       \
	"<s:Body><m:" method_ ">" fields_                                    \
	"<m:deltaNum>12</m:deltaNum></m:" method_ "></s:Body></s:Envelope>"

static void writing_contacts(void **state)
{
	const struct msdoc_contact contact = {
		"sip:bob@example.org", "B <b>", "1 2", "", true};
	const struct msdoc_group group = {2, "Lab"};
	const struct pl added =
		PL("<e:Envelope xmlns:e='x'><e:Body><m:addGroup xmlns:m='y'>"
		   "<m:groupID> 7 </m:groupID></m:addGroup></e:Body>"
		   "</e:Envelope>");
	const struct pl none = PL("<Envelope><Body/></Envelope>");
	struct mbuf *mb = mbuf_alloc(65536);
	uint32_t id = 0;

	(void)state;
	(void)msdoc_contact_set(mb, &contact, 12);
	assert_written(mb,
		SOAP("setContact",
			"<m:displayName>B &lt;b&gt;</m:displayName>"
			"<m:groups>1 2</m:groups><m:subscribed>true"
			"</m:subscribed><m:URI>sip:bob@example.org</m:URI>"
			"<m:externalURI></m:externalURI>"));
	(void)msdoc_contact_delete(mb, contact.peer, 12);
	assert_written(mb,
		SOAP("deleteContact", "<m:URI>sip:bob@example.org</m:URI>"));
	(void)msdoc_group_add(mb, "Lab", 12);
	assert_written(mb,
		SOAP("addGroup",
			"<m:name>Lab</m:name><m:externalURI></m:externalURI>"));
	(void)msdoc_group_modify(mb, &group, 12);
	assert_written(mb,
		SOAP("modifyGroup",
			"<m:groupID>2</m:groupID><m:name>Lab</m:name>"
			"<m:externalURI></m:externalURI>"));
	(void)msdoc_group_delete(mb, 2, 12);
	assert_written(mb, SOAP("deleteGroup", "<m:groupID>2</m:groupID>"));
	assert_int_equal(msdoc_group_added(&added, &id), 0);
	assert_int_equal(id, 7);
	assert_int_equal(msdoc_group_added(&none, &id), EBADMSG);
	mem_deref(mb);
}


static void writing_self(void **state)
{
	const struct msdoc_publication pubs[] = {
		{"state", 805306368, 2, 0, "endpoint", "<x/>"},
		{"note", 0, 200, 3, "static", NULL},
	};
	const struct msdoc_move moves[] = {{400, 2, false}, {32000, 1, true}};
	struct mbuf *mb = mbuf_alloc(65536);

	(void)state;
	(void)msdoc_publish_encode(mb, "sip:alice@example.org", pubs, 2);
	assert_written(mb,
		"<publish xmlns=\"http://schemas.microsoft.com/2006/09/sip/"
		"rich-presence\"><publications uri=\"sip:alice@example.org\">"
		"<publication categoryName=\"state\" instance=\"805306368\" "
		"container=\"2\" version=\"0\" expireType=\"endpoint\"><x/>"
		"</publication><publication categoryName=\"note\" "
		"instance=\"0\" container=\"200\" version=\"3\" "
		"expireType=\"static\" expires=\"0\"/></publications>"
		"</publish>");
	(void)msdoc_state_encode(mb, true, 3500);
	assert_written(mb,
		"<state xmlns=\"http://schemas.microsoft.com/2006/09/sip/"
		"state\" manual=\"false\" xmlns:xsi=\"http://www.w3.org/2001/"
		"XMLSchema-instance\" xsi:type=\"machineState\"><availability>"
		"3500</availability><endpointLocation/></state>");
	(void)msdoc_state_encode(mb, false, 15500);
	assert_written(mb,
		"<state xmlns=\"http://schemas.microsoft.com/2006/09/sip/"
		"state\" manual=\"true\" xmlns:xsi=\"http://www.w3.org/2001/"
		"XMLSchema-instance\" xsi:type=\"userState\"><availability>"
		"15500</availability></state>");
	(void)msdoc_note_encode(mb, "a & \x01");
	assert_written(mb,
		"<note xmlns=\"http://schemas.microsoft.com/2006/09/sip/note\">"
		"<body type=\"personal\" uri=\"\">a &amp; \xef\xbf\xbd</body>"
		"</note>");
	(void)msdoc_subscriber_encode(mb, "sip:bob@example.org");
	assert_written(mb,
		"<setSubscribers xmlns=\"http://schemas.microsoft.com/2006/09/"
		"sip/presence-subscribers\"><subscriber "
		"user=\"bob@example.org\" acknowledged=\"true\"/>"
		"</setSubscribers>");
	(void)msdoc_members_encode(mb, "sip:eve@example.org", moves, 2);
	assert_written(mb,
		"<setContainerMembers xmlns=\"http://schemas.microsoft.com/"
		"2006/09/sip/container-management\"><container id=\"400\" "
		"version=\"2\"><member action=\"remove\" type=\"user\" "
		"value=\"eve@example.org\"/></container><container "
		"id=\"32000\" version=\"1\"><member action=\"add\" "
		"type=\"user\" value=\"eve@example.org\"/></container>"
		"</setContainerMembers>");
	mem_deref(mb);
}


static void active_h(const struct msdoc_news *n, void *arg)
{
	struct presence **pp = arg;

	*pp = msdoc_presence_since(n->availability, NULL, NULL, n->active);
}


/* When the last key was pressed, of those who press none. */
static void idle(void **state)
{
	static const struct {
		const char *number, *at;
		int64_t since;
	} cases[] = {
		{"3500", "2026-01-15T12:00:00", 0},
		{"4500", "2026-01-15T12:00:00", INT64_C(1768478400000)},
		{"5000", "2026-01-15T12:00:00.5", INT64_C(1768478400500)},
		{"5999", "2026-01-15T13:00:00+01:00", INT64_C(1768478400000)},
		{"6500", "2026-01-15T12:00:00Z", 0},
		{"7500", "2026-01-15T12:00:00Z", INT64_C(1768478400000)},
		{"9000", "2026-01-15T12:00:00Z", 0},
		{"12500", "2026-01-15T12:00:00Z", 0},
		{"15500", "2026-01-15T12:00:00Z", INT64_C(1768478400000)},
		{"18500", "2026-01-15T12:00:00Z", 0},
		{"5000", "soon", 0},
		{"5000", "", 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf(
			"<categories uri='kim@example.org'>"
			"<category name='state'><state lastActive='%s'>"
			"<availability>%s</availability></state></category>"
			"</categories>",
			cases[i].at, cases[i].number);
		struct presence *p = NULL;
		struct pl body = pl_str(text);

		assert_int_equal(
			msdoc_categories_decode(&body, active_h, &p), 0);
		if (p->idle_since != cases[i].since)
			fail_msg("%s %s gives %lld", cases[i].number,
				cases[i].at, (long long)p->idle_since);
		mem_deref(p);
		mem_deref(text);
	}
}


int test_msdoc(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading),
		cmocka_unit_test(cut),
		cmocka_unit_test(too_big),
		cmocka_unit_test(numbers),
		cmocka_unit_test(idle),
		cmocka_unit_test(writing_lists),
		cmocka_unit_test(writing_contacts),
		cmocka_unit_test(writing_self),
	};

	return cmocka_run_group_tests_name("msdoc", tests, NULL, NULL);
}
