/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_child(void);
int test_dns(void);
int test_dns_answer(void);
int test_http(void);
int test_http_wire(void);
int test_local(void);
int test_loop(void);
int test_sa(void);
int test_tcp(void);
int test_tls(void);
int test_tmr(void);
int test_udp(void);
int test_work(void);
int test_writer(void);

UNIT_MAIN(test_tmr, test_sa, test_loop, test_work, test_udp, test_tcp, test_tls,
	test_dns_answer, test_dns, test_child, test_local, test_writer,
	test_http_wire, test_http)
