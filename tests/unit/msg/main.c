/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_addr(void);
int test_build(void);
int test_flows(void);
int test_frame(void);
int test_hdr(void);
int test_lookup(void);
int test_mask(void);
int test_mime(void);
int test_msg(void);
int test_param(void);
int test_response(void);
int test_sdp(void);
int test_substate(void);
int test_torture(void);
int test_torture_facts(void);
int test_trace_key(void);
int test_uri(void);
int test_uri_text(void);
int test_value(void);
int test_via(void);

UNIT_MAIN(test_uri, test_uri_text, test_hdr, test_param, test_addr, test_via,
	test_substate, test_value, test_mime, test_sdp, test_msg, test_lookup,
	test_frame, test_build, test_response, test_mask, test_trace_key,
	test_torture, test_torture_facts, test_flows)
