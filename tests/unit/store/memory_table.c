/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "store_int.h"
#include "unit.h"

int test_memory_table(void);


static int add(struct memory_table *t, const char *peer, const char *text,
	uint64_t seen, int64_t now, uint64_t *id)
{
	const struct store_message m = {
		.account = "sip:alice@example.org",
		.peer = peer,
		.text = text,
		.via = "page",
		.state = STORE_QUEUED,
	};

	return memory_table_add(t, &m, seen, now, id);
}


/* Ids follow time, and each other where the clock does not move or is set
 * back. */
static void ids(void **state)
{
	static const int64_t clock[] = {5000, 5000, 4000, 5001, 0, -7, 9000};
	struct memory_table *t = memory_table_alloc();
	uint64_t id, last = 0;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(clock); i++) {
		assert_int_equal(
			add(t, "sip:bob@lab.test", "x", 0, clock[i], &id), 0);
		assert_true(id > last);
		last = id;
	}
	assert_true(last == 9000000);
	mem_deref(t);
}


static void seen_again(void **state)
{
	struct memory_table *t = memory_table_alloc();
	uint64_t id = 0, i;

	(void)state;
	assert_int_equal(add(t, "sip:bob@lab.test", "x", 1, 1, &id), 0);
	assert_int_equal(add(t, "sip:bob@lab.test", "x", 1, 1, &id), EEXIST);
	assert_int_equal(add(t, "sip:bob@lab.test", "x", 0, 1, &id), 0);
	assert_int_equal(add(t, "sip:bob@lab.test", "x", 0, 1, &id), 0);
	/* The newest 100,000 keys are known, the one before them is not. */
	for (i = 2; i <= MEMORY_SEEN_MAX; i++)
		assert_int_equal(add(t, "sip:bob@lab.test", "x", i, 1, &id), 0);
	assert_int_equal(add(t, "sip:bob@lab.test", "x", 1, 1, &id), EEXIST);
	assert_int_equal(add(t, "sip:bob@lab.test", "x", i, 1, &id), 0);
	assert_int_equal(add(t, "sip:bob@lab.test", "x", 2, 1, &id), EEXIST);
	assert_int_equal(add(t, "sip:bob@lab.test", "x", 1, 1, &id), 0);
	mem_deref(t);
}


static void bounds(void **state)
{
	struct memory_table *t = memory_table_alloc();
	uint64_t id, first = 0;
	size_t i;

	(void)state;
	for (i = 0; i <= MEMORY_MESSAGES_MAX; i++) {
		assert_int_equal(
			add(t, i ? "sip:bob@lab.test" : "sip:kim@lab.test", "x",
				0, 1, &id),
			0);
		if (!i)
			first = id;
		else if (i == MEMORY_MESSAGES_MAX - 1)
			assert_non_null(memory_table_get(t, first));
	}
	assert_null(memory_table_get(t, first));
	assert_non_null(memory_table_get(t, id));
	mem_deref(t);
}


static void pages(void **state)
{
	struct memory_table *t = memory_table_alloc();
	const char *alice = "sip:alice@example.org";
	const char *bob = "sip:bob@lab.test";
	struct store_message *page;
	uint64_t id[5], other;
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++) {
		char text[2] = {(char)('a' + i), '\0'};

		assert_int_equal(add(t, bob, text, 0, 1, &id[i]), 0);
		assert_int_equal(
			add(t, "sip:kim@lab.test", "k", 0, 1, &other), 0);
	}
	assert_int_equal(memory_table_page(t, alice, bob, 0, 2, &page), 2);
	assert_string_equal(page[0].text, "d");
	assert_string_equal(page[1].text, "e");
	mem_deref(page);
	assert_int_equal(memory_table_page(t, alice, bob, id[3], 9, &page), 3);
	assert_string_equal(page[0].text, "a");
	assert_string_equal(page[2].text, "c");
	mem_deref(page);
	assert_int_equal(memory_table_page(t, alice, bob, id[0], 9, &page), 0);
	assert_null(page);
	assert_int_equal(memory_table_page(t, alice, bob, 0, 0, &page), 0);
	assert_int_equal(memory_table_page(t, bob, alice, 0, 9, &page), 0);
	mem_deref(t);
}


static void states(void **state)
{
	struct memory_table *t = memory_table_alloc();
	const struct store_message *m;
	uint64_t id;

	(void)state;
	assert_int_equal(add(t, "sip:bob@lab.test", "x", 0, 1, &id), 0);
	assert_int_equal(
		memory_table_set_state(t, id, STORE_FAILED, "no", 404), 0);
	m = memory_table_get(t, id);
	assert_int_equal(m->state, STORE_FAILED);
	assert_int_equal(m->code, 404);
	assert_string_equal(m->reason, "no");
	assert_int_equal(
		memory_table_set_state(t, id, STORE_DELIVERED, NULL, 200), 0);
	assert_null(m->reason);
	assert_int_equal(
		memory_table_set_state(t, id + 1, STORE_SENT, NULL, 0), ENOENT);
	mem_deref(t);
}


/* Messages that bring their ids, as from an import: in order of id. */
static void given_ids(void **state)
{
	static const uint64_t given[] = {50, 10, 30};
	struct memory_table *t = memory_table_alloc();
	struct store_message m = {.account = "sip:alice@example.org",
		.peer = "sip:bob@lab.test",
		.text = "x"};
	struct store_message *page;
	uint64_t id;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(given); i++) {
		m.id = given[i];
		assert_int_equal(memory_table_add(t, &m, 0, 0, &id), 0);
		assert_true(id == given[i]);
		assert_int_equal(memory_table_add(t, &m, 0, 0, &id), EEXIST);
	}
	assert_int_equal(
		memory_table_page(t, m.account, m.peer, 0, 9, &page), 3);
	assert_true(page[0].id == 10 && page[1].id == 30 && page[2].id == 50);
	mem_deref(page);
	mem_deref(t);
}


static void row_h(const char *key, const char *value, void *arg)
{
	char *text = arg;

	strcat(strcat(strcat(strcat(text, key), "="), value), " ");
}


static void facts(void **state)
{
	struct memory_table *t = memory_table_alloc();
	char text[100] = "";

	(void)state;
	memory_table_put(t, "none", "k", NULL);
	memory_table_each(t, "none", row_h, text);
	assert_string_equal(text, "");
	memory_table_put(t, "a", "2", "two");
	memory_table_put(t, "a", "1", "one");
	memory_table_put(t, "a", "3", "three");
	memory_table_put(t, "b", "1", "other");
	memory_table_put(t, "a", "2", "zwei");
	memory_table_put(t, "a", "3", NULL);
	memory_table_put(t, "a", "4", NULL);
	memory_table_each(t, "a", row_h, text);
	assert_string_equal(text, "1=one 2=zwei ");
	mem_deref(t);
}


int test_memory_table(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids),
		cmocka_unit_test(seen_again),
		cmocka_unit_test(bounds),
		cmocka_unit_test(pages),
		cmocka_unit_test(states),
		cmocka_unit_test(given_ids),
		cmocka_unit_test(facts),
	};

	return cmocka_run_group_tests_name("memory_table", tests, NULL, NULL);
}
