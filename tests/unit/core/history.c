/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>
#include "world.h"

int test_history(void);


static void page_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	size_t i;

	(void)mbuf_printf(world->log, "%s: %d", (const char *)arg, err);
	for (i = 0; i < n; i++)
		(void)mbuf_printf(world->log, " %s/%s", messages[i].account,
			messages[i].text);
	(void)mbuf_write_str(world->log, "\n");
}


static void cleared_h(int err, uint64_t n, size_t waiting, void *arg)
{
	(void)mbuf_printf(world->log, "%s: %d %llu %zu\n", (const char *)arg,
		err, (unsigned long long)n, waiting);
}


static void exported_h(int status, const char *why, uint64_t n, void *arg)
{
	(void)mbuf_printf(world->log, "%s: %d %s %llu\n", (const char *)arg,
		status, why ? why : "-", (unsigned long long)n);
}


static void hits_h(int err, const struct store_hit *hits, size_t n, void *arg)
{
	(void)hits;
	(void)mbuf_printf(
		world->log, "%s: %d %zu\n", (const char *)arg, err, n);
}


static void format(
	struct mbuf *mb, const struct store_message *m, const char *name)
{
	(void)mbuf_printf(mb, "%s %s\n", name, m->text);
}


static void stored_h(int err, uint64_t id, void *arg)
{
	uint64_t *idp = arg;

	assert_int_equal(err, 0);
	*idp = id;
}


static uint64_t put(struct world *w, const char *account, const char *peer,
	const char *text)
{
	struct store_message m = {
		.account = account,
		.peer = peer,
		.text = text,
		.via = "page",
		.state = STORE_RECEIVED,
	};
	uint64_t id = 0;

	w->memory->ops->add(w->memory, &m, 0, stored_h, &id);
	world_run(w, 1);
	return id;
}


/* Rows name the account, or its AOR where it is gone. */
static void pages(void **state)
{
	struct core_account *a;
	uint64_t ids[3];
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	world_run(&w, 0);
	ids[0] = put(&w, ALICE, BOB, "one");
	ids[1] = put(&w, ALICE, KIM, "two");
	ids[2] = put(&w, KIM, BOB, "three");
	world_quiet(&w);
	core_history_page(w.core, NULL, NULL, 0, 9, page_h, "all");
	assert_log(&w, "");
	world_run(&w, 0);
	assert_log(&w, "all: 0 work/one work/two " KIM "/three\n");
	core_history_page(w.core, a, NULL, 0, 9, page_h, "work");
	core_history_page(w.core, a, BOB, 0, 9, page_h, "bob");
	core_history_page(w.core, NULL, NULL, ids[2], 1, page_h, "before");
	core_history_page(w.core, NULL, NULL, ids[0], 1, page_h, "end");
	core_history_around(w.core, a, BOB, ids[1], 1, page_h, "other");
	core_history_around(w.core, a, BOB, 77, 1, page_h, "gone");
	world_run(&w, 0);
	assert_true(world_has(w.log, "work: 0 work/one work/two\n"));
	assert_true(world_has(w.log, "bob: 0 work/one\n"));
	assert_true(world_has(w.log, "before: 0 work/two\n"));
	assert_true(world_has(w.log, "end: 0\n"));
	assert_true(world_has(w.log, "other: 2\n"));
	assert_true(world_has(w.log, "gone: 2\n"));
	world_close(&w);
}


/* A store that has no such part says so; nobody is told once the core has
 * gone. */
static void without(void **state)
{
	struct core_account *a;
	struct world w;
	uint64_t id;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	world_run(&w, 0);
	id = put(&w, ALICE, BOB, "one");
	world_quiet(&w);
	core_history_around(w.core, a, BOB, id, 1, page_h, "around");
	core_history_clear(a, BOB, cleared_h, "clear");
	core_history_export(
		w.core, "/dev/null/x", a, BOB, format, exported_h, "export");
	core_search_messages(w.core, a, "one", 0, 9, hits_h, "search");
	world_run(&w, 1);
	assert_true(world_has(w.log, "around: 95\n"));
	assert_true(world_has(w.log, "clear: 95 0 0\n"));
	assert_true(world_has(w.log, "export: 69 no history is kept here 0\n"));
	assert_true(world_has(w.log, "search: 95 0\n"));
	core_history_page(w.core, a, BOB, 0, 9, page_h, "late");
	core_history_clear(a, BOB, cleared_h, "late");
	core_history_export(
		w.core, "/dev/null/x", a, BOB, format, exported_h, "late");
	world_close(&w);
}


int test_history(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages),
		cmocka_unit_test(without),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
