/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "world.h"

int test_keepalive(void);


static int setup(void **state)
{
	struct world *w = mem_zalloc(sizeof(*w), NULL);

	world_start(w, NULL);
	*state = w;
	return 0;
}


static int teardown(void **state)
{
	world_stop(*state);
	*state = mem_deref(*state);
	return 0;
}


struct pings {
	struct memnet *mn;
	unsigned n;
	uint64_t last;
	uint64_t least, most; /* between two */
	uint64_t down;
	int err;
};


/* Counts what leaves 192.0.2.1 as CRLF CRLF. */
static void tap(bool stream, const struct sa *src, const struct sa *dst,
	const void *p, size_t n, void *arg)
{
	struct pings *pings = arg;
	uint64_t now = memnet_now(pings->mn);
	uint64_t gap = now - pings->last;
	char text[SA_TEXT_SIZE];

	(void)stream;
	(void)dst;
	if (strcmp(sa_addr_text(src, text), "192.0.2.1") || n != 4 ||
		memcmp(p, "\r\n\r\n", 4))
		return;
	if (!pings->n++ || gap < pings->least)
		pings->least = gap;
	if (gap > pings->most)
		pings->most = gap;
	pings->last = now;
}


static void down(const struct stream_end *end, void *arg)
{
	struct pings *pings = arg;

	pings->down = memnet_now(pings->mn);
	pings->err = end->err;
	assert_non_null(end->why);
}


static void start(struct world *w, struct world_user *u, struct pings *pings,
	struct sip_flow_watch **watch, enum sip_tp tp)
{
	memset(pings, 0, sizeof(*pings));
	world_flow(u, w, tp);
	pings->mn = w->mn;
	pings->last = memnet_now(w->mn);
	memnet_set_tap(w->mn, tap, pings);
	assert_int_equal(sip_flow_watch(watch, u->flow, down, pings), 0);
}


/* FL1: every 80-100 % of the interval, alive as long as answers come; the
 * peer of the world answers nothing by itself. */
static void stream_alive(void **state)
{
	struct world *w = *state;
	struct world_user u;
	struct pings pings;
	struct sip_flow_watch *watch;
	unsigned answered = 0;
	unsigned i;

	start(w, &u, &pings, &watch, SIP_TCP);
	sip_flow_keepalive(u.flow, 0, true);
	for (i = 0; i < 4 * 3600; i++) {
		world_run(w, 1000);
		if (pings.n > answered) {
			answered = pings.n;
			world_stream_bytes(w, "\r\n", 2);
		}
	}
	assert_in_range(pings.least, 96000, 100000);
	assert_in_range(pings.most, 115000, 120100);
	assert_true(pings.n > 4 * 3600 / 120);
	assert_int_equal(pings.down, 0);
	assert_true(sip_flow_isup(u.flow));
	/* 30 s by the server's Flow-Timer. */
	memset(&pings, 0, sizeof(pings));
	pings.mn = w->mn;
	pings.last = memnet_now(w->mn);
	sip_flow_keepalive(u.flow, 30, false);
	world_run(w, 600000);
	assert_in_range(pings.least, 24000, 26000);
	assert_in_range(pings.most, 28000, 30000);
	assert_int_equal(pings.down, 0);
	mem_deref(watch);
	world_user_stop(&u);
}


/* FL1: no pong within 10 s ends the flow. */
static void stream_dead(void **state)
{
	struct world *w = *state;
	struct world_user u;
	struct pings pings;
	struct sip_flow_watch *watch;

	start(w, &u, &pings, &watch, SIP_TCP);
	sip_flow_keepalive(u.flow, 60, true);
	world_run(w, 75000);
	assert_int_equal(pings.n, 1);
	assert_int_equal(pings.err, ETIMEDOUT);
	assert_int_equal(pings.down, pings.last + 10000);
	assert_false(sip_flow_isup(u.flow));
	assert_true(w->peer_down);
	sip_flow_keepalive(u.flow, 60, true);
	world_run(w, 100000);
	assert_int_equal(pings.n, 1);
	mem_deref(watch);
	world_user_stop(&u);
}


/* FL2: a datagram every 24-29 s. */
static void datagrams(void **state)
{
	struct world *w = *state;
	struct world_user u;
	struct pings pings;
	struct sip_flow_watch *watch;

	start(w, &u, &pings, &watch, SIP_UDP);
	sip_flow_keepalive(u.flow, 120, true);
	world_run(w, 3600000);
	assert_in_range(pings.least, 24000, 25000);
	assert_in_range(pings.most, 28000, 29000);
	assert_int_equal(pings.down, 0);
	assert_true(sip_flow_isup(u.flow));
	mem_deref(watch);
	world_user_stop(&u);
	pings.n = 0;
	world_run(w, 100000);
	assert_int_equal(pings.n, 0);
}


#define T(name_) cmocka_unit_test_setup_teardown(name_, setup, teardown)

int test_keepalive(void)
{
	const struct CMUnitTest tests[] = {
		T(stream_alive),
		T(stream_dead),
		T(datagrams),
	};

	return cmocka_run_group_tests_name("keepalive", tests, NULL, NULL);
}
