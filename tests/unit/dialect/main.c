/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_conv_open(void);
int test_conv_send(void);
int test_conv_session(void);
int test_conv_typing(void);
int test_endpoint(void);
int test_incoming(void);
int test_ms(void);
int test_ms_batch(void);
int test_ms_contacts(void);
int test_ms_decide(void);
int test_ms_id(void);
int test_ms_publish(void);
int test_ms_self(void);
int test_ms_session(void);
int test_ms_watch(void);
int test_simple_presence(void);
int test_simple_lists(void);
int test_simple_rls(void);
int test_simple_rules(void);
int test_simple_watch(void);
int test_simple_winfo(void);
int test_simple_watch_body(void);
int test_simple_xcap(void);
int test_way(void);
int test_xcap(void);
int test_xcap_edit(void);
int test_xcap_text(void);

UNIT_MAIN(test_ms_id, test_ms, test_ms_batch, test_ms_contacts, test_ms_decide,
	test_ms_publish, test_ms_self, test_ms_session, test_ms_watch,
	test_endpoint, test_simple_watch, test_simple_presence,
	test_simple_winfo, test_conv_open, test_conv_send, test_conv_session,
	test_conv_typing, test_incoming, test_xcap, test_xcap_edit,
	test_xcap_text, test_simple_xcap, test_simple_lists, test_simple_rls,
	test_simple_rules, test_simple_watch_body, test_way)
