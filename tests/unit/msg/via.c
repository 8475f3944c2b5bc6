/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "msg.h"

int test_via(void);


/* PA12: received with or without brackets. */
static void decode(void **state)
{
	static const struct {
		const char *text, *transport, *host;
		uint16_t port;
		const char *branch, *received;
		bool has_rport;
		uint16_t rport;
	} cases[] = {
		{"SIP/2.0/UDP 192.0.2.1", "UDP", "192.0.2.1", 0, "", "", false,
			0},
		{"SIP/2.0/TLS [2001:db8::1]:5061;branch=z9hG4bKx", "TLS",
			"2001:db8::1", 5061, "z9hG4bKx", "", false, 0},
		{"SIP  / 2.0  / TCP     spindle.example.com   ; branch  =   "
		 "z9hG4bK9ikj8 ",
			"TCP", "spindle.example.com", 0, "z9hG4bK9ikj8", "",
			false, 0},
		{"SIP/2.0/UDP a : 5070 ;rport;branch=z", "UDP", "a", 5070, "z",
			"", true, 0},
		{"SIP/2.0/UDP a;rport=99;received=[2001:db8::2]", "UDP", "a", 0,
			"", "2001:db8::2", true, 99},
		{"SIP/2.0/UDP a;RECEIVED=2001:db8::2;Branch=b", "UDP", "a", 0,
			"b", "2001:db8::2", false, 0},
		{"SIP/2.0/UNKNOWN a;branch=z9hG4bK-.!%66*_+`'~;x=\"a;b\"",
			"UNKNOWN", "a", 0, "z9hG4bK-.!%66*_+`'~", "", false, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);
		struct msg_via v;

		if (msg_via_decode(&v, &pl))
			fail_msg("%s", cases[i].text);
		assert_pl(v.transport, cases[i].transport);
		assert_pl(v.host, cases[i].host);
		assert_int_equal(v.port, cases[i].port);
		assert_pl(v.branch, cases[i].branch);
		assert_pl(v.received, cases[i].received);
		assert_int_equal(v.has_rport, cases[i].has_rport);
		assert_int_equal(v.rport, cases[i].rport);
		pl = pl_trim(&pl);
		assert_true(pl_eq(&v.all, &pl));
	}
}


static void refuse(void **state)
{
	static const char *const cases[] = {
		"",
		"SIP/2.0",
		"SIP/2.0/UDP",
		"SIP/2.0/UDP ",
		"SIP/2.0/UDPhost;branch=x",
		"SIP 2.0 UDP host",
		"SIP/2.0/UDP 192.0.2.1;;",
		"SIP/2.0/UDP 192.0.2.1;branch",
		"SIP/2.0/UDP 192.0.2.1;branch=",
		"SIP/2.0/UDP 192.0.2.1;branch=a b",
		"SIP/2.0/UDP 192.0.2.1;branch=\"a b\"",
		"SIP/2.0/UDP 192.0.2.1:0",
		"SIP/2.0/UDP 192.0.2.1:65536",
		"SIP/2.0/UDP 192.0.2.1:x",
		"SIP/2.0/UDP 192.0.2.1;rport=x",
		"SIP/2.0/UDP 192.0.2.1;rport=65536",
		"SIP/2.0/UDP [2001:db8::1",
		"SIP/2.0/UDP 2001:db8::1;branch=x",
		"SIP/2.0/UDP a b",
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i]);
		struct msg_via v;

		if (msg_via_decode(&v, &pl) != EBADMSG)
			fail_msg("taken: %s", cases[i]);
	}
}


int test_via(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode),
		cmocka_unit_test(refuse),
	};

	return cmocka_run_group_tests_name("via", tests, NULL, NULL);
}
