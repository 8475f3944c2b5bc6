/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rpid.c - activities and user input of the rich presence extensions (RFC
 * 4480) */
#include <string.h>
#include "date.h"
#include "mem.h"
#include "pres_int.h"

enum {
	WORD_MAX = 32, /* bytes of the longest phrase that means something */
};

/* RPID's elements (3.2) that say something of interest; see pres.h. */
static const struct {
	const char *name;
	enum presence_activity activity;
} elements[] = {
	{"appointment", PRESENCE_BUSY},
	{"away", PRESENCE_AWAY},
	{"breakfast", PRESENCE_AWAY},
	{"busy", PRESENCE_BUSY},
	{"dinner", PRESENCE_AWAY},
	{"holiday", PRESENCE_AWAY},
	{"in-transit", PRESENCE_AWAY},
	{"lunch", PRESENCE_AWAY},
	{"meal", PRESENCE_AWAY},
	{"meeting", PRESENCE_BUSY},
	{"on-the-phone", PRESENCE_ON_THE_PHONE},
	{"performance", PRESENCE_BUSY},
	{"permanent-absence", PRESENCE_AWAY},
	{"presentation", PRESENCE_BUSY},
	{"shopping", PRESENCE_AWAY},
	{"sleeping", PRESENCE_AWAY},
	{"steering", PRESENCE_BUSY},
	{"travel", PRESENCE_AWAY},
	{"vacation", PRESENCE_AWAY},
	{"worship", PRESENCE_BUSY},
};

/* Other spellings of our own names. */
static const struct {
	const char *name;
	enum presence_activity activity;
} spellings[] = {
	{"brb", PRESENCE_BE_RIGHT_BACK},
	{"berightback", PRESENCE_BE_RIGHT_BACK},
	{"dnd", PRESENCE_DO_NOT_DISTURB},
	{"donotdisturb", PRESENCE_DO_NOT_DISTURB},
	{"extended-away", PRESENCE_AWAY},
	{"onthephone", PRESENCE_ON_THE_PHONE},
};

static const int strength[] = {
	[PRESENCE_NONE] = 0,
	[PRESENCE_AWAY] = 1,
	[PRESENCE_BE_RIGHT_BACK] = 2,
	[PRESENCE_BUSY] = 3,
	[PRESENCE_ON_THE_PHONE] = 4,
	[PRESENCE_DO_NOT_DISTURB] = 5,
};


enum presence_activity rpid_stronger(
	enum presence_activity a, enum presence_activity b)
{
	return strength[b] > strength[a] ? b : a;
}


/* TEXT in lower case with runs of blanks, hyphens and underscores as one
 * hyphen; empty if it is too long. */
static void phrase(char word[WORD_MAX], const struct pl *text)
{
	struct pl t = pl_trim(text);
	size_t n = 0, i;

	for (i = 0; i < t.l && n < WORD_MAX - 1; i++) {
		char c = t.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A'));
		if (c == ' ' || c == '_' || c == '\t' || c == '\n')
			c = '-';
		if (c == '-' && n && word[n - 1] == '-')
			continue;
		word[n++] = c;
	}
	word[i < t.l ? 0 : n] = '\0';
}


enum presence_activity rpid_word(const struct pl *text)
{
	enum presence_activity activity;
	char word[WORD_MAX];
	struct pl pl;
	size_t i;

	phrase(word, text);
	pl = pl_str(word);
	if (presence_activity_find(&activity, &pl))
		return activity;
	for (i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		if (!strcmp(spellings[i].name, word))
			return spellings[i].activity;
	}
	return PRESENCE_NONE;
}


static enum presence_activity text_activity(const struct xml_node *node)
{
	char *text = xml_text(node);
	struct pl pl = pl_str(text);
	enum presence_activity activity = rpid_word(&pl);

	mem_deref(text);
	return activity;
}


static enum presence_activity element_activity(const struct xml_node *node)
{
	size_t i;

	if (strcmp(xml_ns(node), NS_RPID))
		return PRESENCE_NONE;
	if (!strcmp(xml_name(node), "other"))
		return text_activity(node);
	for (i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		if (!strcmp(elements[i].name, xml_name(node)))
			return elements[i].activity;
	}
	return PRESENCE_NONE;
}


/* 3.1: from and until. A bound that cannot be read binds nothing. */
static bool holds(const struct xml_node *node, int64_t now)
{
	struct pl from = pl_str(xml_attr(node, "from"));
	struct pl until = pl_str(xml_attr(node, "until"));
	int64_t ms;

	if (!now)
		return true;
	if (pl_isset(&from) && !date_rfc3339_decode(&ms, &from) && now < ms)
		return false;
	return !pl_isset(&until) || date_rfc3339_decode(&ms, &until) ||
		now < ms;
}


const struct xml_node *rpid_activities(const struct xml_node *node, int64_t now)
{
	const struct xml_node *child;

	node = xml_find(node, NS_RPID, "activities");
	if (!node || !holds(node, now))
		return NULL;
	for (child = xml_child(node); child; child = xml_next(child)) {
		if (pidf_not_understood(child))
			return NULL;
	}
	return node;
}


enum rpid_input rpid_input(const struct xml_node *node, int64_t *last)
{
	const struct xml_node *input = xml_find(node, NS_RPID, "user-input");
	enum rpid_input said = RPID_SILENT;
	struct pl pl, trimmed, when;
	int64_t ms;
	char *text;

	if (!input)
		return RPID_SILENT;
	text = xml_text(input);
	pl = pl_str(text);
	trimmed = pl_trim(&pl);
	if (pl_streq(&trimmed, "idle"))
		said = RPID_IDLE;
	else if (pl_streq(&trimmed, "active"))
		said = RPID_ACTIVE;
	mem_deref(text);
	when = pl_str(xml_attr(input, "last-input"));
	when = pl_trim(&when);
	if (said && pl_isset(&when) && !date_rfc3339_decode(&ms, &when))
		*last = ms;
	return said;
}


enum presence_activity rpid_decode(const struct xml_node *node, int64_t now)
{
	const struct xml_node *activities = rpid_activities(node, now), *child;
	enum presence_activity activity = PRESENCE_NONE;

	child = activities ? xml_child(activities) : NULL;
	for (; child; child = xml_next(child))
		activity = rpid_stronger(activity, element_activity(child));
	return activity;
}


int rpid_input_encode(struct mbuf *mb, int64_t since, uint32_t threshold)
{
	char date[DATE_SIZE];

	if (!since && !threshold)
		return mbuf_err(mb);
	mbuf_write_str(mb, "<rpid:user-input");
	if (threshold)
		mbuf_printf(mb, " idle-threshold=\"%u\"", (unsigned)threshold);
	if (since) {
		date_rfc3339(date, since);
		mbuf_printf(mb, " last-input=\"%s\"", date);
	}
	return mbuf_write_str(mb, ">idle</rpid:user-input>");
}


int rpid_encode(struct mbuf *mb, enum presence_activity activity)
{
	const char *name = presence_activity_name(activity);
	const char *near = NULL;

	if (!name)
		return mbuf_err(mb);
	if (activity == PRESENCE_DO_NOT_DISTURB)
		near = "busy";
	else if (activity == PRESENCE_BE_RIGHT_BACK)
		near = "away";
	mbuf_write_str(mb, "<rpid:activities>");
	if (near)
		mbuf_printf(mb, "<rpid:%s/><rpid:other>%s</rpid:other>", near,
			name);
	else
		mbuf_printf(mb, "<rpid:%s/>", name);
	return mbuf_write_str(mb, "</rpid:activities>");
}
