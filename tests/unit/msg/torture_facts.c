/* SPDX-License-Identifier: GPL-3.0-or-later */
/* torture_facts.c - what RFC 4475 and RFC 5118 say that a message holds. */
#include <errno.h>
#include "unit.h"
#include "data.h"

int test_torture_facts(void);


static struct msg *load(const char *dir, const char *name)
{
	struct mbuf *mb = data_read(dir, name);
	struct msg *msg = NULL;
	const char *why;

	assert_non_null(mb);
	if (msg_decode(&msg, mb->buf, mb->end, false, NULL, &why))
		fail_msg("%s: %s", name, why);
	mem_deref(mb);
	return msg;
}


static size_t count(const struct msg *msg, enum hdr_id id)
{
	struct msg_list it = {0};
	struct pl value;
	size_t n = 0;

	while (msg_list_next(msg, id, &it, &value))
		++n;
	return n;
}


static struct msg_addr contact(const struct msg *msg, size_t index)
{
	struct msg_list it = {0};
	struct msg_addr addr;
	struct pl value;

	do {
		assert_true(msg_list_next(msg, HDR_CONTACT, &it, &value));
	} while (index--);
	assert_int_equal(msg_addr_decode(&addr, &value), 0);
	return addr;
}


static void wsinv(void **state)
{
	static const char *const hosts[] = {
		"192.0.2.2", "spindle.example.com", "192.168.255.111"};
	struct msg_list it = {0};
	struct msg_addr addr;
	struct msg_via via;
	struct msg *msg;
	struct pl value;
	uint32_t n;
	size_t i;
	char *s;

	(void)state;
	if (data_absent("rfc4475"))
		skip();
	msg = load("rfc4475", "wsinv.dat");
	for (i = 0; msg_list_next(msg, HDR_VIA, &it, &value); i++) {
		assert_int_equal(msg_via_decode(&via, &value), 0);
		assert_pl(via.host, hosts[i]);
	}
	assert_int_equal(i, 3);
	s = msg_unquote(&msg->from.display, NULL);
	assert_string_equal(s, "J Rosenberg \\\"");
	mem_deref(s);
	assert_pl(msg->from.tag, "98asjd8");
	assert_pl(msg->to.tag, "1918181833n");
	assert_int_equal(msg_seconds(msg, HDR_MAX_FORWARDS, &n), 0);
	assert_int_equal(n, 68);
	assert_int_equal(msg->cseq, 9);
	assert_true(msg->method == MSG_INVITE);
	assert_int_equal(msg->body.l, 150);
	assert_true(msg_value(msg, HDR_SUBJECT, &value));
	assert_pl(value, "");
	addr = contact(msg, 0);
	s = msg_unquote(&addr.display, NULL);
	assert_string_equal(s, "Quoted string \"\"");
	mem_deref(s);
	assert_true(msg_param(&addr.params, "q", &value));
	assert_pl(value, "0.33");
	assert_true(msg_param(&addr.params, "newparam", &value));
	assert_pl(value, "newvalue");
	assert_pl(msg_hdr_named(msg, "unknownheaderwithunusualvalue")->value,
		";;,,;;,;");
	assert_pl(msg_hdr_named(msg, "NewFangledHeader")->value,
		"newfangled value continued newfangled value");
	mem_deref(msg);
}


static void intmeth(void **state)
{
	struct msg *msg;
	size_t len;
	char *s;

	(void)state;
	if (data_absent("rfc4475"))
		skip();
	msg = load("rfc4475", "intmeth.dat");
	assert_true(msg->method == MSG_UNKNOWN);
	assert_pl(msg->method_text,
		"!interesting-Method0123456789_*+`.%indeed'~");
	s = msg_unquote(&msg->to.display, &len);
	assert_int_equal(len, 17);
	assert_memory_equal(s, "BEL:\a NUL:\0 DEL:\x7f", 17);
	mem_deref(s);
	assert_pl(msg->from.tag, "_token~1'+`*%!-.");
	assert_pl(msg->from.display, "token1~` token2'+_ token3*%!.-");
	assert_pl(msg->call_id, "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
	assert_int_equal(msg->cseq, 139122385);
	mem_deref(msg);
}


/* PA10: escapes are undone once and only where they are escapes. */
static void escapes(void **state)
{
	struct msg_addr addr, other;
	struct msg *msg;
	struct pl value;
	struct uri uri;
	size_t len;
	char *s;

	(void)state;
	if (data_absent("rfc4475"))
		skip();
	msg = load("rfc4475", "esc01.dat");
	assert_int_equal(uri_decode(&uri, &msg->uri_text), 0);
	s = uri_unescape(&uri.user, NULL);
	assert_string_equal(s, "sips:user@example.com");
	mem_deref(s);
	assert_pl(uri.host, "example.net");
	addr = contact(msg, 0);
	assert_true(uri_param(&addr.uri, "lr", &value));
	assert_true(uri_param(&addr.uri, "name", &value));
	s = uri_unescape(&value, NULL);
	assert_string_equal(s, "value%41");
	mem_deref(s);
	mem_deref(msg);

	msg = load("rfc4475", "escnull.dat");
	addr = contact(msg, 0);
	other = contact(msg, 1);
	assert_false(uri_eq(&addr.uri, &other.uri));
	assert_true(uri_eq(&addr.uri, &addr.uri));
	assert_true(pl_startswith(&msg->to.uri.user, "null-%00-null"));
	s = uri_unescape(&msg->to.uri.user, &len);
	assert_int_equal(len, 11);
	assert_memory_equal(s, "null-\0-null", 11);
	mem_deref(s);
	mem_deref(msg);

	msg = load("rfc4475", "esc02.dat");
	assert_true(msg->method == MSG_UNKNOWN);
	assert_pl(msg->to.display, "%Z%45");
	assert_int_equal(count(msg, HDR_CONTACT), 2);
	mem_deref(msg);
}


static void shapes(void **state)
{
	struct msg *msg;
	struct uri uri;

	(void)state;
	if (data_absent("rfc4475"))
		skip();
	msg = load("rfc4475", "lwsdisp.dat");
	assert_pl(msg->from.display, "caller");
	mem_deref(msg);

	msg = load("rfc4475", "longreq.dat");
	assert_int_equal(count(msg, HDR_VIA), 34);
	assert_true(msg->call_id.l > 100);
	mem_deref(msg);

	msg = load("rfc4475", "dblreq.dat");
	assert_true(msg->method == MSG_REGISTER);
	assert_int_equal(msg->body.l, 0);
	mem_deref(msg);

	msg = load("rfc4475", "semiuri.dat");
	assert_int_equal(uri_decode(&uri, &msg->uri_text), 0);
	assert_pl(uri.user, "user;par=u%40example.net");
	assert_pl(uri.host, "example.com");
	assert_null(uri.params.p);
	mem_deref(msg);

	msg = load("rfc4475", "noreason.dat");
	assert_int_equal(msg->status, 100);
	assert_pl(msg->reason, "");
	mem_deref(msg);

	msg = load("rfc4475", "unreason.dat");
	assert_true(msg->reason.l > 20);
	mem_deref(msg);

	msg = load("rfc4475", "baddn-terminated.dat");
	assert_pl(msg->to.display, "Watson, Thomas");
	mem_deref(msg);

	msg = load("rfc4475", "bcast.dat");
	assert_int_equal(count(msg, HDR_VIA), 2);
	mem_deref(msg);
}


static void bodies(void **state)
{
	struct msg_part part;
	struct msg *msg;

	(void)state;
	if (data_absent("rfc4475"))
		skip();
	msg = load("rfc4475", "mpart01.dat");
	assert_int_equal(msg->body.l, 553);
	assert_int_equal(msg_body_find(msg, "text/plain", NULL, &part), 0);
	assert_pl(part.body, "Hello");
	assert_pl(part.encoding, "binary");
	assert_int_equal(
		msg_body_find(msg, "application/octet-stream", NULL, &part), 0);
	assert_non_null(memchr(part.body.p, 0, part.body.l));
	mem_deref(msg);
	msg = load("rfc4475", "inv2543.dat");
	assert_false(pl_isset(&msg->from.tag));
	assert_false(pl_isset(&msg->via.branch));
	assert_true(msg->body.l > 100);
	mem_deref(msg);
}


static void lists(void **state)
{
	struct msg_addr addr;
	struct msg *msg;
	struct pl value;

	(void)state;
	if (data_absent("rfc4475"))
		skip();
	msg = load("rfc4475", "bext01.dat");
	assert_int_equal(count(msg, HDR_REQUIRE), 2);
	assert_true(msg_has_token(msg, HDR_REQUIRE, "nothingSupportsThis"));
	assert_false(msg_has_token(msg, HDR_REQUIRE, "noProxiesSupportThis"));
	mem_deref(msg);

	/* PA6 */
	msg = load("rfc4475", "cparam01.dat");
	addr = contact(msg, 0);
	assert_true(msg_param(&addr.params, "unknownparam", &value));
	assert_false(uri_param(&addr.uri, "unknownparam", &value));
	mem_deref(msg);
	msg = load("rfc4475", "cparam02.dat");
	addr = contact(msg, 0);
	assert_false(msg_param(&addr.params, "unknownparam", &value));
	assert_true(uri_param(&addr.uri, "unknownparam", &value));
	mem_deref(msg);
	msg = load("rfc4475", "regescrt.dat");
	addr = contact(msg, 0);
	assert_true(pl_startswith(&addr.uri.headers, "?Route=%3Csip:"));
	mem_deref(msg);
	msg = load("rfc4475", "regbadct.dat");
	assert_true(msg_value(msg, HDR_CONTACT, &value));
	assert_int_equal(msg_addr_decode(&addr, &value), EBADMSG);
	mem_deref(msg);

	/* PA9 */
	msg = load("rfc4475", "unksm2.dat");
	assert_true(msg->to.uri.scheme == URI_OTHER);
	assert_pl(msg->to.uri.scheme_text, "isbn");
	addr = contact(msg, 0);
	assert_pl(addr.uri.all, "name:John_Smith");
	mem_deref(msg);
}


/* PA12 */
static void ipv6(void **state)
{
	struct msg_addr addr;
	struct msg *msg;
	struct uri uri;

	(void)state;
	if (data_absent("rfc5118"))
		skip();
	msg = load("rfc5118", "ipv6-good.dat");
	assert_int_equal(uri_decode(&uri, &msg->uri_text), 0);
	assert_pl(uri.host, "2001:db8::10");
	assert_pl(msg->via.host, "2001:db8::9:1");
	addr = contact(msg, 0);
	assert_pl(addr.uri.host, "2001:db8::1");
	mem_deref(msg);

	msg = load("rfc5118", "port-ambiguous.dat");
	assert_int_equal(uri_decode(&uri, &msg->uri_text), 0);
	assert_pl(uri.host, "2001:db8::10:5070");
	assert_int_equal(uri.port, 0);
	mem_deref(msg);

	msg = load("rfc5118", "port-unambiguous.dat");
	assert_int_equal(uri_decode(&uri, &msg->uri_text), 0);
	assert_pl(uri.host, "2001:db8::10");
	assert_int_equal(uri.port, 5070);
	mem_deref(msg);

	msg = load("rfc5118", "via-received-param-with-delim.dat");
	assert_pl(msg->via.received, "2001:db8::9:255");
	mem_deref(msg);
	msg = load("rfc5118", "via-received-param-no-delim.dat");
	assert_pl(msg->via.received, "2001:db8::9:255");
	mem_deref(msg);
	msg = load("rfc5118", "mult-ip-in-header.dat");
	assert_true(count(msg, HDR_VIA) > 1);
	mem_deref(msg);
	msg = load("rfc5118", "ipv6-bug-abnf-3-colons-terminated.dat");
	assert_pl(msg->to.uri.host, "2001:db8:::192.0.2.1");
	mem_deref(msg);
}


int test_torture_facts(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wsinv),
		cmocka_unit_test(intmeth),
		cmocka_unit_test(escapes),
		cmocka_unit_test(shapes),
		cmocka_unit_test(bodies),
		cmocka_unit_test(lists),
		cmocka_unit_test(ipv6),
	};

	return cmocka_run_group_tests_name("torture_facts", tests, NULL, NULL);
}
