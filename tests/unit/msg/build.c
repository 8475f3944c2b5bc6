/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "data.h"
#include "../../../src/msg/msg_int.h"

int test_build(void);


/* PA18: what we write is what we read, line by line. */
static void request(void **state)
{
	struct mbuf *mb = mbuf_alloc_size(1024, 65536);
	struct pl method = PL("MESSAGE"), uri = PL("sip:alice@example.org"),
		  host = PL("2001:db8::1"), branch = PL("abc"),
		  display = PL("B \"o\\b\", \xc3\xa4"), tag = PL("t1"),
		  from = PL("sip:bob@example.org"), params = PL(";epid=01"),
		  type = PL("text/plain"), body = PL("hello\r\n"),
		  name = PL("X-Y"), value = PL("z"), all;
	struct msg *msg = NULL;
	const char *why;

	(void)state;
	(void)msg_put_request_line(mb, &method, &uri);
	(void)msg_put_via(mb, "TLS", &host, 5061, &branch, true);
	(void)msg_put_num(mb, HDR_MAX_FORWARDS, 70);
	(void)msg_put_addr(mb, HDR_FROM, &display, &from, &tag, &params);
	(void)msg_put_addr(mb, HDR_TO, NULL, &uri, NULL, NULL);
	(void)msg_put_str(mb, HDR_CALL_ID, "x@y");
	(void)msg_put_cseq(mb, UINT32_MAX, &method);
	(void)msg_put_named(mb, &name, &value);
	(void)msg_put_body(mb, &type, &body);
	assert_int_equal(mbuf_err(mb), 0);
	all = mbuf_all(mb);
	assert_pl(all,
		"MESSAGE sip:alice@example.org SIP/2.0\r\n"
		"Via: SIP/2.0/TLS [2001:db8::1]:5061;rport"
		";branch=z9hG4bKabc\r\n"
		"Max-Forwards: 70\r\n"
		"From: \"B \\\"o\\\\b\\\", \xc3\xa4\" <sip:bob@example.org>"
		";tag=t1;epid=01\r\n"
		"To: <sip:alice@example.org>\r\n"
		"Call-ID: x@y\r\n"
		"CSeq: 4294967295 MESSAGE\r\n"
		"X-Y: z\r\n"
		"Content-Type: text/plain\r\n"
		"Content-Length: 7\r\n\r\nhello\r\n");
	assert_int_equal(
		msg_decode(&msg, mb->buf, mb->end, true, NULL, &why), 0);
	assert_pl(msg->from.display, "B \\\"o\\\\b\\\", \xc3\xa4");
	assert_pl(msg->via.branch, "z9hG4bKabc");
	assert_true(msg->via.has_rport);
	assert_int_equal(msg->cseq, UINT32_MAX);
	mem_deref(msg);
	mem_deref(mb);
}


/* A URI's bytes are looked at by words: every byte, wherever it stands in
 * one, is taken or not as the grammar has it. */
static void uri_bytes(void **state)
{
	struct pl method = PL("A");
	char text[20];
	size_t len, at;
	int c;

	(void)state;
	for (c = 0; c < 256; c++) {
		for (len = 1; len < sizeof(text); len += 3) {
			for (at = 0; at < len; at++) {
				struct mbuf *mb = mbuf_alloc(200);
				struct pl uri = {text, len};
				int err;

				memset(text, 'a', sizeof(text));
				text[at] = (char)c;
				err = msg_put_request_line(mb, &method, &uri);
				assert_int_equal(!err, ch_is((char)c, CH_URI));
				mem_deref(mb);
			}
		}
	}
}


static void small(void **state)
{
	struct mbuf *mb = mbuf_alloc(1000);
	struct pl ok = PL("OK"), host = PL("h"), branch = PL("b"), all,
		  text = PL("a\"\\b");

	(void)state;
	(void)msg_put_status_line(mb, 200, &ok);
	(void)msg_put_via(mb, "UDP", &host, 0, &branch, false);
	(void)msg_put_num(mb, HDR_EXPIRES, 0);
	(void)msg_put_quoted(mb, &text);
	(void)msg_put_body(mb, NULL, NULL);
	assert_int_equal(mbuf_err(mb), 0);
	all = mbuf_all(mb);
	assert_pl(all,
		"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKb\r\n"
		"Expires: 0\r\n\"a\\\"\\\\b\"Content-Length: 0\r\n\r\n");
	mem_deref(mb);
}


/* PA22: a byte that breaks its place spoils the whole buffer, wherever in
 * the text it is. */
static void hostile(void **state)
{
	static const char *const texts[] = {"\r", "\n", "ab\r\ncd",
		"a long text of many bytes\nX: y", "12345678\r", "1234567\n"};
	struct pl good = PL("a"), uri = PL("sip:a@example.org");
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(texts); i++) {
		for (k = 0; k < 13; k++) {
			struct mbuf *mb = mbuf_alloc(1000);
			struct pl bad = pl_str(texts[i]);

			switch (k) {
			case 0:
				(void)msg_put(mb, HDR_SUBJECT, &bad);
				break;
			case 1:
				(void)msg_put_str(mb, HDR_SUBJECT, texts[i]);
				break;
			case 2:
				(void)msg_put_named(mb, &bad, &good);
				break;
			case 3:
				(void)msg_put_named(mb, &good, &bad);
				break;
			case 4:
				(void)msg_put_cseq(mb, 1, &bad);
				break;
			case 5:
				(void)msg_put_addr(
					mb, HDR_TO, &bad, &uri, NULL, NULL);
				break;
			case 6:
				(void)msg_put_addr(
					mb, HDR_TO, NULL, &bad, NULL, NULL);
				break;
			case 7:
				(void)msg_put_addr(
					mb, HDR_TO, NULL, &uri, &bad, NULL);
				break;
			case 8:
				(void)msg_put_addr(
					mb, HDR_TO, NULL, &uri, NULL, &bad);
				break;
			case 9:
				(void)msg_put_request_line(mb, &bad, &uri);
				break;
			case 10:
				(void)msg_put_request_line(mb, &good, &bad);
				break;
			case 11:
				(void)msg_put_status_line(mb, 200, &bad);
				break;
			default:
				(void)msg_put_via(
					mb, "UDP", &good, 0, &bad, false);
				break;
			}
			assert_int_equal(mbuf_err(mb), EINVAL);
			assert_int_equal(mb->end, 0);
			/* And it stays so. */
			assert_int_equal(
				msg_put(mb, HDR_SUBJECT, &good), EINVAL);
			mem_deref(mb);
		}
	}
}


static void refused(void **state)
{
	struct pl nul = PL("12345678\0"), tight = PL("a b"), empty = PL(""),
		  good = PL("a"), params = PL("tag=x"), uri = PL("sip:a"),
		  angle = PL("sip:a>");
	struct mbuf *mb = mbuf_alloc(1000);

	(void)state;
	assert_int_equal(msg_put(mb, HDR_SUBJECT, &nul), EINVAL);
	mbuf_reset(mb);
	assert_int_equal(msg_put_quoted(mb, &nul), EINVAL);
	mbuf_reset(mb);
	assert_int_equal(msg_put_request_line(mb, &good, &tight), EINVAL);
	mbuf_reset(mb);
	assert_int_equal(msg_put_request_line(mb, &tight, &uri), EINVAL);
	mbuf_reset(mb);
	assert_int_equal(msg_put_request_line(mb, &empty, &uri), EINVAL);
	mbuf_reset(mb);
	assert_int_equal(msg_put_request_line(mb, &good, &empty), EINVAL);
	mbuf_reset(mb);
	assert_int_equal(
		msg_put_addr(mb, HDR_TO, NULL, &angle, NULL, NULL), EINVAL);
	mbuf_reset(mb);
	assert_int_equal(
		msg_put_addr(mb, HDR_TO, NULL, &uri, NULL, &params), EINVAL);
	mbuf_reset(mb);
	assert_int_equal(msg_put_status_line(mb, 99, &good), EINVAL);
	mbuf_reset(mb);
	assert_int_equal(msg_put(mb, HDR_OTHER, &good), EINVAL);
	mbuf_reset(mb);
	assert_int_equal(msg_put_num(mb, HDR_IDS, 1), EINVAL);
	mbuf_reset(mb);
	assert_int_equal(
		msg_put_via(mb, "U P", &good, 0, &good, false), EINVAL);
	mbuf_reset(mb);
	assert_int_equal(
		msg_put_via(mb, "UDP", &empty, 0, &good, false), EINVAL);
	mem_deref(mb);
}


static void full(void **state)
{
	struct mbuf *mb = mbuf_alloc(20);
	struct pl value = PL("a value that is longer");

	(void)state;
	assert_int_equal(msg_put(mb, HDR_SUBJECT, &value), ENOSPC);
	assert_int_equal(mbuf_err(mb), ENOSPC);
	assert_int_equal(mb->end, 0);
	mem_deref(mb);
}


int test_build(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request),
		cmocka_unit_test(uri_bytes),
		cmocka_unit_test(small),
		cmocka_unit_test(hostile),
		cmocka_unit_test(refused),
		cmocka_unit_test(full),
	};

	return cmocka_run_group_tests_name("build", tests, NULL, NULL);
}
