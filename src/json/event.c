/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event.c - events of the core as JSON objects. */
#include <inttypes.h>
#include <stdio.h>
#include "date.h"
#include "json_int.h"
#include "log.h"


struct json *json_event_begin(const char *event, int64_t time)
{
	struct json *json = json_new_object();
	char date[DATE_SIZE];

	date_rfc3339(date, time);
	json_put_str(json, "event", event);
	json_put_str(json, "time", date);
	return json;
}


static void put_date(struct json *json, const char *key, int64_t time)
{
	char date[DATE_SIZE];

	if (!time)
		return;
	date_rfc3339(date, time);
	json_put_str(json, key, date);
}


static void put_id(struct json *json, uint64_t id)
{
	char text[STORE_ID_SIZE];

	(void)snprintf(text, sizeof(text), "%" PRIu64, id);
	json_put_str(json, "id", text);
}


static void put_code(struct json *json, uint16_t code)
{
	if (code)
		json_put_int(json, "code", code);
}


static void put_account(struct json *json, const struct core_event *e)
{
	json_put_str(json, "state", e->state);
	json_put_str(json, "address", e->address);
	json_put_str(json, "reason", e->reason);
	put_code(json, e->code);
	put_date(json, "retry-at", e->retry_at);
}


static void put_presence(struct json *json, const struct core_event *e)
{
	json_put_str(json, "buddy", e->peer);
	json_put_str(json, "state", e->state);
	json_put_str(json, "activity", e->activity);
	json_put_str(json, "note", e->note);
	json_put_str(json, "reason", e->reason);
	put_code(json, e->code);
	put_date(json, "idle-since", e->idle_since);
}


static void put_buddy(struct json *json, const struct core_event *e)
{
	struct json *groups;
	size_t i;

	json_put_str(json, "buddy", e->peer);
	json_put_str(json, "change", e->change);
	json_put_str(json, "name", e->name);
	if (!e->groups)
		return;
	groups = json_new_array();
	for (i = 0; e->groups[i]; i++)
		json_append(groups, json_new_str(e->groups[i]));
	json_put(json, "groups", groups);
}


static void put_message(struct json *json, const struct core_event *e)
{
	json_put_str(json, "peer", e->peer);
	json_put_str(json, "direction", e->direction);
	put_id(json, e->id);
	json_put_str(json, "text", e->text);
	json_put_str(json, "via", e->via);
	json_put_str(json, "state", e->state);
	if (e->stranger)
		json_put_bool(json, "stranger", true);
	put_date(json, "sent-at", e->sent_at);
}


static void put_message_state(struct json *json, const struct core_event *e)
{
	json_put_str(json, "peer", e->peer);
	put_id(json, e->id);
	json_put_str(json, "state", e->state);
	json_put_str(json, "reason", e->reason);
	put_code(json, e->code);
}


static void put_chat(struct json *json, const struct core_event *e)
{
	json_put_str(json, "peer", e->peer);
	json_put_str(json, "state", e->state);
	json_put_str(json, "via", e->via);
	json_put_str(json, "by", e->by);
	json_put_str(json, "reason", e->reason);
	put_code(json, e->code);
}


struct json *json_event_of(const struct core_event *e)
{
	struct json *json = json_event_begin(core_event_name(e->kind), e->time);

	json_put_str(json, "account", e->account);
	switch (e->kind) {
	case CORE_EVENT_ACCOUNT:
		put_account(json, e);
		break;
	case CORE_EVENT_PRESENCE:
		put_presence(json, e);
		break;
	case CORE_EVENT_BUDDY:
		put_buddy(json, e);
		break;
	case CORE_EVENT_WATCHER:
	case CORE_EVENT_WATCHER_SETTLED:
		json_put_str(json, "watcher", e->peer);
		json_put_str(json, "name", e->name);
		break;
	case CORE_EVENT_MESSAGE:
		put_message(json, e);
		break;
	case CORE_EVENT_MESSAGE_STATE:
		put_message_state(json, e);
		break;
	case CORE_EVENT_TYPING:
		json_put_str(json, "peer", e->peer);
		json_put_bool(json, "active", e->active);
		break;
	case CORE_EVENT_CHAT:
		put_chat(json, e);
		break;
	case CORE_EVENT_HISTORY:
		json_put_str(json, "peer", e->peer);
		json_put_str(json, "change", e->change);
		break;
	case CORE_EVENT_LOG:
		json_put_str(json, "level", log_level_name(e->level));
		json_put_str(json, "text", e->text);
		break;
	}
	return json;
}
