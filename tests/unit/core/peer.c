/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core_int.h"
#include "world.h"

int test_peer(void);


static void addresses(void **state)
{
	static const struct {
		const char *typed;
		const char *aor; /* NULL: refused */
	} cases[] = {
		{"bob@example.org", BOB},
		{" sip:bob@EXAMPLE.org;transport=tcp?x=y ", BOB},
		{"sips:bob@example.org:5071", "sips:bob@example.org:5071"},
		{"sip:b%6fb@example.org", BOB},
		{"tel:+4912345", "tel:+4912345"},
		{"im:bob@example.org", NULL},
		{"mailto:bob@example.org", NULL},
		{"", NULL},
		{"bob smith@example.org", NULL},
		{"<sip:bob@example.org>", BOB},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *aor = NULL;

		assert_int_equal(core_peer_parse(cases[i].typed, &aor, NULL),
			cases[i].aor ? 0 : 65);
		if (cases[i].aor)
			assert_string_equal(aor, cases[i].aor);
		else
			assert_null(aor);
		mem_deref(aor);
	}
}


static void users(void **state)
{
	static const struct {
		const char *aor;
		const char *user;
	} cases[] = {
		{BOB, "bob"},
		{"sip:j%20x@lab.test", "j x"},
		{"sip:%ff@lab.test", "\xef\xbf\xbd"},
		{"sip:lab.test", "lab.test"},
		{"tel:+4912345", "+4912345"},
		{"no uri", "no uri"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *user = core_peer_user(cases[i].aor);

		assert_string_equal(user, cases[i].user);
		mem_deref(user);
	}
}


static void labels(void **state)
{
	static const struct {
		const char *text;
		const char *label;
	} cases[] = {
		{"Bob", "Bob"},
		{"  Bob\r\n Miller\t", "Bob   Miller"},
		{"B\xffob", "B\xef\xbf\xbdob"},
		{" \n", NULL},
		{"", NULL},
		{NULL, NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *label = core_label(cases[i].text);

		if (cases[i].label)
			assert_string_equal(label, cases[i].label);
		else
			assert_null(label);
		mem_deref(label);
	}
}


static void groups(void **state)
{
	static const char *const three[] = {"a", "", "ccc", NULL};
	const char *const *copy;

	(void)state;
	assert_null(core_groups_copy(NULL));
	copy = core_groups_copy(three);
	assert_string_equal(copy[0], "a");
	assert_string_equal(copy[1], "");
	assert_string_equal(copy[2], "ccc");
	assert_null(copy[3]);
	mem_deref((void *)copy);
}


/* Case and diacritics do not count, in any script. */
static void parts(void **state)
{
	static const struct {
		const char *text;
		const char *part;
		bool found;
	} cases[] = {
		{NULL, "x", false},
		{"Bob", "", true},
		{"Bob Miller", "MILL", true},
		{"Bob Miller", "milx", false},
		{"aab", "ab", true},
		{"\xc3\x89mile \xc3\x98re", "\xc3\xa9MILE", true},
		{"\xc3\x89mile", "emile", true},
		{"emile", "\xc3\xa9", true},
		{"e\xcc\x81mile", "\xc3\xa9mile", true},
		{"\xd0\x91\xd0\x9e\xd0\x91", "\xd0\xbe\xd0\xb1", true},
		{"\xe5\xa4\xa9\xe6\xb0\x97", "\xe6\xb0\x97", true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++)
		assert_int_equal(core_match(cases[i].text, cases[i].part),
			cases[i].found);
}


int test_peer(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(parts),
		cmocka_unit_test(users),
		cmocka_unit_test(labels),
		cmocka_unit_test(groups),
	};

	return cmocka_run_group_tests_name("peer", tests, NULL, NULL);
}
