/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "presence.h"
#include "unit.h"

int test_presence(void);


static void fields(void **state)
{
	const struct pl note = PL("at l\xfcnch"), empty = PL("");
	struct presence *p;

	(void)state;
	p = presence_alloc(PRESENCE_ONLINE, PRESENCE_BUSY, &note, "dropped");
	assert_int_equal(p->state, PRESENCE_ONLINE);
	assert_int_equal(p->activity, PRESENCE_BUSY);
	assert_string_equal(p->note, "at l\xef\xbf\xbdnch");
	assert_null(p->reason);
	mem_deref(p);
	p = presence_alloc(PRESENCE_UNKNOWN, PRESENCE_BUSY, &empty, "refused");
	assert_int_equal(p->activity, PRESENCE_NONE);
	assert_null(p->note);
	assert_string_equal(p->reason, "refused");
	mem_deref(p);
	p = presence_alloc(PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, NULL);
	assert_null(p->note);
	assert_null(p->reason);
	mem_deref(p);
}


/* N times the character C of the given bytes, cut at PRESENCE_NOTE_MAX. */
static void bounds(void **state)
{
	static const struct {
		const char *lead, *c;
		size_t len;
	} cases[] = {
		{"", "a", 1024},
		{"", "\xc3\xa9", 1024},
		{"a", "\xc3\xa9", 1023},
		{"", "\xe6\x98\xbc", 1023},
		{"a", "\xe6\x98\xbc", 1024},
		{"ab", "\xe6\x98\xbc", 1022 + 1},
		{"a", "\xf0\x9f\x8d\xb2", 1021},
		{"", "\xff", 1023},
	};
	char text[5000];
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		size_t n = strlen(cases[i].c), len = strlen(cases[i].lead);
		struct presence *p;
		struct pl note;

		strcpy(text, cases[i].lead);
		for (; len + n < sizeof(text); len += n)
			strcpy(text + len, cases[i].c);
		note = pl_str(text);
		p = presence_alloc(PRESENCE_ONLINE, 0, &note, NULL);
		if (strlen(p->note) > PRESENCE_NOTE_MAX)
			fail_msg("case %zu: %zu bytes", i, strlen(p->note));
		if (cases[i].c[0] != '\xff') {
			size_t got = strlen(p->note);

			assert_memory_equal(p->note, text, got);
			assert_true(got + n > PRESENCE_NOTE_MAX);
			assert_int_equal((got - strlen(cases[i].lead)) % n, 0);
		}
		mem_deref(p);
	}
}


static void equality(void **state)
{
	const struct pl a = PL("a"), b = PL("b");
	struct presence *p[] = {
		presence_alloc(PRESENCE_ONLINE, PRESENCE_NONE, NULL, NULL),
		presence_alloc(PRESENCE_ONLINE, PRESENCE_AWAY, NULL, NULL),
		presence_alloc(PRESENCE_ONLINE, PRESENCE_NONE, &a, NULL),
		presence_alloc(PRESENCE_ONLINE, PRESENCE_NONE, &b, NULL),
		presence_alloc(PRESENCE_OFFLINE, PRESENCE_NONE, &a, NULL),
		presence_alloc(PRESENCE_UNKNOWN, PRESENCE_NONE, &a, "x"),
		presence_alloc(PRESENCE_UNKNOWN, PRESENCE_NONE, &a, "y"),
		NULL,
	};
	struct presence *copy;
	size_t i, j;

	(void)state;
	for (i = 0; i < UNIT_N(p); i++) {
		for (j = 0; j < UNIT_N(p); j++)
			assert_int_equal(presence_eq(p[i], p[j]), i == j);
	}
	copy = presence_alloc(PRESENCE_UNKNOWN, PRESENCE_NONE, &a, "x");
	assert_true(presence_eq(copy, p[5]));
	mem_deref(copy);
	for (i = 0; i < UNIT_N(p); i++)
		mem_deref(p[i]);
}


/* When they were last seen at a key. */
static void idle(void **state)
{
	const struct pl note = PL("out");
	struct presence *on =
		presence_alloc(PRESENCE_ONLINE, PRESENCE_AWAY, &note, NULL);
	struct presence *off =
		presence_alloc(PRESENCE_OFFLINE, PRESENCE_NONE, NULL, NULL);
	struct presence *a = presence_idle(on, 1000);
	struct presence *b = presence_idle(on, 1000);
	struct presence *c = presence_idle(on, 2000);
	struct presence *d = presence_idle(a, 0);
	struct presence *e = presence_idle(off, 1000);

	(void)state;
	assert_int_equal(on->idle_since, 0);
	assert_int_equal(a->idle_since, 1000);
	assert_int_equal(a->activity, PRESENCE_AWAY);
	assert_string_equal(a->note, "out");
	assert_int_equal(e->idle_since, 0);
	assert_true(presence_eq(a, b));
	assert_false(presence_eq(a, c));
	assert_false(presence_eq(a, on));
	assert_true(presence_eq(d, on));
	mem_deref(on);
	mem_deref(off);
	mem_deref(a);
	mem_deref(b);
	mem_deref(c);
	mem_deref(d);
	mem_deref(e);
}


static void names(void **state)
{
	const struct pl unknown = PL("Online"), empty = PL("");
	enum presence_activity activity = PRESENCE_BUSY;
	enum presence_state st = PRESENCE_OFFLINE;
	struct pl pl;
	int i;

	(void)state;
	assert_string_equal(presence_state_name(PRESENCE_UNKNOWN), "unknown");
	assert_string_equal(presence_state_name(PRESENCE_OFFLINE), "offline");
	assert_string_equal(presence_state_name(PRESENCE_ONLINE), "online");
	assert_false(presence_state_find(&st, &unknown));
	assert_false(presence_state_find(&st, &empty));
	assert_int_equal(st, PRESENCE_OFFLINE);
	assert_null(presence_activity_name(PRESENCE_NONE));
	assert_string_equal(presence_activity_name(PRESENCE_AWAY), "away");
	assert_string_equal(presence_activity_name(PRESENCE_DO_NOT_DISTURB),
		"do-not-disturb");
	assert_false(presence_activity_find(&activity, &empty));
	assert_int_equal(activity, PRESENCE_BUSY);
	for (i = PRESENCE_UNKNOWN; i <= PRESENCE_ONLINE; i++) {
		pl = pl_str(presence_state_name(i));
		assert_true(presence_state_find(&st, &pl));
		assert_int_equal(st, i);
	}
	for (i = PRESENCE_AWAY; i <= PRESENCE_ON_THE_PHONE; i++) {
		pl = pl_str(presence_activity_name(i));
		assert_true(presence_activity_find(&activity, &pl));
		assert_int_equal(activity, i);
	}
}


int test_presence(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(bounds),
		cmocka_unit_test(equality),
		cmocka_unit_test(idle),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("presence", tests, NULL, NULL);
}
