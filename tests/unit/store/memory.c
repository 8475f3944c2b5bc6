/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "store.h"
#include "unit.h"

int test_memory(void);

enum {
	JOBS_MAX = 8,
};

struct job {
	work_done_h *done;
	void *arg;
};

/* Turns of a loop that the test runs, and what completed in them. */
struct world {
	struct tmrs *tmrs;
	struct work work;
	struct job jobs[JOBS_MAX];
	size_t n;
	struct store *store;
	char log[200];
	bool again;
};


static int later(void *ctx, work_done_h *done, void *arg)
{
	struct world *w = ctx;

	assert_true(w->n < JOBS_MAX);
	w->jobs[w->n++] = (struct job){done, arg};
	return 0;
}


static void turn(struct world *w)
{
	struct job jobs[JOBS_MAX];
	size_t i, n = w->n;

	memcpy(jobs, w->jobs, sizeof(jobs));
	w->n = 0;
	for (i = 0; i < n; i++)
		jobs[i].done(jobs[i].arg);
}


static void world_open(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->work = (struct work){.later = later, .ctx = w};
	w->tmrs = tmrs_alloc(NULL);
	assert_int_equal(store_memory_alloc(&w->store, w->tmrs, &w->work), 0);
}


static void world_close(struct world *w)
{
	mem_deref(w->store);
	turn(w);
	mem_deref(w->tmrs);
}


static void note(struct world *w, const char *what, int err)
{
	size_t len = strlen(w->log);

	snprintf(w->log + len, sizeof(w->log) - len, "%s:%d ", what, err);
}


static void done_h(int err, uint64_t id, void *arg)
{
	(void)id;
	note(arg, "done", err);
}


static void add(
	struct world *w, const char *text, uint64_t seen, store_done_h *h)
{
	const struct store_message m = {
		.account = "sip:alice@example.org",
		.peer = "sip:bob@lab.test",
		.text = text,
		.state = STORE_RECEIVED,
	};

	w->store->ops->add(w->store, &m, seen, h, w);
}


static void page_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	size_t i;

	note(arg, "page", err);
	for (i = 0; i < n; i++)
		note(arg, messages[i].text, messages[i].state);
}


static void row_h(const char *key, const char *value, void *arg)
{
	(void)value;
	note(arg, key, 0);
}


static void peers_h(
	int err, const struct store_peer *peers, size_t n, void *arg)
{
	(void)peers;
	(void)n;
	note(arg, "peers", err);
}


static void hits_h(int err, const struct store_hit *hits, size_t n, void *arg)
{
	(void)hits;
	(void)n;
	note(arg, "hits", err);
}


/* What it cannot do it says, in the same order as the rest. */
static void not_supported(void **state)
{
	const struct store_query q = {.text = "hi", .n = 5};
	struct world w;
	char expected[100];

	(void)state;
	world_open(&w);
	w.store->ops->unsent(w.store, 0, 9, page_h, &w);
	w.store->ops->peers(w.store, NULL, NULL, 9, peers_h, &w);
	w.store->ops->search(w.store, &q, hits_h, &w);
	w.store->ops->scan(w.store, NULL, NULL, 0, 9, page_h, &w);
	w.store->ops->clear(w.store, "a", "b", done_h, &w);
	w.store->ops->retain(w.store, 7, NULL, NULL);
	turn(&w);
	snprintf(expected, sizeof(expected),
		"page:0 peers:%d hits:%d page:%d done:%d ", ENOTSUP, ENOTSUP,
		ENOTSUP, ENOTSUP);
	assert_string_equal(w.log, expected);
	world_close(&w);
}


/* Nothing completes within the call; all in order in the next turn. */
static void one_turn_later(void **state)
{
	struct world w;
	char text[] = "hi";

	(void)state;
	world_open(&w);
	add(&w, text, 1, done_h);
	text[0] = 'X'; /* it was copied */
	add(&w, "again", 1, done_h);
	w.store->ops->page(w.store, "sip:alice@example.org", "sip:bob@lab.test",
		0, 9, page_h, &w);
	w.store->ops->set_state(w.store, 99, STORE_SENT, NULL, 0, done_h, &w);
	w.store->ops->set_state(w.store, 99, STORE_SENT, NULL, 0, NULL, NULL);
	w.store->ops->get(w.store, 99, page_h, &w);
	w.store->ops->put(w.store, "t", "k", "v", done_h, &w);
	w.store->ops->each(w.store, "t", row_h, done_h, &w);
	assert_string_equal(w.log, "");
	assert_int_equal(w.n, 1);
	turn(&w);
	assert_string_equal(w.log,
		"done:0 done:17 page:0 hi:5 done:2 page:2 done:0 k:0 done:0 ");
	assert_int_equal(w.n, 0);
	world_close(&w);
}


static void again_h(int err, uint64_t id, void *arg)
{
	struct world *w = arg;

	(void)id;
	note(w, "first", err);
	add(w, "second", 0, done_h);
}


/* What a completion asks is for the turn after. */
static void asked_in_completion(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	add(&w, "first", 0, again_h);
	turn(&w);
	assert_string_equal(w.log, "first:0 ");
	turn(&w);
	assert_string_equal(w.log, "first:0 done:0 ");
	world_close(&w);
}


static void gone(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	add(&w, "x", 0, done_h);
	w.store = mem_deref(w.store);
	turn(&w);
	assert_string_equal(w.log, "");
	world_close(&w);
}


static void release_h(int err, uint64_t id, void *arg)
{
	struct world *w = arg;

	(void)id;
	note(w, "released", err);
	w->store = mem_deref(w->store);
}


/* A completion lets go of the store: those behind it are not called. */
static void gone_in_completion(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	add(&w, "x", 0, release_h);
	add(&w, "y", 0, done_h);
	turn(&w);
	assert_string_equal(w.log, "released:0 ");
	world_close(&w);
}


static void names(void **state)
{
	(void)state;
	assert_string_equal(store_state_name(STORE_QUEUED), "queued");
	assert_string_equal(store_state_name(STORE_RECEIVED), "received");
	assert_int_equal(store_memory_alloc(NULL, NULL, NULL), EINVAL);
}


int test_memory(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_turn_later),
		cmocka_unit_test(not_supported),
		cmocka_unit_test(asked_in_completion),
		cmocka_unit_test(gone),
		cmocka_unit_test(gone_in_completion),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
