/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "list.h"
#include "unit.h"

static void shared_text(void **state)
{
	char *last = NULL, *a, *b, *c;

	(void)state;
	assert_null(mem_strshare(&last, NULL));
	a = mem_strshare(&last, "one");
	b = mem_strshare(&last, "one");
	c = mem_strshare(&last, "two");
	assert_ptr_equal(a, b);
	assert_string_equal(a, "one");
	assert_string_equal(c, "two");
	mem_deref(last);
	mem_trim(0);
	mem_trim(SIZE_MAX);
	assert_string_equal(b, "one");
	mem_deref(a);
	mem_deref(b);
	mem_deref(c);
}


int test_mem(void);


struct item {
	struct le le;
	int *gone;
};


static void item_destructor(void *data)
{
	struct item *item = data;

	list_unlink(&item->le);
	++*item->gone;
}


static struct item *item_new(struct list *list, int *gone)
{
	struct item *item = mem_zalloc(sizeof(*item), item_destructor);

	item->gone = gone;
	list_append(list, &item->le, item);
	return item;
}


static void references(void **state)
{
	struct list list = {0};
	int gone = 0;
	struct item *item = item_new(&list, &gone);

	(void)state;
	assert_ptr_equal(mem_ref(item), item);
	assert_int_equal(mem_nrefs(item), 2);
	assert_null(mem_deref(item));
	assert_int_equal(gone, 0);
	assert_null(mem_deref(item));
	assert_int_equal(gone, 1);
	assert_true(list_isempty(&list));
	assert_null(mem_deref(NULL));
	assert_null(mem_ref(NULL));
}


static void lists(void **state)
{
	struct list list = {0};
	struct le *le, *next;
	int gone = 0;
	size_t n = 0;
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		(void)item_new(&list, &gone);
	LIST_FOREACH (&list, le, next) {
		if (n++ % 2)
			mem_deref(list_data(le));
	}
	assert_int_equal(n, 5);
	assert_int_equal(list.count, 3);
	list_flush(&list);
	assert_int_equal(gone, 5);
	assert_int_equal(list.count, 0);
}


static void strings(void **state)
{
	char *s = mem_printf("%s-%d", "a", 7);
	char *secret = mem_secret_strndup("ab\0cd", 5);

	(void)state;
	assert_string_equal(s, "a-7");
	assert_string_equal(secret, "ab");
	assert_null(mem_strdup(NULL));
	mem_deref(s);
	mem_deref(secret);
}


int test_mem(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(references),
		cmocka_unit_test(lists),
		cmocka_unit_test(strings),
		cmocka_unit_test(shared_text),
	};

	return cmocka_run_group_tests_name("mem", tests, NULL, NULL);
}
