/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "unit.h"
#include "data.h"

int test_trace_key(void);


#define VIA "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport\r\n"
#define ID  "Call-ID: a\r\nCSeq: 7 "


/* A request and what belongs to it have one key, all else another one. */
static void keys(void **state)
{
	static const struct {
		bool sent;
		const char *text;
		const char *key;
	} cases[] = {
		{true, "MESSAGE sip:b SIP/2.0\r\n" VIA ID "MESSAGE\r\n\r\n",
			"MESSAGE client 7 z9hG4bK1 a"},
		{false, "SIP/2.0 200 OK\r\n" VIA ID "MESSAGE\r\n\r\n",
			"MESSAGE client 7 z9hG4bK1 a"},
		/* the same seen from the other side */
		{false, "MESSAGE sip:b SIP/2.0\r\n" VIA ID "MESSAGE\r\n\r\n",
			"MESSAGE server 7 z9hG4bK1 a"},
		{true, "SIP/2.0 200 OK\r\n" VIA ID "MESSAGE\r\n\r\n",
			"MESSAGE server 7 z9hG4bK1 a"},
		/* compact, folded, several, in another order; keep-alives */
		{false,
			"\r\n\r\nSIP/2.0 180 Ringing\r\ni: a\r\nCSeq\t: 7\r\n"
			"  INVITE\r\nv: SIP/2.0/TCP\r\n 192.0.2.1 ;\r\n "
			"branch=z9hG4bK1, SIP/2.0/UDP x;branch=z9hG4bK2\r\n"
			"v: SIP/2.0/UDP y;branch=z9hG4bK3\r\n\r\n",
			"INVITE client 7 z9hG4bK1 a"},
		{true, "ACK sip:b SIP/2.0\r\n" VIA ID "ACK\r\n\r\n",
			"INVITE client 7 z9hG4bK1 a"},
		{true, "CANCEL sip:b SIP/2.0\r\n" VIA ID "CANCEL\r\n\r\n",
			"CANCEL client 7 z9hG4bK1 a"},
		/* what stands in a body is none of it */
		{true, "INFO sip:b SIP/2.0\r\n" ID "INFO\r\n\r\n" VIA,
			"INFO client 7  a"},
		{true, "MESSAGE sip:b SIP/2.0\nCSeq: 1 MESSAGE",
			"MESSAGE client 1  "},
		{true, "OPTIONS sip:x SIP/2.0", NULL},
		{true, "OPTIONS sip:x SIP/2.0\r\nCSeq: x\r\n\r\n", NULL},
		{true, "\r\n\r\n", NULL},
		{true, "", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl text = pl_str(cases[i].text);
		char *key = msg_trace_key(cases[i].sent, &text);

		if (cases[i].key)
			assert_string_equal(key, cases[i].key);
		else
			assert_null(key);
		mem_deref(key);
	}
}


int test_trace_key(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys),
	};

	return cmocka_run_group_tests_name("trace_key", tests, NULL, NULL);
}
