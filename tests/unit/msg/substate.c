/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "msg.h"

int test_substate(void);


static void events(void **state)
{
	static const struct {
		const char *text, *package, *id;
		int err;
	} cases[] = {
		{"presence", "presence", "", 0},
		{" presence.winfo ; id = 7;x=y", "presence.winfo", "7", 0},
		{"", NULL, NULL, EBADMSG},
		{";id=7", NULL, NULL, EBADMSG},
		{"presence winfo", NULL, NULL, EBADMSG},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);
		struct msg_event e;

		assert_int_equal(msg_event_decode(&e, &pl), cases[i].err);
		if (cases[i].err)
			continue;
		assert_pl(e.package, cases[i].package);
		assert_pl(e.id, cases[i].id);
	}
}


static void states(void **state)
{
	static const struct {
		const char *text;
		enum msg_substate state;
		enum msg_subreason reason;
		bool has_expires;
		uint32_t expires;
		bool has_retry;
		uint32_t retry;
	} cases[] = {
		{"active;expires=3600", MSG_SUB_ACTIVE, MSG_SUBR_NONE, true,
			3600, false, 0},
		{"ACTIVE ; Expires = 99999999999", MSG_SUB_ACTIVE,
			MSG_SUBR_NONE, true, UINT32_MAX, false, 0},
		{"pending", MSG_SUB_PENDING, MSG_SUBR_NONE, false, 0, false, 0},
		{"terminated;reason=probation;retry-after=30",
			MSG_SUB_TERMINATED, MSG_SUBR_PROBATION, false, 0, true,
			30},
		{"terminated;reason=deactivated", MSG_SUB_TERMINATED,
			MSG_SUBR_DEACTIVATED, false, 0, false, 0},
		{"terminated;reason=rejected", MSG_SUB_TERMINATED,
			MSG_SUBR_REJECTED, false, 0, false, 0},
		{"terminated;reason=timeout", MSG_SUB_TERMINATED,
			MSG_SUBR_TIMEOUT, false, 0, false, 0},
		{"terminated;reason=giveup", MSG_SUB_TERMINATED,
			MSG_SUBR_GIVEUP, false, 0, false, 0},
		{"terminated;reason=NoResource", MSG_SUB_TERMINATED,
			MSG_SUBR_NORESOURCE, false, 0, false, 0},
		{"terminated;reason=invariant", MSG_SUB_TERMINATED,
			MSG_SUBR_INVARIANT, false, 0, false, 0},
		{"terminated;reason=whim", MSG_SUB_TERMINATED, MSG_SUBR_OTHER,
			false, 0, false, 0},
		{"waiting;expires=x", MSG_SUB_OTHER, MSG_SUBR_NONE, false, 0,
			false, 0},
	};
	struct msg_subscription_state ss;
	struct pl bad = PL("active expires=5"), empty = PL("");
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);

		assert_int_equal(msg_subscription_state_decode(&ss, &pl), 0);
		assert_true(ss.state == cases[i].state);
		assert_true(ss.reason == cases[i].reason);
		assert_int_equal(ss.has_expires, cases[i].has_expires);
		assert_int_equal(ss.has_retry_after, cases[i].has_retry);
		if (ss.has_expires)
			assert_int_equal(ss.expires, cases[i].expires);
		assert_int_equal(ss.retry_after, cases[i].retry);
	}
	assert_int_equal(msg_subscription_state_decode(&ss, &bad), EBADMSG);
	assert_int_equal(msg_subscription_state_decode(&ss, &empty), EBADMSG);
}


int test_substate(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events),
		cmocka_unit_test(states),
	};

	return cmocka_run_group_tests_name("substate", tests, NULL, NULL);
}
