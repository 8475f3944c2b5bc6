/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Known answers: an endpoint's id and the UUID made of it ([MS-SIPRE] 2.2.5,
 * [MS-SIPAE] 4.1). */
#include "people.h"
#include "../../../src/dialect/ms_int.h"

int test_ms_id(void);


static void known(void **state)
{
	static const struct {
		const char *epid;
		const char *instance;
	} rows[] = {
		{"01010101", "urn:uuid:4b1682a8-f968-5701-83fc-7c6741dc6697"},
		{"c8ca638a15", "urn:uuid:34d859db-6585-5f91-a3b4-de853c15347d"},
		{"8248ca9ebb", "urn:uuid:4233fd41-093b-5fd6-b5d2-651ed55969e6"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		char *instance = ms_instance(rows[i].epid);

		assert_string_equal(instance, rows[i].instance);
		mem_deref(instance);
	}
}


/* Stable, ten digits, another one for another account or installation. */
static void stable(void **state)
{
	char *a = ms_epid("urn:uuid:1", "sip:alice@example.org");
	char *again = ms_epid("urn:uuid:1", "sip:alice@example.org");
	char *b = ms_epid("urn:uuid:1", "sip:bob@example.org");
	char *c = ms_epid("urn:uuid:2", "sip:alice@example.org");

	(void)state;
	assert_string_equal(a, again);
	assert_string_not_equal(a, b);
	assert_string_not_equal(a, c);
	assert_int_equal(strlen(a), 10);
	assert_int_equal(strspn(a, "0123456789abcdef"), 10);
	mem_deref(a);
	mem_deref(again);
	mem_deref(b);
	mem_deref(c);
}


int test_ms_id(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
		cmocka_unit_test(stable),
	};

	return cmocka_run_group_tests_name("ms_id", tests, NULL, NULL);
}
