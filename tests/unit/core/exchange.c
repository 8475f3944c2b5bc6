/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sink.h"

int test_exchange(void);


static void groups(void **state)
{
	struct exchange_groups g = {.n = 0};
	char name[8];
	size_t i;

	(void)state;
	exchange_groups_add(&g, " a ");
	exchange_groups_add(&g, "a");
	exchange_groups_add(&g, " \t");
	exchange_groups_add(&g, NULL);
	assert_int_equal(g.n, 1);
	assert_string_equal(g.v[0], "a");
	for (i = 1; i < EXCHANGE_GROUPS_MAX; i++) {
		snprintf(name, sizeof(name), "%zu", i);
		exchange_groups_add(&g, name);
	}
	assert_int_equal(g.n, EXCHANGE_GROUPS_MAX);
	assert_false(g.many);
	exchange_groups_add(&g, "5");
	assert_false(g.many);
	exchange_groups_add(&g, "more");
	assert_true(g.many);
	assert_null(g.v[EXCHANGE_GROUPS_MAX]);
	exchange_groups_clear(&g);
	assert_int_equal(g.n, 0);
	assert_false(g.many);
}


/* One person however often and by whichever scheme. */
static void merged(void **state)
{
	struct exchange_groups a = {.n = 0}, b = {.n = 0}, none = {.n = 0};
	struct exchange *x = exchange_alloc();
	const struct exchange_person *p;
	char name[8];
	size_t i;

	(void)state;
	exchange_groups_add(&a, "A");
	exchange_groups_add(&b, "B");
	exchange_groups_add(&b, "A");
	assert_true(exchange_add(x, 3, "sip:bob@x", "Bob", &a));
	assert_true(exchange_add(x, 4, "sip:kim@x", NULL, &none));
	assert_true(exchange_add(x, 5, "sips:bob@x", NULL, &b));
	assert_true(exchange_add(x, 6, "sip:bob@x", "Bobby", &none));
	assert_int_equal(x->people.count, 2);
	p = x->people.head->data;
	assert_int_equal(p->line, 3);
	assert_string_equal(p->uri, "sip:bob@x");
	assert_string_equal(p->name, "Bobby");
	assert_int_equal(p->n_groups, 2);
	assert_string_equal(p->groups[1], "B");
	assert_null(p->groups[2]);
	/* More groups than can be, together: nothing is done. */
	exchange_groups_clear(&a);
	for (i = 0; i < EXCHANGE_GROUPS_MAX; i++) {
		snprintf(name, sizeof(name), "%zu", i);
		exchange_groups_add(&a, name);
	}
	assert_false(exchange_add(x, 7, "sip:bob@x", "No", &a));
	assert_string_equal(p->name, "Bobby");
	assert_int_equal(p->n_groups, 2);
	exchange_groups_add(&a, "65");
	assert_false(exchange_add(x, 8, "sip:new@x", NULL, &a));
	assert_int_equal(x->people.count, 2);
	exchange_groups_clear(&a);
	exchange_groups_clear(&b);
	mem_deref(x);
}


static void bad(void **state)
{
	struct exchange *x = exchange_alloc();
	unsigned i;

	(void)state;
	for (i = 1; i <= EXCHANGE_TOLD_MAX + 5; i++)
		exchange_bad(x, i, "why");
	assert_int_equal(x->n_bad, EXCHANGE_TOLD_MAX + 5);
	assert_int_equal(x->bad.count, EXCHANGE_TOLD_MAX);
	assert_int_equal(((struct exchange_bad *)x->bad.tail->data)->line,
		EXCHANGE_TOLD_MAX);
	mem_deref(x);
}


int test_exchange(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups),
		cmocka_unit_test(merged),
		cmocka_unit_test(bad),
	};

	return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
