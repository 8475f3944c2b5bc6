/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <sysexits.h>
#include "world.h"

int test_draft(void);


static void row_h(const char *key, const char *value, void *arg)
{
	const char *tab = strchr(key, '\t'), *nl = strchr(value, '\n');

	assert_non_null(tab);
	assert_non_null(nl);
	mbuf_printf(arg, "%.*s/%s=%.*s|%s\n", (int)(tab - key), key, tab + 1,
		(int)(nl - value), value, nl + 1);
}


static void assert_drafts(struct world *w, const char *expected)
{
	mbuf_reset(w->calls);
	w->memory->ops->each(w->memory, "draft", row_h, NULL, w->calls);
	world_run(w, 0);
	assert_calls(w, expected);
}


static void assert_draft(
	const struct core_chat *c, const char *text, size_t point)
{
	const char *have = "";
	size_t at = 99;

	assert_int_equal(core_draft_get(c, &have, &at), text != NULL);
	if (text)
		assert_string_equal(have, text);
	else
		assert_null(have);
	assert_int_equal(at, point);
}


static void kept(void **state)
{
	struct core_account *a;
	struct core_chat *c;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	c = core_chat_get(a, BOB);
	world_run(&w, 0);
	assert_draft(c, NULL, 0);
	assert_int_equal(core_draft_set(c, "two\nlines", 3), 0);
	assert_draft(c, "two\nlines", 3);
	assert_int_equal(core_draft_set(core_chat_get(a, KIM), "hi", 9), 0);
	assert_draft(core_chat_get(a, KIM), "hi", 2);
	world_run(&w, 999);
	assert_drafts(&w, "");
	world_run(&w, 1);
	assert_drafts(&w,
		"work/" BOB "=3|two\nlines\n"
		"work/" KIM "=2|hi\n");
	world_restart(&w);
	world_run(&w, 0);
	a = core_account_find(w.core, "work");
	c = core_chat_find(a, BOB);
	assert_draft(c, "two\nlines", 3);
	/* Nothing is put again, and nothing wakes anybody. */
	w.n_put = 0;
	assert_int_equal(core_draft_set(c, "two\nlines", 3), 0);
	assert_true(tmrs_next(w.tmrs) == UINT64_MAX);
	world_run(&w, 5000);
	assert_int_equal(w.n_put, 0);
	core_draft_set(c, "", 0);
	assert_draft(c, NULL, 0);
	world_run(&w, 1000);
	assert_drafts(&w, "work/" KIM "=2|hi\n");
	world_close(&w);
}


/* However fast somebody types. */
static void once_a_second(void **state)
{
	struct core_chat *c;
	struct world w;
	char text[2] = "a";
	int i;

	(void)state;
	world_open(&w);
	c = core_chat_get(world_account(&w, "work", ALICE), BOB);
	world_run(&w, 0);
	w.n_put = 0;
	for (i = 0; i < 30; i++) {
		text[0] = (char)('a' + i % 26);
		core_draft_set(c, text, 1);
		world_run(&w, 100);
	}
	assert_in_range(w.n_put, 2, 3);
	world_close(&w);
}


static void bounded(void **state)
{
	size_t max = 1 << 20;
	char *text = mem_zalloc(max + 2, NULL);
	struct core_chat *c;
	struct world w;

	(void)state;
	world_open(&w);
	c = core_chat_get(world_account(&w, "work", ALICE), BOB);
	memset(text, 'x', max + 1);
	assert_int_equal(core_draft_set(c, "short", 1), 0);
	assert_int_equal(core_draft_set(c, text, 1), EX_DATAERR);
	assert_draft(c, "short", 1);
	text[max] = '\0';
	assert_int_equal(core_draft_set(c, text, 1), 0);
	assert_draft(c, text, 1);
	world_close(&w);
	mem_deref(text);
}


static void at_shutdown(void **state)
{
	struct core_chat *c;
	struct world w;

	(void)state;
	world_open(&w);
	c = core_chat_get(world_account(&w, "work", ALICE), BOB);
	world_run(&w, 0);
	core_draft_set(c, "almost", 6);
	core_shutdown(w.core, 2000, NULL, NULL);
	world_run(&w, 0);
	assert_drafts(&w, "work/" BOB "=6|almost\n");
	core_draft_set(c, "almost too late", 6);
	world_run(&w, 0);
	assert_drafts(&w, "work/" BOB "=6|almost too late\n");
	world_close(&w);
}


/* A full disk: written when there is room. */
static void again(void **state)
{
	struct core_chat *c;
	struct world w;

	(void)state;
	world_open(&w);
	c = core_chat_get(world_account(&w, "work", ALICE), BOB);
	world_run(&w, 0);
	w.add_err = ENOSPC;
	core_draft_set(c, "hello", 5);
	world_run(&w, 2000);
	w.add_err = 0;
	assert_drafts(&w, "");
	world_run(&w, 5000);
	assert_drafts(&w, "work/" BOB "=5|hello\n");
	world_close(&w);
}


static void account_removed(void **state)
{
	struct core_account *a;
	struct core_chat *c;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	c = mem_ref(core_chat_get(a, BOB));
	core_draft_set(c, "hello", 5);
	world_run(&w, 1000);
	core_draft_set(core_chat_get(a, KIM), "not written yet", 5);
	core_account_remove(a, NULL);
	assert_int_equal(core_draft_set(c, "late", 1), 0);
	world_run(&w, 2000);
	assert_drafts(&w, "");
	mem_deref(c);
	world_close(&w);
}


/* A row that is none of ours harms nobody. */
static void bad_rows(void **state)
{
	static const char *const rows[][2] = {
		{"work", "1\nx"},
		{"none\t" BOB, "1\nx"},
		{"work\t" BOB, ""},
		{"work\t" BOB, "no number"},
		{"work\t" BOB, "7"},
	};
	struct core_account *a;
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	world_account(&w, "work", ALICE);
	world_run(&w, 0);
	for (i = 0; i < UNIT_N(rows); i++) {
		w.memory->ops->put(
			w.memory, "draft", rows[i][0], rows[i][1], NULL, NULL);
		world_restart(&w);
		world_run(&w, 0);
		a = core_account_find(w.core, "work");
		assert_null(core_chat_find(a, BOB));
	}
	w.memory->ops->put(
		w.memory, "draft", "work\t" BOB, "99\nabc", NULL, NULL);
	world_restart(&w);
	world_run(&w, 0);
	a = core_account_find(w.core, "work");
	assert_draft(core_chat_find(a, BOB), "abc", 3);
	world_close(&w);
}


int test_draft(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept),
		cmocka_unit_test(once_a_second),
		cmocka_unit_test(bounded),
		cmocka_unit_test(at_shutdown),
		cmocka_unit_test(again),
		cmocka_unit_test(account_removed),
		cmocka_unit_test(bad_rows),
	};

	return cmocka_run_group_tests_name("draft", tests, NULL, NULL);
}
