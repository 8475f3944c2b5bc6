/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "im.h"
#include "unit.h"

int test_composing(void);

enum event {
	ACTIVE,
	IDLE,
	MESSAGE,
	DUE,
};


/* IC2: idle on a message, on idle, when the refresh runs out. */
static void steps(void **state)
{
	static const struct {
		enum event event;
		uint64_t timeout, now;
		bool changed, active;
		uint64_t next;
	} steps[] = {
		{IDLE, 0, 0, false, false, IM_NEVER},
		{MESSAGE, 0, 0, false, false, IM_NEVER},
		{DUE, 0, 0, false, false, IM_NEVER},
		{ACTIVE, 0, 1000, true, true, 121000},
		{DUE, 0, 120999, false, true, 121000},
		{DUE, 0, 121000, true, false, IM_NEVER},
		{ACTIVE, 90000, 200000, true, true, 290000},
		/* several in a row, whatever the refresh */
		{ACTIVE, 1000, 201000, false, true, 202000},
		{ACTIVE, 30000, 201500, false, true, 231500},
		{DUE, 0, 202000, false, true, 231500},
		{IDLE, 90000, 203000, true, false, IM_NEVER},
		{ACTIVE, 90000, 204000, true, true, 294000},
		{MESSAGE, 0, 205000, true, false, IM_NEVER},
		{MESSAGE, 0, 206000, false, false, IM_NEVER},
		{DUE, 0, 294000, false, false, IM_NEVER},
		/* never longer than an hour */
		{ACTIVE, UINT64_MAX, 300000, true, true, 3900000},
	};
	struct im_composing c = {.active = false};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(steps); i++) {
		uint64_t next = 1;
		bool changed;

		if (steps[i].event == DUE)
			changed = im_composing_due(&c, steps[i].now, &next);
		else if (steps[i].event == MESSAGE)
			changed = im_composing_message(&c, &next);
		else
			changed = im_composing_notice(&c,
				steps[i].event == ACTIVE, steps[i].timeout,
				steps[i].now, &next);
		if (changed != steps[i].changed ||
			c.active != steps[i].active || next != steps[i].next)
			fail_msg("step %zu: %d %d %llu", i, changed, c.active,
				(unsigned long long)next);
	}
}


int test_composing(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps),
	};

	return cmocka_run_group_tests_name("composing", tests, NULL, NULL);
}
