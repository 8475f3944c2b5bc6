/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_resend(void);


static void again(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_send(core_chat_get(a, BOB), "hi", NULL, NULL, NULL);
	world_run(&w, 0);
	core_resend(w.core, w.ids[0], world_done, "early");
	fake_sent(e, w.ids[0], ENDPOINT_REFUSED, "no", 404, 0);
	world_run(&w, 0);
	world_quiet(&w);
	core_resend(w.core, w.ids[0], world_done, "again");
	assert_log(&w, "");
	world_run(&w, 0);
	assert_log(&w, "message out " BOB " hi queued\n");
	assert_calls(&w, "send " BOB " hi\n");
	assert_true(w.ids[1] > w.ids[0]);
	fake_sent(e, w.ids[1], ENDPOINT_DELIVERED, NULL, 200, 0);
	world_run(&w, 0);
	assert_log(&w,
		"state " BOB " sent\nstate " BOB " delivered\n"
		"again: 0 delivered\n");
	core_resend(w.core, w.ids[1], world_done, "delivered");
	core_resend(w.core, 12345, world_done, "none");
	world_run(&w, 0);
	assert_true(world_has(w.log,
		"did not fail: it is delivered\nnone: 65 no such message\n"));
	world_close(&w);
}


static void gone(void **state)
{
	struct core_account *a;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	core_send(core_chat_get(a, BOB), "hi", NULL, NULL, NULL);
	world_run(&w, 0);
	core_account_remove(a, NULL);
	world_run(&w, 0);
	world_quiet(&w);
	core_resend(w.core, w.ids[0], world_done, "again");
	world_run(&w, 0);
	assert_log(&w, "again: 78 no account is " ALICE " now\n");
	core_resend(w.core, w.ids[0], world_done, "again");
	w.core = mem_deref(w.core);
	world_run(&w, 0);
	assert_log(&w, "");
	world_close(&w);
}


int test_resend(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(again),
		cmocka_unit_test(gone),
	};

	return cmocka_run_group_tests_name("resend", tests, NULL, NULL);
}
