/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "strans.h"
#include "unit.h"

int test_strans_table(void);

enum {
	MANY = 1000, /* four times grown to twice the size */
};


static void set_key(struct strans_slot *slot, unsigned i)
{
	uint64_t hash = (i + 1) * 0x9e3779b97f4a7c15ULL;
	int k;

	hash ^= hash >> 29;
	for (k = 0; k < STRANS_INDEXES; k++) {
		memset(&slot->links[k].key, 0, sizeof(slot->links[k].key));
		memcpy(slot->links[k].key.id, &hash, sizeof(hash));
	}
	slot->mergeable = i % 3;
}


/* Each of those in [FROM, TO) is found in its indexes, no other is. */
static void check(struct sip_strans_table *t, struct strans_slot *slots,
	unsigned from, unsigned to)
{
	unsigned i;

	for (i = 0; i < MANY; i++) {
		struct strans_slot *slot = &slots[i];
		bool in = i >= from && i < to;

		assert_ptr_equal(strans_table_find(t, STRANS_BY_KEY,
					 &slot->links[STRANS_BY_KEY].key),
			in ? slot : NULL);
		assert_ptr_equal(strans_table_find(t, STRANS_BY_MERGE,
					 &slot->links[STRANS_BY_MERGE].key),
			in && slot->mergeable ? slot : NULL);
	}
}


/* It grows by one bucket at a time, and all are found at each size. */
static void grows(void **state)
{
	static struct strans_slot slots[MANY];
	struct sip_strans_table t = {0};
	size_t before;
	unsigned i;

	(void)state;
	for (i = 0; i < MANY; i++)
		set_key(&slots[i], i);
	for (i = 0; i < MANY; i++) {
		before = t.size + t.split;
		strans_table_add(&t, &slots[i]);
		if (i)
			assert_true(t.size + t.split <= before + 1);
		if (i % 37 == 0)
			check(&t, slots, 0, i + 1);
	}
	assert_int_equal(t.size + t.split, MANY);
	for (i = 0; i < MANY; i++) {
		strans_table_remove(&t, &slots[i]);
		if (i % 37 == 0)
			check(&t, slots, i + 1, MANY);
	}
	assert_int_equal(t.n, 0);
	strans_table_flush(&t);
	/* And begins anew. */
	strans_table_add(&t, &slots[1]);
	check(&t, slots, 1, 2);
	strans_table_remove(&t, &slots[1]);
	strans_table_flush(&t);
}


int test_strans_table(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows),
	};

	return cmocka_run_group_tests_name("strans_table", tests, NULL, NULL);
}
