/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mem.h"
#include "share.h"
#include "unit.h"

int test_share(void);


static struct presence *make(enum presence_state state,
	enum presence_activity activity, const char *note, const char *reason)
{
	struct pl pl = pl_str(note);

	return presence_alloc(state, activity, &pl, reason);
}


static const struct {
	enum presence_state state;
	enum presence_activity activity;
	const char *note;
	const char *reason;
	bool once;
} presences[] = {
	{PRESENCE_ONLINE, PRESENCE_NONE, NULL, NULL, true},
	{PRESENCE_ONLINE, PRESENCE_ON_THE_PHONE, NULL, NULL, true},
	{PRESENCE_OFFLINE, PRESENCE_NONE, NULL, NULL, true},
	{PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, NULL, true},
	{PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, "not signed in", true},
	{PRESENCE_ONLINE, PRESENCE_NONE, "here", NULL, false},
};


static void presence(void **state)
{
	struct core_share *s = core_share_alloc();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(presences) / sizeof(*presences); i++) {
		struct presence *first =
			make(presences[i].state, presences[i].activity,
				presences[i].note, presences[i].reason);
		struct presence *copy =
			make(presences[i].state, presences[i].activity,
				presences[i].note, presences[i].reason);
		struct presence *a = core_share_presence(s, first);
		struct presence *b = core_share_presence(s, copy);

		assert_true(presence_eq(a, b));
		assert_true((a == b) == presences[i].once);
		mem_deref(a);
		mem_deref(b);
	}
	assert_null(core_share_presence(s, NULL));
	mem_deref(s);
}


/* Another value in the same place; the first one lives as long as its
 * holder. */
static void another(void **state)
{
	struct core_share *s = core_share_alloc();
	struct presence *a, *b;

	(void)state;
	a = core_share_presence(
		s, make(PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, "one"));
	b = core_share_presence(
		s, make(PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, "two"));
	mem_deref(s);
	assert_string_equal(a->reason, "one");
	assert_string_equal(b->reason, "two");
	mem_deref(a);
	mem_deref(b);
}


static void texts(void **state)
{
	struct core_share *s = core_share_alloc();
	char *a = core_share_text(s, "one"), *b = core_share_text(s, "one");
	char *c = core_share_text(s, "two");

	(void)state;
	assert_ptr_equal(a, b);
	assert_string_equal(a, "one");
	assert_string_equal(c, "two");
	mem_deref(a);
	mem_deref(b);
	mem_deref(c);
	mem_deref(s);
}


static void groups(void **state)
{
	const char *const one[] = {"Friends", NULL};
	const char *const two[] = {"Friends", "Work", NULL};
	const char *const run[] = {"FriendsWork", NULL};
	struct core_share *s = core_share_alloc();
	const char **a = core_share_groups(s, one);
	const char **b = core_share_groups(s, one);
	const char **c = core_share_groups(s, two);
	const char **d = core_share_groups(s, run);

	(void)state;
	assert_ptr_equal(a, b);
	assert_string_equal(a[0], "Friends");
	assert_null(a[1]);
	assert_string_equal(c[1], "Work");
	assert_null(c[2]);
	assert_string_equal(d[0], "FriendsWork");
	assert_null(d[1]);
	mem_deref((void *)a);
	mem_deref((void *)b);
	mem_deref((void *)c);
	mem_deref((void *)d);
	mem_deref(s);
}


int test_share(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(presence),
		cmocka_unit_test(another),
		cmocka_unit_test(texts),
		cmocka_unit_test(groups),
	};

	return cmocka_run_group_tests_name("share", tests, NULL, NULL);
}
