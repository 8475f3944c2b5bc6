/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a registration that failed is tried again. */
#include <errno.h>
#include "world.h"

int test_retry(void);


#define TCP_PROXY "sip:192.0.2.9;transport=tcp"
#define UDP_PROXY "sip:192.0.2.9"

enum {
	TRIES_MAX = 4096,
	MINUTE = 60 * 1000,
};


/* The times at which A failed, MS long. */
static size_t failures(struct world *w, struct node *a, uint64_t ms,
	uint64_t at[static TRIES_MAX])
{
	uint64_t end = memnet_now(w->mn) + ms;
	int64_t told = a->retry_at;
	size_t n = 0;

	while (memnet_now(w->mn) < end) {
		world_run(w, 10);
		if (!a->retry_at || a->retry_at == told)
			continue;
		told = a->retry_at;
		assert_true(n < TRIES_MAX);
		at[n++] = memnet_now(w->mn);
	}
	return n;
}


static void nobody_listens(const char *proxy)
{
	static uint64_t at[TRIES_MAX];
	struct world w;
	struct node a;
	size_t i, n;

	world_open(&w, 3);
	(void)memnet_host(w.mn, "192.0.2.9");
	node_open(&a, &w, "alice", "192.0.2.1", proxy);
	node_start(&a);
	n = failures(&w, &a, 10 * MINUTE - 10000, at);
	assert_true(n > 60);
	for (i = 1; i < n; i++)
		assert_in_range(at[i] - at[i - 1], 900, 8500);
	/* Then 4.5 from its beginning. */
	world_run(&w, 20000);
	n = failures(&w, &a, 30 * MINUTE, at);
	assert_true(n >= 4);
	for (i = 1; i < n; i++)
		assert_true(at[i] - at[i - 1] >= 29000);
	assert_true(at[1] - at[0] < 130000);
	node_close(&a);
	world_close(&w);
}


/* FL4: refused at once is asked again soon, for ten minutes. */
static void refused(void **state)
{
	(void)state;
	nobody_listens(TCP_PROXY);
	nobody_listens(UDP_PROXY);
}


/* FL4: silence is answered with the times of RFC 5626. */
static void silent(void **state)
{
	static uint64_t at[TRIES_MAX];
	struct world w;
	struct node a;
	size_t n;

	(void)state;
	world_open(&w, 3);
	node_open(&a, &w, "alice", "192.0.2.1", UDP_PROXY);
	node_start(&a);
	n = failures(&w, &a, 10 * MINUTE, at);
	assert_in_range(n, 3, 6);
	assert_in_range(at[1] - at[0], 60000, 93000);
	assert_in_range(at[2] - at[1], 90000, 153000);
	node_close(&a);
	world_close(&w);
}


/* Many clients of one server do not come back at one time. */
static void stampede(void **state)
{
	enum { CLIENTS = 100, SLOT = 250, SLOTS = 8000 / SLOT + 1 };
	static struct node a[CLIENTS];
	unsigned slots[SLOTS] = {0}, i, most = 0, used = 0;
	struct world w;
	char addr[32];

	(void)state;
	world_open(&w, 9);
	(void)memnet_host(w.mn, "192.0.2.9");
	for (i = 0; i < CLIENTS; i++) {
		(void)snprintf(addr, sizeof(addr), "192.0.3.%u", i + 1);
		node_open(&a[i], &w, "alice", addr, TCP_PROXY);
		node_start(&a[i]);
	}
	world_run(&w, 2 * MINUTE);
	for (i = 0; i < CLIENTS; i++) {
		int64_t wait = a[i].retry_at - tmrs_wall(memnet_tmrs(w.mn));

		assert_in_range(wait, 0, 8000);
		++slots[wait / SLOT];
	}
	for (i = 0; i < SLOTS; i++) {
		most = slots[i] > most ? slots[i] : most;
		used += slots[i] > 0;
	}
	assert_true(most <= CLIENTS / 5);
	assert_true(used > SLOTS / 2);
	for (i = 0; i < CLIENTS; i++)
		node_close(&a[i]);
	world_close(&w);
}


/* Who types does not wait, but asks at most once in 2 s. */
static void nudge(void **state)
{
	static uint64_t at[TRIES_MAX];
	uint64_t start;
	struct world w;
	struct node a;
	size_t i, n;

	(void)state;
	world_open(&w, 5);
	node_open(&a, &w, "alice", "192.0.2.1", UDP_PROXY);
	node_start(&a);
	world_run(&w, 40000);
	assert_int_equal(ua_state(a.ua), UA_FAILED);
	(void)memnet_host(w.mn, "192.0.2.9"); /* now it refuses at once */
	start = memnet_now(w.mn);
	ua_nudge(a.ua);
	n = failures(&w, &a, 500, at);
	assert_int_equal(n, 1);
	start = at[0];
	for (i = 0; i < 100; i++) {
		ua_nudge(a.ua);
		world_run(&w, 10);
	}
	n = failures(&w, &a, 1500, at);
	assert_int_equal(n, 1);
	assert_in_range(at[0] - start, 900, 2100);
	node_close(&a);
	world_close(&w);
}


static void busy_h(struct server *s, const struct msg *req, void *arg)
{
	(void)arg;
	server_reply(s, req, 503, "t", "Retry-After: 100\r\n", NULL);
}


/* A time that the server named holds for who types, too. */
static void nudge_ordered(void **state)
{
	struct world w;
	struct server s;
	struct node a;
	size_t i;

	(void)state;
	world_open(&w, 5);
	server_open(&s, &w, "192.0.2.9", busy_h, NULL);
	node_open(&a, &w, "alice", "192.0.2.1", UDP_PROXY);
	node_start(&a);
	world_run(&w, 100);
	assert_int_equal(ua_state(a.ua), UA_FAILED);
	for (i = 0; i < 99; i++) {
		ua_nudge(a.ua);
		world_run(&w, 1000);
	}
	assert_int_equal(s.n, 1);
	world_run(&w, 2000);
	assert_int_equal(s.n, 2);
	node_close(&a);
	server_close(&s);
	world_close(&w);
}


int test_retry(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused),
		cmocka_unit_test(silent),
		cmocka_unit_test(stampede),
		cmocka_unit_test(nudge),
		cmocka_unit_test(nudge_ordered),
	};

	return cmocka_run_group_tests_name("retry", tests, NULL, NULL);
}
