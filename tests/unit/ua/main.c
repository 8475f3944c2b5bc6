/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_condition(void);
int test_deregister(void);
int test_dispatch(void);
int test_listen(void);
int test_message(void);
int test_notify(void);
int test_publish(void);
int test_rate(void);
int test_register(void);
int test_retry(void);
int test_session(void);
int test_session_ms(void);
int test_sub_turn(void);
int test_subscribe(void);
int test_subscribe_list(void);

UNIT_MAIN(test_listen, test_deregister, test_dispatch, test_register,
	test_retry, test_message, test_subscribe, test_subscribe_list,
	test_sub_turn, test_condition, test_rate, test_notify, test_publish,
	test_session, test_session_ms)
