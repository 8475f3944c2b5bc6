/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "im.h"
#include "unit.h"

int test_composer(void);

enum event {
	KEY,
	DUE,
	CLEARED,
	SENT,
};

struct step {
	enum event event;
	uint64_t now;
	enum im_notice notice;
	uint64_t next;
};


static void run(
	uint64_t refresh, uint64_t idle, const struct step *steps, size_t n)
{
	struct im_composer c;
	size_t i;

	im_composer_init(&c, refresh, idle);
	for (i = 0; i < n; i++) {
		const struct step *s = &steps[i];
		enum im_notice notice = IM_NOTICE_NONE;
		uint64_t next = 1;

		if (s->event == KEY)
			notice = im_composer_key(&c, s->now, &next);
		else if (s->event == DUE)
			notice = im_composer_due(&c, s->now, &next);
		else if (s->event == CLEARED)
			notice = im_composer_cleared(&c, &next);
		else
			im_composer_sent(&c, &next);
		if (notice != s->notice || next != s->next)
			fail_msg("step %zu: %d, %llu", i, notice,
				(unsigned long long)next);
	}
}


/* IC1: active at the first key, idle after 15 s without one. */
static void idle(void **state)
{
	static const struct step steps[] = {
		{KEY, 1000, IM_NOTICE_ACTIVE, 16000},
		{KEY, 2000, IM_NOTICE_NONE, 17000},
		{DUE, 16000, IM_NOTICE_NONE, 17000},
		{DUE, 16999, IM_NOTICE_NONE, 17000},
		{DUE, 17000, IM_NOTICE_IDLE, IM_NEVER},
		{DUE, 90000, IM_NOTICE_NONE, IM_NEVER},
		{KEY, 91000, IM_NOTICE_ACTIVE, 106000},
	};

	(void)state;
	run(IM_REFRESH, IM_IDLE, steps, UNIT_N(steps));
}


/* IC1: active again at most once a refresh while keys keep coming. */
static void refresh(void **state)
{
	static const struct step steps[] = {
		{KEY, 0, IM_NOTICE_ACTIVE, 15000},
		{KEY, 14000, IM_NOTICE_NONE, 29000},
		{KEY, 28000, IM_NOTICE_NONE, 43000},
		{KEY, 42000, IM_NOTICE_NONE, 57000},
		{KEY, 56000, IM_NOTICE_NONE, 71000},
		{KEY, 70000, IM_NOTICE_NONE, 85000},
		{KEY, 84000, IM_NOTICE_NONE, 99000},
		{KEY, 98000, IM_NOTICE_NONE, 113000},
		{KEY, 112000, IM_NOTICE_NONE, 120000},
		{DUE, 120000, IM_NOTICE_ACTIVE, 127000},
		{KEY, 121000, IM_NOTICE_NONE, 136000},
		{DUE, 136000, IM_NOTICE_IDLE, IM_NEVER},
	};

	(void)state;
	run(IM_REFRESH, IM_IDLE, steps, UNIT_N(steps));
}


/* A late timer: the key itself refreshes; both due at once is idle. */
static void late(void **state)
{
	static const struct step steps[] = {
		{KEY, 0, IM_NOTICE_ACTIVE, 5000},
		{KEY, 4000, IM_NOTICE_NONE, 9000},
		{KEY, 11000, IM_NOTICE_ACTIVE, 16000},
		{DUE, 40000, IM_NOTICE_IDLE, IM_NEVER},
	};

	(void)state;
	run(IM_KEYBOARD_REFRESH, IM_KEYBOARD_IDLE, steps, UNIT_N(steps));
}


/* IC1: a message ends it without an idle; a cleared line tells. */
static void ends(void **state)
{
	static const struct step steps[] = {
		{SENT, 0, IM_NOTICE_NONE, IM_NEVER},
		{CLEARED, 0, IM_NOTICE_NONE, IM_NEVER},
		{KEY, 1000, IM_NOTICE_ACTIVE, 16000},
		{SENT, 2000, IM_NOTICE_NONE, IM_NEVER},
		{DUE, 16000, IM_NOTICE_NONE, IM_NEVER},
		{CLEARED, 16000, IM_NOTICE_NONE, IM_NEVER},
		{KEY, 17000, IM_NOTICE_ACTIVE, 32000},
		{CLEARED, 18000, IM_NOTICE_IDLE, IM_NEVER},
		{KEY, 19000, IM_NOTICE_ACTIVE, 34000},
	};

	(void)state;
	run(IM_REFRESH, IM_IDLE, steps, UNIT_N(steps));
}


int test_composer(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(idle),
		cmocka_unit_test(refresh),
		cmocka_unit_test(late),
		cmocka_unit_test(ends),
	};

	return cmocka_run_group_tests_name("composer", tests, NULL, NULL);
}
