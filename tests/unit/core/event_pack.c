/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core_int.h"
#include "unit.h"

int test_event_pack(void);


static const char *const two[] = {"Friends", "Work", NULL};
static const char *const none[] = {NULL};

static const struct core_event events[] = {
	{.kind = CORE_EVENT_ACCOUNT},
	{.kind = CORE_EVENT_PRESENCE,
		.time = 1800000001000,
		.account = "work",
		.peer = "sip:bob@example.org",
		.state = "unknown",
		.reason = "",
		.code = 603},
	{.kind = CORE_EVENT_BUDDY,
		.peer = "sip:kim@example.org",
		.name = "Kim",
		.change = "added",
		.groups = two},
	{.kind = CORE_EVENT_BUDDY, .groups = none, .by = "them"},
	{.kind = CORE_EVENT_MESSAGE,
		.time = -1,
		.account = "a",
		.name = "b",
		.state = "c",
		.address = "d",
		.retry_at = INT64_MIN,
		.activity = "e",
		.note = "f",
		.idle_since = 5,
		.direction = "in",
		.id = UINT64_MAX,
		.text = "one\ntwo",
		.via = "page",
		.stranger = true,
		.sent_at = 7,
		.active = true,
		.again = true,
		.level = LOG_ERROR},
};


static void same_text(const char *a, const char *b)
{
	if (!a || !b)
		assert_ptr_equal(a, b);
	else
		assert_string_equal(a, b);
}


static void same_groups(const char *const *a, const char *const *b)
{
	size_t i;

	if (!a || !b) {
		assert_ptr_equal(a, b);
		return;
	}
	for (i = 0; a[i]; i++)
		same_text(a[i], b[i]);
	assert_null(b[i]);
}


static void same(const struct core_event *a, const struct core_event *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_true(a->time == b->time);
	same_text(a->account, b->account);
	same_text(a->peer, b->peer);
	same_text(a->name, b->name);
	same_text(a->state, b->state);
	same_text(a->reason, b->reason);
	same_text(a->address, b->address);
	assert_int_equal(a->code, b->code);
	assert_true(a->retry_at == b->retry_at);
	same_text(a->activity, b->activity);
	same_text(a->note, b->note);
	same_text(a->change, b->change);
	same_groups(a->groups, b->groups);
	same_text(a->direction, b->direction);
	assert_true(a->id == b->id);
	same_text(a->text, b->text);
	same_text(a->via, b->via);
	assert_true(a->idle_since == b->idle_since);
	assert_int_equal(a->stranger, b->stranger);
	assert_true(a->sent_at == b->sent_at);
	assert_int_equal(a->active, b->active);
	assert_int_equal(a->again, b->again);
	same_text(a->by, b->by);
	assert_int_equal(a->level, b->level);
}


static void there_and_back(void **state)
{
	struct core_unpacked unpacked;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(events) / sizeof(*events); i++) {
		/* Of the exact size, for what looks beyond it. */
		void *data =
			mem_alloc(core_event_packed_size(&events[i]), NULL);

		core_event_pack(data, &events[i]);
		core_event_unpack(&unpacked, data);
		same(&events[i], &unpacked.event);
		mem_deref(data);
	}
}


/* What many of wait in a long list is small. */
static void small(void **state)
{
	(void)state;
	assert_true(core_event_packed_size(&events[1]) <= 80);
	assert_true(core_event_packed_size(&events[2]) <= 80);
}


int test_event_pack(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(small),
	};

	return cmocka_run_group_tests_name("event_pack", tests, NULL, NULL);
}
