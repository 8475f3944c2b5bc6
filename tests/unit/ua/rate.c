/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mbuf.h"
#include "mem.h"
#include "rate.h"
#include "unit.h"

int test_rate(void);


/* What is asked for, and what is granted for an hour. */
static void granted(void **state)
{
	static const struct {
		const char *params, *text;
		uint64_t interval, timeout;
	} cases[] = {
		{"", ";max-rate=0.2", 5000, 0},
		{";id=7", ";max-rate=0.2", 5000, 0},
		/* no more than we tell anybody */
		{";max-rate=1", ";max-rate=0.2", 5000, 0},
		{";max-rate=99.9999999999", ";max-rate=0.2", 5000, 0},
		{";max-rate=0.2", ";max-rate=0.2", 5000, 0},
		{";max-rate=0.1", ";max-rate=0.1", 10000, 0},
		{";max-rate=0.05;id=x", ";max-rate=0.05", 20000, 0},
		/* once before the subscription ends (5.3) */
		{";max-rate=0.0000000001", ";max-rate=0.0002777778", 3600000,
			0},
		/* no more than one without news in a minute */
		{";min-rate=1", ";max-rate=0.2;min-rate=0.0166666666", 5000,
			60001},
		{";min-rate=0.002", ";max-rate=0.2;min-rate=0.002", 5000,
			500000},
		{";adaptive-min-rate=0.5",
			";max-rate=0.2;adaptive-min-rate=0.0166666666", 5000,
			60001},
		{";adaptive-min-rate=0.01",
			";max-rate=0.2;adaptive-min-rate=0.01", 5000, 100000},
		/* together (8) */
		{";max-rate=0.01;min-rate=0.02", ";max-rate=0.01;min-rate=0.01",
			100000, 100000},
		{";max-rate=0.01;adaptive-min-rate=0.02",
			";max-rate=0.01;adaptive-min-rate=0.01", 100000,
			100000},
		{";min-rate=0.01;adaptive-min-rate=0.01",
			";max-rate=0.2;adaptive-min-rate=0.01", 5000, 100000},
		{";min-rate=0.005;adaptive-min-rate=0.01",
			";max-rate=0.2;min-rate=0.005;adaptive-min-rate=0.01",
			5000, 100000},
		/* nonsense asks for nothing */
		{";max-rate", ";max-rate=0.2", 5000, 0},
		{";max-rate=", ";max-rate=0.2", 5000, 0},
		{";max-rate=0", ";max-rate=0.2", 5000, 0},
		{";max-rate=0.0", ";max-rate=0.2", 5000, 0},
		{";max-rate=100", ";max-rate=0.2", 5000, 0},
		{";max-rate=.1", ";max-rate=0.2", 5000, 0},
		{";max-rate=0.", ";max-rate=0.2", 5000, 0},
		{";max-rate=0.01234567891", ";max-rate=0.2", 5000, 0},
		{";max-rate=-1", ";max-rate=0.2", 5000, 0},
		{";max-rate=0.1x", ";max-rate=0.2", 5000, 0},
		{";max-rate=1e3", ";max-rate=0.2", 5000, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct mbuf *mb = mbuf_alloc(200);
		struct pl params = pl_str(cases[i].params), text;
		struct rate r = {.max = 0};
		bool set;

		set = rate_set(&r, &params, 3600 * 1000, 1000000);
		assert_int_equal(set, i >= 2 && i < 16);
		assert_int_equal(rate_put(&r, mb), 0);
		text = mbuf_all(mb);
		if (!pl_streq(&text, cases[i].text))
			fail_msg("%s: %.*s", cases[i].params, PL_ARG(&text));
		if (rate_interval(&r) != cases[i].interval ||
			rate_timeout(&r, 1000000) != cases[i].timeout)
			fail_msg("%s: %llu %llu", cases[i].params,
				(unsigned long long)rate_interval(&r),
				(unsigned long long)rate_timeout(&r, 1000000));
		assert_int_equal(rate_told(&params), set);
		mem_deref(mb);
	}
}


/* 7.4: who was told much of late is told later that there is no news. */
static void adaptive(void **state)
{
	const struct pl params = PL(";adaptive-min-rate=0.01");
	const uint64_t start = 10000000;
	struct rate r = {.max = 0};
	uint64_t now = start;
	size_t i;

	(void)state;
	assert_true(rate_set(&r, &params, 3600 * 1000, now));
	assert_int_equal(rate_timeout(&r, now), 100000);
	/* At this rate it stays so. */
	for (i = 0; i < 10; i++) {
		now += 100000;
		rate_sent(&r, now);
		assert_int_equal(rate_timeout(&r, now), 100000);
	}
	/* Eight more in 40 s: 12 in the last 400 s. */
	for (i = 0; i < 8; i++) {
		now += 5000;
		rate_sent(&r, now);
	}
	assert_int_equal(rate_timeout(&r, now), 300000);
	/* Long ago. */
	assert_int_equal(rate_timeout(&r, now + 4000000), 25000);
	/* However many. */
	for (i = 0; i < 1000; i++)
		rate_sent(&r, now);
	assert_int_equal(rate_timeout(&r, now), RATE_HISTORY * 25000);
	/* Asked for again, the history stays. */
	assert_true(rate_set(&r, &params, 3600 * 1000, now));
	assert_int_equal(rate_timeout(&r, now), RATE_HISTORY * 25000);
}


int test_rate(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(granted),
		cmocka_unit_test(adaptive),
	};

	return cmocka_run_group_tests_name("rate", tests, NULL, NULL);
}
