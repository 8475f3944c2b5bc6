/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rpid.c - activities and user input of the rich presence extensions (RFC
 * 4480) */
#include <string.h>
#include "date.h"
#include "mem.h"
#include "pidf_int.h"

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


static bool is_rpid(const struct xml_node *node)
{
	const char *ns = xml_ns(node);

	return !strcmp(ns, NS_RPID) || !strcmp(ns, NS_RPID_DRAFT);
}


static enum presence_activity name_activity(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		if (!strcmp(elements[i].name, name))
			return elements[i].activity;
	}
	return PRESENCE_NONE;
}


static enum presence_activity element_activity(const struct xml_node *node)
{
	const char *name = xml_name(node);

	if (!is_rpid(node))
		return PRESENCE_NONE;
	if (!strcmp(name, "other") || !strcmp(name, "activity"))
		return text_activity(node);
	return name_activity(name);
}


/* Asterisk writes <ep:activities>ep:busy</ep:activities>. */
static enum presence_activity bare_activity(const struct xml_node *activities)
{
	enum presence_activity activity = PRESENCE_NONE;
	char *text = pidf_text(activities), *colon;

	colon = text ? strchr(text, ':') : NULL;
	if (colon && !strcmp(xml_ns(activities), NS_RPID_DRAFT))
		activity = name_activity(colon + 1);
	mem_deref(text);
	return activity;
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


/* Where NODE's <activities> may stand: a person of a draft has them in a
 * <status>. */
static const struct xml_node *activities_first(const struct xml_node *node)
{
	const struct xml_node *status = NULL;

	if (xml_is(node, NS_PERSON_DRAFT, "person"))
		status = xml_find(node, NS_PIDF, "status");
	return xml_child(status ? status : node);
}


static bool is_understood(const struct xml_node *activities)
{
	const struct xml_node *child;

	for (child = xml_child(activities); child; child = xml_next(child)) {
		if (pidf_not_understood(child))
			return false;
	}
	return true;
}


const struct xml_node *rpid_activities(
	const struct xml_node *node, const struct xml_node *after, int64_t now)
{
	const struct xml_node *child;

	child = after ? xml_next(after) : activities_first(node);
	for (; child; child = xml_next(child)) {
		if (is_rpid(child) && !strcmp(xml_name(child), "activities") &&
			holds(child, now) && is_understood(child))
			return child;
	}
	return NULL;
}


/* Clients of AG Projects say what they do within the status. */
static enum presence_activity extended_activity(const struct xml_node *status)
{
	const struct xml_node *node = xml_find(status, NS_AGP, "extended");
	enum presence_activity activity;
	char *text;
	struct pl pl;

	if (!node)
		return PRESENCE_NONE;
	text = xml_text(node);
	pl = pl_str(text);
	activity = rpid_word(&pl);
	mem_deref(text);
	return activity;
}


/* Gateways of public messengers write <activities><activity>busy</activity>
 * </activities> into the status, in no namespace of their own. */
enum presence_activity rpid_status(const struct xml_node *tuple)
{
	const struct xml_node *node = xml_find(tuple, NS_PIDF, "status");
	enum presence_activity activity = PRESENCE_NONE;

	if (node)
		activity = extended_activity(node);
	node = node ? xml_find(node, NULL, "activities") : NULL;
	node = node ? xml_find(node, NULL, "activity") : NULL;
	for (; node; node = xml_next(node)) {
		char *text = xml_text(node);
		struct pl pl = pl_str(text);

		activity = rpid_stronger(activity, rpid_word(&pl));
		mem_deref(text);
	}
	return activity;
}


static int64_t sooner(const struct xml_node *node, const char *name,
	int64_t now, int64_t until)
{
	struct pl pl = pl_str(xml_attr(node, name));
	int64_t ms;

	if (!pl_isset(&pl) || date_rfc3339_decode(&ms, &pl) || ms <= now)
		return until;
	return !until || ms < until ? ms : until;
}


int64_t rpid_until(const struct xml_node *node, int64_t now, int64_t until)
{
	const struct xml_node *child = activities_first(node);

	for (; child && now; child = xml_next(child)) {
		if (!is_rpid(child) || strcmp(xml_name(child), "activities"))
			continue;
		until = sooner(child, "from", now, until);
		until = sooner(child, "until", now, until);
	}
	return until;
}


char *rpid_other(const struct xml_node *activities)
{
	const struct xml_node *child = xml_child(activities);

	for (; child; child = xml_next(child)) {
		char *text;
		struct pl pl;

		if (!xml_is(child, NS_RPID, "other"))
			continue;
		text = pidf_text(child);
		pl = pl_str(text);
		if (text && rpid_word(&pl) == PRESENCE_NONE)
			return text;
		mem_deref(text);
	}
	return NULL;
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
	const struct xml_node *activities = rpid_activities(node, NULL, now);
	enum presence_activity activity = PRESENCE_NONE;

	for (; activities;
		activities = rpid_activities(node, activities, now)) {
		const struct xml_node *child = xml_child(activities);

		if (!child)
			activity = rpid_stronger(
				activity, bare_activity(activities));
		for (; child; child = xml_next(child))
			activity = rpid_stronger(
				activity, element_activity(child));
	}
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
