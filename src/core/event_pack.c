/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event_pack.c - an event as the bytes that it needs, while it waits to be
 * told: of a list of ten thousand there may be one of each.
 */
#include <string.h>
#include "core_int.h"


/* Followed by struct numbers, where it has any; the strings, in the order of
 * the table; the groups and an empty string, where it has any. */
struct packed {
	int64_t time;
	uint32_t strings; /* a bit for each */
	uint16_t code;
	uint8_t kind;
	uint8_t level;
	bool stranger;
	bool active;
	bool again;
	bool numbers;
	bool groups;
};

struct numbers {
	int64_t idle_since;
	int64_t retry_at;
	uint64_t id;
	int64_t sent_at;
};

static const size_t strings[] = {
	offsetof(struct core_event, account),
	offsetof(struct core_event, peer),
	offsetof(struct core_event, name),
	offsetof(struct core_event, state),
	offsetof(struct core_event, reason),
	offsetof(struct core_event, address),
	offsetof(struct core_event, activity),
	offsetof(struct core_event, note),
	offsetof(struct core_event, change),
	offsetof(struct core_event, direction),
	offsetof(struct core_event, text),
	offsetof(struct core_event, via),
	offsetof(struct core_event, by),
};

/* Each field that the event gets is to be packed. */
_Static_assert(sizeof(void *) != 8 || sizeof(struct core_event) == 192,
	"struct core_event is another");

enum {
	STRINGS = sizeof(strings) / sizeof(*strings),
};


static const char *get_string(const struct core_event *event, size_t i)
{
	const char *s;

	memcpy(&s, (const char *)event + strings[i], sizeof(s));
	return s;
}


static void set_string(struct core_event *event, size_t i, const char *s)
{
	memcpy((char *)event + strings[i], &s, sizeof(s));
}


static bool has_numbers(const struct core_event *event)
{
	return event->idle_since || event->retry_at || event->id ||
		event->sent_at;
}


size_t core_event_packed_size(const struct core_event *event)
{
	size_t size = sizeof(struct packed), i;
	const char *s;

	if (has_numbers(event))
		size += sizeof(struct numbers);
	for (i = 0; i < STRINGS; i++) {
		s = get_string(event, i);
		size += s ? strlen(s) + 1 : 0;
	}
	for (i = 0; event->groups && event->groups[i]; i++)
		size += strlen(event->groups[i]) + 1;
	return size + (event->groups != NULL);
}


static char *put(char *to, const char *s)
{
	size_t size = strlen(s) + 1;

	memcpy(to, s, size);
	return to + size;
}


static char *put_numbers(char *to, const struct core_event *event)
{
	const struct numbers numbers = {
		.idle_since = event->idle_since,
		.retry_at = event->retry_at,
		.id = event->id,
		.sent_at = event->sent_at,
	};

	memcpy(to, &numbers, sizeof(numbers));
	return to + sizeof(numbers);
}


void core_event_pack(void *data, const struct core_event *event)
{
	struct packed p = {
		.time = event->time,
		.code = event->code,
		.kind = (uint8_t)event->kind,
		.level = (uint8_t)event->level,
		.stranger = event->stranger,
		.active = event->active,
		.again = event->again,
		.numbers = has_numbers(event),
		.groups = event->groups != NULL,
	};
	char *to = (char *)data + sizeof(p);
	const char *s;
	size_t i;

	if (p.numbers)
		to = put_numbers(to, event);
	for (i = 0; i < STRINGS; i++) {
		s = get_string(event, i);
		p.strings |= s ? (uint32_t)1 << i : 0;
		to = s ? put(to, s) : to;
	}
	/* No group is without a name. */
	for (i = 0; event->groups && event->groups[i]; i++)
		to = put(to, event->groups[i]);
	if (p.groups)
		*to = '\0';
	memcpy(data, &p, sizeof(p));
}


static const char *get(const char **from)
{
	const char *s = *from;

	*from += strlen(s) + 1;
	return s;
}


static const char *get_numbers(struct core_event *event, const char *from)
{
	struct numbers numbers;

	memcpy(&numbers, from, sizeof(numbers));
	event->idle_since = numbers.idle_since;
	event->retry_at = numbers.retry_at;
	event->id = numbers.id;
	event->sent_at = numbers.sent_at;
	return from + sizeof(numbers);
}


void core_event_unpack(struct core_unpacked *to, const void *data)
{
	const char *from = (const char *)data + sizeof(struct packed);
	struct packed p;
	size_t i;

	memcpy(&p, data, sizeof(p));
	to->event = (struct core_event){
		.kind = (enum core_event_kind)p.kind,
		.time = p.time,
		.code = p.code,
		.level = (enum log_level)p.level,
		.stranger = p.stranger,
		.active = p.active,
		.again = p.again,
		.groups = p.groups ? to->groups : NULL,
	};
	if (p.numbers)
		from = get_numbers(&to->event, from);
	for (i = 0; i < STRINGS; i++) {
		if (p.strings & (uint32_t)1 << i)
			set_string(&to->event, i, get(&from));
	}
	for (i = 0; p.groups && *from && i < CORE_GROUPS_MAX; i++)
		to->groups[i] = get(&from);
	to->groups[p.groups ? i : 0] = NULL;
}
