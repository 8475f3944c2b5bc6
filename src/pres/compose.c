/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compose.c - several devices of one person as one line (RFC 4479 3, RFC 4480
 * 3.14) */
#include <stdlib.h>
#include <string.h>
#include "mem.h"
#include "pidf_int.h"

#define NS_XML "http://www.w3.org/XML/1998/namespace"

enum {
	DEVICES_MAX = 64, /* <device>s that are looked at */
};

/* What the persons of one device say together. */
struct device {
	size_t first, tail; /* of its persons, by struct compose's next */
	bool idle; /* all of them are */
	enum rpid_input input;
	int64_t used; /* last; INT64_MIN: not said */
	int64_t last; /* input; INT64_MIN: not said */
	enum presence_activity activity;
	int noted; /* the round in which its notes were looked for */
};

/* A tuple with what is known of its device. */
struct unit {
	const struct part *tuple;
	struct device *device;
	bool idle;
	int64_t used; /* last; INT64_MIN: not said */
	int64_t last; /* input; INT64_MIN: not said */
	enum presence_activity activity;
};

struct compose {
	const struct xml_node *root;
	const struct pres_query *query;
	const struct parts *persons;
	size_t *next; /* person behind a person of the same device; NONE */
	struct device *devices;
	struct unit *units; /* that count, those that count most first */
	size_t nunits;
};

#define NONE SIZE_MAX

/* Where a person's note is looked for. */
enum round {
	ROUND_PERSONS = 1,
	ROUND_ACTIVITIES,
	ROUND_OTHER, /* an activity that has no name but theirs */
};


/* ---- notes ---- */

int pres_lang_score(const char *want, const char *lang)
{
	struct pl a = pl_str(want), b = pl_str(lang);

	if (!pl_isset(&b))
		return 2;
	if (!pl_isset(&a))
		return 1;
	if (pl_caseeq(&a, &b))
		return 4;
	a.l = strcspn(want, "-_.");
	b.l = strcspn(lang, "-_.");
	return pl_caseeq(&a, &b) ? 3 : 1;
}


/* The best of NODE's own notes in namespace NS that is not empty; NULL if
 * there is none (mem_deref). */
static char *note_decode(
	const struct xml_node *node, const char *ns, const char *want)
{
	const struct xml_node *child = node ? xml_child(node) : NULL;
	char *best = NULL;
	int best_score = 0;

	for (; child; child = xml_next(child)) {
		int score;
		char *text;

		if (!xml_is(child, ns, "note"))
			continue;
		score = pres_lang_score(
			want, xml_attr_ns(child, NS_XML, "lang"));
		if (score <= best_score)
			continue;
		text = pidf_text(child);
		if (!text)
			continue;
		mem_deref(best);
		best = text;
		best_score = score;
	}
	return best;
}


/* Of the persons of DEVICE those that are idle do not count where another is
 * not. */
static bool counts(const struct device *device, const struct part *person)
{
	return device->idle || person->input != RPID_IDLE;
}


static char *note_of(
	const struct compose *c, const struct part *person, enum round round)
{
	const struct xml_node *node = person->node, *activities;
	int64_t now = c->query->now;
	char *note = NULL;

	if (round == ROUND_PERSONS)
		return note_decode(node, NS_DATA, c->query->lang);
	activities = rpid_activities(node, NULL, now);
	for (; activities && !note;
		activities = rpid_activities(node, activities, now)) {
		if (round == ROUND_ACTIVITIES)
			note = note_decode(activities, NS_RPID, c->query->lang);
		else
			note = rpid_other(activities);
	}
	return note;
}


static char *device_note(
	const struct compose *c, struct device *device, enum round round)
{
	char *note = NULL;
	size_t i = device->first;

	if (device->noted == (int)round)
		return NULL;
	device->noted = round;
	for (; !note && i != NONE; i = c->next[i]) {
		if (counts(device, &c->persons->v[i]))
			note = note_of(c, &c->persons->v[i], round);
	}
	return note;
}


/* Of the devices that count; of everybody where there is no tuple at all. */
static char *persons_note(const struct compose *c, enum round round)
{
	char *note = NULL;
	size_t i;

	for (i = 0; !note && i < c->nunits; i++)
		note = device_note(c, c->units[i].device, round);
	for (i = 0; !note && !c->nunits && i < c->persons->n; i++)
		note = note_of(c, &c->persons->v[i], round);
	return note;
}


static char *note_find(const struct compose *c)
{
	char *note = persons_note(c, ROUND_PERSONS);
	size_t i;

	if (!note)
		note = persons_note(c, ROUND_ACTIVITIES);
	if (!note)
		note = note_decode(c->root, NS_PIDF, c->query->lang);
	for (i = 0; !note && i < c->nunits; i++)
		note = note_decode(
			c->units[i].tuple->node, NS_PIDF, c->query->lang);
	return note ? note : persons_note(c, ROUND_OTHER);
}


/* ---- devices ---- */

/* When it was used: a clock that is ahead of ours wins nothing by that. */
static int64_t used_at(const struct compose *c, enum rpid_input input,
	int64_t time, int64_t last)
{
	int64_t used = input == RPID_IDLE && last != INT64_MIN ? last : time;

	if (input != RPID_IDLE && last > used)
		used = last;
	if (c->query->now && used > c->query->now)
		used = c->query->now;
	return used;
}


static void device_merge(
	struct compose *c, struct device *device, const struct part *person)
{
	int64_t used = used_at(c, person->input, person->time, person->last);

	if (used > device->used)
		device->used = used;
	if (person->last > device->last)
		device->last = person->last;
	if (!device->input)
		device->input = person->input;
	if (!device->activity)
		device->activity = rpid_decode(person->node, c->query->now);
}


static void device_add(struct compose *c, size_t i)
{
	const struct part *person = &c->persons->v[i];
	struct device *device = &c->devices[person->device];

	c->next[i] = NONE;
	if (device->first == NONE) {
		device->first = i;
		device->idle = true;
	} else {
		c->next[device->tail] = i;
	}
	device->tail = i;
	device->idle = device->idle && person->input == RPID_IDLE;
}


/* The persons are the newest first; one that is not idle makes the device so,
 * whatever the others say. */
static void devices_make(struct compose *c, size_t n)
{
	size_t i;

	c->devices = mem_reallocarray(NULL, n, sizeof(*c->devices));
	c->next = mem_reallocarray(NULL, c->persons->n + 1, sizeof(*c->next));
	for (i = 0; i < n; i++)
		c->devices[i] = (struct device){
			.first = NONE,
			.used = INT64_MIN,
			.last = INT64_MIN,
		};
	for (i = 0; i < c->persons->n; i++)
		device_add(c, i);
	for (i = 0; i < c->persons->n; i++) {
		const struct part *person = &c->persons->v[i];
		struct device *device = &c->devices[person->device];

		if (counts(device, person))
			device_merge(c, device, person);
	}
}


/* The <device> that TUPLE names says what its user does. */
static enum rpid_input named_input(
	const struct compose *c, const struct xml_node *tuple, int64_t *last)
{
	const struct xml_node *id = xml_find(tuple, NS_DATA, "deviceID");
	const struct xml_node *node = xml_child(c->root);
	enum rpid_input input = RPID_SILENT;
	char *text = id ? pidf_text(id) : NULL, *other;
	size_t n = 0;

	for (; text && !input && node && n < DEVICES_MAX;
		node = xml_next(node)) {
		if (!xml_is(node, NS_DATA, "device"))
			continue;
		n++;
		id = xml_find(node, NS_DATA, "deviceID");
		other = id ? pidf_text(id) : NULL;
		if (other && !strcmp(text, other))
			input = rpid_input(node, last);
		mem_deref(other);
	}
	mem_deref(text);
	return input;
}


/* ---- tuples ---- */

/* What is said of the person counts more than what of a service, and that more
 * than what of a device. */
static void unit_add(struct compose *c, const struct part *tuple)
{
	struct device *device = &c->devices[tuple->device];
	struct unit *u = &c->units[c->nunits];
	enum rpid_input input = tuple->input;
	int64_t last = tuple->last;

	if (!input && c->nunits < DEVICES_MAX)
		input = named_input(c, tuple->node, &last);
	c->nunits++;
	*u = (struct unit){.tuple = tuple, .device = device};
	u->used = used_at(c, input, tuple->time, last);
	u->idle = input == RPID_IDLE;
	u->last = last;
	if (device->input) {
		u->idle = device->idle;
		u->last = device->last;
	}
	if (device->input || (!u->idle && device->used > u->used))
		u->used = device->used;
	u->activity = device->activity;
	if (!u->activity)
		u->activity =
			rpid_stronger(rpid_decode(tuple->node, c->query->now),
				rpid_status(tuple->node));
}


static int unit_cmp(const void *pa, const void *pb)
{
	const struct unit *a = pa, *b = pb;

	if (a->used != b->used)
		return a->used > b->used ? -1 : 1;
	if (a->tuple->priority != b->tuple->priority)
		return a->tuple->priority > b->tuple->priority ? -1 : 1;
	return a->tuple->index < b->tuple->index ? -1 : 1;
}


/* Leaves out the idle ones if some are not; what is left over of those tells
 * that somebody talks. */
static enum presence_activity units_settle(struct compose *c)
{
	enum presence_activity activity = PRESENCE_NONE;
	bool in_use = false;
	size_t i, n = 0;

	for (i = 0; i < c->nunits; i++) {
		const struct unit *u = &c->units[i];

		in_use = in_use || !u->idle;
		if (u->activity == PRESENCE_ON_THE_PHONE)
			activity = PRESENCE_ON_THE_PHONE;
	}
	for (i = 0; i < c->nunits; i++) {
		if (!in_use || !c->units[i].idle)
			c->units[n++] = c->units[i];
	}
	c->nunits = n;
	qsort(c->units, n, sizeof(*c->units), unit_cmp);
	return activity;
}


/* Those that are open, or all where none is; the tuples come in this order. */
static void units_make(struct compose *c, const struct parts *tuples)
{
	size_t i;

	c->units = mem_reallocarray(NULL, tuples->n + 1, sizeof(*c->units));
	for (i = 0; i < tuples->n; i++) {
		const struct part *tuple = &tuples->v[i];

		if (tuples->v[0].basic == BASIC_OPEN &&
			(tuple->basic != BASIC_OPEN ||
				tuple->alternate != tuples->v[0].alternate))
			break;
		unit_add(c, tuple);
	}
}


/* ---- the line ---- */

/* The one used last; who does not say when may be that too. */
static bool is_last(const struct compose *c, const struct unit *u)
{
	return u->used == INT64_MIN || u->used == c->units[0].used;
}


static void units_last(struct compose *c)
{
	size_t i, n = 0;

	for (i = 0; i < c->nunits; i++) {
		if (is_last(c, &c->units[i]))
			c->units[n++] = c->units[i];
	}
	c->nunits = n;
}


static enum presence_activity activity_find(
	const struct compose *c, enum presence_activity any)
{
	enum presence_activity activity = PRESENCE_NONE;
	size_t i;

	for (i = 0; i < c->nunits; i++) {
		const struct unit *u = &c->units[i];

		if (u->activity == PRESENCE_DO_NOT_DISTURB)
			any = u->activity;
		if (!activity && is_last(c, u))
			activity = u->activity;
	}
	activity = rpid_stronger(activity, any);
	return activity || !c->units[0].idle ? activity : PRESENCE_AWAY;
}


/* When the last key was pressed at any of those, all being idle; 0: that is not
 * known. */
static int64_t idle_since(const struct compose *c)
{
	int64_t since = INT64_MIN;
	size_t i;

	for (i = 0; c->units[0].idle && i < c->nunits; i++) {
		if (c->units[i].last > since)
			since = c->units[i].last;
	}
	if (c->query->now && since > c->query->now)
		since = c->query->now;
	return since > 0 ? since : 0;
}


static struct presence *line_make(struct compose *c, enum basic basic)
{
	enum presence_activity activity = PRESENCE_NONE;
	enum presence_state state = PRESENCE_OFFLINE;
	struct presence *plain, *presence;
	const char *reason = NULL;
	int64_t since = 0;
	struct pl note;
	char *text;

	if (basic == BASIC_OPEN) {
		state = PRESENCE_ONLINE;
		activity = activity_find(c, units_settle(c));
		since = idle_since(c);
		units_last(c);
	} else if (basic == BASIC_SILENT) {
		state = PRESENCE_UNKNOWN;
		reason = "the notification says neither open nor closed";
	}
	text = note_find(c);
	note = pl_str(text);
	plain = presence_alloc(state, activity, &note, reason);
	presence = since ? presence_idle(plain, since) : mem_ref(plain);
	mem_deref(plain);
	mem_deref(text);
	return presence;
}


struct presence *pidf_compose(const struct xml_node *root,
	const struct parts *tuples, const struct parts *persons, size_t devices,
	const struct pres_query *query)
{
	struct compose c = {
		.root = root,
		.query = query,
		.persons = persons,
	};
	struct presence *presence;

	devices_make(&c, devices);
	units_make(&c, tuples);
	presence = line_make(&c, tuples->n ? tuples->v[0].basic : BASIC_CLOSED);
	mem_deref(c.devices);
	mem_deref(c.next);
	mem_deref(c.units);
	return presence;
}
