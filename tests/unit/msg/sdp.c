/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "msg.h"

int test_sdp(void);


static void media(void **state)
{
	struct pl body = PL("v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\ns=session\r\n"
			    "c=IN IP4 192.0.2.1\r\nt=0 0\r\na=tool:x\r\n"
			    "m=message 5060 sip null\r\n"
			    "a=accept-types:text/plain text/html\r\n"
			    "m=message 7654 TCP/MSRP *\r\n"
			    "c=IN IP6 2001:db8::1\r\n"
			    "a=path:msrp://a.example.org:7654/x;tcp\r\n"
			    "a=setup\r\n"
			    "m=audio 4000/2 RTP/AVP 0 8\n"
			    "m=\r\nm=x 70000 y z"),
		  value;
	struct msg_sdp sdp;
	struct msg_sdp_media m;

	(void)state;
	assert_int_equal(msg_sdp_begin(&sdp, &body), 0);
	assert_true(msg_sdp_attribute(&sdp.session, "tool", &value));
	assert_pl(value, "x");
	assert_false(msg_sdp_attribute(&sdp.session, "accept-types", &value));

	assert_true(msg_sdp_next(&sdp, &m));
	assert_pl(m.media, "message");
	assert_int_equal(m.port, 5060);
	assert_pl(m.proto, "sip");
	assert_pl(m.formats, "null");
	assert_pl(m.address, "192.0.2.1");
	assert_true(msg_sdp_attribute(&m.attributes, "accept-types", &value));
	assert_pl(value, "text/plain text/html");

	assert_true(msg_sdp_next(&sdp, &m));
	assert_pl(m.proto, "TCP/MSRP");
	assert_pl(m.address, "2001:db8::1");
	assert_true(msg_sdp_attribute(&m.attributes, "path", &value));
	assert_pl(value, "msrp://a.example.org:7654/x;tcp");
	assert_true(msg_sdp_attribute(&m.attributes, "setup", &value));
	assert_pl(value, "");
	assert_false(msg_sdp_attribute(&m.attributes, "set", &value));

	assert_true(msg_sdp_next(&sdp, &m));
	assert_pl(m.media, "audio");
	assert_int_equal(m.port, 4000);
	assert_pl(m.formats, "0 8");
	assert_null(m.attributes.p);

	assert_true(msg_sdp_next(&sdp, &m));
	assert_pl(m.media, "");
	assert_true(msg_sdp_next(&sdp, &m));
	assert_int_equal(m.port, 0);
	assert_pl(m.proto, "y");
	assert_false(msg_sdp_next(&sdp, &m));
}


static void none(void **state)
{
	struct pl empty = PL(""), text = PL("hello"),
		  bare = PL("v=0\r\ns=-\r\n");
	struct msg_sdp_media m;
	struct msg_sdp sdp;

	(void)state;
	assert_int_equal(msg_sdp_begin(&sdp, &empty), EBADMSG);
	assert_int_equal(msg_sdp_begin(&sdp, &text), EBADMSG);
	assert_int_equal(msg_sdp_begin(&sdp, &bare), 0);
	assert_false(msg_sdp_next(&sdp, &m));
}


static void round_trip(void **state)
{
	struct mbuf *mb = mbuf_alloc(1000);
	struct msg_sdp_media m;
	struct msg_sdp sdp;
	struct pl body, value;

	(void)state;
	assert_int_equal(
		msg_sdp_write(mb, "2001:db8::7", true, 42, "text/plain"), 0);
	body = mbuf_all(mb);
	assert_pl(body,
		"v=0\r\no=- 42 42 IN IP6 2001:db8::7\r\ns=session\r\n"
		"c=IN IP6 2001:db8::7\r\nt=0 0\r\n"
		"m=message 5060 sip null\r\na=accept-types:text/plain\r\n");
	assert_int_equal(msg_sdp_begin(&sdp, &body), 0);
	assert_true(msg_sdp_next(&sdp, &m));
	assert_pl(m.address, "2001:db8::7");
	assert_true(msg_sdp_attribute(&m.attributes, "accept-types", &value));
	assert_pl(value, "text/plain");
	mem_deref(mb);
}


int test_sdp(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(media),
		cmocka_unit_test(none),
		cmocka_unit_test(round_trip),
	};

	return cmocka_run_group_tests_name("sdp", tests, NULL, NULL);
}
