/* SPDX-License-Identifier: GPL-3.0-or-later */
/* msdoc_presence.c - availability as numbers, words and our own terms
 * ([MS-PRES] 3.7.5.5, [MS-SIP] 2.2.1). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "msdoc_int.h"


/* Where each range begins; the next one ends it. */
static const struct {
	uint32_t from;
	enum presence_state state;
	enum presence_activity activity;
} ranges[] = {
	{0, PRESENCE_UNKNOWN, PRESENCE_NONE},
	{3000, PRESENCE_ONLINE, PRESENCE_NONE},
	{4500, PRESENCE_ONLINE, PRESENCE_AWAY}, /* available, but idle */
	{6000, PRESENCE_ONLINE, PRESENCE_BUSY},
	{9000, PRESENCE_ONLINE, PRESENCE_DO_NOT_DISTURB},
	{12000, PRESENCE_ONLINE, PRESENCE_BE_RIGHT_BACK},
	{15000, PRESENCE_ONLINE, PRESENCE_AWAY},
	{18000, PRESENCE_OFFLINE, PRESENCE_NONE},
};

static const uint32_t published[] = {
	[PRESENCE_NONE] = 3500,
	[PRESENCE_AWAY] = 15500,
	[PRESENCE_BE_RIGHT_BACK] = 12500,
	[PRESENCE_BUSY] = 6500,
	[PRESENCE_DO_NOT_DISTURB] = 9500,
	[PRESENCE_ON_THE_PHONE] = 6500,
};

enum {
	OFFLINE_NUMBER = 18500,
	AVAILABLE_2005 = 100, /* below: offline */
};

/* Activity of 2005, where each range begins, as a number of 2007. */
static const struct {
	uint32_t from;
	uint32_t availability;
	const char *activity;
} old_activities[] = {
	{0, 15500, NULL},
	{150, 15500, NULL}, /* out to lunch */
	{200, 5000, NULL}, /* idle */
	{300, 12500, NULL},
	{400, 3500, NULL},
	{500, 6500, "on-the-phone"},
	{600, 6500, NULL},
	{700, 15500, NULL},
	{800, 3500, NULL},
};


/* Tokens that are no words, or that presence has a word of its own for. */
static const struct {
	const char *token;
	const char *words;
} activities[] = {
	{"on-the-phone", NULL},
	{"Available", NULL},
	{"Away", NULL},
	{"BeRightBack", NULL},
	{"Busy", NULL},
	{"DoNotDisturb", NULL},
	{"Offline", NULL},
	{"in-a-conference", "in a conference"},
	{"in-a-meeting", "in a meeting"},
	{"in-presentation", "presenting"},
	{"off-work", "off work"},
	{"out-of-office", "out of office"},
	{"urgent-interruptions-only", "urgent interruptions only"},
};


static const char *words_of(const char *activity)
{
	size_t i;

	for (i = 0; i < sizeof(activities) / sizeof(activities[0]); i++) {
		if (!strcmp(activities[i].token, activity))
			return activities[i].words;
	}
	return activity;
}


struct presence *msdoc_presence(
	uint32_t availability, const char *activity, const char *note)
{
	struct pl pl = pl_str(note ? note
			: activity ? words_of(activity)
				   : NULL);
	enum presence_activity word;
	size_t i = sizeof(ranges) / sizeof(ranges[0]) - 1;

	while (availability < ranges[i].from)
		i--;
	word = ranges[i].activity;
	if (ranges[i].state != PRESENCE_ONLINE)
		pl = pl_str(note);
	if (activity && word == PRESENCE_BUSY &&
		!strcmp(activity, "on-the-phone"))
		word = PRESENCE_ON_THE_PHONE;
	return presence_alloc(ranges[i].state, word, &pl,
		"they publish no presence, or none for you");
}


/* Available and busy have a number for those who are idle; who is away may be
 * so by that alone. */
static bool is_idle(uint32_t n)
{
	return (n >= 4500 && n < 6000) || (n >= 7500 && n < 9000) ||
		(n >= 15000 && n < 18000);
}


struct presence *msdoc_presence_since(uint32_t availability,
	const char *activity, const char *note, int64_t active)
{
	struct presence *plain = msdoc_presence(availability, activity, note);
	struct presence *idle;

	if (!active || !is_idle(availability))
		return plain;
	idle = presence_idle(plain, active);
	mem_deref(plain);
	return idle;
}


uint32_t msdoc_availability(const struct presence *p)
{
	return p->state == PRESENCE_ONLINE ? published[p->activity]
					   : OFFLINE_NUMBER;
}


/* ---- text/xml+msrtc.pidf -------------------------------------------- */

static void from_old(struct msdoc_news *news, uint32_t available, uint32_t act)
{
	size_t i = sizeof(old_activities) / sizeof(old_activities[0]) - 1;

	news->availability = OFFLINE_NUMBER;
	if (available < AVAILABLE_2005)
		return;
	while (act < old_activities[i].from)
		i--;
	news->availability = old_activities[i].availability;
	news->activity = old_activities[i].activity;
}


/* The numbers of 2007 that newer clients put beside the old ones. */
static void from_states(struct msdoc_news *news, const struct xml_node *root)
{
	const struct xml_node *info = msdoc_find(root, "userInfo"), *states;
	const struct xml_node *state;
	const char *nil;
	uint32_t n;

	states = info ? msdoc_find(info, "states") : NULL;
	state = states ? xml_child(states) : NULL;
	for (; state; state = xml_next(state)) {
		nil = xml_attr_ns(state,
			"http://www.w3.org/2001/XMLSchema-instance", "nil");
		if (!msdoc_is(state, "state") ||
			(nil && !strcmp(nil, "true")) ||
			!msdoc_number(state, "avail", &n) ||
			n <= news->availability)
			continue;
		news->availability = n;
		news->activity = NULL;
	}
}


static uint32_t aggregate(const struct xml_node *root, const char *name)
{
	const struct xml_node *node = msdoc_find(root, name);
	uint32_t n = 0;

	if (node)
		(void)msdoc_number(node, "aggregate", &n);
	return n;
}


static char *note_of(const struct xml_node *root)
{
	const struct xml_node *info = msdoc_find(root, "userInfo");

	return info ? msdoc_text(msdoc_find(info, "note")) : NULL;
}


int msdoc_pidf_decode(const struct pl *body, msdoc_news_h *h, void *arg)
{
	struct msdoc_news news = {.has = MSDOC_STATE | MSDOC_NOTE};
	const struct xml_node *root, *name;
	struct xml_doc *doc;
	char *peer, *note;
	int err = msdoc_xml(&doc, body);

	if (err)
		return err;
	root = xml_root(doc);
	peer = msdoc_is(root, "presentity") ? msdoc_peer(xml_attr(root, "uri"))
					    : NULL;
	if (!peer) {
		mem_deref(doc);
		return EBADMSG;
	}
	note = note_of(root);
	name = msdoc_find(root, "displayName");
	news.peer = peer;
	news.note = note;
	news.name = name ? xml_attr(name, "displayName") : NULL;
	if (news.name)
		news.has |= MSDOC_CARD;
	from_old(&news, aggregate(root, "availability"),
		aggregate(root, "activity"));
	from_states(&news, root);
	h(&news, arg);
	mem_deref(note);
	mem_deref(peer);
	mem_deref(doc);
	return 0;
}
